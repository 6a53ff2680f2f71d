//! Claiming: who was registered by an agent takes their wallet over on their own phone, with a PIN that only they know.
//! Until then it receives and cannot pay.
//!
//! Inputs `language`, `new_pin` (the sealed first PIN), and the second PIN as the secret.

use super::desk::{Act, Desk, Halt};
use super::{Caller, Service, Whose, account, join, pin};
use crate::ask::{Slots, Verb};
use crate::book::Change;
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::store::people::PersonRow;

/// The service as menus know it. A quote shows `name`, as the agent wrote it.
pub const SERVICE: Service =
    Service { name: "claim", pin: Whose::Nobody, old: Some(plan), unclaimed: true, ..Service::PLAIN };

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let language = Language::parse(desk.field("language")?);
    let language = language.ok_or_else(|| Refusal::of_field(Reason::TextFormat, "language"))?;
    desk.plan.slots.extend(join::greeting(person));
    if desk.verb != Verb::Do {
        return Ok(());
    }
    let row = pin::repeated(desk, person.account_id, person.account_id)?;
    let person = PersonRow { language: language.to_string(), ..person.clone() };
    let slots =
        Slots::from([("name".into(), person.name.clone().into()), ("dial".into(), desk.house.dial.clone().into())]);
    let news = desk.tell(&person, "sms.joined", slots, None);
    let spoken = Change::SetLanguage { account: person.account_id, language: person.language };
    // whoever has a PIN already changes it with that one
    desk.plan.act = Some(Act { kind: "claim", changes: vec![Change::FirstPin(row), spoken, news], ..Act::default() });
    Ok(())
}
