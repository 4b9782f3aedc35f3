//! The API's methods: finding the method, checking the caller and the parameters in PVE's order (pve-manager,
//! PVE/HTTPServer.pm `rest_handler`), running it. It must never touch a connection.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::auth::{Identity, VncClaim};
use crate::config::Kind;
use crate::params::{self, Errors, Param, Shape, Values};
use crate::state::{Cluster, Guest};
use crate::tasks::Journal;

mod access;
mod agent;
mod cluster;
mod consoles;
mod guests;
mod ha;
mod nodes;
mod power;
mod rows;
mod rrd;
mod snapshots;
mod table;
mod tasks;

/// Who may call a method.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Perm {
    /// Anybody, without credentials.
    World,
    /// Any user.
    User,
    /// One of these privileges on the guest (or its pool).
    Vm(&'static [&'static str]),
    /// One of these privileges on the node.
    Node(&'static [&'static str]),
    /// One of these privileges on `/`.
    Root(&'static [&'static str]),
    /// The guest agent's: 9.2's privileges, where 8.3 has `VM.Monitor` for all.
    Agent(&'static [&'static str]),
}

/// A method of the API.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub(crate) verb: &'static str,
    /// `{name}` stands for one segment; `{kind}` for `qemu` or `lxc`.
    pub(crate) path: &'static str,
    pub(crate) perm: Perm,
    pub(crate) params: &'static [Param],
    /// Runs in pvedaemon.
    pub(crate) protected: bool,
    /// Runs on the node in the path.
    pub(crate) forwarded: bool,
    /// 9.2 alone has it.
    pub(crate) new: bool,
    /// API tokens may call it.
    pub(crate) token: bool,
    pub(crate) run: fn(&Call<'_>) -> Outcome,
}

/// A call of a method.
pub(crate) struct Call<'a> {
    pub(crate) cluster: &'a Arc<Cluster>,
    /// The node that got the request.
    pub(crate) here: &'a str,
    /// The caller; nobody on methods for the world.
    pub(crate) who: Option<&'a Identity>,
    pub(crate) path: &'a str,
    pub(crate) values: Values,
}

/// What a method gives.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) data: Value,
    /// `total` beside `data`.
    pub(crate) total: Option<usize>,
    /// May be upgraded to the console at this port.
    pub(crate) console: Option<u16>,
}

/// Why a method gives nothing.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) errors: Option<Errors>,
    /// How long the method takes to fail.
    pub(crate) wait: Duration,
    /// Comes from AnyEvent::HTTP rather than from PVE: no body at all.
    pub(crate) bare: bool,
}

pub(crate) type Outcome = Result<Reply, Failure>;

impl Failure {
    /// A `die` in a handler; PVE ends such texts with a line break.
    pub(crate) fn die(message: impl Into<String>) -> Self {
        Self::with(500, format!("{}\n", message.into()))
    }

    pub(crate) fn with(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: None, wait: Duration::ZERO, bare: false }
    }

    pub(crate) fn params(errors: Errors) -> Self {
        let mut failure = Self::with(400, "Parameter verification failed.\n");
        failure.errors = Some(errors);
        failure
    }

    pub(crate) fn param(name: &str, text: &str) -> Self {
        Self::params(Errors::from([(name.to_owned(), text.to_owned())]))
    }

    pub(crate) fn forbidden(path: &str, privileges: &[&str]) -> Self {
        Self::with(403, format!("Permission check failed ({path}, {})\n", privileges.join("|")))
    }

    pub(crate) fn unknown(verb: &str, path: &str) -> Self {
        Self::with(501, format!("Method '{verb} {path}' not implemented"))
    }

    pub(crate) fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}

impl From<Value> for Reply {
    fn from(data: Value) -> Self {
        Self { data, ..Self::default() }
    }
}

/// An index: rows with the names of what lies below.
pub(crate) fn index(names: &[&str]) -> Outcome {
    let rows = names.iter().map(|name| serde_json::json!({ "subdir": name })).collect::<Vec<_>>();
    Ok(Value::Array(rows).into())
}

