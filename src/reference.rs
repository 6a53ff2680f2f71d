//! The code of a payment that people read to each other: `3F8QK20ZT7`. It is the number of the
//! posting under a keyed shuffle, so it needs no table of its own, never collides, and tells nobody
//! how many payments there are.

use crate::id::PostingId;
use crate::typed_text;
use std::fmt;

use sha2::{Digest, Sha256};

/// Digits and letters without I, L, O and U, which are misread or misheard.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Ten characters of five bits each.
const LENGTH: usize = 10;

/// Half of those fifty bits.
const HALF_BITS: u32 = 25;
const HALF_MASK: u64 = (1 << HALF_BITS) - 1;

/// Enough that halves so small stay well mixed; even, so that both halves are mixed as often.
const ROUNDS: u8 = 10;

/// The public code of one posting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference([u8; LENGTH]);

impl Reference {
    /// The code of a posting. Only the low fifty bits of the number count: more than any book will
    /// hold.
    pub fn of(posting: PostingId, key: &[u8; 16]) -> Reference {
        let number = u64::from_be_bytes(posting.number().to_be_bytes());
        let (mut left, mut right) = ((number >> HALF_BITS) & HALF_MASK, number & HALF_MASK);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ scramble(key, round, right));
        }
        Reference(write_base32((left << HALF_BITS) | right))
    }

    /// The posting that has this code.
    pub fn posting_id(&self, key: &[u8; 16]) -> Option<PostingId> {
        let number = read_base32(&self.0)?;
        let (mut left, mut right) = ((number >> HALF_BITS) & HALF_MASK, number & HALF_MASK);
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ scramble(key, round, left), left);
        }
        i64::try_from((left << HALF_BITS) | right).ok().map(PostingId::of)
    }

    /// Reads a code as people type and copy it: in either case, with signs between and around, and
    /// with the letters that are taken for digits.
    pub fn parse(text: &str) -> Option<Reference> {
        let mut characters = [0_u8; LENGTH];
        let typed = typed_text::code(text);
        if typed.len() != LENGTH {
            return None;
        }
        for (to, from) in characters.iter_mut().zip(typed.bytes()) {
            *to = match from {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                character => character,
            };
        }
        read_base32(&characters).map(|_| Reference(characters))
    }

    /// The ten characters.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction, so the fallback is never reached.
        str::from_utf8(&self.0).unwrap_or("0000000000")
    }
}

/// One round of the shuffle: a keyed hash of one half, to be mixed into the other. Every input has
/// the same length, so the plain hash of key and input is safe.
fn scramble(key: &[u8; 16], round: u8, half: u64) -> u64 {
    let hash = Sha256::new()
        .chain_update(key)
        .chain_update([round])
        .chain_update(half.to_be_bytes())
        .finalize();
    hash.iter().take(8).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte)) & HALF_MASK
}

fn write_base32(number: u64) -> [u8; LENGTH] {
    let mut characters = [b'0'; LENGTH];
    let mut rest = number;
    for character in characters.iter_mut().rev() {
        let digit = usize::try_from(rest & 31).unwrap_or(0);
        *character = ALPHABET.get(digit).copied().unwrap_or(b'0');
        rest >>= 5;
    }
    characters
}

fn read_base32(characters: &[u8; LENGTH]) -> Option<u64> {
    characters.iter().try_fold(0_u64, |number, character| {
        let digit = ALPHABET.iter().position(|letter| letter == character)?;
        Some((number << 5) | u64::try_from(digit).ok()?)
    })
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const KEY: [u8; 16] = [9; 16];

    #[test]
    fn neighbours_get_codes_that_do_not_look_it() {
        let codes: BTreeSet<String> =
            (0..2000).map(|id| Reference::of(PostingId::of(id), &KEY).to_string()).collect();
        assert_eq!(codes.len(), 2000);
        // Were the number not shuffled, all of these would begin alike.
        let beginnings: BTreeSet<String> =
            codes.iter().map(|code| code.chars().take(2).collect()).collect();
        assert!(beginnings.len() > 700, "{}", beginnings.len());
    }

    #[test]
    fn the_largest_number_has_a_code_too() {
        let last = PostingId::of((1 << 50) - 1);
        assert_eq!(Reference::of(last, &KEY).posting_id(&KEY), Some(last));
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = Reference::parse("01A1Z0K19V").unwrap();
        for copied in [" oia1zOkL9v ", "01A1Z 0K19V", "01a1z-0k19v.", "#01A1Z0K19V", "０１A1Z0K19V"]
        {
            assert_eq!(Reference::parse(copied), Some(code), "{copied}");
        }
        for text in
            ["", "01A1Z0K19", "01A1Z0K19VV", "01A1Z0K19U", "01A1Z-K19V", "01A1Z0K1éV", "ÉÉÉÉÉ"]
        {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_code_leads_back_to_its_posting(id in 0_i64..(1 << 50), key: [u8; 16]) {
            let id = PostingId::of(id);
            let code = Reference::of(id, &key);
            prop_assert_eq!(code.posting_id(&key), Some(id));
            prop_assert_eq!(Reference::parse(&code.to_string().to_lowercase()), Some(code));
        }

        #[test]
        fn every_code_belongs_to_one_posting(text in "[0-9A-HJKMNP-TV-Z]{10}") {
            let code = Reference::parse(&text).unwrap();
            let id = code.posting_id(&KEY).unwrap();
            prop_assert!((0..(1 << 50)).contains(&id.number()));
            prop_assert_eq!(Reference::of(id, &KEY), code);
        }

        #[test]
        fn what_is_read_is_ten_signs_of_the_alphabet_however_they_were_typed(
            text in prop_oneof![any::<String>(), "[ \\n]?[0-9A-Za-z]{9,11} \
                                                  ?", "[0-9a-tv-z]{10}", "[0-9A-Z]{8}[-é ][0-9]{0,3}"],
        ) {
            let typed = typed_text::code(&text).replace('O', "0").replace(['I', 'L'], "1");
            let known = |sign: char| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(sign);
            let expected = typed.len() == 10 && typed.chars().all(known);
            let read = Reference::parse(&text).map(|code| code.to_string());
            prop_assert_eq!(read, expected.then_some(typed));
        }
    }
}
