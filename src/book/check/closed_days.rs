//! Closed days: each ends with a link of the chain that is still what it was, one day behind the
//! other. That a day's own row is what was signed is found with all other records.

use super::findings::PAGE;
use super::history::Walk;
use crate::store::day_rows::{self, DayEnd};
use crate::store::{Conn, StoreError, audit};

impl Walk {
    /// Compares where days end with the chain.
    pub fn closed_days(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let mut before: Option<DayEnd> = None;
        loop {
            let after = before.as_ref().map_or(i64::MIN, |end| end.id);
            let page = day_rows::ends(conn, after, PAGE)?;
            if page.is_empty() {
                return Ok(());
            }
            for end in page {
                let link = audit::link(conn, end.link)?;
                let same = link.is_some_and(|link| {
                    (link.last_posting, &link.digest) == (end.cut, &end.link_digest)
                });
                self.faults.require(same, || {
                    format!("{} ended with link {}, which is not what it was", end.day, end.link)
                });
                let follows = before.as_ref().is_none_or(|before| {
                    before.id.saturating_add(1) == end.id && before.cut <= end.cut
                });
                self.faults
                    .require(follows, || format!("{} does not go on from the day before", end.day));
                before = Some(end);
            }
        }
    }
}
