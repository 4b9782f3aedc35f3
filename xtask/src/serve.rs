//! `cargo xtask run` and `cargo xtask demo`: from a fresh clone to a page that answers.
//!
//! Nothing is prepared by hand; what is built is the release. Both programs are stopped when one of them ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{self, Daemon};
use crate::{prerequisites, web};

const DATA: &str = "data-demo";
const SIMULATOR_START: Duration = Duration::from_secs(60);

/// Builds the release and serves it with the data in `./data`; `flags` go to `nexus serve`.
pub(crate) fn run(root: &Path, flags: &[String]) -> Result<()> {
    build(root, &["nexus"])?;
    println!("\nNexus starts. Open the address that it prints below; Ctrl-C stops it.\n");
    let nexus = start_nexus(root, flags)?;
    watch(vec![nexus])
}

/// The same beside a simulated fleet, with a fresh data folder at each start.
pub(crate) fn demo(root: &Path, flags: &[String]) -> Result<()> {
    build(root, &["nexus", "pve-sim"])?;
    let data = root.join(DATA);
    if data.exists() {
        fs::remove_dir_all(&data).with_context(|| format!("cannot empty {}", data.display()))?;
    }
    let fleet = target(root).join("demo-fleet.json");
    if fleet.exists() {
        fs::remove_file(&fleet)?;
    }
    println!("\nThe simulated fleet starts.");
    let mut simulator = Command::new(release(root, "pve-sim"));
    simulator.current_dir(root).args(["--demo", "--control", "127.0.0.1:0", "--json"]).arg(&fleet);
    let mut simulator = Daemon::start("pve-sim", &mut simulator, "TERM")?;
    process::wait_until("the start of the fleet", SIMULATOR_START, &mut [&mut simulator], || Ok(fleet.exists()))?;
    println!(
        "Nexus starts. Sign in at the address below as one of the people in its table; Ctrl-C stops everything.\n"
    );
    let mut all = vec!["--demo".to_owned(), fleet.display().to_string(), "--data".to_owned(), DATA.to_owned()];
    all.extend_from_slice(flags);
    let nexus = start_nexus(root, &all)?;
    watch(vec![nexus, simulator])
}

fn start_nexus(root: &Path, flags: &[String]) -> Result<Daemon> {
    let mut command = Command::new(release(root, "nexus"));
    command.current_dir(root).arg("serve").args(flags);
    Daemon::start("nexus", &mut command, "TERM")
}

fn release(root: &Path, program: &str) -> PathBuf {
    target(root).join("release").join(program)
}

pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Builds the release of the server, with its page.
pub(crate) fn build_nexus(root: &Path) -> Result<()> {
    build(root, &["nexus"])
}

/// Packages, page, server, in that order: the server embeds the page.
fn build(root: &Path, packages: &[&str]) -> Result<()> {
    prerequisites::check_node()?;
    step("1/3", "packages of the web page", || web::install(root, "web"))?;
    step("2/3", "web page", || process::run(&mut web::script(root, "web", "build")))?;
    step("3/3", "server (the first time takes some minutes)", || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(root).args(["build", "--release", "--locked"]);
        for package in packages {
            cargo.args(["--package", package]);
        }
        process::run(&mut cargo)
    })
}

fn step(number: &str, what: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("[{number}] {what}");
    let start = Instant::now();
    work()?;
    println!("[{number}] done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Waits until one of the programs ends or somebody interrupts, then stops all, in order.
fn watch(mut daemons: Vec<Daemon>) -> Result<()> {
    loop {
        for index in 0..daemons.len() {
            let Some(status) = daemons[index].ended()? else { continue };
            let name = daemons[index].name();
            for daemon in &mut daemons {
                daemon.stop();
            }
            if status.success() || process::interrupted() {
                return Ok(());
            }
            bail!("{name} ended ({status})");
        }
        if process::interrupted() {
            for daemon in &mut daemons {
                daemon.stop();
            }
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
