//! What HA does with the guests that it manages: starting and stopping are asked for in a task that ends at once, and
//! done some time later (PVE-FACTS 3.10). It must never touch a guest that it does not manage.

use std::sync::Arc;

use super::{Call, Outcome};
use crate::config::Status;

/// Passes a power action on to HA; none for a guest that it does not manage, and for what HA leaves to the node.
pub(super) fn ask(call: &Call<'_>, action: &str) -> Option<Outcome> {
    let (task, requested, wanted) = match action {
        "start" => ("hastart", "request_start", Status::Running),
        "stop" | "shutdown" => ("hastop", "request_stop", Status::Stopped),
        _ => return None,
    };
    let vmid = call.vmid();
    call.guest().ok().filter(|guest| guest.config.ha && !guest.config.template)?;
    let (cluster, after) = (Arc::clone(call.cluster), call.cluster.timing.ha);
    cluster.change(vmid, |guest| guest.ha = requested);
    cluster.tasks.later({
        let cluster = Arc::clone(&cluster);
        async move {
            tokio::time::sleep(after).await;
            // A later wish takes the place of this one.
            let still = cluster.guest(vmid).is_some_and(|guest| guest.ha == requested && !guest.config.ha_stuck);
            if still {
                cluster.set_status(vmid, wanted);
            }
        }
    });
    Some(call.task(&call.node(), task, &vmid.to_string(), std::future::ready(Ok(()))))
}
