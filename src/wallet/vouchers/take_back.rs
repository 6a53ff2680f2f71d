//! Who sent money to a number without a wallet takes it back, as long as nobody has taken it.
//!
//! Input `parcel`; shows `phone`, `amount`, `day`.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::Service;
use super::ending::Untaken;
use super::{sent, voucher};
use crate::book::HoldMove;
use crate::request::Mode;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "cancel_parcel",
    wants: &[sent::wants, receiver],
    decide,
    shows: &[Slot("phone", Kind::Phone), Slot("amount", Kind::Money), Slot("day", Kind::Day)],
    refusals: &[sent::PARCEL_GONE],
    messages: &[&voucher::TAKEN_BACK, &voucher::ENDED],
    ..Service::PLAIN
};

/// Who has the number by now.
fn receiver(context: &Context) -> Vec<Want> {
    let number = sent::chosen(context).ok().and_then(|voucher| voucher.msisdn.clone());
    number.filter(|_| context.mode == Mode::Execute).map(Want::Number).into_iter().collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let voucher = sent::chosen(context)?;
    let payer = context.person()?;
    plan.show_all(voucher::words(context.config, voucher));
    if context.mode != Mode::Execute {
        return Ok(());
    }
    let joined = match &voucher.msisdn {
        Some(number) => context.facts.number(number)?.map(|member| member.person.clone()),
        None => None,
    };
    let untaken = Untaken { voucher: voucher.clone(), payer: payer.clone(), joined };
    let (changes, meters) = untaken.over(context.config, &voucher::TAKEN_BACK, context.now);
    let holds = vec![HoldMove::Release { hold: voucher.hold }];
    plan.commit(Act { kind: "cancel", holds, meters, changes, ..Act::default() });
    Ok(())
}
