//! Going on after a loss: a node is asked about a hop of a conversation that it does not have in
//! hand, because another one has it, or had it and died. What was typed is said again by the
//! gateway, or stands in the store; what was done stands in the book, and is told from there.

use super::Screen;
use super::conversation::Ussd;
use super::deadline::{DONE, DONE_BEFORE};
use super::hop_session::{HopSession, Lost};
use super::progress::{HopOutcome, Late};
use super::typed::{Said, done_among};
use crate::book::Key;
use crate::gateway::Typed;
use crate::language::Language;
use crate::refusal::Reason;
use crate::request::{Answer, Request, Slots};
use std::time::Duration;

/// What another node has in hand is stored at the latest after two of its flushes: so often, and
/// so long apart, it is looked for.
const LOOKS_MAX: usize = 4;
const LOOKS_EVERY: Duration = Duration::from_millis(50);

impl Ussd {
    /// What the call says; where answers may have been lost, as far as it can be found out.
    pub(super) async fn said(&self, hop_session: &mut HopSession) -> Result<Said, Lost> {
        let names = &self.sessions.names;
        // another node may have taken hops of it since this one had it in hand
        let is_ahead = !hop_session.may_lag
            && self.sessions.has_neighbours()
            && Said::is_ahead(names, hop_session);
        hop_session.may_lag |= is_ahead;
        let mut said = Said::of(names, hop_session);
        let lost = |said: &Said, hop_session: &HopSession| {
            let begins = hop_session.session.hops == 0 && !is_dial(&hop_session.call.typed);
            begins || matches!(said, Said::Nothing | Said::Steps(_))
        };
        let mut found = false;
        for _look in 0..LOOKS_MAX {
            let elsewhere = hop_session.may_lag && self.sessions.has_neighbours();
            if !elsewhere || !lost(&said, hop_session) {
                break;
            }
            tokio::time::sleep(LOOKS_EVERY).await;
            let key = names.session(
                hop_session.call.gateway,
                &hop_session.call.session,
                &hop_session.call.caller,
            );
            if let Some(stored) = self.sessions.stored(key).await?
                && stored.hops > hop_session.session.hops
            {
                hop_session.hop = names.hop(&hop_session.call, &stored, Duration::ZERO);
                hop_session.closed = !stored.is_over() && !stored.is_open();
                hop_session.session = stored;
                hop_session.speak();
                said = Said::of(names, hop_session);
                found = true;
            }
        }
        if is_ahead && !found {
            // nobody has: it is as it stands
            hop_session.may_lag = false;
            said = Said::of(names, hop_session);
        }
        let session = &hop_session.session;
        let held =
            session.hops > 0 && !hop_session.may_lag && !hop_session.closed && !session.taken_up;
        if held || is_dial(&hop_session.call.typed) {
            return Ok(said);
        }
        Ok(said.looked_up(&self.wallet.store, hop_session).await?)
    }

    /// What is told of something that was done where nothing else is known any more.
    pub(super) async fn receipt(&self, language: Language, key: Key) -> Result<HopOutcome, Lost> {
        let slots = self.wallet.receipt_of(key).await?;
        let (text, slots) = match slots {
            Some(slots) => (DONE_BEFORE.template, slots),
            None => (DONE.template, Slots::new()),
        };
        let text = self.menus.get().catalogue.say(language, text, &slots);
        let screen = Screen { text, continues: false };
        Ok(HopOutcome { screen, word: "done_before", at: String::new(), late: Late::Nothing })
    }

    /// What came of a hop that came to something before: it was done, or given up for good.
    pub(super) async fn told_before(
        &self,
        hop_session: &HopSession,
        request: &Request,
        key: Key,
    ) -> Result<Answer, Lost> {
        if done_among(&self.wallet.store, vec![key]).await?.is_none() {
            return Ok(Answer::Refused(Reason::STALE.into()));
        }
        Ok(self.wallet.replay(&hop_session.caller, request, key).await)
    }
}

fn is_dial(typed: &Typed) -> bool {
    match typed {
        Typed::Whole(history) => history.is_empty(),
        Typed::Last { input, .. } => input.is_none(),
    }
}
