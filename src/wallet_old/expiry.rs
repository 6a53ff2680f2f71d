//! Holds whose time is over: the money is free again, and whoever waited for it hears what became of it, in one commit.

use super::Wallet;
use super::orders::{EXPIRE_BATCH, expiry_key};
use crate::book::{HoldMove, Posting};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;
use crate::wallet::reversals::reversal;
use crate::wallet::vouchers::ending;

impl Wallet {
    /// Ends holds; returns how many.
    pub(super) async fn expire_holds(&self, now: Timestamp) -> Result<usize, StoreError> {
        let house = self.house.clone();
        let due = self.store.read(move |conn: &mut Conn| {
            let mut due = Vec::new();
            for hold in book_rows::holds_expired(conn, now.micros(), EXPIRE_BATCH)? {
                let (mut changes, mut meters) = (Vec::new(), Vec::new());
                if let Some((row, payer, payee)) = reversal::behind(conn, hold.id)? {
                    changes = reversal::ended(&house, &row, &payer, &payee, now);
                } else if let Some(untaken) = ending::behind(conn, hold.id)? {
                    (changes, meters) = untaken.returned(&house, now);
                }
                due.push((hold, changes, meters));
            }
            Ok::<_, StoreError>(due)
        });
        let mut ended: usize = 0;
        for (hold, changes, meters) in due.await? {
            let note = self.note(expiry_key(hold.expires_at, hold.id), changes);
            let posting = Posting { kind: "expire", holds: vec![HoldMove::Expire { hold: hold.id }], meters, ..note };
            ended = ended.saturating_add(usize::from(self.book.post(posting).await.is_ok()));
        }
        Ok(ended)
    }
}
