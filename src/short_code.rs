//! Short codes that people text and read to each other: `KMTRBX`. Six consonants, so that one is
//! no word, no number and no PIN. Each is the number of an arrangement under a keyed shuffle: no
//! table of codes is needed, no two are alike, and nobody sees how many there are.

use crate::id::ArrangementId;
use crate::typed_text;
use sha2::{Digest, Sha256};
use std::fmt;

/// Consonants, which spell nothing.
const ALPHABET: &[u8; 20] = b"BCDFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 6;
/// As many codes as there are: 20 to the power of six.
const CODES: u64 = 64_000_000;
/// The shuffle is of 26 bits, and goes on until it has a number that has a code.
const HALF_BITS: u32 = 13;
const HALF_MASK: u64 = (1 << HALF_BITS) - 1;
const ROUNDS: u8 = 10;

/// The code of one arrangement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortCode([u8; LENGTH]);

impl ShortCode {
    /// The code of an arrangement. Beyond sixty-four million of them codes are used again: long
    /// after those are over that had them first.
    pub fn of(id: ArrangementId, key: &[u8; 16]) -> ShortCode {
        let mut number = u64::try_from(id.number().rem_euclid(64_000_000)).unwrap_or(0);
        loop {
            number = shuffled(number, key);
            if number < CODES {
                return ShortCode(written(number));
            }
        }
    }

    /// The arrangement that has this code.
    pub fn arrangement_id(&self, key: &[u8; 16]) -> Option<ArrangementId> {
        let mut number = read(&self.0)?;
        loop {
            number = unshuffled(number, key);
            if number < CODES {
                return i64::try_from(number).ok().map(ArrangementId::of);
            }
        }
    }

    /// Reads a code as people type and copy it, in either case, with signs between and around.
    pub fn parse(text: &str) -> Option<ShortCode> {
        let letters: [u8; LENGTH] = typed_text::code(text).into_bytes().try_into().ok()?;
        read(&letters).map(|_number| ShortCode(letters))
    }
}

/// The same number for the same code: each half mixed into the other, with the key.
fn shuffled(number: u64, key: &[u8; 16]) -> u64 {
    let (mut left, mut right) = ((number >> HALF_BITS) & HALF_MASK, number & HALF_MASK);
    for round in 0..ROUNDS {
        (left, right) = (right, left ^ mixed(key, round, right));
    }
    (left << HALF_BITS) | right
}

fn unshuffled(number: u64, key: &[u8; 16]) -> u64 {
    let (mut left, mut right) = ((number >> HALF_BITS) & HALF_MASK, number & HALF_MASK);
    for round in (0..ROUNDS).rev() {
        (left, right) = (right ^ mixed(key, round, left), left);
    }
    (left << HALF_BITS) | right
}

fn mixed(key: &[u8; 16], round: u8, half: u64) -> u64 {
    let hash = Sha256::new()
        .chain_update(b"short code\0")
        .chain_update(key)
        .chain_update([round])
        .chain_update(half.to_be_bytes())
        .finalize();
    hash.iter().take(8).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte)) & HALF_MASK
}

fn written(number: u64) -> [u8; LENGTH] {
    let mut letters = [b'B'; LENGTH];
    let mut rest = number;
    for letter in letters.iter_mut().rev() {
        let digit = usize::try_from(rest.checked_rem(20).unwrap_or(0)).unwrap_or(0);
        *letter = ALPHABET.get(digit).copied().unwrap_or(b'B');
        rest = rest.checked_div(20).unwrap_or(0);
    }
    letters
}

fn read(letters: &[u8; LENGTH]) -> Option<u64> {
    letters.iter().try_fold(0_u64, |number, letter| {
        let digit = ALPHABET.iter().position(|known| known == letter)?;
        number.checked_mul(20)?.checked_add(u64::try_from(digit).ok()?)
    })
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(str::from_utf8(&self.0).unwrap_or("BBBBBB"))
    }
}

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShortCode({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const KEY: [u8; 16] = [9; 16];

    #[test]
    fn neighbours_get_codes_that_do_not_look_it_and_none_twice() {
        let codes: BTreeSet<String> =
            (0..2_000).map(|id| ShortCode::of(ArrangementId::of(id), &KEY).to_string()).collect();
        assert_eq!(codes.len(), 2_000);
        let beginnings: BTreeSet<String> =
            codes.iter().map(|code| code.chars().take(2).collect()).collect();
        assert!(beginnings.len() > 350, "{}", beginnings.len());
    }

    #[test]
    fn a_code_is_read_as_it_is_typed_and_what_is_none_is_not() {
        let code = ShortCode::of(ArrangementId::of(7), &KEY);
        let text = code.to_string();
        let typed = [
            text.to_lowercase(),
            format!(" {}–{}. ", text.get(..3).unwrap(), text.get(3..).unwrap()),
        ];
        assert!(typed.iter().all(|typed| ShortCode::parse(typed) == Some(code)));
        for none in ["", "KMTRB", "KMTRBXX", "KMTRBA", "KMTRB1", "ÄÖÜ"] {
            assert_eq!(ShortCode::parse(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn a_code_leads_back_to_its_arrangement(id in 0..64_000_000_i64, key: [u8; 16]) {
            let id = ArrangementId::of(id);
            prop_assert_eq!(ShortCode::of(id, &key).arrangement_id(&key), Some(id));
        }
    }
}
