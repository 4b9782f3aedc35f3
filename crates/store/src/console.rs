//! Console sessions: a one-use row first, a lease while open, history afterwards.
//!
//! `expires_at` is how long a requested row may be used, and while the console is open how long its process has
//! promised to live: a row whose lease ran out belongs to a process that is gone, and is swept by any other.

use nexus_model::{ConsoleId, GuestKey, GuestKind, Micros, ServerId, SessionId, TenantId, UserId};
use uuid::Uuid;

use crate::db::{Db, Tx, sql};
use crate::{Error, Result, Store, System, Tenant};

/// A console that a person asked for or opened.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConsoleSession {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: ConsoleId,
    /// In which tenant.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// Who.
    #[sqlx(try_from = "Uuid")]
    pub user_id: UserId,
    /// What they are called, for when they are gone.
    pub user_name: String,
    /// In which signed-in browser.
    #[sqlx(try_from = "Uuid")]
    pub session_id: SessionId,
    /// On which server.
    #[sqlx(try_from = "Uuid")]
    pub server_id: ServerId,
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
    /// From where.
    pub address: String,
    /// With what.
    pub user_agent: String,
    /// When it was asked for.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// See above.
    #[sqlx(try_from = "i64")]
    pub expires_at: Micros,
}

impl ConsoleSession {
    /// The guest's key.
    #[must_use]
    pub fn guest(&self) -> GuestKey {
        GuestKey { server: self.server_id, kind: self.kind, vmid: self.vmid }
    }
}

/// How a console ended.
#[derive(Debug, Clone, Copy)]
pub struct ConsoleEnd<'a> {
    /// The reason's name.
    pub reason: &'a str,
    /// Bytes to the browser.
    pub bytes_down: u64,
    /// Bytes from the browser.
    pub bytes_up: u64,
    /// When.
    pub at: Micros,
}

/// How a console ended, as it was written down.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EndedConsole {
    /// Its state: requested, open or ended.
    pub state: String,
    /// The reason's name.
    pub end_reason: Option<String>,
    /// Bytes to the browser.
    pub bytes_down: i64,
    /// Bytes from the browser.
    pub bytes_up: i64,
    /// PVE's task.
    pub upid: Option<String>,
}

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
}

/// Which consoles a list is to have.
#[derive(Debug, Clone, Copy)]
pub struct ConsoleFilter<'a> {
    /// Of one person, or of everybody.
    pub user: Option<UserId>,
    /// Of one guest, or of all; where no tenant is asked for, of all.
    pub guest: Option<GuestKey>,
    /// In one state, or in any.
    pub state: Option<&'a str>,
    /// Older than this one, or from the newest on.
    pub before: Option<(Micros, ConsoleId)>,
    /// How many.
    pub limit: u32,
}

/// That a console is to end.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AskedEnd {
    /// Which.
    #[sqlx(try_from = "Uuid")]
    pub id: ConsoleId,
    /// What its person is to read.
    pub end_asked_words: Option<String>,
}

#[derive(sqlx::FromRow)]
struct TenantOf {
    #[sqlx(try_from = "Uuid")]
    id: TenantId,
}

#[derive(sqlx::FromRow)]
struct Count {
    n: i64,
}

