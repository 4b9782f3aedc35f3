//! Who may do what where: access control lists on PVE's object paths. It must never guess: no entry means no right.

use std::collections::{BTreeMap, BTreeSet};

/// The privileges of a user or token, by path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rights {
    entries: BTreeMap<String, BTreeSet<String>>,
}

/// The paths that GET /access/permissions lists beside those with an entry.
const TOP: [&str; 8] = ["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"];

impl Rights {
    pub(crate) fn new(acl: &[(String, Vec<String>)]) -> Self {
        let mut entries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, privileges) in acl {
            let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
            entries.entry(path.to_owned()).or_default().extend(privileges.iter().cloned());
        }
        Self { entries }
    }

    /// The privileges on a path: those of the nearest entry at it or above it.
    pub(crate) fn at(&self, path: &str) -> BTreeSet<String> {
        let mut path = path;
        loop {
            if let Some(found) = self.entries.get(path) {
                return found.clone();
            }
            match path.rsplit_once('/') {
                _ if path == "/" || path.is_empty() => return BTreeSet::new(),
                Some(("", _)) | None => path = "/",
                Some((parent, _)) => path = parent,
            }
        }
    }

    /// Whether one of the privileges is granted on a path.
    pub(crate) fn any(&self, path: &str, privileges: &[&str]) -> bool {
        let granted = self.at(path);
        privileges.iter().any(|privilege| granted.contains(*privilege))
    }

    /// The paths that GET /access/permissions shows, those without privileges left out.
    pub(crate) fn listed(&self) -> BTreeMap<String, BTreeSet<String>> {
        TOP.iter()
            .map(|path| (*path).to_owned())
            .chain(self.entries.keys().cloned())
            .map(|path| (path.clone(), self.at(&path)))
            .filter(|(_, privileges)| !privileges.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(acl: &[(&str, &[&str])]) -> Rights {
        let acl: Vec<(String, Vec<String>)> =
            acl.iter().map(|(path, p)| ((*path).to_owned(), p.iter().map(|p| (*p).to_owned()).collect())).collect();
        Rights::new(&acl)
    }

    #[test]
    fn the_nearest_entry_counts() {
        let rights = rights(&[("/", &["VM.Audit", "VM.Console"]), ("/vms/101", &["VM.Audit"]), ("/vms/102", &[])]);
        assert!(rights.any("/vms/100", &["VM.Console"]));
        assert!(!rights.any("/vms/101", &["VM.Console"]));
        assert!(!rights.any("/vms/102", &["VM.Audit"]));
        assert!(rights.any("/", &["VM.Audit"]));
    }

    #[test]
    fn nothing_without_an_entry() {
        let rights = rights(&[("/vms/100", &["VM.Audit"])]);
        assert!(!rights.any("/vms", &["VM.Audit"]));
        assert!(!rights.any("/", &["VM.Audit"]));
        assert_eq!(rights.listed().keys().collect::<Vec<_>>(), ["/vms/100"]);
    }
}
