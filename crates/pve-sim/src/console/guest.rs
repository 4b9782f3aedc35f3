//! One guest (or node shell) as all its consoles share it: power state, VNC password, screen, viewers, record.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::messages::ClientMessage;
use super::screen::Screen;
use super::{Display, GuestState};

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
    power: watch::Sender<GuestState>,
    secret: Mutex<Option<(Vec<u8>, Instant)>>,
    viewers: Mutex<Viewers>,
    record: Mutex<VecDeque<ClientMessage>>,
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
            power: watch::Sender::new(state),
            secret: Mutex::new(None),
            viewers: Mutex::default(),
            record: Mutex::default(),
        }
    }

    pub(super) fn state(&self) -> GuestState {
        *self.power.borrow()
    }

    /// Changes the power state; consoles of a guest that stops end by [`Self::stopped`].
    pub(super) fn set_state(&self, state: GuestState) {
        if self.state() == GuestState::Stopped && state != GuestState::Stopped {
            self.screen.restart();
        }
        self.screen.freeze(state == GuestState::Paused);
        self.power.send_replace(state);
    }

    /// Ends when the guest does not run (any more).
    pub(super) async fn stopped(&self) {
        let mut power = self.power.subscribe();
        // The sender lives in `self`: waiting cannot fail.
        let _ = power.wait_for(|state| *state == GuestState::Stopped).await;
    }

    /// Replaces the guest's one VNC password, as `qm vncproxy` does when a connection comes.
    pub(super) fn set_password(&self, password: Vec<u8>, valid: Duration) {
        *lock(&self.secret) = Some((password, Instant::now() + valid));
    }

    /// The VNC password that counts now.
    pub(super) fn password(&self) -> Option<Vec<u8>> {
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
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no code panics while it holds this lock")
}
