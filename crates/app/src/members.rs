//! Members: who belongs to a tenant, and as what. Inviting is in [`invitations`], rosters in [`roster`].
//!
//! Nobody learns here whether an address has an account, unless they may find its owner anyway; and a tenant never loses
//! its last admin.

mod invitations;
mod roster;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use nexus_model::{Email, FieldError, GroupId, Micros, SystemRole, TenantId, TenantRole, UserId};
pub use nexus_store::Person;
use nexus_store::{Finder, Member, MemberPlace, Store, System, SystemScope, Whose};
use serde_json::{Value, json};

pub(crate) use self::invitations::still_invites;
pub use self::invitations::{InvitationMade, InvitationView};
pub use self::roster::{Roster, RosterOutcome, RosterRow};
use crate::access::{Access, Grant, ManageMembers, NotRecent, SeeMembers, SignedIn, TenantPermission, TenantRight};
use crate::accounts::Language;
use crate::audit::{Audit, Entry};
use crate::clock::Clock;
use crate::links::{Links, MadeLink, RESET_HANDED};
use crate::mail::{Letter, Mailer};
use crate::notifications::{Notice, Notifications, Told};
use crate::page::{BadPage, Page, searched};

/// The most people that a search offers.
const OFFERED: u32 = 10;

/// Shows and changes who belongs to a tenant. Cheap to clone.
#[derive(Clone)]
pub struct Members {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) access: Access,
    pub(crate) links: Links,
    pub(crate) mailer: Mailer,
    pub(crate) notices: Notifications,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// The tenant has no such member or invitation.
    #[error("there is no such member")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The part of the list cannot be had.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// Somebody changed it meanwhile.
    #[error("the member was changed meanwhile")]
    ChangedMeanwhile,
    /// The tenant would be left without an admin.
    #[error("the last admin stays")]
    LastAdmin,
    /// The person is a member.
    #[error("the person is a member already")]
    Duplicate,
    /// The account belongs to others too.
    #[error("the account is not this tenant's alone")]
    NotSole,
    /// The password has to be said once more.
    #[error(transparent)]
    NotRecent(#[from] NotRecent),
    /// The tenant invited too often.
    #[error("too many invitations")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// The tenant has as many pending invitations as it may.
    #[error("all {limit} invitations are in use")]
    LimitReached {
        /// How many it may have.
        limit: i64,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for MemberError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Unique => Self::Duplicate,
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// A group's id and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName {
    /// The group.
    pub id: GroupId,
    /// Its name.
    pub name: String,
}

/// What the person who asks may do with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberMay {
    /// Change the role.
    pub edit: bool,
    /// Remove them.
    pub remove: bool,
    /// Make a link for their password.
    pub reset: bool,
    /// Disable and enable their account.
    pub disable: bool,
}

/// A member, as one person sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberView {
    /// The person.
    pub person: Person,
    /// Where they work.
    pub company: String,
    /// What they are in the tenant.
    pub role: TenantRole,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether their address was shown to reach them.
    pub verified: bool,
    /// Since when they are a member.
    pub joined_at: Micros,
    /// When they were here last.
    pub last_seen_at: Option<Micros>,
    /// How many assignments give them rights.
    pub assignments: i64,
    /// Their groups, by name.
    pub groups: Vec<GroupName>,
    /// What an editor compares.
    pub version: i64,
    /// What may be done with them.
    pub may: MemberMay,
}

/// A page of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberList {
    /// By name.
    pub members: Vec<MemberView>,
    /// How many there are in all.
    pub total: i64,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// What changes of a member; `None` leaves a value as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemberChange {
    /// The role.
    pub role: Option<TenantRole>,
    /// Whether the account may sign in.
    pub is_active: Option<bool>,
}

/// What became of adding an address.
#[derive(Debug, Clone)]
pub enum MemberAdded {
    /// The person could be found and is a member now.
    Member(Box<MemberView>),
    /// Everybody else is invited.
    Invitation(InvitationMade),
}

/// What the rights to change a member hang on.
struct Standings {
    manage: bool,
    /// Active admins of the tenant.
    admins: i64,
    /// Whose accounts are the tenant's alone.
    sole: HashSet<UserId>,
}

impl Standings {
    fn may(&self, member: &Member) -> MemberMay {
        let last = member.role == TenantRole::Admin && self.admins <= i64::from(member.is_active);
        let sole = self.manage && self.sole.contains(&member.id);
        MemberMay { edit: self.manage && !last, remove: self.manage && !last, reset: sole, disable: sole && !last }
    }
}

