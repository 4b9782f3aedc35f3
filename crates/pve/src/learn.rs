//! How long a server usually takes, and what limit follows from it.
//!
//! One learner is one way and one class of calls. It is told of reading calls that PVE answered well, and of those that
//! ran into the limit; never of refusals, which PVE delays by three seconds.

use std::collections::VecDeque;
use std::time::Duration;

/// Answers that are remembered.
const REMEMBERED: usize = 64;
/// Answers that must be known before they say anything.
const ENOUGH: usize = 16;
/// The share of answers that take no longer than what the limit is made of.
const PERCENTILE: f64 = 0.95;
/// The limit is so many times that.
const FACTOR: u32 = 4;
/// The shortest limit: PVE restarts workers, networks lose packets.
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest one.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(crate) struct Learner {
    took: VecDeque<Duration>,
    /// Whether the last call ran into its limit: the next one gets all the time that is configured.
    late: bool,
}

impl Learner {
    /// The limit of the next call.
    pub(crate) fn limit(&self, configured: Duration) -> Duration {
        if self.late { configured } else { self.learned(configured).unwrap_or(configured) }
    }

    /// What was learned; never more than what is configured. `None` before there is enough to learn from.
    pub(crate) fn learned(&self, configured: Duration) -> Option<Duration> {
        if self.took.len() < ENOUGH {
            return None;
        }
        let mut took: Vec<Duration> = self.took.iter().copied().collect();
        took.sort_unstable();
        let rank = (took.len() as f64 * PERCENTILE).ceil() as usize;
        let high = took[rank.clamp(1, took.len()) - 1];
        Some((high * FACTOR).clamp(SHORTEST, LONGEST).min(configured))
    }

    /// A call was answered.
    pub(crate) fn answered(&mut self, took: Duration) {
        self.late = false;
        self.push(took);
    }

    /// A call ran into its limit.
    pub(crate) fn timed_out(&mut self, limit: Duration) {
        self.late = true;
        self.push(limit);
    }

    fn push(&mut self, took: Duration) {
        if self.took.len() == REMEMBERED {
            self.took.pop_front();
        }
        self.took.push_back(took);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONFIGURED: Duration = Duration::from_secs(10);

    fn after(took: impl IntoIterator<Item = u64>) -> Learner {
        let mut learner = Learner::default();
        for millis in took {
            learner.answered(Duration::from_millis(millis));
        }
        learner
    }

    #[test]
    fn few_answers_say_nothing() {
        let learner = after(std::iter::repeat_n(20, ENOUGH - 1));
        assert_eq!((learner.learned(CONFIGURED), learner.limit(CONFIGURED)), (None, CONFIGURED));
    }

    #[test]
    fn the_limit_is_a_high_percentile_times_a_factor_within_its_bounds() {
        assert_eq!(after(std::iter::repeat_n(20, 64)).limit(CONFIGURED), SHORTEST);
        assert_eq!(after(std::iter::repeat_n(700, 64)).limit(CONFIGURED), Duration::from_millis(2800));
        assert_eq!(after(std::iter::repeat_n(9_000, 64)).limit(CONFIGURED), CONFIGURED);
        assert_eq!(after(std::iter::repeat_n(90_000, 64)).limit(Duration::from_secs(120)), LONGEST);
        assert_eq!(after(std::iter::repeat_n(20, 64)).limit(Duration::from_millis(300)), Duration::from_millis(300));
        // One slow answer in a hundred is none to wait for; one in ten is.
        assert_eq!(after((0..64).map(|n| if n == 7 { 2000 } else { 400 })).limit(CONFIGURED).as_millis(), 1600);
        assert_eq!(after((0..64).map(|n| if n % 10 == 0 { 2000 } else { 400 })).limit(CONFIGURED).as_millis(), 8000);
    }

    #[test]
    fn a_server_that_became_slow_gets_its_time_again() {
        let mut learner = after(std::iter::repeat_n(20, 64));
        learner.timed_out(SHORTEST);
        assert_eq!(learner.limit(CONFIGURED), CONFIGURED);
        for _ in 0..4 {
            learner.answered(Duration::from_secs(2));
        }
        assert_eq!(learner.limit(CONFIGURED), Duration::from_secs(8));
    }

    proptest! {
        #[test]
        fn the_limit_stays_within_its_bounds(
            took in prop::collection::vec((any::<bool>(), 0_u64..200_000), 0..200),
            configured in 1_u64..=120,
        ) {
            let configured = Duration::from_secs(configured);
            let mut learner = Learner::default();
            for (late, millis) in took {
                let took = Duration::from_millis(millis);
                if late { learner.timed_out(took) } else { learner.answered(took) }
                prop_assert!(learner.limit(configured) <= configured);
                if let Some(learned) = learner.learned(configured) {
                    prop_assert!(learned >= SHORTEST.min(configured) && learned <= LONGEST);
                }
            }
        }
    }
}
