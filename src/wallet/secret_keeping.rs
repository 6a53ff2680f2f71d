//! The key of names, kept sealed under each secret in use. A secret whose copy is taken away is
//! retired: it opens nothing any more, and starts nothing.

use crate::seal::{SealKey, to_hex};
use crate::store::{Conn, StoreError, setting_rows};
use std::sync::Arc;

/// What the names of the settings begin with.
const PREFIX: &str = "names_key.";
/// The same of those that were retired: none of them begins anew as if it were a new one.
const RETIRED: &str = "retired_secret.";

/// A copy of the key under one secret.
struct KeptKey {
    name: String,
    sealed: Vec<u8>,
}

/// The key, by the first of `known` secrets or by an older one; `fresh` where there is none yet.
/// Nothing where none of them opens it.
pub(super) fn open(
    conn: &mut Conn,
    known: &[Arc<SealKey>],
    fresh: [u8; 32],
    nonce: [u8; 24],
) -> Result<Option<[u8; 32]>, StoreError> {
    let Some(current) = known.first() else { return Ok(None) };
    let kept: Vec<KeptKey> =
        setting_rows::starting(conn, PREFIX)?.into_iter().map(KeptKey::of).collect();
    let own = name_of(current);
    if setting_rows::get(conn, &retired(&own))?.is_some() {
        return Ok(None);
    }
    if let Some(mine) = kept.iter().find(|kept| kept.name == own) {
        return Ok(mine.opened(current));
    }
    let older = known
        .iter()
        .find_map(|secret| kept.iter().find(|kept| kept.name == name_of(secret))?.opened(secret));
    let key = match older {
        Some(key) => key,
        None if kept.is_empty() => fresh,
        None => return Ok(None),
    };
    let sealed = current.seal(nonce, own.as_bytes(), &key);
    // of two nodes that come to this at the same moment one wins
    let stored = setting_rows::set_once(conn, &own, &sealed)?;
    Ok(KeptKey::of((own, stored)).opened(current))
}

/// Takes away what every other secret than this one opens; says how many there were.
pub(super) fn retire_others(conn: &mut Conn, current: &SealKey) -> Result<usize, StoreError> {
    let own = name_of(current);
    let others = setting_rows::starting(conn, PREFIX)?.into_iter().filter(|(name, _)| *name != own);
    let others: Vec<String> = others.map(|(name, _)| name).collect();
    for name in &others {
        setting_rows::remove(conn, name)?;
        setting_rows::set_once(conn, &retired(name), &[])?;
    }
    Ok(others.len())
}

/// What the setting is called that says that this one was retired.
fn retired(name: &str) -> String {
    name.replacen(PREFIX, RETIRED, 1)
}

/// A secret is known again by a digest of it.
fn name_of(secret: &SealKey) -> String {
    format!("{PREFIX}{}", to_hex(&secret.fingerprint("which secret", "")))
}

impl KeptKey {
    fn of((name, sealed): (String, Vec<u8>)) -> KeptKey {
        KeptKey { name, sealed }
    }

    fn opened(&self, secret: &SealKey) -> Option<[u8; 32]> {
        secret.open(self.name.as_bytes(), &self.sealed)?.try_into().ok()
    }
}
