//! Beginning one: what it needs, what it is refused, what comes of it.

use super::super::starting::{COLLECTION_END, COLLECTIONS_FULL};
use super::*;
use crate::reason::Reason;

#[test]
fn it_begins_with_a_number_of_its_own_on_an_account_of_its_own() {
    let (trial, amina, _) = two();
    let plan = begin(&trial, &amina, &[("pays", "me")]).planned();
    let row = stored(plan.act.as_ref().unwrap());
    assert_eq!((row.state.as_str(), row.other, row.version), ("gathering", None, 1));
    assert_eq!(row.account, Some(Id::of(MONEY)));
    assert_eq!(row.subject, crate::check_digit::written(MONEY));
    let terms = Collection::of(&row).unwrap().terms;
    assert_eq!((terms.title.as_str(), terms.target_minor), ("School roof", 50_000));
    assert_eq!(terms.salt, "09".repeat(16));
    // until its day is over, and people are awake
    let zone = &trial.config.market.zone;
    let morning = terms.until.next_day().at_hour(8, zone).micros();
    assert_eq!((terms.until.text().as_str(), row.due_at), ("24/12/26", Some(morning)));
    let act = plan.act.as_ref().unwrap();
    assert!(act.legs.is_empty(), "it moves nothing");
    let opened = act.changes.iter().find_map(|change| {
        if let Change::OpenAccount(account) = change { Some(account.id) } else { None }
    });
    assert_eq!(opened, Some(Id::of(MONEY)));
    let told = "collection=90018 day=24/12/26 dial=*384*1234# target=KES 500 title=School roof";
    let told = told.replace("90018", &row.subject);
    assert_eq!(plan.messages(), [("sms.collection_started".to_owned(), told)]);
}

#[test]
fn it_is_for_the_organiser_for_another_or_paid_from() {
    let (mut trial, amina, baraka) = two();
    let state = |fields: &[(&str, &str)]| {
        let row = stored(&begin(&trial, &amina, fields).planned().act.unwrap());
        (row.state, row.other)
    };
    assert_eq!(state(&[("pays", "spend")]), ("pooling".to_owned(), None));
    let other = [("pays", "other"), ("to", BARAKA)];
    assert_eq!(state(&other), ("gathering".to_owned(), Some(Id::of(102))));
    let plan = begin(&trial, &amina, &other).planned();
    assert_eq!(["name", "phone"].map(|slot| plan.said(slot)), ["Baraka O", "0700***002"]);
    let reason =
        |trial: &Trial, to: &str| begin(trial, &amina, &[("pays", "other"), ("to", to)]).reason();
    assert_eq!(reason(&trial, AMINA), (Reason::PAYEE_SELF, Some("to")));
    assert_eq!(reason(&trial, "+254700000009"), (Reason::PAYEE_UNKNOWN, Some("to")));
    trial.change(&baraka, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, BARAKA), (Reason::PAYEE_CLOSED, Some("to")));
    let neither = begin(&trial, &amina, &[("pays", "us")]).reason();
    assert_eq!(neither, (Reason::FIELD_MISSING, Some("pays")));
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let (trial, amina, _) = two();
    let reason =
        |name: &str, value: &str| begin(&trial, &amina, &[("pays", "me"), (name, value)]).reason();
    for title in ["1234", "Kadogo", "KES fund", "a title that is too long", ""] {
        assert_eq!(reason("title", title), (Reason::TEXT_FORMAT, Some("title")), "{title}");
    }
    assert_eq!(reason("target", "0"), (Reason::AMOUNT_ZERO, Some("target")));
    for end in ["23/11/26", "23/11/28", "31/2/27", "5000", ""] {
        assert_eq!(reason("end", end), (COLLECTION_END, Some("end")), "{end}");
    }
    for end in ["24/11/26", "22/11/28"] {
        begin(&trial, &amina, &[("pays", "me"), ("end", end)]).planned();
    }
    let stranger = trial.ask(&start::START, trial.stranger("+254700000009")).execute();
    assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn nobody_has_more_than_eight() {
    let mut world = World::new(&[("pays", "me")]);
    let mut open = |many: usize| {
        let own = place::open_of(&KIND, world.row.owner);
        world
            .trial
            .set(Want::Arrangements(own), Found::Arrangements(vec![world.row.clone(); many]));
        begin(&world.trial, &world.amina, &[("pays", "me")])
    };
    assert_eq!(open(8).reason(), (COLLECTIONS_FULL, None));
    open(7).planned();
}
