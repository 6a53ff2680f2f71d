//! The program: its memory, and what the command line asks for.

use std::process::ExitCode;

/// A hop makes and drops some hundred small texts: the system's own allocator takes an eighth of
/// all its time for that.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kadogo::dispatch::run()
}
