//! What `backup` and `restore` take, as the command line names it.

use crate::config::DatabaseUrl;
use clap::Args;
use std::path::PathBuf;

/// What a backup is, for who has to have one.
pub const ABOUT: &str = "\
Write a consistent copy of the database while the service runs, and verify it

The copy is read back from its first link to its last, as `kadogo book check --full` does. Its
newest link and digest are printed: keep them where the copy is not, and nobody can put another one
in its place. A copy that is not whole is removed.

It holds names and numbers, so only its owner may read it. Conversations are not in it.

A service that runs keeps what it wrote last in a log beside the database, FILE-wal, and
conversations in FILE-sessions. A copy of FILE alone that is made by other means meanwhile lacks
what is in the log. When the service was stopped there is none, and FILE alone is everything.";

/// What a restore does, for who needs one.
pub const ABOUT_RESTORE: &str = "\
Make the database anew from a backup, and verify it

Nothing is overwritten: where the database is there already, or something of it, that has to be
moved away first, and the service stopped. The backup is copied, read from its first link to its
last, as `kadogo book check --full` does, and takes its place only where it is whole. What was
posted after its newest link is not in it: compare that with what gateways and banks say.

A database on a server is restored with what it was backed up with.";

/// What `backup` takes.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The database, as an address
    #[arg(
        long,
        env = "KADOGO_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://kadogo.db",
        value_name = "URL"
    )]
    pub database_url: DatabaseUrl,
    /// The file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// What `restore` takes.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The database to make, as an address; it must not exist
    #[arg(
        long,
        env = "KADOGO_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://kadogo.db",
        value_name = "URL"
    )]
    pub database_url: DatabaseUrl,
}
