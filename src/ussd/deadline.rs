//! Answers in time. A gateway waits some seconds for a screen and then shows the caller an error;
//! so what takes longer is answered with "the result will come by SMS", goes on, and is told by SMS
//! when it was refused, or when it succeeded without a message of its own. (A payment has its
//! receipts in the outbox anyway.) Who is told that nothing was done is told the truth: from then
//! on nothing is.

use super::conversation::{BUSY, LATE, Ussd};
use super::progress::{HopOutcome, HopProgress, Late};
use crate::book::{Change, Key};
use crate::gateway::UssdCall;
use crate::language::Language;
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::request::Slots;
use crate::store::outbox::NewMessage;
use crate::value::{Kind, Slot};
use crate::wallet::message::Message;
use crate::wallet::outgoing::message;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What is told of what came too late for a screen.
pub const MESSAGES: &[&Message] = &[&REFUSED, &DONE, &DONE_BEFORE];

pub(super) const REFUSED: Message =
    Message::plain("sms.late_refused", &[Slot("reason", Kind::Text)]);
pub(super) const DONE: Message = Message::plain("sms.late_done", &[]);
/// Shown, where nothing but the book knows of it any more.
pub(super) const DONE_BEFORE: Message = Message::receipt("sms.done_before", &[]);

/// How long is waited before news that could not be stored are tried again: the database is away,
/// and whoever was promised them waits.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

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
        self: Arc<Self>,
        deadline: Duration,
        call: UssdCall,
        runtime: &tokio::runtime::Handle,
        late: Arc<()>,
    ) -> HopOutcome {
        let progress = Arc::new(HopProgress::default());
        // until it is known who calls
        progress.speak(self.wallet.config.market.language);
        let ussd = self.clone();
        let seen = progress.clone();
        let caller = call.caller.clone();
        let key = self.sessions.names.session(call.gateway, &call.session, &call.caller);
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
        if !progress.is_acting() && progress.give_up() {
            // nothing is done any more: whoever dials again continues where they were
            runtime.spawn(work);
            return self.plain(progress.language(), BUSY, "slow");
        }
        self.sessions.memory.promise(&key);
        let ussd = self.clone();
        let language = progress.language();
        runtime.spawn(async move {
            let _held = late;
            match work.await.late {
                Late::Refused(refusal) => {
                    let reason = ussd.reason(language, &refusal);
                    ussd.tell_late(&caller, language, &REFUSED, &reason).await;
                }
                Late::Done => {
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
                // told by its own messages, or when it is known
                Late::Nothing | Late::Unclear => {}
            }
        });
        self.plain(progress.language(), LATE, "late")
    }

    pub(super) fn reason(&self, language: Language, refusal: &Refusal) -> Slots {
        let catalogue = self.menus.get().catalogue.clone();
        let reason =
            catalogue.say(language, &format!("refusal.{}", refusal.code()), &refusal.slots);
        Slots::from([("reason".to_owned(), reason.into())])
    }

    /// Tells somebody what came of what they were to wait for: until it is stored, however long the
    /// database is away.
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
        let key = Key::new(now, "late", msisdn.as_bytes());
        // once, also where it is not known whether the first try was stored
        let changes = vec![Change::Dedup { key }, Change::Tell(news)];
        loop {
            match self.wallet.book.post(self.wallet.note(key, changes.clone())).await {
                Ok(_) | Err(Refusal { reason: Reason::SEEN, .. }) => return,
                Err(refusal) if [Reason::BUSY, Reason::UNCLEAR].contains(&refusal.reason) => {
                    tracing::warn!(code = refusal.code(), "the news of a late result wait");
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
                Err(refusal) => {
                    let code = refusal.code();
                    tracing::error!(code, "the news of a late result were not stored");
                    return;
                }
            }
        }
    }

    /// News for a caller of whom no more is known than a conversation says.
    pub(super) fn news(
        &self,
        msisdn: &str,
        language: &str,
        what: &Message,
        slots: &Slots,
    ) -> NewMessage {
        message(msisdn, language, what.template, slots, None, self.wallet.clock.now())
    }
}
