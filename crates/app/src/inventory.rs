//! Inventory: what each server's guests are doing, kept fresh by one task per active server.
//!
//! No request of a person waits for PVE: all lists are read from the newest picture. There is one request in flight
//! per server, at 10 s while somebody watches the tenant and at the health interval otherwise. The list of servers is
//! read again every few seconds, so that other processes' changes count too. A changed server gets a new client.
//!
//! ```text
//!   unknown ─► checking ─► online ◄─ the last 20 checks ─► degraded ◄──┐
//!                 │           │ one failure: stays, asks again soon     │
//!                 └───────────┴─ two in a row ─► offline ── an answer ──┘
//! ```

mod changes;
pub(crate) mod checks;
mod demand;
pub(crate) mod endpoint;
mod entry;
mod lease;
pub(crate) mod marks;
pub(crate) mod nodes;
pub(crate) mod outage;
mod poller;
mod rates;
mod rows;
mod scope;
mod shared;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use nexus_model::{GuestKey, GuestKind, GuestStatus, ServerId, ServerOrigin, ServerStatus, TenantId};
use nexus_store::{Server, ServerVersion, Store, SystemScope};
use tokio::sync::{Notify, watch};

pub(crate) use self::demand::PATIENCE as CHECK_PATIENCE;
pub(crate) use self::entry::{CheckDone, Entry, Found};
use self::entry::{Health, Picture};
pub(crate) use self::lease::Identity;
pub use self::nodes::NodeStatus;
pub use self::rates::Rates;
pub use self::rows::{GuestRow, Snapshot};

use self::endpoint::{Maker, pve_guest};
use self::lease::Leases;
use self::rows::{Difference, Look, status_of};
use self::shared::Pictures;
use crate::audit::Audit;
use crate::background::{Background, Beat, TaskHandle};
use crate::clock::Clock;
use crate::events::{Events, Happening};
use crate::fleet::Intervals;
use crate::metrics::Metrics;
use crate::notifications::Notifications;
use crate::placement::Placements;
use crate::telemetry::Telemetry;

/// How long somebody waits for a server's first picture.
const FIRST_PICTURE: Duration = Duration::from_secs(10);

/// What all servers are doing. Cheap to clone.
#[derive(Clone)]
pub struct Inventory {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    system: SystemScope,
    clock: Clock,
    maker: Arc<Maker>,
    audit: Audit,
    events: Events,
    background: Background,
    intervals: Intervals,
    entries: RwLock<HashMap<ServerId, Slot>>,
    /// The list of servers is to be read now.
    relist: Notify,
    /// Counts pictures and lists, for those who wait for the first one.
    news: watch::Sender<u64>,
    /// Servers that cannot be used as they are stored, with the version that was tried; `None` where trying again may help.
    unusable: Mutex<HashMap<ServerId, Option<i64>>>,
    /// Whether the list of servers has been read.
    listed: AtomicBool,
    placements: Placements,
    metrics: Metrics,
    notices: Notifications,
    /// When this began: the moments at which servers are asked are counted from there.
    began: tokio::time::Instant,
    /// Tenants that somebody watches and whose totals may be others now.
    stirred: Mutex<HashSet<TenantId>>,
    /// Told when there is one more.
    stir: Notify,
    leases: Leases,
    pictures: Pictures,
    telemetry: Telemetry,
}

struct Slot {
    entry: Arc<Entry>,
    task: TaskHandle,
}

/// Why a guest's state could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookError {
    /// The inventory does not have it.
    #[error("the guest is not known")]
    Unknown,
    /// PVE does not have it on that node any more.
    #[error("the guest is gone")]
    Gone,
    /// PVE did not answer.
    #[error(transparent)]
    Pve(#[from] nexus_pve::Error),
}

/// What the inventory is made of.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) maker: Arc<Maker>,
    pub(crate) audit: Audit,
    pub(crate) events: Events,
    pub(crate) background: Background,
    pub(crate) intervals: Intervals,
    pub(crate) placements: Placements,
    pub(crate) metrics: Metrics,
    pub(crate) notices: Notifications,
    pub(crate) identity: Identity,
    pub(crate) telemetry: Telemetry,
}

