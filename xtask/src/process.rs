//! Starts other programs and sees to it that none of them outlives this one.
//!
//! Every program gets a process group of its own. The group is registered while it runs, so that Ctrl-C (or a
//! SIGTERM to xtask) ends all of them, grandchildren included; [`Daemon`] ends its group when it is dropped.
//! Nothing here ever signals a process that xtask did not start.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Leaders of the process groups that run now. Written by whoever starts or reaps a group, read by the signal thread.
static GROUPS: Mutex<Vec<u32>> = Mutex::new(Vec::new());
/// Set once by the signal thread, never taken back.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How long a program may take to end after it was asked to, before it is killed.
const GRACE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(50);

/// Begins to listen for SIGINT, SIGTERM and SIGHUP: the first asks all programs to end, the second kills them.
pub(crate) fn handle_signals() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen for signals")?;
    std::thread::spawn(move || {
        let mut first = true;
        for signal in signals.forever() {
            INTERRUPTED.store(true, Ordering::SeqCst);
            let groups = groups().clone();
            for group in groups {
                signal_group(group, if first { "TERM" } else { "KILL" });
            }
            if !first {
                std::process::exit(128 + signal);
            }
            first = false;
        }
    });
    Ok(())
}

/// Whether somebody asked xtask to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs `command` to its end, with its output on ours. An exit status other than success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let what = describe(command);
    let mut child = Running::start(command.stdin(Stdio::null()))?;
    expect_success(&what, child.wait()?)
}

