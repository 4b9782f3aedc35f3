//! What has to do with PVE, started and stopped together: servers, inventory, guests, tasks, consoles, events.

use std::sync::Arc;
use std::time::Duration;

use nexus_model::{Micros, ProcessId};
use nexus_net::dial::Dialer;
use nexus_store::keys::KeyRing;
use nexus_store::{Store, SystemScope};
use rustls_pki_types::CertificateDer;

use crate::access::Access;
use crate::alerts::{self, Alerts, Windows};
use crate::audit::Audit;
use crate::background::Background;
use crate::bulk::{self, Bulks};
use crate::checks::ServerChecks;
use crate::clock::Clock;
use crate::consoles::Consoles;
use crate::events::Events;
use crate::gateway::Gateway;
use crate::guests::Guests;
use crate::inventory::endpoint::Maker;
use crate::inventory::{Identity, Inventory};
use crate::metrics::{self, Metrics, Monitoring};
use crate::notifications::Notifications;
use crate::placement::Placements;
use crate::relayed::Relayed;
use crate::servers::{EnvironmentServer, Servers};
use crate::snapshots::Snapshots;
use crate::stats::Stats;
use crate::tasks::Tasks;
use crate::telemetry::Telemetry;

/// How much of a thing there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Servers of a tenant.
    pub servers_per_tenant: u32,
    /// Consoles through one PVE endpoint at a time: PVE has 100 ports, also for its own page.
    pub consoles_per_node: usize,
    /// Consoles of one person in a tenant at a time.
    pub consoles_per_user: u32,
    /// Connectivity tests of a tenant within a minute: else a tenant scans the network.
    pub tests_per_minute: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { servers_per_tenant: 50, consoles_per_node: 80, consoles_per_user: 16, tests_per_minute: 20 }
    }
}

/// How often things are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervals {
    /// A server while somebody watches its tenant.
    pub watched: Duration,
    /// A server while nobody does.
    pub health: Duration,
    /// A server after one failure.
    pub again: Duration,
    /// The list of servers, for changes by other processes.
    pub servers: Duration,
    /// Nodes, for VMs that are paused.
    pub paused: Duration,
    /// A task of PVE, at first.
    pub task: Duration,
    /// How long PVE's HA manager may take to bring a guest where it was told to.
    pub ha: Duration,
    /// How long a server stays with a process that does not renew it; renewed three times in that.
    pub lease: Duration,
    /// Between two pictures for other processes.
    pub pictures: Duration,
    /// The database, for checks and calls to be written.
    pub metrics: Duration,
    /// The last checks, for alerts.
    pub alerts: Duration,
    /// PVE's list of tasks, while somebody watches.
    pub tasks: Duration,
    /// The same where it was empty: the token may not be allowed to read it.
    pub tasks_seldom: Duration,
    /// How long a server has been gone before people are told.
    pub hold: Duration,
    /// The shortest time between two tellings of a tenant's totals.
    pub stats: Duration,
}

impl Default for Intervals {
    fn default() -> Self {
        Self {
            watched: Duration::from_secs(10),
            health: Duration::from_secs(60),
            again: Duration::from_secs(3),
            servers: Duration::from_secs(3),
            paused: Duration::from_secs(60),
            task: Duration::from_millis(500),
            ha: Duration::from_secs(180),
            lease: Duration::from_secs(15),
            pictures: Duration::from_secs(2),
            tasks: Duration::from_secs(3),
            tasks_seldom: Duration::from_secs(60),
            hold: Duration::from_secs(15),
            stats: Duration::from_secs(2),
            metrics: Duration::from_secs(5),
            alerts: Duration::from_secs(5),
        }
    }
}

/// What the fleet is made of.
pub(crate) struct FleetParts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) clock: Clock,
    pub(crate) dialer: Dialer,
    /// Roots beside the machine's, for servers that are verified.
    pub(crate) roots: Vec<CertificateDer<'static>>,
    pub(crate) access: Access,
    pub(crate) placements: Placements,
    pub(crate) audit: Audit,
    pub(crate) background: Background,
    pub(crate) limits: Limits,
    pub(crate) intervals: Intervals,
    /// This process; begins the ids of its events.
    pub(crate) process_id: ProcessId,
    /// The machine's name.
    pub(crate) host: String,
    /// When this process began.
    pub(crate) started_at: Micros,
    pub(crate) events: Events,
    pub(crate) notices: Notifications,
    pub(crate) telemetry: Telemetry,
    /// The server that the environment names.
    pub(crate) environment: EnvironmentServer,
}

/// The services that have to do with PVE.
#[derive(Clone)]
pub(crate) struct Fleet {
    pub(crate) servers: Servers,
    pub(crate) inventory: Inventory,
    pub(crate) stats: Stats,
    pub(crate) checks: ServerChecks,
    pub(crate) guests: Guests,
    pub(crate) snapshots: Snapshots,
    pub(crate) tasks: Tasks,
    pub(crate) bulks: Bulks,
    pub(crate) consoles: Consoles,
    pub(crate) gateway: Gateway,
    pub(crate) events: Events,
    pub(crate) monitoring: Monitoring,
    pub(crate) alerts: Alerts,
}

