//! Refusals: a "no" as a value, with a stable code that texts, logs and programs rely on.
//! It knows nothing of languages: channels look the words up by `code` and fill in `slots`.

pub use crate::reason::Reason;
pub use crate::value::Slots;
use crate::value::Value;

/// Why something was not done. Refusing changes nothing, except the count of wrong PINs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The reason; its `code()` is the key of the text that people read.
    pub reason: Reason,
    /// The input the person can mend (`to`, `amount`, `pin` ...); a menu goes back to its screen.
    pub field: Option<&'static str>,
    /// Values for the text.
    pub slots: Slots,
}

impl Refusal {
    /// A refusal that no single input can mend.
    pub fn new(reason: Reason) -> Self {
        Refusal { reason, field: None, slots: Slots::new() }
    }

    /// A refusal that the person can mend by entering `field` again.
    pub fn of_field(reason: Reason, field: &'static str) -> Self {
        Refusal { reason, field: Some(field), slots: Slots::new() }
    }

    /// The same with a value for its text.
    pub fn with(mut self, slot: &str, value: impl Into<Value>) -> Self {
        self.slots.insert(slot.to_owned(), value.into());
        self
    }

    /// The stable name of the reason.
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Refusal::new(reason)
    }
}
