//! The payments of today by kind and hour: counted piece by piece from where the last count ended,
//! so that a day of ten million is counted once and holds nobody up. Which kinds there are is not
//! known here.

use crate::calendar::Day;
use crate::id::PostingId;
use crate::store::{Conn, StoreError, book_rows, counts, head};
use crate::time::Timestamp;
use crate::wallet::Wallet;
use std::collections::BTreeMap;

const HOUR: i64 = 3_600 * 1_000_000;
/// Hours of a day; in a market that changes its clocks the 25th counts with the last.
pub const HOURS: usize = 24;

/// How many payments of a kind there were in each hour.
pub type ByHour = [i64; HOURS];

/// What was counted of a day.
#[derive(Debug, Clone, Default)]
pub struct Hours {
    /// Which day.
    day: Option<Day>,
    /// The last posting that was counted.
    until: Option<PostingId>,
    /// By kind.
    pub kinds: BTreeMap<String, ByHour>,
    /// Whether that was all there were; if not,
    pub whole: bool,
    /// they were counted until then.
    pub counted_to: Option<Timestamp>,
}

impl Hours {
    /// Goes on counting, by so many postings at most.
    pub async fn count(&mut self, wallet: &Wallet, most: i64) -> Result<(), StoreError> {
        let zone = wallet.config.market.zone.clone();
        let today = Day::of(wallet.clock.now(), &zone);
        if self.day != Some(today) {
            *self = Hours { day: Some(today), ..Hours::default() };
        }
        let begins = today.begins(&zone).micros();
        let counted = self.until;
        let read = move |conn: &mut Conn| {
            let newest = head::look(conn)?.map_or(PostingId::NONE, |head| head.last_posting);
            let after = match counted {
                Some(posting) => posting,
                None => book_rows::newest_before(conn, begins)?,
            };
            let until = PostingId::of(after.number().saturating_add(most)).min(newest);
            let moved = counts::moved(conn, (after, until), begins, HOUR)?;
            let last = book_rows::posting(conn, until)?.map(|posting| posting.at);
            Ok::<_, StoreError>((until.max(after), until >= newest, last, moved))
        };
        let (until, whole, last, moved) = wallet.store.read(read).await?;
        for each in moved {
            let hours = self.kinds.entry(each.kind).or_default();
            let hour = usize::try_from(each.stretch).unwrap_or(0).min(HOURS.saturating_sub(1));
            if let Some(count) = hours.get_mut(hour) {
                *count = count.saturating_add(each.count);
            }
        }
        self.until = Some(until);
        self.whole = whole;
        self.counted_to = last.map(Timestamp::from_micros);
        Ok(())
    }

    /// The kinds with most payments, those first, and all others together.
    pub fn most(&self, kinds: usize) -> (Vec<(&str, ByHour)>, ByHour) {
        let mut all: Vec<(&str, ByHour)> =
            self.kinds.iter().map(|(kind, hours)| (kind.as_str(), *hours)).collect();
        all.sort_by_key(|(_, hours)| std::cmp::Reverse(sum(hours)));
        let others = all.split_off(kinds.min(all.len()));
        let mut rest = ByHour::default();
        for (_, hours) in others {
            for (sum, count) in rest.iter_mut().zip(hours) {
                *sum = sum.saturating_add(count);
            }
        }
        (all, rest)
    }
}

/// Of all hours together.
pub fn sum(hours: &ByHour) -> i64 {
    hours.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_with_most_come_first_and_the_others_are_together() {
        let mut hours = Hours::default();
        for (kind, count) in [("send", 5), ("cash_in", 9), ("airtime", 1), ("bill", 2)] {
            hours.kinds.entry(kind.to_owned()).or_default()[7] = count;
        }
        let (most, rest) = hours.most(2);
        assert_eq!(most.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["cash_in", "send"]);
        assert_eq!((rest[7], sum(&rest)), (3, 3));
        assert_eq!(hours.most(9).1, ByHour::default());
    }
}
