//! Circuit breakers: what failed several times in a row is not asked for a while.
//!
//! ```text
//!   closed ── 3 failures in a row ─► open ── its time is over, or the overview asks ─► one probe
//!     ▲                               ▲                                                   │
//!     └─────────── an answer ─────────┼───────────────────────────────────────────────────┤
//!                                     └──────────── a failure: open for twice as long ────┘
//! ```
//! While it is open, calls fail at once with the last cause. It must never hold a lock across a call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, ErrorKind};

/// Failures in a row that open a breaker.
const FAILURES: u32 = 3;
/// How long it is open at first; twice as long after each probe that failed.
const OPEN: Duration = Duration::from_secs(2);
/// The longest time that it is open.
const LONGEST: Duration = Duration::from_secs(30);
/// Nodes that are kept in mind; PVE has clusters of up to some 40.
const NODES: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open: Option<Open>,
    probing: bool,
}

#[derive(Debug)]
struct Open {
    cause: Error,
    until: Instant,
    lasts: Duration,
}

/// The leave to make one call. Dropped without a word it says nothing about the other side.
#[derive(Debug)]
pub(crate) struct Pass {
    breaker: Arc<Breaker>,
    probe: bool,
}

impl Pass {
    /// Whether the breaker is open and this call finds out whether it may close.
    pub(crate) fn is_probe(&self) -> bool {
        self.probe
    }

    pub(crate) fn good(self) {
        *self.breaker.state() = State::default();
    }

    pub(crate) fn bad(self, now: Instant, cause: &Error) {
        self.breaker.failed(now, cause, self.probe);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.state().probing = false;
        }
    }
}

impl Breaker {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The leave for a call; `force` makes it a probe before the time is over.
    pub(crate) fn admit(self: &Arc<Self>, now: Instant, force: bool) -> Result<Pass, Error> {
        let mut state = self.state();
        let probe = match &state.open {
            None => false,
            Some(open) if state.probing || (now < open.until && !force) => return Err(open.cause.clone()),
            Some(_) => true,
        };
        state.probing |= probe;
        drop(state);
        Ok(Pass { breaker: Arc::clone(self), probe })
    }

    fn failed(&self, now: Instant, cause: &Error, probe: bool) {
        let state = &mut *self.state();
        state.failures = state.failures.saturating_add(1);
        let cause = Error { attempts: 0, ..cause.clone() };
        state.open = match state.open.take() {
            Some(open) if probe => {
                let lasts = (open.lasts * 2).min(LONGEST);
                Some(Open { cause, until: now + lasts, lasts })
            }
            // A call that was under way when it opened.
            Some(open) => Some(Open { cause, ..open }),
            None => (state.failures >= FAILURES).then(|| Open { cause, until: now + OPEN, lasts: OPEN }),
        };
    }

    /// A look beside the calls: an answer closes it, a failure counts as one.
    pub(crate) fn looked(&self, now: Instant, result: Result<(), &Error>) {
        match result {
            Ok(()) => *self.state() = State::default(),
            Err(cause) => self.failed(now, cause, false),
        }
    }

    /// Why it is open, and for how long still.
    pub(crate) fn open(&self, now: Instant) -> Option<(Error, Duration)> {
        let state = self.state();
        state.open.as_ref().map(|open| (open.cause.clone(), open.until.saturating_duration_since(now)))
    }

    fn is_fresh(&self) -> bool {
        self.state().failures == 0
    }
}

/// One breaker for each node that was asked about.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    breakers: Mutex<HashMap<String, Arc<Breaker>>>,
}

