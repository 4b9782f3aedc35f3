//! The simulated consoles of one cluster: ports, passwords, workers and what answers behind them.
//!
//! This is the seam to the HTTP side: `vncproxy` and `termproxy` call [`Consoles::open`], the `vncwebsocket` upgrade
//! calls [`Consoles::attach`] and pumps bytes, power actions call [`Consoles::set_state`]. It must never know about
//! HTTP, tickets or permissions, and it must never leave a process behind.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::oneshot;

mod auth;
mod consoles;
mod display;
mod fault;
mod font;
mod guest;
mod messages;
mod pixel;
mod ports;
mod proxy;
mod rfb;
mod screen;
mod term;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use consoles::Consoles;
pub use fault::{RfbFault, Step};
pub use messages::ClientMessage;

/// Which PVE the consoles behave like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// PVE 9.2: always a VNC password of its own, termproxy works with API tokens.
    V9_2,
    /// PVE 8.3: the VNC password is the ticket's first 8 bytes unless asked otherwise, termproxy refuses API tokens.
    V8_3,
}

/// The waiting times of PVE's workers. Tests shorten them, nothing else does.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// How long a worker waits for its connection: 10 s.
    pub connect: Duration,
    /// How long a port stays reserved after it was given out: 5 s.
    pub reserve: Duration,
    /// How long the VNC password of a QEMU guest is valid after the connection: 30 s.
    pub authenticate: Duration,
    /// How long vncterm stays without key or pointer input: 30 minutes.
    pub idle: Duration,
    /// How long vncterm waits for its first viewer: 20 s.
    pub first_viewer: Duration,
    /// How long vncterm stays after its last viewer left: 10 s.
    pub last_viewer: Duration,
    /// How long termproxy takes to refuse where it must ask the API: 3 s.
    pub refuse: Duration,
    /// How long termproxy waits for the first line: 10 s.
    pub preamble: Duration,
    /// How long a node takes to refuse a login: 2.7 s.
    pub login: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            reserve: Duration::from_secs(5),
            authenticate: Duration::from_secs(30),
            idle: Duration::from_secs(30 * 60),
            first_viewer: Duration::from_secs(20),
            last_viewer: Duration::from_secs(10),
            refuse: Duration::from_secs(3),
            preamble: Duration::from_secs(10),
            login: Duration::from_millis(2700),
        }
    }
}

/// How the consoles of a cluster are set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The PVE version to behave like.
    pub generation: Generation,
    /// The QEMU program for guests with [`Display::Qemu`]; none means that all use the built-in server.
    pub qemu: Option<PathBuf>,
    /// How many QEMU guests run at once at most; the rest use the built-in server.
    pub qemu_limit: usize,
    /// The waiting times.
    pub timing: Timing,
}

impl Settings {
    /// PVE's own times, no QEMU.
    #[must_use]
    pub fn new(generation: Generation) -> Self {
        Self { generation, qemu: None, qemu_limit: 4, timing: Timing::default() }
    }
}

/// What a guest shows on its VNC console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// A real QEMU guest where one can run, else the same as [`Display::Builtin`].
    Qemu,
    /// The built-in RFB server in the manner of QEMU.
    Builtin,
    /// The built-in RFB server in the manner of vncterm: containers, `vga: serialN`, node shells.
    Serial,
}

/// Whether a guest runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestState {
    /// Runs.
    Running,
    /// Its processors stand still; the console can be opened and shows the last picture.
    Paused,
    /// Does not run: a console opens and ends without a byte.
    Stopped,
}

/// A guest as the consoles see it.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The guest's number, unique in the cluster.
    pub vmid: u32,
    /// The name shown on its screen.
    pub name: String,
    /// What answers on its console.
    pub display: Display,
    /// Whether it runs.
    pub state: GuestState,
}

/// What a console belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The guest with this number.
    Guest(u32),
    /// The node itself (vncshell, node termproxy).
    Node,
}

/// Which kind of console is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A VNC console.
    Vnc {
        /// `generate-password=1` was given.
        generate_password: bool,
        /// Width and height in pixels asked of vncterm.
        size: Option<(u16, u16)>,
    },
    /// A terminal by the wire protocol of termproxy.
    Term,
}

/// One `vncproxy`, `vncshell` or `termproxy` call.
#[derive(Debug, Clone)]
pub struct Request {
    /// The node that was asked: ports are local to it.
    pub node: String,
    /// What the console shows.
    pub target: Target,
    /// User or token id, as the answer's field `user` has it.
    pub user: String,
    /// VNC or terminal.
    pub protocol: Protocol,
}

/// What the answer to a `vncproxy` or `termproxy` call is made of.
pub struct Opened {
    /// The port to name in `vncwebsocket`.
    pub port: u16,
    /// The field `password`, where this version returns one.
    pub password: Option<String>,
    /// The field `ticket`, as the caller made it.
    pub ticket: String,
    /// Tells how the worker's task ended.
    pub worker: oneshot::Receiver<WorkerEnd>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Opened").field("port", &self.port).finish_non_exhaustive()
    }
}

/// How a console's worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerEnd {
    /// Served a connection to its end.
    Ok,
    /// Nobody connected in time.
    TimedOut,
    /// The guest did not run.
    Failed,
}

impl WorkerEnd {
    /// The exit status of the task, as PVE writes it.
    #[must_use]
    pub fn status(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::TimedOut => "connection timed out",
            Self::Failed => "Failed to run vncproxy.",
        }
    }
}

/// Why no console was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// All ports from 5900 to 5999 of the node are taken.
    #[error("unable to find free port (5900-6000)")]
    NoPort,
    /// No guest with this number is known.
    #[error("no such guest")]
    UnknownGuest,
}
