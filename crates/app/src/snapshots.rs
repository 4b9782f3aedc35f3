//! Snapshots of guests: read from PVE when somebody looks, made, gone back to and deleted as tasks. Nothing of them is
//! kept here.
//!
//! Whatever can be known before is said before: a name that is taken, a guest that is locked, a template. PVE's word on
//! the task's end decides all the same.

use std::sync::Arc;

use nexus_model::{FieldError, GuestKind, GuestRight, InvalidInput, Micros, TaskAction};
use nexus_pve::is_snapshot_name;
use nexus_store::{Store, SystemScope};
use serde_json::json;

use crate::access::{GuestGrant, SnapshotGuest, Who};
use crate::audit::{Audit, Entry, Outcome};
use crate::guests::{Sight, plain};
use crate::inventory::endpoint::pve_guest;
use crate::inventory::{Found, Inventory, LookError};
use crate::tasks::{ActError, Ask, New, TaskView, Tasks, refused};

/// Longest description, in characters.
const LONGEST: usize = 1000;

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its name, unique for the guest.
    pub name: String,
    /// What people wrote about it.
    pub description: String,
    /// When it was made.
    pub created_at: Option<Micros>,
    /// Whether it holds the memory.
    pub with_memory: bool,
    /// The one that it was made after; `None` for a root.
    pub parent: Option<String>,
    /// PVE's word while it is made or deleted, or where that failed.
    pub state: Option<String>,
}

/// The snapshots of a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotList {
    /// Oldest first.
    pub snapshots: Vec<Snapshot>,
    /// The parent of what runs now.
    pub current: Option<String>,
    /// Whether the guest runs.
    pub running: bool,
    /// Whether one with memory makes sense.
    pub memory: bool,
    /// Why none can be made now, for people.
    pub why_not: Option<String>,
}

/// A snapshot that is wanted.
#[derive(Debug, Clone, Default)]
pub struct SnapshotInput {
    /// Its name, as PVE allows.
    pub name: String,
    /// What people say of it, at most 1000 characters.
    pub description: String,
    /// With memory: of running VMs; of others there is none.
    pub with_memory: bool,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The guest or the snapshot is not there.
    #[error("there is no such snapshot")]
    NotFound,
    /// It takes another right.
    #[error("starting the guest takes the right to its power switches")]
    Forbidden,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The name is taken.
    #[error("the guest has a snapshot of this name")]
    Exists,
    /// Not begun.
    #[error(transparent)]
    Act(#[from] ActError),
}

impl From<nexus_store::Error> for SnapshotError {
    fn from(error: nexus_store::Error) -> Self {
        Self::Act(error.into())
    }
}

impl From<LookError> for SnapshotError {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Unknown | LookError::Gone => Self::NotFound,
            error @ LookError::Pve(_) => Self::Act(error.into()),
        }
    }
}

/// Reads and changes snapshots. Cheap to clone.
#[derive(Clone)]
pub struct Snapshots {
    parts: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) audit: Audit,
    pub(crate) inventory: Inventory,
    pub(crate) tasks: Tasks,
}

/// What PVE has now.
struct Read {
    found: Found,
    list: SnapshotList,
}

impl Read {
    fn take(self, name: &str) -> Option<(Found, Snapshot)> {
        let snapshot = self.list.snapshots.into_iter().find(|snapshot| snapshot.name == name)?;
        Some((self.found, snapshot))
    }
}

