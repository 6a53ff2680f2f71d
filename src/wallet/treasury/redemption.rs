//! Redeeming: e-money goes out again at the bank. It is set apart in the moment in which the second
//! person says yes, and lies there until the bank's statement shows that it went; or it is called
//! off, and comes back.

use super::super::arrangements::Role;
use super::super::arrangements::kind::{self, Kind, in_words};
use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::bank_case;
use super::bank_opening::{BANK_UNKNOWN, named};
use super::transfer_text::{TRANSFER_FORMAT, transfer_text};
use super::whose_money::{LESS_THERE, there_is, wants_whose, whose};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Key, Leg};
use crate::id::{AccountId, ArrangementId};
use crate::matching::bank_code;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind as Of, Slot};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// There is no such redemption, or it is over.
pub const REDEMPTION_GONE: Reason = Reason::new("redemption_gone");

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// The bank was told, or is about to be.
    Sent,
    /// A statement shows it.
    Seen,
    /// It came back.
    CalledOff,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// A statement shows that it went.
    See,
    /// The bank did not do it.
    CallOff,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Sent, Event::See, Role::Staff) => Some(State::Seen),
        (State::Sent, Event::CallOff, Role::Staff) => Some(State::CalledOff),
        _ => None,
    }
}

/// The kind.
pub const KIND: Kind = Kind {
    name: "redemption",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    apply: |state, event, role| in_words(state, event, role, apply),
    of_staff: false,
    begins: &["sent"],
    open: &["sent"],
    gone: REDEMPTION_GONE,
    wants: &[],
    // the bank has no clock of ours
    wake: |_context, _row, _refused| Err(PlanError::Damaged("a redemption with a clock")),
};

/// What is known of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Minor units.
    pub amount_minor: i64,
    /// From which account at a bank: its mirror.
    pub bank: i64,
    /// To whom the bank is to pay it.
    pub to: String,
}

/// A stored one.
#[derive(Debug)]
pub struct Redemption<'a> {
    /// As it is stored.
    pub row: &'a ArrangementRow,
    /// Its terms.
    pub terms: Terms,
}

/// What must be read of the one that an input names.
pub fn wants_named(context: &Context) -> Vec<Want> {
    match number(context) {
        Ok(id) => vec![Want::Arrangement(id), bank_case::wants(&id.to_string())],
        Err(_none) => Vec::new(),
    }
}

/// The number that was typed, or its code.
fn number(context: &Context) -> Result<ArrangementId, PlanError> {
    let typed = bank_code::read(context.field("redemption")?);
    let gone = || Refusal::of_field(REDEMPTION_GONE, "redemption");
    Ok(typed.map(ArrangementId::of).ok_or_else(gone)?)
}

impl<'a> Redemption<'a> {
    /// Which it is, whose it was and to whom it goes: who says yes to something about it sees it.
    pub fn show(&self, plan: &mut Plan) {
        plan.show("redemption", bank_code::written(self.row.id.number()));
        plan.show("recipient", self.terms.to.clone());
        plan.show("owner_account", AgentNumber::of(self.row.owner).to_string());
    }

