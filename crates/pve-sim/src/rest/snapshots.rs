//! Snapshots: they keep names and a tree, and no state of a guest.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Call, Failure, Outcome, guests};
use crate::config::{Kind, Status};
use crate::state::{Cluster, Guest, Snapshot};
use crate::wire;

/// GET …/snapshot: the snapshots and the pseudo row `current`.
pub(super) fn list(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    let qemu = guest.config.kind == Kind::Qemu;
    let mut rows: Vec<Value> = guest
        .snapshots
        .iter()
        .map(|snapshot| {
            let mut row = json!({
                "name": snapshot.name, "description": snapshot.description, "snaptime": snapshot.time,
            });
            if qemu {
                row["vmstate"] = u8::from(snapshot.vmstate).into();
            }
            if let Some(parent) = &snapshot.parent {
                row["parent"] = parent.as_str().into();
            }
            if let Some(state) = snapshot.state {
                row["snapstate"] = state.into();
            }
            row
        })
        .collect();
    let mut current = json!({
        "name": "current", "description": "You are here!", "digest": guests::digest(&guest),
        "running": u8::from(guest.runs()),
    });
    if let Some(parent) = &guest.parent {
        current["parent"] = parent.as_str().into();
    }
    rows.push(current);
    Ok(Value::Array(rows).into())
}

/// Which task a snapshot method starts.
fn task_kind(kind: Kind, name: &str) -> String {
    format!("{}{name}", if kind == Kind::Qemu { "qm" } else { "vz" })
}

/// A worker's access to its guest.
struct Work {
    cluster: Arc<Cluster>,
    vmid: u32,
    kind: Kind,
}

impl Work {
    fn new(call: &Call<'_>) -> Self {
        Self { cluster: Arc::clone(call.cluster), vmid: call.vmid(), kind: call.kind() }
    }

    /// Locks the guest for a while, with what must hold before.
    async fn locked(
        &self,
        lock: &str,
        before: impl FnOnce(&mut Guest) -> Result<(), String> + Send,
    ) -> Result<(), String> {
        let word = if self.kind == Kind::Qemu { "VM" } else { "CT" };
        let taken = self.cluster.change(self.vmid, |guest| {
            if let Some(lock) = &guest.config.lock {
                return Err(format!("{word} is locked ({lock})"));
            }
            before(guest)?;
            guest.config.lock = Some(lock.to_owned());
            Ok(())
        });
        taken.unwrap_or_else(|| Err(format!("unable to find configuration file for {word} {}", self.vmid)))?;
        tokio::time::sleep(self.cluster.timing.task).await;
        Ok(())
    }

    fn done(&self, change: impl FnOnce(&mut Guest)) {
        self.cluster.change(self.vmid, |guest| {
            guest.config.lock = None;
            change(guest);
        });
    }
}

fn has(guest: &Guest, name: &str) -> bool {
    guest.snapshots.iter().any(|snapshot| snapshot.name == name)
}

fn missing(name: &str) -> String {
    format!("snapshot '{name}' does not exist")
}

/// POST …/snapshot.
pub(super) fn create(call: &Call<'_>) -> Outcome {
    let name = call.text("snapname");
    if matches!(name.as_str(), "current" | "pending") {
        return Err(Failure::die(format!("unable to use snapshot name '{name}' (reserved name)")));
    }
    let (description, vmstate) = (call.text("description"), call.flag("vmstate"));
    let work = Work::new(call);
    let kind = task_kind(call.kind(), "snapshot");
    call.task(&call.node(), &kind, &call.vmid().to_string(), async move {
        let begin = |guest: &mut Guest| {
            if has(guest, &name) {
                return Err(format!("snapshot name '{name}' already used"));
            }
            let (parent, vmstate) = (guest.parent.clone(), vmstate && guest.runs());
            let time = wire::epoch();
            let state = Some("prepare");
            guest.snapshots.push(Snapshot { name: name.clone(), description, time, vmstate, parent, state });
            Ok(())
        };
        work.locked("snapshot", begin).await?;
        work.done(|guest| {
            if let Some(snapshot) = guest.snapshots.iter_mut().find(|snapshot| snapshot.name == name) {
                snapshot.state = None;
            }
            guest.parent = Some(name);
        });
        Ok(())
    })
}

/// DELETE …/snapshot/NAME.
pub(super) fn delete(call: &Call<'_>) -> Outcome {
    let name = call.text("snapname");
    let work = Work::new(call);
    let kind = task_kind(call.kind(), "delsnapshot");
    call.task(&call.node(), &kind, &call.vmid().to_string(), async move {
        work.locked("snapshot-delete", |guest| {
            let found = guest.snapshots.iter_mut().find(|snapshot| snapshot.name == name);
            found.map(|snapshot| snapshot.state = Some("delete")).ok_or_else(|| missing(&name))
        })
        .await?;
        work.done(|guest| {
            let gone = guest.snapshots.iter().find(|snapshot| snapshot.name == name).cloned();
            guest.snapshots.retain(|snapshot| snapshot.name != name);
            let parent = gone.and_then(|snapshot| snapshot.parent);
            let children = guest.snapshots.iter_mut().map(|snapshot| &mut snapshot.parent);
            for link in children.chain([&mut guest.parent]).filter(|link| link.as_deref() == Some(&name)) {
                link.clone_from(&parent);
            }
        });
        Ok(())
    })
}

/// POST …/snapshot/NAME/rollback: back to a snapshot, stopped unless it holds memory or `start=1`.
pub(super) fn rollback(call: &Call<'_>) -> Outcome {
    let name = call.text("snapname");
    let start = call.flag("start");
    if start && call.cluster.mode.is_new() && !call.may_vm(call.vmid(), &["VM.PowerMgmt"]) {
        return Err(Failure::forbidden(&format!("/vms/{}", call.vmid()), &["VM.PowerMgmt"]));
    }
    let work = Work::new(call);
    let kind = task_kind(call.kind(), "rollback");
    call.task(&call.node(), &kind, &call.vmid().to_string(), async move {
        let mut memory = false;
        work.locked("rollback", |guest| {
            let found = guest.snapshots.iter().find(|snapshot| snapshot.name == name).ok_or_else(|| missing(&name))?;
            memory = found.vmstate;
            Ok(())
        })
        .await?;
        work.cluster.set_status(work.vmid, Status::Stopped);
        if start || memory {
            work.cluster.set_status(work.vmid, Status::Running);
        }
        work.done(|guest| guest.parent = Some(name));
        Ok(())
    })
}

/// GET …/snapshot/NAME/config.
pub(super) fn config(call: &Call<'_>) -> Outcome {
    let (guest, name) = (call.guest()?, call.text("snapname"));
    let found = guest.snapshots.iter().find(|snapshot| snapshot.name == name);
    let snapshot = found.ok_or_else(|| Failure::die(missing(&name)))?;
    Ok(json!({
        "snaptime": snapshot.time, "description": snapshot.description, "cores": guest.config.cores,
        "memory": guest.config.memory.to_string(),
    })
    .into())
}

/// PUT …/snapshot/NAME/config.
pub(super) fn describe(call: &Call<'_>) -> Outcome {
    let (vmid, name, description) = (call.guest()?.config.vmid, call.text("snapname"), call.maybe("description"));
    let done = call.cluster.change(vmid, |guest| {
        let found = guest.snapshots.iter_mut().find(|snapshot| snapshot.name == name)?;
        if let Some(description) = description {
            found.description = description;
        }
        Some(())
    });
    done.flatten().ok_or_else(|| Failure::die(missing(&name)))?;
    Ok(Value::Null.into())
}
