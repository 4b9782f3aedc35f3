//! Reading the log: pages of it by filters, its actions, and whether its chain is whole. A tenant's log for its admins,
//! the installation's for system admins.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use nexus_model::{AuditId, Micros, UserId};
use nexus_store::{ActionFilter, AuditEntry, AuditFilter, AuditPlace};
use serde_json::Value;
use uuid::Uuid;

use super::{Audit, Outcome, Verified};
use crate::access::{Grant, Refused, SeeAudit, SystemGrant};

/// Which entries are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Not older than this.
    pub from: Option<Micros>,
    /// Older than this.
    pub to: Option<Micros>,
    /// A part of the actor's name, or their id.
    pub actor: Option<String>,
    /// An action; all that begin so with a `.` or `*` at its end.
    pub action: Option<String>,
    /// A part of the target's id or name.
    pub target: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// A part of the action, a name or the detail.
    pub q: Option<String>,
}

/// A recorded action.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Micros,
    /// `user` or `system`.
    pub actor_kind: String,
    /// Who, if a person.
    pub actor_user: Option<UserId>,
    /// Who, as text.
    pub actor_name: String,
    /// By which token, if a program acted for them.
    pub token: Option<String>,
    /// From where.
    pub address: String,
    /// With what.
    pub user_agent: String,
    /// What.
    pub action: String,
    /// On what kind of thing.
    pub target_kind: String,
    /// On which.
    pub target_id: String,
    /// Its name then.
    pub target_name: String,
    /// What it was before.
    pub before: Option<Value>,
    /// What it was then.
    pub after: Option<Value>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why.
    pub detail: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
    /// Its number in the chain, once chained.
    pub seq: Option<i64>,
}

/// A page of the log, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<Recorded>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Why the log was not read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The cursor is none of this list's.
    #[error("the cursor is not valid")]
    BadCursor,
    /// A text to look for is too long or has characters that no text has.
    #[error("the filter {0} is not valid")]
    BadFilter(&'static str),
    /// The right is gone since the reading began.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// Longest text to look for, in characters.
const LONGEST: usize = 100;

/// A text to look for; nothing where it is empty.
fn text(name: &'static str, text: Option<&String>) -> Result<Option<String>, LogError> {
    let Some(text) = text.map(|text| text.trim()).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > LONGEST || text.contains(char::is_control) {
        return Err(LogError::BadFilter(name));
    }
    Ok(Some(text.to_owned()))
}

impl AuditQuery {
    pub(super) fn filter(&self) -> Result<AuditFilter, LogError> {
        let actor = text("actor", self.actor.as_ref())?;
        let action = text("action", self.action.as_ref())?.map(|action| match action.strip_suffix('*') {
            Some(start) => ActionFilter::BeginsWith(start.to_owned()),
            None if action.ends_with('.') => ActionFilter::BeginsWith(action),
            None => ActionFilter::Is(action),
        });
        Ok(AuditFilter {
            from: self.from,
            before: self.to,
            actor_user: actor.as_ref().and_then(|actor| actor.parse().ok()),
            actor,
            action,
            target: text("target", self.target.as_ref())?,
            outcome: self.outcome.map(|outcome| outcome.name().to_owned()),
            text: text("q", self.q.as_ref())?,
        })
    }
}

fn cursor(place: AuditPlace) -> String {
    let mut bytes = place.at.0.to_be_bytes().to_vec();
    bytes.extend_from_slice(place.id.uuid().as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn place(cursor: &str) -> Result<AuditPlace, LogError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| LogError::BadCursor)?;
    let (at, id) = bytes.split_first_chunk::<8>().ok_or(LogError::BadCursor)?;
    let id = Uuid::from_slice(id).map_err(|_| LogError::BadCursor)?;
    Ok(AuditPlace { at: Micros(i64::from_be_bytes(*at)), id: id.into() })
}

pub(super) fn place_of(entry: &AuditEntry) -> AuditPlace {
    AuditPlace { at: entry.at, id: entry.id }
}

impl TryFrom<AuditEntry> for Recorded {
    type Error = nexus_store::Error;

    fn try_from(entry: AuditEntry) -> Result<Self, nexus_store::Error> {
        // What is no JSON was not written by Nexus: it is shown as it is.
        let state = |text: Option<String>| text.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
        let outcome = Outcome::from_name(&entry.outcome);
        Ok(Self {
            id: entry.id,
            at: entry.at,
            actor_kind: entry.actor_kind,
            actor_user: entry.actor_user.map(UserId::from),
            actor_name: entry.actor_name,
            token: entry.actor_token,
            address: entry.address,
            user_agent: entry.user_agent,
            action: entry.action,
            target_kind: entry.target_kind,
            target_id: entry.target_id,
            target_name: entry.target_name,
            before: state(entry.before_state),
            after: state(entry.after_state),
            outcome: outcome.ok_or(nexus_store::Error::Stored("audit_entry.outcome"))?,
            detail: entry.detail,
            request_id: entry.request_id,
            seq: entry.seq,
        })
    }
}

/// The first `limit` of at most one more.
fn paged(mut entries: Vec<AuditEntry>, limit: u32) -> Result<AuditPage, LogError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next_cursor = entries.last().filter(|_| more).map(|last| cursor(place_of(last)));
    let entries = entries.into_iter().map(Recorded::try_from).collect::<Result<_, _>>()?;
    Ok(AuditPage { entries, next_cursor })
}

