//! Where a database is, and how each kind is connected to.

use super::{Conn, StoreError, postgres, sqlite};
use std::path::PathBuf;

/// Where a database is.
#[derive(Clone)]
pub enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<postgres::Server>),
}

impl Address {
    /// Reads an address: `sqlite://kadogo.db`, `sqlite:///var/lib/kadogo.db` or `postgres://...`.
    ///
    /// The scheme is read here because SQLite would take any mistyped address for the name of a new
    /// file.
    pub fn parse(url: &str) -> Result<Address, StoreError> {
        let unknown = || {
            StoreError::Address(
                "it must look like sqlite://FILE or postgres://USER@HOST/DATABASE".into(),
            )
        };
        match url.split_once("://") {
            Some(("sqlite", rest)) => {
                sqlite::file_of(rest).map(Address::Sqlite).ok_or_else(unknown)
            }
            Some(("postgres" | "postgresql", _)) => {
                Ok(Address::Postgres(Box::new(postgres::Server::parse(url)?)))
            }
            Some(_) | None => Err(unknown()),
        }
    }

    /// A connection for short reads.
    pub(super) fn reader(&self) -> Result<Conn, StoreError> {
        match self {
            Address::Sqlite(file) => sqlite::reader(file),
            Address::Postgres(server) => server.reader(),
        }
    }

    /// A connection for long reads.
    pub(super) fn long_reader(&self) -> Result<Conn, StoreError> {
        match self {
            Address::Sqlite(file) => sqlite::reader(file),
            Address::Postgres(server) => server.long_reader(),
        }
    }

    /// A connection for what is written beside the book.
    pub(super) fn beside(&self) -> Result<Conn, StoreError> {
        match self {
            Address::Sqlite(file) => sqlite::beside(file),
            Address::Postgres(server) => server.aside(),
        }
    }

    /// A connection that may write.
    pub(super) fn writer(&self) -> Result<Conn, StoreError> {
        match self {
            Address::Sqlite(file) => sqlite::writer(file),
            Address::Postgres(server) => server.writer(),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Address::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
            Address::Postgres(server) => f.write_str(&server.name()),
        }
    }
}
