//! What PVE says about guests, as one immutable picture of a server, and the difference of two pictures.
//!
//! Pure: no I/O and no clock. PVE's overview is up to 12 s old, calls paused guests running, and loses names of
//! guests whose node is away; what a later look told is therefore laid over it here. It must never show a state
//! that nobody reported.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use nexus_model::{GuestKey, GuestKind, GuestScope, GuestStatus, Micros, ServerId};
use nexus_pve::{GuestResource, Resource, RunState};
use serde::{Deserialize, Serialize};

use super::nodes::{NodeRow, NodeStatus, StorageRow};
use super::rates::{self, Counters, Rates};
use crate::placement::Placed;

/// How long a direct look at a guest counts more than the overview, which PVE writes every 10 s and keeps for 2 s.
pub(crate) const LOOK_COUNTS: Duration = Duration::from_secs(15);

/// A guest as Nexus knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuestRow {
    /// Its key.
    pub key: GuestKey,
    /// Its name; the last known one while PVE tells none.
    pub name: String,
    /// Its state.
    pub status: GuestStatus,
    /// Whether it is a template.
    pub template: bool,
    /// PVE's lock while it holds.
    pub lock: Option<String>,
    /// Where it is now.
    pub node: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its pool, where the token may see it.
    pub pool: Option<String>,
    /// Share of `max_cpu` in use.
    pub cpu: Option<f64>,
    /// Cores.
    pub max_cpu: Option<f64>,
    /// Memory in use.
    pub memory_bytes: Option<u64>,
    /// Memory given.
    pub max_memory_bytes: Option<u64>,
    /// Time since start.
    pub uptime_seconds: Option<u64>,
    /// Disk in use; PVE knows it of containers alone.
    pub disk_bytes: Option<u64>,
    /// Disk given.
    pub max_disk_bytes: Option<u64>,
    /// What it moves.
    pub rates: Rates,
    /// What the next rates are counted from; another process begins anew.
    #[serde(skip)]
    pub(crate) counters: Option<Counters>,
    /// Its state under high availability, in PVE's words; `None` where PVE does not manage it.
    pub ha_state: Option<String>,
    /// Whether its server is provided: what is the provider's own is then not the tenant's to see.
    pub provided: bool,
}

/// What a direct question about one guest told, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) status: GuestStatus,
    pub(crate) lock: Option<String>,
    pub(crate) at: Micros,
}

/// A guest within one server.
pub(crate) type Number = (GuestKind, u32);

/// All that is known of a server's guests at one time. Never changed once made.
#[derive(Debug, Clone)]
pub struct Snapshot {
    server: ServerId,
    data_at: Micros,
    /// By kind and vmid.
    pub(crate) guests: BTreeMap<Number, Arc<GuestRow>>,
    /// By name. None of what is provided: they are not the tenant's.
    pub(crate) nodes: Arc<[NodeRow]>,
    /// By name and node. None of what is provided.
    pub(crate) storages: Arc<[StorageRow]>,
    /// Whether no node was missing from PVE's answer.
    pub(crate) complete: bool,
}

/// What one overview says, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) guests: Vec<GuestResource>,
    pub(crate) nodes: Vec<NodeRow>,
    pub(crate) storages: Vec<StorageRow>,
}

impl Said {
    /// Takes PVE's rows apart.
    pub(crate) fn read(resources: Vec<Resource>) -> Self {
        let mut said = Self::default();
        for resource in resources {
            match resource {
                Resource::Guest(guest) => said.guests.push(guest),
                Resource::Node(node) => said.nodes.push(NodeRow::read(node)),
                Resource::Storage(storage) => said.storages.push(StorageRow::read(storage)),
                Resource::Other => {}
            }
        }
        said.nodes.sort_by(|a, b| a.name.cmp(&b.name));
        said.storages.sort_by(|a, b| (&a.name, &a.node).cmp(&(&b.name, &b.node)));
        said
    }

    /// The nodes that are there.
    pub(crate) fn online(&self) -> Vec<String> {
        let online = self.nodes.iter().filter(|node| node.status == NodeStatus::Online);
        online.map(|node| node.name.clone()).collect()
    }

