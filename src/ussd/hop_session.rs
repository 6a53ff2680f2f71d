//! A hop in hand: everything that is known while it is worked on. It reads and stores nothing
//! itself.

use super::Menus;
use super::memory::Name;
use super::progress::Late;
use super::session::{Hop, Session};
use crate::gateway::UssdCall;
use crate::language::Language;
use crate::request::Slots;
use crate::store::StoreError;
use crate::time::Timestamp;
use crate::wallet::{Caller, ServiceConfig};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A hop in hand.
pub(super) struct HopSession {
    pub(super) call: UssdCall,
    pub(super) caller_name: Name,
    pub(super) hop: Hop,
    pub(super) now: Timestamp,
    pub(super) caller: Arc<Caller>,
    pub(super) view: super::CallerView,
    pub(super) menus: Arc<Menus>,
    pub(super) session: Session,
    /// It is as it was stored, and what was answered last may not have been.
    pub(super) may_lag: bool,
    /// The version of the caller's line, where it was read for this hop.
    pub(super) line: Option<i64>,
    /// It takes no step any more: its caller dialled again or has acted in another one, or it was
    /// silent for too long.
    pub(super) closed: bool,
    /// Where the caller was cut off before, where they can go on with that.
    pub(super) offered: Option<Session>,
    /// What is told if this comes too late for a screen.
    pub(super) late: Late,
    /// Something was done: the caller may not be who they were.
    pub(super) acted: bool,
}

impl HopSession {
    /// A conversation goes on in the language it began in: a text that changes it meanwhile must
    /// not make two copies of one hop speak differently. Whoever is joining is spoken to as they
    /// chose, also outside the machine.
    pub(super) fn speak(&mut self) {
        let began_in = Language::parse(&self.session.language).unwrap_or(self.view.language);
        self.session.language = began_in.to_string();
        self.view.language = self.session.state.language.unwrap_or(began_in);
    }
}

/// Why a round ends without an answer.
pub(super) enum Lost {
    /// Somebody else was faster: look again.
    Stale,
    /// Its caller has been told that nothing was done, and nothing is.
    GivenUp,
    /// The database is busy or broken.
    Busy,
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a conversation could not be read");
        Lost::Busy
    }
}

/// What the menus may know of the caller.
pub(super) fn view(config: &ServiceConfig, caller: &Caller) -> super::CallerView {
    let person = caller.person.as_ref();
    let market = &config.market;
    let language = person.and_then(|p| Language::parse(&p.language)).unwrap_or(market.language);
    let mut slots = Slots::from([
        ("brand".into(), config.brand.clone().into()),
        ("dial".into(), config.dial.clone().into()),
    ]);
    let first = person.and_then(|p| p.name.split_whitespace().next());
    slots.insert("first_name".into(), first.unwrap_or_default().to_owned().into());
    // who was registered by an agent joins like a stranger: with a language and a PIN
    let joined = person.is_some();
    let settled = caller.settled;
    let known = [
        ("orders", caller.order_waits),
        ("agent", caller.post.is_some()),
        ("staff", caller.is_staff),
        ("registered", joined && !settled),
        ("mail", config.mails),
        ("balance_pin", config.rules.balance_pin),
    ];
    let flags: BTreeSet<String> =
        known.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag.to_owned()).collect();
    super::CallerView {
        language,
        known: joined && settled,
        foreign: !caller.msisdn.is_of(market),
        slots,
        flags,
        market: market.clone(),
    }
}