sql! {
    INSERT = "
        INSERT INTO console_session (id, tenant_id, user_id, session_id, server_id, kind, vmid, guest_name, view_only,
                                     state, address, user_agent, created_at, expires_at, user_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'requested', $10, $11, $12, $13, $14)";
    LIVE_OF_USER = "
        SELECT count(*) AS n
          FROM console_session
         WHERE tenant_id = $1 AND user_id = $2 AND state <> 'ended' AND expires_at > $3";
    STATE = "
        SELECT state, end_reason, bytes_down, bytes_up, upid
          FROM console_session
         WHERE tenant_id = $1 AND id = $2";
    LIST = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.tenant_id = $1 AND ($2 OR c.user_id = $3) AND ($4 = '' OR c.state = $4)
           AND (c.created_at, c.id) < ($5, $6)
         ORDER BY c.created_at DESC, c.id DESC
         LIMIT $7";
    LIST_OF_GUEST = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.tenant_id = $1 AND c.server_id = $8 AND c.kind = $9 AND c.vmid = $10 AND ($2 OR c.user_id = $3)
           AND ($4 = '' OR c.state = $4) AND (c.created_at, c.id) < ($5, $6)
         ORDER BY c.created_at DESC, c.id DESC
         LIMIT $7";
    LIST_ALL = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE ($1 = '' OR c.state = $1) AND (c.created_at, c.id) < ($2, $3)
         ORDER BY c.created_at DESC, c.id DESC
         LIMIT $4";
    LISTED = "
        SELECT c.id, c.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, c.user_id, c.user_name, u.full_name,
               u.email, u.avatar_tag, c.server_id, s.name AS server_name, c.kind, c.vmid, c.guest_name, c.view_only,
               c.state, c.address, c.user_agent, c.created_at, c.started_at, c.ended_at, c.bytes_down, c.bytes_up,
               c.end_reason
          FROM console_session c
          JOIN tenant t ON t.id = c.tenant_id
          LEFT JOIN user_account u ON u.id = c.user_id
          LEFT JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.id = $1";
    END_REQUESTED = "
        UPDATE console_session
           SET state = 'ended', ended_at = $3, end_reason = $4, end_asked_at = $3, end_asked_words = $5
         WHERE tenant_id = $1 AND id = $2 AND state = 'requested'";
    ASK_END = "
        UPDATE console_session
           SET end_asked_at = $3, end_asked_words = $4
         WHERE tenant_id = $1 AND id = $2 AND state = 'open'";
    ASKED_ENDS = "
        SELECT id, end_asked_words
          FROM console_session
         WHERE state = 'open' AND end_asked_at IS NOT NULL
         LIMIT 1000";
    FIND = "
        SELECT id, tenant_id, user_id, user_name, session_id, server_id, kind, vmid, guest_name, view_only, address,
               user_agent, created_at, expires_at
          FROM console_session
         WHERE tenant_id = $1 AND id = $2";
    TENANT_OF = "SELECT tenant_id AS id FROM console_session WHERE id = $1";
    CONSUME = "
        UPDATE console_session
           SET state = 'open', started_at = $4, expires_at = $5
         WHERE id = $1 AND user_id = $2 AND session_id = $3 AND state = 'requested' AND expires_at > $4
        RETURNING id, tenant_id, user_id, user_name, session_id, server_id, kind, vmid, guest_name, view_only, address,
                  user_agent, created_at, expires_at";
    SET_UPID = "UPDATE console_session SET upid = $2 WHERE id = $1 AND state = 'open'";
    RENEW = "
        UPDATE console_session
           SET expires_at = $2, bytes_down = $3, bytes_up = $4
         WHERE id = $1 AND state = 'open'";
    END = "
        UPDATE console_session
           SET state = 'ended', ended_at = $2, end_reason = $3, bytes_down = $4, bytes_up = $5
         WHERE id = $1 AND state <> 'ended'";
    SWEEP_UNUSED = "
        UPDATE console_session
           SET state = 'ended', ended_at = $1, end_reason = 'unused'
         WHERE state = 'requested' AND expires_at <= $1";
    SWEEP_LOST = "
        UPDATE console_session
           SET state = 'ended', ended_at = $1, end_reason = 'lost'
         WHERE state = 'open' AND (expires_at <= $1 OR started_at < $2)
        RETURNING id, tenant_id, user_id, user_name, session_id, server_id, kind, vmid, guest_name, view_only, address,
                  user_agent, created_at, expires_at";
}

/// Byte counts fit: 2^63 bytes take centuries.
fn stored(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

async fn ask_end(tx: &mut Tx, tenant: TenantId, id: ConsoleId, at: Micros, reason: &str, words: &str) -> Result<bool> {
    let asked = tx.query(ASK_END).bind(tenant).bind(id).bind(at).bind(words).execute().await?;
    if asked > 0 {
        return Ok(true);
    }
    let query = tx.query(END_REQUESTED).bind(tenant).bind(id).bind(at).bind(reason).bind(words);
    Ok(query.execute().await? > 0)
}

impl Tenant<'_> {
    /// A console of the tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn console(&mut self, id: ConsoleId) -> Result<Option<ConsoleSession>> {
        self.tx.query(FIND).bind(self.scope.tenant()).bind(id).optional().await
    }

    /// Consoles of the tenant, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn consoles(&mut self, filter: &ConsoleFilter<'_>) -> Result<Vec<ConsoleRow>> {
        let (at, id) = filter.before.unwrap_or((Micros(i64::MAX), Uuid::max().into()));
        let list = if filter.guest.is_some() { LIST_OF_GUEST } else { LIST };
        let query = self.tx.query(list).bind(self.scope.tenant()).bind(filter.user.is_none());
        let query = query.bind(filter.user.unwrap_or_else(|| Uuid::nil().into())).bind(filter.state.unwrap_or(""));
        let query = query.bind(at).bind(id).bind(filter.limit);
        match filter.guest {
            Some(guest) => query.bind(guest.server).bind(guest.kind.name()).bind(guest.vmid).all().await,
            None => query.all().await,
        }
    }

    /// Asks for a console's end: a requested one is over, an open one ends as soon as its process sees it. `false` when
    /// it has ended. `words` are for its person.
    ///
    /// # Errors
    /// The database.
    pub async fn ask_console_end(&mut self, id: ConsoleId, at: Micros, reason: &str, words: &str) -> Result<bool> {
        let tenant = self.scope.tenant();
        ask_end(&mut self.tx, tenant, id, at, reason, words).await
    }

    /// How many consoles the scope's person has asked for or open in the tenant, in all processes. Lock the tenant first
    /// where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn live_consoles(&mut self, now: Micros) -> Result<u32> {
        let query = self.tx.query(LIVE_OF_USER).bind(self.scope.tenant()).bind(self.scope.user()).bind(now);
        let count: Count = query.one().await?;
        u32::try_from(count.n).map_err(|_| Error::Stored("the number of consoles"))
    }

    /// Writes down that a console was asked for.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_console(&mut self, console: &ConsoleSession) -> Result<()> {
        let query = self.tx.query(INSERT).bind(console.id).bind(self.scope.tenant()).bind(console.user_id);
        let query = query.bind(console.session_id).bind(console.server_id).bind(console.kind.name());
        let query = query.bind(console.vmid).bind(console.guest_name.as_str()).bind(console.view_only);
        let query = query.bind(console.address.as_str()).bind(console.user_agent.as_str());
        let query = query.bind(console.created_at).bind(console.expires_at);
        query.bind(console.user_name.as_str()).execute().await?;
        Ok(())
    }
}

