//! Asking a payment back: which can be, what is held of it, and what is offered in the list.

use super::super::undo::{UNDO_NOT, UNDO_QUOTA, UNDO_TWICE};
use super::super::{reversal, undo, undo::SERVICE, undo_sent};
use super::*;
use crate::book::HoldMove;
use crate::id::{Id, PostingId};
use crate::reason::Reason;
use crate::reference::Reference;
use crate::store::agent_rows::AgentPost;
use crate::store::book_rows::AccountState;
use crate::wallet::arrangements::kind;
use crate::wallet::trial::Request;
use crate::wallet::vouchers::cash_code;
use crate::wallet::vouchers::code::Agreed;
use crate::wallet::vouchers::voucher::{self, Terms};
use std::time::Duration;

const DAY_MINUTES: u64 = 24 * 60;

fn of(payment: i64) -> Want {
    Want::Arrangements(reversal::of_payment(Id::of(payment)))
}

fn code(trial: &Trial, payment: i64) -> String {
    Reference::of(Id::of(payment), &trial.config.reference_key).to_string()
}

fn ask<'t>(trial: &'t Trial, amina: &PersonRow) -> Request<'t> {
    let receipt = code(trial, PAYMENT);
    trial.ask(&SERVICE, trial.caller(amina)).with("receipt", &receipt)
}

#[test]
fn what_is_still_there_is_held_at_once_and_both_hear_of_it() {
    let (mut trial, amina, baraka) = two();
    let quote = ask(&trial, &amina).quote().planned();
    assert_eq!(
        ["name", "phone", "amount", "day"].map(|slot| quote.said(slot)),
        ["Baraka O", "0700***002", "KES 200", ""]
    );
    assert!(quote.act.is_none(), "what the receiver has is nobody's business before the PIN");
    trial.change(&baraka, |member| member.account.held_minor = 85_000);
    let plan = ask(&trial, &amina).execute().planned();
    assert_eq!(["amount", "day"].map(|slot| plan.said(slot)), ["KES 150", "30/11/26"]);
    let words = |name: &str, phone: &str| {
        format!("amount=KES 150 day=30/11/26 dial=*384*1234# name={name} phone={phone}")
    };
    assert_eq!(
        plan.messages(),
        [
            ("sms.undo_held".to_owned(), words("Baraka O", "0700***002")),
            ("sms.undo_asked".to_owned(), words("Amina W", "0700***001")),
        ]
    );
    let act = plan.act.unwrap();
    assert_eq!(act.holds, [HoldMove::Open { account: Id::of(102), amount_minor: 15_000 }]);
    assert_eq!((act.kind, act.legs.len()), ("undo", 0));
    let row = act.changes.iter().find_map(|change| match change {
        Change::Put(put) => Some(put.row.clone()),
        _ => None,
    });
    let new = ArrangementRow {
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
        ..asked("asked")
    };
    assert_eq!(row, Some(ArrangementRow { id: row.as_ref().unwrap().id, ..new }));
    assert!(act.changes.iter().any(|change| matches!(change, Change::Claim { .. })), "once");
}

#[test]
fn no_more_is_held_than_was_sent_and_nothing_of_what_is_not_there() {
    let (mut trial, amina, baraka) = two();
    let mut held = |change: &dyn Fn(&mut crate::store::book_rows::Account)| {
        trial.change(&baraka, |member| change(&mut member.account));
        let plan = ask(&trial, &amina).execute().planned();
        let spent = plan.flags.contains("spent");
        let act = plan.act.unwrap();
        let held = act.holds.first().map_or(0, |hold| match hold {
            HoldMove::Open { amount_minor, .. } => *amount_minor,
            _ => -1,
        });
        assert_eq!(spent, held == 0);
        held
    };
    assert_eq!(held(&|account| account.balance_minor = 20_001), 20_000);
    assert_eq!(held(&|account| account.balance_minor = 19_999), 19_999);
    assert_eq!(held(&|account| account.balance_minor = 1), 1);
    assert_eq!(held(&|account| account.balance_minor = 0), 0);
    assert_eq!(held(&|account| account.balance_minor = -5), 0);
    assert_eq!(held(&|account| account.balance_minor = 20_000), 20_000);
    assert_eq!(held(&|account| account.state = AccountState::Frozen), 20_000, "it moves nothing");
}

