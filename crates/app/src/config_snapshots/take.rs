//! Taking a snapshot: every path is asked by the gateway's table, on nobody's behalf; what comes back is bounded, sorted
//! and without secrets.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream;
use nexus_model::{ServerId, TenantId};
use nexus_store::{ConfigPlan, ConfigSnapshotRow, DuePlan, NewConfigSnapshot};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{ConfigError, ConfigPart, ConfigSnapshots, MOST, plan};
use crate::access::{Grant, Who, WritePve};
use crate::audit::Entry as Record;
use crate::gateway::{Answer, GatewayError, masked};
use crate::inventory::{Entry, Inventory};
use crate::secret;

/// The largest snapshot, in bytes of JSON.
const LARGEST: usize = 1 << 20;
/// The most paths once they are filled in.
const MOST_CALLS: usize = 1_000;
/// How many paths are asked at once.
const AT_ONCE: usize = 3;
/// Plans in one turn of the task.
const AT_A_TURN: u32 = 20;
/// Longest words of what went wrong, in characters.
const WORDS: usize = 300;

/// Who takes it.
#[expect(clippy::large_enum_variant, reason = "there is one for each snapshot that is taken")]
enum By {
    Person { user: nexus_model::UserId, name: String, who: Who },
    Plan,
}

impl ConfigSnapshots {
    /// Asks PVE now, and keeps what it says.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub async fn take(&self, grant: &Grant<WritePve>, server: ServerId) -> Result<ConfigSnapshotRow, ConfigError> {
        let entry = self.entry(grant, server)?;
        let mut read = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let plan = read.config_plan(server).await?;
        read.commit().await?;
        let plan = plan.ok_or(ConfigError::NoPlan)?;
        let (person, own) = (grant.person(), self.clone());
        let by = By::Person { user: person.user(), name: person.full_name().to_owned(), who: grant.who() };
        // Who asked may go away; what was read is kept all the same.
        let taken = tokio::spawn(async move { own.take_as(&entry, &plan, by).await });
        taken.await.map_err(|error| ConfigError::Internal(error.to_string()))?
    }

    /// Takes what is due by plan, of the servers that this process asks.
    pub(super) async fn take_due(&self) -> nexus_store::Result<()> {
        let super::Parts { store, system, clock, inventory, .. } = &self.inner.parts;
        let now = clock.now();
        let mut read = store.system_read(system).await?;
        let due = read.due_config_plans(now, AT_A_TURN).await?;
        read.commit().await?;
        for DuePlan { tenant, server, plan } in due {
            let Some(due_at) = plan.next_at.filter(|_| inventory.holds(server)) else { continue };
            let Some(next) = plan::after(now, plan.every_hours) else { continue };
            let mut tx = store.system_write(system).await?;
            let claimed = tx.claim_config_plan(tenant, server, due_at, next).await?;
            tx.commit().await?;
            let Some(entry) = self.entry_of(tenant, server).filter(|entry| claimed && !entry.is_provided()) else {
                continue;
            };
            match self.take_as(&entry, &plan, By::Plan).await {
                Ok(_) | Err(ConfigError::BeingTaken) => {}
                Err(ConfigError::Store(error)) => return Err(error),
                Err(error) => tracing::warn!(server.id = %server, %error, "no snapshot of the configuration was taken"),
            }
        }
        Ok(())
    }

    async fn take_as(&self, entry: &Arc<Entry>, plan: &ConfigPlan, by: By) -> Result<ConfigSnapshotRow, ConfigError> {
        let (tenant, server) = (entry.endpoint.tenant, entry.endpoint.id);
        let _taking = self.begin(server)?;
        let paths = filled_in(&plan.paths, &self.inner.parts.inventory, server)?;
        let parts = self.ask(tenant, server, paths).await?;
        let content = serde_json::to_string(&parts).map_err(|error| ConfigError::Internal(error.to_string()))?;
        if content.len() > LARGEST {
            return Err(ConfigError::TooLarge(format!("PVE answers with more than {LARGEST} bytes")));
        }
        let failed = parts.iter().filter(|part| part.error.is_some()).count();
        if let Some(first) = parts.iter().find_map(|part| part.error.clone()).filter(|_| failed == parts.len()) {
            return Err(ConfigError::Unreachable(first));
        }
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let (taken_by, taken_by_name) = match &by {
            By::Person { user, name, .. } => (Some(*user), name.clone()),
            By::Plan => (None, "schedule".to_owned()),
        };
        let new = NewConfigSnapshot {
            id: secret::id(),
            taken_by,
            taken_by_name,
            paths: count(parts.len()),
            failed: count(failed),
            size_bytes: count(content.len()),
            digest: hex::encode(Sha256::digest(content.as_bytes())),
            content,
            at: self.inner.parts.clock.now(),
        };
        self.keep(entry, &new, &by).await
    }

    /// Keeps a snapshot. Of those by plan that show no change, the newest alone stays.
    async fn keep(&self, entry: &Entry, new: &NewConfigSnapshot, by: &By) -> Result<ConfigSnapshotRow, ConfigError> {
        let super::Parts { store, system, audit, .. } = &self.inner.parts;
        let (tenant, server) = (entry.endpoint.tenant, entry.endpoint.id);
        let mut tx = store.system_write(system).await?;
        let last = tx.newest_config_snapshots(tenant, server, 1).await?.pop();
        tx.insert_config_snapshot(tenant, server, new, MOST).await?;
        let idle = |last: &ConfigSnapshotRow| last.by_plan && !last.changed() && last.digest == new.digest;
        if let Some(last) = last.filter(|last| matches!(by, By::Plan) && idle(last)) {
            tx.forget_config_snapshot(tenant, server, last.id).await?;
        }
        if let By::Person { who, .. } = by {
            let name = entry.endpoint.name.to_string();
            let record = Record::new("server.take_config_snapshot", "server", server, name);
            let record = record.after(serde_json::json!({ "snapshot": new.id, "failed": new.failed }));
            audit.record_as_system(&mut tx, Some(tenant), who, record).await?;
        }
        let kept = tx.newest_config_snapshots(tenant, server, 5).await?.into_iter().find(|row| row.id == new.id);
        tx.commit().await?;
        kept.ok_or(ConfigError::NotFound)
    }

    async fn ask(
        &self,
        tenant: TenantId,
        server: ServerId,
        paths: Vec<String>,
    ) -> Result<Vec<ConfigPart>, ConfigError> {
        let mut answers = stream::iter(paths.into_iter().map(|path| self.part(tenant, server, path))).buffered(AT_ONCE);
        let (mut parts, mut size) = (Vec::new(), 0);
        while let Some((part, length)) = answers.next().await {
            size += length;
            if size > LARGEST {
                return Err(ConfigError::TooLarge(format!("PVE answers with more than {LARGEST} bytes")));
            }
            parts.push(part);
        }
        Ok(parts)
    }

    /// One path's answer, and how long it is.
    async fn part(&self, tenant: TenantId, server: ServerId, path: String) -> (ConfigPart, usize) {
        match self.inner.parts.gateway.read(tenant, server, &path).await {
            Ok(answer) => (read(path, &answer), answer.body.len()),
            Err(error) => {
                let words = match error {
                    GatewayError::Store(_) | GatewayError::Internal(_) => "the call failed inside Nexus".to_owned(),
                    other => other.to_string(),
                };
                (ConfigPart { path, status: None, data: Value::Null, error: Some(bounded(&words)) }, 0)
            }
        }
    }
}

