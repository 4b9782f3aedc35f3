//! The first admin: made once, with a link whose secret is stored as its hash and works for an hour.

use std::time::Duration;

use nexus_model::{Email, FieldError, Name, Slug, SystemRole, TenantId, TenantRole, UserId};
use nexus_store::{NewUser, System};
use serde_json::json;
use zeroize::Zeroizing;

use super::throttle::{Attempt, Counted};
use super::{AccountError, Accounts, Client, Inner, NewSession};
use crate::access::{Actor, Who};
use crate::audit::{Entry, Outcome};
use crate::password::Password;
use crate::secret;

/// How long a link works.
const LINK_LIFE: Duration = Duration::from_secs(3600);

/// The first admin and the first tenant, as they were typed.
pub struct SetupIn {
    /// From the link.
    pub secret: String,
    /// The admin's name.
    pub full_name: String,
    /// The admin's address.
    pub email: String,
    /// The admin's password.
    pub password: String,
    /// The tenant's name.
    pub tenant_name: String,
}

/// Why the set-up did not happen.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The link is unknown, used or expired.
    #[error("the set-up link is not valid")]
    LinkInvalid,
    /// There is an admin already.
    #[error("there is an admin already")]
    AlreadySetUp,
    /// Some values cannot be used.
    #[error("some values cannot be used")]
    Invalid(Vec<FieldError>),
    /// Too many wrong links from this address.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// Something inside failed.
    #[error("setting up failed")]
    Internal(#[from] AccountError),
}

impl From<nexus_store::Error> for SetupError {
    fn from(error: nexus_store::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// What was typed, checked.
struct Checked {
    full_name: Name,
    email: Email,
    password: Password,
    tenant_name: Name,
}

impl Checked {
    /// Finds everything that is wrong, not only the first.
    fn new(typed: SetupIn) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let full_name = Name::parse(&typed.full_name).map_err(|error| wrong.push(error.field("full_name"))).ok();
        let email = Email::parse(&typed.email).map_err(|error| wrong.push(error.field("email"))).ok();
        let tenant_name = Name::parse(&typed.tenant_name).map_err(|error| wrong.push(error.field("tenant_name"))).ok();
        let password = Password::from(typed.password);
        if let Err(error) = password.check(&[&typed.email, &typed.full_name, &typed.tenant_name]) {
            wrong.push(error.field("password"));
        }
        match (full_name, email, tenant_name) {
            (Some(full_name), Some(email), Some(tenant_name)) if wrong.is_empty() => {
                Ok(Self { full_name, email, password, tenant_name })
            }
            _ => Err(wrong),
        }
    }
}

impl Accounts {
    /// Whether there is no admin yet.
    ///
    /// # Errors
    /// The store failed.
    pub async fn setup_required(&self) -> Result<bool, AccountError> {
        let mut tx = self.inner.store.system_read(&self.inner.system).await?;
        Ok(tx.count_admins().await? == 0)
    }

    /// A new link's secret, in place of all older ones; `None` when there is an admin already.
    ///
    /// # Errors
    /// The store failed.
    pub async fn make_setup_link(&self) -> Result<Option<Zeroizing<String>>, AccountError> {
        let Inner { store, system, audit, clock, .. } = &*self.inner;
        let (token, now) = (secret::token(), clock.now());
        let mut tx = store.system_write(system).await?;
        tx.lock_setup(now).await?;
        if tx.count_admins().await? > 0 {
            return Ok(None);
        }
        tx.replace_setup_link(secret::hash(&token), now, now.plus(LINK_LIFE)).await?;
        let entry = Entry::new("setup_link.create", "setup_link", "", "");
        audit.record_as_system(&mut tx, None, &Who::system("nexus"), entry).await?;
        tx.commit().await?;
        Ok(Some(token))
    }

    /// Makes the first admin and their tenant, and signs them in. Using up the link and making the account are one
    /// transaction; of two at once one succeeds.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn setup(&self, typed: SetupIn, client: Client) -> Result<NewSession, SetupError> {
        let Inner { store, system, clock, passwords, .. } = &*self.inner;
        let link = secret::hash(&typed.secret);
        // Nobody without a link makes us hash passwords.
        let mut read = store.system_read(system).await?;
        let (admins, valid) = (read.count_admins().await?, read.has_setup_link(link, clock.now()).await?);
        read.commit().await?;
        if admins > 0 {
            return Err(SetupError::AlreadySetUp);
        }
        if !valid {
            return Err(self.wrong_link(&client).await?);
        }
        let Checked { full_name, email, password, tenant_name } = Checked::new(typed).map_err(SetupError::Invalid)?;
        let hash = passwords.hash(password).await.map_err(AccountError::from)?;
        let mut tx = store.system_write(system).await?;
        let now = clock.now();
        tx.lock_setup(now).await?;
        if tx.count_admins().await? > 0 {
            return Err(SetupError::AlreadySetUp);
        }
        if !tx.consume_setup_link(link, now).await? {
            return Err(SetupError::LinkInvalid);
        }
        let user = UserId::from(secret::id::<uuid::Uuid>());
        tx.insert_user(&NewUser {
            id: user,
            email: email.as_str(),
            full_name: full_name.as_str(),
            password_hash: &hash,
            system_role: SystemRole::Admin,
            verified_at: Some(now),
            at: now,
        })
        .await?;
        let new = self.first_tenant(&mut tx, user, &tenant_name, client).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Counts and records a wrong link; what to answer. One that comes while the address is locked is neither.
    async fn wrong_link(&self, client: &Client) -> Result<SetupError, nexus_store::Error> {
        let counted = self.count(&Attempt::setup(client.address)).await?;
        if let Counted::Refused { retry_after } = counted {
            return Ok(SetupError::TooManyAttempts { retry_after });
        }
        let who = Who { actor: Actor::System { name: "set-up".into() }, client: Some(client.clone()) };
        let entry = Entry::new("setup_link.use", "setup_link", "", "").outcome(Outcome::Refused);
        self.inner.audit.record_alone(None, &who, entry.detail(counted.detail("wrong link"))).await?;
        Ok(SetupError::LinkInvalid)
    }

    async fn first_tenant(
        &self,
        tx: &mut System<'_>,
        user: UserId,
        name: &Name,
        client: Client,
    ) -> Result<NewSession, SetupError> {
        let Inner { audit, clock, .. } = &*self.inner;
        let (tenant, slug, now): (TenantId, Slug, _) = (secret::id(), Slug::from_name(name.as_str()), clock.now());
        tx.insert_tenant(tenant, slug.as_str(), name.as_str(), now).await?;
        tx.put_member(tenant, user, TenantRole::Admin, now).await?;
        tx.delete_setup_links().await?;
        let user = tx.user(user).await?.ok_or(AccountError::Gone)?;
        let new = self.insert_session(tx, &user, client).await?;
        let who = new.signed_in.who();
        let made = Entry::new("user.create", "user", user.id, user.email.as_str())
            .after(json!({ "full_name": user.full_name, "system_role": user.system_role }));
        audit.record_as_system(tx, None, &who, made).await?;
        let made = Entry::new("tenant.create", "tenant", tenant, name.as_str())
            .after(json!({ "slug": slug.as_str(), "admin": user.email }));
        audit.record_as_system(tx, Some(tenant), &who, made).await?;
        Ok(new)
    }
}
