//! Servers: the PVE endpoints of a tenant. Adding, changing, deleting and testing them.
//!
//! The API token goes in and never comes out; a stored one goes only where it was meant to go. It must never be used
//! for a test with changed values, and no error or audit entry holds it.

mod input;
mod report;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nexus_model::{FieldError, GuestStatus, InvalidInput, Micros, ServerId, ServerOrigin, ServerStatus, TenantId, Tls};
use nexus_pve::probe;
use nexus_store::{Server, Store, Whose};
use serde_json::{Value, json};

use self::input::Checked;
pub use self::input::ServerInput;
pub use self::report::{Certificate, Feature, FeatureReport, StageReport, TestReport, TestStage};

use crate::access::{DeleteServers, Grant, ManageServers, SeeServers, TenantPermission, TenantRight};
use crate::audit::{Audit, Entry, Outcome};
use crate::clock::Clock;
use crate::fleet::Limits;
use crate::inventory::endpoint::{Maker, secret_place};
use crate::inventory::marks::sleep_record;
use crate::inventory::{Entry as Polled, Inventory, Snapshot};
use crate::secret;

/// Adds, changes, deletes and tests servers. Cheap to clone.
#[derive(Clone)]
pub struct Servers {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    /// When each tenant tested, within the last minute.
    tests: Mutex<HashMap<TenantId, VecDeque<Micros>>>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) maker: Arc<Maker>,
    pub(crate) audit: Audit,
    pub(crate) inventory: Inventory,
    pub(crate) limits: Limits,
}

/// Why a server was not added, changed, found or tested.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The tenant has no such server.
    #[error("there is no such server")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// Somebody changed it meanwhile.
    #[error("the server was changed meanwhile")]
    ChangedMeanwhile,
    /// The tenant has as many servers as it may.
    #[error("all {limit} server slots are in use")]
    SlotsFull {
        /// How many it may have.
        limit: u32,
    },
    /// The tenant has a server with this host and port.
    #[error("there is a server with this host and port")]
    Duplicate,
    /// The tenant tested too often.
    #[error("too many tests")]
    TooManyTests {
        /// When the next one may be made.
        retry_after: Duration,
    },
    /// The store failed.
    #[error("the store failed: {0}")]
    Internal(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for ServerError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Unique => Self::Duplicate,
            other => Self::Internal(other),
        }
    }
}

impl ServerError {
    fn field(field: &'static str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![InvalidInput::new(code, detail).field(field)])
    }
}

/// How fresh one server's part of a list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerBrief {
    /// Which server.
    pub id: ServerId,
    /// Its name.
    pub name: String,
    /// How it is doing.
    pub status: ServerStatus,
    /// When PVE said what is shown.
    pub data_at: Option<Micros>,
    /// Why it does not answer; for managers and up.
    pub error: Option<String>,
}

/// How many guests a server has, by state; templates left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GuestCount {
    /// Running.
    pub running: usize,
    /// Stopped.
    pub stopped: usize,
    /// Paused, or not known.
    pub other: usize,
}

impl GuestCount {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut count = Self::default();
        for row in snapshot.guests.values().filter(|row| !row.template) {
            match row.status {
                GuestStatus::Running => count.running += 1,
                GuestStatus::Stopped => count.stopped += 1,
                GuestStatus::Paused | GuestStatus::Unknown => count.other += 1,
            }
        }
        count
    }
}

/// What a person may do with a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerMay {
    /// Change it.
    pub edit: bool,
    /// Delete it.
    pub delete: bool,
    /// Test it.
    pub test: bool,
}

/// A server as managers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerView {
    /// Its id.
    pub id: ServerId,
    /// What people call it.
    pub name: String,
    /// A host alone.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The API token without its secret.
    pub token_id: String,
    /// How the certificate is checked.
    pub tls: Tls,
    /// The limit for connecting.
    pub connect_timeout_seconds: u32,
    /// Free text.
    pub notes: Option<String>,
    /// Whether Nexus talks to it.
    pub is_active: bool,
    /// How it is doing.
    pub status: ServerStatus,
    /// Why it is not online.
    pub status_detail: Option<String>,
    /// PVE's version.
    pub pve_version: Option<String>,
    /// When PVE answered last.
    pub data_at: Option<Micros>,
    /// Its guests.
    pub guests: GuestCount,
    /// When it was added.
    pub created_at: Micros,
    /// What an editor compares.
    pub version: i64,
    /// What the person may do with it.
    pub may: ServerMay,
}