fn bounded(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}

/// What stands under `data`, or what went wrong.
fn read(path: String, answer: &Answer) -> ConfigPart {
    let status = Some(answer.status);
    let wrong = |path, why: &str| ConfigPart { path, status, data: Value::Null, error: Some(bounded(why)) };
    if !(200..300).contains(&answer.status) {
        let why = if answer.reason.is_empty() { "PVE refused" } else { &answer.reason };
        return wrong(path, why);
    }
    match serde_json::from_slice::<Map<String, Value>>(&answer.body) {
        Ok(mut envelope) => {
            let mut data = envelope.remove("data").unwrap_or(Value::Null);
            mask(&mut data);
            sort(&mut data);
            ConfigPart { path, status, data, error: None }
        }
        Err(_) => wrong(path, "the answer is not JSON"),
    }
}

/// Replaces whatever is a secret by its name, however deep it stands.
fn mask(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(mask),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if let Value::String(text) = field {
                    let pair = [(name.clone(), std::mem::take(text))];
                    *text = masked(&pair).pop().map_or_else(String::new, |(_, value)| value);
                } else {
                    mask(field);
                }
            }
        }
        _ => {}
    }
}

/// The names under which the rows of PVE's lists are known again.
const KEYS: [&str; 12] =
    ["id", "vmid", "storage", "iface", "poolid", "node", "name", "userid", "roleid", "pos", "sid", "volid"];

