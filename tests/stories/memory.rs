//! Where the files of a story lie: in memory, where nothing waits for a disk. A story ends
//! processes, never the machine: what only a disk would have kept proves nothing in it. Who tells
//! of machines and disks that fail has folders of their own.

use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

const MEMORY: &str = "/dev/shm";
/// A container may have next to nothing of it.
const ROOM_LEAST_KB: u64 = 1_000_000;
/// Hundreds of databases of a server's take more: seven million bytes each, and their log.
const SERVER_ROOM_LEAST_KB: u64 = 8_000_000;

/// A folder that goes away with the value; on the disk where there is no memory for it.
pub fn folder() -> TempDir {
    folder_with("kadogo-", ROOM_LEAST_KB)
}

/// The same for a server that many stories share.
pub fn server_folder() -> TempDir {
    folder_with("kadogo-pg-", SERVER_ROOM_LEAST_KB)
}

fn folder_with(prefix: &str, room_least_kb: u64) -> TempDir {
    static FREE_KB: OnceLock<Option<u64>> = OnceLock::new();
    let is_roomy = FREE_KB.get_or_init(free_kb).is_some_and(|free| free >= room_least_kb);
    let mut folder = tempfile::Builder::new();
    let folder = folder.prefix(prefix);
    let in_memory = is_roomy.then(|| folder.tempdir_in(MEMORY).ok()).flatten();
    in_memory.unwrap_or_else(|| folder.tempdir().unwrap())
}

fn free_kb() -> Option<u64> {
    let table = Command::new("df").args(["-kP", MEMORY]).output().ok()?.stdout;
    String::from_utf8(table).ok()?.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}
