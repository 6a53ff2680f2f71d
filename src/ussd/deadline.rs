//! Answers in time. A gateway waits some seconds for a screen and then shows the caller an error;
//! so what takes longer is answered with "the result will come by SMS", goes on, and is told by SMS
//! when it was refused, or when it succeeded without a message of its own. (A payment has its
//! receipts in the outbox anyway.) What was cut short by a crash is found and told later.

use super::conversation::{BUSY, LATE, Ussd};
use super::progress::{HopOutcome, HopProgress};
use crate::book::{Change, Key, SessionSave};
use crate::gateway::UssdCall;
use crate::language::Language;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::request::Slots;
use crate::store::sessions::{self, SessionRow};
use crate::store::{StoreError, people};
use crate::value::{Kind, Slot};
use crate::wallet::message::Message;
use crate::wallet::outgoing::message;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What is told of what came too late for a screen.
pub const MESSAGES: &[&Message] = &[&REFUSED, &DONE];

const REFUSED: Message = Message::plain("sms.late_refused", &[Slot("reason", Kind::Text)]);
const DONE: Message = Message::plain("sms.late_done", &[]);

/// An act whose conversation shows no outcome after this time was cut short by a crash.
const STUCK_AFTER: Duration = Duration::from_secs(60);
/// Conversations settled in one go.
const STUCK_BATCH: i64 = 100;

type HopFuture = Pin<Box<dyn Future<Output = HopOutcome> + Send>>;

/// A hop that is worked on. Whoever stops waiting for it does not stop it.
struct RunningHop {
    work: Option<HopFuture>,
    runtime: tokio::runtime::Handle,
}

impl RunningHop {
    async fn finish(&mut self) -> HopOutcome {
        let outcome = match &mut self.work {
            Some(work) => work.await,
            None => std::future::pending().await,
        };
        self.work = None;
        outcome
    }
}

impl Drop for RunningHop {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            self.runtime.spawn(work);
        }
    }
}

impl Ussd {
    /// Answers a hop within `deadline`; what is not done by then goes on by itself on `runtime`,
    /// also when whoever asked has hung up. `late` is held until then.
    pub async fn hop_within(
        self,
        deadline: Duration,
        call: UssdCall,
        runtime: &tokio::runtime::Handle,
        late: Arc<()>,
    ) -> HopOutcome {
        let progress = Arc::new(HopProgress::default());
        let ussd = self.clone();
        let seen = progress.clone();
        let caller = call.caller.clone();
        let work = Box::pin(async move { ussd.hop(call, &seen).await });
        // worked on where the request came in, for as long as it may wait: another thread would
        // only cost a journey
        let mut running = RunningHop { work: Some(work), runtime: runtime.clone() };
        if let Ok(outcome) = tokio::time::timeout(deadline, running.finish()).await {
            return outcome;
        }
        let Some(work) = running.work.take() else {
            return self.plain(progress.language(), BUSY, "busy");
        };
        if !progress.is_acting() {
            // nothing is being done yet: whoever dials again continues where they were
            runtime.spawn(work);
            return self.plain(progress.language(), BUSY, "slow");
        }
        let ussd = self.clone();
        let language = progress.language();
        runtime.spawn(async move {
            let _held = late;
            match work.await {
                HopOutcome { refused: Some(refusal), .. } => {
                    let reason = ussd.reason(language, &refusal);
                    ussd.tell_late(&caller, language, &REFUSED, &reason).await;
                }
                HopOutcome { silent: true, .. } => {
                    // it may have been the language that was changed
                    let known = ussd
                        .wallet
                        .caller(caller.clone())
                        .await
                        .ok()
                        .and_then(|known| known.person);
                    let language =
                        known.and_then(|p| Language::parse(&p.language)).unwrap_or(language);
                    ussd.tell_late(&caller, language, &DONE, &Slots::new()).await;
                }
                _told_otherwise => {}
            }
        });
        self.plain(progress.language(), LATE, "late")
    }

    fn reason(&self, language: Language, refusal: &Refusal) -> Slots {
        let catalogue = self.menus.get().catalogue.clone();
        let reason =
            catalogue.say(language, &format!("refusal.{}", refusal.code()), &refusal.slots);
        Slots::from([("reason".to_owned(), reason.into())])
    }

    async fn tell_late(
        &self,
        caller: &Msisdn,
        language: Language,
        replies: &Message,
        slots: &Slots,
    ) {
        let now = self.wallet.clock.now();
        let msisdn = caller.e164();
        let news = message(msisdn, language.as_str(), replies.template, slots, None, now);
        let posting =
            self.wallet.note(Key::new(now, "late", msisdn.as_bytes()), vec![Change::Tell(news)]);
        if let Err(refusal) = self.wallet.book.post(posting).await {
            tracing::error!(code = refusal.code(), "the news of a late result was not stored");
        }
    }

    /// Ends conversations whose act was cut short by a crash: nothing was done, nothing can be done
    /// any more, and the caller is told so. Returns how many.
    pub async fn settle_stuck(&self) -> Result<usize, StoreError> {
        let now = self.wallet.clock.now();
        let before = now.minus(STUCK_AFTER).micros();
        let rows =
            self.wallet.store.read(move |conn| sessions::stuck(conn, before, STUCK_BATCH)).await?;
        let mut settled: usize = 0;
        for row in rows {
            let changes = self.settle(row).await?;
            let posting = self.wallet.note(Key::new(now, "stuck", &[]), changes);
            // the act may have come through in this moment: then the conversation is at another
            // version
            settled =
                settled.saturating_add(usize::from(self.wallet.book.post(posting).await.is_ok()));
        }
        Ok(settled)
    }

    async fn settle(&self, row: SessionRow) -> Result<Vec<Change>, StoreError> {
        let now = self.wallet.clock.now();
        let session = self.sessions.open(&row);
        let read_version = row.version;
        let version = row.version.saturating_add(1);
        let ended = SessionRow { version, state: "ended".into(), updated_at: now.micros(), ..row };
        let mut changes = vec![Change::SaveSession(SessionSave { read_version, row: ended })];
        if let Some(session) = session {
            let msisdn = session.msisdn.clone();
            let person =
                self.wallet.store.read(move |conn| people::by_msisdn(conn, &msisdn)).await?;
            let chosen =
                session.state.language.map_or(session.language, |language| language.to_string());
            let language = person.map_or(chosen, |person| person.language);
            let words = Language::parse(&language).unwrap_or(Language::EN);
            let slots = self.reason(words, &Reason::BUSY.into());
            let news = message(&session.msisdn, &language, REFUSED.template, &slots, None, now);
            changes.push(Change::Tell(news));
        }
        Ok(changes)
    }
}
