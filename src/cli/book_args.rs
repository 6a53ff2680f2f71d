//! What can be done with the book, as the command line names it.

use crate::config::DatabaseUrl;
use clap::{Args, Subcommand};

/// What can be done with the book.
#[derive(Debug, Subcommand)]
pub enum BookAct {
    /// Verify every invariant of the book, also while the service runs; exits with 0 only if the
    /// book is whole, with 3 if it is empty
    ///
    /// It begins behind the newest link of the hash chain that an earlier check verified, and keeps
    /// how far it came for the next one. History before that is not read again: `--full` does. Only
    /// that finds rows edited there, two accounts that have not moved since and were edited alike,
    /// and an account set back to an older entry of its own.
    Check(BookCheckArgs),
}

/// What `book check` takes.
#[derive(Debug, Args)]
pub struct BookCheckArgs {
    /// The database, as an address
    #[arg(
        long,
        env = "KADOGO_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://kadogo.db",
        value_name = "URL"
    )]
    pub database_url: DatabaseUrl,
    /// Begin at the first link
    #[arg(long)]
    pub full: bool,
    /// Do not tell on standard error how far it is
    #[arg(long)]
    pub quiet: bool,
}
