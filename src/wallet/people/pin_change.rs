//! PINs: choosing, repeating, changing. Checking one that somebody has is the book's part.
//!
//! A PIN is in no state and no row. Between the two entries of a new PIN stands its token, a keyed
//! tag like the one that is stored in the end. A typed PIN goes to the book as a tag: the try is
//! charged and compared in one commit.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::super::{pin_token, receipt};
use crate::book::Change;
use crate::id::PinId;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::pins::PinRow;
use crate::store::records::Record;
use crate::value::{Kind, Slot, Value};
use secrecy::ExposeSecret;

/// Takes a new PIN as the secret; answers with slot `new_pin`, its token.
pub const CHOOSE: Service = Service {
    name: "choose_pin",
    decide: choose,
    shows: &[Slot("new_pin", Kind::Code)],
    refusals: &[PIN_SAME],
    unclaimed: true,
    ..Service::PLAIN
};
/// Takes the new PIN again, compares it with the token in `new_pin` and sets it; the PIN until now
/// was typed first, see `pin_first`.
pub const CHANGE: Service = Service {
    name: "change_pin",
    authority: Authority::Customer,
    decide: change,
    refusals: &[PIN_SAME, PIN_MISMATCH],
    messages: &[&CHANGED],
    renews_pin: true,
    pin_before: true,
    ..Service::PLAIN
};

/// The new PIN is the old one.
pub const PIN_SAME: Reason = Reason::new("pin_same");
/// The second PIN differs from the first.
pub const PIN_MISMATCH: Reason = Reason::new("pin_mismatch");
/// Whose PIN it is while they are joining.
pub const NOBODY: PinId = PinId::of(0);

const CHANGED: Message =
    Message::plain("sms.pin_changed", &[Slot("date", Kind::Day), Slot("time", Kind::Time)]);

fn choose(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let id = context.caller.person.as_ref().map_or(NOBODY, |person| person.account_id.into());
    chosen(context, plan, id)
}

fn change(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = context.person()?;
    let row = changed(context, person.account_id.into())?;
    let when = receipt::when(context.config, context.now);
    let changes = vec![
        Change::keep(Record::Pin(row), CHANGE.name),
        context.tell(person, &CHANGED, when, None),
    ];
    plan.commit(Act { kind: CHANGE.name, changes, ..Act::default() });
    Ok(())
}

/// A new PIN that is to be kept under this number: leaves its token in `new_pin`.
pub fn chosen(context: &Context, plan: &mut Plan, id: PinId) -> Result<(), PlanError> {
    let pin = Pin::choose(entered(context)?, &context.caller.msisdn)
        .map_err(|reason| Refusal::of_field(reason, "new_pin"))?;
    not_the_old_one(context, id, &pin)?;
    let row = context.config.tagged(id, &pin, context.salt);
    plan.show("new_pin", Value::Code(pin_token::written(&row)));
    Ok(())
}

/// What to store under this number for the new PIN, once it was typed again.
pub fn changed(context: &Context, id: PinId) -> Result<PinRow, PlanError> {
    context.field(pin_token::PROOF)?;
    let row = repeated(context, id, id)?;
    not_the_old_one(context, id, &Pin::parse(entered(context)?)?)?;
    if context.mode != Mode::Execute {
        return Ok(row);
    }
    let version = context.facts.pin(id)?.map_or(0, |old| old.version).saturating_add(1);
    Ok(PinRow { version, ..row })
}

/// The second entry of a PIN that `owner` has chosen: what to store as `id` when it equals
/// the first.
pub fn repeated(context: &Context, owner: PinId, id: PinId) -> Result<PinRow, PlanError> {
    let mismatch = || Refusal::of_field(PIN_MISMATCH, "new_pin");
    let first = pin_token::read(context.field("new_pin")?, owner).ok_or_else(mismatch)?;
    let second = Pin::parse(entered(context)?).map_err(|_format| mismatch())?;
    if matches(context, &first, owner, &second) {
        Ok(context.config.tagged(id, &second, context.salt))
    } else {
        Err(mismatch().into())
    }
}

/// Refuses the PIN that was typed first as a new one.
fn not_the_old_one(context: &Context, id: PinId, new: &Pin) -> Result<(), Refusal> {
    match pin_token::proof(context, id) {
        Some(old) if matches(context, &old, id, new) => Err(Refusal::of_field(PIN_SAME, "new_pin")),
        Some(_) | None => Ok(()),
    }
}

/// The secret of this step.
pub fn entered<'a>(context: &Context<'a>) -> Result<&'a str, Refusal> {
    Ok(context
        .secret
        .ok_or_else(|| Refusal::of_field(Reason::FIELD_MISSING, "pin"))?
        .expose_secret())
}

