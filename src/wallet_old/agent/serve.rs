//! What is written down of everything that is done at an outlet: by whom, in which shift, for whom, how the cash in the
//! drawer changed and what was earned. And the warning when the float sinks below what the outlet wants to keep.

use super::super::desk::{Desk, Halt};
use crate::ask::Verb;
use crate::book::Change;
use crate::money::Money;
use crate::store::agents::{self, OutletRow};
use crate::store::working_day::{self, ServedRow};
use crate::tariff::Commission;

/// Something that is done at an outlet.
pub(super) struct Work<'a> {
    pub service: &'a str,
    /// For whom: a wallet, or another outlet.
    pub customer: i64,
    pub amount: Money,
    /// How the cash in the drawer changes, minor units.
    pub cash_minor: i64,
    pub earned: Commission,
}

/// The change that writes it down; flag `no_shift` where whoever serves beside others has opened none. That is a warning
/// and no bar: a shop with a customer at the counter cannot wait for its bookkeeping, and what is done is on the name of
/// who typed the PIN in any case.
pub(super) fn record(desk: &mut Desk, outlet: &OutletRow, work: Work) -> Result<Option<Change>, Halt> {
    if desk.verb != Verb::Do {
        return Ok(None);
    }
    let (assistant, shift) = by_whom(desk, outlet)?;
    Ok(Some(Change::Serve(ServedRow {
        posting: 0,
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
        at: desk.now.micros(),
    })))
}

/// Who serves, and in which shift. Where a customer pays in by themselves it is who has asked them to, else the only one
/// who serves, or the only one in a shift; of several it is not known.
fn by_whom(desk: &mut Desk, outlet: &OutletRow) -> Result<(Option<i64>, Option<i64>), Halt> {
    let staff = agents::assistants_at(desk.conn.get()?, outlet.float_account)?;
    let shifts = working_day::open_shifts(desk.conn.get()?, &staff)?;
    let shift_of = |who: i64| shifts.iter().find(|(assistant, _)| *assistant == who).map(|(_, shift)| *shift);
    let here = desk.caller.till.as_ref().filter(|till| till.outlet.float_account == outlet.float_account);
    if let Some(till) = here {
        let shift = shift_of(till.assistant.id);
        if shift.is_none() && staff.len() > 1 {
            desk.plan.flags.insert("no_shift".into());
        }
        return Ok((Some(till.assistant.id), shift));
    }
    // what somebody has asked for is theirs, whoever else is in a shift
    let order = desk.fields.get("order").and_then(|order| order.parse().ok());
    let asker = match order {
        Some(order) => working_day::asker_of(desk.conn.get()?, order)?.filter(|asker| staff.contains(asker)),
        None => None,
    };
    if let Some(asker) = asker {
        return Ok((Some(asker), shift_of(asker)));
    }
    Ok(match (staff.as_slice(), shifts.as_slice()) {
        ([only], _) => (Some(*only), shift_of(*only)),
        (_, [(only, shift)]) => (Some(*only), Some(*shift)),
        (_, _) => (None, None),
    })
}
