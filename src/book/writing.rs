//! What a batch leaves around the book, written in sets: of rows that several postings changed, the last state counts.

use super::batch::{Facts, Outcome};
use super::posting::Change;
use crate::store::book_rows::{self, Account, HoldRow};
use crate::store::orders::OrderRow;
use crate::store::outbox::{self, NewMessage};
use crate::store::people::{self, PersonRow, PinRow};
use crate::store::sessions::{self, SessionRow};
use crate::store::{Conn, StoreError, orders};
use std::collections::{BTreeMap, HashMap};

/// The changes of a batch, sorted by table.
#[derive(Default)]
struct Sets<'a> {
    opened: BTreeMap<i64, &'a Account>,
    joined: Vec<&'a PersonRow>,
    pins: BTreeMap<i64, PinRow>,
    attempts: BTreeMap<i64, i64>,
    languages: BTreeMap<i64, &'a str>,
    sessions: HashMap<&'a [u8], &'a SessionRow>,
    seen: Vec<(&'a [u8], i64)>,
    orders: BTreeMap<i64, &'a OrderRow>,
    closed: BTreeMap<i64, &'static str>,
    messages: Vec<NewMessage>,
}

/// Writes the changes of a batch, and where its accounts and holds stand.
pub fn write_changes(conn: &mut Conn, facts: &Facts, out: &Outcome) -> Result<(), StoreError> {
    let sets = Sets::of(facts, out);
    let (opened, changed): (Vec<&Account>, Vec<&Account>) =
        out.accounts.iter().filter_map(|id| facts.accounts.get(id)).partition(|a| sets.opened.contains_key(&a.id));
    let untouched = sets.opened.iter().filter(|(id, _)| !out.accounts.contains(id)).map(|(_, account)| *account);
    book_rows::open_accounts(conn, &opened.into_iter().chain(untouched).collect::<Vec<_>>())?;
    book_rows::settle_accounts(conn, &changed)?;
    let holds: Vec<&HoldRow> = out.holds.iter().filter_map(|id| facts.holds.get(id)).collect();
    book_rows::settle_holds(conn, &holds)?;
    people::add(conn, &sets.joined)?;
    people::set_pins(conn, &sets.pins.values().collect::<Vec<_>>())?;
    people::set_attempts(conn, &sets.attempts)?;
    people::set_languages(conn, &sets.languages)?;
    sessions::save(conn, &sets.sessions.into_values().collect::<Vec<_>>())?;
    sessions::see(conn, &sets.seen)?;
    orders::add(conn, &sets.orders.into_values().collect::<Vec<_>>())?;
    orders::set_states(conn, &sets.closed)?;
    outbox::add(conn, &sets.messages)
}

impl<'a> Sets<'a> {
    fn of(facts: &Facts, out: &'a Outcome) -> Sets<'a> {
        let mut sets = Sets::default();
        for note in &out.changes {
            let attempts = |account: &i64| facts.around.attempts.get(account).copied();
            match &note.change {
                Change::OpenAccount(account) => drop(sets.opened.insert(account.id, account)),
                Change::Join(person) => sets.joined.push(person),
                Change::SetPin(pin) => {
                    let now = attempts(&pin.account_id).unwrap_or(pin.attempts);
                    sets.pins.insert(pin.account_id, PinRow { attempts: now, ..pin.clone() });
                }
                Change::ChargePin { account } | Change::ClearPin { account } => {
                    // where nothing is known of tries, none were charged in this batch: there is nothing but to clear
                    sets.attempts.insert(*account, attempts(account).unwrap_or(0));
                }
                Change::SetLanguage { account, language } => drop(sets.languages.insert(*account, language)),
                Change::SaveSession(save) => drop(sets.sessions.insert(&save.row.key, &save.row)),
                Change::AtVersion { .. } => {}
                Change::See { key } => sets.seen.push((key.bytes(), note.at.micros())),
                Change::OpenOrder(order) => drop(sets.orders.insert(order.id, order)),
                Change::CloseOrder { order, state } => drop(sets.closed.insert(*order, state)),
                Change::Tell(message) => {
                    let posting_id = (note.posting > 0).then_some(note.posting);
                    sets.messages.push(NewMessage { posting_id, ..message.clone() });
                }
            }
        }
        sets
    }
}