fn view(member: Member, groups: Vec<GroupName>, standings: &Standings) -> MemberView {
    let may = standings.may(&member);
    MemberView {
        person: Person {
            id: member.id,
            full_name: member.full_name,
            email: member.email,
            avatar_tag: member.avatar_tag,
        },
        company: member.company,
        role: member.role,
        is_active: member.is_active,
        verified: member.verified_at.is_some(),
        joined_at: member.created_at,
        last_seen_at: member.last_seen_at.map(Micros),
        assignments: member.assignments,
        groups,
        version: member.version,
        may,
    }
}

/// What an audit entry keeps of a member.
fn state(member: &Member) -> Value {
    json!({ "role": member.role, "is_active": member.is_active })
}

/// Whom a person may find beside the members of a tenant.
fn finder(person: &SignedIn) -> Finder {
    Finder { user: person.user(), everywhere: person.system_role() == SystemRole::Admin }
}

fn email(typed: &str) -> Result<Email, MemberError> {
    Email::parse(typed).map_err(|error| MemberError::Invalid(vec![error.field("email")]))
}

impl Members {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    async fn standings<P: TenantPermission>(&self, grant: &Grant<P>, admins: i64) -> Result<Standings, MemberError> {
        let manage = grant.allows(TenantRight::ManageMembers);
        let mut sole = HashSet::new();
        if manage {
            let mut tx = self.inner.store.system_read(&self.inner.system).await?;
            sole.extend(tx.sole_members(grant.tenant_id()).await?);
        }
        Ok(Standings { manage, admins, sole })
    }

    /// A page of the members, by name.
    ///
    /// # Errors
    /// The page, or the store.
    pub async fn list(&self, grant: &Grant<SeeMembers>, page: &Page) -> Result<MemberList, MemberError> {
        let typed = page.typed()?;
        let after = page.place::<(String, UserId)>()?;
        let after = after.map_or_else(MemberPlace::start, |(name, id)| MemberPlace { name, id });
        if after.name.contains('\0') {
            return Err(BadPage::Cursor.into());
        }
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let mut members = tx.members(&after, typed, page.limit() + 1).await?;
        let next_cursor = page.cut(&mut members, |last| (last.full_name.to_ascii_lowercase(), last.id));
        let total = tx.count_members(typed).await?;
        let admins = tx.count_other_admins(uuid::Uuid::nil().into()).await?;
        let mut groups = match (members.first(), members.last()) {
            (Some(first), Some(last)) => tx.groups_of_members(&MemberPlace::of(first), &MemberPlace::of(last)).await?,
            _ => Vec::new(),
        };
        tx.commit().await?;
        let standings = self.standings(grant, admins).await?;
        let views = members.into_iter().map(|member| {
            let own = groups.extract_if(.., |group| group.user_id == member.id);
            let own = own.map(|group| GroupName { id: group.id, name: group.name }).collect();
            view(member, own, &standings)
        });
        Ok(MemberList { members: views.collect(), total, next_cursor })
    }

