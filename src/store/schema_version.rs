//! Which schemas this program may write into.

use super::StoreError;

/// A schema with a migration we do not know was made by a newer program: writing into it could lose
/// data.
pub fn refuse_unknown<V: PartialEq + std::fmt::Display>(
    known: &[V],
    applied: &[V],
) -> Result<(), StoreError> {
    match applied.iter().find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(v) => Err(StoreError::Migrate(format!(
            "it has version {v}, which this program does not know"
        ))),
    }
}
