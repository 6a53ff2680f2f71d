//! Postings: everything that must become true together, as one plain value; and the receipt of it.

use super::Key;
use crate::actor::Actor;
use crate::id::{AccountId, ArrangementId, HoldId, PinId, PostingId};
use crate::limits::Meter;
use crate::money::Currency;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::{Account, EntryRow, PostingRow};
use crate::store::outbox::NewMessage;
use crate::store::record::RecordKey;
use crate::store::records::Record;
use crate::store::working_day::AgentJournalRow;
use crate::time::Timestamp;

/// Legs, hold moves, meters and changes of one posting at most: whoever has more to do does it in
/// several.
pub const POSTING_ROWS_MAX: usize = 1_000;

/// Built by the wallet without touching money; the book makes it true as a whole or not at all.
///
/// With legs, hold moves, arrangements or records it is recorded for ever under its key, and the
/// same key gives the same receipt again. Without them it is only its `changes`, which guard
/// themselves against repetition.
#[derive(Debug, Clone)]
pub struct Posting {
    /// What makes a repetition recognisable.
    pub key: Key,
    /// Digest of what was asked: the same key with another request is refused.
    pub request: [u8; 16],
    /// Which business act: `send`, `issue` ... at most 16 letters.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// Who does it.
    pub actor: Actor,
    /// Of all its legs and holds.
    pub currency: Currency,
    /// Balanced: they add up to zero. Each account at most once.
    pub legs: Vec<Leg>,
    /// What is reserved or given back. At most one opens a hold.
    pub holds: Vec<HoldMove>,
    /// What it counts for against the limits of its accounts; each may refuse the whole. Usually
    /// two: payer and payee.
    pub meters: Vec<Meter>,
    /// Rows that change with it, in order; each may refuse the whole.
    pub changes: Vec<Change>,
    /// The posting that this one puts right.
    pub corrects: Option<PostingId>,
    /// The secrets that allow it, where some are needed: all of them, compared in this order.
    pub credentials: Vec<Credential>,
}

/// The tag of a PIN that was typed, to be compared within the commit: a try is charged and compared
/// in one, so no two tries, however parallel, are compared for the price of one.
#[derive(Clone)]
pub struct Credential {
    /// What was typed.
    pub secret: SecretKind,
    /// Whose PIN, or which code.
    pub pin: PinId,
    /// The salt that the tag was made with; when the stored PIN has another by now, the posting is
    /// refused as `stale`.
    pub salt: Vec<u8>,
    /// The tag of what was typed.
    pub tag: Vec<u8>,
    /// What becomes true when it is wrong, instead of the posting: the charge, and what else must
    /// not be lost. What remembers that this was handled makes that once: the same again is refused
    /// the same way, and costs nothing more.
    pub wrong: Vec<Change>,
    /// What becomes true besides when that was the last try.
    pub locked: Vec<Change>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credential({:?} {})", self.secret, self.pin)
    }
}

/// What kind of secret allows a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// Somebody's PIN: refused as `pin_wrong`, or `pin_locked` when no try is left.
    Pin,
    /// A code for cash: refused as `code_wrong`, or `code_gone` when no try is left.
    Code,
}

/// A change of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// Which account.
    pub account: AccountId,
    /// Above zero credits it, below zero debits it; minor units, never zero.
    pub amount_minor: i64,
}

/// A change of what is reserved. When a hold ends is a matter of what it stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldMove {
    /// Reserve money. The hold's number is the number of this posting.
    Open {
        /// Whose money.
        account: AccountId,
        /// How much, minor units, above zero.
        amount_minor: i64,
    },
    /// Give back a part of what is reserved so that the legs of this posting can spend it.
    Settle {
        /// Which hold.
        hold: HoldId,
        /// How much of it, minor units, above zero.
        amount_minor: i64,
    },
    /// Give back all that is left.
    Release {
        /// Which hold.
        hold: HoldId,
    },
}

