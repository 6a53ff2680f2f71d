//! Making a sheet: what a day came to, read beside the book as of its last link, while others go on
//! paying. It is read twice, in two ways that must meet: entry by entry from where the day before
//! ended, and from where accounts stand now without what came since.

use super::super::deals::waking_deals;
use super::super::registry::KINDS;
use super::super::{Wallet, unavailable};
use super::at_cut::{self, Past};
use super::classing::Classing;
use super::closing_day::{DAY_EMPTY, in_order, named};
use super::{day_equation, sections};
use crate::calendar::Day;
use crate::closing::day_sheet::{Section, Sheet, SheetLine};
use crate::closing::day_sums::{TooMuch, TrialLine, is_balanced};
use crate::closing::sheet_words::SheetWords;
use crate::closing::{day_table, sheet_pages};
use crate::id::{PostingId, SheetId};
use crate::matching::Due;
use crate::money::Currency;
use crate::refusal::{Reason, Refusal};
use crate::seal::to_hex;
use crate::store::day_rows::{self, DayRow, SheetRow};
use crate::store::head::{self, LinkRow};
use crate::store::{self, Conn, StoreError, audit};
use crate::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// A sheet that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeSheet {
    /// Its number.
    pub id: SheetId,
    /// Of which day.
    pub day: Date,
    /// What names it, for who asks that the day be closed.
    pub named: String,
    /// How much is not as it should be.
    pub breaks: i64,
    /// What it says.
    pub table: String,
}

/// Why none was.
#[derive(Debug)]
enum DayError {
    Store(StoreError),
    No(Refusal),
}

impl From<StoreError> for DayError {
    fn from(error: StoreError) -> DayError {
        DayError::Store(error)
    }
}

impl From<TooMuch> for DayError {
    fn from(_error: TooMuch) -> DayError {
        DayError::Store(StoreError::Damaged("a sum beyond all money"))
    }
}

/// What is wanted of whom, and when.
struct Wanted {
    id: SheetId,
    day: Day,
    by: String,
    words: SheetWords,
    now: Timestamp,
    brand: String,
    currency: Currency,
    zone: TimeZone,
    low_float: Option<i64>,
    due: Due,
}

/// What of the day before is gone on from.
#[derive(Default)]
struct Before {
    cut: PostingId,
    balances: BTreeMap<String, i64>,
}

impl Wallet {
    /// The day that is to be closed next: the one after the last that was; yesterday where none
    /// was, which takes in all that was before.
    pub async fn next_day(&self) -> Result<Date, Refusal> {
        let read = |conn: &mut Conn| conn.wait(async |asked| day_rows::last(asked).await);
        let last = self.store.read(read).await.map_err(|error| unavailable(&error))?;
        let zone = &self.config.market.zone;
        let today = Day::of(self.clock.now(), zone);
        let next = last.and_then(|last| i32::try_from(last.id).ok()).map(Day::new);
        Ok(next.map_or_else(|| today.day_before(), Day::next_day).date())
    }

    /// Makes the sheet of a day, for one of the staff, in these words; `told` hears how many
    /// postings were read of how many.
    pub async fn make_sheet(
        &self,
        day: Date,
        by: &str,
        words: SheetWords,
        mut told: impl FnMut(i64, i64) + Send + 'static,
    ) -> Result<MadeSheet, Refusal> {
        let id = self.book.fresh_id().await.map_err(|error| unavailable(&error))?;
        let wanted = Wanted {
            id: SheetId::of(id),
            day: Day::of_date(day),
            by: by.to_owned(),
            words,
            now: self.clock.now(),
            brand: self.config.brand.clone(),
            currency: self.config.market.currency,
            zone: self.config.market.zone.clone(),
            low_float: self.policy.get().limits.low_float_minor(),
            due: self.policy.get().matching.due,
        };
        let store = self.store.clone();
        let made = move || {
            let mut conn = store.reader()?;
            made(&mut conn, &wanted, &mut told)
        };
        let row = match tokio::task::spawn_blocking(made).await {
            Ok(Ok(row)) => row,
            Ok(Err(DayError::No(refusal))) => return Err(refusal),
            Ok(Err(DayError::Store(error))) => return Err(unavailable(&error)),
            Err(_broke) => return Err(Reason::BUSY.into()),
        };
        let kept = row.clone();
        let keep = move |conn: &mut Conn| day_rows::keep_sheet(conn, &kept);
        self.book.write(keep).await.map_err(|error| unavailable(&error))?;
        Ok(MadeSheet { id: row.id, day, named: named(&row), breaks: row.breaks, table: row.sheet })
    }
}

