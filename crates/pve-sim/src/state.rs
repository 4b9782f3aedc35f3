//! The state of a simulated cluster: nodes, guests, users, tokens. One place for all that changes; it must never
//! speak HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use ring::hmac;
use tokio::sync::watch;

use crate::acl::Rights;
use crate::config::{GuestConfig, Kind, Mode, Screen, SimConfig, Status, StorageConfig, Timing};
use crate::console::{self, Consoles, Display, GuestState};
use crate::fault::{Faults, Outage};
use crate::pki::{Authority, NodeCertificate};
use crate::shared::Shared;
use crate::sim::Recorded;
use crate::tasks::Tasks;
use crate::wire;

/// A node.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) address: OnceLock<SocketAddr>,
    pub(crate) certificate: Shared<NodeCertificate>,
    /// Since when and how it is down.
    outage: Shared<Option<(Outage, Option<Instant>)>>,
    pub(crate) booted: u64,
    /// Whether its port is open.
    pub(crate) open: watch::Sender<bool>,
}

impl Node {
    /// How it is down, if it is.
    pub(crate) fn outage(&self) -> Option<Outage> {
        self.outage.get().map(|(outage, _)| outage)
    }

    /// Whether it is down for so long that the others forgot its numbers.
    pub(crate) fn forgotten(&self, after: Duration) -> bool {
        self.outage.get().is_some_and(|(_, since)| since.is_none_or(|since| since.elapsed() >= after))
    }
}

/// A snapshot of a guest.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) time: u64,
    pub(crate) vmstate: bool,
    pub(crate) parent: Option<String>,
    /// `prepare` or `delete` while it is under way.
    pub(crate) state: Option<&'static str>,
}

/// A guest.
#[derive(Debug, Clone)]
pub(crate) struct Guest {
    pub(crate) config: GuestConfig,
    pub(crate) pid: u32,
    /// When it was started, in epoch seconds.
    pub(crate) since: u64,
    /// `smbios1: uuid=` and `meta: ctime=`: what tells a guest from a later one with the same number.
    pub(crate) uuid: String,
    pub(crate) created: u64,
    pub(crate) mac: String,
    pub(crate) snapshots: Vec<Snapshot>,
    /// The snapshot that it goes back to.
    pub(crate) parent: Option<String>,
    /// HA's word for a guest that it manages.
    pub(crate) ha: &'static str,
    /// What holds the guest while a power task works on it.
    pub(crate) held: Arc<tokio::sync::Mutex<()>>,
    before: Status,
    changed: Option<Instant>,
}

impl Guest {
    fn new(config: GuestConfig, number: u32, pid: u32, seed: u64) -> Self {
        let mark = format!("{}-{number}-{seed}", config.name);
        let digest = ring::digest::digest(&ring::digest::SHA256, mark.as_bytes());
        let bytes: [u8; 16] = digest.as_ref()[..16].try_into().expect("a SHA-256 digest has 32 bytes");
        let age = u64::from(bytes[0]) * 3600 + u64::from(bytes[1]) * 60 + u64::from(bytes[2]);
        Self {
            pid,
            since: wire::epoch() - age,
            uuid: wire::uuid_text(bytes),
            created: wire::epoch() - age - 86_400 * (30 + u64::from(bytes[3])),
            mac: format!("BC:24:11:{:02X}:{:02X}:{:02X}", bytes[4], bytes[5], bytes[6]),
            snapshots: snapshots(&config),
            parent: config.snapshots.last().map(|snapshot| snapshot.name.clone()),
            ha: ha_state(config.status),
            held: Arc::default(),
            before: config.status,
            changed: None,
            config,
        }
    }

    pub(crate) fn runs(&self) -> bool {
        self.config.status != Status::Stopped
    }

    /// Seconds since its start; 0 when stopped.
    pub(crate) fn uptime(&self) -> u64 {
        if self.runs() { wire::epoch().saturating_sub(self.since) } else { 0 }
    }

    /// The status that pvestatd reported last.
    pub(crate) fn reported(&self, lag: Duration) -> Status {
        match self.changed {
            Some(changed) if changed.elapsed() < lag => self.before,
            _ => self.config.status,
        }
    }

