//! Guests: how one is named, what state it can be in, which rights exist on it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::permission::named;
use crate::{InvalidInput, ServerId};

named! {
    /// A VM or a container, by PVE's names.
    GuestKind {
        /// A virtual machine.
        Qemu = "qemu",
        /// A container.
        Lxc = "lxc",
    }
}

/// A guest's key. Never the node: guests migrate. The vmid is 100 to 999,999,999 (PVE's JSONSchema.pm, `pve-vmid`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GuestKey {
    /// The server that shows the guest.
    pub server: ServerId,
    /// VM or container.
    pub kind: GuestKind,
    /// PVE's number, unique in the cluster at one time, but used again after deletion.
    pub vmid: u32,
}

impl fmt::Display for GuestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.server, self.kind, self.vmid)
    }
}

/// The mark by which a guest is known again after its vmid was gone: for qemu the SMBIOS uuid and
/// creation time, for lxc the hardware addresses. Opaque text; equal means the same guest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Incarnation(pub String);

named! {
    /// A guest's state as Nexus shows it.
    GuestStatus {
        /// Runs.
        Running = "running",
        /// Paused or suspended; PVE's overview calls it running.
        Paused = "paused",
        /// Does not run.
        Stopped = "stopped",
        /// PVE does not know (its node is away).
        Unknown = "unknown",
    }
}

named! {
    /// A right that an assignment can give on a guest.
    GuestRight {
        /// List and state.
        View = "view",
        /// Console, view-only.
        Watch = "watch",
        /// Console with control.
        Console = "console",
        /// Power switches.
        Power = "power",
        /// Snapshots.
        Snapshot = "snapshot",
    }
}

/// A set of [`GuestRight`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct GuestPermissions(u8);

impl GuestPermissions {
    /// No right.
    pub const NONE: Self = Self(0);
    /// Every right.
    pub const ALL: Self = Self(0b1_1111);

    const fn bit(right: GuestRight) -> u8 {
        1 << right as u8
    }

    /// The set with `right` added; any right brings `view`, and `console` brings `watch`.
    #[must_use]
    pub const fn with(self, right: GuestRight) -> Self {
        let watch = if matches!(right, GuestRight::Console) { Self::bit(GuestRight::Watch) } else { 0 };
        Self(self.0 | Self::bit(right) | Self::bit(GuestRight::View) | watch)
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `right` is in the set.
    #[must_use]
    pub const fn has(self, right: GuestRight) -> bool {
        self.0 & Self::bit(right) != 0
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The rights in the set, in order.
    pub fn rights(self) -> impl Iterator<Item = GuestRight> {
        GuestRight::ALL.iter().copied().filter(move |right| self.has(*right))
    }
}

impl FromIterator<GuestRight> for GuestPermissions {
    fn from_iter<I: IntoIterator<Item = GuestRight>>(rights: I) -> Self {
        rights.into_iter().fold(Self::NONE, Self::with)
    }
}

/// As stored: the names joined by commas.
impl fmt::Display for GuestPermissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.rights().map(GuestRight::name).collect();
        f.write_str(&names.join(","))
    }
}

impl FromStr for GuestPermissions {
    type Err = InvalidInput;
    fn from_str(text: &str) -> Result<Self, InvalidInput> {
        text.split(',').filter(|name| !name.is_empty()).map(str::parse::<GuestRight>).collect()
    }
}

impl TryFrom<String> for GuestPermissions {
    type Error = InvalidInput;
    fn try_from(text: String) -> Result<Self, InvalidInput> {
        text.parse()
    }
}

named! {
    /// A power switch.
    PowerAction {
        /// Switches on.
        Start = "start",
        /// Asks the guest to shut down.
        Shutdown = "shutdown",
        /// Pulls the plug.
        Stop = "stop",
        /// Asks the guest to restart.
        Reboot = "reboot",
        /// Presses the reset button; qemu only.
        Reset = "reset",
        /// Pauses.
        Suspend = "suspend",
        /// Goes on after a pause.
        Resume = "resume",
    }
}

impl PowerAction {
    /// Whether the action makes sense for a guest of this kind in this state.
    /// PVE has no reset for containers (501), and refuses to shut down a paused VM.
    #[must_use]
    pub fn possible(self, kind: GuestKind, status: GuestStatus) -> bool {
        match self {
            Self::Start => status == GuestStatus::Stopped,
            Self::Stop => matches!(status, GuestStatus::Running | GuestStatus::Paused),
            Self::Shutdown | Self::Reboot => status == GuestStatus::Running,
            Self::Suspend => kind == GuestKind::Qemu && status == GuestStatus::Running,
            Self::Reset => kind == GuestKind::Qemu && matches!(status, GuestStatus::Running | GuestStatus::Paused),
            Self::Resume => kind == GuestKind::Qemu && status == GuestStatus::Paused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_bring_what_they_need() {
        let console = GuestPermissions::NONE.with(GuestRight::Console);
        assert!(console.has(GuestRight::View) && console.has(GuestRight::Watch));
        assert!(!console.has(GuestRight::Power));
        assert_eq!(console.to_string().parse::<GuestPermissions>().unwrap(), console);
        assert_eq!("".parse::<GuestPermissions>().unwrap(), GuestPermissions::NONE);
        assert!("view,root".parse::<GuestPermissions>().is_err());
        assert_eq!(GuestRight::ALL.iter().copied().collect::<GuestPermissions>(), GuestPermissions::ALL);
    }

    #[test]
    fn containers_have_no_reset() {
        for status in GuestStatus::ALL {
            assert!(!PowerAction::Reset.possible(GuestKind::Lxc, *status));
        }
        assert!(PowerAction::Start.possible(GuestKind::Lxc, GuestStatus::Stopped));
        assert!(!PowerAction::Shutdown.possible(GuestKind::Qemu, GuestStatus::Paused));
    }
}
