//! Wrong sends: who sent money to the wrong person asks for it back by the code of the receipt. What the receiver still has
//! of it is held at once; then it is for the receiver to give it back or to object, and for staff to decide where they
//! do. Silence decides nothing: after some days the hold ends, and the money stays where it is.
//!
//! Nobody is overdrawn for it: what was spent is not asked back. Only what one person sent to another can be: what was
//! paid to merchants and agents, or on request, was no slip. What goes back is a posting of its own that corrects the
//! payment. The fee is not given back: the payment was carried out, and giving back is free.

pub mod staff;

use super::desk::{Act, Desk, Halt};
use super::{Service, Wallet, Whose, item, send};
use crate::ask::{Slots, Verb};
use crate::book::{Change, HoldMove, Leg};
use crate::limits::Tier;
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::store::agents;
use crate::store::people::{self, PersonRow};
use crate::store::reversals::{self as rows, ReversalRow};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;
use std::time::Duration;

/// Input `receipt`: asks for a payment back.
pub const UNDO: Service = Service {
    name: "undo",
    pin: Whose::Caller,
    old: Some(undo),
    replay: crate::wallet::service::Replay::TOLD,
    ..Service::PLAIN
};
/// Lists what the caller may ask back: `amount`, `name`, `time`.
pub const SENT: Service = Service { name: "undo_sent", pin: Whose::Nobody, old: Some(sent), ..Service::PLAIN };
/// Lists what the caller is asked to give back: `amount`, `name`.
pub const ASKED: Service = Service { name: "undo_asked", pin: Whose::Nobody, old: Some(asked), ..Service::PLAIN };
/// Input `undo`: gives it back.
pub const AGREE: Service = Service { name: "undo_agree", pin: Whose::Caller, old: Some(agree), ..Service::PLAIN };
/// Input `undo`: objects.
pub const DISPUTE: Service = Service { name: "undo_dispute", pin: Whose::Nobody, old: Some(dispute), ..Service::PLAIN };

/// How long after a payment it may be asked back.
const WITHIN: Duration = Duration::from_secs(24 * 3_600);
/// How long the money is held.
const HELD_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);
/// What the quota is counted over.
const QUOTA_OVER: Duration = Duration::from_secs(30 * 24 * 3_600);
/// How many of the newest payments are offered, and how many are looked through for them.
const SENT_MAX: usize = 5;
const LOOKBACK: usize = 20;
/// States in which a reversal is not decided.
const UNDECIDED: &[&str] = &["asked", "disputed"];

/// A payment that may be asked back.
struct Sent {
    payment: i64,
    at: Timestamp,
    payee: PersonRow,
    amount_minor: i64,
}

fn undo(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    send::active(desk, payer, Reason::AccountClosed.into())?;
    let not_this = || Refusal::of_field(Reason::UndoNot, "receipt");
    let code = Reference::parse(desk.field("receipt")?).ok_or_else(not_this)?;
    let payment = code.posting_id(&desk.house.reference_key).ok_or_else(not_this)?;
    let sent = wrong_send(desk, payer, payment)?.ok_or_else(not_this)?;
    if rows::by_payment(desk.conn.get()?, payment)?.is_some() {
        return Err(Refusal::of_field(Reason::UndoTwice, "receipt").into());
    }
    let quota = desk.house.rules.undo_quota;
    let asked = rows::count_since(desk.conn.get()?, payer.account_id, desk.now.minus(QUOTA_OVER).micros())?;
    if asked >= quota {
        return Err(Refusal::from(Reason::UndoQuota).with("times", quota.to_string()).into());
    }
    for (slot, value) in send::party(&sent.payee) {
        desk.show(&slot, value);
    }
    desk.show("amount", desk.money(sent.amount_minor).to_string());
    if desk.verb == Verb::Do {
        // what the receiver has is nobody's business before there is a PIN, and a place in the quota, to pay for it
        desk.plan.act = Some(hold(desk, payer, &sent)?);
    }
    Ok(())
}

