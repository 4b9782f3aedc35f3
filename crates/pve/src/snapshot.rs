//! Snapshots of guests.
//!
//! Names are checked before they become part of a path. Nothing here waits for a task (PVE-FACTS 3.12).

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::guest::{Guest, Kind};
use crate::lenient::{self, Rows};
use crate::task::Upid;
use crate::wire::{Call, form, guest_path};

/// The pseudo row of what runs now.
const CURRENT: &str = "current";

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its name, unique for the guest.
    pub name: String,
    /// What people wrote about it; may have several lines.
    pub description: String,
    /// When it was made, in seconds since 1970 UTC by the node's clock.
    pub created_at: Option<u64>,
    /// Whether it holds the memory.
    pub with_memory: bool,
    /// The one that it was made after.
    pub parent: Option<String>,
    /// PVE's word (`prepare`, `delete`…) while it is made or deleted, or where that failed.
    pub state: Option<String>,
}

/// The snapshots of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshots {
    /// All of them, oldest first.
    pub snapshots: Vec<Snapshot>,
    /// The parent of what runs now.
    pub current: Option<String>,
    /// Whether the guest runs.
    pub running: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawSnapshot {
    #[serde(deserialize_with = "lenient::word")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::paragraph")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::count")]
    snaptime: Option<u64>,
    #[serde(deserialize_with = "lenient::flag")]
    vmstate: bool,
    #[serde(deserialize_with = "lenient::word")]
    parent: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    snapstate: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    running: bool,
}

impl From<Vec<RawSnapshot>> for Snapshots {
    fn from(rows: Vec<RawSnapshot>) -> Self {
        let mut all = Self::default();
        for row in rows {
            let Some(name) = row.name else { continue };
            if name == CURRENT {
                (all.current, all.running) = (row.parent, row.running);
                continue;
            }
            all.snapshots.push(Snapshot {
                name,
                description: row.description.unwrap_or_default().trim_end().to_owned(),
                created_at: row.snaptime,
                with_memory: row.vmstate,
                parent: row.parent,
                state: row.snapstate,
            });
        }
        all.snapshots.sort_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name)));
        all
    }
}

/// Whether PVE takes `name` for a snapshot: a letter, then letters, digits, `-` and `_`, 2 to 40 characters in all. The
/// words `current` and `pending` stand for something else.
#[must_use]
pub fn is_snapshot_name(name: &str) -> bool {
    (2..=40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && !matches!(name, CURRENT | "pending")
}

fn snapshot_path(guest: Guest<'_>, name: &str) -> Result<String, Error> {
    if !is_snapshot_name(name) {
        return Err(Error::impossible("the snapshot's name is not one of PVE's"));
    }
    Ok(format!("{}/snapshot/{name}", guest_path(guest)?))
}

impl Client {
    /// The snapshots of a guest.
    ///
    /// # Errors
    /// As every call; [`Error::is_no_such_guest`] when it is not on that node.
    pub async fn snapshots(&self, guest: Guest<'_>) -> Result<Snapshots, Error> {
        let rows = self.get::<Rows<RawSnapshot>>(Call::get(format!("{}/snapshot", guest_path(guest)?))).await?;
        Ok(rows.all()?.into())
    }

    /// Begins to make a snapshot, with the memory where `vmstate` says so; containers have none.
    ///
    /// # Errors
    /// As every call; [`crate::ErrorKind::Impossible`] for a name that PVE does not take. Never sent twice.
    pub async fn create_snapshot(
        &self,
        guest: Guest<'_>,
        name: &str,
        description: &str,
        vmstate: bool,
    ) -> Result<Upid, Error> {
        snapshot_path(guest, name)?;
        let mut fields = vec![("snapname", name)];
        if !description.is_empty() {
            fields.push(("description", description));
        }
        if guest.kind == Kind::Qemu {
            fields.push(("vmstate", if vmstate { "1" } else { "0" }));
        }
        self.begin(&Call::post(format!("{}/snapshot", guest_path(guest)?), form(&fields))).await
    }

    /// Begins to go back to a snapshot; what came after it is lost. `start` starts the guest afterwards.
    ///
    /// # Errors
    /// As [`Client::create_snapshot`].
    pub async fn roll_back(&self, guest: Guest<'_>, name: &str, start: bool) -> Result<Upid, Error> {
        let fields = if start { "start=1" } else { "" };
        self.begin(&Call::post(format!("{}/rollback", snapshot_path(guest, name)?), fields)).await
    }

    /// Begins to delete a snapshot; its children become its parent's.
    ///
    /// # Errors
    /// As [`Client::create_snapshot`].
    pub async fn delete_snapshot(&self, guest: Guest<'_>, name: &str) -> Result<Upid, Error> {
        self.begin(&Call::delete(snapshot_path(guest, name)?)).await
    }

    /// Changes what people wrote about a snapshot.
    ///
    /// # Errors
    /// As [`Client::create_snapshot`].
    pub async fn describe_snapshot(&self, guest: Guest<'_>, name: &str, description: &str) -> Result<(), Error> {
        let path = format!("{}/config", snapshot_path(guest, name)?);
        self.change(&Call::put(path, form(&[("description", description)]))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Snapshots {
        serde_json::from_str::<Vec<RawSnapshot>>(json).unwrap().into()
    }

    #[test]
    fn recorded_lists_are_read() {
        let none = read(
            r#"[{"digest":"341d64535c30109ab5ea17b001f550fb656e456a","running":1,"description":"You are here!","name":"current"}]"#,
        );
        assert_eq!(none, Snapshots { running: true, ..Snapshots::default() });
        let one = read(
            r#"[{"name":"s1","description":"","snaptime":1795249217,"snapstate":"prepare","vmstate":0},
                {"digest":"a17f","name":"current","description":"You are here!","running":1}]"#,
        );
        let [s1] = &one.snapshots[..] else { panic!("{one:?}") };
        assert_eq!(
            (s1.name.as_str(), s1.created_at, s1.state.as_deref()),
            ("s1", Some(1_795_249_217), Some("prepare"))
        );
        assert!(one.current.is_none() && one.running && !s1.with_memory);
    }

    #[test]
    fn a_tree_is_in_order_and_lines_of_a_description_stay() {
        let tree = read(
            r#"[{"name":"b","snaptime":"20","parent":"a","vmstate":"1","description":"x\ny\u0000\n"},
                {"name":"current","parent":"b","running":0},{"name":"a","snaptime":10},{"description":"without name"}]"#,
        );
        let names: Vec<&str> = tree.snapshots.iter().map(|snapshot| snapshot.name.as_str()).collect();
        assert_eq!((names, tree.current.as_deref(), tree.running), (vec!["a", "b"], Some("b"), false));
        assert_eq!((tree.snapshots[1].description.as_str(), tree.snapshots[1].with_memory), ("x\ny", true));
    }

    #[test]
    fn names_are_those_of_pve() {
        for name in ["ab", "before-update", "A_1", &"a".repeat(40)] {
            assert!(is_snapshot_name(name), "{name}");
        }
        for name in ["", "a", "1a", "-a", "a b", "a/b", "a.b", "..", "äb", "current", "pending", &"a".repeat(41)] {
            assert!(!is_snapshot_name(name), "{name}");
        }
    }
}
