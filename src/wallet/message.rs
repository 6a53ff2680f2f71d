//! Messages as services declare them: the key of a text, and the values it is sent with.

use crate::value::Slot;

/// A message that a service sends.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// The key of its text: `sms.sent`.
    pub template: &'static str,
    /// The values it is sent with.
    pub slots: &'static [Slot],
    /// What is known of the posting by the time it leaves.
    pub with: With,
}

/// What of its posting a message may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// Nothing: it goes with no posting, or says nothing of it.
    Nothing,
    /// `code`, `date` and `time` of what was recorded.
    Receipt,
    /// The same, and `balance` after it.
    Balance,
}

impl Message {
    /// One that tells nothing of its posting.
    pub const fn plain(template: &'static str, slots: &'static [Slot]) -> Message {
        Message { template, slots, with: With::Nothing }
    }

    /// One that names the posting it tells of.
    pub const fn receipt(template: &'static str, slots: &'static [Slot]) -> Message {
        Message { template, slots, with: With::Receipt }
    }

    /// One that tells the new balance too.
    pub const fn balance(template: &'static str, slots: &'static [Slot]) -> Message {
        Message { template, slots, with: With::Balance }
    }
}
