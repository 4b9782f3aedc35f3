//! Live stats: what a tenant has and uses now, computed from the newest pictures. Never asks PVE, and invents nothing:
//! what a server that does not answer has in use is not counted, its guests are counted as they were last seen.
//!
//! A cluster that was entered as several servers counts once. Who does not see all guests is told of theirs alone.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use nexus_model::{GuestKey, GuestKind, GuestStatus, Micros, ServerId, ServerStatus, TenantId};

use crate::access::{Grant, SeeGuests};
use crate::background::{Background, Beat};
use crate::events::{Events, Happening};
use crate::guests::Sight;
use crate::inventory::nodes::{NodeRow, StorageRow};
use crate::inventory::{Entry, GuestRow, Inventory, NodeStatus, Snapshot};
use crate::servers::ServerBrief;

/// Guests of one kind by state; templates are in none of the states and not in the total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GuestKindCount {
    /// All but templates.
    pub total: u64,
    /// Running.
    pub running: u64,
    /// Stopped.
    pub stopped: u64,
    /// Paused.
    pub paused: u64,
    /// Nobody knows.
    pub unknown: u64,
    /// Templates.
    pub templates: u64,
}

/// Guests by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GuestStats {
    /// Virtual machines.
    pub qemu: GuestKindCount,
    /// Containers.
    pub lxc: GuestKindCount,
}

/// Nodes by state; those of which nobody knows are in the total alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NodeCount {
    /// All.
    pub total: u64,
    /// Online.
    pub online: u64,
    /// Offline.
    pub offline: u64,
}

/// Active servers by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServerCount {
    /// All.
    pub total: u64,
    /// Online.
    pub online: u64,
    /// Degraded.
    pub degraded: u64,
    /// Offline.
    pub offline: u64,
    /// Not asked yet, or for the first time.
    pub checking: u64,
}

/// How much of something is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// So much.
    pub used: f64,
    /// Of so much.
    pub total: f64,
}

impl Usage {
    /// The share in percent; `None` where there is nothing.
    #[must_use]
    pub fn percent(&self) -> Option<f64> {
        (self.total > 0.0).then(|| (self.used / self.total * 1000.0).round() / 10.0)
    }

    fn add(&mut self, used: f64, total: f64) {
        self.used += used;
        self.total += total;
    }

    #[expect(clippy::cast_precision_loss, reason = "bytes are shown with three digits")]
    fn add_bytes(&mut self, used: Option<u64>, total: Option<u64>) {
        if let (Some(used), Some(total)) = (used, total) {
            self.add(used as f64, total as f64);
        }
    }
}

/// Sums over everything that answers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Nodes.
    pub nodes: NodeCount,
    /// Servers.
    pub servers: ServerCount,
    /// Processors.
    pub cpu: Usage,
    /// Memory in bytes.
    pub memory: Usage,
    /// Storage in bytes.
    pub storage: Usage,
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeStats {
    /// By which server it is known.
    pub server: ServerId,
    /// That server's name.
    pub server_name: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub status: NodeStatus,
    /// Share of `max_cpu` in use.
    pub cpu: Option<f64>,
    /// Processors.
    pub max_cpu: Option<f64>,
    /// Memory in use.
    pub memory_bytes: Option<u64>,
    /// Memory.
    pub max_memory_bytes: Option<u64>,
    /// Since its start.
    pub uptime_seconds: Option<u64>,
    /// Guests that run on it.
    pub running_guests: u64,
    /// When PVE said all this.
    pub data_at: Micros,
}

/// A storage; a shared one once for a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageStats {
    /// By which server it is known.
    pub server: ServerId,
    /// That server's name.
    pub server_name: String,
    /// Its name.
    pub name: String,
    /// Its node; `None` for a shared one.
    pub node: Option<String>,
    /// Whether all nodes share it.
    pub shared: bool,
    /// Whether it can be used now.
    pub available: bool,
    /// What it is made of.
    pub plugin: Option<String>,
    /// In use.
    pub used_bytes: Option<u64>,
    /// In all.
    pub total_bytes: Option<u64>,
}

