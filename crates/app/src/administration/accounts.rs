//! All accounts: made with a link for the first password, changed, deleted with everything that hangs on them.

use nexus_model::{Email, Micros, Name, SystemRole, UserId};
use nexus_store::{AccountChange, AccountRow, LinkPurpose, Membership, NewUser, System, User, Whose};
use serde_json::{Value, json};

use super::{Administration, AdministrationError, Parts};
use crate::access::SystemGrant;
use crate::audit::Entry;
use crate::links::{MadeLink, RESET_FIRST, RESET_HANDED};
use crate::page::Page;
use crate::password::Password;
use crate::secret;

/// A person's account.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// The account.
    pub account: AccountRow,
    /// Where they belong, by name.
    pub tenants: Vec<Membership>,
}

/// A page of accounts, by address.
#[derive(Debug, Clone)]
pub struct AccountList {
    /// The accounts.
    pub accounts: Vec<AccountView>,
    /// How many there are in all.
    pub total: i64,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// A new account, as it was typed.
#[derive(Debug, Clone)]
pub struct AccountNew {
    /// Its address.
    pub email: String,
    /// As they are called.
    pub full_name: String,
    /// What they are to be to the installation.
    pub system_role: SystemRole,
}

/// A new account, and the link with which its owner chooses a password.
#[derive(Clone)]
pub struct AccountMade {
    /// The account.
    pub account: AccountView,
    /// The link.
    pub link: MadeLink,
}

/// What changes of an account; `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct AccountIn {
    /// Its address; another one counts as verified unless said otherwise.
    pub email: Option<String>,
    /// As they are called.
    pub full_name: Option<String>,
    /// What they are to the installation.
    pub system_role: Option<SystemRole>,
    /// Whether they may sign in.
    pub is_active: Option<bool>,
    /// Whether the address is known to reach its owner.
    pub verified: Option<bool>,
}

type Result<T> = std::result::Result<T, AdministrationError>;

/// Name and address, checked.
fn checked(email: &str, full_name: &str) -> Result<(Email, Name)> {
    let mut wrong = Vec::new();
    let email = Email::parse(email).map_err(|error| wrong.push(error.field("email"))).ok();
    let full_name = Name::parse(full_name).map_err(|error| wrong.push(error.field("full_name"))).ok();
    email.zip(full_name).ok_or(AdministrationError::Invalid(wrong))
}

fn taken(error: nexus_store::Error) -> AdministrationError {
    match error {
        nexus_store::Error::Unique => AdministrationError::EmailTaken,
        other => other.into(),
    }
}

fn state(row: &User) -> Value {
    json!({
        "email": row.email, "full_name": row.full_name, "system_role": row.system_role, "is_active": row.is_active,
        "verified": row.verified_at.is_some(),
    })
}