impl System<'_> {
    /// A console of whatever tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn console(&mut self, id: ConsoleId) -> Result<Option<ConsoleSession>> {
        let Some(tenant) = self.tx.query(TENANT_OF).bind(id).optional::<TenantOf>().await? else { return Ok(None) };
        self.tx.query(FIND).bind(tenant.id).bind(id).optional().await
    }

    /// Consoles of all tenants, the newest first; a person is not filtered by.
    ///
    /// # Errors
    /// The database.
    pub async fn all_consoles(&mut self, filter: &ConsoleFilter<'_>) -> Result<Vec<ConsoleRow>> {
        let (at, id) = filter.before.unwrap_or((Micros(i64::MAX), Uuid::max().into()));
        let query = self.tx.query(LIST_ALL).bind(filter.state.unwrap_or("")).bind(at).bind(id);
        query.bind(filter.limit).all().await
    }

    /// One console of any tenant, as lists show it.
    ///
    /// # Errors
    /// The database.
    pub async fn listed_console(&mut self, id: ConsoleId) -> Result<Option<ConsoleRow>> {
        self.tx.query(LISTED).bind(id).optional().await
    }

    /// The same as [`Tenant::ask_console_end`].
    ///
    /// # Errors
    /// The database.
    pub async fn ask_console_end(
        &mut self,
        console: &ConsoleSession,
        at: Micros,
        reason: &str,
        words: &str,
    ) -> Result<bool> {
        ask_end(&mut self.tx, console.tenant_id, console.id, at, reason, words).await
    }

    /// The open consoles, of all processes, whose end was asked for.
    ///
    /// # Errors
    /// The database.
    pub async fn asked_console_ends(&mut self) -> Result<Vec<AskedEnd>> {
        self.tx.query(ASKED_ENDS).all().await
    }

    /// How a console of a tenant stands.
    ///
    /// # Errors
    /// The database.
    pub async fn console_state(&mut self, tenant: TenantId, id: ConsoleId) -> Result<Option<EndedConsole>> {
        self.tx.query(STATE).bind(tenant).bind(id).optional().await
    }

    /// Takes a requested console, once, for the same person and browser that asked for it, until `lease`.
    ///
    /// # Errors
    /// The database.
    pub async fn consume_console(
        &mut self,
        id: ConsoleId,
        user: UserId,
        session: SessionId,
        now: Micros,
        lease: Micros,
    ) -> Result<Option<ConsoleSession>> {
        self.tx.query(CONSUME).bind(id).bind(user).bind(session).bind(now).bind(lease).optional().await
    }

    /// Notes PVE's task of an open console.
    ///
    /// # Errors
    /// The database.
    pub async fn set_console_upid(&mut self, id: ConsoleId, upid: &str) -> Result<()> {
        self.tx.query(SET_UPID).bind(id).bind(upid).execute().await?;
        Ok(())
    }

    /// Renews an open console's lease and its byte counts.
    ///
    /// # Errors
    /// The database.
    pub async fn renew_console(&mut self, id: ConsoleId, lease: Micros, down: u64, up: u64) -> Result<()> {
        self.tx.query(RENEW).bind(id).bind(lease).bind(stored(down)).bind(stored(up)).execute().await?;
        Ok(())
    }

    /// Ends a console; whether it had not ended before.
    ///
    /// # Errors
    /// The database.
    pub async fn end_console(&mut self, id: ConsoleId, end: ConsoleEnd<'_>) -> Result<bool> {
        let query = self.tx.query(END).bind(id).bind(end.at).bind(end.reason);
        Ok(query.bind(stored(end.bytes_down)).bind(stored(end.bytes_up)).execute().await? == 1)
    }

    /// Ends requests that nobody used, and consoles whose process is gone: whose lease ran out, or which were claimed
    /// before `since`. Returns the latter.
    ///
    /// # Errors
    /// The database.
    pub async fn sweep_consoles(&mut self, now: Micros, since: Micros) -> Result<Vec<ConsoleSession>> {
        self.tx.query(SWEEP_UNUSED).bind(now).execute().await?;
        self.tx.query(SWEEP_LOST).bind(now).bind(since).all().await
    }
}

impl Store {
    /// Whether several serving processes may share this database. A SQLite file belongs to one.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.db, Db::Postgres { .. })
    }
}
