//! The statement of a period, read for somebody who asked for it: entry by entry, from the newest
//! back to the day where it begins, some at a time, so that nobody else waits for a long one. What
//! is too much for one statement is no statement.

use super::super::agents::cash_in;
use super::super::line::Line;
use super::super::party::{self, Party};
use super::super::waiting::asking::ASK;
use super::super::waiting::payment_request::{KIND, Request};
use super::super::{ServiceConfig, Wallet, receipt};
use crate::book::{FEES, LEVY, TAX};
use crate::calendar::Day;
use crate::catalogue::Catalogue;
use crate::id::{AccountId, ArrangementId, PostingId};
use crate::language::Language;
use crate::request::Slots;
use crate::statement::{self, Statement};
use crate::store::facts::{Facts, Whole};
use crate::store::lookback::{self, Lookback};
use crate::store::{Conn, StoreError, arrangement_rows, book_rows, loading, trail_rows};
use crate::time::Timestamp;
use crate::value::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Entries read in one go.
const PAGE: usize = 200;
/// Lines of a statement.
const LINES_MAX: usize = 5_000;
/// Entries that are looked at to find them: a period long ago lies behind everything since.
const ENTRIES_MAX: usize = 100_000;
/// What the operator takes is a price.
const OPERATOR: [AccountId; 3] = [FEES, TAX, LEVY];

/// Whose statement of when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementRequest {
    /// Whose.
    pub account: AccountId,
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// What came after this is left out: the same request makes the same statement, whenever it is
    /// answered.
    pub asked: Timestamp,
    /// In which language.
    pub language: Language,
}

/// A line, when it was, and the posting before.
type Told = (Timestamp, statement::StatementLine, Option<PostingId>);

impl Wallet {
    /// The statement; nothing when it would be too long.
    pub async fn statement_of(
        &self,
        wanted: StatementRequest,
        words: &Arc<Catalogue>,
    ) -> Result<Option<Statement>, StoreError> {
        let within = within(&self.config, &wanted);
        let account = self.store.read(move |conn| book_rows::account(conn, wanted.account)).await?;
        // of days that are over it is not known any more what was held in the end
        let is_now = wanted.last >= Day::of(wanted.asked, &self.config.market.zone);
        let held_minor = account.as_ref().filter(|_| is_now).map_or(0, |it| it.held_minor);
        let mut next = account.and_then(|account| account.last_posting);
        let mut gathered = Gathered::default();
        while let Some(from) = next {
            let config = self.config.clone();
            let words = words.clone();
            let end = within.end;
            let read = move |conn: &mut Conn| page(conn, &config, &words, wanted, from, end);
            next = gathered.take(self.store.read(read).await?, &within);
            if gathered.is_too_much() {
                return Ok(None);
            }
        }
        let statement = Statement { held_minor, ..gathered.statement(&self.config) };
        // what does not lead from one balance to the other must not leave the house
        if statement.is_proved() {
            Ok(Some(statement))
        } else {
            Err(StoreError::Damaged("a statement does not add up"))
        }
    }
}

/// From when on and until when its postings were recorded.
fn within(config: &ServiceConfig, wanted: &StatementRequest) -> Range<Timestamp> {
    let zone = &config.market.zone;
    let end = wanted.last.next_day().begins(zone).min(wanted.asked.plus(Duration::from_micros(1)));
    wanted.first.begins(zone)..end
}

/// What was found so far, from the end back.
#[derive(Debug, Default)]
struct Gathered {
    /// What the account held before the oldest line, minor units.
    opening_minor: i64,
    /// The lines, the newest first.
    lines: Vec<statement::StatementLine>,
    /// Entries that were looked at.
    seen: usize,
}

impl Gathered {
    /// Takes in some more; says from which posting to go on, if there is more of the period.
    fn take(&mut self, page: Vec<Told>, within: &Range<Timestamp>) -> Option<PostingId> {
        let mut next = None;
        for (at, line, previous) in page {
            next = previous;
            self.seen = self.seen.saturating_add(1);
            if at >= within.end && self.lines.is_empty() {
                continue;
            }
            if at < within.start {
                self.opening_minor = line.balance_minor;
                return None;
            }
            let before = line.balance_minor.saturating_sub(line.in_minor);
            self.opening_minor =
                before.saturating_add(line.out_minor).saturating_add(line.fee_minor);
            self.lines.push(line);
        }
        next
    }

    fn is_too_much(&self) -> bool {
        self.lines.len() > LINES_MAX || self.seen > ENTRIES_MAX
    }

    fn statement(mut self, config: &ServiceConfig) -> Statement {
        self.lines.reverse();
        Statement {
            currency: config.market.currency,
            opening_minor: self.opening_minor,
            lines: self.lines,
            held_minor: 0,
        }
    }
}

