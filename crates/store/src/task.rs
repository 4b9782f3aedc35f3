//! Tasks: actions on guests and how they ended.

use nexus_model::{BulkId, GuestKey, GuestKind, Micros, ServerId, TaskAction, TaskId, TenantId, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System, Tenant};

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// PVE works on it.
    Running,
    /// PVE ended it well.
    Ok,
    /// It failed, or its end could not be learnt.
    Failed,
    /// Somebody stopped it before it was done.
    Stopped,
}

impl TaskState {
    /// The stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

impl TryFrom<String> for TaskState {
    type Error = nexus_model::InvalidInput;
    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        match text.as_str() {
            "running" => Ok(Self::Running),
            "ok" => Ok(Self::Ok),
            "failed" => Ok(Self::Failed),
            "stopped" => Ok(Self::Stopped),
            _ => Err(nexus_model::InvalidInput::new("unknown", "is no state of a task")),
        }
    }
}

/// One action on a guest.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Task {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: TaskId,
    /// Whose it is.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// Who asked for it.
    #[sqlx(try_from = "Uuid")]
    pub user_id: UserId,
    /// Their name then.
    pub user_name: String,
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
    /// What was asked for.
    #[sqlx(try_from = "String")]
    pub action: TaskAction,
    /// The node that runs it.
    pub node: String,
    /// PVE's name of it, once PVE has taken it.
    pub upid: Option<String>,
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: TaskState,
    /// Why it failed.
    pub detail: Option<String>,
    /// When it was asked for.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// The snapshot that it is about.
    pub snapshot: Option<String>,
    /// The action on many guests that it is part of.
    pub bulk_id: Option<Uuid>,
    /// Who stopped it, or asked to.
    pub stopped_by: Option<String>,
}

impl Task {
    /// The guest's key.
    #[must_use]
    pub fn guest(&self) -> GuestKey {
        GuestKey { server: self.server_id, kind: self.kind, vmid: self.vmid }
    }

    /// The action on many guests that it is part of.
    #[must_use]
    pub fn bulk(&self) -> Option<BulkId> {
        self.bulk_id.map(BulkId::from)
    }
}

/// Which part of a tenant's tasks.
#[derive(Debug, Clone, Copy, Default)]
pub struct TaskFilter {
    /// Of one person.
    pub of: Option<UserId>,
    /// On one guest.
    pub guest: Option<GuestKey>,
    /// So far and no farther.
    pub state: Option<TaskState>,
    /// Older than this one.
    pub before: Option<(i64, Uuid)>,
    /// How many.
    pub limit: u32,
}

/// A task's state alone.
#[derive(sqlx::FromRow)]
struct End {
    #[sqlx(try_from = "String")]
    state: TaskState,
    detail: Option<String>,
}

sql! {
    INSERT = "
        INSERT INTO task (id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid,
                          state, detail, created_at, ended_at, snapshot, bulk_id, stopped_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    RECENT = "
        SELECT id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state, detail,
               created_at, ended_at, snapshot, bulk_id, stopped_by
          FROM task
         WHERE tenant_id = $1 AND (created_at, id) < ($2, $3) AND ($4 OR user_id = $5) AND ($6 = '' OR state = $6)
         ORDER BY created_at DESC, id DESC
         LIMIT $7";
    RECENT_OF_GUEST = "
        SELECT id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state, detail,
               created_at, ended_at, snapshot, bulk_id, stopped_by
          FROM task
         WHERE tenant_id = $1 AND (created_at, id) < ($2, $3) AND ($4 OR user_id = $5) AND ($6 = '' OR state = $6)
           AND server_id = $8 AND kind = $9 AND vmid = $10
         ORDER BY created_at DESC, id DESC
         LIMIT $7";
    AT_IT = "
        SELECT id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state, detail,
               created_at, ended_at, snapshot, bulk_id, stopped_by
          FROM task
         WHERE tenant_id = $1 AND server_id = $2 AND kind = $3 AND vmid = $4 AND action = $5 AND state = 'running'";
    ONE = "
        SELECT id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state, detail,
               created_at, ended_at, snapshot, bulk_id, stopped_by
          FROM task
         WHERE tenant_id = $1 AND id = $2";
    RUNNING = "
        SELECT id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state, detail,
               created_at, ended_at, snapshot, bulk_id, stopped_by
          FROM task
         WHERE state = 'running'
         ORDER BY created_at, id";
    STATE = "SELECT state, detail FROM task WHERE id = $1";
    SET_UPID = "UPDATE task SET upid = $2, node = $3 WHERE id = $1 AND state = 'running'";
    NOTE = "
        UPDATE task SET detail = $2
         WHERE id = $1 AND state = 'running'
        RETURNING id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state,
                  detail, created_at, ended_at, snapshot, bulk_id, stopped_by";
    STOP = "
        UPDATE task SET stopped_by = COALESCE(stopped_by, $3)
         WHERE tenant_id = $1 AND id = $2 AND state = 'running'
        RETURNING id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state,
                  detail, created_at, ended_at, snapshot, bulk_id, stopped_by";
    GO_ON = "
        UPDATE task SET stopped_by = NULL
         WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND stopped_by = $3
        RETURNING id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state,
                  detail, created_at, ended_at, snapshot, bulk_id, stopped_by";
    FORGET_INSIDE = "UPDATE task SET upid = NULL, detail = NULL, node = '' WHERE tenant_id = $1 AND server_id = $2";
    END = "
        UPDATE task
           SET state = CASE WHEN $2 = 'failed' AND stopped_by IS NOT NULL THEN 'stopped' ELSE $2 END, detail = $3,
               ended_at = $4
         WHERE id = $1 AND state = 'running'
        RETURNING id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state,
                  detail, created_at, ended_at, snapshot, bulk_id, stopped_by";
}

impl Tenant<'_> {
    /// Writes down a task of the scope's tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_task(&mut self, task: &Task) -> Result<()> {
        let query = self.tx.query(INSERT).bind(task.id).bind(self.scope.tenant()).bind(task.user_id);
        let query = query.bind(task.user_name.as_str()).bind(task.server_id).bind(task.kind.name()).bind(task.vmid);
        let query = query.bind(task.guest_name.as_str()).bind(task.action.name()).bind(task.node.as_str());
        let query = query.bind(task.upid.clone()).bind(task.state.name()).bind(task.detail.clone());
        let query = query.bind(task.created_at).bind(task.ended_at).bind(task.snapshot.clone()).bind(task.bulk_id);
        query.bind(task.stopped_by.clone()).execute().await?;
        Ok(())
    }

    /// A page of tasks, newest first, one row more than it has: where there is one, there is another page.
    ///
    /// # Errors
    /// The database.
    pub async fn tasks(&mut self, filter: &TaskFilter) -> Result<Vec<Task>> {
        let (at, id) = filter.before.unwrap_or((i64::MAX, Uuid::max()));
        let statement = if filter.guest.is_some() { RECENT_OF_GUEST } else { RECENT };
        let query = self.tx.query(statement).bind(self.scope.tenant()).bind(at).bind(id);
        let query = query.bind(filter.of.is_none()).bind(filter.of.unwrap_or(Uuid::nil().into()));
        let query = query.bind(filter.state.map_or("", TaskState::name)).bind(filter.limit.saturating_add(1));
        match filter.guest {
            Some(guest) => query.bind(guest.server).bind(guest.kind.name()).bind(guest.vmid).all().await,
            None => query.all().await,
        }
    }

    /// Notes who wants to stop a running task, the first one's name; `None` when it has ended.
    ///
    /// # Errors
    /// The database.
    pub async fn mark_task_stopped(&mut self, id: TaskId, by: &str) -> Result<Option<Task>> {
        self.tx.query(STOP).bind(self.scope.tenant()).bind(id).bind(by).optional().await
    }

    /// The tenant's task `id`.
    ///
    /// # Errors
    /// The database.
    pub async fn task(&mut self, id: TaskId) -> Result<Option<Task>> {
        self.tx.query(ONE).bind(self.scope.tenant()).bind(id).optional().await
    }
}

