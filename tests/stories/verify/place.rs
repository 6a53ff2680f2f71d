//! Where a story is told: a folder for SQLite, or the shared PostgreSQL.

use super::super::cluster::Cluster;
use super::super::memory;
use std::cell::Cell;
use tempfile::TempDir;

/// A place for databases.
pub struct Place {
    folder: TempDir,
    server: Option<&'static Cluster>,
    made: Cell<u32>,
}

impl Place {
    fn new(server: Option<&'static Cluster>) -> Place {
        Place { folder: memory::folder(), server, made: Cell::new(0) }
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let number = self.made.replace(self.made.get() + 1);
        match self.server {
            None => {
                format!("sqlite://{}", self.folder.path().join(format!("{number}.db")).display())
            }
            Some(server) => server.database(),
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }
}

/// Tells a story on SQLite, and again on PostgreSQL where its programs are.
pub fn on_both(name: &str, story: impl Fn(&Place)) {
    story(&Place::new(None));
    if let Some(server) = Cluster::or_say(name) {
        story(&Place::new(Some(server)));
    }
}
