//! Servers: the PVE endpoints that a tenant has configured. Tokens come and go sealed; nothing here can open one.

use nexus_model::{Micros, ServerId, TenantId, Tls};
use sqlx::types::Json;
use uuid::Uuid;

use crate::db::sql;
use crate::{Error, Result, System, Tenant};

/// A configured PVE endpoint, as it is stored.
#[derive(Clone, sqlx::FromRow)]
pub struct Server {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: ServerId,
    /// Whose it is.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// What people call it.
    pub name: String,
    /// A host alone.
    pub host: String,
    /// The TCP port.
    #[sqlx(try_from = "i64")]
    pub port: u16,
    /// The API token without its secret.
    pub token_id: String,
    /// The API token's secret, sealed for this row.
    pub token_secret: Vec<u8>,
    /// How the certificate is checked.
    #[sqlx(json)]
    pub tls: Tls,
    /// The limit for connecting, in milliseconds.
    #[sqlx(try_from = "i64")]
    pub connect_timeout_ms: u32,
    /// Free text.
    pub notes: String,
    /// Whether Nexus talks to it.
    pub is_active: bool,
    /// Counts changes; what an editor compares.
    pub version: i64,
    /// The cluster's name as PVE said it last.
    pub cluster_name: Option<String>,
    /// When it was added.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When it was changed last.
    #[sqlx(try_from = "i64")]
    pub updated_at: Micros,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("id", &self.id).field("version", &self.version).finish_non_exhaustive()
    }
}

/// What the health page and the pollers compare to notice a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct ServerVersion {
    /// Which server.
    #[sqlx(try_from = "Uuid")]
    pub id: ServerId,
    /// Its version.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Count {
    n: i64,
}

sql! {
    SERVERS = "
        SELECT id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes, is_active,
               version, cluster_name, created_at, updated_at
          FROM server
         WHERE tenant_id = $1
         ORDER BY name, id";
    SERVER = "
        SELECT id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes, is_active,
               version, cluster_name, created_at, updated_at
          FROM server
         WHERE tenant_id = $1 AND id = $2";
    COUNT = "SELECT count(*) AS n FROM server WHERE tenant_id = $1";
    INSERT = "
        INSERT INTO server (id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes,
                            is_active, version, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $12)";
    UPDATE = "
        UPDATE server
           SET name = $4, host = $5, port = $6, token_id = $7, token_secret = $8, tls = $9, connect_timeout_ms = $10,
               notes = $11, is_active = $12, updated_at = $13, version = version + 1
         WHERE tenant_id = $1 AND id = $2 AND version = $3";
    DELETE = "DELETE FROM server WHERE tenant_id = $1 AND id = $2";
    ACTIVE_VERSIONS = "
        SELECT server.id AS id, server.version AS version
          FROM server
          JOIN tenant ON tenant.id = server.tenant_id
         WHERE server.is_active = $1 AND tenant.is_active = $1";
    ANY_SERVER = "
        SELECT id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes, is_active,
               version, cluster_name, created_at, updated_at
          FROM server
         WHERE id = $1";
    SET_CLUSTER_NAME = "UPDATE server SET cluster_name = $2 WHERE id = $1";
}

/// The value as the JSON column takes it.
fn json(tls: &Tls) -> Result<Json<serde_json::Value>> {
    serde_json::to_value(tls).map(Json).map_err(|_| Error::Stored("the TLS settings"))
}

impl Tenant<'_> {
    /// All servers of the tenant by name.
    ///
    /// # Errors
    /// The database.
    pub async fn servers(&mut self) -> Result<Vec<Server>> {
        self.tx.query(SERVERS).bind(self.scope.tenant()).all().await
    }

    /// The tenant's server `id`; `None` also when it belongs to another tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn server(&mut self, id: ServerId) -> Result<Option<Server>> {
        self.tx.query(SERVER).bind(self.scope.tenant()).bind(id).optional().await
    }

    /// How many servers the tenant has. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn server_count(&mut self) -> Result<u32> {
        let count: Count = self.tx.query(COUNT).bind(self.scope.tenant()).one().await?;
        u32::try_from(count.n).map_err(|_| Error::Stored("the number of servers"))
    }

    /// Adds a server to the scope's tenant; `server.tenant_id`, version and times but `created_at` are not taken.
    ///
    /// # Errors
    /// [`Error::Unique`] when host and port are taken, or the database.
    pub async fn insert_server(&mut self, server: &Server) -> Result<()> {
        let query = self.tx.query(INSERT).bind(server.id).bind(self.scope.tenant()).bind(server.name.as_str());
        let query = query.bind(server.host.as_str()).bind(server.port).bind(server.token_id.as_str());
        let query = query.bind(server.token_secret.as_slice()).bind(json(&server.tls)?).bind(server.connect_timeout_ms);
        query.bind(server.notes.as_str()).bind(server.is_active).bind(server.created_at).execute().await?;
        Ok(())
    }

    /// Changes the server whose version is still `server.version`; whether there was one.
    ///
    /// # Errors
    /// [`Error::Unique`] when host and port are taken, or the database.
    pub async fn update_server(&mut self, server: &Server) -> Result<bool> {
        let query = self.tx.query(UPDATE).bind(self.scope.tenant()).bind(server.id).bind(server.version);
        let query = query.bind(server.name.as_str()).bind(server.host.as_str()).bind(server.port);
        let query = query.bind(server.token_id.as_str()).bind(server.token_secret.as_slice()).bind(json(&server.tls)?);
        let query = query.bind(server.connect_timeout_ms).bind(server.notes.as_str()).bind(server.is_active);
        Ok(query.bind(server.updated_at).execute().await? == 1)
    }

    /// Deletes the server and the assignments on its guests; whether there was one. Tasks and console sessions stay
    /// as history.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_server(&mut self, id: ServerId) -> Result<bool> {
        Ok(self.tx.query(DELETE).bind(self.scope.tenant()).bind(id).execute().await? == 1)
    }
}

impl System<'_> {
    /// The active servers of all active tenants, with what tells a changed one.
    ///
    /// # Errors
    /// The database.
    pub async fn active_servers(&mut self) -> Result<Vec<ServerVersion>> {
        self.tx.query(ACTIVE_VERSIONS).bind(true).all().await
    }

    /// One server of any tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn any_server(&mut self, id: ServerId) -> Result<Option<Server>> {
        self.tx.query(ANY_SERVER).bind(id).optional().await
    }

    /// Remembers the cluster's name. Does not count as a change by a person.
    ///
    /// # Errors
    /// The database.
    pub async fn set_cluster_name(&mut self, id: ServerId, name: &str) -> Result<()> {
        self.tx.query(SET_CLUSTER_NAME).bind(id).bind(name).execute().await?;
        Ok(())
    }
}
