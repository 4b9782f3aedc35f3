//! Console sessions: a one-use row first, a lease while open, history afterwards.
//!
//! `expires_at` is how long a requested row may be used, and while the console is open how long its process has
//! promised to live: a row whose lease ran out belongs to a process that is gone, and is swept by any other.

use nexus_model::{ConsoleId, GuestKey, GuestKind, Micros, ServerId, SessionId, TenantId, UserId};
use uuid::Uuid;

use crate::db::{Db, Query, Tx, sql};
use crate::{Result, Store, System, Tenant};

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
    /// It ends when nobody gives input for so long.
    pub idle_seconds: Option<i64>,
    /// It ends after so long.
    pub max_seconds: Option<i64>,
}

/// A tenant's own limits of consoles; where it has none, the installation's hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct ConsoleLimits {
    /// At once, of one person.
    pub per_user: Option<i64>,
    /// At once, of one guest.
    pub per_guest: Option<i64>,
    /// At once, of all.
    pub per_tenant: Option<i64>,
    /// One ends when nobody gives input for so long.
    pub idle_seconds: Option<i64>,
    /// One ends after so long.
    pub max_seconds: Option<i64>,
}

/// How many consoles were asked for or are open, in all processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct LiveConsoles {
    /// In the tenant.
    pub of_tenant: i64,
    /// Of the person in the tenant.
    pub of_user: i64,
    /// Of the guest.
    pub of_guest: i64,
}

/// What an open console has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConsoleFigures {
    /// Bytes to the browser.
    pub bytes_down: u64,
    /// Bytes from the browser.
    pub bytes_up: u64,
    /// The newest round trip to the browser, in microseconds.
    pub browser_rtt_us: Option<u64>,
    /// The newest round trip to PVE, in microseconds.
    pub pve_rtt_us: Option<u64>,
    /// When somebody last gave input; `None` where nobody can.
    pub last_input_at: Option<Micros>,
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
    /// What it has done.
    pub figures: ConsoleFigures,
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

