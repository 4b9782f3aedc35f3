//! Servers on the wire: what they are, how they are reached and how they are doing.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexus_app::servers::{
    GuestCount, NodeHealth, ServerBrief, ServerConnection, ServerFallback, ServerHealth, ServerMay, ServerView,
    WayHealth,
};
use nexus_model::{GuestScope, ServerOrigin, ServerStatus, Tls, Way};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::guest::ServerNameOut;
use crate::wire::{At, mirrored};

mirrored! {
    /// Who brought a server: the tenant, the settings of the process, or a system admin.
    ServerOriginOut = ServerOrigin { Own, Environment, Provided }
}

mirrored! {
    /// How a server is reached.
    WayOut = Way { Direct, Tailscale }
}

/// Some vmids, both ends among them.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = VmidRange)]
pub(crate) struct VmidRangeOut {
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// The guests that a provided server is limited to: those in any of these.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = GuestScope)]
pub(crate) struct GuestScopeOut {
    pub(crate) pools: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) vmids: Vec<VmidRangeOut>,
}

impl From<GuestScope> for GuestScopeOut {
    fn from(scope: GuestScope) -> Self {
        let vmids = scope.vmids.into_iter().map(|range| VmidRangeOut { from: range.from, to: range.to });
        Self { pools: scope.pools, tags: scope.tags, vmids: vmids.collect() }
    }
}

/// How the certificate is checked.
#[derive(Serialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
#[schema(as = Tls)]
pub(crate) enum TlsOut {
    /// By a public or configured CA.
    Verify,
    /// By this cluster's own CA.
    Ca {
        /// PEM.
        ca_pem: String,
    },
    /// The leaf has this fingerprint.
    Pin {
        /// SHA-256, upper-case hex pairs with colons.
        fingerprint: String,
    },
    /// Not at all.
    Insecure,
}

impl From<Tls> for TlsOut {
    fn from(tls: Tls) -> Self {
        match tls {
            Tls::Verify => Self::Verify,
            Tls::Ca { ca_pem } => Self::Ca { ca_pem },
            Tls::Pin { fingerprint } => Self::Pin { fingerprint },
            Tls::Insecure => Self::Insecure,
        }
    }
}

/// How a server is doing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ServerStatus)]
pub(crate) enum ServerStatusOut {
    Unknown,
    Checking,
    Online,
    Degraded,
    Offline,
}

impl From<ServerStatus> for ServerStatusOut {
    fn from(status: ServerStatus) -> Self {
        match status {
            ServerStatus::Unknown => Self::Unknown,
            ServerStatus::Checking => Self::Checking,
            ServerStatus::Online => Self::Online,
            ServerStatus::Degraded => Self::Degraded,
            ServerStatus::Offline => Self::Offline,
        }
    }
}

/// How fresh one server's part of a list is.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerBrief)]
pub(crate) struct ServerBriefOut {
    id: Uuid,
    name: String,
    status: ServerStatusOut,
    #[schema(value_type = Option<At>)]
    data_at: Option<At>,
    /// What is wrong; null for viewers.
    error: Option<String>,
    /// Whether Tailscale was the way that worked last; never of provided servers.
    tailscale: bool,
    /// The server's host there; null for viewers.
    tailscale_host: Option<String>,
}

impl From<ServerBrief> for ServerBriefOut {
    fn from(server: ServerBrief) -> Self {
        Self {
            id: server.id.into(),
            name: server.name,
            status: server.status.into(),
            data_at: server.data_at.map(At),
            error: server.error,
            tailscale: server.tailscale,
            tailscale_host: server.tailscale_host,
        }
    }
}

/// How many guests a server has, by state; templates left out.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestCount)]
pub(crate) struct GuestCountOut {
    running: usize,
    stopped: usize,
    other: usize,
}

/// What the person may do with a server.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerMay)]
pub(crate) struct ServerMayOut {
    edit: bool,
    delete: bool,
    test: bool,
}

impl From<ServerMay> for ServerMayOut {
    fn from(may: ServerMay) -> Self {
        Self { edit: may.edit, delete: may.delete, test: may.test }
    }
}

impl From<GuestCount> for GuestCountOut {
    fn from(count: GuestCount) -> Self {
        Self { running: count.running, stopped: count.stopped, other: count.other }
    }
}

/// Another node of the cluster that may be asked in its place.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerFallback)]
pub(crate) struct ServerFallbackOut {
    node: String,
    host: String,
    port: u16,
}

impl From<ServerFallback> for ServerFallbackOut {
    fn from(node: ServerFallback) -> Self {
        Self { node: node.node, host: node.host, port: node.port }
    }
}

/// How a server is reached; for managers and up, and never of provided servers.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerConnection)]
pub(crate) struct ServerConnectionOut {
    /// Null where only the tailnet leads there.
    host: Option<String>,
    port: u16,
    /// The token without its secret: `user@realm!tokenid`.
    token_id: String,
    /// As it was entered.
    #[schema(value_type = Option<At>)]
    token_expires_at: Option<At>,
    tls: TlsOut,
    connect_timeout_seconds: u32,
    use_tailscale: bool,
    tailscale_host: Option<String>,
    tailscale_port: u16,
    /// Whether shells of its nodes may be opened.
    node_shell: bool,
    /// Whether the cluster's other nodes may be asked in its place.
    use_fallbacks: bool,
    fallbacks: Vec<ServerFallbackOut>,
}