impl FleetParts {
    fn metrics(&self, windows: Windows) -> Metrics {
        let metrics = Metrics::new(metrics::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            process: self.process_id,
            windows,
            telemetry: self.telemetry.clone(),
        });
        metrics.start(&self.background, self.intervals.metrics);
        metrics
    }

    fn maker(&self, metrics: &Metrics) -> Maker {
        let (keys, dialer, roots) = (Arc::clone(&self.keys), self.dialer.clone(), self.roots.clone());
        Maker { keys, dialer, roots, metrics: metrics.clone() }
    }

    fn inventory(&self, maker: Arc<Maker>, metrics: Metrics) -> Inventory {
        Inventory::start(crate::inventory::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            maker,
            audit: self.audit.clone(),
            events: self.events.clone(),
            background: self.background.clone(),
            intervals: self.intervals,
            placements: self.placements.clone(),
            metrics,
            notices: self.notices.clone(),
            telemetry: self.telemetry.clone(),
            identity: Identity { id: self.process_id, host: self.host.clone(), started_at: self.started_at },
        })
    }

    fn alerts(&self, inventory: &Inventory, windows: Windows) -> Alerts {
        let parts = alerts::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            fleet: Arc::new(inventory.clone()),
            events: self.events.clone(),
            notices: self.notices.clone(),
            windows,
        };
        Alerts::start(parts, &self.background, self.intervals.alerts)
    }

    fn tasks(&self, inventory: &Inventory) -> Tasks {
        Tasks::start(crate::tasks::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            inventory: inventory.clone(),
            events: self.events.clone(),
            notices: self.notices.clone(),
            background: self.background.clone(),
            poll: self.intervals.task,
            ha: self.intervals.ha,
        })
    }

    fn bulks(&self, inventory: &Inventory, tasks: &Tasks) -> Bulks {
        let parts = bulk::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            access: self.access.clone(),
            inventory: inventory.clone(),
            tasks: tasks.clone(),
            events: self.events.clone(),
            process: self.process_id,
            lease: self.intervals.lease,
        };
        Bulks::start(parts, &self.background)
    }

    fn snapshots(&self, inventory: &Inventory, tasks: &Tasks) -> Snapshots {
        Snapshots::new(crate::snapshots::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            audit: self.audit.clone(),
            inventory: inventory.clone(),
            tasks: tasks.clone(),
        })
    }

    fn gateway(&self, inventory: &Inventory, tasks: &Tasks) -> Gateway {
        Gateway::new(crate::gateway::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            access: self.access.clone(),
            audit: self.audit.clone(),
            inventory: inventory.clone(),
            tasks: tasks.clone(),
        })
    }

    fn consoles(&self, inventory: &Inventory) -> Consoles {
        let parts = crate::consoles::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            access: self.access.clone(),
            inventory: inventory.clone(),
            events: self.events.clone(),
            limits: self.limits,
            telemetry: self.telemetry.clone(),
        };
        Consoles::start(parts, &self.background)
    }
}

impl Fleet {
    /// Starts the background tasks: the list of servers, one for each server, running tasks of PVE, console leases.
    pub(crate) fn start(parts: FleetParts) -> Self {
        let windows = Windows::default();
        let metrics = parts.metrics(windows.clone());
        let maker = Arc::new(parts.maker(&metrics));
        let inventory = parts.inventory(Arc::clone(&maker), metrics);
        let alerts = parts.alerts(&inventory, windows);
        let tasks = parts.tasks(&inventory);
        let bulks = parts.bulks(&inventory, &tasks);
        let snapshots = parts.snapshots(&inventory, &tasks);
        let consoles = parts.consoles(&inventory);
        let gateway = parts.gateway(&inventory, &tasks);
        let FleetParts { store, system, clock, audit, background, events, intervals, limits, .. } = parts;
        let monitoring = Monitoring::new(store.clone(), clock.clone(), inventory.clone());
        let servers = Servers::new(crate::servers::Parts {
            store: store.clone(),
            system,
            clock: clock.clone(),
            maker,
            audit,
            inventory: inventory.clone(),
            limits,
            environment: parts.environment,
        });
        let guests = Guests::new(inventory.clone(), tasks.clone());
        let stats = Stats::start(inventory.clone(), events.clone(), &background, intervals.stats);
        let checks = ServerChecks::new(inventory.clone(), events.clone(), clock);
        let relayed = Relayed {
            store,
            events: events.clone(),
            inventory: inventory.clone(),
            tasks: tasks.clone(),
            bulks: bulks.clone(),
            consoles: consoles.clone(),
            alerts: alerts.clone(),
            notices: parts.notices,
        };
        relayed.start(&background);
        Self {
            servers,
            inventory,
            stats,
            checks,
            guests,
            snapshots,
            tasks,
            bulks,
            consoles,
            gateway,
            events,
            monitoring,
            alerts,
        }
    }

    /// Ends all consoles and followed tasks. Live grants are ended and background tasks stopped by the caller.
    pub(crate) async fn stop(&self) {
        self.consoles.stop().await;
        self.bulks.stop_all().await;
        self.tasks.stop().await;
    }
}
