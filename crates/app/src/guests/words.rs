//! PVE's words for those who may not know the inside of a server: told where they are known to name nothing of it.

/// What viewers read instead of words that may name something.
pub(super) const UNTOLD: &str = "The action failed; ask a manager for the details";

/// PVE's locks that may be named.
const LOCKS: [&str; 13] = [
    "backup",
    "clone",
    "create",
    "destroyed",
    "disk",
    "fstrim",
    "migrate",
    "mounted",
    "rollback",
    "snapshot",
    "snapshot-delete",
    "suspended",
    "suspending",
];

/// The words of a failed action for viewers: texts that are known to name nothing; all others are not told.
pub(crate) fn plain(detail: String) -> String {
    if names_nothing(&detail) { detail } else { UNTOLD.to_owned() }
}

/// Whether it is exactly one of the texts that hold no more than a kind, a number and fixed words.
fn names_nothing(detail: &str) -> bool {
    if crate::tasks::OWN_WORDS.contains(&detail) || crate::tasks::AWAY.contains(&detail) {
        return true;
    }
    let Some(rest) = ["VM ", "CT "].iter().find_map(|kind| detail.strip_prefix(kind)) else { return false };
    let number = rest.bytes().take_while(u8::is_ascii_digit).count();
    let rest = if number == 0 { rest } else { rest[number..].strip_prefix(' ').unwrap_or_default() };
    let lock = rest.strip_prefix("is locked (").and_then(|lock| lock.strip_suffix(')'));
    let fixed = ["already running", "is already running", "not running", "is not running", "is locked"];
    fixed.contains(&rest) || rest == "is paused - cannot shutdown" || lock.is_some_and(|lock| LOCKS.contains(&lock))
}

#[cfg(test)]
mod tests {
    use super::UNTOLD;

    #[test]
    fn viewers_read_nothing_of_pves_inside() {
        let plain = |text: &str| super::plain(text.to_owned());
        for fine in [
            "VM is locked (snapshot)",
            "VM 101 is locked (snapshot-delete)",
            "VM 100 already running",
            "CT 200 not running",
            "VM is paused - cannot shutdown",
            "the server was removed before the task ended",
        ] {
            assert_eq!(plain(fine), fine);
        }
        for inside in [
            "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist",
            "no route to 10.0.0.5",
            "token nexus@pve!broker is not allowed",
            "start failed on pve1",
            "hostname lookup 'pve1' failed",
            "connect to [fe80::1] failed",
            "its end is not known: cannot connect to pve.lan",
            "start failed on rack7",
            "VM 100 not running on rack7",
            "VM rack7 not running",
            "VM is locked (rack7)",
            "VM is locked (snapshot) at pve.lan",
            "VM 100already running",
            "VM 100",
            "VM ",
            "",
        ] {
            assert_eq!(plain(inside), UNTOLD, "{inside}");
        }
    }
}
