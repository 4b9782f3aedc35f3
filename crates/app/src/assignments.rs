//! Assignments: rights on guests, given to people and groups, on one guest or by pool and tag. Giving many at once from a
//! sheet is in [`import`].

mod import;

use std::sync::Arc;

use nexus_model::{
    Assignment, AssignmentId, FieldError, GroupId, GuestKey, GuestPermissions, InvalidInput, Micros, Name, ServerId,
    Subject, Target, UserId,
};
use nexus_store::{AssignmentFilter, NamedAssignment, NewAssignment, Store, whose};
use serde_json::{Value, json};
use uuid::Uuid;

pub use self::import::{Import, ImportOutcome, ImportRow};
use crate::access::{Grant, ManageMembers, SeeMembers, TenantPermission};
use crate::audit::{Audit, Entry};
use crate::clock::Clock;
use crate::inventory::Inventory;
use crate::page::{BadPage, Page};
use crate::placement::Placements;
use crate::secret;

/// The most assignments of a tenant.
const MOST: i64 = 20_000;
/// How many guests' names a search looks at: it is for finding some.
const SEARCHED_GUESTS: usize = 200;

/// Shows and changes assignments. Cheap to clone.
#[derive(Clone)]
pub struct Assignments {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) inventory: Inventory,
    pub(crate) placements: Placements,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum AssignmentError {
    /// The tenant has no such assignment, member, group, server or guest.
    #[error("there is no such thing")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The part of the list cannot be had.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// Somebody changed it meanwhile.
    #[error("the assignment was changed meanwhile")]
    ChangedMeanwhile,
    /// The subject has rights on the target.
    #[error("there is such an assignment already")]
    Duplicate,
    /// It does not sleep.
    #[error("the assignment does not sleep")]
    NotAsleep,
    /// No guest has the vmid.
    #[error("there is no guest with this number")]
    NoGuest,
    /// The tenant has as many assignments as it may.
    #[error("there are {limit} assignments already")]
    LimitReached {
        /// How many it may have.
        limit: i64,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for AssignmentError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Unique => Self::Duplicate,
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// An assignment with everything that its row shows.
#[derive(Debug, Clone)]
pub struct AssignmentView {
    /// Its id.
    pub id: AssignmentId,
    /// Who has the rights.
    pub subject: Subject,
    /// Their name.
    pub subject_name: String,
    /// A person's address.
    pub subject_email: Option<String>,
    /// Names a person's picture.
    pub subject_avatar: Option<String>,
    /// On what.
    pub target: Target,
    /// The guest's, pool's or tag's name; a guest's number where its name is not known.
    pub target_name: String,
    /// The server's name.
    pub server_name: Option<String>,
    /// Which rights.
    pub permissions: GuestPermissions,
    /// When they end by themselves.
    pub until: Option<Micros>,
    /// Whether they have ended.
    pub expired: bool,
    /// Whether they sleep because the guest was gone.
    pub asleep: bool,
    /// How many guests they cover now.
    pub guests: usize,
    /// When they were given.
    pub created_at: Micros,
    /// What an editor compares.
    pub version: i64,
}

/// A page of assignments.
#[derive(Debug, Clone)]
pub struct AssignmentList {
    /// The newest first.
    pub assignments: Vec<AssignmentView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Which assignments; what is not set does not count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// A person's, with those of their groups.
    pub user: Option<UserId>,
    /// A group's.
    pub group: Option<GroupId>,
    /// On a server.
    pub server: Option<ServerId>,
    /// On a guest, also by its pool and tags.
    pub guest: Option<GuestKey>,
}

/// On what rights are to be given.
#[derive(Debug, Clone)]
pub enum TargetInput {
    /// One guest.
    Guest(GuestKey),
    /// The guests of a pool.
    Pool(Option<ServerId>, String),
    /// The guests with a tag.
    Tag(Option<ServerId>, String),
}

/// Rights as they are entered.
#[derive(Debug, Clone)]
pub struct AssignmentInput {
    /// Who gets them.
    pub subject: Subject,
    /// On what.
    pub target: TargetInput,
    /// Which.
    pub permissions: GuestPermissions,
    /// When they end by themselves.
    pub until: Option<Micros>,
}

impl TargetInput {
    fn check(self) -> Result<Target, FieldError> {
        // Names of pools and tags are compared as they are: only the bounds of a name count.
        let named = |name: &str| Name::parse(name).map(|name| name.as_str().to_owned());
        match self {
            Self::Guest(guest) => Ok(Target::Guest(guest)),
            Self::Pool(server, name) => named(&name).map(|name| Target::Pool { server, name }),
            Self::Tag(server, name) => named(&name).map(|name| Target::Tag { server, name }),
        }
        .map_err(|error| error.field("target.name"))
    }
}

/// What is wrong with rights that are to be given.
fn check_rights(permissions: GuestPermissions, until: Option<Micros>, now: Micros) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if permissions.is_empty() {
        wrong.push(InvalidInput::new("required", "must have a right at least").field("permissions"));
    }
    if until.is_some_and(|until| until <= now) {
        wrong.push(InvalidInput::new("past", "must lie ahead").field("until"));
    }
    wrong
}

/// What an audit entry keeps of an assignment.
fn state(assignment: &AssignmentView) -> Value {
    json!({
        "subject": assignment.subject_email.as_ref().unwrap_or(&assignment.subject_name),
        "target": assignment.target.key(), "permissions": assignment.permissions.to_string(),
        "until": assignment.until, "asleep": assignment.asleep,
    })
}

fn entry(action: &'static str, assignment: &AssignmentView) -> Entry {
    Entry::new(action, "assignment", assignment.id, assignment.target_name.as_str())
}

impl Assignments {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    fn view<P: TenantPermission>(&self, grant: &Grant<P>, named: NamedAssignment, now: Micros) -> AssignmentView {
        let Parts { inventory, placements, .. } = &*self.inner;
        let Assignment { id, subject, target, permissions, until, asleep, version, created_at, .. } = named.assignment;
        let (target_name, guests) = match &target {
            Target::Guest(guest) => {
                let found = inventory.find(grant.tenant_id(), *guest);
                let name = found.as_ref().map(|found| found.row.name.clone()).filter(|name| !name.is_empty());
                (name.unwrap_or_else(|| guest.vmid.to_string()), usize::from(found.is_some() && !asleep))
            }
            other => {
                let covered = placements.covered(grant.tenant_id(), other).len();
                (other.name().unwrap_or_default().to_owned(), covered)
            }
        };
        AssignmentView {
            id,
            subject,
            subject_name: named.subject_name,
            subject_email: named.subject_email,
            subject_avatar: named.subject_avatar,
            target,
            target_name,
            server_name: named.server_name,
            permissions,
            until,
            expired: until.is_some_and(|until| until <= now),
            asleep,
            guests,
            created_at,
            version,
        }
    }

    /// A page of assignments, the newest first.
    ///
    /// # Errors
    /// The page, or the store.
    pub async fn list(
        &self,
        grant: &Grant<SeeMembers>,
        wanted: &Wanted,
        page: &Page,
    ) -> Result<AssignmentList, AssignmentError> {
        let typed = page.typed()?;
        let before = page.place::<AssignmentId>()?.unwrap_or(Uuid::max().into());
        let filter = AssignmentFilter {
            user: wanted.user,
            group: wanted.group,
            server: wanted.server.filter(|_| wanted.guest.is_none()),
            targets: wanted.guest.map(|guest| self.targets_of(grant, guest)),
            typed: typed.to_owned(),
            typed_targets: self.guests_called(grant, typed),
        };
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let mut rows = tx.assignments(&filter, before, page.limit() + 1).await?;
        tx.commit().await?;
        let next_cursor = page.cut(&mut rows, |last| last.assignment.id);
        let now = self.inner.clock.now();
        let assignments = rows.into_iter().map(|row| self.view(grant, row, now)).collect();
        Ok(AssignmentList { assignments, next_cursor })
    }

    /// Every target that covers a guest now, by key.
    fn targets_of(&self, grant: &Grant<SeeMembers>, guest: GuestKey) -> Vec<String> {
        let mut targets = vec![Target::Guest(guest)];
        if let Some(found) = self.inner.inventory.find(grant.tenant_id(), guest) {
            for server in [None, Some(guest.server)] {
                targets.extend(found.row.pool.clone().map(|name| Target::Pool { server, name }));
                targets.extend(found.row.tags.iter().cloned().map(|name| Target::Tag { server, name }));
            }
        }
        targets.iter().map(Target::key).collect()
    }

    /// The targets of guests that have `typed` in their names: the store does not know them.
    fn guests_called(&self, grant: &Grant<SeeMembers>, typed: &str) -> Vec<String> {
        if typed.is_empty() {
            return Vec::new();
        }
        let typed = typed.to_lowercase();
        let entries = self.inner.inventory.of_tenant(grant.tenant_id());
        let snapshots = entries.iter().filter_map(|entry| entry.snapshot());
        let rows = snapshots.flat_map(|snapshot| snapshot.guests.values().cloned().collect::<Vec<_>>());
        let called = rows.filter(|row| row.name.to_lowercase().contains(&typed));
        called.take(SEARCHED_GUESTS).map(|row| Target::Guest(row.key).key()).collect()
    }

    /// Gives rights.
    ///
    /// # Errors
    /// Fields; no such member, group, server or guest; rights that are there already; too many; the store.
    pub async fn create(
        &self,
        grant: &Grant<ManageMembers>,
        input: AssignmentInput,
    ) -> Result<AssignmentView, AssignmentError> {
        let Parts { store, clock, audit, inventory, .. } = &*self.inner;
        let (tenant, now) = (grant.tenant_id(), clock.now());
        let mut wrong = check_rights(input.permissions, input.until, now);
        let target = input.target.check().map_err(|error| wrong.push(error)).ok();
        let target = target.filter(|_| wrong.is_empty()).ok_or(AssignmentError::Invalid(wrong))?;
        let new = NewAssignment {
            id: secret::id(),
            tenant,
            subject: input.subject,
            target,
            permissions: input.permissions,
            until: input.until,
            at: now,
        };
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if tx.count_assignments().await? >= MOST {
            return Err(AssignmentError::LimitReached { limit: MOST });
        }
        tx.insert_assignment(&new).await?;
        if let Target::Guest(guest) = &new.target
            && inventory.find(tenant, *guest).is_none()
        {
            return Err(AssignmentError::NotFound);
        }
        tx.rights_changed(whose(tenant, new.subject)).await?;
        let made = tx.assignment(new.id).await?.ok_or(AssignmentError::NotFound)?;
        let made = self.view(grant, made, now);
        audit.record(&mut tx, &grant.who(), entry("assignment.create", &made).after(state(&made))).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Changes the rights of the assignment whose version is still `version`.
    ///
    /// # Errors
    /// Fields, no such assignment, [`AssignmentError::ChangedMeanwhile`], the store.
    pub async fn update(
        &self,
        grant: &Grant<ManageMembers>,
        id: AssignmentId,
        permissions: GuestPermissions,
        until: Option<Micros>,
        version: i64,
    ) -> Result<AssignmentView, AssignmentError> {
        let Parts { store, clock, audit, .. } = &*self.inner;
        let now = clock.now();
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let before = tx.assignment(id).await?.ok_or(AssignmentError::NotFound)?;
        let before = self.view(grant, before, now);
        let mut wrong = check_rights(permissions, until, now);
        // An end that is past already may stay as it is.
        wrong.retain(|error| error.field != "until" || until != before.until);
        if !wrong.is_empty() {
            return Err(AssignmentError::Invalid(wrong));
        }
        if !tx.update_assignment(id, version, permissions, until).await? {
            return Err(AssignmentError::ChangedMeanwhile);
        }
        tx.rights_changed(whose(grant.tenant_id(), before.subject)).await?;
        let expired = until.is_some_and(|until| until <= now);
        let after = AssignmentView { permissions, until, expired, version: version + 1, ..before.clone() };
        let entry = entry("assignment.update", &after).before(state(&before)).after(state(&after));
        audit.record(&mut tx, &grant.who(), entry).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Says that the guest which has the vmid now is the one that is meant: the assignment wakes, and the inventory ties
    /// it to that guest.
    ///
    /// # Errors
    /// No such assignment, one that does not sleep, no guest with the number, the store.
    pub async fn wake(
        &self,
        grant: &Grant<ManageMembers>,
        id: AssignmentId,
    ) -> Result<AssignmentView, AssignmentError> {
        let Parts { store, clock, audit, inventory, .. } = &*self.inner;
        let (tenant, now) = (grant.tenant_id(), clock.now());
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let before = tx.assignment(id).await?.ok_or(AssignmentError::NotFound)?;
        let before = self.view(grant, before, now);
        let Target::Guest(guest) = before.target else { return Err(AssignmentError::NotAsleep) };
        if !before.asleep {
            return Err(AssignmentError::NotAsleep);
        }
        if inventory.find(tenant, guest).is_none() {
            return Err(AssignmentError::NoGuest);
        }
        if !tx.wake_assignment(id).await? {
            return Err(AssignmentError::NotAsleep);
        }
        tx.rights_changed(whose(tenant, before.subject)).await?;
        let woken = tx.assignment(id).await?.ok_or(AssignmentError::NotFound)?;
        let after = self.view(grant, woken, now);
        let entry = entry("assignment.wake", &after).before(state(&before)).after(state(&after));
        audit.record(&mut tx, &grant.who(), entry).await?;
        tx.commit().await?;
        inventory.refresh_soon(guest.server);
        Ok(after)
    }

    /// Takes rights away.
    ///
    /// # Errors
    /// No such assignment, the store.
    pub async fn delete(&self, grant: &Grant<ManageMembers>, id: AssignmentId) -> Result<(), AssignmentError> {
        let Parts { store, clock, audit, .. } = &*self.inner;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let before = tx.assignment(id).await?.ok_or(AssignmentError::NotFound)?;
        let before = self.view(grant, before, clock.now());
        tx.delete_assignment(id).await?;
        tx.rights_changed(whose(grant.tenant_id(), before.subject)).await?;
        let entry = entry("assignment.delete", &before).before(state(&before));
        audit.record(&mut tx, &grant.who(), entry).await?;
        Ok(tx.commit().await?)
    }
}
