//! The table of methods: verb, path, permission, parameters and flags as in PVE's API schema. It must never hold logic.

use super::{Method, Perm, access, agent, cluster, consoles, guests, index, nodes, power, rrd, snapshots, tasks};
use crate::params::{Param, Shape, may, need, root};

const AUDIT: &[&str] = &["VM.Audit"];
const POWER: &[&str] = &["VM.PowerMgmt"];
const CONSOLE: &[&str] = &["VM.Console"];
const SNAPSHOT: &[&str] = &["VM.Snapshot"];
const ROLLBACK: &[&str] = &["VM.Snapshot", "VM.Snapshot.Rollback"];
const OPTIONS: &[&str] = &["VM.Config.Options"];
const SYS_AUDIT: &[&str] = &["Sys.Audit"];
const AGENT: &[&str] = &["VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted"];

const FRAMES: &[&str] = &["hour", "day", "week", "month", "year"];
const FUNCTIONS: &[&str] = &["AVERAGE", "MAX"];
const ANY: Shape = Shape::Text(4096);
const SECONDS: Shape = Shape::Integer(0, i64::MAX);

const TICKET: &[Param] = &[
    need("username", Shape::Text(64)),
    need("password", Shape::Text(4096)),
    may("realm", Shape::Text(32)),
    may("otp", ANY),
    may("path", ANY),
    may("privs", ANY),
    may("new-format", Shape::Boolean),
    may("tfa-challenge", ANY),
];
const VNC_TICKET: &[Param] = &[need("authid", ANY), need("vncticket", ANY), need("path", ANY), need("privs", ANY)];
const RESOURCES: &[Param] = &[may("type", Shape::Choice(&["vm", "storage", "node", "sdn"]))];
const TASK_LIST: &[Param] = &[
    may("start", SECONDS),
    may("limit", SECONDS),
    may("userfilter", ANY),
    may("typefilter", ANY),
    may("vmid", Shape::Vmid),
    may("errors", Shape::Boolean),
    may("source", Shape::Choice(&["archive", "active", "all"])),
    may("since", SECONDS),
    may("until", SECONDS),
    may("statusfilter", ANY),
];
const TASK_LOG: &[Param] = &[may("start", SECONDS), may("limit", SECONDS), may("download", Shape::Boolean)];
const RRD: &[Param] = &[need("timeframe", Shape::Choice(FRAMES)), may("cf", Shape::Choice(FUNCTIONS))];
const CONFIG: &[Param] = &[may("current", Shape::Boolean), may("snapshot", Shape::Snapshot)];
const QEMU_VNC: &[Param] = &[may("websocket", Shape::Boolean), may("generate-password", Shape::Boolean)];
const SIZE_W: Shape = Shape::Integer(16, 4096);
const SIZE_H: Shape = Shape::Integer(16, 2160);
const LXC_VNC: &[Param] = &[may("websocket", Shape::Boolean), may("width", SIZE_W), may("height", SIZE_H)];
const COMMANDS: Shape = Shape::Choice(&["ceph_install", "login", "upgrade"]);
const NODE_VNC: &[Param] = &[
    may("websocket", Shape::Boolean),
    may("width", SIZE_W),
    may("height", SIZE_H),
    may("cmd", COMMANDS),
    may("cmd-opts", ANY),
];
const NODE_TERM: &[Param] = &[may("cmd", COMMANDS), may("cmd-opts", ANY)];
const SERIAL: &[Param] = &[may("serial", Shape::Choice(&["serial0", "serial1", "serial2", "serial3"]))];
const WEBSOCKET: &[Param] = &[need("vncticket", Shape::Text(512)), need("port", Shape::Integer(5900, 5999))];
const SNAPSHOT_QEMU: &[Param] =
    &[need("snapname", Shape::Snapshot), may("description", ANY), may("vmstate", Shape::Boolean)];
const SNAPSHOT_LXC: &[Param] = &[need("snapname", Shape::Snapshot), may("description", ANY)];
const FORCE: &[Param] = &[may("force", Shape::Boolean)];
const START_AFTER: &[Param] = &[may("start", Shape::Boolean)];
const DESCRIPTION: &[Param] = &[may("description", ANY)];
const CHANGE: &[Param] = &[
    may("name", Shape::Text(255)),
    may("description", ANY),
    may("cores", Shape::Integer(1, 512)),
    may("tags", ANY),
    may("digest", Shape::Text(64)),
];
const FULL: &[Param] = &[may("full", Shape::Boolean)];
const NODE_COMMAND: &[Param] = &[need("command", Shape::Choice(&["reboot", "shutdown"]))];
const LOG: &[Param] = &[may("max", Shape::Integer(1, i64::MAX))];
const STORAGES: &[Param] = &[
    may("content", ANY),
    may("enabled", Shape::Boolean),
    may("format", Shape::Boolean),
    may("storage", ANY),
    may("target", Shape::Node),
];
const PERMISSIONS: &[Param] = &[may("userid", ANY), may("path", ANY)];
const USERS: &[Param] = &[may("enabled", Shape::Boolean), may("full", Shape::Boolean)];
const NEXT_ID: &[Param] = &[may("vmid", Shape::Vmid)];
const SPICE: &[Param] = &[may("proxy", ANY)];
const LOCAL: Shape = Shape::Boolean;

