//! The walk along the chain: digests, gaps, the balance of each posting, and the running balance of
//! each account.

use super::findings::{CheckProgress, CheckReport, CheckStage, Faults, PAGE, Point};
use super::page_buffer::PageBuffer;
use super::reserves::Reserves;
use super::trails::Trails;
use crate::book::chain;
use crate::id::{AccountId, PostingId};
use crate::store::audit::{self, AuditRows, RowCounts};
use crate::store::book_rows::{AccountState, EntryRow};
use crate::store::head::{self, Head, LinkRow};
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Postings read at a time: each may have a thousand legs.
const POSTINGS: i64 = 1_000;
/// Postings of one link at most: many times what a committer puts into one. More are not read into
/// memory at once.
const LINK_MAX: i64 = 100_000;

/// What the entries say of an account. As small as can be: there may be ten million of them.
#[derive(Default)]
pub struct Tally {
    pub balance_minor: i64,
    /// Its newest posting, if any.
    pub last_posting: PostingId,
}

/// A check under way.
pub struct Walk {
    pub report: CheckReport,
    pub faults: Faults,
    /// Behind which link it began.
    pub point: Point,
    /// Accounts with entries that were read.
    pub tallies: HashMap<AccountId, Tally>,
    pub reserves: Reserves,
    pub trails: Trails,
    /// Accounts that say that something may not be done with them.
    pub restricted: HashMap<AccountId, AccountState>,
    pages: PageBuffer,
    /// The newest link so far.
    end: LinkRow,
    /// Rows that belong to no link.
    loose: RowCounts,
}

impl Walk {
    /// A walk that begins behind a point, or at the first link.
    pub fn new(point: Option<Point>, faults: Faults) -> Walk {
        let report = CheckReport { from: point.clone(), ..CheckReport::default() };
        let start = || Point {
            link: 0,
            posting: PostingId::NONE,
            digest: Vec::new(),
            at: Timestamp::from_micros(0),
        };
        let point = point.unwrap_or_else(start);
        let seq = point.link;
        let last_posting = point.posting;
        let digest = point.digest.clone();
        let pages = PageBuffer::after(last_posting.number());
        let end = LinkRow { seq, first_posting: PostingId::NONE, last_posting, digest };
        let tallies = HashMap::new();
        let reserves = Reserves::default();
        let trails = Trails::after(last_posting);
        Walk {
            report,
            faults,
            point,
            tallies,
            reserves,
            trails,
            restricted: HashMap::new(),
            pages,
            end,
            loose: RowCounts::default(),
        }
    }

    /// Walks to the end of the chain.
    pub fn history(&mut self, conn: &mut Conn, progress: CheckProgress) -> Result<(), StoreError> {
        let before = self.point.posting.number();
        let total = count(audit::newest_posting(conn)?.number().saturating_sub(before));
        if self.report.from.is_none() {
            self.outside(conn, i64::MIN, 0)?;
            // room for all of them at once: growing would take half as much again for a moment
            let accounts = usize::try_from(audit::accounts_count(conn)?).unwrap_or(0);
            self.tallies
                .reserve(accounts.min(usize::try_from(total.saturating_mul(3)).unwrap_or(0)));
        }
        self.reserves.reload(conn, self.point.posting, &mut self.faults)?;
        loop {
            let links = audit::links(conn, self.end.seq, PAGE)?;
            if links.is_empty() {
                break;
            }
            for link in links {
                self.link(conn, link)?;
                progress(CheckStage::Postings, self.report.postings, total);
            }
        }
        let behind = self.end.last_posting.max(self.point.posting).next();
        self.outside(conn, behind.number(), i64::MAX)?;
        for (name, read, loose) in [
            ("postings", self.report.postings, self.loose.postings),
            ("entries", self.report.entries, self.loose.entries),
            ("hold entries", self.report.hold_entries, self.loose.moves),
            ("events", self.report.events, self.loose.trail),
        ] {
            let stored = read.saturating_add(count(loose));
            self.faults.require(loose == 0, || {
                format!("{stored} {name} are stored, {read} are in the chain")
            });
        }
        self.head(head::look(conn)?);
        Ok(())
    }

    fn link(&mut self, conn: &mut Conn, link: LinkRow) -> Result<(), StoreError> {
        let seq = link.seq;
        let first = link.first_posting.number();
        let last = link.last_posting.number();
        let next = self.end.last_posting.next().number();
        self.faults.require(seq == self.end.seq.saturating_add(1), || {
            format!("a link is missing before link {seq}")
        });
        self.faults.require(first == next, || {
            format!("link {seq} begins at posting {first}, expected {next}")
        });
        if first > next {
            self.outside(conn, next, first.saturating_sub(1))?;
        }
        let rows = if last.saturating_sub(first) < LINK_MAX {
            self.rows(conn, first, last)?
        } else {
            AuditRows::default()
        };
        let digest = chain::digest(
            &self.end.digest,
            &rows.postings,
            &rows.entries,
            &rows.moves,
            &rows.trail,
        );
        self.faults.require(digest == link.digest, || match (first, last) {
            (first, last) if first == last => format!("posting {first} is not what was committed"),
            (first, last) => format!("postings {first} to {last} are not what was committed"),
        });
        self.batch(&rows);
        self.reserves.strays(last);
        self.report.head = Some((seq, link.digest.clone()));
        self.report.links = self.report.links.saturating_add(1);
        self.end = link;
        Ok(())
    }