sql! {
    INSERT = "
        INSERT INTO console_session (id, tenant_id, user_id, session_id, server_id, kind, vmid, guest_name, view_only,
                                     state, address, user_agent, created_at, expires_at, user_name, idle_seconds,
                                     max_seconds)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'requested', $10, $11, $12, $13, $14, $15, $16)";
    LIVE = "
        SELECT count(*) AS of_tenant,
               CAST(coalesce(sum(CASE WHEN user_id = $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS of_user,
               CAST(coalesce(sum(CASE WHEN server_id = $4 AND kind = $5 AND vmid = $6 THEN 1 ELSE 0 END), 0) AS BIGINT)
                 AS of_guest
          FROM console_session
         WHERE tenant_id = $1 AND state <> 'ended' AND expires_at > $2";
    LIMITS = "
        SELECT console_per_user AS per_user, console_per_guest AS per_guest, console_per_tenant AS per_tenant,
               console_idle_seconds AS idle_seconds, console_max_seconds AS max_seconds
          FROM tenant_settings
         WHERE tenant_id = $1";
    STATE = "
        SELECT state, end_reason, bytes_down, bytes_up, upid
          FROM console_session
         WHERE tenant_id = $1 AND id = $2";
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
               user_agent, created_at, expires_at, idle_seconds, max_seconds
          FROM console_session
         WHERE tenant_id = $1 AND id = $2";
    TENANT_OF = "SELECT tenant_id AS id FROM console_session WHERE id = $1";
    CONSUME = "
        UPDATE console_session
           SET state = 'open', started_at = $4, expires_at = $5
         WHERE id = $1 AND user_id = $2 AND session_id = $3 AND state = 'requested' AND expires_at > $4
        RETURNING id, tenant_id, user_id, user_name, session_id, server_id, kind, vmid, guest_name, view_only, address,
                  user_agent, created_at, expires_at, idle_seconds, max_seconds";
    SET_UPID = "UPDATE console_session SET upid = $2 WHERE id = $1 AND state = 'open'";
    RENEW = "
        UPDATE console_session
           SET expires_at = $2, bytes_down = $3, bytes_up = $4, browser_rtt_us = $5, pve_rtt_us = $6,
               last_input_at = $7
         WHERE id = $1 AND state = 'open'";
    END = "
        UPDATE console_session
           SET state = 'ended', ended_at = $2, end_reason = $3, bytes_down = $4, bytes_up = $5, browser_rtt_us = $6,
               pve_rtt_us = $7, last_input_at = $8
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
                  user_agent, created_at, expires_at, idle_seconds, max_seconds";
}

/// Byte counts fit: 2^63 bytes take centuries.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl ConsoleFigures {
    fn bind(self, query: Query<'_>) -> Query<'_> {
        let query = query.bind(stored(self.bytes_down)).bind(stored(self.bytes_up));
        let query = query.bind(self.browser_rtt_us.map(stored)).bind(self.pve_rtt_us.map(stored));
        query.bind(self.last_input_at.map(|at| at.0))
    }
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

    /// Asks for a console's end: a requested one is over, an open one ends as soon as its process sees it. `false` when
    /// it has ended. `words` are for its person.
    ///
    /// # Errors
    /// The database.
    pub async fn ask_console_end(&mut self, id: ConsoleId, at: Micros, reason: &str, words: &str) -> Result<bool> {
        let tenant = self.scope.tenant();
        ask_end(&mut self.tx, tenant, id, at, reason, words).await
    }
}

impl System<'_> {
    /// The tenant's limits. Viewers do not see settings, and ask for consoles all the same.
    ///
    /// # Errors
    /// The database.
    pub async fn console_limits(&mut self, tenant: TenantId) -> Result<ConsoleLimits> {
        Ok(self.tx.query(LIMITS).bind(tenant).optional().await?.unwrap_or_default())
    }

    /// How many consoles there are in the tenant, of a person and of a guest: also those that the person does not see.
    /// Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn live_consoles(
        &mut self,
        tenant: TenantId,
        user: UserId,
        guest: GuestKey,
        now: Micros,
    ) -> Result<LiveConsoles> {
        let query = self.tx.query(LIVE).bind(tenant).bind(now).bind(user);
        query.bind(guest.server).bind(guest.kind.name()).bind(guest.vmid).one().await
    }

    /// Writes down that a console was asked for.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_console(&mut self, console: &ConsoleSession) -> Result<()> {
        let query = self.tx.query(INSERT).bind(console.id).bind(console.tenant_id).bind(console.user_id);
        let query = query.bind(console.session_id).bind(console.server_id).bind(console.kind.name());
        let query = query.bind(console.vmid).bind(console.guest_name.as_str()).bind(console.view_only);
        let query = query.bind(console.address.as_str()).bind(console.user_agent.as_str());
        let query = query.bind(console.created_at).bind(console.expires_at).bind(console.user_name.as_str());
        query.bind(console.idle_seconds).bind(console.max_seconds).execute().await?;
        Ok(())
    }

    /// A console of whatever tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn console(&mut self, id: ConsoleId) -> Result<Option<ConsoleSession>> {
        let Some(tenant) = self.tx.query(TENANT_OF).bind(id).optional::<TenantOf>().await? else { return Ok(None) };
        self.tx.query(FIND).bind(tenant.id).bind(id).optional().await
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

    /// Renews an open console's lease and its figures.
    ///
    /// # Errors
    /// The database.
    pub async fn renew_console(&mut self, id: ConsoleId, lease: Micros, figures: ConsoleFigures) -> Result<()> {
        figures.bind(self.tx.query(RENEW).bind(id).bind(lease)).execute().await?;
        Ok(())
    }

    /// Ends a console; whether it had not ended before.
    ///
    /// # Errors
    /// The database.
    pub async fn end_console(&mut self, id: ConsoleId, end: ConsoleEnd<'_>) -> Result<bool> {
        let query = self.tx.query(END).bind(id).bind(end.at).bind(end.reason);
        Ok(end.figures.bind(query).execute().await? == 1)
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
