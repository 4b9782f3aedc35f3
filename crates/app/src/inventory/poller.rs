//! One server's task: asks for the overview at the server's pace, tells paused VMs from running ones, and judges how
//! the server is doing.
//!
//! One request for the overview is in flight at a time. A failure is never an empty list: the last picture stays.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use nexus_model::{CheckKind, Fallback, GuestKind, GuestStatus, ServerId, ServerStatus};
use nexus_net::tls::format_fingerprint;
use nexus_pve::{CallDone, ClusterStatus, Error, Kind, Node, Resource};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::changes::Changes;
use super::endpoint::{Cluster, Settings, Whereabouts, way_of};
use super::rows::{Said, Snapshot, status_of};
use super::{CheckDone, Entry, Health, Inventory};
use crate::background::Beat;
use crate::events::Happening;
use crate::metrics::Sample;

/// The shortest time between two questions, whoever asks.
const SPACING: Duration = Duration::from_secs(1);

/// How often a server that answers is asked what it is: clusters grow, nodes get other certificates.
const INTRODUCED: Duration = Duration::from_secs(3600);

/// How many nodes are asked which VMs are paused: an answer may name any number.
const NODES: usize = 64;
/// How many of them at a time.
const AT_ONCE: usize = 4;

/// What one task remembers between its turns.
struct Turns {
    /// When nodes were last asked which VMs are paused.
    paused: Option<Instant>,
    /// When PVE was last asked for its version and its cluster, since it last failed.
    introduced: Option<Instant>,
    /// What PVE's tasks say of guests.
    changes: Changes,
}

impl Turns {
    fn new() -> Self {
        Self { paused: None, introduced: None, changes: Changes::new() }
    }
}

/// When a server is asked after `asked`: at its own moment of every interval, so that servers that were started together
/// spread evenly over it. Never sooner than a quarter of the interval and never later than a quarter more than one.
fn next_turn(began: Instant, asked: Instant, every: Duration, id: ServerId) -> Instant {
    const PHASES: u32 = 1009;
    let phase = u32::try_from(id.uuid().as_u128() % u128::from(PHASES)).unwrap_or_default();
    let (least, own) = ((asked + every / 4).duration_since(began), every * phase / PHASES);
    let turns = least.saturating_sub(own).as_nanos().div_ceil(every.as_nanos().max(1));
    began + own + every * u32::try_from(turns).unwrap_or(u32::MAX)
}

