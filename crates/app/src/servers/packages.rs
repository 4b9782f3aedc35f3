//! Which packages of PVE are too old for which kind of console (PVE-FACTS 0). Pure; screens work with every version.

use std::collections::BTreeMap;

/// A kind of console, and from which versions on an API token may open it.
struct Kind {
    name: &'static str,
    needs: &'static [(&'static str, &'static str)],
}

const ACCESS: (&str, &str) = ("libpve-access-control", "9.0.4");

const GUESTS: &[Kind] = &[
    Kind { name: "Text consoles of virtual machines", needs: &[ACCESS, ("qemu-server", "9.1.7")] },
    Kind { name: "Text consoles of containers", needs: &[ACCESS, ("pve-container", "6.1.3")] },
];

const SHELL: Kind = Kind { name: "Shells of nodes", needs: &[ACCESS, ("pve-manager", "9.0.13")] };

/// The release of pve-manager that came with all of them.
const ALL_OF_THEM: &str = "9.1.9";

/// What is too old, and what to do about it. Without the packages' versions PVE's own says as much as it can.
pub(super) fn too_old(
    version: Option<&str>,
    packages: Option<&BTreeMap<String, String>>,
    node_shell: bool,
) -> Vec<(String, String)> {
    let major = version.and_then(|version| numbers(version).first().copied()).unwrap_or(9);
    let remedy = if major < 9 {
        "Upgrade the cluster to Proxmox VE 9. Until then the screen is there for every guest.".to_owned()
    } else {
        "On each node: apt update && apt full-upgrade. Until then the screen is there for every guest.".to_owned()
    };
    let kinds = GUESTS.iter().chain(node_shell.then_some(&SHELL));
    let old: Vec<String> = match (packages, version) {
        (Some(packages), _) => kinds.filter_map(|kind| kind.too_old(packages)).collect(),
        (None, Some(version)) if older(version, ALL_OF_THEM) => {
            let names: Vec<&str> = kinds.map(|kind| kind.name).collect();
            let (first, rest) = names.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
            let rest: String = rest.iter().map(|name| format!(", {}", lower(name))).collect();
            let sure = if older(version, "9.0.13") { "need" } else { "may need" };
            vec![format!("{first}{rest} {sure} newer packages than those of Proxmox VE {version}.")]
        }
        (None, _) => Vec::new(),
    };
    old.into_iter().map(|detail| (detail, remedy.clone())).collect()
}

impl Kind {
    fn too_old(&self, packages: &BTreeMap<String, String>) -> Option<String> {
        let old = self.needs.iter().filter_map(|(package, needed)| {
            let has = packages.get(*package).filter(|has| older(has, needed))?;
            Some(format!("{package} {needed} (there is {has})"))
        });
        let old: Vec<String> = old.collect();
        (!old.is_empty()).then(|| format!("{} need {}.", self.name, old.join(" and ")))
    }
}

fn lower(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// The numbers that a version begins with; an epoch before a colon is none of them.
fn numbers(version: &str) -> Vec<u32> {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    let plain = version.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default();
    plain.split('.').map_while(|part| part.parse().ok()).collect()
}

fn older(has: &str, needed: &str) -> bool {
    let has = numbers(has);
    !has.is_empty() && has < numbers(needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        list.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect()
    }

    #[test]
    fn versions_are_numbers() {
        assert!(older("9.0.3", "9.0.4") && older("8.4", "9.0.4") && older("9.1.6~1", "9.1.7") && older("1:8.0", "9.0"));
        assert!(
            !older("9.1.10", "9.1.7") && !older("9.1.7-1", "9.1.7") && !older("10.0", "9.1.7") && !older("?", "9.0")
        );
    }

    #[test]
    fn the_package_that_is_too_old_is_named() {
        let new = packages(&[
            ("libpve-access-control", "9.0.7"),
            ("qemu-server", "9.1.7"),
            ("pve-container", "6.1.3"),
            ("pve-manager", "9.1.9"),
        ]);
        assert!(too_old(Some("9.1.9"), Some(&new), true).is_empty());
        let mut some = new.clone();
        some.insert("qemu-server".into(), "9.0.25".into());
        let said = too_old(Some("9.1.1"), Some(&some), true);
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].0, "Text consoles of virtual machines need qemu-server 9.1.7 (there is 9.0.25).");
        some.insert("libpve-access-control".into(), "9.0.3".into());
        assert_eq!(too_old(Some("9.0.10"), Some(&some), true).len(), 3);
        assert_eq!(too_old(Some("9.0.10"), Some(&some), false).len(), 2);
    }

    #[test]
    fn without_packages_the_version_says_as_much_as_it_can() {
        assert!(too_old(Some("9.2.11"), None, true).is_empty() && too_old(None, None, true).is_empty());
        let said = too_old(Some("8.3.0"), None, false);
        assert_eq!(
            said[0].0,
            "Text consoles of virtual machines, text consoles of containers need newer packages than those of Proxmox VE 8.3.0."
        );
        assert!(said[0].1.contains("Proxmox VE 9"));
        let said = too_old(Some("9.1.2"), None, true);
        assert!(said[0].0.contains("shells of nodes may need") && said[0].1.contains("full-upgrade"), "{said:?}");
    }
}
