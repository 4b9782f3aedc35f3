//! Tasks: how they stand, what they write, and how they are ended.
//!
//! A token sees and stops its own tasks without further rights (PVE-FACTS 3.11).

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::lenient::{self, Rows};
use crate::task::{TaskStatus, TaskStatusRow, Upid};
use crate::wire::{Call, component, node_path};

/// The most lines of one answer.
pub const LINES: u64 = 500;
/// The longest line that is kept, in characters.
const LINE: usize = 1000;

/// A part of a task's log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskLog {
    /// Lines with their numbers, which count from 1. No line holds control characters, or more than 1000 characters.
    pub lines: Vec<(u64, String)>,
    /// How many lines the log has so far.
    pub total: u64,
}

#[derive(Deserialize)]
struct RawLine {
    #[serde(default, deserialize_with = "lenient::count")]
    n: Option<u64>,
    #[serde(default, deserialize_with = "lenient::text")]
    t: Option<String>,
}

impl TaskLog {
    /// PVE writes a line `no content` where there is none yet; it is no line of the log.
    fn read(rows: Vec<RawLine>, total: u64, limit: u64) -> Self {
        let lines = rows.into_iter().filter_map(|row| Some((row.n?, line(&row.t?))));
        let lines: Vec<_> = lines.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
        match &lines[..] {
            [(1, text)] if total <= 1 && text == "no content" => Self::default(),
            _ => Self { total: total.max(lines.last().map_or(0, |(number, _)| *number)), lines },
        }
    }
}

/// One line: tabs become blanks, other control characters are left out.
fn line(text: &str) -> String {
    let blank = text.chars().map(|c| if c == '\t' { ' ' } else { c });
    blank.filter(|c| !c.is_control()).take(LINE).collect()
}

fn task_path(upid: &Upid) -> Result<String, Error> {
    Ok(format!("{}/tasks/{}", node_path(upid.node())?, component(upid.as_str())))
}

impl Client {
    /// How a task stands.
    ///
    /// # Errors
    /// As every call.
    pub async fn task_status(&self, upid: &Upid) -> Result<TaskStatus, Error> {
        Ok(self.get::<TaskStatusRow>(Call::get(format!("{}/status", task_path(upid)?))).await?.into())
    }

    /// A part of a task's log: `limit` lines, at most [`LINES`], after the first `start`.
    ///
    /// # Errors
    /// As every call.
    pub async fn task_log(&self, upid: &Upid, start: u64, limit: u64) -> Result<TaskLog, Error> {
        // To PVE 0 means all of it.
        let limit = limit.clamp(1, LINES);
        let call = Call::get(format!("{}/log?start={start}&limit={limit}", task_path(upid)?));
        let (rows, total) = self.get_with_total::<Rows<RawLine>>(call).await?;
        Ok(TaskLog::read(rows.all()?, total.unwrap_or_default(), limit))
    }

    /// Asks PVE to end a task; fine when it is over already. The task's status says when it ended.
    ///
    /// # Errors
    /// As every call. Never sent twice.
    pub async fn stop_task(&self, upid: &Upid) -> Result<(), Error> {
        self.change(&Call::delete(task_path(upid)?)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, total: u64) -> TaskLog {
        TaskLog::read(serde_json::from_str(json).unwrap(), total, LINES)
    }

    #[test]
    fn a_recorded_log_is_read() {
        let log = read(r#"[{"t":"TASK ERROR: VM 100 already running","n":1}]"#, 1);
        assert_eq!(log, TaskLog { lines: vec![(1, "TASK ERROR: VM 100 already running".into())], total: 1 });
    }

    #[test]
    fn an_empty_log_has_no_lines() {
        assert_eq!(read(r#"[{"n":1,"t":"no content"}]"#, 1), TaskLog::default());
        assert_eq!(read(r#"[{"n":1,"t":"no content"}]"#, 2).lines.len(), 1);
        assert_eq!(read("[]", 7), TaskLog { lines: Vec::new(), total: 7 });
    }

    #[test]
    fn lines_are_short_and_printable() {
        let log = read(&format!(r#"[{{"n":"5","t":"a\tb\u001b[1m{}"}},{{"t":"x"}}]"#, "ü".repeat(3000)), 5);
        let [(5, text)] = &log.lines[..] else { panic!("{log:?}") };
        assert!(text.starts_with("a b[1mü") && text.chars().count() == 1000);
    }
}
