//! The rows that lists and states are made of, with the fields and types of each version (PVE-FACTS 3.3 to 3.9,
//! PVE-8.3-DIFFERENCES section 5). It must never decide who sees them.

use rand::seq::SliceRandom as _;
use serde_json::{Value, json};

use super::Call;
use crate::config::{Kind, Status, StorageConfig};
use crate::state::{Cluster, Guest, Node};

const MIB: f64 = 1_048_576.0;
const GIB: u64 = 1_073_741_824;
/// Memory of a node.
pub(super) const NODE_MEMORY: u64 = 64 * GIB;
/// Root file system of a node.
pub(super) const NODE_DISK: u64 = 94 * GIB;
/// Processors of a node.
pub(super) const NODE_CPUS: u64 = 16;

/// Numbers of a guest that change while it runs.
pub(super) struct Numbers {
    pub(super) cpu: f64,
    pub(super) mem: f64,
    pub(super) maxmem: f64,
    pub(super) netin: u64,
    pub(super) netout: u64,
    pub(super) diskread: u64,
    pub(super) diskwrite: u64,
}

/// A guest's numbers; all but the limits are 0 when it does not run.
pub(super) fn numbers(cluster: &Cluster, guest: &Guest) -> Numbers {
    let maxmem = f64::from(guest.config.memory) * MIB;
    if !guest.runs() {
        return Numbers { cpu: 0.0, mem: 0.0, maxmem, netin: 0, netout: 0, diskread: 0, diskwrite: 0 };
    }
    let vmid = u64::from(guest.config.vmid);
    let (moved, steady) = (moved(guest), 1 + vmid % 13);
    let idle = guest.config.status == Status::Paused;
    Numbers {
        cpu: if idle { 0.0 } else { cluster.load(vmid) * 0.2 },
        mem: (maxmem * (0.25 + cluster.load(vmid << 20) * 0.1)).floor(),
        maxmem,
        netin: moved * steady * 1733 / 10,
        netout: moved * steady * 911 / 10,
        diskread: 104_857_600 + moved * steady * 401 / 10,
        diskwrite: moved * steady * 1201 / 10,
    }
}

/// Tenths of seconds of steady work since the start; in each minute the first half has three times as much of it as the
/// second, so that counters move, but not evenly.
fn moved(guest: &Guest) -> u64 {
    let uptime = guest.uptime();
    let (minutes, rest) = (uptime / 60, uptime % 60);
    minutes * 600 + rest.min(30) * 15 + rest.saturating_sub(30) * 5
}

/// A whole number as PVE writes it; the values here are far below 2^53.
pub(super) fn whole(number: f64) -> Value {
    format!("{number:.0}").parse::<u64>().unwrap_or_default().into()
}

fn disk_bytes(guest: &Guest) -> u64 {
    u64::from(guest.config.disk) * GIB
}

/// A row of type `qemu` or `lxc` in /cluster/resources.
pub(super) fn guest_resource(call: &Call<'_>, guest: &Guest) -> Value {
    let (cluster, config) = (call.cluster, &guest.config);
    let kind = config.kind.path();
    let mut row = json!({
        "id": format!("{kind}/{}", config.vmid), "vmid": config.vmid, "node": config.node, "type": kind,
    });
    if let Some(lock) = &config.lock {
        row["lock"] = lock.as_str().into();
    }
    if !config.tags.is_empty() {
        row["tags"] = config.tags.join(";").into();
    }
    if config.ha {
        row["hastate"] = guest.ha.into();
    }
    if let Some(pool) = config.pool.as_ref().filter(|pool| call.may(&format!("/pool/{pool}"), &["Pool.Audit"])) {
        row["pool"] = pool.as_str().into();
    }
    if cluster.node(&config.node).is_some_and(|node| node.forgotten(cluster.timing.forget)) {
        row["status"] = "unknown".into();
        return row;
    }
    let reported = guest.reported(cluster.timing.lag);
    let mut shown = guest.clone();
    shown.config.status = reported;
    let numbers = numbers(cluster, &shown);
    let fields = json!({
        "status": if reported == Status::Stopped { "stopped" } else { "running" },
        "name": config.name, "template": u8::from(config.template), "uptime": shown.uptime(),
        "cpu": number(numbers.cpu), "maxcpu": config.cores, "mem": whole(numbers.mem),
        "maxmem": whole(numbers.maxmem), "disk": used_disk(&shown), "maxdisk": disk_bytes(guest),
        "netin": numbers.netin, "netout": numbers.netout, "diskread": numbers.diskread,
        "diskwrite": numbers.diskwrite,
    });
    merge(&mut row, fields);
    if cluster.mode.is_new() {
        row["memhost"] = whole(numbers.mem);
    }
    row
}

