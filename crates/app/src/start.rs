//! Puts the operations together, starts the background tasks, and stops everything in order.

mod duties;
mod key_check;
mod of_pve;
mod of_tenant;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use nexus_model::{Micros, ProcessId};
use nexus_net::dial::Dialer;
use nexus_store::keys::{KeyError, KeyRing};
use nexus_store::{ScopeMint, Store, SystemScope};
use rustls_pki_types::CertificateDer;
use zeroize::Zeroizing;

use self::duties::start_tasks;
pub(crate) use self::key_check::KeyCheck;
use self::whole::Made;
use crate::access::{Access, Client, SessionTimes};
use crate::accounts::{self, Accounts, NewSession, SetupError, SetupIn, ThrottleLimits};
use crate::administration::{self, Administration};
use crate::alerts::Alerts;
use crate::assignments::Assignments;
use crate::audit::Audit;
use crate::background::{Background, TaskStatus};
use crate::bulk::Bulks;
use crate::checks::ServerChecks;
use crate::clock::Clock;
use crate::config_snapshots::ConfigSnapshots;
use crate::consoles::Consoles;
use crate::events::Events;
use crate::explorer::Explorer;
use crate::favourites::Favourites;
use crate::fleet::{self, Fleet, FleetParts};
use crate::gateway::Gateway;
use crate::groups::Groups;
use crate::guest_detail::GuestDetails;
use crate::guests::Guests;
use crate::inventory::Inventory;
use crate::keys::Keys;
use crate::links::Links;
use crate::logo::Logos;
use crate::mail::{Mailer, Smtp, SmtpError};
use crate::members::{self, Members};
use crate::metrics::Monitoring;
use crate::notifications::{self, Notifications};
use crate::objects::{ObjectError, Objects, ObjectsConfig};
use crate::password::{Cost, HashError, Passwords};
use crate::placement::Placements;
use crate::provision::Provision;
use crate::secret;
use crate::servers::{EnvironmentServer, ServerError, Servers};
use crate::settings::{self, TenantSettings};
use crate::snapshots::Snapshots;
use crate::stats::Stats;
use crate::tasks::Tasks;
use crate::telemetry::{self, Operating, Telemetry};
use crate::tokens::{self, Tokens};
use crate::views::Views;
use crate::webhooks::{self, WebhookConfig, Webhooks};

/// What the operations stand on.
pub struct Config {
    /// The database, open.
    pub store: Store,
    /// Its mint of scopes.
    pub mint: ScopeMint,
    /// The key ring.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Clock,
    /// The way to PVE.
    pub dialer: Dialer,
    /// CAs that `verify` trusts beside the system's.
    pub roots: Vec<CertificateDer<'static>>,
    /// Between two looks at a server that nobody watches.
    pub health_interval: Duration,
    /// The one origin of links, such as `https://nexus.example.org`.
    pub origin: String,
    /// How mail is sent; `None` for no mail.
    pub smtp: Option<Smtp>,
    /// The server that the environment names, if it does.
    pub environment: EnvironmentServer,
    /// What operators have set.
    pub operating: OperatingConfig,
    /// Where webhooks may lead.
    pub webhooks: WebhookConfig,
    /// Where objects lie.
    pub objects: ObjectsConfig,
}

/// What those who operate Nexus set.
#[derive(Default)]
pub struct OperatingConfig {
    /// This machine's name, for the list of processes.
    pub host: String,
    /// What whoever asks for figures must say; `None` where nobody may.
    pub metrics_token: Option<Zeroizing<String>>,
}

/// What tests set otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// How much work a password's hash is.
    pub password_cost: Cost,
    /// How many passwords are hashed at once; each needs the cost's memory.
    pub hashes_at_once: usize,
    /// How long sessions live.
    pub sessions: SessionTimes,
    /// When failed sign-ins lock.
    pub throttle: ThrottleLimits,
    /// Between two turns of the audit's chaining.
    pub chain_every: Duration,
    /// Between two looks for mails to send.
    pub mail_every: Duration,
    /// How much of a thing there may be.
    pub limits: fleet::Limits,
    /// How often PVE is asked; the health interval is the configuration's.
    pub intervals: fleet::Intervals,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            password_cost: Cost::default(),
            hashes_at_once: std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8)),
            sessions: SessionTimes::default(),
            throttle: ThrottleLimits::default(),
            chain_every: Duration::from_secs(5),
            mail_every: Duration::from_secs(2),
            limits: fleet::Limits::default(),
            intervals: fleet::Intervals::default(),
        }
    }
}

