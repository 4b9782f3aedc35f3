//! The last calls to a server, for its report.

use std::collections::VecDeque;
use std::time::Duration;

use crate::report::Recent;

/// How many are remembered.
const REMEMBERED: usize = 20;

#[derive(Debug, Default)]
pub(crate) struct Calls {
    calls: VecDeque<(bool, Duration, u32)>,
}

impl Calls {
    pub(crate) fn add(&mut self, good: bool, took: Duration, attempts: u32) {
        if self.calls.len() == REMEMBERED {
            self.calls.pop_front();
        }
        self.calls.push_back((good, took, attempts));
    }

    pub(crate) fn summary(&self) -> Recent {
        let good: Vec<Duration> = self.calls.iter().filter(|call| call.0).map(|call| call.1).collect();
        let total = self.calls.len() as u32;
        Recent {
            total,
            failed: total - good.len() as u32,
            attempts: self.calls.iter().map(|call| call.2).sum(),
            average: (!good.is_empty()).then(|| good.iter().sum::<Duration>() / good.len() as u32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_twenty_count() {
        let mut calls = Calls::default();
        assert_eq!(calls.summary(), Recent::default());
        for _ in 0..30 {
            calls.add(false, Duration::from_secs(9), 4);
        }
        for _ in 0..18 {
            calls.add(true, Duration::from_millis(40), 1);
        }
        let average = Some(Duration::from_millis(40));
        assert_eq!(calls.summary(), Recent { total: 20, failed: 2, attempts: 26, average });
    }
}
