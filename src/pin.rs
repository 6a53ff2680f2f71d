//! PINs: reading them, refusing those that others guess first, and the keyed tag that is all the
//! database ever sees. It counts no tries and locks nothing: that is the wallet's part.

use crate::id::PinId;
use std::fmt;

use secrecy::{ExposeSecret, SecretBox, SecretString};
use subtle::ConstantTimeEq;

use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::seal::{SealKey, hmac_sha256, key_from_hex};

/// Four to six digits. It does not print, and is wiped when dropped.
pub struct Pin(SecretString);

impl Pin {
    /// Reads a PIN that is to be compared with the one on file.
    pub fn parse(text: &str) -> Result<Pin, Reason> {
        let text = text.trim();
        let valid = matches!(text.len(), 4..=6) && text.bytes().all(|byte| byte.is_ascii_digit());
        if valid { Ok(Pin(SecretString::from(text))) } else { Err(Reason::PIN_FORMAT) }
    }

    /// Reads a PIN that somebody wants to have from now on, and refuses those that a thief tries
    /// first.
    pub fn choose(text: &str, own: &Msisdn) -> Result<Pin, Reason> {
        let pin = Pin::parse(text)?;
        let digits = pin.0.expose_secret();
        let weak = is_run(digits.as_bytes())
            || is_repeat(digits.as_bytes())
            || is_birthday(digits)
            || own.e164().ends_with(digits);
        if weak { Err(Reason::PIN_WEAK) } else { Ok(pin) }
    }

    /// Is it the same PIN? In a time that does not depend on where they differ.
    pub fn same_as(&self, other: &Pin) -> bool {
        self.0.expose_secret().as_bytes().ct_eq(other.0.expose_secret().as_bytes()).into()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(***)")
    }
}

/// Up or down the keypad by one: `1234`, `4321`, `7890`.
fn is_run(digits: &[u8]) -> bool {
    let steps_to =
        |next: fn(u8) -> u8| digits.windows(2).all(|pair| matches!(pair, [a, b] if next(*a) == *b));
    steps_to(digit_above) || steps_to(digit_below)
}

fn digit_above(digit: u8) -> u8 {
    if digit == b'9' { b'0' } else { digit.saturating_add(1) }
}

fn digit_below(digit: u8) -> u8 {
    if digit == b'0' { b'9' } else { digit.saturating_sub(1) }
}

/// The same again: `1111`, `1212`, `123123`, and digits that come only in company: `1122`,
/// `111222`.
fn is_repeat(digits: &[u8]) -> bool {
    let repeats_after =
        |period: usize| digits.iter().zip(digits.iter().skip(period)).all(|(a, b)| a == b);
    let in_company = digits.chunk_by(|a, b| a == b).all(|same| same.len() > 1);
    in_company || (1..=digits.len() / 2).any(repeats_after)
}

/// A year, a day and month, or both in one of the orders in use.
fn is_birthday(digits: &str) -> bool {
    let pairs: Vec<u16> = digits
        .as_bytes()
        .chunks_exact(2)
        .filter_map(|pair| str::from_utf8(pair).ok().and_then(|pair| pair.parse().ok()))
        .collect();
    let day_month = |day: u16, month: u16| matches!(day, 1..=31) && matches!(month, 1..=12);
    match (digits.len(), pairs.as_slice()) {
        (4, [a, b]) => day_month(*a, *b) || day_month(*b, *a) || *a == 19 || (*a == 20 && *b <= 29),
        (6, [a, b, c]) => day_month(*a, *b) || day_month(*b, *a) || day_month(*c, *b),
        _ => false,
    }
}

/// The key that turns PINs into tags. It is kept apart from the database: a stolen table alone says
/// nothing.
pub struct PinKey {
    /// Which key it is; stored beside each tag so that keys can be changed.
    pub version: i32,
    key: SecretBox<[u8; 32]>,
}

impl PinKey {
    /// A key from 64 hexadecimal digits.
    pub fn from_hex(version: i32, text: &str) -> Option<PinKey> {
        key_from_hex(text).map(|key| PinKey { version, key })
    }

