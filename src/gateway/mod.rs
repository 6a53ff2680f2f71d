//! The doors to the telephone networks: the few events that every aggregator's dialect speaks, and
//! nothing of how any of them looks on the wire. One file per dialect. This room knows nothing of
//! menus, money or people.

use std::fmt;

use crate::phone::Msisdn;

/// Africa's Talking: forms, and everything that was typed.
pub mod africastalking;
/// Arkesel: JSON, the last input, and no count.
pub mod arkesel;
/// What a dialect is.
pub mod dialect;
/// The table of them.
pub mod dialects;
/// Reading form bodies without trusting them.
mod form;
/// Hubtel: JSON, the last input, and a count.
pub mod hubtel;
/// Reading JSON bodies without trusting them.
mod json;
/// Reading numbers.
mod number;
/// Handing texts to the network.
pub mod sender;
/// Handing letters to a mail server.
pub mod smtp;

/// One step of a USSD conversation: somebody dialled, or answered a screen.
///
/// `Debug` leaves out what was typed, because a PIN is typed the same way as a choice.
#[derive(Clone, PartialEq, Eq)]
pub struct UssdCall {
    /// By which gateway.
    pub gateway: &'static str,
    /// The gateway's name for the conversation, the same on each step.
    pub session: String,
    /// What was dialled: `*384*1234#`.
    pub service_code: String,
    /// Who dialled.
    pub caller: Msisdn,
    /// The gateway's code for the caller's network; unknown codes are fine.
    pub network: String,
    /// What was typed.
    pub typed: Typed,
}

/// What was typed, as gateways tell it. It may hold a PIN.
#[derive(Clone, PartialEq, Eq)]
pub enum Typed {
    /// Everything so far, joined by `*`; nothing on the first step.
    Whole(String),
    /// What was typed last.
    Last {
        /// Nothing on the first step, at least from some gateways: others say what was dialled.
        input: Option<String>,
        /// Which step it is, where the gateway counts them.
        turn: Option<u32>,
    },
}

impl Typed {
    /// The words, all or the last.
    pub fn text(&self) -> &str {
        match self {
            Typed::Whole(history) => history,
            Typed::Last { input, .. } => input.as_deref().unwrap_or_default(),
        }
    }
}

impl fmt::Debug for UssdCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UssdCall")
            .field("gateway", &self.gateway)
            .field("session", &self.session)
            .field("service_code", &self.service_code)
            .field("caller", &self.caller)
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}

/// How a conversation ended, as the gateway tells it afterwards. It may never come: nothing depends
/// on it. What the person typed and what we last said are part of the notice, and are deliberately
/// not part of this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndEvent {
    /// The conversation.
    pub session: String,
    /// Whose it was, where the notice says that.
    pub caller: Option<Msisdn>,
    /// How it ended.
    pub status: Ending,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// How many steps it had.
    pub hops: Option<u32>,
    /// What the gateway charged, as it wrote it: `0.10` or `KES 0.10`.
    pub cost: Option<String>,
}

/// The ways a conversation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// We closed it with a last screen.
    Closed,
    /// The person hung up, was cut off, or took too long.
    CutOff,
    /// Our answer did not reach the gateway in a form it takes.
    Failed,
    /// The gateway used a word we do not know.
    Unknown,
}

/// A text message that somebody sent to the service.
///
/// `Debug` leaves the words out: people type PINs into texts, although they are told not to.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The gateway's name for the message: the same when it is delivered again.
    pub id: String,
    /// Who sent it.
    pub from: Msisdn,
    /// The words.
    pub body: String,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("id", &self.id)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// What became of a message that the gateway accepted earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The name the gateway gave the message when it accepted it.
    pub message_id: String,
    /// What became of it.
    pub status: Delivery,
}

/// Where a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// On the handset.
    Delivered,
    /// With a network, on its way.
    Underway,
    /// It will not arrive; the gateway's reason in lower case, without blanks.
    Failed(String),
    /// The gateway used a word we do not know. That is no error: refusing would only make it ask
    /// again.
    Unknown,
}

/// What the gateway said to a message that we asked it to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendResult {
    /// The gateway has it and will report by this name.
    Accepted {
        /// The gateway's name for the message, where its answer could be read so far. What it has
        /// must never be handed over again, however odd its answer was.
        message_id: Option<String>,
    },
    /// This message will never go to this number: trying again is pointless.
    Refused {
        /// Why, without personal data.
        reason: String,
    },
    /// It did not go now, or we cannot tell: try again later.
    TryLater {
        /// Why, without personal data.
        reason: String,
    },
    /// Nobody's message would have gone now: the gateway, or the way to it, is in trouble.
    Away {
        /// Why, without personal data.
        reason: String,
    },
    /// Nobody's message goes until an operator mends something: a setting, or an account without
    /// money.
    Misconfigured {
        /// What, without personal data.
        reason: String,
    },
}

/// A call from a gateway that could not be read: which field, and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("field {field} {why}")]
pub struct BadCall {
    /// The field's name on the wire.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: Why,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is not there.
    Missing,
    /// It is there, without a value.
    Empty,
    /// It is there more than once.
    Twice,
    /// It is longer than anything real.
    TooLong,
    /// It is not what such a field holds.
    Garbled,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Missing => "is missing",
            Why::Empty => "is empty",
            Why::Twice => "came twice",
            Why::TooLong => "is too long",
            Why::Garbled => "is not readable",
        })
    }
}
