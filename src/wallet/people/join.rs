//! Join: a number becomes a person with a wallet.
//!
//! Inputs `language`, `name`, `new_pin` (the sealed first PIN), and the second PIN as the secret;
//! shows `name`.

use super::super::context::Context;
use super::super::deals::{deal_news, joining_sides};
use super::super::official::sounds_official;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Message, Replay, Service, Unrecorded};
use super::super::vouchers::joining;
use super::{pin_change, spoken_language};
use crate::book::Change;
use crate::id::{AccountId, PostingId};
use crate::limits::{Tier, Usage};
use crate::official_words;
use crate::person_name;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::Account;
use crate::store::book_rows::{AccountKind, AccountState};
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::value::{Kind, Slot, Slots, Value};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "join",
    opens: 1,
    wants: &[
        |context| {
            joining::wants(context).into_iter().chain(joining_sides::wants(context)).collect()
        },
        joining_sides::wants_sides,
    ],
    decide,
    shows: &[Slot("name", Kind::Name)],
    refusals: &[Reason::ALREADY_JOINED, pin_change::PIN_MISMATCH, NAME_OFFICIAL, NUMBER_FOREIGN],
    messages: &[&JOINED, &deal_news::WAITS],
    replay: GREETED,
    text: Some(ByText::ExplainToStrangers(&JOIN)),
    ..Service::PLAIN
};

/// The name sounds as if the service, or another of the market, spoke.
pub const NAME_OFFICIAL: Reason = Reason::new("name_official");

/// The number is of another country.
pub const NUMBER_FOREIGN: Reason = Reason::new("number_foreign");

/// How joining is told again, whether or not something waited for the number.
pub const GREETED: Replay =
    Replay { wants: &[], recorded: Some(greet), unrecorded: Unrecorded::Shows(greet) };

/// Also for who took over a wallet that was there.
pub const JOINED: Message =
    Message::plain("sms.joined", &[Slot("name", Kind::Name), Slot("dial", Kind::Text)]);
const JOIN: Message =
    Message::plain("sms.join", &[Slot("dial", Kind::Text), Slot("brand", Kind::Text)]);

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    if context.caller.person.is_some() {
        return Err(Reason::ALREADY_JOINED.into());
    }
    // whom nobody here could pay, nor call
    if !context.caller.msisdn.is_of(&context.config.market) {
        return Err(NUMBER_FOREIGN.into());
    }
    let language = spoken_language::chosen(context)?;
    let name = new_name(context)?;
    let id = AccountId::of(context.fresh_id);
    let pin = pin_change::repeated(context, pin_change::NOBODY, id.into())?;
    let person = PersonRow {
        account_id: id,
        version: 1,
        last_posting: PostingId::NONE,
        msisdn: context.caller.msisdn.e164().to_owned(),
        name,
        language: language.to_string(),
        joined_at: context.now.micros(),
        tier: Tier::Sim.code().to_owned(),
    };
    let account = empty_wallet(id, context.config.market.currency.as_str());
    plan.show_all(greeting(&person));
    let news = welcome(context, &person);
    let waits = joining_sides::changes(context, &person)?;
    let mut changes = vec![
        Change::keep(Record::Person(person), SERVICE.name),
        Change::OpenAccount(account),
        Change::keep(Record::Pin(pin), "set_pin"),
        news,
    ];
    changes.extend(waits);
    changes.extend(joining::changes(context, id)?);
    plan.commit(Act { kind: SERVICE.name, changes, ..Act::default() });
    Ok(())
}

/// What the last screen calls who has joined, for who did not see it.
pub fn greet(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    plan.show_all(context.caller.person.as_ref().map(greeting).unwrap_or_default());
    Ok(())
}

/// What the last screen calls who has joined.
pub fn greeting(person: &PersonRow) -> Slots {
    Slots::from([("name".into(), Value::Name(person.name.clone()))])
}

/// The first message.
pub fn welcome(context: &Context, person: &PersonRow) -> Change {
    let mut slots = greeting(person);
    slots.insert("dial".into(), context.config.dial.clone().into());
    context.tell(person, &JOINED, slots, None)
}

/// The name that somebody joins with.
pub fn new_name(context: &Context) -> Result<String, PlanError> {
    let typed = context.field("name")?;
    let refused = |reason| Refusal::of_field(reason, "name");
    let name = person_name::read(typed).map_err(refused)?;
    if sounds_official(context.config, &name) || official_words::is_a_role(&name) {
        return Err(refused(NAME_OFFICIAL).into());
    }
    Ok(name)
}

