//! The second factor: six digits that change every half a minute, as the usual apps show them
//! (RFC 6238). Each is taken once: who looked over a shoulder comes too late.

use crate::seal::SealKey;
use crate::time::Timestamp;
use std::fmt::Write;
use totp_rs::{Builder, Secret, Totp};

/// Bytes of the secret that the app and the service share.
pub const SECRET_BYTES: usize = 20;
/// How the secret is bound to what it is for.
const LABEL: &[u8] = b"second factor";

fn totp(secret: &[u8]) -> Totp {
    Builder::new().with_secret(Secret::from(secret.to_vec())).build_noncompliant()
}

/// What secrets are sealed with under each of the service's own, the newest first.
pub fn keys(current: &SealKey, older: &[SealKey]) -> Vec<SealKey> {
    let all = std::iter::once(current).chain(older);
    all.map(|secret| secret.derive("second factor")).collect()
}

/// The secret as it is stored, readable only with the service's own key.
pub fn sealed(key: &SealKey, nonce: [u8; 24], secret: &[u8; SECRET_BYTES]) -> Vec<u8> {
    key.seal(nonce, LABEL, secret)
}

/// The secret that was stored; nothing where the key is another.
pub fn opened(key: &SealKey, stored: &[u8]) -> Option<Vec<u8>> {
    key.open(LABEL, stored)
}

/// The half minute for which a code is right, a little before and after; nothing where it is wrong
/// or its half minute is not behind the last one that was used.
pub fn step_of(secret: &[u8], typed: &str, last: i64, now: Timestamp) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.micros().checked_div(1_000_000)?).ok()?;
    let step = totp(secret).check(&digits, seconds)?;
    i64::try_from(step).ok().filter(|step| *step > last)
}

/// The code at a time, as an app shows it.
pub fn code_at(secret: &[u8], now: Timestamp) -> String {
    let seconds = now.micros().checked_div(1_000_000).unwrap_or(0);
    totp(secret).generate(u64::try_from(seconds).unwrap_or(0)).to_string()
}

/// The secret as it is typed into an app, and as an app reads it from a link.
pub fn for_app(secret: &[u8], name: &str, brand: &str) -> (String, String) {
    let typed = Secret::from(secret.to_vec()).to_base32();
    let [name, brand] = [name, brand].map(escaped);
    let link = format!("otpauth://totp/{brand}:{name}?secret={typed}&issuer={brand}");
    (typed, link)
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            byte if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
            // writing to a text does not fail
            byte => drop(write!(escaped, "%{byte:02X}")),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    /// The secret of the standard's own examples.
    const SECRET: &[u8; 20] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            assert_eq!(code_at(SECRET, at(seconds)), code);
            assert_eq!(step_of(SECRET, code, 0, at(seconds)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_taken_once_and_not_for_long() {
        let now = at(1_111_111_109);
        let step = step_of(SECRET, "081 804", 0, now).unwrap();
        assert_eq!(step_of(SECRET, "081804", step, now), None, "it was used");
        assert_eq!(step_of(SECRET, "081804", 0, at(1_111_111_139)), Some(step), "a slow clock");
        assert_eq!(step_of(SECRET, "081804", 0, at(1_111_111_200)), None, "too late");
        for wrong in ["", "081805", "81804", "0818040", "abcdef", "０８１８０４"] {
            assert_eq!(step_of(SECRET, wrong, 0, now), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_is_stored_opens_with_its_key_alone() {
        let key = SealKey::new([7; 32]);
        let stored = sealed(&key, [1; 24], SECRET);
        assert_eq!(opened(&key, &stored).as_deref(), Some(&SECRET[..]));
        assert_eq!(opened(&SealKey::new([8; 32]), &stored), None);
        assert!(!stored.windows(4).any(|part| SECRET.windows(4).any(|secret| secret == part)));
    }

    #[test]
    fn an_app_reads_the_secret_from_a_link() {
        let (typed, link) = for_app(SECRET, "njeri w", "Kadogo");
        assert_eq!(typed, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(link, format!("otpauth://totp/Kadogo:njeri%20w?secret={typed}&issuer=Kadogo"));
    }
}
