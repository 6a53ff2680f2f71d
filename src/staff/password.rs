//! Passwords of staff: which are taken, and the slow hash that is all the database ever sees.
//! Hashing takes tens of milliseconds and megabytes, on purpose: whoever calls does it where that
//! holds nobody up.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

/// A second factor stands beside it: short ones are enough, and long ones may be sentences.
const LETTERS_MIN: usize = 10;
const LETTERS_MAX: usize = 200;
/// What OWASP asks for at the least: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What everybody tries first, where it is long enough at all; compared in small letters.
const COMMON: [&str; 12] = [
    "1234567890",
    "0123456789",
    "9876543210",
    "qwertyuiop",
    "password123",
    "password1234",
    "mypassword",
    "administrator",
    "letmein123",
    "changeme123",
    "iloveyou123",
    "mobilemoney",
];

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// It is too short.
    #[error("a password has at least {LETTERS_MIN} letters; a short sentence is best")]
    Short,
    /// It is too long.
    #[error("a password has at most {LETTERS_MAX} letters")]
    Long,
    /// It is one of those that are tried first, says the name or the service's, or repeats itself.
    #[error("that password is one of the first that a thief would try")]
    Common,
}

/// Whether it is taken for somebody of this name, where the service is called so.
pub fn check(password: &SecretString, name: &str, brand: &str) -> Result<(), Weak> {
    let text = password.expose_secret().to_lowercase();
    let letters = text.chars().count();
    if letters < LETTERS_MIN {
        return Err(Weak::Short);
    }
    if letters > LETTERS_MAX {
        return Err(Weak::Long);
    }
    let says = |word: &str| {
        let word = word.to_lowercase();
        // of what is left without it nothing much is to be guessed
        !word.is_empty() && text.replace(&word, "").chars().count() <= LETTERS_MIN / 2
    };
    let mut different: Vec<char> = text.chars().collect();
    different.sort_unstable();
    different.dedup();
    if COMMON.contains(&text.as_str()) || says(name) || says(brand) || different.len() < 5 {
        return Err(Weak::Common);
    }
    Ok(())
}

fn argon() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What is stored of a password: the hash with its salt and cost. Nothing where it cannot be
/// computed, as for want of memory.
pub fn hashed(password: &SecretString, salt: [u8; 16]) -> Option<String> {
    let bytes = password.expose_secret().as_bytes();
    let hash: PasswordHash = argon()?.hash_password_with_salt(bytes, &salt).ok()?;
    Some(hash.to_string())
}

/// Whether it is the password that was stored. What is no hash is nobody's password, and takes as
/// long to find out: who tries names learns nothing.
pub fn is_right(password: &SecretString, stored: &str) -> bool {
    let bytes = password.expose_secret().as_bytes();
    let Some(argon) = argon() else { return false };
    match PasswordHash::new(stored) {
        Ok(hash) => argon.verify_password(bytes, &hash).is_ok(),
        Err(_none) => {
            let wasted: Result<PasswordHash, _> = argon.hash_password_with_salt(bytes, &[0; 16]);
            drop(wasted);
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn a_sentence_is_taken_and_what_is_tried_first_is_not() {
        let check = |text: &str| check(&secret(text), "njeri", "Kadogo");
        assert_eq!(check("three goats and a boat"), Ok(()));
        assert_eq!(check("ng'ombe 7 mtoni"), Ok(()));
        assert_eq!(check("short"), Err(Weak::Short));
        assert_eq!(check("ni dogo 9"), Err(Weak::Short));
        assert_eq!(check(&"ab cde".repeat(40)), Err(Weak::Long));
        for common in
            ["1234567890", "Password123", "njeri12345", "NjeriNjeri", "kadogo2026", "aaaaaaaaaaaa"]
        {
            // of a name little is left, and a year is soon guessed
            assert_eq!(check(common), Err(Weak::Common), "{common}");
        }
    }

    #[test]
    fn only_the_same_is_right_and_no_hash_is_nobodys() {
        let stored = hashed(&secret("three goats and a boat"), [7; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(is_right(&secret("three goats and a boat"), &stored));
        assert!(!is_right(&secret("three goats and a boar"), &stored));
        assert!(!is_right(&secret("three goats and a boat"), ""));
        let other = hashed(&secret("three goats and a boat"), [8; 16]).unwrap();
        assert_ne!(stored, other);
    }
}
