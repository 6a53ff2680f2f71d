//! Idempotency keys: the same request has the same key however often it comes.

use crate::time::Timestamp;
use sha2::{Digest, Sha256};

/// A key of 20 bytes: when the request was first made (seconds, 4 bytes), then a digest of who asks
/// and what for.
///
/// The time comes first so that the unique index grows at its right edge; it must be one that a
/// repetition carries too (when the session began, the date of the text), never the time of
/// arrival.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 20]);

impl Key {
    /// The key of request `name` within `scope` (`ussd`, `sms`, `expiry` ...), first made at
    /// `origin`.
    pub fn new(origin: Timestamp, scope: &str, name: &[u8]) -> Key {
        let seconds = u32::try_from(origin.micros().div_euclid(1_000_000)).unwrap_or(0);
        let digest = digest(&[scope.as_bytes(), name]);
        let mut bytes = [0; 20];
        let (time, rest) = bytes.split_at_mut(4);
        time.copy_from_slice(&seconds.to_be_bytes());
        rest.copy_from_slice(&digest);
        Key(bytes)
    }

    /// A key of the same moment for something else about the same request.
    pub fn within(&self, scope: &str) -> Key {
        let [t0, t1, t2, t3, ..] = self.0;
        let seconds = u32::from_be_bytes([t0, t1, t2, t3]);
        let origin = Timestamp::from_micros(i64::from(seconds).saturating_mul(1_000_000));
        Key::new(origin, scope, &self.0)
    }

    /// As stored.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// From its stored form.
    pub fn from_bytes(bytes: &[u8]) -> Option<Key> {
        bytes.try_into().ok().map(Key)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The first 16 bytes of SHA-256 over the parts, each with its length in front, so that parts
/// cannot run together.
pub fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let full: [u8; 32] = hash.finalize().into();
    let mut short = [0; 16];
    short.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    short
}
