//! What a batch leaves in the database, written in sets: of rows that several postings changed, the
//! last state counts.

use super::batch::BatchOutcome;
use super::chain;
use super::guard_facts::Facts;
use super::posting::Change;
use crate::id::{AccountId, PinId, PostingId};
use crate::store::book_rows::{self, Account, HoldRow};
use crate::store::head::{self, Head, LinkRow};
use crate::store::outbox::{self, NewMessage};
use crate::store::records::Record;
use crate::store::rows::{self, Rows};
use crate::store::working_day::{self, AgentJournalRow};
use crate::store::{
    Conn, StoreError, arrangement_rows, dedup, lines, pins, records, restrictions, trail_rows,
};
use std::collections::{BTreeMap, HashMap};

/// The changes of a batch, sorted by table.
#[derive(Default)]
struct Sets<'a> {
    opened: BTreeMap<AccountId, &'a Account>,
    attempts: BTreeMap<PinId, i64>,
    lines: HashMap<&'a [u8], i64>,
    dedup_keys: Vec<(&'a [u8], i64)>,
    journal: Vec<AgentJournalRow>,
    messages: Vec<NewMessage>,
}

/// Writes what the fold came to, and the new head.
pub fn write_batch(
    conn: &mut Conn,
    facts: &Facts,
    out: &BatchOutcome,
    before: Head,
    note: Rows<'static>,
) -> Result<Head, StoreError> {
    let mut head = Head { batch: before.batch.saturating_add(1), ..before };
    // who remembers an account does not read it again for a posting without legs
    let restricted = |record: &Record| matches!(record, Record::Restriction(_));
    if out.records.values().any(restricted) {
        head.touched = head.touched.saturating_add(1);
    }
    let mut link = None;
    if let (Some(first), Some(last)) = (out.rows.postings.first(), out.rows.postings.last()) {
        head.digest = chain::digest(
            &head.digest,
            &out.rows.postings,
            &out.rows.entries,
            &out.rows.hold_entries,
            &out.rows.trail,
        );
        (head.link, head.last_posting) = (head.link.saturating_add(1), last.id);
        let digest = head.digest.clone();
        link = Some(LinkRow {
            seq: head.link,
            first_posting: first.id,
            last_posting: last.id,
            digest,
        });
    }
    let mut also = vec![note, head::set(&head)];
    also.extend(link.as_ref().map(head::add_link));
    write(conn, facts, out, also)?;
    Ok(head)
}

/// Writes what a batch came to: its rows, its changes, where its accounts and holds stand, and what
/// comes `also`.
fn write(
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
        lines::set(&sets.lines),
        dedup::see(&sets.dedup_keys),
        working_day::add_journal(&sets.journal),
        outbox::add(&sets.messages),
        arrangement_rows::put(&out.arrangements.values().collect::<Vec<_>>()),
        trail_rows::add(&out.rows.trail),
    ]);
    statements.extend(records::keep(out.records.values()));
    let said = out.records.values().filter_map(|record| {
        let Record::Restriction(row) = record else { return None };
        Some(row)
    });
    statements.push(restrictions::impose(&said.collect::<Vec<_>>()));
    rows::run(conn, &statements)?;
    // these may change what was only added just now
    rows::run(conn, &[pins::set_attempts(&sets.attempts)])
}

impl<'a> Sets<'a> {
    fn of(facts: &Facts, out: &'a BatchOutcome) -> Sets<'a> {
        let mut sets = Sets::default();
        for note in &out.changes {
            let attempts = |pin: &PinId| facts.guard_facts.attempts.get(pin).copied();
            match &note.change {
                Change::OpenAccount(account) => drop(sets.opened.insert(account.id, account)),
                Change::ChargePin { pin } | Change::ClearPin { pin } => {
                    // where nothing is known of tries, none were charged in this batch: there is
                    // nothing but to clear
                    sets.attempts.insert(*pin, attempts(pin).unwrap_or(0));
                }
                Change::TakeLine { line, version } => {
                    sets.lines.insert(line, version.saturating_add(1));
                }
                // whether it is told was decided by the fold, which says so
                Change::Undone { .. }
                | Change::AtPosting { .. }
                | Change::AtRecord { .. }
                | Change::TellBelow { .. }
                | Change::TellStranger(_) => {}
                // arrangements and records are kept by the fold, with their trail
                Change::Put(_) | Change::Keep(_) | Change::While { .. } => {}
                Change::Journal(row) => sets.journal.push(AgentJournalRow {
                    posting: note.posting.unwrap_or_default(),
                    ..row.clone()
                }),
                Change::Dedup { key } | Change::Claim { key } => {
                    sets.dedup_keys.push((key.bytes(), note.at.micros()))
                }
                Change::Tell(message) => sets.messages.push(of_posting(message, note.posting)),
            }
        }
        sets
    }
}

/// A message with the posting that it tells of, where there is one.
fn of_posting(message: &NewMessage, posting_id: Option<PostingId>) -> NewMessage {
    NewMessage { posting_id, ..message.clone() }
}
