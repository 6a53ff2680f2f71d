//! Who sent money to a number without a wallet takes it back, as long as nobody has taken it.
//!
//! Input `parcel`; shows `phone`, `amount`, `day`.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::Service;
use super::ending::Untaken;
use super::sent;
use super::voucher::{Event, PARCEL_GONE};
use super::voucher_news::{ENDED, TAKEN_BACK};
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
    refusals: &[PARCEL_GONE],
    messages: &[&TAKEN_BACK, &ENDED],
    ..Service::PLAIN
};

/// Who has the number by now.
fn receiver(context: &Context) -> Vec<Want> {
    let number = sent::chosen(context).ok().map(|voucher| voucher.row.subject);
    number.filter(|_| context.mode == Mode::Execute).map(Want::Number).into_iter().collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let voucher = sent::chosen(context)?;
    let payer = context.person()?;
    plan.show_all(voucher.made_out.words(context.config));
    if context.mode != Mode::Execute {
        return Ok(());
    }
    let joined = context.facts.number(&voucher.made_out.to)?.map(|member| &member.person);
    let made_out = &voucher.made_out;
    let (sent, quiet) = (voucher.sent_at(), voucher.terms.quiet);
    let untaken = Untaken { made_out, sent, payer, joined, quiet };
    let over = voucher.moved(Event::TakeBack, Role::Owner)?;
    let news = untaken.news(context.config, &TAKEN_BACK, context.now);
    let changes = [over].into_iter().chain(news).collect();
    let meters = vec![untaken.returned(context.config)];
    let holds = vec![HoldMove::Release { hold: voucher.hold() }];
    plan.commit(Act { kind: "cancel", holds, meters, changes, ..Act::default() });
    Ok(())
}