/// Puts the rows of a list into an order of their own: PVE answers some in that of a hash, which is another each time.
fn sort(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(sort),
        Value::Array(rows) => {
            rows.iter_mut().for_each(sort);
            let key = KEYS.iter().find(|key| rows.iter().all(|row| row.get(**key).is_some()));
            if let Some(key) = key.filter(|_| !rows.is_empty()) {
                rows.sort_by_cached_key(|row| (number(&row[*key]), row[*key].to_string(), row.to_string()));
            }
        }
        _ => {}
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(u64::MAX)
}

/// The paths with every node and every guest in the place of `{node}` and `{vmid}`.
fn filled_in(paths: &[String], inventory: &Inventory, server: ServerId) -> Result<Vec<String>, ConfigError> {
    let picture = inventory.snapshot(server);
    let mut all = Vec::new();
    for path in paths {
        let guests =
            ["qemu", "lxc"].into_iter().find(|kind| path.starts_with(&format!("/nodes/{{node}}/{kind}/{{vmid}}")));
        match (guests, &picture) {
            (Some(kind), Some(picture)) => {
                let of_kind = picture.guests.values().filter(|row| row.key.kind.name() == kind);
                all.extend(
                    of_kind.map(|row| {
                        path.replacen("{node}", &row.node, 1).replacen("{vmid}", &row.key.vmid.to_string(), 1)
                    }),
                );
            }
            (None, Some(picture)) if path.contains("{node}") => {
                all.extend(picture.nodes.iter().map(|node| path.replacen("{node}", &node.name, 1)));
            }
            (None, _) if !path.contains('{') => all.push(path.clone()),
            _ => {}
        }
        if all.len() > MOST_CALLS {
            return Err(ConfigError::TooLarge(format!(
                "with every node and guest the plan has more than {MOST_CALLS} paths"
            )));
        }
    }
    if all.is_empty() { Err(ConfigError::Unreachable("its nodes and guests are not known".into())) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let body = bytes::Bytes::copy_from_slice(body.as_bytes());
        Answer { status, reason: "No".into(), content_type: "application/json".into(), body }
    }

    #[test]
    fn what_is_kept_is_sorted_and_without_secrets() {
        let part =
            read("/x".into(), &answer(200, r#"{"data":[{"vmid":101,"b":1,"a":{"password":"hunter2"}},{"vmid":99}]}"#));
        assert_eq!(part.data, json!([{ "vmid": 99 }, { "a": { "password": "********" }, "b": 1, "vmid": 101 }]));
        assert_eq!(part.data.to_string(), r#"[{"vmid":99},{"a":{"password":"********"},"b":1,"vmid":101}]"#);
        let part = read("/x".into(), &answer(200, r#"{"data":["b","a"]}"#));
        assert_eq!(part.data, json!(["b", "a"]), "a list of plain values keeps its order");
        let part = read("/x".into(), &answer(403, r#"{"data":null}"#));
        assert_eq!((part.status, part.error.as_deref(), part.data), (Some(403), Some("No"), Value::Null));
        assert!(read("/x".into(), &answer(200, "<html>")).error.is_some());
    }
}
