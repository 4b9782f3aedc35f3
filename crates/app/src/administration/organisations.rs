//! All tenants: made with a first admin, changed, closed, deleted with everything that is their own.

use nexus_model::{Email, InvalidInput, Name, Slug, TenantId, TenantRole, free_text};
use nexus_store::{OrganisationChange, OrganisationPlace, OrganisationRow, Person, System, Whose};
use serde_json::{Value, json};

use super::{Administration, AdministrationError, Parts};
use crate::access::{ManageMembers, SystemGrant};
use crate::audit::Entry;
use crate::members::{InvitationMade, MemberAdded};
use crate::page::Page;
use crate::secret;
use crate::servers::GuestCount;

/// Longest description, in characters.
const LONGEST_DESCRIPTION: usize = 500;
/// How many numbers are tried behind a slug that follows from a name.
const TRIES: u32 = 50;

/// A tenant.
#[derive(Debug, Clone)]
pub struct OrganisationView {
    /// The tenant.
    pub row: OrganisationRow,
    /// How many guests its servers have, as far as is known, templates left out.
    pub guests: usize,
    /// Its admins, by name.
    pub admins: Vec<Person>,
}

/// A page of tenants, by name.
#[derive(Debug, Clone)]
pub struct OrganisationList {
    /// The tenants.
    pub tenants: Vec<OrganisationView>,
    /// How many there are in all.
    pub total: i64,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// A new tenant, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct OrganisationNew {
    /// Its name.
    pub name: String,
    /// Its name in URLs; follows from the name where it is left out.
    pub slug: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// The address of its first admin.
    pub admin: Option<String>,
}

/// A new tenant, and the invitation of its first admin if there was one to make.
#[derive(Clone)]
pub struct OrganisationMade {
    /// The tenant.
    pub tenant: OrganisationView,
    /// The invitation.
    pub invitation: Option<InvitationMade>,
}

/// What changes of a tenant; `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct OrganisationIn {
    /// Its name.
    pub name: Option<String>,
    /// Its name in URLs.
    pub slug: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Whether it is open.
    pub is_active: Option<bool>,
}

type Result<T> = std::result::Result<T, AdministrationError>;

struct Checked {
    name: Name,
    slug: Slug,
    description: String,
}

/// Finds everything that is wrong, not only the first.
fn checked(name: &str, slug: Option<&str>, description: &str, admin: Option<&str>) -> Result<Checked> {
    let mut wrong = Vec::new();
    let mut note = |field: &'static str, error: InvalidInput| wrong.push(error.field(field));
    let name = Name::parse(name).map_err(|error| note("name", error)).ok();
    let from_name = || Ok(Slug::from_name(name.as_ref().map_or("", Name::as_str)));
    let slug = slug.map_or_else(from_name, |slug| Slug::parse(slug.trim())).map_err(|error| note("slug", error)).ok();
    let description = free_text(description, LONGEST_DESCRIPTION).map_err(|error| note("description", error)).ok();
    if let Some(Err(error)) = admin.map(Email::parse) {
        note("admin", error);
    }
    match (name, slug, description) {
        (Some(name), Some(slug), Some(description)) if wrong.is_empty() => Ok(Checked { name, slug, description }),
        _ => Err(AdministrationError::Invalid(wrong)),
    }
}

fn taken(error: nexus_store::Error) -> AdministrationError {
    match error {
        nexus_store::Error::Unique => AdministrationError::SlugTaken,
        other => other.into(),
    }
}

/// A free slug near this one.
async fn free_slug(tx: &mut System<'_>, wanted: Slug) -> Result<Slug> {
    if !tx.has_slug(wanted.as_str()).await? {
        return Ok(wanted);
    }
    for n in 2..TRIES {
        let short: String = wanted.as_str().chars().take(36).collect();
        let Ok(slug) = Slug::parse(&format!("{}-{n}", short.trim_end_matches('-'))) else { break };
        if !tx.has_slug(slug.as_str()).await? {
            return Ok(slug);
        }
    }
    Err(AdministrationError::SlugTaken)
}

fn state(row: &OrganisationRow) -> Value {
    json!({
        "slug": row.slug, "name": row.name, "description": row.description, "is_active": row.is_active,
    })
}

