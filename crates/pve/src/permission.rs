//! What a token may do, as PVE tells it.
//!
//! A hint for people and for messages; PVE itself decides at every call.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::lenient::Scalar;

/// Privileges by ACL path (PVE-FACTS 3.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Permissions {
    /// Per path: privilege → whether it holds below the path too.
    paths: BTreeMap<String, BTreeMap<String, bool>>,
}

#[derive(Deserialize)]
pub(crate) struct RawPermissions(Option<BTreeMap<String, Option<BTreeMap<String, Scalar>>>>);

impl From<RawPermissions> for Permissions {
    fn from(raw: RawPermissions) -> Self {
        let paths = raw.0.unwrap_or_default().into_iter().map(|(path, privileges)| {
            let privileges = privileges.unwrap_or_default().into_iter();
            (path, privileges.map(|(name, below)| (name, below.text().is_some_and(|text| text != "0"))).collect())
        });
        Self { paths: paths.collect() }
    }
}

impl Permissions {
    /// These privileges on these paths, all of them inherited below.
    #[must_use]
    pub fn from_paths<'p>(paths: impl IntoIterator<Item = (&'p str, &'p [&'p str])>) -> Self {
        let path = |(path, names): (&str, &[&str])| {
            (path.to_owned(), names.iter().map(|name| ((*name).to_owned(), true)).collect())
        };
        Self { paths: paths.into_iter().map(path).collect() }
    }

    /// Whether the token has nothing at all: it can sign in and see node names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.values().all(BTreeMap::is_empty)
    }

    /// Whether `privilege` holds on some path.
    #[must_use]
    pub fn anywhere(&self, privilege: &str) -> bool {
        self.paths.values().any(|privileges| privileges.contains_key(privilege))
    }

    /// Whether `privilege` holds on `path`: by an entry for the path, or inherited from the nearest path above that PVE
    /// listed.
    #[must_use]
    pub fn on(&self, path: &str, privilege: &str) -> bool {
        if let Some(privileges) = self.paths.get(path) {
            return privileges.contains_key(privilege);
        }
        let mut above = path;
        while let Some(at) = above.rfind('/') {
            above = &above[..at];
            let listed = if above.is_empty() { "/" } else { above };
            if let Some(privileges) = self.paths.get(listed) {
                return privileges.get(privilege).copied().unwrap_or(false);
            }
        }
        false
    }

    /// Every privilege that holds somewhere.
    #[must_use]
    pub fn privileges(&self) -> BTreeSet<&str> {
        self.paths.values().flat_map(|privileges| privileges.keys().map(String::as_str)).collect()
    }

    /// The paths and their privileges.
    pub fn paths(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.paths.iter().map(|(path, privileges)| (path.as_str(), privileges.keys().map(String::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Permissions {
        serde_json::from_str::<RawPermissions>(text).unwrap().into()
    }

    #[test]
    fn privileges_are_inherited_from_the_nearest_path() {
        let permissions = read(
            r#"{"/":{"VM.Audit":1,"Sys.Audit":0},"/vms":{"VM.Audit":1,"VM.Console":"1"},"/vms/100":{"VM.PowerMgmt":0}}"#,
        );
        assert!(permissions.on("/", "Sys.Audit"));
        assert!(!permissions.on("/nodes/pve1", "Sys.Audit"));
        assert!(permissions.on("/nodes/pve1", "VM.Audit"));
        assert!(permissions.on("/vms/101", "VM.Console"));
        assert!(permissions.on("/vms/100", "VM.PowerMgmt"));
        assert!(!permissions.on("/vms/100", "VM.Console"));
        assert!(permissions.anywhere("VM.PowerMgmt") && !permissions.anywhere("VM.Snapshot"));
        assert_eq!(permissions.privileges().len(), 4);
    }

    #[test]
    fn a_token_without_anything_is_empty() {
        assert!(read("{}").is_empty() && read("null").is_empty() && read(r#"{"/":{}}"#).is_empty());
        assert!(!read("{}").on("/", "VM.Audit"));
    }
}
