//! What many stories begin with is made once in a run and copied for each: a database that somebody
//! has used and left. Whoever opens a copy finds what the first one would have found after doing
//! all that itself.

use super::engine::{Home, is_postgres};
use tokio::sync::OnceCell;

/// A database to begin with.
pub struct Template(OnceCell<Left>);

/// How it was left.
pub enum Left {
    /// The file.
    File(Vec<u8>),
    /// Its address.
    Database(String),
}

/// The writer that was there has gone: the next one takes its number, so that all others are handed
/// out as before.
const GONE: &str = "DELETE FROM nodes; UPDATE counters SET next = next - 1 WHERE name = 'ids'";

impl Template {
    pub const fn new() -> Template {
        Template(OnceCell::const_new())
    }

    /// A copy. Whoever is first makes what is copied: `make` opens the database, and has left it
    /// when it ends.
    pub async fn copy(&self, make: impl AsyncFnOnce(&Home)) -> Home {
        Home::begin_with(self.0.get_or_init(|| left(make)).await)
    }
}

async fn left(make: impl AsyncFnOnce(&Home)) -> Left {
    let home = Home::new();
    make(&home).await;
    let mut hand = home.hand();
    hand.run(GONE).unwrap();
    if is_postgres() {
        drop(hand);
        return Left::Database(home.left_alone());
    }
    // everything is in the file then, whoever still has it open
    hand.run("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    Left::File(std::fs::read(home.path("kadogo.db")).unwrap())
}
