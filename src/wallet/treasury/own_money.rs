//! Money of the operator's own in the pool, and of others for whom it was only kept: what was
//! earned and withheld leaves by a sweep, which is a redemption like any other; what banks took is
//! made good; what they paid is passed on. Each takes two.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::bank_opening::BANK_UNKNOWN;
use super::issuing::{self, ISSUED};
use super::redemption::{self, set_apart};
use super::transfer_text::TRANSFER_FORMAT;
use super::whose_money::{LESS_THERE, there_is, wants_whose, whose, within};
use crate::book::{CHARGES, Change, FEES, INTEREST, LEVY, Leg, TAX};
use crate::id::AccountId;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Less than that of the banks' charges is open.
pub const CHARGES_LESS: Reason = Reason::new("charges_less");

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Kept {
    /// What people paid for services: the operator's, once it is in its own account.
    Fees,
    /// Withheld for the tax office.
    Tax,
    /// Withheld for the state.
    Levy,
    /// What banks paid on the money of others.
    Interest,
    /// Own money that was paid in, or was there before the first statement, beyond what banks took.
    OwnMoney,
}

impl Kept {
    fn account(self) -> AccountId {
        match self {
            Kept::Fees => FEES,
            Kept::Tax => TAX,
            Kept::Levy => LEVY,
            Kept::Interest => INTEREST,
            Kept::OwnMoney => CHARGES,
        }
    }
}

/// Inputs `kept`, `amount`, `bank`, `recipient` (whom the bank is to pay), `why`.
pub const SWEEP: Service = Service {
    name: "sweep",
    authority: Authority::Staff(Right::Redeem),
    needs: |_context, _plan| People::Two,
    opens: 2,
    wants: &[|_context| vec![Want::BankAccounts], wants_kept],
    decide: sweep,
    shows: redemption::SHOWS,
    refusals: &[BANK_UNKNOWN, LESS_THERE, TRANSFER_FORMAT],
    ..Service::PLAIN
};

fn kept(context: &Context) -> Result<Kept, PlanError> {
    let format = |_unknown| Refusal::of_field(Reason::TEXT_FORMAT, "kept");
    Ok(context.field("kept")?.parse().map_err(format)?)
}

fn wants_kept(context: &Context) -> Vec<Want> {
    kept(context).map(|kept| Want::Account(kept.account())).into_iter().collect()
}

fn sweep(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let kept = kept(context)?;
    if kept != Kept::OwnMoney {
        return set_apart(context, plan, kept.account(), <&str>::from(kept).to_owned());
    }
    // that account may sink below nothing, by what banks take, and by nothing else: the book would
    // let two at one moment have the same money, so each goes on only from what it has read
    let own = context.facts.account(CHARGES)?;
    within(context, own.map_or(0, |own| own.balance_minor.max(0)), context.amount("amount")?)?;
    set_apart(context, plan, CHARGES, <&str>::from(kept).to_owned())?;
    let posting = own.and_then(|own| own.last_posting);
    let once = Change::AtPosting { account: CHARGES, posting };
    plan.act.iter_mut().for_each(|act| act.changes.push(once.clone()));
    Ok(())
}

/// Inputs `amount` and `why`: what banks took is made good out of what was earned.
pub const COVER: Service = Service {
    name: "cover_charges",
    authority: Authority::Staff(Right::Redeem),
    needs: |_context, _plan| People::Two,
    wants: &[|_context| vec![Want::Account(CHARGES), Want::Account(FEES)]],
    decide: cover,
    shows: &[Slot("amount", Kind::Money), Slot("charges_left", Kind::Money)],
    refusals: &[CHARGES_LESS, LESS_THERE],
    ..Service::PLAIN
};

fn cover(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let amount = context.amount("amount")?;
    let open_minor = context.facts.account(CHARGES)?.map_or(0, |account| account.balance_minor);
    let open_minor = open_minor.min(0).saturating_neg();
    plan.show("amount", amount);
    let left_minor = open_minor.saturating_sub(amount.minor);
    if left_minor < 0 {
        let open = context.money(open_minor);
        return Err(Refusal::of_field(CHARGES_LESS, "amount").with("amount", open).into());
    }
    plan.show("charges_left", context.money(left_minor));
    there_is(context, FEES, amount)?;
    why(context)?;
    let legs = vec![
        Leg { account: FEES, amount_minor: amount.minor.saturating_neg() },
        Leg { account: CHARGES, amount_minor: amount.minor },
    ];
    plan.commit(Act { kind: "cover_charges", legs, ..Act::default() });
    Ok(())
}

/// Inputs `to` (an agent's number, or a phone), `amount`, `why`: interest becomes somebody's.
pub const PASS_ON: Service = Service {
    name: "pass_on_interest",
    authority: Authority::Staff(Right::Issue),
    needs: |_context, _plan| People::Two,
    wants: &[|_context| vec![Want::Account(INTEREST)], |context| wants_whose(context, "to")],
    decide: pass_on,
    shows: &[Slot("amount", Kind::Money), Slot("to", Kind::Text)],
    refusals: &[LESS_THERE],
    messages: &[&ISSUED],
    ..Service::PLAIN
};

fn pass_on(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let amount = context.amount("amount")?;
    let whose = whose(context, "to")?;
    plan.concerns = Some(whose.account);
    plan.show("amount", amount);
    plan.show("to", whose.sign.clone());
    there_is(context, INTEREST, amount)?;
    why(context)?;
    let legs = vec![
        Leg { account: INTEREST, amount_minor: amount.minor.saturating_neg() },
        Leg { account: whose.account, amount_minor: amount.minor },
    ];
    let changes = issuing::told(context, &whose, amount).into_iter().collect();
    plan.commit(Act { kind: "pass_on", legs, changes, ..Act::default() });
    Ok(())
}
