//! Servers: the PVE endpoints of a tenant. Adding, changing and deleting them; tests and sheets have files of their own.
//!
//! The API token goes in and never comes out; a stored one goes only where it was meant to go. It must never be used
//! for a test with changed values, and no error or audit entry holds it. What a system admin or the settings brought is
//! not the tenant's to change.

mod doctor;
mod environment;
mod export;
mod import;
mod input;
mod packages;
mod provided;
mod remedy;
mod report;
mod trial;
mod view;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nexus_model::{FieldError, InvalidInput, Micros, ServerId, ServerOrigin, TenantId};
use nexus_pve::ApiToken;
pub use nexus_store::Attached;
use nexus_store::{Server, Store, SystemScope, Whose};

pub use self::doctor::{
    Doctor, DoctorCommand, DoctorPurpose, DoctorWarning, DoctorWarningCode, Feature, FeatureReport,
};
pub use self::environment::EnvironmentServer;
pub use self::import::{ServerImport, ServerImportRow};
use self::input::Checked;
pub use self::input::ServerInput;
pub use self::provided::{ProvidedInput, ProvidedServer};
pub use self::report::{Certificate, StageReport, TestReport, TestStage};
pub use self::trial::ServerTest;
pub(crate) use self::view::state;
pub use self::view::{
    GuestCount, NodeHealth, ServerBrief, ServerConnection, ServerFallback, ServerHealth, ServerList, ServerMay,
    ServerView, WayHealth,
};

use crate::access::{DeleteServers, Grant, ManageServers, SeeServers};
use crate::audit::{Audit, Entry};
use crate::clock::Clock;
use crate::fleet::Limits;
use crate::inventory::Inventory;
use crate::inventory::endpoint::{Maker, secret_place};
use crate::inventory::marks::sleep_record;
use crate::secret;

/// Adds, changes, deletes and tests servers. Cheap to clone.
#[derive(Clone)]
pub struct Servers {
    inner: Arc<Inner>,
}

/// Why assignments sleep whose server is reached elsewhere.
const MOVED: &str = "the server was moved to another host or port";

/// What a stored row becomes, and what follows from that.
struct Changed {
    next: Server,
    /// A way leads to where none led before.
    moved: bool,
    /// Another token takes the place of the stored one.
    rotated: bool,
    /// It is asked at once, which counts as a test.
    asked: bool,
}

struct Inner {
    parts: Parts,
    /// When each tenant tested, within the last minute.
    tests: Mutex<HashMap<TenantId, VecDeque<Micros>>>,
    /// When each tenant added a server by a list, within the last ten minutes.
    imports: Mutex<HashMap<TenantId, VecDeque<Micros>>>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) maker: Arc<Maker>,
    pub(crate) audit: Audit,
    pub(crate) inventory: Inventory,
    pub(crate) limits: Limits,
    pub(crate) environment: EnvironmentServer,
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
    /// A system admin provides it: its connection is not the tenant's.
    #[error("the server is provided by a system admin")]
    Provided,
    /// The settings of the process brought it.
    #[error("the server comes from the settings and is read-only")]
    ReadOnly,
    /// The tenant has as many servers as it may.
    #[error("all {limit} server slots are in use")]
    SlotsFull {
        /// How many it may have.
        limit: u32,
    },
    /// The tenant has a server with this host and port.
    #[error("there is a server with this host and port, direct or in the tailnet")]
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

/// Whether the tenant may change the server.
fn own(server: Server) -> Result<Server, ServerError> {
    match server.origin {
        ServerOrigin::Own => Ok(server),
        ServerOrigin::Environment => Err(ServerError::ReadOnly),
        ServerOrigin::Provided => Err(ServerError::Provided),
    }
}

