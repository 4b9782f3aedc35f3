//! Which process asks which server: each active server is polled by exactly one. Where there is one process (SQLite) it
//! holds all of them.

use nexus_model::{ServerId, ServerStatus, TenantId};

use super::Inventory;

impl Inventory {
    /// Whether this process is the one that asks the server now: who judges, alerts and counts goes by this.
    #[must_use]
    pub fn holds(&self, server: ServerId) -> bool {
        self.entry(server).is_some()
    }

    /// Whether this process judges what concerns all of a tenant's servers at once: it asks the first of them.
    pub(crate) fn leads(&self, tenant: TenantId) -> bool {
        let first = self.of_tenant(tenant).iter().map(|entry| entry.endpoint.id).min();
        first.is_some_and(|first| self.holds(first))
    }

    /// How each active server is doing.
    pub(crate) fn statuses(&self) -> Vec<(ServerId, ServerStatus)> {
        self.entries().iter().map(|(id, slot)| (*id, slot.entry.health().status)).collect()
    }
}
