//! Send money to somebody with a wallet.
//!
//! Inputs `to` and `amount`; shows `name`, `phone`, `amount`, `fee`, `total`; flag `again` (with `ago`, minutes)
//! when the same amount went to the same person within ten minutes; flag `unjoined` when a number is checked that has no
//! wallet, and what is sent to it would wait there.

use super::desk::{Act, Desk, Halt, masked_name};
use super::price::{self, Terms};
use super::{Service, Whose, limits};
use crate::ask::{Slots, Verb};
use crate::book::{self, Leg};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::Account;
use crate::store::people::PersonRow;
use crate::time::Timestamp;
use std::time::Duration;

/// The service as menus know it.
pub const SERVICE: Service = Service { name: "send", pin: Whose::Caller, ..Service::PLAIN };

/// Within this time the same payment again is more likely a mistake than a wish.
const AGAIN: Duration = Duration::from_secs(600);
/// How many of the payer's last postings are looked at for it.
const AGAIN_LOOKBACK: usize = 10;

/// The person the input `to` names, who must not be the payer.
pub fn payee(desk: &mut Desk) -> Result<PersonRow, Halt> {
    payee_in(desk, "to")
}

/// The same for another input.
pub fn payee_in(desk: &mut Desk, field: &'static str) -> Result<PersonRow, Halt> {
    let (payer, to) = (desk.person()?, desk.phone(field));
    let payee = if let Ok(to) = &to { desk.other(to)? } else { None };
    active(desk, payer, Reason::AccountClosed.into())?;
    let to = to?;
    match payee {
        Some(payee) if payee.account_id == payer.account_id => Err(Refusal::of_field(Reason::PayeeSelf, field).into()),
        Some(payee) => active(desk, &payee, Refusal::of_field(Reason::PayeeClosed, field)).map(|_account| payee),
        None => Err(Refusal::of_field(Reason::PayeeUnknown, field).with("phone", to.local()).into()),
    }
}

/// The account of one side, which must not be frozen: said before the PIN, as the book would only say it after.
pub(super) fn active(desk: &mut Desk, person: &PersonRow, otherwise: Refusal) -> Result<Account, Halt> {
    let account = desk.account(person.account_id)?;
    if account.state == "open" { Ok(account) } else { Err(otherwise.into()) }
}

fn payee_closed() -> Refusal {
    Refusal::of_field(Reason::PayeeClosed, "to")
}

/// Plans the payment of `amount` from the caller to `payee`: shows it, and says what to commit.
pub fn payment(desk: &mut Desk, payee: &PersonRow, amount: Money) -> Result<Act, Halt> {
    let payer = desk.person()?;
    let account = active(desk, payer, Reason::AccountClosed.into())?;
    active(desk, payee, payee_closed())?;
    let available = desk.money(account.balance_minor.saturating_sub(account.held_minor));
    let fee = price::fee(desk, SERVICE.name, payer, amount)?;
    let terms = price::decide(available, amount, fee)?;
    let meters = limits::of_payment(desk, payer, payee, amount)?;
    for (slot, value) in party(payee) {
        desk.show(&slot, value);
    }
    terms.show(desk);
    warn_again(desk, payer.account_id, payee.account_id, terms.arrives_minor())?;
    let (legs, mut changes) = (legs(payer, payee, &terms), receipts(desk, payer, payee, &terms));
    changes.extend(price::agreed(desk, SERVICE.name, payer)?);
    Ok(Act { kind: "send", legs, meters, changes, ..Act::default() })
}

fn legs(payer: &PersonRow, payee: &PersonRow, terms: &Terms) -> Vec<Leg> {
    let mut legs = vec![
        Leg { account: payer.account_id, amount_minor: terms.total.minor.saturating_neg() },
        Leg { account: payee.account_id, amount_minor: terms.arrives_minor() },
    ];
    legs.extend(terms.credits());
    legs
}

/// Both sides get the news, each of the other.
fn receipts(desk: &Desk, payer: &PersonRow, payee: &PersonRow, terms: &Terms) -> Vec<book::Change> {
    let sent = desk.shown(&["amount", "fee", "name", "phone"]);
    let mut received = desk.shown(&["amount"]);
    received.extend(party(payer));
    // who pays a part of the price reads what it was
    let theirs = if terms.fee.payee_minor > 0 { "sms.received_less" } else { "sms.received" };
    received.insert("fee".into(), desk.money(terms.fee.payee_minor).to_string().into());
    vec![
        desk.tell(payer, "sms.sent", sent, Some(payer.account_id)),
        desk.tell(payee, theirs, received, Some(payee.account_id)),
    ]
}

