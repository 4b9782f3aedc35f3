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

pub(crate) mod checks;
pub(crate) mod endpoint;
mod lease;
pub(crate) mod marks;
mod poller;
mod rows;
mod scope;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use nexus_model::{
    GuestKey, GuestKind, GuestScope, GuestStatus, Micros, ServerId, ServerOrigin, ServerStatus, TenantId,
};
use nexus_store::{Server, ServerVersion, Store, SystemScope};
use tokio::sync::{Notify, watch};

pub use self::rows::{GuestRow, Snapshot};

use self::checks::Checks;
use self::endpoint::{Cluster, Endpoint, Maker, pve_guest};
use self::marks::Marks;
use self::rows::{Difference, Look, Overlay, status_of};
use crate::audit::Audit;
use crate::background::{Background, Beat, TaskHandle};
use crate::clock::Clock;
use crate::events::{Events, Happening};
use crate::fleet::Intervals;
use crate::placement::Placements;
use crate::servers::ServerBrief;

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
    placements: Placements,
}

struct Slot {
    entry: Arc<Entry>,
    task: TaskHandle,
}

/// One active server.
pub(crate) struct Entry {
    pub(crate) endpoint: Endpoint,
    /// The guests that a provided server is limited to; no others come into its pictures.
    scope: Option<GuestScope>,
    health: ArcSwap<Health>,
    picture: Mutex<Picture>,
    /// What is stored of the cluster, as far as this process knows.
    cluster: Mutex<Cluster>,
    /// Wakes the poller.
    wake: Notify,
    /// Counts answers with the overview; written by the poller.
    answers: AtomicU64,
}

#[derive(Default)]
struct Picture {
    snapshot: Option<Arc<Snapshot>>,
    overlay: Overlay,
    marks: Marks,
    cluster: Option<Arc<str>>,
    /// Another entry stands in this one's place: what its task still says does not count.
    retired: bool,
}

/// How a server is doing.
#[derive(Debug, Clone)]
pub(crate) struct Health {
    pub(crate) status: ServerStatus,
    /// Why it does not answer, in PVE's or the dialer's words.
    pub(crate) detail: Option<String>,
    pub(crate) pve_version: Option<String>,
    pub(crate) data_at: Option<Micros>,
    /// The last checks.
    pub(crate) checks: Checks,
    /// Failures in a row.
    failures: u32,
}

impl Health {
    fn new() -> Self {
        Self {
            status: ServerStatus::Checking,
            detail: None,
            pve_version: None,
            data_at: None,
            checks: Checks::default(),
            failures: 0,
        }
    }
}

/// A guest and the way to it.
pub(crate) struct Found {
    pub(crate) row: Arc<GuestRow>,
    pub(crate) data_at: Micros,
    pub(crate) entry: Arc<Entry>,
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

impl Entry {
    fn new(endpoint: Endpoint, scope: Option<GuestScope>, before: Option<&Self>) -> Self {
        // A server that was only renamed or got a new token has the same guests.
        let same = before.filter(|old| old.endpoint.place == endpoint.place);
        let mut picture = before.map(Self::retire).filter(|_| same.is_some()).unwrap_or_default();
        picture.snapshot = picture.snapshot.map(|snapshot| scope::within(scope.as_ref(), snapshot));
        let health = same.map_or_else(Health::new, |old| (**old.health.load()).clone());
        Self {
            cluster: Mutex::new(endpoint.cluster.clone()),
            endpoint,
            scope,
            health: ArcSwap::from_pointee(health),
            picture: Mutex::new(picture),
            wake: Notify::new(),
            answers: AtomicU64::new(0),
        }
    }

    /// Takes the picture; from now on none is put in its place.
    fn retire(&self) -> Picture {
        std::mem::replace(&mut *self.picture(), Picture { retired: true, ..Picture::default() })
    }

    fn picture(&self) -> std::sync::MutexGuard<'_, Picture> {
        self.picture.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.picture().snapshot.clone()
    }

    pub(crate) fn health(&self) -> Arc<Health> {
        self.health.load_full()
    }

    /// What names the one VNC password of a guest: its cluster in the tenant, or the server where PVE tells no cluster.
    pub(crate) fn console_lock(&self, vmid: u32) -> (TenantId, String, u32) {
        let cluster = self.picture().cluster.as_ref().map(|name| format!("cluster/{name}"));
        (self.endpoint.tenant, cluster.unwrap_or_else(|| format!("server/{}", self.endpoint.id)), vmid)
    }

    /// Whether a system admin provides the server: how it is reached is then not the tenant's to see.
    pub(crate) fn is_provided(&self) -> bool {
        self.scope.is_some()
    }

    pub(crate) fn brief(&self) -> ServerBrief {
        let health = self.health();
        ServerBrief {
            id: self.endpoint.id,
            name: self.endpoint.name.to_string(),
            status: health.status,
            data_at: health.data_at,
            error: health.detail.clone().filter(|_| !self.is_provided()),
        }
    }
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
}

impl Inventory {
    /// Starts the task that keeps one task for each active server.
    pub(crate) fn start(parts: Parts) -> Self {
        let Parts { store, system, clock, maker, audit, events, background, intervals, placements } = parts;
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
            placements,
        };
        let inventory = Self { inner: Arc::new(inner) };
        let own = inventory.clone();
        background.start("servers", move |beat| own.clone().keep_list(beat));
        inventory
    }

    async fn keep_list(self, beat: Beat) {
        loop {
            match self.read_list().await {
                Ok(()) => beat.done(),
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
        for ServerVersion { id, version } in &versions {
            let known = self
                .entry(*id)
                .map(|entry| entry.endpoint.version)
                .or_else(|| self.unusable().get(id).copied().flatten());
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
        entries.insert(server.id, Slot { entry, task });
        drop(entries);
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

    pub(crate) fn entry(&self, id: ServerId) -> Option<Arc<Entry>> {
        self.entries().get(&id).map(|slot| Arc::clone(&slot.entry))
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
        let mut news = self.inner.news.subscribe();
        loop {
            if let Some(snapshot) = self.snapshot(server) {
                return snapshot;
            }
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
        let mut news = self.inner.news.subscribe();
        entry.wake.notify_one();
        let answered = async {
            while entry.answers.load(Ordering::Acquire) == before {
                if news.changed().await.is_err() {
                    return;
                }
            }
        };
        // Without an answer the old picture is what there is.
        let _ = tokio::time::timeout(Duration::from_secs(5), answered).await;
    }

    /// The list of servers has changed here: reads it now.
    pub(crate) fn servers_changed(&self) {
        self.inner.relist.notify_one();
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
        if !difference.is_empty() {
            let Difference { changed, removed } = difference;
            let server_name = Arc::clone(&entry.endpoint.name);
            let what = Happening::Guests { server_name, data_at, changed, removed };
            self.inner.events.tell(entry.endpoint.tenant, what);
        }
    }

    fn set_health(&self, entry: &Entry, health: Health) {
        entry.health.store(Arc::new(health));
        self.inner.events.tell(entry.endpoint.tenant, Happening::Server(entry.brief()));
    }

    /// The pace at which a server is asked now.
    fn pace(&self, entry: &Entry) -> Duration {
        let intervals = &self.inner.intervals;
        let failures = entry.health().failures;
        if failures == 1 {
            return intervals.again;
        }
        if self.inner.events.is_watched(entry.endpoint.tenant) {
            return intervals.watched;
        }
        // Servers that were started together are not asked together for ever.
        let share = u32::try_from(entry.endpoint.id.uuid().as_u128() % 100).unwrap_or_default();
        intervals.health + intervals.health * share / 1000
    }
}
