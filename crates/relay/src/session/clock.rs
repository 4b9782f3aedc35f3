//! Everything in a session that depends on time; decided from instants that are handed in.
//!
//! One timer per session, set to the nearest of all deadlines, never further away than the shortest of them.

use std::time::{Duration, Instant};

use super::Options;
use crate::EndReason;
use crate::limits::GREETING;

/// What the clock must know of the legs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Legs {
    /// The browser's handshake is over.
    pub(super) live: bool,
    /// Bytes wait for the browser; PVE is not read meanwhile.
    pub(super) browser_unsent: bool,
    /// Bytes wait for PVE; the browser is not read meanwhile.
    pub(super) upstream_unsent: bool,
}

/// What is to be done now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) end: Option<EndReason>,
    pub(super) ping: bool,
    pub(super) ping_upstream: bool,
    /// When to look again.
    pub(super) next: Instant,
}

/// One leg's life signs.
#[derive(Debug, Clone, Copy)]
struct Leg {
    heard: Instant,
    /// Last time it took bytes, or had none to take.
    took: Instant,
    pinged: Instant,
}

#[derive(Debug)]
pub(super) struct Clock {
    options: Options,
    started: Instant,
    input: Instant,
    browser: Leg,
    upstream: Leg,
}

impl Clock {
    pub(super) fn new(options: Options, now: Instant) -> Self {
        // As if each had been pinged so long ago that the first ping is due when it is wanted.
        let ahead = options.ping_every.saturating_sub(options.first_ping);
        let leg = Leg { heard: now, took: now, pinged: now.checked_sub(ahead).unwrap_or(now) };
        Self { options, started: now, input: now, browser: leg, upstream: leg }
    }

    pub(super) fn browser_heard(&mut self, now: Instant) {
        self.browser.heard = now;
    }

    pub(super) fn upstream_heard(&mut self, now: Instant) {
        self.upstream.heard = now;
    }

    /// The browser took bytes. That is a sign of life too: a pong may lie far behind in its queue.
    pub(super) fn browser_took(&mut self, now: Instant) {
        self.browser.took = now;
        self.browser.heard = now;
    }

    pub(super) fn upstream_took(&mut self, now: Instant) {
        self.upstream.took = now;
    }

    pub(super) fn input(&mut self, now: Instant) {
        self.input = now;
    }

    /// Looks at all deadlines.
    pub(super) fn check(&mut self, now: Instant, legs: Legs) -> Due {
        let Options { ping_every, gone_after, stall, .. } = self.options;
        // Who is not read cannot be heard; who has nothing to take is not slow.
        if legs.upstream_unsent {
            self.browser.heard = now;
        } else {
            self.upstream.took = now;
        }
        if legs.browser_unsent || !legs.live {
            self.upstream.heard = now;
        }
        if !legs.browser_unsent {
            self.browser.took = now;
        }
        let idle = self.options.idle.filter(|_| !self.options.view_only);
        let deadlines = [
            (self.options.max_length.map(|max| self.started + max), EndReason::MaxLength),
            (idle.map(|idle| self.input + idle), EndReason::Idle),
            ((!legs.live).then(|| self.started + GREETING), EndReason::ProtocolError),
            (legs.browser_unsent.then(|| self.browser.took + stall), EndReason::ClientSlow),
            ((!legs.browser_unsent).then(|| self.browser.heard + gone_after), EndReason::ClientGone),
            (legs.upstream_unsent.then(|| self.upstream.took + stall), EndReason::PveUnreachable),
            (Some(self.upstream.heard + gone_after), EndReason::PveUnreachable),
        ];
        let end = deadlines.iter().find(|(at, _)| at.is_some_and(|at| at <= now)).map(|(_, reason)| *reason);
        let ping = due(&mut self.browser.pinged, ping_every, now);
        // PVE is asked whether it is silent or not: that tells the round trip. Its answer passes through to the browser.
        let ping_upstream = legs.live && due(&mut self.upstream.pinged, ping_every, now);
        // A deadline may begin to run right after this: looking again no later than it would take keeps it exact.
        let latest = (now + ping_every.min(stall).min(gone_after)).min(self.browser.pinged + ping_every);
        let next = deadlines.iter().filter_map(|(at, _)| *at).fold(latest, Instant::min);
        // Never at once again, so that no deadline in the past can make a busy loop.
        Due { end, ping, ping_upstream, next: next.max(now + Duration::from_millis(1)) }
    }
}

