//! Servers as people see them. What names an address, a way or a token is for managers, and of a provided server for
//! nobody in the tenant.

use std::time::Duration;

use nexus_model::{GuestStatus, Micros, ServerId, ServerOrigin, ServerStatus, Tls, Way};
use nexus_store::Server;
use serde_json::{Value, json};

use super::Servers;
use crate::access::{Grant, TenantPermission, TenantRight};
use crate::inventory::endpoint::way_of;
use crate::inventory::{Entry as Polled, Snapshot};

/// How fresh one server's part of a list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerBrief {
    /// Which server.
    pub id: ServerId,
    /// Its name.
    pub name: String,
    /// How it is doing.
    pub status: ServerStatus,
    /// When PVE said what is shown.
    pub data_at: Option<Micros>,
    /// Why it does not answer; for managers and up.
    pub error: Option<String>,
    /// Whether it was reached over Tailscale last; never of provided servers.
    pub tailscale: bool,
    /// Its name there; for managers and up.
    pub tailscale_host: Option<String>,
}

/// How many guests a server has, by state; templates left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GuestCount {
    /// Running.
    pub running: usize,
    /// Stopped.
    pub stopped: usize,
    /// Paused, or not known.
    pub other: usize,
}

impl GuestCount {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut count = Self::default();
        for row in snapshot.guests.values().filter(|row| !row.template) {
            match row.status {
                GuestStatus::Running => count.running += 1,
                GuestStatus::Stopped => count.stopped += 1,
                GuestStatus::Paused | GuestStatus::Unknown => count.other += 1,
            }
        }
        count
    }
}

/// What a person may do with a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerMay {
    /// Change it.
    pub edit: bool,
    /// Delete it.
    pub delete: bool,
    /// Test it.
    pub test: bool,
}

/// A node of a server's cluster that may be asked in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFallback {
    /// PVE's name of the node.
    pub node: String,
    /// Its address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// How a server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConnection {
    /// A host alone; `None` where only the tailnet leads there.
    pub host: Option<String>,
    /// The TCP port.
    pub port: u16,
    /// The API token without its secret.
    pub token_id: String,
    /// When the token ends, as far as somebody entered it.
    pub token_expires_at: Option<Micros>,
    /// How the certificate is checked.
    pub tls: Tls,
    /// The limit for connecting.
    pub connect_timeout_seconds: u32,
    /// Whether the tailnet is one of its ways.
    pub use_tailscale: bool,
    /// Its name or address in the tailnet.
    pub tailscale_host: Option<String>,
    /// The TCP port there.
    pub tailscale_port: u16,
    /// Whether shells of its nodes may be opened.
    pub node_shell: bool,
    /// Whether the cluster's other nodes may be asked in its place.
    pub use_fallbacks: bool,
    /// Those nodes, as the cluster said last.
    pub fallbacks: Vec<ServerFallback>,
}

impl From<&Server> for ServerConnection {
    fn from(server: &Server) -> Self {
        let fallbacks = server.fallbacks.iter().map(|fallback| ServerFallback {
            node: fallback.node.clone(),
            host: fallback.host.clone(),
            port: fallback.port,
        });
        Self {
            host: given(&server.host),
            port: server.port,
            token_id: server.token_id.clone(),
            token_expires_at: server.token_expires_at.map(Micros),
            tls: server.tls.clone(),
            connect_timeout_seconds: server.connect_timeout_ms / 1000,
            use_tailscale: server.use_tailscale,
            tailscale_host: given(&server.tailscale_host),
            tailscale_port: server.tailscale_port,
            node_shell: server.node_shell,
            use_fallbacks: server.use_fallbacks,
            fallbacks: fallbacks.collect(),
        }
    }
}

/// How one way to a server has been doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayHealth {
    /// Which.
    pub way: Way,
    /// Where it leads.
    pub host: String,
    /// Whether it worked last.
    pub last_used: bool,
    /// The limit for reading that was learned.
    pub learned_timeout_ms: Option<u64>,
    /// The limit that was configured.
    pub configured_timeout_ms: u64,
    /// Tries.
    pub attempts: u64,
    /// Tries that failed.
    pub failures: u64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// For how long nothing is asked on this way.
    pub open_for_ms: Option<u64>,
}

/// A node that is not asked for the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeHealth {
    /// PVE's name of the node.
    pub node: String,
    /// Why.
    pub cause: String,
    /// When it is tried again.
    pub retry_in_ms: u64,
}

/// The last checks of a server, and its ways.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServerHealth {
    /// How many of the last checks count.
    pub checks: u32,
    /// How many of them failed.
    pub failed: u32,
    /// How long those that went well took, on average.
    pub average_ms: Option<f64>,
    /// By way, the direct one first.
    pub ways: Vec<WayHealth>,
    /// Nodes that are not asked for the moment.
    pub nodes: Vec<NodeHealth>,
    /// The node that is asked in the server's place.
    pub fallback_in_use: Option<String>,
}

