//! Words of tasks: what can be asked of a guest, and how far one of many is.

use serde::{Deserialize, Serialize};

use crate::PowerAction;
use crate::permission::named;

named! {
    /// What a task does with a guest.
    TaskAction {
        /// Switches on.
        Start = "start",
        /// Asks the guest to shut down.
        Shutdown = "shutdown",
        /// Pulls the plug.
        Stop = "stop",
        /// Asks the guest to restart.
        Reboot = "reboot",
        /// Presses the reset button.
        Reset = "reset",
        /// Pauses.
        Suspend = "suspend",
        /// Goes on after a pause.
        Resume = "resume",
        /// Makes a snapshot.
        SnapshotCreate = "snapshot_create",
        /// Goes back to a snapshot.
        SnapshotRollback = "snapshot_rollback",
        /// Deletes a snapshot.
        SnapshotDelete = "snapshot_delete",
    }
}

impl From<PowerAction> for TaskAction {
    fn from(action: PowerAction) -> Self {
        match action {
            PowerAction::Start => Self::Start,
            PowerAction::Shutdown => Self::Shutdown,
            PowerAction::Stop => Self::Stop,
            PowerAction::Reboot => Self::Reboot,
            PowerAction::Reset => Self::Reset,
            PowerAction::Suspend => Self::Suspend,
            PowerAction::Resume => Self::Resume,
        }
    }
}

named! {
    /// How far an action on many guests is.
    BulkState {
        /// Guests are worked on.
        Running = "running",
        /// Somebody stopped it; what was begun is waited for.
        Stopping = "stopping",
        /// Every guest has its result.
        Done = "done",
        /// It was stopped before every guest had its turn.
        Stopped = "stopped",
    }
}

named! {
    /// How one guest of many fares.
    BulkGuestState {
        /// Its turn has not come.
        Waiting = "waiting",
        /// Its task runs.
        Running = "running",
        /// Its task ended well.
        Ok = "ok",
        /// Its task did not.
        Failed = "failed",
        /// There was no task: not possible, not allowed, not there.
        Refused = "refused",
        /// It was left alone, since all was stopped before its turn.
        Skipped = "skipped",
    }
}

named! {
    /// How the list of guests is drawn.
    ViewLayout {
        /// One row for each.
        Table = "table",
        /// One card for each.
        Cards = "cards",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_action_has_the_same_name_as_its_task() {
        for action in PowerAction::ALL {
            assert_eq!(TaskAction::from(*action).name(), action.name());
        }
    }
}
