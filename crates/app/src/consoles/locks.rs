//! Two counters in the process: who may open a guest's console now, and how many consoles an endpoint carries.
//!
//! PVE keeps one VNC password for each guest (PVE-FACTS 4.4): a second console that is opened before the first has
//! authenticated breaks the first. Nothing here may be held longer than an opening, or than a console.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

/// A lock for each key; a key that nobody holds or waits for takes no memory for long.
#[derive(Debug)]
pub(crate) struct KeyedLocks<K> {
    locks: Mutex<HashMap<K, Weak<tokio::sync::Mutex<()>>>>,
}

impl<K: Eq + Hash> Default for KeyedLocks<K> {
    fn default() -> Self {
        Self { locks: Mutex::default() }
    }
}

impl<K: Eq + Hash> KeyedLocks<K> {
    /// Waits for the key's lock, first come, first served.
    pub(crate) async fn lock(&self, key: K) -> OwnedMutexGuard<()> {
        let lock = self.of(key);
        lock.lock_owned().await
    }

    fn of(&self, key: K) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(&key).and_then(Weak::upgrade) {
            return lock;
        }
        if locks.len() >= 64 && locks.len().is_power_of_two() {
            locks.retain(|_, lock| lock.strong_count() > 0);
        }
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        locks.insert(key, Arc::downgrade(&lock));
        lock
    }
}

/// Counts seats by key, up to a limit.
#[derive(Debug)]
pub(crate) struct Seats<K: Eq + Hash> {
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Eq + Hash> Default for Seats<K> {
    fn default() -> Self {
        Self { taken: Arc::default() }
    }
}

impl<K: Eq + Hash + Clone> Seats<K> {
    /// A seat, given back when dropped; `None` when all `limit` are taken.
    pub(crate) fn take(&self, key: K, limit: usize) -> Option<Seat<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key.clone()).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Seat { key, taken: Arc::clone(&self.taken) })
    }
}

/// One taken seat.
#[derive(Debug)]
pub(crate) struct Seat<K: Eq + Hash> {
    key: K,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Eq + Hash> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_key_is_held_by_one_and_other_keys_do_not_wait() {
        let locks = KeyedLocks::default();
        let first = locks.lock(("cluster", 100)).await;
        let mut second = Box::pin(locks.lock(("cluster", 100)));
        assert!((&mut second).now_or_never().is_none());
        assert!(locks.lock(("cluster", 101)).now_or_never().is_some());
        drop(first);
        second.await;
    }

    #[tokio::test]
    async fn forgotten_keys_are_swept() {
        let locks = KeyedLocks::default();
        for key in 0..1000 {
            drop(locks.lock(key).await);
        }
        assert!(locks.locks.lock().unwrap().len() <= 128);
    }

    #[test]
    fn seats_are_limited_and_given_back() {
        let seats = Seats::default();
        let one = seats.take("a", 2).unwrap();
        let _two = seats.take("a", 2).unwrap();
        assert!(seats.take("a", 2).is_none());
        assert!(seats.take("b", 1).is_some());
        drop(one);
        assert!(seats.take("a", 2).is_some());
        assert!(!seats.taken.lock().unwrap().contains_key("b"));
    }
}
