//! Live stats: what a tenant has and uses now.

use axum::Json;
use axum::extract::State;
use nexus_app::access::SeeGuests;
use nexus_app::inventory::NodeStatus;
use nexus_app::stats::{GuestKindCount, GuestStats, LiveStats, NodeCount, NodeStats, ServerCount, StorageStats, Usage};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::May;
use crate::server_view::ServerBriefOut;
use crate::wire::{At, mirrored};

mirrored! {
    /// What a node does; unknown also while its server does not answer.
    NodeStatusOut = NodeStatus { Online, Offline, Unknown }
}

/// Guests of one kind by state; templates are in none of the states and not in the total.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestKindCount)]
pub(crate) struct GuestKindCountOut {
    total: u64,
    running: u64,
    stopped: u64,
    paused: u64,
    unknown: u64,
    templates: u64,
}

impl From<GuestKindCount> for GuestKindCountOut {
    fn from(count: GuestKindCount) -> Self {
        let GuestKindCount { total, running, stopped, paused, unknown, templates } = count;
        Self { total, running, stopped, paused, unknown, templates }
    }
}

/// Guests by kind.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestStats)]
pub(crate) struct GuestStatsOut {
    qemu: GuestKindCountOut,
    lxc: GuestKindCountOut,
}

impl From<GuestStats> for GuestStatsOut {
    fn from(stats: GuestStats) -> Self {
        Self { qemu: stats.qemu.into(), lxc: stats.lxc.into() }
    }
}

/// Nodes by state; those of which nobody knows are in the total alone.
#[derive(Serialize, ToSchema)]
#[schema(as = NodeCount)]
pub(crate) struct NodeCountOut {
    total: u64,
    online: u64,
    offline: u64,
}

impl From<NodeCount> for NodeCountOut {
    fn from(count: NodeCount) -> Self {
        Self { total: count.total, online: count.online, offline: count.offline }
    }
}

/// Active servers by state.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerCount)]
pub(crate) struct ServerCountOut {
    total: u64,
    online: u64,
    degraded: u64,
    offline: u64,
    checking: u64,
}

impl From<ServerCount> for ServerCountOut {
    fn from(count: ServerCount) -> Self {
        let ServerCount { total, online, degraded, offline, checking } = count;
        Self { total, online, degraded, offline, checking }
    }
}

/// How much of something is in use.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
pub(crate) struct UsageOut {
    used: f64,
    total: f64,
    /// Null where the total is 0.
    percent: Option<f64>,
}

impl From<Usage> for UsageOut {
    fn from(usage: Usage) -> Self {
        Self { used: usage.used, total: usage.total, percent: usage.percent() }
    }
}

/// A node.
#[derive(Serialize, ToSchema)]
#[schema(as = NodeStats)]
pub(crate) struct NodeStatsOut {
    server: Uuid,
    server_name: String,
    name: String,
    status: NodeStatusOut,
    /// Share of `max_cpu` in use.
    cpu: Option<f64>,
    max_cpu: Option<f64>,
    memory_bytes: Option<u64>,
    max_memory_bytes: Option<u64>,
    uptime_seconds: Option<u64>,
    running_guests: u64,
    #[schema(value_type = At)]
    data_at: At,
}

impl From<NodeStats> for NodeStatsOut {
    fn from(node: NodeStats) -> Self {
        Self {
            server: node.server.into(),
            server_name: node.server_name,
            name: node.name,
            status: node.status.into(),
            cpu: node.cpu,
            max_cpu: node.max_cpu,
            memory_bytes: node.memory_bytes,
            max_memory_bytes: node.max_memory_bytes,
            uptime_seconds: node.uptime_seconds,
            running_guests: node.running_guests,
            data_at: At(node.data_at),
        }
    }
}

/// A storage; shared ones once for a cluster, then without a node.
#[derive(Serialize, ToSchema)]
#[schema(as = StorageStats)]
pub(crate) struct StorageStatsOut {
    server: Uuid,
    server_name: String,
    name: String,
    node: Option<String>,
    shared: bool,
    available: bool,
    plugin: Option<String>,
    used_bytes: Option<u64>,
    total_bytes: Option<u64>,
}

impl From<StorageStats> for StorageStatsOut {
    fn from(storage: StorageStats) -> Self {
        let StorageStats { server, server_name, name, node, shared, available, plugin, used_bytes, total_bytes } =
            storage;
        let server = server.into();
        Self { server, server_name, name, node, shared, available, plugin, used_bytes, total_bytes }
    }
}

/// What a tenant has and uses now, as far as the person may see it. The sums are null and `missing` is empty for viewers
/// without all guests; the lists of nodes and storages are for managers and up. Nothing but its guests is told of a
/// provided server.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveStats)]
pub(crate) struct LiveStatsOut {
    /// How old the oldest is that was counted; null where nothing was.
    #[schema(value_type = Option<At>)]
    data_at: Option<At>,
    guests: GuestStatsOut,
    nodes: Option<NodeCountOut>,
    servers: Option<ServerCountOut>,
    /// In processors.
    cpu: Option<UsageOut>,
    /// In bytes.
    memory: Option<UsageOut>,
    /// In bytes.
    storage: Option<UsageOut>,
    node_list: Vec<NodeStatsOut>,
    storage_list: Vec<StorageStatsOut>,
    /// Servers that do not answer, since when and why. Nothing of theirs is in the sums; their guests are counted as they
    /// were last seen.
    missing: Vec<ServerBriefOut>,
}

impl From<LiveStats> for LiveStatsOut {
    fn from(stats: LiveStats) -> Self {
        let totals = stats.totals.as_ref();
        Self {
            data_at: stats.data_at.map(At),
            guests: stats.guests.into(),
            nodes: totals.map(|totals| totals.nodes.into()),
            servers: totals.map(|totals| totals.servers.into()),
            cpu: totals.map(|totals| totals.cpu.into()),
            memory: totals.map(|totals| totals.memory.into()),
            storage: totals.map(|totals| totals.storage.into()),
            node_list: stats.nodes.into_iter().map(NodeStatsOut::from).collect(),
            storage_list: stats.storages.into_iter().map(StorageStatsOut::from).collect(),
            missing: stats.missing.into_iter().map(ServerBriefOut::from).collect(),
        }
    }
}

/// What the tenant has and uses now.
#[utoipa::path(get, path = "/tenants/{tenant}/stats", tag = "stats", operation_id = "get_stats", params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = LiveStatsOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn get(State(api): State<Api>, May(grant): May<SeeGuests>) -> Result<Json<LiveStatsOut>, ApiError> {
    Ok(Json(api.app.stats.get(&grant).into()))
}
