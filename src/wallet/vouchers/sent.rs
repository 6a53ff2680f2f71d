//! What somebody has sent to numbers without a wallet and nobody has taken: they see it, and choose
//! one of it.
//!
//! Lists `amount`, `phone`.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use super::voucher::{self, PARCEL_GONE, Voucher};
use crate::id::ArrangementId;
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

/// What must be read to know the caller's own.
pub fn wants(context: &Context) -> Vec<Want> {
    let payer = context.caller.person.as_ref();
    let sent = payer.map(|payer| voucher::sent_by(payer.account_id, context.now));
    sent.map(Want::Arrangements).into_iter().collect()
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for voucher in waiting(context)? {
        let mut words = voucher.made_out.words(context.config);
        words.retain(|name, _value| name != "day");
        plan.line(voucher.row.id, words);
    }
    Ok(())
}

/// The caller's own that wait.
fn waiting(context: &Context) -> Result<impl Iterator<Item = Voucher>, PlanError> {
    Ok(voucher::sent(context)?.into_iter().filter(|voucher| voucher.row.open))
}

/// The one that the input `parcel` names, which must be the caller's own, and wait.
pub fn chosen(context: &Context) -> Result<Voucher, PlanError> {
    let id: ArrangementId = context.chosen("parcel", PARCEL_GONE)?;
    Ok(waiting(context)?.find(|voucher| voucher.row.id == id).ok_or(PARCEL_GONE)?)
}
