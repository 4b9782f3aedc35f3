//! The last checks of each server, as this process made them.

use std::sync::Arc;

use crate::metrics::Sample;

/// What alerts look at. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Windows {
    inner: Arc<()>,
}

impl Windows {
    pub(crate) fn add(&self, _sample: &Sample) {
        let _ = &self.inner;
    }
}
