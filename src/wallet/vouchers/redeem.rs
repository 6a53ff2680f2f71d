//! Cash for a secret: whoever serves at an outlet hands it out for the code that a customer has
//! made, or for what the sender of a voucher has told by voice.
//!
//! Inputs `to`, `amount`, `code`; shows `name`, `phone`, `amount`, `total`, and `fee` once it is
//! done. With the flag `unjoined` the number has no wallet, and the code is the secret of a voucher
//! for it.

use super::super::agents::{cash_out, counter};
use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::metering;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, CountsAs, Message, Service};
use super::cash_code::{self, CashCode, Event};
use super::handing_out::{self, Secret};
use super::send_unjoined::offered;
use super::{code, voucher, voucher_news};
use crate::book::HoldMove;
use crate::money::Money;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::typed_text;
use crate::value::{Kind, Slot, Value};

/// The service as menus know it. What is handed out of a voucher is cash, for who sent it.
pub const SERVICE: Service = Service {
    name: "redeem",
    authority: Authority::Assistant,
    wants: &[both_sides, paid_by, secret_kept],
    decide,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("total", Kind::Money),
        Slot("fee", Kind::Money),
    ],
    refusals: &[counter::AGENT_SELF, Reason::CODE_WRONG, Reason::CODE_GONE],
    messages: &[
        &WRONG,
        &TRIED,
        &cash_out::HANDED_OUT,
        &cash_out::HAND_OUT,
        &cash_out::HAND_OUT_SHARED,
        &voucher_news::WRONG,
        &voucher_news::TRIED,
        &voucher_news::TAKEN,
        &voucher_news::GOT,
        &handing_out::HAND_OUT,
        &handing_out::HAND_OUT_SHARED,
    ],
    counts_as: Some(CountsAs { kind: handing_out::KIND, service: cash_out::SERVICE.name }),
    ..Service::PLAIN
};

/// To who has made a code: another one was tried for it, at that outlet,
const WRONG: Message = Message::plain("sms.code_wrong", TRIED_AT);
/// and too often.
const TRIED: Message = Message::plain("sms.code_tried", TRIED_AT);
const TRIED_AT: &[Slot] =
    &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("phone", Kind::Phone)];

/// Who stands at the counter, and what waits for a number without a wallet: where a secret is
/// tried, or where nothing more may be sent to such numbers.
fn both_sides(context: &Context) -> Vec<Want> {
    let tried = context.mode == Mode::Execute && secret(context).is_some();
    let to = context.phone("to").ok().filter(|_| tried || !offered(context));
    let waiting = to.map(|to| Want::Arrangements(voucher::made_out_to(&to)));
    counter::wants_customer(context).into_iter().chain(waiting).collect()
}

/// What was typed, where it is the secret of a voucher.
fn secret(context: &Context) -> Option<Secret> {
    context.field("code").ok().and_then(Secret::parse)
}

/// Whose money it is, and what else must be read to hand it out.
fn paid_by(context: &Context) -> Vec<Want> {
    let mut wants = counter::wants_colleague(context);
    let Ok(post) = context.post() else { return wants };
    if context.mode != Mode::Execute {
        return wants;
    }
    match (secret(context), counter::typed(context)) {
        (Some(secret), _) => wants.extend(handing_out::wants(context, &post.outlet, &secret)),
        (None, Some(customer)) => {
            wants.push(Want::Arrangements(cash_code::of_owner(customer.account_id)));
            wants.extend(cash_out::wants_handed_out(context, &post.outlet, customer.account_id));
        }
        (None, None) => {}
    }
    wants
}

/// What the code is compared with.
fn secret_kept(context: &Context) -> Vec<Want> {
    let code = counter::typed(context).and_then(|customer| open_code(context, customer).ok());
    code.map(|code| Want::Pin(code::pin(code.row.id))).into_iter().collect()
}

