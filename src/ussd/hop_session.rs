//! A hop in hand: everything that is known while it is worked on. It reads and stores nothing
//! itself.

use super::Menus;
use super::session::{Hop, Session};
use crate::gateway::UssdCall;
use crate::language::Language;
use crate::request::Slots;
use crate::store::StoreError;
use crate::store::sessions::SessionRow;
use crate::time::Timestamp;
use crate::wallet::{Caller, ServiceConfig};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A hop in hand.
pub(super) struct HopSession {
    pub(super) call: UssdCall,
    pub(super) key: Vec<u8>,
    pub(super) hop: Hop,
    pub(super) now: Timestamp,
    pub(super) caller: Caller,
    pub(super) view: super::CallerView,
    pub(super) menus: Arc<Menus>,
    /// The version in the database; 0 when the conversation is new.
    pub(super) version: i64,
    /// It was ended from outside: its caller dialled again, or it was found stuck and the caller
    /// was told so.
    pub(super) closed: bool,
    pub(super) session: Session,
    /// Something was done of which no message tells.
    pub(super) silent: bool,
    /// Something was done of which no posting tells.
    pub(super) not_recorded: bool,
    /// How often the caller has begun a conversation: the version of their line.
    pub(super) dialled: i64,
    /// Conversations of the same caller that end with this one's first hop.
    pub(super) superseded: Vec<SessionRow>,
}

/// Why a round ends without an answer.
pub(super) enum Lost {
    /// Somebody else stored first: look again.
    Stale,
    /// The same hop is acting: look again in a moment.
    Acting,
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
    let language = person.and_then(|p| Language::parse(&p.language)).unwrap_or(Language::EN);
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
    ];
    let flags: BTreeSet<String> =
        known.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag.to_owned()).collect();
    super::CallerView {
        language,
        known: joined && settled,
        slots,
        flags,
        market: config.market.clone(),
    }
}