impl Nodes {
    fn breakers(&self) -> MutexGuard<'_, HashMap<String, Arc<Breaker>>> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn of(&self, node: &str) -> Arc<Breaker> {
        let mut breakers = self.breakers();
        if let Some(known) = breakers.get(node) {
            return Arc::clone(known);
        }
        if breakers.len() >= NODES {
            // Those with calls under way are in use elsewhere and come back when one fails.
            breakers.retain(|_, breaker| !breaker.is_fresh());
        }
        let new = Arc::new(Breaker::default());
        if breakers.len() < NODES {
            breakers.insert(node.to_owned(), Arc::clone(&new));
        }
        new
    }

    /// The server answers again: what was held against nodes because there was no connection at all is forgotten.
    pub(crate) fn connected(&self) {
        self.breakers().retain(|_, breaker| {
            !matches!(&breaker.state().open, Some(Open { cause: Error { kind: ErrorKind::Dial { .. }, .. }, .. }))
        });
    }

    /// The nodes that are not asked now, by name.
    pub(crate) fn open(&self, now: Instant) -> Vec<(String, Error, Duration)> {
        let breakers = self.breakers();
        let open =
            breakers.iter().filter_map(|(node, breaker)| breaker.open(now).map(|(e, left)| (node.clone(), e, left)));
        let mut open: Vec<_> = open.collect();
        open.sort_by(|a, b| a.0.cmp(&b.0));
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(text: &'static str) -> Error {
        Error::broken(&text)
    }

    fn fail(breaker: &Arc<Breaker>, now: Instant, text: &'static str) {
        breaker.admit(now, false).unwrap().bad(now, &cause(text));
    }

    fn opened(now: Instant) -> Arc<Breaker> {
        let breaker = Arc::new(Breaker::default());
        for _ in 0..FAILURES {
            fail(&breaker, now, "gone");
        }
        breaker
    }

    #[test]
    fn it_opens_after_three_failures_in_a_row() {
        let now = Instant::now();
        let breaker = Arc::new(Breaker::default());
        fail(&breaker, now, "a");
        fail(&breaker, now, "b");
        breaker.admit(now, false).unwrap().good();
        fail(&breaker, now, "c");
        fail(&breaker, now, "d");
        assert!(breaker.open(now).is_none());
        fail(&breaker, now, "e");
        let (cause, left) = breaker.open(now).unwrap();
        assert!(cause.to_string().contains('e'), "{cause}");
        assert_eq!(left, OPEN);
        assert_eq!(breaker.admit(now, false).unwrap_err(), cause);
    }

    #[test]
    fn one_probe_at_a_time_closes_it() {
        let now = Instant::now();
        let breaker = opened(now);
        let later = now + OPEN;
        let probe = breaker.admit(later, false).unwrap();
        assert!(probe.is_probe());
        assert!(breaker.admit(later, false).is_err() && breaker.admit(later, true).is_err());
        probe.good();
        assert!(!breaker.admit(later, false).unwrap().is_probe());
        assert!(breaker.open(later).is_none());
    }

    #[test]
    fn a_probe_that_fails_opens_it_for_longer_and_one_that_says_nothing_does_not() {
        let mut now = Instant::now();
        let breaker = opened(now);
        let mut lasts = OPEN;
        for _ in 0..8 {
            now += lasts;
            drop(breaker.admit(now, false).unwrap());
            breaker.admit(now, false).unwrap().bad(now, &cause("still"));
            lasts = (lasts * 2).min(LONGEST);
            assert_eq!(breaker.open(now).unwrap().1, lasts);
            assert!(breaker.admit(now, false).is_err());
        }
        assert_eq!(lasts, LONGEST);
    }

    #[test]
    fn a_forced_probe_does_not_wait() {
        let now = Instant::now();
        let breaker = opened(now);
        breaker.admit(now, true).unwrap().good();
        assert!(breaker.admit(now, false).is_ok());
    }

    #[test]
    fn calls_that_were_under_way_do_not_make_it_longer() {
        let now = Instant::now();
        let breaker = Arc::new(Breaker::default());
        let passes: Vec<_> = (0..10).map(|_| breaker.admit(now, false).unwrap()).collect();
        for pass in passes {
            pass.bad(now, &cause("gone"));
        }
        assert_eq!(breaker.open(now).unwrap().1, OPEN);
    }

    #[test]
    fn nodes_are_bounded_and_told_apart() {
        let (nodes, now) = (Nodes::default(), Instant::now());
        for number in 0..2 * NODES {
            nodes.of(&format!("pve{number}"));
        }
        assert!(nodes.breakers().len() <= NODES);
        for _ in 0..FAILURES {
            fail(&nodes.of("pve1"), now, "gone");
        }
        assert_eq!(nodes.open(now).iter().map(|(node, ..)| node.as_str()).collect::<Vec<_>>(), ["pve1"]);
        assert!(nodes.of("pve2").admit(now, false).is_ok() && nodes.of("pve1").admit(now, false).is_err());
        nodes.connected();
        assert!(nodes.of("pve1").admit(now, false).is_err(), "the node itself was what failed");
    }
}
