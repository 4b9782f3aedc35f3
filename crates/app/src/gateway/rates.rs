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
        let now = Instant::now();
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

    #[tokio::test(start_paused = true)]
    async fn a_caller_has_so_many_calls() {
        let (rates, one, other): (_, SessionId, SessionId) = (Rates::default(), crate::secret::id(), crate::secret::id());
        let open: Vec<_> = (0..AT_ONCE).map(|_| rates.take(one).unwrap()).collect();
        assert_eq!(rates.take(one).unwrap_err(), Duration::from_secs(1));
        drop(rates.take(other).unwrap());
        drop(open);
        for _ in AT_ONCE..A_MINUTE {
            rates.take(one).unwrap();
        }
        tokio::time::advance(Duration::from_secs(20)).await;
        assert_eq!(rates.take(one).unwrap_err(), Duration::from_secs(40));
        tokio::time::advance(Duration::from_secs(40)).await;
        rates.take(one).unwrap();
    }
}
