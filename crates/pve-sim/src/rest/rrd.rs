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

/// GET …/rrddata of a guest.
pub(super) fn guest(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    let numbers = rows::numbers(call.cluster, &guest);
    let vmid = u64::from(guest.config.vmid);
    let new = call.cluster.mode.is_new();
    let points = times(call).into_iter().map(|time| {
        if !guest.runs() || time < guest.since {
            return json!({ "time": time });
        }
        let mut row = json!({
            "time": time, "cpu": call.cluster.load(vmid ^ time) * 0.2, "maxcpu": guest.config.cores,
            "mem": rows::whole(numbers.mem), "maxmem": rows::whole(numbers.maxmem), "disk": 0,
            "maxdisk": u64::from(guest.config.disk) << 30, "netin": 1733.5, "netout": 911.25,
            "diskread": 401.5, "diskwrite": 1201.75,
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
