//! Following a task of PVE to its end.

use std::time::Duration;

use nexus_pve::{TaskStatus, Upid};
use nexus_store::{Task, TaskState};
use tokio::time::Instant;

use super::{DELETED, MOVED, NOT_ANSWERED, NOT_HERE, SERVER_REMOVED, Tasks, is_ha, who_of};
use crate::access::Who;
use crate::background::Beat;

/// The longest pause between two questions.
const SLOWEST: Duration = Duration::from_secs(5);
/// How long PVE may be silent about a task before its end counts as unknown.
const SILENCE: Duration = Duration::from_secs(300);
/// An intent without a UPID that is older belongs to a process that is gone.
const INTENT: Duration = Duration::from_secs(180);
/// A task with a UPID that is older and still running is followed here too: who began it may be gone.
const OLD: Duration = Duration::from_secs(60);
/// How often to look for tasks that nobody follows.
const SWEEP: Duration = Duration::from_secs(30);

impl Tasks {
    /// Asks until the task is over; then writes its end down and shows the guest as it really is.
    pub(super) async fn follow(&self, task: &Task, upid: &Upid, who: &Who) -> nexus_store::Result<()> {
        let Some((mut state, mut detail)) = self.until_over(task, upid).await else { return Ok(()) };
        if state == TaskState::Ok && is_ha(upid.as_str()) {
            let Some(reached) = self.until_reached(task).await else { return Ok(()) };
            (state, detail) = reached;
        }
        if detail.as_deref().is_some_and(names_no_guest) {
            detail = Some(self.where_is(task).await.to_owned());
        }
        self.end(task, state, detail, who).await?;
        self.show(task.tenant_id, task.guest()).await;
        Ok(())
    }

    /// How the task ended; `None` when Nexus stops first.
    async fn until_over(&self, task: &Task, upid: &Upid) -> Option<(TaskState, Option<String>)> {
        let (mut pause, mut heard) = (self.inner.poll, Instant::now());
        loop {
            tokio::select! {
                biased;
                () = self.inner.stop.cancelled() => return None,
                () = tokio::time::sleep(pause) => {}
            }
            pause = pause.mul_f32(1.3).min(SLOWEST);
            let Some(entry) = self.inner.inventory.entry(task.server_id) else {
                if heard.elapsed() >= SILENCE {
                    return Some((TaskState::Failed, Some(SERVER_REMOVED.into())));
                }
                continue;
            };
            match entry.endpoint.client.task_status(upid).await {
                Ok(TaskStatus::Running) => heard = Instant::now(),
                Ok(status @ TaskStatus::Stopped { .. }) => {
                    let state = if status.is_ok() { TaskState::Ok } else { TaskState::Failed };
                    let TaskStatus::Stopped { exit } = status else { continue };
                    return Some((state, Some(exit).filter(|exit| exit != "OK")));
                }
                // PVE has forgotten it: nobody will ever know.
                Err(error) if error.status() == Some(400) => {
                    return Some((TaskState::Failed, Some(format!("its end is not known: {error}"))));
                }
                Err(error) if heard.elapsed() >= SILENCE => {
                    return Some((TaskState::Failed, Some(format!("its end is not known: {error}"))));
                }
                Err(_) => {}
            }
        }
    }

    /// What became of a guest that PVE does not have on its node.
    pub(super) async fn where_is(&self, task: &Task) -> &'static str {
        self.inner.inventory.refreshed(task.server_id).await;
        match self.inner.inventory.find(task.tenant_id, task.guest()) {
            None => DELETED,
            Some(found) if found.row.node != task.node => MOVED,
            Some(_) => NOT_HERE,
        }
    }

    /// At the start, and from time to time after another process has died: takes up tasks that nobody follows.
    pub(super) async fn take_up(self, beat: Beat) {
        let mut first = true;
        loop {
            match self.left_running().await {
                Ok(tasks) => {
                    for task in tasks {
                        self.take(task, first).await;
                    }
                    beat.done();
                }
                Err(error) => beat.failed(&error),
            }
            first = false;
            if !beat.nap(SWEEP).await {
                return;
            }
        }
    }

    async fn take(&self, task: Task, first: bool) {
        let (who, age) = (who_of(&task), self.inner.clock.now().since(task.created_at));
        match task.upid.as_deref().map(str::parse::<Upid>) {
            Some(Ok(upid)) if first || age >= OLD => self.follow_on(task, upid, who),
            Some(Err(_)) => self.give_up(&task, &who).await,
            None if age >= INTENT => self.give_up(&task, &who).await,
            // Somebody is at it.
            Some(Ok(_)) | None => {}
        }
    }

    async fn give_up(&self, task: &Task, who: &Who) {
        let detail = Some(NOT_ANSWERED.to_owned());
        if let Err(error) = self.end(task, TaskState::Failed, detail, who).await {
            tracing::error!(task.id = %task.id, %error, "a task's end cannot be recorded");
        }
    }

    async fn left_running(&self) -> nexus_store::Result<Vec<Task>> {
        let mut tx = self.inner.store.system_read(&self.inner.system).await?;
        tx.running_tasks().await
    }
}

/// Whether PVE says that the guest's configuration does not exist on the node.
fn names_no_guest(detail: &str) -> bool {
    detail.starts_with("Configuration file 'nodes/") && detail.ends_with(".conf' does not exist")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_configuration_is_a_missing_guest() {
        assert!(names_no_guest("Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist"));
        assert!(!names_no_guest("Configuration file 'nodes/pve1/qemu-server/101.conf' is broken"));
        assert!(!names_no_guest("VM 101 already running"));
    }
}
