//! Requests for money: what they leave, the quota, one's own list, and taking them back.

use super::super::super::trial::NOW;
use super::super::asking::{ASK, CANCEL, MINE};
use super::super::payment_request::REQUEST_GONE;
use super::super::quota::{REQUEST_BLOCKED, REQUESTS_FULL};
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::book_rows::{AccountState, EntryRow, PostingRow};
use crate::store::facts::Found;
use crate::store::wants::Want;

/// What Baraka has asked for within a day.
fn of_today() -> Want {
    Want::Arrangements(payment_request::made_by(Id::of(102), NOW.minus(24 * HOUR), 60))
}

/// Baraka asks Amina.
fn ask(trial: &Trial, baraka: &PersonRow) -> super::super::super::trial::Outcome {
    let ask = trial.ask(&ASK, trial.caller(baraka)).with("to", AMINA).with("amount", "30000");
    ask.with("reference", " Rent  May ").execute()
}

#[test]
fn a_request_waits_a_day_and_both_sides_hear_of_it() {
    let (mut trial, [_, baraka, _]) = three();
    let made = |id, begun_by| ArrangementRow {
        begun_by: Id::of(begun_by),
        ..ended(&request(id, 103, 102, 100), "approved")
    };
    // the newest in the order of commits is not the one with the highest number
    trial.set(of_today(), Found::Arrangements(vec![made(8, 70), made(7, 71)]));
    let plan = ask(&trial, &baraka).planned();
    let [row] = opened(&plan)[..] else { panic!("one order") };
    let expires = NOW.plus(24 * HOUR);
    assert_eq!(*row, request_until(9_000, 101, 102, 30_000, "Rent May", expires));
    assert_eq!(plan.act.as_ref().unwrap().kind, "ask");
    assert_eq!(
        ["name", "phone", "amount", "about"].map(|slot| plan.said(slot)),
        ["Amina W", "0700***001", "KES 300", ": Rent May"]
    );
    let sent = "about=: Rent May amount=KES 300 name=Amina W phone=0700***001";
    let asked = "about=: Rent May amount=KES 300 date=24/11/26 dial=*384*1234# fee=KES 7 \
                 name=Baraka O phone=0700***002 time=11:05";
    let told = [
        ("sms.request_sent".to_owned(), sent.to_owned()),
        ("sms.request".to_owned(), asked.to_owned()),
    ];
    assert_eq!(plan.messages(), told);
    let place = |day: i64, newest: i64| {
        let place = [102, day, newest].map(i64::to_be_bytes).concat();
        crate::book::Key::new(crate::time::Timestamp::from_micros(0), "requests", &place)
    };
    let taken = |plan: &Plan| match plan.act.as_ref().unwrap().changes[0] {
        Change::Claim { key } => key,
        _ => panic!("no place"),
    };
    assert_eq!(taken(&plan), place(0, 71), "whoever has seen the same ones goes by the same place");
    trial.set(of_today(), Found::Arrangements(Vec::new()));
    let day = NOW.micros() / (24 * 3_600 * 1_000_000);
    assert_eq!(taken(&ask(&trial, &baraka).planned()), place(day, 0));
}