const QEMU_START: &[Param] = &[
    may("timeout", SECONDS),
    root("skiplock", LOCAL),
    root("stateuri", ANY),
    root("migratedfrom", Shape::Node),
    root("migration_type", ANY),
    root("machine", ANY),
    root("targetstorage", ANY),
    may("force-cpu", ANY),
];
const QEMU_STOP: &[Param] = &[
    may("timeout", SECONDS),
    may("overrule-shutdown", Shape::Boolean),
    root("skiplock", LOCAL),
    root("keepActive", LOCAL),
    root("migratedfrom", Shape::Node),
];
const QEMU_SHUTDOWN: &[Param] =
    &[may("timeout", SECONDS), may("forceStop", Shape::Boolean), root("skiplock", LOCAL), root("keepActive", LOCAL)];
const QEMU_RESET: &[Param] = &[root("skiplock", LOCAL)];
const QEMU_SUSPEND: &[Param] = &[may("todisk", Shape::Boolean), may("statestorage", ANY), root("skiplock", LOCAL)];
const QEMU_RESUME: &[Param] = &[root("skiplock", LOCAL), root("nocheck", LOCAL)];
const TIMEOUT: &[Param] = &[may("timeout", SECONDS)];
const LXC_START: &[Param] = &[may("debug", Shape::Boolean), root("skiplock", LOCAL)];
const LXC_STOP: &[Param] = &[may("overrule-shutdown", Shape::Boolean), root("skiplock", LOCAL)];
const LXC_SHUTDOWN: &[Param] = &[may("timeout", SECONDS), may("forceStop", Shape::Boolean)];

/// A method that runs in pveproxy, on the node that was asked, for any user.
const fn method(verb: &'static str, path: &'static str, run: fn(&super::Call<'_>) -> super::Outcome) -> Method {
    Method {
        verb,
        path,
        perm: Perm::User,
        params: &[],
        protected: false,
        forwarded: false,
        new: false,
        token: true,
        run,
    }
}

impl Method {
    const fn perm(mut self, perm: Perm) -> Self {
        self.perm = perm;
        self
    }

    const fn params(mut self, params: &'static [Param]) -> Self {
        self.params = params;
        self
    }

    const fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    const fn forwarded(mut self) -> Self {
        self.forwarded = true;
        self
    }

    const fn since_9(mut self) -> Self {
        self.new = true;
        self
    }

    const fn no_token(mut self) -> Self {
        self.token = false;
        self
    }
}

/// All methods.
pub(super) fn all() -> impl Iterator<Item = &'static Method> {
    CLUSTER.iter().chain(NODES).chain(GUESTS).chain(POWER_METHODS).chain(CONSOLES).chain(INTERFACES).chain(AGENTS)
}

const CLUSTER: &[Method] = &[
    method("GET", "/", |_| index(&["version", "cluster", "nodes", "storage", "access", "pools"])),
    method("GET", "/version", cluster::version),
    method("GET", "/access", |_| index(&["users", "groups", "roles", "acl", "domains", "ticket", "permissions"])),
    method("GET", "/access/permissions", access::permissions).params(PERMISSIONS),
    method("GET", "/access/users", access::users).params(USERS),
    method("GET", "/access/users/{userid}/token/{tokenid}", access::token),
    method("GET", "/access/roles", access::roles),
    method("GET", "/access/domains", access::domains).perm(Perm::World),
    method("GET", "/access/ticket", |_| Ok(serde_json::Value::Null.into())).perm(Perm::World),
    method("POST", "/access/ticket", access::ticket).perm(Perm::World).params(TICKET).protected().no_token(),
    method("POST", "/access/vncticket", access::vncticket).perm(Perm::World).params(VNC_TICKET).protected().since_9(),
    method("GET", "/cluster", |_| index(&["log", "nextid", "resources", "status", "tasks"])),
    method("GET", "/cluster/status", cluster::status).perm(Perm::Root(SYS_AUDIT)).protected(),
    method("GET", "/cluster/resources", cluster::resources).params(RESOURCES),
    method("GET", "/cluster/tasks", cluster::tasks),
    method("GET", "/cluster/log", cluster::log).params(LOG),
    method("GET", "/cluster/nextid", cluster::nextid).params(NEXT_ID),
    method("GET", "/pools", cluster::pools),
    method("GET", "/pools/{poolid}", cluster::pool),
    method("GET", "/storage", cluster::storages),
];

