//! Which way is tried next, and when: the retries of one call, without clock or network.
//!
//! ```text
//!   every way once, in order, without waiting ─► the way whose wait is over first ─► … ─► none is left
//! ```
//! Waits double from a base to a cap. A way is given up after its retries, after a time-out, and after what would only
//! happen again. It must never be asked about an answer: an HTTP answer ends the call.

use std::time::Duration;

use tokio::time::Instant;

use crate::route::Way;

/// The longest part of a wait that the jitter adds.
const JITTER: f64 = 0.2;

/// How often a way is tried again, and after which waits.
#[derive(Debug, Clone, Copy)]
struct Policy {
    retries: u32,
    base: Duration,
    cap: Duration,
}

const fn policy(way: Way) -> Policy {
    match way {
        Way::Direct => Policy { retries: 1, base: Duration::from_millis(500), cap: Duration::from_secs(2) },
        // A tailnet may have to make its path first.
        Way::Tailscale => Policy { retries: 3, base: Duration::from_secs(1), cap: Duration::from_secs(8) },
    }
}

impl Policy {
    /// The wait before the retry `number`, from 0; `jitter` is from 0 to 1.
    fn wait(self, number: u32, jitter: f64) -> Duration {
        let plain = self.base.saturating_mul(2_u32.saturating_pow(number)).min(self.cap);
        plain.mul_f64(1.0 + JITTER * jitter.clamp(0.0, 1.0)).min(self.cap)
    }
}

/// One call's tries. Legs are numbered in the order in which they are tried first.
#[derive(Debug)]
pub(crate) struct Plan {
    legs: Vec<Leg>,
}

#[derive(Debug)]
struct Leg {
    policy: Policy,
    failed: u32,
    /// When it may be tried; `None` when it is given up.
    due: Option<Instant>,
}

impl Plan {
    pub(crate) fn new(ways: impl IntoIterator<Item = Way>, now: Instant) -> Self {
        let legs = ways.into_iter().map(|way| Leg { policy: policy(way), failed: 0, due: Some(now) });
        Self { legs: legs.collect() }
    }

    /// The leg to try next and when.
    pub(crate) fn next(&self) -> Option<(usize, Instant)> {
        let due = self.legs.iter().enumerate().filter_map(|(number, leg)| Some((number, leg.due?)));
        due.min_by_key(|(number, due)| (*due, *number))
    }

    /// A failure to connect, after which the same way may be tried again.
    pub(crate) fn failed(&mut self, leg: usize, now: Instant, jitter: f64) {
        let leg = &mut self.legs[leg];
        leg.due = (leg.failed < leg.policy.retries).then(|| now + leg.policy.wait(leg.failed, jitter));
        leg.failed += 1;
    }

    /// Not this way again.
    pub(crate) fn give_up(&mut self, leg: usize) {
        self.legs[leg].due = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// When each leg is tried, in milliseconds, if every try fails at once.
    fn tries(ways: &[Way], jitter: f64) -> Vec<(usize, u128)> {
        let start = Instant::now();
        let mut plan = Plan::new(ways.iter().copied(), start);
        let mut now = start;
        let mut tries = Vec::new();
        while let Some((leg, due)) = plan.next() {
            now = now.max(due);
            tries.push((leg, now.duration_since(start).as_millis()));
            plan.failed(leg, now, jitter);
        }
        tries
    }

    #[test]
    fn one_way_is_retried_as_often_as_it_may() {
        assert_eq!(tries(&[Way::Direct], 0.0), [(0, 0), (0, 500)]);
        assert_eq!(tries(&[Way::Direct], 1.0), [(0, 0), (0, 600)]);
        assert_eq!(tries(&[Way::Tailscale], 0.0), [(0, 0), (0, 1000), (0, 3000), (0, 7000)]);
        assert_eq!(tries(&[Way::Tailscale], 1.0), [(0, 0), (0, 1200), (0, 3600), (0, 8400)]);
    }

    #[test]
    fn the_other_way_comes_at_once_and_waits_run_side_by_side() {
        let both = tries(&[Way::Direct, Way::Tailscale], 0.0);
        assert_eq!(both, [(0, 0), (1, 0), (0, 500), (1, 1000), (1, 3000), (1, 7000)]);
        let turned = tries(&[Way::Tailscale, Way::Direct], 0.0);
        assert_eq!(turned, [(0, 0), (1, 0), (1, 500), (0, 1000), (0, 3000), (0, 7000)]);
    }

    #[test]
    fn a_way_that_is_given_up_is_not_tried_again() {
        let now = Instant::now();
        let mut plan = Plan::new([Way::Direct, Way::Tailscale], now);
        assert_eq!(plan.next(), Some((0, now)));
        plan.give_up(0);
        assert_eq!(plan.next(), Some((1, now)));
        plan.give_up(1);
        assert_eq!(plan.next(), None);
    }

    #[test]
    fn waits_are_capped() {
        for way in [Way::Direct, Way::Tailscale] {
            let policy = policy(way);
            assert_eq!(policy.wait(40, 1.0), policy.cap);
        }
    }

    proptest! {
        #[test]
        fn no_call_is_tried_more_often_than_its_ways_allow(
            ways in prop::sample::select(vec![vec![Way::Direct], vec![Way::Tailscale], vec![Way::Direct, Way::Tailscale]]),
            outcomes in prop::collection::vec((any::<bool>(), 0_u64..20_000, 0.0..1.0_f64), 20),
        ) {
            let start = Instant::now();
            let mut plan = Plan::new(ways.iter().copied(), start);
            let (mut now, mut count) = (start, [0_u32; 2]);
            for (again, took, jitter) in outcomes {
                let Some((leg, due)) = plan.next() else { break };
                let before = now.max(due);
                now = before + Duration::from_millis(took);
                count[leg] += 1;
                if again { plan.failed(leg, now, jitter) } else { plan.give_up(leg) }
                if let Some((next, due)) = plan.next() {
                    // The same way never comes again without a wait.
                    prop_assert!(next != leg || due >= now + Duration::from_millis(500));
                }
            }
            prop_assert_eq!(plan.next(), None);
            for (leg, way) in ways.iter().enumerate() {
                prop_assert!(count[leg] <= policy(*way).retries + 1);
            }
        }
    }
}
