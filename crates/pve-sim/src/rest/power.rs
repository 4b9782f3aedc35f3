//! Power actions: what is refused at once, what a task refuses, what happens (PVE-FACTS 3.10).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::{Call, Failure, Outcome, ha};
use crate::config::{Kind, Status};
use crate::state::{Cluster, Guest};
use crate::tasks::Journal;

/// POST …/status/ACTION, for all actions of both kinds.
pub(super) fn run(call: &Call<'_>) -> Outcome {
    let action = call.last().to_owned();
    if call.flag("todisk") && !call.may_vm(call.vmid(), &["VM.Config.Disk"]) {
        return Err(Failure::forbidden(&format!("/vms/{}", call.vmid()), &["VM.Config.Disk"]));
    }
    match call.kind() {
        Kind::Qemu => refuse_qemu(call, &action)?,
        Kind::Lxc => refuse_lxc(call, &action)?,
    }
    if let Some(outcome) = ha::ask(call, &action) {
        return outcome;
    }
    let (vmid, node) = (call.vmid(), call.node());
    let prefix = if call.kind() == Kind::Qemu { "qm" } else { "vz" };
    let task = match action.as_str() {
        "suspend" if call.kind() == Kind::Qemu && !call.flag("todisk") => "qmpause".to_owned(),
        other => format!("{prefix}{other}"),
    };
    let overruled = if call.flag("overrule-shutdown") {
        let kind = format!("{prefix}shutdown");
        let aborted =
            call.cluster.tasks.abort(&kind, &vmid.to_string(), |user| super::tasks::own(call, user).unwrap_or(false));
        (!aborted.is_empty()).then(|| format!("overruled {kind} tasks: {}", aborted.join(", ")))
    } else {
        None
    };
    let journal = Journal::default();
    if let Some(line) = overruled {
        journal.line(line);
    }
    let work = Work {
        cluster: Arc::clone(call.cluster),
        vmid,
        kind: call.kind(),
        node: node.clone(),
        action,
        skip_lock: call.flag("skiplock"),
        to_disk: call.flag("todisk"),
        timeout: call.number("timeout").map_or(call.cluster.timing.patience, Duration::from_secs),
        force: call.flag("forceStop"),
        journal: journal.clone(),
    };
    call.task_writing(&node, &task, &vmid.to_string(), journal, work.run())
}

/// What QEMU's API refuses before a task starts.
fn refuse_qemu(call: &Call<'_>, action: &str) -> Result<(), Failure> {
    let vmid = call.vmid();
    match action {
        // These start a task even for a guest that does not exist.
        "start" | "stop" => Ok(()),
        "shutdown" => match call.guest()?.config.status {
            Status::Paused => Err(Failure::die("VM is paused - cannot shutdown")),
            Status::Running | Status::Stopped => Ok(()),
        },
        _ => {
            let guest = call.guest()?;
            if !guest.runs() {
                Err(Failure::die(format!("VM {vmid} not running")))
            } else if action == "reboot" && guest.config.status == Status::Paused {
                Err(Failure::die("VM is paused - cannot shutdown"))
            } else {
                Ok(())
            }
        }
    }
}

/// What LXC's API refuses before a task starts.
fn refuse_lxc(call: &Call<'_>, action: &str) -> Result<(), Failure> {
    let vmid = call.vmid();
    let runs = call.guest()?.runs();
    match action {
        "start" if runs => Err(Failure::die(format!("CT {vmid} already running"))),
        "start" => Ok(()),
        "reboot" if !runs => Err(Failure::die(format!("VM {vmid} not running"))),
        _ if !runs => Err(Failure::die(format!("CT {vmid} not running"))),
        _ => Ok(()),
    }
}

/// A power task.
struct Work {
    cluster: Arc<Cluster>,
    vmid: u32,
    kind: Kind,
    node: String,
    action: String,
    skip_lock: bool,
    to_disk: bool,
    /// How long a guest that is shut down is waited for.
    timeout: Duration,
    /// Whether it is stopped then.
    force: bool,
    journal: Journal,
}

