//! Accepting an invitation: with the signed-in account, or with a new one. Once, within seven days, by the address that it
//! is bound to, and only while who invited may still do so.
//!
//! Who has no account and who has one are told apart to nobody who has not chosen a name and a password first.

use std::time::Duration;

use nexus_model::{Email, FieldError, InvalidInput, Micros, Name, SystemRole, TenantRole, UserId};
use nexus_store::{Invited, NewUser, System, User, Whose};
use serde_json::json;

use super::throttle::{Attempt, Counted};
use super::{AccountError, Accounts, Client, Inner, NewSession};
use crate::access::{Actor, SignedIn, Who};
use crate::audit::{Entry, Outcome};
use crate::members::still_invites;
use crate::notifications::{Notice, Told};
use crate::password::Password;
use crate::secret;

/// What an invitation is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationLook {
    /// The tenant's name.
    pub tenant_name: String,
    /// Whom it is for.
    pub email: String,
    /// As what.
    pub role: TenantRole,
    /// Who invited, by name.
    pub invited_by: String,
    /// When it stops to work.
    pub expires_at: Micros,
}

/// What somebody with an invitation's secret says.
pub struct AcceptIn {
    /// From the link.
    pub secret: String,
    /// The name of a new account.
    pub full_name: Option<String>,
    /// The password of a new account.
    pub password: Option<String>,
}

/// Where the invitation led.
pub struct Accepted {
    /// The tenant's name in URLs.
    pub slug: String,
    /// The session of a new account.
    pub session: Option<NewSession>,
}

/// Why an invitation was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The link is unknown, used, expired, or void because who invited may not do so any more.
    #[error("the invitation is not valid")]
    LinkInvalid,
    /// Nobody is signed in, and there is an account, or none was asked for.
    #[error("somebody has to sign in first")]
    SignInFirst,
    /// The invitation is for another address than the signed-in account's.
    #[error("the invitation is for another account")]
    WrongAccount,
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
    #[error("accepting failed")]
    Internal(#[from] AccountError),
}

