//! A person's address: changed and verified by following a link that was mailed to it. Whether another account has an
//! address is told to nobody but who reads its mail.

use std::time::Duration;

use nexus_model::{Email, InvalidInput};
use nexus_store::{LinkPurpose, NewLink, System, User};
use serde_json::json;

use super::throttle::{Attempt, Counted};
use super::{AccountError, Accounts, ChangeError, Inner, Language};
use crate::access::{Actor, Client, SignedIn, Who};
use crate::audit::Entry;
use crate::mail::Letter;
use crate::secret;

/// How long such a link works.
const LINK_LIFE: Duration = Duration::from_secs(24 * 3600);

impl Accounts {
    /// Sends a link to the new address; following it changes the address.
    ///
    /// # Errors
    /// [`ChangeError`]: the password was said too long ago, no mail, an address that is none or one's own, too many mails.
    pub async fn change_email(&self, person: &SignedIn, email: &str) -> Result<(), ChangeError> {
        let Inner { store, system, clock, audit, .. } = &*self.inner;
        person.confirm_recent(clock.now())?;
        let wrong = |error: InvalidInput| ChangeError::Invalid(vec![error.field("email")]);
        let email = Email::parse(email).map_err(wrong)?;
        if email.as_str() == person.email() {
            return Err(wrong(InvalidInput::new("same", "is your address already")));
        }
        self.may_mail(person).await?;
        let mut tx = store.system_write(system).await?;
        let user = tx.user(person.user()).await?.ok_or(AccountError::Gone)?;
        tx.delete_links(user.id, LinkPurpose::Email).await?;
        self.mail_link(&mut tx, &user, LinkPurpose::Email, email.as_str()).await?;
        let entry = Entry::new("user.ask_email", "user", user.id, user.email.as_str());
        let entry = entry.after(json!({ "email": email.as_str() }));
        audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        Ok(tx.commit().await?)
    }

    /// Sends a link to the own address; following it verifies it. Nothing happens where it is verified.
    ///
    /// # Errors
    /// No mail, or too many of them.
    pub async fn send_verification(&self, person: &SignedIn) -> Result<(), ChangeError> {
        let Inner { store, system, audit, .. } = &*self.inner;
        self.may_mail(person).await?;
        let mut tx = store.system_write(system).await?;
        let user = tx.user(person.user()).await?.ok_or(AccountError::Gone)?;
        if user.verified_at.is_none() {
            tx.delete_links(user.id, LinkPurpose::Verify).await?;
            self.mail_link(&mut tx, &user, LinkPurpose::Verify, &user.email).await?;
            let entry = Entry::new("user.ask_verification", "user", user.id, user.email.as_str());
            audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Follows a link that was mailed: the address is verified, or becomes the account's. Returns it.
    ///
    /// # Errors
    /// The link is unknown, used or expired; another account has the address; too many wrong links.
    pub async fn verify(&self, link: &str, client: Client) -> Result<String, ChangeError> {
        let Inner { store, system, audit, clock, mailer, .. } = &*self.inner;
        let now = clock.now();
        let mut tx = store.system_write(system).await?;
        let link = tx.take_link(secret::hash(link), now).await?.filter(|link| link.purpose != LinkPurpose::Reset);
        let user = match &link {
            Some(link) => tx.user(link.user).await?.filter(|user| user.is_active),
            None => None,
        };
        let fits = link.zip(user).filter(|(link, user)| link.purpose == LinkPurpose::Email || link.email == user.email);
        let Some((link, user)) = fits else {
            // Rolled back: a reset link that came here by mistake still works.
            drop(tx);
            return Err(self.refused_link(&client, "verification").await?);
        };
        tx.update_email(user.id, &link.email, Some(now)).await.map_err(|error| match error {
            nexus_store::Error::Unique => ChangeError::EmailTaken,
            other => other.into(),
        })?;
        let who = Who { actor: Actor::System { name: "verification-link".into() }, client: Some(client) };
        let entry = Entry::new("user.verify", "user", user.id, link.email.as_str())
            .before(json!({ "email": user.email, "verified": user.verified_at.is_some() }))
            .after(json!({ "email": link.email, "verified": true }));
        audit.record_as_system(&mut tx, None, &who, entry).await?;
        if link.email != user.email {
            // Links to the old mailbox open the account no more, and its reader learns where it went.
            tx.delete_links(user.id, LinkPurpose::Reset).await?;
            tx.delete_links(user.id, LinkPurpose::Verify).await?;
            let letter = Letter::EmailChanged { full_name: &user.full_name, email: &link.email };
            mailer.post(&mut tx, &user.email, Language::stored(&user.language), &letter).await?;
        }
        tx.commit().await?;
        Ok(link.email)
    }

    /// Whether there is mail, and this person has not asked for too many.
    async fn may_mail(&self, person: &SignedIn) -> Result<(), ChangeError> {
        if !self.inner.mailer.is_configured() {
            return Err(ChangeError::MailNotConfigured);
        }
        match self.count(&Attempt::mail(person.user(), person.client().address)).await? {
            Counted::Refused { retry_after } => Err(ChangeError::TooManyAttempts { retry_after }),
            Counted::Free | Counted::Last => Ok(()),
        }
    }

    async fn mail_link(
        &self,
        tx: &mut System<'_>,
        user: &User,
        purpose: LinkPurpose,
        email: &str,
    ) -> nexus_store::Result<()> {
        let Inner { clock, links, mailer, .. } = &*self.inner;
        let (secret, now) = (secret::token(), clock.now());
        let expires_at = now.plus(LINK_LIFE);
        let secret_hash = secret::hash(&secret);
        tx.insert_link(&NewLink { user: user.id, purpose, email, secret_hash, by_mail: true, at: now, expires_at })
            .await?;
        let (full_name, link) = (user.full_name.as_str(), links.verify(&secret));
        let letter = match purpose {
            LinkPurpose::Email => Letter::ChangeEmail { full_name, link: &link, expires_at },
            LinkPurpose::Verify | LinkPurpose::Reset => Letter::Verify { full_name, link: &link, expires_at },
        };
        mailer.post(tx, email, Language::stored(&user.language), &letter).await?;
        Ok(())
    }
}
