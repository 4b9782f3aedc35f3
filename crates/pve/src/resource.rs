//! Rows of `/cluster/resources`: guests, nodes and storages in one list.
//!
//! The rows are up to ten seconds old and shrink to almost nothing when their node is offline (PVE-FACTS 3.5); keeping
//! last known names is the caller's work.

use serde::Deserialize;

use crate::guest::{Kind, RunState, tags, vmid};
use crate::lenient;
use crate::node::NodeState;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub enum Resource {
    /// A virtual machine or container.
    Guest(GuestResource),
    /// A node.
    Node(NodeResource),
    /// A storage as one node sees it.
    Storage(StorageResource),
    /// A pool, network or something newer.
    Other,
}

/// A guest's row.
#[derive(Debug, Clone, PartialEq)]
pub struct GuestResource {
    /// Virtual machine or container.
    pub kind: Kind,
    /// The number, unique in the cluster.
    pub vmid: u32,
    /// The node that it is on.
    pub node: String,
    /// Whether it runs; a paused one says `Running`.
    pub status: RunState,
    /// Its name; absent when the node is offline for longer.
    pub name: Option<String>,
    /// Whether it is a template; `None` when the statistics are missing.
    pub template: Option<bool>,
    /// What holds it (`backup`, `snapshot`, `migrate`…).
    pub lock: Option<String>,
    /// Tags in PVE's order.
    pub tags: Vec<String>,
    /// The pool that it is in.
    pub pool: Option<String>,
    /// Its state under high availability.
    pub ha_state: Option<String>,
    /// Seconds since its start.
    pub uptime: Option<u64>,
    /// Part of `max_cpu` in use, 0 to 1 and sometimes above.
    pub cpu: Option<f64>,
    /// Number of processors.
    pub max_cpu: Option<u64>,
    /// Memory in use, in bytes.
    pub mem: Option<u64>,
    /// Memory, in bytes.
    pub max_mem: Option<u64>,
    /// Disk in use, in bytes; always 0 for virtual machines.
    pub disk: Option<u64>,
    /// Disk, in bytes.
    pub max_disk: Option<u64>,
    /// Bytes received since its start.
    pub net_in: Option<u64>,
    /// Bytes sent since its start.
    pub net_out: Option<u64>,
    /// Bytes read since its start.
    pub disk_read: Option<u64>,
    /// Bytes written since its start.
    pub disk_write: Option<u64>,
}

/// A node's row; the numbers need Sys.Audit.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeResource {
    /// The node's name.
    pub name: String,
    /// Whether it answers.
    pub status: NodeState,
    /// Part of `max_cpu` in use, 0 to 1.
    pub cpu: Option<f64>,
    /// Number of processors.
    pub max_cpu: Option<u64>,
    /// Memory in use, in bytes.
    pub mem: Option<u64>,
    /// Memory, in bytes.
    pub max_mem: Option<u64>,
    /// Root file system in use, in bytes.
    pub disk: Option<u64>,
    /// Root file system, in bytes.
    pub max_disk: Option<u64>,
    /// Seconds since its start.
    pub uptime: Option<u64>,
}

/// A storage's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageResource {
    /// The storage's name.
    pub name: String,
    /// The node that reports it.
    pub node: String,
    /// Whether that node can use it now.
    pub available: bool,
    /// Whether other nodes see the same data.
    pub shared: bool,
    /// The plug-in, as `dir` or `zfspool`.
    pub plugin: Option<String>,
    /// Bytes in use.
    pub disk: Option<u64>,
    /// Bytes in all.
    pub max_disk: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RawResource {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::count")]
    vmid: Option<u64>,
    #[serde(deserialize_with = "lenient::node")]
    node: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::truth")]
    template: Option<bool>,
    #[serde(deserialize_with = "lenient::word")]
    lock: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    tags: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    pool: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    hastate: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    storage: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    plugintype: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    shared: bool,
    #[serde(deserialize_with = "lenient::count")]
    uptime: Option<u64>,
    #[serde(deserialize_with = "lenient::real")]
    cpu: Option<f64>,
    #[serde(deserialize_with = "lenient::count")]
    maxcpu: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    mem: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    maxmem: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    disk: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    maxdisk: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    netin: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    netout: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    diskread: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    diskwrite: Option<u64>,
}

impl From<RawResource> for Resource {
    fn from(raw: RawResource) -> Self {
        let read = match raw.kind.as_deref() {
            Some("qemu") => raw.guest(Kind::Qemu).map(Self::Guest),
            Some("lxc") => raw.guest(Kind::Lxc).map(Self::Guest),
            Some("node") => raw.node().map(Self::Node),
            Some("storage") => raw.storage().map(Self::Storage),
            _ => None,
        };
        read.unwrap_or(Self::Other)
    }
}

