//! What outlives a request holds a [`LiveGrant`]. It ends by itself, with a reason, when the right does.
//!
//! ```text
//!            keep: seat registered, then asked again
//!   (grant) ─────────────────────────────────────────► live ──► ended(reason)    once, for good
//!                         refused ──► no live grant      │ dropped: seat removed
//! ```
//! Register first, then ask again: a right taken in between would otherwise stay open for ever.

use std::collections::HashMap;
use std::future::Future;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use nexus_model::{GuestRight, Micros, TenantRole};
use nexus_store::TenantScope;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::grant::Proof;
use super::grant::sealed::{AskedBy, FoundAgain};
use super::look::{Asked, Epochs, Found, Looked, Question};
use super::{Access, Refused, Visible};
use crate::policy;

/// Why a live grant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBecause {
    /// The right is gone.
    Revoked,
    /// The person still has rights here, but others; asking again gives what they may now.
    RightsChanged,
    /// The session is over.
    SignedOut,
    /// Nexus stops.
    Shutdown,
}

impl EndedBecause {
    /// Stable, `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::RightsChanged => "rights_changed",
            Self::SignedOut => "signed_out",
            Self::Shutdown => "shutdown",
        }
    }
}

/// Everything that is kept open in this process.
#[derive(Default)]
pub(super) struct Registry {
    seats: Mutex<HashMap<u64, Arc<Seat>>>,
    next: AtomicU64,
    /// A seat's end by itself may be nearer than the watcher knows.
    pub(super) changed: Notify,
    closed: CancellationToken,
}

/// One live grant, as the watcher sees it.
pub(super) struct Seat {
    pub(super) asked: Asked,
    /// What the last look showed; written by `keep` and the watcher.
    seen: Mutex<Option<Seen>>,
    because: OnceLock<EndedBecause>,
    ended: CancellationToken,
}

#[derive(Clone)]
struct Seen {
    epochs: Epochs,
    until: Micros,
    /// What a list shows depends on these; `None` for a right on one guest.
    shown: Option<(Option<TenantRole>, Visible)>,
}

impl Registry {
    fn register(&self, asked: Asked) -> (u64, Arc<Seat>) {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let ended = CancellationToken::new();
        let seat = Arc::new(Seat { asked, seen: Mutex::new(None), because: OnceLock::new(), ended });
        self.seats.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&seat));
        if self.closed.is_cancelled() {
            seat.end(EndedBecause::Shutdown);
        }
        (id, seat)
    }

    fn remove(&self, id: u64) {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// All seats that have not ended.
    pub(super) fn open(&self) -> Vec<Arc<Seat>> {
        let seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats.values().filter(|seat| !seat.ended.is_cancelled()).cloned().collect()
    }

    /// Ends all seats, also those to come.
    pub(super) fn close(&self) {
        self.closed.cancel();
        for seat in self.open() {
            seat.end(EndedBecause::Shutdown);
        }
    }
}

impl Seat {
    /// Ends the seat; the first reason counts.
    pub(super) fn end(&self, because: EndedBecause) {
        // The reason is there before anybody is woken.
        if self.because.set(because).is_ok() {
            self.ended.cancel();
        }
    }

    /// The epochs of the last look, and when its result ends by itself; `None` before the first.
    pub(super) fn seen(&self) -> Option<(Epochs, Micros)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().map(|seen| (seen.epochs, seen.until))
    }

    /// Takes in a look: the seat stays, or ends with a reason.
    pub(super) fn judge(&self, looked: &Looked) {
        let found = match looked.answer(self.asked.question) {
            Ok(found) => found,
            Err(Refused::SignedOut) => return self.end(EndedBecause::SignedOut),
            Err(_) if self.keeps_something(looked) => return self.end(EndedBecause::RightsChanged),
            Err(_) => return self.end(EndedBecause::Revoked),
        };
        let now = Seen::of(self.asked.question, found);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let differs = seen.as_ref().is_some_and(|before| before.shown != now.shown);
        *seen = Some(now);
        drop(seen);
        if differs {
            self.end(EndedBecause::RightsChanged);
        }
    }

    /// Whether somebody who lost control of a console may still watch it.
    fn keeps_something(&self, looked: &Looked) -> bool {
        match (self.asked.question, looked) {
            (Question::Guest(GuestRight::Console, guest), Looked::Found(_)) => {
                looked.answer(Question::Guest(GuestRight::Watch, guest)).is_ok()
            }
            _ => false,
        }
    }
}