#[test]
fn a_request_by_text_says_not_what_it_is_for() {
    let (trial, [_, baraka, _]) = three();
    let ask = trial.ask(&ASK, trial.caller(&baraka)).with("to", AMINA).with("amount", "100");
    let plan = ask.execute().planned();
    assert_eq!(
        (opened(&plan)[0].body.contains("\"reference\":\"\""), plan.said("about")),
        (true, String::new())
    );
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let (mut trial, [amina, baraka, _]) = three();
    let reason = |trial: &Trial, to: &str, amount: &str, reference: &str| {
        let ask = trial.ask(&ASK, trial.caller(&baraka)).with("to", to).with("amount", amount);
        ask.with("reference", reference).quote().reason()
    };
    assert_eq!(reason(&trial, BARAKA, "100", "rent"), (Reason::PAYEE_SELF, Some("to")));
    assert_eq!(reason(&trial, "+254700000009", "100", "rent"), (Reason::PAYEE_UNKNOWN, Some("to")));
    assert_eq!(reason(&trial, AMINA, "0", "rent"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(
        reason(&trial, AMINA, "99999999999", "rent"),
        (Reason::AMOUNT_ABOVE, Some("amount"))
    );
    for words in [
        "1234",
        "0700 000 003",
        "",
        "much too long a reference",
        "Kadogo",
        "confirmed KES",
        "KES paid",
    ] {
        assert_eq!(
            reason(&trial, AMINA, "100", words),
            (Reason::TEXT_FORMAT, Some("reference")),
            "{words}"
        );
    }
    trial.set(Want::BlockedBy(Id::of(101)), Found::Accounts(vec![Id::of(102)]));
    assert_eq!(reason(&trial, AMINA, "x", "rent"), (REQUEST_BLOCKED, Some("to")));
    trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, AMINA, "100", "rent"), (Reason::PAYEE_CLOSED, Some("to")));
    trial.change(&baraka, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, AMINA, "100", "rent"), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn whoever_is_still_typing_is_told_what_is_wrong_so_far() {
    let (trial, [_, baraka, _]) = three();
    let check = trial.ask(&ASK, trial.caller(&baraka)).with("to", AMINA).check();
    assert_eq!(check.plan.said("name"), "Amina W");
    assert_eq!(check.reason(), (Reason::FIELD_MISSING, Some("amount")));
    let nobody = trial.ask(&ASK, trial.caller(&baraka)).check();
    assert_eq!(nobody.reason(), (Reason::FIELD_MISSING, Some("to")));
}

#[test]
fn the_quota_of_who_asks_has_clear_edges() {
    let (mut trial, [_, baraka, _]) = three();
    let mut after = |made: Vec<ArrangementRow>| {
        trial.set(of_today(), Found::Arrangements(made));
        ask(&trial, &baraka).error
    };
    let full = |field: Option<&'static str>| {
        let refusal = crate::refusal::Refusal { field, ..REQUESTS_FULL.into() };
        Some(super::super::super::plan::PlanError::Refused(refusal))
    };
    let to_claire = request(1, 103, 102, 100);
    let to_amina = request(1, 101, 102, 100);
    let answered = |row: &ArrangementRow| ended(row, "declined");
    let over = |row: &ArrangementRow| until(row, NOW.micros());
    // ten wait at a time; the shares of one split bill wait together
    assert_eq!(after(several(1..10, &to_claire)), None);
    assert_eq!(after(several(1..11, &to_claire)), full(None));
    assert_eq!(
        after(several(1..11, &ArrangementRow { subject: "1".into(), ..to_claire.clone() })),
        None
    );
    assert_eq!(after(several(1..11, &over(&to_claire))), None);
    // sixty a day
    assert_eq!(after(several(1..60, &answered(&to_claire))), None);
    assert_eq!(after(several(1..61, &answered(&to_claire))), full(None));
    // two for the same person at a time, and three a day
    assert_eq!(after(several(1..2, &to_amina)), None);
    assert_eq!(after(several(1..3, &to_amina)), full(Some("to")));
    assert_eq!(after(several(1..3, &answered(&to_amina))), None);
    assert_eq!(after(several(1..4, &answered(&to_amina))), full(Some("to")));
}

#[test]
fn how_much_waits_for_somebody_is_told_to_nobody_and_their_own_takes_no_room() {
    let (mut trial, [_, baraka, _]) = three();
    let mut with = |requested: i64| {
        let mut asked = several(1..requested + 1, &request(1, 101, 103, 100));
        asked.push(until(&request(19, 101, 103, 100), NOW.micros()));
        let others = Want::Arrangements(payment_request::asked_of(Id::of(101)));
        trial.set(others, Found::Arrangements(asked));
        let wanted = several(20..28, &order(1, "send", 101, 103, 100));
        let own = Want::Arrangements(place::open_of(&orders_kind::KIND, Id::of(101)));
        trial.set(own, Found::Arrangements(wanted));
        ask(&trial, &baraka)
    };
    assert_eq!(with(4).error, None);
    assert_eq!(with(5).reason(), (REQUESTS_FULL, Some("to")));
}

