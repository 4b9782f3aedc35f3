//! One server's task: asks for the overview at the server's pace, tells paused VMs from running ones, and judges how
//! the server is doing.
//!
//! One request for the overview is in flight at a time. A failure is never an empty list: the last picture stays.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use nexus_model::{GuestKind, GuestStatus, ServerStatus};
use nexus_pve::{ClusterStatus, Error, Kind, Resource};
use tokio::time::Instant;

use super::rows::{Snapshot, status_of};
use super::{Entry, Health, Inventory};
use crate::background::Beat;

/// The shortest time between two questions, whoever asks.
const SPACING: Duration = Duration::from_secs(1);

/// How many nodes are asked which VMs are paused: an answer may name any number.
const NODES: usize = 64;
/// How many of them at a time.
const AT_ONCE: usize = 4;

/// What one task remembers between its turns.
struct Turns {
    /// When nodes were last asked which VMs are paused.
    paused: Option<Instant>,
    /// Whether PVE was asked for its version and the cluster's name since it last failed.
    introduced: bool,
}

impl Inventory {
    /// The task of one server.
    pub(super) async fn poll(self, entry: Arc<Entry>, beat: Beat) {
        let mut turns = Turns { paused: None, introduced: false };
        loop {
            let (asked, begins) = (Instant::now(), self.inner.events.begins(entry.endpoint.tenant));
            tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                result = self.turn(&entry, &mut turns) => match result {
                    Ok(()) => beat.done(),
                    Err(error) => beat.failed(&error),
                },
            }
            tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                () = self.until_due(&entry, asked, begins) => {}
            }
        }
    }

    /// Waits for the server's pace, or until somebody wants to know.
    async fn until_due(&self, entry: &Entry, asked: Instant, begins: u64) {
        loop {
            if self.inner.events.begins(entry.endpoint.tenant) != begins {
                return tokio::time::sleep_until(asked + SPACING).await;
            }
            let due = asked + self.pace(entry);
            tokio::select! {
                () = tokio::time::sleep_until(due) => return,
                () = entry.wake.notified() => return tokio::time::sleep_until(asked + SPACING).await,
                // Somebody watches from now on: they see what is, not what was.
                () = self.inner.events.watching_began() => {}
            }
        }
    }

    async fn turn(&self, entry: &Entry, turns: &mut Turns) -> Result<(), Error> {
        let resources = match entry.endpoint.client.resources().await {
            Ok(resources) => resources,
            Err(error) => {
                turns.introduced = false;
                self.failed(entry, &error);
                return Err(error);
            }
        };
        let nodes = self.show(entry, resources);
        self.answered(entry);
        if !turns.introduced {
            turns.introduced = true;
            self.introduce(entry).await;
        }
        if turns.paused.is_none_or(|last| last.elapsed() >= self.inner.intervals.paused) {
            turns.paused = Some(Instant::now());
            self.tell_paused(entry, &nodes).await;
        }
        if let Err(error) = self.tend_marks(entry, &nodes).await {
            tracing::warn!(server.id = %entry.endpoint.id, %error, "assignments cannot be compared with their guests");
        }
        Ok(())
    }

    /// Makes the overview the newest picture; returns the nodes that are there.
    fn show(&self, entry: &Entry, resources: Vec<Resource>) -> Vec<String> {
        let now = self.inner.clock.now();
        let (mut guests, mut nodes, mut away) = (Vec::new(), Vec::new(), 0);
        for resource in resources {
            match resource {
                Resource::Guest(guest) => guests.push(guest),
                Resource::Node(node) if node.status == nexus_pve::node::NodeState::Online => nodes.push(node.name),
                Resource::Node(_) => away += 1,
                Resource::Storage(_) | Resource::Other => {}
            }
        }
        let complete = away == 0 && !nodes.is_empty();
        entry.answers.fetch_add(1, Ordering::AcqRel);
        self.publish(entry, |picture| {
            let before = picture.snapshot.as_deref();
            let next = Snapshot::build(entry.endpoint.id, guests, complete, before, &picture.overlay, now);
            picture.overlay.tidy(now, &next);
            Some(next)
        });
        nodes
    }

    fn answered(&self, entry: &Entry) {
        let before = entry.health();
        let health = Health {
            status: ServerStatus::Online,
            detail: None,
            pve_version: before.pve_version.clone(),
            data_at: Some(self.inner.clock.now()),
            failures: 0,
        };
        if before.status != ServerStatus::Online {
            tracing::info!(server.id = %entry.endpoint.id, "a server answers");
        }
        self.set_health(entry, health);
    }

    fn failed(&self, entry: &Entry, error: &Error) {
        let before = entry.health();
        let failures = before.failures.saturating_add(1);
        // The first failure is not shown as one: PVE restarts its workers, networks lose packets.
        let status = if failures >= 2 { ServerStatus::Offline } else { before.status };
        if status != before.status {
            tracing::warn!(server.id = %entry.endpoint.id, %error, "a server does not answer");
        }
        let detail = Some(why(error));
        self.set_health(entry, Health { status, detail, failures, ..(*before).clone() });
    }

    /// Version and cluster name, once for each time that the server comes back.
    async fn introduce(&self, entry: &Entry) {
        if let Ok(version) = entry.endpoint.client.version().await {
            let health = Health { pve_version: Some(version.version), ..(*entry.health()).clone() };
            self.set_health(entry, health);
        }
        // Without Sys.Audit PVE does not tell: the lock for consoles is then one of the server.
        let Ok(rows) = entry.endpoint.client.cluster_status().await else { return };
        let name = rows.into_iter().find_map(|row| match row {
            ClusterStatus::Cluster { name, .. } => Some(name),
            ClusterStatus::Node { .. } => None,
        });
        let Some(name) = name else { return };
        if entry.picture().cluster.as_deref() == Some(name.as_str()) {
            return;
        }
        entry.picture().cluster = Some(name.as_str().into());
        if let Err(error) = self.remember_cluster(entry, &name).await {
            tracing::warn!(server.id = %entry.endpoint.id, %error, "the cluster's name cannot be stored");
        }
    }

    async fn remember_cluster(&self, entry: &Entry, name: &str) -> nexus_store::Result<()> {
        let mut write = self.inner.store.system_write(&self.inner.system).await?;
        write.set_cluster(entry.endpoint.id, Some(name), None, &[]).await?;
        write.commit().await
    }

    /// Asks each node with running VMs which of them are paused; what a node does not tell stays as it was.
    async fn tell_paused(&self, entry: &Entry, nodes: &[String]) {
        let Some(snapshot) = entry.snapshot() else { return };
        let busy: HashSet<&str> = snapshot
            .guests
            .values()
            .filter(|row| row.key.kind == GuestKind::Qemu)
            .filter(|row| matches!(row.status, GuestStatus::Running | GuestStatus::Paused))
            .map(|row| row.node.as_str())
            .collect();
        let asked = to_ask(nodes, &busy);
        if asked.len() == NODES {
            tracing::warn!(server.id = %entry.endpoint.id, limit = NODES, "not every node is asked for paused VMs");
        }
        let asks: Vec<_> = asked.into_iter().map(|node| paused_on(entry, node)).collect();
        let told: Vec<Vec<(u32, bool)>> = stream::iter(asks).buffer_unordered(AT_ONCE).collect().await;
        let now = self.inner.clock.now();
        self.publish(entry, |picture| {
            for (vmid, paused) in told.into_iter().flatten() {
                if paused {
                    picture.overlay.paused.insert(vmid);
                } else {
                    picture.overlay.paused.remove(&vmid);
                }
            }
            let overlay = &picture.overlay;
            picture.snapshot.as_ref().map(|snapshot| snapshot.with_overlay(overlay, now))
        });
    }
}

