//! The log as one long text: CSV or JSON Lines, the oldest entry first, read in batches while it is sent. Never holds more
//! than a batch, and ends when the right to it does.

use std::collections::VecDeque;

use futures_util::{Stream, stream};
use nexus_store::{AuditEntry, AuditFilter, AuditPlace};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::log::{AuditQuery, LogError, place_of};
use super::{Audit, Recorded};
use crate::access::{Grant, LiveGrant, Refused, SeeAudit, SystemGrant};
use crate::sheet;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, with a first line of names. Cells that a spreadsheet would run begin with an apostrophe.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// By which right an export reads.
#[expect(clippy::large_enum_variant, reason = "there is one for each export")]
pub enum Exporting {
    /// A tenant's log.
    Tenant(Box<LiveGrant<Grant<SeeAudit>>>),
    /// The installation's.
    System(SystemGrant),
}

/// The most entries of one export; a last line says so where there are more.
const MOST: usize = 1_000_000;
/// Entries in one batch.
const BATCH: u32 = 1_000;

const COLUMNS: [&str; 18] = [
    "at",
    "actor_kind",
    "actor",
    "actor_id",
    "address",
    "user_agent",
    "action",
    "target_kind",
    "target_id",
    "target",
    "outcome",
    "detail",
    "before",
    "after",
    "request_id",
    "id",
    "seq",
    "token",
];

/// An export under way.
struct Export {
    audit: Audit,
    by: Exporting,
    filter: AuditFilter,
    format: Format,
    after: Option<AuditPlace>,
    left: usize,
    ready: VecDeque<Vec<u8>>,
    done: bool,
}

impl Audit {
    /// The log's entries that are older than now, in a form. A piece that fails ends the stream.
    ///
    /// # Errors
    /// A filter.
    pub fn export(
        &self,
        by: Exporting,
        query: &AuditQuery,
        format: Format,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, LogError>> + Send + 'static + use<>, LogError> {
        self.export_at_most(by, query, format, MOST)
    }

    pub(super) fn export_at_most(
        &self,
        by: Exporting,
        query: &AuditQuery,
        format: Format,
        most: usize,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, LogError>> + Send + 'static + use<>, LogError> {
        let mut filter = query.filter()?;
        // What is recorded while it is sent would make it endless.
        let now = self.inner.clock.now();
        filter.before = Some(filter.before.map_or(now, |before| before.min(now)));
        let first = match format {
            Format::Csv => sheet::write([COLUMNS.map(str::to_owned).to_vec()]),
            Format::JsonLines => Vec::new(),
        };
        let ready = VecDeque::from([first]);
        let export = Export { audit: self.clone(), by, filter, format, after: None, left: most, ready, done: false };
        Ok(stream::try_unfold(
            export,
            |mut export| async move { Ok(export.next().await?.map(|piece| (piece, export))) },
        ))
    }
}

impl Export {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, LogError> {
        if let Some(piece) = self.ready.pop_front() {
            return Ok(Some(piece));
        }
        if self.done {
            return Ok(None);
        }
        let mut entries = self.batch().await?;
        self.done = entries.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
        if entries.len() > self.left {
            entries.truncate(self.left);
            self.done = true;
            self.ready.push_back(self.cut());
        }
        self.left -= entries.len();
        self.after = entries.last().map(place_of).or(self.after);
        let rows = entries.into_iter().map(Recorded::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(match self.format {
            Format::Csv => sheet::write(rows.iter().map(cells)),
            Format::JsonLines => rows.iter().flat_map(|row| format!("{}\n", line(row)).into_bytes()).collect(),
        }))
    }

    /// The next entries, after another look at the right.
    async fn batch(&self) -> Result<Vec<AuditEntry>, LogError> {
        let store = &self.audit.inner.store;
        Ok(match &self.by {
            Exporting::Tenant(live) => {
                let scope = live.scope().await?;
                store.tenant_read(&scope).await?.audit_oldest(&self.filter, self.after, BATCH).await?
            }
            Exporting::System(grant) => {
                let mut tx = store.system_read(&self.audit.inner.system).await?;
                let person = tx.user(grant.person().user()).await?;
                let still =
                    |user: &nexus_store::User| user.is_active && user.system_role == nexus_model::SystemRole::Admin;
                if !person.as_ref().is_some_and(still) {
                    return Err(Refused::Forbidden.into());
                }
                tx.audit_oldest(Uuid::nil(), &self.filter, self.after, BATCH).await?
            }
        })
    }

    /// What stands at the end of an export that does not have everything.
    fn cut(&self) -> Vec<u8> {
        let text = "cut: there are more entries than one export holds; ask for the rest with a later start";
        match self.format {
            Format::Csv => sheet::write([vec![text.to_owned()]]),
            Format::JsonLines => format!("{}\n", json!({ "cut": true, "detail": text })).into_bytes(),
        }
    }
}

fn at(row: &Recorded) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.at.0) * 1_000).ok();
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}

fn cells(row: &Recorded) -> Vec<String> {
    let state = |state: &Option<Value>| state.as_ref().map(Value::to_string).unwrap_or_default();
    vec![
        at(row),
        row.actor_kind.clone(),
        row.actor_name.clone(),
        row.actor_user.map(|user| user.to_string()).unwrap_or_default(),
        row.address.clone(),
        row.user_agent.clone(),
        row.action.clone(),
        row.target_kind.clone(),
        row.target_id.clone(),
        row.target_name.clone(),
        row.outcome.name().to_owned(),
        row.detail.clone().unwrap_or_default(),
        state(&row.before),
        state(&row.after),
        row.request_id.clone().unwrap_or_default(),
        row.id.to_string(),
        row.seq.map(|seq| seq.to_string()).unwrap_or_default(),
        row.token.clone().unwrap_or_default(),
    ]
}

/// The same members as the API's entries have.
fn line(row: &Recorded) -> Value {
    json!({
        "id": row.id, "at": at(row),
        "actor": { "kind": row.actor_kind, "id": row.actor_user, "name": row.actor_name },
        "address": row.address, "user_agent": row.user_agent, "action": row.action,
        "target": { "kind": row.target_kind, "id": row.target_id, "name": row.target_name },
        "before": row.before, "after": row.after, "outcome": row.outcome.name(), "detail": row.detail,
        "request_id": row.request_id, "seq": row.seq, "token": row.token,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_run_by_a_spreadsheet() {
        let row = ["=1+1", "+1", "-1", "@x", "\t=1", "a,\"b\"\n", "plain"].map(str::to_owned).to_vec();
        let text = String::from_utf8(sheet::write([row])).unwrap();
        assert_eq!(text, "'=1+1,'+1,'-1,'@x,'\t=1,\"a,\"\"b\"\"\n\",plain\r\n");
    }
}
