//! Tests of the sums by themselves.

use nexus_model::{GuestScope, VmidRange};
use nexus_pve::node::NodeState;
use nexus_pve::{GuestResource, NodeResource, Resource, RunState, StorageResource};
use uuid::Uuid;

use super::*;
use crate::inventory::{guest_of_pve, picture_of};

const GIB: u64 = 1 << 30;

fn id(n: u128) -> ServerId {
    Uuid::from_u128(n).into()
}

fn guest(vmid: u32, node: &str, status: RunState) -> Resource {
    Resource::Guest(GuestResource { node: node.into(), ..guest_of_pve(vmid, status) })
}

fn node(name: &str, status: NodeState, cpu: f64) -> Resource {
    Resource::Node(NodeResource {
        name: name.into(),
        status,
        cpu: Some(cpu),
        max_cpu: Some(8),
        mem: Some(2 * GIB),
        max_mem: Some(16 * GIB),
        disk: None,
        max_disk: None,
        uptime: Some(60),
    })
}

fn storage(name: &str, node: &str, shared: bool, available: bool) -> Resource {
    Resource::Storage(StorageResource {
        name: name.into(),
        node: node.into(),
        available,
        shared,
        plugin: Some("dir".into()),
        disk: Some(GIB),
        max_disk: Some(4 * GIB),
    })
}

/// A cluster of two nodes, one of them away, with three guests, a template and a shared storage.
fn rows() -> Vec<Resource> {
    let template = GuestResource { template: Some(true), ..guest_of_pve(104, RunState::Stopped) };
    let container = GuestResource { kind: nexus_pve::Kind::Lxc, ..guest_of_pve(200, RunState::Running) };
    vec![
        guest(100, "pve1", RunState::Running),
        guest(101, "pve2", RunState::Unknown),
        Resource::Guest(template),
        Resource::Guest(container),
        node("pve1", NodeState::Online, 0.5),
        node("pve2", NodeState::Offline, 0.5),
        storage("ceph", "pve1", true, true),
        storage("ceph", "pve2", true, false),
        storage("local", "pve1", false, true),
        storage("local", "pve2", false, false),
    ]
}

fn part(n: u128, status: ServerStatus, mark: Option<&str>, rows: Vec<Resource>, at: i64) -> Part {
    let brief = ServerBrief {
        id: id(n),
        name: format!("Rack {n}"),
        status,
        data_at: Some(Micros(at)),
        error: (status == ServerStatus::Offline).then(|| "no route".into()),
        tailscale: false,
        tailscale_host: None,
    };
    let snapshot = Some(picture_of(id(n), rows, Micros(at), None));
    let created_at = Micros(i64::try_from(n).unwrap());
    Part { brief, created_at, mark: mark.map(Into::into), snapshot }
}

fn key(n: u128, vmid: u32) -> GuestKey {
    GuestKey { server: id(n), kind: GuestKind::Qemu, vmid }
}

#[test]
fn nodes_that_are_away_have_no_load_and_templates_no_state() {
    let stats = whole(&[part(1, ServerStatus::Online, None, rows(), 7)]);
    let qemu = GuestKindCount { total: 2, running: 1, unknown: 1, templates: 1, ..GuestKindCount::default() };
    let lxc = GuestKindCount { total: 1, running: 1, ..GuestKindCount::default() };
    assert_eq!(stats.guests, GuestStats { qemu, lxc });
    let totals = stats.totals.unwrap();
    assert_eq!(totals.nodes, NodeCount { total: 2, online: 1, offline: 1 });
    assert_eq!((totals.cpu, totals.cpu.percent()), (Usage { used: 4.0, total: 8.0 }, Some(50.0)));
    assert_eq!(totals.memory.percent(), Some(12.5));
    assert_eq!((stats.nodes[0].running_guests, stats.nodes[1].memory_bytes), (2, None));
    assert_eq!((stats.data_at, stats.missing.len()), (Some(Micros(7)), 0));
    assert_eq!(Usage::default().percent(), None);
}

#[test]
fn a_shared_storage_counts_once_and_by_a_node_that_reaches_it() {
    for swapped in [false, true] {
        let mut rows = rows();
        if swapped {
            rows.reverse();
            rows.iter_mut().for_each(|row| {
                if let Resource::Storage(storage) = row {
                    storage.available = storage.shared && !storage.available;
                }
            });
        }
        let stats = whole(&[part(1, ServerStatus::Online, None, rows, 7)]);
        let names: Vec<_> = stats.storages.iter().map(|row| (row.name.as_str(), row.node.as_deref())).collect();
        assert_eq!(names, [("ceph", None), ("local", Some("pve1")), ("local", Some("pve2"))]);
        assert!(stats.storages[0].available, "some node reaches it");
    }
    let totals = whole(&[part(1, ServerStatus::Online, None, rows(), 7)]).totals.unwrap();
    #[expect(clippy::cast_precision_loss, reason = "whole GiB")]
    let expected = Usage { used: 2.0 * GIB as f64, total: 8.0 * GIB as f64 };
    assert_eq!(totals.storage, expected, "what is not available is not counted");
}