/// What a container's root file system holds; QEMU has no such number.
fn used_disk(guest: &Guest) -> u64 {
    if guest.config.kind == Kind::Lxc && guest.runs() { disk_bytes(guest) / 5 } else { 0 }
}

/// 0 without a fraction, as Perl writes it.
fn number(value: f64) -> Value {
    if value == 0.0 { 0.into() } else { value.into() }
}

/// Adds the fields of one object to another.
pub(super) fn merge(row: &mut Value, fields: Value) {
    if let (Some(row), Value::Object(fields)) = (row.as_object_mut(), fields) {
        row.extend(fields);
    }
}

/// The numbers of a node that Sys.Audit shows.
fn node_numbers(cluster: &Cluster, node: &Node) -> Value {
    let seed = node.booted;
    json!({
        "cpu": cluster.load(seed) * 0.4, "maxcpu": NODE_CPUS,
        "mem": whole((0.3 + cluster.load(seed + 1) * 0.1) * 64.0 * 1024.0 * MIB), "maxmem": NODE_MEMORY,
        "disk": NODE_DISK / 7, "maxdisk": NODE_DISK,
        "uptime": crate::wire::epoch().saturating_sub(node.booted),
    })
}

/// The part that a node's row has in /nodes and in /cluster/resources.
fn node_row(call: &Call<'_>, node: &Node) -> Value {
    let mut row = json!({ "id": format!("node/{}", node.name), "node": node.name, "type": "node" });
    if node.outage().is_some() {
        row["status"] = "offline".into();
        return row;
    }
    row["status"] = "online".into();
    row["level"] = "".into();
    if call.may(&format!("/nodes/{}", node.name), &["Sys.Audit"]) {
        merge(&mut row, node_numbers(call.cluster, node));
    }
    row
}

/// A row of /nodes.
pub(super) fn node(call: &Call<'_>, node: &Node) -> Value {
    let mut row = node_row(call, node);
    row["ssl_fingerprint"] = match node.outage() {
        None => node.certificate.get().fingerprint.clone().into(),
        Some(_) => Value::Null,
    };
    row
}

/// A row of type `node` in /cluster/resources.
pub(super) fn node_resource(call: &Call<'_>, node: &Node) -> Value {
    let mut row = node_row(call, node);
    if node.outage().is_none() {
        row["cgroup-mode"] = if call.cluster.mode.is_new() { 2.into() } else { 1.into() };
        if call.cluster.mode.is_new() {
            row["host-arch"] = "x86_64".into();
        }
    }
    row
}

/// The contents of the storage `local`, in whatever order.
pub(super) fn content() -> String {
    let mut kinds = ["vztmpl", "rootdir", "images", "backup", "snippets", "iso"];
    kinds.shuffle(&mut rand::rng());
    kinds.join(",")
}

/// A row of type `storage` in /cluster/resources.
pub(super) fn storage_resource(call: &Call<'_>, node: &Node) -> Value {
    let mut row = json!({
        "id": format!("storage/{}/local", node.name), "node": node.name, "storage": "local", "type": "storage",
        "plugintype": "dir", "shared": 0, "content": content(),
    });
    if node.forgotten(call.cluster.timing.forget) {
        row["status"] = "unknown".into();
    } else {
        merge(&mut row, json!({ "status": "available", "disk": NODE_DISK / 7, "maxdisk": NODE_DISK }));
    }
    row
}

