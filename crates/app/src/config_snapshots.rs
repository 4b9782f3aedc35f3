//! Snapshots of a server's configuration: which paths of PVE's API are kept and how often, what PVE answered, and
//! whether it changed. Reads go through the gateway's table, so that nothing closed is ever kept; secrets are masked.

mod list;
mod plan;
mod take;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nexus_model::{ConfigSnapshotId, FieldError, ServerId, TenantId};
use nexus_store::{Store, SystemScope};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::plan::PlanInput;
use crate::access::{Grant, TenantPermission};
use crate::audit::Audit;
use crate::background::Background;
use crate::clock::Clock;
use crate::explorer::reaches;
use crate::gateway::Gateway;
use crate::inventory::{Entry, Inventory};
use crate::page::BadPage;
pub use nexus_store::{ConfigPlan, ConfigSnapshotRow};

/// The most snapshots of a server.
const MOST: u32 = 100;
/// Between two looks for plans whose time has come.
const LOOK: Duration = Duration::from_secs(20);

/// Takes, shows and compares. Cheap to clone.
#[derive(Clone)]
pub struct ConfigSnapshots {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    /// Servers whose snapshot is being taken by this process.
    taking: Mutex<HashSet<ServerId>>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) inventory: Inventory,
    pub(crate) gateway: Gateway,
}

/// One path's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigPart {
    /// The path, filled in.
    pub path: String,
    /// PVE's status; `None` where there was no answer.
    pub status: Option<u16>,
    /// What stood under `data`, with sorted keys and masked secrets.
    pub data: Value,
    /// What went wrong.
    pub error: Option<String>,
}

/// A snapshot with what was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigDetail {
    /// The snapshot.
    pub snapshot: ConfigSnapshotRow,
    /// In the order of the plan.
    pub parts: Vec<ConfigPart>,
}

/// A page of snapshots, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigSnapshotPage {
    /// The snapshots.
    pub snapshots: Vec<ConfigSnapshotRow>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such server or snapshot, or none that the person may see.
    #[error("there is no such thing")]
    NotFound,
    /// The server is provided: its configuration is not the tenant's.
    #[error("the server is provided")]
    Provided,
    /// The cursor is none of this list's.
    #[error(transparent)]
    BadPage(#[from] BadPage),
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The plan was changed meanwhile.
    #[error("the plan was changed meanwhile")]
    ChangedMeanwhile,
    /// Nobody has said yet which paths are kept.
    #[error("there is no plan")]
    NoPlan,
    /// A snapshot of this server is being taken.
    #[error("a snapshot is being taken")]
    BeingTaken,
    /// What PVE answers is more than a snapshot holds.
    #[error("the snapshot is too large: {0}")]
    TooLarge(String),
    /// No path was answered; why the first was not.
    #[error("the server does not answer: {0}")]
    Unreachable(String),
    /// Something broke here.
    #[error("taking the snapshot cannot be followed: {0}")]
    Internal(String),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// Keeps a server's place among those whose snapshot is being taken.
struct Taking {
    all: ConfigSnapshots,
    server: ServerId,
}

impl Drop for Taking {
    fn drop(&mut self) {
        self.all.taking().remove(&self.server);
    }
}

impl ConfigSnapshots {
    /// Starts the task that takes snapshots by plan.
    pub(crate) fn start(parts: Parts, background: &Background) -> Self {
        let all = Self { inner: Arc::new(Inner { parts, taking: Mutex::default() }) };
        let own = all.clone();
        background.every("config_snapshots.take", LOOK, move || {
            let own = own.clone();
            async move { own.take_due().await }
        });
        all
    }

    fn taking(&self) -> std::sync::MutexGuard<'_, HashSet<ServerId>> {
        self.inner.taking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, server: ServerId) -> Result<Taking, ConfigError> {
        if self.taking().insert(server) {
            Ok(Taking { all: self.clone(), server })
        } else {
            Err(ConfigError::BeingTaken)
        }
    }

    /// The tenant's own server, while it is active.
    fn entry<P: TenantPermission>(&self, grant: &Grant<P>, server: ServerId) -> Result<Arc<Entry>, ConfigError> {
        let entry = self.entry_of(grant.tenant_id(), server).filter(|_| reaches(grant.person(), server));
        let entry = entry.ok_or(ConfigError::NotFound)?;
        if entry.is_provided() { Err(ConfigError::Provided) } else { Ok(entry) }
    }

    fn entry_of(&self, tenant: TenantId, server: ServerId) -> Option<Arc<Entry>> {
        self.inner.parts.inventory.entry(server).filter(|entry| entry.endpoint.tenant == tenant)
    }
}

/// Where a page of snapshots ends.
type Place = (i64, ConfigSnapshotId);
