//! Actions on many guests: one row for each, and one for each of its guests. The process that works on one writes down
//! how it goes in turns, each of which proves that the action is still this process's own.

use nexus_model::{
    BulkGuestState, BulkId, BulkState, GuestKey, GuestKind, Micros, PowerAction, ProcessId, ServerId, TaskId, TenantId,
    UserId,
};
use uuid::Uuid;

use crate::db::sql;
use crate::{Error, Result, System, TaskState, Tenant};

/// How many guests of an action are how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct BulkCounts {
    /// Their turn has not come.
    pub waiting: i64,
    /// Their tasks run.
    pub running: i64,
    /// Their tasks ended well.
    pub ok: i64,
    /// Their tasks did not.
    pub failed: i64,
    /// They had no task.
    pub refused: i64,
    /// They were left alone.
    pub skipped: i64,
}

/// An action on many guests.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Bulk {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: BulkId,
    /// Whose it is.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// Who began it.
    #[sqlx(try_from = "Uuid")]
    pub user_id: UserId,
    /// Their name then.
    pub user_name: String,
    /// Which process works on it.
    #[sqlx(try_from = "Uuid")]
    pub process_id: ProcessId,
    /// What is done with each.
    #[sqlx(try_from = "String")]
    pub action: PowerAction,
    /// How long a guest may take to shut down.
    pub timeout_seconds: Option<i64>,
    /// Whether it is stopped after that.
    pub force_stop: bool,
    /// How many run at once on each server.
    #[sqlx(try_from = "i64")]
    pub per_server: u32,
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: BulkState,
    /// Who stopped it, by name.
    pub stopped_by: Option<String>,
    /// When it began.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How often its process wrote down how it goes.
    pub turn: i64,
    /// How its guests fare.
    #[sqlx(flatten)]
    pub counts: BulkCounts,
}

/// How one guest of many fares.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BulkGuest {
    /// Its place in the order that was asked for, from 0.
    pub position: i64,
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
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: BulkGuestState,
    task_id: Option<Uuid>,
    /// Why not.
    pub detail: Option<String>,
    /// When it had its result.
    pub ended_at: Option<i64>,
}

impl BulkGuest {
    /// A guest whose turn has not come.
    #[must_use]
    pub fn waiting(position: i64, guest: GuestKey, guest_name: String) -> Self {
        let GuestKey { server: server_id, kind, vmid } = guest;
        let state = BulkGuestState::Waiting;
        Self { position, server_id, kind, vmid, guest_name, state, task_id: None, detail: None, ended_at: None }
    }

    /// The guest's key.
    #[must_use]
    pub fn guest(&self) -> GuestKey {
        GuestKey { server: self.server_id, kind: self.kind, vmid: self.vmid }
    }

    /// Its task, where there is one.
    #[must_use]
    pub fn task(&self) -> Option<TaskId> {
        self.task_id.map(TaskId::from)
    }

    /// The same with its task.
    #[must_use]
    pub fn with_task(mut self, task: Option<TaskId>) -> Self {
        self.task_id = task.map(Uuid::from);
        self
    }
}

/// An action that is not over, and the process that works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct LiveBulk {
    /// Which.
    #[sqlx(try_from = "Uuid")]
    pub id: BulkId,
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// At which process.
    #[sqlx(try_from = "Uuid")]
    pub process_id: ProcessId,
}

/// A task that an action on many guests began.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BulkTask {
    /// Which.
    #[sqlx(try_from = "Uuid")]
    pub id: TaskId,
    #[sqlx(try_from = "Uuid")]
    server_id: ServerId,
    #[sqlx(try_from = "String")]
    kind: GuestKind,
    #[sqlx(try_from = "i64")]
    vmid: u32,
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: TaskState,
    /// Why it failed.
    pub detail: Option<String>,
}

impl BulkTask {
    /// On which guest.
    #[must_use]
    pub fn guest(&self) -> GuestKey {
        GuestKey { server: self.server_id, kind: self.kind, vmid: self.vmid }
    }
}

/// What the row says at one turn.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BulkTurn {
    /// The turn's number, from 1.
    pub turn: i64,
    /// Whether it is to go on.
    #[sqlx(try_from = "String")]
    pub state: BulkState,
    /// Who stopped it, by name.
    pub stopped_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Count {
    n: i64,
}

