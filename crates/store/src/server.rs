//! Servers: the PVE endpoints that a tenant has configured. Tokens come and go sealed; nothing here can open one.

use nexus_model::{Fallback, GuestScope, Micros, ServerId, ServerOrigin, TenantId, Tls};
use sqlx::types::Json;
use uuid::Uuid;

use crate::db::{Query, sql};
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
    /// Whether the tailnet is one of its ways.
    pub use_tailscale: bool,
    /// Its name or address in the tailnet; may be empty where that way is not used.
    pub tailscale_host: String,
    /// The TCP port there.
    #[sqlx(try_from = "i64")]
    pub tailscale_port: u16,
    /// When the API token ends, as far as somebody knows; microseconds since 1970.
    pub token_expires_at: Option<i64>,
    /// Whether shells of its nodes may be opened.
    pub node_shell: bool,
    /// Whether the cluster's other nodes may be asked in its place.
    pub use_fallbacks: bool,
    /// The cluster's other nodes as PVE said them last.
    #[sqlx(json)]
    pub fallbacks: Vec<Fallback>,
    /// Who brought it.
    #[sqlx(try_from = "String")]
    pub origin: ServerOrigin,
    /// The guests that it is limited to; only what is provided has one.
    #[sqlx(json)]
    pub scope: Option<GuestScope>,
    /// Counts changes; what an editor compares.
    pub version: i64,
    /// The cluster's name as PVE said it last.
    pub cluster_name: Option<String>,
    /// What tells one cluster from another, from its nodes' certificates.
    pub cluster_mark: Option<String>,
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
    /// How often its tenant has its servers checked; `None` for the installation's pace.
    pub health_interval_seconds: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Id {
    #[sqlx(try_from = "Uuid")]
    id: ServerId,
}

/// What hangs on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Attached {
    /// Assignments that name it.
    pub assignments: i64,
    /// People who have rights by those, themselves or in a group.
    pub people: i64,
    /// Consoles that are open now.
    pub open_consoles: i64,
    /// Tasks that have not ended.
    pub running_tasks: i64,
}

#[derive(sqlx::FromRow)]
struct OfTenant {
    #[sqlx(try_from = "Uuid")]
    id: TenantId,
}

#[derive(sqlx::FromRow)]
struct Count {
    n: i64,
}