impl Audit {
    /// A page of the tenant's log, the newest first.
    ///
    /// # Errors
    /// The cursor, a filter, or the store.
    pub async fn list(
        &self,
        grant: &Grant<SeeAudit>,
        query: &AuditQuery,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<AuditPage, LogError> {
        let (filter, before) = (query.filter()?, cursor.map(place).transpose()?);
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        paged(tx.audit_newest(&filter, before, limit + 1).await?, limit)
    }

    /// A page of the installation's log, the newest first.
    ///
    /// # Errors
    /// The cursor, a filter, or the store.
    pub async fn list_system(
        &self,
        _grant: &SystemGrant,
        query: &AuditQuery,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<AuditPage, LogError> {
        let (filter, before) = (query.filter()?, cursor.map(place).transpose()?);
        let mut tx = self.inner.store.system_read(&self.inner.system).await?;
        paged(tx.audit_newest(Uuid::nil(), &filter, before, limit + 1).await?, limit)
    }

    /// Every action that the tenant's log has.
    ///
    /// # Errors
    /// The store.
    pub async fn actions(&self, grant: &Grant<SeeAudit>) -> Result<Vec<String>, LogError> {
        Ok(self.inner.store.tenant_read(grant.scope()).await?.audit_actions().await?)
    }

    /// Every action that the installation's log has.
    ///
    /// # Errors
    /// The store.
    pub async fn actions_system(&self, _grant: &SystemGrant) -> Result<Vec<String>, LogError> {
        Ok(self.inner.store.system_read(&self.inner.system).await?.audit_actions(Uuid::nil()).await?)
    }

    /// Follows the tenant's chain from its start or checkpoint to its head.
    ///
    /// # Errors
    /// The store.
    pub async fn verify_own(&self, grant: &Grant<SeeAudit>) -> Result<Verified, LogError> {
        let _one = self.inner.verifying.lock().await;
        Ok(self.verify(Some(grant.tenant_id())).await?)
    }

    /// Follows the installation's chain from its start to its head.
    ///
    /// # Errors
    /// The store.
    pub async fn verify_system(&self, _grant: &SystemGrant) -> Result<Verified, LogError> {
        let _one = self.inner.verifying.lock().await;
        Ok(self.verify(None).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_as_the_same_place() {
        let here = AuditPlace { at: Micros(-7), id: Uuid::from_u128(9).into() };
        assert_eq!(place(&cursor(here)).unwrap(), here);
        for bad in ["", "x", "!!!!", &cursor(here)[1..], &format!("{}AAAA", cursor(here))] {
            assert!(matches!(place(bad), Err(LogError::BadCursor)), "{bad}");
        }
    }

    #[test]
    fn texts_to_look_for_are_bounded() {
        let query = |q: &str| AuditQuery { q: Some(q.into()), ..AuditQuery::default() }.filter();
        assert_eq!(query("  ").unwrap(), AuditFilter::default());
        assert_eq!(query(&"ä".repeat(100)).unwrap().text.map(|text| text.len()), Some(200));
        for bad in ["a\0b", &"ä".repeat(101)] {
            assert!(matches!(query(bad), Err(LogError::BadFilter("q"))), "{bad}");
        }
    }

    #[test]
    fn actions_are_exact_or_begin_so() {
        let action = |a: &str| AuditQuery { action: Some(a.into()), ..AuditQuery::default() }.filter().unwrap().action;
        assert_eq!(action("server.create"), Some(ActionFilter::Is("server.create".into())));
        assert_eq!(action("server."), Some(ActionFilter::BeginsWith("server.".into())));
        assert_eq!(action("server*"), Some(ActionFilter::BeginsWith("server".into())));
    }
}