fn matches(context: &Context, row: &PinRow, id: PinId, pin: &Pin) -> bool {
    context.config.pin_keys.matches(row.key_version, id, &row.salt, pin, &row.tag)
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{PIN, Request, Trial};
    use super::super::pin_first::PROVE;
    use super::*;
    use crate::book::Keep;
    use crate::id::Id;
    use crate::store::people::PersonRow;

    const NEW: &str = "5208";

    fn one() -> (Trial, PersonRow) {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 0);
        (trial, amina)
    }

    /// What stands for her PIN until now.
    fn proof_of(trial: &Trial, amina: &PersonRow, pin: &str) -> String {
        let prove = trial.ask(&PROVE, trial.caller(amina)).secret(pin);
        prove.execute().planned().said("pin_proof")
    }

    /// The token of a PIN that she has chosen.
    fn token_of(trial: &Trial, amina: &PersonRow, pin: &str) -> String {
        trial.ask(&CHOOSE, trial.caller(amina)).secret(pin).check().planned().said("new_pin")
    }

    fn change<'t>(trial: &'t Trial, amina: &PersonRow, token: &str, again: &str) -> Request<'t> {
        let proof = proof_of(trial, amina, PIN);
        let ask = trial.ask(&CHANGE, trial.caller(amina)).with("pin_proof", &proof);
        ask.with("new_pin", token).secret(again)
    }

    #[test]
    fn a_new_pin_is_chosen_and_repeated_and_its_token_is_not_the_pin() {
        let (trial, amina) = one();
        let token = token_of(&trial, &amina, NEW);
        assert!(!token.contains(NEW) && token.len() > 64, "{token}");
        let mismatch = (PIN_MISMATCH, Some("new_pin"));
        for (secret, token) in
            [("5209", token.as_str()), ("52", &token), ("", &token), (NEW, "no token")]
        {
            let again = change(&trial, &amina, token, secret).execute();
            assert_eq!(again.reason(), mismatch, "{secret} {token}");
        }
    }

    #[test]
    fn a_token_of_somebody_else_is_none() {
        let (mut trial, amina) = one();
        let baraka = trial.person(Id::of(102), "+254700000002", "Baraka Otieno", 0);
        let theirs = token_of(&trial, &baraka, NEW);
        let again = change(&trial, &amina, &theirs, NEW).execute();
        assert_eq!(again.reason(), (PIN_MISMATCH, Some("new_pin")));
    }

    #[test]
    fn what_a_thief_tries_first_is_no_pin() {
        let (trial, amina) = one();
        let choose =
            |secret: &str| trial.ask(&CHOOSE, trial.caller(&amina)).secret(secret).check().reason();
        for weak in ["1234", "1111", "0001"] {
            assert_eq!(choose(weak), (Reason::PIN_WEAK, Some("new_pin")), "{weak}");
        }
        for none in ["123", "1234567", "12a4"] {
            assert_eq!(choose(none), (Reason::PIN_FORMAT, Some("new_pin")), "{none}");
        }
        let nothing = trial.ask(&CHOOSE, trial.caller(&amina)).check();
        assert_eq!(nothing.reason(), (Reason::FIELD_MISSING, Some("pin")));
        // who joins has no wallet yet, and chooses all the same
        let joining =
            trial.ask(&CHOOSE, trial.stranger("+254700000009")).secret(NEW).check().planned();
        assert!(!joining.said("new_pin").is_empty());
    }

    #[test]
    fn it_is_changed_to_another_one_and_its_owner_hears_of_it() {
        let (trial, amina) = one();
        let token = token_of(&trial, &amina, NEW);
        let plan = change(&trial, &amina, &token, NEW).execute().planned();
        let act = plan.act.as_ref().unwrap();
        let [Change::Keep(Keep { record: Record::Pin(row), event: "change_pin", .. }), _] =
            act.changes.as_slice()
        else {
            panic!("{act:?}")
        };
        assert_eq!(row.version, 2);
        let same = |pin| {
            trial.config.pin_keys.matches(
                row.key_version,
                Id::of(101),
                &row.salt,
                &Pin::parse(pin).unwrap(),
                &row.tag,
            )
        };
        assert!(row.id == Id::of(101) && row.attempts == 0 && same(NEW) && !same(PIN));
        assert_eq!(
            plan.messages(),
            [("sms.pin_changed".to_owned(), "date=23/11/26 time=11:05".to_owned())]
        );
    }

    #[test]
    fn the_old_one_is_no_new_one_and_is_typed_first() {
        let (trial, amina) = one();
        let same = (PIN_SAME, Some("new_pin"));
        let old = token_of(&trial, &amina, PIN);
        assert_eq!(change(&trial, &amina, &old, PIN).execute().reason(), same);
        let choose = trial.ask(&CHOOSE, trial.caller(&amina)).secret(PIN);
        let choose = choose.with("pin_proof", &proof_of(&trial, &amina, PIN));
        assert_eq!(choose.check().reason(), same, "it is told where it is typed");
        let token = token_of(&trial, &amina, NEW);
        let first = trial.ask(&CHANGE, trial.caller(&amina)).with("new_pin", &token).secret(NEW);
        assert_eq!(first.execute().reason(), (Reason::FIELD_MISSING, Some("pin_proof")));
    }

    #[test]
    fn who_has_no_wallet_has_no_pin_to_change() {
        let trial = Trial::new();
        let ask = |service| trial.ask(service, trial.stranger("+254700000009"));
        assert_eq!(ask(&CHANGE).execute().reason(), (Reason::NOT_JOINED, None));
    }
}
