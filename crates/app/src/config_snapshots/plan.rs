//! Which paths are kept, and how often.

use std::time::Duration;

use nexus_model::{FieldError, InvalidInput, Micros, ServerId};
use nexus_store::ConfigPlan;
use serde_json::json;

use super::{ConfigError, ConfigSnapshots};
use crate::access::{Grant, ReadPve, WritePve};
use crate::audit::Entry as Record;
use crate::explorer::check_path;
use crate::gateway::Gateway;

/// The most paths of a plan.
const MOST_PATHS: usize = 50;
/// How often a plan may be followed, in hours.
const HOURS: std::ops::RangeInclusive<i64> = 1..=720;
/// What is proposed until somebody has chosen.
const PROPOSED: [&str; 9] = [
    "/cluster/options",
    "/cluster/backup",
    "/storage",
    "/pools",
    "/cluster/firewall/options",
    "/nodes/{node}/network",
    "/nodes/{node}/dns",
    "/nodes/{node}/qemu/{vmid}/config",
    "/nodes/{node}/lxc/{vmid}/config",
];

/// A plan as it is wanted.
#[derive(Debug, Clone)]
pub struct PlanInput {
    /// The paths, with placeholders.
    pub paths: Vec<String>,
    /// How often; `None` for by hand only.
    pub every_hours: Option<i64>,
}

/// Whether each placeholder of a path can be filled in: nodes and guests alone.
fn can_fill_in(path: &str) -> bool {
    let placeholders = path.split('/').filter(|part| part.contains(['{', '}'])).collect::<Vec<_>>();
    match placeholders.as_slice() {
        [] => true,
        ["{node}"] => path.starts_with("/nodes/{node}"),
        ["{node}", "{vmid}"] => {
            path.starts_with("/nodes/{node}/qemu/{vmid}") || path.starts_with("/nodes/{node}/lxc/{vmid}")
        }
        _ => false,
    }
}

impl PlanInput {
    fn check(&self, gateway: &Gateway) -> Result<(), Vec<FieldError>> {
        let mut wrong = Vec::new();
        if self.paths.is_empty() {
            wrong.push(InvalidInput::new("required", "needs at least one path").field("paths"));
        }
        if self.paths.len() > MOST_PATHS {
            wrong.push(InvalidInput::new("too_many", "may have 50 paths at most").field("paths"));
        }
        for (at, path) in self.paths.iter().enumerate().take(MOST_PATHS) {
            let told = |code, rule: &str| InvalidInput::new(code, format!("{path} {rule}")).field("paths");
            if check_path(path).is_err() {
                wrong.push(
                    InvalidInput::new("invalid", format!("number {} is no path of PVE's API", at + 1)).field("paths"),
                );
            } else if self.paths[..at].contains(path) {
                wrong.push(told("duplicate", "is there twice"));
            } else if !can_fill_in(path) {
                wrong.push(told("placeholder", "may leave open the node and the guest alone"));
            } else if !gateway.is_readable(path) {
                wrong.push(told("closed", "cannot be kept: it is closed, or nothing that can be read"));
            }
        }
        if self.every_hours.is_some_and(|hours| !HOURS.contains(&hours)) {
            wrong.push(InvalidInput::new("out_of_range", "must be 1 to 720 hours").field("every_hours"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// When a plan is followed next.
pub(super) fn after(now: Micros, every_hours: Option<i64>) -> Option<Micros> {
    every_hours.map(|hours| now.plus(Duration::from_secs(3600 * hours.unsigned_abs())))
}

fn state(plan: &ConfigPlan) -> serde_json::Value {
    json!({ "paths": plan.paths, "every_hours": plan.every_hours })
}

impl ConfigSnapshots {
    /// Which paths are kept; a proposal of version 0 until somebody has chosen.
    ///
    /// # Errors
    /// No such server, a provided one, the store.
    pub async fn plan(&self, grant: &Grant<ReadPve>, server: ServerId) -> Result<ConfigPlan, ConfigError> {
        self.entry(grant, server)?;
        let mut read = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let plan = read.config_plan(server).await?;
        read.commit().await?;
        Ok(plan.unwrap_or_else(|| self.proposal()))
    }

    fn proposal(&self) -> ConfigPlan {
        let gateway = &self.inner.parts.gateway;
        let paths = PROPOSED.iter().filter(|path| gateway.is_readable(path)).map(|path| (*path).to_owned()).collect();
        ConfigPlan { paths, every_hours: Some(24), next_at: None, version: 0 }
    }

    /// Says which paths are kept, where the plan still has this version. The first snapshot by plan is taken soon.
    ///
    /// # Errors
    /// No such server, a provided one, fields, [`ConfigError::ChangedMeanwhile`], the store.
    pub async fn set_plan(
        &self,
        grant: &Grant<WritePve>,
        server: ServerId,
        input: PlanInput,
        version: i64,
    ) -> Result<ConfigPlan, ConfigError> {
        let super::Parts { store, clock, audit, gateway, .. } = &self.inner.parts;
        let entry = self.entry(grant, server)?;
        input.check(gateway).map_err(ConfigError::Invalid)?;
        let mut tx = store.tenant_write(grant.scope()).await?;
        let before = tx.config_plan(server).await?;
        if before.as_ref().map_or(0, |plan| plan.version) != version {
            return Err(ConfigError::ChangedMeanwhile);
        }
        // Whose pace stays keeps its time; another pace counts from now.
        let kept = before.as_ref().filter(|plan| plan.every_hours == input.every_hours);
        let next_at = kept.map_or_else(|| input.every_hours.map(|_| clock.now()), |plan| plan.next_at);
        let plan = ConfigPlan { paths: input.paths, every_hours: input.every_hours, next_at, version };
        if !tx.put_config_plan(server, &plan).await? {
            return Err(ConfigError::ChangedMeanwhile);
        }
        let name = entry.endpoint.name.to_string();
        let mut record = Record::new("server.set_config_plan", "server", server, name).after(state(&plan));
        if let Some(before) = &before {
            record = record.before(state(before));
        }
        audit.record(&mut tx, &grant.who(), record).await?;
        tx.commit().await?;
        Ok(ConfigPlan { version: version + 1, ..plan })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_and_guests_alone_are_left_open() {
        for good in [
            "/version",
            "/nodes/{node}/dns",
            "/nodes/{node}/qemu/{vmid}/config",
            "/nodes/{node}/lxc/{vmid}/firewall/options",
            "/storage",
        ] {
            assert!(can_fill_in(good), "{good}");
        }
        for bad in [
            "/storage/{storage}",
            "/nodes/{node}/storage/{storage}/content",
            "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
            "/nodes/{vmid}",
            "/pools/{node}",
            "/nodes/{node}/tasks/{vmid}",
            "/nodes/a{node}/dns",
        ] {
            assert!(!can_fill_in(bad), "{bad}");
        }
    }
}
