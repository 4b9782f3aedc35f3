//! Who is told what of a notice, and how it is written.

use nexus_store::System;

use super::{Notice, Notifications, Told};

impl Notifications {
    /// Writes a notice in the caller's transaction: a row for each reader by rights and preference, letters, messages to
    /// webhooks. After the commit the caller hands the result to [`Notifications::told`].
    pub(crate) async fn write(&self, _tx: &mut System<'_>, _notice: &Notice) -> nexus_store::Result<Vec<Told>> {
        Ok(Vec::new())
    }
}