impl Call<'_> {
    /// A parameter as text; empty if it is not there.
    pub(crate) fn text(&self, name: &str) -> String {
        self.values.get(name).map(params::text).unwrap_or_default()
    }

    /// A parameter as text, if it is there.
    pub(crate) fn maybe(&self, name: &str) -> Option<String> {
        self.values.get(name).map(params::text)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name) == "1"
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.maybe(name).and_then(|text| text.parse().ok())
    }

    pub(crate) fn vmid(&self) -> u32 {
        self.text("vmid").parse().unwrap_or_default()
    }

    /// The caller's identity. Methods for the world must not ask.
    pub(crate) fn who(&self) -> Result<&Identity, Failure> {
        self.who.ok_or_else(|| Failure::with(401, "No ticket"))
    }

    pub(crate) fn may(&self, path: &str, privileges: &[&str]) -> bool {
        self.who.is_some_and(|who| who.may(path, privileges))
    }

    /// Whether one of the privileges is granted on a guest or its pool.
    pub(crate) fn may_vm(&self, vmid: u32, privileges: &[&str]) -> bool {
        let pool = self.cluster.guest(vmid).and_then(|guest| guest.config.pool);
        self.may(&format!("/vms/{vmid}"), privileges)
            || pool.is_some_and(|pool| self.may(&format!("/pool/{pool}"), privileges))
    }

    /// `qemu` or `lxc`, from the path.
    pub(crate) fn kind(&self) -> Kind {
        if self.path.split('/').nth(3) == Some("lxc") { Kind::Lxc } else { Kind::Qemu }
    }

    /// The node in the path, `localhost` resolved.
    pub(crate) fn node(&self) -> String {
        let name = self.text("node");
        if name == "localhost" { self.here.to_owned() } else { name }
    }

    /// The last segment of the path.
    pub(crate) fn last(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The guest in the path, if its configuration lies on the node in the path.
    pub(crate) fn guest(&self) -> Result<Guest, Failure> {
        let (node, vmid, kind) = (self.node(), self.vmid(), self.kind());
        let found = self.cluster.guest(vmid).filter(|guest| guest.config.node == node && guest.config.kind == kind);
        found.ok_or_else(|| {
            let folder = if kind == Kind::Qemu { "qemu-server" } else { "lxc" };
            Failure::die(format!("Configuration file 'nodes/{node}/{folder}/{vmid}.conf' does not exist"))
        })
    }

    /// Starts a task on a node, as the caller.
    pub(crate) fn task<F>(&self, node: &str, kind: &str, id: &str, work: F) -> Outcome
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.task_writing(node, kind, id, Journal::default(), work)
    }

    /// The same for a task that writes into its log.
    pub(crate) fn task_writing<F>(&self, node: &str, kind: &str, id: &str, journal: Journal, work: F) -> Outcome
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let user = self.who()?.full();
        Ok(Value::String(self.cluster.tasks.start_writing(node, kind, id, &user, journal, work)).into())
    }

    /// What a console ticket for the guest or node in the path is bound to.
    pub(crate) fn claim(&self, port: u16) -> Result<VncClaim, Failure> {
        let path = match self.maybe("vmid") {
            Some(vmid) => format!("/vms/{vmid}"),
            None => format!("/nodes/{}", self.node()),
        };
        Ok(VncClaim { user: self.who()?.full(), path, port })
    }
}

/// A method found for a request, with the parameters from its path.
pub(crate) struct Found {
    method: Method,
    uri: Values,
}

impl Found {
    /// Whether the answer passes through a second daemon.
    pub(crate) fn relayed(&self, here: &str) -> bool {
        let elsewhere = self.method.forwarded
            && self.uri.get("node").map(params::text).is_some_and(|node| node != here && node != "localhost");
        self.method.protected || elsewhere
    }

    pub(crate) fn open_to_world(&self) -> bool {
        matches!(self.method.perm, Perm::World)
    }
}

/// Finds the method for a verb and a path.
pub(crate) fn find(new: bool, verb: &str, path: &str) -> Option<Found> {
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    table::all().filter(|method| method.verb == verb && (new || !method.new)).find_map(|method| {
        let pattern: Vec<&str> = method.path.split('/').filter(|part| !part.is_empty()).collect();
        if pattern.len() != segments.len() {
            return None;
        }
        let mut uri = Values::new();
        for (want, got) in pattern.iter().zip(&segments) {
            match want.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some("kind") if matches!(*got, "qemu" | "lxc") => {}
                Some("kind") => return None,
                Some(name) => {
                    uri.insert(name.to_owned(), Value::String((*got).to_owned()));
                }
                None if want == got => {}
                None => return None,
            }
        }
        Some(Found { method: *method, uri })
    })
}

/// Who calls, from where.
pub(crate) struct Caller<'a> {
    pub(crate) cluster: &'a Arc<Cluster>,
    pub(crate) here: &'a str,
    pub(crate) who: Option<&'a Identity>,
    /// The request came with an API token, valid or not.
    pub(crate) token: bool,
    pub(crate) path: &'a str,
}

