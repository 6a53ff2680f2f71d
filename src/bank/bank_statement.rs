//! A statement of a bank as a value, whatever file it came in. It says what the bank says: whether
//! that adds up is for `proving`, whether it is new for `fingerprint`.

use crate::money::Currency;
use jiff::civil::Date;

/// What a bank says happened on one account in some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The account, as the file names it: an IBAN, a number, a bank's code and a number.
    pub account: String,
    /// The number in the row of this account's statements, without zeros in front, where there is
    /// one.
    pub number: Option<String>,
    /// Of all amounts.
    pub currency: Currency,
    /// The day of the balance before the first line.
    pub opened_on: Date,
    /// The day of the balance after the last line.
    pub closed_on: Date,
    /// What was there before the first line, minor units; below zero is owed to the bank.
    pub opening_minor: i64,
    /// What was there after the last line, minor units.
    pub closing_minor: i64,
    /// What happened, the oldest first.
    pub lines: Vec<Line>,
}

/// One booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it begins in the file; the first line is 1.
    pub at_line: u64,
    /// The day in the bank's books.
    pub booked_on: Date,
    /// The day that interest counts from.
    pub value_on: Option<Date>,
    /// Above zero came in, below zero went out: also where it takes something back.
    pub amount_minor: i64,
    /// The bank's own reference.
    pub reference: Option<String>,
    /// The reference of whoever paid, passed on from end to end.
    pub customer_reference: Option<String>,
    /// What it was for, in one line.
    pub text: String,
    /// The other side.
    pub counterparty: Counterparty,
    /// The format says that an earlier booking is taken back, or a payment came back.
    pub is_return: bool,
}

/// Who paid or was paid, as far as the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counterparty {
    /// The name.
    pub name: Option<String>,
    /// The account: an IBAN or a number.
    pub account: Option<String>,
}