/// A tenant's servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerList {
    /// By name.
    pub servers: Vec<ServerView>,
    /// Slots in use.
    pub used: u32,
    /// Slots in all.
    pub limit: u32,
}

/// What an audit entry keeps of a server: no secret, and of a CA its size alone.
fn state(server: &Server) -> Value {
    let tls = match &server.tls {
        Tls::Ca { ca_pem } => json!({ "mode": "ca", "ca_pem_bytes": ca_pem.len() }),
        other => json!(other),
    };
    json!({
        "name": server.name, "host": server.host, "port": server.port, "token_id": server.token_id, "tls": tls,
        "connect_timeout_ms": server.connect_timeout_ms, "notes": server.notes, "is_active": server.is_active,
    })
}

impl Servers {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(Inner { parts, tests: Mutex::default() }) }
    }

    fn view<P: TenantPermission>(&self, grant: &Grant<P>, server: Server) -> ServerView {
        let polled = self.inner.parts.inventory.entry(server.id).filter(|_| server.is_active);
        let health = polled.as_deref().map(Polled::health);
        let snapshot = polled.as_deref().and_then(Polled::snapshot);
        let status = health.as_ref().map_or(ServerStatus::Unknown, |health| health.status);
        let unusable = (server.is_active && health.is_none())
            .then(|| self.inner.parts.maker.endpoint(&server).err().map(|error| error.to_string()))
            .flatten();
        let manage = grant.allows(TenantRight::ManageServers);
        ServerView {
            id: server.id,
            name: server.name,
            host: server.host,
            port: server.port,
            token_id: server.token_id,
            tls: server.tls,
            connect_timeout_seconds: server.connect_timeout_ms / 1000,
            notes: Some(server.notes).filter(|notes| !notes.is_empty()),
            is_active: server.is_active,
            status,
            status_detail: health.as_ref().and_then(|health| health.detail.clone()).or(unusable),
            pve_version: health.as_ref().and_then(|health| health.pve_version.clone()),
            data_at: health.and_then(|health| health.data_at),
            guests: snapshot.as_deref().map(GuestCount::of).unwrap_or_default(),
            created_at: server.created_at,
            version: server.version,
            may: ServerMay { edit: manage, delete: grant.allows(TenantRight::DeleteServers), test: manage },
        }
    }

    /// All servers of the tenant.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, grant: &Grant<SeeServers>) -> Result<ServerList, ServerError> {
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let servers = tx.servers().await?;
        drop(tx);
        let servers: Vec<_> = servers.into_iter().map(|server| self.view(grant, server)).collect();
        let used = u32::try_from(servers.len()).unwrap_or(u32::MAX);
        Ok(ServerList { servers, used, limit: self.inner.parts.limits.servers_per_tenant })
    }

    /// One server of the tenant.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], or the store.
    pub async fn get(&self, grant: &Grant<SeeServers>, id: ServerId) -> Result<ServerView, ServerError> {
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let server = tx.server(id).await?.ok_or(ServerError::NotFound)?;
        Ok(self.view(grant, server))
    }

    fn check(&self, input: ServerInput) -> Result<Checked, ServerError> {
        input.check(self.inner.parts.maker.dialer.guard()).map_err(ServerError::Invalid)
    }

    /// Adds a server. Testing it before is the caller's choice.
    ///
    /// # Errors
    /// Fields, slots, a duplicate, too many tests, or the store.
    pub async fn create(&self, grant: &Grant<ManageServers>, input: ServerInput) -> Result<ServerView, ServerError> {
        let Parts { store, clock, maker, audit, inventory, limits } = &self.inner.parts;
        let checked = self.check(input)?;
        let token =
            checked.token.as_ref().ok_or_else(|| ServerError::field("api_token", "required", "must not be empty"))?;
        // The new server is asked at once: that is a test too.
        self.count_test(grant.tenant().id)?;
        let (id, now) = (secret::id(), clock.now());
        let server = Server {
            id,
            tenant_id: grant.tenant().id,
            name: checked.name,
            host: checked.host,
            port: checked.port,
            token_id: token.id().to_owned(),
            token_secret: maker.keys.seal(token.secret().as_bytes(), &secret_place(id)),
            tls: checked.tls,
            connect_timeout_ms: checked.connect_timeout_ms,
            notes: checked.notes,
            is_active: checked.is_active,
            use_tailscale: false,
            tailscale_host: String::new(),
            tailscale_port: 8006,
            token_expires_at: None,
            node_shell: false,
            use_fallbacks: false,
            fallbacks: Vec::new(),
            origin: ServerOrigin::Own,
            scope: None,
            version: 1,
            cluster_name: None,
            cluster_mark: None,
            created_at: now,
            updated_at: now,
        };
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if tx.server_count().await? >= limits.servers_per_tenant {
            return Err(ServerError::SlotsFull { limit: limits.servers_per_tenant });
        }
        tx.insert_server(&server).await?;
        let entry = Entry::new("server.create", "server", id, server.name.clone()).after(state(&server));
        audit.record(&mut tx, &grant.who(), entry).await?;
        tx.commit().await?;
        inventory.servers_changed();
        Ok(self.view(grant, server))
    }

    /// Changes the server whose version is still `version`. The stored token stays only where host and port are the same
    /// and the certificate is checked no less. At another host or port the rights on its guests sleep until the same
    /// guests are found there.
    ///
    /// # Errors
    /// Fields, [`ServerError::ChangedMeanwhile`], a duplicate, too many tests, or the store.
    pub async fn update(
        &self,
        grant: &Grant<ManageServers>,
        id: ServerId,
        input: ServerInput,
        version: i64,
    ) -> Result<ServerView, ServerError> {
        let Parts { store, clock, maker, audit, inventory, .. } = &self.inner.parts;
        let checked = self.check(input)?;
        let tenant = grant.tenant().id;
        let before = self.stored(grant, id, version).await?;
        let moved = before.host != checked.host || before.port != checked.port;
        let (token_id, token_secret) = match &checked.token {
            Some(token) => (token.id().to_owned(), maker.keys.seal(token.secret().as_bytes(), &secret_place(id))),
            None if checked.keeps_token_of(&before) => (before.token_id.clone(), before.token_secret.clone()),
            None => {
                let detail =
                    "must be entered again: the server would be reached at another place or trusted in another way";
                return Err(ServerError::field("api_token", "token_required_again", detail));
            }
        };
        let next = Server {
            name: checked.name,
            host: checked.host,
            port: checked.port,
            token_id,
            token_secret,
            tls: checked.tls,
            connect_timeout_ms: checked.connect_timeout_ms,
            notes: checked.notes,
            is_active: checked.is_active,
            updated_at: clock.now(),
            ..before.clone()
        };
        if moved || before.is_active != next.is_active {
            // It is asked at once: that is a test too.
            self.count_test(tenant)?;
        }
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if !tx.update_server(&next).await? {
            return Err(ServerError::ChangedMeanwhile);
        }
        if moved {
            // From now on only the new place wakes anybody: who wakes looks at the row under the same lock.
            for assignment in tx.sleep_assignments(id).await? {
                let why = "the server was moved to another host or port";
                audit.record(&mut tx, &grant.who(), sleep_record(&assignment, true, Some(why))).await?;
            }
        }
        if moved || before.is_active != next.is_active {
            // Rights on its guests come and go with the server.
            tx.rights_changed(Whose::Tenant(tenant)).await?;
        }
        let mut entry =
            Entry::new("server.update", "server", id, next.name.clone()).before(state(&before)).after(state(&next));
        if checked.token.is_some() {
            entry = entry.detail("with a new API token");
        }
        audit.record(&mut tx, &grant.who(), entry).await?;
        tx.commit().await?;
        inventory.servers_changed();
        Ok(self.view(grant, Server { version: version + 1, ..next }))
    }

    /// The server as it is stored, if its version is still `version`.
    async fn stored(&self, grant: &Grant<ManageServers>, id: ServerId, version: i64) -> Result<Server, ServerError> {
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let server = tx.server(id).await?.ok_or(ServerError::NotFound)?;
        if server.version == version { Ok(server) } else { Err(ServerError::ChangedMeanwhile) }
    }

    /// Deletes a server and the assignments on its guests.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], or the store.
    pub async fn delete(&self, grant: &Grant<DeleteServers>, id: ServerId) -> Result<(), ServerError> {
        let Parts { store, audit, inventory, .. } = &self.inner.parts;
        let mut tx = store.tenant_write(grant.scope()).await?;
        let before = tx.server(id).await?.ok_or(ServerError::NotFound)?;
        if !tx.delete_server(id).await? {
            return Err(ServerError::NotFound);
        }
        tx.rights_changed(Whose::Tenant(grant.tenant().id)).await?;
        let entry = Entry::new("server.delete", "server", id, before.name.clone()).before(state(&before));
        audit.record(&mut tx, &grant.who(), entry).await?;
        tx.commit().await?;
        inventory.servers_changed();
        Ok(())
    }

    /// Tests a connection with the given values alone; nothing is stored.
    ///
    /// # Errors
    /// Fields, too many tests, or the store.
    pub async fn test(&self, grant: &Grant<ManageServers>, input: ServerInput) -> Result<TestReport, ServerError> {
        let maker = &self.inner.parts.maker;
        let checked = self.check(input)?;
        let token =
            checked.token.as_ref().ok_or_else(|| ServerError::field("api_token", "required", "must not be empty"))?;
        self.count_test(grant.tenant().id)?;
        let timeout = Duration::from_millis(u64::from(checked.connect_timeout_ms));
        let target = maker
            .target(&checked.host, checked.port, &checked.tls, timeout)
            .map_err(|error| ServerError::field("tls", "invalid", error.to_string()))?;
        let report = TestReport::new(&probe(&maker.dialer, &target, token).await, token.id());
        let entry = Entry::new("server.test", "server", "", format!("{}:{}", checked.host, checked.port));
        self.tested(grant, entry, &report).await?;
        Ok(report)
    }

    /// Tests a server as it is stored.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], too many tests, or the store.
    pub async fn test_stored(&self, grant: &Grant<ManageServers>, id: ServerId) -> Result<TestReport, ServerError> {
        let Parts { store, maker, .. } = &self.inner.parts;
        let mut tx = store.tenant_read(grant.scope()).await?;
        let server = tx.server(id).await?.ok_or(ServerError::NotFound)?;
        drop(tx);
        self.count_test(grant.tenant().id)?;
        let token =
            maker.token(&server).map_err(|error| ServerError::field("api_token", "required", error.to_string()))?;
        let timeout = Duration::from_millis(u64::from(server.connect_timeout_ms));
        let target = maker
            .target(&server.host, server.port, &server.tls, timeout)
            .map_err(|error| ServerError::field("tls", "invalid", error.to_string()))?;
        let report = TestReport::new(&probe(&maker.dialer, &target, &token).await, token.id());
        self.tested(grant, Entry::new("server.test", "server", id, server.name.clone()), &report).await?;
        self.inner.parts.inventory.refresh_soon(id);
        Ok(report)
    }

    async fn tested(
        &self,
        grant: &Grant<ManageServers>,
        entry: Entry,
        report: &TestReport,
    ) -> Result<(), nexus_store::Error> {
        let failed = report.stages.iter().find(|stage| !stage.ok);
        let entry = match failed {
            Some(stage) => entry.outcome(Outcome::Failed).detail(stage.detail.clone()),
            None => entry,
        };
        self.inner.parts.audit.record_alone(Some(grant.tenant().id), &grant.who(), entry).await
    }

    fn count_test(&self, tenant: TenantId) -> Result<(), ServerError> {
        const WINDOW: Duration = Duration::from_secs(60);
        let now = self.inner.parts.clock.now();
        let mut tests = self.inner.tests.lock().unwrap_or_else(PoisonError::into_inner);
        tests.retain(|_, times| times.back().is_some_and(|last| now.since(*last) < WINDOW));
        let times = tests.entry(tenant).or_default();
        while times.front().is_some_and(|first| now.since(*first) >= WINDOW) {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= self.inner.parts.limits.tests_per_minute => {
                Err(ServerError::TooManyTests { retry_after: WINDOW.saturating_sub(now.since(*first)) })
            }
            _ => {
                times.push_back(now);
                Ok(())
            }
        }
    }
}
