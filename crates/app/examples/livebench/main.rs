//! What a living fleet costs: fresh pictures of 50 servers with 1,000 guests each, lists and searches over 50,000
//! guests, 500 people who watch beside one, and 2,000 servers that are checked every minute.
//!
//! The simulated servers run in this process and Nexus in a child of it, so that memory and CPU time are Nexus' own.
//! The child says when a phase begins and ends, and the requests between are counted here. The last line printed is
//! JSON. It must never compare figures of different fleets.

mod nexus;

use std::net::Ipv4Addr;
use std::process::Stdio;
use std::time::Duration;

use pve_sim::{GuestConfig, NodeConfig, Sim, SimConfig, Status, TokenConfig};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

pub(crate) const TOKEN: &str = "nexus@pve!broker";
pub(crate) const SECRET: &str = "4e0b6f8a-54fb-4a7c-9d3c-0f2a6b1c7d8e";
/// A run that takes longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

const SERVERS: usize = 50;
const GUESTS: u32 = 1000;
const MANY: u16 = 2000;
/// Guests of each of the many.
const FEW: u32 = 10;

/// Where a server is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) fingerprint: String,
}

async fn sim(number: usize, guests: u32, listen: Ipv4Addr) -> Result<Sim, Failure> {
    let privileges = ["VM.Audit", "Sys.Audit", "Datastore.Audit"].map(str::to_owned).to_vec();
    let acl = vec![("/".to_owned(), privileges)];
    let guests = (0..guests).map(|guest| GuestConfig {
        vmid: 100 + guest,
        node: "pve1".into(),
        name: format!("guest-{number}-{guest}"),
        status: if guest % 3 == 0 { Status::Stopped } else { Status::Running },
        tags: vec![format!("tag{}", guest % 7), "bench".into()],
        ..GuestConfig::default()
    });
    let config = SimConfig {
        nodes: vec![NodeConfig { listen: (listen, 0).into(), ..NodeConfig::new("pve1") }],
        guests: guests.collect(),
        tokens: vec![TokenConfig { id: TOKEN.into(), secret: SECRET.into(), acl }],
        ..SimConfig::default()
    };
    Ok(Sim::start(config).await?)
}

/// Runs Nexus in a child on these servers, and counts the requests of each of its phases.
async fn child(mode: &str, places: &[Place], sims: &[Sim]) -> Result<Value, Failure> {
    let mut child = tokio::process::Command::new(std::env::current_exe()?);
    let mut child =
        child.args(["nexus", mode]).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut input = child.stdin.take().ok_or("no way in")?;
    input.write_all(serde_json::to_string(places)?.as_bytes()).await?;
    drop(input);
    let mut lines = BufReader::new(child.stdout.take().ok_or("no way out")?).lines();
    let mut counted = serde_json::Map::new();
    let mut result = Value::Null;
    while let Some(line) = tokio::time::timeout(PATIENCE, lines.next_line()).await?? {
        if line == "begin" {
            sims.iter().for_each(Sim::clear_requests);
        } else if let Some(phase) = line.strip_prefix("end ") {
            let requests: usize = sims.iter().map(|sim| sim.requests().len()).sum();
            counted.insert(phase.to_owned(), requests.into());
        } else if line.starts_with('{') {
            result = serde_json::from_str(&line)?;
        } else {
            println!("{line}");
        }
    }
    if !child.wait().await?.success() || result.is_null() {
        return Err(format!("{mode} failed").into());
    }
    result["requests"] = counted.into();
    Ok(result)
}

async fn parent() -> Result<(), Failure> {
    let mut sims = Vec::new();
    for number in 0..SERVERS {
        sims.push(sim(number, GUESTS, Ipv4Addr::LOCALHOST).await?);
    }
    let place = |sim: &Sim, host: String| Place {
        host,
        port: sim.address("pve1").port(),
        fingerprint: sim.fingerprint("pve1"),
    };
    let places: Vec<Place> = sims.iter().map(|sim| place(sim, "127.0.0.1".into())).collect();
    let mut fleet = child("fleet", &places, &sims).await?;
    for sim in sims.drain(..) {
        sim.stop().await;
    }
    // One machine with many addresses.
    let one = sim(0, FEW, Ipv4Addr::UNSPECIFIED).await?;
    let hosts = (0..MANY).map(|n| format!("127.1.{}.{}", n / 250, n % 250 + 1));
    let places: Vec<Place> = hosts.map(|host| place(&one, host)).collect();
    let many = child("many", &places, std::slice::from_ref(&one)).await?;
    one.stop().await;
    fleet["many"] = many;
    fleet["guests"] = json!(GUESTS);
    println!("{fleet}");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => parent().await,
        ["nexus", mode @ ("fleet" | "many")] => nexus::run(mode).await,
        _ => Err("usage: livebench".into()),
    }
}
