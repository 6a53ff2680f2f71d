//! What a dialect is: how one aggregator writes what all of them say. What it does not have is
//! absent.

use super::{BadCall, DeliveryReport, EndEvent, Text, UssdCall};

/// How one aggregator writes.
#[derive(Debug)]
pub struct Dialect {
    /// What it is called in addresses and settings.
    pub name: &'static str,
    /// Reads the callback of a USSD step.
    pub ussd: fn(&[u8]) -> Result<UssdEvent, BadCall>,
    /// Writes a screen as the answer to that; `true` where the conversation goes on.
    pub answer: fn(&UssdCall, &str, bool) -> UssdReply,
    /// Reads the notice that a conversation is over, where that has an address of its own.
    pub ended: Option<fn(&[u8]) -> Result<EndEvent, BadCall>>,
    /// Reads a text message that somebody sent.
    pub text: Option<fn(&[u8]) -> Result<Text, BadCall>>,
    /// Reads a delivery report.
    pub report: Option<fn(&[u8]) -> Result<DeliveryReport, BadCall>>,
}

/// What comes at the address of USSD steps.
#[derive(Debug)]
pub enum UssdEvent {
    /// A step.
    Call(UssdCall),
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