/// How one side sees the other: masked name and number.
pub fn party(person: &PersonRow) -> Slots {
    let phone = Msisdn::from_e164(&person.msisdn).map(|phone| phone.to_string()).unwrap_or_default();
    Slots::from([("name".into(), masked_name(&person.name).into()), ("phone".into(), phone.into())])
}

/// Says, where a quote is made, that the same was done a few minutes ago: flag `again` with `ago`, minutes. The same is a
/// posting of `one` in which `other` had this much.
pub(super) fn warn_again(desk: &mut Desk, one: i64, other: i64, other_minor: i64) -> Result<(), Halt> {
    if desk.verb != Verb::Quote {
        return Ok(());
    }
    if let Some(ago) = done_before(desk, one, other, other_minor)? {
        desk.plan.flags.insert("again".into());
        desk.show("ago", ago);
    }
    Ok(())
}

/// How long ago the same was done, if that is so short that it may be a mistake.
fn done_before(desk: &mut Desk, one: i64, other: i64, other_minor: i64) -> Result<Option<String>, Halt> {
    let since = desk.now.minus(AGAIN).micros();
    let mut next = desk.account(one)?.last_posting;
    for _entry in 0..AGAIN_LOOKBACK {
        let Some(id) = next else { break };
        let Some((posting, legs)) = desk.posting(id)? else { break };
        let Some(own) = legs.iter().find(|leg| leg.account_id == one).filter(|_| posting.at >= since) else { break };
        let same = legs.iter().any(|leg| leg.account_id == other && leg.amount_minor == other_minor);
        // it went the same way: from the one to the other, or to the one from the other
        if same && (own.amount_minor < 0) != (other_minor < 0) {
            let ago = desk.now.since(Timestamp::from_micros(posting.at));
            return Ok(Some(ago.as_secs().div_euclid(60).max(1).to_string()));
        }
        next = own.previous;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests stop where they fail")]

    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;
    use crate::source::Source;
    use crate::tariff::{Case, Place, Tariff};

    fn person(account_id: i64) -> PersonRow {
        let (msisdn, name, language) = ("+254700000001".into(), "Amina".into(), "en".into());
        PersonRow { account_id, msisdn, name, language, joined_at: 0, tier: "full".into() }
    }

    proptest! {
        /// Whatever the tariff takes, and from whom: legs balance, each account has one, and the payer's is the total.
        #[test]
        fn legs_balance(
            amount_minor in 1_i64..=99_999,
            price in (0_i64..=9, 0_i64..=20, 0_i64..=100),
            lines in prop::collection::vec((0_usize..3, 0_i64..=30), 0..4),
        ) {
            let (flat, percent, payer) = price;
            let mut text = format!(
                "currency = 'KES'\n[send]\npaid_by = 'shared'\npayer_percent = {payer}\n\
                 bands = [{{ from = 1, to = 1_000, flat = {flat}, percent = {percent} }}]\n"
            );
            for (number, (place, percent)) in lines.into_iter().enumerate() {
                let place = Place::ALL.get(place).unwrap().name();
                text += &format!("[[send.extra]]\nname = '{number}'\ncredit = '{place}'\nof = 'fee'\npercent = {percent}\n");
            }
            let tariff = Tariff::parse(&Source::new("tariff.toml", text)).unwrap();
            let amount = Money::new(amount_minor, Currency::KES);
            let date = Timestamp::from_micros(0).day(&jiff::tz::TimeZone::UTC);
            let case = Case { service: "send", amount, tier: None, channel: None, date, month_minor: 0 };
            if let Ok(fee) = tariff.quote(&case) {
                let taken = fee.total_minor();
                // where nothing would arrive, nothing is moved
                let Ok(terms) = price::decide(Money::new(i64::MAX, Currency::KES), amount, fee) else { return Ok(()) };
                let legs = legs(&person(1_000), &person(1_001), &terms);
                let accounts: std::collections::BTreeSet<i64> = legs.iter().map(|leg| leg.account).collect();
                prop_assert_eq!(legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
                prop_assert_eq!(accounts.len(), legs.len());
                let by_account = |wanted: fn(i64) -> bool| -> i64 {
                    legs.iter().filter(|leg| wanted(leg.account)).map(|leg| leg.amount_minor).sum()
                };
                prop_assert_eq!(by_account(|account| account == 1_000), -terms.total.minor);
                prop_assert_eq!(by_account(|account| account < 1_000), taken);
            }
        }
    }
}
