//! What is kept of a conversation between two hops, and how: sealed, so that the table tells
//! nothing to who reads it. It holds no PIN and no typed text: what was typed is known only by
//! keyed digests.

use super::state::State;
use crate::seal::{SealKey, from_hex, to_hex};
use crate::store::sessions::PastSession;
use serde::{Deserialize, Serialize};

/// A hop's name: a keyed digest of what the gateway says again when it repeats the hop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hop(pub [u8; 16]);

impl Serialize for Hop {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
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
pub const HOPS_MAX: u32 = 60;
/// Answers that are kept: a gateway repeats the last hop, or the one before when it was slow.
const REPLIES_MAX: usize = 2;

/// A conversation as stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Session {
    /// When it began, microseconds UTC: the origin of its idempotency keys.
    pub began: i64,
    /// By which gateway.
    pub gateway: String,
    /// The caller, for news that come when the conversation is over.
    pub msisdn: String,
    /// The language it began in, and of such news.
    pub language: String,
    /// Steps that were answered.
    pub hops: u32,
    /// Length of everything typed so far, in bytes, where the gateway says that.
    pub typed: usize,
    /// The gateway's count of the last step, where it counts.
    pub turn: u32,
    /// Name of the last hop.
    pub last: Hop,
    /// Where the person is.
    pub state: State,
    /// The version of the caller's line: as it stood when this began, or as its last act left it.
    pub line: i64,
    /// The hop that is acting, and whose caller was told to wait for an SMS.
    pub executing: Option<Hop>,
    /// The last answers, in order: a repeated hop gets the same again.
    pub replies: Vec<Reply>,
    /// The screens it passed, each once where it stayed.
    pub screens: Vec<String>,
    /// It was taken up from what the gateway says was typed: what was done in it before is known
    /// to the book alone.
    pub taken_up: bool,
    /// How it ended, once it has.
    pub ending: Option<Ending>,
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// With a last screen.
    Closed,
    /// The gateway says that the person hung up, was cut off or took too long.
    CutOff,
    /// The gateway says that our answer did not reach it.
    Failed,
    /// The person dialled anew.
    DialledAnew,
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

    /// Whether it can still be gone on in.
    pub fn is_open(&self) -> bool {
        self.ending.is_none()
    }

    /// Whether its caller can be offered to go on where it was: nobody has ended it, neither the
    /// last screen nor who dialled anew.
    pub fn can_be_resumed(&self) -> bool {
        match self.ending {
            None | Some(Ending::CutOff | Ending::Failed) => true,
            Some(Ending::Closed | Ending::DialledAnew) => false,
        }
    }

    /// Takes up an answer, and that the person is at `screen` now.
    pub fn replied(&mut self, reply: Reply, screen: &str) {
        self.last = reply.hop;
        self.hops = self.hops.saturating_add(1);
        if !reply.continues {
            self.ending = Some(Ending::Closed);
        }
        self.replies.push(reply);
        if self.replies.len() > REPLIES_MAX {
            self.replies.remove(0);
        }
        if self.screens.last().is_none_or(|last| last != screen) {
            self.screens.push(screen.to_owned());
        }
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

    /// What is left of it when it is over.
    pub fn past(&self, caller: &[u8], ended_at: i64) -> PastSession {
        let ending = match self.ending {
            Some(Ending::Closed) => "closed",
            Some(Ending::CutOff) => "cut_off",
            Some(Ending::Failed) => "failed",
            Some(Ending::DialledAnew) => "dialled_anew",
            None => "silence",
        };
        PastSession {
            caller: caller.to_vec(),
            gateway: self.gateway.clone(),
            began_at: self.began,
            ended_at,
            screens: self.screens.join(" "),
            ending: ending.to_owned(),
        }
    }

    /// Sealed for storage under `label`, the conversation's key.
    pub fn seal(&self, key: &SealKey, nonce: [u8; 24], label: &[u8]) -> Vec<u8> {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        key.seal(nonce, label, &plain)
    }

    /// Opened again; `None` when it was made with another key or was damaged.
    pub fn open(key: &SealKey, label: &[u8], sealed: &[u8]) -> Option<Session> {
        serde_json::from_slice(&key.open(label, sealed)?).ok()
    }
}