#[test]
fn what_is_hidden_in_codes_and_on_its_way_is_called_in() {
    let (mut trial, amina, baraka) = two();
    let agreed = |amount_minor| Agreed {
        amount_minor,
        fee_minor: 1_000,
        tax_minor: 0,
        levy_minor: 0,
        expires_at: NOW.plus(Duration::from_secs(600)).micros(),
    };
    let row = |id: i64, kind: &str, state: &str, body: String| ArrangementRow {
        id: Id::of(id),
        kind: kind.to_owned(),
        version: 1,
        state: state.to_owned(),
        open: true,
        owner: Id::of(102),
        other: None,
        account: None,
        subject: if kind == "voucher" { "+254711222333".to_owned() } else { String::new() },
        begun_at: 0,
        due_at: None,
        body,
        begun_by: Id::of(id),
        last_posting: Id::of(id),
    };
    let voucher = |id: i64, state: &str| {
        let terms = Terms { agreed: agreed(8_000), place: 1, told_at: None, quiet: false };
        row(id, "voucher", state, kind::written(&terms))
    };
    trial.change(&baraka, |member| member.account.balance_minor = 5_000);
    let codes = vec![row(70, "cash_code", "open", kind::written(&agreed(4_000)))];
    trial.set(Want::Arrangements(cash_code::of_owner(Id::of(102))), Found::Arrangements(codes));
    // the newest first; who has joined for theirs keeps it
    let sent = vec![voucher(74, "waiting"), voucher(73, "waiting"), voucher(72, "joined")];
    let want = Want::Arrangements(voucher::sent_by(Id::of(102), NOW));
    trial.set(want, Found::Arrangements(sent));
    let act = ask(&trial, &amina).execute().planned().act.unwrap();
    let released = |id| HoldMove::Release { hold: Id::of(id) };
    let open = HoldMove::Open { account: Id::of(102), amount_minor: 20_000 };
    // 50 are there, 50 in the code, 90 in each voucher: 200 are wanted
    let both = [released(70), released(73), released(74), open];
    assert_eq!(act.holds, both);
    trial.change(&baraka, |member| member.account.balance_minor = 14_000);
    let act = ask(&trial, &amina).execute().planned().act.unwrap();
    assert_eq!(act.holds, [&both[..2], &both[3..]].concat());
    trial.change(&baraka, |member| member.account.balance_minor = 20_000);
    let act = ask(&trial, &amina).execute().planned().act.unwrap();
    assert_eq!(act.holds, both[3..], "where all is there nothing ends");
}

#[test]
fn what_was_not_there_the_last_time_may_be_asked_back_once_more() {
    let (mut trial, amina, _) = two();
    for (state, again) in [("spent", true), ("asked", false), ("released", false)] {
        trial.set(of(PAYMENT), Found::Arrangements(vec![asked(state)]));
        let outcome = ask(&trial, &amina).quote();
        let said = outcome.error.is_some().then(|| outcome.reason().0);
        assert_eq!(said, (!again).then_some(UNDO_TWICE), "{state}");
    }
}

#[test]
fn that_nothing_is_there_takes_a_place_in_the_quota_too() {
    let (mut trial, amina, baraka) = two();
    trial.change(&baraka, |member| member.account.balance_minor = 0);
    let plan = ask(&trial, &amina).execute().planned();
    let words = "amount=KES 200 name=Baraka O phone=0700***002".to_owned();
    assert_eq!(plan.messages(), [("sms.undo_spent".to_owned(), words)]);
    assert!(!plan.flags.contains("beyond"));
    let act = plan.act.unwrap();
    let spent = act.changes.iter().any(
        |change| matches!(change, Change::Put(put) if put.row.state == "spent" && !put.row.open),
    );
    assert!(spent && act.holds.is_empty());
    // but for what is held for something else, and may be there again
    trial.change(&baraka, |member| {
        (member.account.balance_minor, member.account.held_minor) = (9_000, 9_000);
    });
    let plan = ask(&trial, &amina).execute().planned();
    assert!(plan.flags.contains("spent") && plan.flags.contains("beyond"));
}

#[test]
fn only_so_many_are_asked_back_in_thirty_days_and_each_once() {
    let (mut trial, amina, _) = two();
    let since = NOW.minus(Duration::from_secs(30 * 24 * 3_600)).micros();
    let quota = undo::quota(Id::of(101), NOW);
    assert_eq!(quota.since, since);
    let count = Want::Arrangements(quota);
    let asked_before = |times| Found::Arrangements(vec![asked("ended"); times]);
    trial.set(count.clone(), asked_before(2));
    ask(&trial, &amina).quote().planned();
    trial.set(count, asked_before(3));
    let refusal = ask(&trial, &amina).quote().refused();
    assert_eq!((refusal.reason, refusal.field), (UNDO_QUOTA, None));
    assert_eq!(refusal.slots["times"].to_string(), "3");
    trial.set(of(PAYMENT), Found::Arrangements(vec![asked("ended")]));
    assert_eq!(ask(&trial, &amina).quote().reason(), (UNDO_TWICE, Some("receipt")));
}

