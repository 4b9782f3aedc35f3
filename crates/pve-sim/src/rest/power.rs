//! Power actions: what is refused at once, what a task refuses, what happens (PVE-FACTS 3.10).

use std::sync::Arc;
use std::time::Duration;

use super::{Call, Failure, Outcome};
use crate::config::{Kind, Status};
use crate::state::Cluster;

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
    let (vmid, node) = (call.vmid(), call.node());
    let prefix = if call.kind() == Kind::Qemu { "qm" } else { "vz" };
    let task = match action.as_str() {
        "suspend" if call.kind() == Kind::Qemu && !call.flag("todisk") => "qmpause".to_owned(),
        other => format!("{prefix}{other}"),
    };
    let work = Work {
        cluster: Arc::clone(call.cluster),
        vmid,
        kind: call.kind(),
        node: node.clone(),
        action,
        skip_lock: call.flag("skiplock"),
        to_disk: call.flag("todisk"),
    };
    call.task(&node, &task, &vmid.to_string(), work.run())
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
}

impl Work {
    async fn run(self) -> Result<(), String> {
        let timing = self.cluster.timing;
        self.check()?;
        tokio::time::sleep(timing.task).await;
        self.check()?;
        match self.action.as_str() {
            "stop" => self.set(Status::Stopped),
            "shutdown" => {
                self.wait(timing.shutdown).await;
                self.set(Status::Stopped);
            }
            "reboot" => {
                self.wait(timing.shutdown).await;
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

    async fn wait(&self, time: Duration) {
        if self.cluster.guest(self.vmid).is_some_and(|guest| guest.runs()) {
            tokio::time::sleep(time).await;
        }
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
