//! The check of the book: proves, on a live database, that nothing was lost, doubled, overdrawn or
//! edited. It reads one moment of the book. It trusts no stored balance: it adds up the entries
//! itself.
//!
//! It reads from the first link of the chain or from the newest that an earlier check verified. The
//! proof from there is as strong as from the first link for everything after that point. What lies
//! before is taken as it was found then: its rows are not read again, only the digest at the point
//! is compared. So this is what only a check from the first link finds: edits of rows before the
//! point, an account that has not moved since and says another balance (while another one says the
//! difference), an account that was set back to an older entry of its own, and one that was closed
//! before the point and edited since: it was proved to be empty once, and is skipped.
//!
//! In memory are a few numbers of each account that moved (of all, from the first link), and the
//! holds that are open.

mod balances;
mod closed_days;
mod control_figure;
mod findings;
mod history;
mod last_events;
mod page_buffer;
mod reserves;
mod trails;

pub use findings::{CheckProgress, CheckReport, CheckStage, Point, SetApart};

use crate::store::verified::{self, PointRow};
use crate::store::{self, Conn, StoreError, audit};
use crate::time::Timestamp;
use findings::Faults;

/// Where a check begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// At the first link.
    Everything,
    /// Behind the newest link that was verified; at the first where there is none.
    SinceVerified,
}

/// Checks the whole book as of one moment. `progress` hears how many postings were read of how
/// many.
pub fn check(
    conn: &mut Conn,
    mut progress: impl FnMut(u64, u64),
) -> Result<CheckReport, StoreError> {
    verify(conn, Extent::Everything, &mut |stage, done, total| match stage {
        CheckStage::Postings => progress(done, total),
        CheckStage::Accounts => {}
    })
}

/// Checks the book as of one moment, as far back as `extent` says.
pub fn verify(
    conn: &mut Conn,
    extent: Extent,
    progress: CheckProgress,
) -> Result<CheckReport, StoreError> {
    store::snapshot(conn, |conn| {
        let mut faults = Faults::default();
        let point = begin(conn, extent, &mut faults)?;
        let mut walk = history::Walk::new(point, faults);
        walk.history(conn, progress)?;
        walk.balances(conn, progress)?;
        walk.arrangements(conn)?;
        walk.set_apart(conn)?;
        walk.records(conn)?;
        walk.closed_days(conn)?;
        Ok(walk.end())
    })
}

/// Keeps the end of a book that was found whole, so that the next check can go on from there.
pub fn keep(conn: &mut Conn, report: &CheckReport, at: Timestamp) -> Result<(), StoreError> {
    let Some((link, digest)) = report.head.clone().filter(|_| report.is_whole()) else {
        return Ok(());
    };
    store::write(conn, |conn| verified::keep(conn, &PointRow { link, digest, at: at.micros() }))
}

/// The newest point that is still what it was. Every one that is not is a fault, wherever the check
/// begins: somebody who edits history and recomputes the chain behind it makes a chain that is
/// whole in itself.
fn begin(
    conn: &mut Conn,
    extent: Extent,
    faults: &mut Faults,
) -> Result<Option<Point>, StoreError> {
    let mut newest = None;
    for PointRow { link, digest, at } in verified::points(conn)? {
        let at = Timestamp::from_micros(at);
        match audit::link(conn, link)? {
            Some(row) if row.digest == digest => {
                newest = newest.or(Some(Point { link, posting: row.last_posting, digest, at }));
            }
            Some(_other) => faults.add(format!(
                "link {link} is not the one that was verified on {}: history up to there was \
                 edited",
                at.rfc3339()
            )),
            None => faults.add(format!(
                "link {link} was verified on {} and is not there: history was taken \
                 away",
                at.rfc3339()
            )),
        }
    }
    Ok(newest.filter(|_| extent == Extent::SinceVerified))
}
