//! How often a program may call: so many times a minute, and so many at once. Counted in this process, for each token or
//! session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nexus_model::SessionId;
use tokio::time::Instant;

/// Calls in a minute.
const A_MINUTE: u32 = 600;
/// Calls at once.
const AT_ONCE: u32 = 8;
const MINUTE: Duration = Duration::from_secs(60);
/// Callers that are remembered before those that rest are forgotten.
const CALLERS: usize = 1024;

#[derive(Debug)]
struct Caller {
    since: Instant,
    calls: u32,
    open: u32,
}

/// Counts calls. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Rates {
    callers: Arc<Mutex<HashMap<SessionId, Caller>>>,
}

/// A call under way; its end makes room for the next.
#[derive(Debug)]
pub(super) struct Turn {
    rates: Rates,
    who: SessionId,
}

impl Rates {
    fn callers(&self) -> MutexGuard<'_, HashMap<SessionId, Caller>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A turn for a call now, or the time until there may be one.
    pub(super) fn take(&self, who: SessionId) -> Result<Turn, Duration> {
        self.take_at(who, Instant::now())
    }

    fn take_at(&self, who: SessionId, now: Instant) -> Result<Turn, Duration> {
        let mut callers = self.callers();
        if callers.len() >= CALLERS {
            callers.retain(|_, caller| caller.open > 0 || now - caller.since < MINUTE);
        }
        let caller = callers.entry(who).or_insert(Caller { since: now, calls: 0, open: 0 });
        if now - caller.since >= MINUTE {
            (caller.since, caller.calls) = (now, 0);
        }
        if caller.calls >= A_MINUTE {
            return Err(MINUTE.saturating_sub(now - caller.since));
        }
        if caller.open >= AT_ONCE {
            return Err(Duration::from_secs(1));
        }
        caller.calls += 1;
        caller.open += 1;
        drop(callers);
        Ok(Turn { rates: self.clone(), who })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(caller) = self.rates.callers().get_mut(&self.who) {
            caller.open = caller.open.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_so_many_calls() {
        let (rates, now) = (Rates::default(), Instant::now());
        let (one, other): (SessionId, SessionId) = (crate::secret::id(), crate::secret::id());
        let open: Vec<_> = (0..AT_ONCE).map(|_| rates.take_at(one, now).unwrap()).collect();
        assert_eq!(rates.take_at(one, now).unwrap_err(), Duration::from_secs(1));
        drop(rates.take_at(other, now).unwrap());
        drop(open);
        for _ in AT_ONCE..A_MINUTE {
            drop(rates.take_at(one, now).unwrap());
        }
        let later = now + Duration::from_secs(20);
        assert_eq!(rates.take_at(one, later).unwrap_err(), Duration::from_secs(40));
        drop(rates.take_at(one, now + MINUTE).unwrap());
    }
}