/// Like [`run`], but every line of its standard output is written to `out` at once and then handed to `observe`.
pub(crate) fn run_observed(command: &mut Command, out: &mut dyn Write, mut observe: impl FnMut(&str)) -> Result<()> {
    let what = describe(command);
    let mut child = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let output = child.child.stdout.take().context("a piped program has no output")?;
    let mut lines = BufReader::new(output);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        out.write_all(&line)?;
        out.flush()?;
        observe(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    expect_success(&what, child.wait()?)
}

/// Runs `command` quietly and returns its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let what = describe(command);
    without_our_own_package(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {what}"))?;
    if !output.status.success() {
        bail!("{what} failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{what} did not print UTF-8"))
}

/// A program that runs beside xtask until it is stopped or dropped.
pub(crate) struct Daemon {
    name: &'static str,
    running: Running,
    stop_signal: &'static str,
}

impl Daemon {
    /// Starts `command`; `stop_signal` (a name such as `TERM`) asks it to end.
    pub(crate) fn start(name: &'static str, command: &mut Command, stop_signal: &'static str) -> Result<Self> {
        let running = Running::start(command.stdin(Stdio::null()))?;
        Ok(Self { name, running, stop_signal })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The exit status, if the program has ended by itself.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.running.try_wait()
    }

    /// Asks the program to end and waits for it; kills it after the grace period.
    pub(crate) fn stop(&mut self) {
        self.running.stop(self.stop_signal);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits until `ready` says so, at most `limit`; fails early when one of `daemons` ends or somebody interrupts.
pub(crate) fn wait_until(
    what: &str,
    limit: Duration,
    daemons: &mut [&mut Daemon],
    mut ready: impl FnMut() -> Result<bool>,
) -> Result<()> {
    let start = Instant::now();
    loop {
        if ready()? {
            return Ok(());
        }
        for daemon in daemons.iter_mut() {
            if let Some(status) = daemon.ended()? {
                bail!("{} ended early ({status})", daemon.name());
            }
        }
        if interrupted() {
            bail!("interrupted");
        }
        if start.elapsed() > limit {
            bail!("{what} did not happen within {} s", limit.as_secs());
        }
        std::thread::sleep(POLL);
    }
}

/// A child in its own process group, registered until it is reaped.
struct Running {
    child: Child,
    reaped: Option<ExitStatus>,
}

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        if interrupted() {
            bail!("interrupted");
        }
        let what = describe(command);
        without_our_own_package(command);
        // The lock is held over the start, so that a signal cannot fall between start and registration.
        let mut registered = groups();
        let child = command.process_group(0).spawn().with_context(|| format!("cannot start {what}"))?;
        registered.push(child.id());
        Ok(Self { child, reaped: None })
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait()?;
        self.note(status);
        Ok(status)
    }

    fn try_wait(&mut self) -> Result<Option<ExitStatus>> {
        if self.reaped.is_none()
            && let Some(status) = self.child.try_wait()?
        {
            self.note(status);
        }
        Ok(self.reaped)
    }

    fn note(&mut self, status: ExitStatus) {
        self.reaped = Some(status);
        groups().retain(|group| *group != self.child.id());
    }

    fn stop(&mut self, signal: &str) {
        let deadline = Instant::now() + GRACE;
        if matches!(self.try_wait(), Ok(None)) {
            signal_group(self.child.id(), signal);
        }
        while matches!(self.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                signal_group(self.child.id(), "KILL");
                if let Ok(status) = self.child.wait() {
                    self.note(status);
                }
                return;
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop("TERM");
    }
}

fn groups() -> MutexGuard<'static, Vec<u32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Signals a whole process group by way of the shell's own `kill`: the standard library knows SIGKILL alone.
fn signal_group(group: u32, signal: &str) {
    let target = format!("-{group}");
    // A group that is gone already is no error.
    drop(
        Command::new("sh")
            .args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", signal, &target])
            .stderr(Stdio::null())
            .process_group(0)
            .status(),
    );
}

fn expect_success(what: &str, status: ExitStatus) -> Result<()> {
    if interrupted() {
        bail!("interrupted");
    }
    if let Some(signal) = status.signal() {
        bail!("{what} was ended by signal {signal}");
    }
    if !status.success() {
        bail!("{what} failed with exit status {}", status.code().unwrap_or(-1));
    }
    Ok(())
}

/// Takes away what `cargo run` told us about our own package: build scripts that look at these variables (ring's does)
/// would run again, and all that depends on them, each time after cargo was called by hand.
fn without_our_own_package(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let ours =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if ours {
            command.env_remove(name);
        }
    }
}

/// Program and arguments for messages. The environment is left out: it may hold a password.
fn describe(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observed_lines_arrive_in_order_without_line_ends() {
        let mut lines = Vec::new();
        let mut shown = Vec::new();
        let mut program = Command::new("printf");
        run_observed(program.arg("one\ntwo\r\nthree"), &mut shown, |line| lines.push(line.to_owned())).unwrap();
        assert_eq!(String::from_utf8(shown).unwrap(), "one\ntwo\r\nthree");
        assert_eq!(lines, ["one", "two", "three"]);
    }

    #[test]
    fn a_failing_program_is_named_with_its_status() {
        let error = run(Command::new("sh").args(["-c", "exit 7"])).unwrap_err();
        assert_eq!(error.to_string(), "sh -c exit 7 failed with exit status 7");
    }

    #[test]
    fn our_own_package_is_not_told_to_programs() {
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some(), "cargo sets it for tests");
        let seen = capture(Command::new("sh").args(["-c", "echo \"<$CARGO_PKG_NAME$CARGO_MANIFEST_DIR>\""])).unwrap();
        assert_eq!(seen.trim(), "<>");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program-anywhere")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start no-such-program-anywhere");
    }

    #[test]
    fn a_dropped_daemon_takes_its_children_along() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let script = format!("sleep 600 & echo $! > {0}.new; mv {0}.new {0}; wait", pid_file.display());
        let mut daemon = Daemon::start("script", Command::new("sh").args(["-c", &script]), "TERM").unwrap();
        wait_until("the child", Duration::from_secs(10), &mut [&mut daemon], || Ok(pid_file.exists())).unwrap();
        let pid = std::fs::read_to_string(&pid_file).unwrap().trim().to_owned();
        assert!(alive(&pid));
        drop(daemon);
        let start = Instant::now();
        while alive(&pid) {
            assert!(start.elapsed() < Duration::from_secs(10), "the grandchild outlived its daemon");
            std::thread::sleep(POLL);
        }
    }

    /// Whether the process runs; a zombie that its new parent has not reaped yet does not.
    fn alive(pid: &str) -> bool {
        std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
    }

    #[test]
    fn waiting_fails_when_the_daemon_ends() {
        let mut daemon = Daemon::start("true", &mut Command::new("true"), "TERM").unwrap();
        let error = wait_until("nothing", Duration::from_secs(10), &mut [&mut daemon], || Ok(false)).unwrap_err();
        assert_eq!(error.to_string(), "true ended early (exit status: 0)");
    }
}
