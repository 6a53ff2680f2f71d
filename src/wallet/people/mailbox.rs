//! Somebody's mailbox: where their statements go, what is still to be proved, and how much mail
//! leaves on one day.

use super::super::context::Context;
use super::super::plan::PlanError;
use crate::book::Change;
use crate::id::AccountId;
use crate::refusal::Reason;
use crate::store::mailboxes::MailboxRow;
use crate::store::records::Record;
use crate::store::wants::Want;

/// No more e-mail on this day.
pub const MAIL_FULL: Reason = Reason::new("mail_full");
/// The service sends no e-mail.
pub const MAIL_OFF: Reason = Reason::new("mail_off");

/// Mails that somebody may ask for on one day.
const MAILS_A_DAY: i64 = 10;

/// What must be read to know the caller's mailbox.
pub fn own(context: &Context) -> Vec<Want> {
    let caller = context.caller.person.iter().filter(|_| context.config.mails);
    caller.map(|person| Want::Mailbox(person.account_id)).collect()
}

/// Somebody's mailbox as it stands, or an empty one.
pub fn of(context: &Context, account_id: AccountId) -> Result<MailboxRow, PlanError> {
    if !context.config.mails {
        return Err(MAIL_OFF.into());
    }
    let row = context.facts.mailbox(account_id)?.cloned();
    Ok(row.unwrap_or(MailboxRow::empty(account_id)))
}

/// The change that stores a mailbox from which one more mail of today is sent.
pub fn counted(
    context: &Context,
    row: MailboxRow,
    event: &'static str,
) -> Result<Change, PlanError> {
    let today = i64::from(context.today().number());
    let before = if row.day == today { row.mails } else { 0 };
    if before >= MAILS_A_DAY {
        return Err(MAIL_FULL.into());
    }
    let row = next(MailboxRow { day: today, mails: before.saturating_add(1), ..row });
    Ok(Change::keep(Record::Mailbox(row), event))
}

/// A mailbox as it is stored after a change.
pub fn next(row: MailboxRow) -> MailboxRow {
    MailboxRow { version: row.version.saturating_add(1), ..row }
}
