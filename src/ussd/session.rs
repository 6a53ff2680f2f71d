//! What is kept of a conversation between two hops, and how: sealed, so that the table tells
//! nothing to who reads it. It holds no PIN and no typed text: what was typed is known only by
//! keyed digests.

use super::state::State;
use crate::seal::{SealKey, from_hex, to_hex};
use serde::{Deserialize, Serialize};

/// A hop's name: a keyed digest of the session and of everything typed up to then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hop(pub [u8; 16]);

impl Serialize for Hop {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        // a conversation holds many of these, and is written at every hop
        out.serialize_str(&to_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hop {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Hop, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = from_hex(&text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Hop).ok_or_else(|| serde::de::Error::custom("not the name of a hop"))
    }
}

/// Hops of one conversation at most; a person needs fewer than twenty.
pub const HOPS_MAX: usize = 60;

/// A conversation as stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Session {
    /// When it began, microseconds UTC: the origin of its idempotency keys.
    pub began: i64,
    /// The caller, for news that come when the conversation is over.
    pub msisdn: String,
    /// The language it began in, and of such news.
    pub language: String,
    /// Length of everything typed so far, in bytes.
    pub typed: usize,
    /// Name of the last hop.
    pub last: Hop,
    /// Where the person is.
    pub state: State,
    /// The hop that is acting, or has acted, without a stored answer.
    pub executing: Option<Hop>,
    /// The claimed hop has done what it should.
    pub executed: bool,
    /// The answers given, in order: a repeated hop gets the same again.
    pub replies: Vec<Reply>,
}

/// An answer given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reply {
    /// To which hop.
    pub hop: Hop,
    /// The screen.
    pub text: String,
    /// Whether the conversation went on.
    pub continues: bool,
}

impl Session {
    /// The answer given to this hop.
    pub fn answer_to(&self, hop: &Hop) -> Option<&Reply> {
        self.replies.iter().find(|reply| reply.hop == *hop)
    }

    /// Whether the last word was said.
    pub fn is_over(&self) -> bool {
        self.replies.last().is_some_and(|reply| !reply.continues)
    }

    /// The new input in a history that continues this conversation; `None` if it does not continue
    /// it.
    ///
    /// Typed text may itself hold `*`, so the known beginning is taken off instead of splitting.
    pub fn input_in<'a>(&self, history: &'a str, name: impl Fn(&str) -> Hop) -> Option<&'a str> {
        let known = history.get(..self.typed)?;
        let rest = history.get(self.typed..)?;
        if name(known) != self.last {
            return None;
        }
        if self.typed == 0 { (!rest.is_empty()).then_some(rest) } else { rest.strip_prefix('*') }
    }

    /// Sealed for storage under `label`, the conversation's key.
    pub fn seal(&self, key: &SealKey, nonce: [u8; 12], label: &[u8]) -> Vec<u8> {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        key.seal(nonce, label, &plain)
    }

    /// Opened again; `None` when it was made with another key or was damaged.
    pub fn open(key: &SealKey, label: &[u8], sealed: &[u8]) -> Option<Session> {
        serde_json::from_slice(&key.open(label, sealed)?).ok()
    }
}
