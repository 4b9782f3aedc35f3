//! The guest agent: guests of the simulator have none that answers.

use super::{Call, Failure, Outcome};

/// Any agent call.
pub(super) fn ask(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    if !guest.config.agent {
        return Err(Failure::die("No QEMU guest agent configured"));
    }
    if !guest.runs() {
        return Err(Failure::die(format!("VM {} is not running", guest.config.vmid)));
    }
    Err(Failure::die("QEMU guest agent is not running").after(call.cluster.timing.agent))
}