impl Servers {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(Inner { parts, tests: Mutex::default(), imports: Mutex::default() }) }
    }

    /// All servers of the tenant.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, grant: &Grant<SeeServers>) -> Result<ServerList, ServerError> {
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let rows = tx.servers().await?;
        drop(tx);
        let servers = rows.iter().map(|server| self.view(grant, server, &rows)).collect();
        let used = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(ServerList { servers, used, limit: self.inner.parts.limits.servers_per_tenant })
    }

    /// One server of the tenant.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], or the store.
    pub async fn get(&self, grant: &Grant<SeeServers>, id: ServerId) -> Result<ServerView, ServerError> {
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let rows = tx.servers().await?;
        drop(tx);
        let server = rows.iter().find(|server| server.id == id).ok_or(ServerError::NotFound)?;
        Ok(self.view(grant, server, &rows))
    }

    /// What hangs on a server: what goes with it, or sleeps when it is moved.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], or the store.
    pub async fn attached(&self, grant: &Grant<ManageServers>, id: ServerId) -> Result<Attached, ServerError> {
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        tx.server(id).await?.ok_or(ServerError::NotFound)?;
        Ok(tx.attached(id).await?)
    }

    fn check(&self, input: ServerInput) -> Result<Checked, ServerError> {
        input.check(self.inner.parts.maker.dialer.guard()).map_err(ServerError::Invalid)
    }

    /// A new row of the tenant with the values that were entered, its token sealed for it.
    fn new_row(&self, tenant: TenantId, checked: Checked) -> Result<Server, ServerError> {
        let token =
            checked.token.as_ref().ok_or_else(|| ServerError::field("api_token", "required", "must not be empty"))?;
        let id = secret::id();
        let sealed = self.sealed(id, token);
        Ok(checked.row(id, tenant, sealed, self.inner.parts.clock.now()))
    }

    /// A token's id, and its secret sealed for the server `id`.
    fn sealed(&self, id: ServerId, token: &ApiToken) -> (String, Vec<u8>) {
        let secret = self.inner.parts.maker.keys.seal(token.secret().as_bytes(), &secret_place(id));
        (token.id().to_owned(), secret)
    }

    /// What `before` becomes with the values that were entered, whoever it is of. The stored token stays only where no
    /// way leads elsewhere and the certificate is checked no less.
    fn changed(&self, before: &Server, checked: Checked) -> Result<Changed, ServerError> {
        let moved = checked.leads_elsewhere_than(before);
        if checked.token.is_none() && !checked.keeps_token_of(before) {
            let detail =
                "must be entered again: the server would be reached at another place or trusted in another way";
            return Err(ServerError::field("api_token", "token_required_again", detail));
        }
        let token = checked.token.as_ref().map(|token| self.sealed(before.id, token));
        let rotated = token.is_some();
        let mut next = checked.onto(before.clone(), self.inner.parts.clock.now());
        if let Some(token) = token {
            (next.token_id, next.token_secret) = token;
        }
        let asked = moved || rotated || before.is_active != next.is_active;
        Ok(Changed { next, moved, rotated, asked })
    }

    /// Adds a server. Testing it before is the caller's choice.
    ///
    /// # Errors
    /// Fields, slots, a duplicate, too many tests, or the store.
    pub async fn create(&self, grant: &Grant<ManageServers>, input: ServerInput) -> Result<ServerView, ServerError> {
        let Parts { store, audit, inventory, limits, .. } = &self.inner.parts;
        let server = self.new_row(grant.tenant().id, self.check(input)?)?;
        // The new server is asked at once: that is a test too.
        self.count_test(grant.tenant().id)?;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if tx.server_count().await? >= limits.servers_per_tenant {
            return Err(ServerError::SlotsFull { limit: limits.servers_per_tenant });
        }
        tx.insert_server(&server).await?;
        let entry = Entry::new("server.create", "server", server.id, server.name.clone()).after(state(&server));
        audit.record(&mut tx, &grant.who(), entry).await?;
        tx.commit().await?;
        inventory.servers_changed();
        Ok(self.view(grant, &server, &[]))
    }

    /// Changes the server whose version is still `version`. The stored token stays only where no way leads elsewhere and
    /// the certificate is checked no less; a new one takes its place. Where a way leads elsewhere, the rights on its
    /// guests sleep until the same guests are found there.
    ///
    /// # Errors
    /// Fields, [`ServerError::ChangedMeanwhile`], what is not the tenant's own, a duplicate, too many tests, or the store.
    pub async fn update(
        &self,
        grant: &Grant<ManageServers>,
        id: ServerId,
        input: ServerInput,
        version: i64,
    ) -> Result<ServerView, ServerError> {
        let Parts { store, audit, inventory, .. } = &self.inner.parts;
        let checked = self.check(input)?;
        let tenant = grant.tenant().id;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let before = own(tx.server(id).await?.ok_or(ServerError::NotFound)?)?;
        if before.version != version {
            return Err(ServerError::ChangedMeanwhile);
        }
        let Changed { next, moved, rotated, asked } = self.changed(&before, checked)?;
        if asked {
            self.count_test(tenant)?;
        }
        if !tx.update_server(&next).await? {
            return Err(ServerError::ChangedMeanwhile);
        }
        if moved {
            // From now on only the new place wakes anybody: who wakes looks at the row under the same lock.
            for assignment in tx.sleep_assignments(id).await? {
                audit.record(&mut tx, &grant.who(), sleep_record(&assignment, true, Some(MOVED))).await?;
            }
        }
        if moved || before.is_active != next.is_active {
            // Rights on its guests come and go with the server.
            tx.rights_changed(Whose::Tenant(tenant)).await?;
        }
        let mut entry =
            Entry::new("server.update", "server", id, next.name.clone()).before(state(&before)).after(state(&next));
        if rotated {
            entry = entry.detail("the API token was replaced");
        }
        audit.record(&mut tx, &grant.who(), entry).await?;
        let rows = tx.servers().await?;
        tx.commit().await?;
        inventory.servers_changed();
        Ok(self.view(grant, &Server { version: version + 1, ..next }, &rows))
    }

    /// Deletes a server and the assignments on its guests.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], what is not the tenant's own, or the store.
    pub async fn delete(&self, grant: &Grant<DeleteServers>, id: ServerId) -> Result<(), ServerError> {
        let Parts { store, audit, inventory, .. } = &self.inner.parts;
        let mut tx = store.tenant_write(grant.scope()).await?;
        let before = own(tx.server(id).await?.ok_or(ServerError::NotFound)?)?;
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
}
