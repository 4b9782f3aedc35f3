//! Version, nodes and the cluster's own state.
//!
//! Reading only. Numbers are absent where the token lacks Sys.Audit or the node is offline.

use nexus_net::tls::parse_fingerprint;
use serde::Deserialize;

use crate::lenient;
use crate::wire::is_node_name;

/// PVE's version, as the asked node has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// As `9.2.11`.
    pub version: String,
    /// As `9.2`.
    pub release: String,
    /// The commit it was built from.
    pub repoid: String,
}

#[derive(Deserialize)]
pub(crate) struct RawVersion {
    version: String,
    #[serde(default, deserialize_with = "lenient::word")]
    release: Option<String>,
    #[serde(default, deserialize_with = "lenient::word")]
    repoid: Option<String>,
}

impl From<RawVersion> for Version {
    fn from(raw: RawVersion) -> Self {
        let version = lenient::cut(&raw.version);
        Self { version, release: raw.release.unwrap_or_default(), repoid: raw.repoid.unwrap_or_default() }
    }
}

impl Version {
    /// The first two numbers, as (9, 2).
    #[must_use]
    pub fn major_minor(&self) -> Option<(u32, u32)> {
        let mut parts = self.version.split(['.', '-', '~']);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }
}

/// One row of `/nodes`.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The node's name.
    pub name: String,
    /// Whether it answers in the cluster.
    pub status: NodeState,
    /// SHA-256 fingerprint of the certificate that its pveproxy shows.
    pub fingerprint: Option<[u8; 32]>,
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

/// Whether a node answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NodeState {
    /// It does.
    Online,
    /// It does not.
    Offline,
    /// PVE does not know yet.
    #[default]
    Unknown,
}

impl NodeState {
    pub(crate) fn read(text: Option<&str>) -> Self {
        match text {
            Some("online") => Self::Online,
            Some("offline") => Self::Offline,
            _ => Self::Unknown,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RawNode {
    #[serde(deserialize_with = "lenient::node")]
    node: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    ssl_fingerprint: Option<String>,
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
    uptime: Option<u64>,
}

impl RawNode {
    /// `None` for a row without a name.
    pub(crate) fn read(self) -> Option<Node> {
        Some(Node {
            name: self.node?,
            status: NodeState::read(self.status.as_deref()),
            fingerprint: self.ssl_fingerprint.as_deref().and_then(parse_fingerprint),
            cpu: self.cpu,
            max_cpu: self.maxcpu,
            mem: self.mem,
            max_mem: self.maxmem,
            disk: self.disk,
            max_disk: self.maxdisk,
            uptime: self.uptime,
        })
    }
}

/// One row of `/cluster/status`. A single node has no cluster row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterStatus {
    /// The cluster itself.
    Cluster {
        /// Its name.
        name: String,
        /// Whether it has a quorum.
        quorate: bool,
        /// Number of nodes, where PVE says it.
        nodes: Option<u64>,
    },
    /// One node.
    Node {
        /// Its name.
        name: String,
        /// Its address in the cluster network.
        ip: Option<String>,
        /// Whether it is the node that answered.
        local: bool,
        /// Whether it answers in the cluster.
        online: bool,
    },
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RawClusterStatus {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    ip: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    quorate: bool,
    #[serde(deserialize_with = "lenient::flag")]
    local: bool,
    #[serde(deserialize_with = "lenient::flag")]
    online: bool,
    #[serde(deserialize_with = "lenient::count")]
    nodes: Option<u64>,
}

impl RawClusterStatus {
    /// `None` for a row of another type or without a name.
    pub(crate) fn read(self) -> Option<ClusterStatus> {
        let name = self.name?;
        match self.kind.as_deref()? {
            "cluster" => Some(ClusterStatus::Cluster { name, quorate: self.quorate, nodes: self.nodes }),
            "node" if is_node_name(&name) => {
                Some(ClusterStatus::Node { name, ip: self.ip, local: self.local, online: self.online })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_two_leading_numbers() {
        let of =
            |text: &str| Version { version: text.into(), release: String::new(), repoid: String::new() }.major_minor();
        assert_eq!(of("9.2.11"), Some((9, 2)));
        assert_eq!(of("8.3-1"), Some((8, 3)));
        assert_eq!(of("nine"), None);
    }

    #[test]
    fn an_offline_node_has_a_name_and_no_numbers() {
        let row = r#"{"id":"node/pve2","node":"pve2","type":"node","status":"offline","ssl_fingerprint":null}"#;
        let node = serde_json::from_str::<RawNode>(row).unwrap().read().unwrap();
        assert_eq!((node.name.as_str(), node.status), ("pve2", NodeState::Offline));
        assert_eq!((node.fingerprint, node.cpu, node.max_mem), (None, None, None));
        assert!(serde_json::from_str::<RawNode>("{}").unwrap().read().is_none());
    }

    #[test]
    fn rows_of_cluster_status_are_told_apart() {
        let read = |text: &str| serde_json::from_str::<RawClusterStatus>(text).unwrap().read();
        let cluster = read(r#"{"type":"cluster","id":"cluster","name":"lab","nodes":2,"quorate":"1","version":4}"#);
        assert_eq!(cluster, Some(ClusterStatus::Cluster { name: "lab".into(), quorate: true, nodes: Some(2) }));
        let node = read(
            r#"{"id":"node/pve1","online":1,"type":"node","ip":"10.99.0.1","name":"pve1","level":"","nodeid":0,"local":1}"#,
        );
        let expected =
            ClusterStatus::Node { name: "pve1".into(), ip: Some("10.99.0.1".into()), local: true, online: true };
        assert_eq!(node, Some(expected));
        assert_eq!(read(r#"{"type":"other","name":"x"}"#), None);
    }
}
