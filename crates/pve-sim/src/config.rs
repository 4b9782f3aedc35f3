//! What a simulated cluster is made of, as a caller or a configuration file gives it. It must never hold running state.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::console::Generation;

/// Which PVE the cluster behaves like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Mode {
    /// PVE 9.2.
    #[default]
    #[serde(rename = "9.2")]
    V9_2,
    /// PVE 8.3.
    #[serde(rename = "8.3")]
    V8_3,
}

impl Mode {
    /// `version`, `release` and `repoid` of GET /version.
    #[must_use]
    pub fn version(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::V9_2 => ("9.2.11", "9.2", "14a22df35955d97d"),
            Self::V8_3 => ("8.3.0", "8.3", "c1689ccb1065a83b"),
        }
    }

    /// Whether this is 9.2 (and not 8.3).
    #[must_use]
    pub fn is_new(self) -> bool {
        self == Self::V9_2
    }

    pub(crate) fn generation(self) -> Generation {
        match self {
            Self::V9_2 => Generation::V9_2,
            Self::V8_3 => Generation::V8_3,
        }
    }
}

/// Virtual machine or container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A QEMU virtual machine.
    #[default]
    Qemu,
    /// An LXC container.
    Lxc,
}

impl Kind {
    /// `qemu` or `lxc`, as in paths.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Qemu => "qemu",
            Self::Lxc => "lxc",
        }
    }
}

/// Whether a guest runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Runs.
    Running,
    /// Does not run.
    #[default]
    Stopped,
    /// Runs with its processors standing still.
    Paused,
}

/// What a guest's VNC console shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// A real QEMU guest where one can run, else the built-in server.
    Qemu,
    /// The built-in RFB server.
    #[default]
    Builtin,
    /// A serial display (`vga: serial0`) behind vncterm; containers always have this.
    Serial,
}

/// A node of the cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NodeConfig {
    /// Its name, unique in the cluster.
    pub name: String,
    /// Where its HTTPS listener binds; port 0 picks a free one.
    #[serde(default = "loopback")]
    pub listen: SocketAddr,
    /// Starts switched off, for so long that the others forgot its numbers.
    #[serde(default)]
    pub offline: bool,
}

impl NodeConfig {
    /// An online node on a free loopback port.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), listen: loopback(), offline: false }
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// A guest.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct GuestConfig {
    /// 100 to 999999999, unique in the cluster.
    pub vmid: u32,
    /// Virtual machine or container.
    pub kind: Kind,
    /// The node it lives on.
    pub node: String,
    /// Name (host name of a container).
    pub name: String,
    /// Whether it runs.
    pub status: Status,
    /// Tags.
    pub tags: Vec<String>,
    /// The pool it is a member of.
    pub pool: Option<String>,
    /// Is a template.
    pub template: bool,
    /// Its lock, such as `backup` or `migrate`.
    pub lock: Option<String>,
    /// Number of cores.
    pub cores: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// Size of the first disk in GiB; 0 for none.
    pub disk: u32,
    /// Operating system type of the configuration; empty for PVE's default.
    pub ostype: String,
    /// Has the guest agent enabled in its configuration.
    pub agent: bool,
    /// What its console shows.
    pub screen: Screen,
    /// Has an agent that answers, where [`GuestConfig::agent`] enables it.
    pub agent_answers: bool,
    /// Does not obey a shutdown.
    pub deaf: bool,
    /// Is managed by HA: start and stop are only asked for, and done some time after their tasks ended.
    pub ha: bool,
    /// HA never does what it is asked for.
    pub ha_stuck: bool,
    /// Its power tasks run until they are stopped, and write into their logs all the time.
    pub endless: bool,
    /// Further options of its configuration, given out as they stand: no secret is hidden, as PVE hides one of them.
    pub options: BTreeMap<String, String>,
    /// Its snapshots; each after its parent.
    pub snapshots: Vec<SnapshotConfig>,
}

impl Default for GuestConfig {
    fn default() -> Self {
        Self {
            vmid: 100,
            kind: Kind::Qemu,
            node: String::new(),
            name: String::new(),
            status: Status::Stopped,
            tags: Vec::new(),
            pool: None,
            template: false,
            lock: None,
            cores: 1,
            memory: 512,
            disk: 0,
            ostype: String::new(),
            agent: false,
            screen: Screen::Builtin,
            agent_answers: false,
            deaf: false,
            ha: false,
            ha_stuck: false,
            endless: false,
            options: BTreeMap::new(),
            snapshots: Vec::new(),
        }
    }
}

