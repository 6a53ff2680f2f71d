//! Claiming: who was registered by an agent takes their wallet over on their own phone, with a PIN
//! that only they know. Until then it receives and cannot pay.
//!
//! Inputs `language`, `new_pin` (the sealed first PIN), and the second PIN as the secret.

use super::super::care::sim_change::{self, SIM_CHANGED};
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::Service;
use super::super::vouchers::joining;
use super::{join, pin_change, spoken_language};
use crate::book::Change;
use crate::refusal::Reason;
use crate::request::Mode;
use crate::store::book_rows::AccountState;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The service as menus know it. A quote shows `name`, as the agent wrote it.
pub const SERVICE: Service = Service {
    name: "claim",
    wants: &[|context| {
        let own = context.caller.person.as_ref().map(|own| Want::Account(own.account_id));
        joining::wants(context).into_iter().chain(pin_change::sim(context)).chain(own).collect()
    }],
    decide,
    shows: &[Slot("name", Kind::Name)],
    refusals: &[pin_change::PIN_MISMATCH, SIM_CHANGED],
    messages: &[&join::JOINED],
    replay: join::GREETED,
    unclaimed: true,
    ..Service::PLAIN
};

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = context.person()?;
    let account = context.facts.account(person.account_id)?;
    if account.is_none_or(|account| account.state == AccountState::Closed) {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    let language = spoken_language::chosen(context)?;
    plan.show_all(join::greeting(person));
    // whoever has the number since then would have the wallet
    sim_change::not_lately(context, person.account_id)?;
    if context.mode != Mode::Execute {
        return Ok(());
    }
    let id = person.account_id.into();
    let row = pin_change::repeated(context, id, id)?;
    let person = PersonRow { language: language.to_string(), ..person.next() };
    let news = join::welcome(context, &person);
    // whoever has a PIN already changes it with that one
    let pin = Change::keep(Record::Pin(row), "set_pin");
    let claimed = Change::keep(Record::Person(person), SERVICE.name);
    let mut changes = vec![pin, claimed, news];
    changes.extend(joining::changes(context, context.person()?.account_id)?);
    plan.commit(Act { kind: SERVICE.name, changes, ..Act::default() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Request, Trial};
    use super::*;
    use crate::book::Keep;
    use crate::id::Id;

    const NEW: &str = "5208";

    fn registered() -> (Trial, PersonRow) {
        let mut trial = Trial::new();
        let fatuma = trial.person(Id::of(101), "+254700000009", "Fatuma Ali", 0);
        (trial, fatuma)
    }

    fn ask<'t>(trial: &'t Trial, fatuma: &PersonRow) -> Request<'t> {
        let token = trial
            .ask(&pin_change::CHOOSE, trial.caller(fatuma))
            .secret(NEW)
            .check()
            .planned()
            .said("new_pin");
        trial.ask(&SERVICE, trial.caller(fatuma)).with("new_pin", &token)
    }

    #[test]
    fn it_is_shown_as_the_agent_wrote_it_and_taken_over_with_a_first_pin() {
        let (trial, fatuma) = registered();
        let quote = ask(&trial, &fatuma).with("language", "fr").quote().planned();
        assert_eq!(quote.said("name"), "Fatuma Ali");
        assert!(quote.act.is_none());
        let plan = ask(&trial, &fatuma).with("language", "fr").secret(NEW).execute().planned();
        assert_eq!(plan.said("name"), "Fatuma Ali");
        let act = plan.act.as_ref().unwrap();
        let [
            Change::Keep(Keep { record: Record::Pin(row), event: "set_pin", .. }),
            Change::Keep(Keep { record: Record::Person(person), event: "claim", .. }),
            Change::Tell(news),
            Change::Claim { .. },
        ] = act.changes.as_slice()
        else {
            panic!("{act:?}")
        };
        assert_eq!((row.id, row.version), (Id::of(101), 1));
        let claimed =
            PersonRow { language: "fr".into(), version: fatuma.version + 1, ..fatuma.clone() };
        assert_eq!((person, news.language.as_str()), (&claimed, "fr"));
        let told = "dial=*384*1234# name=Fatuma Ali";
        assert_eq!(plan.messages(), [("sms.joined".to_owned(), told.to_owned())]);
    }

    #[test]
    fn each_refusal_names_the_input_that_mends_it() {
        let (trial, fatuma) = registered();
        assert_eq!(
            ask(&trial, &fatuma).quote().reason(),
            (Reason::FIELD_MISSING, Some("language"))
        );
        let mumbled = ask(&trial, &fatuma).with("language", "french").quote();
        assert_eq!(mumbled.reason(), (Reason::TEXT_FORMAT, Some("language")));
        let other = ask(&trial, &fatuma).with("language", "fr").secret("5209").execute();
        assert_eq!(other.reason(), (pin_change::PIN_MISMATCH, Some("new_pin")));
        let stranger = trial.ask(&SERVICE, trial.stranger("+254700000008")).quote();
        assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
    }

    #[test]
    fn who_did_not_see_the_last_screen_is_called_by_their_name() {
        let (trial, fatuma) = registered();
        let again =
            trial.ask(&SERVICE, trial.caller(&fatuma)).again(Some(Id::of(7))).execute().planned();
        assert_eq!(again.said("name"), "Fatuma Ali");
    }
}
