//! What somebody has sent to numbers without a wallet and nobody has taken: they see it, and choose
//! one of it.
//!
//! Lists `amount`, `phone`.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use super::{code, voucher};
use crate::reason::Reason;
use crate::store::agent_rows::CashCodeRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const LIST: Service = Service {
    name: "parcels",
    wants: &[wants],
    decide: list,
    shows: &[Slot("amount", Kind::Money), Slot("phone", Kind::Phone)],
    ..Service::PLAIN
};

/// What was sent to a number without a wallet and does not wait any more.
pub const PARCEL_GONE: Reason = Reason::new("parcel_gone");

/// What must be read to know the caller's own.
pub fn wants(context: &Context) -> Vec<Want> {
    let payer = context.caller.person.as_ref();
    payer.map(|payer| voucher::wants_sent(payer, context.now)).into_iter().collect()
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for voucher in waiting(context)? {
        let mut words = voucher::words(context.config, voucher);
        words.retain(|name, _value| name != "day");
        plan.line(voucher.id, words);
    }
    Ok(())
}

/// The caller's own that wait.
fn waiting<'a>(context: &Context<'a>) -> Result<impl Iterator<Item = &'a CashCodeRow>, PlanError> {
    let made = context.facts.codes(&voucher::wants_sent(context.person()?, context.now))?;
    Ok(made.iter().filter(|voucher| voucher.state == code::OPEN))
}

/// The one that the input `parcel` names, which must be the caller's own, and wait.
pub fn chosen<'a>(context: &Context<'a>) -> Result<&'a CashCodeRow, PlanError> {
    let id: i64 = context.chosen("parcel", PARCEL_GONE)?;
    Ok(waiting(context)?.find(|voucher| voucher.id == id).ok_or(PARCEL_GONE)?)
}