#[test]
fn whom_somebody_has_paid_has_places_with_them_that_strangers_cannot_fill() {
    let (mut trial, [_, baraka, _]) = three();
    let since = NOW.minus(90 * 24 * HOUR).micros();
    let history = Want::History { account: Id::of(102), since, limit: 60 };
    let paid = |payer_minor: i64| {
        let leg = |account: i64, amount_minor: i64| EntryRow {
            posting_id: Id::of(1),
            leg: 0,
            account_id: Id::of(account),
            amount_minor,
            balance_minor: 0,
            held_minor: 0,
            previous: None,
        };
        let posting = PostingRow {
            id: Id::of(1),
            kind: "send".into(),
            at: NOW.micros(),
            key: Vec::new(),
            request: Vec::new(),
            corrects: None,
        };
        Found::History(vec![(posting, vec![leg(101, payer_minor), leg(102, -payer_minor)])])
    };
    let with = |trial: &mut Trial, requested: i64, own: i64| {
        let asked = several(1..requested + 1, &request(1, 101, 103, 100));
        let others = Want::Arrangements(payment_request::asked_of(Id::of(101)));
        trial.set(others, Found::Arrangements(asked));
        let made = several(30..30 + own, &request(30, 101, 102, 100));
        trial.set(of_today(), Found::Arrangements(made));
        ask(trial, &baraka).error.is_none()
    };
    trial.set(history.clone(), paid(-500));
    assert!(with(&mut trial, 7, 0) && !with(&mut trial, 8, 0));
    assert!(with(&mut trial, 0, 3) && !with(&mut trial, 0, 4));
    // a cent that Baraka sends makes him known to nobody
    trial.set(history, paid(500));
    assert!(!with(&mut trial, 5, 0) && !with(&mut trial, 0, 2));
}

#[test]
fn ones_own_requests_are_listed_with_what_became_of_them() {
    let (mut trial, [_, baraka, _]) = three();
    let with = |id, state: &str| ended(&request_for(id, 101, 102, 30_000, "rent"), state);
    let over = until(&with(4, "waiting"), NOW.micros());
    let made = vec![with(1, "approved"), with(2, "waiting"), with(3, "declined"), over];
    let want = payment_request::made_by(Id::of(102), NOW.minus(7 * 24 * HOUR), 20);
    trial.set(Want::Arrangements(want), Found::Arrangements(made));
    let plan = trial.ask(&MINE, trial.caller(&baraka)).list().planned();
    let line = |id: i64, sign: &str| format!("{id} {sign} KES 300 Amina W : rent");
    assert_eq!(
        lines(&plan, &["sign", "amount", "name", "about"]),
        [line(1, "+"), line(2, "?"), line(3, "-"), line(4, "-")]
    );
    let stranger = trial.ask(&MINE, trial.stranger("+254700000009"));
    assert_eq!(stranger.list().reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn a_request_is_taken_back_by_who_made_it_while_it_waits() {
    let (mut trial, [amina, baraka, _]) = three();
    let row = request_for(1, 101, 102, 30_000, "rent");
    there_is(&mut trial, Some(row.clone()));
    let cancel = |trial: &Trial, by: &PersonRow| {
        trial.ask(&CANCEL, trial.caller(by)).with("request", "1").execute()
    };
    let plan = cancel(&trial, &baraka).planned();
    assert_eq!(closed(&plan), [(1, "cancelled")]);
    assert_eq!(
        ["name", "phone", "amount", "about"].map(|slot| plan.said(slot)),
        ["Amina W", "0700***001", "KES 300", ": rent"]
    );
    let said = "about=: rent amount=KES 300 name=Baraka O phone=0700***002";
    assert_eq!(plan.messages(), [("sms.request_cancelled".to_owned(), said.to_owned())]);
    let gone = (REQUEST_GONE, None);
    assert_eq!(cancel(&trial, &amina).reason(), gone);
    for row in [
        order(1, "send", 102, 101, 30_000),
        ended(&row, "approved"),
        ended(&row, "declined"),
        ended(&row, "expired"),
        ended(&row, "cancelled"),
        until(&row, NOW.micros()),
        ArrangementRow { other: Some(Id::of(999)), ..row },
    ] {
        there_is(&mut trial, Some(row));
        assert_eq!(cancel(&trial, &baraka).reason(), gone);
    }
    there_is(&mut trial, None);
    assert_eq!(cancel(&trial, &baraka).reason(), gone);
    let wrong = trial.ask(&CANCEL, trial.caller(&baraka)).with("request", "x");
    assert_eq!(wrong.execute().reason(), gone);
}

#[test]
fn who_asks_hears_that_it_is_sent_and_who_is_asked_that_it_waits() {
    let (trial, [_, baraka, _]) = three();
    let plan = ask(&trial, &baraka).planned();
    assert_eq!(plan.hearers(), [("sms.request_sent", BARAKA, None), ("sms.request", AMINA, None)]);
}
