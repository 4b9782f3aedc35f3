//! All operations in one place, once everything that they stand on is there.

use super::{App, Core};
use crate::access::Access;
use crate::background::Background;
use crate::fleet::Fleet;
use crate::guest_detail::GuestDetails;
use crate::placement::Placements;
use crate::settings::TenantSettings;
use crate::telemetry::Operating;
use crate::webhooks::Webhooks;

/// What was made on the way.
pub(super) struct Made {
    pub(super) access: Access,
    pub(super) background: Background,
    pub(super) placements: Placements,
    pub(super) operating: Operating,
    pub(super) webhooks: Webhooks,
    pub(super) settings: TenantSettings,
}

impl App {
    pub(super) fn whole(core: Core, fleet: Fleet, made: Made) -> Self {
        let Made { access, background, placements, operating, webhooks, settings } = made;
        Self {
            operating,
            administration: core.administration(&access, &fleet.inventory, &background),
            members: core.members(&access),
            tokens: core.tokens(&access),
            explorer: core.explorer(&fleet),
            config_snapshots: core.config_snapshots(&fleet, &background),
            groups: core.groups(),
            assignments: core.assignments(&fleet.inventory, placements),
            logos: core.logos(&settings),
            settings,
            favourites: core.favourites(&fleet.inventory),
            views: core.views(),
            guest_details: GuestDetails::new(fleet.inventory.clone(), core.clock.clone()),
            monitoring: fleet.monitoring.clone(),
            alerts: fleet.alerts.clone(),
            access,
            accounts: core.accounts,
            servers: fleet.servers.clone(),
            inventory: fleet.inventory.clone(),
            stats: fleet.stats.clone(),
            checks: fleet.checks.clone(),
            guests: fleet.guests.clone(),
            snapshots: fleet.snapshots.clone(),
            tasks: fleet.tasks.clone(),
            bulks: fleet.bulks.clone(),
            consoles: fleet.consoles.clone(),
            gateway: fleet.gateway.clone(),
            events: fleet.events.clone(),
            notifications: core.notices.clone(),
            webhooks,
            audit: core.audit,
            provision: core.provision,
            fleet,
            background,
            store: core.store,
        }
    }
}
