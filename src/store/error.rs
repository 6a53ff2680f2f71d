//! What can go wrong between us and the database, and what an error means for who goes on.

use diesel::result::{DatabaseErrorKind as Kind, Error};

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one we know.
    #[error("the database address is not good: {0}")]
    Address(String),
    /// The database cannot be reached.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// The schema is newer than this program, or cannot be brought up to date.
    #[error("cannot migrate the database: {0}")]
    Migrate(String),
    /// A statement failed.
    #[error("database: {0}")]
    Query(#[from] diesel::result::Error),
    /// A commit was sent and its answer did not come: it was made or not.
    #[error("database, at a commit: {0}")]
    CommitLost(diesel::result::Error),
    /// Something that the program stored cannot be read back.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
    /// This database cannot do that.
    #[error("{0}")]
    Unsupported(&'static str),
    /// It was not written just now, though it may be later.
    #[error("the database did not take it")]
    NotTaken,
    /// The program is stopping.
    #[error("the database is closed")]
    Closed,
}

impl StoreError {
    /// Whether the database refused a statement for a reason that cannot be told from the kind of
    /// error: text that it cannot store, a full disk, a timeout.
    pub fn says_nothing(&self) -> bool {
        use diesel::result::{DatabaseErrorKind::Unknown, Error::DatabaseError};
        matches!(self, StoreError::Query(DatabaseError(Unknown, _)))
    }

    /// Whether rows were refused for what they hold. Other rows may be written then; otherwise the
    /// database itself is in trouble (full, locked, gone), and trying more would only take time.
    pub fn is_of_rows(&self) -> bool {
        match self {
            StoreError::Query(error) | StoreError::CommitLost(error) => refuses_rows(error),
            StoreError::Damaged(_) => true,
            StoreError::Address(_)
            | StoreError::Open(_)
            | StoreError::Migrate(_)
            | StoreError::Unsupported(_)
            | StoreError::NotTaken
            | StoreError::Closed => false,
        }
    }
}

fn refuses_rows(error: &Error) -> bool {
    let of_rows = |kind: &Kind| {
        matches!(
            kind,
            Kind::UniqueViolation
                | Kind::CheckViolation
                | Kind::NotNullViolation
                | Kind::ForeignKeyViolation
        )
    };
    // a row that holds what cannot be read is as bad as one that cannot be written
    matches!(error, Error::DatabaseError(kind, _) if of_rows(kind))
        || matches!(error, Error::DeserializationError(_))
}
