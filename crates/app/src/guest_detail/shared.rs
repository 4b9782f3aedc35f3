//! One question to PVE for all who ask the same at the same time, and for who asks again a moment later.
//!
//! An answer is of one entry of the inventory: a server that was changed is asked anew. Nothing is kept longer than it is
//! good for, save until the next question comes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nexus_model::{GuestKey, Micros};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::{Question, Silence, Told};
use crate::inventory::Entry;

/// How long an answer is good for others.
const GOOD_FOR: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct Answers {
    open: Mutex<HashMap<(GuestKey, Question), Arc<Slot>>>,
}

/// A question and, once it is there, its answer.
struct Slot {
    entry: Arc<Entry>,
    cell: OnceCell<Answered>,
}

#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) told: Result<Arc<Told>, Silence>,
    pub(super) at: Micros,
    ended: Instant,
}

impl Slot {
    /// Whether it can serve one more: it is being asked, or was a moment ago.
    fn is_good(&self) -> bool {
        self.cell.get().is_none_or(|answered| answered.ended.elapsed() < GOOD_FOR)
    }
}

impl Answers {
    /// The answer that is there or under way, or else that of `asking`. Whoever goes away while asking leaves the question
    /// to the next who waits.
    pub(super) async fn get(
        &self,
        entry: &Arc<Entry>,
        key: GuestKey,
        question: Question,
        asking: impl Future<Output = (Result<Arc<Told>, Silence>, Micros)>,
    ) -> Answered {
        let slot = self.slot(entry, key, question);
        let answered = slot.cell.get_or_init(|| async {
            let (told, at) = asking.await;
            Answered { told, at, ended: Instant::now() }
        });
        answered.await.clone()
    }

    fn slot(&self, entry: &Arc<Entry>, key: GuestKey, question: Question) -> Arc<Slot> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // A question that nobody waits for any more, or whose answer is old, is forgotten.
        open.retain(|_, slot| slot.is_good() && (slot.cell.initialized() || Arc::strong_count(slot) > 1));
        if let Some(slot) = open.get(&(key, question)).filter(|slot| Arc::ptr_eq(&slot.entry, entry)) {
            return Arc::clone(slot);
        }
        let slot = Arc::new(Slot { entry: Arc::clone(entry), cell: OnceCell::new() });
        open.insert((key, question), Arc::clone(&slot));
        slot
    }
}
