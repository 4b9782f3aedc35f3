//! A person's own sessions: which there are, and ending them.

use nexus_model::SessionId;
use nexus_store::{SessionRow, Whose};
use serde_json::json;

use super::{Accounts, ChangeError, Inner};
use crate::access::SignedIn;
use crate::audit::Entry;

impl Accounts {
    /// The person's sessions, the newest use first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn sessions(&self, person: &SignedIn) -> Result<Vec<SessionRow>, ChangeError> {
        let Inner { store, system, clock, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let sessions = read.sessions(person.user(), clock.now()).await?;
        read.commit().await?;
        Ok(sessions)
    }

    /// Ends one of the person's sessions, and what it holds open.
    ///
    /// # Errors
    /// They have no such session.
    pub async fn end_session(&self, person: &SignedIn, id: SessionId) -> Result<(), ChangeError> {
        let Inner { store, system, audit, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        if !tx.delete_session(id, person.user()).await? {
            return Err(ChangeError::NotFound);
        }
        tx.rights_changed(Whose::User(person.user())).await?;
        let entry = Entry::new("session.delete", "user", person.user(), person.email());
        audit.record_as_system(&mut tx, None, &person.who(), entry.before(json!({ "session": id }))).await?;
        Ok(tx.commit().await?)
    }

    /// Ends all of the person's sessions but this one.
    ///
    /// # Errors
    /// The store failed.
    pub async fn end_other_sessions(&self, person: &SignedIn) -> Result<(), ChangeError> {
        let Inner { store, system, audit, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        let ended = tx.delete_other_sessions(person.user(), person.session()).await?;
        tx.rights_changed(Whose::User(person.user())).await?;
        let entry = Entry::new("session.delete_others", "user", person.user(), person.email());
        audit.record_as_system(&mut tx, None, &person.who(), entry.after(json!({ "sessions_ended": ended }))).await?;
        Ok(tx.commit().await?)
    }
}
