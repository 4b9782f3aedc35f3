//! The simulator by hand: starts clusters, writes where they are, runs until it is told to end. It must never leave a
//! guest process behind.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clap::Parser;
use figment::Figment;
use figment::providers::{Format as _, Toml};
use pve_sim::{Control, Listing, Sim, SimConfig, demo_fleet};
use serde::Deserialize;
use tokio::signal::unix::{SignalKind, signal};

/// Simulates Proxmox VE clusters: the HTTP API, the consoles and their faults, in the manner of PVE 9.2 and 8.3.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLE)]
struct Arguments {
    /// Start the demo fleet: a 9.2 cluster of three nodes and an 8.3 node, with some 40 guests.
    #[arg(long, conflicts_with = "config")]
    demo: bool,
    /// Start the clusters of this TOML file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write addresses, fingerprints and tokens to this file (mode 600) once everything listens.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Open the control port here, on loopback; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS")]
    control: Option<SocketAddr>,
    /// The QEMU program for guests with `screen = "qemu"`; looked for in PATH if not given.
    #[arg(long, value_name = "PROGRAM")]
    qemu: Option<PathBuf>,
    /// Never start QEMU; all consoles use the built-in server.
    #[arg(long)]
    no_qemu: bool,
}

const EXAMPLE: &str = r#"A configuration file:
  [[cluster]]
  version = "9.2"                  # or "8.3"
  cluster = "lab"
  nodes = [{ name = "pve1", listen = "127.0.0.1:8006" }]

  [[cluster.tokens]]
  id = "nexus@pve!broker"
  secret = "00000000-0000-4000-8000-000000000000"
  acl = [["/", ["VM.Audit", "VM.Console", "VM.PowerMgmt", "Sys.Audit"]]]

  [[cluster.guests]]
  vmid = 100
  node = "pve1"
  name = "web-01"
  kind = "qemu"                    # or "lxc"
  status = "running"               # stopped, paused
  screen = "builtin"               # qemu, serial
  tags = ["web"]
  agent = true                     # in the configuration; agent_answers: it is there
  options = { cipassword = "given out as it stands" }
  snapshots = [{ name = "before", age = 86400 }]
  # deaf, ha, ha_stuck, endless: see the control port's POST /guest/VMID/manner

The control port tells what it can do at GET /."#;

#[derive(Deserialize)]
struct File {
    cluster: Vec<SimConfig>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pve-sim: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The clusters to start, each with its first token.
fn fleet(arguments: &Arguments) -> anyhow::Result<Vec<(SimConfig, Option<String>)>> {
    let qemu = if arguments.no_qemu { None } else { arguments.qemu.clone().or_else(find_qemu) };
    if let Some(path) = &arguments.config {
        ensure!(path.is_file(), "no file {}", path.display());
        let file: File =
            Figment::from(Toml::file(path)).extract().with_context(|| format!("cannot read {}", path.display()))?;
        return Ok(file
            .cluster
            .into_iter()
            .map(|mut config| {
                config.qemu = config.qemu.or_else(|| qemu.clone());
                let token = config.tokens.first().map(|token| format!("{}={}", token.id, token.secret));
                (config, token)
            })
            .collect());
    }
    ensure!(arguments.demo, "say --demo or --config FILE; --help tells more");
    Ok(demo_fleet(qemu).into_iter().map(|(config, token)| (config, Some(token))).collect())
}

fn find_qemu() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("qemu-system-x86_64")).find(|program| program.is_file())
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    // Before anything starts, so that no signal is missed.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let (mut sims, mut tokens) = (Vec::new(), Vec::new());
    for (config, token) in fleet(&arguments)? {
        sims.push(Arc::new(Sim::start(config).await?));
        tokens.push(token);
    }
    ensure!(!sims.is_empty(), "no cluster to start");
    let control = match arguments.control {
        Some(address) => Some(Control::start(address, sims.clone()).await?),
        None => None,
    };
    let listing = Listing::new(&sims, &tokens, control.as_ref().map(Control::address));
    print(&listing, arguments.json.is_some());
    if let Some(path) = &arguments.json {
        write_private(path, &serde_json::to_string_pretty(&listing)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    if let Some(control) = control {
        control.stop().await;
    }
    for sim in &sims {
        sim.end().await;
    }
    Ok(())
}

/// Says where the clusters are; the tokens only where no file gets them.
fn print(listing: &Listing, to_file: bool) {
    for cluster in &listing.clusters {
        println!("{} (PVE {})", cluster.name, cluster.version.version().0);
        for node in &cluster.nodes {
            println!("  {:<12} https://{}:{}  {}", node.name, node.host, node.port, node.fingerprint);
        }
        if let Some(token) = cluster.token.as_ref().filter(|_| !to_file) {
            println!("  token        {token}");
        }
    }
    if let Some(control) = listing.control {
        println!("control        http://{control}");
    }
}

/// Writes a file for this user alone, all at once.
fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let part = path.with_extension("part");
    let _ = std::fs::remove_file(&part);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&part, path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_help_is_a_configuration() {
        let text = EXAMPLE.lines().skip(1).take_while(|line| !line.starts_with("The control")).collect::<Vec<_>>();
        let file: File = Figment::from(Toml::string(&text.join("\n"))).extract().unwrap();
        let cluster = &file.cluster[0];
        assert_eq!((cluster.guests[0].vmid, cluster.nodes[0].listen.port()), (100, 8006));
        assert_eq!(cluster.tokens[0].acl[0].1.len(), 4);
        assert_eq!((cluster.guests[0].options.len(), cluster.guests[0].snapshots.len()), (1, 1));
    }
}