/// Why Nexus does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database holds values that no key of the ring opens. Nothing was changed.
    #[error(
        "the encryption keys do not fit the database: put the key file that this database was used with back into the \
         data folder, or give its keys as encryption_keys"
    )]
    Keys(#[from] KeyError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
    /// The server that the environment names cannot be used.
    #[error("the server that PROXMOX_HOST names cannot be used: {0}")]
    Environment(#[source] ServerError),
    /// The object store cannot be used as configured.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// Mail cannot be sent as configured.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// Passwords cannot be hashed as configured.
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// All operations, with their background tasks. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Who may do what.
    pub access: Access,
    /// Signing in and out.
    pub accounts: Accounts,
    /// What programs sign in with.
    pub tokens: Tokens,
    /// PVE's API as servers describe it.
    pub explorer: Explorer,
    /// What servers' configuration was.
    pub config_snapshots: ConfigSnapshots,
    /// Who belongs to a tenant.
    pub members: Members,
    /// Members under one name.
    pub groups: Groups,
    /// Rights on guests.
    pub assignments: Assignments,
    /// All accounts, all tenants, and how Nexus is doing.
    pub administration: Administration,
    /// What a tenant's admins decide for it.
    pub settings: TenantSettings,
    /// Its logo.
    pub logos: Logos,
    /// PVE endpoints.
    pub servers: Servers,
    /// What the servers' guests are doing.
    pub inventory: Inventory,
    /// What a tenant has and uses.
    pub stats: Stats,
    /// Checks that people ask for.
    pub checks: ServerChecks,
    /// Guests and their power switches.
    pub guests: Guests,
    /// One guest in detail.
    pub guest_details: GuestDetails,
    /// Guests that a person marked or used.
    pub favourites: Favourites,
    /// Filters of the list of guests under names.
    pub views: Views,
    /// Their snapshots.
    pub snapshots: Snapshots,
    /// What actions became.
    pub tasks: Tasks,
    /// Actions on many guests.
    pub bulks: Bulks,
    /// Consoles.
    pub consoles: Consoles,
    /// PVE's own API.
    pub gateway: Gateway,
    /// What changes, as it changes.
    pub events: Events,
    /// What checks and calls came to.
    pub monitoring: Monitoring,
    /// What is wrong with servers.
    pub alerts: Alerts,
    /// What people are told.
    pub notifications: Notifications,
    /// What other systems are told.
    pub webhooks: Webhooks,
    /// What was done.
    pub audit: Audit,
    /// How this process is doing, for machines.
    pub operating: Operating,
    /// What has no API yet.
    pub provision: Provision,
    fleet: Fleet,
    background: Background,
    store: Store,
}

/// The operations that commands need beside a serving Nexus, without background tasks.
#[derive(Clone)]
pub struct Offline {
    /// Set-up links.
    pub accounts: Accounts,
    /// The audit log.
    pub audit: Audit,
    /// Users, tenants and rights.
    pub provision: Provision,
    /// The key ring.
    pub keys: Keys,
    core: Arc<Core>,
}

impl Offline {
    /// Whether the keys fit the database, as every start asks.
    ///
    /// # Errors
    /// [`StartError::Keys`], or the store.
    pub async fn check_keys(&self) -> Result<(), StartError> {
        self.core.check_keys().await
    }
}

/// The way to PVE, as the configuration gives it.
struct Outward {
    dialer: Dialer,
    roots: Vec<CertificateDer<'static>>,
    environment: EnvironmentServer,
    host: String,
}

/// The part of the operations that needs no PVE.
struct Core {
    store: Store,
    system: SystemScope,
    keys: Arc<KeyRing>,
    clock: Clock,
    audit: Audit,
    accounts: Accounts,
    provision: Provision,
    passwords: Passwords,
    links: Links,
    mailer: Mailer,
    objects: Objects,
    /// This process.
    process_id: ProcessId,
    events: Events,
    notices: Notifications,
    telemetry: Telemetry,
    started_at: Micros,
}

impl Core {
    fn new(
        store: Store,
        system: SystemScope,
        keys: Arc<KeyRing>,
        clock: Clock,
        tuning: Tuning,
        way_out: (&str, Option<Smtp>),
        objects: ObjectsConfig,
    ) -> Result<Self, StartError> {
        let mailer = Mailer::new(way_out.1, Arc::clone(&keys), clock.clone())?;
        let links = Links::new(way_out.0, clock.clone(), mailer.clone());
        let audit = Audit::new(store.clone(), system.clone(), Arc::clone(&keys), clock.clone());
        let process_id: ProcessId = secret::id();
        let (telemetry, started_at) = (Telemetry::new(), clock.now());
        let events = Events::new(process_id.to_string(), telemetry.clone());
        let notices = Notifications::new(notifications::Parts {
            store: store.clone(),
            system: system.clone(),
            clock: clock.clone(),
            audit: audit.clone(),
            links: links.clone(),
            mailer: mailer.clone(),
            events: events.clone(),
        });
        let passwords = Passwords::new(tuning.password_cost, tuning.hashes_at_once)?;
        let accounts = Accounts::new(accounts::Inner {
            store: store.clone(),
            system: system.clone(),
            audit: audit.clone(),
            clock: clock.clone(),
            passwords: passwords.clone(),
            times: tuning.sessions,
            throttle: tuning.throttle,
            links: links.clone(),
            mailer: mailer.clone(),
            notices: notices.clone(),
        });
        let provision = Provision::new(store.clone(), system.clone(), audit.clone(), clock.clone(), passwords.clone());
        Ok(Self {
            store,
            system,
            keys,
            clock,
            audit,
            accounts,
            provision,
            passwords,
            links,
            mailer,
            objects: Objects::open(objects)?,
            process_id,
            events,
            notices,
            telemetry,
            started_at,
        })
    }

    fn administration(&self, access: &Access, inventory: &Inventory, background: &Background) -> Administration {
        Administration::new(administration::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            access: access.clone(),
            passwords: self.passwords.clone(),
            links: self.links.clone(),
            mailer: self.mailer.clone(),
            members: self.members(access),
            inventory: inventory.clone(),
            background: background.clone(),
            objects: self.objects.clone(),
            started_at: self.started_at,
        })
    }

    fn operating(&self, config: &OperatingConfig, fleet: &Fleet, background: &Background) -> Operating {
        Operating::new(telemetry::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            keys: self.key_check(),
            inventory: fleet.inventory.clone(),
            consoles: fleet.consoles.clone(),
            background: background.clone(),
            telemetry: self.telemetry.clone(),
            started_at: self.started_at,
            token: config.metrics_token.as_ref().map(|token| secret::hash(token)),
        })
    }

    fn fleet(
        &self,
        out: Outward,
        access: &Access,
        background: &Background,
        placements: Placements,
        (limits, intervals): (fleet::Limits, fleet::Intervals),
    ) -> Fleet {
        Fleet::start(FleetParts {
            store: self.store.clone(),
            system: self.system.clone(),
            keys: Arc::clone(&self.keys),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            background: background.clone(),
            dialer: out.dialer,
            roots: out.roots,
            access: access.clone(),
            limits,
            placements,
            intervals,
            process_id: self.process_id,
            host: out.host,
            started_at: self.started_at,
            events: self.events.clone(),
            notices: self.notices.clone(),
            telemetry: self.telemetry.clone(),
            environment: out.environment,
        })
    }

    fn members(&self, access: &Access) -> Members {
        Members::new(members::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            access: access.clone(),
            links: self.links.clone(),
            mailer: self.mailer.clone(),
            notices: self.notices.clone(),
        })
    }

    fn tokens(&self, access: &Access) -> Tokens {
        let (store, system, clock) = (self.store.clone(), self.system.clone(), self.clock.clone());
        Tokens::new(tokens::Parts { store, system, clock, audit: self.audit.clone(), access: access.clone() })
    }

    /// Made and begun.
    fn webhooks(&self, config: WebhookConfig, background: &Background) -> Webhooks {
        let webhooks = Webhooks::new(webhooks::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            keys: Arc::clone(&self.keys),
            config,
        });
        webhooks.start(background, self.notices.clone());
        webhooks
    }

    async fn check_keys(&self) -> Result<(), StartError> {
        self.key_check().check().await
    }

    fn key_check(&self) -> KeyCheck {
        let (store, system, audit) = (self.store.clone(), self.system.clone(), self.audit.clone());
        KeyCheck { store, system, keys: Arc::clone(&self.keys), audit }
    }
}

