//! Help: what can be asked for by text, and how all else is reached. It is for anybody, with a
//! wallet or without.

use super::super::service::{ByText, Message, Service};
use crate::value::{Kind, Slot};

/// The service as the grammar of texts knows it.
pub const SERVICE: Service =
    Service { name: "help", text: Some(ByText::Explain(&HELP)), ..Service::PLAIN };

const HELP: Message =
    Message::plain("sms.help", &[Slot("dial", Kind::Text), Slot("brand", Kind::Text)]);