impl RawResource {
    fn guest(self, kind: Kind) -> Option<GuestResource> {
        Some(GuestResource {
            kind,
            vmid: vmid(self.vmid)?,
            node: self.node?,
            status: RunState::read(self.status.as_deref()),
            name: self.name,
            template: self.template,
            lock: self.lock,
            tags: tags(self.tags.as_deref()),
            pool: self.pool,
            ha_state: self.hastate,
            uptime: self.uptime,
            cpu: self.cpu,
            max_cpu: self.maxcpu,
            mem: self.mem,
            max_mem: self.maxmem,
            disk: self.disk,
            max_disk: self.maxdisk,
            net_in: self.netin,
            net_out: self.netout,
            disk_read: self.diskread,
            disk_write: self.diskwrite,
        })
    }

    fn node(self) -> Option<NodeResource> {
        Some(NodeResource {
            name: self.node?,
            status: NodeState::read(self.status.as_deref()),
            cpu: self.cpu,
            max_cpu: self.maxcpu,
            mem: self.mem,
            max_mem: self.maxmem,
            disk: self.disk,
            max_disk: self.maxdisk,
            uptime: self.uptime,
        })
    }

    fn storage(self) -> Option<StorageResource> {
        Some(StorageResource {
            name: self.storage?,
            node: self.node?,
            available: self.status.as_deref() == Some("available"),
            shared: self.shared,
            plugin: self.plugintype,
            disk: self.disk,
            max_disk: self.maxdisk,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Resource {
        serde_json::from_str::<RawResource>(text).unwrap().into()
    }

    #[test]
    fn a_recorded_guest_row_is_read() {
        let row = read(
            r#"{"vmid":100,"node":"pve1","status":"running","type":"qemu","tags":"prod;web","maxmem":134217728,"netin":0,
            "diskwrite":0,"uptime":910,"name":"web-01","cpu":0.0567369000058807,"id":"qemu/100","maxcpu":1,"template":0}"#,
        );
        let Resource::Guest(guest) = row else { panic!("{row:?}") };
        assert_eq!((guest.kind, guest.vmid, guest.node.as_str()), (Kind::Qemu, 100, "pve1"));
        assert_eq!((guest.status, guest.template), (RunState::Running, Some(false)));
        assert_eq!((guest.uptime, guest.max_mem, guest.tags.len()), (Some(910), Some(134_217_728), 2));
    }

    #[test]
    fn a_guest_of_a_dead_node_keeps_its_number_alone() {
        let row = read(r#"{"id":"qemu/300","vmid":300,"node":"pve2","type":"qemu","status":"unknown"}"#);
        let Resource::Guest(guest) = row else { panic!("{row:?}") };
        assert_eq!((guest.vmid, guest.status, guest.name, guest.template), (300, RunState::Unknown, None, None));
    }

    #[test]
    fn texts_are_bounded_and_odd_nodes_have_no_guests() {
        let tags = vec!["t".repeat(300); 200].join(";");
        let row = serde_json::json!({"type": "qemu", "vmid": 100, "node": "pve1", "name": "a\u{0}b".repeat(500),
            "pool": "p".repeat(500), "lock": "\u{7}", "tags": tags});
        let Resource::Guest(guest) = read(&row.to_string()) else { panic!() };
        let name = guest.name.unwrap();
        assert_eq!((name.len(), name.contains('\0'), guest.lock), (256, false, None));
        assert_eq!((guest.pool.unwrap().len(), guest.tags.len(), guest.tags[0].len()), (256, 128, 256));
        for node in ["", "../x", "pve 1", "p\u{0}"] {
            for kind in ["qemu", "lxc", "node"] {
                let row = serde_json::json!({"type": kind, "vmid": 100, "node": node});
                assert_eq!(read(&row.to_string()), Resource::Other, "{node}");
            }
        }
    }

    #[test]
    fn nodes_and_storages_are_told_apart_and_the_rest_is_other() {
        assert!(matches!(read(r#"{"type":"node","node":"pve1","status":"online"}"#), Resource::Node(_)));
        let storage = read(r#"{"type":"storage","storage":"local","node":"pve1","shared":"0","status":"available"}"#);
        assert!(matches!(&storage, Resource::Storage(found) if found.available && !found.shared), "{storage:?}");
        assert_eq!(read(r#"{"type":"pool","id":"/pool/a","pool":"a"}"#), Resource::Other);
        assert_eq!(read(r#"{"type":"network","id":"network/pve1/zone/x"}"#), Resource::Other);
        assert_eq!(read(r#"{"type":"qemu","vmid":"ninety"}"#), Resource::Other);
        assert_eq!(read("{}"), Resource::Other);
    }
}
