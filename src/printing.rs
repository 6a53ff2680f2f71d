//! What commands print. Whoever reads it may stop in the middle, as `head` does: then the command
//! ends there, quietly, as any other program would. Which commands there are is not known here.

use std::fmt::{Arguments, Display};
use std::io::{ErrorKind, Write};

/// What shells say of a program whose reader is gone. It is no success: nobody read how it ended.
const NOBODY_READS: i32 = 141;

/// Prints a line.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::printing::printed(format_args!("{}\n", format_args!($($words)*)))
    };
}

/// Prints what has its ends of lines already.
macro_rules! say_on {
    ($($words:tt)*) => { $crate::printing::printed(format_args!($($words)*)) };
}

pub(crate) use {say, say_on};

/// So many of something: one has no `s`.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, thing: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// Prints it, or ends the program where that is not possible any more.
pub fn printed(text: Arguments<'_>) {
    let Err(error) = std::io::stdout().lock().write_fmt(text) else { return };
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(NOBODY_READS);
    }
    eprintln!("kadogo: what was to be printed is lost: {error}");
    std::process::exit(1);
}
