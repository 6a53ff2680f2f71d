//! PINs: choosing, repeating, changing. Checking one that somebody has is the book's part.
//!
//! A PIN is in no state and no row. Between the two entries of a new PIN stands its token, a keyed
//! tag like the one that is stored in the end. A typed PIN goes to the book as a tag: the try is
//! charged and compared in one commit.

use super::super::care::sim_change::{self, SIM_CHANGED};
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::receipt;
use super::super::service::{Authority, Message, Service};
use crate::book::Change;
use crate::id::{PinId, PostingId};
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::seal::{from_hex, to_hex};
use crate::store::pins::PinRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};
use secrecy::ExposeSecret;

/// Takes a new PIN as the secret; answers with slot `new_pin`, its token.
pub const CHOOSE: Service = Service {
    name: "choose_pin",
    decide: choose,
    shows: &[Slot("new_pin", Kind::Code)],
    unclaimed: true,
    ..Service::PLAIN
};
/// Takes the new PIN again and compares it with the token in `new_pin`.
pub const REPEAT: Service =
    Service { name: "repeat_pin", decide: repeat, refusals: &[PIN_MISMATCH], ..Service::PLAIN };
/// Sets the PIN of the token in `new_pin`; the secret is the PIN until now.
pub const CHANGE: Service = Service {
    name: "change_pin",
    authority: Authority::Customer,
    wants: &[sim],
    decide: change,
    refusals: &[PIN_SAME, SIM_CHANGED],
    messages: &[&CHANGED],
    renews_pin: true,
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

/// Whether the caller's SIM is their own: asked before another PIN is chosen.
pub fn sim(context: &Context) -> Vec<Want> {
    let own = context.caller.person.as_ref().map(|person| sim_change::want(person.account_id));
    own.into_iter().collect()
}

fn choose(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let id = context.caller.person.as_ref().map_or(NOBODY, |person| person.account_id.into());
    chosen(context, plan, id)
}

fn repeat(context: &Context, _plan: &mut Plan) -> Result<(), PlanError> {
    let id = context.person()?.account_id.into();
    repeated(context, id, id).map(|_row| ())
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
    let row = context.config.tagged(id, &pin, context.salt);
    plan.show("new_pin", Value::Code(token(&row)));
    Ok(())
}

/// What to store under this number for the new PIN, which is not the one until now.
pub fn changed(context: &Context, id: PinId) -> Result<PinRow, PlanError> {
    let row = read_token(context.field("new_pin")?, id).ok_or(Reason::INVALID)?;
    let old = Pin::parse(entered(context)?)?;
    if matches(context, &row, id, &old) {
        return Err(Refusal::of_field(PIN_SAME, "new_pin").into());
    }
    if context.mode != Mode::Execute {
        return Ok(row);
    }
    let old = context.facts.pin(id)?;
    // whoever has the number since then may be who read it
    if old.is_some_and(|old| old.start_until.is_some()) {
        sim_change::not_lately(context, context.person()?.account_id)?;
    }
    let version = old.map_or(0, |old| old.version).saturating_add(1);
    Ok(PinRow { version, ..row })
}

/// The second entry of a PIN that `owner` has chosen: what to store as `id` when it equals
/// the first.
pub fn repeated(context: &Context, owner: PinId, id: PinId) -> Result<PinRow, PlanError> {
    let mismatch = || Refusal::of_field(PIN_MISMATCH, "new_pin");
    let first = read_token(context.field("new_pin")?, owner).ok_or_else(mismatch)?;
    let second = Pin::parse(entered(context)?).map_err(|_format| mismatch())?;
    if matches(context, &first, owner, &second) {
        Ok(context.config.tagged(id, &second, context.salt))
    } else {
        Err(mismatch().into())
    }
}

fn entered<'a>(context: &Context<'a>) -> Result<&'a str, Refusal> {
    Ok(context
        .secret
        .ok_or_else(|| Refusal::of_field(Reason::FIELD_MISSING, "pin"))?
        .expose_secret())
}

fn matches(context: &Context, row: &PinRow, id: PinId, pin: &Pin) -> bool {
    context.config.pin_keys.matches(row.key_version, id, &row.salt, pin, &row.tag)
}

fn token(row: &PinRow) -> String {
    format!("{}.{}.{}", row.key_version, to_hex(&row.salt), to_hex(&row.tag))
}

fn read_token(token: &str, id: PinId) -> Option<PinRow> {
    let mut parts = token.split('.');
    let key_version = parts.next()?.parse().ok()?;
    let salt = from_hex(parts.next()?)?;
    let tag = from_hex(parts.next()?)?;
    Some(PinRow {
        id,
        version: 1,
        last_posting: PostingId::NONE,
        key_version,
        salt,
        tag,
        start_until: None,
        attempts: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{PIN, Trial};
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

    /// The token of a PIN that she has chosen.
    fn token_of(trial: &Trial, amina: &PersonRow, pin: &str) -> String {
        trial.ask(&CHOOSE, trial.caller(amina)).secret(pin).check().planned().said("new_pin")
    }

    #[test]
    fn a_new_pin_is_chosen_and_repeated_and_its_token_is_not_the_pin() {
        let (trial, amina) = one();
        let token = token_of(&trial, &amina, NEW);
        assert!(!token.contains(NEW) && token.len() > 64, "{token}");
        let again = |secret: &str, token: &str| {
            trial.ask(&REPEAT, trial.caller(&amina)).with("new_pin", token).secret(secret).check()
        };
        assert!(again(NEW, &token).planned().act.is_none());
        let mismatch = (PIN_MISMATCH, Some("new_pin"));
        for (secret, token) in
            [("5209", token.as_str()), ("52", &token), ("", &token), (NEW, "no token")]
        {
            assert_eq!(again(secret, token).reason(), mismatch, "{secret} {token}");
        }
    }

    #[test]
    fn a_token_of_somebody_else_is_none() {
        let (mut trial, amina) = one();
        let baraka = trial.person(Id::of(102), "+254700000002", "Baraka Otieno", 0);
        let theirs = token_of(&trial, &baraka, NEW);
        let again = trial.ask(&REPEAT, trial.caller(&amina)).with("new_pin", &theirs).secret(NEW);
        assert_eq!(again.check().reason(), (PIN_MISMATCH, Some("new_pin")));
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
        let change = |token: &str, old: &str| {
            trial.ask(&CHANGE, trial.caller(&amina)).with("new_pin", token).secret(old)
        };
        let token = token_of(&trial, &amina, NEW);
        let plan = change(&token, PIN).execute().planned();
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
        let reason = |token: &str, old: &str| change(token, old).execute().reason();
        assert_eq!(reason(&token_of(&trial, &amina, PIN), PIN), (PIN_SAME, Some("new_pin")));
        assert_eq!(reason("no token", PIN), (Reason::INVALID, None));
        assert_eq!(reason(&token, "12"), (Reason::PIN_FORMAT, None));
        let missing = trial.ask(&CHANGE, trial.caller(&amina)).execute();
        assert_eq!(missing.reason(), (Reason::FIELD_MISSING, Some("new_pin")));
    }

    #[test]
    fn who_has_no_wallet_has_no_pin_to_change() {
        let trial = Trial::new();
        let ask = |service| trial.ask(service, trial.stranger("+254700000009"));
        assert_eq!(ask(&CHANGE).execute().reason(), (Reason::NOT_JOINED, None));
        assert_eq!(ask(&REPEAT).check().reason(), (Reason::NOT_JOINED, None));
    }
}
