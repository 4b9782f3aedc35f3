//! Methods of the cluster: version, resources, status, tasks, log, pools, storage.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Call, Failure, Outcome, rows};
use crate::config::StorageConfig;

/// GET /version.
pub(super) fn version(call: &Call<'_>) -> Outcome {
    let (version, release, repoid) = call.cluster.mode.version();
    Ok(json!({ "version": version, "release": release, "repoid": repoid }).into())
}

/// GET /cluster/resources: rows the caller may see.
pub(super) fn resources(call: &Call<'_>) -> Outcome {
    let kind = call.maybe("type");
    let wants = |name: &str| kind.as_deref().is_none_or(|kind| kind == name);
    let mut found = Vec::new();
    if wants("vm") {
        let guests = call.cluster.guests();
        let visible = guests.iter().filter(|guest| call.may_vm(guest.config.vmid, &["VM.Audit"]));
        found.extend(visible.map(|guest| rows::guest_resource(call, guest)));
    }
    if wants("node") {
        found.extend(call.cluster.nodes.iter().map(|node| rows::node_resource(call, node)));
    }
    if wants("storage") {
        if call.may("/storage/local", &["Datastore.Audit"]) {
            found.extend(call.cluster.nodes.iter().map(|node| rows::storage_resource(call, node)));
        }
        let seen = |storage: &&StorageConfig| call.may(&format!("/storage/{}", storage.name), &["Datastore.Audit"]);
        for storage in call.cluster.storages.iter().filter(seen) {
            found.extend(call.cluster.nodes.iter().map(|node| rows::other_storage_resource(call, node, storage)));
        }
    }
    if kind.is_none() {
        found.extend(pool_names(call).into_iter().map(|pool| rows::pool_resource(call, &pool)));
    }
    Ok(crate::json::shuffled(found).into())
}

/// The pools the caller may see.
fn pool_names(call: &Call<'_>) -> BTreeSet<String> {
    let pools: BTreeSet<String> = call.cluster.guests().into_iter().filter_map(|guest| guest.config.pool).collect();
    pools.into_iter().filter(|pool| call.may(&format!("/pool/{pool}"), &["Pool.Audit"])).collect()
}

/// GET /cluster/status.
pub(super) fn status(call: &Call<'_>) -> Outcome {
    let cluster = call.cluster;
    let alone = cluster.standalone();
    let online = cluster.nodes.iter().filter(|node| node.outage().is_none()).count();
    let mut found = Vec::new();
    if !alone {
        found.push(json!({
            "type": "cluster", "id": "cluster", "name": cluster.name, "nodes": cluster.nodes.len(), "version": 2,
            "quorate": u8::from(online * 2 > cluster.nodes.len()),
        }));
    }
    for (index, node) in cluster.nodes.iter().enumerate() {
        let up = node.outage().is_none();
        let mut row = json!({
            "type": "node", "id": format!("node/{}", node.name), "name": node.name, "level": "",
            "nodeid": if alone { 0 } else { index + 1 },
            "local": u8::from(node.name == call.here), "online": u8::from(up),
        });
        if up && let Some(address) = node.address.get() {
            row["ip"] = address.ip().to_string().into();
        }
        found.push(row);
    }
    Ok(Value::Array(found).into())
}

/// GET /cluster/tasks. A token without Sys.Audit on `/` never sees its own tasks here: PVE compares the user's id with
/// the token's (PVE-FACTS 3.7).
pub(super) fn tasks(call: &Call<'_>) -> Outcome {
    let own = call.who()?.full();
    let all = call.may("/", &["Sys.Audit"]);
    let rows = call.cluster.tasks.cluster_rows(call.cluster.mode.is_new());
    Ok(Value::Array(rows.into_iter().filter(|row| all || row["user"] == own).collect()).into())
}

/// GET /cluster/log, newest first.
pub(super) fn log(call: &Call<'_>) -> Outcome {
    let max = call.number("max").and_then(|max| usize::try_from(max).ok()).unwrap_or(50);
    let own = call.who()?.full();
    let all = call.may("/", &["Sys.Syslog", "Sys.Audit"]);
    let lines = call.cluster.tasks.log_rows();
    let count = lines.len();
    let rows = lines
        .into_iter()
        .enumerate()
        .filter(|(_, line)| all || line.2 == own)
        .take(max)
        .map(|(index, (time, node, user, text, failed))| {
            let number = (count - index).to_string();
            json!({
                "time": time, "node": node, "user": user, "msg": text, "pri": if failed { 3 } else { 6 },
                "tag": "pvedaemon", "pid": 649, "id": format!("{number}:{node}"), "uid": number,
            })
        })
        .collect();
    Ok(Value::Array(rows).into())
}

/// GET /cluster/nextid: text, as PVE has it.
pub(super) fn nextid(call: &Call<'_>) -> Outcome {
    let taken: BTreeSet<u32> = call.cluster.guests().iter().map(|guest| guest.config.vmid).collect();
    let wanted = call.number("vmid").and_then(|vmid| u32::try_from(vmid).ok());
    match wanted {
        Some(vmid) if taken.contains(&vmid) => Err(Failure::param("vmid", &format!("VM {vmid} already exists"))),
        Some(vmid) => Ok(Value::String(vmid.to_string()).into()),
        None => {
            let free = (100..).find(|vmid| !taken.contains(vmid)).unwrap_or(100);
            Ok(Value::String(free.to_string()).into())
        }
    }
}

/// GET /pools.
pub(super) fn pools(call: &Call<'_>) -> Outcome {
    let found = pool_names(call).into_iter().map(|pool| json!({ "poolid": pool })).collect();
    Ok(crate::json::shuffled(found).into())
}

/// GET /pools/{poolid}.
pub(super) fn pool(call: &Call<'_>) -> Outcome {
    let id = call.text("poolid");
    let path = format!("/pool/{id}");
    if !call.may(&path, &["Pool.Audit"]) {
        return Err(Failure::forbidden(&path, &["Pool.Audit"]));
    }
    let guests = call.cluster.guests();
    let members: Vec<Value> = guests
        .iter()
        .filter(|guest| guest.config.pool.as_deref() == Some(id.as_str()))
        .map(|guest| rows::guest_resource(call, guest))
        .collect();
    if members.is_empty() {
        return Err(Failure::die(format!("pool '{id}' does not exist")));
    }
    Ok(json!({ "members": members }).into())
}

/// GET /storage.
pub(super) fn storages(call: &Call<'_>) -> Outcome {
    if !call.may("/storage/local", &["Datastore.Audit"]) {
        return Ok(json!([]).into());
    }
    let row = json!({
        "storage": "local", "type": "dir", "path": "/var/lib/vz", "content": rows::content(),
        "digest": "0f5a3e5c1f5ac2fb6c7e3a9b6c81a1ad4ad5d0a3",
    });
    Ok(json!([row]).into())
}

/// All guests of a pool that run, as sums for its row.
pub(super) fn pool_sums(call: &Call<'_>, pool: &str) -> BTreeMap<&'static str, f64> {
    let mut sums = BTreeMap::new();
    for guest in call.cluster.guests() {
        if guest.config.pool.as_deref() != Some(pool) || !guest.runs() {
            continue;
        }
        let numbers = rows::numbers(call.cluster, &guest);
        for (key, value) in [
            ("cpu", numbers.cpu),
            ("maxcpu", f64::from(guest.config.cores)),
            ("mem", numbers.mem),
            ("maxmem", numbers.maxmem),
        ] {
            *sums.entry(key).or_insert(0.0) += value;
        }
    }
    sums
}