/// Runs a method in the order of PVE's `rest_handler`.
pub(crate) fn run(found: &Found, caller: &Caller<'_>, given: Values) -> Outcome {
    let method = &found.method;
    let mut values = found.uri.clone();
    let mut twice = Errors::new();
    for (name, value) in given {
        match values.get(&name).map(params::text) {
            Some(text) if text != params::text(&value) => {
                let error = "duplicate parameter (already defined in URI) with conflicting values!";
                twice.insert(name, error.to_owned());
            }
            Some(_) => {}
            None => {
                values.insert(name, value);
            }
        }
    }
    if !twice.is_empty() {
        return Err(Failure::params(twice));
    }
    if caller.token && !method.token {
        let text = format!(
            "Permission check failed (URI '{}' not available with API token, need proper ticket.\n)\n",
            caller.path
        );
        return Err(Failure::with(403, text));
    }
    let call = Call { cluster: caller.cluster, here: caller.here, who: caller.who, path: caller.path, values };
    permit(method, &call)?;
    if method.forwarded {
        forward(&call)?;
    }
    let errors = params::check(&schema(method, &found.uri), &call.values, call.who.is_some_and(Identity::is_root));
    if !errors.is_empty() {
        return Err(Failure::params(errors));
    }
    (method.run)(&call)
}

/// The parameters of a method, those of its path included.
fn schema(method: &Method, uri: &Values) -> Vec<Param> {
    let mut schema = method.params.to_vec();
    for (name, shape) in [
        ("node", Shape::Node),
        ("vmid", Shape::Vmid),
        ("upid", Shape::Upid),
        ("snapname", Shape::Snapshot),
        ("poolid", Shape::Text(256)),
        ("storage", Shape::Text(256)),
        ("userid", Shape::Text(64)),
        ("tokenid", Shape::Text(128)),
    ] {
        if uri.contains_key(name) {
            schema.push(params::need(name, shape));
        }
    }
    schema
}

fn permit(method: &Method, call: &Call<'_>) -> Result<(), Failure> {
    let vmid = call.text("vmid");
    let guest_path = format!("/vms/{vmid}");
    let granted = |privileges: &[&str]| match vmid.parse() {
        Ok(vmid) => call.may_vm(vmid, privileges),
        Err(_) => call.may(&guest_path, privileges),
    };
    let (path, privileges) = match method.perm {
        Perm::World | Perm::User => return Ok(()),
        Perm::Vm(privileges) if granted(privileges) => return Ok(()),
        Perm::Vm(privileges) => (guest_path, privileges),
        Perm::Agent(privileges) => {
            let privileges = if call.cluster.mode.is_new() { privileges } else { &["VM.Monitor"] };
            if granted(privileges) {
                return Ok(());
            }
            (guest_path, privileges)
        }
        Perm::Node(privileges) => (format!("/nodes/{}", call.node()), privileges),
        Perm::Root(privileges) => ("/".to_owned(), privileges),
    };
    if !path.starts_with("/vms/") && call.may(&path, privileges) {
        return Ok(());
    }
    Err(Failure::forbidden(&path, privileges))
}

/// What happens on the way to the node in the path.
fn forward(call: &Call<'_>) -> Result<(), Failure> {
    let name = call.node();
    if name == call.here {
        return Ok(());
    }
    let Some(node) = call.cluster.node(&name) else {
        return Err(Failure::die(format!(
            "hostname lookup '{name}' failed - failed to get address info for: {name}: \
             Temporary failure in name resolution"
        )));
    };
    let Some(outage) = node.outage() else { return Ok(()) };
    let (status, reason, slow) = outage.answer();
    let mut failure = Failure::with(status, reason);
    failure.bare = true;
    Err(if slow { failure.after(call.cluster.timing.proxy) } else { failure })
}

/// The envelope of an answer in `/api2/json` or `/api2/extjs`.
pub(crate) fn envelope(outcome: &Outcome, new: bool, extjs: bool) -> Value {
    let mut map = Map::new();
    match outcome {
        Ok(reply) => {
            map.insert("data".to_owned(), reply.data.clone());
            if let Some(total) = reply.total {
                map.insert("total".to_owned(), total.into());
            }
            if extjs {
                map.insert("success".to_owned(), 1.into());
            }
        }
        Err(failure) => {
            map.insert("data".to_owned(), Value::Null);
            if new || extjs {
                map.insert("message".to_owned(), failure.message.as_str().into());
            }
            if let Some(errors) = &failure.errors {
                map.insert("errors".to_owned(), serde_json::json!(errors));
            }
            if extjs {
                map.insert("success".to_owned(), 0.into());
                // The server's own codes are numbers, those of a handler's exception text.
                let status = match failure.status {
                    501 => failure.status.into(),
                    other => other.to_string().into(),
                };
                map.insert("status".to_owned(), status);
            }
        }
    }
    Value::Object(map)
}
