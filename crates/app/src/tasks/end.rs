//! How a task ended: written down once, told to everybody whom it concerns, and waited for.

use std::time::Duration;

use nexus_model::{GuestKey, Micros, TaskAction, TaskId, TenantId};
use nexus_store::Task;
use serde_json::json;

use super::{TaskState, Tasks};
use crate::access::Who;
use crate::audit::{Entry, Outcome};
use crate::guests::plain;
use crate::notifications::Notice;
use crate::relayed::Announced;

/// How often who waits for an end asks the rows: another process may write it.
const ASK: Duration = Duration::from_secs(2);
/// The end of a task whose row is gone.
const FORGOTTEN: &str = "the task is not there any more";

impl Tasks {
    /// Waits until a task is over, wherever it is followed: the state that its row holds then, and why.
    pub async fn ended(&self, id: TaskId) -> (TaskState, Option<String>) {
        let mut ends = self.inner.ends.subscribe();
        loop {
            match self.end_of(id).await {
                Ok(Some((TaskState::Running, _))) => {}
                Ok(Some(end)) => return end,
                Ok(None) => return (TaskState::Failed, Some(FORGOTTEN.into())),
                Err(error) => tracing::debug!(task.id = %id, %error, "a task's row cannot be read"),
            }
            let heard = async {
                while let Ok(ended) = ends.recv().await {
                    if ended == id {
                        return;
                    }
                }
            };
            // Whoever lags behind, or waits for another process, asks the row.
            let _ = tokio::time::timeout(ASK, heard).await;
        }
    }

    async fn end_of(&self, id: TaskId) -> nexus_store::Result<Option<(TaskState, Option<String>)>> {
        let mut tx = self.inner.store.system_read(&self.inner.system).await?;
        let end = tx.task_end(id).await?;
        tx.commit().await?;
        Ok(end)
    }

    /// What the tenant's log says of a task: of a provided server's inside nothing.
    pub(super) fn record(&self, task: &Task) -> Entry {
        let told = self.inner.inventory.tells_all(task.server_id);
        let (node, upid) = (told.then_some(&task.node), task.upid.as_ref().filter(|_| told));
        let mut state = json!({ "action": task.action, "node": node, "upid": upid, "task": task.id });
        if let Some(snapshot) = &task.snapshot {
            state["snapshot"] = snapshot.as_str().into();
        }
        if let Some(bulk) = task.bulk() {
            state["bulk"] = bulk.to_string().into();
        }
        Entry::new(word(task.action), "guest", task.guest(), task.guest_name.clone()).after(state)
    }

    /// Writes a task's end down, once, whoever of several followers comes first.
    pub(super) async fn end(
        &self,
        task: &Task,
        state: TaskState,
        detail: Option<String>,
        who: &Who,
    ) -> nexus_store::Result<()> {
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        let Some(ended) = tx.end_task(task.id, state, detail.clone(), self.inner.clock.now()).await? else {
            return Ok(());
        };
        tx.announce_event(&Announced::Task(ended.tenant_id, ended.id).to_string()).await?;
        let outcome = if state == TaskState::Ok { Outcome::Ok } else { Outcome::Failed };
        let mut entry = self.record(&ended).outcome(outcome);
        entry.detail = if self.inner.inventory.tells_all(task.server_id) { detail } else { detail.map(plain) };
        self.inner.audit.record_as_system(&mut tx, Some(task.tenant_id), who, entry).await?;
        tx.commit().await?;
        // Nobody may be waiting.
        let _ = self.inner.ends.send(ended.id);
        self.tell(&ended);
        let took = ended.ended_at.map_or(Duration::ZERO, |at| Micros(at).since(ended.created_at));
        self.inner.notices.tell(Notice::ActionEnded { task: Box::new(ended), took });
        Ok(())
    }

    /// Shows the guest's real state right after a task's end; PVE's overview is up to 12 s behind.
    pub(super) async fn show(&self, tenant: TenantId, key: GuestKey) {
        if let Err(error) = self.inner.inventory.look(tenant, key).await {
            tracing::debug!(%error, "a guest's state could not be asked after its task");
        }
        self.inner.inventory.refresh_soon(key.server);
    }
}

/// What the audit log calls it.
fn word(action: TaskAction) -> &'static str {
    match action {
        TaskAction::SnapshotCreate => "guest.snapshot_create",
        TaskAction::SnapshotRollback => "guest.snapshot_rollback",
        TaskAction::SnapshotDelete => "guest.snapshot_delete",
        _ => "guest.power",
    }
}