sql! {
    INSERT_BULK = "
        INSERT INTO bulk_action (id, tenant_id, user_id, user_name, process_id, action, timeout_seconds, force_stop,
                                 per_server, state, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'running', $10)";
    INSERT_GUEST = "
        INSERT INTO bulk_guest (tenant_id, bulk_id, position, server_id, kind, vmid, guest_name, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')";
    COUNT_LIVE = "
        SELECT count(*) AS n
          FROM bulk_action
         WHERE tenant_id = $1 AND user_id = $2 AND state IN ('running', 'stopping')";
    BULK = "
        SELECT b.id, b.tenant_id, b.user_id, b.user_name, b.process_id, b.action, b.timeout_seconds, b.force_stop,
               b.per_server, b.state, b.stopped_by, b.created_at, b.ended_at, b.turn,
               count(CASE WHEN g.state = 'waiting' THEN 1 END) AS waiting,
               count(CASE WHEN g.state = 'running' THEN 1 END) AS running,
               count(CASE WHEN g.state = 'ok' THEN 1 END) AS ok,
               count(CASE WHEN g.state = 'failed' THEN 1 END) AS failed,
               count(CASE WHEN g.state = 'refused' THEN 1 END) AS refused,
               count(CASE WHEN g.state = 'skipped' THEN 1 END) AS skipped
          FROM bulk_action b
          JOIN bulk_guest g ON g.tenant_id = b.tenant_id AND g.bulk_id = b.id
         WHERE b.tenant_id = $1 AND b.id = $2
         GROUP BY b.id";
    BULKS = "
        SELECT b.id, b.tenant_id, b.user_id, b.user_name, b.process_id, b.action, b.timeout_seconds, b.force_stop,
               b.per_server, b.state, b.stopped_by, b.created_at, b.ended_at, b.turn,
               count(CASE WHEN g.state = 'waiting' THEN 1 END) AS waiting,
               count(CASE WHEN g.state = 'running' THEN 1 END) AS running,
               count(CASE WHEN g.state = 'ok' THEN 1 END) AS ok,
               count(CASE WHEN g.state = 'failed' THEN 1 END) AS failed,
               count(CASE WHEN g.state = 'refused' THEN 1 END) AS refused,
               count(CASE WHEN g.state = 'skipped' THEN 1 END) AS skipped
          FROM bulk_action b
          JOIN bulk_guest g ON g.tenant_id = b.tenant_id AND g.bulk_id = b.id
         WHERE b.tenant_id = $1
           AND b.id IN (SELECT x.id
                          FROM bulk_action x
                         WHERE x.tenant_id = $1
                           AND (x.created_at < $2 OR (x.created_at = $2 AND x.id < $3))
                           AND ($4 OR x.user_id = $5)
                         ORDER BY x.created_at DESC, x.id DESC
                         LIMIT $6)
         GROUP BY b.id
         ORDER BY b.created_at DESC, b.id DESC";
    GUESTS = "
        SELECT position, server_id, kind, vmid, guest_name, state, task_id, detail, ended_at
          FROM bulk_guest
         WHERE tenant_id = $1 AND bulk_id = $2
         ORDER BY position";
    GUESTS_OF_TURN = "
        SELECT position, server_id, kind, vmid, guest_name, state, task_id, detail, ended_at
          FROM bulk_guest
         WHERE tenant_id = $1 AND bulk_id = $2 AND turn = $3 AND turn > 0
         ORDER BY position";
    STOP_BULK = "
        UPDATE bulk_action SET state = 'stopping', stopped_by = $3
         WHERE tenant_id = $1 AND id = $2 AND state = 'running'";
    BULK_GOES_ON = "
        SELECT count(*) AS n
          FROM bulk_action
         WHERE tenant_id = $1 AND id = $2 AND process_id = $3 AND state = 'running'";
    TURN = "
        UPDATE bulk_action
           SET turn = turn + 1, state = CASE WHEN $4 THEN 'stopping' ELSE state END
         WHERE tenant_id = $1 AND id = $2 AND process_id = $3 AND state IN ('running', 'stopping')
        RETURNING turn, state, stopped_by";
    SET_GUEST = "
        UPDATE bulk_guest SET state = $4, task_id = $5, detail = $6, ended_at = $7, turn = $8
         WHERE tenant_id = $1 AND bulk_id = $2 AND position = $3";
    END_BULK = "
        UPDATE bulk_action SET state = $4, ended_at = $5
         WHERE tenant_id = $1 AND id = $2 AND process_id = $3 AND state IN ('running', 'stopping')";
    LIVE_BULKS = "
        SELECT id, tenant_id, process_id
          FROM bulk_action
         WHERE state IN ('running', 'stopping') AND process_id <> $1
         ORDER BY created_at, id";
    ADOPT_BULK = "
        UPDATE bulk_action SET process_id = $4, state = 'stopping'
         WHERE tenant_id = $1 AND id = $2 AND process_id = $3 AND state IN ('running', 'stopping')";
    BULK_TASKS = "
        SELECT id, server_id, kind, vmid, state, detail
          FROM task
         WHERE tenant_id = $1 AND bulk_id = $2";
    BULK_TASK_ON = "
        SELECT id, server_id, kind, vmid, state, detail
          FROM task
         WHERE tenant_id = $1 AND server_id = $3 AND kind = $4 AND vmid = $5 AND bulk_id = $2
         ORDER BY created_at DESC, id DESC
         LIMIT 1";
    FORGET_WORDS = "
        UPDATE bulk_guest SET detail = NULL
         WHERE tenant_id = $1 AND server_id = $2 AND state = 'failed'";
    DROP_BULKS = "DELETE FROM bulk_action WHERE ended_at < $1";
}

impl Tenant<'_> {
    /// Writes down an action of the scope's tenant with its guests, which wait.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_bulk(&mut self, bulk: &Bulk, guests: &[BulkGuest]) -> Result<()> {
        let tenant = self.tenant();
        let query = self.tx.query(INSERT_BULK).bind(bulk.id).bind(tenant).bind(bulk.user_id);
        let query = query.bind(bulk.user_name.as_str()).bind(bulk.process_id).bind(bulk.action.name());
        let query = query.bind(bulk.timeout_seconds).bind(bulk.force_stop).bind(bulk.per_server);
        query.bind(bulk.created_at).execute().await?;
        for guest in guests {
            let query = self.tx.query(INSERT_GUEST).bind(tenant).bind(bulk.id).bind(guest.position);
            let query = query.bind(guest.server_id).bind(guest.kind.name()).bind(guest.vmid);
            query.bind(guest.guest_name.as_str()).execute().await?;
        }
        Ok(())
    }

    /// How many actions of a person are not over. Lock the tenant first.
    ///
    /// # Errors
    /// The database.
    pub async fn live_bulks_of(&mut self, user: UserId) -> Result<u32> {
        let tenant = self.tenant();
        let count: Count = self.tx.query(COUNT_LIVE).bind(tenant).bind(user).one().await?;
        u32::try_from(count.n).map_err(|_| Error::Stored("the number of actions on many guests"))
    }

    /// The tenant's action `id`.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk(&mut self, id: BulkId) -> Result<Option<Bulk>> {
        let tenant = self.tenant();
        self.tx.query(BULK).bind(tenant).bind(id).optional().await
    }

    /// The newest actions before a time and id, of one person or of everybody, at most `limit`.
    ///
    /// # Errors
    /// The database.
    pub async fn bulks(
        &mut self,
        of: Option<UserId>,
        before: Option<(Micros, BulkId)>,
        limit: u32,
    ) -> Result<Vec<Bulk>> {
        let tenant = self.tenant();
        let (at, id) = before.unwrap_or((Micros(i64::MAX), Uuid::max().into()));
        let query = self.tx.query(BULKS).bind(tenant).bind(at).bind(id).bind(of.is_none()).bind(of);
        query.bind(limit).all().await
    }

    /// The guests of an action, in the order that was asked for.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk_guests(&mut self, id: BulkId) -> Result<Vec<BulkGuest>> {
        let tenant = self.tenant();
        self.tx.query(GUESTS).bind(tenant).bind(id).all().await
    }

    /// Has an action begin no more guests; `false` where it begins none anyhow.
    ///
    /// # Errors
    /// The database.
    pub async fn stop_bulk(&mut self, id: BulkId, by: &str) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(STOP_BULK).bind(tenant).bind(id).bind(by).execute().await? == 1)
    }
}