impl From<ServerConnection> for ServerConnectionOut {
    fn from(connection: ServerConnection) -> Self {
        Self {
            host: connection.host,
            port: connection.port,
            token_id: connection.token_id,
            token_expires_at: connection.token_expires_at.map(At),
            tls: connection.tls.into(),
            connect_timeout_seconds: connection.connect_timeout_seconds,
            use_tailscale: connection.use_tailscale,
            tailscale_host: connection.tailscale_host,
            tailscale_port: connection.tailscale_port,
            node_shell: connection.node_shell,
            use_fallbacks: connection.use_fallbacks,
            fallbacks: connection.fallbacks.into_iter().map(Into::into).collect(),
        }
    }
}

/// How one way to a server has been doing.
#[derive(Serialize, ToSchema)]
#[schema(as = WayHealth)]
pub(crate) struct WayHealthOut {
    way: WayOut,
    host: String,
    /// Whether it worked last: it is tried first.
    last_used: bool,
    /// The limit for reading that was learned.
    learned_timeout_ms: Option<u64>,
    /// The limit that was configured.
    configured_timeout_ms: u64,
    attempts: u64,
    failures: u64,
    last_error: Option<String>,
    /// For how long nothing is asked on this way.
    open_for_ms: Option<u64>,
}

impl From<WayHealth> for WayHealthOut {
    fn from(way: WayHealth) -> Self {
        Self {
            way: way.way.into(),
            host: way.host,
            last_used: way.last_used,
            learned_timeout_ms: way.learned_timeout_ms,
            configured_timeout_ms: way.configured_timeout_ms,
            attempts: way.attempts,
            failures: way.failures,
            last_error: way.last_error,
            open_for_ms: way.open_for_ms,
        }
    }
}

/// A node that is not asked for the moment.
#[derive(Serialize, ToSchema)]
#[schema(as = NodeHealth)]
pub(crate) struct NodeHealthOut {
    node: String,
    cause: String,
    retry_in_ms: u64,
}

impl From<NodeHealth> for NodeHealthOut {
    fn from(node: NodeHealth) -> Self {
        Self { node: node.node, cause: node.cause, retry_in_ms: node.retry_in_ms }
    }
}

/// The last checks of a server, and its ways.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerHealth)]
pub(crate) struct ServerHealthOut {
    /// How many of the last checks count: 20 at most.
    checks: u32,
    failed: u32,
    /// How long those that went well took.
    average_ms: Option<f64>,
    ways: Vec<WayHealthOut>,
    nodes: Vec<NodeHealthOut>,
    /// The node that is asked in the server's place.
    fallback_in_use: Option<String>,
}

impl From<ServerHealth> for ServerHealthOut {
    fn from(health: ServerHealth) -> Self {
        Self {
            checks: health.checks,
            failed: health.failed,
            average_ms: health.average_ms,
            ways: health.ways.into_iter().map(Into::into).collect(),
            nodes: health.nodes.into_iter().map(Into::into).collect(),
            fallback_in_use: health.fallback_in_use,
        }
    }
}

/// A server.
#[derive(Serialize, ToSchema)]
#[schema(as = Server)]
pub(crate) struct ServerOut {
    id: Uuid,
    name: String,
    origin: ServerOriginOut,
    is_active: bool,
    status: ServerStatusOut,
    status_detail: Option<String>,
    pve_version: Option<String>,
    #[schema(value_type = Option<At>)]
    data_at: Option<At>,
    guests: GuestCountOut,
    notes: Option<String>,
    #[schema(value_type = At)]
    created_at: At,
    /// To send as `If-Match` with a change.
    etag: String,
    may: ServerMayOut,
    /// The oldest server of the same cluster, where this is another one; guests count there.
    same_cluster_as: Option<ServerNameOut>,
    /// Null for provided servers.
    connection: Option<ServerConnectionOut>,
    /// Null for provided servers and where nothing is asked.
    health: Option<ServerHealthOut>,
}

impl From<ServerView> for ServerOut {
    fn from(server: ServerView) -> Self {
        Self {
            id: server.id.into(),
            name: server.name,
            origin: server.origin.into(),
            is_active: server.is_active,
            status: server.status.into(),
            status_detail: server.status_detail,
            pve_version: server.pve_version,
            data_at: server.data_at.map(At),
            guests: server.guests.into(),
            notes: server.notes,
            created_at: At(server.created_at),
            etag: etag(server.version),
            may: server.may.into(),
            same_cluster_as: server.same_cluster_as.map(|(id, name)| ServerNameOut { id: id.into(), name }),
            connection: server.connection.map(Into::into),
            health: server.health.map(Into::into),
        }
    }
}

pub(crate) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// A server with its entity tag.
pub(crate) fn one(status: StatusCode, server: ServerView) -> Response {
    let tag = HeaderValue::from_str(&etag(server.version)).ok();
    let mut response = (status, Json(ServerOut::from(server))).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