    /// Whether no node is missing.
    fn is_complete(&self) -> bool {
        !self.nodes.is_empty() && self.nodes.iter().all(|node| node.status == NodeStatus::Online)
    }
}

/// What is laid over the overview.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    /// VMs that a node called paused.
    pub(crate) paused: HashSet<u32>,
    /// Direct looks.
    pub(crate) looks: HashMap<Number, Look>,
}

impl Overlay {
    /// Forgets looks that count no more, and paused VMs that are gone.
    pub(crate) fn tidy(&mut self, now: Micros, snapshot: &Snapshot) {
        self.looks.retain(|_, look| now.since(look.at) < LOOK_COUNTS);
        self.paused.retain(|vmid| snapshot.guests.contains_key(&(GuestKind::Qemu, *vmid)));
    }

    /// The state to show for a guest that PVE's overview calls `said`.
    fn status(&self, number: Number, said: RunState, now: Micros) -> GuestStatus {
        if let Some(look) = self.looks.get(&number).filter(|look| now.since(look.at) < LOOK_COUNTS) {
            return look.status;
        }
        match said {
            RunState::Running if number.0 == GuestKind::Qemu && self.paused.contains(&number.1) => GuestStatus::Paused,
            RunState::Running => GuestStatus::Running,
            RunState::Stopped => GuestStatus::Stopped,
            RunState::Unknown => GuestStatus::Unknown,
        }
    }
}

/// PVE's kinds in Nexus' words.
pub(crate) fn kind_of(kind: nexus_pve::Kind) -> GuestKind {
    match kind {
        nexus_pve::Kind::Qemu => GuestKind::Qemu,
        nexus_pve::Kind::Lxc => GuestKind::Lxc,
    }
}

/// A guest's state as a direct question told it.
pub(crate) fn status_of(told: &nexus_pve::GuestStatus) -> GuestStatus {
    match told.status {
        RunState::Running if told.is_paused() => GuestStatus::Paused,
        RunState::Running => GuestStatus::Running,
        RunState::Stopped => GuestStatus::Stopped,
        RunState::Unknown => GuestStatus::Unknown,
    }
}

impl Snapshot {
    /// Which server's guests these are.
    #[must_use]
    pub fn server(&self) -> ServerId {
        self.server
    }

    /// Where each guest belongs.
    pub(crate) fn placed(&self) -> Vec<Placed> {
        let placed = |row: &Arc<GuestRow>| Placed { guest: row.key, pool: row.pool.clone(), tags: row.tags.clone() };
        self.guests.values().map(placed).collect()
    }

    /// When PVE said all this.
    #[must_use]
    pub fn data_at(&self) -> Micros {
        self.data_at
    }

    /// All guests, by kind and vmid.
    #[must_use]
    pub fn guests(&self) -> Vec<Arc<GuestRow>> {
        self.guests.values().cloned().collect()
    }

    /// One guest.
    #[must_use]
    pub fn guest(&self, key: GuestKey) -> Option<Arc<GuestRow>> {
        self.guests.get(&(key.kind, key.vmid)).filter(|_| key.server == self.server).cloned()
    }

    /// The picture that `said` makes, with names from `before` where PVE tells none.
    pub(crate) fn build(server: ServerId, said: Said, before: Option<&Self>, overlay: &Overlay, now: Micros) -> Self {
        let complete = said.is_complete();
        let rows = said.guests.into_iter().map(|said| {
            let number = (kind_of(said.kind), said.vmid);
            let old = before.and_then(|before| before.guests.get(&number));
            (number, Arc::new(row(server, said, old.map(AsRef::as_ref), overlay, now)))
        });
        let (guests, nodes, storages) = (rows.collect(), said.nodes.into(), said.storages.into());
        Self { server, data_at: now, guests, nodes, storages, complete }
    }

    /// A picture as another process left it.
    pub(super) fn left(
        server: ServerId,
        data_at: Micros,
        guests: Vec<Arc<GuestRow>>,
        (nodes, storages): (Vec<NodeRow>, Vec<StorageRow>),
        complete: bool,
    ) -> Self {
        let guests = guests.into_iter().filter(|row| row.key.server == server);
        let guests = guests.map(|row| ((row.key.kind, row.key.vmid), row)).collect();
        Self { server, data_at, guests, nodes: nodes.into(), storages: storages.into(), complete }
    }

