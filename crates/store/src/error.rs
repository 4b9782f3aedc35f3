//! What can go wrong in the store. No error carries a value of a row or a URL.

/// A result of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database URL cannot be used.
    #[error("the database URL {0}")]
    Url(&'static str),
    /// The roles of PostgreSQL are not as they must be.
    #[error("{0}")]
    Roles(&'static str),
    /// A newer Nexus has changed the schema.
    #[error("the database was made by a newer version of nexus")]
    SchemaNewer,
    /// Migrations are missing, and this process may not run them.
    #[error("the database needs to be migrated first")]
    SchemaOlder,
    /// A migration failed.
    #[error("a migration failed")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The SQLite file cannot be made.
    #[error("the database file cannot be opened")]
    File(#[source] std::io::Error),
    /// A unique key is taken already.
    #[error("such a row is there already")]
    Unique,
    /// The row that another row names is not there.
    #[error("the row that this one belongs to is not there")]
    Missing,
    /// The scope was made for another store.
    #[error("the scope belongs to another store")]
    ForeignScope,
    /// The scope is older than a minute: ask the policy again.
    #[error("the scope is too old")]
    ScopeTooOld,
    /// A stored value cannot be read back.
    #[error("a stored value is not valid: {0}")]
    Stored(&'static str),
    /// The database refused or is not there.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl Error {
    pub(crate) fn migration(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(_) | sqlx::migrate::MigrateError::VersionTooNew(..) => {
                Self::SchemaNewer
            }
            other => Self::Migration(other),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(database) if database.is_unique_violation() => Self::Unique,
            Some(database) if database.is_foreign_key_violation() => Self::Missing,
            _ => Self::Database(error),
        }
    }
}
