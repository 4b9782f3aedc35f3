//! Forgotten passwords. Asking for a link is the same work and the same answer for every address: the request goes into
//! the box of mails, and whether there is such an account is looked up behind it, when nobody waits any more.

use nexus_model::Email;
use nexus_store::{LinkPurpose, Whose};
use serde_json::json;

use super::throttle::{Attempt, Counted};
use super::{AccountError, Accounts, ChangeError, Inner, Language};
use crate::access::{Actor, Client, Who};
use crate::audit::{Entry, Outcome};
use crate::mail::{Letter, ResetAsked};
use crate::password::Password;
use crate::secret;

impl Accounts {
    /// Sends a reset link, if there is such an account.
    ///
    /// # Errors
    /// No mail, an address that is none, or too many requests.
    pub async fn request_reset(&self, email: &str, client: Client) -> Result<(), ChangeError> {
        let Inner { store, system, mailer, .. } = &*self.inner;
        if !mailer.is_configured() {
            return Err(ChangeError::MailNotConfigured);
        }
        let email = Email::parse(email).map_err(|error| ChangeError::Invalid(vec![error.field("email")]))?;
        if let Counted::Refused { retry_after } = self.count(&Attempt::reset(email.as_str(), client.address)).await? {
            return Err(ChangeError::TooManyAttempts { retry_after });
        }
        let mut tx = store.system_write(system).await?;
        mailer.ask_reset(&mut tx, ResetAsked::new(email.as_str(), client)).await?;
        Ok(tx.commit().await?)
    }

    /// Chooses a password with a reset link: it works once, and all sessions of the account end.
    ///
    /// # Errors
    /// The link is unknown, used or expired; the password is too weak; too many wrong links.
    pub async fn use_reset(
        &self,
        link: &str,
        password: impl Into<Password>,
        client: Client,
    ) -> Result<(), ChangeError> {
        let Inner { store, system, audit, clock, passwords, mailer, .. } = &*self.inner;
        let (hash, password) = (secret::hash(link), password.into());
        // Nobody without a link makes us hash passwords.
        let mut read = store.system_read(system).await?;
        let found = read.link(hash, clock.now()).await?.filter(|link| link.purpose == LinkPurpose::Reset);
        let user = match &found {
            Some(link) => read.user(link.user).await?.filter(|user| user.is_active),
            None => None,
        };
        read.commit().await?;
        let Some(user) = user else { return Err(self.refused_link(&client, "reset").await?) };
        password
            .check(&[&user.email, &user.full_name])
            .map_err(|error| ChangeError::Invalid(vec![error.field("password")]))?;
        let password = passwords.hash(password).await.map_err(AccountError::from)?;
        let mut tx = store.system_write(system).await?;
        let link = tx.take_link(hash, clock.now()).await?.ok_or(ChangeError::LinkInvalid)?;
        let user = tx.user(link.user).await?.filter(|user| user.is_active).ok_or(ChangeError::LinkInvalid)?;
        tx.update_password(user.id, &password).await?;
        tx.delete_links(user.id, LinkPurpose::Reset).await?;
        let verified = user.verified_at.is_some();
        let shows_owner = link.by_mail && link.email == user.email;
        if shows_owner && !verified {
            tx.update_email(user.id, &user.email, Some(clock.now())).await?;
        }
        tx.delete_sessions(user.id).await?;
        tx.clear_throttle(Attempt::new(&user.email, client.address).account()).await?;
        tx.rights_changed(Whose::User(user.id)).await?;
        let who = Who { actor: Actor::System { name: "reset-link".into() }, client: Some(client) };
        let entry = Entry::new("user.set_password", "user", user.id, user.email.as_str())
            .before(json!({ "verified": verified }))
            .after(json!({ "verified": verified || shows_owner, "by_mail": link.by_mail }));
        audit.record_as_system(&mut tx, None, &who, entry).await?;
        let letter = Letter::PasswordChanged { full_name: &user.full_name };
        mailer.post(&mut tx, &user.email, Language::stored(&user.language), &letter).await?;
        Ok(tx.commit().await?)
    }

    /// Counts and records a wrong link; what to answer. One that comes while the address is locked is neither.
    pub(super) async fn refused_link(&self, client: &Client, what: &str) -> nexus_store::Result<ChangeError> {
        let counted = self.count(&Attempt::link(client.address)).await?;
        if let Counted::Refused { retry_after } = counted {
            return Ok(ChangeError::TooManyAttempts { retry_after });
        }
        let who = Who { actor: Actor::System { name: format!("{what}-link") }, client: Some(client.clone()) };
        let entry = Entry::new("account_link.use", "account_link", "", "").outcome(Outcome::Refused);
        self.inner.audit.record_alone(None, &who, entry.detail(counted.detail("wrong link"))).await?;
        Ok(ChangeError::LinkInvalid)
    }
}
