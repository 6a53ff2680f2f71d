//! The figures of the first screen: counted by the readers beside the book, never while a page
//! waits for long. What takes long to count is counted again only when it is a while old, and a
//! page says how old it is; what is counted quickly is counted for each page. How it looks is not
//! known here.

use super::hours::Hours;
use crate::book::{CHARGES, INTEREST, OUTGOING, SUSPENSE, TRUST};
use crate::calendar::Day;
use crate::id::{AccountId, PostingId};
use crate::store::counts::{self, Clocked, Due, Low, Strikes};
use crate::store::{Conn, StoreError, bank_rows, book_rows};
use crate::time::Timestamp;
use crate::wallet::Wallet;
use crate::wallet::care::freeze;
use crate::wallet::deals::waking_deals;
use crate::wallet::office::two_people;
use crate::wallet::reversals::reversal;
use crate::wallet::treasury::equation::Standing;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, watch};

/// Days that are shown.
const DAYS: i32 = 30;
/// How long a page waits for figures that are being counted.
const PATIENCE: Duration = Duration::from_millis(500);
/// What is counted in less is counted for each page;
const QUICK: Duration = Duration::from_millis(50);
/// what takes longer is good for so many times as long as it takes, and a minute at most: one
/// reader is busy with it for a twentieth of its time.
const GOOD_FOR: u32 = 20;
const GOOD_FOR_MAX: Duration = Duration::from_secs(60);
/// Postings that are counted before others may read.
const PIECE: i64 = 20_000;
/// Postings of one account that are looked back through.
const STEPS_MAX: usize = 5_000;
/// Statements that are looked at, accounts at banks, and outlets that are listed.
const STATEMENTS_MAX: i64 = 1_000;
const BANKS_MAX: i64 = 1_000;
const LOW_MAX: i64 = 500;

/// What has a clock that staff answer to.
pub const REQUESTS: &str = two_people::KIND.name;
pub const DEALS: &str = waking_deals::KIND.name;
pub const REVERSALS: &str = reversal::KIND.name;
pub const FREEZES: &str = freeze::KIND.name;
/// The same, each with the states in which it waits for them: what two people cannot settle waits
/// today, however far its end is.
const CLOCKS: &[Clocked] = &[
    (REQUESTS, &["asked"], Strikes::Soon),
    (DEALS, &["disputed", "proposed", "appealed", "reproposed"], Strikes::Whenever),
    (REVERSALS, &["asked"], Strikes::Soon),
    (REVERSALS, &["disputed"], Strikes::Whenever),
    (FREEZES, &["in_force"], Strikes::Soon),
];

/// A day as it ended; today as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtDay {
    /// Which.
    pub day: Day,
    /// What people and the operator held against the money at the banks, minor units; nothing where
    /// it lies too far back.
    pub owed_minor: Option<i64>,
    /// What the last statements said until then; nothing where there was none.
    pub bank_minor: Option<i64>,
}

/// All of them, as of one moment.
#[derive(Debug, Clone)]
pub struct Figures {
    /// When they were counted.
    pub at: Timestamp,
    /// The banks against what people hold.
    pub standing: Standing,
    /// What is due until the day is over.
    pub due: Vec<Due>,
    /// Outlets with too little on their float.
    pub low: Vec<Low>,
    /// The last days, the oldest first.
    pub days: Vec<AtDay>,
    /// The payments of today.
    pub hours: Hours,
}

/// What is counted once and goes on from there.
#[derive(Debug, Default)]
struct Progress {
    hours: Hours,
    /// What was owed when days had ended, which never changes any more.
    ended: BTreeMap<Day, i64>,
}

/// Who counts. Clones share it.
#[derive(Debug, Clone)]
pub struct Counting {
    last: watch::Sender<Option<Last>>,
    progress: Arc<Mutex<Progress>>,
}

type Last = (Arc<Figures>, Instant, Duration);

impl Default for Counting {
    fn default() -> Counting {
        Counting { last: watch::Sender::new(None), progress: Arc::default() }
    }
}

impl Counting {
    /// The figures, as new as they can be had now; nothing where they are counted for the first
    /// time, and that takes a while.
    pub async fn look(&self, wallet: &Wallet) -> Option<Arc<Figures>> {
        let mut counted = self.last.subscribe();
        if let Some((figures, since, took)) = counted.borrow_and_update().as_ref()
            && is_good(since.elapsed(), *took)
        {
            return Some(figures.clone());
        }
        let (own, wallet) = (self.clone(), wallet.clone());
        // it goes on when whoever asked does not wait any more
        tokio::spawn(async move { own.count(&wallet).await });
        // what is there by then is shown, however old
        let _ = tokio::time::timeout(PATIENCE, counted.changed()).await;
        counted.borrow().as_ref().map(|(figures, ..)| figures.clone())
    }

    async fn count(&self, wallet: &Wallet) {
        // somebody counts already: whoever waits hears of it
        let Ok(mut progress) = self.progress.try_lock() else { return };
        let begun = Instant::now();
        if let Err(error) = self.counted(wallet, &mut progress, begun).await {
            tracing::warn!(%error, "the figures of the first screen were not counted");
        }
    }

    async fn counted(
        &self,
        wallet: &Wallet,
        progress: &mut Progress,
        begun: Instant,
    ) -> Result<(), StoreError> {
        let mut figures = Figures {
            at: wallet.clock.now(),
            standing: wallet.standing_at_once().await?,
            due: due(wallet).await?,
            low: low(wallet).await?,
            days: days(wallet, &mut progress.ended).await?,
            hours: Hours::default(),
        };
        let took = begun.elapsed();
        loop {
            progress.hours.count(wallet, PIECE).await?;
            figures.hours = progress.hours.clone();
            let told = (Arc::new(figures.clone()), Instant::now(), took);
            self.last.send_replace(Some(told));
            if figures.hours.whole {
                return Ok(());
            }
        }
    }
}

