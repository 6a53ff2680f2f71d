//! What a call says was typed, by where its conversation stands: one answer, several that were
//! dialled along or whose screens were lost with a node, or nothing new.

use super::hop_session::HopSession;
use super::names::{SessionNames, given_up, key_of, keys_around};
use crate::book::Key;
use crate::gateway::Typed;
use crate::store::{Conn, Store, StoreError, book_rows, dedup};
use crate::time::Timestamp;
use std::collections::VecDeque;

/// Answers taken in one go; no path in the menus is longer.
const STEPS_MAX: usize = 24;

/// What a call asks for.
pub(super) enum Said {
    /// They have dialled.
    Dialled,
    /// They typed this on the screen where they are. Where something was done in this very step, it
    /// was under this key.
    Input(String, Option<Key>),
    /// They typed these, one after the other.
    Steps(VecDeque<String>),
    /// Where they were is lost, but something was done in this very step, under this key.
    Done(Key),
    /// Nothing new: an old hop came again, or one out of order.
    Nothing,
}

impl Said {
    /// What a call says, by the conversation that it belongs to.
    pub(super) fn of(names: &SessionNames, hop_session: &HopSession) -> Said {
        let session = &hop_session.session;
        let begins = session.hops == 0;
        let steps =
            |text: &str| Said::Steps(text.split('*').take(STEPS_MAX).map(str::to_owned).collect());
        match &hop_session.call.typed {
            Typed::Whole(history) if begins && history.is_empty() => Said::Dialled,
            Typed::Whole(history) if begins => steps(history),
            Typed::Whole(history) => {
                let name = |known: &str| names.whole(&hop_session.call, known);
                match session.input_in(history, name) {
                    None => Said::Nothing,
                    // a star may be typed: but where answers may have been lost it more likely
                    // stands between two of them
                    Some(rest) if hop_session.may_lag && rest.contains('*') => steps(rest),
                    Some(input) => Said::Input(input.to_owned(), None),
                }
            }
            Typed::Last { .. } if begins => Said::Dialled,
            Typed::Last { input: None, .. } => Said::Nothing,
            // the screen that this answers was lost, or answered before
            Typed::Last { turn: Some(turn), .. } if *turn != session.turn.saturating_add(1) => {
                Said::Nothing
            }
            Typed::Last { input: Some(input), .. } => Said::Input(input.clone(), None),
        }
    }

    /// Whether a call tells of more than one answer that its conversation, as it is known here,
    /// does not have: a gateway tells each as it comes.
    pub(super) fn is_ahead(names: &SessionNames, hop_session: &HopSession) -> bool {
        let session = &hop_session.session;
        match &hop_session.call.typed {
            Typed::Whole(history) => {
                let name = |known: &str| names.whole(&hop_session.call, known);
                let rest = session.input_in(history, name);
                session.hops > 0 && rest.is_some_and(|rest| rest.contains('*'))
            }
            Typed::Last { turn: Some(turn), .. } => {
                session.hops > 0 && *turn > session.turn.saturating_add(1)
            }
            Typed::Last { turn: None, .. } => false,
        }
    }

    /// The same, where answers may have been lost and something may have been done in this very
    /// step, by what stands in the book.
    pub(super) async fn looked_up(
        self,
        store: &Store,
        hop_session: &HopSession,
    ) -> Result<Said, StoreError> {
        let HopSession { session, hop, now, .. } = hop_session;
        let keys = if session.hops == 0 || session.taken_up {
            keys_around(*now, *hop).to_vec()
        } else {
            vec![key_of(Timestamp::from_micros(session.began), *hop)]
        };
        Ok(match (self, done_among(store, keys).await?) {
            (Said::Input(input, _), Some(key)) => Said::Input(input, Some(key)),
            // also where more was lost than this step: its screen was never stored
            (Said::Dialled | Said::Steps(_) | Said::Nothing, Some(key)) => Said::Done(key),
            (said, _) => said,
        })
    }

    /// Whether something was done in this very step.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Said::Input(_, Some(_)) | Said::Done(_))
    }
}

/// The first of these keys of which something has come, besides that it was given up for good.
pub(super) async fn done_among(store: &Store, keys: Vec<Key>) -> Result<Option<Key>, StoreError> {
    let read = move |conn: &mut Conn| {
        let all: Vec<Key> = keys.iter().flat_map(|key| [*key, given_up(*key)]).collect();
        let bytes: Vec<&[u8]> = all.iter().map(Key::bytes).collect();
        let posted = book_rows::postings_with(conn, &bytes)?.into_iter().map(|row| row.key);
        let seen: Vec<Vec<u8>> = posted.chain(dedup::seen_among(conn, &bytes)?).collect();
        let is_seen = |key: &Key| seen.iter().any(|seen| seen == key.bytes());
        Ok(keys.iter().find(|key| is_seen(key) && !is_seen(&given_up(**key))).copied())
    };
    store.read(read).await
}
