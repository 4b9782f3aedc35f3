//! The operations on PVE's own API, put together. Holds nothing of its own.

use super::Core;
use crate::background::Background;
use crate::config_snapshots::{self, ConfigSnapshots};
use crate::explorer::{self, Explorer};
use crate::fleet::Fleet;

impl Core {
    pub(super) fn explorer(&self, fleet: &Fleet) -> Explorer {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let (inventory, gateway) = (fleet.inventory.clone(), fleet.gateway.clone());
        Explorer::new(explorer::Parts { store, clock, inventory, gateway })
    }

    /// Made and begun.
    pub(super) fn config_snapshots(&self, fleet: &Fleet, background: &Background) -> ConfigSnapshots {
        let parts = config_snapshots::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            inventory: fleet.inventory.clone(),
            gateway: fleet.gateway.clone(),
        };
        ConfigSnapshots::start(parts, background)
    }
}