/// What is still there of a payment is set aside.
fn hold(desk: &mut Desk, payer: &PersonRow, sent: &Sent) -> Result<Act, Halt> {
    let payee = &sent.payee;
    let account = desk.account(payee.account_id)?;
    let there_minor = account.balance_minor.saturating_sub(account.held_minor);
    let held_minor = if account.state == "open" { sent.amount_minor.min(there_minor).max(0) } else { 0 };
    let expires = desk.now.plus(HELD_FOR);
    let row = ReversalRow {
        payment: sent.payment,
        payer: payer.account_id,
        payee: payee.account_id,
        hold: 0,
        amount_minor: sent.amount_minor,
        held_minor,
        state: "asked".into(),
        why: String::new(),
        asked_at: desk.now.micros(),
        expires_at: expires.micros(),
    };
    if held_minor == 0 {
        // that nothing is there costs as much to learn as that something is: a place in the quota, behind the PIN
        desk.plan.flags.insert("spent".into());
        let told = desk.tell(payer, "sms.undo_spent", desk.shown(&["amount", "name", "phone"]), None);
        let changes = vec![told, Change::OpenReversal(ReversalRow { state: "spent".into(), ..row })];
        return Ok(Act { kind: "undo", changes, ..Act::default() });
    }
    desk.show("amount", desk.money(held_minor).to_string());
    desk.show("day", expires.date_text(&desk.house.market.zone));
    let changes = vec![
        desk.tell(payer, "sms.undo_held", words(desk, &row, payee), None),
        desk.tell(payee, "sms.undo_asked", words(desk, &row, payer), None),
        Change::OpenReversal(row),
    ];
    let holds = vec![HoldMove::Open { account: payee.account_id, amount_minor: held_minor, expires_at: expires }];
    Ok(Act { kind: "undo", holds, changes, ..Act::default() })
}

/// The payment, if it is one that the caller sent to another person, and not long ago.
fn wrong_send(desk: &mut Desk, payer: &PersonRow, payment: i64) -> Result<Option<Sent>, Halt> {
    let Some((posting, legs)) = book_rows::posting_whole(desk.conn.get()?, payment)? else { return Ok(None) };
    let ours = legs.iter().any(|leg| leg.account_id == payer.account_id && leg.amount_minor < 0);
    if posting.kind != send::SERVICE.name || !ours || posting.at < desk.now.minus(WITHIN).micros() {
        return Ok(None);
    }
    let paid = Vec::from_iter(legs.iter().filter(|leg| leg.amount_minor > 0).map(|leg| leg.account_id));
    let payee = people::by_accounts(desk.conn.get()?, &paid)?.pop();
    let payee = payee.filter(|payee| ![Tier::Merchant, Tier::Agent].map(Tier::code).contains(&payee.tier.as_str()));
    // who serves at an outlet is paid for what they hand out
    let serves = match &payee {
        Some(payee) => agents::till_of(desk.conn.get()?, payee.account_id)?.is_some(),
        None => false,
    };
    let payee = payee.filter(|_| !serves);
    Ok(payee.and_then(|payee| {
        let leg = legs.iter().find(|leg| leg.account_id == payee.account_id)?;
        Some(Sent { payment, at: Timestamp::from_micros(posting.at), payee, amount_minor: leg.amount_minor })
    }))
}

fn sent(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    let mut next = desk.account(payer.account_id)?.last_posting;
    for _payment in 0..LOOKBACK {
        let Some(id) = next else { break };
        let whole = book_rows::posting_whole(desk.conn.get()?, id)?;
        let (posting, legs) = whole.ok_or(StoreError::Damaged("an entry without its posting"))?;
        if posting.at < desk.now.minus(WITHIN).micros() || desk.plan.items.len() >= SENT_MAX {
            break;
        }
        next = legs.iter().find(|leg| leg.account_id == payer.account_id).and_then(|leg| leg.previous);
        if rows::by_payment(desk.conn.get()?, id)?.is_some() {
            continue;
        }
        if let Some(sent) = wrong_send(desk, payer, id)? {
            let slots = [
                ("amount", desk.money(sent.amount_minor).to_string()),
                ("name", send::party(&sent.payee).remove("name").unwrap_or_default().to_string()),
                ("time", sent.at.clock_text(&desk.house.market.zone)),
            ];
            let code = Reference::of(id, &desk.house.reference_key).to_string();
            desk.plan.items.push(crate::ask::Item { id: code, ..item(id, &slots) });
        }
    }
    Ok(())
}

