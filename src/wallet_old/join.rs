//! Join: a number becomes a person with a wallet.
//!
//! Inputs `language`, `name`, `new_pin` (the sealed first PIN), and the second PIN as the secret.

use super::desk::{Act, Desk, Halt, message};
use super::{Service, Whose, pin};
use crate::ask::Slots;
use crate::book::Change;
use crate::language::Language;
use crate::limits::{Tier, Usage};
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::Account;
use crate::store::people::PersonRow;
use crate::text;

/// The service as menus know it.
pub const SERVICE: Service = Service { name: "join", pin: Whose::Nobody, opens: 1, old: Some(plan), ..Service::PLAIN };

/// Characters of a name.
const NAME_MAX: usize = 40;

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    if desk.caller.person.is_some() {
        return Err(Reason::AlreadyJoined.into());
    }
    let language = Language::parse(desk.field("language")?);
    let language = language.ok_or_else(|| Refusal::of_field(Reason::TextFormat, "language"))?;
    let name = new_name(desk)?;
    let pin_row = pin::repeated(desk, 0, desk.fresh_id)?;
    let person = PersonRow {
        account_id: desk.fresh_id,
        msisdn: desk.caller.msisdn.e164().to_owned(),
        name: name.clone(),
        language: language.to_string(),
        joined_at: desk.now.micros(),
        tier: Tier::Sim.code().to_owned(),
    };
    let account = empty_wallet(desk.fresh_id, desk.house.market.currency.as_str());
    let slots = Slots::from([("name".into(), name.into()), ("dial".into(), desk.house.dial.clone().into())]);
    let news = message(&person.msisdn, &person.language, "sms.joined", &slots, None, desk.now);
    desk.plan.slots.extend(greeting(&person));
    let changes = vec![Change::Join(person), Change::OpenAccount(account), Change::SetPin(pin_row), Change::Tell(news)];
    desk.plan.act = Some(Act { kind: "join", changes, ..Act::default() });
    Ok(())
}

/// The name that somebody joins with.
pub(super) fn new_name(desk: &Desk) -> Result<String, Halt> {
    let name = name(desk.field("name")?)?;
    if sounds_official(desk, &name) {
        return Err(Refusal::of_field(Reason::NameFormat, "name").into());
    }
    Ok(name)
}

/// Words that would make a message say something else: the service's own, or a currency.
pub(super) fn sounds_official(desk: &Desk, name: &str) -> bool {
    let taken = [desk.house.brand.as_str(), desk.house.market.currency.as_str(), "confirmed", "imethibitishwa"];
    // as people read it: neither an accent nor a dash makes another word of one
    let plain: String = name.chars().flat_map(char::to_lowercase).map(text::fold).collect();
    plain
        .split(|sign: char| !sign.is_alphabetic())
        .any(|word| taken.iter().any(|taken| word.eq_ignore_ascii_case(taken)))
}

/// What the last screen calls who has joined.
pub fn greeting(person: &PersonRow) -> Slots {
    Slots::from([("name".into(), person.name.clone().into())])
}

/// A wallet as it begins: empty, and never below zero.
pub fn empty_wallet(id: i64, currency: &str) -> Account {
    Account {
        id,
        kind: "wallet".into(),
        state: "open".into(),
        currency: currency.to_owned(),
        balance_minor: 0,
        held_minor: 0,
        floor_minor: Some(0),
        last_posting: None,
        usage: Usage::default(),
    }
}

/// A name in its stored form: blanks squeezed, letters of any script, no digits.
pub fn name(text: &str) -> Result<String, Refusal> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (2..=NAME_MAX).contains(&name.chars().count());
    let readable = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '.'));
    let begins = name.chars().next().is_some_and(char::is_alphabetic);
    // others must be able to read it on any phone, since they check it before they pay
    let shown = !crate::text::to_gsm(&name).contains('?');
    if fits && readable && begins && shown { Ok(name) } else { Err(Refusal::of_field(Reason::NameFormat, "name")) }
}
