//! Taking over actions of processes that are gone: nothing more begins, and the results of what ran are written.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use nexus_model::{BulkGuestState, GuestKey, ProcessId};
use nexus_store::{Bulk, BulkTask, LiveBulk};
use tokio::time::Instant;

use super::queue::Queue;
use super::run::{End, NEXUS_STOPPED, result};
use super::{Bulks, Parts};
use crate::access::{Actor, Who};
use crate::background::Beat;
use crate::tasks::TaskState;

/// How long an action stays in the list after its end.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Between two looks for actions that are too old.
const DROP_EVERY: Duration = Duration::from_secs(3600);

impl Bulks {
    /// At the start, and in every lease where there are other processes: takes over what nobody works on; drops what is old.
    pub(super) async fn take_up(self, beat: Beat) {
        let (mut first, mut dropped) = (true, None::<Instant>);
        loop {
            let drops = dropped.is_none_or(|at| at.elapsed() >= DROP_EVERY);
            match self.sweep(first, drops).await {
                Ok(()) => {
                    first = false;
                    dropped = if drops { Some(Instant::now()) } else { dropped };
                    beat.done();
                }
                Err(error) => beat.failed(&error),
            }
            if !beat.nap(self.inner.parts.lease).await {
                return;
            }
        }
    }

    async fn sweep(&self, first: bool, drops: bool) -> nexus_store::Result<()> {
        let Parts { store, system, clock, .. } = &self.inner.parts;
        if first || store.is_shared() {
            for left in self.left_behind().await? {
                self.adopt(left).await?;
            }
        }
        if !drops {
            return Ok(());
        }
        let mut tx = store.system_write(system).await?;
        tx.drop_bulks(clock.now().minus(KEPT)).await?;
        tx.commit().await
    }

    /// The actions whose process is gone.
    async fn left_behind(&self) -> nexus_store::Result<Vec<LiveBulk>> {
        let Parts { store, system, clock, process, lease, .. } = &self.inner.parts;
        let mut read = store.system_read(system).await?;
        let others = read.live_bulks(*process).await?;
        if others.is_empty() {
            return Ok(others);
        }
        let now = read.database_time(clock.now()).await?;
        // Where there is one process, every other id is of an earlier start.
        let alive: HashSet<ProcessId> = if store.is_shared() {
            read.live_processes(now.minus(*lease * 2)).await?.into_iter().collect()
        } else {
            HashSet::new()
        };
        Ok(others.into_iter().filter(|bulk| !alive.contains(&bulk.process_id)).collect())
    }

    async fn adopt(&self, left: LiveBulk) -> nexus_store::Result<()> {
        let Parts { store, system, process, .. } = &self.inner.parts;
        let LiveBulk { id, tenant_id: tenant, .. } = left;
        let mut tx = store.system_write(system).await?;
        if !tx.adopt_bulk(left, *process).await? {
            return Ok(());
        }
        let Some(bulk) = tx.bulk_of(tenant, id).await? else { return Ok(()) };
        let guests = tx.bulk_guests_of(tenant, id).await?;
        let tasks = tx.bulk_tasks(tenant, id).await?;
        tx.commit().await?;
        tracing::info!(bulk.id = %id, "taking over an action on many guests whose process is gone");
        let mut tasks: HashMap<GuestKey, BulkTask> = tasks.into_iter().map(|task| (task.guest(), task)).collect();
        let open: Vec<(usize, GuestKey)> = (0..)
            .zip(&guests)
            .filter(|(_, guest)| guest.ended_at.is_none())
            .map(|(at, guest)| (at, guest.guest()))
            .collect();
        let mut run = self.make_run(&bulk, guests, Queue::new([], bulk.per_server), None, who_of(&bulk));
        for (at, guest) in open {
            match tasks.remove(&guest) {
                Some(task) if task.state == TaskState::Running => {
                    run.set(at, BulkGuestState::Running, Some(task.id), None);
                    run.follow(at, task.id);
                }
                Some(task) => {
                    if let End::Result(state, task, detail) = result(task.id, (task.state, task.detail)) {
                        run.set(at, state, task, detail);
                    }
                }
                None => run.set(at, BulkGuestState::Skipped, None, Some(NEXUS_STOPPED.to_owned())),
            }
        }
        self.inner.tracker.spawn(run.until_over(None));
        Ok(())
    }
}

/// Who an action is of, for who takes it over.
fn who_of(bulk: &Bulk) -> Who {
    Who { actor: Actor::System { name: format!("for {}", bulk.user_name) }, client: None }
}
