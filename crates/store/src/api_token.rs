//! Tokens that programs sign in with, found by the hash of their secret. The secret itself is never stored. Looked up
//! before it is known who asks: every statement here is the system's.

use nexus_model::{Micros, ServerId, SystemRole, TenantId, TokenId, TokenScopes, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System};

/// A token that is in force, with its active person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TokenOwner {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: TokenId,
    /// Its name.
    pub name: String,
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
    tenant_id: Option<Uuid>,
    server_id: Option<Uuid>,
    /// What it may be used for.
    #[sqlx(try_from = "String")]
    pub scopes: TokenScopes,
    /// When it ends.
    #[sqlx(try_from = "i64")]
    pub expires_at: Micros,
    used_at: Option<i64>,
    /// Whether the person may sign in.
    pub is_active: bool,
}

impl TokenOwner {
    /// The tenant that it is limited to.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        self.tenant_id.map(Into::into)
    }

    /// The server that it is limited to.
    #[must_use]
    pub fn server(&self) -> Option<ServerId> {
        self.server_id.map(Into::into)
    }

    /// When it was used last, as far as that was written down.
    #[must_use]
    pub fn used_at(&self) -> Option<Micros> {
        self.used_at.map(Micros)
    }
}

/// What a new token starts with.
pub struct NewToken<'a> {
    /// Its id.
    pub id: TokenId,
    /// The person.
    pub user: UserId,
    /// The tenant that it is limited to.
    pub tenant: Option<TenantId>,
    /// The server that it is limited to.
    pub server: Option<ServerId>,
    /// Its name.
    pub name: &'a str,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// What it may be used for.
    pub scopes: TokenScopes,
    /// Now.
    pub at: Micros,
    /// When it ends.
    pub expires_at: Micros,
}

/// A token, as its person sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TokenRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: TokenId,
    /// Its name.
    pub name: String,
    tenant_id: Option<Uuid>,
    tenant_slug: Option<String>,
    tenant_name: Option<String>,
    server_id: Option<Uuid>,
    server_name: Option<String>,
    /// What it may be used for.
    #[sqlx(try_from = "String")]
    pub scopes: TokenScopes,
    /// When it was made.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When it ends.
    #[sqlx(try_from = "i64")]
    pub expires_at: Micros,
    used_at: Option<i64>,
    /// From where it was used last.
    pub used_address: Option<String>,
}

impl TokenRow {
    /// The tenant that it is limited to: its id, its name in URLs, its name.
    #[must_use]
    pub fn tenant(&self) -> Option<(TenantId, &str, &str)> {
        Some((self.tenant_id?.into(), self.tenant_slug.as_deref()?, self.tenant_name.as_deref()?))
    }

    /// The server that it is limited to, and its name.
    #[must_use]
    pub fn server(&self) -> Option<(ServerId, &str)> {
        Some((self.server_id?.into(), self.server_name.as_deref()?))
    }

    /// When it was used last.
    #[must_use]
    pub fn used_at(&self) -> Option<Micros> {
        self.used_at.map(Micros)
    }
}

#[derive(sqlx::FromRow)]
struct Gone {
    name: String,
}

sql! {
    TOKEN_OWNER = "
        SELECT k.id, k.name, k.user_id, u.email, u.full_name, u.system_role, k.tenant_id, k.server_id, k.scopes,
               k.expires_at, k.used_at, u.is_active
          FROM api_token k
          JOIN user_account u ON u.id = k.user_id
         WHERE k.secret_hash = $1";
    USED = "UPDATE api_token SET used_at = $2, used_address = $3 WHERE id = $1";
    INSERT = "
        INSERT INTO api_token (id, user_id, tenant_id, member_id, server_id, name, secret_hash, scopes, created_at,
               expires_at)
        VALUES ($1, $2, $3, (SELECT m.user_id FROM member m WHERE m.tenant_id = $3 AND m.user_id = $2), $4, $5, $6, $7,
                $8, $9)
        ON CONFLICT (user_id, name) DO NOTHING";
    TOKENS = "
        SELECT k.id, k.name, k.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, k.server_id,
               s.name AS server_name, k.scopes, k.created_at, k.expires_at, k.used_at, k.used_address
          FROM api_token k
          LEFT JOIN tenant t ON t.id = k.tenant_id
          LEFT JOIN server s ON s.id = k.server_id
         WHERE k.user_id = $1
         ORDER BY k.created_at DESC, k.id DESC";
    LOCK = "UPDATE user_account SET access_epoch = access_epoch WHERE id = $1";
    DELETE = "DELETE FROM api_token WHERE id = $1 AND user_id = $2 RETURNING name";
    DELETE_OLD = "DELETE FROM api_token WHERE expires_at <= $1";
}

impl System<'_> {
    /// The token with this secret and its person, whether or not it is still in force.
    ///
    /// # Errors
    /// The database.
    pub async fn token_owner(&mut self, secret_hash: [u8; 32]) -> Result<Option<TokenOwner>> {
        self.tx.query(TOKEN_OWNER).bind(secret_hash.to_vec()).optional().await
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// The database.
    pub async fn token_used(&mut self, id: TokenId, now: Micros, address: &str) -> Result<()> {
        self.tx.query(USED).bind(id).bind(now).bind(address).execute().await?;
        Ok(())
    }

    /// Nobody else makes a token of this person until this transaction ends.
    ///
    /// # Errors
    /// The database.
    pub async fn lock_tokens(&mut self, user: UserId) -> Result<()> {
        self.tx.query(LOCK).bind(user).execute().await?;
        Ok(())
    }

    /// Makes a token; false where the person has one of this name. It goes with a membership that its tenant limits it to.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_token(&mut self, new: &NewToken<'_>) -> Result<bool> {
        let query = self.tx.query(INSERT).bind(new.id).bind(new.user).bind(new.tenant).bind(new.server).bind(new.name);
        let query = query.bind(new.secret_hash.to_vec()).bind(new.scopes.to_string()).bind(new.at).bind(new.expires_at);
        Ok(query.execute().await? == 1)
    }

    /// A person's tokens, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn tokens(&mut self, user: UserId) -> Result<Vec<TokenRow>> {
        self.tx.query(TOKENS).bind(user).all().await
    }

    /// Removes a token of a person; its name. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_token(&mut self, id: TokenId, user: UserId) -> Result<Option<String>> {
        Ok(self.tx.query(DELETE).bind(id).bind(user).optional::<Gone>().await?.map(|gone| gone.name))
    }

    /// Removes tokens that ended before; how many.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_old_tokens(&mut self, before: Micros) -> Result<u64> {
        self.tx.query(DELETE_OLD).bind(before).execute().await
    }
}
