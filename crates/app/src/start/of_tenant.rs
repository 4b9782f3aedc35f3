//! The operations on what a tenant keeps for itself, put together. Holds nothing of its own.

use std::sync::Arc;

use super::Core;
use crate::assignments::{self, Assignments};
use crate::events::Happening;
use crate::favourites::{self, Favourites};
use crate::fleet::Fleet;
use crate::groups::{self, Groups};
use crate::inventory::Inventory;
use crate::logo::{self, Logos};
use crate::placement::Placements;
use crate::settings::{self, TenantSettings};
use crate::views::{self, Views};

impl Core {
    pub(super) fn groups(&self) -> Groups {
        let (store, clock, audit) = (self.store.clone(), self.clock.clone(), self.audit.clone());
        Groups::new(groups::Parts { store, clock, audit })
    }

    pub(super) fn settings(&self, fleet: &Fleet, defaults: settings::Defaults) -> TenantSettings {
        let (events, inventory, alerts) = (self.events.clone(), fleet.inventory.clone(), fleet.alerts.clone());
        let changed = Arc::new(move |tenant| {
            events.tell(tenant, Happening::Settings);
            inventory.servers_changed();
            alerts.look_soon();
        });
        let (store, system, audit) = (self.store.clone(), self.system.clone(), self.audit.clone());
        TenantSettings::new(settings::Parts { store, system, audit, changed, defaults })
    }

    pub(super) fn logos(&self, settings: &TenantSettings) -> Logos {
        Logos::new(logo::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            objects: self.objects.clone(),
            changed: settings.changed(),
        })
    }

    pub(super) fn assignments(&self, inventory: &Inventory, placements: Placements) -> Assignments {
        let (store, clock, audit) = (self.store.clone(), self.clock.clone(), self.audit.clone());
        Assignments::new(assignments::Parts { store, clock, audit, inventory: inventory.clone(), placements })
    }

    pub(super) fn favourites(&self, inventory: &Inventory) -> Favourites {
        let (store, clock, inventory) = (self.store.clone(), self.clock.clone(), inventory.clone());
        Favourites::new(favourites::Parts { store, clock, inventory })
    }

    pub(super) fn views(&self) -> Views {
        Views::new(views::Parts { store: self.store.clone(), clock: self.clock.clone() })
    }
}
