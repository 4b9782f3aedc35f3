//! The time, as a parameter: the machine's, or one that a test moves. Nothing else of the app asks the machine.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nexus_model::Micros;
use tokio::sync::watch;

/// Tells the time of day. Cheap to clone; clones of one manual clock move together.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Manual(Arc<watch::Sender<Micros>>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands at `start` until it is moved.
    #[must_use]
    pub fn manual(start: Micros) -> Self {
        Self(Kind::Manual(Arc::new(watch::Sender::new(start))))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Micros {
        match &self.0 {
            Kind::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Micros(0).plus(since)
            }
            Kind::Manual(time) => *time.borrow(),
        }
    }

    /// Moves a manual clock on; the machine's does as it likes.
    pub fn advance(&self, span: Duration) {
        if let Kind::Manual(time) = &self.0 {
            time.send_modify(|now| *now = now.plus(span));
        }
    }

    /// A view that can wait for the clock to be moved.
    pub(crate) fn moves(&self) -> Moves {
        Moves(match &self.0 {
            Kind::System => None,
            Kind::Manual(time) => Some(time.subscribe()),
        })
    }
}

/// Waits for a manual clock to be moved; for ever on the machine's.
pub(crate) struct Moves(Option<watch::Receiver<Micros>>);

impl Moves {
    /// Returns when the clock was moved since the last call.
    pub(crate) async fn moved(&mut self) {
        match &mut self.0 {
            Some(time) => {
                // The sender is gone only when no clock is left that could move.
                if time.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
            None => std::future::pending().await,
        }
    }
}