sql! {
    SERVERS = "
        SELECT id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes, is_active,
               use_tailscale, tailscale_host, tailscale_port, token_expires_at, node_shell, use_fallbacks, fallbacks,
               origin, scope, version, cluster_name, cluster_mark, created_at, updated_at
          FROM server
         WHERE tenant_id = $1
         ORDER BY name, id";
    SERVER = "
        SELECT id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes, is_active,
               use_tailscale, tailscale_host, tailscale_port, token_expires_at, node_shell, use_fallbacks, fallbacks,
               origin, scope, version, cluster_name, cluster_mark, created_at, updated_at
          FROM server
         WHERE tenant_id = $1 AND id = $2";
    PROVIDED = "SELECT id FROM server WHERE tenant_id = $1 AND origin = 'provided'";
    COUNT = "SELECT count(*) AS n FROM server WHERE tenant_id = $1";
    ATTACHED = "
        SELECT (SELECT count(*) FROM assignment WHERE tenant_id = $1 AND server_id = $2) AS assignments,
               (SELECT count(*)
                  FROM (SELECT user_id FROM assignment
                         WHERE tenant_id = $1 AND server_id = $2 AND user_id IS NOT NULL
                         UNION
                        SELECT gm.user_id FROM assignment a
                          JOIN group_member gm ON gm.tenant_id = a.tenant_id AND gm.group_id = a.group_id
                         WHERE a.tenant_id = $1 AND a.server_id = $2) AS person) AS people,
               (SELECT count(*) FROM console_session
                 WHERE tenant_id = $1 AND server_id = $2 AND state = 'open') AS open_consoles,
               (SELECT count(*) FROM task
                 WHERE tenant_id = $1 AND server_id = $2 AND state = 'running') AS running_tasks";
    INSERT = "
        INSERT INTO server (id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes,
                            is_active, use_tailscale, tailscale_host, tailscale_port, token_expires_at, node_shell,
                            use_fallbacks, updated_at, origin, scope, version, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1, $18)";
    UPDATE = "
        UPDATE server
           SET name = $3, host = $4, port = $5, token_id = $6, token_secret = $7, tls = $8, connect_timeout_ms = $9,
               notes = $10, is_active = $11, use_tailscale = $12, tailscale_host = $13, tailscale_port = $14,
               token_expires_at = $15, node_shell = $16, use_fallbacks = $17, updated_at = $18, scope = $19,
               version = version + 1
         WHERE id = $1 AND tenant_id = $2 AND version = $20";
    DELETE = "DELETE FROM server WHERE tenant_id = $1 AND id = $2";
    ACTIVE_VERSIONS = "
        SELECT server.id AS id, server.version AS version, tenant_settings.health_interval_seconds
          FROM server
          JOIN tenant ON tenant.id = server.tenant_id
          LEFT JOIN tenant_settings ON tenant_settings.tenant_id = server.tenant_id
         WHERE server.is_active = $1 AND tenant.is_active = $1";
    ANY_SERVER = "
        SELECT id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes, is_active,
               use_tailscale, tailscale_host, tailscale_port, token_expires_at, node_shell, use_fallbacks, fallbacks,
               origin, scope, version, cluster_name, cluster_mark, created_at, updated_at
          FROM server
         WHERE id = $1";
    TENANT_CALLED = "SELECT id FROM tenant WHERE slug = $1";
    FIRST_TENANT = "SELECT id FROM tenant ORDER BY created_at, id LIMIT 1";
    SET_CLUSTER = "UPDATE server SET cluster_name = $2, cluster_mark = $3, fallbacks = $4 WHERE id = $1";
    SERVERS_OF = "
        SELECT id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, notes, is_active,
               use_tailscale, tailscale_host, tailscale_port, token_expires_at, node_shell, use_fallbacks, fallbacks,
               origin, scope, version, cluster_name, cluster_mark, created_at, updated_at
          FROM server
         WHERE origin = $1
         ORDER BY name, id";
}

/// The value as the JSON column takes it.
fn json(value: &impl serde::Serialize) -> Result<Json<serde_json::Value>> {
    serde_json::to_value(value).map(Json).map_err(|_| Error::Stored("a server's settings"))
}