/// Some postings of an account from one on, the newest first.
fn page(
    conn: &mut Conn,
    config: &ServiceConfig,
    words: &Catalogue,
    wanted: StatementRequest,
    from: PostingId,
    end: Timestamp,
) -> Result<Vec<Told>, StoreError> {
    let page = Lookback { account: wanted.account, since: i64::MIN, limit: PAGE };
    let found = conn.wait(async |asked| lookback::back(asked, page, from).await)?;
    let lines: Vec<Line> =
        found.iter().filter_map(|whole: &Whole| Line::of(whole, wanted.account)).collect();
    // what lies behind the period needs no names
    let inside = lines.iter().filter(|line| line.posting.at < end.micros());
    let names = names(conn, &inside.filter_map(Line::other).collect::<Vec<_>>())?;
    let reasons = reasons(conn, &lines)?;
    let told = |line: &Line| {
        let name = line.other().and_then(|other| names.get(&other));
        let mut what = what(line, name.unwrap_or(&config.brand), wanted.language, words);
        what.extend(reasons.get(&line.posting.id).map(String::as_str));
        (Timestamp::from_micros(line.posting.at), told(config, line, what), line.own.previous)
    };
    Ok(lines.iter().map(told).collect())
}

/// What payments were for that somebody had asked for, as texts say it.
fn reasons(conn: &mut Conn, lines: &[Line]) -> Result<BTreeMap<PostingId, String>, StoreError> {
    let mut reasons = BTreeMap::new();
    for line in lines.iter().filter(|line| line.posting.kind == ASK.name) {
        let events = trail_rows::of_posting(conn, line.posting.id)?;
        let Some(paid) = events.iter().find(|event| event.kind == KIND.name) else { continue };
        let row = arrangement_rows::by_id(conn, ArrangementId::of(paid.record_id))?;
        let request = row.and_then(|row| Request::of(&row).ok());
        reasons.extend(request.map(|request| (line.posting.id, request.about().to_string())));
    }
    Ok(reasons)
}

