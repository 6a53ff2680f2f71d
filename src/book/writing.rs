//! What a batch leaves in the database, written in sets: of rows that several postings changed, the
//! last state counts.

use super::batch::BatchOutcome;
use super::guard_facts::Facts;
use super::posting::Change;
use crate::id::{AccountId, PinId, ShiftId};
use crate::store::agent_rows;
use crate::store::book_rows::{self, Account, HoldRow};
use crate::store::identities::{self, IdentityRow};
use crate::store::outbox::{self, NewMessage};
use crate::store::people::{self, PersonRow, PinRow};
use crate::store::rows::{self, Rows};
use crate::store::sessions::{self, SessionRow};
use crate::store::versioned::{self, RowKey, Versioned};
use crate::store::working_day::{self, AgentJournalRow, ClawbackRow, ShiftRow};
use crate::store::{Conn, StoreError, arrangement_rows, blocks, trail_rows};
use std::collections::{BTreeMap, HashMap};

/// The changes of a batch, sorted by table.
#[derive(Default)]
struct Sets<'a> {
    opened: BTreeMap<AccountId, &'a Account>,
    joined: Vec<&'a PersonRow>,
    pins: BTreeMap<PinId, PinRow>,
    attempts: BTreeMap<PinId, i64>,
    languages: BTreeMap<AccountId, &'a str>,
    sessions: HashMap<&'a [u8], &'a SessionRow>,
    dedup_keys: Vec<(&'a [u8], i64)>,
    blocks: BTreeMap<(AccountId, AccountId), bool>,
    identities: Vec<&'a IdentityRow>,
    tiers: BTreeMap<AccountId, &'a str>,
    shifts: BTreeMap<ShiftId, &'a ShiftRow>,
    journal: Vec<AgentJournalRow>,
    low_floats: BTreeMap<AccountId, i64>,
    clawbacks: BTreeMap<(i64, AccountId, AccountId, &'a str), &'a ClawbackRow>,
    versioned: BTreeMap<RowKey, &'a Versioned>,
    messages: Vec<NewMessage>,
}

/// Writes what a batch came to: its rows, its changes, where its accounts and holds stand, and what
/// comes `also`.
pub fn write(
    conn: &mut Conn,
    facts: &Facts,
    out: &BatchOutcome,
    also: Vec<Rows>,
) -> Result<(), StoreError> {
    let sets = Sets::of(facts, out);
    let (opened, changed): (Vec<&Account>, Vec<&Account>) = out
        .accounts
        .iter()
        .filter_map(|id| facts.accounts.get(id))
        .partition(|a| sets.opened.contains_key(&a.id));
    let untouched = sets
        .opened
        .iter()
        .filter(|(id, _)| !out.accounts.contains(id))
        .map(|(_, account)| *account);
    let opened: Vec<&Account> = opened.into_iter().chain(untouched).collect();
    let holds: Vec<&HoldRow> = out.holds.iter().filter_map(|id| facts.holds.get(id)).collect();
    let packed = book_rows::pack(conn, &out.rows);
    // none of these touches what another one writes: they can travel together
    let mut statements = book_rows::add(&out.rows, &packed);
    statements.extend(also);
    statements.extend([
        book_rows::open_accounts(&opened),
        book_rows::settle_accounts(&changed),
        book_rows::settle_holds(&holds),
        people::add(&sets.joined),
        people::set_pins(&sets.pins.values().collect::<Vec<_>>()),
        sessions::save(&sets.sessions.into_values().collect::<Vec<_>>()),
        sessions::see(&sets.dedup_keys),
        blocks::set(&sets.blocks),
        identities::add(&sets.identities),
        working_day::put_shifts(&sets.shifts.into_values().collect::<Vec<_>>()),
        working_day::add_journal(&sets.journal),
        working_day::put_clawbacks(&sets.clawbacks.into_values().collect::<Vec<_>>()),
        outbox::add(&sets.messages),
        arrangement_rows::put(&out.arrangements.values().collect::<Vec<_>>()),
        trail_rows::add(&out.rows.trail),
    ]);
    statements.extend(versioned::keep(&sets.versioned.into_values().collect::<Vec<_>>()));
    rows::run(conn, &statements)?;
    // these may change what was only added just now
    rows::run(
        conn,
        &[
            people::set_attempts(&sets.attempts),
            people::set_languages(&sets.languages),
            people::set_tiers(&sets.tiers),
            agent_rows::set_low_floats(&sets.low_floats),
        ],
    )
}

impl<'a> Sets<'a> {
    fn of(facts: &Facts, out: &'a BatchOutcome) -> Sets<'a> {
        let mut sets = Sets::default();
        for note in &out.changes {
            let attempts = |pin: &PinId| facts.guard_facts.attempts.get(pin).copied();
            match &note.change {
                Change::OpenAccount(account) => drop(sets.opened.insert(account.id, account)),
                Change::Join(person) => sets.joined.push(person),
                Change::SetPin(pin) | Change::FirstPin(pin) => {
                    let now = attempts(&pin.id).unwrap_or(pin.attempts);
                    sets.pins.insert(pin.id, PinRow { attempts: now, ..pin.clone() });
                }
                Change::ChargePin { pin } | Change::ClearPin { pin } => {
                    // where nothing is known of tries, none were charged in this batch: there is
                    // nothing but to clear
                    sets.attempts.insert(*pin, attempts(pin).unwrap_or(0));
                }
                Change::SetLanguage { account, language } => {
                    sets.languages.insert(*account, language);
                }
                Change::SaveSession(save) => drop(sets.sessions.insert(&save.row.key, &save.row)),
                Change::Identify(seen) => {
                    sets.identities.push(&seen.row);
                    sets.tiers.insert(seen.row.account_id, seen.tier);
                }
                // whether it is told was decided by the fold, which says so
                Change::AtVersion { .. } | Change::AtPosting { .. } | Change::TellBelow { .. } => {}
                // arrangements are kept by the fold, with their trail
                Change::Put(_) | Change::While { .. } => {}
                Change::OpenShift(shift) | Change::CloseShift(shift) => {
                    sets.shifts.insert(shift.id, shift);
                }
                Change::Journal(row) => {
                    sets.journal.push(AgentJournalRow { posting: note.posting, ..row.clone() })
                }
                Change::SetLowFloat { outlet, low_minor } => {
                    sets.low_floats.insert(*outlet, *low_minor);
                }
                Change::ClawBack(row) => {
                    sets.clawbacks.insert((row.day, row.outlet, row.customer, &row.service), row);
                }
                Change::Dedup { key } | Change::Claim { key } => {
                    sets.dedup_keys.push((key.bytes(), note.at.micros()))
                }
                Change::Block { account, other, blocked } => {
                    sets.blocks.insert((*account, *other), *blocked);
                }
                Change::Keep(versioned) => {
                    sets.versioned.insert(versioned.row_key(), versioned);
                }
                Change::Tell(message) => sets.messages.push(of_posting(message, note.posting)),
            }
        }
        sets
    }
}

/// A message with the posting that it tells of, where there is one.
fn of_posting(message: &NewMessage, posting: i64) -> NewMessage {
    NewMessage { posting_id: (posting > 0).then_some(posting), ..message.clone() }
}
