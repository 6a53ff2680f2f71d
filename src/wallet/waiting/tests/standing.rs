//! Standing orders: what is agreed on, what is refused, the list, and ending one.

use super::super::super::arrangements::kind;
use super::super::super::service::{Authority, Service};
use super::super::super::trial::Outcome;
use super::super::standing_order::{
    CANCEL, DATE_TOO_SOON, KIND, LIST, SET_UP, STANDING_END, STANDING_FULL, STANDING_GONE,
    StandingOrder, Terms,
};
use super::super::stored_request::StoredRequest;
use super::*;
use crate::book::Put;
use crate::calendar::Day;
use crate::id::{Id, PostingId};
use crate::money::Money;
use crate::refusal::Reason;
use crate::request::Fields;
use crate::schedule::{Every, Schedule, Stage};
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::book_rows::AccountState;
use crate::store::facts::Found;
use crate::store::wants::Want;
use crate::value::{Slots, Value};

/// KES, minor units.
pub fn kes(minor: i64) -> Money {
    Money::new(minor, crate::market::Market::kenya().currency)
}

/// What Amina has agreed on: KES 300 to Baraka on the 1st of each month from December, twelve
/// times.
pub fn rent() -> Terms {
    let inputs = [("to", BARAKA), ("amount", "30000")];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Terms {
        request: StoredRequest {
            service: "send".into(),
            inputs: inputs.map(own).into_iter().collect::<Fields>(),
        },
        said: Slots::from([
            ("amount".into(), kes(30_000).into()),
            ("fee".into(), kes(700).into()),
            ("name".into(), Value::Name("Baraka O".into())),
        ]),
        total: kes(30_700),
        schedule: Schedule { every: Every::Month, first: Day::read("1/12/26").unwrap(), times: 12 },
        done: 0,
        failed: 0,
        stage: Stage::Pay,
    }
}

/// As it lies in the table.
pub fn stored(terms: &Terms) -> ArrangementRow {
    ArrangementRow {
        id: Id::of(1),
        kind: "standing_order".into(),
        version: 4,
        state: "open".into(),
        open: true,
        owner: Id::of(101),
        other: None,
        account: None,
        subject: String::new(),
        begun_at: NOW.micros(),
        due_at: Some(NOW.micros()),
        body: kind::written(terms),
        begun_by: Id::of(70),
        last_posting: Id::of(77),
    }
}

/// What a plan puts, and what happened.
pub fn put(plan: &Plan) -> (&'static str, StandingOrder) {
    let puts: Vec<&Put> = plan
        .act
        .iter()
        .flat_map(|act| &act.changes)
        .filter_map(|change| if let Change::Put(put) = change { Some(put) } else { None })
        .collect();
    let [put] = puts[..] else { panic!("{puts:?}") };
    (put.event, StandingOrder::of(&put.row).unwrap())
}

/// All that is open of Amina's.
fn open() -> Want {
    let side = Side::Owner(Id::of(101));
    Want::Arrangements(Search { side, kind: "standing_order", open: true, since: 0, limit: 1_000 })
}

/// All that she agreed on today.
fn of_today(trial: &Trial) -> Want {
    let since = Day::read("23/11/26").unwrap().at_hour(0, &trial.config.market.zone).micros();
    let side = Side::Owner(Id::of(101));
    Want::Arrangements(Search { side, kind: "standing_order", open: false, since, limit: 1_000 })
}

/// Amina agrees on KES 300 for Baraka.
fn set_up(trial: &Trial, amina: &PersonRow, every: &str, first_day: &str, end: &str) -> Outcome {
    let ask = trial.ask(&SET_UP, trial.caller(amina)).with("service", "send");
    let ask = ask.with("to", BARAKA).with("amount", "30000");
    ask.with("every", every).with("first_day", first_day).with("end", end).execute()
}