impl App {
    /// Starts.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_tuned(config, Tuning::default()).await
    }

    /// Starts with other times and costs than usual: for tests.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_tuned(config: Config, tuning: Tuning) -> Result<Self, StartError> {
        let Config {
            store,
            mint,
            keys,
            clock,
            dialer,
            roots,
            health_interval,
            origin,
            smtp,
            environment,
            operating,
            webhooks,
            objects,
        } = config;
        let core = Core::new(store, mint.system(), keys, clock, tuning, (&origin, smtp), objects)?;
        core.check_keys().await?;
        let placements = Placements::new();
        let limits = (tuning.sessions, tuning.throttle);
        let access = Access::new(core.store.clone(), mint, core.clock.clone(), limits, placements.clone());
        let background = Background::new(core.clock.clone());
        start_tasks(&background, &core, &access, tuning);
        let intervals = fleet::Intervals { health: health_interval, ..tuning.intervals };
        let out = Outward { dialer, roots, environment, host: operating.host.clone() };
        let fleet = core.fleet(out, &access, &background, placements.clone(), (tuning.limits, intervals));
        fleet.servers.keep_environment().await.map_err(StartError::Environment)?;
        let defaults = settings::Defaults {
            health_interval_seconds: health_interval.as_secs(),
            console_per_user: tuning.limits.consoles_per_user,
        };
        let made = Made {
            operating: core.operating(&operating, &fleet, &background),
            webhooks: core.webhooks(webhooks, &background),
            settings: core.settings(&fleet, defaults),
            access,
            background,
            placements,
        };
        Ok(Self::whole(core, fleet, made))
    }

    /// Makes the first admin and the first tenant, which gets the server that the environment names.
    ///
    /// # Errors
    /// As [`Accounts::setup`].
    pub async fn set_up(&self, typed: SetupIn, client: Client) -> Result<NewSession, SetupError> {
        let new = self.accounts.setup(typed, client).await?;
        if let Err(error) = self.servers.keep_environment().await {
            tracing::error!(%error, "the server that PROXMOX_HOST names is not there yet");
        }
        Ok(new)
    }

    /// The operations of commands that run beside a serving Nexus.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn offline(config: Config) -> Result<Offline, StartError> {
        let Config { store, mint, keys, clock, origin, smtp, objects, .. } = config;
        let core = Core::new(store, mint.system(), keys, clock, Tuning::default(), (&origin, smtp), objects)?;
        let (store, system, ring) = (core.store.clone(), core.system.clone(), Arc::clone(&core.keys));
        let keys = Keys::new(store, system, core.audit.clone(), ring);
        let (accounts, audit, provision) = (core.accounts.clone(), core.audit.clone(), core.provision.clone());
        Ok(Offline { accounts, audit, provision, keys, core: Arc::new(core) })
    }

    /// How the background tasks are doing.
    #[must_use]
    pub fn background(&self) -> Vec<TaskStatus> {
        self.background.status()
    }

    /// Stops in order: consoles and streams are told, then the tasks end, then the last entries are chained and the
    /// database is closed.
    pub async fn stop(&self) {
        self.operating.stopping();
        self.access.end_all();
        self.fleet.stop().await;
        self.background.stop().await;
        if let Err(error) = self.audit.chain_loose().await {
            tracing::warn!(%error, "the last audit entries are not chained yet");
        }
        self.store.close().await;
    }
}

#[cfg(test)]
mod tests;