/// A snapshot that a guest has from the beginning. What runs comes after the last of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SnapshotConfig {
    /// Its name, unique for the guest.
    pub name: String,
    /// What somebody wrote about it.
    pub description: String,
    /// How many seconds ago it was made.
    pub age: u64,
    /// Holds the memory.
    pub vmstate: bool,
    /// The snapshot that it was made after.
    pub parent: Option<String>,
}

/// A storage that every node has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageConfig {
    /// Its name.
    pub name: String,
    /// What it is made of, such as `dir` or `nfs`.
    pub plugin: String,
    /// Whether all nodes use the same one.
    #[serde(default)]
    pub shared: bool,
    /// Bytes in use.
    pub used: u64,
    /// Bytes in all.
    pub total: u64,
}

/// An access control entry: a path and the privileges granted there and below.
pub type Acl = Vec<(String, Vec<String>)>;

/// An API token; its user is made along where no [`UserConfig`] names it.
#[derive(Clone, Serialize, Deserialize)]
pub struct TokenConfig {
    /// `user@realm!name`.
    pub id: String,
    /// The secret, a UUID.
    pub secret: String,
    /// What the token may do in effect (separation from its user's rights is not modelled).
    #[serde(default)]
    pub acl: Acl,
}

impl std::fmt::Debug for TokenConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenConfig").field("id", &self.id).field("acl", &self.acl).finish_non_exhaustive()
    }
}

/// A user who may sign in with a password.
#[derive(Clone, Serialize, Deserialize)]
pub struct UserConfig {
    /// `user@realm`.
    pub id: String,
    /// The password; none means that no password signs this user in.
    #[serde(default)]
    pub password: Option<String>,
    /// Is enabled.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What the user may do.
    #[serde(default)]
    pub acl: Acl,
}

impl std::fmt::Debug for UserConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserConfig").field("id", &self.id).field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

fn yes() -> bool {
    true
}

/// PVE's waiting times. Tests shorten them, nothing else does.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// How long every 401 takes: 3 s.
    pub unauthorized: Duration,
    /// How long an idle or unfinished connection stays: 5 s.
    pub idle: Duration,
    /// How old a VNC ticket may become: 40 s.
    pub vnc_ticket: Duration,
    /// How far /cluster/resources lags behind; PVE: up to 10 s, here none unless asked for.
    pub lag: Duration,
    /// After what an offline node's numbers are forgotten: 300 s.
    pub forget: Duration,
    /// How long a request to a node that does not answer takes: 30 s.
    pub proxy: Duration,
    /// How long opening the console of a stopped container takes to fail: 5.7 s.
    pub port: Duration,
    /// How long the guest agent takes not to answer: 3 s.
    pub agent: Duration,
    /// How long a power or snapshot task takes.
    pub task: Duration,
    /// How long a guest takes to shut itself down.
    pub shutdown: Duration,
    /// How long a guest is waited for that does not obey a shutdown, when the call does not say: 60 s.
    pub patience: Duration,
    /// How long a task waits for the guest that another one holds: 10 s.
    pub held: Duration,
    /// How long HA takes to do what it is asked for; PVE: some 10 s.
    pub ha: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            unauthorized: Duration::from_secs(3),
            idle: Duration::from_secs(5),
            vnc_ticket: Duration::from_secs(40),
            lag: Duration::ZERO,
            forget: Duration::from_secs(300),
            proxy: Duration::from_secs(30),
            port: Duration::from_millis(5700),
            agent: Duration::from_secs(3),
            task: Duration::from_millis(30),
            shutdown: Duration::from_millis(300),
            patience: Duration::from_secs(60),
            held: Duration::from_secs(10),
            ha: Duration::from_millis(500),
        }
    }
}

/// A simulated cluster.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SimConfig {
    /// Which PVE it behaves like.
    pub version: Mode,
    /// The cluster's name. A single node is a standalone one, which shows no cluster.
    pub cluster: String,
    /// Its nodes, at least one.
    pub nodes: Vec<NodeConfig>,
    /// Its guests.
    pub guests: Vec<GuestConfig>,
    /// What every node has beside the storage `local`.
    pub storages: Vec<StorageConfig>,
    /// Its API tokens.
    pub tokens: Vec<TokenConfig>,
    /// Its users.
    pub users: Vec<UserConfig>,
    /// The QEMU program for guests with [`Screen::Qemu`].
    pub qemu: Option<PathBuf>,
    /// How many QEMU guests run at once at most; 0 means the default of 4.
    pub qemu_limit: usize,
    /// Makes numbers that look random the same in each run. Key order and passwords stay random.
    pub seed: u64,
    /// Waiting times.
    #[serde(skip)]
    pub timing: Timing,
    /// Waiting times of the consoles' workers.
    #[serde(skip)]
    pub console_timing: crate::console::Timing,
}