/// The nodes with running VMs, each once and no more than the limit.
fn to_ask(nodes: &[String], busy: &HashSet<&str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let asked = nodes.iter().filter(|node| busy.contains(node.as_str()) && seen.insert(node.as_str()));
    asked.take(NODES).cloned().collect()
}

/// Which VMs a node calls paused and which not; empty where it does not answer.
async fn paused_on(entry: &Entry, node: String) -> Vec<(u32, bool)> {
    let told = entry.endpoint.client.node_guests(&node, Kind::Qemu).await.unwrap_or_default();
    told.iter().map(|guest| (guest.vmid, status_of(guest) == GuestStatus::Paused)).collect()
}

/// The cause for managers; a refused token is told apart from a server that is away.
fn why(error: &Error) -> String {
    match error.cause() {
        nexus_pve::Cause::TokenRefused => format!("PVE refused the API token: {error}"),
        nexus_pve::Cause::MissingPrivilege => format!("the API token lacks a privilege: {error}"),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_cannot_make_nexus_ask_without_limit() {
        let nodes: Vec<String> = (0..10_000).map(|n| format!("pve{}", n / 2)).collect();
        let busy: HashSet<&str> = nodes.iter().map(String::as_str).collect();
        let asked = to_ask(&nodes, &busy);
        assert_eq!((asked.len(), asked[0].as_str(), asked[63].as_str()), (NODES, "pve0", "pve63"));
        assert_eq!(to_ask(&nodes, &HashSet::from(["pve9", "away"])), ["pve9"]);
    }
}
