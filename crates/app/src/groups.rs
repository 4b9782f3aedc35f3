//! Groups: members of a tenant under one name. What a group may do, its members may; it ends with their membership.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use nexus_model::{FieldError, GroupId, InvalidInput, Name, UserId};
use nexus_store::{Group, GroupMember, Person, Store, Tenant, Whose};
use serde_json::{Value, json};

use crate::access::{Grant, ManageMembers, SeeMembers};
use crate::audit::{Audit, Entry};
use crate::clock::Clock;
use crate::secret;

/// The most groups of a tenant.
const MOST_GROUPS: i64 = 500;
/// The most members of a group.
const MOST_MEMBERS: usize = 1000;

/// Shows and changes groups. Cheap to clone.
#[derive(Clone)]
pub struct Groups {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// The tenant has no such group, or no such member to be in it.
    #[error("there is no such group or member")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// Somebody changed it meanwhile.
    #[error("the group was changed meanwhile")]
    ChangedMeanwhile,
    /// The tenant has a group of this name.
    #[error("there is a group of this name")]
    Duplicate,
    /// The tenant has as many groups as it may.
    #[error("there are {limit} groups already")]
    LimitReached {
        /// How many it may have.
        limit: i64,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for GroupError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Unique => Self::Duplicate,
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Who is in it, by name.
    pub members: Vec<Person>,
    /// How many assignments it has.
    pub assignments: i64,
    /// What an editor compares.
    pub version: i64,
}

/// A group as it is entered.
#[derive(Debug, Clone)]
pub struct GroupInput {
    /// Its name.
    pub name: String,
    /// Who is to be in it.
    pub members: Vec<UserId>,
}

struct Checked {
    name: Name,
    members: BTreeSet<UserId>,
}

impl GroupInput {
    fn check(self) -> Result<Checked, GroupError> {
        let mut wrong = Vec::new();
        let name = Name::parse(&self.name).map_err(|error| wrong.push(error.field("name"))).ok();
        let members: BTreeSet<_> = self.members.into_iter().collect();
        if members.len() > MOST_MEMBERS {
            wrong.push(InvalidInput::new("too_many", "may have 1,000 entries at most").field("members"));
        }
        match name {
            Some(name) if wrong.is_empty() => Ok(Checked { name, members }),
            _ => Err(GroupError::Invalid(wrong)),
        }
    }
}

fn person(member: GroupMember) -> Person {
    Person { id: member.id, full_name: member.full_name, email: member.email, avatar_tag: member.avatar_tag }
}

fn view(group: Group, members: Vec<GroupMember>) -> GroupView {
    let members = members.into_iter().map(person).collect();
    GroupView { id: group.id, name: group.name, members, assignments: group.assignments, version: group.version }
}

/// What an audit entry keeps of a group.
fn state(group: &GroupView) -> Value {
    let members: Vec<_> = group.members.iter().map(|member| member.email.as_str()).collect();
    json!({ "name": group.name, "members": members, "assignments": group.assignments })
}

async fn one(tx: &mut Tenant<'_>, id: GroupId) -> Result<GroupView, GroupError> {
    let group = tx.group(id).await?.ok_or(GroupError::NotFound)?;
    let members = tx.members_of_group(id).await?;
    Ok(view(group, members))
}

impl Groups {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// All groups, by name.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, grant: &Grant<SeeMembers>) -> Result<Vec<GroupView>, GroupError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let groups = tx.groups().await?;
        let mut members: HashMap<GroupId, Vec<GroupMember>> = HashMap::new();
        for member in tx.group_members().await? {
            members.entry(member.group_id).or_default().push(member);
        }
        let whole = groups.into_iter().map(|group| {
            let own = members.remove(&group.id).unwrap_or_default();
            view(group, own)
        });
        Ok(whole.collect())
    }

    /// Makes a group.
    ///
    /// # Errors
    /// Fields, a name that is taken, people who are no members here, too many groups, the store.
    pub async fn create(&self, grant: &Grant<ManageMembers>, input: GroupInput) -> Result<GroupView, GroupError> {
        let Parts { store, clock, audit } = &*self.inner;
        let checked = input.check()?;
        let id = secret::id();
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if tx.count_groups().await? >= MOST_GROUPS {
            return Err(GroupError::LimitReached { limit: MOST_GROUPS });
        }
        tx.insert_group(id, checked.name.as_str(), clock.now()).await?;
        for user in checked.members {
            tx.add_to_group(id, user).await?;
        }
        let made = one(&mut tx, id).await?;
        let entry = Entry::new("group.create", "group", id, made.name.as_str()).after(state(&made));
        audit.record(&mut tx, &grant.who(), entry).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Changes the group whose version is still `version`. Who comes or goes gains or loses its rights at once.
    ///
    /// # Errors
    /// Fields, no such group, [`GroupError::ChangedMeanwhile`], a name that is taken, people who are no members here, the
    /// store.
    pub async fn update(
        &self,
        grant: &Grant<ManageMembers>,
        id: GroupId,
        input: GroupInput,
        version: i64,
    ) -> Result<GroupView, GroupError> {
        let Parts { store, audit, .. } = &*self.inner;
        let checked = input.check()?;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let before = one(&mut tx, id).await?;
        if !tx.update_group(id, version, checked.name.as_str()).await? {
            return Err(GroupError::ChangedMeanwhile);
        }
        let old: BTreeSet<_> = before.members.iter().map(|member| member.id).collect();
        for user in old.difference(&checked.members) {
            tx.take_from_group(id, *user).await?;
        }
        for user in checked.members.difference(&old) {
            tx.add_to_group(id, *user).await?;
        }
        if old != checked.members {
            tx.rights_changed(Whose::Tenant(grant.tenant_id())).await?;
        }
        let after = one(&mut tx, id).await?;
        let entry = Entry::new("group.update", "group", id, after.name.as_str());
        audit.record(&mut tx, &grant.who(), entry.before(state(&before)).after(state(&after))).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Deletes a group, with its assignments.
    ///
    /// # Errors
    /// No such group, the store.
    pub async fn delete(&self, grant: &Grant<ManageMembers>, id: GroupId) -> Result<(), GroupError> {
        let Parts { store, audit, .. } = &*self.inner;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let before = one(&mut tx, id).await?;
        tx.delete_group(id).await?;
        tx.rights_changed(Whose::Tenant(grant.tenant_id())).await?;
        let entry = Entry::new("group.delete", "group", id, before.name.as_str()).before(state(&before));
        audit.record(&mut tx, &grant.who(), entry).await?;
        Ok(tx.commit().await?)
    }
}
