//! Stopping a task: who asks for it is written first, so that its end is known as a stop whoever writes it down.

use std::sync::Arc;

use nexus_model::TaskId;
use nexus_pve::Upid;
use nexus_store::Task;
use serde_json::json;

use super::{TaskState, TaskView, Tasks, is_away, is_ha, why};
use crate::access::{Grant, SeeTasks, Who};
use crate::audit::{Entry, Outcome};
use crate::guests::{Sight, plain};
use crate::inventory::Entry as Server;
use crate::page::BadPage;
use crate::relayed::Announced;

/// Why a task is not shown, or not stopped.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// No such task, or none that the person may see.
    #[error("there is no such task")]
    NotFound,
    /// The person sees it, and may not do that.
    #[error("the person may not do that with the task")]
    Forbidden,
    /// There is nothing to stop.
    #[error("{detail}")]
    Ended {
        /// Why, for people.
        detail: &'static str,
    },
    /// The part of the list cannot be had.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// PVE did not answer.
    #[error("PVE does not answer: {0}")]
    PveUnreachable(String),
    /// PVE refused.
    #[error("PVE refused: {0}")]
    PveRefused(String),
    /// The store failed, or Nexus is stopping.
    #[error("the store failed: {0}")]
    Internal(String),
}

impl From<nexus_store::Error> for TaskError {
    fn from(error: nexus_store::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<nexus_pve::Error> for TaskError {
    fn from(error: nexus_pve::Error) -> Self {
        if is_away(&error) { Self::PveUnreachable(why(&error)) } else { Self::PveRefused(error.to_string()) }
    }
}

impl Tasks {
    /// Asks PVE to stop a running task: one's own, or any as a manager. Its end comes as an event.
    ///
    /// # Errors
    /// [`TaskError`].
    pub async fn interrupt(&self, grant: &Grant<SeeTasks>, id: TaskId) -> Result<TaskView, TaskError> {
        let (task, view) = self.seen(grant, id).await?;
        if task.state != TaskState::Running {
            return Err(TaskError::Ended { detail: "The task is over already." });
        }
        if !Sight::of(grant).may_stop(&task) {
            return Err(TaskError::Forbidden);
        }
        if !view.may.stop {
            let detail = if task.upid.as_deref().is_some_and(is_ha) {
                "Proxmox VE's HA manager has taken it over; it cannot be taken back."
            } else {
                "Proxmox VE has not begun it yet. Try again in a moment."
            };
            return Err(TaskError::Ended { detail });
        }
        let (upid, entry) = (upid_of(&task)?, self.entry_of(&task)?);
        let (who, name) = (grant.who(), grant.person().full_name().to_owned());
        let mut tx = self.inner.store.tenant_write(grant.scope()).await?;
        let Some(task) = tx.mark_task_stopped(id, &name).await? else {
            return Err(TaskError::Ended { detail: "The task is over already." });
        };
        tx.announce_event(&Announced::Task(task.tenant_id, task.id).to_string()).await?;
        self.inner.audit.record(&mut tx, &who, self.stop_entry(&task).outcome(Outcome::Intent)).await?;
        tx.commit().await?;
        self.tell(&task);
        let (sight, provided) = (Sight::of(grant), entry.is_provided());
        // The browser may go away now; what PVE says is to be recorded.
        let (own, asked) = (self.clone(), task.clone());
        let stopped = self.outlive(async move { own.stop_at_pve(&asked, &entry, &upid, &name, who).await }).await;
        stopped.map_err(TaskError::Internal)?.map_err(|error| match error {
            TaskError::PveRefused(words) => TaskError::PveRefused(sight.words(words, provided)),
            other => other,
        })?;
        sight.task(&task, provided).ok_or(TaskError::NotFound)
    }

    async fn stop_at_pve(
        &self,
        task: &Task,
        entry: &Server,
        upid: &Upid,
        name: &str,
        who: Who,
    ) -> Result<(), TaskError> {
        let asked = entry.endpoint.client.stop_task(upid).await;
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        let mut record = self.stop_entry(task);
        let mut goes_on = None;
        if let Err(error) = &asked {
            goes_on = tx.unmark_task_stopped(task.tenant_id, task.id, name).await?;
            let words = error.to_string();
            record = record.outcome(Outcome::Failed).detail(if entry.is_provided() { plain(words) } else { words });
        }
        self.inner.audit.record_as_system(&mut tx, Some(task.tenant_id), &who, record).await?;
        if goes_on.is_some() {
            tx.announce_event(&Announced::Task(task.tenant_id, task.id).to_string()).await?;
        }
        tx.commit().await?;
        if let Some(task) = goes_on {
            self.tell(&task);
        }
        Ok(asked?)
    }

    fn stop_entry(&self, task: &Task) -> Entry {
        let state = json!({ "action": task.action, "guest": task.guest().to_string(), "by": task.user_name });
        Entry::new("task.stop", "task", task.id, task.guest_name.clone()).after(state)
    }

    /// A task, and what the person sees of it.
    pub(super) async fn seen(&self, grant: &Grant<SeeTasks>, id: TaskId) -> Result<(Task, TaskView), TaskError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let task = tx.task(id).await?.ok_or(TaskError::NotFound)?;
        let provided = tx.provided_servers().await?.contains(&task.server_id);
        let view = Sight::of(grant).task(&task, provided).ok_or(TaskError::NotFound)?;
        Ok((task, view))
    }

    /// The way to the task's server.
    pub(super) fn entry_of(&self, task: &Task) -> Result<Arc<Server>, TaskError> {
        let entry = self.inner.inventory.entry(task.server_id);
        let own = entry.filter(|entry| entry.endpoint.tenant == task.tenant_id);
        own.ok_or_else(|| TaskError::PveUnreachable("the server is not in use any more".into()))
    }
}

/// PVE's name of a task, read.
pub(super) fn upid_of(task: &Task) -> Result<Upid, TaskError> {
    let upid = task.upid.as_deref().and_then(|upid| upid.parse().ok());
    upid.ok_or_else(|| TaskError::Internal("a stored task identifier cannot be read".into()))
}
