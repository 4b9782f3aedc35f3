//! What a running session tells about itself; read by lists and metrics while the pump runs.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Where a session stands; see the drawing in `session`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The browser is greeted.
    Greeting,
    /// Bytes flow.
    Live,
    /// The reason is known; the browser is told.
    Closing,
    /// Both connections are gone.
    Ended,
}

/// Counters of one session. The pump alone writes them.
#[derive(Debug)]
pub struct Stats {
    started: Instant,
    state: AtomicU8,
    bytes_down: AtomicU64,
    bytes_up: AtomicU64,
    /// Milliseconds after `started`.
    last_input: AtomicU64,
    turns: AtomicU64,
    /// The newest round trips in microseconds; 0 before the first.
    browser_rtt: AtomicU64,
    upstream_rtt: AtomicU64,
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn known(micros: &AtomicU64) -> Option<Duration> {
    Some(micros.load(Relaxed)).filter(|micros| *micros > 0).map(Duration::from_micros)
}

impl Stats {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            state: AtomicU8::new(State::Greeting as u8),
            bytes_down: AtomicU64::new(0),
            bytes_up: AtomicU64::new(0),
            last_input: AtomicU64::new(0),
            turns: AtomicU64::new(0),
            browser_rtt: AtomicU64::new(0),
            upstream_rtt: AtomicU64::new(0),
        }
    }

    /// Bytes passed from PVE to the browser, frame headers included.
    pub fn bytes_down(&self) -> u64 {
        self.bytes_down.load(Relaxed)
    }

    /// Bytes passed from the browser to PVE, frame headers excluded.
    pub fn bytes_up(&self) -> u64 {
        self.bytes_up.load(Relaxed)
    }

    /// How long ago somebody typed, moved the mouse or pasted; without any input since the session began.
    pub fn since_input(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(self.last_input.load(Relaxed)))
    }

    /// How long the session has lasted.
    pub fn duration(&self) -> Duration {
        self.started.elapsed()
    }

    /// How often the pump had something to do.
    pub fn turns(&self) -> u64 {
        self.turns.load(Relaxed)
    }

    /// How long the newest ping of the browser took to be answered, waiting behind a picture included.
    pub fn browser_rtt(&self) -> Option<Duration> {
        known(&self.browser_rtt)
    }

    /// How long PVE took to answer the newest ping.
    pub fn upstream_rtt(&self) -> Option<Duration> {
        known(&self.upstream_rtt)
    }

    /// Where the session stands.
    pub fn state(&self) -> State {
        match self.state.load(Relaxed) {
            0 => State::Greeting,
            1 => State::Live,
            2 => State::Closing,
            _ => State::Ended,
        }
    }

    pub(crate) fn set_state(&self, state: State) {
        self.state.store(state as u8, Relaxed);
    }

    pub(crate) fn add_down(&self, bytes: u64) {
        self.bytes_down.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn add_up(&self, bytes: u64) {
        self.bytes_up.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn add_turn(&self) {
        self.turns.fetch_add(1, Relaxed);
    }

    pub(crate) fn browser_answered(&self, after: Duration) {
        self.browser_rtt.store(micros(after).max(1), Relaxed);
    }

    pub(crate) fn upstream_answered(&self, after: Duration) {
        self.upstream_rtt.store(micros(after).max(1), Relaxed);
    }

    pub(crate) fn input(&self) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_input.store(millis, Relaxed);
    }
}