impl Inventory {
    /// Starts the task that keeps one task for each active server.
    pub(crate) fn start(parts: Parts) -> Self {
        let Parts { store, system, clock, maker, audit, events, background, intervals, placements, .. } = parts;
        let Parts { metrics, notices, identity, telemetry, .. } = parts;
        let inner = Inner {
            store,
            system,
            clock,
            maker,
            audit,
            events,
            background: background.clone(),
            intervals,
            entries: RwLock::default(),
            relist: Notify::new(),
            news: watch::Sender::new(0),
            unusable: Mutex::default(),
            listed: AtomicBool::new(false),
            placements,
            metrics,
            notices,
            began: tokio::time::Instant::now(),
            stirred: Mutex::default(),
            stir: Notify::new(),
            leases: Leases::new(identity),
            pictures: Pictures::default(),
            telemetry,
        };
        let inventory = Self { inner: Arc::new(inner) };
        let own = inventory.clone();
        background.start("servers", move |beat| own.clone().keep_list(beat));
        let own = inventory.clone();
        background.start("servers.gone", move |beat| own.clone().tell_gone(beat));
        if inventory.inner.store.is_shared() {
            let own = inventory.clone();
            background.start("leases", move |beat| own.clone().keep_leases(beat));
            let own = inventory.clone();
            background.start("pictures.leave", move |beat| own.clone().leave_pictures(beat));
            let own = inventory.clone();
            background.start("pictures.load", move |beat| own.clone().load_pictures(beat));
        }
        inventory
    }

