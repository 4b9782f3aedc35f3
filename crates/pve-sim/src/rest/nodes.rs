//! Methods of nodes: list, status, storage, power.

use serde_json::{Value, json};

use super::{Call, Failure, Outcome, rows};
use crate::state::Node;

/// GET /nodes.
pub(super) fn list(call: &Call<'_>) -> Outcome {
    let found = call.cluster.nodes.iter().map(|node| rows::node(call, node)).collect();
    Ok(crate::json::shuffled(found).into())
}

fn node<'a>(call: &'a Call<'_>) -> Result<&'a Node, Failure> {
    let name = call.node();
    call.cluster.node(&name).ok_or_else(|| Failure::die(format!("no such cluster node '{name}'")))
}

/// GET /nodes/N/status.
pub(super) fn status(call: &Call<'_>) -> Outcome {
    let node = node(call)?;
    let new = call.cluster.mode.is_new();
    let (version, _, repoid) = call.cluster.mode.version();
    let row = rows::node(call, node);
    let (used, total) = (row["mem"].as_u64().unwrap_or_default(), rows::NODE_MEMORY);
    let kernel = if new { "6.17.2-1-pve" } else { "6.8.12-4-pve" };
    let mut data = json!({
        "uptime": row["uptime"], "cpu": row["cpu"], "wait": 0.001, "idle": 0,
        "loadavg": ["0.44", "0.52", "0.48"],
        "kversion": format!("Linux {kernel} #1 SMP PREEMPT_DYNAMIC"),
        "pveversion": format!("pve-manager/{version}/{repoid}"),
        "memory": { "total": total, "used": used, "free": total - used },
        "swap": { "total": 0, "used": 0, "free": 0 },
        "rootfs": {
            "total": rows::NODE_DISK, "used": rows::NODE_DISK / 7, "avail": rows::NODE_DISK - rows::NODE_DISK / 7,
            "free": rows::NODE_DISK - rows::NODE_DISK / 7,
        },
        "ksm": { "shared": 0 },
        "cpuinfo": {
            "cpus": rows::NODE_CPUS, "cores": 8, "sockets": 1, "model": "AMD EPYC", "mhz": "2596.140", "hvm": "1",
            "flags": "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse \
                      sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm constant_tsc rep_good nopl xtopology \
                      nonstop_tsc cpuid extd_apicid tsc_known_freq pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 x2apic \
                      movbe popcnt aes xsave avx f16c rdrand hypervisor lahf_lm svm cmp_legacy cr8_legacy abm sse4a",
            "user_hz": 100,
        },
        "boot-info": { "mode": "legacy-bios" },
        "current-kernel": {
            "sysname": "Linux", "release": kernel, "version": "#1 SMP PREEMPT_DYNAMIC", "machine": "x86_64",
        },
    });
    if new {
        data["memory"]["available"] = (total - used).into();
        data["cpuinfo"]["vendor"] = "AuthenticAMD".into();
        data["cpuinfo"]["family"] = "25".into();
    }
    Ok(data.into())
}

/// GET /nodes/N/apt/versions: of the packages that consoles depend on.
pub(super) fn packages(call: &Call<'_>) -> Outcome {
    let (manager, ..) = call.cluster.mode.version();
    let [qemu, container, access] =
        if call.cluster.mode.is_new() { ["9.2.6", "6.1.10", "9.1.1"] } else { ["8.3.0", "5.2.2", "8.2.0"] };
    let package = |name: &str, version: &str| json!({ "Package": name, "Version": version, "OldVersion": version, "CurrentState": "Installed" });
    let rows = vec![
        package("pve-manager", manager),
        package("qemu-server", qemu),
        package("pve-container", container),
        package("libpve-access-control", access),
    ];
    Ok(crate::json::shuffled(rows).into())
}

/// POST /nodes/N/status. Nodes of the simulator do not restart.
pub(super) fn command(call: &Call<'_>) -> Outcome {
    node(call)?;
    Ok(Value::Null.into())
}

/// GET /nodes/N/storage.
pub(super) fn storages(call: &Call<'_>) -> Outcome {
    node(call)?;
    if !call.may("/storage/local", &["Datastore.Audit", "Datastore.AllocateSpace"]) {
        return Ok(json!([]).into());
    }
    let used = rows::NODE_DISK / 7;
    let row = json!({
        "storage": "local", "type": "dir", "content": rows::content(), "enabled": 1, "active": 1, "shared": 0,
        "total": rows::NODE_DISK, "used": used, "avail": rows::NODE_DISK - used, "used_fraction": 1.0 / 7.0,
    });
    Ok(json!([row]).into())
}
