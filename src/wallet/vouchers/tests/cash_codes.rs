//! Codes for cash, as their owner makes them.

use super::super::cash_code::{CashCode, Event, KIND};
use super::super::make_code::SERVICE;
use super::*;
use crate::book::{HoldMove, Keep};
use crate::id::Id;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;
use crate::store::records::Record;
use crate::wallet::arrangements::Role;
use crate::wallet::trial::Request;

fn ask<'t>(trial: &'t Trial, amina: &PersonRow, amount: &str) -> Request<'t> {
    trial.ask(&SERVICE, trial.caller(amina)).with("amount", amount)
}

#[test]
fn it_is_quoted_at_the_price_of_cash_and_its_digits_are_on_the_last_screen_alone() {
    let (trial, amina) = amina();
    let quote = ask(&trial, &amina, "20000").quote().planned();
    assert_eq!(
        ["amount", "fee", "total", "until", "cash_code"].map(|slot| quote.said(slot)),
        ["KES 200", "KES 29", "KES 229", "11:35", ""]
    );
    assert!(quote.act.is_none());
    let mut plan = ask(&trial, &amina, "20000").execute().planned();
    let digits = plan.said("cash_code");
    assert_eq!(digits.len(), 6);
    plan.slots.remove("cash_code");
    assert_eq!(plan.slots, quote.slots);
    let told = ("sms.cash_code".to_owned(), "amount=KES 200 fee=KES 29 until=11:35".to_owned());
    assert_eq!(plan.messages(), [told]);
    let act = plan.act.unwrap();
    let held = HoldMove::Open { account: Id::of(101), amount_minor: 22_900 };
    assert_eq!(act.holds, [held]);
    // it counts against limits when the cash is handed out
    assert_eq!((act.kind, act.legs.len(), act.meters.len()), ("cash_code", 0, 0));
    let [
        Change::Keep(Keep { record: Record::Pin(tag), event: "make_code", .. }),
        Change::Put(put),
        _,
    ] = act.changes.as_slice()
    else {
        panic!("{:?}", act.changes)
    };
    assert_eq!(tag.version, 1);
    let made = CashCode::of(&put.row).unwrap();
    assert_eq!(
        (put.row.id, made.agreed.amount_minor, made.agreed.fee_minor, put.row.subject.as_str()),
        (Id::of(9_000), 20_000, 2_900, "")
    );
    let expires_at = NOW.plus(Duration::from_secs(1_800)).micros();
    assert_eq!((put.row.due_at, made.agreed.expires_at), (Some(expires_at), expires_at));
    let keys = &trial.config.pin_keys;
    let typed = Pin::parse(&digits).unwrap();
    assert!(keys.matches(tag.key_version, Id::of(9_000), &tag.salt, &typed, &tag.tag));
    let again = ask(&trial, &amina, "20000").again(Some(Id::of(77))).execute().planned();
    assert_eq!(again.said("cash_code"), digits);
}

#[test]
fn a_code_made_before_ends_and_what_it_held_is_free_again() {
    let (mut trial, amina) = amina();
    has_made(&mut trial, vec![code(20)]);
    trial.change(&amina, |member| member.account.held_minor = 33_600 + 77_100);
    let act = ask(&trial, &amina, "20000").execute().planned().act.unwrap();
    assert_eq!(act.holds.first(), Some(&HoldMove::Release { hold: Id::of(21) }));
    assert_eq!((act.holds.len(), moved(&act)), (2, vec![(20, "replace", "replaced")]));
    trial.change(&amina, |member| member.account.held_minor += 1);
    assert_eq!(ask(&trial, &amina, "20000").quote().reason(), (Reason::NOT_ENOUGH, Some("amount")));
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let (mut trial, amina) = amina();
    let reason = |trial: &Trial, amount: &str| ask(trial, &amina, amount).quote().reason();
    assert_eq!(reason(&trial, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(reason(&trial, "4999"), (Reason::AMOUNT_BELOW, Some("amount")));
    assert_eq!(reason(&trial, "97101"), (Reason::NOT_ENOUGH, Some("amount")));
    ask(&trial, &amina, "97100").quote().planned();
    let missing = trial.ask(&SERVICE, trial.caller(&amina)).check();
    assert_eq!(missing.reason(), (Reason::FIELD_MISSING, Some("amount")));
    let stranger = trial.ask(&SERVICE, trial.stranger(TO)).with("amount", "20000");
    assert_eq!(stranger.quote().reason(), (Reason::NOT_JOINED, None));
    trial.change(&amina, |member| member.account.balance_minor = 100_000_00);
    let sim = PersonRow { tier: "sim".into(), ..amina.clone() };
    let limit = |amount: &str| ask(&trial, &sim, amount).quote();
    assert_eq!(limit("2000001").reason(), (Reason::LIMIT_ONCE, Some("amount")));
    limit("2000000").planned();
    trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, "20000"), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn its_owner_hears_of_it() {
    let (trial, amina) = amina();
    let plan = ask(&trial, &amina, "20000").execute().planned();
    assert_eq!(plan.hearers(), [("sms.cash_code", AMINA, None)]);
}

#[test]
fn that_the_money_is_not_there_is_said_before_what_a_limit_allows() {
    let (trial, amina) = amina();
    let sim = PersonRow { tier: "sim".into(), ..amina };
    let both = ask(&trial, &sim, "2000001").quote();
    assert_eq!(both.reason(), (Reason::NOT_ENOUGH, Some("amount")));
}

#[test]
fn one_that_is_not_used_ends_by_itself_and_frees_what_it_held() {
    let (trial, _) = amina();
    let act = trial.wakes(&KIND, &code(20)).unwrap();
    assert_eq!(
        (act.kind, act.holds.as_slice()),
        ("expire", &[HoldMove::Release { hold: Id::of(21) }][..])
    );
    assert_eq!(
        (moved(&act), act.changes.len(), act.meters.len()),
        (vec![(20, "end", "ended")], 1, 0)
    );
}

#[test]
fn once_it_is_over_nothing_happens_to_it_any_more() {
    for state in ["used", "replaced", "ended"] {
        let row = over(state, code(20));
        let code = CashCode::of(&row).unwrap();
        for (event, role) in [
            (Event::Redeem, Role::Assistant),
            (Event::Replace, Role::Owner),
            (Event::End, Role::Service),
        ] {
            assert_eq!(code.moved(event, role).unwrap_err(), Reason::CODE_GONE.into(), "{state}");
        }
    }
}