fn is_good(age: Duration, took: Duration) -> bool {
    took > QUICK && age < took.saturating_mul(GOOD_FOR).min(GOOD_FOR_MAX)
}

async fn due(wallet: &Wallet) -> Result<Vec<Due>, StoreError> {
    let zone = &wallet.config.market.zone;
    let over = Day::of(wallet.clock.now(), zone).next_day().begins(zone).micros();
    wallet.store.read(move |conn| counts::due(conn, CLOCKS, over)).await
}

async fn low(wallet: &Wallet) -> Result<Vec<Low>, StoreError> {
    // whoever has nothing at all is out of float, whatever the limits say
    let least = wallet.policy.get().limits.low_float_minor().unwrap_or(1);
    wallet.store.read(move |conn| counts::low(conn, least, LOW_MAX)).await
}

async fn days(wallet: &Wallet, ended: &mut BTreeMap<Day, i64>) -> Result<Vec<AtDay>, StoreError> {
    let market = &wallet.config.market;
    let zone = market.zone.clone();
    let today = Day::of(wallet.clock.now(), &zone);
    let mut last = vec![today];
    while i32::try_from(last.len()).unwrap_or(DAYS) < DAYS {
        last.push(last.last().copied().unwrap_or(today).day_before());
    }
    // the newest first: that is how one looks back
    let open: Vec<Day> =
        last.iter().copied().filter(|day| *day == today || !ended.contains_key(day)).collect();
    let counted = open.clone();
    let read = move |conn: &mut Conn| {
        let mut ends = Vec::new();
        for day in &open {
            let end = day.next_day().begins(&zone).micros();
            ends.push(book_rows::newest_before(conn, end)?);
        }
        Ok::<_, StoreError>((owed(conn, &ends)?, counts::closings(conn, STATEMENTS_MAX)?))
    };
    let (owed, closings) = wallet.store.read(read).await?;
    let owed: BTreeMap<Day, Option<i64>> = counted.into_iter().zip(owed).collect();
    let known = |day: &Day| owed.get(day).copied().unwrap_or_else(|| ended.get(day).copied());
    let at = |day: Day| AtDay {
        day,
        owed_minor: known(&day),
        bank_minor: at_banks(&closings, &day.begins(&market.zone).day(&market.zone).to_string()),
    };
    let shown: Vec<AtDay> = last.iter().rev().map(|day| at(*day)).collect();
    ended.retain(|day, _| last.contains(day));
    let over = shown.iter().filter(|at| at.day != today);
    ended.extend(over.filter_map(|at| Some((at.day, at.owed_minor?))));
    Ok(shown)
}

/// What was owed against the money at the banks after each of these postings, the newest first:
/// what is on the accounts of the banks and beside them, from the other side. What agents have
/// earned is left out: it stands against no bank yet.
fn owed(conn: &mut Conn, ends: &[PostingId]) -> Result<Vec<Option<i64>>, StoreError> {
    let banks = bank_rows::accounts_after(conn, None, BANKS_MAX)?;
    let own = [TRUST, SUSPENSE, OUTGOING, CHARGES, INTEREST];
    let all: Vec<AccountId> = own.into_iter().chain(banks.iter().map(|bank| bank.id)).collect();
    let mut sums = vec![Some(0_i64); ends.len()];
    for account in all {
        let stood = counts::stood(conn, account, ends, STEPS_MAX)?;
        for (sum, balance) in sums.iter_mut().zip(stood) {
            *sum = sum.zip(balance).map(|(sum, balance)| sum.saturating_sub(balance));
        }
    }
    Ok(sums)
}

/// What the last statement of each bank said by the end of a day, as `2026-11-28`.
fn at_banks(closings: &[counts::Closing], day: &str) -> Option<i64> {
    let mut last: BTreeMap<AccountId, i64> = BTreeMap::new();
    for (bank, _on, minor) in closings.iter().filter(|(_, on, _)| on.as_str() <= day) {
        last.entry(*bank).or_insert(*minor);
    }
    (!last.is_empty()).then(|| last.values().fold(0_i64, |sum, minor| sum.saturating_add(*minor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_counted_again_only_when_it_is_old() {
        let [quick, slow, hard] = [5, 200, 9_000].map(Duration::from_millis);
        assert!(!is_good(Duration::ZERO, quick), "each page has new ones");
        assert!(is_good(Duration::from_secs(3), slow) && !is_good(Duration::from_secs(4), slow));
        assert!(is_good(Duration::from_secs(59), hard) && !is_good(Duration::from_secs(60), hard));
    }

    #[test]
    fn each_bank_counts_with_its_last_statement() {
        let [one, two] = [AccountId::of(11), AccountId::of(12)];
        let closing = |bank, on: &str, minor| (bank, on.to_owned(), minor);
        let closings = [
            closing(one, "2026-11-28", 500),
            closing(two, "2026-11-27", 70),
            closing(one, "2026-11-26", 300),
        ];
        for (day, minor) in [("28", Some(570)), ("27", Some(370)), ("26", Some(300)), ("25", None)]
        {
            assert_eq!(at_banks(&closings, &format!("2026-11-{day}")), minor, "{day}");
        }
    }
}