/// A server as members see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerView {
    /// Its id.
    pub id: ServerId,
    /// What people call it.
    pub name: String,
    /// Who brought it.
    pub origin: ServerOrigin,
    /// Free text.
    pub notes: Option<String>,
    /// Whether Nexus talks to it.
    pub is_active: bool,
    /// How it is doing.
    pub status: ServerStatus,
    /// Why it is not online.
    pub status_detail: Option<String>,
    /// PVE's version.
    pub pve_version: Option<String>,
    /// When PVE answered last.
    pub data_at: Option<Micros>,
    /// Its guests.
    pub guests: GuestCount,
    /// When it was added.
    pub created_at: Micros,
    /// What an editor compares.
    pub version: i64,
    /// What the person may do with it.
    pub may: ServerMay,
    /// The tenant's oldest server of the same cluster, where this is another one: its guests are counted there.
    pub same_cluster_as: Option<(ServerId, String)>,
    /// How it is reached; `None` for provided servers.
    pub connection: Option<ServerConnection>,
    /// How its ways are doing; `None` for provided servers.
    pub health: Option<ServerHealth>,
}

/// A tenant's servers.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerList {
    /// By name.
    pub servers: Vec<ServerView>,
    /// Slots in use.
    pub used: u32,
    /// Slots in all.
    pub limit: u32,
}

fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// What an audit entry keeps of a server: no secret, and of a CA its size alone.
pub(crate) fn state(server: &Server) -> Value {
    let tls = match &server.tls {
        Tls::Ca { ca_pem } => json!({ "mode": "ca", "ca_pem_bytes": ca_pem.len() }),
        other => json!(other),
    };
    let mut state = json!({
        "name": server.name, "host": server.host, "port": server.port, "token_id": server.token_id, "tls": tls,
        "token_expires_at": server.token_expires_at.map(Micros),
        "connect_timeout_ms": server.connect_timeout_ms, "notes": server.notes, "is_active": server.is_active,
        "use_tailscale": server.use_tailscale, "tailscale_host": server.tailscale_host,
        "tailscale_port": server.tailscale_port, "node_shell": server.node_shell,
        "use_fallbacks": server.use_fallbacks,
    });
    if let Some(scope) = &server.scope {
        state["scope"] = json!(scope);
    }
    state
}

/// The oldest server of the same cluster, unless that is `server` itself. What is provided shows a part of a cluster, and
/// is neither compared nor compared with: its tenant does not learn where it comes from.
pub(crate) fn same_cluster_as<'s>(server: &Server, all: impl IntoIterator<Item = &'s Server>) -> Option<&'s Server> {
    let mark = server.cluster_mark.as_deref().filter(|_| server.origin != ServerOrigin::Provided)?;
    let same = all.into_iter().filter(|other| {
        other.tenant_id == server.tenant_id
            && other.origin != ServerOrigin::Provided
            && other.cluster_mark.as_deref() == Some(mark)
    });
    same.min_by_key(|other| (other.created_at, other.id)).filter(|first| first.id != server.id)
}

impl Servers {
    pub(super) fn view<P: TenantPermission>(&self, grant: &Grant<P>, server: &Server, all: &[Server]) -> ServerView {
        let polled = self.inner.parts.inventory.entry(server.id).filter(|_| server.is_active);
        let health = polled.as_deref().map(Polled::health);
        let snapshot = polled.as_deref().and_then(Polled::snapshot);
        let status = health.as_ref().map_or(ServerStatus::Unknown, |health| health.status);
        let unusable = (server.is_active && health.is_none())
            .then(|| self.inner.parts.maker.endpoint(server).err().map(|error| error.to_string()))
            .flatten();
        let shown = server.origin != ServerOrigin::Provided;
        let own = server.origin == ServerOrigin::Own;
        let manage = grant.allows(TenantRight::ManageServers);
        let detail = health.as_ref().and_then(|health| health.detail.clone()).or(unusable);
        let first = same_cluster_as(server, all);
        ServerView {
            id: server.id,
            name: server.name.clone(),
            origin: server.origin,
            notes: given(&server.notes).filter(|_| shown),
            is_active: server.is_active,
            status,
            status_detail: detail.filter(|_| shown),
            pve_version: health.as_ref().and_then(|health| health.pve_version.clone()).filter(|_| shown),
            data_at: health.and_then(|health| health.data_at),
            guests: snapshot.as_deref().map(GuestCount::of).unwrap_or_default(),
            created_at: server.created_at,
            version: server.version,
            may: ServerMay {
                edit: own && manage,
                delete: own && grant.allows(TenantRight::DeleteServers),
                test: shown && manage,
            },
            same_cluster_as: first.map(|first| (first.id, first.name.clone())),
            connection: shown.then(|| ServerConnection::from(server)),
            health: polled.as_deref().filter(|_| shown).map(health_of),
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What the poller and its client have seen.
fn health_of(entry: &Polled) -> ServerHealth {
    let (report, health) = (entry.endpoint.client.report(), entry.health());
    let ways = report.ways.into_iter().map(|way| WayHealth {
        way: way_of(way.way),
        host: way.host,
        last_used: way.is_last,
        learned_timeout_ms: way.learned_read.map(milliseconds),
        configured_timeout_ms: milliseconds(way.configured),
        attempts: way.attempts,
        failures: way.failures,
        last_error: way.last_error,
        open_for_ms: way.breaker.map(|open| milliseconds(open.left)),
    });
    let nodes = report.nodes.into_iter();
    let nodes =
        nodes.map(|node| NodeHealth { node: node.node, cause: node.cause, retry_in_ms: milliseconds(node.retry_in) });
    ServerHealth {
        checks: health.checks.count(),
        failed: health.checks.failed(),
        average_ms: health.checks.average().map(|time| (time.as_secs_f64() * 10_000.0).round() / 10.0),
        ways: ways.collect(),
        nodes: nodes.collect(),
        fallback_in_use: report.fallback_in_use,
    }
}
