//! Faults on demand: what a network, a proxy or a broken server does to an answer. It must never strike unless asked.

use std::time::Duration;

use serde::Deserialize;

use crate::shared::Shared;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer comes this many milliseconds late.
    Delay(u64),
    /// The connection is reset instead of an answer.
    Reset,
    /// This status and reason with an empty body instead of an answer, the request having had no effect.
    Status(u16, String),
    /// The node's port refuses connections. Paths and methods do not count; `times` neither: it stays until cleared.
    Refuse,
    /// No answer, ever.
    Hang,
    /// Bytes that are no HTTP instead of an answer.
    Garbage,
    /// A well-formed answer whose body is not JSON.
    NotJson,
    /// The answer's body ends in the middle and the connection with it.
    Truncate,
    /// The answer comes byte by byte, with this many milliseconds between.
    Drip(u64),
    /// An answer with a body of this many MiB.
    Huge(u32),
    /// The description of the API says this instead.
    Script(String),
}

/// A fault and where it strikes.
#[derive(Debug, Clone, Deserialize)]
pub struct Fault {
    /// The node; none for every node.
    #[serde(default)]
    pub node: Option<String>,
    /// The HTTP method; none for every method.
    #[serde(default)]
    pub method: Option<String>,
    /// How the API path starts (without `/api2/json`), or, where it starts with `*`, ends; empty for every path.
    #[serde(default)]
    pub path: String,
    /// How often; none until cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// What goes wrong.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault on every node and method, for paths that start (or, after `*`, end) like this, until cleared.
    #[must_use]
    pub fn on(path: &str, kind: FaultKind) -> Self {
        Self { node: None, method: None, path: path.to_owned(), times: None, kind }
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The same, on one node only.
    #[must_use]
    pub fn at(mut self, node: &str) -> Self {
        self.node = Some(node.to_owned());
        self
    }

    fn hits(&self, node: &str, method: &str, path: &str) -> bool {
        let path_hits = match self.path.strip_prefix('*') {
            Some(end) => path.ends_with(end),
            None => path.starts_with(&self.path),
        };
        self.node.as_deref().is_none_or(|name| name == node)
            && self.method.as_deref().is_none_or(|name| name == method)
            && path_hits
    }
}

/// How a node is missed by the others and by its clients (PVE-FACTS 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// No route to it.
    NoRoute,
    /// Its port is closed.
    Refused,
    /// Its packets are dropped.
    Dropped,
    /// It takes connections and never answers.
    Hangs,
    /// It speaks something other than TLS.
    NotTls,
    /// Its certificate is not the one the others know.
    WrongCertificate,
    /// It closes in the handshake.
    Resets,
}

impl Outage {
    /// Status and reason of a request forwarded to such a node, and whether it takes the proxy's whole patience.
    pub(crate) fn answer(self) -> (u16, &'static str, bool) {
        match self {
            Self::NoRoute => (595, "Network is unreachable", false),
            Self::Refused => (595, "Connection refused", false),
            Self::Dropped => (595, "Connection timed out", true),
            Self::Hangs => (596, "Connection timed out", true),
            Self::NotTls => (596, "error:0A00010B:SSL routines::wrong version number", false),
            Self::WrongCertificate => (596, "error:0A000086:SSL routines::certificate verify failed", false),
            Self::Resets => (596, "Connection reset by peer", false),
        }
    }
}

/// The faults of a cluster.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: Shared<Vec<Fault>>,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.list.get().push(fault);
    }

    pub(crate) fn clear(&self) {
        self.list.get().clear();
    }

    /// Whether connections to a node are refused.
    pub(crate) fn refused(&self, node: &str) -> bool {
        self.list
            .get()
            .iter()
            .any(|fault| fault.kind == FaultKind::Refuse && fault.node.as_deref().is_none_or(|name| name == node))
    }

    /// The fault that strikes this request, if any; used up by that if it is counted. The newest comes first.
    pub(crate) fn take(&self, node: &str, method: &str, path: &str) -> Option<FaultKind> {
        let mut list = self.list.get();
        let index = list.iter().rposition(|fault| fault.kind != FaultKind::Refuse && fault.hits(node, method, path))?;
        let kind = list[index].kind.clone();
        match &mut list[index].times {
            Some(0 | 1) => {
                list.remove(index);
            }
            Some(left) => *left -= 1,
            None => {}
        }
        Some(kind)
    }
}

/// Milliseconds as a duration.
pub(crate) fn millis(number: u64) -> Duration {
    Duration::from_millis(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_counted_and_placed() {
        let faults = Faults::default();
        faults.add(Fault::on("/nodes", FaultKind::Hang).times(2).at("pve1"));
        faults.add(Fault::on("*/vncproxy", FaultKind::Reset).times(1));
        assert_eq!(faults.take("pve2", "GET", "/nodes"), None);
        assert_eq!(faults.take("pve1", "POST", "/nodes/pve1/qemu/100/vncproxy"), Some(FaultKind::Reset));
        assert_eq!(faults.take("pve1", "GET", "/nodes"), Some(FaultKind::Hang));
        assert_eq!(faults.take("pve1", "GET", "/nodes"), Some(FaultKind::Hang));
        assert_eq!(faults.take("pve1", "GET", "/nodes"), None);
    }

    #[test]
    fn refusing_is_of_the_listener() {
        let faults = Faults::default();
        faults.add(Fault::on("", FaultKind::Refuse).at("pve1"));
        assert!(faults.refused("pve1") && !faults.refused("pve2"));
        assert_eq!(faults.take("pve1", "GET", "/version"), None);
        faults.clear();
        assert!(!faults.refused("pve1"));
    }
}
