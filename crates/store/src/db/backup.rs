//! Whole copies of an SQLite database, also while others write to it, and the look at a copy before it is trusted.

use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::{SQLITE, create_private};
use crate::{Error, Result};

/// Writes a copy of the database `from` into the new file `to`, as it is at one moment; the version of its schema. Who
/// works with the database goes on.
pub(crate) async fn copy(from: &Path, to: &Path) -> Result<i64> {
    // SQLite takes an empty file, and makes it with the rights of the process otherwise.
    create_private(to)?;
    let mut source = open(from, false).await?;
    let name = to.to_str().ok_or(Error::Url("names a file whose name is not UTF-8"))?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(&mut source).await?;
    source.close().await?;
    check(to).await
}

/// Looks whether a file is a whole database that this version can work with; the version of its schema.
pub(crate) async fn check(file: &Path) -> Result<i64> {
    let mut copy = open(file, true).await?;
    let (verdict,): (String,) = sqlx::query_as("PRAGMA integrity_check(1)").fetch_one(&mut copy).await?;
    let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut copy).await?;
    if verdict != "ok" || dangling.is_some() {
        return Err(Error::Stored("the database file is damaged"));
    }
    let newest: std::result::Result<(Option<i64>,), _> =
        sqlx::query_as("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(&mut copy).await;
    let version =
        newest.ok().and_then(|(version,)| version).ok_or(Error::Stored("the file is no database of nexus"))?;
    copy.close().await?;
    if SQLITE.iter().map(|migration| migration.version).max() < Some(version) {
        return Err(Error::SchemaNewer);
    }
    Ok(version)
}

async fn open(file: &Path, read_only: bool) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false).read_only(read_only);
    Ok(SqliteConnection::connect_with(&options).await?)
}
