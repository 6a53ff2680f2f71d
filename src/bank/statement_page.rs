//! Pages of statements into statements. A bank may cut a statement into pages, each with what is
//! carried from the one before and to the one after.

use super::bank_statement::{Line, Statement};
use super::unreadable::{Read, Unreadable};
use crate::money::{Currency, Money};
use jiff::civil::Date;

/// A page, which mostly is the whole statement.
#[derive(Debug)]
pub(super) struct StatementPage {
    /// Where it begins in the file.
    pub at_line: u64,
    pub account: String,
    pub number: Option<String>,
    /// Which page of the statement it is, where that is said.
    pub page: Option<u64>,
    pub currency: Currency,
    pub opening: Balance,
    pub closing: Balance,
    pub lines: Vec<Line>,
}

/// A balance on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Balance {
    pub day: Date,
    pub minor: i64,
    /// It goes from page to page; the statement neither begins nor ends with it.
    pub carried: bool,
}

/// The statements, in the order of the file.
pub(super) fn joined(pages: Vec<StatementPage>) -> Read<Vec<Statement>> {
    let mut whole = Vec::new();
    let mut open: Option<StatementPage> = None;
    for page in pages {
        let page = match open.take() {
            Some(begun) => extended(begun, page)?,
            None if page.opening.carried => return Err(missing("before", &page)),
            None => page,
        };
        if page.closing.carried {
            open = Some(page);
        } else {
            whole.push(statement(page));
        }
    }
    match open {
        Some(begun) => Err(missing("after", &begun)),
        None if whole.is_empty() => Err(Unreadable::Empty.anywhere()),
        None => Ok(whole),
    }
}

/// The pages so far, and the next one.
fn extended(begun: StatementPage, next: StatementPage) -> Read<StatementPage> {
    let same = begun.account == next.account
        && begun.currency == next.currency
        && begun.number == next.number;
    // some banks write the balances of the whole statement on each of its pages
    let of_the_whole =
        (begun.opening.minor, begun.closing.minor) == (next.opening.minor, next.closing.minor);
    let in_row = match (begun.page, next.page) {
        (Some(before), Some(page)) => before.checked_add(1) == Some(page),
        (None, _) | (_, None) => true,
    };
    if !same || !in_row || !(next.opening.carried || of_the_whole) {
        return Err(missing("after", &begun));
    }
    if begun.closing.minor != next.opening.minor && !of_the_whole {
        let disagree = Unreadable::PagesDisagree {
            carried: Money::new(begun.closing.minor, begun.currency),
            opening: Money::new(next.opening.minor, begun.currency),
        };
        return Err(disagree.at(next.at_line));
    }
    let mut lines = begun.lines;
    lines.extend(next.lines);
    Ok(StatementPage { closing: next.closing, page: next.page, lines, ..begun })
}

fn missing(where_: &'static str, page: &StatementPage) -> super::unreadable::BankFileError {
    let number = page.number.clone().unwrap_or_default();
    Unreadable::PageMissing { where_, number }.at(page.at_line)
}

fn statement(page: StatementPage) -> Statement {
    Statement {
        account: page.account,
        number: page.number,
        currency: page.currency,
        opened_on: page.opening.day,
        closed_on: page.closing.day,
        opening_minor: page.opening.minor,
        closing_minor: page.closing.minor,
        lines: page.lines,
    }
}