/// What a tenant has and uses now, as far as one person may see it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LiveStats {
    /// How old the oldest is that was counted; `None` where nothing was.
    pub data_at: Option<Micros>,
    /// Guests by kind and state.
    pub guests: GuestStats,
    /// `None` for who does not see all guests.
    pub totals: Option<Totals>,
    /// By server and name; for managers and up.
    pub nodes: Vec<NodeStats>,
    /// By server, name and node; for managers and up.
    pub storages: Vec<StorageStats>,
    /// Servers that do not answer.
    pub missing: Vec<ServerBrief>,
}

/// One server's part of it.
struct Part {
    brief: ServerBrief,
    created_at: Micros,
    /// What tells its cluster from others; `None` where that is not known, or not to be compared.
    mark: Option<String>,
    snapshot: Option<Arc<Snapshot>>,
}

impl Part {
    fn of(entry: &Entry) -> Self {
        let (brief, mark) = (entry.brief(), entry.cluster_mark());
        Self { brief, created_at: entry.endpoint.created_at, mark, snapshot: entry.snapshot() }
    }

    fn is_away(&self) -> bool {
        self.brief.status == ServerStatus::Offline
    }

    fn is_missing(&self) -> bool {
        self.is_away() || (self.snapshot.is_none() && self.brief.error.is_some())
    }
}

