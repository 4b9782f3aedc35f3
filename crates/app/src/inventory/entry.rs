//! One active server: the way to it, its newest picture, how it is doing.
//!
//! What its task writes here others read at any time. Once another entry stands in its place nothing is put in any more.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use nexus_model::{GuestScope, Micros, ServerStatus, TenantId, Way};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::checks::Checks;
use super::endpoint::{Cluster, Endpoint, way_of};
use super::marks::Marks;
use super::outage::Heard;
use super::rows::{GuestRow, Overlay, Snapshot};
use super::scope;
use crate::servers::ServerBrief;

/// One active server.
pub(crate) struct Entry {
    pub(crate) endpoint: Endpoint,
    /// The guests that a provided server is limited to; no others come into its pictures.
    pub(super) scope: Option<GuestScope>,
    pub(super) health: ArcSwap<Health>,
    picture: Mutex<Picture>,
    /// What is stored of the cluster, as far as this process knows.
    pub(super) cluster: Mutex<Cluster>,
    /// Wakes the poller.
    pub(super) wake: Notify,
    /// Counts answers with the overview; written by the poller.
    pub(super) answers: AtomicU64,
    /// The last check that ended; written by the poller.
    pub(super) checked: watch::Sender<Option<Arc<CheckDone>>>,
    /// Whether a check is under way.
    pub(super) asking: AtomicBool,
    /// The tenant's pace in milliseconds; 0 for the installation's.
    interval: AtomicU64,
    /// What was told of its going and coming.
    pub(super) heard: Mutex<Heard>,
}

/// What one check came to.
#[derive(Debug, Clone)]
pub(crate) struct CheckDone {
    pub(crate) at: Micros,
    /// When it ended.
    pub(crate) ended: Instant,
    pub(crate) took: Duration,
    pub(crate) way: Option<Way>,
    pub(crate) attempts: u32,
    /// Why it failed; `None` for one that went well.
    pub(crate) error: Option<String>,
    /// Whether anything answered at all.
    pub(crate) reached: bool,
    /// How the server is doing after it.
    pub(crate) status: ServerStatus,
}

impl CheckDone {
    pub(crate) fn ok(&self) -> bool {
        self.error.is_none()
    }
}

#[derive(Default)]
pub(super) struct Picture {
    pub(super) snapshot: Option<Arc<Snapshot>>,
    pub(super) overlay: Overlay,
    pub(super) marks: Marks,
    pub(super) cluster: Option<Arc<str>>,
    /// Another entry stands in this one's place: what its task still says does not count.
    pub(super) retired: bool,
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
    pub(super) failures: u32,
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

impl Entry {
    pub(super) fn new(endpoint: Endpoint, scope: Option<GuestScope>, before: Option<&Self>) -> Self {
        // A server that was only renamed or got a new token has the same guests.
        let same = before.filter(|old| old.endpoint.place == endpoint.place);
        let mut picture = before.map(Self::retire).filter(|_| same.is_some()).unwrap_or_default();
        picture.snapshot = picture.snapshot.map(|snapshot| scope::within(scope.as_ref(), snapshot));
        let health = same.map_or_else(Health::new, |old| (**old.health.load()).clone());
        let heard = same.map_or_else(Heard::default, |old| *old.heard());
        Self {
            cluster: Mutex::new(endpoint.cluster.clone()),
            endpoint,
            scope,
            health: ArcSwap::from_pointee(health),
            picture: Mutex::new(picture),
            wake: Notify::new(),
            answers: AtomicU64::new(0),
            checked: watch::Sender::new(None),
            asking: AtomicBool::new(false),
            interval: AtomicU64::new(0),
            heard: Mutex::new(heard),
        }
    }

    pub(super) fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tenant's own pace, if it has one.
    pub(super) fn interval(&self) -> Option<Duration> {
        match self.interval.load(Ordering::Relaxed) {
            0 => None,
            milliseconds => Some(Duration::from_millis(milliseconds)),
        }
    }

    /// Sets the tenant's own pace; whether it is another one than before.
    pub(super) fn set_interval(&self, interval: Option<Duration>) -> bool {
        let milliseconds = interval.map_or(0, |interval| u64::try_from(interval.as_millis()).unwrap_or(u64::MAX));
        self.interval.swap(milliseconds, Ordering::Relaxed) != milliseconds
    }

    /// What tells its cluster from others; `None` where PVE does not tell, or where the server shows a part alone.
    pub(crate) fn cluster_mark(&self) -> Option<String> {
        if self.is_provided() {
            return None;
        }
        self.cluster.lock().unwrap_or_else(PoisonError::into_inner).mark.clone()
    }

    /// The last check of this process.
    pub(crate) fn last_check(&self) -> Option<Arc<CheckDone>> {
        self.checked.borrow().clone()
    }

    /// Takes the picture; from now on none is put in its place.
    pub(super) fn retire(&self) -> Picture {
        std::mem::replace(&mut *self.picture(), Picture { retired: true, ..Picture::default() })
    }

    pub(super) fn picture(&self) -> MutexGuard<'_, Picture> {
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

    /// The way that worked last; where another process asks the server, the way of its last check.
    fn way(&self) -> Option<Way> {
        let own = self.endpoint.client.way().map(way_of);
        own.or_else(|| self.last_check().filter(|check| check.ok()).and_then(|check| check.way))
    }

    pub(crate) fn brief(&self) -> ServerBrief {
        let health = self.health();
        let tailscale = !self.is_provided() && self.way() == Some(Way::Tailscale);
        ServerBrief {
            id: self.endpoint.id,
            name: self.endpoint.name.to_string(),
            status: health.status,
            data_at: health.data_at,
            error: health.detail.clone().filter(|_| !self.is_provided()),
            tailscale,
            tailscale_host: self.endpoint.place.tailnet().filter(|_| tailscale).map(str::to_owned),
        }
    }
}
