//! The statement of a period, read for somebody who asked for it: entry by entry, from the newest back to the day where it
//! begins, some at a time, so that nobody else waits for a long one. What is too much for one statement is no statement.

use super::account::{self, Line};
use super::desk::House;
use super::{Wallet, receipt};
use crate::ask::Slots;
use crate::book::{FEES, LEVY, TAX};
use crate::calendar::Day;
use crate::catalogue::Catalogue;
use crate::language::Language;
use crate::statement::{self, Statement};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;
use std::sync::Arc;

/// Entries read in one go.
const PAGE: usize = 200;
/// Lines of a statement.
const LINES_MAX: usize = 5_000;
/// Entries that are looked at to find them: a period long ago lies behind everything since.
const ENTRIES_MAX: usize = 100_000;

/// Whose statement of when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Whose.
    pub account: i64,
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// What came after this is left out: the same request makes the same statement, whenever it is answered.
    pub asked: Timestamp,
    /// In which language.
    pub language: Language,
}

impl Wallet {
    /// The statement; nothing when it would be too long.
    pub async fn statement_of(&self, wanted: Wanted, words: &Arc<Catalogue>) -> Result<Option<Statement>, StoreError> {
        let zone = &self.house.market.zone;
        let begin = wanted.first.begins(zone);
        let end = wanted.last.next_day().begins(zone).min(wanted.asked.plus(std::time::Duration::from_micros(1)));
        let account = self.store.read(move |conn| book_rows::account(conn, wanted.account)).await?;
        let (mut next, mut opening_minor) = (account.and_then(|account| account.last_posting), 0_i64);
        let (mut lines, mut seen): (Vec<statement::Line>, usize) = (Vec::new(), 0);
        'pages: while let Some(from) = next {
            let (house, words) = (self.house.clone(), words.clone());
            let read = move |conn: &mut Conn| page(conn, &house, &words, wanted, from, end);
            for (at, line, previous) in self.store.read(read).await? {
                (next, seen) = (previous, seen.saturating_add(1));
                let before = line.balance_minor.saturating_sub(line.in_minor);
                let before = before.saturating_add(line.out_minor).saturating_add(line.fee_minor);
                if at >= end && lines.is_empty() {
                    continue;
                }
                if at < begin {
                    opening_minor = line.balance_minor;
                    break 'pages;
                }
                opening_minor = before;
                lines.push(line);
            }
            if lines.len() > LINES_MAX || seen > ENTRIES_MAX {
                return Ok(None);
            }
        }
        lines.reverse();
        let statement = Statement { currency: self.house.market.currency, opening_minor, lines };
        // what does not lead from one balance to the other must not leave the house
        if statement.is_proved() {
            Ok(Some(statement))
        } else {
            Err(StoreError::Damaged("a statement does not add up"))
        }
    }
}

/// Some postings of an account from one on, the newest first: when, the line, and the posting before.
fn page(
    conn: &mut Conn,
    house: &House,
    words: &Catalogue,
    wanted: Wanted,
    from: i64,
    end: Timestamp,
) -> Result<Vec<(Timestamp, statement::Line, Option<i64>)>, StoreError> {
    let lines = account::history_from(conn, wanted.account, from, PAGE)?;
    // what lies behind the period needs no names
    let inside = lines.iter().filter(|line| line.posting.at < end.micros());
    let names = account::names(conn, &inside.filter_map(Line::other).collect::<Vec<_>>())?;
    let told = |line: &Line| {
        let at = Timestamp::from_micros(line.posting.at);
        let name = line.other().and_then(|other| names.get(&other));
        let what = what(line, name.unwrap_or(&house.brand), wanted.language, words);
        let receipt = receipt::slots(house, line.posting.id, at, None);
        let slot = |name: &str| receipt.get(name).map(ToString::to_string).unwrap_or_default();
        let (in_minor, out_minor, fee_minor) = split(line);
        let (date, time, code) = (slot("date"), slot("time"), slot("code"));
        let balance_minor = line.own.balance_minor;
        let line_told = statement::Line { date, time, code, what, in_minor, out_minor, fee_minor, balance_minor };
        (at, line_told, line.own.previous)
    };
    Ok(lines.iter().map(told).collect())
}

/// What came in, went out and was the price, as its owner sees it: the price is what left them and did not arrive at the
/// other side; of cash that was brought it is what did not arrive at them.
fn split(line: &Line) -> (i64, i64, i64) {
    let operator = [FEES, TAX, LEVY];
    let other = line.other().filter(|other| !operator.contains(other));
    let theirs =
        line.legs.iter().find(|leg| Some(leg.account_id) == other).map(|leg| leg.amount_minor.saturating_abs());
    let own = line.own.amount_minor;
    let size = own.saturating_abs();
    let pays = line.legs.iter().any(|leg| operator.contains(&leg.account_id) && leg.amount_minor > 0);
    match theirs.filter(|_| pays) {
        Some(theirs) if own < 0 && theirs <= size => (0, theirs, size.saturating_sub(theirs)),
        Some(theirs) if own > 0 && line.posting.kind == "cash_in" && theirs >= size => {
            (theirs, 0, theirs.saturating_sub(size))
        }
        Some(_) | None if own < 0 => (0, size, 0),
        Some(_) | None => (size, 0, 0),
    }
}

/// What it was, in words: those of its kind, or of money that came or went.
fn what(line: &Line, name: &str, language: Language, words: &Catalogue) -> String {
    let way = if line.own.amount_minor < 0 { "out" } else { "in" };
    let own = format!("words.statement.{way}_{}", line.posting.kind);
    let known = words.text(language, &own).is_some();
    let key = if known { own } else { format!("words.statement.{way}_other") };
    words.say(language, &key, &Slots::from([("name".into(), name.to_owned().into())]))
}
