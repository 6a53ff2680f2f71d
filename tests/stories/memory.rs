//! Where the files of a story lie: in memory, where nothing waits for a disk. A story ends
//! processes, never the machine: what only a disk would have kept proves nothing in it. Who tells
//! of machines and disks that fail has folders of their own.

use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

const MEMORY: &str = "/dev/shm";
/// A container may have next to nothing of it.
const ROOM_LEAST_KB: u64 = 1_000_000;

/// A folder that goes away with the value; on the disk where there is no memory for it.
pub fn folder() -> TempDir {
    let in_memory = is_roomy()
        .then(|| tempfile::Builder::new().prefix("kadogo-").tempdir_in(MEMORY).ok())
        .flatten();
    in_memory.unwrap_or_else(|| tempfile::tempdir().unwrap())
}

fn is_roomy() -> bool {
    static ROOMY: OnceLock<bool> = OnceLock::new();
    *ROOMY.get_or_init(|| free_kb().is_some_and(|free| free >= ROOM_LEAST_KB))
}

fn free_kb() -> Option<u64> {
    let table = Command::new("df").args(["-kP", MEMORY]).output().ok()?.stdout;
    String::from_utf8(table).ok()?.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}
