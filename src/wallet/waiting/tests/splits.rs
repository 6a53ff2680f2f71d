//! Split bills: the shares, who is asked, what each refusal is about, and what can be done about
//! those who do not answer.

use super::super::super::context::Context;
use super::super::super::trial::{NOW, Outcome};
use super::super::payment_request::{REQUEST_GONE, Request, reminder};
use super::super::quota::{REQUEST_BLOCKED, REQUESTS_FULL};
use super::super::reminding;
use super::super::split_bill::{BILL_REMINDED, BILL_TWICE, CANCEL, MINE, REMIND, SHARES, SPLIT};
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::arrangement_rows::{Search, Side};
use crate::store::book_rows::AccountState;
use crate::store::facts::Found;
use crate::store::wants::Want;
use crate::time::Timestamp;

const DAUDI: &str = "+254700000004";

/// Amina splits a bill for dinner among these.
fn split<'t>(
    trial: &'t Trial,
    amina: &PersonRow,
    amount: &str,
    among: &[&str],
) -> super::super::super::trial::Request<'t> {
    let ask =
        trial.ask(&SPLIT, trial.caller(amina)).with("amount", amount).with("reference", "dinner");
    let places = (1..).map(|place| format!("to{place}"));
    among.iter().zip(places).fold(ask, |ask, (number, place)| ask.with(&place, number))
}

#[test]
fn each_is_asked_for_an_equal_share_and_the_rest_is_the_askers_own() {
    let (trial, [amina, ..]) = three();
    let plan = split(&trial, &amina, "100000", &[BARAKA, CLAIRE, "1"]).execute().planned();
    assert!(plan.flags.contains("all"));
    assert_eq!(
        ["amount", "share", "own", "count", "about"].map(|slot| plan.said(slot)),
        ["KES 1,000", "KES 333.33", "KES 333.34", "2", ": dinner"]
    );
    let share = ArrangementRow {
        subject: "9000".into(),
        // twelve hours later it is night
        due_at: Some(NOW.plus(21 * HOUR - 5 * MINUTE).micros()),
        ..request_until(9_000, 102, 101, 33_333, "dinner", NOW.plus(24 * HOUR))
    };
    let other = ArrangementRow { id: Id::of(9_001), other: Some(Id::of(103)), ..share.clone() };
    assert_eq!(opened(&plan), [&share, &other]);
    let asked = "about=: dinner amount=KES 333.33 date=24/11/26 dial=*384*1234# fee=KES 7 \
                 name=Amina W phone=0700***001 time=11:05";
    let sent = "about=: dinner amount=KES 1,000 count=2 own=KES 333.34 share=KES 333.33";
    assert_eq!(
        plan.messages(),
        [
            ("sms.request".to_owned(), asked.to_owned()),
            ("sms.request".to_owned(), asked.to_owned()),
            ("sms.bill_sent".to_owned(), sent.to_owned())
        ]
    );
    let changes = plan.act.unwrap().changes;
    assert_eq!(changes.iter().filter(|change| matches!(change, Change::Claim { .. })).count(), 1);
}

#[test]
fn the_list_ends_where_it_is_said_or_where_nothing_more_is_typed() {
    let (trial, [amina, ..]) = three();
    let flagged = |among: &[&str]| {
        let outcome = split(&trial, &amina, "100000", among).check();
        (outcome.plan.flags.contains("all"), outcome.error.is_none())
    };
    assert_eq!(flagged(&[BARAKA]), (false, true));
    assert_eq!(flagged(&[BARAKA, " 1 "]), (true, true));
    // in the first place it is no number
    let reason = split(&trial, &amina, "100000", &["1"]).check().reason();
    assert_eq!(reason, (Reason::PHONE_FORMAT, Some("to1")));
    let nobody = split(&trial, &amina, "100000", &[]).check();
    assert_eq!(nobody.reason(), (Reason::FIELD_MISSING, Some("to1")));
}

#[test]
fn a_share_of_nothing_is_too_small() {
    let (trial, [amina, ..]) = three();
    let reason = |amount: &str| split(&trial, &amina, amount, &[BARAKA, CLAIRE, "1"]).quote();
    assert_eq!(reason("2").reason(), (Reason::AMOUNT_TOO_SMALL, Some("amount")));
    assert_eq!(reason("300").planned().said("share"), "KES 1");
    assert_eq!(reason("0").reason(), (Reason::AMOUNT_ZERO, Some("amount")));
    let official =
        trial.ask(&SPLIT, trial.caller(&amina)).with("amount", "300").with("reference", "KES 5");
    assert_eq!(official.check().reason(), (Reason::TEXT_FORMAT, Some("reference")));
}