/// `text` with what a person enters of a server as $1 to $18.
fn entered<'q>(query: Query<'q>, tenant: TenantId, server: &Server) -> Result<Query<'q>> {
    let query = query.bind(server.id).bind(tenant).bind(server.name.as_str()).bind(server.host.as_str());
    let query = query.bind(server.port).bind(server.token_id.as_str()).bind(server.token_secret.as_slice());
    let query = query.bind(json(&server.tls)?).bind(server.connect_timeout_ms).bind(server.notes.as_str());
    let query = query.bind(server.is_active).bind(server.use_tailscale).bind(server.tailscale_host.as_str());
    let query = query.bind(server.tailscale_port).bind(server.token_expires_at).bind(server.node_shell);
    Ok(query.bind(server.use_fallbacks).bind(server.updated_at))
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

    /// Which of the tenant's servers are provided; none for viewers on PostgreSQL.
    ///
    /// # Errors
    /// The database.
    pub async fn provided_servers(&mut self) -> Result<Vec<ServerId>> {
        let rows: Vec<Id> = self.tx.query(PROVIDED).bind(self.scope.tenant()).all().await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// How many servers the tenant has. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn server_count(&mut self) -> Result<u32> {
        let count: Count = self.tx.query(COUNT).bind(self.scope.tenant()).one().await?;
        u32::try_from(count.n).map_err(|_| Error::Stored("the number of servers"))
    }

    /// What hangs on the tenant's server `id`; zeros where there is none.
    ///
    /// # Errors
    /// The database.
    pub async fn attached(&mut self, id: ServerId) -> Result<Attached> {
        self.tx.query(ATTACHED).bind(self.scope.tenant()).bind(id).one().await
    }

    /// Adds a server to the scope's tenant; `server.tenant_id`, version and times but `created_at` are not taken.
    ///
    /// # Errors
    /// [`Error::Unique`] when host and port are taken, or the database.
    pub async fn insert_server(&mut self, server: &Server) -> Result<()> {
        let query = entered(self.tx.query(INSERT), self.scope.tenant(), server)?;
        query.bind(server.origin.name()).bind(json(&server.scope)?).execute().await?;
        Ok(())
    }

    /// Changes the server whose version is still `server.version`; whether there was one.
    ///
    /// # Errors
    /// [`Error::Unique`] when host and port are taken, or the database.
    pub async fn update_server(&mut self, server: &Server) -> Result<bool> {
        let query = entered(self.tx.query(UPDATE), self.scope.tenant(), server)?;
        Ok(query.bind(json(&server.scope)?).bind(server.version).execute().await? == 1)
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

    /// The servers of one origin, of all tenants, by name.
    ///
    /// # Errors
    /// The database.
    pub async fn servers_of(&mut self, origin: ServerOrigin) -> Result<Vec<Server>> {
        self.tx.query(SERVERS_OF).bind(origin.name()).all().await
    }

    /// Adds a server to its tenant. Lock the tenant first.
    ///
    /// # Errors
    /// [`Error::Unique`] when host and port are taken, or the database.
    pub async fn insert_any_server(&mut self, server: &Server) -> Result<()> {
        let query = entered(self.tx.query(INSERT), server.tenant_id, server)?;
        query.bind(server.origin.name()).bind(json(&server.scope)?).execute().await?;
        Ok(())
    }

    /// Changes the server of any tenant whose version is still `server.version`; whether there was one.
    ///
    /// # Errors
    /// [`Error::Unique`] when host and port are taken, or the database.
    pub async fn update_any_server(&mut self, server: &Server) -> Result<bool> {
        let query = entered(self.tx.query(UPDATE), server.tenant_id, server)?;
        Ok(query.bind(json(&server.scope)?).bind(server.version).execute().await? == 1)
    }

    /// Deletes a server of any tenant with the assignments on its guests; whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_any_server(&mut self, tenant: TenantId, id: ServerId) -> Result<bool> {
        Ok(self.tx.query(DELETE).bind(tenant).bind(id).execute().await? == 1)
    }

    /// The tenant with this slug.
    ///
    /// # Errors
    /// The database.
    pub async fn tenant_called(&mut self, slug: &str) -> Result<Option<TenantId>> {
        Ok(self.tx.query(TENANT_CALLED).bind(slug).optional::<OfTenant>().await?.map(|row| row.id))
    }

    /// The oldest tenant: the one that the set-up made.
    ///
    /// # Errors
    /// The database.
    pub async fn first_tenant(&mut self) -> Result<Option<TenantId>> {
        Ok(self.tx.query(FIRST_TENANT).optional::<OfTenant>().await?.map(|row| row.id))
    }

    /// How many servers a tenant has. Lock it first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn servers_in(&mut self, tenant: TenantId) -> Result<u32> {
        let count: Count = self.tx.query(COUNT).bind(tenant).one().await?;
        u32::try_from(count.n).map_err(|_| Error::Stored("the number of servers"))
    }

    /// Remembers what PVE said of the cluster. Does not count as a change by a person.
    ///
    /// # Errors
    /// The database.
    pub async fn set_cluster(
        &mut self,
        id: ServerId,
        name: Option<&str>,
        mark: Option<&str>,
        fallbacks: &[Fallback],
    ) -> Result<()> {
        let query = self.tx.query(SET_CLUSTER).bind(id).bind(name.map(str::to_owned)).bind(mark.map(str::to_owned));
        query.bind(json(&fallbacks)?).execute().await?;
        Ok(())
    }
}
