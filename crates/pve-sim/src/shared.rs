//! A mutex for state that several tasks share. It must never be held across an await.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A mutex that outlives a panic of its holder.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(Mutex<T>);

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn get(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
