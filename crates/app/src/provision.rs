//! What is done without an API: users, tenants, members and assignments, made and changed by who works on Nexus' machine (the
//! demo, the command line, tests). Audited as the system; every change of rights ends what is held open on them.

use std::sync::Arc;

use nexus_model::{
    AssignmentId, Email, GuestKey, GuestPermissions, InvalidInput, Name, Slug, Subject, SystemRole, Target, TenantId,
    TenantRole, UserId, ViewerScope,
};
use nexus_store::{NewAssignment, NewUser, Store, System, SystemScope, Whose, whose};
use serde_json::{Value, json};

use crate::access::Who;
use crate::audit::{Audit, Entry};
use crate::clock::Clock;
use crate::password::{HashError, Password, Passwords};
use crate::secret;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// A value cannot be used.
    #[error("{0}")]
    Invalid(#[from] InvalidInput),
    /// The address or slug is taken.
    #[error("there is one already")]
    Taken,
    /// There is no such user, tenant, member, server or assignment.
    #[error("there is no such thing")]
    NotFound,
    /// The tenant, or the installation, would be left without an admin.
    #[error("the last admin stays")]
    LastAdmin,
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for ProvisionError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Unique => Self::Taken,
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

type Result<T> = std::result::Result<T, ProvisionError>;

/// Makes and changes accounts, tenants and rights. Cheap to clone.
#[derive(Clone)]
pub struct Provision {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    system: SystemScope,
    audit: Audit,
    clock: Clock,
    passwords: Passwords,
}

impl Provision {
    pub(crate) fn new(store: Store, system: SystemScope, audit: Audit, clock: Clock, passwords: Passwords) -> Self {
        Self { inner: Arc::new(Inner { store, system, audit, clock, passwords }) }
    }

    async fn write(&self) -> Result<System<'_>> {
        Ok(self.inner.store.system_write(&self.inner.system).await?)
    }

    async fn record(&self, tx: &mut System<'_>, tenant: Option<TenantId>, entry: Entry) -> Result<()> {
        Ok(self.inner.audit.record_as_system(tx, tenant, &Who::system("nexus"), entry).await?)
    }

    /// Makes an account.
    ///
    /// # Errors
    /// A value that cannot be used, or an address that is taken.
    pub async fn user(
        &self,
        email: &str,
        full_name: &str,
        password: impl Into<Password>,
        system_role: SystemRole,
    ) -> Result<UserId> {
        let (email, full_name) = (Email::parse(email)?, Name::parse(full_name)?);
        let hash = self.inner.passwords.hash(password.into()).await?;
        let id = secret::id();
        let mut tx = self.write().await?;
        tx.insert_user(&NewUser {
            id,
            email: email.as_str(),
            full_name: full_name.as_str(),
            password_hash: &hash,
            system_role,
            verified_at: Some(self.inner.clock.now()),
            at: self.inner.clock.now(),
        })
        .await?;
        let entry = Entry::new("user.create", "user", id, email.as_str());
        let entry = entry.after(json!({ "full_name": full_name.as_str(), "system_role": system_role }));
        self.record(&mut tx, None, entry).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Makes a tenant.
    ///
    /// # Errors
    /// A value that cannot be used, or a slug that is taken.
    pub async fn tenant(&self, name: &str, slug: &str) -> Result<TenantId> {
        let (name, slug) = (Name::parse(name)?, Slug::parse(slug)?);
        let id = secret::id();
        let mut tx = self.write().await?;
        tx.insert_tenant(id, slug.as_str(), name.as_str(), self.inner.clock.now()).await?;
        let entry = Entry::new("tenant.create", "tenant", id, name.as_str());
        self.record(&mut tx, Some(id), entry.after(json!({ "slug": slug.as_str() }))).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Makes a person a member, or changes the role of one.
    ///
    /// # Errors
    /// No such tenant or person; the last admin.
    pub async fn member(&self, tenant: TenantId, user: UserId, role: TenantRole) -> Result<()> {
        let mut tx = self.write().await?;
        tx.lock_tenant(tenant).await?;
        self.keep_an_admin(&mut tx, tenant, user, role != TenantRole::Admin).await?;
        tx.put_member(tenant, user, role, self.inner.clock.now()).await?;
        self.change(&mut tx, tenant, user, "member.put", json!({ "role": role })).await?;
        Ok(tx.commit().await?)
    }

    /// Changes a member's role.
    ///
    /// # Errors
    /// No such member; the last admin.
    pub async fn set_role(&self, tenant: TenantId, user: UserId, role: TenantRole) -> Result<()> {
        let mut tx = self.write().await?;
        tx.lock_tenant(tenant).await?;
        self.keep_an_admin(&mut tx, tenant, user, role != TenantRole::Admin).await?;
        found(tx.update_member_role(tenant, user, role).await?)?;
        self.change(&mut tx, tenant, user, "member.update", json!({ "role": role })).await?;
        Ok(tx.commit().await?)
    }

    /// Removes a member, and their assignments with them.
    ///
    /// # Errors
    /// No such member; the last admin.
    pub async fn remove_member(&self, tenant: TenantId, user: UserId) -> Result<()> {
        let mut tx = self.write().await?;
        tx.lock_tenant(tenant).await?;
        self.keep_an_admin(&mut tx, tenant, user, true).await?;
        found(tx.delete_member(tenant, user).await?)?;
        self.change(&mut tx, tenant, user, "member.delete", Value::Null).await?;
        Ok(tx.commit().await?)
    }

    /// Gives rights on a guest, in place of those that the person had on it.
    ///
    /// # Errors
    /// The person is no member, or the tenant has no such server.
    pub async fn assign(
        &self,
        tenant: TenantId,
        user: UserId,
        guest: GuestKey,
        permissions: GuestPermissions,
    ) -> Result<AssignmentId> {
        let new = NewAssignment {
            id: secret::id(),
            tenant,
            subject: Subject::User(user),
            target: Target::Guest(guest),
            permissions,
            until: None,
            at: self.inner.clock.now(),
        };
        let mut tx = self.write().await?;
        let id = tx.put_assignment(&new).await?;
        tx.rights_changed(Whose::User(user)).await?;
        let after = json!({ "user": user, "permissions": permissions.to_string() });
        let entry = Entry::new("assignment.put", "guest", guest, "").after(after);
        self.record(&mut tx, Some(tenant), entry).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Takes rights on a guest back.
    ///
    /// # Errors
    /// The tenant has no such assignment.
    pub async fn unassign(&self, tenant: TenantId, id: AssignmentId) -> Result<()> {
        let mut tx = self.write().await?;
        let was = tx.delete_assignment(tenant, id).await?.ok_or(ProvisionError::NotFound)?;
        tx.rights_changed(whose(tenant, was.subject)).await?;
        let before = json!({ "permissions": was.permissions.to_string() });
        let entry = Entry::new("assignment.delete", "assignment", id, was.target.key()).before(before);
        self.record(&mut tx, Some(tenant), entry).await?;
        Ok(tx.commit().await?)
    }

    /// The user with this e-mail address.
    ///
    /// # Errors
    /// No address, or nobody has it.
    pub async fn user_called(&self, email: &str) -> Result<UserId> {
        let email = Email::parse(email)?;
        let mut tx = self.write().await?;
        Ok(tx.user_by_email(email.as_str()).await?.ok_or(ProvisionError::NotFound)?.id)
    }

    /// Forbids signing in, and ends the person's sessions.
    ///
    /// # Errors
    /// No such user; the last system admin.
    pub async fn disable_user(&self, user: UserId) -> Result<()> {
        let mut tx = self.write().await?;
        tx.lock_setup(self.inner.clock.now()).await?;
        found(tx.update_user_active(user, false).await?)?;
        if tx.count_admins().await? == 0 {
            return Err(ProvisionError::LastAdmin);
        }
        tx.delete_sessions(user).await?;
        tx.rights_changed(Whose::User(user)).await?;
        self.about_user(&mut tx, user, "user.disable").await?;
        Ok(tx.commit().await?)
    }

    /// Allows signing in again.
    ///
    /// # Errors
    /// No such user.
    pub async fn enable_user(&self, user: UserId) -> Result<()> {
        let mut tx = self.write().await?;
        found(tx.update_user_active(user, true).await?)?;
        self.about_user(&mut tx, user, "user.enable").await?;
        Ok(tx.commit().await?)
    }

    /// Changes what a person is to the installation.
    ///
    /// # Errors
    /// No such user; the last system admin.
    pub async fn set_system_role(&self, user: UserId, role: SystemRole) -> Result<()> {
        let mut tx = self.write().await?;
        tx.lock_setup(self.inner.clock.now()).await?;
        found(tx.update_system_role(user, role).await?)?;
        if tx.count_admins().await? == 0 {
            return Err(ProvisionError::LastAdmin);
        }
        tx.rights_changed(Whose::User(user)).await?;
        self.about_user(&mut tx, user, "user.set_system_role").await?;
        Ok(tx.commit().await?)
    }

    /// Sets a new password, and ends the person's sessions.
    ///
    /// # Errors
    /// No such user.
    pub async fn set_password(&self, user: UserId, password: impl Into<Password>) -> Result<()> {
        let hash = self.inner.passwords.hash(password.into()).await?;
        let mut tx = self.write().await?;
        tx.update_password(user, &hash).await?;
        tx.delete_sessions(user).await?;
        tx.rights_changed(Whose::User(user)).await?;
        self.about_user(&mut tx, user, "user.set_password").await?;
        Ok(tx.commit().await?)
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// No such user.
    pub async fn end_sessions(&self, user: UserId) -> Result<()> {
        let mut tx = self.write().await?;
        tx.delete_sessions(user).await?;
        tx.rights_changed(Whose::User(user)).await?;
        self.about_user(&mut tx, user, "session.delete_all").await?;
        Ok(tx.commit().await?)
    }

    /// Changes which guests the tenant's viewers see.
    ///
    /// # Errors
    /// No such tenant.
    pub async fn set_viewer_scope(&self, tenant: TenantId, scope: ViewerScope) -> Result<()> {
        let mut tx = self.write().await?;
        found(tx.update_viewer_scope(tenant, scope).await?)?;
        tx.rights_changed(Whose::Tenant(tenant)).await?;
        let entry = Entry::new("tenant.update", "tenant", tenant, "").after(json!({ "viewer_scope": scope }));
        self.record(&mut tx, Some(tenant), entry).await?;
        Ok(tx.commit().await?)
    }

    /// Opens or closes a tenant.
    ///
    /// # Errors
    /// No such tenant.
    pub async fn set_tenant_active(&self, tenant: TenantId, is_active: bool) -> Result<()> {
        let mut tx = self.write().await?;
        found(tx.update_tenant_active(tenant, is_active).await?)?;
        tx.rights_changed(Whose::Tenant(tenant)).await?;
        let entry = Entry::new("tenant.update", "tenant", tenant, "").after(json!({ "is_active": is_active }));
        self.record(&mut tx, Some(tenant), entry).await?;
        Ok(tx.commit().await?)
    }

    /// Under the tenant's lock: refuses when `user` is the last admin and stops to be one.
    async fn keep_an_admin(&self, tx: &mut System<'_>, tenant: TenantId, user: UserId, leaves: bool) -> Result<()> {
        if leaves && tx.is_admin_of(tenant, user).await? && tx.count_other_admins(tenant, user).await? == 0 {
            return Err(ProvisionError::LastAdmin);
        }
        Ok(())
    }

    async fn change(
        &self,
        tx: &mut System<'_>,
        tenant: TenantId,
        user: UserId,
        action: &'static str,
        after: Value,
    ) -> Result<()> {
        tx.rights_changed(Whose::User(user)).await?;
        let email = tx.user(user).await?.map(|user| user.email).unwrap_or_default();
        self.record(tx, Some(tenant), Entry::new(action, "user", user, email).after(after)).await
    }

    async fn about_user(&self, tx: &mut System<'_>, user: UserId, action: &'static str) -> Result<()> {
        let user = tx.user(user).await?.ok_or(ProvisionError::NotFound)?;
        self.record(tx, None, Entry::new(action, "user", user.id, user.email)).await
    }
}

fn found(there: bool) -> Result<()> {
    if there { Ok(()) } else { Err(ProvisionError::NotFound) }
}