/// What was counted already of clusters that several servers show.
#[derive(Default)]
struct Counted<'p> {
    /// The marks that several servers have.
    several: HashSet<&'p str>,
    guests: HashSet<(&'p str, GuestKind, u32)>,
    nodes: HashSet<(&'p str, &'p str)>,
    storages: HashSet<(&'p str, &'p str, Option<&'p str>)>,
}

impl<'p> Counted<'p> {
    fn new(parts: &'p [Part]) -> Self {
        let (mut seen, mut several) = (HashSet::new(), HashSet::new());
        for mark in parts.iter().filter_map(|part| part.mark.as_deref()) {
            if !seen.insert(mark) {
                several.insert(mark);
            }
        }
        Self { several, ..Self::default() }
    }

    /// The part's cluster, where other servers show it too.
    fn cluster(&self, part: &'p Part) -> Option<&'p str> {
        part.mark.as_deref().filter(|mark| self.several.contains(mark))
    }

    fn is_new(&mut self, cluster: Option<&'p str>, row: &GuestRow) -> bool {
        cluster.is_none_or(|mark| self.guests.insert((mark, row.key.kind, row.key.vmid)))
    }
}

/// Servers that answer before others, then the older ones: what several show is counted by the first.
fn in_order(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by_key(|part| (part.is_away(), part.created_at, part.brief.id));
    parts
}

fn count(stats: &mut GuestStats, row: &GuestRow) {
    let count = match row.key.kind {
        GuestKind::Qemu => &mut stats.qemu,
        GuestKind::Lxc => &mut stats.lxc,
    };
    if row.template {
        count.templates += 1;
        return;
    }
    count.total += 1;
    match row.status {
        GuestStatus::Running => count.running += 1,
        GuestStatus::Stopped => count.stopped += 1,
        GuestStatus::Paused => count.paused += 1,
        GuestStatus::Unknown => count.unknown += 1,
    }
}

fn count_servers(parts: &[Part]) -> ServerCount {
    let mut count = ServerCount::default();
    for part in parts {
        count.total += 1;
        match part.brief.status {
            ServerStatus::Online => count.online += 1,
            ServerStatus::Degraded => count.degraded += 1,
            ServerStatus::Offline => count.offline += 1,
            ServerStatus::Unknown | ServerStatus::Checking => count.checking += 1,
        }
    }
    count
}

fn oldest(known: Option<Micros>, at: Micros) -> Option<Micros> {
    Some(known.map_or(at, |known| known.min(at)))
}

/// All of a tenant.
fn whole(parts: &[Part]) -> LiveStats {
    let mut counted = Counted::new(parts);
    let mut stats = LiveStats::default();
    let mut totals = Totals { servers: count_servers(parts), ..Totals::default() };
    for part in parts {
        let Some(snapshot) = &part.snapshot else { continue };
        let cluster = counted.cluster(part);
        let mut counts = cluster.is_none();
        let mut running: HashMap<&str, u64> = HashMap::new();
        for row in snapshot.guests.values() {
            if row.status == GuestStatus::Running && !row.template {
                *running.entry(row.node.as_str()).or_default() += 1;
            }
            if counted.is_new(cluster, row) {
                counts = true;
                count(&mut stats.guests, row);
            }
        }
        for node in snapshot.nodes.iter() {
            if cluster.is_none_or(|mark| counted.nodes.insert((mark, node.name.as_str()))) {
                counts = true;
                let running = running.get(node.name.as_str()).copied().unwrap_or_default();
                let node = node_stats(part, node, running, snapshot.data_at());
                add_node(&mut totals, &node);
                stats.nodes.push(node);
            }
        }
        for storage in storages(&snapshot.storages) {
            let node = Some(storage.node.as_str()).filter(|_| !storage.shared);
            if cluster.is_none_or(|mark| counted.storages.insert((mark, storage.name.as_str(), node))) {
                counts = true;
                let storage = storage_stats(part, storage);
                totals.storage.add_bytes(storage.used_bytes, storage.total_bytes);
                stats.storages.push(storage);
            }
        }
        if counts {
            stats.data_at = oldest(stats.data_at, snapshot.data_at());
        }
    }
    stats.nodes.sort_by(|a, b| (&a.server_name, a.server, &a.name).cmp(&(&b.server_name, b.server, &b.name)));
    let place = |row: &StorageStats| (row.server_name.clone(), row.server, row.name.clone(), row.node.clone());
    stats.storages.sort_by_key(place);
    stats.missing = parts.iter().filter(|part| part.is_missing()).map(|part| part.brief.clone()).collect();
    stats.missing.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    stats.totals = Some(totals);
    stats
}

/// The storages of a picture, each shared one once: as a node on which it can be used tells it, where there is one.
fn storages(rows: &[StorageRow]) -> impl Iterator<Item = &StorageRow> {
    let mut shared: HashMap<&str, &StorageRow> = HashMap::new();
    for row in rows.iter().filter(|row| row.shared) {
        let known = shared.entry(row.name.as_str()).or_insert(row);
        if !known.available && row.available {
            *known = row;
        }
    }
    rows.iter().filter(move |row| !row.shared || std::ptr::eq(*row, shared[row.name.as_str()]))
}

fn node_stats(part: &Part, node: &NodeRow, running_guests: u64, data_at: Micros) -> NodeStats {
    // What a server that is away said of a node is not known any more.
    let here = !part.is_away();
    NodeStats {
        server: part.brief.id,
        server_name: part.brief.name.clone(),
        name: node.name.clone(),
        status: if here { node.status } else { NodeStatus::Unknown },
        cpu: node.cpu.filter(|_| here),
        max_cpu: node.max_cpu.filter(|_| here),
        memory_bytes: node.memory_bytes.filter(|_| here),
        max_memory_bytes: node.max_memory_bytes.filter(|_| here),
        uptime_seconds: node.uptime_seconds.filter(|_| here),
        running_guests,
        data_at,
    }
}

fn add_node(totals: &mut Totals, node: &NodeStats) {
    totals.nodes.total += 1;
    match node.status {
        NodeStatus::Online => totals.nodes.online += 1,
        NodeStatus::Offline => totals.nodes.offline += 1,
        NodeStatus::Unknown => {}
    }
    if let (Some(cpu), Some(max)) = (node.cpu, node.max_cpu) {
        totals.cpu.add(cpu * max, max);
    }
    totals.memory.add_bytes(node.memory_bytes, node.max_memory_bytes);
}

fn storage_stats(part: &Part, row: &StorageRow) -> StorageStats {
    let available = row.available && !part.is_away();
    StorageStats {
        server: part.brief.id,
        server_name: part.brief.name.clone(),
        name: row.name.clone(),
        node: Some(row.node.clone()).filter(|_| !row.shared),
        shared: row.shared,
        available,
        plugin: row.plugin.clone(),
        used_bytes: row.used_bytes.filter(|_| available),
        total_bytes: row.total_bytes.filter(|_| available),
    }
}

/// These guests alone.
fn part_of(parts: &[Part], guests: impl Iterator<Item = GuestKey>) -> LiveStats {
    let mut by_server: HashMap<ServerId, Vec<GuestKey>> = HashMap::new();
    for key in guests {
        by_server.entry(key.server).or_default().push(key);
    }
    let (mut counted, mut stats) = (Counted::new(parts), LiveStats::default());
    for part in parts {
        let (Some(snapshot), Some(keys)) = (&part.snapshot, by_server.get(&part.brief.id)) else { continue };
        let cluster = counted.cluster(part);
        for row in keys.iter().filter_map(|key| snapshot.guests.get(&(key.kind, key.vmid))) {
            if counted.is_new(cluster, row) {
                count(&mut stats.guests, row);
                stats.data_at = oldest(stats.data_at, snapshot.data_at());
            }
        }
    }
    stats
}

/// What of the whole a person may see who sees all guests: nodes and storages by name are for managers.
fn as_seen(mut whole: LiveStats, sight: &Sight) -> LiveStats {
    if !sight.is_manager() {
        whole.nodes.clear();
        whole.storages.clear();
    }
    whole.missing = whole.missing.into_iter().filter_map(|brief| sight.server(brief)).collect();
    whole
}

fn parts<'e>(entries: impl IntoIterator<Item = &'e Arc<Entry>>) -> Vec<Part> {
    in_order(entries.into_iter().map(|entry| Part::of(entry)).collect())
}

fn seen(parts: &[Part], sight: &Sight) -> LiveStats {
    if sight.sees_all() { as_seen(whole(parts), sight) } else { part_of(parts, sight.single().into_iter()) }
}

/// A tenant's totals at one time, for everybody who watches it.
#[derive(Clone)]
pub(crate) struct Frame {
    /// The same for all who see all guests.
    whole: Arc<LiveStats>,
    /// For those who do not. Pictures are not kept alive by it.
    entries: Arc<[Weak<Entry>]>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("servers", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Frame {
    /// What one person is told.
    pub(crate) fn of(&self, sight: &Sight) -> LiveStats {
        if sight.sees_all() {
            return as_seen((*self.whole).clone(), sight);
        }
        let entries: Vec<Arc<Entry>> = self.entries.iter().filter_map(Weak::upgrade).collect();
        part_of(&parts(&entries), sight.single().into_iter())
    }
}

/// Computes live stats. Cheap to clone.
#[derive(Clone)]
pub struct Stats {
    inventory: Inventory,
    events: Events,
}

impl Stats {
    /// Starts the task that tells those who watch.
    pub(crate) fn start(inventory: Inventory, events: Events, background: &Background, every: Duration) -> Self {
        let stats = Self { inventory, events };
        let own = stats.clone();
        background.start("stats", move |beat| own.clone().tell(beat, every));
        stats
    }

    /// What the tenant has and uses now, as far as the person may see it.
    #[must_use]
    pub fn get(&self, grant: &Grant<SeeGuests>) -> LiveStats {
        seen(&parts(&self.inventory.of_tenant(grant.tenant_id())), &Sight::of(grant))
    }

    /// Tells each watched tenant's totals after they changed, and no more often than every `every`.
    async fn tell(self, beat: Beat, every: Duration) {
        let mut told: HashMap<TenantId, Arc<LiveStats>> = HashMap::new();
        loop {
            let stirred = tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                stirred = self.inventory.stirred() => stirred,
            };
            told.retain(|tenant, _| self.events.is_watched(*tenant));
            for tenant in stirred.into_iter().filter(|tenant| self.events.is_watched(*tenant)) {
                let entries = self.inventory.of_tenant(tenant);
                let whole = Arc::new(whole(&parts(&entries)));
                if told.get(&tenant) != Some(&whole) {
                    told.insert(tenant, Arc::clone(&whole));
                    let entries = entries.iter().map(Arc::downgrade).collect();
                    self.events.tell(tenant, Happening::Stats(Frame { whole, entries }));
                }
                tokio::task::yield_now().await;
            }
            beat.done();
            if !beat.nap(every).await {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
