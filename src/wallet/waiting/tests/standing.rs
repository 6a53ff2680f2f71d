//! Standing orders: what is agreed on, what is refused, the list, and ending one.

use super::super::super::trial::Outcome;
use super::super::standing_order::{
    CANCEL, DATE_TOO_SOON, LIST, SET_UP, STANDING_END, STANDING_FULL, STANDING_GONE,
};
use super::*;
use crate::calendar::Day;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::facts::Found;
use crate::store::standing_order_rows::StandingOrderRow;
use crate::store::wants::Want;

/// Amina's to Baraka: KES 300 on the 1st of each month from December, twelve times.
pub fn rent() -> StandingOrderRow {
    StandingOrderRow {
        id: 1,
        version: 4,
        payer: Id::of(101),
        payee: Id::of(102),
        amount_minor: 30_000,
        total_minor: 30_700,
        every: "month".into(),
        first_day: i64::from(Day::read("1/12/26").unwrap().number()),
        times: 12,
        done: 0,
        failed: 0,
        stage: "pay".into(),
        wake_at: 0,
        state: "open".into(),
    }
}

/// The row that a plan keeps.
pub fn kept(plan: &Plan) -> StandingOrderRow {
    let changes = plan.act.iter().flat_map(|act| &act.changes);
    let kept = |change: &Change| {
        if let Change::KeepStandingOrder(row) = change { Some(row.clone()) } else { None }
    };
    changes.filter_map(kept).next().unwrap()
}

/// Amina agrees on KES 300 for Baraka.
fn set_up(trial: &Trial, amina: &PersonRow, every: &str, first_day: &str, end: &str) -> Outcome {
    let ask = trial.ask(&SET_UP, trial.caller(amina)).with("to", BARAKA).with("amount", "30000");
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
    let wake_at = Day::read("30/11/26").unwrap().at_hour(10, zone).micros();
    assert_eq!(
        kept(&plan),
        StandingOrderRow { id: 9_000, version: 1, stage: "notice".into(), wake_at, ..rent() }
    );
    let said = "amount=KES 300 dial=*384*1234# fee=KES 7 first_day=01/12/26 last_day=01/11/27 \
                name=Baraka O phone=0700***002 times=12";
    assert_eq!(plan.messages(), [("sms.standing_set".to_owned(), said.to_owned())]);
    let act = plan.act.unwrap();
    assert_eq!((act.kind, act.legs.len()), ("standing", 0));
    let weekly = set_up(&trial, &amina, "week", "1/12/26", "29/12/26").planned();
    assert!(weekly.flags.contains("weekly"));
    assert_eq!(weekly.said("times"), "5");
    assert!(set_up(&trial, &amina, "day", "1/12/26", "1").planned().flags.is_empty());
}

#[test]
fn what_begins_tomorrow_after_the_notice_would_have_come_is_just_paid() {
    let (trial, [amina, ..]) = three();
    // it is 11:05, and the notice would have come at ten
    let row = kept(&set_up(&trial, &amina, "month", "24/11/26", "12").planned());
    let wake_at = Day::read("24/11/26").unwrap().at_hour(8, &trial.config.market.zone).micros();
    assert_eq!((row.stage.as_str(), row.wake_at), ("pay", wake_at));
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
        let ask = trial.ask(&SET_UP, trial.caller(&amina));
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
    assert_eq!(check(&trial, &much), (Reason::AMOUNT_TOO_LARGE, Some("amount")));
    trial.change(&baraka, |member| member.account.state = "frozen".into());
    assert_eq!(check(&trial, &typed), (Reason::PAYEE_CLOSED, Some("to")));
}

#[test]
fn whether_the_money_is_there_is_asked_when_it_is_due() {
    let (mut trial, [amina, ..]) = three();
    trial.change(&amina, |member| member.account.balance_minor = 0);
    assert!(set_up(&trial, &amina, "month", "1/12/26", "12").error.is_none());
}

#[test]
fn eight_may_be_open() {
    let (mut trial, [amina, ..]) = three();
    let mut with = |open: usize| {
        trial.set(Want::StandingOrders(Id::of(101), 8), Found::StandingOrders(vec![rent(); open]));
        set_up(&trial, &amina, "month", "1/12/26", "12").error
    };
    assert_eq!((with(7), with(8)), (None, Some(STANDING_FULL.into())));
}

#[test]
fn what_is_open_is_listed_with_the_next_day() {
    let (mut trial, [amina, _, claire]) = three();
    let outlet = trial.outlet(Id::of(501), "Mama Njeri", 0, &claire);
    trial.set(
        Want::OutletsOf(vec![Id::of(102), Id::of(501), Id::of(999)]),
        Found::Outlets(vec![outlet]),
    );
    let rows = vec![
        rent(),
        StandingOrderRow { id: 2, payee: Id::of(501), done: 3, ..rent() },
        StandingOrderRow { id: 3, payee: Id::of(999), ..rent() },
    ];
    trial.set(Want::StandingOrders(Id::of(101), 8), Found::StandingOrders(rows));
    let plan = trial.ask(&LIST, trial.caller(&amina)).list().planned();
    assert_eq!(
        lines(&plan, &["amount", "name", "date"]),
        ["1 KES 300 Baraka O 01/12/26", "2 KES 300 Mama Njeri 01/03/27", "3 KES 300  01/12/26"]
    );
    let stranger = trial.ask(&LIST, trial.stranger("+254700000009"));
    assert_eq!(stranger.list().reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn its_payer_ends_it_without_a_pin() {
    let (mut trial, [amina, baraka, _]) = three();
    let cancel = |trial: &Trial, by: &PersonRow| {
        trial.ask(&CANCEL, trial.caller(by)).with("standing", "1").execute()
    };
    trial.set(
        Want::StandingOrder(1),
        Found::StandingOrder(Some(StandingOrderRow { done: 2, ..rent() })),
    );
    let plan = cancel(&trial, &amina).planned();
    assert_eq!(
        ["name", "amount", "fee", "times", "first_day", "last_day"].map(|slot| plan.said(slot)),
        ["Baraka O", "KES 300", "KES 7", "10", "01/02/27", "01/11/27"]
    );
    assert_eq!(
        kept(&plan),
        StandingOrderRow { done: 2, version: 5, state: "cancelled".into(), ..rent() }
    );
    assert_eq!(plan.messages()[0].0, "sms.standing_cancelled");
    let gone = (STANDING_GONE, None);
    assert_eq!(cancel(&trial, &baraka).reason(), gone, "not who is paid");
    for row in [
        StandingOrderRow { state: "ended".into(), ..rent() },
        StandingOrderRow { payee: Id::of(999), ..rent() },
    ] {
        trial.set(Want::StandingOrder(1), Found::StandingOrder(Some(row)));
        assert_eq!(cancel(&trial, &amina).reason(), gone);
    }
    trial.set(Want::StandingOrder(1), Found::StandingOrder(None));
    assert_eq!(cancel(&trial, &amina).reason(), gone);
    let wrong = trial.ask(&CANCEL, trial.caller(&amina)).with("standing", "x");
    assert_eq!(wrong.execute().reason(), gone);
}