impl From<nexus_store::Error> for AcceptError {
    fn from(error: nexus_store::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// A new account, checked.
struct NewAccount {
    full_name: Name,
    password: Password,
}

impl NewAccount {
    fn check(full_name: Option<String>, password: Option<String>, email: &str) -> Result<Self, AcceptError> {
        let mut wrong = Vec::new();
        let required = || InvalidInput::new("required", "must not be empty");
        let typed = full_name.unwrap_or_default();
        let full_name = Name::parse(&typed).map_err(|error| wrong.push(error.field("full_name"))).ok();
        let password = password.map(Password::from);
        match &password {
            None => wrong.push(required().field("password")),
            Some(password) => {
                if let Err(error) = password.check(&[email, &typed]) {
                    wrong.push(error.field("password"));
                }
            }
        }
        match (full_name, password) {
            (Some(full_name), Some(password)) if wrong.is_empty() => Ok(Self { full_name, password }),
            _ => Err(AcceptError::Invalid(wrong)),
        }
    }
}

/// The invitation of a secret, as long as it is worth something.
async fn worth(tx: &mut System<'_>, hash: [u8; 32], now: Micros) -> nexus_store::Result<Option<Invited>> {
    let invited = tx.invited(hash, now).await?;
    Ok(invited.filter(|invited| still_invites(invited.invitation.inviter.as_ref(), invited.tenant_is_active)))
}

impl Accounts {
    /// What an invitation is for.
    ///
    /// # Errors
    /// [`AcceptError::LinkInvalid`], too many wrong links, the store.
    pub async fn look_at_invitation(&self, secret: &str, client: &Client) -> Result<InvitationLook, AcceptError> {
        let invited = self.invited(secret, client).await?;
        let invitation = invited.invitation;
        Ok(InvitationLook {
            tenant_name: invited.tenant_name,
            email: invitation.email,
            role: invitation.role,
            invited_by: invitation.inviter.map(|inviter| inviter.full_name).unwrap_or_default(),
            expires_at: invitation.expires_at,
        })
    }

    /// Accepts an invitation with the signed-in account; with a name and a password, a new one is made and signed in. Using
    /// the invitation up and becoming a member are one transaction; of two at once one succeeds.
    ///
    /// # Errors
    /// [`AcceptError`].
    pub async fn accept_invitation(
        &self,
        typed: AcceptIn,
        person: Option<&SignedIn>,
        client: Client,
    ) -> Result<Accepted, AcceptError> {
        let AcceptIn { secret, full_name, password } = typed;
        let invited = self.invited(&secret, &client).await?;
        let email = invited.invitation.email.as_str();
        let is_new = full_name.is_some() || password.is_some();
        match person {
            Some(person) if person.email() == email => self.accept_as(person, &secret).await,
            Some(_) if !is_new => Err(AcceptError::WrongAccount),
            None if !is_new => Err(AcceptError::SignInFirst),
            _ => {
                let account = NewAccount::check(full_name, password, email)?;
                self.accept_new(account, &invited, &secret, client).await
            }
        }
    }

    /// The invitation of a secret; a wrong one is counted and recorded.
    async fn invited(&self, secret: &str, client: &Client) -> Result<Invited, AcceptError> {
        let Inner { store, system, clock, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let found = worth(&mut read, secret::hash(secret), clock.now()).await?;
        read.commit().await?;
        if let Some(invited) = found {
            return Ok(invited);
        }
        let counted = self.count(&Attempt::invitation(client.address)).await?;
        if let Counted::Refused { retry_after } = counted {
            return Err(AcceptError::TooManyAttempts { retry_after });
        }
        let who = Who { actor: Actor::System { name: "invitation".into() }, client: Some(client.clone()) };
        let entry = Entry::new("invitation.accept", "invitation", "", "").outcome(Outcome::Refused);
        self.inner.audit.record_alone(None, &who, entry.detail(counted.detail("wrong link"))).await?;
        Err(AcceptError::LinkInvalid)
    }

    /// Uses an invitation up, under the tenant's lock: the inviter's rights are looked at once more.
    async fn use_up(&self, tx: &mut System<'_>, secret: &str) -> Result<Invited, AcceptError> {
        let (hash, now) = (secret::hash(secret), self.inner.clock.now());
        let Some(invited) = tx.invited(hash, now).await? else { return Err(AcceptError::LinkInvalid) };
        tx.lock_tenant(invited.tenant).await?;
        let invited = worth(tx, hash, now).await?.ok_or(AcceptError::LinkInvalid)?;
        if tx.take_invitation(invited.tenant, invited.invitation.id, hash, now).await? {
            Ok(invited)
        } else {
            Err(AcceptError::LinkInvalid)
        }
    }

    async fn accept_as(&self, person: &SignedIn, secret: &str) -> Result<Accepted, AcceptError> {
        let Inner { store, system, clock, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        let invited = self.use_up(&mut tx, secret).await?;
        let user = tx.user(person.user()).await?.ok_or(AccountError::Gone)?;
        if user.email != invited.invitation.email {
            return Err(AcceptError::WrongAccount);
        }
        if invited.by_mail && user.verified_at.is_none() {
            tx.update_email(user.id, &user.email, Some(clock.now())).await?;
        }
        let told = self.join(&mut tx, &invited, &user, &person.who()).await?;
        tx.commit().await?;
        self.inner.notices.told(told);
        Ok(Accepted { slug: invited.tenant_slug, session: None })
    }

    async fn accept_new(
        &self,
        account: NewAccount,
        invited: &Invited,
        secret: &str,
        client: Client,
    ) -> Result<Accepted, AcceptError> {
        let Inner { store, system, clock, passwords, audit, .. } = &*self.inner;
        // What is stored was an address when it was typed.
        let email = Email::parse(&invited.invitation.email).map_err(|_| AcceptError::LinkInvalid)?;
        let mut read = store.system_read(system).await?;
        let exists = read.user_by_email(email.as_str()).await?.is_some();
        read.commit().await?;
        if exists {
            return Err(AcceptError::SignInFirst);
        }
        let hash = passwords.hash(account.password).await.map_err(AccountError::from)?;
        let mut tx = store.system_write(system).await?;
        let invited = self.use_up(&mut tx, secret).await?;
        let (id, now): (UserId, _) = (secret::id(), clock.now());
        let new = NewUser {
            id,
            email: email.as_str(),
            full_name: account.full_name.as_str(),
            password_hash: &hash,
            system_role: SystemRole::User,
            // Only who reads the address' mail has shown that it is theirs.
            verified_at: invited.by_mail.then_some(now),
            at: now,
        };
        match tx.insert_user(&new).await {
            Err(nexus_store::Error::Unique) => return Err(AcceptError::SignInFirst),
            other => other?,
        }
        let user = tx.user(id).await?.ok_or(AccountError::Gone)?;
        let session = self.insert_session(&mut tx, &user, client).await?;
        let who = session.signed_in.who();
        let made = Entry::new("user.create", "user", id, user.email.as_str());
        let made = made.after(json!({ "full_name": user.full_name, "system_role": user.system_role }));
        audit.record_as_system(&mut tx, None, &who, made.detail("by an invitation")).await?;
        let told = self.join(&mut tx, &invited, &user, &who).await?;
        tx.commit().await?;
        self.inner.notices.told(told);
        Ok(Accepted { slug: invited.tenant_slug, session: Some(session) })
    }

    /// Makes the person a member, and records it. Who became one meanwhile keeps their role.
    async fn join(
        &self,
        tx: &mut System<'_>,
        invited: &Invited,
        user: &User,
        who: &Who,
    ) -> Result<Vec<Told>, AcceptError> {
        let Inner { clock, audit, notices, .. } = &*self.inner;
        let (tenant, role, mut told) = (invited.tenant, invited.invitation.role, Vec::new());
        if tx.member(tenant, user.id).await?.is_none() {
            tx.insert_member(tenant, user.id, role, clock.now()).await?;
            tx.rights_changed(Whose::User(user.id)).await?;
            let notice = Notice::MemberAdded {
                tenant,
                person: user.id,
                person_name: user.full_name.clone(),
                actor: user.id,
                actor_name: user.full_name.clone(),
                role,
            };
            told = notices.write(tx, &notice).await?;
        }
        let invitation = &invited.invitation;
        let entry = Entry::new("invitation.accept", "invitation", invitation.id, invitation.email.as_str());
        let entry = entry.after(json!({ "role": role, "by_mail": invited.by_mail }));
        audit.record_as_system(tx, Some(tenant), who, entry).await?;
        Ok(told)
    }
}