impl Snapshots {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// The guest's snapshots, as PVE has them now.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub async fn list(&self, grant: &GuestGrant<SnapshotGuest>) -> Result<SnapshotList, SnapshotError> {
        Ok(self.read(grant).await?.list)
    }

    /// Makes a snapshot.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub async fn create(
        &self,
        grant: GuestGrant<SnapshotGuest>,
        input: SnapshotInput,
    ) -> Result<TaskView, SnapshotError> {
        let description = input.description.trim().to_owned();
        let mut wrong = Vec::new();
        if !is_snapshot_name(&input.name) {
            let rule = "must begin with a letter and have 2 to 40 letters, digits, - and _; not current or pending";
            wrong.push(InvalidInput::new("snapshot_name", rule).field("name"));
        }
        wrong.extend(checked(&description).err());
        if input.with_memory && grant.guest().kind == GuestKind::Lxc {
            wrong.push(InvalidInput::new("no_memory", "is for virtual machines alone").field("with_memory"));
        }
        if !wrong.is_empty() {
            return Err(SnapshotError::Invalid(wrong));
        }
        let read = self.read(&grant).await?;
        if read.list.snapshots.iter().any(|snapshot| snapshot.name == input.name) {
            return Err(SnapshotError::Exists);
        }
        let with_memory = input.with_memory && read.list.memory;
        let found = self.free(&grant, read.found).await?;
        let ask = Ask::CreateSnapshot { description, with_memory };
        self.begin(grant, found, TaskAction::SnapshotCreate, input.name, ask).await
    }

    /// Goes back to a snapshot; what came after it is lost. `start` starts the guest afterwards.
    ///
    /// # Errors
    /// [`SnapshotError`]; [`SnapshotError::Forbidden`] for a start without the right to the power switches.
    pub async fn roll_back(
        &self,
        grant: GuestGrant<SnapshotGuest>,
        name: &str,
        start: bool,
    ) -> Result<TaskView, SnapshotError> {
        if start && !grant.rights().has(GuestRight::Power) {
            return Err(SnapshotError::Forbidden);
        }
        let (found, snapshot) = self.read(&grant).await?.take(name).ok_or(SnapshotError::NotFound)?;
        if let Some(state) = snapshot.state {
            let detail = format!("the snapshot is not complete ({state})");
            return Err(ActError::NotPossible { detail }.into());
        }
        let found = self.free(&grant, found).await?;
        self.begin(grant, found, TaskAction::SnapshotRollback, snapshot.name, Ask::RollBack { start }).await
    }

    /// Deletes a snapshot; its children become its parent's.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub async fn delete(&self, grant: GuestGrant<SnapshotGuest>, name: &str) -> Result<TaskView, SnapshotError> {
        let (found, snapshot) = self.read(&grant).await?.take(name).ok_or(SnapshotError::NotFound)?;
        let found = self.free(&grant, found).await?;
        self.begin(grant, found, TaskAction::SnapshotDelete, snapshot.name, Ask::DeleteSnapshot).await
    }

    /// Changes what people say of a snapshot.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub async fn describe(
        &self,
        grant: GuestGrant<SnapshotGuest>,
        name: &str,
        description: &str,
    ) -> Result<Snapshot, SnapshotError> {
        let description = description.trim().to_owned();
        checked(&description).map_err(|wrong| SnapshotError::Invalid(vec![wrong]))?;
        let (found, snapshot) = self.read(&grant).await?.take(name).ok_or(SnapshotError::NotFound)?;
        let state = |text: &str| json!({ "snapshot": snapshot.name, "description": text });
        let record = Entry::new("guest.snapshot_update", "guest", grant.guest(), found.row.name.clone());
        let record = record.before(state(&snapshot.description)).after(state(&description));
        let mut tx = self.parts.store.tenant_write(grant.scope()).await?;
        self.parts.audit.record(&mut tx, &grant.who(), record.clone().outcome(Outcome::Intent)).await?;
        tx.commit().await?;
        let changed = Snapshot { description, ..snapshot };
        let (sight, provided, who) = (Sight::of_guest(&grant), found.row.provided, grant.who());
        // The browser may go away now; what PVE says is to be recorded.
        let (own, wanted, tenant) = (self.clone(), changed.clone(), grant.tenant_id());
        let written = async move { own.write(&found, &wanted, record, tenant, who).await };
        let written = self.parts.tasks.outlive(written).await.map_err(ActError::Internal)?;
        written.map_err(|error| match error {
            ActError::PveRefused(words) => ActError::PveRefused(sight.words(words, provided)),
            other => other,
        })?;
        Ok(changed)
    }

    async fn write(
        &self,
        found: &Found,
        wanted: &Snapshot,
        record: Entry,
        tenant: nexus_model::TenantId,
        who: Who,
    ) -> Result<(), ActError> {
        let guest = pve_guest(found.row.key, &found.row.node);
        let client = &found.entry.endpoint.client;
        let done = client.describe_snapshot(guest, &wanted.name, &wanted.description).await;
        let record = match &done {
            Ok(()) => record,
            Err(error) => {
                let words = error.to_string();
                let words = if found.row.provided { plain(words) } else { words };
                record.outcome(Outcome::Failed).detail(words)
            }
        };
        let mut tx = self.parts.store.system_write(&self.parts.system).await?;
        self.parts.audit.record_as_system(&mut tx, Some(tenant), &who, record).await?;
        tx.commit().await?;
        done.map_err(|error| refused(&error))
    }

    async fn begin(
        &self,
        grant: GuestGrant<SnapshotGuest>,
        found: Found,
        action: TaskAction,
        name: String,
        ask: Ask,
    ) -> Result<TaskView, SnapshotError> {
        let new = New { action, snapshot: Some(name), bulk: None, ask };
        Ok(self.parts.tasks.run(&grant, found, new).await?)
    }

    /// The guest and its snapshots. One that has moved is asked for once more at its new place.
    async fn read(&self, grant: &GuestGrant<SnapshotGuest>) -> Result<Read, SnapshotError> {
        let (tenant, key, inventory) = (grant.tenant_id(), grant.guest(), &self.parts.inventory);
        let found = inventory.found(tenant, key).await.ok_or(SnapshotError::NotFound)?;
        let mut found = inventory.still_within(found).await?;
        let mut told = found.entry.endpoint.client.snapshots(pve_guest(key, &found.row.node)).await;
        if told.as_ref().is_err_and(nexus_pve::Error::is_no_such_guest) {
            inventory.refreshed(key.server).await;
            let again = inventory.find(tenant, key).ok_or(SnapshotError::NotFound)?;
            found = inventory.still_within(again).await?;
            told = found.entry.endpoint.client.snapshots(pve_guest(key, &found.row.node)).await;
        }
        match told {
            Ok(told) => Ok(Read { list: list(&found, told), found }),
            Err(error) if error.is_no_such_guest() => Err(SnapshotError::NotFound),
            Err(error) => Err(match refused(&error) {
                ActError::PveRefused(words) => {
                    ActError::PveRefused(Sight::of_guest(grant).words(words, found.row.provided))
                }
                other => other,
            }
            .into()),
        }
    }

    /// The guest, if nothing is in the way of a change of its snapshots; the picture may be old, so that PVE is asked
    /// where it says that something is.
    async fn free(&self, grant: &GuestGrant<SnapshotGuest>, found: Found) -> Result<Found, SnapshotError> {
        if why_not(&found).is_none() {
            return Ok(found);
        }
        let (tenant, key) = (grant.tenant_id(), grant.guest());
        let looked = self.parts.inventory.look(tenant, key).await.is_ok();
        let again = self.parts.inventory.find(tenant, key).ok_or(SnapshotError::NotFound)?;
        match why_not(&again) {
            None if looked => Ok(again),
            Some(detail) => Err(ActError::NotPossible { detail }.into()),
            None => Ok(found),
        }
    }
}

