//! The journal of an outlet: what is written down of everything that is done there: by whom, in
//! which shift, for whom, how the cash in the drawer changed and what was earned. And the warning
//! when the float sinks below what the outlet wants to keep.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::Message;
use super::super::waiting::order;
use crate::book::Change;
use crate::id::{AccountId, AssistantId, PostingId, ShiftId};
use crate::money::Money;
use crate::request::Mode;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::store::working_day::AgentJournalRow;
use crate::tariff::Commission;
use crate::value::{Kind, Slot};

/// The float has sunk below what the outlet wants to keep.
pub const FLOAT_LOW: Message =
    Message::balance("sms.float_low", &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)]);

/// Something that is done at an outlet.
#[derive(Debug)]
pub struct Work<'a> {
    /// The service.
    pub service: &'a str,
    /// For whom: a wallet, or another outlet.
    pub customer: AccountId,
    /// What is moved.
    pub amount: Money,
    /// How the cash in the drawer changes, minor units.
    pub cash_minor: i64,
    /// What is earned by it.
    pub earned: Commission,
}

/// What must be read to write down what is done: nothing where nothing is done yet.
pub fn wants(context: &Context, outlet: AccountId) -> Vec<Want> {
    if context.mode != Mode::Execute {
        return Vec::new();
    }
    let asked = order::wants_asked_by(context).filter(|_| serves(context, outlet).is_none());
    [Want::Roster(outlet)].into_iter().chain(asked).collect()
}

/// The change that writes it down; flag `no_shift` where whoever serves beside others has opened
/// none. That is a warning and no bar: a shop with a customer at the counter cannot wait for its
/// bookkeeping, and what is done is on the name of who typed the PIN in any case.
pub fn record(
    context: &Context,
    plan: &mut Plan,
    outlet: &OutletRow,
    work: Work,
) -> Result<Option<Change>, PlanError> {
    if context.mode != Mode::Execute {
        return Ok(None);
    }
    let (assistant, shift) = by_whom(context, plan, outlet.float_account)?;
    Ok(Some(Change::Journal(AgentJournalRow {
        posting: PostingId::NONE,
        outlet: outlet.float_account,
        team: outlet.head_office.unwrap_or(outlet.float_account),
        assistant,
        shift,
        customer: work.customer,
        service: work.service.to_owned(),
        amount_minor: work.amount.minor,
        cash_minor: work.cash_minor,
        own_minor: work.earned.outlet_minor,
        head_minor: work.earned.head_office_minor,
        tax_minor: work.earned.withheld_tax_minor,
        tariff: context.policy.tariff.number(),
        at: context.now.micros(),
    })))
}

/// Who serves, and in which shift. Where a customer pays in by themselves it is who has asked them
/// to, else the only one who serves, or the only one in a shift; of several it is not known.
fn by_whom(
    context: &Context,
    plan: &mut Plan,
    outlet: AccountId,
) -> Result<(Option<AssistantId>, Option<ShiftId>), PlanError> {
    let roster = context.facts.roster(outlet)?;
    let shift_of = |who: AssistantId| {
        let theirs = roster.shifts.iter().find(|(assistant, _)| *assistant == who);
        theirs.map(|(_, shift)| *shift)
    };
    if let Some(own) = serves(context, outlet) {
        let shift = shift_of(own);
        if shift.is_none() && roster.assistants.len() > 1 {
            plan.flag("no_shift");
        }
        return Ok((Some(own), shift));
    }
    // what somebody has asked for is theirs, whoever else is in a shift
    let asker = order::asked_by(context)?;
    if let Some(asker) = asker.filter(|asker| roster.assistants.contains(asker)) {
        return Ok((Some(asker), shift_of(asker)));
    }
    Ok(match (roster.assistants.as_slice(), roster.shifts.as_slice()) {
        ([only], _) => (Some(*only), shift_of(*only)),
        (_, [(only, shift)]) => (Some(*only), Some(*shift)),
        (_, _) => (None, None),
    })
}

/// The number under which the caller serves at this outlet, if they do.
fn serves(context: &Context, outlet: AccountId) -> Option<AssistantId> {
    let post = context.caller.post.as_ref().filter(|post| post.outlet.float_account == outlet);
    post.map(|post| post.assistant.id)
}

/// What must be read to warn of a float that sinks.
pub fn wants_watch(context: &Context, outlet: &OutletRow) -> Vec<Want> {
    if least(context, outlet).is_none() {
        return Vec::new();
    }
    [outlet.float_account].into_iter().chain(outlet.head_office).map(Want::Roster).collect()
}

/// The warnings that the float is low, to those who serve at the outlet and at its head office:
/// once for each time that it sinks below the mark, and only where the payment that does it is
/// made.
pub fn watch(context: &Context, outlet: &OutletRow) -> Result<Vec<Change>, PlanError> {
    let Some(least_minor) = least(context, outlet) else { return Ok(Vec::new()) };
    let mut staff: Vec<&PersonRow> = Vec::new();
    for place in [outlet.float_account].into_iter().chain(outlet.head_office) {
        staff.extend(&context.facts.roster(place)?.people);
    }
    let slots = party::outlet_sign(outlet);
    let account = outlet.float_account;
    let warn = |to: &PersonRow| {
        let message = context.message(&to.msisdn, &to.language, &FLOAT_LOW, &slots, Some(account));
        Change::TellBelow { account, least_minor, message }
    };
    Ok(staff.into_iter().map(warn).collect())
}

/// Below what its float counts as low, where something is done.
fn least(context: &Context, outlet: &OutletRow) -> Option<i64> {
    let least_minor = outlet.low_float_minor.or(context.policy.limits.low_float_minor());
    least_minor.filter(|_| context.mode == Mode::Execute)
}