#[test]
fn it_is_agreed_on_with_its_price_and_its_days() {
    let (trial, [amina, ..]) = three();
    let plan = set_up(&trial, &amina, "month", "1/12/26", "12").planned();
    assert!(plan.flags.contains("monthly") && !plan.flags.contains("weekly"));
    assert_eq!(
        ["name", "phone", "amount", "fee", "total", "times", "first_day", "last_day"]
            .map(|slot| plan.said(slot)),
        ["Baraka O", "0700***002", "KES 300", "KES 7", "KES 307", "12", "01/12/26", "01/11/27"]
    );
    let zone = &trial.config.market.zone;
    let due_at = Some(Day::read("30/11/26").unwrap().at_hour(10, zone).micros());
    let terms = Terms { stage: Stage::Notice, ..rent() };
    let (event, order) = put(&plan);
    assert_eq!((event, &order.terms), ("begin", &terms));
    let given = ArrangementRow {
        id: Id::of(9_000),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
        ..stored(&terms)
    };
    assert_eq!(order.row, ArrangementRow { version: 1, due_at, ..given });
    let said = "amount=KES 300 dial=*384*1234# fee=KES 7 first_day=01/12/26 last_day=01/11/27 \
                name=Baraka O times=12";
    assert_eq!(plan.messages(), [("sms.standing_set".to_owned(), said.to_owned())]);
    let act = plan.act.unwrap();
    assert_eq!((act.kind, act.legs.len()), ("standing", 0));
    let weekly = set_up(&trial, &amina, "week", "1/12/26", "29/12/26").planned();
    assert!(weekly.flags.contains("weekly"));
    assert_eq!(weekly.said("times"), "5");
    assert!(set_up(&trial, &amina, "day", "1/12/26", "1").planned().flags.is_empty());
}

/// Does something each time for KES 50, and does not say for whom, nor that it has a price.
const BARE: Service = Service {
    name: "bare",
    authority: Authority::Customer,
    decide: |context, plan| {
        plan.show("total", context.money(5_000));
        Ok(())
    },
    by_standing_order: true,
    ..Service::PLAIN
};

#[test]
fn what_its_service_does_not_say_is_nothing_and_no_hole() {
    let (trial, [amina, ..]) = three();
    let ask = trial.ask(&SET_UP, trial.caller(&amina)).among(&[BARE]).with("service", "bare");
    let ask = ask.with("every", "day").with("first_day", "1/12/26").with("end", "3");
    let plan = ask.execute().planned();
    assert_eq!(
        ["amount", "fee", "name", "total"].map(|slot| plan.said(slot)),
        ["KES 50", "KES 0", "", "KES 50"]
    );
    let said = "amount=KES 50 dial=*384*1234# fee=KES 0 first_day=01/12/26 last_day=03/12/26 \
                name= times=3";
    assert_eq!(plan.messages(), [("sms.standing_set".to_owned(), said.to_owned())]);
}

#[test]
fn what_begins_tomorrow_after_the_notice_would_have_come_is_just_paid() {
    let (trial, [amina, ..]) = three();
    // it is 11:05, and the notice would have come at ten
    let (_, order) = put(&set_up(&trial, &amina, "month", "24/11/26", "12").planned());
    let due_at = Day::read("24/11/26").unwrap().at_hour(8, &trial.config.market.zone).micros();
    assert_eq!((order.terms.stage, order.row.due_at), (Stage::Pay, Some(due_at)));
}