#[test]
fn each_refusal_names_the_place_of_who_it_is_about() {
    let (mut trial, [amina, _, claire]) = three();
    let reason =
        |trial: &Trial, among: &[&str]| split(trial, &amina, "100000", among).quote().reason();
    assert_eq!(reason(&trial, &[BARAKA, AMINA]), (Reason::PAYEE_SELF, Some("to2")));
    assert_eq!(reason(&trial, &[BARAKA, CLAIRE, "0700"]), (Reason::PHONE_FORMAT, Some("to3")));
    assert_eq!(reason(&trial, &[BARAKA, DAUDI]), (Reason::PAYEE_UNKNOWN, Some("to2")));
    assert_eq!(reason(&trial, &[BARAKA, CLAIRE, BARAKA]), (BILL_TWICE, Some("to3")));
    let waiting = several(1..9, &request(1, 103, 999, 100));
    let want = Want::Arrangements(payment_request::asked_of(Id::of(103)));
    trial.set(want, Found::Arrangements(waiting));
    assert_eq!(reason(&trial, &[BARAKA, CLAIRE]), (REQUESTS_FULL, Some("to2")));
    trial.set(Want::BlockedBy(Id::of(103)), Found::Accounts(vec![Id::of(101)]));
    assert_eq!(reason(&trial, &[BARAKA, CLAIRE]), (REQUEST_BLOCKED, Some("to2")));
    trial.change(&claire, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, &[BARAKA, CLAIRE]), (Reason::PAYEE_CLOSED, Some("to2")));
    let made = several(1..59, &ended(&request(1, 999, 101, 100), "declined"));
    let today = payment_request::made_by(Id::of(101), NOW.minus(24 * HOUR), 60);
    trial.set(Want::Arrangements(today), Found::Arrangements(made));
    trial.change(&claire, |member| member.account.state = AccountState::Open);
    trial.person(Id::of(104), DAUDI, "Daudi Kamau", 0);
    assert!(
        split(&trial, &amina, "100000", &[BARAKA, DAUDI]).quote().error.is_none(),
        "the sixtieth of a day"
    );
    trial.person(Id::of(105), "+254700000005", "Esther Njeri", 0);
    let last = reason(&trial, &[BARAKA, DAUDI, "+254700000005"]);
    assert_eq!(last, (REQUESTS_FULL, Some("to3")), "whoever was named last is the one too many");
}

#[test]
fn what_waits_as_one_bill_takes_one_place() {
    let (mut trial, [amina, ..]) = three();
    let mut with = |splits: i64| {
        let share = |id: i64| ArrangementRow {
            subject: (id / 3).to_string(),
            ..request(id, 999, 101, 100)
        };
        let today = payment_request::made_by(Id::of(101), NOW.minus(24 * HOUR), 60);
        let made = (0..splits * 3).map(share).collect();
        trial.set(Want::Arrangements(today), Found::Arrangements(made));
        split(&trial, &amina, "100000", &[BARAKA]).quote().error.is_none()
    };
    assert_eq!((with(9), with(10)), (true, false));
}

#[test]
fn ones_own_bills_say_how_much_is_paid() {
    let (mut trial, [amina, ..]) = three();
    let share = |id, split: i64, state: &str| ArrangementRow {
        subject: split.to_string(),
        ..ended(&request_for(id, 102, 101, 10_000, &format!("bill {split}")), state)
    };
    let alone = request(9, 102, 101, 77_700);
    let made =
        vec![share(6, 5, "waiting"), share(5, 5, "approved"), alone, share(2, 1, "declined")];
    let want = payment_request::made_by(Id::of(101), NOW.minus(7 * 24 * HOUR), 420);
    trial.set(Want::Arrangements(want), Found::Arrangements(made));
    let plan = trial.ask(&MINE, trial.caller(&amina)).list().planned();
    assert_eq!(
        lines(&plan, &["paid", "amount", "about"]),
        ["5 KES 100 KES 200 : bill 5", "1 KES 0 KES 100 : bill 1"]
    );
}

/// A split bill of Amina's with a share of Baraka's and one of Claire's.
fn bill(trial: &mut Trial, baraka: &str, claire: &str) {
    let end = NOW.plus(24 * HOUR);
    let share = |id, payer, state: &str| ArrangementRow {
        subject: "1".into(),
        ..ended(&request_until(id, payer, 101, 33_333, "", end), state)
    };
    // the newest first, as they are found
    let shares = vec![share(3, 999, "waiting"), share(2, 103, claire), share(1, 102, baraka)];
    let side = Side::Subject("1".into());
    let found = Search { side, kind: "request", open: false, since: 0, limit: 8 };
    trial.set(Want::Arrangements(found), Found::Arrangements(shares));
}

#[test]
fn the_shares_of_ones_own_bill_are_listed() {
    let (mut trial, [amina, baraka, _]) = three();
    bill(&mut trial, "approved", "waiting");
    let list = |trial: &Trial, by: &PersonRow, split: &str| {
        trial.ask(&SHARES, trial.caller(by)).with("bill", split).list()
    };
    let plan = list(&trial, &amina, "1").planned();
    assert_eq!(
        lines(&plan, &["sign", "amount", "name"]),
        ["1 + KES 333.33 Baraka O", "2 ? KES 333.33 Claire M"]
    );
    assert!(list(&trial, &baraka, "1").planned().items.is_empty(), "somebody else's");
    assert_eq!(list(&trial, &amina, "x").reason(), (REQUEST_GONE, None));
}

