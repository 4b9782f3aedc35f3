//! Starts the processes, alternates between the relays, and prints all results as one JSON object.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::process::{self, Running, command, start};
use crate::{Args, tls};

/// Where the ends run; the relays have the other core for themselves.
const ENDS: usize = 0;
const RELAYS: usize = 1;

struct Relay {
    name: &'static str,
    address: String,
    process: Running,
}

pub(crate) fn run(args: &Args) -> io::Result<()> {
    let nginx = args.text("nginx")?;
    let (rounds, mib) = (args.number("rounds", 5)?, args.number("mib", 2048)?);
    let (count, consoles) = (args.number("count", 5000)?, args.number("consoles", 1000)?);
    let dir = Scratch::new()?;
    tls::make(&dir.0)?;
    let program = std::env::current_exe()?;
    let program = program.to_str().ok_or_else(|| io::Error::other("the path is not text"))?;
    let path = dir.0.to_str().ok_or_else(|| io::Error::other("the path is not text"))?;
    let (_console, console) = start(ENDS, &[program, "console", "--dir", path])?;
    let (ours, address) = start(RELAYS, &[program, "relay", "--dir", path, "--console", &console])?;
    let relays = [Relay { name: "nexus", address, process: ours }, start_nginx(nginx, &dir.0, &console)?];

    let mut results: Map<String, Value> = Map::new();
    let mut work = |name: &str, to: &str, pid: u32, work: &str, extra: &[(&str, u64)]| -> io::Result<()> {
        let result = load(program, path, to, pid, work, extra)?;
        eprintln!("{name:7} {work:5} {result}");
        let all = results.entry(name).or_insert_with(|| json!({}));
        match &mut all[work] {
            Value::Array(list) => list.push(result),
            empty => *empty = json!([result]),
        }
        Ok(())
    };
    for round in 0..rounds {
        // Whoever is first alternates too.
        let order: [usize; 2] = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for kind in ["down", "up"] {
            for relay in order.map(|at| &relays[at]) {
                work(relay.name, &relay.address, relay.process.0.id(), kind, &[("mib", mib)])?;
            }
        }
        for relay in order.map(|at| &relays[at]) {
            work(relay.name, &relay.address, relay.process.0.id(), "echo", &[("count", count)])?;
        }
        work("direct", &console, 0, "echo", &[("count", count)])?;
    }
    for relay in &relays {
        work(relay.name, &relay.address, relay.process.0.id(), "idle", &[("consoles", consoles)])?;
    }
    println!("{}", json!({ "rounds": rounds, "mib": mib, "consoles": consoles, "results": results }));
    Ok(())
}

/// Runs one piece of work to its end.
fn load(program: &str, dir: &str, to: &str, pid: u32, work: &str, extra: &[(&str, u64)]) -> io::Result<Value> {
    let pid = pid.to_string();
    let mut command = command(ENDS, &[program, "load", "--dir", dir, "--to", to, "--pid", &pid, "--work", work]);
    for (name, value) in extra {
        command.arg(format!("--{name}")).arg(value.to_string());
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("{work} through {to} failed: {}", output.status)));
    }
    serde_json::from_slice(&output.stdout).map_err(io::Error::other)
}

/// nginx as a careful person sets it up for this: one worker, buffers of 64 KiB, TLS 1.3 on both legs.
fn start_nginx(nginx: &str, dir: &Path, console: &str) -> io::Result<Relay> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let at = dir.display();
    let config = format!(
        "daemon off; worker_processes 1; worker_rlimit_nofile 10000; pid {at}/nginx.pid; user root;
error_log {at}/nginx.err warn;
events {{ worker_connections 9000; }}
http {{
  access_log off; client_body_temp_path {at}/b; proxy_temp_path {at}/p; fastcgi_temp_path {at}/f;
  uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;
  ssl_certificate {at}/cert.pem; ssl_certificate_key {at}/key.pem; ssl_protocols TLSv1.3;
  ssl_ecdh_curve X25519; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
  proxy_ssl_protocols TLSv1.3; proxy_ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
  proxy_ssl_name localhost; proxy_ssl_server_name on;
  proxy_http_version 1.1; proxy_read_timeout 1h; proxy_send_timeout 1h;
  proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
  proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;
  server {{ listen {address} ssl backlog=4096; location / {{ proxy_pass https://{console}; }} }}
}}
"
    );
    let file = dir.join("nginx.conf");
    fs::write(&file, config)?;
    let file = file.to_str().ok_or_else(|| io::Error::other("the path is not text"))?;
    let process = Running(process::command(RELAYS, &[nginx, "-c", file]).spawn()?);
    let begun = Instant::now();
    while std::net::TcpStream::connect(&address).is_err() {
        if begun.elapsed() > Duration::from_secs(10) {
            let why = fs::read_to_string(dir.join("nginx.err")).unwrap_or_default();
            return Err(io::Error::other(format!("nginx did not start: {why}")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(Relay { name: "nginx", address, process })
}

/// A directory of this run, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        let dir = std::env::temp_dir().join(format!("relaybench-{}", std::process::id()));
        fs::create_dir(&dir)?;
        Ok(Self(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind is a certificate for localhost.
        let _ = fs::remove_dir_all(&self.0);
    }
}