impl Administration {
    /// Accounts, by address.
    ///
    /// # Errors
    /// The page, or the store.
    pub async fn accounts(&self, _grant: &SystemGrant, page: &Page) -> Result<AccountList> {
        let Parts { store, system, clock, .. } = &*self.inner;
        let typed = page.typed()?;
        let after: String = page.place()?.unwrap_or_default();
        let mut read = store.system_read(system).await?;
        let mut rows = read.accounts(&after, typed, clock.now(), page.limit() + 1).await?;
        let next_cursor = page.cut(&mut rows, |row| row.email.clone());
        let total = read.count_accounts(typed).await?;
        let belongs = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => read.memberships_between(&first.email, &last.email, typed).await?,
            _ => Vec::new(),
        };
        read.commit().await?;
        let accounts = rows.into_iter().map(|account| {
            let own = belongs.iter().filter(|(user, _)| *user == account.id);
            AccountView { tenants: own.map(|(_, tenant)| tenant.clone()).collect(), account }
        });
        Ok(AccountList { accounts: accounts.collect(), total, next_cursor })
    }

    /// One account.
    ///
    /// # Errors
    /// There is none; the store.
    pub async fn account(&self, _grant: &SystemGrant, id: UserId) -> Result<AccountView> {
        let Parts { store, system, clock, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let account = read.account(id, clock.now()).await?.ok_or(AdministrationError::NotFound)?;
        let tenants = read.memberships_between(&account.email, &account.email, "").await?;
        read.commit().await?;
        Ok(AccountView { account, tenants: tenants.into_iter().map(|(_, tenant)| tenant).collect() })
    }

    /// Makes an account. Its owner chooses a password with the link; who makes it vouches for the address.
    ///
    /// # Errors
    /// The values; an address that has an account; a sign-in too long ago; the store.
    pub async fn create_account(&self, grant: &SystemGrant, new: AccountNew) -> Result<AccountMade> {
        let Parts { store, system, clock, audit, passwords, links, .. } = &*self.inner;
        self.confirm_recent(grant)?;
        let (email, full_name) = checked(&new.email, &new.full_name)?;
        // Nobody knows it: the same work as any other when somebody tries to sign in.
        let hash = passwords.hash(Password::from(secret::token().to_string())).await?;
        let id: UserId = secret::id();
        let mut tx = store.system_write(system).await?;
        let new = NewUser {
            id,
            email: email.as_str(),
            full_name: full_name.as_str(),
            password_hash: &hash,
            system_role: new.system_role,
            verified_at: Some(clock.now()),
            at: clock.now(),
        };
        tx.insert_user(&new).await.map_err(taken)?;
        let user = tx.user(id).await?.ok_or(AdministrationError::NotFound)?;
        let link = links.hand_reset(&mut tx, &user, RESET_FIRST).await?;
        let entry = Entry::new("user.create", "user", id, email.as_str()).after(state(&user));
        audit.record_as_system(&mut tx, None, &grant.who(), entry).await?;
        tx.commit().await?;
        Ok(AccountMade { account: self.account(grant, id).await?, link })
    }

    /// Changes the account whose version is still `version`.
    ///
    /// # Errors
    /// [`AdministrationError`]; another address or system role asks for a recent sign-in.
    pub async fn update_account(
        &self,
        grant: &SystemGrant,
        id: UserId,
        version: i64,
        change: AccountIn,
    ) -> Result<AccountView> {
        let Parts { store, system, clock, audit, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        tx.lock_setup(clock.now()).await?;
        let before = tx.user(id).await?.ok_or(AdministrationError::NotFound)?;
        let email = change.email.as_deref().unwrap_or(&before.email);
        let (email, full_name) = checked(email, change.full_name.as_deref().unwrap_or(&before.full_name))?;
        let system_role = change.system_role.unwrap_or(before.system_role);
        let is_active = change.is_active.unwrap_or(before.is_active);
        let moved = email.as_str() != before.email;
        if moved || system_role != before.system_role {
            self.confirm_recent(grant)?;
        }
        let verified = change.verified.unwrap_or(moved || before.verified_at.is_some());
        let since = before.verified_at.filter(|_| !moved).map_or_else(|| clock.now(), Micros);
        let becomes = AccountChange {
            email: &email,
            full_name: full_name.as_str(),
            system_role,
            is_active,
            verified_at: verified.then_some(since),
        };
        if !tx.update_account(id, version, &becomes).await.map_err(taken)? {
            return Err(AdministrationError::ChangedMeanwhile);
        }
        if tx.count_admins().await? == 0 {
            return Err(AdministrationError::LastSystemAdmin);
        }
        if moved {
            void_links(&mut tx, id).await?;
        }
        if !is_active {
            tx.delete_sessions(id).await?;
            void_links(&mut tx, id).await?;
        }
        if is_active != before.is_active || system_role != before.system_role {
            tx.rights_changed(Whose::User(id)).await?;
        }
        let after = tx.user(id).await?.ok_or(AdministrationError::NotFound)?;
        let entry = Entry::new("user.update", "user", id, after.email.as_str());
        let entry = entry.before(state(&before)).after(state(&after));
        audit.record_as_system(&mut tx, None, &grant.who(), entry).await?;
        tx.commit().await?;
        self.account(grant, id).await
    }

    /// Deletes an account with its sessions, links, picture, memberships and assignments; the audit log keeps naming it.
    /// Where it is a tenant's last admin, `successor` becomes one.
    ///
    /// # Errors
    /// [`AdministrationError`]; a successor must be somebody else, with an active account.
    pub async fn delete_account(&self, grant: &SystemGrant, id: UserId, successor: Option<UserId>) -> Result<()> {
        let Parts { store, system, clock, audit, .. } = &*self.inner;
        self.confirm_recent(grant)?;
        let mut tx = store.system_write(system).await?;
        tx.lock_setup(clock.now()).await?;
        let before = tx.user(id).await?.ok_or(AdministrationError::NotFound)?;
        let follows = match successor.filter(|successor| *successor != id) {
            Some(successor) => tx.user(successor).await?.filter(|user| user.is_active),
            None => None,
        };
        let mut inherited = Vec::new();
        for tenant in tx.administered(id).await? {
            tx.lock_tenant(tenant).await?;
            if tx.is_admin_of(tenant, id).await? && tx.count_other_admins(tenant, id).await? == 0 {
                let follows = follows.as_ref().ok_or(AdministrationError::NeedsSuccessor)?;
                tx.put_member(tenant, follows.id, nexus_model::TenantRole::Admin, clock.now()).await?;
                let entry = Entry::new("member.put", "user", follows.id, follows.email.as_str());
                let entry = entry.after(json!({ "role": "admin", "in_place_of": before.email }));
                audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
                inherited.push(tenant);
            }
        }
        if let Some(follows) = follows.filter(|_| !inherited.is_empty()) {
            tx.rights_changed(Whose::User(follows.id)).await?;
        }
        tx.rights_changed(Whose::User(id)).await?;
        tx.delete_mails_to(&before.email).await?;
        tx.delete_account(id).await?;
        if tx.count_admins().await? == 0 {
            return Err(AdministrationError::LastSystemAdmin);
        }
        let entry = Entry::new("user.delete", "user", id, before.email.as_str()).before(state(&before));
        let entry = entry.after(json!({ "successor": successor, "inherited": inherited }));
        audit.record_as_system(&mut tx, None, &grant.who(), entry).await?;
        Ok(tx.commit().await?)
    }

    /// A link with which the account's owner chooses a new password.
    ///
    /// # Errors
    /// No such account; a sign-in too long ago; the store.
    pub async fn make_reset_link(&self, grant: &SystemGrant, id: UserId) -> Result<MadeLink> {
        let Parts { store, system, audit, links, .. } = &*self.inner;
        self.confirm_recent(grant)?;
        let mut tx = store.system_write(system).await?;
        let user = tx.user(id).await?.ok_or(AdministrationError::NotFound)?;
        let link = links.hand_reset(&mut tx, &user, RESET_HANDED).await?;
        let entry = Entry::new("reset_link.create", "user", id, user.email.as_str());
        let entry = entry.after(json!({ "mailed": link.mailed }));
        audit.record_as_system(&mut tx, None, &grant.who(), entry).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// Signs a person out everywhere.
    ///
    /// # Errors
    /// No such account; the store.
    pub async fn end_sessions(&self, grant: &SystemGrant, id: UserId) -> Result<()> {
        let Parts { store, system, audit, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        let user = tx.user(id).await?.ok_or(AdministrationError::NotFound)?;
        let ended = tx.delete_sessions(id).await?;
        tx.rights_changed(Whose::User(id)).await?;
        let entry = Entry::new("session.delete_all", "user", id, user.email.as_str());
        let entry = entry.after(json!({ "sessions_ended": ended }));
        audit.record_as_system(&mut tx, None, &grant.who(), entry).await?;
        Ok(tx.commit().await?)
    }
}

/// Whatever was mailed or handed out opens the account no more.
async fn void_links(tx: &mut System<'_>, user: UserId) -> nexus_store::Result<()> {
    for purpose in [LinkPurpose::Reset, LinkPurpose::Verify, LinkPurpose::Email] {
        tx.delete_links(user, purpose).await?;
    }
    Ok(())
}
