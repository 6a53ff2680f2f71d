//! Where people get their statements: addresses, proved and to be proved.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::mailboxes;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PinId, PostingId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "mailboxes", kind: "mailbox", key: &["account_id"], apart: &[] };

/// Somebody's mailbox. In the trail it has the number of the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct MailboxRow {
    /// Whose.
    pub account_id: AccountId,
    /// One more with each change.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// The address that was proved.
    pub address: Option<String>,
    /// An address that is still to be proved.
    pub pending: Option<String>,
    /// Names the tag of its code, 0 while there was none: see `code`.
    pub code_id: i64,
    /// Until when the code counts, microseconds UTC.
    pub code_until: i64,
    /// The newest day on which something was asked for, by its number.
    pub day: i64,
    /// How many mails that was on that day.
    pub mails: i64,
}

impl MailboxRow {
    /// One without an address.
    pub fn empty(account_id: AccountId) -> MailboxRow {
        MailboxRow {
            account_id,
            version: 0,
            last_posting: PostingId::NONE,
            address: None,
            pending: None,
            code_id: 0,
            code_until: 0,
            day: 0,
            mails: 0,
        }
    }

    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            table: &TABLE,
            key: RecordKey::Mailbox(self.account_id),
            number: self.account_id.number(),
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("account_id", Cell::Number(self.account_id.number())),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("address", Cell::OptionalText(self.address.as_deref())),
                ("pending", Cell::OptionalText(self.pending.as_deref())),
                ("code_id", Cell::Number(self.code_id)),
                ("code_until", Cell::Number(self.code_until)),
                ("day", Cell::Number(self.day)),
                ("mails", Cell::Number(self.mails)),
            ],
        }
    }

    /// Names the tag of its code, once there was one.
    pub fn code(&self) -> Option<PinId> {
        (self.code_id != 0).then_some(PinId::of(self.code_id))
    }
}

/// The mailbox of an account.
pub async fn of(asked: Database<'_>, account: AccountId) -> Result<Option<MailboxRow>, StoreError> {
    ask::row(asked, mailboxes::table.find(account)).await
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&MailboxRow>,
    limit: i64,
) -> Result<Vec<MailboxRow>, StoreError> {
    let after = after.map_or(AccountId::of(i64::MIN), |row| row.account_id);
    let page = mailboxes::table.filter(mailboxes::account_id.gt(after));
    Ok(on!(conn, c => page.order(mailboxes::account_id).limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = mailboxes::table.filter(mailboxes::account_id.eq_any(accounts));
    let rows: Vec<MailboxRow> = on!(conn, c => rows.load(c))?;
    let own = |row: MailboxRow| {
        record::own(RecordKey::Mailbox(row.account_id), row.version, row.last_posting)
    };
    Ok(rows.into_iter().map(own).collect())
}
