//! Worker tasks: their ids (pve-common, PVE/UPID.pm), their running and their end. It must never lose a task: lists and
//! states come from here alone.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::shared::Shared;
use crate::wire;

/// The parts of a task's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upid {
    pub(crate) node: String,
    pub(crate) pid: u64,
    pub(crate) pstart: u64,
    pub(crate) starttime: u64,
    pub(crate) kind: String,
    pub(crate) id: String,
    /// User or token id.
    pub(crate) user: String,
}

impl Upid {
    /// Reads `UPID:node:pid:pstart:starttime:type:id:user:`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.strip_prefix("UPID:")?.strip_suffix(':')?.split(':').collect();
        let [node, pid, pstart, starttime, kind, id, user] = parts[..] else { return None };
        if node.is_empty() || kind.is_empty() || user.is_empty() || pid.len() != 8 || starttime.len() != 8 {
            return None;
        }
        Some(Self {
            node: node.to_owned(),
            pid: u64::from_str_radix(pid, 16).ok()?,
            pstart: u64::from_str_radix(pstart, 16).ok()?,
            starttime: u64::from_str_radix(starttime, 16).ok()?,
            kind: kind.to_owned(),
            id: id.to_owned(),
            user: user.to_owned(),
        })
    }

    /// Its fields as JSON, the user split from the token's name.
    fn fields(&self) -> Value {
        let mut row = json!({
            "upid": self.to_string(), "node": self.node, "pid": self.pid, "pstart": self.pstart,
            "starttime": self.starttime, "type": self.kind, "id": self.id,
        });
        match self.user.split_once('!') {
            Some((user, token)) => {
                row["user"] = user.into();
                row["tokenid"] = token.into();
            }
            None => row["user"] = self.user.as_str().into(),
        }
        row
    }
}

impl std::fmt::Display for Upid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { node, pid, pstart, starttime, kind, id, user } = self;
        write!(f, "UPID:{node}:{pid:08X}:{pstart:08X}:{starttime:08X}:{kind}:{id}:{user}:")
    }
}

/// What a task writes. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal(Arc<Shared<Vec<String>>>);

impl Journal {
    pub(crate) fn line(&self, text: impl Into<String>) {
        self.0.get().push(text.into());
    }
}

#[derive(Debug)]
struct Task {
    upid: Upid,
    journal: Journal,
    /// When it ended and how.
    end: Option<(u64, String)>,
    cancel: CancellationToken,
}

impl Task {
    /// The row of GET /nodes/N/tasks.
    fn row(&self) -> Value {
        let mut row = self.upid.fields();
        match &self.end {
            Some((time, exit)) => {
                row["endtime"] = (*time).into();
                row["status"] = exit.as_str().into();
            }
            None => row["status"] = "RUNNING".into(),
        }
        row
    }
}

/// Epoch seconds as the nodes' clocks have them.
fn now(ahead: &AtomicI64) -> u64 {
    wire::epoch().saturating_add_signed(ahead.load(Ordering::Relaxed))
}

/// All tasks of a cluster. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Tasks {
    list: Arc<Shared<Vec<Task>>>,
    next_pid: Arc<AtomicU32>,
    started: Instant,
    /// By how many seconds the nodes' clocks are ahead.
    ahead: Arc<AtomicI64>,
    tracker: TaskTracker,
    stop: CancellationToken,
}

