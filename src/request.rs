//! The words that channels and the wallet exchange. A channel turns a menu path or a text into a
//! `Request`; the wallet's `Answer` is turned back into a screen or a text. No channel decides
//! about money.

use std::collections::{BTreeMap, BTreeSet};

pub use crate::refusal::{Refusal, Slots};

/// Inputs by name, each in its canonical form: a phone number as `+254...`, an amount as minor
/// units. With something to do, those of `AS_QUOTED` hold what the person was shown.
pub type Fields = BTreeMap<String, String>;

/// What of a quote travels with the yes to it: it is done as it was shown, or not at all.
pub const AS_QUOTED: [&str; 3] = ["total", "back", "seen"];

/// What a channel wants of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Are the inputs so far acceptable? Inputs still missing are not held against the person.
    Check,
    /// What would it do? A dry run of the code that does it.
    Quote,
    /// Things to show and to choose from.
    List,
    /// Do it. Runs once per idempotency key.
    Execute,
}

/// One question to the wallet.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is wanted.
    pub mode: Mode,
    /// Which service: `send`, `balance`, `join` ...
    pub service: String,
    /// The inputs collected so far.
    pub fields: Fields,
    /// A secret input (a PIN). It lives only inside this value: never in state, logs or fields.
    pub secret: Option<Secret>,
}

/// A secret that does not print and is wiped when dropped.
pub type Secret = secrecy::SecretString;

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What choosing this line stores.
    pub id: String,
    /// Values for the line's template.
    pub slots: Slots,
}

/// What the wallet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes: values for the next screens, and flags that steer them.
    Facts {
        /// Values for templates.
        slots: Slots,
        /// Conditions that menus can branch on.
        flags: BTreeSet<String>,
    },
    /// Lines of a list, in the order to show.
    Items(Vec<Item>),
    /// No, and why.
    Refused(Refusal),
    /// Not known yet: the result will come by SMS.
    Late,
}
