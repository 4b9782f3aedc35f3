//! Child processes on a core of their own, and what the kernel says they used.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A process that is ended when this is dropped.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // SIGTERM: nginx must end its worker. It may have ended already.
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// `words` on core `core` with as many open files as are allowed.
pub(crate) fn command(core: usize, words: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n \"$(ulimit -H -n)\"; core=$1; shift; exec taskset -c \"$core\" \"$@\"", "sh"]);
    command.arg(core.to_string()).args(words);
    command
}

/// Starts a role of this program that says where it listens.
pub(crate) fn start(core: usize, words: &[&str]) -> io::Result<(Running, String)> {
    let mut running = Running(command(core, words).stdout(Stdio::piped()).spawn()?);
    let out = running.0.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let address = line.trim().strip_prefix("listening ").ok_or_else(|| io::Error::other("it did not start"))?;
    Ok((running, address.to_owned()))
}

/// A process and all its descendants.
fn family(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let mut at = 0;
    while let Some(pid) = all.get(at) {
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        all.extend(children.split_whitespace().filter_map(|word| word.parse::<u32>().ok()));
        at += 1;
    }
    all
}

/// CPU seconds that a process, its threads and its descendants have used.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let mut nanos = 0_u64;
    for pid in family(pid) {
        let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { continue };
        for task in tasks.flatten() {
            let stat = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            nanos += stat.split_whitespace().next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    nanos as f64 / 1e9
}

/// Resident KiB of a process and its descendants.
pub(crate) fn resident_kib(pid: u32) -> u64 {
    let one = |pid: u32| -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
    };
    family(pid).into_iter().filter_map(one).sum::<u64>()
}
