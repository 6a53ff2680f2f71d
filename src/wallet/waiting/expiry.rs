//! What waited too long: holds set their money free, and whoever waited for that hears what became
//! of it, in one commit.

use super::super::Wallet;
use super::super::vouchers::ending;
use crate::book::{HoldMove, Key, Posting};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;

/// What ends in one go.
const BATCH: i64 = 100;

impl Wallet {
    /// Ends holds whose time is over; returns how many.
    pub async fn expire(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let config = self.config.clone();
        let due = self.store.read(move |conn: &mut Conn| {
            let mut due = Vec::new();
            for hold in book_rows::holds_expired(conn, now.micros(), BATCH)? {
                let mut changes = Vec::new();
                let mut meters = Vec::new();
                if let Some(untaken) = ending::behind(conn, hold.id)? {
                    (changes, meters) = untaken.returned(&config, now);
                }
                due.push((hold, changes, meters));
            }
            Ok::<_, StoreError>(due)
        });
        let mut ended: usize = 0;
        for (hold, changes, meters) in due.await? {
            let note = self.note(key(hold.expires_at, hold.id), changes);
            let holds = vec![HoldMove::Expire { hold: hold.id }];
            let posting = Posting { kind: "expire", holds, meters, ..note };
            ended = ended.saturating_add(usize::from(self.book.post(posting).await.is_ok()));
        }
        Ok(ended)
    }
}

/// The same for each node that looks at it.
pub(super) fn key(expires_at: i64, id: i64) -> Key {
    Key::new(Timestamp::from_micros(expires_at), "expiry", &id.to_be_bytes())
}
