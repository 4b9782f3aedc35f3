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
         WHERE tenant_id = $1
         ORDER BY created_at DESC, id DESC
         LIMIT $2";
    RECENT_OF_USER = "
        SELECT id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, upid, state, detail,
               created_at, ended_at, snapshot, bulk_id, stopped_by
          FROM task
         WHERE tenant_id = $1 AND user_id = $3
         ORDER BY created_at DESC, id DESC
         LIMIT $2";
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
    SET_UPID = "UPDATE task SET upid = $2 WHERE id = $1 AND state = 'running'";
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

    /// The newest tasks, of one person or of everybody.
    ///
    /// # Errors
    /// The database.
    pub async fn tasks(&mut self, of: Option<UserId>, limit: u32) -> Result<Vec<Task>> {
        let tenant = self.scope.tenant();
        match of {
            Some(user) => self.tx.query(RECENT_OF_USER).bind(tenant).bind(limit).bind(user).all().await,
            None => self.tx.query(RECENT).bind(tenant).bind(limit).all().await,
        }
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

    /// Notes PVE's name of a task.
    ///
    /// # Errors
    /// The database.
    pub async fn set_task_upid(&mut self, id: TaskId, upid: &str) -> Result<()> {
        self.tx.query(SET_UPID).bind(id).bind(upid).execute().await?;
        Ok(())
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
