//! Opens consoles, lets them wait behind their ports and serves the connections.
//!
//! One per simulated cluster. Every task it starts ends by [`Consoles::stop`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use rand::RngExt;
use tokio::io::DuplexStream;
use tokio::sync::oneshot;
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use super::auth::Secret;
use super::display::{self, Manner};
use super::fault::{Faults, RfbFault};
use super::guest::GuestConsole;
use super::messages::ClientMessage;
use super::ports::{Lease, Ports};
use super::proxy;
use super::term::{self, Shell, Terminal};
use super::{
    Display, Generation, Guest, GuestState, OpenError, Opened, Protocol, Request, Settings, Target, WorkerEnd,
};
use crate::qemu::{Hypervisor, Machine};

/// Bytes on the way between a console and the relay, per direction.
const BUFFER: usize = 128 * 1024;
/// vncterm's size when none is asked for, before it is cut to whole cells.
const TERMINAL_SIZE: (u16, u16) = (745, 400);

/// The consoles of one cluster.
#[derive(Debug, Clone)]
pub struct Consoles {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: Settings,
    ports: Mutex<Ports<Worker>>,
    guests: Mutex<HashMap<u32, Arc<GuestConsole>>>,
    shells: Mutex<HashMap<String, Arc<GuestConsole>>>,
    faults: Faults,
    hypervisor: Option<Hypervisor>,
    stopping: CancellationToken,
}

/// A console that was asked for.
#[derive(Debug)]
struct Worker {
    guest: Arc<GuestConsole>,
    request: Request,
    /// The VNC password, or nothing for terminals.
    password: Secret,
    ticket: Secret,
    report: oneshot::Sender<WorkerEnd>,
}