    /// The same picture with the guests of `scope` alone, without nodes and storages.
    pub(crate) fn within(mut self, scope: &GuestScope) -> Self {
        self.guests.retain(|_, row| scope_holds(scope, row));
        for row in self.guests.values_mut().filter(|row| !row.provided) {
            Arc::make_mut(row).provided = true;
        }
        (self.nodes, self.storages) = (Arc::default(), Arc::default());
        self
    }

    /// The same picture with one guest as a direct look found it.
    pub(crate) fn with_look(&self, number: Number, look: &Look) -> Self {
        let mut next = self.clone();
        if let Some(row) = next.guests.get_mut(&number) {
            let row = Arc::make_mut(row);
            row.status = look.status;
            row.lock.clone_from(&look.lock);
            if look.status == GuestStatus::Stopped {
                row.cpu = None;
                row.memory_bytes = None;
                row.uptime_seconds = None;
                (row.counters, row.rates) = (None, Rates::default());
            }
        }
        next
    }

    /// The same picture with VMs paused or not as their nodes said.
    pub(crate) fn with_overlay(&self, overlay: &Overlay, now: Micros) -> Self {
        let mut next = self.clone();
        for (number, row) in &mut next.guests {
            if number.0 == GuestKind::Qemu && matches!(row.status, GuestStatus::Running | GuestStatus::Paused) {
                let status = overlay.status(*number, RunState::Running, now);
                if status != row.status {
                    Arc::make_mut(row).status = status;
                }
            }
        }
        next
    }
}

fn row(server: ServerId, said: GuestResource, old: Option<&GuestRow>, overlay: &Overlay, now: Micros) -> GuestRow {
    let number = (kind_of(said.kind), said.vmid);
    let status = overlay.status(number, said.status, now);
    // A row without a name is the short form (PVE-FACTS 3.5): what does not change by itself is kept.
    let kept = old.filter(|_| said.name.is_none());
    let look = overlay.looks.get(&number).filter(|look| now.since(look.at) < LOOK_COUNTS);
    let counted = Counters::read(&said, now).filter(|_| status != GuestStatus::Stopped);
    // Of VMs PVE says 0, whatever they hold.
    let disk = said.disk.filter(|bytes| number.0 == GuestKind::Lxc || *bytes > 0);
    let (counters, rates) = rates::after(old.map(|old| (old.counters, old.rates)), counted);
    GuestRow {
        key: GuestKey { server, kind: number.0, vmid: number.1 },
        name: said.name.or_else(|| old.map(|old| old.name.clone())).unwrap_or_else(|| fallback_name(number)),
        status,
        template: said.template.or_else(|| kept.map(|old| old.template)).unwrap_or_default(),
        lock: look.map_or(said.lock, |look| look.lock.clone()),
        node: said.node,
        tags: kept.filter(|_| said.tags.is_empty()).map_or(said.tags, |old| old.tags.clone()),
        pool: said.pool.or_else(|| kept.and_then(|old| old.pool.clone())),
        cpu: rates::steady_share(old.and_then(|old| old.cpu), said.cpu.filter(|cpu| cpu.is_finite() && *cpu >= 0.0)),
        max_cpu: said.max_cpu.and_then(|cpus| u32::try_from(cpus).ok()).map(f64::from),
        memory_bytes: rates::steady_bytes(old.and_then(|old| old.memory_bytes), said.mem, said.max_mem),
        max_memory_bytes: said.max_mem,
        uptime_seconds: said.uptime,
        disk_bytes: rates::steady_bytes(old.and_then(|old| old.disk_bytes), disk, said.max_disk),
        max_disk_bytes: said.max_disk,
        rates,
        counters,
        ha_state: said.ha_state,
        provided: false,
    }
}

/// Whether a guest is among those of a limit.
pub(crate) fn scope_holds(scope: &GuestScope, row: &GuestRow) -> bool {
    scope.holds(row.key.vmid, row.pool.as_deref(), row.tags.iter().map(String::as_str))
}

/// PVE's own names for guests without one.
fn fallback_name((kind, vmid): Number) -> String {
    match kind {
        GuestKind::Qemu => format!("VM {vmid}"),
        GuestKind::Lxc => format!("CT{vmid}"),
    }
}

