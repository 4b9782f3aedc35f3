//! Checks that people ask for: of one server, or of all with progress. They change nothing, so they leave no entry in the
//! audit log. What a check is and when it runs, the inventory decides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, stream};
use nexus_model::{CheckId, Micros, ServerId, ServerStatus, TenantId, Way};

use crate::access::{Grant, ManageServers, SeeServers};
use crate::clock::Clock;
use crate::events::{Events, Happening};
use crate::inventory::{CheckDone, Inventory};
use crate::secret;

/// How many servers of a run are asked at a time.
const AT_ONCE: usize = 8;

/// What is said of a check that does not end in time.
const NOT_ENDED: &str = "the check has not ended within 30 seconds";

/// What a check of a server came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCheck {
    /// Which server.
    pub server: ServerId,
    /// Whether it answered well.
    pub ok: bool,
    /// How long it took.
    pub took_ms: u64,
    /// The way that was tried last; `None` where none was, and for provided servers.
    pub way: Option<Way>,
    /// How many attempts it took.
    pub attempts: u32,
    /// Why it did not; `None` for provided servers.
    pub error: Option<String>,
    /// How the server is doing after it.
    pub status: ServerStatus,
    /// When.
    pub at: Micros,
}

/// A check of all active servers of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// Its id.
    pub id: CheckId,
    /// How many servers it is about.
    pub total: u32,
    /// How many of them were checked.
    pub done: u32,
    /// How many of those did not answer well.
    pub failed: u32,
    /// When it began.
    pub started_at: Micros,
    /// When it ended.
    pub ended_at: Option<Micros>,
}

/// The tenant has no such active server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such active server")]
pub struct NoSuchServer;

/// Has servers checked. Cheap to clone.
#[derive(Clone)]
pub struct ServerChecks {
    inner: Arc<Inner>,
}

struct Inner {
    inventory: Inventory,
    events: Events,
    clock: Clock,
    /// The newest run of each tenant.
    runs: Mutex<HashMap<TenantId, CheckRun>>,
}

impl ServerChecks {
    pub(crate) fn new(inventory: Inventory, events: Events, clock: Clock) -> Self {
        Self { inner: Arc::new(Inner { inventory, events, clock, runs: Mutex::default() }) }
    }

    fn runs(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, CheckRun>> {
        self.inner.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a server now; joins a check that is under way, and answers one that ended just now.
    ///
    /// # Errors
    /// [`NoSuchServer`].
    pub async fn check(&self, grant: &Grant<ManageServers>, id: ServerId) -> Result<ServerCheck, NoSuchServer> {
        let own = |entry: &Arc<_>| is_of(entry, grant.tenant_id());
        let entry = self.inner.inventory.entry(id).filter(own).ok_or(NoSuchServer)?;
        let provided = entry.is_provided();
        match self.inner.inventory.check(id).await {
            Some(done) => Ok(view(id, provided, &done)),
            None => Ok(ServerCheck {
                server: id,
                ok: false,
                took_ms: u64::try_from(crate::inventory::CHECK_PATIENCE.as_millis()).unwrap_or(u64::MAX),
                way: None,
                attempts: 0,
                error: Some(NOT_ENDED.to_owned()),
                status: entry.health().status,
                at: self.inner.clock.now(),
            }),
        }
    }

    /// Checks all active servers of the tenant; who asks while a run is under way gets that run.
    #[must_use]
    pub fn check_all(&self, grant: &Grant<ManageServers>) -> CheckRun {
        let tenant = grant.tenant_id();
        let servers: Vec<ServerId> =
            self.inner.inventory.of_tenant(tenant).iter().map(|entry| entry.endpoint.id).collect();
        let run = CheckRun {
            id: secret::id(),
            total: u32::try_from(servers.len()).unwrap_or(u32::MAX),
            done: 0,
            failed: 0,
            started_at: self.inner.clock.now(),
            ended_at: servers.is_empty().then(|| self.inner.clock.now()),
        };
        {
            let mut runs = self.runs();
            if let Some(under_way) = runs.get(&tenant).filter(|run| run.ended_at.is_none()) {
                return under_way.clone();
            }
            runs.insert(tenant, run.clone());
        }
        self.inner.events.tell(tenant, Happening::CheckRun(run.clone()));
        if !servers.is_empty() {
            let own = self.clone();
            tokio::spawn(async move { own.run(tenant, servers).await });
        }
        run
    }

    /// The tenant's newest run, if there was one since this process began.
    #[must_use]
    pub fn newest_run(&self, grant: &Grant<SeeServers>) -> Option<CheckRun> {
        self.runs().get(&grant.tenant_id()).cloned()
    }

    async fn run(&self, tenant: TenantId, servers: Vec<ServerId>) {
        let inventory = &self.inner.inventory;
        let mut checks =
            stream::iter(servers.into_iter().map(|server| inventory.check(server))).buffer_unordered(AT_ONCE);
        while let Some(done) = checks.next().await {
            let run = {
                let mut runs = self.runs();
                let Some(run) = runs.get_mut(&tenant) else { return };
                run.done += 1;
                run.failed += u32::from(!done.is_some_and(|done| done.ok()));
                run.ended_at = (run.done == run.total).then(|| self.inner.clock.now());
                run.clone()
            };
            self.inner.events.tell(tenant, Happening::CheckRun(run));
        }
    }
}

fn is_of(entry: &crate::inventory::Entry, tenant: TenantId) -> bool {
    entry.endpoint.tenant == tenant
}

fn view(server: ServerId, provided: bool, done: &CheckDone) -> ServerCheck {
    ServerCheck {
        server,
        ok: done.ok(),
        took_ms: u64::try_from(done.took.as_millis()).unwrap_or(u64::MAX),
        way: done.way.filter(|_| !provided),
        attempts: done.attempts,
        error: done.error.clone().filter(|_| !provided),
        status: done.status,
        at: done.at,
    }
}
