//! A simulated cluster of two nodes, and clients for it.

use std::time::Duration;

use nexus_net::dial::{Dialer, Target};
use nexus_net::guard::{Guard, GuardConfig};
use nexus_net::tls::{TlsPolicy, parse_fingerprint};
use nexus_pve::{ApiToken, Client, Guest, Kind, Timeouts};
use pve_sim::{GuestConfig, Mode, NodeConfig, Sim, SimConfig, Status, TokenConfig};

pub(crate) const MODES: [Mode; 2] = [Mode::V9_2, Mode::V8_3];
pub(crate) const BROKER: &str = "broker@pve!nexus";
pub(crate) const WEAK: &str = "broker@pve!weak";
pub(crate) const SECRET: &str = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

pub(crate) const VM: Guest<'static> = Guest { node: "pve1", kind: Kind::Qemu, vmid: 100 };
pub(crate) const STOPPED: Guest<'static> = Guest { node: "pve1", kind: Kind::Qemu, vmid: 101 };
pub(crate) const PAUSED: Guest<'static> = Guest { node: "pve2", kind: Kind::Qemu, vmid: 102 };
pub(crate) const CONTAINER: Guest<'static> = Guest { node: "pve1", kind: Kind::Lxc, vmid: 200 };
pub(crate) const MISSING: Guest<'static> = Guest { node: "pve1", kind: Kind::Qemu, vmid: 999 };

fn guest(guest: Guest<'_>, name: &str, status: Status) -> GuestConfig {
    let kind = match guest.kind {
        Kind::Qemu => pve_sim::Kind::Qemu,
        Kind::Lxc => pve_sim::Kind::Lxc,
    };
    GuestConfig { vmid: guest.vmid, kind, node: guest.node.into(), name: name.into(), status, ..GuestConfig::default() }
}

/// A cluster; a 401 takes a moment instead of three seconds.
pub(crate) async fn start(mode: Mode) -> Sim {
    let privileges = ["VM.Audit", "VM.PowerMgmt", "VM.Console", "Sys.Audit", "Datastore.Audit"];
    let acl = vec![("/".to_owned(), privileges.map(str::to_owned).to_vec())];
    let mut config = SimConfig {
        version: mode,
        cluster: "lab".into(),
        nodes: vec![NodeConfig::new("pve1"), NodeConfig::new("pve2")],
        guests: vec![
            GuestConfig { tags: vec!["prod".into(), "web".into()], ..guest(VM, "web-01", Status::Running) },
            guest(STOPPED, "db-01", Status::Stopped),
            guest(PAUSED, "paused-01", Status::Paused),
            guest(CONTAINER, "ct-01", Status::Running),
        ],
        tokens: vec![
            TokenConfig { id: BROKER.into(), secret: SECRET.into(), acl },
            TokenConfig { id: WEAK.into(), secret: SECRET.into(), acl: Vec::new() },
        ],
        ..SimConfig::default()
    };
    config.timing.unauthorized = Duration::from_millis(50);
    Sim::start(config).await.unwrap()
}

/// Gives a token all that a broker can use.
pub(crate) fn all_rights(sim: &Sim, id: &str) {
    let agent = if sim.mode().is_new() { "VM.GuestAgent.Audit" } else { "VM.Monitor" };
    let privileges = ["VM.Audit", "VM.PowerMgmt", "VM.Console", "VM.Snapshot", "Sys.Audit", agent];
    sim.set_token(id, SECRET, &[("/".to_owned(), privileges.map(str::to_owned).to_vec())]).unwrap();
}

pub(crate) fn dialer(port: u16) -> Dialer {
    let config = GuardConfig { ports: vec![port], allow_loopback: true, ..GuardConfig::default() };
    Dialer::new(Guard::pve(config), None)
}

pub(crate) fn target(port: u16, policy: &TlsPolicy) -> Target {
    Target {
        host: "127.0.0.1".parse().unwrap(),
        port,
        tls: policy.client_config().unwrap(),
        connect_timeout: Duration::from_secs(20),
    }
}

pub(crate) fn token(id: &str) -> ApiToken {
    ApiToken::parse(&format!("{id}={SECRET}")).unwrap()
}

pub(crate) fn pin(sim: &Sim) -> TlsPolicy {
    TlsPolicy::Pin(parse_fingerprint(&sim.fingerprint("pve1")).unwrap())
}

pub(crate) fn port(sim: &Sim) -> u16 {
    sim.address("pve1").port()
}

/// A client with a pinned certificate and limits that nothing here reaches.
pub(crate) fn client(sim: &Sim, id: &str) -> Client {
    client_with(sim, id, &pin(sim), Timeouts::default())
}

pub(crate) fn client_with(sim: &Sim, id: &str, policy: &TlsPolicy, timeouts: Timeouts) -> Client {
    Client::new(dialer(port(sim)), target(port(sim), policy), token(id), timeouts)
}