const NODES: &[Method] = &[
    method("GET", "/nodes", nodes::list),
    method("GET", "/nodes/{node}", |_| index(&["qemu", "lxc", "status", "storage", "tasks", "version", "rrddata"]))
        .forwarded(),
    method("GET", "/nodes/{node}/version", cluster::version).forwarded(),
    method("GET", "/nodes/{node}/apt/versions", nodes::packages).perm(Perm::Node(SYS_AUDIT)).forwarded(),
    method("GET", "/nodes/{node}/status", nodes::status).perm(Perm::Node(SYS_AUDIT)).forwarded(),
    method("POST", "/nodes/{node}/status", nodes::command)
        .perm(Perm::Node(&["Sys.PowerMgmt"]))
        .params(NODE_COMMAND)
        .protected()
        .forwarded(),
    method("GET", "/nodes/{node}/rrddata", rrd::node).perm(Perm::Node(SYS_AUDIT)).params(RRD).protected().forwarded(),
    method("GET", "/nodes/{node}/storage", nodes::storages).params(STORAGES).protected().forwarded(),
    method("GET", "/nodes/{node}/qemu", guests::list).params(FULL).protected().forwarded(),
    method("GET", "/nodes/{node}/lxc", guests::list).protected().forwarded(),
    method("GET", "/nodes/{node}/tasks", tasks::list).params(TASK_LIST).forwarded(),
    method("GET", "/nodes/{node}/tasks/{upid}", |_| index(&["log", "status"])),
    method("DELETE", "/nodes/{node}/tasks/{upid}", tasks::cancel).protected().forwarded(),
    method("GET", "/nodes/{node}/tasks/{upid}/status", tasks::status).protected().forwarded(),
    method("GET", "/nodes/{node}/tasks/{upid}/log", tasks::log).params(TASK_LOG).protected().forwarded(),
];

const GUESTS: &[Method] = &[
    method("GET", "/nodes/{node}/{kind}/{vmid}", |_| index(&["config", "status", "snapshot", "rrddata", "agent"]))
        .forwarded(),
    method("GET", "/nodes/{node}/{kind}/{vmid}/config", guests::config)
        .perm(Perm::Vm(AUDIT))
        .params(CONFIG)
        .forwarded(),
    method("PUT", "/nodes/{node}/qemu/{vmid}/config", guests::set_config)
        .perm(Perm::Vm(OPTIONS))
        .params(CHANGE)
        .protected()
        .forwarded(),
    method("GET", "/nodes/{node}/qemu/{vmid}/status", |_| {
        index(&["current", "start", "stop", "reset", "shutdown", "suspend", "reboot"])
    })
    .forwarded(),
    method("GET", "/nodes/{node}/lxc/{vmid}/status", |_| {
        index(&["current", "start", "stop", "shutdown", "reboot", "migrate"])
    })
    .forwarded(),
    method("GET", "/nodes/{node}/{kind}/{vmid}/status/current", guests::current)
        .perm(Perm::Vm(AUDIT))
        .protected()
        .forwarded(),
    method("GET", "/nodes/{node}/{kind}/{vmid}/rrddata", rrd::guest)
        .perm(Perm::Vm(AUDIT))
        .params(RRD)
        .protected()
        .forwarded(),
    method("GET", "/nodes/{node}/{kind}/{vmid}/snapshot", snapshots::list)
        .perm(Perm::Vm(AUDIT))
        .protected()
        .forwarded(),
    method("POST", "/nodes/{node}/qemu/{vmid}/snapshot", snapshots::create)
        .perm(Perm::Vm(SNAPSHOT))
        .params(SNAPSHOT_QEMU)
        .protected()
        .forwarded(),
    method("POST", "/nodes/{node}/lxc/{vmid}/snapshot", snapshots::create)
        .perm(Perm::Vm(SNAPSHOT))
        .params(SNAPSHOT_LXC)
        .protected()
        .forwarded(),
    method("DELETE", "/nodes/{node}/{kind}/{vmid}/snapshot/{snapname}", snapshots::delete)
        .perm(Perm::Vm(SNAPSHOT))
        .params(FORCE)
        .protected()
        .forwarded(),
    method("POST", "/nodes/{node}/{kind}/{vmid}/snapshot/{snapname}/rollback", snapshots::rollback)
        .perm(Perm::Vm(ROLLBACK))
        .params(START_AFTER)
        .protected()
        .forwarded(),
    method("GET", "/nodes/{node}/{kind}/{vmid}/snapshot/{snapname}/config", snapshots::config)
        .perm(Perm::Vm(ROLLBACK))
        .forwarded(),
    method("PUT", "/nodes/{node}/{kind}/{vmid}/snapshot/{snapname}/config", snapshots::describe)
        .perm(Perm::Vm(SNAPSHOT))
        .params(DESCRIPTION)
        .protected()
        .forwarded(),
];