/// What changed between two pictures of one server.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Difference {
    pub(crate) changed: Vec<Arc<GuestRow>>,
    pub(crate) removed: Vec<GuestKey>,
}

impl Difference {
    /// Compares. Numbers that always move stand in a picture until a person would see it; the uptime does not count.
    pub(crate) fn between(before: Option<&Snapshot>, after: &Snapshot) -> Self {
        let empty = BTreeMap::new();
        let old = before.map_or(&empty, |before| &before.guests);
        let changed = after.guests.iter().filter(|(number, row)| old.get(number).is_none_or(|old| differs(old, row)));
        let removed = old.iter().filter(|(number, _)| !after.guests.contains_key(number));
        Self {
            changed: changed.map(|(_, row)| Arc::clone(row)).collect(),
            removed: removed.map(|(_, row)| row.key).collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.removed.is_empty()
    }
}

fn differs(old: &Arc<GuestRow>, new: &Arc<GuestRow>) -> bool {
    if Arc::ptr_eq(old, new) {
        return false;
    }
    old.name != new.name
        || old.status != new.status
        || old.template != new.template
        || old.lock != new.lock
        || old.node != new.node
        || old.tags != new.tags
        || old.pool != new.pool
        || old.max_memory_bytes != new.max_memory_bytes
        || old.max_disk_bytes != new.max_disk_bytes
        || old.rates != new.rates
        || old.ha_state != new.ha_state
        || old.max_cpu != new.max_cpu
        || old.cpu != new.cpu
        || old.memory_bytes != new.memory_bytes
        || old.disk_bytes != new.disk_bytes
        || old.uptime_seconds.is_some() != new.uptime_seconds.is_some()
        || new.uptime_seconds < old.uptime_seconds
}

#[cfg(test)]
pub(crate) mod tests {
    use uuid::Uuid;

    use super::*;

    pub(crate) fn said(vmid: u32, status: RunState) -> GuestResource {
        GuestResource {
            kind: nexus_pve::Kind::Qemu,
            vmid,
            node: "pve1".into(),
            status,
            name: Some(format!("guest{vmid}")),
            template: Some(false),
            lock: None,
            tags: vec!["web".into()],
            pool: Some("p".into()),
            ha_state: None,
            uptime: Some(60),
            cpu: Some(0.5),
            max_cpu: Some(2),
            mem: Some(100),
            max_mem: Some(1000),
            disk: None,
            max_disk: None,
            net_in: None,
            net_out: None,
            disk_read: None,
            disk_write: None,
        }
    }

    fn server() -> ServerId {
        Uuid::from_u128(1).into()
    }

    fn build(guests: Vec<GuestResource>, before: Option<&Snapshot>, overlay: &Overlay, now: i64) -> Snapshot {
        Snapshot::build(server(), Said { guests, ..Said::default() }, before, overlay, Micros(now))
    }

    #[test]
    fn a_guest_whose_node_is_away_keeps_what_was_known() {
        let before = build(vec![said(100, RunState::Running)], None, &Overlay::default(), 0);
        let bare = GuestResource {
            name: None,
            template: None,
            tags: Vec::new(),
            pool: None,
            cpu: None,
            max_cpu: None,
            mem: None,
            max_mem: None,
            uptime: None,
            ..said(100, RunState::Unknown)
        };
        let after =
            build(vec![bare.clone(), GuestResource { vmid: 101, ..bare }], Some(&before), &Overlay::default(), 1);
        let row = &after.guests[&(GuestKind::Qemu, 100)];
        assert_eq!((row.name.as_str(), row.status), ("guest100", GuestStatus::Unknown));
        assert_eq!((row.tags.as_slice(), row.pool.as_deref()), (["web".to_owned()].as_slice(), Some("p")));
        assert_eq!(row.cpu, None);
        assert_eq!(after.guests[&(GuestKind::Qemu, 101)].name, "VM 101");
    }