impl Inventory {
    /// The task of one server.
    pub(super) async fn poll(self, entry: Arc<Entry>, beat: Beat) {
        let mut turns = Turns::new();
        loop {
            if !self.holds(entry.endpoint.id) {
                tokio::select! {
                    biased;
                    () = beat.stop().cancelled() => return,
                    () = self.until_held(&entry) => turns = Turns::new(),
                }
            }
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
                () = self.until_due(&entry, &mut turns.changes, asked, begins) => {}
                () = self.until_lost(entry.endpoint.id) => {}
            }
        }
    }

    /// Waits for the server's pace, or until somebody wants to know. Meanwhile guests that PVE's tasks name are looked at.
    async fn until_due(&self, entry: &Entry, changes: &mut Changes, asked: Instant, begins: u64) {
        loop {
            if self.inner.events.begins(entry.endpoint.tenant) != begins {
                return tokio::time::sleep_until(asked + SPACING).await;
            }
            let due = self.due(entry, asked);
            let look = self.follows_tasks(entry).then(|| changes.next());
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(due) => return,
                () = entry.wake.notified() => return tokio::time::sleep_until(asked + SPACING).await,
                // Somebody watches from now on: they see what is, not what was.
                () = self.inner.events.watching_began() => {}
                () = tokio::time::sleep_until(look.unwrap_or(due)), if look.is_some() => {
                    self.follow_tasks(entry, changes, due).await;
                }
            }
        }
    }

    /// When the server is asked next.
    fn due(&self, entry: &Entry, asked: Instant) -> Instant {
        let intervals = &self.inner.intervals;
        if entry.health().failures == 1 {
            return asked + intervals.again;
        }
        let health = entry.interval().unwrap_or(intervals.health);
        let watched = self.is_watched(entry.endpoint.tenant);
        let every = if watched { health.min(intervals.watched) } else { health };
        next_turn(self.inner.began, asked, every, entry.endpoint.id)
    }

    async fn turn(&self, entry: &Entry, turns: &mut Turns) -> Result<(), Error> {
        entry.asking.store(true, Ordering::Release);
        let (result, call) = entry.endpoint.client.check().await;
        let nodes = match result {
            Ok(resources) => {
                let nodes = self.show(entry, resources);
                self.answered(entry, call.took);
                self.checked(entry, call, None);
                nodes
            }
            Err(error) => {
                turns.introduced = None;
                self.failed(entry, &error);
                self.checked(entry, call, Some(why(&error)));
                return Err(error);
            }
        };
        if turns.introduced.is_none_or(|last| last.elapsed() >= INTRODUCED) {
            turns.introduced = Some(Instant::now());
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
        let (now, said) = (self.inner.clock.now(), Said::read(resources));
        let nodes = said.online();
        entry.answers.fetch_add(1, Ordering::AcqRel);
        self.publish(entry, |picture| {
            let before = picture.snapshot.as_deref();
            let next = Snapshot::build(entry.endpoint.id, said, before, &picture.overlay, now);
            picture.overlay.tidy(now, &next);
            Some(next)
        });
        nodes
    }

    fn answered(&self, entry: &Entry, took: Duration) {
        let before = entry.health();
        let checks = before.checks.with(Some(took));
        let health = Health {
            status: if checks.are_poor() { ServerStatus::Degraded } else { ServerStatus::Online },
            detail: None,
            pve_version: before.pve_version.clone(),
            data_at: Some(self.inner.clock.now()),
            checks,
            failures: 0,
        };
        if before.status != health.status {
            tracing::info!(server.id = %entry.endpoint.id, status = health.status.name(), "a server answers");
        }
        self.set_health(entry, health);
        self.hear_answer(entry);
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
        self.set_health(
            entry,
            Health { status, detail, failures, checks: before.checks.with(None), ..(*before).clone() },
        );
        if status == ServerStatus::Offline {
            self.hear_silence(entry);
        }
    }

    /// Tells how a check went: who waits for it, and who watches.
    fn checked(&self, entry: &Entry, call: CallDone, error: Option<String>) {
        let CallDone { what, took, attempts, timeout, answered: reached, .. } = call;
        let (at, status) = (self.inner.clock.now(), entry.health().status);
        let way = call.way.map(way_of);
        self.inner.metrics.record(Sample {
            tenant: entry.endpoint.tenant,
            server: entry.endpoint.id,
            server_name: Arc::clone(&entry.endpoint.name),
            at,
            kind: CheckKind::Check,
            what: what.into(),
            ok: error.is_none(),
            took,
            way,
            attempts,
            timeout,
            error: error.clone(),
            answered: reached,
        });
        let done = CheckDone { at, ended: Instant::now(), took, way, attempts, error, reached, status };
        let happened = Happening::Check { server: entry.endpoint.id, at, ok: done.ok(), took };
        entry.asking.store(false, Ordering::Release);
        entry.checked.send_replace(Some(Arc::new(done)));
        self.inner.events.tell(entry.endpoint.tenant, happened);
        self.picture_changed(entry.endpoint.id);
    }

    /// Version and cluster, each time that the server comes back and once in a while.
    async fn introduce(&self, entry: &Entry) {
        let client = &entry.endpoint.client;
        if let Ok(version) = client.version().await {
            let health = Health { pve_version: Some(version.version), ..(*entry.health()).clone() };
            self.set_health(entry, health);
        }
        // Without Sys.Audit PVE does not tell: the lock for consoles is then one of the server.
        let (status, nodes) = (client.cluster_status().await.ok(), client.nodes().await.ok());
        // Who stands in for the server sees other nodes beside itself than the server does.
        let own = client.report().fallback_in_use.is_none();
        let before = entry.cluster.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let told =
            told_of_cluster(&before, status.as_deref(), nodes.as_deref().filter(|_| own), &entry.endpoint.settings);
        if status.is_some() {
            entry.picture().cluster = told.name.as_deref().map(Into::into);
        }
        if told == before {
            return;
        }
        client.set_fallbacks(self.inner.maker.fallbacks(&entry.endpoint.settings, &told.fallbacks));
        match self.remember_cluster(entry, &told).await {
            Ok(()) => *entry.cluster.lock().unwrap_or_else(PoisonError::into_inner) = told,
            Err(error) => {
                tracing::warn!(server.id = %entry.endpoint.id, %error, "what PVE says of its cluster cannot be stored");
            }
        }
    }

    async fn remember_cluster(&self, entry: &Entry, told: &Cluster) -> nexus_store::Result<()> {
        let mut write = self.inner.store.system_write(&self.inner.system).await?;
        // A server that was moved meanwhile has another cluster.
        if write.any_server(entry.endpoint.id).await?.is_some_and(|row| Whereabouts::of(&row) == entry.endpoint.place) {
            let Cluster { name, mark, fallbacks } = told;
            write.set_cluster(entry.endpoint.id, name.as_deref(), mark.as_deref(), fallbacks).await?;
        }
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

/// What is known of the cluster after these answers; what was not told stays as it was.
fn told_of_cluster(
    before: &Cluster,
    status: Option<&[ClusterStatus]>,
    nodes: Option<&[Node]>,
    settings: &Settings,
) -> Cluster {
    let mut told = before.clone();
    if let Some(rows) = status {
        told.name = rows.iter().find_map(|row| match row {
            ClusterStatus::Cluster { name, .. } => Some(name.clone()),
            ClusterStatus::Node { .. } => None,
        });
    }
    let Some(nodes) = nodes else { return told };
    told.mark = mark_of_cluster(nodes);
    if let Some(rows) = status {
        let others = rows.iter().filter_map(|row| match row {
            ClusterStatus::Node { name, ip: Some(ip), local: false, .. } => Some((name, ip)),
            _ => None,
        });
        let fallbacks = others.take(NODES).map(|(name, ip)| {
            let node = nodes.iter().find(|node| node.name == *name);
            let fingerprint = node.and_then(|node| node.fingerprint);
            let fingerprint = fingerprint.map(|bytes| format_fingerprint(&bytes));
            Fallback { node: name.clone(), host: ip.clone(), port: settings.port, fingerprint }
        });
        told.fallbacks = fallbacks.collect();
        told.fallbacks.sort_by(|a, b| a.node.cmp(&b.node));
    }
    told
}

/// SHA-256 in hex over the nodes' fingerprints: the same for every server of one cluster. `None` where PVE tells none.
fn mark_of_cluster(nodes: &[Node]) -> Option<String> {
    let mut fingerprints: Vec<[u8; 32]> = nodes.iter().filter_map(|node| node.fingerprint).collect();
    fingerprints.sort_unstable();
    (!fingerprints.is_empty()).then(|| hex::encode(Sha256::digest(fingerprints.concat())))
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

    fn node(name: &str, fingerprint: Option<[u8; 32]>) -> Node {
        let (cpu, status) = (None, nexus_pve::node::NodeState::Online);
        let (max_cpu, mem, max_mem, disk, max_disk, uptime) = (None, None, None, None, None, None);
        Node { name: name.into(), status, fingerprint, cpu, max_cpu, mem, max_mem, disk, max_disk, uptime }
    }

    fn row(name: &str, ip: &str, local: bool) -> ClusterStatus {
        ClusterStatus::Node { name: name.into(), ip: Some(ip.into()), local, online: true }
    }

    #[test]
    fn servers_spread_evenly_over_their_interval_and_none_waits_too_long() {
        let (began, every) = (Instant::now(), Duration::from_secs(60));
        let mut tenths = [0; 10];
        for n in 0..2000_u128 {
            let id = uuid::Uuid::from_u128(n * 0x1234_5678_9abc_def1).into();
            let mut asked = began;
            for turn in 0..5 {
                let next = next_turn(began, asked, every, id);
                let waits = next.duration_since(asked);
                let usual = waits.as_millis().abs_diff(every.as_millis()) <= 1;
                assert!(if turn == 0 { waits >= every / 4 && waits <= every * 5 / 4 } else { usual }, "{waits:?}");
                asked = next;
            }
            tenths[usize::try_from(asked.duration_since(began).as_secs() % 60 / 6).unwrap()] += 1;
        }
        assert!(tenths.iter().all(|count| (150..250).contains(count)), "{tenths:?}");
    }

    #[test]
    fn what_happens_behind_nexus_shows_in_time() {
        let intervals = crate::fleet::Intervals::default();
        // PVE writes its overview every 10 s and keeps it for 2 s; a turn comes a quarter late at the most.
        assert!(intervals.watched * 5 / 4 + Duration::from_secs(12) <= Duration::from_secs(25));
        // A task is in the list at once.
        assert!(intervals.tasks + Duration::from_secs(1) <= Duration::from_secs(5));
    }

    #[test]
    fn the_cluster_is_remembered_as_it_was_told() {
        let settings = Settings::for_tests(8007);
        let rows = [
            ClusterStatus::Cluster { name: "lab".into(), quorate: true, nodes: Some(3) },
            row("pve3", "10.0.0.3", false),
            row("pve1", "10.0.0.1", true),
            row("pve2", "10.0.0.2", false),
        ];
        let nodes = [node("pve1", Some([1; 32])), node("pve2", Some([2; 32])), node("pve3", None)];
        let told = told_of_cluster(&Cluster::default(), Some(&rows), Some(&nodes), &settings);
        assert_eq!(told.name.as_deref(), Some("lab"));
        let others: Vec<_> = told.fallbacks.iter().map(|f| (f.node.as_str(), f.host.as_str(), f.port)).collect();
        assert_eq!(others, [("pve2", "10.0.0.2", 8007), ("pve3", "10.0.0.3", 8007)]);
        assert_eq!(told.fallbacks[0].fingerprint.as_deref(), Some(format_fingerprint(&[2; 32]).as_str()));
        assert_eq!(told.fallbacks[1].fingerprint, None);
        // What is not told stays; the order of the nodes says nothing.
        assert_eq!(told_of_cluster(&told, None, None, &settings), told);
        let turned = [node("pve2", Some([2; 32])), node("pve3", None), node("pve1", Some([1; 32]))];
        assert_eq!(told_of_cluster(&told, None, Some(&turned), &settings), told);
        assert_eq!(mark_of_cluster(&turned), told.mark);
        assert_ne!(mark_of_cluster(&turned[..2]), told.mark);
        assert_eq!(mark_of_cluster(&[node("pve1", None)]), None);
    }

    #[test]
    fn an_answer_cannot_make_nexus_ask_without_limit() {
        let nodes: Vec<String> = (0..10_000).map(|n| format!("pve{}", n / 2)).collect();
        let busy: HashSet<&str> = nodes.iter().map(String::as_str).collect();
        let asked = to_ask(&nodes, &busy);
        assert_eq!((asked.len(), asked[0].as_str(), asked[63].as_str()), (NODES, "pve0", "pve63"));
        assert_eq!(to_ask(&nodes, &HashSet::from(["pve9", "away"])), ["pve9"]);
    }
}
