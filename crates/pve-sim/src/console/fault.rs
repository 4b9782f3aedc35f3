//! Faults on the level of RFB: what a broken or hostile console backend sends.
//!
//! A connection takes at most one fault, at its start. Faults never come by themselves.

use std::sync::Mutex;

/// A point of the server's side of the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The protocol version.
    Version,
    /// The list of security types.
    SecurityTypes,
    /// The challenge of VNC authentication.
    Challenge,
    /// The security result.
    Result,
    /// The server's initialisation.
    ServerInit,
    /// The first update of the screen.
    FirstUpdate,
}

/// What goes wrong on a console connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RfbFault {
    /// Greets with a protocol version that nobody speaks.
    WrongVersion,
    /// Sends bytes that are no RFB at all.
    Garbage,
    /// Offers only a security type that nobody knows.
    UnknownSecurity,
    /// Offers no security type and a reason.
    NoSecurity,
    /// Refuses the right password.
    RefusePassword,
    /// Closes instead of sending this step.
    CloseAt(Step),
    /// Stays silent instead of sending this step.
    HangAt(Step),
    /// Announces a desktop name of 4 GiB.
    HugeName,
    /// Refuses with a reason of 4 GiB.
    HugeReason,
}

#[derive(Debug)]
struct Armed {
    vmid: Option<u32>,
    fault: RfbFault,
    left: Option<u32>,
}

/// The faults that wait for a connection.
#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: Mutex<Vec<Armed>>,
}

impl Faults {
    /// Arms a fault for one guest or all, for so many connections or until cleared.
    pub(super) fn arm(&self, vmid: Option<u32>, fault: RfbFault, times: Option<u32>) {
        self.lock().push(Armed { vmid, fault, left: times });
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// The fault for a connection that starts now.
    pub(super) fn take(&self, vmid: Option<u32>) -> Option<RfbFault> {
        let mut armed = self.lock();
        armed.retain(|entry| entry.left != Some(0));
        let entry = armed.iter_mut().find(|entry| entry.vmid.is_none() || entry.vmid == vmid)?;
        if let Some(left) = &mut entry.left {
            *left -= 1;
        }
        Some(entry.fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Armed>> {
        self.armed.lock().expect("no code panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_matches_guests() {
        let faults = Faults::default();
        faults.arm(Some(100), RfbFault::Garbage, Some(2));
        assert_eq!(faults.take(Some(101)), None);
        assert_eq!(faults.take(Some(100)), Some(RfbFault::Garbage));
        assert_eq!(faults.take(Some(100)), Some(RfbFault::Garbage));
        assert_eq!(faults.take(Some(100)), None);
        faults.arm(None, RfbFault::HugeName, None);
        assert_eq!(faults.take(None), Some(RfbFault::HugeName));
        assert_eq!(faults.take(Some(7)), Some(RfbFault::HugeName));
        faults.clear();
        assert_eq!(faults.take(Some(7)), None);
    }
}