#[test]
fn what_is_not_paid_is_taken_back() {
    let (mut trial, [amina, baraka, _]) = three();
    bill(&mut trial, "approved", "waiting");
    let cancel = |trial: &Trial, by: &PersonRow| {
        trial.ask(&CANCEL, trial.caller(by)).with("bill", "1").execute()
    };
    let plan = cancel(&trial, &amina).planned();
    assert_eq!((plan.said("count"), plan.said("share")), ("1".to_owned(), "KES 333.33".to_owned()));
    assert_eq!(closed(&plan), [(2, "cancelled")]);
    let said = "about= amount=KES 333.33 name=Amina W phone=0700***001";
    assert_eq!(plan.messages(), [("sms.request_cancelled".to_owned(), said.to_owned())]);
    assert_eq!(cancel(&trial, &baraka).reason(), (REQUEST_GONE, None));
    bill(&mut trial, "approved", "declined");
    assert_eq!(cancel(&trial, &amina).reason(), (REQUEST_GONE, None));
}

/// Amina reminds so many minutes after she asked.
fn reminded_after(trial: &mut Trial, amina: &PersonRow, minutes: u32) -> Outcome {
    trial.now = NOW.plus(minutes * MINUTE);
    trial.ask(&REMIND, trial.caller(amina)).with("bill", "1").execute()
}

#[test]
fn who_has_not_answered_is_reminded_once_and_not_within_an_hour_of_anything() {
    let (mut trial, [amina, ..]) = three();
    bill(&mut trial, "waiting", "approved");
    let again = (BILL_REMINDED, None);
    assert_eq!(reminded_after(&mut trial, &amina, 59).reason(), again);
    let plan = reminded_after(&mut trial, &amina, 60).planned();
    let said = "about= amount=KES 333.33 date=24/11/26 dial=*384*1234# name=Amina W \
                phone=0700***001 time=11:05";
    assert_eq!(plan.messages(), [("sms.request_reminder".to_owned(), said.to_owned())]);
    assert_eq!((plan.said("count"), plan.said("share")), ("1".to_owned(), "KES 333.33".to_owned()));
    // by itself it is told at eight in the morning: 20 hours and 55 minutes after it was asked
    let by_itself = 20 * 60 + 55;
    assert!(reminded_after(&mut trial, &amina, by_itself - 60).error.is_none());
    assert_eq!(reminded_after(&mut trial, &amina, by_itself - 59).reason(), again);
    assert_eq!(reminded_after(&mut trial, &amina, by_itself + 59).reason(), again);
    assert!(reminded_after(&mut trial, &amina, by_itself + 60).error.is_none());
    trial.set(Want::Claimed(reminding::turn(1).bytes().to_vec()), Found::Truth(true));
    assert_eq!(reminded_after(&mut trial, &amina, 60).reason(), again);
    bill(&mut trial, "approved", "approved");
    assert_eq!(reminded_after(&mut trial, &amina, 60).reason(), (REQUEST_GONE, None));
}

#[test]
fn the_turn_to_remind_is_taken_with_the_reminders() {
    let (mut trial, [amina, ..]) = three();
    bill(&mut trial, "waiting", "waiting");
    let act = reminded_after(&mut trial, &amina, 60).planned().act.unwrap();
    assert_eq!((act.kind, act.changes.len()), ("remind", 3));
    assert!(matches!(act.changes[0], Change::Claim { key } if key == reminding::turn(1)));
}

#[test]
fn a_reminder_by_itself_says_what_the_request_said() {
    let (trial, [amina, baraka, _]) = three();
    let share = request_until(1, 102, 101, 33_333, "", NOW.plus(24 * HOUR));
    let share = Request::of(&share).unwrap();
    let now = Timestamp::from_micros(NOW.plus(12 * HOUR).micros());
    let ask = trial.ask(&REMIND, trial.caller(&amina));
    let word =
        ask.work(&[], |context: &Context| reminder(context.config, &share, &amina, &baraka, now));
    let Change::Tell(message) = word else { panic!("no message") };
    assert_eq!(
        (message.address.as_str(), message.template.as_str()),
        (BARAKA, "sms.request_reminder")
    );
    assert_eq!(message.created_at, now.micros());
}

#[test]
fn each_who_shares_is_asked_and_who_asks_hears_of_all() {
    let (trial, [amina, ..]) = three();
    let plan = split(&trial, &amina, "100000", &[BARAKA, CLAIRE]).execute().planned();
    assert_eq!(
        plan.hearers(),
        [
            ("sms.request", BARAKA, None),
            ("sms.request", CLAIRE, None),
            ("sms.bill_sent", AMINA, None)
        ]
    );
}