    #[test]
    fn paused_is_told_from_running() {
        let mut overlay = Overlay::default();
        overlay.paused.insert(100);
        let snapshot = build(
            vec![said(100, RunState::Running), said(101, RunState::Running), said(102, RunState::Stopped)],
            None,
            &overlay,
            0,
        );
        let status = |vmid| snapshot.guests[&(GuestKind::Qemu, vmid)].status;
        assert_eq!(status(100), GuestStatus::Paused);
        assert_eq!(status(101), GuestStatus::Running);
        assert_eq!(status(102), GuestStatus::Stopped);
        let resumed = snapshot.with_overlay(&Overlay::default(), Micros(1));
        assert_eq!(resumed.guests[&(GuestKind::Qemu, 100)].status, GuestStatus::Running);
    }

    #[test]
    fn a_direct_look_counts_more_than_the_stale_overview() {
        let number = (GuestKind::Qemu, 100);
        let look = Look { status: GuestStatus::Stopped, lock: None, at: Micros(0) };
        let mut overlay = Overlay::default();
        overlay.looks.insert(number, look.clone());
        let fresh = build(vec![said(100, RunState::Running)], None, &overlay, 1_000_000);
        assert_eq!(fresh.guests[&number].status, GuestStatus::Stopped);
        let late = build(vec![said(100, RunState::Running)], None, &overlay, 15_000_000);
        assert_eq!(late.guests[&number].status, GuestStatus::Running);
        let looked = late.with_look(number, &look);
        assert_eq!((looked.guests[&number].status, looked.guests[&number].cpu), (GuestStatus::Stopped, None));
        overlay.tidy(Micros(20_000_000), &late);
        assert!(overlay.looks.is_empty());
    }

    #[test]
    fn only_what_a_person_would_see_is_a_change() {
        let none = Overlay::default();
        let before = build(vec![said(100, RunState::Running), said(101, RunState::Running)], None, &none, 0);
        let first = Difference::between(None, &before);
        assert_eq!((first.changed.len(), first.removed.len()), (2, 0));
        let ticking = GuestResource { uptime: Some(70), cpu: Some(0.501), ..said(100, RunState::Running) };
        let same = build(vec![ticking, said(101, RunState::Running)], Some(&before), &none, 1);
        assert!(Difference::between(Some(&before), &same).is_empty());
        let moved = GuestResource { node: "pve2".into(), ..said(100, RunState::Running) };
        let after = build(vec![moved], Some(&before), &none, 2);
        let difference = Difference::between(Some(&before), &after);
        assert_eq!(difference.changed.len(), 1);
        assert_eq!(difference.removed, [GuestKey { server: server(), kind: GuestKind::Qemu, vmid: 101 }]);
        let restarted = GuestResource { uptime: Some(2), ..said(100, RunState::Running) };
        let restarted = build(vec![restarted, said(101, RunState::Running)], Some(&before), &none, 3);
        assert_eq!(Difference::between(Some(&before), &restarted).changed.len(), 1);
    }

    #[test]
    fn what_creeps_is_told_once_it_is_far_enough() {
        let none = Overlay::default();
        let at = |step: u32| {
            let (mem, cpu) = (100 + u64::from(step), 0.5 + f64::from(step) * 0.001);
            GuestResource { mem: Some(mem), cpu: Some(cpu), ..said(100, RunState::Running) }
        };
        let (mut before, mut told) = (build(vec![at(0)], None, &none, 0), Vec::new());
        for step in 1..=20 {
            let next = build(vec![at(step)], Some(&before), &none, i64::from(step));
            let changed = Difference::between(Some(&before), &next).changed;
            told.extend(changed.iter().map(|row| (step, row.memory_bytes.unwrap())));
            before = next;
        }
        assert!((3..=4).contains(&told.len()), "{told:?}");
        assert!(told.iter().all(|(step, memory)| memory.abs_diff(100 + u64::from(*step)) <= 5), "{told:?}");
        let idle = GuestResource { cpu: Some(0.0), ..at(0) };
        let nearly = build(vec![GuestResource { cpu: Some(0.004), ..at(0) }], None, &none, 0);
        assert_eq!(build(vec![idle], Some(&nearly), &none, 1).guests[&(GuestKind::Qemu, 100)].cpu, Some(0.0));
    }

