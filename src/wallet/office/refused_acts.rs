//! What one of the staff tried and may not: it is refused, and recorded under their name, in the
//! same chain as what is done. What a look is refused for is not recorded, but for where they have
//! no right at all. Which pages and commands there are is not known here.

use super::super::{Wallet, unavailable};
use super::sign_in::{OnDuty, SESSION_OVER, TOUCHED};
use crate::actor::Actor;
use crate::book::{Change, Keep, Key, Posting};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::records::Record;
use crate::store::staff_rows;
use crate::store::staff_sessions;

/// How often it is tried while others change what is known of the same person.
const TRIES: usize = 5;

/// Whether a refusal says something of who asked, and not of how the service is at the moment.
pub(super) fn is_recorded(refusal: &Refusal) -> bool {
    let passing =
        [Reason::BUSY, Reason::UNCLEAR, Reason::STALE, Reason::MOVED, Reason::SERVICE_UNKNOWN];
    !passing.contains(&refusal.reason)
}

impl Wallet {
    /// Records that somebody at work wanted something and was refused. What is refused stays
    /// refused, whether or not that could be recorded.
    pub async fn record_refused(&self, duty: &OnDuty, what: &str, why: &str) {
        let note = format!("{what}: {why}");
        for _try in 0..TRIES {
            match self.keep_refused(duty, &note).await {
                Ok(()) => return,
                Err(no) if no.reason == Reason::STALE => {}
                Err(no) => {
                    tracing::error!(code = no.code(), note, "a refusal was not recorded");
                    return;
                }
            }
        }
        tracing::error!(note, "a refusal was not recorded: others were faster");
    }

    async fn keep_refused(&self, duty: &OnDuty, note: &str) -> Result<(), Refusal> {
        let id = duty.staff.id;
        let read = move |conn: &mut _| staff_rows::by_id(conn, id);
        let found = self.store.read(read).await.map_err(|error| unavailable(&error))?;
        let row = found.ok_or(Reason::INVALID)?.next();
        let actor = Actor::Staff(row.name.clone());
        let named = [row.id.number().to_be_bytes(), row.version.to_be_bytes()].concat();
        let key = Key::new(self.clock.now(), "refused", &named);
        let record = Record::Staff(Box::new(row));
        let kept = Change::Keep(Keep { record, event: "refused", note: note.to_owned() });
        let posting = Posting { kind: "refused", actor, ..self.note(key, vec![kept]) };
        self.book.post(posting).await.map(|_receipt| ())
    }

    /// Somebody shows a session that was ended, or is of who left: recorded once a minute at most,
    /// however often it is shown.
    pub(super) async fn record_over(&self, duty: &OnDuty) -> Result<(), Refusal> {
        let OnDuty { staff, session } = duty;
        let now = self.clock.now();
        let sent_out = (session.begun_at <= staff.out_until).then_some(staff.out_until);
        let ended_at = session.ended_at.or(sent_out);
        let over = ended_at.is_some() || !staff.works();
        let first = ended_at.is_some_and(|ended| session.seen_at <= ended);
        let lately = now.micros().saturating_sub(session.seen_at) <= TOUCHED;
        if !over || (lately && !first) {
            return Ok(());
        }
        let digest = session.digest.clone();
        let at = now.micros();
        let touched = move |conn: &mut _| staff_sessions::touch(conn, &digest, at, false);
        self.book.write(touched).await.map_err(|error| unavailable(&error))?;
        self.record_refused(duty, "session", SESSION_OVER.code()).await;
        Ok(())
    }
}