#[test]
fn only_what_a_person_sent_to_another_within_a_day_can_be_asked_back() {
    let (mut trial, amina, baraka) = two();
    let is_not = |trial: &Trial| {
        ask(trial, &amina)
            .quote()
            .error
            .is_some_and(|_| ask(trial, &amina).quote().reason() == (UNDO_NOT, Some("receipt")))
    };
    let mut payment = |whole: Option<Whole>| {
        trial.set(Want::Posting(Id::of(PAYMENT)), Found::Posting(whole));
        is_not(&trial)
    };
    assert!(!payment(Some(sent(PAYMENT, DAY_MINUTES))));
    assert!(payment(Some(sent(PAYMENT, DAY_MINUTES + 1))), "too long ago");
    assert!(payment(None), "no such payment");
    let legs = &[(101, -20_700), (102, 20_000), (2, 700)];
    assert!(payment(Some(posting(PAYMENT, "request", 3, legs))), "on request");
    assert!(
        payment(Some(posting(PAYMENT, "send", 3, &[(102, -20_700), (101, 20_000), (2, 700)]))),
        "it came"
    );
    assert!(
        payment(Some(posting(PAYMENT, "send", 3, &[(101, -20_700), (300, 20_700)]))),
        "to nobody"
    );
    assert!(!payment(Some(sent(PAYMENT, 3))));
    let tier = |trial: &mut Trial, tier: &str| {
        trial.change(&baraka, |member| member.person.tier = tier.into())
    };
    for (other, no) in [("merchant", true), ("agent", true), ("sim", false)] {
        tier(&mut trial, other);
        assert_eq!(is_not(&trial), no, "{other}");
    }
    let mariam = trial.person(Id::of(103), "+254700000003", "Mariam Said", 0);
    trial.outlet(Id::of(201), "Mama Mboga", 0, &mariam);
    let theirs: Option<AgentPost> = trial.caller(&mariam).post;
    trial.set(Want::Post(Id::of(102)), Found::Post(Box::new(theirs)));
    assert!(is_not(&trial), "who serves is paid for what they hand out");
}

#[test]
fn what_is_no_code_of_a_receipt_is_told_to_be_none() {
    let (mut trial, amina, _) = two();
    let typed = |trial: &Trial, code: &str| {
        trial.ask(&SERVICE, trial.caller(&amina)).with("receipt", code).check().reason()
    };
    assert_eq!(typed(&trial, "hello"), (Reason::RECEIPT_FORMAT, Some("receipt")));
    assert_eq!(typed(&trial, "K7M2Q 9XWTB"), (UNDO_NOT, Some("receipt")));
    let missing = trial.ask(&SERVICE, trial.caller(&amina)).check();
    assert_eq!(missing.reason(), (Reason::FIELD_MISSING, Some("receipt")));
    let stranger = trial.ask(&SERVICE, trial.stranger("+254700000009")).check();
    assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
    trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    assert_eq!(typed(&trial, "hello"), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn what_was_held_is_told_again_to_who_has_lost_the_screen() {
    let (mut trial, amina, _) = two();
    trial.set(of(PAYMENT), Found::Arrangements(vec![asked("asked")]));
    let again =
        |trial: &Trial, hold| ask(trial, &amina).again(Some(Id::of(hold))).execute().planned();
    let told = again(&trial, 77);
    assert_eq!(
        ["name", "amount", "day", "dial"].map(|slot| told.said(slot)),
        ["Baraka O", "KES 150", "30/11/26", "*384*1234#"]
    );
    assert!(again(&trial, 78).slots.is_empty());
    trial.set(of(PAYMENT), Found::Arrangements(vec![asked("spent")]));
    let spent = again(&trial, 77);
    assert_eq!((spent.said("amount").as_str(), spent.flags.contains("spent")), ("KES 200", true));
}

#[test]
fn the_newest_that_may_be_asked_back_are_listed() {
    let (mut trial, amina, _) = two();
    let since = NOW.minus(Duration::from_secs(24 * 3_600)).micros();
    let history = Want::History { account: Id::of(101), since, limit: 20 };
    let mut lines: Vec<Whole> = (0..4).map(|n| sent(600 - n, 10)).collect();
    lines.push(posting(596, "cash_out", 11, &[(101, -20_000), (201, 20_000)]));
    lines.extend((5..8).map(|n| sent(600 - n, 20)));
    trial.set(history, Found::History(lines));
    trial.set(of(599), Found::Arrangements(vec![asked("ended")]));
    let list = trial.ask(&undo_sent::SERVICE, trial.caller(&amina)).list().planned();
    let codes = [600, 598, 597, 595, 594].map(|payment| code(&trial, payment));
    assert_eq!(list.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>(), codes);
    let said = ["amount", "name", "time"].map(|slot| list.items[0].slots[slot].to_string());
    assert_eq!(said, ["KES 200", "Baraka O", "10:55"]);
    let stranger = trial.ask(&undo_sent::SERVICE, trial.stranger("+254700000009")).list();
    assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn who_asks_hears_that_it_is_held_and_who_has_it_that_it_is_asked_back() {
    let (trial, amina, _) = two();
    let plan = ask(&trial, &amina).execute().planned();
    assert_eq!(plan.hearers(), [("sms.undo_held", AMINA, None), ("sms.undo_asked", BARAKA, None)]);
}