fn asked(desk: &mut Desk) -> Result<(), Halt> {
    let payee = desk.person()?;
    for row in rows::asked_of(desk.conn.get()?, payee.account_id)? {
        let payer = people::by_account(desk.conn.get()?, row.payer)?;
        let name = payer.and_then(|payer| send::party(&payer).remove("name")).unwrap_or_default().to_string();
        let slots = [("amount", desk.money(row.held_minor).to_string()), ("name", name)];
        desk.plan.items.push(item(row.payment, &slots));
    }
    Ok(())
}

/// The reversal that the input names, if it is asked of the caller and not decided; and who asks.
fn of_caller(desk: &mut Desk) -> Result<(ReversalRow, PersonRow), Halt> {
    let payee = desk.person()?;
    let id = desk.field("undo")?.parse().map_err(|_text| Reason::UndoGone)?;
    let row = rows::by_payment(desk.conn.get()?, id)?.ok_or(Reason::UndoGone)?;
    let open = UNDECIDED.contains(&row.state.as_str()) && row.expires_at > desk.now.micros();
    if !open || row.payee != payee.account_id {
        return Err(Reason::UndoGone.into());
    }
    let payer = people::by_account(desk.conn.get()?, row.payer)?.ok_or(StoreError::Damaged("a reversal for nobody"))?;
    let words = words(desk, &row, &payer);
    desk.plan.slots.extend(words);
    Ok((row, payer))
}

fn agree(desk: &mut Desk) -> Result<(), Halt> {
    let payee = desk.person()?;
    send::active(desk, payee, Reason::AccountClosed.into())?;
    let (row, payer) = of_caller(desk)?;
    send::active(desk, &payer, Reason::PayeeClosed.into())?;
    let amount = desk.money(row.held_minor).to_string();
    desk.show("total", amount);
    let (theirs, ours) = (words(desk, &row, payee), words(desk, &row, &payer));
    let changes = vec![
        Change::MoveReversal { payment: row.payment, from: UNDECIDED, state: "agreed", why: String::new() },
        desk.tell(&payer, "sms.undo_back", theirs, Some(payer.account_id)),
        desk.tell(payee, "sms.undo_gave", ours, Some(payee.account_id)),
    ];
    let (legs, holds) = back(&row);
    desk.plan.act = Some(Act { kind: "reversal", legs, holds, changes, corrects: Some(row.payment), ..Act::default() });
    Ok(())
}

/// What is held goes back to who sent it.
fn back(row: &ReversalRow) -> (Vec<Leg>, Vec<HoldMove>) {
    let legs = vec![
        Leg { account: row.payee, amount_minor: row.held_minor.saturating_neg() },
        Leg { account: row.payer, amount_minor: row.held_minor },
    ];
    (legs, vec![HoldMove::Settle { hold: row.hold, amount_minor: row.held_minor }])
}

fn dispute(desk: &mut Desk) -> Result<(), Halt> {
    let payee = desk.person()?;
    let (row, payer) = of_caller(desk)?;
    if row.state == "disputed" {
        return Err(Reason::UndoObjected.into());
    }
    let (theirs, ours) = (words(desk, &row, payee), words(desk, &row, &payer));
    let changes = vec![
        Change::MoveReversal { payment: row.payment, from: &["asked"], state: "disputed", why: String::new() },
        desk.tell(&payer, "sms.undo_disputed", theirs, None),
        desk.tell(payee, "sms.undo_objected", ours, None),
    ];
    desk.plan.act = Some(Act { kind: "dispute", changes, ..Act::default() });
    Ok(())
}

/// What one side is told: how much is held, until when, and who the other is.
fn words(desk: &Desk, row: &ReversalRow, other: &PersonRow) -> Slots {
    staff::words(desk.house, row, other)
}
