//! What is remembered of the number of an ID: a digest under a key that never changes, so that one
//! ID is one person also after the secret was changed. The numbers themselves are kept nowhere, and
//! what they look like is not known here.

use crate::seal::SealKey;

/// What digests are made with.
#[derive(Debug)]
pub struct IdKey(SealKey);

impl IdKey {
    /// The key that follows from the one that a database has for ever.
    pub fn new(names: &SealKey) -> IdKey {
        IdKey(names.derive("id numbers"))
    }

    /// What stands for this number, in its one form.
    pub fn digest(&self, id_number: &str) -> Vec<u8> {
        self.0.fingerprint("id number", id_number).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_digest_in_a_database_and_another_in_the_next() {
        let key = |byte| IdKey::new(&SealKey::new([byte; 32]));
        assert_eq!(key(1).digest("12345678"), key(1).digest("12345678"));
        assert_ne!(key(1).digest("12345678"), key(1).digest("12345679"));
        assert_ne!(key(1).digest("12345678"), key(2).digest("12345678"));
    }
}
