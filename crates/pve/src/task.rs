//! Tasks of PVE: their identifiers and how they end.
//!
//! Reading only; a task's success is known from its status alone, never from the answer to the call that began it
//! (PVE-FACTS 3.10).

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::error::clean;
use crate::lenient;
use crate::wire::is_node_name;

/// The identifier of a task: `UPID:node:pid:pstart:starttime:type:id:user:` (PVE-FACTS 3.11).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Upid {
    text: String,
    node: String,
    kind: String,
    id: String,
    user: String,
    started_at: u64,
}

/// The text is no UPID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a task identifier of PVE")]
pub struct BadUpid;

impl FromStr for Upid {
    type Err = BadUpid;

    fn from_str(text: &str) -> Result<Self, BadUpid> {
        if text.len() > 512 {
            return Err(BadUpid);
        }
        let parts: Vec<&str> = text.split(':').collect();
        let ["UPID", node, pid, pstart, start, kind, id, user, ""] = parts[..] else { return Err(BadUpid) };
        let hex = |part: &str, longest: usize| {
            (8..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        // 8.3 allows `/` in id and user, 9.2 does not (PVE-8.3-DIFFERENCES row 66).
        let word = |part: &str| !part.contains(|c: char| c.is_whitespace() || c.is_control());
        let well = is_node_name(node)
            && hex(pid, 8)
            && hex(pstart, 9)
            && hex(start, 8)
            && !kind.is_empty()
            && word(kind)
            && !kind.contains('/')
            && word(id)
            && !user.is_empty()
            && word(user);
        if !well {
            return Err(BadUpid);
        }
        Ok(Self {
            text: text.to_owned(),
            node: node.to_owned(),
            kind: kind.to_owned(),
            id: id.to_owned(),
            user: user.to_owned(),
            started_at: u64::from_str_radix(start, 16).map_err(|_| BadUpid)?,
        })
    }
}

impl Upid {
    /// The whole identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The node that runs the task.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.node
    }

    /// The task's type, as `qmstart`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What the task is about, as a vmid; may be empty.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The user or token id that began it.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// When it began, in seconds since 1970 UTC by the node's clock.
    #[must_use]
    pub fn started_at(&self) -> u64 {
        self.started_at
    }
}

impl fmt::Display for Upid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskStatus {
    /// Not over yet.
    Running,
    /// Over.
    Stopped {
        /// `OK`, `WARNINGS: n`, or what went wrong.
        exit: String,
    },
}

impl TaskStatus {
    /// Whether the task is over and did what it should; warnings count as success.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        matches!(self, Self::Stopped { exit } if exit == "OK" || exit.starts_with("WARNINGS:"))
    }
}

/// The answer of `tasks/{upid}/status`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct TaskStatusRow {
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    exitstatus: Option<String>,
}

impl From<TaskStatusRow> for TaskStatus {
    fn from(row: TaskStatusRow) -> Self {
        match (row.status.as_deref(), row.exitstatus) {
            (Some("running"), _) => Self::Running,
            (_, Some(exit)) => Self::Stopped { exit: clean(&exit) },
            (_, None) => Self::Stopped { exit: "unexpected status".into() },
        }
    }
}

/// One row of `/cluster/tasks`. Without Sys.Audit on `/` a token sees none there, not even its own (PVE-FACTS 3.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// The task.
    pub upid: Upid,
    /// When it ended, in seconds since 1970 UTC; `None` while it runs.
    pub ended_at: Option<u64>,
    /// How it ended; `None` while it runs.
    pub exit: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RawTaskRow {
    #[serde(deserialize_with = "lenient::text")]
    upid: Option<String>,
    #[serde(deserialize_with = "lenient::count")]
    endtime: Option<u64>,
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
}

impl RawTaskRow {
    /// `None` for a row without a readable identifier.
    pub(crate) fn read(self) -> Option<TaskRow> {
        Some(TaskRow {
            upid: self.upid?.parse().ok()?,
            ended_at: self.endtime,
            exit: self.status.as_deref().map(clean),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_upid_of_a_token_is_taken_apart() {
        let upid: Upid = "UPID:pve1:00000431:0003A328:6B015440:qmreset:100:broker@pve!nexus:".parse().unwrap();
        assert_eq!((upid.node(), upid.kind(), upid.id(), upid.user()), ("pve1", "qmreset", "100", "broker@pve!nexus"));
        assert_eq!(upid.started_at(), 0x6B01_5440);
        assert_eq!(upid.as_str(), upid.to_string());
    }

    #[test]
    fn an_empty_id_and_a_long_pstart_are_legal() {
        assert!("UPID:pve-2:0000022E:10002C252:6B015201:vncshell::root@pam:".parse::<Upid>().is_ok());
        assert!("UPID:pve1:0000022E:0002C252:6B015201:x:local:dir/a:u@pam:".parse::<Upid>().is_err());
        assert!("UPID:pve1:0000022E:0002C252:6B015201:imgdel:a/b:u@pam:".parse::<Upid>().is_ok());
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "UPID:",
            "UPID:pve1:431:0003A328:6B015440:qmreset:100:broker@pve:",
            "UPID:pve1:00000431:0003A328:6B015440:qmreset:100:broker@pve",
            "UPID:pve1:00000431:0003A328:6B015440:qmreset:100::",
            "UPID:../x:00000431:0003A328:6B015440:qmreset:100:broker@pve:",
            "UPID:pve1:00000431:0003A328:6B015440:qm reset:100:broker@pve:",
            "UPID:pve1:0000043G:0003A328:6B015440:qmreset:100:broker@pve:",
        ] {
            assert_eq!(text.parse::<Upid>(), Err(BadUpid), "{text}");
        }
    }

    #[test]
    fn ends_are_told_apart() {
        let read = |text: &str| TaskStatus::from(serde_json::from_str::<TaskStatusRow>(text).unwrap());
        assert_eq!(read(r#"{"status":"running","pid":1}"#), TaskStatus::Running);
        assert!(read(r#"{"status":"stopped","exitstatus":"OK"}"#).is_ok());
        assert!(read(r#"{"status":"stopped","exitstatus":"WARNINGS: 2"}"#).is_ok());
        let failed = read(r#"{"status":"stopped","exitstatus":"VM 100 already running"}"#);
        assert_eq!(failed, TaskStatus::Stopped { exit: "VM 100 already running".into() });
        assert!(!failed.is_ok() && !read("{}").is_ok() && !TaskStatus::Running.is_ok());
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "(UPID:)?[a-zA-Z0-9:@!/. -]{0,120}") {
            if let Ok(upid) = text.parse::<Upid>() {
                prop_assert_eq!(upid.as_str(), text.as_str());
                prop_assert!(!upid.node().contains('/'));
            }
        }
    }
}
