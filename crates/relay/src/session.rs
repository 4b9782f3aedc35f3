//! One console session: from the browser's greeting to one typed reason.
//!
//! ```text
//!             greeted, ClientInit passed on                  close frame said, or 2 s
//!  Greeting ───────────────────────────────► Live ──┬───────► Closing ─────────────────► Ended
//!      │                                            │            ▲
//!      └── the browser, PVE, the clock or EndSignal gives a reason ─┘
//! ```
//! `Greeting`: the browser is offered RFB 3.8 without a password; PVE is not read. `Live`: the pump. `Closing`: the
//! frame that was begun is finished, the browser gets a close frame with code and name of the reason, PVE a close,
//! both legs a close_notify. Whatever comes first is the reason; it never changes afterwards.
//!
//! A session is one task and must not be split: the pump's turns rely on owning both legs.

mod clock;
mod own;
mod pump;
mod round;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::limits::VERDICT;
use crate::rfb::Rights;
use crate::{Browser, EndReason, EndSignal, State, Stats, Upstream};
use pump::Pump;

/// What a session may do and how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only look: no key, mouse, clipboard or size reaches the guest, whatever the browser sends.
    pub view_only: bool,
    /// Text from the browser may reach the guest.
    pub clipboard_in: bool,
    /// Text from the guest may reach the browser.
    pub clipboard_out: bool,
    /// Ends a session in which nobody types or moves the mouse. A view-only session cannot, and is not ended.
    pub idle: Option<Duration>,
    /// Ends every session.
    pub max_length: Option<Duration>,
    /// When both legs are pinged for the first time: soon, since that tells how far away they are.
    pub first_ping: Duration,
    /// How often both are pinged after that.
    pub ping_every: Duration,
    /// How long a leg may be silent, pings notwithstanding, before it is dead.
    pub gone_after: Duration,
    /// How long a leg may not take what waits for it.
    pub stall: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            view_only: true,
            clipboard_in: false,
            clipboard_out: false,
            idle: None,
            max_length: None,
            first_ping: Duration::from_secs(1),
            ping_every: Duration::from_secs(10),
            gone_after: Duration::from_secs(30),
            stall: Duration::from_secs(30),
        }
    }
}

impl Options {
    fn rights(&self) -> Rights {
        Rights { control: !self.view_only, clipboard_in: self.clipboard_in, clipboard_out: self.clipboard_out }
    }
}

/// How a session went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Why it ended; the browser has been told the same.
    pub reason: EndReason,
    /// Bytes from PVE to the browser.
    pub bytes_down: u64,
    /// Bytes from the browser to PVE.
    pub bytes_up: u64,
    /// How long it lasted.
    pub duration: Duration,
}

type Verdict = Pin<Box<dyn Future<Output = EndReason> + Send>>;

/// A session that is ready to run.
pub struct Session {
    browser: Browser,
    upstream: Upstream,
    options: Options,
    stats: Arc<Stats>,
    verdict: Option<Verdict>,
}

impl Session {
    /// A session between a browser that has been sent nothing yet and an authenticated console.
    pub fn new(browser: Browser, upstream: Upstream, options: Options) -> Self {
        Self { browser, upstream, options, stats: Arc::new(Stats::new()), verdict: None }
    }

    /// Sets what finds out why PVE closed (a guest that stopped, for one), before the browser is told. It is asked only
    /// when PVE closes, and waited for 3 s at most; without an answer the reason is [`EndReason::PveClosed`].
    #[must_use]
    pub fn explain(mut self, verdict: impl Future<Output = EndReason> + Send + 'static) -> Self {
        self.verdict = Some(Box::pin(verdict));
        self
    }

    /// The counters, to be read while the session runs.
    pub fn stats(&self) -> Arc<Stats> {
        Arc::clone(&self.stats)
    }

    /// Runs the session to its end, which the browser has been told when this returns. To be spawned as a task.
    pub async fn run(self, end: EndSignal) -> Ended {
        let Self { browser, upstream, options, stats, verdict } = self;
        let mut pump = Pump::new(browser.stream, upstream.stream, options, Arc::clone(&stats));
        let mut reason = pump.run(&end).await;
        if let (EndReason::PveClosed, Some(verdict)) = (reason, verdict) {
            // Somebody may end the session meanwhile; that is known better than any guess.
            reason = tokio::select! {
                biased;
                ended = end.ended() => ended,
                found = tokio::time::timeout(VERDICT, verdict) => found.unwrap_or(EndReason::PveClosed),
            };
        }
        stats.set_state(State::Closing);
        pump.goodbye(reason, end.words(reason)).await;
        stats.set_state(State::Ended);
        Ended { reason, bytes_down: stats.bytes_down(), bytes_up: stats.bytes_up(), duration: stats.duration() }
    }
}