impl Work {
    async fn run(self) -> Result<(), String> {
        let timing = self.cluster.timing;
        self.check()?;
        let _held = self.hold().await?;
        tokio::time::sleep(timing.task).await;
        self.check()?;
        self.endless().await;
        match self.action.as_str() {
            "stop" => self.set(Status::Stopped),
            "shutdown" => {
                self.wait(timing.shutdown).await?;
                self.set(Status::Stopped);
            }
            "reboot" => {
                self.wait(timing.shutdown).await?;
                self.set(Status::Stopped);
                self.set(Status::Running);
            }
            "reset" => self.cluster.consoles.reset(self.vmid),
            "suspend" if self.to_disk => {
                self.cluster.change(self.vmid, |guest| guest.config.lock = Some("suspended".to_owned()));
                self.set(Status::Stopped);
            }
            "suspend" => self.set(Status::Paused),
            // Start and resume.
            _ => self.set(Status::Running),
        }
        Ok(())
    }

    /// One task at a time works on a guest: PVE locks the file of its configuration.
    async fn hold(&self) -> Result<tokio::sync::OwnedMutexGuard<()>, String> {
        let Some(guest) = self.cluster.guest(self.vmid) else {
            return Ok(Arc::<Mutex<()>>::default().lock_owned().await);
        };
        let held = tokio::time::timeout(self.cluster.timing.held, guest.held.lock_owned()).await;
        held.map_err(|_| {
            let file = match self.kind {
                Kind::Qemu => format!("/var/lock/qemu-server/lock-{}.conf", self.vmid),
                Kind::Lxc => format!("/run/lock/lxc/pve-config-{}.lock", self.vmid),
            };
            format!("can't lock file '{file}' - got timeout")
        })
    }

    /// Writes until the task is stopped, where the guest is made so.
    async fn endless(&self) {
        let mut step = 0_u64;
        while self.cluster.guest(self.vmid).is_some_and(|guest| guest.config.endless) {
            step += 1;
            self.journal.line(format!("step {step}: waiting for the guest"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for the guest to shut itself down.
    async fn wait(&self, time: Duration) -> Result<(), String> {
        let Some(guest) = self.cluster.guest(self.vmid).filter(Guest::runs) else { return Ok(()) };
        if !guest.config.deaf && time <= self.timeout {
            tokio::time::sleep(time).await;
            return Ok(());
        }
        tokio::time::sleep(self.timeout).await;
        if self.force {
            self.journal.line("VM still running - terminating now with SIGTERM");
            return Ok(());
        }
        let seconds = self.timeout.as_secs();
        Err(match self.kind {
            Kind::Qemu => "VM quit/powerdown failed - got timeout".to_owned(),
            Kind::Lxc => {
                format!("command 'lxc-stop -n {} --nokill --timeout {seconds}' failed: exit code 1", self.vmid)
            }
        })
    }

    /// What the worker itself refuses, with the text of its task.
    fn check(&self) -> Result<(), String> {
        let vmid = self.vmid;
        let (word, folder) = match self.kind {
            Kind::Qemu => ("VM", "qemu-server"),
            Kind::Lxc => ("CT", "lxc"),
        };
        let guest = self
            .cluster
            .guest(vmid)
            .filter(|guest| guest.config.node == self.node && guest.config.kind == self.kind)
            .ok_or_else(|| format!("Configuration file 'nodes/{}/{folder}/{vmid}.conf' does not exist", self.node))?;
        if let Some(lock) = guest.config.lock.as_ref().filter(|_| !self.skip_lock) {
            let wakes = lock == "suspended" && self.action == "start";
            if !wakes {
                return Err(format!("{word} is locked ({lock})"));
            }
        }
        match self.action.as_str() {
            "start" if guest.config.template => Err(format!("you can't start a vm if it's a template ({vmid})")),
            "start" if guest.runs() => Err(format!("{word} {vmid} already running")),
            _ => Ok(()),
        }
    }

    fn set(&self, status: Status) {
        if status == Status::Running {
            self.cluster.change(self.vmid, |guest| {
                if guest.config.lock.as_deref() == Some("suspended") {
                    guest.config.lock = None;
                }
            });
        }
        self.cluster.set_status(self.vmid, status);
    }
}
