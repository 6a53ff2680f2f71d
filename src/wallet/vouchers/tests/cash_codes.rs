//! Codes for cash, as their owner makes them.

use super::super::cash_code::SERVICE;
use super::*;
use crate::book::{HoldMove, Keep};
use crate::id::Id;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::records::Record;
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
    let expires_at = NOW.plus(Duration::from_secs(1_800));
    assert_eq!(
        act.holds,
        [HoldMove::Open { account: Id::of(101), amount_minor: 22_900, expires_at }]
    );
    // it counts against limits when the cash is handed out
    assert_eq!((act.kind, act.legs.len(), act.meters.len()), ("cash_code", 0, 0));
    let [
        Change::Keep(Keep { record: Record::Pin(tag), event: "make_code", .. }),
        Change::OpenCode(row),
        _,
    ] = act.changes.as_slice()
    else {
        panic!("{:?}", act.changes)
    };
    assert_eq!(tag.version, 1);
    assert_eq!(
        (row.id, row.amount_minor, row.fee_minor, &row.msisdn),
        (9_000, 20_000, 2_900, &None)
    );
    let keys = &trial.config.pin_keys;
    let typed = Pin::parse(&digits).unwrap();
    assert!(keys.matches(tag.key_version, Id::of(9_000), &tag.salt, &typed, &tag.tag));
    let again = ask(&trial, &amina, "20000").again(Some(77)).execute().planned();
    assert_eq!(again.said("cash_code"), digits);
}

#[test]
fn a_code_made_before_ends_and_what_it_held_is_free_again() {
    let (mut trial, amina) = amina();
    let old = CashCodeRow { msisdn: None, place: None, ..voucher(20, 1, Duration::from_secs(60)) };
    trial.set(Want::CodesOf(Id::of(101), NOW.micros()), Found::Codes(vec![old]));
    trial.change(&amina, |member| member.account.held_minor = 33_600 + 77_100);
    let act = ask(&trial, &amina, "20000").execute().planned().act.unwrap();
    assert_eq!(act.holds.first(), Some(&HoldMove::Release { hold: 21 }));
    assert_eq!((act.holds.len(), closed(&act)), (2, vec![(20, "cancelled")]));
    trial.change(&amina, |member| member.account.held_minor += 1);
    assert_eq!(ask(&trial, &amina, "20000").quote().reason(), (Reason::NOT_ENOUGH, Some("amount")));
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let (mut trial, amina) = amina();
    let reason = |trial: &Trial, amount: &str| ask(trial, &amina, amount).quote().reason();
    assert_eq!(reason(&trial, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(reason(&trial, "4999"), (Reason::AMOUNT_TOO_SMALL, Some("amount")));
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
    trial.change(&amina, |member| member.account.state = "frozen".into());
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
