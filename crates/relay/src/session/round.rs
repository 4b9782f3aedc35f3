//! Round trips of one leg: each ping carries a number, and the answer to the newest one counts.

use std::time::{Duration, Instant};

use crate::ws::PING_LEN;

/// The pings of one leg.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    number: u32,
    sent: Option<Instant>,
}

impl Rounds {
    /// A new ping goes out; what it carries. An older one that nobody answered is forgotten.
    pub(super) fn begin(&mut self, now: Instant) -> [u8; PING_LEN] {
        self.number = self.number.wrapping_add(1);
        self.sent = Some(now);
        self.number.to_be_bytes()
    }

    /// The ping of this number was answered; how long that took, if it is the newest one and this the first answer.
    pub(super) fn end(&mut self, number: u32, now: Instant) -> Option<Duration> {
        let sent = self.sent.filter(|_| number == self.number)?;
        self.sent = None;
        Some(now.saturating_duration_since(sent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_answer_to_the_newest_ping_counts() {
        let now = Instant::now();
        let after = |millis| now + Duration::from_millis(millis);
        let mut rounds = Rounds::default();
        assert_eq!(rounds.end(0, now), None, "nothing was asked");
        let first = u32::from_be_bytes(rounds.begin(now));
        let second = u32::from_be_bytes(rounds.begin(after(10)));
        assert_eq!(rounds.end(first, after(12)), None, "too late");
        assert_eq!(rounds.end(second, after(15)), Some(Duration::from_millis(5)));
        assert_eq!(rounds.end(second, after(16)), None, "twice");
    }
}
