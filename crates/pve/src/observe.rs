//! What a call came to, told to an observer: for figures and logs. It holds no token, no ticket and nobody's names: the
//! parts of a path that name things are replaced.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use nexus_net::tls::TlsProblem;

use crate::error::{Cause, Error, ErrorKind};
use crate::interface;
use crate::route::Way;
use crate::wire::Call;

/// A call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallDone {
    /// What was asked, such as `GET /nodes/{node}/qemu/{vmid}/status/current`.
    pub what: String,
    /// The way of the last try; `None` where there was none, or another node was asked.
    pub way: Option<Way>,
    /// The tries; 0 when an open breaker answered.
    pub attempts: u32,
    /// The limit of the last try, learned or configured.
    pub timeout: Option<Duration>,
    /// Whether the server answered, with less than 500 or that a guest has no agent; of the overview, whether the answer is
    /// one.
    pub ok: bool,
    /// Whether somebody at the other end spoke: in HTTP, or by a certificate.
    pub answered: bool,
    /// What went wrong, in PVE's words or our own.
    pub error: Option<String>,
    /// How long all of it took.
    pub took: Duration,
}

impl CallDone {
    /// A call that begins; what it comes to is written in later.
    pub(crate) fn new(call: &Call) -> Self {
        // What others ask for has more names than can be told apart.
        let path = if call.passed.is_some() { "passed on".to_owned() } else { pattern(&call.path) };
        let what = format!("{} {path}", call.method);
        let took = Duration::ZERO;
        Self { what, way: None, attempts: 0, timeout: None, ok: true, answered: true, error: None, took }
    }

    /// The same call, which failed.
    pub(crate) fn failed(&mut self, error: &Error) {
        self.ok = is_answer(error);
        self.answered = spoke(error);
        self.error = Some(error.to_string());
    }
}

/// Whether a refusal is an answer of a server that is well: PVE says 500 too where a guest's agent is
/// asked that is not there.
pub(crate) fn is_answer(error: &Error) -> bool {
    error.status().is_some_and(|status| status < 500) || interface::nobody(error).is_some()
}

/// Whether somebody at the other end spoke.
fn spoke(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::Status { .. }
        | ErrorKind::TooLarge { .. }
        | ErrorKind::TooManyRows { .. }
        | ErrorKind::NotPve(_)
        | ErrorKind::ConsoleGone { .. } => true,
        ErrorKind::Dial { cause: Cause::Tls(problem), .. } => *problem != TlsProblem::Closed,
        ErrorKind::Dial { .. }
        | ErrorKind::Broken(_)
        | ErrorKind::Timeout { .. }
        | ErrorKind::Busy { .. }
        | ErrorKind::Impossible(_) => false,
    }
}

/// Is told of every call's end but the overview's, which says so itself. Must be quick: the call waits for it.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&CallDone) + Send + Sync>);

impl Observer {
    /// One that calls this.
    #[must_use]
    pub fn new(tell: impl Fn(&CallDone) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(crate) fn tell(&self, done: &CallDone) {
        (self.0)(done);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// A path with placeholders for what names things, without its query.
fn pattern(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let mut before = "";
    let parts = path.split('/').map(|part| {
        let placeholder = match before {
            "nodes" => "{node}",
            "qemu" | "lxc" => "{vmid}",
            "tasks" => "{upid}",
            "storage" => "{storage}",
            "snapshot" => "{snapshot}",
            "pools" => "{pool}",
            _ => part,
        };
        // What was replaced is a name, whatever word it is.
        before = if placeholder == part { part } else { "" };
        placeholder
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_nothing() {
        let cases = [
            ("/cluster/resources", "/cluster/resources"),
            ("/version", "/version"),
            ("/nodes", "/nodes"),
            ("/nodes/pve1/qemu?full=1", "/nodes/{node}/qemu"),
            ("/nodes/pve1/lxc/101/status/current", "/nodes/{node}/lxc/{vmid}/status/current"),
            ("/nodes/pve1/qemu/101/snapshot/before/config", "/nodes/{node}/qemu/{vmid}/snapshot/{snapshot}/config"),
            ("/nodes/qemu/tasks/UPID%3Apve1%3A1/status", "/nodes/{node}/tasks/{upid}/status"),
            ("/cluster/tasks", "/cluster/tasks"),
        ];
        for (path, expected) in cases {
            assert_eq!(pattern(path), expected);
        }
    }

    #[test]
    fn an_answer_below_500_is_one() {
        let done = |error: &Error| {
            let mut done = CallDone::new(&Call::get("/version"));
            done.failed(error);
            (done.ok, done.answered)
        };
        let status = |status| Error::refused(status, "x", "", std::collections::BTreeMap::new());
        assert_eq!(done(&status(403)), (true, true));
        assert_eq!(done(&status(500)), (false, true));
        let said = |reason| Error::refused(500, reason, "", std::collections::BTreeMap::new());
        assert_eq!(done(&said("QEMU guest agent is not running")), (true, true));
        assert_eq!(done(&said("Configuration file 'nodes/pve1/lxc/9.conf' does not exist")), (false, true));
        assert_eq!(done(&said("got timeout")), (false, true));
        assert_eq!(done(&Error::not_pve("x")), (false, true));
        assert_eq!(done(&Error::timeout(Duration::from_secs(1))), (false, false));
        assert_eq!(done(&Error::broken(&"x")), (false, false));
    }
}