impl Seen {
    fn of(question: Question, found: &Found) -> Self {
        let shown = match question {
            Question::Tenant(_) => Some((policy::role(found.place), found.visible.clone())),
            Question::Guest(..) => None,
        };
        Self { epochs: found.epochs, until: found.until, shown }
    }
}

/// Proof that lasts until [`LiveGrant::ended`]: for consoles, event streams and whatever else outlives its request.
/// Whoever takes one by value stops when it ends.
pub struct LiveGrant<T: Proof> {
    proof: T,
    id: u64,
    seat: Arc<Seat>,
    access: Access,
}

impl<T: Proof> Deref for LiveGrant<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.proof
    }
}

impl<T: Proof> Drop for LiveGrant<T> {
    fn drop(&mut self) {
        self.access.inner.registry.remove(self.id);
    }
}

impl<T: Proof> LiveGrant<T> {
    /// What it was made from, as the last look before it showed.
    pub fn grant(&self) -> &T {
        &self.proof
    }

    /// Waits for the end, and says why. The future borrows nothing and can be waited for anywhere.
    pub fn ended(&self) -> impl Future<Output = EndedBecause> + Send + 'static {
        let seat = Arc::clone(&self.seat);
        async move {
            seat.ended.cancelled().await;
            seat.because.get().copied().unwrap_or(EndedBecause::Revoked)
        }
    }

    /// Why it ended, if it has.
    #[must_use]
    pub fn has_ended(&self) -> Option<EndedBecause> {
        self.seat.because.get().copied()
    }

    /// A fresh scope, after asking the policy again; the scope of the request is too old after a minute.
    ///
    /// # Errors
    /// The right is gone (and the grant ends), or the store failed.
    pub async fn scope(&self) -> Result<TenantScope, Refused> {
        let asked = self.seat.asked;
        let looked = self.access.look(&asked).await?;
        self.seat.judge(&looked);
        looked.answer(asked.question)?;
        Ok(self.access.scope(&asked))
    }
}

/// Removes the seat unless `keep` succeeds.
struct Pending<'a>(&'a Registry, Option<u64>);

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.1 {
            self.0.remove(id);
        }
    }
}

impl Access {
    /// Makes a request's grant last. Asks the policy once more after it has registered.
    ///
    /// # Errors
    /// The right is gone since the grant was made, or the store failed.
    pub async fn keep<T: Proof>(&self, proof: T) -> Result<LiveGrant<T>, Refused> {
        let AskedBy(asked) = proof.asked();
        let (id, seat) = self.inner.registry.register(asked);
        let mut pending = Pending(&self.inner.registry, Some(id));
        let looked = self.look(&asked).await?;
        let found = looked.answer(asked.question)?.clone();
        seat.judge(&looked);
        if matches!(seat.because.get(), Some(EndedBecause::SignedOut | EndedBecause::Revoked)) {
            return Err(Refused::NotFound);
        }
        let proof = proof.renewed(self.scope(&asked), FoundAgain(found));
        pending.1 = None;
        self.inner.registry.changed.notify_one();
        Ok(LiveGrant { proof, id, seat, access: self.clone() })
    }

    /// Ends everything that is kept open, because Nexus stops.
    pub fn end_all(&self) {
        self.inner.registry.close();
    }

    /// How many live grants there are.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.inner.registry.open().len()
    }
}
