//! Console sessions as lists show them.

use nexus_model::{ConsoleId, GuestKey, GuestKind, Micros, ServerId, TenantId, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System, Tenant};

/// A console as lists show it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConsoleRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: ConsoleId,
    /// In which tenant.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// The tenant's name in URLs.
    pub tenant_slug: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// Who.
    #[sqlx(try_from = "Uuid")]
    pub user_id: UserId,
    /// What they were called then.
    pub user_name: String,
    /// What they are called now; `None` when they are gone, or out of sight.
    pub full_name: Option<String>,
    /// Their address now.
    pub email: Option<String>,
    /// Their picture.
    pub avatar_tag: Option<String>,
    /// On which server.
    #[sqlx(try_from = "Uuid")]
    pub server_id: ServerId,
    /// The server's name now; `None` when it is gone, or out of sight.
    pub server_name: Option<String>,
    /// VM or container.
    #[sqlx(try_from = "String")]
    pub kind: GuestKind,
    /// PVE's number of the guest.
    #[sqlx(try_from = "i64")]
    pub vmid: u32,
    /// The guest's name then.
    pub guest_name: String,
    /// Whether the person may only look.
    pub view_only: bool,
    /// requested, open or ended.
    pub state: String,
    /// From where.
    pub address: String,
    /// With what.
    pub user_agent: String,
    /// When it was asked for.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When it was claimed.
    pub started_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// Bytes to the browser.
    pub bytes_down: i64,
    /// Bytes from the browser.
    pub bytes_up: i64,
    /// The reason's name.
    pub end_reason: Option<String>,
    /// PVE's task.
    pub upid: Option<String>,
    /// The newest round trip to the browser, in microseconds.
    pub browser_rtt_us: Option<i64>,
    /// The newest round trip to PVE, in microseconds.
    pub pve_rtt_us: Option<i64>,
    /// When somebody last gave input.
    pub last_input_at: Option<i64>,
}

/// Which consoles a list is to have.
#[derive(Debug, Clone, Copy)]
pub struct ConsoleFilter<'a> {
    /// Of one person, or of everybody.
    pub user: Option<UserId>,
    /// Of one guest, or of all; where no tenant is asked for, of all.
    pub guest: Option<GuestKey>,
    /// Of one tenant, or of all, where no tenant is asked.
    pub tenant: Option<TenantId>,
    /// In one state, or in any.
    pub state: Option<&'a str>,
    /// Ended for one reason, or whatever became of them.
    pub end_reason: Option<&'a str>,
    /// Older than this one, or from the newest on.
    pub before: Option<(Micros, ConsoleId)>,
    /// How many.
    pub limit: u32,
}

sql! {
    LIST = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason, c.upid, c.browser_rtt_us, c.pve_rtt_us, c.last_input_at
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.tenant_id = $1 AND ($2 OR c.user_id = $3) AND ($4 = '' OR c.state = $4)
           AND ($5 = '' OR c.end_reason = $5) AND (c.created_at, c.id) < ($6, $7)
         ORDER BY c.created_at DESC, c.id DESC
         LIMIT $8";
    LIST_OF_GUEST = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason, c.upid, c.browser_rtt_us, c.pve_rtt_us, c.last_input_at
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.tenant_id = $1 AND c.server_id = $9 AND c.kind = $10 AND c.vmid = $11
           AND ($2 OR c.user_id = $3) AND ($4 = '' OR c.state = $4)
           AND ($5 = '' OR c.end_reason = $5) AND (c.created_at, c.id) < ($6, $7)
         ORDER BY c.created_at DESC, c.id DESC
         LIMIT $8";
    LIST_ALL = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason, c.upid, c.browser_rtt_us, c.pve_rtt_us, c.last_input_at
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE ($1 OR c.tenant_id = $8) AND ($2 OR c.user_id = $3) AND ($4 = '' OR c.state = $4)
           AND ($5 = '' OR c.end_reason = $5) AND (c.created_at, c.id) < ($6, $7)
         ORDER BY c.created_at DESC, c.id DESC
         LIMIT $9";
    LIVE = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason, c.upid, c.browser_rtt_us, c.pve_rtt_us, c.last_input_at
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.tenant_id = $1 AND c.state = 'open'
         ORDER BY c.created_at DESC, c.id DESC
         LIMIT $2";
    LISTED = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason, c.upid, c.browser_rtt_us, c.pve_rtt_us, c.last_input_at
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.id = $1";
}

/// How many open consoles of a tenant are told of again and again.
const MOST_LIVE: u32 = 200;

impl Tenant<'_> {
    /// Consoles of the tenant, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn consoles(&mut self, filter: &ConsoleFilter<'_>) -> Result<Vec<ConsoleRow>> {
        let (at, id) = filter.before.unwrap_or((Micros(i64::MAX), Uuid::max().into()));
        let list = if filter.guest.is_some() { LIST_OF_GUEST } else { LIST };
        let query = self.tx.query(list).bind(self.scope.tenant()).bind(filter.user.is_none());
        let query = query.bind(filter.user.unwrap_or_else(|| Uuid::nil().into())).bind(filter.state.unwrap_or(""));
        let query = query.bind(filter.end_reason.unwrap_or("")).bind(at).bind(id).bind(filter.limit);
        match filter.guest {
            Some(guest) => query.bind(guest.server).bind(guest.kind.name()).bind(guest.vmid).all().await,
            None => query.all().await,
        }
    }
}

impl System<'_> {
    /// Consoles of all tenants, the newest first; guests are not filtered by.
    ///
    /// # Errors
    /// The database.
    pub async fn all_consoles(&mut self, filter: &ConsoleFilter<'_>) -> Result<Vec<ConsoleRow>> {
        let (at, id) = filter.before.unwrap_or((Micros(i64::MAX), Uuid::max().into()));
        let query = self.tx.query(LIST_ALL).bind(filter.tenant.is_none()).bind(filter.user.is_none());
        let query = query.bind(filter.user.unwrap_or_else(|| Uuid::nil().into())).bind(filter.state.unwrap_or(""));
        let query = query.bind(filter.end_reason.unwrap_or("")).bind(at).bind(id);
        query.bind(filter.tenant.unwrap_or_else(|| Uuid::nil().into())).bind(filter.limit).all().await
    }

    /// One console of any tenant, as lists show it.
    ///
    /// # Errors
    /// The database.
    pub async fn listed_console(&mut self, id: ConsoleId) -> Result<Option<ConsoleRow>> {
        self.tx.query(LISTED).bind(id).optional().await
    }

    /// The newest open consoles of a tenant, 200 at most, as lists show them.
    ///
    /// # Errors
    /// The database.
    pub async fn listed_live_consoles(&mut self, tenant: TenantId) -> Result<Vec<ConsoleRow>> {
        self.tx.query(LIVE).bind(tenant).bind(MOST_LIVE).all().await
    }
}
