//! How conversations, callers and hops are named: by keyed digests, so that a table of them tells
//! nothing. A hop is named by nothing but what a gateway says again when it repeats it.

use super::memory::Name;
use super::session::{Hop, Session};
use crate::book::Key;
use crate::gateway::{Typed, UssdCall};
use crate::phone::Msisdn;
use crate::seal::SealKey;
use crate::time::Timestamp;
use std::time::Duration;

/// A gateway that does not count repeats a hop within this time after its answer, and no person has
/// read a screen and answered it by then.
const ECHO_WITHIN: Duration = Duration::from_millis(1_500);
/// The keys of acts begin with the hour in which their conversation began, so that their index
/// grows at its right edge, and whoever has lost the conversation knows where to look.
const KEY_HOUR: i64 = 3_600 * 1_000_000;

/// The key that names are made with. It is the same for as long as the service lives.
pub struct SessionNames(SealKey);

impl std::fmt::Debug for SessionNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionNames(***)")
    }
}

impl SessionNames {
    /// Names made with this key.
    pub fn new(key: SealKey) -> SessionNames {
        SessionNames(key)
    }

    /// Of a conversation: gateway, session and number.
    pub fn session(&self, gateway: &str, session: &str, caller: &Msisdn) -> Name {
        self.0.fingerprint("session", &format!("{gateway}\n{session}\n{}", caller.e164()))
    }

    /// Of a caller, and of their line.
    pub fn caller(&self, caller: &Msisdn) -> Name {
        self.0.fingerprint("caller", caller.e164())
    }

    /// Of a call, as far as a copy of it says the same.
    pub fn call(&self, call: &UssdCall) -> Name {
        match &call.typed {
            Typed::Whole(history) => self.of(call, "hop", history),
            // what was typed is a part of it: another PIN is another try
            Typed::Last { input, turn } => {
                let input = input.as_deref().unwrap_or_default();
                self.of(call, "last", &format!("{}\n{input}", turn.unwrap_or_default()))
            }
        }
    }

    /// Of the hop that a call is in this conversation. What does not count is told from a copy of
    /// itself by the time since the answer: a gateway is quick, and a person reads first.
    pub fn hop(&self, call: &UssdCall, session: &Session, since_answer: Duration) -> Hop {
        let Typed::Last { input: Some(input), turn: None } = &call.typed else {
            return Hop(self.call(call));
        };
        let step = |hops: u32| Hop(self.of(call, "step", &format!("{hops}\n{input}")));
        let before = step(session.hops.saturating_sub(1));
        let copy = session.last == before && (since_answer < ECHO_WITHIN || session.is_over());
        if copy { before } else { step(session.hops) }
    }

    /// Of the hop with this history.
    pub fn whole(&self, call: &UssdCall, history: &str) -> Hop {
        Hop(self.of(call, "hop", history))
    }

    fn of(&self, call: &UssdCall, label: &str, what: &str) -> Name {
        let UssdCall { gateway, session, caller, .. } = call;
        self.0.fingerprint(label, &format!("{gateway}\n{session}\n{}\n{what}", caller.e164()))
    }
}

/// The key of what a hop does, in a conversation that began at `began`.
pub fn key_of(began: Timestamp, hop: Hop) -> Key {
    Key::new(hour_of(began), "ussd", &hop.0)
}

/// The keys that what a hop did may have where nobody knows any more when its conversation began:
/// it was in this hour or in the one before, since none lasts longer.
pub fn keys_around(now: Timestamp, hop: Hop) -> [Key; 2] {
    [now, now.minus(Duration::from_secs(3_600))].map(|began| key_of(began, hop))
}

fn hour_of(at: Timestamp) -> Timestamp {
    let hours = at.micros().div_euclid(KEY_HOUR);
    Timestamp::from_micros(hours.saturating_mul(KEY_HOUR))
}

/// The key under which it is said for good that nothing came of another one.
pub fn given_up(key: Key) -> Key {
    key.within("given up")
}
