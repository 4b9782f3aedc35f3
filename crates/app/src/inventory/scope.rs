//! The limit of provided servers, asked about once more in the moment before something is done: the newest picture may
//! be a minute old, and a guest that left the limit meanwhile is another customer's.
//!
//! Fails closed: without PVE's word nothing is done.

use std::sync::Arc;

use nexus_model::GuestScope;
use nexus_pve::{GuestResource, Resource};

use super::rows::{GuestRow, Snapshot, kind_of};
use super::{Found, Inventory, LookError};

/// The picture as a limit leaves it.
pub(super) fn within(scope: Option<&GuestScope>, snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
    match scope {
        Some(scope) => Arc::new(Arc::unwrap_or_clone(snapshot).within(scope)),
        None => snapshot,
    }
}

impl Inventory {
    /// The guest as PVE has it now, if its server's limit still holds it; a server without one is not asked.
    ///
    /// # Errors
    /// [`LookError::Unknown`] where the guest is not in the limit any more, [`LookError::Gone`] where PVE does not have
    /// it, and whatever keeps PVE from answering.
    pub(crate) async fn still_within(&self, found: Found) -> Result<Found, LookError> {
        let Some(scope) = &found.entry.scope else { return Ok(found) };
        let resources = found.entry.endpoint.client.resources().await?;
        let said = resources.into_iter().find_map(|resource| match resource {
            Resource::Guest(guest) if is_of(&guest, &found.row) => Some(guest),
            _ => None,
        });
        let Some(said) = said else {
            found.entry.wake.notify_one();
            return Err(LookError::Gone);
        };
        if !holds(scope, &said, &found.row) {
            tracing::info!(server.id = %found.entry.endpoint.id, guest = %found.row.key, "a guest has left the limit");
            found.entry.wake.notify_one();
            return Err(LookError::Unknown);
        }
        let row = if said.node == found.row.node {
            Arc::clone(&found.row)
        } else {
            Arc::new(GuestRow { node: said.node, ..(*found.row).clone() })
        };
        Ok(Found { row, ..found })
    }

    /// Whether what PVE says of a server's guests in its own words is the tenant's to read: never where the server is
    /// provided, or not known.
    pub(crate) fn tells_all(&self, server: nexus_model::ServerId) -> bool {
        self.entry(server).is_some_and(|entry| !entry.is_provided())
    }
}

fn is_of(said: &GuestResource, row: &GuestRow) -> bool {
    (kind_of(said.kind), said.vmid) == (row.key.kind, row.key.vmid)
}

/// As the pictures are cut: a row without a name is of a node that is away, and tells neither tags nor pool.
fn holds(scope: &GuestScope, said: &GuestResource, row: &GuestRow) -> bool {
    let kept = said.name.is_none();
    let tags = if kept && said.tags.is_empty() { &row.tags } else { &said.tags };
    let pool = said.pool.as_deref().or_else(|| row.pool.as_deref().filter(|_| kept));
    scope.holds(said.vmid, pool, tags.iter().map(String::as_str))
}
