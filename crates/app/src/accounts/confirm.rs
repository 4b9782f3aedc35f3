//! The password once more: asked for before what a forgotten, open browser must not do, and before it is changed.
//! Throttled like signing in.

use nexus_model::InvalidInput;
use nexus_store::{LinkPurpose, User, Whose};

use super::throttle::{Attempt, Counted};
use super::{AccountError, Accounts, ChangeError, Inner, Language};
use crate::access::SignedIn;
use crate::audit::{Entry, Outcome};
use crate::mail::Letter;
use crate::password::Password;

/// What a password said right leaves behind.
pub(super) struct Said {
    pub(super) user: User,
    pub(super) attempt: Attempt,
}

impl Accounts {
    /// Notes that the person said the password: for 15 minutes delicate changes are theirs.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn confirm(&self, person: &SignedIn, password: impl Into<Password>) -> Result<(), ChangeError> {
        let Inner { store, system, clock, audit, .. } = &*self.inner;
        let said = self.check_password(person, password.into(), "password").await?;
        let mut tx = store.system_write(system).await?;
        self.forgive(&mut tx, &said.attempt).await?;
        if !tx.confirm_session(person.session(), person.user(), clock.now()).await? {
            return Err(AccountError::Gone.into());
        }
        let entry = Entry::new("session.confirm", "user", person.user(), person.email());
        audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        Ok(tx.commit().await?)
    }

    /// Changes the own password, and ends the person's other sessions.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn set_password(
        &self,
        person: &SignedIn,
        current: impl Into<Password>,
        new: impl Into<Password>,
    ) -> Result<(), ChangeError> {
        let Inner { store, system, clock, audit, passwords, mailer, .. } = &*self.inner;
        let new = new.into();
        new.check(&[person.email(), person.full_name()])
            .map_err(|error| ChangeError::Invalid(vec![error.field("password")]))?;
        let said = self.check_password(person, current.into(), "current_password").await?;
        let hash = passwords.hash(new).await.map_err(AccountError::from)?;
        let mut tx = store.system_write(system).await?;
        self.forgive(&mut tx, &said.attempt).await?;
        // The row as it is now: of two changes at once, the later one said a password that is not in force any more.
        let still = tx.user(person.user()).await?.filter(|now| now.password_hash == said.user.password_hash);
        let user = still.ok_or(AccountError::Gone)?;
        tx.update_password(user.id, &hash).await?;
        tx.delete_links(user.id, LinkPurpose::Reset).await?;
        let ended = tx.delete_other_sessions(user.id, person.session()).await?;
        tx.confirm_session(person.session(), user.id, clock.now()).await?;
        tx.rights_changed(Whose::User(user.id)).await?;
        let entry = Entry::new("user.set_password", "user", user.id, user.email.as_str());
        let entry = entry.after(serde_json::json!({ "sessions_ended": ended }));
        audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        let letter = Letter::PasswordChanged { full_name: &user.full_name };
        mailer.post(&mut tx, &user.email, Language::stored(&user.language), &letter).await?;
        Ok(tx.commit().await?)
    }

    /// Counts an attempt and checks the password; a wrong one is said of `field`. The caller forgives the attempt in
    /// the transaction of what follows.
    pub(super) async fn check_password(
        &self,
        person: &SignedIn,
        password: Password,
        field: &'static str,
    ) -> Result<Said, ChangeError> {
        let Inner { store, system, passwords, audit, .. } = &*self.inner;
        let attempt = Attempt::new(person.email(), person.client().address);
        let counted = self.count(&attempt).await?;
        if let Counted::Refused { retry_after } = counted {
            return Err(ChangeError::TooManyAttempts { retry_after });
        }
        let mut read = store.system_read(system).await?;
        let user = read.user(person.user()).await?.ok_or(AccountError::Gone)?;
        read.commit().await?;
        if passwords.verify(password, Some(&user.password_hash)).await.map_err(AccountError::from)? {
            return Ok(Said { user, attempt });
        }
        let entry = Entry::new("session.confirm", "user", user.id, user.email).outcome(Outcome::Refused);
        audit.record_alone(None, &person.who(), entry.detail(counted.detail("wrong password"))).await?;
        Err(ChangeError::Invalid(vec![InvalidInput::new("wrong", "is not your password").field(field)]))
    }
}
