//! Where somebody says yes or no to what another one asked for: in a session, or on a phone. What
//! that allows is not known here.

/// What a note begins with where it was said on a phone.
pub const BY_PHONE: &str = "by phone; ";

/// Where somebody says yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// In a session: at the console, or by command.
    Desk,
    /// By dialling, with their staff PIN.
    Phone,
}

impl Door {
    /// What is noted of it.
    pub fn noted(self) -> &'static str {
        match self {
            Door::Desk => "",
            Door::Phone => BY_PHONE,
        }
    }
}