#[test]
fn days_that_are_no_days_and_ends_that_are_no_ends_are_refused() {
    let (trial, [amina, ..]) = three();
    let reason = |every: &str, first: &str, end: &str| {
        let outcome = set_up(&trial, &amina, every, first, end);
        outcome.error.map(|error| match error {
            super::super::super::plan::PlanError::Refused(refusal) => {
                (refusal.reason, refusal.field)
            }
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(reason("year", "1/12/26", "12"), Some((Reason::TEXT_FORMAT, Some("every"))));
    assert_eq!(reason("day", "soon", "12"), Some((Reason::DATE_FORMAT, Some("first_day"))));
    // tomorrow at the earliest, and 366 days from today at the latest
    assert_eq!(reason("day", "23/11/26", "12"), Some((DATE_TOO_SOON, Some("first_day"))));
    assert_eq!(reason("day", "24/11/26", "12"), None);
    assert_eq!(reason("day", "24/11/27", "12"), None);
    assert_eq!(reason("day", "25/11/27", "12"), Some((DATE_TOO_SOON, Some("first_day"))));
    assert_eq!(reason("day", "1/12/26", "0"), Some((STANDING_END, Some("end"))));
    assert_eq!(reason("day", "1/12/26", "366"), None);
    assert_eq!(reason("day", "1/12/26", "367"), Some((STANDING_END, Some("end"))));
    assert_eq!(reason("day", "1/12/26", "30/11/26"), Some((STANDING_END, Some("end"))));
    assert_eq!(reason("day", "1/12/26", "then"), Some((Reason::DATE_FORMAT, Some("end"))));
    assert_eq!(reason("day", "1/12/26", "1000"), Some((Reason::DATE_FORMAT, Some("end"))));
}

#[test]
fn each_input_is_refused_for_itself_and_what_is_missing_last() {
    let (mut trial, [amina, baraka, _]) = three();
    let check = |trial: &Trial, fields: &[(&str, &str)]| {
        let ask = trial.ask(&SET_UP, trial.caller(&amina)).with("service", "send");
        fields.iter().fold(ask, |ask, (field, value)| ask.with(field, value)).check().reason()
    };
    let missing = |field| (Reason::FIELD_MISSING, Some(field));
    let mut typed = vec![("to", BARAKA)];
    assert_eq!(check(&trial, &[]), missing("to"));
    for (next, value) in [("amount", "30000"), ("every", "day"), ("first_day", "1/12/26")] {
        assert_eq!(check(&trial, &typed), missing(next));
        typed.push((next, value));
    }
    assert_eq!(check(&trial, &typed), missing("end"));
    assert_eq!(check(&trial, &[("to", AMINA)]), (Reason::PAYEE_SELF, Some("to")));
    assert_eq!(check(&trial, &[("to", "+254700000009")]), (Reason::PAYEE_UNKNOWN, Some("to")));
    assert_eq!(
        check(&trial, &[("to", BARAKA), ("amount", "0")]),
        (Reason::AMOUNT_ZERO, Some("amount"))
    );
    let much = [("to", BARAKA), ("amount", "99999999999")];
    assert_eq!(check(&trial, &much), (Reason::AMOUNT_ABOVE, Some("amount")));
    trial.change(&baraka, |member| member.account.state = AccountState::Frozen);
    assert_eq!(check(&trial, &typed), (Reason::PAYEE_CLOSED, Some("to")));
}

#[test]
fn whether_the_money_is_there_is_asked_when_it_is_due() {
    let (mut trial, [amina, ..]) = three();
    trial.change(&amina, |member| member.account.balance_minor = 0);
    assert!(set_up(&trial, &amina, "month", "1/12/26", "12").error.is_none());
}

#[test]
fn what_is_done_is_named_and_must_allow_it() {
    let (trial, [amina, ..]) = three();
    let ask = |service: &str| {
        let ask = trial.ask(&SET_UP, trial.caller(&amina)).with("to", BARAKA);
        ask.with("amount", "30000").with("service", service).check().reason()
    };
    for other in ["order", "standing", "nothing"] {
        assert_eq!(ask(other), (Reason::SERVICE_UNKNOWN, None), "{other}");
    }
    let unnamed = trial.ask(&SET_UP, trial.caller(&amina)).with("to", BARAKA).check();
    assert_eq!(unnamed.reason(), (Reason::FIELD_MISSING, Some("service")));
}

#[test]
fn what_allows_it_opens_nothing_and_needs_its_owner_alone() {
    let services = super::super::super::SERVICES.iter();
    let allowing: Vec<_> = services.filter(|service| service.by_standing_order).collect();
    assert!(allowing.iter().any(|service| service.name == "send"));
    for service in allowing {
        // a worker has no numbers to give, and nobody who serves
        assert_eq!(service.opens, 0, "{}", service.name);
        assert_eq!(service.authority, super::super::super::Authority::Customer, "{}", service.name);
        assert!(service.wants.len() <= KIND.wants.len(), "{}", service.name);
        assert!(service.shows.iter().any(|slot| slot.0 == "total"), "{}", service.name);
    }
}

#[test]
fn eight_may_be_open() {
    let (mut trial, [amina, ..]) = three();
    let mut with = |open_rows: usize| {
        trial.set(open(), Found::Arrangements(vec![stored(&rent()); open_rows]));
        set_up(&trial, &amina, "month", "1/12/26", "12").error
    };
    assert_eq!((with(7), with(8)), (None, Some(STANDING_FULL.into())));
}

#[test]
fn two_that_have_counted_the_same_take_one_place() {
    let (mut trial, [amina, ..]) = three();
    let mut place = |today: usize, at: crate::time::Timestamp| {
        trial.set(of_today(&trial), Found::Arrangements(vec![stored(&rent()); today]));
        trial.now = at;
        let plan = set_up(&trial, &amina, "month", "1/12/26", "12").planned();
        let changes = &plan.act.as_ref().unwrap().changes;
        let claimed =
            |change: &Change| if let Change::Claim { key } = change { Some(*key) } else { None };
        changes.iter().find_map(claimed).unwrap()
    };
    let first = place(1, NOW);
    assert_eq!(first, place(1, NOW.plus(HOUR)), "what is not to be seen yet counts");
    assert_ne!(first, place(2, NOW));
    assert_ne!(first, place(1, NOW.plus(24 * HOUR)));
}

#[test]
fn what_is_open_is_listed_with_the_next_day_the_oldest_first() {
    let (mut trial, [amina, ..]) = three();
    let outlet = Value::Name("Mama Njeri".into());
    let mut sold = Terms { done: 3, ..rent() };
    sold.said.insert("name".into(), outlet);
    let mut unnamed = rent();
    unnamed.said.remove("name");
    let mut rows: Vec<ArrangementRow> = (1..)
        .zip([rent(), sold, unnamed, rent(), rent(), rent(), rent(), rent(), rent()])
        .map(|(id, terms)| ArrangementRow { id: Id::of(id), ..stored(&terms) })
        .collect();
    // as they are read
    rows.reverse();
    trial.set(open(), Found::Arrangements(rows));
    let plan = trial.ask(&LIST, trial.caller(&amina)).list().planned();
    let all = lines(&plan, &["amount", "name", "date"]);
    assert_eq!(
        all[..3],
        ["1 KES 300 Baraka O 01/12/26", "2 KES 300 Mama Njeri 01/03/27", "3 KES 300  01/12/26"]
    );
    assert_eq!(all.len(), 9, "also one more than may be open");
    let stranger = trial.ask(&LIST, trial.stranger("+254700000009"));
    assert_eq!(stranger.list().reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn its_payer_ends_it_without_a_pin() {
    let (mut trial, [amina, baraka, _]) = three();
    let cancel = |trial: &Trial, by: &PersonRow| {
        trial.ask(&CANCEL, trial.caller(by)).with("standing", "1").execute()
    };
    let set = |trial: &mut Trial, row: Option<ArrangementRow>| {
        trial.set(Want::Arrangement(Id::of(1)), Found::Arrangement(row));
    };
    let terms = Terms { done: 2, ..rent() };
    // also one about which something is to be done at this moment
    set(&mut trial, Some(stored(&terms)));
    let plan = cancel(&trial, &amina).planned();
    assert_eq!(
        ["name", "amount", "fee", "times", "first_day", "last_day"].map(|slot| plan.said(slot)),
        ["Baraka O", "KES 300", "KES 7", "10", "01/02/27", "01/11/27"]
    );
    let (event, order) = put(&plan);
    assert_eq!((event, &order.terms), ("cancel", &terms));
    let over = ArrangementRow { version: 5, open: false, due_at: None, ..stored(&terms) };
    assert_eq!(order.row, ArrangementRow { state: "cancelled".into(), ..over });
    assert_eq!(plan.messages()[0].0, "sms.standing_cancelled");
    let gone = (STANDING_GONE, None);
    assert_eq!(cancel(&trial, &baraka).reason(), gone, "not who is paid");
    for row in [
        ArrangementRow { state: "ended".into(), open: false, ..stored(&terms) },
        ArrangementRow { kind: "reversal".into(), ..stored(&terms) },
    ] {
        set(&mut trial, Some(row));
        assert_eq!(cancel(&trial, &amina).reason(), gone);
    }
    set(&mut trial, None);
    assert_eq!(cancel(&trial, &amina).reason(), gone);
    let wrong = trial.ask(&CANCEL, trial.caller(&amina)).with("standing", "x");
    assert_eq!(wrong.execute().reason(), gone);
}