impl Consoles {
    /// No guests yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let hypervisor = settings.qemu.clone().map(|program| Hypervisor::new(program, settings.qemu_limit));
        let inner = Inner {
            settings,
            ports: Mutex::new(Ports::new()),
            guests: Mutex::default(),
            shells: Mutex::default(),
            faults: Faults::default(),
            hypervisor,
            stopping: CancellationToken::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Makes a guest known, in place of one with the same number.
    pub fn add_guest(&self, guest: Guest) {
        let console = GuestConsole::new(Some(guest.vmid), guest.name, guest.display, guest.state);
        let before = lock(&self.inner.guests).insert(guest.vmid, Arc::new(console));
        if let Some(before) = before {
            before.set_state(GuestState::Stopped);
        }
    }

    /// Forgets a guest and ends its consoles.
    pub fn remove_guest(&self, vmid: u32) {
        if let Some(guest) = lock(&self.inner.guests).remove(&vmid) {
            guest.set_state(GuestState::Stopped);
        }
    }

    /// Changes a guest's power state: [`GuestState::Stopped`] ends its consoles at once.
    pub fn set_state(&self, vmid: u32, state: GuestState) {
        if let Some(guest) = self.guest(vmid) {
            guest.set_state(state);
        }
    }

    /// Presses the reset button; consoles stay.
    pub fn reset(&self, vmid: u32) {
        if let Some(guest) = self.guest(vmid) {
            guest.screen.reset();
            tokio::spawn(async move {
                let Some(machine) = guest.running_machine().await else { return };
                if let Err(error) = machine.reset().await {
                    tracing::warn!(name = guest.name, %error, "a QEMU guest was not reset");
                }
            });
        }
    }

    /// Opens a console: takes a port, makes a password where this version does, has the ticket made for both and
    /// lets a worker wait.
    ///
    /// # Errors
    /// The node has no free port, or the guest is unknown.
    pub fn open(
        &self,
        request: Request,
        ticket: impl FnOnce(u16, Option<&str>) -> String,
    ) -> Result<Opened, OpenError> {
        let inner = &self.inner;
        let guest = self.console(&request)?;
        let now = Instant::now();
        let reserved = now + inner.settings.timing.reserve;
        let lease = lock(&inner.ports).reserve(&request.node, request.target, reserved).ok_or(OpenError::NoPort)?;
        let password = inner.makes_password(request.protocol).then(random_password);
        let ticket = ticket(lease.port, password.as_deref());
        let secret = match (&request.protocol, &password) {
            (Protocol::Term, _) => Vec::new(),
            (_, Some(password)) => password.as_bytes().to_vec(),
            (_, None) => ticket.bytes().take(8).collect(),
        };
        let wait = match (request.protocol, guest.display) {
            (Protocol::Vnc { .. }, Display::Serial) => inner.settings.timing.first_viewer,
            _ => inner.settings.timing.connect,
        };
        let (report, worker) = oneshot::channel();
        let waiting =
            Worker { guest, request, password: Secret(secret), ticket: Secret(ticket.clone().into_bytes()), report };
        inner.wait(&lease, waiting, wait, WorkerEnd::TimedOut);
        Ok(Opened { port: lease.port, password, ticket, worker })
    }

    /// Connects to the worker behind a port; `None` when nothing listens there (any more).
    ///
    /// The stream carries what the websocket carries. It ends without a byte when the guest does not run.
    #[must_use]
    pub fn attach(&self, node: &str, port: u16) -> Option<DuplexStream> {
        let (lease, worker) = lock(&self.inner.ports).connect(node, port)?;
        let (ours, theirs) = tokio::io::duplex(BUFFER);
        let inner = Arc::clone(&self.inner);
        tokio::spawn(async move { inner.work(lease, worker, ours).await });
        Some(theirs)
    }

    /// Whose worker waits behind a port.
    #[must_use]
    pub fn listener(&self, node: &str, port: u16) -> Option<Target> {
        lock(&self.inner.ports).listener(node, port)
    }

    /// Arms a fault for the next VNC connections of one guest or of all; `None` times means until cleared.
    pub fn fault(&self, vmid: Option<u32>, fault: RfbFault, times: Option<u32>) {
        self.inner.faults.arm(vmid, fault, times);
    }

    /// Disarms all faults.
    pub fn clear_faults(&self) {
        self.inner.faults.clear();
    }

    /// Every RFB client message that reached the guest's consoles, oldest first, the last 20 000.
    #[must_use]
    pub fn client_messages(&self, vmid: u32) -> Vec<ClientMessage> {
        self.guest(vmid).map(|guest| guest.recorded()).unwrap_or_default()
    }

    /// Forgets the messages seen so far.
    pub fn clear_messages(&self, vmid: u32) {
        if let Some(guest) = self.guest(vmid) {
            guest.clear_record();
        }
    }

    /// What stands on the guest's screen, while it is not off.
    pub async fn screen_text(&self, vmid: u32) -> Option<String> {
        let guest = self.guest(vmid)?;
        if let Some(machine) = guest.running_machine().await {
            return machine.text().await.ok();
        }
        (guest.state() != GuestState::Stopped).then(|| match guest.display {
            Display::Serial => {
                let (width, height) = terminal_size(None);
                guest.screen.terminal(width, height).text()
            }
            Display::Qemu | Display::Builtin => guest.screen.vga().text(),
        })
    }

    /// Ends everything. Afterwards nothing of the consoles runs.
    pub async fn stop(&self) {
        self.inner.stopping.cancel();
        lock(&self.inner.ports).clear();
        let guests: Vec<_> = lock(&self.inner.guests).values().cloned().collect();
        guests.iter().for_each(|guest| guest.set_state(GuestState::Stopped));
        for guest in guests {
            guest.end_machine().await;
        }
    }

    /// Ends a QEMU guest as a crash does: nobody here knows.
    #[cfg(test)]
    pub(super) async fn crash(&self, vmid: u32) {
        let machine = self.guest(vmid).expect("a guest").running_machine().await.expect("a QEMU guest");
        machine.quit().await;
    }

    fn guest(&self, vmid: u32) -> Option<Arc<GuestConsole>> {
        lock(&self.inner.guests).get(&vmid).cloned()
    }

    fn console(&self, request: &Request) -> Result<Arc<GuestConsole>, OpenError> {
        match request.target {
            Target::Guest(vmid) => self.guest(vmid).ok_or(OpenError::UnknownGuest),
            Target::Node => {
                let mut shells = lock(&self.inner.shells);
                let shell = shells.entry(request.node.clone()).or_insert_with(|| {
                    Arc::new(GuestConsole::new(None, request.node.clone(), Display::Serial, GuestState::Running))
                });
                Ok(Arc::clone(shell))
            }
        }
    }
}

impl Inner {
    fn makes_password(&self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Vnc { generate_password, .. } => {
                self.settings.generation == Generation::V9_2 || generate_password
            }
            Protocol::Term => false,
        }
    }

