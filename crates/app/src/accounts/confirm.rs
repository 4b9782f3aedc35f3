//! The password once more: asked for before what a forgotten, open browser must not do. Throttled like signing in.

use std::time::Duration;

use nexus_model::{FieldError, InvalidInput};
use nexus_store::User;

use super::throttle::{Attempt, Counted};
use super::{AccountError, Accounts, Inner};
use crate::access::SignedIn;
use crate::audit::{Entry, Outcome};
use crate::password::Password;

/// Why the password did not count.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// It is not the password, or something else that was typed cannot be used.
    #[error("some values cannot be used")]
    Invalid(Vec<FieldError>),
    /// Too many wrong ones.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// Something inside failed.
    #[error("the password cannot be checked")]
    Internal(#[from] AccountError),
}

impl From<nexus_store::Error> for ConfirmError {
    fn from(error: nexus_store::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// What a password said right leaves behind.
pub(super) struct Said {
    pub(super) user: User,
    pub(super) attempt: Attempt,
}

impl Accounts {
    /// Notes that the person said the password: for 15 minutes delicate changes are theirs.
    ///
    /// # Errors
    /// [`ConfirmError`].
    pub async fn confirm(&self, person: &SignedIn, password: impl Into<Password>) -> Result<(), ConfirmError> {
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

    /// Counts an attempt and checks the password; a wrong one is said of `field`. The caller forgives the attempt in
    /// the transaction of what follows.
    pub(super) async fn check_password(
        &self,
        person: &SignedIn,
        password: Password,
        field: &'static str,
    ) -> Result<Said, ConfirmError> {
        let Inner { store, system, passwords, audit, .. } = &*self.inner;
        let attempt = Attempt::new(person.email(), person.client().address);
        let counted = self.count(&attempt).await?;
        if let Counted::Refused { retry_after } = counted {
            return Err(ConfirmError::TooManyAttempts { retry_after });
        }
        let mut read = store.system_read(system).await?;
        let user = read.user(person.user()).await?.ok_or(AccountError::Gone)?;
        read.commit().await?;
        if passwords.verify(password, Some(&user.password_hash)).await.map_err(AccountError::from)? {
            return Ok(Said { user, attempt });
        }
        let entry = Entry::new("session.confirm", "user", user.id, user.email).outcome(Outcome::Refused);
        audit.record_alone(None, &person.who(), entry.detail(counted.detail("wrong password"))).await?;
        Err(ConfirmError::Invalid(vec![InvalidInput::new("wrong", "is not your password").field(field)]))
    }
}