    /// The one that the input names, whatever became of it.
    pub fn typed(context: &Context<'a>) -> Result<Redemption<'a>, PlanError> {
        let row = context.facts.arrangement(number(context)?)?;
        let row = row.filter(|row| row.kind == KIND.name).ok_or(REDEMPTION_GONE)?;
        Ok(Redemption { row, terms: kind::body(row)? })
    }

    /// The place that its coming back takes: it comes back once.
    pub fn returned(&self) -> Key {
        Key::new(Timestamp::from_micros(0), "returned", &self.row.id.number().to_be_bytes())
    }

    /// What leaves the account where it lies, as an event happens to it.
    pub fn leaves(
        &self,
        context: &Context,
        event: Event,
        note: &str,
    ) -> Result<(Leg, Vec<Change>), PlanError> {
        let mut changes = vec![KIND.moved(self.row, event.into(), Role::Staff, note)?];
        changes.extend(bank_case::resolved(context, &self.row.id.to_string(), note)?);
        let account = self.row.account.ok_or(PlanError::Damaged("a redemption of nothing"))?;
        let amount_minor = self.terms.amount_minor.saturating_neg();
        Ok((Leg { account, amount_minor }, changes))
    }
}

/// Inputs `from` (an agent's number, or a phone), `amount`, `bank`, `recipient` (whom the bank is
/// to pay), `why`.
pub const REDEEM: Service = Service {
    name: "redeem_at_bank",
    authority: Authority::Staff(Right::Redeem),
    needs: |_context, _plan| People::Two,
    opens: 2,
    wants: &[|context| {
        wants_whose(context, "from").into_iter().chain([Want::BankAccounts]).collect()
    }],
    decide: redeem,
    shows: SHOWS,
    refusals: &[BANK_UNKNOWN, LESS_THERE, TRANSFER_FORMAT],
    ..Service::PLAIN
};

/// Inputs `redemption`, `why`: the bank did not do it, and it comes back.
pub const CALL_OFF: Service = Service {
    name: "call_off_redemption",
    authority: Authority::Staff(Right::Redeem),
    needs: |_context, _plan| People::Two,
    wants: &[wants_named],
    decide: call_off,
    shows: SHOWS,
    refusals: &[REDEMPTION_GONE],
    ..Service::PLAIN
};

/// What each of them shows.
pub const SHOWS: &[Slot] = &[
    Slot("amount", Of::Money),
    Slot("from", Of::Text),
    Slot("bank", Of::Text),
    Slot("recipient", Of::Text),
    Slot("redemption", Of::Text),
    Slot("bank_code", Of::Text),
    Slot("owner_account", Of::Text),
];

fn redeem(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let whose = whose(context, "from")?;
    set_apart(context, plan, whose.account, whose.sign)
}

/// What an account holds is set apart, for the bank to pay: inputs `amount`, `bank`, `recipient`,
/// `why`. Its code is for the text of the payment: the statement brings it back.
pub fn set_apart(
    context: &Context,
    plan: &mut Plan,
    from: AccountId,
    sign: String,
) -> Result<(), PlanError> {
    let amount = context.amount("amount")?;
    let bank = named(context, "bank")?;
    let to = transfer_text(context.field("recipient")?);
    let to = to.ok_or_else(|| Refusal::of_field(TRANSFER_FORMAT, "recipient"))?;
    plan.concerns = Some(from);
    plan.show("amount", amount);
    plan.show("from", sign);
    plan.show("bank", bank.name.clone());
    plan.show("recipient", to.clone());
    there_is(context, from, amount)?;
    why(context)?;
    let account = AccountId::of(context.fresh_id.saturating_add(1));
    let terms = Terms { amount_minor: amount.minor, bank: bank.id.number(), to };
    let row = KIND.row(context, State::Sent.into(), from, None);
    let id = ArrangementId::of(context.fresh_id);
    let row = ArrangementRow { id, body: kind::written(&terms), ..row };
    if context.fresh_id != 0 {
        plan.show("bank_code", bank_code::written(id.number()));
    }
    let legs = vec![
        Leg { account: from, amount_minor: amount.minor.saturating_neg() },
        Leg { account, amount_minor: amount.minor },
    ];
    let changes = kind::begun_with_account(context, row, account).into_iter().collect();
    plan.commit(Act { kind: "redeem", legs, changes, ..Act::default() });
    Ok(())
}

fn call_off(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let redemption = Redemption::typed(context)?;
    plan.concerns = Some(redemption.row.owner);
    plan.show("amount", context.money(redemption.terms.amount_minor));
    redemption.show(plan);
    let (leg, changes) = redemption.leaves(context, Event::CallOff, why(context)?)?;
    let back = Leg { account: redemption.row.owner, amount_minor: redemption.terms.amount_minor };
    plan.commit(Act { kind: "call_off", legs: vec![leg, back], changes, ..Act::default() });
    Ok(())
}