impl Administration {
    /// Tenants, by name.
    ///
    /// # Errors
    /// The page, or the store.
    pub async fn organisations(&self, _grant: &SystemGrant, page: &Page) -> Result<OrganisationList> {
        let Parts { store, system, .. } = &*self.inner;
        let typed = page.typed()?;
        let after = page.place::<(String, uuid::Uuid)>()?;
        let after = after.map_or_else(OrganisationPlace::start, |(name, id)| OrganisationPlace { name, id: id.into() });
        let mut read = store.system_read(system).await?;
        let mut rows = read.organisations(&after, typed, page.limit() + 1).await?;
        let next_cursor = page.cut(&mut rows, |row| {
            let OrganisationPlace { name, id } = OrganisationPlace::of(row);
            (name, id.uuid())
        });
        let total = read.count_organisations(typed).await?;
        let admins = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => {
                read.admins_between(&OrganisationPlace::of(first), &OrganisationPlace::of(last)).await?
            }
            _ => Vec::new(),
        };
        read.commit().await?;
        let tenants = rows.into_iter().map(|row| self.view(row, &admins)).collect();
        Ok(OrganisationList { tenants, total, next_cursor })
    }

    fn view(&self, row: OrganisationRow, admins: &[(TenantId, Person)]) -> OrganisationView {
        let polled = self.inner.inventory.of_tenant(row.id);
        let snapshots = polled.iter().filter_map(|polled| polled.snapshot());
        let guests = snapshots.map(|snapshot| {
            let GuestCount { running, stopped, other } = GuestCount::of(&snapshot);
            running + stopped + other
        });
        let own = admins.iter().filter(|(tenant, _)| *tenant == row.id);
        OrganisationView { guests: guests.sum(), admins: own.map(|(_, admin)| admin.clone()).collect(), row }
    }

    async fn organisation(&self, id: TenantId) -> Result<OrganisationView> {
        let Parts { store, system, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let row = read.organisation(id).await?.ok_or(AdministrationError::NotFound)?;
        let place = OrganisationPlace::of(&row);
        let admins = read.admins_between(&place, &place).await?;
        read.commit().await?;
        Ok(self.view(row, &admins))
    }

    /// Makes a tenant. Its first admin is added when they have a verified account, and invited otherwise.
    ///
    /// # Errors
    /// The values; a slug that is taken; the store.
    pub async fn create_organisation(&self, grant: &SystemGrant, new: OrganisationNew) -> Result<OrganisationMade> {
        let Parts { store, system, clock, audit, access, members, .. } = &*self.inner;
        let admin = new.admin.as_deref().filter(|admin| !admin.trim().is_empty());
        let given = new.slug.as_deref().filter(|slug| !slug.trim().is_empty());
        let checked = checked(&new.name, given, new.description.as_deref().unwrap_or_default(), admin)?;
        let id: TenantId = secret::id();
        let mut tx = store.system_write(system).await?;
        let slug = if given.is_some() { checked.slug } else { free_slug(&mut tx, checked.slug).await? };
        tx.insert_tenant(id, slug.as_str(), checked.name.as_str(), clock.now()).await.map_err(taken)?;
        if !checked.description.is_empty() {
            let (name, description) = (checked.name.as_str(), checked.description.as_str());
            let whole = OrganisationChange { slug: slug.as_str(), name, description, is_active: true };
            tx.update_organisation(id, 1, &whole).await?;
        }
        let row = tx.organisation(id).await?.ok_or(AdministrationError::NotFound)?;
        let entry = Entry::new("tenant.create", "tenant", id, row.name.as_str()).after(state(&row));
        audit.record_as_system(&mut tx, Some(id), &grant.who(), entry).await?;
        tx.commit().await?;
        let mut invitation = None;
        if let Some(admin) = admin {
            let within = access.grant::<ManageMembers>(grant.person(), id).await?;
            if let MemberAdded::Invitation(made) = members.add(&within, admin, TenantRole::Admin).await? {
                invitation = Some(made);
            }
        }
        Ok(OrganisationMade { tenant: self.organisation(id).await?, invitation })
    }

    /// Changes the tenant whose version is still `version`. A tenant that is closed ends its consoles and polls.
    ///
    /// # Errors
    /// [`AdministrationError`].
    pub async fn update_organisation(
        &self,
        grant: &SystemGrant,
        id: TenantId,
        version: i64,
        change: OrganisationIn,
    ) -> Result<OrganisationView> {
        let Parts { store, system, audit, inventory, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        let before = tx.organisation(id).await?.ok_or(AdministrationError::NotFound)?;
        tx.lock_tenant(id).await?;
        let (name, slug) = (change.name.as_deref().unwrap_or(&before.name), change.slug.as_deref());
        let description = change.description.as_deref().unwrap_or(&before.description);
        let checked = checked(name, Some(slug.unwrap_or(&before.slug)), description, None)?;
        let is_active = change.is_active.unwrap_or(before.is_active);
        let becomes = OrganisationChange {
            slug: checked.slug.as_str(),
            name: checked.name.as_str(),
            description: &checked.description,
            is_active,
        };
        if !tx.update_organisation(id, version, &becomes).await.map_err(taken)? {
            return Err(AdministrationError::ChangedMeanwhile);
        }
        if is_active != before.is_active {
            tx.rights_changed(Whose::Tenant(id)).await?;
        }
        let after = tx.organisation(id).await?.ok_or(AdministrationError::NotFound)?;
        let entry = Entry::new("tenant.update", "tenant", id, after.name.as_str());
        let entry = entry.before(state(&before)).after(state(&after));
        audit.record_as_system(&mut tx, Some(id), &grant.who(), entry).await?;
        tx.commit().await?;
        inventory.servers_changed();
        self.organisation(id).await
    }

    /// Deletes a tenant with everything that is its own. The end of its audit log is recorded in the installation's.
    ///
    /// # Errors
    /// No such tenant; a sign-in too long ago; the store.
    pub async fn delete_organisation(&self, grant: &SystemGrant, id: TenantId) -> Result<()> {
        let Parts { store, system, audit, inventory, objects, .. } = &*self.inner;
        self.confirm_recent(grant)?;
        let mut tx = store.system_write(system).await?;
        let before = tx.organisation(id).await?.ok_or(AdministrationError::NotFound)?;
        tx.lock_tenant(id).await?;
        // Before the row goes, so that other processes are told.
        tx.rights_changed(Whose::Tenant(id)).await?;
        let head = audit.end_log(&mut tx, id).await?;
        tx.delete_organisation(id).await?;
        let entry = Entry::new("tenant.delete", "tenant", id, before.name.as_str()).before(state(&before));
        let entry = entry.after(json!({
            "audit_head": head, "members": before.members, "servers": before.servers,
        }));
        audit.record_as_system(&mut tx, None, &grant.who(), entry).await?;
        tx.commit().await?;
        inventory.servers_changed();
        // The rows are gone, and with them the names: what is left of the objects, nobody can ask for.
        if let Err(error) = objects.delete_all_of(id).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, tenant = %id, "objects of a deleted tenant are left in the object store");
        }
        Ok(())
    }
}