fn made(conn: &mut Conn, wanted: &Wanted, told: at_cut::Told) -> Result<SheetRow, DayError> {
    let (begin, end) = Timestamp::of_day(wanted.day.date(), &wanted.zone);
    let last = conn.wait(async |asked| day_rows::last(asked).await)?;
    in_order(last.as_ref(), wanted.day, wanted.now, &wanted.zone).map_err(DayError::No)?;
    let link = day_rows::link_before(conn, end.micros())?;
    let link = audit::link(conn, link)?.ok_or_else(|| DayError::No(DAY_EMPTY.into()))?;
    let last = last.map(|last| day_rows::day(conn, last.id)).transpose()?.flatten();
    let before = last.map(|row| before(&row, wanted.currency)).transpose()?.unwrap_or_default();
    // what was posted never changes: all of this can be read while others go on
    let mut classing = Classing::read(conn)?;
    let day = at_cut::moves(conn, (before.cut, link.last_posting), &mut classing, told)?;
    let mut past = Past::of(link.last_posting);
    let to = newest(conn)?;
    past.read_on(conn, to, &mut classing)?;
    // and what is left of it as of one moment
    store::snapshot(conn, |conn| {
        let to = newest(conn)?;
        past.read_on(conn, to, &mut classing)?;
        let balances = past.balances(conn, &classing)?;
        let ageing = (wanted.day.date(), wanted.due, &wanted.zone);
        let trial = day.sums.trial(&before.balances)?;
        meet(&trial, &balances)?;
        let then = day_equation::read(conn, &past, &classing, &balances, ageing)?;
        let mut all = vec![about(wanted, &before, &link)];
        all.extend(sections::moved(&day, &trial)?);
        all.extend(then.sections(&wanted.zone));
        all.push(sections::taken_later(conn, &past, &classing, wanted.day.date())?);
        all.extend(sections::waiting(conn, &past, KINDS, &day)?);
        all.push(sections::by_state(conn, &past, &waking_deals::KIND)?);
        all.extend(sections::floats(conn, &past, end, wanted.low_float)?);
        all.push(sections::messages(conn, (begin, end))?);
        all.push(sections::approvals(conn, &past, end, &wanted.zone)?);
        let sheet = wanted.words.said(Sheet {
            day: wanted.day.date().to_string(),
            brand: wanted.brand.clone(),
            currency: wanted.currency,
            sections: all,
        });
        Ok(SheetRow {
            id: wanted.id,
            day: i64::from(wanted.day.number()),
            made_at: wanted.now.micros(),
            link: link.seq,
            breaks: i64::try_from(then.breaks()).unwrap_or(i64::MAX),
            sheet: day_table::table(&sheet),
            pages: sheet_pages::document(&sheet),
        })
    })
}

fn newest(conn: &mut Conn) -> Result<PostingId, StoreError> {
    let head = head::look(conn)?.ok_or(StoreError::Damaged("the head of the book is missing"))?;
    Ok(head.last_posting)
}

/// Where the day before ended, as it was signed.
fn before(row: &DayRow, currency: Currency) -> Result<Before, StoreError> {
    let signed = day_table::trial(&row.sheet, currency);
    let signed = signed.ok_or(StoreError::Damaged("the sheet of a closed day"))?;
    let balances = signed.into_iter().map(|line| (line.class, line.balance)).collect();
    Ok(Before { cut: row.cut, balances })
}

/// Both ways of reading meet, and debits are credits.
fn meet(trial: &[TrialLine], balances: &BTreeMap<String, i64>) -> Result<(), StoreError> {
    let read = |class: &str| balances.get(class).copied().unwrap_or(0);
    let all = trial.iter().all(|line| read(&line.class) == line.balance);
    let none_more = balances
        .iter()
        .all(|(class, minor)| *minor == 0 || trial.iter().any(|line| line.class == *class));
    if all && none_more && is_balanced(trial) {
        return Ok(());
    }
    Err(StoreError::Damaged("the entries of a day do not come to where its accounts stood"))
}

/// What the sheet says of itself.
fn about(wanted: &Wanted, before: &Before, link: &LinkRow) -> Section {
    let time = |at: Timestamp| format!("{} {}", at.day(&wanted.zone), at.clock_text(&wanted.zone));
    let lines = [
        SheetLine::of("day").detail(wanted.day.date().to_string()),
        SheetLine::of("behind_posting").detail(before.cut.to_string()),
        SheetLine::of("last_posting").detail(link.last_posting.to_string()),
        SheetLine::of("link").detail(link.seq.to_string()),
        SheetLine::of("chain").detail(to_hex(&link.digest)),
        SheetLine::of("made").detail(time(wanted.now)).open("", format!("staff {}", wanted.by)),
    ];
    Section::new("sheet", "The day, and where in the chain it ends").with(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_meet_is_no_sheet() {
        let line = |class: &str, balance| TrialLine {
            class: class.to_owned(),
            debit: 5,
            credit: 5,
            balance,
        };
        let trial = [line("wallets", -70), line("unbacked", 70)];
        let of = |pairs: &[(&str, i64)]| {
            let pairs = pairs.iter().map(|(class, minor)| ((*class).to_owned(), *minor));
            meet(&trial, &pairs.collect()).is_ok()
        };
        assert!(of(&[("wallets", -70), ("unbacked", 70), ("levy", 0)]));
        assert!(!of(&[("wallets", -71), ("unbacked", 70)]));
        assert!(!of(&[("wallets", -70)]));
        assert!(!of(&[("wallets", -70), ("unbacked", 70), ("levy", 1)]));
        assert!(meet(&trial[..1], &BTreeMap::from([("wallets".to_owned(), -70)])).is_err());
    }
}