    fn screen(&self) -> console::Guest {
        let display = match (self.config.kind, self.config.screen) {
            (Kind::Lxc, _) | (_, Screen::Serial) => Display::Serial,
            (Kind::Qemu, Screen::Qemu) => Display::Qemu,
            (Kind::Qemu, Screen::Builtin) => Display::Builtin,
        };
        console::Guest {
            vmid: self.config.vmid,
            name: self.config.name.clone(),
            display,
            state: console_state(self.config.status),
        }
    }
}

fn snapshots(config: &GuestConfig) -> Vec<Snapshot> {
    let given = config.snapshots.iter().map(|given| Snapshot {
        name: given.name.clone(),
        description: given.description.clone(),
        time: wire::epoch().saturating_sub(given.age),
        vmstate: given.vmstate,
        parent: given.parent.clone(),
        state: None,
    });
    given.collect()
}

/// HA's word for what it has brought about.
fn ha_state(status: Status) -> &'static str {
    if status == Status::Stopped { "stopped" } else { "started" }
}

/// A user or token that may call the API.
#[derive(Clone)]
pub(crate) struct Account {
    /// The password of a user, the secret of a token.
    pub(crate) secret: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) rights: Arc<Rights>,
}

/// A simulated cluster.
pub(crate) struct Cluster {
    pub(crate) mode: Mode,
    pub(crate) name: String,
    pub(crate) timing: Timing,
    pub(crate) seed: u64,
    pub(crate) nodes: Vec<Node>,
    /// Beside `local`.
    pub(crate) storages: Vec<StorageConfig>,
    guests: Shared<BTreeMap<u32, Guest>>,
    pub(crate) users: Shared<BTreeMap<String, Account>>,
    pub(crate) tokens: Shared<BTreeMap<String, Account>>,
    pub(crate) consoles: Consoles,
    pub(crate) tasks: Tasks,
    pub(crate) faults: Faults,
    pub(crate) requests: Shared<Vec<Recorded>>,
    /// Every ticket, password and port of a console that was given out, for tests that search for them.
    pub(crate) issued: Shared<Vec<String>>,
    pub(crate) authority: Authority,
    /// Signs tickets.
    pub(crate) key: hmac::Key,
}