/// A wallet as it begins: empty, and never below zero.
pub fn empty_wallet(id: AccountId, currency: &str) -> Account {
    Account {
        id,
        kind: AccountKind::Wallet,
        state: AccountState::Open,
        currency: currency.to_owned(),
        balance_minor: 0,
        held_minor: 0,
        floor_minor: Some(0),
        last_posting: None,
        usage: Usage::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Request, Trial};
    use super::*;
    use crate::book::Keep;
    use crate::id::Id;
    use crate::pin::Pin;

    const FATUMA: &str = "+254700000009";
    const NEW: &str = "5208";

    fn ask(trial: &Trial) -> Request<'_> {
        let joining = || trial.stranger(FATUMA);
        let token =
            trial.ask(&pin_change::CHOOSE, joining()).secret(NEW).check().planned().said("new_pin");
        trial.ask(&SERVICE, joining()).with("new_pin", &token).secret(NEW)
    }

    #[test]
    fn a_number_becomes_a_person_with_an_empty_wallet_and_their_own_pin() {
        let trial = Trial::new();
        let plan =
            ask(&trial).with("language", "sw").with("name", " Fatuma   Ali ").execute().planned();
        assert_eq!(plan.said("name"), "Fatuma Ali");
        let act = plan.act.as_ref().unwrap();
        let [
            Change::Keep(Keep { record: Record::Person(person), event: "join", .. }),
            Change::OpenAccount(account),
            Change::Keep(Keep { record: Record::Pin(row), event: "set_pin", .. }),
            Change::Tell(news),
            Change::Claim { .. },
        ] = act.changes.as_slice()
        else {
            panic!("{act:?}")
        };
        assert_eq!(
            (person.account_id, account.id, row.id),
            (Id::of(9_000), Id::of(9_000), Id::of(9_000))
        );
        assert_eq!((person.msisdn.as_str(), person.name.as_str()), (FATUMA, "Fatuma Ali"));
        assert_eq!(
            (person.tier.as_str(), person.language.as_str(), news.language.as_str()),
            ("sim", "sw", "sw")
        );
        assert_eq!(person.joined_at, trial.now.micros());
        assert_eq!((person.version, row.version, row.attempts), (1, 1, 0));
        assert_eq!(
            (account.balance_minor, account.floor_minor, account.currency.as_str()),
            (0, Some(0), "KES")
        );
        let same = |pin: &str| {
            let pin = Pin::parse(pin).unwrap();
            trial.config.pin_keys.matches(row.key_version, Id::of(9_000), &row.salt, &pin, &row.tag)
        };
        assert!(same(NEW) && !same("5209"));
        assert!(act.legs.is_empty());
        let told = "dial=*384*1234# name=Fatuma Ali";
        assert_eq!(plan.messages(), [("sms.joined".to_owned(), told.to_owned())]);
    }

    #[test]
    fn each_refusal_names_the_input_that_mends_it() {
        let mut trial = Trial::new();
        let missing = |field| (Reason::FIELD_MISSING, Some(field));
        assert_eq!(ask(&trial).execute().reason(), missing("language"));
        let speaking = || ask(&trial).with("language", "en");
        assert_eq!(
            ask(&trial).with("language", "english").execute().reason(),
            (Reason::TEXT_FORMAT, Some("language"))
        );
        assert_eq!(speaking().execute().reason(), missing("name"));
        let named = || speaking().with("name", "Fatuma Ali");
        assert_eq!(
            named().secret("5209").execute().reason(),
            (pin_change::PIN_MISMATCH, Some("new_pin"))
        );
        let unchosen = trial
            .ask(&SERVICE, trial.stranger(FATUMA))
            .with("language", "en")
            .with("name", "Fatuma Ali");
        assert_eq!(unchosen.check().reason(), missing("new_pin"));
        let fatuma = trial.person(Id::of(101), FATUMA, "Fatuma Ali", 0);
        assert_eq!(
            trial.ask(&SERVICE, trial.caller(&fatuma)).check().reason(),
            (Reason::ALREADY_JOINED, None)
        );
    }

    #[test]
    fn a_name_is_one_that_others_can_read_and_that_is_not_ours() {
        let trial = Trial::new();
        let named = |name: &str| ask(&trial).with("language", "en").with("name", name).execute();
        for name in ["Al", "Jean-Luc", "N'Golo", "J. Kamau"] {
            assert_eq!(named(name).planned().said("name"), name);
        }
        for (name, reason) in [
            ("", Reason::NAME_FORMAT),
            ("Fatuma 2", Reason::NAME_FORMAT),
            ("Kadogo Ali", NAME_OFFICIAL),
            ("KES", NAME_OFFICIAL),
            ("k\u{e1}dogo-x", NAME_OFFICIAL),
            ("Confirmed", NAME_OFFICIAL),
            ("Customer Care", NAME_OFFICIAL),
            (&"Abc ".repeat(20), Reason::NAME_TOO_LONG),
        ] {
            assert_eq!(named(name).reason(), (reason, Some("name")), "{name}");
        }
    }

    #[test]
    fn who_did_not_see_the_last_screen_is_called_by_their_name() {
        let mut trial = Trial::new();
        let fatuma = trial.person(Id::of(101), FATUMA, "Fatuma Ali", 0);
        let again = |caller| trial.ask(&SERVICE, caller).again(Some(Id::of(7))).execute().planned();
        assert_eq!(again(trial.caller(&fatuma)).said("name"), "Fatuma Ali");
        assert!(again(trial.stranger(FATUMA)).slots.is_empty());
    }
}