    /// The key that follows from an operator's secret. Its version is a digest of it, so nobody has
    /// to count keys.
    pub fn derived(secret: &SealKey) -> PinKey {
        let [a, b, c, d, ..] = secret.fingerprint("pin key version", "");
        let key = SecretBox::new(Box::new(secret.derive_bytes("pin")));
        PinKey { version: i32::from_be_bytes([a & 0x7f, b, c, d]), key }
    }

    /// What is stored in place of the PIN. It is bound to the account, so that rows cannot be
    /// swapped.
    pub fn tag(&self, id: PinId, salt: &[u8; 16], pin: &Pin) -> [u8; 32] {
        let id = id.number().to_be_bytes();
        hmac_sha256(
            self.key.expose_secret(),
            &[b"pin\0", &id, salt, pin.0.expose_secret().as_bytes()],
        )
    }

    /// Six digits that only this key makes of this name: the same at each repetition, and to be
    /// guessed by nobody.
    pub fn code(&self, name: &[u8]) -> String {
        let mac = hmac_sha256(self.key.expose_secret(), &[b"code\0", name]);
        let number =
            mac.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        format!("{:06}", number.checked_rem(1_000_000).unwrap_or(0))
    }

    /// The same, too long to be guessed where nobody counts the tries.
    fn long_code(&self, name: &[u8]) -> [u8; 16] {
        let mac = hmac_sha256(self.key.expose_secret(), &[b"long code\0", name]);
        let mut first = [0; 16];
        first.iter_mut().zip(mac).for_each(|(to, byte)| *to = byte);
        first
    }

    /// Is `tag` the tag of this PIN? In a time that does not depend on where they differ.
    pub fn matches(&self, id: PinId, salt: &[u8; 16], pin: &Pin, tag: &[u8]) -> bool {
        self.tag(id, salt, pin).as_slice().ct_eq(tag).into()
    }
}

/// The keys in use: tags are made with the newest one and checked with the one that made them.
#[derive(Debug)]
pub struct PinKeys {
    current: PinKey,
    older: Vec<PinKey>,
}

impl PinKeys {
    /// The keys that follow from the operator's secret, and from the secrets before it.
    pub fn new(secret: &SealKey, older: &[SealKey]) -> PinKeys {
        PinKeys {
            current: PinKey::derived(secret),
            older: older.iter().map(PinKey::derived).collect(),
        }
    }

    /// The key for new tags.
    pub fn current(&self) -> &PinKey {
        &self.current
    }

    /// The tag of this PIN made with the key of this version, if that key is known.
    pub fn tag(&self, version: i64, id: PinId, salt: &[u8], pin: &Pin) -> Option<[u8; 32]> {
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        let key = keys.find(|key| i64::from(key.version) == version)?;
        Some(key.tag(id, salt.try_into().ok()?, pin))
    }

    /// Six digits that only the key of this version makes of this name, if that key is known.
    pub fn code(&self, version: i64, name: &[u8]) -> Option<String> {
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        keys.find(|key| i64::from(key.version) == version).map(|key| key.code(name))
    }

    /// Sixteen bytes that only the key of this version makes of this name, if that key is known.
    pub fn long_code(&self, version: i64, name: &[u8]) -> Option<[u8; 16]> {
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        keys.find(|key| i64::from(key.version) == version).map(|key| key.long_code(name))
    }

    /// Is `tag`, made with the key of this version, the tag of this PIN? No, when that key is not
    /// known any more.
    pub fn matches(&self, version: i64, id: PinId, salt: &[u8], pin: &Pin, tag: &[u8]) -> bool {
        self.tag(version, id, salt, pin).is_some_and(|made| made.as_slice().ct_eq(tag).into())
    }
}

