//! The last checks of a server, and whether they are good enough.
//!
//! A check is one question for the overview with its retries. Pure.

use std::collections::VecDeque;
use std::time::Duration;

/// Checks that are remembered.
const REMEMBERED: usize = 20;
/// Checks that must be known before they say anything.
const ENOUGH: usize = 5;
/// A server that answers less of its checks is degraded, in percent.
const SUCCESS_PERCENT: usize = 80;
/// A server whose answers take longer on average is degraded.
const LATENCY: Duration = Duration::from_secs(2);

/// The last checks of one server, the newest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Checks {
    /// How long each took; `None` for one that failed.
    last: VecDeque<Option<Duration>>,
}

impl Checks {
    /// The same with one more.
    pub(super) fn with(&self, took: Option<Duration>) -> Self {
        let mut last = self.last.clone();
        if last.len() == REMEMBERED {
            last.pop_front();
        }
        last.push_back(took);
        Self { last }
    }

    /// These checks, the newest last.
    pub(super) fn of(last: impl DoubleEndedIterator<Item = Option<Duration>>) -> Self {
        let mut last: VecDeque<_> = last.rev().take(REMEMBERED).collect();
        last.make_contiguous().reverse();
        Self { last }
    }

    /// How long each took, the newest last; `None` for one that failed.
    pub(super) fn last(&self) -> &VecDeque<Option<Duration>> {
        &self.last
    }

    /// How many there are, at most twenty.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.last.len()).unwrap_or(u32::MAX)
    }

    /// How many of them failed.
    pub(crate) fn failed(&self) -> u32 {
        u32::try_from(self.last.iter().filter(|took| took.is_none()).count()).unwrap_or(u32::MAX)
    }

    /// The average time of those that did not fail.
    pub(crate) fn average(&self) -> Option<Duration> {
        let good = self.count() - self.failed();
        (good > 0).then(|| self.last.iter().flatten().sum::<Duration>() / good)
    }

    /// Whether a server that answers does so too seldom or too slowly.
    pub(super) fn are_poor(&self) -> bool {
        let good = self.last.iter().flatten().count();
        self.last.len() >= ENOUGH
            && (good * 100 < self.last.len() * SUCCESS_PERCENT || self.average().is_some_and(|took| took > LATENCY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(took: impl IntoIterator<Item = Option<u64>>) -> Checks {
        took.into_iter().fold(Checks::default(), |checks, took| checks.with(took.map(Duration::from_millis)))
    }

    #[test]
    fn the_last_twenty_decide() {
        let many = checks(std::iter::repeat_n(None, 30).chain(std::iter::repeat_n(Some(40), 16)));
        assert_eq!((many.count(), many.failed(), many.average()), (20, 4, Some(Duration::from_millis(40))));
        assert!(!many.are_poor(), "80 of 100 are enough");
        assert!(checks(std::iter::repeat_n(None, 30).chain(std::iter::repeat_n(Some(40), 15))).are_poor());
    }

    #[test]
    fn slow_answers_are_poor_and_few_checks_say_nothing() {
        assert!(checks([Some(2001); 5]).are_poor() && !checks([Some(2000); 5]).are_poor());
        assert!(!checks([None, None, Some(9000), Some(1)]).are_poor());
        assert_eq!(checks([None, None]).average(), None);
        assert!(!checks([]).are_poor());
    }
}
