//! Descriptors: how many this process has, and how many it may have. It knows nothing of what they
//! are for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Takes as many as may be had: what a process begins with is often a thousand, for old programs'
/// sake.
pub fn raise() {
    let limit = getrlimit(Resource::Nofile);
    // where that is not granted, it stays as it was
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// How many it may have.
pub fn most() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many it has, where the system says so.
pub fn open() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}