fn due(pinged: &mut Instant, every: Duration, now: Instant) -> bool {
    let due = now >= *pinged + every;
    if due {
        *pinged = now;
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Legs = Legs { live: true, browser_unsent: false, upstream_unsent: false };

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn clock(options: Options) -> (Clock, Instant) {
        let now = Instant::now();
        (Clock::new(options, now), now)
    }

    #[test]
    fn a_silent_browser_is_gone_after_thirty_seconds_and_pinged_soon_and_again() {
        let (mut clock, start) = clock(Options::default());
        for n in 1..=29 {
            clock.upstream_heard(start + secs(n));
            let due = clock.check(start + secs(n), CALM);
            assert_eq!((due.end, due.ping), (None, n % 10 == 1), "after {n} s");
            assert!(due.next <= start + secs(n).max(secs(n / 10 * 10 + 11)));
        }
        assert_eq!(clock.check(start + secs(30), CALM).end, Some(EndReason::ClientGone));
    }

    #[test]
    fn a_silent_console_is_asked_and_then_given_up() {
        let (mut clock, start) = clock(Options::default());
        for n in 1..30 {
            clock.browser_heard(start + secs(n));
            let due = clock.check(start + secs(n), CALM);
            assert_eq!((due.end, due.ping_upstream), (None, n % 10 == 1), "after {n} s");
        }
        clock.browser_heard(start + secs(30));
        assert_eq!(clock.check(start + secs(30), CALM).end, Some(EndReason::PveUnreachable));
    }

    #[test]
    fn a_busy_console_is_asked_too() {
        let (mut clock, start) = clock(Options::default());
        for n in 1..30 {
            clock.upstream_heard(start + secs(n));
            clock.browser_heard(start + secs(n));
            assert_eq!(clock.check(start + secs(n), CALM).ping_upstream, n % 10 == 1, "after {n} s");
        }
        let slow = Options { ping_every: Duration::from_millis(20), ..Options::default() };
        let (mut clock, start) = self::clock(slow);
        assert_eq!(clock.check(start, CALM).next, start + Duration::from_millis(20), "never later than usual");
    }

    #[test]
    fn a_slow_browser_is_given_thirty_seconds_without_progress() {
        let (mut clock, start) = clock(Options::default());
        let slow = Legs { browser_unsent: true, ..CALM };
        clock.check(start + secs(5), CALM);
        assert_eq!(clock.check(start + secs(34), slow).end, None);
        clock.browser_took(start + secs(34));
        assert_eq!(clock.check(start + secs(63), slow).end, None, "it took something");
        assert_eq!(clock.check(start + secs(64), slow).end, Some(EndReason::ClientSlow));
        // PVE was not read meanwhile and is not blamed; the browser took bytes, so it lives.
        clock.browser_took(start + secs(64));
        assert_eq!(clock.check(start + secs(65), CALM).end, None);
    }

    #[test]
    fn a_console_that_takes_nothing_is_given_up() {
        let (mut clock, start) = clock(Options::default());
        let stuck = Legs { upstream_unsent: true, ..CALM };
        for n in 1..30 {
            clock.upstream_heard(start + secs(n));
            assert_eq!(clock.check(start + secs(n), stuck).end, None);
        }
        assert_eq!(clock.check(start + secs(30), stuck).end, Some(EndReason::PveUnreachable));
    }

    #[test]
    fn idle_and_length_are_limits_of_the_tenant() {
        let options =
            Options { view_only: false, idle: Some(secs(5)), max_length: Some(secs(12)), ..Options::default() };
        let (mut clock, start) = clock(options.clone());
        assert_eq!(
            clock.check(start + secs(4), CALM),
            Due { end: None, ping: true, ping_upstream: true, next: start + secs(5) }
        );
        clock.input(start + secs(4));
        clock.input(start + secs(8));
        assert_eq!(clock.check(start + secs(8), CALM).next, start + secs(12));
        assert_eq!(clock.check(start + secs(12), CALM).end, Some(EndReason::MaxLength));
        assert_eq!(clock.check(start + secs(13), CALM).end, Some(EndReason::MaxLength));

        let (mut clock, start) = self::clock(options.clone());
        assert_eq!(clock.check(start + secs(5), CALM).end, Some(EndReason::Idle));
        let (mut clock, start) = self::clock(Options { view_only: true, max_length: None, ..options });
        assert_eq!(clock.check(start + secs(29), CALM).end, None, "a watcher cannot give input");
    }

    #[test]
    fn a_browser_that_never_says_hello_is_not_waited_for() {
        let (mut clock, start) = clock(Options::default());
        let greeting = Legs { live: false, ..CALM };
        assert_eq!(clock.check(start + secs(9), greeting).end, None);
        assert_eq!(clock.check(start + GREETING, greeting).end, Some(EndReason::ProtocolError));
    }
}
