//! Requests for money: what they leave, the quota, one's own list, and taking them back.

use super::super::super::trial::NOW;
use super::super::payment_request::{ASK, CANCEL, MINE, REQUEST_GONE};
use super::super::quota::{REQUEST_BLOCKED, REQUESTS_FULL};
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::facts::Found;
use crate::store::wants::Want;

/// What Baraka has asked for within a day.
fn of_today() -> Want {
    Want::RequestsOf {
        kind: "request",
        asker: Id::of(102),
        since: NOW.minus(24 * HOUR).micros(),
        limit: 60,
    }
}

/// Baraka asks Amina.
fn ask(trial: &Trial, baraka: &PersonRow) -> super::super::super::trial::Outcome {
    let ask = trial.ask(&ASK, trial.caller(baraka)).with("to", AMINA).with("amount", "30000");
    ask.with("reference", " Rent  May ").execute()
}

#[test]
fn a_request_waits_a_day_and_both_sides_hear_of_it() {
    let (mut trial, [_, baraka, _]) = three();
    trial.set(Want::RequestsMade("request", Id::of(102)), Found::Count(4));
    let plan = ask(&trial, &baraka).planned();
    let [row] = opened(&plan)[..] else { panic!("one order") };
    let expires_at = NOW.plus(24 * HOUR).micros();
    let reference = "Rent May".to_owned();
    assert_eq!(
        *row,
        OrderRow { expires_at, reference, ..order(9_000, "request", 101, 102, 30_000) }
    );
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
    let place = [102_i64.to_be_bytes(), 4_i64.to_be_bytes()].concat();
    let key = crate::book::Key::new(crate::time::Timestamp::from_micros(0), "requests", &place);
    assert!(matches!(plan.act.unwrap().changes[0], Change::Claim { key: taken } if taken == key));
}

#[test]
fn a_request_by_text_says_not_what_it_is_for() {
    let (trial, [_, baraka, _]) = three();
    let ask = trial.ask(&ASK, trial.caller(&baraka)).with("to", AMINA).with("amount", "100");
    let plan = ask.execute().planned();
    assert_eq!((opened(&plan)[0].reference.as_str(), plan.said("about")), ("", String::new()));
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
        (Reason::AMOUNT_TOO_LARGE, Some("amount"))
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
    trial.change(&amina, |member| member.account.state = "frozen".into());
    assert_eq!(reason(&trial, AMINA, "100", "rent"), (Reason::PAYEE_CLOSED, Some("to")));
    trial.change(&baraka, |member| member.account.state = "frozen".into());
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
    let mut after = |made: Vec<OrderRow>| {
        trial.set(of_today(), Found::Orders(made));
        ask(&trial, &baraka).error
    };
    let full = |field: Option<&'static str>| {
        let refusal = crate::refusal::Refusal { field, ..REQUESTS_FULL.into() };
        Some(super::super::super::plan::PlanError::Refused(refusal))
    };
    let to_claire = order(1, "request", 103, 102, 100);
    let to_amina = order(1, "request", 101, 102, 100);
    let answered = |row: &OrderRow| OrderRow { state: "declined".into(), ..row.clone() };
    let over = |row: &OrderRow| OrderRow { expires_at: NOW.micros(), ..row.clone() };
    // ten wait at a time; the shares of one split bill wait together
    assert_eq!(after(orders(1..10, &to_claire)), None);
    assert_eq!(after(orders(1..11, &to_claire)), full(None));
    assert_eq!(after(orders(1..11, &OrderRow { split: Some(1), ..to_claire.clone() })), None);
    assert_eq!(after(orders(1..11, &over(&to_claire))), None);
    // sixty a day
    assert_eq!(after(orders(1..60, &answered(&to_claire))), None);
    assert_eq!(after(orders(1..61, &answered(&to_claire))), full(None));
    // two for the same person at a time, and three a day
    assert_eq!(after(orders(1..2, &to_amina)), None);
    assert_eq!(after(orders(1..3, &to_amina)), full(Some("to")));
    assert_eq!(after(orders(1..3, &answered(&to_amina))), None);
    assert_eq!(after(orders(1..4, &answered(&to_amina))), full(Some("to")));
}

#[test]
fn how_much_waits_for_somebody_is_told_to_nobody_and_their_own_takes_no_room() {
    let (mut trial, [_, baraka, _]) = three();
    let mut with = |requested: i64| {
        let mut waiting = orders(1..requested + 1, &order(1, "request", 101, 103, 100));
        waiting.extend(orders(20..28, &order(1, "send", 101, 103, 100)));
        trial.set(
            Want::OrdersWaiting { payer: Id::of(101), now: NOW.micros(), limit: 16 },
            Found::Orders(waiting),
        );
        ask(&trial, &baraka)
    };
    assert_eq!(with(7).error, None);
    assert_eq!(with(8).reason(), (REQUESTS_FULL, Some("to")));
}

#[test]
fn ones_own_requests_are_listed_with_what_became_of_them() {
    let (mut trial, [_, baraka, _]) = three();
    let one = OrderRow { reference: "rent".into(), ..order(1, "request", 101, 102, 30_000) };
    let with = |id, state: &str| OrderRow { id, state: state.into(), ..one.clone() };
    let over = OrderRow { expires_at: NOW.micros(), ..with(4, "waiting") };
    let made = vec![with(1, "approved"), with(2, "waiting"), with(3, "declined"), over];
    let want = Want::RequestsOf {
        kind: "request",
        asker: Id::of(102),
        since: NOW.minus(7 * 24 * HOUR).micros(),
        limit: 20,
    };
    trial.set(want, Found::Orders(made));
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
    let row = OrderRow { reference: "rent".into(), ..order(1, "request", 101, 102, 30_000) };
    trial.set(Want::Order(1), Found::Order(Some(row.clone())));
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
        OrderRow { kind: "send".into(), ..row.clone() },
        OrderRow { state: "approved".into(), ..row.clone() },
        OrderRow { expires_at: NOW.micros(), ..row.clone() },
        OrderRow { payer: Id::of(999), ..row },
    ] {
        trial.set(Want::Order(1), Found::Order(Some(row)));
        assert_eq!(cancel(&trial, &baraka).reason(), gone);
    }
    trial.set(Want::Order(1), Found::Order(None));
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
