//! What a person did and keeps in the explorer of PVE's API: the newest calls, and favourites. One's own alone: every
//! statement carries the person. Secrets were masked before they came here.

use nexus_model::{Micros, PveCallId, ServerId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Error, Result, Tenant};

/// One parameter of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallParam {
    /// Its name.
    pub name: String,
    /// Its value, masked where it is a secret.
    pub value: String,
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeCall {
    /// Its id.
    pub id: PveCallId,
    /// On which server.
    pub server: ServerId,
    /// The method.
    pub method: String,
    /// The path, filled in.
    pub path: String,
    /// The parameters, in order.
    pub params: Vec<CallParam>,
    /// PVE's status; `None` where there was no answer.
    pub status: Option<i64>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// When.
    pub at: Micros,
}

/// A call that a person keeps.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptCall {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: PveCallId,
    /// The method.
    pub method: String,
    /// The schema's path, with its placeholders.
    pub path: String,
}

#[derive(sqlx::FromRow)]
struct MadeRow {
    #[sqlx(try_from = "Uuid")]
    id: PveCallId,
    #[sqlx(try_from = "Uuid")]
    server_id: ServerId,
    method: String,
    path: String,
    params: String,
    status: Option<i64>,
    took_ms: i64,
    #[sqlx(try_from = "i64")]
    created_at: Micros,
}

impl MadeRow {
    fn call(self) -> Result<MadeCall> {
        let params = serde_json::from_str(&self.params).map_err(|_| Error::Stored("pve_call.params"))?;
        let Self { id, server_id: server, method, path, status, took_ms, created_at: at, .. } = self;
        Ok(MadeCall { id, server, method, path, params, status, took_ms, at })
    }
}

sql! {
    CALLS = "
        SELECT id, server_id, method, path, params, status, took_ms, created_at
          FROM pve_call
         WHERE tenant_id = $1 AND user_id = $2
         ORDER BY created_at DESC, id DESC
         LIMIT $3";
    INSERT_CALL = "
        INSERT INTO pve_call (id, tenant_id, user_id, server_id, method, path, params, status, took_ms, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    DROP_OLD_CALLS = "
        DELETE FROM pve_call
         WHERE tenant_id = $1 AND user_id = $2 AND id NOT IN (
               SELECT c.id FROM pve_call c
                WHERE c.tenant_id = $1 AND c.user_id = $2
                ORDER BY c.created_at DESC, c.id DESC
                LIMIT $3)";
    FORGET_CALLS = "DELETE FROM pve_call WHERE tenant_id = $1 AND user_id = $2";
    KEPT = "SELECT id, method, path FROM pve_favourite WHERE tenant_id = $1 AND user_id = $2 ORDER BY path, method";
    COUNT_KEPT = "SELECT count(*) AS count FROM pve_favourite WHERE tenant_id = $1 AND user_id = $2";
    KEPT_ONE = "
        SELECT id, method, path
          FROM pve_favourite
         WHERE tenant_id = $1 AND user_id = $2 AND method = $3 AND path = $4";
    KEEP = "
        INSERT INTO pve_favourite (id, tenant_id, user_id, method, path, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    FORGET_KEPT = "DELETE FROM pve_favourite WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
}

impl Tenant<'_> {
    /// The person's newest calls.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn made_calls(&mut self, limit: u32) -> Result<Vec<MadeCall>> {
        let (tenant, user) = (self.tenant(), self.user());
        let rows: Vec<MadeRow> = self.tx.query(CALLS).bind(tenant).bind(user).bind(limit).all().await?;
        rows.into_iter().map(MadeRow::call).collect()
    }

    /// Keeps a call of the person among their newest `most`.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_made_call(&mut self, call: &MadeCall, most: u32) -> Result<()> {
        let (tenant, user) = (self.tenant(), self.user());
        let params = serde_json::to_string(&call.params).map_err(|_| Error::Stored("pve_call.params"))?;
        let query = self.tx.query(INSERT_CALL).bind(call.id).bind(tenant).bind(user).bind(call.server);
        let query = query.bind(call.method.as_str()).bind(call.path.as_str()).bind(params).bind(call.status);
        query.bind(call.took_ms).bind(call.at).execute().await?;
        self.tx.query(DROP_OLD_CALLS).bind(tenant).bind(user).bind(most).execute().await?;
        Ok(())
    }

    /// Forgets the person's calls.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_made_calls(&mut self) -> Result<()> {
        let (tenant, user) = (self.tenant(), self.user());
        self.tx.query(FORGET_CALLS).bind(tenant).bind(user).execute().await?;
        Ok(())
    }

    /// The calls that the person keeps, by path.
    ///
    /// # Errors
    /// The database.
    pub async fn kept_calls(&mut self) -> Result<Vec<KeptCall>> {
        let (tenant, user) = (self.tenant(), self.user());
        self.tx.query(KEPT).bind(tenant).bind(user).all().await
    }

    /// How many calls the person keeps. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn count_kept_calls(&mut self) -> Result<i64> {
        let (tenant, user) = (self.tenant(), self.user());
        Ok(self.tx.query(COUNT_KEPT).bind(tenant).bind(user).one::<Count>().await?.count)
    }

    /// The call that the person keeps, if they do.
    ///
    /// # Errors
    /// The database.
    pub async fn kept_call(&mut self, method: &str, path: &str) -> Result<Option<KeptCall>> {
        let (tenant, user) = (self.tenant(), self.user());
        self.tx.query(KEPT_ONE).bind(tenant).bind(user).bind(method).bind(path).optional().await
    }

    /// Keeps a call for the person.
    ///
    /// # Errors
    /// [`Error::Unique`]: they keep it already. The database.
    pub async fn keep_call(&mut self, call: &KeptCall, at: Micros) -> Result<()> {
        let (tenant, user) = (self.tenant(), self.user());
        let query = self.tx.query(KEEP).bind(call.id).bind(tenant).bind(user).bind(call.method.as_str());
        query.bind(call.path.as_str()).bind(at).execute().await?;
        Ok(())
    }

    /// Keeps a call no more; whether the person did.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_kept_call(&mut self, id: PveCallId) -> Result<bool> {
        let (tenant, user) = (self.tenant(), self.user());
        Ok(self.tx.query(FORGET_KEPT).bind(tenant).bind(user).bind(id).execute().await? == 1)
    }
}
