//! The book as of a posting of its past: what moved up to it, entry by entry, and where accounts
//! stood, which is where they stand now without what came since. Nothing is computed from a balance
//! that entries do not prove.

use super::classing::{Classing, of_kind};
use crate::closing::classes;
use crate::closing::day_sums::DaySums;
use crate::id::{AccountId, PostingId};
use crate::store::book_rows::AccountKind;
use crate::store::{Conn, StoreError, audit, day_reading};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Postings that are read at a time.
const PAGE: i64 = 2_000;

/// Hears how many postings were read of how many.
pub type Told<'a> = &'a mut dyn FnMut(i64, i64);

/// What a day came to so far.
#[derive(Debug, Default)]
pub struct DayMoves {
    /// What moved.
    pub sums: DaySums,
    /// What happened to what waits: kind, event, how often.
    pub events: BTreeMap<(String, String), i64>,
}

/// Adds up the postings behind one, up to another.
pub fn moves(
    conn: &mut Conn,
    (after, cut): (PostingId, PostingId),
    classing: &mut Classing,
    told: Told,
) -> Result<DayMoves, StoreError> {
    let mut day = DayMoves::default();
    let total = cut.number().saturating_sub(after.number());
    for (first, last) in pages(after, cut) {
        let rows = audit::rows_between(conn, first, last)?;
        classing.learn(conn, &rows.entries)?;
        let mut acts = HashMap::with_capacity(rows.postings.len());
        for posting in &rows.postings {
            let act = day.sums.act(&posting.kind);
            // one that moves nothing is not counted among those that do
            acts.insert(posting.id, act);
        }
        let mut newest = PostingId::NONE;
        for entry in &rows.entries {
            let act = acts.get(&entry.posting_id).copied();
            let act = act.ok_or(StoreError::Damaged("an entry of no posting"))?;
            if entry.posting_id != newest {
                day.sums.posting(act);
                newest = entry.posting_id;
            }
            let class = day.sums.class(classing.met(entry.account_id)?);
            day.sums.entry(act, class, entry.amount_minor);
        }
        for event in rows.trail {
            let counted = day.events.entry((event.kind, event.event)).or_default();
            *counted = counted.saturating_add(1);
        }
        told(last.saturating_sub(after.number()), total);
    }
    Ok(day)
}

/// What came since a posting.
#[derive(Debug)]
pub struct Past {
    /// The posting.
    pub cut: PostingId,
    /// Where the accounts stood that moved since, minor units.
    stood: HashMap<AccountId, i64>,
    /// What moved since by class, minor units; above zero is a credit.
    moved: BTreeMap<String, i128>,
    /// Those of them that hold what was set aside.
    apart: BTreeSet<AccountId>,
    /// Up to which posting it was read.
    to: PostingId,
}

impl Past {
    /// As of this posting; nothing was read yet.
    pub fn of(cut: PostingId) -> Past {
        let apart = BTreeSet::new();
        Past { cut, stood: HashMap::new(), moved: BTreeMap::new(), apart, to: cut }
    }

    /// Reads on, up to a posting.
    pub fn read_on(
        &mut self,
        conn: &mut Conn,
        to: PostingId,
        classing: &mut Classing,
    ) -> Result<(), StoreError> {
        for (first, last) in pages(self.to, to) {
            let rows = audit::rows_between(conn, first, last)?;
            classing.learn(conn, &rows.entries)?;
            for entry in &rows.entries {
                let stood = entry.balance_minor.checked_sub(entry.amount_minor);
                let stood = stood.ok_or(StoreError::Damaged("an entry beyond all sums"))?;
                self.stood.entry(entry.account_id).or_insert(stood);
                let class = classing.met(entry.account_id)?;
                if class == classes::SET_ASIDE {
                    self.apart.insert(entry.account_id);
                }
                let amount = i128::from(entry.amount_minor);
                match self.moved.get_mut(class) {
                    Some(moved) => *moved = moved.saturating_add(amount),
                    None => drop(self.moved.insert(class.to_owned(), amount)),
                }
            }
        }
        self.to = self.to.max(to);
        Ok(())
    }

    /// Where an account stood that stands so now, minor units.
    pub fn stood(&self, id: AccountId, now_minor: i64) -> i64 {
        self.stood.get(&id).copied().unwrap_or(now_minor)
    }

    /// Accounts for what is set aside that moved since, and where they stood.
    pub fn apart_since(&self) -> impl Iterator<Item = (AccountId, i64)> {
        self.apart.iter().map(|id| (*id, self.stood(*id, 0)))
    }

    /// Where each class stood, to its debit above zero, minor units.
    pub fn balances(
        &self,
        conn: &mut Conn,
        classing: &Classing,
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let mut sums: BTreeMap<String, i128> = BTreeMap::new();
        let mut add = |class: &str, minor: i128| {
            let sum = sums.entry(class.to_owned()).or_default();
            *sum = sum.saturating_add(minor);
        };
        let single = classing.single();
        let ids: Vec<AccountId> = single.iter().map(|(id, _)| *id).collect();
        for (id, class) in &single {
            add(class, i128::from(day_reading::balance(conn, *id)?));
        }
        for row in day_reading::by_kind(conn, &ids)? {
            add(of_kind(AccountKind::try_from(row.kind)?), i128::from(row.minor));
        }
        for (class, moved) in &self.moved {
            add(class, moved.saturating_neg());
        }
        let debit = |(class, minor): (String, i128)| {
            let minor = i64::try_from(minor.saturating_neg());
            Ok((class, minor.map_err(|_large| StoreError::Damaged("a sum beyond all money"))?))
        };
        sums.into_iter().map(debit).collect()
    }
}

/// Pages of the postings behind one, up to another.
fn pages(after: PostingId, to: PostingId) -> impl Iterator<Item = (i64, i64)> {
    let mut next = after.number().saturating_add(1);
    let last = to.number();
    std::iter::from_fn(move || {
        if next > last {
            return None;
        }
        let end = next.saturating_add(PAGE).saturating_sub(1).min(last);
        let page = (next, end);
        next = end.saturating_add(1);
        Some(page)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_no_gap_and_no_end_but_the_last() {
        let of = |after, to| pages(PostingId::of(after), PostingId::of(to)).collect::<Vec<_>>();
        assert_eq!(of(0, 0), []);
        assert_eq!(of(7, 8), [(8, 8)]);
        assert_eq!(of(0, 4_001), [(1, 2_000), (2_001, 4_000), (4_001, 4_001)]);
    }
}