impl Cluster {
    pub(crate) fn new(config: SimConfig) -> anyhow::Result<Arc<Self>> {
        ensure!(!config.nodes.is_empty(), "a cluster needs at least one node");
        let authority = Authority::new()?;
        let mut settings = console::Settings::new(config.version.generation());
        settings.qemu = config.qemu.clone();
        settings.timing = config.console_timing;
        if config.qemu_limit > 0 {
            settings.qemu_limit = config.qemu_limit;
        }
        let tasks = Tasks::new();
        let mut nodes = Vec::new();
        for (index, node) in config.nodes.iter().enumerate() {
            ensure!(!node.name.is_empty(), "node {index} has no name");
            nodes.push(Node {
                name: node.name.clone(),
                address: OnceLock::new(),
                certificate: Shared::new(authority.issue(&node.name, node.listen.ip())?),
                outage: Shared::new(node.offline.then_some((Outage::NoRoute, None))),
                booted: wire::epoch() - 86_400 * 3 - 977 * u64::try_from(index).unwrap_or_default(),
                open: watch::Sender::new(!node.offline),
            });
        }
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &ring::rand::SystemRandom::new())
            .map_err(|_| anyhow::anyhow!("no randomness for the ticket key"))?;
        let cluster = Self {
            mode: config.version,
            name: config.cluster,
            timing: config.timing,
            seed: config.seed,
            nodes,
            storages: config.storages,
            guests: Shared::default(),
            users: Shared::default(),
            tokens: Shared::default(),
            consoles: Consoles::new(settings),
            tasks,
            faults: Faults::default(),
            requests: Shared::default(),
            issued: Shared::default(),
            authority,
            key,
        };
        for user in config.users {
            let rights = Arc::new(Rights::new(&user.acl));
            cluster.users.get().insert(user.id, Account { secret: user.password, enabled: user.enabled, rights });
        }
        for token in config.tokens {
            cluster.add_token(token.id, token.secret, &token.acl)?;
        }
        for guest in config.guests {
            cluster.add_guest(guest)?;
        }
        Ok(Arc::new(cluster))
    }

    /// Adds a token, and its user where that is not known yet.
    pub(crate) fn add_token(&self, id: String, secret: String, acl: &[(String, Vec<String>)]) -> anyhow::Result<()> {
        let (user, _) = id.split_once('!').with_context(|| format!("{id:?} is no token id"))?;
        let rights = Arc::new(Rights::new(acl));
        let account = Account { secret: None, enabled: true, rights: Arc::clone(&rights) };
        self.users.get().entry(user.to_owned()).or_insert(account);
        self.tokens.get().insert(id, Account { secret: Some(secret), enabled: true, rights });
        Ok(())
    }

    /// Adds a guest or replaces the one with its number by a new one.
    pub(crate) fn add_guest(&self, config: GuestConfig) -> anyhow::Result<()> {
        ensure!((100..=999_999_999).contains(&config.vmid), "{} is no guest number", config.vmid);
        ensure!(self.node(&config.node).is_some(), "guest {} lives on no known node", config.vmid);
        let pid = self.tasks.next_pid();
        let guest = Guest::new(config, pid, pid, self.seed);
        self.consoles.add_guest(guest.screen());
        if self.node(&guest.config.node).is_some_and(|node| node.outage().is_some()) {
            self.consoles.set_state(guest.config.vmid, GuestState::Stopped);
        }
        self.guests.get().insert(guest.config.vmid, guest);
        Ok(())
    }

    /// Takes a guest away.
    pub(crate) fn remove_guest(&self, vmid: u32) -> bool {
        self.consoles.remove_guest(vmid);
        self.guests.get().remove(&vmid).is_some()
    }

    pub(crate) fn standalone(&self) -> bool {
        self.nodes.len() == 1
    }

    pub(crate) fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// All guests by number.
    pub(crate) fn guests(&self) -> Vec<Guest> {
        self.guests.get().values().cloned().collect()
    }

    pub(crate) fn guest(&self, vmid: u32) -> Option<Guest> {
        self.guests.get().get(&vmid).cloned()
    }

    /// Changes a guest, if there is one.
    pub(crate) fn change<T>(&self, vmid: u32, change: impl FnOnce(&mut Guest) -> T) -> Option<T> {
        self.guests.get().get_mut(&vmid).map(change)
    }

    /// Starts, stops, pauses or resumes a guest; false if there is none.
    pub(crate) fn set_status(&self, vmid: u32, status: Status) -> bool {
        let pid = self.tasks.next_pid();
        let found = self.change(vmid, |guest| {
            guest.before = guest.config.status;
            guest.changed = Some(Instant::now());
            if !guest.runs() && status != Status::Stopped {
                guest.since = wire::epoch();
                guest.pid = pid;
            }
            guest.config.status = status;
            guest.ha = ha_state(status);
            guest.config.node.clone()
        });
        let Some(home) = found else { return false };
        if self.node(&home).is_some_and(|node| node.outage().is_none()) {
            self.consoles.set_state(vmid, console_state(status));
        }
        true
    }

    /// Takes a node down or up again. Its guests' consoles end with it.
    pub(crate) fn set_outage(&self, name: &str, outage: Option<Outage>) -> bool {
        let Some(node) = self.node(name) else { return false };
        *node.outage.get() = outage.map(|outage| (outage, Some(Instant::now())));
        for guest in self.guests().iter().filter(|guest| guest.config.node == name) {
            let state = match outage {
                Some(_) => GuestState::Stopped,
                None => console_state(guest.config.status),
            };
            self.consoles.set_state(guest.config.vmid, state);
        }
        self.refresh_listeners();
        true
    }

    /// Opens and closes ports after outages and faults.
    pub(crate) fn refresh_listeners(&self) {
        for node in &self.nodes {
            let open = node.outage().is_none() && !self.faults.refused(&node.name);
            node.open.send_if_modified(|value| std::mem::replace(value, open) != open);
        }
    }

    /// A number in 0..1 that looks like load: the same for the same thing, seed and ten seconds.
    pub(crate) fn load(&self, thing: u64) -> f64 {
        let mut bits = self.seed ^ thing.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (wire::epoch() / 10);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let top = u32::try_from((bits ^ (bits >> 31)) >> 32).unwrap_or_default();
        f64::from(top) / f64::from(u32::MAX)
    }
}

fn console_state(status: Status) -> GuestState {
    match status {
        Status::Running => GuestState::Running,
        Status::Stopped => GuestState::Stopped,
        Status::Paused => GuestState::Paused,
    }
}
