//! Sessions: one row for each signed-in browser, found by its token's hash. The token itself is never stored.

use nexus_model::{Micros, SessionId, SystemRole, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System};

/// A valid session with its active person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: SessionId,
    /// The person.
    #[sqlx(try_from = "Uuid")]
    pub user_id: UserId,
    /// The person's address.
    pub email: String,
    /// The person's name.
    pub full_name: String,
    /// The person's system role.
    #[sqlx(try_from = "String")]
    pub system_role: SystemRole,
    /// When the person signed in.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When the person last said the password.
    #[sqlx(try_from = "i64")]
    pub confirmed_at: Micros,
    /// When it was last renewed.
    #[sqlx(try_from = "i64")]
    pub used_at: Micros,
    /// When it ends unless renewed.
    #[sqlx(try_from = "i64")]
    pub expires_at: Micros,
}

/// What a new session starts with.
pub struct NewSession<'a> {
    /// Its id.
    pub id: SessionId,
    /// The person.
    pub user: UserId,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// Now.
    pub at: Micros,
    /// When it ends unless renewed.
    pub expires_at: Micros,
    /// From where the person signed in.
    pub address: &'a str,
    /// With what.
    pub user_agent: &'a str,
}

/// A session, as its person sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: SessionId,
    /// When the person signed in.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When it was last renewed.
    #[sqlx(try_from = "i64")]
    pub used_at: Micros,
    /// When it ends unless renewed.
    #[sqlx(try_from = "i64")]
    pub expires_at: Micros,
    /// From where the person signed in.
    pub address: String,
    /// With what.
    pub user_agent: String,
}

sql! {
    SESSION = "
        SELECT s.id, s.user_id, u.email, u.full_name, u.system_role, s.created_at, s.confirmed_at, s.used_at,
               s.expires_at
          FROM session s
          JOIN user_account u ON u.id = s.user_id
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.is_active";
    INSERT_SESSION = "
        INSERT INTO session (id, user_id, token_hash, created_at, used_at, confirmed_at, expires_at, address, user_agent)
        VALUES ($1, $2, $3, $4, $4, $4, $5, $6, $7)";
    RENEW_SESSION = "UPDATE session SET used_at = $2, expires_at = $3 WHERE id = $1 AND expires_at > $2";
    CONFIRM_SESSION = "UPDATE session SET confirmed_at = $3 WHERE id = $1 AND user_id = $2 AND expires_at > $3";
    DELETE_SESSION = "DELETE FROM session WHERE id = $1 AND user_id = $2";
    SESSIONS = "
        SELECT id, created_at, used_at, expires_at, address, user_agent
          FROM session
         WHERE user_id = $1 AND expires_at > $2
         ORDER BY used_at DESC, id DESC
         LIMIT 200";
    DELETE_OTHER_SESSIONS = "DELETE FROM session WHERE user_id = $1 AND id <> $2";
    DELETE_SESSIONS = "DELETE FROM session WHERE user_id = $1";
    DELETE_EXPIRED = "DELETE FROM session WHERE expires_at <= $1";
}

impl System<'_> {
    /// The session of a token, if it is valid at `now` and its person active.
    ///
    /// # Errors
    /// The database.
    pub async fn session(&mut self, token_hash: [u8; 32], now: Micros) -> Result<Option<Session>> {
        self.tx.query(SESSION).bind(token_hash.to_vec()).bind(now).optional().await
    }

    /// Makes a session.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_session(&mut self, new: &NewSession<'_>) -> Result<()> {
        let query = self.tx.query(INSERT_SESSION).bind(new.id).bind(new.user).bind(new.token_hash.to_vec());
        query.bind(new.at).bind(new.expires_at).bind(new.address).bind(new.user_agent).execute().await?;
        Ok(())
    }

    /// Moves the end of a session that is still valid at `now`.
    ///
    /// # Errors
    /// The database.
    pub async fn renew_session(&mut self, id: SessionId, now: Micros, expires_at: Micros) -> Result<bool> {
        Ok(self.tx.query(RENEW_SESSION).bind(id).bind(now).bind(expires_at).execute().await? == 1)
    }

    /// Notes that the person said the password in this session; whether the session is still there.
    ///
    /// # Errors
    /// The database.
    pub async fn confirm_session(&mut self, id: SessionId, user: UserId, now: Micros) -> Result<bool> {
        Ok(self.tx.query(CONFIRM_SESSION).bind(id).bind(user).bind(now).execute().await? == 1)
    }

    /// Ends one session of a person. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_session(&mut self, id: SessionId, user: UserId) -> Result<bool> {
        Ok(self.tx.query(DELETE_SESSION).bind(id).bind(user).execute().await? == 1)
    }

    /// The newest sessions of a person that are valid at `now`, the newest use first; at most 200.
    ///
    /// # Errors
    /// The database.
    pub async fn sessions(&mut self, user: UserId, now: Micros) -> Result<Vec<SessionRow>> {
        self.tx.query(SESSIONS).bind(user).bind(now).all().await
    }

    /// Ends all sessions of a person but one; how many. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_other_sessions(&mut self, user: UserId, keep: SessionId) -> Result<u64> {
        self.tx.query(DELETE_OTHER_SESSIONS).bind(user).bind(keep).execute().await
    }

    /// Ends all sessions of a person; how many. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_sessions(&mut self, user: UserId) -> Result<u64> {
        self.tx.query(DELETE_SESSIONS).bind(user).execute().await
    }

    /// Removes rows of sessions that have ended by themselves; how many.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_expired_sessions(&mut self, now: Micros) -> Result<u64> {
        self.tx.query(DELETE_EXPIRED).bind(now).execute().await
    }
}
