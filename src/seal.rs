//! Keeping things secret: sealed bytes, keyed fingerprints, and the randomness both need. It knows
//! nothing of what it seals, nor where keys are kept.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;

/// The length of a nonce, in front of every sealed value: drawn at random, none comes twice in any
/// number of years.
const NONCE_BYTES: usize = 24;

/// HMAC-SHA-256 over the parts, one behind the other: callers keep them apart by fixed lengths or
/// written lengths.
pub fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key shorter than a block is filled up with zeros: that is what HMAC itself defines.
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new(&block);
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Reads 64 hexadecimal digits, the way keys are written in files and in the environment.
pub fn key_from_hex(text: &str) -> Option<SecretBox<[u8; 32]>> {
    let text = text.trim();
    if text.len() != 64 {
        return None;
    }
    let mut key = SecretBox::new(Box::new([0_u8; 32]));
    let mut digits =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()));
    for byte in secrecy::ExposeSecretMut::expose_secret_mut(&mut key).iter_mut() {
        *byte = (digits.next()?? << 4) | digits.next()??;
    }
    Some(key)
}

/// Bytes as hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Bytes from an even number of hexadecimal digits.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let pairs = digits?;
    if pairs.len() % 2 != 0 {
        return None;
    }
    let byte = |pair: &[u32]| pair.iter().fold(0, |byte: u32, digit| (byte << 4) | digit);
    pairs.chunks(2).map(|pair| u8::try_from(byte(pair)).ok()).collect()
}

/// A key for sealing and fingerprints. It does not print, and is wiped when dropped.
pub struct SealKey(SecretBox<[u8; 32]>);

impl SealKey {
    /// A key from its bytes.
    pub fn new(bytes: [u8; 32]) -> SealKey {
        SealKey(SecretBox::new(Box::new(bytes)))
    }

    /// A key from 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<SealKey> {
        key_from_hex(text).map(SealKey)
    }

    /// A key of its own for one purpose, so that what is learnt about one says nothing about
    /// another.
    pub fn derive(&self, purpose: &str) -> SealKey {
        SealKey::new(self.derive_bytes(purpose))
    }

    /// The bytes of such a key, for other uses than sealing.
    pub fn derive_bytes(&self, purpose: &str) -> [u8; 32] {
        hmac_sha256(self.0.expose_secret(), &[b"derive\0", purpose.as_bytes()])
    }

    /// Hides `plain` and binds it to `label`: it opens only under the same label. A nonce must
    /// never serve twice.
    pub fn seal(&self, nonce: [u8; NONCE_BYTES], label: &[u8], plain: &[u8]) -> Vec<u8> {
        let hidden =
            self.cipher().encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: label });
        // The cipher refuses only beyond 256 GiB. Nothing opens from an empty value, and nothing
        // leaks from it.
        let hidden = hidden.unwrap_or_default();
        [nonce.as_slice(), hidden.as_slice()].concat()
    }

    /// What was sealed, or `None` if the key or the label differs or a single bit was changed.
    pub fn open(&self, label: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, hidden) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: hidden, aad: label }).ok()
    }

    /// A short keyed hash: tells whether two texts are the same without keeping either.
    pub fn fingerprint(&self, label: &str, text: &str) -> [u8; 16] {
        // The length of the label is part of it, so that `ab`+`c` is not `a`+`bc`.
        let label_length = u64::try_from(label.len()).unwrap_or(u64::MAX).to_be_bytes();
        let parts: [&[u8]; 4] =
            [b"fingerprint\0", &label_length, label.as_bytes(), text.as_bytes()];
        let [short @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            hmac_sha256(self.0.expose_secret(), &parts);
        short
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose_secret().into())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(***)")
    }
}

/// Where randomness comes from: the operating system, or a seed where a run must be repeatable.
pub enum Randomness {
    /// Unpredictable. Every draw mixes fresh bytes of the system into a generator that the system
    /// seeded once, so a draw cannot fail, and a copied machine does not repeat itself.
    Os(Generator),
    /// The same draws for the same seed: for tests, simulations and `demo`, never for secrets that
    /// matter.
    Seeded(Generator),
}

