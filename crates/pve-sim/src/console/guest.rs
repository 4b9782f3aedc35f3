//! One guest (or node shell) as all its consoles share it: power state, VNC password, screen, viewers, record.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::auth::Secret;
use super::messages::ClientMessage;
use super::screen::Screen;
use super::{Display, GuestState};
use crate::qemu::{Hypervisor, Machine};

/// How many client messages are kept per guest; the oldest go first.
const RECORDED: usize = 20_000;

/// The shared state behind all consoles of a guest.
#[derive(Debug)]
pub(super) struct GuestConsole {
    /// None for a node's shell.
    pub(super) vmid: Option<u32>,
    pub(super) name: String,
    pub(super) display: Display,
    pub(super) screen: Screen,
    power: watch::Sender<Power>,
    secret: Mutex<Option<(Secret, Instant)>>,
    viewers: Mutex<Viewers>,
    record: Mutex<VecDeque<ClientMessage>>,
    backend: tokio::sync::Mutex<Backend>,
}

/// Whether the guest runs, and the how manieth time: a guest that stopped and started again is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Power {
    state: GuestState,
    run: u64,
}

/// What draws the screen. Decided at the first console of a run and kept until the guest stops.
#[derive(Debug)]
enum Backend {
    Undecided,
    Builtin { run: u64 },
    Machine { run: u64, machine: Arc<Machine> },
}

#[derive(Debug, Default)]
struct Viewers {
    next: u64,
    present: HashMap<u64, CancellationToken>,
}

/// A viewer's place among the others, left when dropped.
#[derive(Debug)]
pub(super) struct Viewer<'a> {
    guest: &'a GuestConsole,
    number: u64,
    /// Cancelled when another viewer wants the guest for itself.
    pub(super) thrown_out: CancellationToken,
}

impl Drop for Viewer<'_> {
    fn drop(&mut self) {
        lock(&self.guest.viewers).present.remove(&self.number);
    }
}

impl GuestConsole {
    pub(super) fn new(vmid: Option<u32>, name: String, display: Display, state: GuestState) -> Self {
        let screen = Screen::new(name.clone());
        screen.freeze(state == GuestState::Paused);
        Self {
            vmid,
            name,
            display,
            screen,
            power: watch::Sender::new(Power { state, run: 0 }),
            secret: Mutex::new(None),
            viewers: Mutex::default(),
            record: Mutex::default(),
            backend: tokio::sync::Mutex::new(Backend::Undecided),
        }
    }

    pub(super) fn state(&self) -> GuestState {
        self.power.borrow().state
    }

    /// The number of this run, for [`Self::ended`].
    pub(super) fn run(&self) -> u64 {
        self.power.borrow().run
    }

    /// Changes the power state.
    pub(super) fn set_state(&self, state: GuestState) {
        let before = self.state();
        if before == GuestState::Stopped && state != GuestState::Stopped {
            self.screen.restart();
        }
        self.screen.freeze(state == GuestState::Paused);
        self.power.send_modify(|power| {
            power.run += u64::from(state == GuestState::Stopped && before != GuestState::Stopped);
            power.state = state;
        });
    }

    /// Waits for the end of this run of the guest.
    pub(super) async fn ended(&self, run: u64) {
        let mut power = self.power.subscribe();
        // The sender lives in `self`: waiting cannot fail.
        let _ = power.wait_for(|power| power.run != run || power.state == GuestState::Stopped).await;
    }

    /// Replaces the guest's one VNC password, as `qm vncproxy` does when a connection comes.
    pub(super) fn set_password(&self, password: Secret, valid: Duration) {
        *lock(&self.secret) = Some((password, Instant::now() + valid));
    }

    /// The VNC password that counts now.
    pub(super) fn password(&self) -> Option<Secret> {
        let secret = lock(&self.secret);
        let (password, until) = secret.as_ref()?;
        (Instant::now() < *until).then(|| password.clone())
    }