const INTERFACES: &[Method] = &[method("GET", "/nodes/{node}/lxc/{vmid}/interfaces", agent::interfaces)
    .perm(Perm::Vm(AUDIT))
    .protected()
    .forwarded()];

const fn power_method(path: &'static str, params: &'static [Param]) -> Method {
    method("POST", path, power::run).perm(Perm::Vm(POWER)).params(params).protected().forwarded()
}

const POWER_METHODS: &[Method] = &[
    power_method("/nodes/{node}/qemu/{vmid}/status/start", QEMU_START),
    power_method("/nodes/{node}/qemu/{vmid}/status/stop", QEMU_STOP),
    power_method("/nodes/{node}/qemu/{vmid}/status/shutdown", QEMU_SHUTDOWN),
    power_method("/nodes/{node}/qemu/{vmid}/status/reset", QEMU_RESET),
    power_method("/nodes/{node}/qemu/{vmid}/status/reboot", TIMEOUT),
    power_method("/nodes/{node}/qemu/{vmid}/status/suspend", QEMU_SUSPEND),
    power_method("/nodes/{node}/qemu/{vmid}/status/resume", QEMU_RESUME),
    power_method("/nodes/{node}/lxc/{vmid}/status/start", LXC_START),
    power_method("/nodes/{node}/lxc/{vmid}/status/stop", LXC_STOP),
    power_method("/nodes/{node}/lxc/{vmid}/status/shutdown", LXC_SHUTDOWN),
    power_method("/nodes/{node}/lxc/{vmid}/status/reboot", TIMEOUT),
    power_method("/nodes/{node}/lxc/{vmid}/status/suspend", &[]),
    power_method("/nodes/{node}/lxc/{vmid}/status/resume", &[]),
];

// None of these is forwarded: the node that was asked tunnels to the guest's.
const CONSOLES: &[Method] = &[
    method("POST", "/nodes/{node}/qemu/{vmid}/vncproxy", consoles::vncproxy)
        .perm(Perm::Vm(CONSOLE))
        .params(QEMU_VNC)
        .protected(),
    method("POST", "/nodes/{node}/lxc/{vmid}/vncproxy", consoles::vncproxy)
        .perm(Perm::Vm(CONSOLE))
        .params(LXC_VNC)
        .protected(),
    method("POST", "/nodes/{node}/qemu/{vmid}/termproxy", consoles::termproxy)
        .perm(Perm::Vm(CONSOLE))
        .params(SERIAL)
        .protected(),
    method("POST", "/nodes/{node}/lxc/{vmid}/termproxy", consoles::termproxy).perm(Perm::Vm(CONSOLE)).protected(),
    method("GET", "/nodes/{node}/{kind}/{vmid}/vncwebsocket", consoles::vncwebsocket)
        .perm(Perm::Vm(CONSOLE))
        .params(WEBSOCKET),
    method("POST", "/nodes/{node}/{kind}/{vmid}/spiceproxy", consoles::spiceproxy)
        .perm(Perm::Vm(CONSOLE))
        .params(SPICE)
        .protected()
        .forwarded(),
    method("POST", "/nodes/{node}/vncshell", consoles::vncshell)
        .perm(Perm::Node(&["Sys.Console"]))
        .params(NODE_VNC)
        .protected(),
    method("POST", "/nodes/{node}/termproxy", consoles::termproxy)
        .perm(Perm::Node(&["Sys.Console"]))
        .params(NODE_TERM)
        .protected(),
    method("GET", "/nodes/{node}/vncwebsocket", consoles::vncwebsocket)
        .perm(Perm::Node(&["Sys.Console"]))
        .params(WEBSOCKET),
];

const fn agent_get(path: &'static str) -> Method {
    method("GET", path, agent::ask).perm(Perm::Agent(AGENT)).protected().forwarded()
}

const AGENTS: &[Method] = &[
    method("POST", "/nodes/{node}/qemu/{vmid}/agent/ping", agent::ask).perm(Perm::Agent(AGENT)).protected().forwarded(),
    agent_get("/nodes/{node}/qemu/{vmid}/agent/info"),
    agent_get("/nodes/{node}/qemu/{vmid}/agent/get-osinfo"),
    agent_get("/nodes/{node}/qemu/{vmid}/agent/get-host-name"),
    agent_get("/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces"),
    agent_get("/nodes/{node}/qemu/{vmid}/agent/get-fsinfo"),
    agent_get("/nodes/{node}/qemu/{vmid}/agent/get-users"),
    agent_get("/nodes/{node}/qemu/{vmid}/agent/get-time"),
];
