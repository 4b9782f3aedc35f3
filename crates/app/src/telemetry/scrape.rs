//! What is read in the moment when somebody asks: how the parts are doing, and how much waits in the database. One asks
//! at a time. A database that does not answer leaves its figures out, and is no reason to give none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nexus_model::{Micros, ServerId, ServerStatus};
use nexus_store::{Store, SystemScope, Waiting};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tokio::sync::Mutex;

use super::{Connections, State, Status, Task, Telemetry};
use crate::background::Background;
use crate::clock::Clock;
use crate::consoles::Consoles;
use crate::inventory::Inventory;
use crate::secret;
use crate::start::KeyCheck;

/// How long the database may take to answer, before it counts as one that does not.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a look at the keys counts.
const KEYS_COUNT: Duration = Duration::from_secs(30);

/// Figures that are set when somebody asks.
pub(super) struct Read {
    started_at: Gauge,
    servers: Family<Status, Gauge>,
    servers_held: Gauge,
    processes: Gauge,
    connections: Family<Connections, Gauge>,
    task_age: Family<Task, Gauge>,
    task_restarts: Family<Task, Gauge>,
    mails: Gauge,
    deliveries: Family<State, Gauge>,
    database_up: Gauge,
}

impl Read {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let read = Self {
            started_at: Gauge::default(),
            servers: Family::default(),
            servers_held: Gauge::default(),
            processes: Gauge::default(),
            connections: Family::default(),
            task_age: Family::default(),
            task_restarts: Family::default(),
            mails: Gauge::default(),
            deliveries: Family::default(),
            database_up: Gauge::default(),
        };
        let info = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("process", "This process", info);
        let time = "When this process began, since 1970";
        registry.register_with_unit("process_start_time", time, Unit::Seconds, read.started_at.clone());
        registry.register("servers", "Active servers by status", read.servers.clone());
        registry.register("servers_held", "Servers that this process asks", read.servers_held.clone());
        registry.register("processes", "Processes on this database", read.processes.clone());
        let open = "Connections to the database by role and state";
        registry.register("database_connections", open, read.connections.clone());
        registry.register("database_up", "1 where the database answered just now", read.database_up.clone());
        let age = "Since a background task last finished a turn";
        registry.register_with_unit("background_age", age, Unit::Seconds, read.task_age.clone());
        let restarts = "How often a background task had to be started again";
        registry.register("background_restarts", restarts, read.task_restarts.clone());
        registry.register("mails_waiting", "Mails that are not sent yet", read.mails.clone());
        let deliveries = "Messages to webhooks by state, as far as they are kept";
        registry.register("webhook_deliveries", deliveries, read.deliveries.clone());
        read
    }
}

/// What is asked.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) keys: KeyCheck,
    pub(crate) inventory: Inventory,
    pub(crate) consoles: Consoles,
    pub(crate) background: Background,
    pub(crate) telemetry: Telemetry,
    /// When this process began.
    pub(crate) started_at: Micros,
    /// What whoever asks for figures must say, as its hash alone; `None` where nobody may.
    pub(crate) token: Option<[u8; 32]>,
}

/// How this process is doing, for those who operate it. Cheap to clone.
#[derive(Clone)]
pub struct Operating {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    stopping: AtomicBool,
    /// One asks at a time.
    asking: Mutex<()>,
    /// When the keys last opened what is stored.
    keys_fit: Mutex<Option<tokio::time::Instant>>,
}

/// Why figures were not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScrapeError {
    /// No token is set: nobody may ask.
    #[error("figures are not given")]
    Off,
    /// Not the token.
    #[error("the token is another one")]
    Refused,
}

/// Why this process cannot serve; each a line for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// It ends.
    #[error("nexus is stopping")]
    Stopping,
    /// The database.
    #[error("the database does not answer")]
    Database,
    /// The key ring.
    #[error("the encryption keys do not open what the database holds")]
    Keys,
}

