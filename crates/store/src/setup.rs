//! Set-up links: the way to the first admin. Used once, consumed in the transaction that makes the account.

use nexus_model::Micros;
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Result, System};

sql! {
    LOCK_SETUP = "
        INSERT INTO throttle (key, failures, first_at) VALUES ('lock:setup', 0, $1)
        ON CONFLICT (key) DO UPDATE SET first_at = excluded.first_at";
    INSERT_LINK = "INSERT INTO setup_link (id, secret_hash, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    CONSUME_LINK = "DELETE FROM setup_link WHERE secret_hash = $1 AND expires_at > $2";
    DELETE_LINKS = "DELETE FROM setup_link";
    FIND_LINK = "SELECT count(*) AS count FROM setup_link WHERE secret_hash = $1 AND expires_at > $2";
}

impl System<'_> {
    /// Waits until nobody else sets up or makes a link, until this transaction ends: "is there an admin" and "make one"
    /// are two statements.
    ///
    /// # Errors
    /// The database.
    pub async fn lock_setup(&mut self, now: Micros) -> Result<()> {
        self.tx.query(LOCK_SETUP).bind(now).execute().await?;
        Ok(())
    }

    /// Makes a link valid in place of all older ones.
    ///
    /// # Errors
    /// The database.
    pub async fn replace_setup_link(&mut self, secret_hash: [u8; 32], at: Micros, expires_at: Micros) -> Result<()> {
        self.tx.query(DELETE_LINKS).execute().await?;
        let query = self.tx.query(INSERT_LINK).bind(Uuid::now_v7()).bind(secret_hash.to_vec());
        query.bind(at).bind(expires_at).execute().await?;
        Ok(())
    }

    /// Whether a link is valid, without using it.
    ///
    /// # Errors
    /// The database.
    pub async fn has_setup_link(&mut self, secret_hash: [u8; 32], now: Micros) -> Result<bool> {
        Ok(self.tx.query(FIND_LINK).bind(secret_hash.to_vec()).bind(now).one::<Count>().await?.count == 1)
    }

    /// Uses a link up; whether it was valid. Of two at once, on any engine, one succeeds.
    ///
    /// # Errors
    /// The database.
    pub async fn consume_setup_link(&mut self, secret_hash: [u8; 32], now: Micros) -> Result<bool> {
        Ok(self.tx.query(CONSUME_LINK).bind(secret_hash.to_vec()).bind(now).execute().await? == 1)
    }

    /// Removes all links.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_setup_links(&mut self) -> Result<()> {
        self.tx.query(DELETE_LINKS).execute().await?;
        Ok(())
    }
}