#[test]
fn nothing_is_invented_of_a_server_that_is_away() {
    let away = part(2, ServerStatus::Offline, None, rows(), 3);
    let stats = whole(&[part(1, ServerStatus::Online, None, rows(), 7), away]);
    let totals = stats.totals.unwrap();
    assert_eq!(totals.nodes, NodeCount { total: 4, online: 1, offline: 1 });
    assert_eq!(totals.cpu.total.to_bits(), 8.0_f64.to_bits());
    assert_eq!((totals.servers.online, totals.servers.offline), (1, 1));
    assert_eq!(stats.guests.qemu.total, 4, "its guests are counted as they were last seen");
    assert_eq!(stats.data_at, Some(Micros(3)), "and the time says how old that is");
    let missing: Vec<_> = stats.missing.iter().map(|server| (server.id, server.error.as_deref())).collect();
    assert_eq!(missing, [(id(2), Some("no route"))]);
    let lost = stats.nodes.iter().find(|node| node.server == id(2)).unwrap();
    assert_eq!((lost.status, lost.cpu, lost.max_memory_bytes), (NodeStatus::Unknown, None, None));
}

#[test]
fn a_cluster_that_was_entered_twice_counts_once() {
    let online = ServerStatus::Online;
    let one = whole(&[part(1, online, Some("m"), rows(), 7)]);
    let two = whole(&in_order(vec![part(2, online, Some("m"), rows(), 3), part(1, online, Some("m"), rows(), 7)]));
    assert_eq!((one.guests, one.nodes.clone(), one.storages.clone()), (two.guests, two.nodes, two.storages));
    assert_eq!(two.data_at, Some(Micros(7)), "what is not counted is not old");
    let others = whole(&[part(1, online, Some("m"), rows(), 7), part(2, online, Some("n"), rows(), 7)]);
    assert_eq!(others.guests.qemu.total, 4);
    // The one that answers comes before the older one; a guest that only one of them sees counts.
    let mut more = rows();
    more.push(guest(150, "pve1", RunState::Stopped));
    let older_away = whole(&in_order(vec![
        part(1, ServerStatus::Offline, Some("m"), rows(), 3),
        part(2, online, Some("m"), more, 7),
    ]));
    assert_eq!((older_away.guests.qemu.total, older_away.nodes[0].server), (3, id(2)));
    assert_eq!((older_away.totals.unwrap().nodes.online, older_away.data_at), (1, Some(Micros(7))));
}

#[test]
fn who_does_not_see_all_guests_is_told_of_theirs_alone() {
    let online = ServerStatus::Online;
    let parts = in_order(vec![part(1, online, Some("m"), rows(), 7), part(2, online, Some("m"), rows(), 3)]);
    let keys = [key(1, 100), key(2, 100), key(1, 104), key(1, 999), key(3, 100)];
    let stats = part_of(&parts, keys.into_iter());
    let qemu = GuestKindCount { total: 1, running: 1, templates: 1, ..GuestKindCount::default() };
    assert_eq!(stats.guests, GuestStats { qemu, lxc: GuestKindCount::default() });
    assert_eq!((stats.totals, stats.nodes.len(), stats.storages.len(), stats.missing.len()), (None, 0, 0, 0));
    assert_eq!(stats.data_at, Some(Micros(7)));
    assert_eq!(part_of(&parts, std::iter::empty()), LiveStats::default());
}

#[test]
fn of_what_is_provided_guests_alone_are_told() {
    let mut provided = part(1, ServerStatus::Online, None, Vec::new(), 7);
    let scope = GuestScope { vmids: vec![VmidRange { from: 100, to: 100 }], ..GuestScope::default() };
    provided.snapshot = Some(picture_of(id(1), rows(), Micros(7), Some(&scope)));
    let stats = whole(&[provided]);
    assert_eq!((stats.guests.qemu.total, stats.guests.lxc.total), (1, 0));
    assert_eq!((stats.nodes.len(), stats.storages.len()), (0, 0));
    let totals = stats.totals.unwrap();
    assert_eq!((totals.nodes.total, totals.cpu, totals.servers.total), (0, Usage::default(), 1));
}