impl fmt::Debug for PinKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PinKey(version {})", self.version)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where they fail")]

    use proptest::prelude::*;

    use super::*;
    use crate::id::Id;

    fn own() -> Msisdn {
        Msisdn::from_e164("+254712345698").unwrap()
    }

    fn key() -> PinKey {
        PinKey::from_hex(3, &"5a".repeat(32)).unwrap()
    }

    #[test]
    fn a_pin_is_four_to_six_digits() {
        for text in ["2580", " 2580 ", "25806", "258064"] {
            assert!(Pin::parse(text).is_ok(), "{text}");
        }
        for text in ["", "258", "2580641", "25 80", "25o0", "-258", "٢٥٨٠", "1*2580"] {
            assert_eq!(Pin::parse(text).unwrap_err(), Reason::PIN_FORMAT, "{text}");
            assert_eq!(Pin::choose(text, &own()).unwrap_err(), Reason::PIN_FORMAT, "{text}");
        }
    }

    #[test]
    fn pins_that_thieves_try_first_are_refused() {
        let runs = ["1234", "4321", "0123", "7890", "8901", "0987", "3210", "12345", "654321"];
        let repeats = [
            "1111", "0000", "1212", "1122", "5500", "123123", "111222", "112233", "121212",
            "12121", "11122",
        ];
        let years = ["1900", "1985", "1999", "2000", "2029"];
        let days = ["2512", "3112", "0101", "1225", "0731", "251285", "851225", "122585", "010203"];
        let own_number = ["5698", "45698", "345698"];
        for text in runs.iter().chain(&repeats).chain(&years).chain(&days).chain(&own_number) {
            assert_eq!(Pin::choose(text, &own()).unwrap_err(), Reason::PIN_WEAK, "{text}");
            assert!(Pin::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn other_pins_are_accepted() {
        for text in [
            "2580", "1379", "2468", "1357", "2030", "1899", "3213", "7361", "7778", "7337",
            "25806", "907856",
        ] {
            assert!(Pin::choose(text, &own()).is_ok(), "{text}");
        }
    }

    #[test]
    fn neither_pin_nor_key_prints() {
        let printed = format!("{:?} {:?}", Pin::parse("7361"), key());
        assert_eq!(printed, "Ok(Pin(***)) PinKey(version 3)");
    }

    #[test]
    fn a_tag_belongs_to_one_account_salt_pin_and_key() {
        let pin = Pin::parse("7361").unwrap();
        let salt = [1; 16];
        let tag = key().tag(Id::of(42), &salt, &pin);
        assert!(key().matches(Id::of(42), &salt, &pin, &tag));
        assert!(!key().matches(Id::of(43), &salt, &pin, &tag));
        assert!(!key().matches(Id::of(42), &[2; 16], &pin, &tag));
        assert!(!key().matches(Id::of(42), &salt, &Pin::parse("7362").unwrap(), &tag));
        assert!(!key().matches(Id::of(42), &salt, &pin, &tag[..31]));
        assert!(!key().matches(Id::of(42), &salt, &pin, &[]));
        assert!(!PinKey::from_hex(3, &"5b".repeat(32)).unwrap().matches(
            Id::of(42),
            &salt,
            &pin,
            &tag
        ));
    }

    proptest! {
        #[test]
        fn a_pin_is_four_to_six_digits_and_nothing_else(
            text in prop_oneof![
                any::<String>(),
                "[ \\t]?[0-9]{3,7}[ \\n]?",
                "[0-9]{1,3}[0-9a-z٤ .-][0-9]{0,3}"
            ],
        ) {
            let typed = text.trim();
            let digits = typed.chars().filter(char::is_ascii_digit).count();
            let expected = (4..=6).contains(&digits) && typed.chars().count() == digits;
            match Pin::parse(&text) {
                Ok(pin) => {
                    prop_assert!(expected && pin.0.expose_secret() == typed, "{:?} was read", text)
                }
                Err(reason) => prop_assert!(
                    !expected && reason == Reason::PIN_FORMAT,
                    "{:?}: {:?}",
                    text,
                    reason
                ),
            }
            // what may be chosen is what may be typed, but for those that others guess
            match Pin::choose(&text, &own()) {
                Ok(pin) => prop_assert!(expected && pin.0.expose_secret() == typed),
                Err(Reason::PIN_WEAK) => prop_assert!(expected),
                Err(reason) => prop_assert!(!expected && reason == Reason::PIN_FORMAT),
            }
        }

        #[test]
        fn pins_are_the_same_when_their_digits_are(a in "[0-9]{4,6}", b in "[0-9]{4,6}") {
            let first = Pin::parse(&a).unwrap();
            let second = Pin::parse(&b).unwrap();
            prop_assert_eq!(first.same_as(&second), a == b);
            prop_assert!(first.same_as(&Pin::parse(&a).unwrap()));
        }
    }
}
