//! Power actions of guests and what may be asked along with them.
//!
//! Nothing here waits: whether an action succeeded is known from its task alone (PVE-FACTS 3.10).

use std::time::Duration;

use crate::guest::Kind;
use crate::wire;

/// Power actions (PVE-FACTS 3.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// Starts it.
    Start,
    /// Pulls the plug.
    Stop,
    /// Asks it to shut down.
    Shutdown,
    /// Asks it to shut down and starts it again.
    Reboot,
    /// Presses the reset button; virtual machines only.
    Reset,
    /// Stops the clock.
    Suspend,
    /// Lets the clock go on.
    Resume,
}

impl Power {
    /// As it stands in PVE's paths.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Shutdown => "shutdown",
            Self::Reboot => "reboot",
            Self::Reset => "reset",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }

    /// Whether PVE has this action for `kind`: containers cannot be reset.
    #[must_use]
    pub fn is_for(self, kind: Kind) -> bool {
        !(self == Self::Reset && kind == Kind::Lxc)
    }
}

/// What may be asked along with a power action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PowerOptions {
    /// How long a shutdown or reboot waits for the guest; PVE's own limit when absent. Whole seconds.
    pub timeout: Option<Duration>,
    /// Whether a shutdown pulls the plug when the guest did not obey in time.
    pub force_stop: bool,
    /// Whether a stop first ends shutdowns of this guest that are under way, of the same token or its user.
    pub overrule_shutdown: bool,
}

impl PowerOptions {
    /// The form's fields that `action` has; PVE refuses any other.
    pub(crate) fn form(self, action: Power) -> String {
        let mut fields = Vec::new();
        let seconds = self.timeout.map(|timeout| timeout.as_secs().to_string());
        if let (Power::Shutdown | Power::Reboot, Some(seconds)) = (action, &seconds) {
            fields.push(("timeout", seconds.as_str()));
        }
        if action == Power::Shutdown && self.force_stop {
            fields.push(("forceStop", "1"));
        }
        if action == Power::Stop && self.overrule_shutdown {
            fields.push(("overrule-shutdown", "1"));
        }
        wire::form(&fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_action_has_is_sent() {
        let all = PowerOptions { timeout: Some(Duration::from_secs(90)), force_stop: true, overrule_shutdown: true };
        assert_eq!(all.form(Power::Shutdown), "timeout=90&forceStop=1");
        assert_eq!(all.form(Power::Reboot), "timeout=90");
        assert_eq!(all.form(Power::Stop), "overrule-shutdown=1");
        for action in [Power::Start, Power::Reset, Power::Suspend, Power::Resume] {
            assert_eq!(all.form(action), "");
        }
        assert_eq!(PowerOptions::default().form(Power::Shutdown), "");
    }
}