    /// Lets a worker wait for a connection, and ends it when none comes.
    fn wait(self: &Arc<Self>, lease: &Lease, worker: Worker, limit: Duration, end: WorkerEnd) {
        lock(&self.ports).wait(lease, worker);
        let (inner, lease) = (Arc::clone(self), lease.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(limit) => {}
                () = inner.stopping.cancelled() => {}
            }
            if let Some(worker) = lock(&inner.ports).expire(&lease) {
                // Nobody need be interested in the worker's end.
                let _ = worker.report.send(end);
            }
        });
    }

    /// Serves the connection a worker waited for.
    async fn work(self: Arc<Self>, lease: Lease, worker: Worker, stream: DuplexStream) {
        let (run, ran) = (worker.guest.run(), worker.guest.state() != GuestState::Stopped);
        if ran {
            tokio::select! {
                end = self.serve(&worker, stream) => {
                    if let Err(error) = end {
                        tracing::debug!(node = lease.node, port = lease.port, %error, "console connection ended");
                    }
                }
                () = worker.guest.ended(run) => {}
                () = self.stopping.cancelled() => {}
            }
        }
        let vncterm = worker.guest.display == Display::Serial && worker.request.protocol != Protocol::Term;
        if vncterm && worker.guest.state() != GuestState::Stopped && !self.stopping.is_cancelled() {
            let limit = self.settings.timing.last_viewer;
            return self.wait(&lease, worker, limit, WorkerEnd::Ok);
        }
        lock(&self.ports).end(&lease);
        let _ = worker.report.send(if ran { WorkerEnd::Ok } else { WorkerEnd::Failed });
    }

    async fn serve(&self, worker: &Worker, stream: DuplexStream) -> std::io::Result<()> {
        let timing = self.settings.timing;
        let guest = &worker.guest;
        let Protocol::Vnc { size, .. } = worker.request.protocol else {
            return term::serve(stream, self.terminal(worker)).await;
        };
        let fault = self.faults.take(guest.vmid);
        if guest.display == Display::Serial {
            // Every vncterm is a process with a password of its own.
            let (width, height) = terminal_size(size);
            let manner = Manner::Vncterm { width, height, idle: timing.idle };
            return display::serve(stream, guest, manner, || Some(worker.password.clone()), fault).await;
        }
        if fault.is_none()
            && let Some(machine) = self.machine(guest).await
        {
            let password = String::from_utf8_lossy(&worker.password.0);
            let qemu = machine.connect(&password, timing.authenticate).await;
            drop(machine);
            if qemu.is_err() {
                // It ended by itself: the next console starts it anew.
                guest.end_machine().await;
            }
            return proxy::serve(stream, qemu?, guest).await;
        }
        guest.set_password(worker.password.clone(), timing.authenticate);
        display::serve(stream, guest, Manner::Qemu, || guest.password(), fault).await
    }

    async fn machine(&self, guest: &Arc<GuestConsole>) -> Option<Arc<Machine>> {
        match (&self.hypervisor, guest.display) {
            (Some(hypervisor), Display::Qemu) => guest.machine(hypervisor).await,
            _ => None,
        }
    }

    fn terminal<'a>(&self, worker: &'a Worker) -> Terminal<'a> {
        let guest = &worker.guest;
        let shell = match worker.request.target {
            Target::Node => Shell::login(guest.name.clone()),
            Target::Guest(_) => Shell::guest(guest.name.clone(), guest.display != Display::Serial),
        };
        Terminal {
            user: &worker.request.user,
            ticket: &worker.ticket.0,
            generation: self.settings.generation,
            timing: self.settings.timing,
            shell,
        }
    }
}

/// vncterm's size in pixels: whole cells of 8 by 16, at least one.
fn terminal_size(asked: Option<(u16, u16)>) -> (u16, u16) {
    let (width, height) = asked.unwrap_or(TERMINAL_SIZE);
    ((width / 8).max(1) * 8, (height / 16).max(1) * 16)
}

/// Eight characters as PVE makes them: from `!` to the grave accent, no lower case.
fn random_password() -> String {
    let mut random = rand::rng();
    (0..8).map(|_| char::from(random.random_range(b'!'..=b'`'))).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no code panics while it holds this lock")
}
