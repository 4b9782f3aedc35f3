//! Statistics over time. Points before the start of a guest have no values, as after PVE's first minute.

use serde_json::{Value, json};

use super::{Call, Outcome, rows};
use crate::wire;

/// Number of points and seconds between them, by version (PVE-FACTS 3.13, PVE-8.3-DIFFERENCES row 60).
fn frame(new: bool, name: &str) -> (u64, u64) {
    match (new, name) {
        (true, "hour") => (60, 60),
        (true, "day") => (1440, 60),
        (true, "week") => (336, 1800),
        (true, "month") => (1440, 1800),
        (true, _) => (1440, 21_600),
        (false, "hour") => (70, 60),
        (false, "day") => (70, 1800),
        (false, "week") => (70, 10_800),
        (false, "month") => (70, 43_200),
        (false, _) => (70, 604_800),
    }
}

fn times(call: &Call<'_>) -> Vec<u64> {
    let (count, step) = frame(call.cluster.mode.is_new(), &call.text("timeframe"));
    let last = wire::epoch() / step * step;
    (0..count).map(|index| last - (count - 1 - index) * step).collect()
}

/// GET /nodes/N/rrddata.
pub(super) fn node(call: &Call<'_>) -> Outcome {
    let points = times(call).into_iter().map(|time| {
        json!({
            "time": time, "cpu": call.cluster.load(time) * 0.3, "maxcpu": rows::NODE_CPUS,
            "memtotal": rows::NODE_MEMORY, "memused": rows::NODE_MEMORY / 3, "roottotal": rows::NODE_DISK,
            "rootused": rows::NODE_DISK / 7, "loadavg": call.cluster.load(time + 1), "iowait": 0.001,
            "netin": 1733.5, "netout": 911.25, "swaptotal": 0, "swapused": 0,
        })
    });
    Ok(Value::Array(points.collect()).into())
}

/// A number in 0..1, the same for the same guest and time.
fn noise(vmid: u64, time: u64) -> f64 {
    let bits = ((vmid << 32) ^ (time / 60)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 48) as f64 / 65_536.0
}

/// GET …/rrddata of a guest.
pub(super) fn guest(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    let numbers = rows::numbers(call.cluster, &guest);
    let vmid = u64::from(guest.config.vmid);
    let new = call.cluster.mode.is_new();
    let peak = if call.text("cf") == "MAX" { 1.3 } else { 1.0 };
    let points = times(call).into_iter().map(|time| {
        if !guest.runs() || time < guest.since {
            return json!({ "time": time });
        }
        // The wave of a day with some noise, so that a chart has something to show.
        let wave = 0.5 + 0.35 * (time as f64 / 86_400.0 * std::f64::consts::TAU).sin();
        let load = (wave * (0.6 + noise(vmid, time) * 0.4) * peak).min(1.0);
        let mut row = json!({
            "time": time, "cpu": load * 0.6, "maxcpu": guest.config.cores,
            "mem": rows::whole(numbers.maxmem * (0.3 + load * 0.3)), "maxmem": rows::whole(numbers.maxmem), "disk": 0,
            "maxdisk": u64::from(guest.config.disk) << 30, "netin": 1733.5 + load * 400_000.0,
            "netout": 911.25 + load * 150_000.0, "diskread": 401.5 + load * 90_000.0,
            "diskwrite": 1201.75 + load * 250_000.0,
        });
        if new {
            rows::merge(
                &mut row,
                json!({
                    "memhost": rows::whole(numbers.mem), "pressurecpusome": 0, "pressurecpufull": 0,
                    "pressureiosome": 0, "pressureiofull": 0, "pressurememorysome": 0, "pressurememoryfull": 0,
                }),
            );
        } else {
            row["mem"] = (numbers.mem + 0.25).into();
        }
        row
    });
    Ok(Value::Array(points.collect()).into())
}
