//! Joining at an outlet: whoever serves there sees an ID and opens a wallet for a number that has none, or lets somebody
//! who joined on their own phone move more. One ID number has one wallet. Of the number only a keyed digest is kept, and
//! who it belongs to is told to nobody. The PIN is chosen by the owner on their own phone: see `claim`.

use super::super::desk::{Act, Desk, Halt, message};
use super::super::{Service, Whose, join, receipt};
use super::sign;
use crate::book::{Change, Identify};
use crate::limits::Tier;
use crate::refusal::{Reason, Refusal};
use crate::store::identities::{self, IdentityRow};
use crate::store::people::{self, PersonRow};

/// Inputs `to`, `name`, `id_number`: opens a wallet. Flag `known` where the number has one: that is for `LIFT`.
pub const REGISTER: Service =
    Service { name: "register", pin: Whose::Assistant, opens: 1, old: Some(register), ..Service::PLAIN };
/// Inputs `to`, `id_number`: somebody who was known only by their number is known by their ID.
pub const LIFT: Service = Service { name: "lift", pin: Whose::Assistant, old: Some(lift), ..Service::PLAIN };

/// Letters and digits of an ID number.
const ID_MIN: usize = 5;
const ID_MAX: usize = 20;

fn register(desk: &mut Desk) -> Result<(), Halt> {
    let till = desk.till()?;
    let to = desk.phone("to")?;
    if people::by_msisdn(desk.conn.get()?, to.e164())?.is_some() {
        if desk.verb != crate::ask::Verb::Check {
            return Err(Reason::AlreadyJoined.into());
        }
        // the same question again, about somebody who is here already
        desk.plan.flags.insert("known".into());
        return customer(desk).map(|_customer| ());
    }
    desk.show("phone", to.to_string());
    let name = join::new_name(desk)?;
    desk.show("name", name.clone());
    let id_number = id_number(desk)?;
    let server = desk.person()?;
    let person = PersonRow {
        account_id: desk.fresh_id,
        msisdn: to.e164().to_owned(),
        name,
        // until they choose one, that of who registers them is the best guess
        language: server.language.clone(),
        joined_at: desk.now.micros(),
        tier: Tier::Id.code().to_owned(),
    };
    let mut slots = sign(&till.outlet);
    slots.insert("dial".into(), desk.house.dial.clone().into());
    let news = message(&person.msisdn, &person.language, "sms.registered", &slots, None, desk.now);
    let account = join::empty_wallet(desk.fresh_id, desk.house.market.currency.as_str());
    let seen = identity(desk, person.account_id, till.assistant.id, &id_number);
    let changes = vec![Change::Join(person), Change::OpenAccount(account), seen, Change::Tell(news)];
    desk.plan.act = Some(Act { kind: "register", changes, ..Act::default() });
    Ok(())
}

fn lift(desk: &mut Desk) -> Result<(), Halt> {
    let till = desk.till()?;
    let customer = customer(desk)?;
    let id_number = id_number(desk)?;
    let mut slots = receipt::slots(desk.house, 0, desk.now, None);
    slots.extend(sign(&till.outlet));
    let seen = identity(desk, customer.account_id, till.assistant.id, &id_number);
    let changes = vec![seen, desk.tell(&customer, "sms.lifted", slots, None)];
    desk.plan.act = Some(Act { kind: "lift", changes, ..Act::default() });
    Ok(())
}

/// The customer, whose ID nobody has seen yet.
fn customer(desk: &mut Desk) -> Result<PersonRow, Halt> {
    let customer = super::customer(desk)?;
    if Tier::of_code(&customer.tier) != Tier::Sim || identities::is_known(desk.conn.get()?, customer.account_id)? {
        return Err(Refusal::of_field(Reason::IdChecked, "to")
            .with("name", desk.shown(&["name"]).remove("name").unwrap_or_default().to_string())
            .into());
    }
    Ok(customer)
}

/// An ID number in its one form: capitals and digits.
fn id_number(desk: &mut Desk) -> Result<String, Halt> {
    let typed = desk.field("id_number")?;
    let number: String = typed.chars().filter(|sign| !matches!(sign, ' ' | '-' | '/' | '.')).collect();
    let number = number.to_ascii_uppercase();
    // what cards print before the digits, and zeros before them, are no part of the number: one ID must not be two
    let bare = ["ID", "NIC", "NO", "NR"].into_iter().find_map(|mark| number.strip_prefix(mark)).unwrap_or(&number);
    let number = match bare.chars().all(|sign| sign.is_ascii_digit()) {
        true => bare.trim_start_matches('0').to_owned(),
        false => number,
    };
    let plain = number.chars().all(|sign| sign.is_ascii_alphanumeric());
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if !plain || digits < ID_MIN || number.len() > ID_MAX {
        return Err(Refusal::of_field(Reason::IdFormat, "id_number").into());
    }
    desk.show("id_number", number.clone());
    Ok(number)
}

/// Whether the number has a wallet is asked in the commit, behind the PIN: nobody can try numbers for nothing.
fn identity(desk: &Desk, account_id: i64, assistant: i64, id_number: &str) -> Change {
    let mut digests = desk.house.pin_keys.digests(id_number);
    let digest = if digests.is_empty() { Vec::new() } else { digests.remove(0) };
    let row = IdentityRow { digest, account_id, assistant, at: desk.now.micros() };
    Change::Identify(Identify { row, older: digests, tier: Tier::Id.code() })
}