/// The code that somebody has made.
fn open_code(context: &Context, customer: &PersonRow) -> Result<CashCode, PlanError> {
    let found = cash_code::found(context, customer.account_id)?;
    let mut open = found.into_iter().filter(|code| !code.agreed.is_over(context.now));
    Ok(open.next().ok_or(Reason::CODE_GONE)?)
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let outlet = &context.post()?.outlet;
    let customer = holder(context, plan, outlet)?;
    let amount = context.amount("amount")?;
    plan.show("amount", amount);
    plan.show("total", amount);
    let typed = context.field("code")?;
    let unreadable = || Refusal::of_field(Reason::TEXT_FORMAT, "code");
    if let Some(secret) = Secret::parse(typed) {
        return handing_out::redeem(context, plan, outlet, amount, &secret);
    }
    let customer = customer.ok_or_else(unreadable)?;
    let digits = typed_text::code(typed);
    if digits.len() != code::DIGITS {
        // whoever typed their own PIN by mistake costs the customer no try
        return Err(unreadable().into());
    }
    let typed = Pin::parse(&digits).map_err(|_reason| unreadable())?;
    if context.mode != Mode::Execute {
        // whether there is such a code is said only where a wrong one costs a try
        return Ok(());
    }
    let act = hand_out(context, plan, customer, outlet, amount, &typed)?;
    plan.commit(act);
    Ok(())
}

/// Whose number the input `to` is: a customer's, or with the flag `unjoined` nobody's yet, where
/// money may wait for it.
fn holder<'a>(
    context: &Context<'a>,
    plan: &mut Plan,
    outlet: &OutletRow,
) -> Result<Option<&'a PersonRow>, PlanError> {
    let to = context.phone("to")?;
    let unjoined = context.facts.number(to.e164())?.is_none();
    // where sending to such numbers was switched off, what was sent before is still handed out
    let waits =
        || -> Result<bool, PlanError> { Ok(!voucher::waiting_for(context, &to)?.is_empty()) };
    if !unjoined || !(offered(context) || waits()?) {
        return counter::customer(context, plan).map(Some);
    }
    party::working(context, outlet)?;
    plan.flag("unjoined");
    plan.show("phone", Value::whole(&to, &context.config.market));
    plan.show("name", Value::Name(to.local(&context.config.market)));
    Ok(None)
}

/// Hands out the cash for the code of a customer.
fn hand_out(
    context: &Context,
    plan: &mut Plan,
    customer: &PersonRow,
    outlet: &OutletRow,
    amount: Money,
    typed: &Pin,
) -> Result<Act, PlanError> {
    // what a frozen account has set aside waits with it
    party::payer(context, customer, Refusal::of_field(Reason::PAYEE_CLOSED, "to"))?;
    let code = open_code(context, customer)?;
    let mut told = party::outlet_sign(outlet);
    told.insert("amount".into(), code.agreed.amount(context.config).into());
    let tried = [&WRONG, &TRIED].map(|word| context.tell(customer, word, told.clone(), None));
    let right_amount = code.agreed.amount_minor == amount.minor;
    let credentials = vec![code::proof(context, code.row.id, typed, right_amount, tried)?];
    let terms = code.agreed.terms(context.config);
    // the customer hears what it cost them; the outlet need not know
    plan.show("fee", context.money(code.agreed.fee_minor));
    let meters = vec![metering::drawn(context, customer, amount)?];
    let (legs, work) = cash_out::legs(context, plan, customer, outlet, &terms)?;
    let holds = vec![HoldMove::Settle { hold: code.hold(), amount_minor: terms.total.minor }];
    let mut changes = cash_out::news(context, plan, customer, outlet)?;
    changes.extend(work);
    changes.push(code.moved(Event::Redeem, Role::Assistant)?);
    Ok(Act {
        kind: cash_out::SERVICE.name,
        legs,
        holds,
        meters,
        credentials,
        changes,
        corrects: None,
    })
}