/// What others call the owners of these accounts: people by a masked name, outlets as on their
/// sign.
fn names(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<BTreeMap<AccountId, String>, StoreError> {
    let mut facts = Facts::default();
    loading::load(conn, &party::wants_of(accounts), &mut facts)?;
    let damaged = |_not_wanted| StoreError::Damaged("who is on the other side was not read");
    let mut names = BTreeMap::new();
    for account in accounts {
        let party: Option<Party> = party::among(&facts, accounts, *account).map_err(damaged)?;
        names.extend(party.map(|party| (*account, party.name().to_string())));
    }
    Ok(names)
}

fn told(config: &ServiceConfig, line: &Line, what: String) -> statement::StatementLine {
    let at = Timestamp::from_micros(line.posting.at);
    let receipt = receipt::slots(config, Some(line.posting.id), at, None);
    let slot = |name: &str| receipt.get(name).map(Value::to_string).unwrap_or_default();
    let (in_minor, out_minor, fee_minor) = split(line);
    let balance_minor = line.own.balance_minor;
    let day = Day::of(at, &config.market.zone);
    let time = slot("time");
    let code = slot("code");
    statement::StatementLine {
        day,
        time,
        code,
        what,
        in_minor,
        out_minor,
        fee_minor,
        balance_minor,
    }
}

/// What came in, went out and was the price, as its owner sees it: the price is what left them and
/// did not arrive at the other side; of cash that was brought it is what did not arrive at them.
pub fn split(line: &Line) -> (i64, i64, i64) {
    let other = line.other().filter(|other| !OPERATOR.contains(other));
    let theirs = line
        .legs
        .iter()
        .find(|leg| Some(leg.account_id) == other)
        .map(|leg| leg.amount_minor.saturating_abs());
    let own = line.own.amount_minor;
    let size = own.saturating_abs();
    let pays =
        line.legs.iter().any(|leg| OPERATOR.contains(&leg.account_id) && leg.amount_minor > 0);
    match theirs.filter(|_| pays) {
        Some(theirs) if own < 0 && theirs <= size => (0, theirs, size.saturating_sub(theirs)),
        Some(theirs) if own > 0 && line.posting.kind == cash_in::SERVICE.name && theirs >= size => {
            (theirs, 0, theirs.saturating_sub(size))
        }
        Some(_) | None if own < 0 => (0, size, 0),
        Some(_) | None => (size, 0, 0),
    }
}

/// What it was, in words: those of its kind, or of money that came or went.
fn what(line: &Line, name: &str, language: Language, words: &Catalogue) -> String {
    let way = if line.went() { "out" } else { "in" };
    let own = format!("words.statement.{way}_{}", line.posting.kind);
    let known = words.text(language, &own).is_some();
    let key = if known { own } else { format!("words.statement.{way}_other") };
    words.say(language, &key, &Slots::from([("name".into(), Value::Name(name.to_owned()))]))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{NOW, Trial, posting};
    use super::*;
    use crate::id::Id;

    fn split_of(kind: &str, legs: &[(i64, i64)]) -> (i64, i64, i64) {
        split(&Line::of(&posting(7, kind, 1, legs), Id::of(101)).unwrap())
    }

    #[test]
    fn the_price_is_what_left_and_did_not_arrive() {
        assert_eq!(
            split_of(
                "send",
                &[(101, -20_700), (102, 20_000), (FEES.number(), 600), (TAX.number(), 100)]
            ),
            (0, 20_000, 700)
        );
        assert_eq!(split_of("send", &[(101, -20_000), (102, 20_000)]), (0, 20_000, 0));
        // who is paid may pay it too: theirs is what arrives
        assert_eq!(
            split_of("send", &[(102, -20_000), (101, 19_300), (FEES.number(), 700)]),
            (19_300, 0, 0)
        );
        assert_eq!(
            split_of("cash_in", &[(501, -20_000), (101, 19_300), (FEES.number(), 700)]),
            (20_000, 0, 700)
        );
        assert_eq!(split_of("fee", &[(101, -700), (FEES.number(), 700)]), (0, 700, 0));
    }

    /// A line of so much that came in, after which the account holds so much.
    fn came(minutes_ago: u64, in_minor: i64, balance_minor: i64, previous: Option<i64>) -> Told {
        let at = NOW.minus(Duration::from_secs(minutes_ago * 60));
        let day = Day::new(0);
        let time = String::new();
        let code = String::new();
        let what = minutes_ago.to_string();
        (
            at,
            statement::StatementLine {
                day,
                time,
                code,
                what,
                in_minor,
                out_minor: 0,
                fee_minor: 0,
                balance_minor,
            },
            previous.map(Id::of),
        )
    }

    #[test]
    fn it_begins_with_its_first_day_and_ends_with_what_was_recorded_by_then() {
        let minutes = |ago: u64| NOW.minus(Duration::from_secs(ago * 60));
        let within = minutes(20)..minutes(5);
        let mut gathered = Gathered::default();
        let page =
            vec![came(1, 10, 160, Some(5)), came(5, 20, 150, Some(4)), came(6, 30, 130, Some(3))];
        assert_eq!(gathered.take(page, &within), Some(Id::of(3)));
        let page =
            vec![came(20, 40, 100, Some(2)), came(21, 50, 60, Some(1)), came(22, 10, 10, None)];
        assert_eq!(gathered.take(page, &within), None, "what was before it is not asked for");
        let statement = gathered.statement(&Trial::new().config);
        assert_eq!(
            statement.lines.iter().map(|line| line.what.as_str()).collect::<Vec<_>>(),
            ["20", "6"]
        );
        assert_eq!((statement.opening_minor, statement.closing_minor()), (60, 130));
        assert!(statement.is_proved());
    }

    #[test]
    fn an_account_whose_first_posting_is_in_it_opens_with_nothing() {
        let within = NOW.minus(Duration::from_secs(3_600))..NOW;
        let mut gathered = Gathered::default();
        assert_eq!(gathered.take(vec![came(10, 40, 40, None)], &within), None);
        assert_eq!(gathered.statement(&Trial::new().config).opening_minor, 0);
    }

    #[test]
    fn five_thousand_lines_are_one_statement_and_one_more_is_none() {
        let line = came(1, 1, 1, None).1;
        let full =
            |lines, seen| Gathered { opening_minor: 0, lines: vec![line.clone(); lines], seen };
        assert!(!full(LINES_MAX, ENTRIES_MAX).is_too_much());
        assert!(full(LINES_MAX + 1, 0).is_too_much());
        assert!(full(0, ENTRIES_MAX + 1).is_too_much());
    }

    #[test]
    fn a_statement_holds_what_was_recorded_when_it_was_asked_for_and_the_whole_of_other_days() {
        let config = Trial::new().config;
        let today = Day::of(NOW, &config.market.zone);
        let zone = &config.market.zone;
        let of = |last: Day| {
            let first = last.day_before();
            let account = 101;
            let language = Language::EN;
            within(
                &config,
                &StatementRequest { account: Id::of(account), first, last, asked: NOW, language },
            )
        };
        assert_eq!(of(today), today.day_before().begins(zone)..NOW.plus(Duration::from_micros(1)));
        let yesterday = today.day_before();
        assert_eq!(of(yesterday), yesterday.day_before().begins(zone)..today.begins(zone));
    }
}