    /// Enters a viewer; one that does not share throws the others out.
    pub(super) fn enter(&self, shared: bool) -> Viewer<'_> {
        let mut viewers = lock(&self.viewers);
        if !shared {
            viewers.present.values().for_each(CancellationToken::cancel);
        }
        let number = viewers.next;
        viewers.next += 1;
        let thrown_out = CancellationToken::new();
        viewers.present.insert(number, thrown_out.clone());
        Viewer { guest: self, number, thrown_out }
    }

    /// Writes down a client message.
    pub(super) fn record(&self, message: ClientMessage) {
        let mut record = lock(&self.record);
        if record.len() == RECORDED {
            record.pop_front();
        }
        record.push_back(message);
    }

    pub(super) fn recorded(&self) -> Vec<ClientMessage> {
        lock(&self.record).iter().cloned().collect()
    }

    pub(super) fn clear_record(&self) {
        lock(&self.record).clear();
    }

    /// The QEMU guest behind this run, started when nobody has looked at it yet. `None`: the built-in screen.
    pub(super) async fn machine(self: &Arc<Self>, hypervisor: &Hypervisor) -> Option<Arc<Machine>> {
        let mut backend = self.backend.lock().await;
        let Power { run, state } = *self.power.borrow();
        match &*backend {
            Backend::Builtin { run: of } if *of == run => return None,
            Backend::Machine { run: of, machine } if *of == run => return Some(Arc::clone(machine)),
            _ => {}
        }
        Self::end(&mut backend).await;
        *backend = Backend::Builtin { run };
        if state == GuestState::Stopped {
            return None;
        }
        let machine = match self.start(hypervisor, state).await {
            Ok(machine) => machine?,
            Err(error) => {
                tracing::warn!(name = self.name, %error, "no QEMU guest, the built-in screen is shown");
                return None;
            }
        };
        *backend = Backend::Machine { run, machine: Arc::clone(&machine) };
        tokio::spawn(follow(Arc::downgrade(self), self.power.subscribe(), run));
        Some(machine)
    }

    async fn start(&self, hypervisor: &Hypervisor, state: GuestState) -> std::io::Result<Option<Arc<Machine>>> {
        let Some(machine) = hypervisor.start(&self.name).await? else { return Ok(None) };
        if state == GuestState::Paused {
            machine.booted().await?;
            machine.pause().await?;
        }
        Ok(Some(Arc::new(machine)))
    }

    /// The QEMU guest that runs now, if one does.
    pub(super) async fn running_machine(&self) -> Option<Arc<Machine>> {
        match &*self.backend.lock().await {
            Backend::Machine { run, machine } if *run == self.run() => Some(Arc::clone(machine)),
            _ => None,
        }
    }

    /// Ends the QEMU guest, if there is one, and waits until its process is gone.
    pub(super) async fn end_machine(&self) {
        Self::end(&mut *self.backend.lock().await).await;
    }

    async fn end(backend: &mut Backend) {
        if let Backend::Machine { machine, .. } = std::mem::replace(backend, Backend::Undecided) {
            machine.quit().await;
        }
    }
}

/// Does to a QEMU guest what is done to the simulated one, until its run ends.
async fn follow(guest: Weak<GuestConsole>, mut power: watch::Receiver<Power>, run: u64) {
    loop {
        let now = *power.borrow_and_update();
        let Some(guest) = guest.upgrade() else { return };
        if now.run != run || now.state == GuestState::Stopped {
            return guest.end_run(run).await;
        }
        if let Some(machine) = guest.running_machine().await {
            let done = if now.state == GuestState::Paused { machine.pause().await } else { machine.resume().await };
            if let Err(error) = done {
                tracing::warn!(name = guest.name, %error, "a QEMU guest is gone");
                return guest.end_run(run).await;
            }
        }
        drop(guest);
        if power.changed().await.is_err() {
            return;
        }
    }
}

impl GuestConsole {
    async fn end_run(&self, run: u64) {
        let mut backend = self.backend.lock().await;
        if matches!(&*backend, Backend::Machine { run: of, .. } if *of == run) {
            Self::end(&mut backend).await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no code panics while it holds this lock")
}