    /// One member, as the person who has the grant sees them.
    async fn one(&self, grant: &Grant<ManageMembers>, user: UserId) -> Result<MemberView, MemberError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let member = tx.member(user).await?.ok_or(MemberError::NotFound)?;
        let admins = tx.count_other_admins(uuid::Uuid::nil().into()).await?;
        let place = MemberPlace::of(&member);
        let groups = tx.groups_of_members(&place, &place).await?;
        tx.commit().await?;
        let groups = groups.into_iter().map(|group| GroupName { id: group.id, name: group.name }).collect();
        Ok(view(member, groups, &self.standings(grant, admins).await?))
    }

    /// Verified people of tenants that the person administers (everybody, for system admins), who are no members here and
    /// whose name or address begins with `typed`.
    ///
    /// # Errors
    /// The search, or the store.
    pub async fn find(&self, grant: &Grant<ManageMembers>, typed: &str) -> Result<Vec<Person>, MemberError> {
        let typed = searched(typed)?;
        if typed.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.inner.store.system_read(&self.inner.system).await?;
        Ok(tx.find_people(finder(grant.person()), grant.tenant_id(), typed, OFFERED).await?)
    }

    /// Makes a person a member whom the caller may find, and invites every other address. Whether such an address has an
    /// account makes no difference.
    ///
    /// # Errors
    /// The address; a member already; too many invitations; the store.
    pub async fn add(
        &self,
        grant: &Grant<ManageMembers>,
        typed: &str,
        role: TenantRole,
    ) -> Result<MemberAdded, MemberError> {
        let email = email(typed)?;
        let Parts { store, system, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        if tx.member_called(tenant, email.as_str()).await?.is_some() {
            return Err(MemberError::Duplicate);
        }
        let Some(person) = tx.find_account(finder(grant.person()), email.as_str()).await? else {
            self.count_invitations(&mut tx, tenant, 1).await?;
            let made = self.invite(&mut tx, grant, &email, role).await?;
            tx.commit().await?;
            return Ok(MemberAdded::Invitation(made));
        };
        tx.commit().await?;
        self.add_person(grant, &person, role).await?;
        Ok(MemberAdded::Member(Box::new(self.one(grant, person.id).await?)))
    }

    async fn add_person(
        &self,
        grant: &Grant<ManageMembers>,
        person: &Person,
        role: TenantRole,
    ) -> Result<(), MemberError> {
        let Parts { store, system, clock, audit, notices, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        tx.insert_member(tenant, person.id, role, clock.now()).await?;
        tx.delete_invitation_of(tenant, &person.email).await?;
        tx.rights_changed(Whose::User(person.id)).await?;
        let entry = Entry::new("member.create", "user", person.id, person.email.as_str());
        let entry = entry.after(json!({ "role": role }));
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
        self.tell_added(&mut tx, grant, person).await?;
        let told = notices.write(&mut tx, &added(grant, person, role)).await?;
        tx.commit().await?;
        notices.told(told);
        Ok(())
    }

    /// Writes to somebody that they are a member now; where there is no mail, nothing.
    async fn tell_added(
        &self,
        tx: &mut System<'_>,
        grant: &Grant<ManageMembers>,
        person: &Person,
    ) -> Result<(), MemberError> {
        let Parts { links, mailer, .. } = &*self.inner;
        if !mailer.is_configured() {
            return Ok(());
        }
        let language = tx.user(person.id).await?.map(|user| Language::stored(&user.language));
        let Some(head) = tx.letterhead(grant.tenant_id()).await? else { return Ok(()) };
        let letter = Letter::Added {
            full_name: &person.full_name,
            tenant: &grant.tenant().name,
            added_by: grant.person().full_name(),
            link: &links.tenant(&grant.tenant().slug),
        };
        mailer.post_from(tx, &head, (&person.email, language), &letter).await?;
        Ok(())
    }

    /// Changes the member whose version is still `version`: the role, or whether an account may sign in that is this
    /// tenant's alone.
    ///
    /// # Errors
    /// No such member, [`MemberError::ChangedMeanwhile`], the last admin, another tenant's account too, the store.
    pub async fn update(
        &self,
        grant: &Grant<ManageMembers>,
        user: UserId,
        change: MemberChange,
        version: i64,
    ) -> Result<MemberView, MemberError> {
        if change.is_active.is_some() {
            self.update_account(grant, user, change, version).await?;
        } else {
            self.update_role(grant, user, change.role, version).await?;
        }
        self.one(grant, user).await
    }

    async fn update_role(
        &self,
        grant: &Grant<ManageMembers>,
        user: UserId,
        role: Option<TenantRole>,
        version: i64,
    ) -> Result<(), MemberError> {
        let Parts { store, system, audit, notices, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        let before = tx.member(tenant, user).await?.ok_or(MemberError::NotFound)?;
        let after = Member { role: role.unwrap_or(before.role), ..before.clone() };
        if before.version != version {
            return Err(MemberError::ChangedMeanwhile);
        }
        if loses_admin(&before, &after) && tx.count_other_admins(tenant, user).await? == 0 {
            return Err(MemberError::LastAdmin);
        }
        if !tx.update_role(tenant, user, version, after.role).await? {
            return Err(MemberError::ChangedMeanwhile);
        }
        tx.rights_changed(Whose::User(user)).await?;
        let entry = Entry::new("member.update", "user", user, before.email.as_str());
        let entry = entry.before(state(&before)).after(state(&after));
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
        let told = self.write_role(&mut tx, grant, &before, &after).await?;
        tx.commit().await?;
        notices.told(told);
        Ok(())
    }

    /// Writes that a member has another role, where that is so.
    async fn write_role(
        &self,
        tx: &mut System<'_>,
        grant: &Grant<ManageMembers>,
        before: &Member,
        after: &Member,
    ) -> Result<Vec<Told>, MemberError> {
        if before.role == after.role {
            return Ok(Vec::new());
        }
        let notice = Notice::RoleChanged {
            tenant: grant.tenant_id(),
            person: after.id,
            person_name: after.full_name.clone(),
            actor: grant.person().user(),
            actor_name: grant.person().full_name().to_owned(),
            role: after.role,
        };
        Ok(self.inner.notices.write(tx, &notice).await?)
    }

    /// Accounts are beyond the tenant: this is a transaction of Nexus itself.
    async fn update_account(
        &self,
        grant: &Grant<ManageMembers>,
        user: UserId,
        change: MemberChange,
        version: i64,
    ) -> Result<(), MemberError> {
        let Parts { store, system, audit, notices, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        let before = tx.member(tenant, user).await?.ok_or(MemberError::NotFound)?;
        let after = Member {
            role: change.role.unwrap_or(before.role),
            is_active: change.is_active.unwrap_or(before.is_active),
            ..before.clone()
        };
        if before.version != version {
            return Err(MemberError::ChangedMeanwhile);
        }
        if after.is_active != before.is_active {
            refuse_shared(&mut tx, tenant, user).await?;
            tx.update_user_active(user, after.is_active).await?;
            if !after.is_active {
                tx.delete_sessions(user).await?;
            }
        }
        if loses_admin(&before, &after) && tx.count_other_admins(tenant, user).await? == 0 {
            return Err(MemberError::LastAdmin);
        }
        if !tx.update_role(tenant, user, version, after.role).await? {
            return Err(MemberError::ChangedMeanwhile);
        }
        tx.rights_changed(Whose::User(user)).await?;
        let entry = Entry::new("member.update", "user", user, before.email.as_str());
        let entry = entry.before(state(&before)).after(state(&after));
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
        let told = self.write_role(&mut tx, grant, &before, &after).await?;
        tx.commit().await?;
        notices.told(told);
        Ok(())
    }

    /// Removes a member, with their assignments and places in groups.
    ///
    /// # Errors
    /// No such member, the last admin, the store.
    pub async fn remove(&self, grant: &Grant<ManageMembers>, user: UserId) -> Result<(), MemberError> {
        let Parts { store, system, audit, notices, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        let before = tx.member(tenant, user).await?.ok_or(MemberError::NotFound)?;
        if before.role == TenantRole::Admin && tx.count_other_admins(tenant, user).await? == 0 {
            return Err(MemberError::LastAdmin);
        }
        tx.rights_changed(Whose::User(user)).await?;
        let entry = Entry::new("member.delete", "user", user, before.email.as_str());
        let was = json!({ "role": before.role, "assignments": before.assignments });
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry.before(was)).await?;
        tx.delete_member(tenant, user).await?;
        let notice = Notice::MemberRemoved {
            tenant,
            person: user,
            person_name: before.full_name,
            actor: grant.person().user(),
            actor_name: grant.person().full_name().to_owned(),
            role: before.role,
        };
        let told = notices.write(&mut tx, &notice).await?;
        tx.commit().await?;
        notices.told(told);
        Ok(())
    }

    /// A link with which a member chooses a new password, whose account is this tenant's alone.
    ///
    /// # Errors
    /// No such member, another tenant's account too, no recent sign-in, the store.
    pub async fn make_reset_link(&self, grant: &Grant<ManageMembers>, user: UserId) -> Result<MadeLink, MemberError> {
        let Parts { store, system, audit, access, links, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        tx.member(tenant, user).await?.ok_or(MemberError::NotFound)?;
        refuse_shared(&mut tx, tenant, user).await?;
        access.confirm_recent(grant.person())?;
        let account = tx.user(user).await?.ok_or(MemberError::NotFound)?;
        let made = links.hand_reset(&mut tx, &account, RESET_HANDED).await?;
        let entry = Entry::new("reset_link.create", "user", user, account.email.as_str());
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
        tx.commit().await?;
        Ok(made)
    }
}

/// That somebody added a person.
fn added(grant: &Grant<ManageMembers>, person: &Person, role: TenantRole) -> Notice {
    Notice::MemberAdded {
        tenant: grant.tenant_id(),
        person: person.id,
        person_name: person.full_name.clone(),
        actor: grant.person().user(),
        actor_name: grant.person().full_name().to_owned(),
        role,
    }
}

/// Whether somebody stops to be an admin who counts.
fn loses_admin(before: &Member, after: &Member) -> bool {
    let counts = |member: &Member| member.role == TenantRole::Admin && member.is_active;
    before.role == TenantRole::Admin && !counts(after)
}

/// Refuses to touch an account that is not the tenant's alone.
async fn refuse_shared(tx: &mut System<'_>, tenant: TenantId, user: UserId) -> Result<(), MemberError> {
    if tx.sole_members(tenant).await?.contains(&user) { Ok(()) } else { Err(MemberError::NotSole) }
}