impl System<'_> {
    /// An action of a tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk_of(&mut self, tenant: TenantId, id: BulkId) -> Result<Option<Bulk>> {
        self.tx.query(BULK).bind(tenant).bind(id).optional().await
    }

    /// The guests of an action, in the order that was asked for.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk_guests_of(&mut self, tenant: TenantId, id: BulkId) -> Result<Vec<BulkGuest>> {
        self.tx.query(GUESTS).bind(tenant).bind(id).all().await
    }

    /// Those of them that changed at a turn and not since; none at turn 0.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk_guests_of_turn(&mut self, tenant: TenantId, id: BulkId, turn: i64) -> Result<Vec<BulkGuest>> {
        self.tx.query(GUESTS_OF_TURN).bind(tenant).bind(id).bind(turn).all().await
    }

    /// Whether the process is to begin more guests of the action.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk_goes_on(&mut self, live: LiveBulk) -> Result<bool> {
        let query = self.tx.query(BULK_GOES_ON).bind(live.tenant_id).bind(live.id).bind(live.process_id);
        Ok(query.one::<Count>().await?.n == 1)
    }

    /// Begins the next turn of writing down; with `stopping` no more guests begin. `None` where the action is over, gone,
    /// or another process's.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk_turn(&mut self, live: LiveBulk, stopping: bool) -> Result<Option<BulkTurn>> {
        let query = self.tx.query(TURN).bind(live.tenant_id).bind(live.id).bind(live.process_id);
        query.bind(stopping).optional().await
    }

    /// Writes down how a guest fares at a turn.
    ///
    /// # Errors
    /// The database.
    pub async fn set_bulk_guest(&mut self, tenant: TenantId, id: BulkId, guest: &BulkGuest, turn: i64) -> Result<()> {
        let query = self.tx.query(SET_GUEST).bind(tenant).bind(id).bind(guest.position).bind(guest.state.name());
        let query = query.bind(guest.task_id).bind(guest.detail.clone()).bind(guest.ended_at);
        query.bind(turn).execute().await?;
        Ok(())
    }

    /// Ends an action; `false` where it is over, gone, or another process's.
    ///
    /// # Errors
    /// The database.
    pub async fn end_bulk(&mut self, live: LiveBulk, state: BulkState, at: Micros) -> Result<bool> {
        let query = self.tx.query(END_BULK).bind(live.tenant_id).bind(live.id).bind(live.process_id);
        Ok(query.bind(state.name()).bind(at).execute().await? == 1)
    }

    /// All actions that are not over and not at this process, the oldest first.
    ///
    /// # Errors
    /// The database.
    pub async fn live_bulks(&mut self, own: ProcessId) -> Result<Vec<LiveBulk>> {
        self.tx.query(LIVE_BULKS).bind(own).all().await
    }

    /// Takes an action over from a process that is gone, to begin no more of its guests; `false` where another was first.
    ///
    /// # Errors
    /// The database.
    pub async fn adopt_bulk(&mut self, live: LiveBulk, by: ProcessId) -> Result<bool> {
        let query = self.tx.query(ADOPT_BULK).bind(live.tenant_id).bind(live.id).bind(live.process_id);
        Ok(query.bind(by).execute().await? == 1)
    }

    /// The tasks that an action began.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk_tasks(&mut self, tenant: TenantId, id: BulkId) -> Result<Vec<BulkTask>> {
        self.tx.query(BULK_TASKS).bind(tenant).bind(id).all().await
    }

    /// The task that an action began on one guest.
    ///
    /// # Errors
    /// The database.
    pub async fn bulk_task_on(&mut self, tenant: TenantId, id: BulkId, on: GuestKey) -> Result<Option<BulkTask>> {
        let query = self.tx.query(BULK_TASK_ON).bind(tenant).bind(id).bind(on.server).bind(on.kind.name());
        query.bind(on.vmid).optional().await
    }

    /// Forgets what a tenant's actions say of the inside of a server that is taken back.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_bulk_words(&mut self, tenant: TenantId, server: ServerId) -> Result<()> {
        self.tx.query(FORGET_WORDS).bind(tenant).bind(server).execute().await?;
        Ok(())
    }

    /// Drops actions that ended before `until`; their tasks stay.
    ///
    /// # Errors
    /// The database.
    pub async fn drop_bulks(&mut self, until: Micros) -> Result<u64> {
        self.tx.query(DROP_BULKS).bind(until).execute().await
    }
}
