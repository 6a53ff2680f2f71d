//! A PIN that is asked for before something else: the old one before a new one is chosen, and the
//! one that opens the balance where the operator wants it so. It is compared as everywhere, and a
//! wrong one costs a try; what the screens after it carry along is its tag.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Replay, Service, Unrecorded};
use super::super::{pin_token, start_pin};
use super::pin_change::entered;
use crate::id::PinId;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// The secret is the caller's PIN; answers with slot `pin_proof`.
pub const PROVE: Service = Service {
    name: "prove_pin",
    authority: Authority::Customer,
    decide: prove,
    shows: &[Slot(pin_token::PROOF, Kind::Code)],
    replay: Replay { unrecorded: Unrecorded::Again, ..Replay::RECEIPT },
    renews_pin: true,
    refusals: &[MORE_THAN_THERE_IS],
    ..Service::PLAIN
};

/// What is asked for is shown behind the PIN only, which was not typed.
pub const PIN_FIRST: Reason = Reason::new("pin_first");

/// It is more than there is, and what there is stands behind the PIN: so it is said of whatever is
/// asked for without it. Slot `total`.
pub const MORE_THAN_THERE_IS: Reason = Reason::new("more_than_there_is");

/// The same refusal to who has not typed their PIN: it says no balance.
pub fn untold(refusal: Refusal) -> Refusal {
    if refusal.reason != Reason::NOT_ENOUGH {
        return refusal;
    }
    let mut slots = refusal.slots;
    slots.remove("balance");
    Refusal { reason: MORE_THAN_THERE_IS, slots, ..refusal }
}

fn prove(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    proved(context, plan, context.person()?.account_id.into())
}

/// Leaves what the next screens know the PIN by; that it is the right one is compared in the
/// commit, or nothing of this is shown.
pub fn proved(context: &Context, plan: &mut Plan, id: PinId) -> Result<(), PlanError> {
    if context.key.is_none() {
        return Ok(());
    }
    let pin = Pin::parse(entered(context)?)?;
    let mut row = context.facts.pin(id)?.ok_or(Reason::PIN_LOCKED)?.clone();
    // where this node does not know the key, the commit says so
    let tag = context.config.pin_keys.tag(row.key_version, id, &row.salt, &pin);
    row.tag = tag.map(|tag| tag.to_vec()).unwrap_or_default();
    plan.show(pin_token::PROOF, Value::Code(pin_token::written(&row)));
    plan.commit(Act { kind: PROVE.name, ..Act::default() });
    Ok(())
}

/// What must be read to know whether the caller may look.
pub fn wants(context: &Context) -> Vec<Want> {
    let asked = context.config.rules.balance_pin;
    context.caller.person.iter().filter(|_| asked).map(|it| Want::Owner(it.account_id)).collect()
}

/// Refuses who looks at what is behind the PIN without it, where the operator has put it there.
pub fn may_look(context: &Context, person: &PersonRow) -> Result<(), PlanError> {
    if !context.config.rules.balance_pin {
        return Ok(());
    }
    let id = person.account_id.into();
    let typed = pin_token::proof(context, id).ok_or(PIN_FIRST)?;
    let kept = context.facts.pin(id)?.ok_or(PIN_FIRST)?;
    start_pin::opens(kept, false, context.now)?;
    let is_it = !kept.tag.is_empty() && typed.tag == kept.tag && typed.salt == kept.salt;
    if is_it { Ok(()) } else { Err(PIN_FIRST.into()) }
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{PIN, Trial};
    use super::super::{balance, mini_statement};
    use super::*;
    use crate::id::Id;

    #[test]
    fn what_the_next_screens_know_it_by_is_not_the_pin() {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 0);
        let prove = |secret: &str| trial.ask(&PROVE, trial.caller(&amina)).secret(secret);
        let plan = prove(PIN).execute().planned();
        let proof = plan.said("pin_proof");
        assert!(proof.len() > 64 && !proof.contains(PIN), "{proof}");
        assert!(plan.act.is_some_and(|act| !act.is_recorded()));
        // whether it is right is compared in the commit
        assert_ne!(prove("1112").execute().planned().said("pin_proof"), proof);
        assert_eq!(prove("12").execute().reason(), (Reason::PIN_FORMAT, None));
        let stranger = trial.ask(&PROVE, trial.stranger("+254700000009")).secret(PIN);
        assert_eq!(stranger.execute().reason(), (Reason::NOT_JOINED, None));
    }

    #[test]
    fn where_the_operator_wants_it_so_nothing_is_shown_without_it() {
        let mut trial = Trial::new();
        trial.config.rules.balance_pin = true;
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        let proof = |secret: &str| {
            let asked = trial.ask(&PROVE, trial.caller(&amina)).secret(secret);
            asked.execute().planned().said("pin_proof")
        };
        let look = |with: &str| {
            trial.ask(&balance::SERVICE, trial.caller(&amina)).with("pin_proof", with).quote()
        };
        assert_eq!(look(&proof(PIN)).planned().said("balance"), "KES 1,000");
        for none in ["", "no token", "0..", &proof("1112")] {
            assert_eq!(look(none).reason(), (PIN_FIRST, None), "{none}");
        }
        let list = trial.ask(&mini_statement::SERVICE, trial.caller(&amina));
        assert_eq!(list.list().reason(), (PIN_FIRST, None));
    }
}
