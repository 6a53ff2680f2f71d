//! The token of a form: it belongs to one session, and was drawn once. Whoever sends a form in
//! another's name has none; who sends one twice has the same, and does one act. It knows no page.

use crate::book::Key;
use crate::seal::{SealKey, to_hex};
use crate::time::Timestamp;
use subtle::ConstantTimeEq;

/// What a form was drawn with: when, and that no other was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once(String);

impl Once {
    /// For a form that is drawn now.
    pub fn new(now: Timestamp, random: [u8; 16]) -> Once {
        let seconds = now.micros().div_euclid(1_000_000).max(0);
        Once(format!("{seconds}-{}", to_hex(&random)))
    }

    /// As it came back; nothing where it is none.
    pub fn read(text: &str) -> Option<Once> {
        let (seconds, random) = text.split_once('-')?;
        let is_hex = random.len() == 32 && random.bytes().all(|b| b.is_ascii_hexdigit());
        let good = is_hex && seconds.len() <= 12 && seconds.bytes().all(|b| b.is_ascii_digit());
        (good && !seconds.is_empty()).then(|| Once(text.to_owned()))
    }

    /// As it stands in the form.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Under which what the form asks for is done once. Forms of two sessions never share one.
    pub fn key(&self, session: &[u8]) -> Key {
        let seconds = self.0.split('-').next().and_then(|text| text.parse::<i64>().ok());
        let origin = seconds.unwrap_or(0).saturating_mul(1_000_000);
        let name = [session, self.0.as_bytes()].concat();
        Key::new(Timestamp::from_micros(origin), "console", &name)
    }
}

/// The token of a form of a session, known by its digest.
pub fn token(key: &SealKey, session: &[u8], once: &Once) -> String {
    to_hex(&key.fingerprint("form", &format!("{} {}", to_hex(session), once.text())))
}

/// Whether it is the token of that form.
pub fn is_right(key: &SealKey, session: &[u8], once: &Once, shown: &str) -> bool {
    token(key, session, once).as_bytes().ct_eq(shown.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(random: u8) -> Once {
        Once::new(Timestamp::from_micros(1_700_000_000_000_000), [random; 16])
    }

    #[test]
    fn a_token_is_of_one_session_one_form_and_one_service() {
        let key = SealKey::new([7; 32]);
        let own = token(&key, b"session", &drawn(1));
        assert!(is_right(&key, b"session", &drawn(1), &own));
        assert!(!is_right(&key, b"another", &drawn(1), &own));
        assert!(!is_right(&key, b"session", &drawn(2), &own));
        assert!(!is_right(&SealKey::new([8; 32]), b"session", &drawn(1), &own));
        for wrong in ["", "0", own.get(1..).unwrap(), &own.to_uppercase()] {
            assert!(!is_right(&key, b"session", &drawn(1), wrong), "{wrong}");
        }
    }

    #[test]
    fn what_comes_back_is_read_only_as_it_was_written() {
        let once = drawn(1);
        assert_eq!(Once::read(once.text()), Some(once.clone()));
        for wrong in ["", "-", "1-", "x-00", "1-0g", &format!("{} ", once.text())] {
            assert_eq!(Once::read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn each_form_has_a_key_of_its_own_and_a_repetition_the_same() {
        assert_eq!(drawn(1).key(b"session"), drawn(1).key(b"session"));
        assert_ne!(drawn(1).key(b"session"), drawn(2).key(b"session"));
        assert_ne!(drawn(1).key(b"session"), drawn(1).key(b"another"));
    }
}
