//! Send money to somebody with a wallet.
//!
//! Inputs `to` and `amount`; shows `name`, `phone`, `amount`, `fee`, `total`; flag `again` (with `ago`, minutes)
//! when the same amount went to the same person within ten minutes.

use super::desk::{Act, Desk, Halt, masked_name};
use super::{Service, Whose, limits};
use crate::ask::{Slots, Verb};
use crate::book::{self, Leg};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::{self, Account};
use crate::store::people::{self, PersonRow};
use crate::time::Timestamp;
use std::time::Duration;

/// The service as menus know it.
pub const SERVICE: Service = Service { name: "send", pin: Whose::Caller, opens: false, plan };

/// Within this time the same payment again is more likely a mistake than a wish.
const AGAIN: Duration = Duration::from_secs(600);
/// How many of the payer's last postings are looked at for it.
const AGAIN_LOOKBACK: usize = 10;

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    let payee = payee(desk)?;
    for (slot, value) in party(&payee) {
        desk.show(&slot, value);
    }
    let amount = desk.amount("amount")?;
    let act = payment(desk, &payee, amount)?;
    desk.plan.act = Some(act);
    Ok(())
}

/// The person the input `to` names, who must not be the payer.
pub fn payee(desk: &mut Desk) -> Result<PersonRow, Halt> {
    let payer = desk.person()?;
    active(desk, payer, Reason::AccountClosed.into())?;
    let to = desk.phone("to")?;
    match people::with_account(desk.conn, to.e164())? {
        Some((payee, _account)) if payee.account_id == payer.account_id => {
            Err(Refusal::of_field(Reason::PayeeSelf, "to").into())
        }
        Some((payee, account)) => {
            desk.accounts.push(account);
            active(desk, &payee, payee_closed()).map(|_account| payee)
        }
        None => Err(Refusal::of_field(Reason::PayeeUnknown, "to").with("phone", to.local()).into()),
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
    let fee = desk.house.tariff.get().fee("send", amount).map_err(|reason| Refusal::of_field(reason, "amount"))?;
    let terms = decide(available, amount, fee)?;
    let meters = limits::of_payment(desk, payer, payee, amount)?;
    for (slot, value) in party(payee) {
        desk.show(&slot, value);
    }
    terms.show(desk);
    if desk.verb == Verb::Quote
        && let Some(ago) = paid_before(desk, payer.account_id, payee.account_id, amount)?
    {
        desk.plan.flags.insert("again".into());
        desk.show("ago", ago);
    }
    let (legs, changes) = (legs(payer, payee, &terms), receipts(desk, payer, payee));
    Ok(Act { kind: "send", legs, meters, changes, ..Act::default() })
}

/// What the payment comes to.
pub(super) struct Terms {
    /// What the other side gets.
    pub(super) amount: Money,
    /// What it costs.
    pub(super) fee: Money,
    /// What the payer has less.
    pub(super) total: Money,
}

impl Terms {
    /// Shows `amount`, `fee` and `total`.
    pub(super) fn show(&self, desk: &mut Desk) {
        desk.show("amount", self.amount.to_string());
        desk.show("fee", self.fee.to_string());
        desk.show("total", self.total.to_string());
    }
}

pub(super) fn decide(available: Money, amount: Money, fee: Money) -> Result<Terms, Refusal> {
    let total = amount.checked_add(fee).ok_or_else(|| Refusal::of_field(Reason::AmountTooLarge, "amount"))?;
    if available.minor < total.minor {
        let refusal = Refusal::of_field(Reason::NotEnough, "amount");
        return Err(refusal.with("balance", available.to_string()).with("total", total.to_string()));
    }
    Ok(Terms { amount, fee, total })
}

fn legs(payer: &PersonRow, payee: &PersonRow, terms: &Terms) -> Vec<Leg> {
    let mut legs = vec![
        Leg { account: payer.account_id, amount_minor: terms.total.minor.saturating_neg() },
        Leg { account: payee.account_id, amount_minor: terms.amount.minor },
    ];
    if terms.fee.minor > 0 {
        legs.push(Leg { account: book::FEES, amount_minor: terms.fee.minor });
    }
    legs
}

/// Both sides get the news, each of the other.
fn receipts(desk: &Desk, payer: &PersonRow, payee: &PersonRow) -> Vec<book::Change> {
    let take = |names: &[&str]| -> Slots {
        let of_plan = desk.plan.slots.iter();
        of_plan.filter(|(name, _)| names.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
    };
    let sent = take(&["amount", "fee", "name", "phone"]);
    let mut received = take(&["amount"]);
    received.extend(party(payer));
    vec![
        desk.tell(payer, "sms.sent", sent, Some(payer.account_id)),
        desk.tell(payee, "sms.received", received, Some(payee.account_id)),
    ]
}

/// How one side sees the other: masked name and number.
pub fn party(person: &PersonRow) -> Slots {
    let phone = Msisdn::from_e164(&person.msisdn).map(|phone| phone.to_string()).unwrap_or_default();
    Slots::from([("name".into(), masked_name(&person.name)), ("phone".into(), phone)])
}

/// How long ago the same was paid to the same person, if that is so short that it may be a mistake.
fn paid_before(desk: &mut Desk, payer: i64, payee: i64, amount: Money) -> Result<Option<String>, Halt> {
    let since = desk.now.minus(AGAIN).micros();
    let mut next = desk.account(payer)?.last_posting;
    for _entry in 0..AGAIN_LOOKBACK {
        let Some(id) = next else { break };
        let Some((posting, legs)) = book_rows::posting_whole(desk.conn, id)? else { break };
        let Some(own) = legs.iter().find(|leg| leg.account_id == payer).filter(|_| posting.at >= since) else { break };
        let same = legs.iter().any(|leg| leg.account_id == payee && leg.amount_minor == amount.minor);
        if same && own.amount_minor < 0 {
            let ago = desk.now.since(Timestamp::from_micros(posting.at));
            return Ok(Some(ago.as_secs().div_euclid(60).max(1).to_string()));
        }
        next = own.previous;
    }
    Ok(None)
}
