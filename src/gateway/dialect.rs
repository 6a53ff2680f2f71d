//! What a dialect is: how one aggregator writes what all of them say. What it does not have is
//! absent.

use super::{BadCall, DeliveryReport, EndEvent, Text, UssdCall};

/// Reads the body of a callback.
pub type Reads<T> = fn(&[u8]) -> Result<T, BadCall>;

/// How one aggregator writes.
#[derive(Debug)]
pub struct Dialect {
    /// What it is called in addresses and settings.
    pub name: &'static str,
    /// Reads the callback of a USSD step.
    pub ussd: Reads<UssdEvent>,
    /// Writes a screen as the answer to that; `true` where the conversation goes on.
    pub answer: fn(&UssdCall, &str, bool) -> UssdReply,
    /// Reads the notice that a conversation is over, where that has an address of its own.
    pub ended: Option<Reads<EndEvent>>,
    /// Reads a text message that somebody sent.
    pub text: Option<Reads<Text>>,
    /// Reads a delivery report.
    pub report: Option<Reads<DeliveryReport>>,
}

/// What comes at the address of USSD steps.
#[derive(Debug)]
pub enum UssdEvent {
    /// A step.
    Call(UssdCall),
    /// A step of a conversation that is longer than any of ours: what was typed in it is not read.
    Endless(UssdCall),
    /// The notice that it was the last.
    Ended(EndEvent),
}

/// An answer as it is written.
#[derive(Debug, PartialEq, Eq)]
pub struct UssdReply {
    /// Its content type.
    pub content_type: &'static str,
    /// Its body.
    pub body: String,
}