/// The same of a storage beside `local`; a shared one has a row for each node.
pub(super) fn other_storage_resource(call: &Call<'_>, node: &Node, storage: &StorageConfig) -> Value {
    let mut row = json!({
        "id": format!("storage/{}/{}", node.name, storage.name), "node": node.name, "storage": storage.name,
        "type": "storage", "plugintype": storage.plugin, "shared": u8::from(storage.shared), "content": "images",
    });
    if node.forgotten(call.cluster.timing.forget) {
        row["status"] = "unknown".into();
    } else {
        merge(&mut row, json!({ "status": "available", "disk": storage.used, "maxdisk": storage.total }));
    }
    row
}

/// A row of type `pool`; its id starts with a slash.
pub(super) fn pool_resource(call: &Call<'_>, pool: &str) -> Value {
    let mut row = json!({ "id": format!("/pool/{pool}"), "pool": pool, "type": "pool" });
    for (key, value) in super::cluster::pool_sums(call, pool) {
        row[key] = if key == "cpu" { value.into() } else { whole(value) };
    }
    row
}

/// The state of a guest: the row of its node's list, `full` for status/current and lists with `full=1`.
pub(super) fn guest_state(cluster: &Cluster, guest: &Guest, full: bool) -> Value {
    match guest.config.kind {
        Kind::Qemu => qemu_state(cluster, guest, full),
        Kind::Lxc => lxc_state(cluster, guest),
    }
}

/// The fields that both kinds of guests have.
fn state(cluster: &Cluster, guest: &Guest) -> Value {
    let (config, numbers) = (&guest.config, numbers(cluster, guest));
    let mut row = json!({
        "vmid": config.vmid, "name": config.name, "status": if guest.runs() { "running" } else { "stopped" },
        "cpus": config.cores, "cpu": number(numbers.cpu), "mem": whole(numbers.mem),
        "maxmem": whole(numbers.maxmem), "disk": used_disk(guest), "maxdisk": disk_bytes(guest),
        "uptime": guest.uptime(), "netin": numbers.netin, "netout": numbers.netout,
    });
    if guest.runs() {
        row["pid"] = guest.pid.into();
    }
    if !config.tags.is_empty() {
        row["tags"] = config.tags.join(";").into();
    }
    if let Some(lock) = &config.lock {
        row["lock"] = lock.as_str().into();
    }
    if config.template {
        row["template"] = 1.into();
    }
    row
}

const PRESSURES: [&str; 6] = [
    "pressurecpusome",
    "pressurecpufull",
    "pressureiosome",
    "pressureiofull",
    "pressurememorysome",
    "pressurememoryfull",
];

fn qemu_state(cluster: &Cluster, guest: &Guest, full: bool) -> Value {
    let new = cluster.mode.is_new();
    let numbers = numbers(cluster, guest);
    let mut row = state(cluster, guest);
    if new {
        row["memhost"] = whole(numbers.mem);
        if guest.runs() {
            for name in PRESSURES {
                row[name] = 0.into();
            }
        }
    }
    if full {
        row["qmpstatus"] = match guest.config.status {
            Status::Running => "running",
            Status::Stopped => "stopped",
            Status::Paused => "paused",
        }
        .into();
    }
    let counted = full && guest.runs();
    if counted || !new {
        row["diskread"] = if counted { numbers.diskread.into() } else { 0.into() };
        row["diskwrite"] = if counted { numbers.diskwrite.into() } else { 0.into() };
    }
    if counted {
        let (machine, version) = if new { ("pc-i440fx-10.1+pve0", "10.1.2") } else { ("pc-i440fx-9.0+pve0", "9.0.2") };
        row["running-machine"] = machine.into();
        row["running-qemu"] = version.into();
        row["proxmox-support"] =
            json!({ "backup-fleecing": true, "query-bitmap-info": true, "pbs-dirty-bitmap": true });
    }
    row
}

fn lxc_state(cluster: &Cluster, guest: &Guest) -> Value {
    let numbers = numbers(cluster, guest);
    let mut row = state(cluster, guest);
    merge(
        &mut row,
        json!({
            "type": "lxc", "swap": 0, "maxswap": 0, "diskread": numbers.diskread, "diskwrite": numbers.diskwrite,
        }),
    );
    if cluster.mode.is_new() && guest.runs() {
        for name in PRESSURES {
            row[name] = "0.00".into();
        }
    }
    row
}
