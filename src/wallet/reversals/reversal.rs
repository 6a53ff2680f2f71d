//! A payment that is asked back: what both sides are told of it, and the ways on which it ends.
//! Which of them it takes, and who may decide that, is not known here.

use super::super::context::Context;
use super::super::message::{Message, With};
use super::super::plan::PlanError;
use super::super::service_config::ServiceConfig;
use super::super::{outgoing, party};
use crate::book::{Change, HoldMove, Leg};
use crate::calendar::Day;
use crate::money::Money;
use crate::reason::Reason;
use crate::store::people::{self, PersonRow};
use crate::store::reversal_rows::{self as rows, ReversalRow};
use crate::store::wants::Want;
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots};

/// It waits for who was paid,
pub const ASKED: &str = "asked";
/// or for staff, as they have objected.
pub const DISPUTED: &str = "disputed";
/// States in which it is not decided.
pub const UNDECIDED: &[&str] = &[ASKED, DISPUTED];

/// What one side is told of the other.
pub const WORDS: &[Slot] = &[
    Slot("amount", Kind::Money),
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
];

/// What was held went back: to who sent it,
pub const BACK: Message = Message::balance("sms.undo_back", WORDS);
/// and to who gave it.
pub const GAVE: Message = Message::balance("sms.undo_gave", WORDS);
/// It stays where it is: to who sent it,
pub const STAYS: Message = Message::plain("sms.undo_stays", WORDS);
/// and to who has it.
pub const FREE: Message = Message::plain("sms.undo_free", WORDS);

/// What one side is told: how much is held, until when, and who the other is.
pub fn words(config: &ServiceConfig, row: &ReversalRow, other: &PersonRow) -> Slots {
    let ends = Day::of(Timestamp::from_micros(row.expires_at), &config.market.zone);
    let mut slots = party::sign(other);
    slots.insert("amount".into(), Money::new(row.held_minor, config.market.currency).into());
    slots.insert("day".into(), ends.into());
    slots.insert("dial".into(), config.dial.clone().into());
    slots
}

/// What must be read to know who asks for what the input `undo` names, asked twice.
pub fn wants(context: &Context) -> Vec<Want> {
    let id = context.field("undo").ok().and_then(|id| id.parse().ok());
    match id.map(|id: i64| (id, context.facts.reversal(id))) {
        Some((id, Err(_not_yet))) => vec![Want::Reversal(id)],
        Some((_, Ok(Some(row)))) => vec![Want::Owner(row.payer)],
        Some((_, Ok(None))) | None => Vec::new(),
    }
}

/// The reversal that the input `undo` names, if it is asked of the caller and not decided; and who
/// asks.
pub fn of_caller<'a>(context: &Context<'a>) -> Result<(&'a ReversalRow, &'a PersonRow), PlanError> {
    let payee = context.person()?;
    let id: i64 = context.chosen("undo", Reason::UNDO_GONE)?;
    let row = context.facts.reversal(id)?.ok_or(Reason::UNDO_GONE)?;
    let open = UNDECIDED.contains(&row.state.as_str()) && row.expires_at > context.now.micros();
    if !open || row.payee != payee.account_id {
        return Err(Reason::UNDO_GONE.into());
    }
    let payer =
        context.facts.person(row.payer)?.ok_or(PlanError::Damaged("a reversal for nobody"))?;
    Ok((row, payer))
}

/// What is held goes back to who sent it.
pub fn back(row: &ReversalRow) -> (Vec<Leg>, Vec<HoldMove>) {
    let legs = vec![
        Leg { account: row.payee, amount_minor: row.held_minor.saturating_neg() },
        Leg { account: row.payer, amount_minor: row.held_minor },
    ];
    (legs, vec![HoldMove::Settle { hold: row.hold, amount_minor: row.held_minor }])
}

/// Both hear that it went back.
pub fn gone_back(
    config: &ServiceConfig,
    row: &ReversalRow,
    payer: &PersonRow,
    payee: &PersonRow,
    now: Timestamp,
) -> [Change; 2] {
    [tell(config, row, payer, payee, &BACK, now), tell(config, row, payee, payer, &GAVE, now)]
}

/// Both hear that the money stays where it is.
pub fn stays(
    config: &ServiceConfig,
    row: &ReversalRow,
    payer: &PersonRow,
    payee: &PersonRow,
    now: Timestamp,
) -> [Change; 2] {
    [tell(config, row, payer, payee, &STAYS, now), tell(config, row, payee, payer, &FREE, now)]
}

/// A word to one side about the other; with their new balance where money moved.
pub fn tell(
    config: &ServiceConfig,
    row: &ReversalRow,
    to: &PersonRow,
    other: &PersonRow,
    message: &Message,
    now: Timestamp,
) -> Change {
    let account = (message.with == With::Balance).then_some(to.account_id);
    let slots = words(config, row, other);
    Change::Tell(outgoing::message(
        &to.msisdn,
        &to.language,
        message.template,
        &slots,
        account,
        now,
    ))
}

/// Who asks, and who was paid.
pub fn both(conn: &mut Conn, row: &ReversalRow) -> Result<(PersonRow, PersonRow), StoreError> {
    let mut person = |account| {
        let found = people::by_account(conn, account)?;
        found.ok_or(StoreError::Damaged("a reversal for nobody"))
    };
    Ok((person(row.payer)?, person(row.payee)?))
}

/// The reversal behind a hold, with both sides.
pub fn behind(
    conn: &mut Conn,
    hold: i64,
) -> Result<Option<(ReversalRow, PersonRow, PersonRow)>, StoreError> {
    let Some(row) = rows::by_hold(conn, hold)? else { return Ok(None) };
    let (payer, payee) = both(conn, &row)?;
    Ok(Some((row, payer, payee)))
}

/// What comes with the end of a hold whose time is over: nobody has decided.
pub fn ended(
    config: &ServiceConfig,
    row: &ReversalRow,
    payer: &PersonRow,
    payee: &PersonRow,
    now: Timestamp,
) -> Vec<Change> {
    let state = Change::MoveReversal {
        payment: row.payment,
        from: UNDECIDED,
        state: "ended",
        why: String::new(),
    };
    [state].into_iter().chain(stays(config, row, payer, payee, now)).collect()
}