impl System<'_> {
    /// One task of a tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn task_of(&mut self, tenant: TenantId, id: TaskId) -> Result<Option<Task>> {
        self.tx.query(ONE).bind(tenant).bind(id).optional().await
    }

    /// How far a task is, and why; `None` where there is no such task.
    ///
    /// # Errors
    /// The database.
    pub async fn task_end(&mut self, id: TaskId) -> Result<Option<(TaskState, Option<String>)>> {
        let row: Option<End> = self.tx.query(STATE).bind(id).optional().await?;
        Ok(row.map(|row| (row.state, row.detail)))
    }

    /// Forgets what a tenant's tasks say of the inside of a server that is taken back.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_inside(&mut self, tenant: TenantId, server: ServerId) -> Result<()> {
        self.tx.query(FORGET_INSIDE).bind(tenant).bind(server).execute().await?;
        Ok(())
    }

    /// Every task that has not ended, in all tenants.
    ///
    /// # Errors
    /// The database.
    pub async fn running_tasks(&mut self) -> Result<Vec<Task>> {
        self.tx.query(RUNNING).all().await
    }

    /// The running task that does `action` with a guest: there is one at most.
    ///
    /// # Errors
    /// The database.
    pub async fn task_at_it(&mut self, tenant: TenantId, guest: GuestKey, action: TaskAction) -> Result<Option<Task>> {
        let query = self.tx.query(AT_IT).bind(tenant).bind(guest.server).bind(guest.kind.name());
        query.bind(guest.vmid).bind(action.name()).optional().await
    }

    /// Notes PVE's name of a task, and the node that runs it.
    ///
    /// # Errors
    /// The database.
    pub async fn set_task_upid(&mut self, id: TaskId, upid: &str, node: &str) -> Result<()> {
        self.tx.query(SET_UPID).bind(id).bind(upid).bind(node).execute().await?;
        Ok(())
    }

    /// Says of a running task what it waits for; `None` when it has ended.
    ///
    /// # Errors
    /// The database.
    pub async fn note_task(&mut self, id: TaskId, detail: &str) -> Result<Option<Task>> {
        self.tx.query(NOTE).bind(id).bind(detail).optional().await
    }

    /// Notes who wants to stop a running task, the first one's name; `None` when it has ended.
    ///
    /// # Errors
    /// The database.
    pub async fn mark_task_stopped(&mut self, tenant: TenantId, id: TaskId, by: &str) -> Result<Option<Task>> {
        self.tx.query(STOP).bind(tenant).bind(id).bind(by).optional().await
    }

    /// Takes that back, since PVE did not stop it; `None` where there is nothing to take back.
    ///
    /// # Errors
    /// The database.
    pub async fn unmark_task_stopped(&mut self, tenant: TenantId, id: TaskId, by: &str) -> Result<Option<Task>> {
        self.tx.query(GO_ON).bind(tenant).bind(id).bind(by).optional().await
    }

    /// Ends a running task; `None` when it had ended already, so that of several followers one tells of it.
    ///
    /// # Errors
    /// The database.
    pub async fn end_task(
        &mut self,
        id: TaskId,
        state: TaskState,
        detail: Option<String>,
        at: Micros,
    ) -> Result<Option<Task>> {
        self.tx.query(END).bind(id).bind(state.name()).bind(detail).bind(at).optional().await
    }
}
