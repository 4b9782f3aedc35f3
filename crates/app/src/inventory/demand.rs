//! Checks that somebody asks for. They are the server's own turns, sooner than they were due: there is one request for
//! the overview in flight per server, whoever asks.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use nexus_model::ServerId;

use super::{CheckDone, Entry, Inventory};

/// A check that ended no longer ago is an answer.
const FRESH: Duration = Duration::from_secs(2);
/// How long a check is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

impl Inventory {
    /// Has a server checked, or joins the check that is under way; what it came to, or `None` where it does not end in
    /// time or the server is gone.
    pub(crate) async fn check(&self, server: ServerId) -> Option<Arc<CheckDone>> {
        tokio::time::timeout(PATIENCE, self.check_patiently(server)).await.ok().flatten()
    }

    async fn check_patiently(&self, server: ServerId) -> Option<Arc<CheckDone>> {
        loop {
            let entry = self.entry(server)?;
            tokio::select! {
                biased;
                done = check_of(&entry) => return done,
                // Another entry stands in its place: that one is asked.
                () = self.told(|| self.entry(server).is_none_or(|now| !Arc::ptr_eq(&now, &entry)).then_some(())) => {}
            }
        }
    }
}

async fn check_of(entry: &Entry) -> Option<Arc<CheckDone>> {
    let mut checked = entry.checked.subscribe();
    let last = checked.borrow_and_update().clone();
    if last.as_ref().is_some_and(|last| last.ended.elapsed() < FRESH) {
        return last;
    }
    if !entry.asking.load(Ordering::Acquire) {
        entry.wake.notify_one();
    }
    checked.changed().await.ok()?;
    checked.borrow().clone()
}
