//! What a secret in a message follows from, with the key that is not in the database: the message
//! has it until it leaves, so that the secret itself stands in no row. Which secret it is, and what
//! is made of it, is not known here.

use crate::seal::{from_hex, to_hex};

/// What it follows from.
pub(super) struct Seed {
    /// The version of the key.
    pub(super) key_version: i64,
    /// Under which number it is kept.
    pub(super) number: i64,
    /// What makes it another one each time.
    pub(super) salt: Vec<u8>,
}

impl Seed {
    /// As a message carries it.
    pub(super) fn written(&self) -> String {
        format!("{}.{}.{}", self.key_version, self.number, to_hex(&self.salt))
    }

    /// From that; nothing where it is no seed.
    pub(super) fn read(text: &str) -> Option<Seed> {
        let mut parts = text.split('.');
        let key_version = parts.next()?.parse().ok()?;
        let number = parts.next()?.parse().ok()?;
        Some(Seed { key_version, number, salt: from_hex(parts.next()?)? })
    }
}
