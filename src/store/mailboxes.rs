//! Where people get their statements: addresses, proved and to be proved.

use super::rows::{Column, Rows};
use super::schema::mailboxes;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PinId};
use diesel::prelude::*;

/// Somebody's mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct MailboxRow {
    /// Whose.
    pub account_id: AccountId,
    /// One more with each change.
    pub version: i64,
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
            address: None,
            pending: None,
            code_id: 0,
            code_until: 0,
            day: 0,
            mails: 0,
        }
    }

    /// Names the tag of its code, once there was one.
    pub fn code(&self) -> Option<PinId> {
        (self.code_id != 0).then_some(PinId::of(self.code_id))
    }
}

/// The mailbox of an account.
pub fn of(conn: &mut Conn, account: AccountId) -> Result<Option<MailboxRow>, StoreError> {
    Ok(on!(conn, c => mailboxes::table.find(account).first(c).optional())?)
}

/// The versions of those of these accounts that have one.
pub fn versions(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, i64)>, StoreError> {
    let theirs = mailboxes::table.filter(mailboxes::account_id.eq_any(accounts));
    Ok(on!(conn, c => theirs.select((mailboxes::account_id, mailboxes::version)).load(c))?)
}

/// Stores mailboxes, new or not.
pub fn keep<'a>(boxes: &[&'a MailboxRow]) -> Rows<'a> {
    let columns = vec![
        Column::ids(boxes.iter().map(|b| b.account_id)),
        Column::Numbers(boxes.iter().map(|b| b.version).collect()),
        Column::OptionalTexts(boxes.iter().map(|b| b.address.as_deref()).collect()),
        Column::OptionalTexts(boxes.iter().map(|b| b.pending.as_deref()).collect()),
        Column::Numbers(boxes.iter().map(|b| b.code_id).collect()),
        Column::Numbers(boxes.iter().map(|b| b.code_until).collect()),
        Column::Numbers(boxes.iter().map(|b| b.day).collect()),
        Column::Numbers(boxes.iter().map(|b| b.mails).collect()),
    ];
    let head = "INSERT INTO mailboxes (account_id, version, address, pending, code_id, code_until, \
                day, mails)";
    let tail = "ON CONFLICT (account_id) DO UPDATE SET version = excluded.version, address = \
                excluded.address, pending = excluded.pending, code_id = excluded.code_id, \
                code_until = excluded.code_until, day = excluded.day, mails = excluded.mails";
    Rows::insert(boxes.len(), columns, head, tail)
}