/// A change of a row outside the book's own tables.
#[derive(Debug, Clone)]
pub enum Change {
    /// Add an account (with zero balance).
    OpenAccount(Account),
    /// Count a wrong try; refused as `pin_locked` when none is left.
    ChargePin {
        /// Whose PIN.
        pin: PinId,
    },
    /// The PIN was right: no wrong tries in a row any more.
    ClearPin {
        /// Whose PIN.
        pin: PinId,
    },
    /// Of all conversations that a caller has begun one acts: go on only where the caller's line
    /// is at the version that it had when this one began, which is then one more; refused as
    /// `stale`.
    TakeLine {
        /// Whose line.
        line: Vec<u8>,
        /// The version it must have; 0 where nothing was ever done on it.
        version: i64,
    },
    /// Go on only while this is still an account's newest posting; refused as `stale`.
    AtPosting {
        /// Which account.
        account: AccountId,
        /// Its newest posting, or none yet.
        posting: Option<PostingId>,
    },
    /// Take a place that only one may take: whoever planned with the same one in mind is refused as
    /// `moved`.
    Claim {
        /// Which place.
        key: Key,
    },
    /// Remember that a text, or a step of a conversation, was handled; refused as `seen` when it
    /// was before.
    Dedup {
        /// Which.
        key: Key,
    },
    /// Go on only while nothing has come of this key: no posting, and nothing that is remembered as
    /// handled; refused as `seen`. It changes nothing.
    Undone {
        /// Which.
        key: Key,
    },
    /// This posting was done at an outlet; refused as `stale` when the shift it names is over.
    Journal(AgentJournalRow),
    /// Add a message if this posting takes the account from this amount, or more, to less.
    TellBelow {
        /// Which account.
        account: AccountId,
        /// What must be left for nothing to be told, minor units.
        least_minor: i64,
        /// What is told.
        message: NewMessage,
    },
    /// Add a message to a number without a wallet, which did not ask for it: not where it wants
    /// none.
    TellStranger(NewMessage),
    /// Store an arrangement as an event leaves it; refused as `moved` when it is not at the version
    /// that was read.
    Put(Put),
    /// Go on only while an arrangement is in one of these states; refused as `moved`. It changes
    /// nothing: as many as like may go by the same one at a time.
    While {
        /// Which arrangement.
        arrangement: ArrangementId,
        /// The states it may be in.
        states: &'static [&'static str],
    },
    /// Go on only while a record is still at this version; refused as `stale`. It changes nothing.
    AtRecord {
        /// Which record.
        record: RecordKey,
        /// The version it must have.
        version: i64,
    },
    /// Store a record; refused as it says itself when it is not at the version that was read, or
    /// when another place that it takes is not vacant.
    Keep(Keep),
    /// Add a message. It gets this posting's number when it tells of an account's balance.
    Tell(NewMessage),
}

/// An arrangement to store, and why.
#[derive(Debug, Clone)]
pub struct Put {
    /// As it is to be stored: its version is the one after the one that was read. What the book
    /// gives, the book fills in.
    pub row: ArrangementRow,
    /// What happened, in the words of its kind.
    pub event: &'static str,
    /// Why, in the words of who did it; empty where nobody was asked.
    pub note: String,
}

/// A record to store, and why.
#[derive(Debug, Clone)]
pub struct Keep {
    /// As it is to be stored: its version is the one after the one that was read. What the book
    /// gives, the book fills in.
    pub record: Record,
    /// What happened, as a verb.
    pub event: &'static str,
    /// Why, in the words of who did it; empty where nobody was asked.
    pub note: String,
}

/// What a posting is answered.
pub type PostingResult = Result<Receipt, Refusal>;

/// What came of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its number; none when it was not recorded.
    pub posting: Option<PostingId>,
    /// When it was committed first.
    pub at: Timestamp,
    /// It had been committed before: this is the receipt of then.
    pub repeated: bool,
    /// What each account had to spend after it, minor units: its balance but for what is held.
    pub available: Vec<(AccountId, i64)>,
}

impl Posting {
    /// Whether it is recorded in the book, or only changes rows around it.
    pub fn is_recorded(&self) -> bool {
        is_recorded(&self.legs, &self.holds, &self.changes)
    }

    /// How much there is to do.
    pub fn rows(&self) -> usize {
        let credentials = self
            .credentials
            .iter()
            .map(|credential| credential.wrong.len().saturating_add(credential.locked.len()));
        [self.legs.len(), self.holds.len(), self.meters.len(), self.changes.len()]
            .into_iter()
            .chain(credentials)
            .fold(0, usize::saturating_add)
    }
}

/// Whether a posting of these is recorded in the book, or only changes rows around it.
pub fn is_recorded(legs: &[Leg], holds: &[HoldMove], changes: &[Change]) -> bool {
    !legs.is_empty() || !holds.is_empty() || changes.iter().any(Change::leaves_trail)
}

impl Change {
    /// The change that stores a record, where nobody was asked why.
    pub fn keep(record: Record, event: &'static str) -> Change {
        Change::Keep(Keep { record, event, note: String::new() })
    }

    /// Whether it leaves a trail, which is the trail of a posting.
    pub fn leaves_trail(&self) -> bool {
        matches!(self, Change::Put(_) | Change::Keep(_))
    }
}

impl Receipt {
    /// The receipt of what had been committed before.
    pub fn again(posting: &PostingRow, legs: &[EntryRow]) -> Receipt {
        Receipt {
            posting: Some(posting.id),
            at: Timestamp::from_micros(posting.at),
            repeated: true,
            available: legs.iter().map(|leg| (leg.account_id, leg.available_minor())).collect(),
        }
    }

    /// What this account had to spend after the posting, minor units.
    pub fn available_minor(&self, account: AccountId) -> Option<i64> {
        self.available.iter().find(|(id, _)| *id == account).map(|(_, available)| *available)
    }
}