    async fn keep_list(self, beat: Beat) {
        loop {
            match self.read_list().await {
                Ok(()) => {
                    beat.done();
                    if !self.inner.listed.swap(true, Ordering::AcqRel) {
                        self.news();
                    }
                }
                Err(error) => {
                    beat.failed(&error);
                    tracing::warn!(%error, "the list of servers cannot be read");
                }
            }
            tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                () = self.inner.relist.notified() => {}
                () = tokio::time::sleep(self.inner.intervals.servers) => {}
            }
        }
    }

    async fn read_list(&self) -> nexus_store::Result<()> {
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let versions = read.active_servers().await?;
        let mut changed = Vec::new();
        for ServerVersion { id, version, health_interval_seconds } in &versions {
            let entry = self.entry(*id);
            if let Some(entry) = entry.as_deref().filter(|entry| entry.set_interval(seconds(*health_interval_seconds)))
            {
                // It may be due by its new pace.
                entry.wake.notify_one();
            }
            let known =
                entry.map(|entry| entry.endpoint.version).or_else(|| self.unusable().get(id).copied().flatten());
            if known != Some(*version) {
                changed.extend(read.any_server(*id).await?);
            }
        }
        drop(read);
        let gone: Vec<ServerId> = {
            let entries = self.entries();
            entries.keys().filter(|id| !versions.iter().any(|server| server.id == **id)).copied().collect()
        };
        for id in gone {
            self.end(id);
        }
        self.inner.telemetry.keep_servers(&versions.iter().map(|server| server.id).collect());
        self.unusable().retain(|id, _| versions.iter().any(|server| server.id == *id));
        for server in changed {
            self.begin(&server);
        }
        Ok(())
    }

    fn unusable(&self) -> std::sync::MutexGuard<'_, HashMap<ServerId, Option<i64>>> {
        self.inner.unusable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries(&self) -> std::sync::RwLockReadGuard<'_, HashMap<ServerId, Slot>> {
        self.inner.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a server's task, in place of the one for an older version of its row.
    fn begin(&self, server: &Server) {
        let endpoint = match self.inner.maker.endpoint(server) {
            Ok(endpoint) => endpoint,
            Err(error) => {
                self.end(server.id);
                // A key that is missing may come with the next look at the key file.
                let tried = (!matches!(error, endpoint::EndpointError::Secret)).then_some(server.version);
                if self.unusable().insert(server.id, tried).is_none() {
                    tracing::warn!(server.id = %server.id, %error, "a server cannot be used");
                }
                return;
            }
        };
        self.unusable().remove(&server.id);
        let tenant = endpoint.tenant;
        let mut entries = self.inner.entries.write().unwrap_or_else(PoisonError::into_inner);
        let old = entries.remove(&server.id);
        if let Some(old) = &old {
            old.task.stop();
        }
        let scope = (server.origin == ServerOrigin::Provided).then(|| server.scope.clone().unwrap_or_default());
        let entry = Arc::new(Entry::new(endpoint, scope, old.as_ref().map(|old| &*old.entry)));
        match entry.snapshot() {
            Some(snapshot) => self.inner.placements.put(tenant, server.id, snapshot.placed()),
            None => self.inner.placements.remove(server.id),
        }
        if let Some(cluster) = &server.cluster_name {
            entry.picture().cluster.get_or_insert_with(|| cluster.as_str().into());
        }
        let (own, polled) = (self.clone(), Arc::clone(&entry));
        let name = format!("inventory of {}", server.id);
        let task = self.inner.background.start(name, move |beat| own.clone().poll(Arc::clone(&polled), beat));
        let is_new = old.is_none();
        entries.insert(server.id, Slot { entry, task });
        drop(entries);
        self.picture_wanted(server.id);
        if is_new {
            self.servers_began();
        }
        self.news();
        self.inner.events.tell(tenant, Happening::Reset);
    }

    fn end(&self, id: ServerId) {
        let slot = self.inner.entries.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(slot) = slot {
            slot.task.stop();
            slot.entry.retire();
            self.inner.placements.remove(id);
            self.news();
            self.inner.events.tell(slot.entry.endpoint.tenant, Happening::Reset);
        }
    }

    fn news(&self) {
        self.inner.news.send_modify(|count| *count += 1);
    }

    /// A tenant's totals may be others now.
    fn stir(&self, tenant: TenantId) {
        if self.inner.events.is_watched(tenant) {
            self.inner.stirred.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
            self.inner.stir.notify_one();
        }
    }

    /// Waits until totals may have changed, and says of which tenants.
    pub(crate) async fn stirred(&self) -> HashSet<TenantId> {
        loop {
            let stirred = std::mem::take(&mut *self.inner.stirred.lock().unwrap_or_else(PoisonError::into_inner));
            if !stirred.is_empty() {
                return stirred;
            }
            self.inner.stir.notified().await;
        }
    }

    pub(crate) fn entry(&self, id: ServerId) -> Option<Arc<Entry>> {
        self.entries().get(&id).map(|slot| Arc::clone(&slot.entry))
    }

    /// All servers, in no order.
    pub(crate) fn all(&self) -> Vec<Arc<Entry>> {
        self.entries().values().map(|slot| Arc::clone(&slot.entry)).collect()
    }

    /// The tenant's servers, in no order.
    pub(crate) fn of_tenant(&self, tenant: TenantId) -> Vec<Arc<Entry>> {
        let entries = self.entries();
        entries
            .values()
            .filter(|slot| slot.entry.endpoint.tenant == tenant)
            .map(|slot| Arc::clone(&slot.entry))
            .collect()
    }

    /// The newest picture of a server's guests.
    #[must_use]
    pub fn snapshot(&self, server: ServerId) -> Option<Arc<Snapshot>> {
        self.entry(server)?.snapshot()
    }

    /// Waits for the first picture of a server's guests; for ever when there is no such server.
    pub async fn first_snapshot(&self, server: ServerId) -> Arc<Snapshot> {
        self.told(|| self.snapshot(server)).await
    }

    /// Waits until `look` finds something, looking whenever there is news.
    async fn told<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        let mut news = self.inner.news.subscribe();
        loop {
            if let Some(found) = look() {
                return found;
            }
            // The sender lives as long as the inventory.
            if news.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// A guest as it was last seen.
    #[must_use]
    pub fn guest(&self, key: GuestKey) -> Option<Arc<GuestRow>> {
        self.snapshot(key.server)?.guest(key)
    }

    /// A guest with the way to it, if it is the tenant's.
    pub(crate) fn find(&self, tenant: TenantId, key: GuestKey) -> Option<Found> {
        let entry = self.entry(key.server).filter(|entry| entry.endpoint.tenant == tenant)?;
        let snapshot = entry.snapshot()?;
        Some(Found { row: snapshot.guest(key)?, data_at: snapshot.data_at(), entry })
    }

    /// Asks a server soon, whatever its pace.
    pub fn refresh_soon(&self, server: ServerId) {
        if let Some(entry) = self.entry(server) {
            entry.wake.notify_one();
        }
    }

    /// Asks a server now and waits for its answer, 5 s at most.
    pub(crate) async fn refreshed(&self, server: ServerId) {
        let Some(entry) = self.entry(server) else { return };
        let before = entry.answers.load(Ordering::Acquire);
        entry.wake.notify_one();
        let answered = self.told(|| (entry.answers.load(Ordering::Acquire) != before).then_some(()));
        // Without an answer the old picture is what there is.
        let _ = tokio::time::timeout(Duration::from_secs(5), answered).await;
    }

    /// The list of servers has changed here: reads it now.
    pub(crate) fn servers_changed(&self) {
        self.inner.relist.notify_one();
    }

    /// A guest with the way to it, as [`Self::find`]; waits, 10 s at most, while its server has not told of its guests since
    /// this process started: until then nobody knows that there is no such guest.
    pub(crate) async fn found(&self, tenant: TenantId, key: GuestKey) -> Option<Found> {
        let told = self.told(|| match self.find(tenant, key) {
            None if self.is_untold(tenant, key.server) => None,
            known => Some(known),
        });
        tokio::time::timeout(FIRST_PICTURE, told).await.ok().flatten()
    }

    /// Whether a server of the tenant has neither answered nor failed yet, as far as this process knows.
    pub(crate) fn is_untold(&self, tenant: TenantId, server: ServerId) -> bool {
        if !self.inner.listed.load(Ordering::Acquire) {
            return true;
        }
        let entry = self.entry(server).filter(|entry| entry.endpoint.tenant == tenant);
        entry.is_some_and(|entry| entry.snapshot().is_none() && entry.health().status == ServerStatus::Checking)
    }

    /// Asks PVE for one guest's state now, and shows it.
    pub(crate) async fn look(&self, tenant: TenantId, key: GuestKey) -> Result<GuestStatus, LookError> {
        let found = self.find(tenant, key).ok_or(LookError::Unknown)?;
        let entry = &found.entry;
        let told = match entry.endpoint.client.guest_status(pve_guest(key, &found.row.node)).await {
            Ok(told) => told,
            Err(error) if error.is_no_such_guest() => {
                // Deleted, or on another node by now: the overview knows.
                entry.wake.notify_one();
                return Err(LookError::Gone);
            }
            Err(error) => return Err(error.into()),
        };
        let look = Look { status: status_of(&told), lock: told.lock, at: self.inner.clock.now() };
        let status = look.status;
        self.publish(entry, |picture| {
            let number = (key.kind, key.vmid);
            if key.kind == GuestKind::Qemu {
                match status {
                    GuestStatus::Paused => drop(picture.overlay.paused.insert(key.vmid)),
                    _ => drop(picture.overlay.paused.remove(&key.vmid)),
                }
            }
            let next = picture.snapshot.as_ref().map(|snapshot| snapshot.with_look(number, &look));
            picture.overlay.looks.insert(number, look);
            next
        });
        Ok(status)
    }

    /// Puts a new picture in place of the old one and tells what changed. Guests beyond the server's limit stop here.
    fn publish(&self, entry: &Entry, make: impl FnOnce(&mut Picture) -> Option<Snapshot>) {
        let (difference, data_at) = {
            let mut picture = entry.picture();
            if picture.retired {
                return;
            }
            let Some(next) = make(&mut picture) else { return };
            let next = match &entry.scope {
                Some(scope) => next.within(scope),
                None => next,
            };
            let difference = Difference::between(picture.snapshot.as_deref(), &next);
            let data_at = next.data_at();
            self.inner.placements.put(entry.endpoint.tenant, entry.endpoint.id, next.placed());
            picture.snapshot = Some(Arc::new(next));
            (difference, data_at)
        };
        self.news();
        self.stir(entry.endpoint.tenant);
        if !difference.is_empty() {
            let Difference { changed, removed } = difference;
            let server_name = Arc::clone(&entry.endpoint.name);
            let what = Happening::Guests { server_name, data_at, changed, removed };
            self.inner.events.tell(entry.endpoint.tenant, what);
        }
        self.picture_changed(entry.endpoint.id);
    }

    fn set_health(&self, entry: &Entry, health: Health) {
        entry.health.store(Arc::new(health));
        self.stir(entry.endpoint.tenant);
        self.inner.events.tell(entry.endpoint.tenant, Happening::Server(entry.brief()));
        self.picture_changed(entry.endpoint.id);
    }
}

/// A span that the database holds in seconds.
fn seconds(stored: Option<i64>) -> Option<Duration> {
    stored.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs)
}

/// A picture of these rows, for tests of what is computed from it.
#[cfg(test)]
pub(crate) fn picture_of(
    server: ServerId,
    rows: Vec<nexus_pve::Resource>,
    at: nexus_model::Micros,
    scope: Option<&nexus_model::GuestScope>,
) -> Arc<Snapshot> {
    let picture = Snapshot::build(server, rows::Said::read(rows), None, &rows::Overlay::default(), at);
    scope::within(scope, Arc::new(picture))
}

#[cfg(test)]
pub(crate) use self::rows::tests::said as guest_of_pve;
