//! What a batch needs to know before it is folded: read in sets, and only what is not remembered
//! from the batches before.

use super::Key;
use super::guard_facts::{Facts, Standing};
use super::posting::{Posting, Receipt};
use super::touched::Touched;
use crate::id::{AccountId, PinId};
use crate::store::changes_since::Invalidated;
use crate::store::{Conn, StoreError, arrangement_rows, book_rows, dedup, lines, pins, records};
use crate::time::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// Rows of one kind that are remembered; then it begins anew.
const REMEMBERED_MAX: usize = 200_000;

/// Reads what the book says about the postings, before the head is taken. Others may change it
/// meanwhile: what they made comes with the head, and is for `read_facts` to heed.
pub fn prefetch(
    conn: &mut Conn,
    postings: &[Posting],
    facts: &mut Facts,
) -> Result<(), StoreError> {
    facts.make_room();
    read_book(conn, &mut Touched::of(postings), facts)
}

/// Reads everything the postings touch: a handful of statements however many postings there are.
/// Where they were read ahead, `since` is what others made after that: of the book only this is
/// read again, and what was not there.
pub fn read_facts(
    conn: &mut Conn,
    postings: &[Posting],
    facts: &mut Facts,
    invalidated: Option<&Invalidated>,
) -> Result<(), StoreError> {
    let mut want = Touched::of(postings);
    if let Some(invalidated) = invalidated {
        want.keys.retain(|key| invalidated.keys.contains(*key));
        invalidated.accounts.iter().for_each(|id| drop(facts.accounts.remove(id)));
    } else {
        facts.make_room();
    }
    read_book(conn, &mut want, facts)?;
    read_lines(conn, &want, facts)?;
    read_pins(conn, &want, facts)?;
    if !want.dedup_keys.is_empty() {
        let seen = dedup::seen_among(conn, &Vec::from_iter(want.dedup_keys))?;
        facts.guard_facts.dedup_keys = seen.iter().filter_map(|key| Key::from_bytes(key)).collect();
    }
    if !want.arrangements.is_empty() {
        let rows = arrangement_rows::by_ids(conn, &Vec::from_iter(want.arrangements))?;
        facts.guard_facts.arrangements =
            rows.into_iter().map(|row| (row.id, Standing::of(row))).collect();
    }
    if !want.records.is_empty() {
        facts.guard_facts.records = records::occupants(conn, &want.records)?.into_iter().collect();
    }
    Ok(())
}

/// The lines that are not remembered from the batches before.
fn read_lines(conn: &mut Conn, want: &Touched, facts: &mut Facts) -> Result<(), StoreError> {
    let remembered = &mut facts.guard_facts.lines;
    let wanted: Vec<&[u8]> =
        want.lines.iter().copied().filter(|line| !remembered.contains_key(*line)).collect();
    if !wanted.is_empty() {
        let found: HashMap<Vec<u8>, i64> = lines::versions(conn, &wanted)?.into_iter().collect();
        // one that is not there is remembered as that
        remembered.extend(
            wanted.iter().map(|line| (line.to_vec(), found.get(*line).copied().unwrap_or(0))),
        );
    }
    Ok(())
}

/// The PINs that are not remembered from the batches before.
fn read_pins(conn: &mut Conn, want: &Touched, facts: &mut Facts) -> Result<(), StoreError> {
    let pins: Vec<PinId> = want
        .pins
        .iter()
        .copied()
        .filter(|id| !facts.guard_facts.attempts.contains_key(id))
        .collect();
    if !pins.is_empty() {
        let pins = pins::by_ids(conn, &pins)?;
        facts.guard_facts.attempts.extend(pins.iter().map(|pin| (pin.id, pin.attempts)));
        facts.guard_facts.tags.extend(pins.into_iter().map(|pin| (pin.id, (pin.salt, pin.tag))));
    }
    Ok(())
}

fn read_book(conn: &mut Conn, want: &mut Touched, facts: &mut Facts) -> Result<(), StoreError> {
    if !want.keys.is_empty() {
        for row in book_rows::postings_with(conn, &want.keys)? {
            let key =
                Key::from_bytes(&row.key).ok_or(StoreError::Damaged("a key is not 20 bytes"))?;
            let request = row
                .request
                .try_into()
                .map_err(|_long| StoreError::Damaged("a request is not 16 bytes"))?;
            let legs = book_rows::entries_of(conn, row.id)?;
            let balances = legs.iter().map(|leg| (leg.account_id, leg.balance_minor)).collect();
            let at = Timestamp::from_micros(row.at);
            facts.known.insert(
                key,
                (request, Receipt { posting: Some(row.id), at, repeated: true, balances }),
            );
        }
    }
    if !want.holds.is_empty() {
        let holds = book_rows::holds_of(conn, &Vec::from_iter(want.holds.iter().copied()))?;
        want.accounts.extend(holds.iter().map(|hold| hold.account_id));
        facts.holds = holds.into_iter().map(|hold| (hold.id, hold)).collect();
    }
    let accounts: BTreeSet<AccountId> =
        want.accounts.iter().filter(|id| !facts.accounts.contains_key(*id)).copied().collect();
    if !accounts.is_empty() {
        let accounts = book_rows::accounts_of(conn, &Vec::from_iter(accounts))?;
        facts.accounts.extend(accounts.into_iter().map(|account| (account.id, account)));
    }
    Ok(())
}

impl Facts {
    /// Drops what is read anew for each batch, and everything when too much is remembered.
    fn make_room(&mut self) {
        self.holds.clear();
        self.known.clear();
        self.guard_facts.dedup_keys.clear();
        self.guard_facts.arrangements.clear();
        self.guard_facts.records.clear();
        for full in
            [self.accounts.len(), self.guard_facts.lines.len(), self.guard_facts.attempts.len()]
        {
            if full > REMEMBERED_MAX {
                *self = Facts { last_posting: self.last_posting, ..Facts::default() };
            }
        }
    }
}
