//! Looks at the clock: asks the database for the times that it has in hand, and lets the guard of
//! the book compare. What is wrong is said once, and shown in the metrics for as long as it is so.

use crate::book::Book;
use crate::clock_guard::OtherTimes;
use crate::metrics::Metrics;
use crate::store::{Store, StoreError, times};
use crate::time::{Clock, Timestamp};

/// Compares this node's clock once. Where the database cannot be asked, what was found before
/// stays.
pub async fn look(
    store: &Store,
    book: &Book,
    clock: &Clock,
    metrics: &Metrics,
) -> Result<(), StoreError> {
    let (posted, server) = store.read(times::read).await?;
    let newest_posting = posted.map(Timestamp::from_micros);
    let database = server.map(Timestamp::from_micros);
    let others = OtherTimes { newest_posting, database };
    let (fault, news) = book.clock_guard().compare(clock.now(), &others);
    metrics.clock(fault.is_some());
    match fault {
        Some(fault) if news => tracing::error!(
            "{fault}: workers stand still and nothing is committed here until it is right"
        ),
        None if news => tracing::info!("the clock of this machine is right again"),
        Some(_) | None => {}
    }
    Ok(())
}