/// Why a guest's snapshots cannot be changed now.
fn why_not(found: &Found) -> Option<String> {
    if found.row.template {
        return Some("the guest is a template".into());
    }
    found.row.lock.as_ref().map(|lock| format!("the guest is locked ({lock})"))
}

fn list(found: &Found, told: nexus_pve::Snapshots) -> SnapshotList {
    let seconds = |at: u64| i64::try_from(at).ok()?.checked_mul(1_000_000).map(Micros);
    let snapshots = told.snapshots.into_iter().map(|snapshot| Snapshot {
        name: snapshot.name,
        description: snapshot.description,
        created_at: snapshot.created_at.and_then(seconds),
        with_memory: snapshot.with_memory,
        parent: snapshot.parent,
        state: snapshot.state,
    });
    SnapshotList {
        snapshots: snapshots.collect(),
        current: told.current,
        running: told.running,
        memory: told.running && found.row.key.kind == GuestKind::Qemu,
        why_not: why_not(found),
    }
}

/// A description as PVE can keep it.
fn checked(description: &str) -> Result<(), FieldError> {
    let wrong = |code, detail: &str| Err(InvalidInput::new(code, detail).field("description"));
    if description.chars().count() > LONGEST {
        return wrong("too_long", "must have 1000 characters at most");
    }
    if description.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return wrong("control_characters", "must not have control characters");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_bounded_and_have_lines() {
        assert!(checked("before\nthe update\t✓").is_ok());
        assert!(checked(&"ä".repeat(1000)).is_ok());
        assert_eq!(checked(&"ä".repeat(1001)).unwrap_err().code, "too_long");
        assert_eq!(checked("a\u{1b}[1m").unwrap_err().code, "control_characters");
    }
}
