//! The audit log: what was done, by whom, on what, and how it ended. Entries are written in the transaction that they
//! describe, and chained by a task seconds later, so that changes of a tenant do not queue behind one row.
//!
//! Never holds a secret. The chain is `mac(n) = HMAC(entry n, n, mac(n-1))`, and the head carries a seal over its number
//! and MAC: whoever can write to the database but lacks the key can neither change, remove nor cut off entries unseen.

mod chain;
mod export;
mod last;
mod log;
mod retention;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use nexus_model::TenantId;
use nexus_store::keys::KeyRing;
use nexus_store::{AuditEntry, Store, System, SystemScope, Tenant};
use serde_json::Value;
use uuid::Uuid;

pub use self::chain::Verified;
pub use self::export::{Exporting, Format};
pub use self::log::{AuditPage, AuditQuery, LogError, Recorded};
use crate::access::{Actor, Who};
use crate::clock::Clock;
use crate::secret;

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Ok,
    /// Not allowed, or wrong credentials.
    Refused,
    /// Tried and failed.
    Failed,
    /// About to be asked of PVE; a second entry says how it ended.
    Intent,
}

impl Outcome {
    /// As stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Intent => "intent",
        }
    }

    /// From what is stored.
    fn from_name(name: &str) -> Option<Self> {
        [Self::Ok, Self::Refused, Self::Failed, Self::Intent].into_iter().find(|outcome| outcome.name() == name)
    }
}

/// What an entry says, beside who and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What was done, `noun.verb`.
    pub action: &'static str,
    /// On what kind of thing.
    pub target_kind: &'static str,
    /// On which.
    pub target_id: String,
    /// Its name now.
    pub target_name: String,
    /// What it was before; no secrets.
    pub before: Option<Value>,
    /// What it is now; no secrets.
    pub after: Option<Value>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, for people.
    pub detail: Option<String>,
}

impl Entry {
    /// An action that succeeded on a thing.
    pub fn new(
        action: &'static str,
        target_kind: &'static str,
        target_id: impl std::fmt::Display,
        target_name: impl Into<String>,
    ) -> Self {
        Self {
            action,
            target_kind,
            target_id: target_id.to_string(),
            target_name: target_name.into(),
            before: None,
            after: None,
            outcome: Outcome::Ok,
            detail: None,
        }
    }

    /// With what it was before.
    #[must_use]
    pub fn before(mut self, state: Value) -> Self {
        self.before = Some(state);
        self
    }

    /// With what it is now.
    #[must_use]
    pub fn after(mut self, state: Value) -> Self {
        self.after = Some(state);
        self
    }

    /// Another end than success.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// With a reason.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// Longest text of one column, in characters; names of guests and the like come from outside.
const LONGEST: usize = 500;

/// Records and verifies. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    system: SystemScope,
    keys: Arc<KeyRing>,
    clock: Clock,
    /// One person's verification at a time: it reads a whole chain.
    verifying: tokio::sync::Mutex<()>,
}

impl Audit {
    pub(crate) fn new(store: Store, system: SystemScope, keys: Arc<KeyRing>, clock: Clock) -> Self {
        Self { inner: Arc::new(Inner { store, system, keys, clock, verifying: tokio::sync::Mutex::default() }) }
    }

    /// Records an action in the tenant's chain, in the same transaction.
    ///
    /// # Errors
    /// The database.
    pub async fn record(&self, tx: &mut Tenant<'_>, who: &Who, entry: Entry) -> nexus_store::Result<()> {
        let row = self.row(Some(tx.tenant()), who, entry);
        tx.insert_audit_entry(&row).await
    }

    /// Records an action in a tenant's chain, or in the system's, in a transaction of Nexus itself.
    ///
    /// # Errors
    /// The database.
    pub async fn record_as_system(
        &self,
        tx: &mut System<'_>,
        tenant: Option<TenantId>,
        who: &Who,
        entry: Entry,
    ) -> nexus_store::Result<()> {
        tx.insert_audit_entry(&self.row(tenant, who, entry)).await
    }

    /// Records an action that changed no row, in a transaction of its own.
    ///
    /// # Errors
    /// The database.
    pub async fn record_alone(&self, tenant: Option<TenantId>, who: &Who, entry: Entry) -> nexus_store::Result<()> {
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        self.record_as_system(&mut tx, tenant, who, entry).await?;
        tx.commit().await
    }

    fn row(&self, tenant: Option<TenantId>, who: &Who, entry: Entry) -> AuditEntry {
        let (actor_user, actor_name, actor_kind, actor_token) = match &who.actor {
            Actor::User { user, email, token, .. } => (Some(user.uuid()), email.clone(), "user", token.clone()),
            Actor::System { name } => (None, name.clone(), "system", None),
        };
        let client = who.client.as_ref();
        AuditEntry {
            id: secret::id(),
            chain: tenant.map_or(Uuid::nil(), TenantId::uuid),
            tenant_id: tenant.map(TenantId::uuid),
            at: self.inner.clock.now(),
            actor_user,
            actor_name,
            actor_kind: actor_kind.to_owned(),
            actor_token,
            address: client.map(|client| client.address.to_string()).unwrap_or_default(),
            user_agent: bounded(client.map(|client| client.user_agent.clone()).unwrap_or_default()),
            action: entry.action.to_owned(),
            target_kind: entry.target_kind.to_owned(),
            target_id: bounded(entry.target_id),
            target_name: bounded(entry.target_name),
            before_state: entry.before.map(|state| state.to_string()),
            after_state: entry.after.map(|state| state.to_string()),
            outcome: entry.outcome.name().to_owned(),
            detail: entry.detail.map(bounded),
            request_id: client.map(|client| client.request_id.clone()),
            seq: None,
            mac: None,
        }
    }

    /// The newest entries of a chain, chained or not: for tests and for the machine's own commands.
    ///
    /// # Errors
    /// The database.
    pub async fn recent(&self, tenant: Option<TenantId>, limit: i64) -> nexus_store::Result<Vec<AuditEntry>> {
        let mut tx = self.inner.store.system_read(&self.inner.system).await?;
        tx.recent_entries(tenant.map_or(Uuid::nil(), TenantId::uuid), limit).await
    }
}

/// Cuts a text to its bound. PostgreSQL refuses NUL in texts, and a text from outside must not fail the entry.
fn bounded(text: String) -> String {
    if text.len() <= LONGEST && !text.contains('\0') {
        text
    } else {
        text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
    }
}