    /// What belongs to the postings of a link. Links are small: pages are read ahead of them.
    fn rows(&mut self, conn: &mut Conn, first: i64, last: i64) -> Result<AuditRows, StoreError> {
        while self.pages.read_to < last {
            let from = self.pages.read_to.saturating_add(1).max(first);
            let to = from.saturating_add(POSTINGS).saturating_sub(1);
            let page = audit::rows_between(conn, from, to)?;
            self.meet(conn, &page.entries)?;
            self.reserves.look_for(conn, from, to)?;
            self.pages.add(page, to);
        }
        Ok(self.pages.take(first, last))
    }

    /// Finds where accounts stood at the point, of which the first entry behind it is here: their
    /// entry before that.
    fn meet(&mut self, conn: &mut Conn, entries: &[EntryRow]) -> Result<(), StoreError> {
        let known = PostingId::NONE.next()..=self.point.posting;
        if known.is_empty() {
            return Ok(());
        }
        let mut postings = BTreeSet::new();
        let mut accounts = HashMap::new();
        for entry in entries.iter().filter(|entry| !self.tallies.contains_key(&entry.account_id)) {
            let previous = *accounts.entry(entry.account_id).or_insert(entry.previous);
            postings.extend(previous.filter(|previous| known.contains(previous)));
        }
        let postings: Vec<PostingId> = postings.into_iter().collect();
        for entry in audit::entries_of(conn, &postings)? {
            if accounts.get(&entry.account_id) == Some(&Some(entry.posting_id)) {
                let tally =
                    Tally { balance_minor: entry.balance_minor, last_posting: entry.posting_id };
                self.tallies.insert(entry.account_id, tally);
            }
        }
        Ok(())
    }

    fn batch(&mut self, rows: &AuditRows) {
        let mut sums: BTreeMap<PostingId, i128> = BTreeMap::new();
        let mut moves = rows.moves.iter().peekable();
        for leg in &rows.entries {
            // what a posting sets aside and gives back counts in its own entries
            while let Some(step) = moves.next_if(|step| step.posting_id <= leg.posting_id) {
                self.reserves.step(step, &mut self.faults);
            }
            let sum = sums.entry(leg.posting_id).or_default();
            *sum = sum.saturating_add(i128::from(leg.amount_minor));
            let tally = self.tallies.entry(leg.account_id).or_default();
            let previous = tally.last_posting.if_any();
            let balance = tally.balance_minor.checked_add(leg.amount_minor);
            let follows = leg.previous == previous && balance == Some(leg.balance_minor);
            *tally = Tally {
                balance_minor: balance.unwrap_or(leg.balance_minor),
                last_posting: leg.posting_id,
            };
            self.faults.require(follows, || {
                format!(
                    "posting {}: its entry for account {} does not follow from the one before",
                    leg.posting_id, leg.account_id
                )
            });
            let held = self.reserves.held_minor(leg.account_id);
            self.faults.require(held == i128::from(leg.held_minor), || {
                format!(
                    "posting {}: its entry for account {} says {} is held, the holds say {held}",
                    leg.posting_id, leg.account_id, leg.held_minor
                )
            });
        }
        moves.for_each(|step| self.reserves.step(step, &mut self.faults));
        for step in &rows.moves {
            sums.entry(step.posting_id).or_default();
        }
        for event in &rows.trail {
            self.trails.step(event, &mut self.faults);
            sums.entry(event.posting_id).or_default();
        }
        for posting in &rows.postings {
            let sum = sums.get(&posting.id).copied();
            self.faults.require(sum == Some(0), || match sum {
                Some(sum) => {
                    format!("posting {} ({}) does not balance: {sum}", posting.id, posting.kind)
                }
                None => format!("posting {} ({}) has no entries", posting.id, posting.kind),
            });
            self.faults.require(
                posting.corrects.is_none_or(|old| old > PostingId::NONE && old < posting.id),
                || {
                    format!(
                        "posting {} ({}) corrects one that was not there before it",
                        posting.id, posting.kind
                    )
                },
            );
        }
        let more =
            |sum: u64, rows: usize| sum.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        self.report.postings = more(self.report.postings, rows.postings.len());
        self.report.entries = more(self.report.entries, rows.entries.len());
        self.report.hold_entries = more(self.report.hold_entries, rows.moves.len());
        self.report.events = more(self.report.events, rows.trail.len());
    }

    /// Counts rows with numbers that no link covers.
    fn outside(&mut self, conn: &mut Conn, first: i64, last: i64) -> Result<(), StoreError> {
        let more = audit::counts(conn, first, last)?;
        let loose = &mut self.loose;
        loose.postings = loose.postings.saturating_add(more.postings);
        loose.entries = loose.entries.saturating_add(more.entries);
        loose.moves = loose.moves.saturating_add(more.moves);
        loose.trail = loose.trail.saturating_add(more.trail);
        self.reserves.outside(conn, first, last)
    }

    /// The head says where the book ends. A chain whose newest links were cut off is whole in
    /// itself.
    fn head(&mut self, head: Option<Head>) {
        let Some(head) = head else {
            return self.faults.add("the head of the book is missing".to_owned());
        };
        let end = &self.end;
        let same = (head.link, head.last_posting, &head.digest)
            == (end.seq, end.last_posting, &end.digest);
        self.faults.require(same, || {
            let cut = if head.link > end.seq { ": its newest links were cut off" } else { "" };
            format!(
                "the book ended at link {} and posting {}, the chain ends at link {} and posting \
                 {}{cut}",
                head.link, head.last_posting, end.seq, end.last_posting
            )
        });
    }
}

/// A count of rows, which is never below zero.
pub fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}
