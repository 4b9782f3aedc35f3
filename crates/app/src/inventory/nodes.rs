//! Nodes and storages as the overview tells them, for totals. Pure.
//!
//! A number that PVE does not tell is not known: a node that is away has neither load nor memory, whatever it had before.

use nexus_pve::node::NodeState;
use nexus_pve::{NodeResource, StorageResource};
use serde::{Deserialize, Serialize};

/// What a node does, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeStatus {
    /// Takes part in its cluster.
    Online,
    /// Does not.
    Offline,
    /// Nobody knows, or nobody knows any more.
    Unknown,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct NodeRow {
    pub(crate) name: String,
    pub(crate) status: NodeStatus,
    /// Share of `max_cpu` in use.
    pub(crate) cpu: Option<f64>,
    /// Processors.
    pub(crate) max_cpu: Option<f64>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) max_memory_bytes: Option<u64>,
    pub(crate) uptime_seconds: Option<u64>,
}

impl NodeRow {
    pub(crate) fn read(said: NodeResource) -> Self {
        let status = match said.status {
            NodeState::Online => NodeStatus::Online,
            NodeState::Offline => NodeStatus::Offline,
            NodeState::Unknown => NodeStatus::Unknown,
        };
        let online = status == NodeStatus::Online;
        Self {
            name: said.name,
            status,
            cpu: said.cpu.filter(|cpu| online && cpu.is_finite() && *cpu >= 0.0),
            max_cpu: said.max_cpu.filter(|_| online).and_then(|cpus| u32::try_from(cpus).ok()).map(f64::from),
            memory_bytes: said.mem.filter(|_| online),
            max_memory_bytes: said.max_mem.filter(|_| online),
            uptime_seconds: said.uptime.filter(|_| online),
        }
    }
}

/// A storage on one node; a shared one is told once for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StorageRow {
    pub(crate) name: String,
    pub(crate) node: String,
    pub(crate) shared: bool,
    pub(crate) available: bool,
    pub(crate) plugin: Option<String>,
    pub(crate) used_bytes: Option<u64>,
    pub(crate) total_bytes: Option<u64>,
}

impl StorageRow {
    pub(crate) fn read(said: StorageResource) -> Self {
        let StorageResource { name, node, available, shared, plugin, disk, max_disk } = said;
        let (used_bytes, total_bytes) = (disk.filter(|_| available), max_disk.filter(|_| available));
        Self { name, node, shared, available, plugin, used_bytes, total_bytes }
    }
}
