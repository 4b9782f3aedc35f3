//! Which process asks which server: each active server is polled by exactly one. Where there is one process (SQLite) it
//! holds all of them.

use nexus_model::ServerId;

use super::Inventory;

impl Inventory {
    /// Whether this process is the one that asks the server now: who judges, alerts and counts goes by this.
    #[must_use]
    pub fn holds(&self, server: ServerId) -> bool {
        self.entry(server).is_some()
    }
}
