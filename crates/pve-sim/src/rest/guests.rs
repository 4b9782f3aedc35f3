//! Lists, state and configuration of guests.

use serde_json::{Map, Value, json};

use super::{Call, Failure, Outcome, rows};
use crate::config::{Kind, Screen};
use crate::state::Guest;

/// GET /nodes/N/qemu and /nodes/N/lxc.
pub(super) fn list(call: &Call<'_>) -> Outcome {
    let node = call.node();
    let kind = call.kind();
    let full = call.flag("full");
    let found = call
        .cluster
        .guests()
        .iter()
        .filter(|guest| guest.config.node == node && guest.config.kind == kind)
        .filter(|guest| call.may_vm(guest.config.vmid, &["VM.Audit"]))
        .map(|guest| rows::guest_state(call.cluster, guest, full))
        .collect();
    Ok(crate::json::shuffled(found).into())
}

/// GET …/status/current.
pub(super) fn current(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    let mut row = rows::guest_state(call.cluster, &guest, true);
    row["ha"] = if guest.config.ha {
        json!({ "managed": 1, "state": guest.ha, "group": Value::Null })
    } else {
        json!({ "managed": 0 })
    };
    if guest.config.agent {
        row["agent"] = 1.into();
    }
    Ok(row.into())
}

/// GET …/config.
pub(super) fn config(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    if let Some(name) = call.maybe("snapshot")
        && !guest.snapshots.iter().any(|snapshot| snapshot.name == name)
    {
        return Err(Failure::die(format!("snapshot '{name}' does not exist")));
    }
    Ok(Value::Object(with_digest(keys(&guest))).into())
}

/// PUT …/config: the few options that are simulated.
pub(super) fn set_config(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    if call.maybe("digest").is_some_and(|known| known != digest(&guest)) {
        return Err(Failure::die("detected modified configuration - file changed by other user? Try again."));
    }
    call.cluster.change(guest.config.vmid, |guest| {
        let config = &mut guest.config;
        config.name = call.maybe("name").unwrap_or_else(|| std::mem::take(&mut config.name));
        config.cores = call.maybe("cores").and_then(|cores| cores.parse().ok()).unwrap_or(config.cores);
        if let Some(tags) = call.maybe("tags") {
            config.tags = tags.split([',', ';', ' ']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        }
        if let Some(description) = call.maybe("description") {
            config.options.insert("description".to_owned(), description);
        }
    });
    Ok(Value::Null.into())
}

/// The SHA-1 of a configuration, as PVE puts it into `digest`.
pub(super) fn digest(guest: &Guest) -> String {
    let text = Value::Object(keys(guest)).to_string();
    hex::encode(ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

fn with_digest(mut map: Map<String, Value>) -> Map<String, Value> {
    let text = Value::Object(map.clone()).to_string();
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    map.insert("digest".to_owned(), hex::encode(digest).into());
    map
}

/// The keys of a guest's configuration: text as in the file, numbers where the schema says integer.
fn keys(guest: &Guest) -> Map<String, Value> {
    let config = &guest.config;
    let ostype = match (config.ostype.as_str(), config.kind) {
        ("", Kind::Qemu) => "l26",
        ("", Kind::Lxc) => "debian",
        (ostype, _) => ostype,
    };
    let mut map = match config.kind {
        Kind::Qemu => qemu_keys(guest),
        Kind::Lxc => lxc_keys(guest),
    };
    map.insert("ostype".to_owned(), ostype.into());
    map.insert("cores".to_owned(), config.cores.into());
    if !config.tags.is_empty() {
        map.insert("tags".to_owned(), config.tags.join(";").into());
    }
    if let Some(lock) = &config.lock {
        map.insert("lock".to_owned(), lock.as_str().into());
    }
    if config.template {
        map.insert("template".to_owned(), 1.into());
    }
    if let Some(parent) = &guest.parent {
        map.insert("parent".to_owned(), parent.as_str().into());
    }
    map.extend(config.options.iter().map(|(key, value)| (key.clone(), option(key, value))));
    map
}

/// Options that PVE's schema calls integers come as numbers.
fn option(key: &str, value: &str) -> Value {
    let whole = ["onboot", "protection", "sockets", "balloon", "unprivileged", "numa", "acpi", "kvm", "swap", "cores"];
    match value.parse::<u64>() {
        Ok(number) if whole.contains(&key) => number.into(),
        _ => value.into(),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn qemu_keys(guest: &Guest) -> Map<String, Value> {
    let config = &guest.config;
    let vmid = config.vmid;
    let mut map = object(json!({
        "name": config.name, "memory": config.memory.to_string(),
        "boot": if config.disk > 0 { "order=scsi0;net0" } else { " " },
        "scsihw": "virtio-scsi-single", "smbios1": format!("uuid={}", guest.uuid),
        "meta": format!("creation-qemu=9.0.2,ctime={}", guest.created),
        "net0": format!("virtio={},bridge=vmbr0", guest.mac),
    }));
    if config.agent {
        map.insert("agent".to_owned(), "1".into());
    }
    if config.disk > 0 {
        let disk = format!("local:{vmid}/vm-{vmid}-disk-0.qcow2,iothread=1,size={}G", config.disk);
        map.insert("scsi0".to_owned(), disk.into());
    }
    if config.screen == Screen::Serial {
        map.insert("vga".to_owned(), "serial0".into());
        map.insert("serial0".to_owned(), "socket".into());
    }
    map
}

fn lxc_keys(guest: &Guest) -> Map<String, Value> {
    let config = &guest.config;
    let vmid = config.vmid;
    object(json!({
        "hostname": config.name, "memory": config.memory, "swap": 0, "arch": "amd64",
        "rootfs": format!("local:{vmid}/vm-{vmid}-disk-0.raw,size={}G", config.disk.max(1)),
        "net0": format!("name=eth0,bridge=vmbr0,hwaddr={},ip=dhcp,type=veth", guest.mac),
    }))
}
