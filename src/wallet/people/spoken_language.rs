//! The language that somebody is spoken to in.
//!
//! Input `language`.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use crate::book::Change;
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// What names the language, here and where somebody joins.
pub const INPUT: &str = "language";

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "language",
    wants: &[own],
    decide,
    text: Some(ByText::ExecuteAnd(&SPOKEN)),
    unclaimed: true,
    ..Service::PLAIN
};

const SPOKEN: Message =
    Message::plain("sms.language", &[Slot("dial", Kind::Text), Slot("brand", Kind::Text)]);

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = context.person()?;
    let language = chosen(context)?.to_string();
    if context.mode != Mode::Execute {
        return Ok(());
    }
    let person = context.facts.person(person.account_id)?.unwrap_or(person);
    let change =
        Change::keep(Record::Person(PersonRow { language, ..person.next() }), "set_language");
    plan.commit(Act { kind: SERVICE.name, changes: vec![change], ..Act::default() });
    Ok(())
}

/// The caller as they are by now: of two texts at one moment each counts.
fn own(context: &Context) -> Vec<Want> {
    let own = context.caller.person.iter().filter(|_| context.mode == Mode::Execute);
    own.map(|person| Want::Person(person.account_id)).collect()
}

/// The language that was chosen.
pub fn chosen(context: &Context) -> Result<Language, PlanError> {
    let language = Language::parse(context.field(INPUT)?);
    let language = language.filter(|language| context.config.market.speaks(*language));
    Ok(language.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, INPUT))?)
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::Trial;
    use super::*;
    use crate::book::Keep;
    use crate::id::Id;

    #[test]
    fn it_is_set_for_who_has_a_wallet() {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 0);
        let ask = || trial.ask(&SERVICE, trial.caller(&amina));
        let plan = ask().with("language", "sw").execute().planned();
        let act = plan.act.unwrap();
        let spoken =
            PersonRow { language: "sw".into(), version: amina.version + 1, ..amina.clone() };
        let set = matches!(
            &act.changes[..],
            [Change::Keep(Keep { record: Record::Person(person), event: "set_language", .. })]
                if *person == spoken
        );
        assert!(set && act.legs.is_empty(), "{act:?}");
        assert_eq!(ask().execute().reason(), (Reason::FIELD_MISSING, Some("language")));
        assert_eq!(
            ask().with("language", "swahili").execute().reason(),
            (Reason::TEXT_FORMAT, Some("language"))
        );
        let stranger = trial.ask(&SERVICE, trial.stranger("+254700000009")).with("language", "sw");
        assert_eq!(stranger.execute().reason(), (Reason::NOT_JOINED, None));
    }
}
