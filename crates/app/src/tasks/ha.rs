//! Tasks under PVE's HA manager: the task of PVE only tells the manager what is wanted and is over at once. What counts
//! is that the guest gets there, and that is waited for.

use std::time::Duration;

use nexus_model::{GuestStatus, TaskAction};
use nexus_store::{Task, TaskState};
use tokio::time::Instant;

use super::Tasks;
use crate::inventory::LookError;
use crate::relayed::Announced;

/// What a running task says meanwhile.
pub(super) const WAITS: &str = "Proxmox VE's HA manager has taken it; waiting for the guest";
/// The guest was not there in time.
pub(super) const LATE: &str = "Proxmox VE's HA manager has taken it, but has not brought the guest there in time";
/// HA has given up on the guest.
pub(super) const BROKEN: &str = "Proxmox VE's HA manager says that the guest is in error; it has to be looked at";
/// The guest was deleted meanwhile.
pub(super) const GONE: &str = "Proxmox VE's HA manager has taken it, but the guest is not there any more";

/// The longest pause between two looks.
const SLOWEST: Duration = Duration::from_secs(5);

impl Tasks {
    /// Waits until the guest is as the task wants it; `None` when Nexus stops first.
    pub(super) async fn until_reached(&self, task: &Task) -> Option<(TaskState, Option<String>)> {
        if let Err(error) = self.note(task, WAITS).await {
            tracing::warn!(task.id = %task.id, %error, "what a task waits for cannot be recorded");
        }
        let (began, patience, mut pause) = (Instant::now(), self.inner.ha, self.inner.poll);
        loop {
            let inventory = &self.inner.inventory;
            match inventory.look(task.tenant_id, task.guest()).await {
                Ok(status) if reached(task.action, status) => return Some((TaskState::Ok, None)),
                Err(LookError::Unknown) if began.elapsed() >= patience / 4 => return failed(GONE),
                // The manager may have moved it: the next overview knows.
                Ok(_) | Err(_) => {}
            }
            let state = inventory.find(task.tenant_id, task.guest()).and_then(|found| found.row.ha_state.clone());
            // What was wrong before may be shown for a while longer.
            if state.as_deref() == Some("error") && began.elapsed() >= patience / 4 {
                return failed(BROKEN);
            }
            if began.elapsed() >= patience {
                return failed(LATE);
            }
            tokio::select! {
                biased;
                () = self.inner.stop.cancelled() => return None,
                () = tokio::time::sleep(pause) => {}
            }
            pause = pause.mul_f32(1.3).min(SLOWEST);
        }
    }

    /// Says of a running task what it waits for.
    async fn note(&self, task: &Task, words: &str) -> nexus_store::Result<()> {
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        let Some(noted) = tx.note_task(task.id, words).await? else { return Ok(()) };
        tx.announce_event(&Announced::Task(noted.tenant_id, noted.id).to_string()).await?;
        tx.commit().await?;
        self.tell(&noted);
        Ok(())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the end of a task that Nexus did not stop before")]
fn failed(words: &str) -> Option<(TaskState, Option<String>)> {
    Some((TaskState::Failed, Some(words.to_owned())))
}

/// Whether a guest is as an action wants it.
fn reached(action: TaskAction, status: GuestStatus) -> bool {
    match action {
        TaskAction::Start => matches!(status, GuestStatus::Running | GuestStatus::Paused),
        TaskAction::Shutdown | TaskAction::Stop => status == GuestStatus::Stopped,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_there_when_it_is_as_it_was_asked_for() {
        assert!(reached(TaskAction::Start, GuestStatus::Running));
        assert!(!reached(TaskAction::Start, GuestStatus::Stopped));
        assert!(!reached(TaskAction::Start, GuestStatus::Unknown));
        assert!(reached(TaskAction::Stop, GuestStatus::Stopped));
        assert!(!reached(TaskAction::Shutdown, GuestStatus::Running));
    }
}