    #[test]
    fn disk_rates_and_the_state_under_ha_are_told() {
        let none = Overlay::default();
        let container = |uptime, net_in, disk: u64, ha: Option<&str>| GuestResource {
            kind: nexus_pve::Kind::Lxc,
            uptime: Some(uptime),
            net_in: Some(net_in),
            disk: Some(disk),
            max_disk: Some(10_000),
            ha_state: ha.map(Into::into),
            ..said(200, RunState::Running)
        };
        let row = |snapshot: &Snapshot| Arc::clone(&snapshot.guests[&(GuestKind::Lxc, 200)]);
        let first = build(vec![container(100, 0, 500, None)], None, &none, 0);
        assert_eq!((row(&first).rates, row(&first).disk_bytes), (Rates::default(), Some(500)));
        let second = build(vec![container(110, 50_000, 520, Some("started"))], Some(&first), &none, 9_000_000);
        let now = row(&second);
        assert_eq!(
            (now.rates.net_in, now.disk_bytes, now.ha_state.as_deref()),
            (Some(5000.0), Some(500), Some("started"))
        );
        assert_eq!(Difference::between(Some(&first), &second).changed.len(), 1);
        let look = Look { status: GuestStatus::Stopped, lock: None, at: Micros(10_000_000) };
        assert_eq!(row(&second.with_look((GuestKind::Lxc, 200), &look)).rates, Rates::default());
        let again = build(vec![container(5, 70_000, 520, Some("started"))], Some(&second), &none, 30_000_000);
        assert_eq!(row(&again).rates, Rates::default(), "it was started anew");
        let vm = GuestResource { disk: Some(0), max_disk: Some(32 << 30), ..said(100, RunState::Running) };
        let vm = build(vec![vm], None, &none, 0).guests[&(GuestKind::Qemu, 100)].clone();
        assert_eq!((vm.disk_bytes, vm.max_disk_bytes), (None, Some(32 << 30)), "PVE does not know what a VM uses");
    }

    #[test]
    fn one_change_among_ten_thousand_is_one_change() {
        let none = Overlay::default();
        let all = || (100..10_100).map(|vmid| said(vmid, RunState::Running)).collect::<Vec<_>>();
        let before = build(all(), None, &none, 0);
        let mut rows = all();
        rows[5000].status = RunState::Stopped;
        let difference = Difference::between(Some(&before), &build(rows, Some(&before), &none, 1));
        assert_eq!((difference.changed.len(), difference.removed.len()), (1, 0));
        assert_eq!(difference.changed[0].key.vmid, 5100);
    }

    #[test]
    fn a_limit_leaves_out_what_it_does_not_name() {
        let tagged =
            |vmid, tag: &str| GuestResource { tags: vec![tag.into()], pool: None, ..said(vmid, RunState::Running) };
        let scope = GuestScope { tags: vec!["school".into()], ..GuestScope::default() };
        let (ours, theirs) = (tagged(100, "school"), tagged(101, "office"));
        let whole = build(vec![ours.clone(), theirs.clone()], None, &Overlay::default(), 0);
        let before = whole.within(&scope);
        assert_eq!(before.guests.keys().collect::<Vec<_>>(), [&(GuestKind::Qemu, 100)]);
        assert!(before.guests.values().all(|row| row.provided));
        // A node that is away tells no tags: who was among them stays, who was not does not come.
        let bare =
            |said: GuestResource| GuestResource { name: None, tags: Vec::new(), status: RunState::Unknown, ..said };
        let away = build(vec![bare(ours), bare(theirs)], Some(&before), &Overlay::default(), 1).within(&scope);
        assert_eq!(away.guests.keys().collect::<Vec<_>>(), [&(GuestKind::Qemu, 100)]);
        let left = build(vec![tagged(100, "office")], Some(&away), &Overlay::default(), 2).within(&scope);
        assert_eq!(Difference::between(Some(&away), &left).removed.len(), 1);
        assert!(left.within(&GuestScope::default()).guests.is_empty());
    }

    #[test]
    fn odd_numbers_are_left_out() {
        let odd = GuestResource { cpu: Some(f64::NAN), max_cpu: None, ..said(100, RunState::Unknown) };
        let snapshot = build(vec![odd], None, &Overlay::default(), 0);
        let row = &snapshot.guests[&(GuestKind::Qemu, 100)];
        assert_eq!((row.cpu, row.max_cpu, row.status), (None, None, GuestStatus::Unknown));
    }
}