/// Which rows GET /nodes/N/tasks gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) running: bool,
    pub(crate) finished: bool,
    pub(crate) vmid: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) errors: bool,
    pub(crate) since: Option<u64>,
    pub(crate) until: Option<u64>,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            list: Arc::default(),
            next_pid: Arc::new(AtomicU32::new(1000)),
            started: Instant::now(),
            ahead: Arc::default(),
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
        }
    }

    /// Sets the nodes' clocks ahead or, below 0, back.
    pub(crate) fn set_clock(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::Relaxed);
    }

    /// A process id that no other task or guest has.
    pub(crate) fn next_pid(&self) -> u32 {
        self.next_pid.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts a task and gives its id; `work` ends with the text of its failure.
    pub(crate) fn start<F>(&self, node: &str, kind: &str, id: &str, user: &str, work: F) -> String
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.start_writing(node, kind, id, user, Journal::default(), work)
    }

    /// Does something after a task, as a daemon of the cluster does.
    pub(crate) fn later(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tracker.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// The same for a task that writes into its log.
    pub(crate) fn start_writing<F>(
        &self,
        node: &str,
        kind: &str,
        id: &str,
        user: &str,
        journal: Journal,
        work: F,
    ) -> String
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let upid = Upid {
            node: node.to_owned(),
            pid: u64::from(self.next_pid()),
            pstart: 200_000 + u64::try_from(self.started.elapsed().as_millis() / 10).unwrap_or_default(),
            starttime: now(&self.ahead),
            kind: kind.to_owned(),
            id: id.to_owned(),
            user: user.to_owned(),
        };
        let text = upid.to_string();
        let cancel = self.stop.child_token();
        self.list.get().push(Task { upid, journal, end: None, cancel: cancel.clone() });
        let (list, name, ahead) = (Arc::clone(&self.list), text.clone(), Arc::clone(&self.ahead));
        self.tracker.spawn(async move {
            let exit = tokio::select! {
                () = cancel.cancelled() => "received interrupt".to_owned(),
                result = work => result.err().unwrap_or_else(|| "OK".to_owned()),
            };
            let mut list = list.get();
            if let Some(task) = list.iter_mut().find(|task| task.upid.to_string() == name) {
                task.end = Some((now(&ahead), exit));
            }
        });
        text
    }

    /// Ends a task early; nothing if it is over. False if there is no such task.
    pub(crate) fn cancel(&self, upid: &str) -> bool {
        self.with(upid, |task| task.cancel.cancel()).is_some()
    }

    /// The object of GET /nodes/N/tasks/U/status.
    pub(crate) fn status(&self, upid: &str) -> Option<Value> {
        self.with(upid, |task| {
            let mut row = task.upid.fields();
            match &task.end {
                Some((_, exit)) => {
                    row["status"] = "stopped".into();
                    row["exitstatus"] = exit.as_str().into();
                }
                None => row["status"] = "running".into(),
            }
            row
        })
    }

    /// The lines of a task's log.
    pub(crate) fn log(&self, upid: &str) -> Option<Vec<String>> {
        self.with(upid, |task| {
            let mut lines = task.journal.0.get().clone();
            match &task.end {
                None => {}
                Some((_, exit)) if exit == "OK" => lines.push("TASK OK".to_owned()),
                Some((_, exit)) => lines.push(format!("TASK ERROR: {exit}")),
            }
            lines
        })
    }

    /// Ends what somebody's tasks of one kind do with a guest, and names them.
    pub(crate) fn abort(&self, kind: &str, id: &str, may: impl Fn(&str) -> bool) -> Vec<String> {
        let list = self.list.get();
        let found = list
            .iter()
            .filter(|task| task.end.is_none() && task.upid.kind == kind && task.upid.id == id && may(&task.upid.user));
        found
            .map(|task| {
                task.cancel.cancel();
                task.upid.to_string()
            })
            .collect()
    }

    /// Rows of one node, newest first.
    pub(crate) fn rows(&self, node: &str, filter: &Filter) -> Vec<Value> {
        let list = self.list.get();
        let matches = |task: &&Task| {
            let upid = &task.upid;
            upid.node == node
                && (task.end.is_some() && filter.finished || task.end.is_none() && filter.running)
                && filter.vmid.as_ref().is_none_or(|vmid| *vmid == upid.id)
                && filter.kind.as_ref().is_none_or(|kind| *kind == upid.kind)
                && filter.user.as_ref().is_none_or(|user| upid.user.contains(user.as_str()))
                && filter.since.is_none_or(|since| upid.starttime >= since)
                && filter.until.is_none_or(|until| upid.starttime <= until)
                && (!filter.errors || task.end.as_ref().is_some_and(|(_, exit)| exit != "OK"))
        };
        list.iter().rev().filter(matches).map(Task::row).collect()
    }

    /// Rows of GET /cluster/tasks: of each node the running ones and the last 25 that ended.
    pub(crate) fn cluster_rows(&self, new: bool) -> Vec<Value> {
        let list = self.list.get();
        let mut ended = std::collections::BTreeMap::<&str, usize>::new();
        let mut rows = Vec::new();
        for task in list.iter().rev() {
            let count = ended.entry(task.upid.node.as_str()).or_default();
            if task.end.is_some() {
                *count += 1;
            }
            if *count > 25 && task.end.is_some() {
                continue;
            }
            let mut row = task.row();
            if let Some(fields) = row.as_object_mut() {
                fields.remove("pstart");
                if task.end.is_some() {
                    fields.remove("pid");
                } else {
                    fields.remove("status");
                }
                // 8.3 was seen to leave it out while a task runs.
                if task.end.is_some() || new {
                    fields.insert("saved".to_owned(), if task.end.is_some() { "1" } else { "0" }.into());
                }
            }
            rows.push(row);
        }
        rows
    }

    /// Lines of the cluster log about tasks, newest first: time, node, user, text, failed.
    pub(crate) fn log_rows(&self) -> Vec<(u64, String, String, String, bool)> {
        let mut rows = Vec::new();
        for task in self.list.get().iter() {
            let upid = &task.upid;
            let mut row = |time: u64, text: String, failed: bool| {
                rows.push((time, upid.node.clone(), upid.user.clone(), text, failed));
            };
            row(upid.starttime, format!("starting task {upid}"), false);
            if let Some((time, exit)) = &task.end {
                row(*time, format!("end task {upid} {exit}"), exit != "OK");
            }
        }
        rows.sort_by_key(|row| row.0);
        rows.reverse();
        rows
    }

    /// Ends all tasks and waits for them.
    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
        let _ = tokio::time::timeout(Duration::from_secs(5), self.tracker.wait()).await;
    }

    fn with<T>(&self, upid: &str, look: impl FnOnce(&Task) -> T) -> Option<T> {
        self.list.get().iter().find(|task| task.upid.to_string() == upid).map(look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_and_written() {
        let text = "UPID:pve1:0000022E:0002C252:6B015201:vncproxy:100:broker@pve!nexus:";
        assert_eq!(Upid::parse(text).unwrap().to_string(), text);
        assert!(Upid::parse("UPID:pve1:00000291:0002F90D:6B01528D:vncshell::root@pam:").unwrap().id.is_empty());
        for bad in ["XPID", "UPID:pve1:1:2:3:a:b:c:", "UPID:pve1:0000022E:0002C252:6B015201:vncproxy:100:"] {
            assert_eq!(Upid::parse(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn tasks_run_end_and_are_stopped() {
        let tasks = Tasks::new();
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        let upid = tasks.start("pve1", "qmstart", "100", "u@pve!t", async move {
            let _ = wait.await;
            Err("VM 100 already running".to_owned())
        });
        assert_eq!(tasks.status(&upid).unwrap()["status"], "running");
        assert!(tasks.status(&upid).unwrap().get("exitstatus").is_none());
        go.send(()).unwrap();
        let ended = async {
            while tasks.status(&upid).unwrap()["status"] != "stopped" {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap();
        let endless = tasks.start("pve1", "vncproxy", "100", "u@pve", std::future::pending());
        assert!(tasks.cancel(&endless));
        tasks.stop().await;
        assert_eq!(tasks.status(&upid).unwrap()["exitstatus"], "VM 100 already running");
        assert_eq!(tasks.log(&upid).unwrap(), ["TASK ERROR: VM 100 already running"]);
        assert_eq!(tasks.status(&endless).unwrap()["exitstatus"], "received interrupt");
        assert!(!tasks.cancel("UPID:pve1:00000001:00000001:6B000000:qmstart:100:root@pam:"));
    }
}
