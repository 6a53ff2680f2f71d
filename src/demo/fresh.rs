//! A demo that begins anew: its database is taken away, and nothing else is. A service's stays, and
//! so does what is no database of Kadogo's, or cannot be read.

use crate::store::{StoreError, removing};
use crate::wallet::bootstrap;

/// Takes the database of a demo away; says whether there was one. It waits for the database: not to
/// be called on a thread that runs asynchronous tasks.
pub fn take_away(url: &str) -> Result<bool, StoreError> {
    removing::remove(url, |conn| match bootstrap::is_demo(conn) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => {
            Err(StoreError::Unsupported("that database is no demo's, and stays as it is"))
        }
    })
}