impl Randomness {
    /// That of the operating system; an error if it has no randomness to give.
    pub fn os() -> Result<Randomness, getrandom::Error> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed)?;
        Ok(Randomness::Os(Generator::new(seed)))
    }

    /// One that repeats itself.
    pub fn seeded(seed: u64) -> Randomness {
        Randomness::Seeded(Generator::new(hmac_sha256(&[0; 32], &[b"dice\0", &seed.to_be_bytes()])))
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        match self {
            Randomness::Os(generator) => {
                let mut fresh = [0_u8; 32];
                // Without fresh bytes the generator alone is still unpredictable.
                let _ = getrandom::fill(&mut fresh);
                generator.draw(&fresh)
            }
            Randomness::Seeded(generator) => generator.draw(&[]),
        }
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Randomness::Os(_) => f.write_str("Randomness(system)"),
            Randomness::Seeded(_) => f.write_str("Randomness(seeded)"),
        }
    }
}

/// A secret seed and a counter: keyed hashes of the counter are the draws.
pub struct Generator {
    seed: SecretBox<[u8; 32]>,
    drawn: AtomicU64,
}

impl Generator {
    fn new(seed: [u8; 32]) -> Generator {
        Generator { seed: SecretBox::new(Box::new(seed)), drawn: AtomicU64::new(0) }
    }

    fn draw<const N: usize>(&self, fresh: &[u8]) -> [u8; N] {
        let mut bytes = [0_u8; N];
        for chunk in bytes.chunks_mut(32) {
            let count = self.drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let block = hmac_sha256(self.seed.expose_secret(), &[&count, fresh]);
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_keyed_hash_is_hmac() {
        // RFC 4231, case 2. Its key is shorter than ours; HMAC fills up with zeros, so both are the
        // same key.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let hash = hmac_sha256(&key, &[b"what do ya want ", b"for nothing?"]);
        let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        let key = key_from_hex(&format!(" 00fF{}\n", "7a".repeat(30))).unwrap();
        assert_eq!(key.expose_secret()[..3], [0, 255, 0x7a]);
        for text in [
            String::new(),
            "0".repeat(63),
            "0".repeat(65),
            "g".repeat(64),
            "é".repeat(32),
            format!("+{}", "0".repeat(63)),
        ] {
            assert!(key_from_hex(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn keys_labels_and_texts_keep_fingerprints_apart() {
        let key = SealKey::new([7; 32]);
        let print = key.fingerprint("sms", "hello");
        assert_eq!(print, SealKey::new([7; 32]).fingerprint("sms", "hello"));
        for other in [
            key.fingerprint("sms", "hello "),
            key.fingerprint("smsh", "ello"),
            key.derive("x").fingerprint("sms", "hello"),
        ] {
            assert_ne!(print, other);
        }
        assert_ne!(key.derive("a").fingerprint("", ""), key.derive("b").fingerprint("", ""));
        assert_eq!(format!("{key:?}"), "SealKey(***)");
    }

    #[test]
    fn seeded_dice_repeat_and_the_systems_do_not() {
        let one = Randomness::seeded(1);
        let same = Randomness::seeded(1);
        let other = Randomness::seeded(2);
        let first: [u8; 40] = one.bytes();
        assert_eq!(first, same.bytes());
        assert_ne!(first, other.bytes());
        assert_ne!(first, one.bytes());
        let system = Randomness::os().unwrap();
        assert_ne!(system.bytes::<16>(), system.bytes::<16>());
        assert_ne!(
            Randomness::os().unwrap().bytes::<16>(),
            Randomness::os().unwrap().bytes::<16>()
        );
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_only_unchanged_and_under_its_label(
            plain: Vec<u8>,
            label: Vec<u8>,
            nonce: [u8; 24],
            place: prop::sample::Index,
            bit in 0_u8..8,
        ) {
            let key = SealKey::new([7; 32]);
            let mut sealed = key.seal(nonce, &label, &plain);
            prop_assert_eq!(key.open(&label, &sealed), Some(plain));
            prop_assert_eq!(key.open(&[label.as_slice(), b"x"].concat(), &sealed), None);
            prop_assert_eq!(key.derive("other").open(&label, &sealed), None);
            prop_assert_eq!(key.open(&label, &sealed[..place.index(sealed.len())]), None);
            let place = place.index(sealed.len());
            sealed[place] ^= 1 << bit;
            prop_assert_eq!(key.open(&label, &sealed), None);
        }

        #[test]
        fn no_bytes_make_opening_panic(sealed: Vec<u8>) {
            prop_assert_eq!(SealKey::new([7; 32]).open(b"", &sealed), None);
        }
    }
}
