//! A record: a row of standing data as the book sees it. It has a version, one more with each
//! change, and the posting that changed it last; both stand in columns of their own. What else it
//! says, only its own file knows: the book compares what stands at keys, and digests columns.

use super::rows::{Column, Rows};
use crate::id::{AccountId, AssistantId, LookId, PinId, PostingId, ShiftId, StaffId, StatementId};
use crate::reason::Reason;
use sha2::{Digest, Sha256};

/// A place that one record takes: its own, or another one that only one may take.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKey {
    /// Of `people`.
    Person(AccountId),
    /// A number that has a wallet.
    Msisdn(String),
    /// Of `pins`.
    Pin(PinId),
    /// Of `identities`: a wallet whose owner's ID was seen.
    Identity(AccountId),
    /// An ID that has a wallet, by its digest.
    IdNumber(Vec<u8>),
    /// Of `blocks`: who takes no requests, of whom.
    Block(AccountId, AccountId),
    /// Of `silences`: a number that has said whether it wants texts.
    Silence(String),
    /// A number that wants none.
    Silent(String),
    /// Of `outlets`.
    Outlet(AccountId),
    /// Of `assistants`.
    Assistant(AssistantId),
    /// Where somebody serves, by their wallet.
    Serves(AccountId),
    /// Of `shifts`.
    Shift(ShiftId),
    /// The shift that somebody is in.
    OpenShift(AssistantId),
    /// Of `clawbacks`: day, outlet, customer, service.
    Clawback(i64, AccountId, AccountId, String),
    /// Of `mailboxes`.
    Mailbox(AccountId),
    /// Of `budgets`.
    Budget(AccountId),
    /// Of `restrictions`.
    Restriction(AccountId),
    /// Of `rules`.
    Rule(String),
    /// Of `staff`.
    Staff(StaffId),
    /// Of `looks`.
    Look(LookId),
    /// Of `bank_accounts`.
    BankAccount(AccountId),
    /// Of `bank_statements`.
    BankStatement(StatementId),
    /// A statement that was taken, by the digest of what it says.
    StatementDigest(Vec<u8>),
    /// Of `days`.
    Day(i64),
    /// A name that one of the staff signs with.
    StaffName(String),
}

/// What stands at a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occupant {
    /// At a record's own key its version, at any other the number of the record that takes it; 0
    /// where nothing does.
    pub value: i64,
    /// The posting that changed the record last; none at any other key.
    pub last_posting: Option<PostingId>,
}

/// The table of a kind of record.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What one row is called in the trail.
    pub kind: &'static str,
    /// The columns that name a row.
    pub key: &'static [&'static str],
    /// Columns that change beside its versions: a new version leaves them, and no digest covers
    /// them.
    pub apart: &'static [&'static str],
}

/// A value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// A number.
    Number(i64),
    /// A number that may be absent.
    Optional(Option<i64>),
    /// A text.
    Text(&'a str),
    /// A text that may be absent.
    OptionalText(Option<&'a str>),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// What a record says of itself.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Where it stands.
    pub table: &'static Table,
    /// Its own place.
    pub key: RecordKey,
    /// What it is called in the trail.
    pub number: i64,
    /// Its version: the one after the one that was read.
    pub version: i64,
    /// Why it is refused when its place is not as it was read.
    pub refusal: Reason,
    /// Other places that must be vacant for it, and why it is refused when one is not.
    pub vacant: Vec<(RecordKey, Reason)>,
    /// Other places, and what stands there when it is stored: its number, or 0 where it leaves.
    pub takes: Vec<(RecordKey, i64)>,
    /// All its columns, in the order of the table.
    pub columns: Vec<(&'static str, Cell<'a>)>,
}

/// A record at its own key.
pub fn own(key: RecordKey, version: i64, last_posting: PostingId) -> (RecordKey, Occupant) {
    (key, Occupant { value: version, last_posting: last_posting.if_any() })
}

/// A record at another key that it takes.
pub fn taken(key: RecordKey, number: i64) -> (RecordKey, Occupant) {
    (key, Occupant { value: number, last_posting: None })
}

/// What of it this version takes, which is the first.
pub fn first<T>(version: i64, takes: Vec<T>) -> Vec<T> {
    if version == 1 { takes } else { Vec::new() }
}

/// The number of a record whose key is none: nobody finds another key with the same one.
pub fn number_of(parts: &[i64], name: &str) -> i64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.to_be_bytes());
    }
    hash.update(name.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let bytes = digest.first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(bytes) & i64::MAX
}

/// Stores records of one table, new or not; the book has compared their versions.
pub fn keep<'a>(table: &Table, rows: &[&Entry<'a>]) -> Rows<'a> {
    let names: Vec<&'static str> =
        rows.first().iter().flat_map(|row| row.columns.iter().map(|(name, _)| *name)).collect();
    let columns = (0..names.len()).filter_map(|place| {
        let cells = rows.iter().filter_map(|row| row.columns.get(place).map(|(_, cell)| *cell));
        column(cells.collect())
    });
    let later = |name: &&&str| !table.key.contains(name) && !table.apart.contains(name);
    let set: Vec<String> =
        names.iter().filter(later).map(|name| format!("{name} = excluded.{name}")).collect();
    let head = format!("INSERT INTO {} ({})", table.name, names.join(", "));
    let tail = format!("ON CONFLICT ({}) DO UPDATE SET {}", table.key.join(", "), set.join(", "));
    Rows::insert(rows.len(), columns.collect(), head, tail)
}

/// The values of one column: of one kind, like the first.
fn column(cells: Vec<Cell<'_>>) -> Option<Column<'_>> {
    let all = cells.iter();
    Some(match cells.first()? {
        Cell::Number(_) => Column::Numbers(
            all.filter_map(|c| if let Cell::Number(n) = c { Some(*n) } else { None }).collect(),
        ),
        Cell::Optional(_) => Column::Optional(
            all.filter_map(|c| if let Cell::Optional(n) = c { Some(*n) } else { None }).collect(),
        ),
        Cell::Text(_) => Column::Texts(
            all.filter_map(|c| if let Cell::Text(t) = c { Some(*t) } else { None }).collect(),
        ),
        Cell::OptionalText(_) => Column::OptionalTexts(
            all.filter_map(|c| if let Cell::OptionalText(t) = c { Some(*t) } else { None })
                .collect(),
        ),
        Cell::Bytes(_) => Column::Bytes(
            all.filter_map(|c| if let Cell::Bytes(b) = c { Some(*b) } else { None }).collect(),
        ),
    })
}