impl Operating {
    pub(crate) fn new(parts: Parts) -> Self {
        let inner =
            Inner { parts, stopping: AtomicBool::new(false), asking: Mutex::default(), keys_fit: Mutex::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Counts requests.
    #[must_use]
    pub fn telemetry(&self) -> &Telemetry {
        &self.inner.parts.telemetry
    }

    /// From now on the process is not ready.
    pub(crate) fn stopping(&self) {
        self.inner.stopping.store(true, Ordering::Release);
    }

    /// Whether this process can serve: it is not ending, the database answers, and the keys open what is in it.
    ///
    /// # Errors
    /// [`NotReady`].
    pub async fn ready(&self) -> Result<(), NotReady> {
        if self.inner.stopping.load(Ordering::Acquire) {
            return Err(NotReady::Stopping);
        }
        let Parts { store, system, .. } = &self.inner.parts;
        let asked = async {
            let mut read = store.system_read(system).await?;
            read.count_admins().await
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => return Err(NotReady::Database),
        }
        let mut fit = self.inner.keys_fit.lock().await;
        if fit.is_none_or(|last| last.elapsed() >= KEYS_COUNT) {
            *fit = None;
            match tokio::time::timeout(PATIENCE, self.inner.parts.keys.check()).await {
                Ok(Ok(())) => *fit = Some(tokio::time::Instant::now()),
                Ok(Err(crate::StartError::Keys(_))) => return Err(NotReady::Keys),
                Ok(Err(_)) | Err(_) => return Err(NotReady::Database),
            }
        }
        Ok(())
    }

    /// All figures, in the text form of OpenMetrics, for who says the token.
    ///
    /// # Errors
    /// [`ScrapeError`].
    pub async fn figures(&self, said: Option<&str>) -> Result<String, ScrapeError> {
        let token = self.inner.parts.token.ok_or(ScrapeError::Off)?;
        // Hashes are compared: how far they agree says nothing of the token.
        if said.is_none_or(|said| secret::hash(said) != token) {
            return Err(ScrapeError::Refused);
        }
        let _one_at_a_time = self.inner.asking.lock().await;
        self.read_parts();
        self.read_tasks();
        let rows = tokio::time::timeout(PATIENCE, self.rows()).await;
        self.set_rows(rows.ok().and_then(Result::ok));
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.telemetry().inner.registry);
        Ok(text)
    }

    fn read_parts(&self) {
        let Parts { store, inventory, consoles, telemetry, started_at, .. } = &self.inner.parts;
        let read = &telemetry.inner.read;
        read.started_at.set(started_at.0 / 1_000_000);
        telemetry.read_consoles(&consoles.traffic());
        let statuses = inventory.statuses();
        for status in ServerStatus::ALL {
            let count = statuses.iter().filter(|(_, is)| is == status).count();
            read.servers.get_or_create(&Status { status: status.name() }).set(whole(count));
        }
        let held = statuses.iter().filter(|(id, _)| inventory.holds(*id)).count();
        read.servers_held.set(whole(held));
        for connections in store.connections() {
            let role = connections.role;
            let set =
                |state, count: usize| read.connections.get_or_create(&Connections { role, state }).set(whole(count));
            set("idle", connections.idle);
            set("used", usize::try_from(connections.open).unwrap_or_default().saturating_sub(connections.idle));
        }
    }

    /// Tasks that there is one of for each server count as one: the oldest age, and all restarts.
    fn read_tasks(&self) {
        let Parts { background, clock, telemetry, inventory, .. } = &self.inner.parts;
        let (read, now) = (&telemetry.inner.read, clock.now());
        read.task_age.clear();
        read.task_restarts.clear();
        for task in background.status() {
            let (name, server) = task.name.split_once(" of ").unwrap_or((task.name.as_str(), ""));
            if server.parse().is_ok_and(|server: ServerId| !inventory.holds(server)) {
                // Another process asks that server: this one's task waits.
                continue;
            }
            let labels = Task { task: name.to_owned() };
            if let Some(done) = task.last_done {
                let age = i64::try_from(now.since(done).as_secs()).unwrap_or(i64::MAX);
                let gauge = read.task_age.get_or_create_owned(&labels);
                gauge.set(gauge.get().max(age));
            }
            read.task_restarts.get_or_create(&labels).inc_by(task.restarts.into());
        }
    }

    async fn rows(&self) -> nexus_store::Result<(Waiting, usize)> {
        let Parts { store, system, clock, .. } = &self.inner.parts;
        let mut read = store.system_read(system).await?;
        let waiting = read.waiting().await?;
        let processes = if store.is_shared() { read.processes(clock.now()).await?.len() } else { 1 };
        read.commit().await?;
        Ok((waiting, processes))
    }

    fn set_rows(&self, rows: Option<(Waiting, usize)>) {
        let read = &self.telemetry().inner.read;
        read.database_up.set(rows.is_some().into());
        read.deliveries.clear();
        let Some((waiting, processes)) = rows else { return };
        read.mails.set(waiting.mails);
        read.processes.set(whole(processes));
        let states = [
            ("pending", waiting.deliveries_pending),
            ("delivered", waiting.deliveries_delivered),
            ("failed", waiting.deliveries_failed),
        ];
        for (state, count) in states {
            read.deliveries.get_or_create(&State { state }).set(count);
        }
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
