//! Promises that a crash left behind: somebody was told to wait for an SMS, and the node that would
//! have sent it is gone, or nobody knew yet what had come of their act. It is found out in the
//! book's own order, so that nothing can come of it any more where it is told that nothing did.

use super::conversation::Ussd;
use super::deadline::{DONE, REFUSED};
use super::memory::{Name, Unwritten};
use super::names::{given_up, key_of};
use super::session::{Ending, Hop, Session};
use crate::book::{Change, Key};
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::request::Slots;
use crate::store::sessions::SessionRow;
use crate::store::{StoreError, book_rows, people};
use crate::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// An act that shows no outcome after this time was cut short: its node is gone, or has given up.
const STUCK_AFTER: Duration = Duration::from_secs(60);

impl Ussd {
    /// Finds out what became of acts that were cut short, and tells their callers. Returns how
    /// many.
    pub async fn settle_stuck(&self) -> Result<usize, StoreError> {
        let before = self.wallet.clock.now().minus(STUCK_AFTER).micros();
        let mut settled = 0_usize;
        for row in self.sessions.cut_short(before).await? {
            let Some(name) = <Name>::try_from(row.key.as_slice()).ok() else { continue };
            // this node is still at it
            if self.sessions.memory.is_in_hand(&name) {
                continue;
            }
            let Some(session) = self.sessions.open(&row) else { continue };
            if let Some(hop) = session.executing {
                self.settle(&session, hop).await?;
                settled = settled.saturating_add(1);
            }
            self.settled(name, &row, session);
        }
        if settled > 0 {
            self.sessions.flush().await?;
        }
        Ok(settled)
    }

    /// Says for good that nothing came of a hop; where something did, tells that unless it has told
    /// itself.
    async fn settle(&self, session: &Session, hop: Hop) -> Result<(), StoreError> {
        let key = key_of(Timestamp::from_micros(session.began), hop);
        let once = given_up(key);
        let msisdn = session.msisdn.clone();
        let person = self.wallet.store.read(move |conn| people::by_msisdn(conn, &msisdn)).await?;
        let chosen = session.state.language.map(|language| language.to_string());
        let language = person
            .map(|person| person.language)
            .or(chosen)
            .unwrap_or_else(|| session.language.clone());
        let words = Language::parse(&language).unwrap_or(Language::EN);
        let reason = self.reason(words, &Reason::BUSY.into());
        let nothing = self.news(&session.msisdn, &language, &REFUSED, &reason);
        let changes = vec![
            Change::Undone { key: once },
            Change::Undone { key },
            Change::Dedup { key: once },
            Change::Dedup { key },
            Change::Tell(nothing),
        ];
        match self.wallet.book.post(self.wallet.note(once, changes)).await {
            Ok(_) => return Ok(()),
            Err(Refusal { reason: Reason::SEEN, .. }) => {}
            // it waits for the next time
            Err(_) => return Err(StoreError::Closed),
        }
        let posted = move |conn: &mut _| book_rows::postings_with(conn, &[key.bytes()]);
        if !self.wallet.store.read(posted).await?.is_empty() {
            return Ok(());
        }
        let done = self.news(&session.msisdn, &language, &DONE, &Slots::new());
        let told: Key = once.within("told");
        let changes =
            vec![Change::Undone { key: once }, Change::Dedup { key: told }, Change::Tell(done)];
        match self.wallet.book.post(self.wallet.note(told, changes)).await {
            Ok(_) | Err(Refusal { reason: Reason::SEEN, .. }) => Ok(()),
            Err(_) => Err(StoreError::Closed),
        }
    }

    /// The promise is kept, and the conversation over.
    fn settled(&self, name: Name, row: &SessionRow, session: Session) {
        let Some(caller) = <Name>::try_from(row.caller.as_slice()).ok() else { return };
        let ending = session.ending.or(Some(Ending::Failed));
        let session = Session { executing: None, ending, ..session };
        let unwritten = Unwritten {
            updated_at: row.updated_at,
            acting_since: None,
            caller,
            session: Arc::new(session),
        };
        self.sessions.memory.write(name, unwritten);
    }
}
