//! Failed attempts, counted by key (an account's or an address' name), so that all processes see them.

use nexus_model::Micros;

use crate::db::sql;
use crate::{Result, System};

/// How often something failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttle {
    /// Failures since `first_at`.
    pub failures: i64,
    /// When the first of them was.
    pub first_at: Micros,
    /// No attempt counts before this.
    pub locked_until: Option<Micros>,
}

#[derive(sqlx::FromRow)]
struct ThrottleRow {
    failures: i64,
    #[sqlx(try_from = "i64")]
    first_at: Micros,
    locked_until: Option<i64>,
}

impl From<ThrottleRow> for Throttle {
    fn from(row: ThrottleRow) -> Self {
        Self { failures: row.failures, first_at: row.first_at, locked_until: row.locked_until.map(Micros) }
    }
}

sql! {
    COUNT_FAILURE = "
        INSERT INTO throttle (key, failures, first_at)
        VALUES ($1, 1, $2)
        ON CONFLICT (key) DO UPDATE
           SET failures = CASE WHEN throttle.first_at < $3 THEN 1 ELSE throttle.failures + 1 END,
               first_at = CASE WHEN throttle.first_at < $3 THEN $2 ELSE throttle.first_at END
        RETURNING failures, first_at, locked_until";
    LOCK = "UPDATE throttle SET locked_until = $2 WHERE key = $1";
    FORGIVE = "
        UPDATE throttle
           SET failures = failures - 1, locked_until = CASE WHEN failures <= $2 THEN NULL ELSE locked_until END
         WHERE key = $1 AND failures > 0";
    CLEAR = "DELETE FROM throttle WHERE key = $1";
    DELETE_OLD = "DELETE FROM throttle WHERE first_at < $1 AND (locked_until IS NULL OR locked_until < $2)";
}

impl System<'_> {
    /// Counts a failure; a count that began before `window_start` begins anew. Nobody else counts the same key until
    /// this transaction ends.
    ///
    /// # Errors
    /// The database.
    pub async fn count_failure(&mut self, key: &str, now: Micros, window_start: Micros) -> Result<Throttle> {
        Ok(self.tx.query(COUNT_FAILURE).bind(key).bind(now).bind(window_start).one::<ThrottleRow>().await?.into())
    }

    /// Refuses attempts until then.
    ///
    /// # Errors
    /// The database.
    pub async fn lock_throttle(&mut self, key: &str, until: Micros) -> Result<()> {
        self.tx.query(LOCK).bind(key).bind(until).execute().await?;
        Ok(())
    }

    /// Takes back one failure of `key`, and its lock where that leaves fewer than `limit`.
    ///
    /// # Errors
    /// The database.
    pub async fn forgive_failure(&mut self, key: &str, limit: i64) -> Result<()> {
        self.tx.query(FORGIVE).bind(key).bind(limit).execute().await?;
        Ok(())
    }

    /// Forgets the failures of `key`.
    ///
    /// # Errors
    /// The database.
    pub async fn clear_throttle(&mut self, key: &str) -> Result<()> {
        self.tx.query(CLEAR).bind(key).execute().await?;
        Ok(())
    }

    /// Removes counts that began before `window_start` and lock nothing any more; how many.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_old_throttles(&mut self, window_start: Micros, now: Micros) -> Result<u64> {
        self.tx.query(DELETE_OLD).bind(window_start).bind(now).execute().await
    }
}
