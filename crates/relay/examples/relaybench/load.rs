//! The browsers' end: opens consoles through a relay, makes work, and prints one JSON line about it.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::wire::{BINARY, ECHO, FRAME, MESSAGE, SINK, STREAM, Ws, command, discard, frame};
use crate::{Args, process, tls};

type Browser = Ws<TlsStream<TcpStream>>;

/// Consoles in a bulk run; with one the cores would sleep in between.
const BULK: u64 = 8;

struct Target {
    address: SocketAddr,
    tls: Arc<ClientConfig>,
}

pub(crate) async fn run(args: &Args) -> io::Result<()> {
    let address = args.text("to")?.parse().map_err(io::Error::other)?;
    let target = Arc::new(Target { address, tls: tls::client(Path::new(args.text("dir")?))? });
    let pid = u32::try_from(args.number("pid", 0)?).map_err(io::Error::other)?;
    let result = match args.text("work")? {
        "down" => bulk(&target, pid, STREAM, args.number("mib", 1024)?).await?,
        "up" => bulk(&target, pid, SINK, args.number("mib", 1024)?).await?,
        "echo" => echo(&target, pid, args.number("count", 5000)?).await?,
        "idle" => idle(&target, pid, args.number("consoles", 1000)?).await?,
        other => return Err(io::Error::other(format!("unknown work {other}"))),
    };
    println!("{result}");
    Ok(())
}

/// Opens a console: TLS, upgrade, RFB with whatever security is offered, ServerInit.
async fn open(target: &Target) -> io::Result<Browser> {
    let sock = TcpStream::connect(target.address).await?;
    sock.set_nodelay(true)?;
    let tls = TlsConnector::from(Arc::clone(&target.tls)).connect(tls::name(), sock).await?;
    let mut browser = Ws::new(tls, true);
    let request = "GET /x HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    browser.raw(request.as_bytes()).await?;
    let head = browser.head().await?;
    if !head.starts_with("HTTP/1.1 101") {
        return Err(io::Error::other(head));
    }
    browser.take(12).await?;
    browser.send(b"RFB 003.008\n").await?;
    let offered = browser.take(2).await?;
    browser.send(&offered[1..]).await?;
    if offered[1] == 2 {
        browser.take(16).await?;
        browser.send(&[0; 16]).await?;
    }
    browser.take(4).await?;
    browser.send(&[1]).await?;
    browser.take(24 + 5).await?;
    Ok(browser)
}

/// `mib` over all consoles together; CPU seconds of the relay per GiB.
async fn bulk(target: &Arc<Target>, pid: u32, kind: u16, mib: u64) -> io::Result<serde_json::Value> {
    let each = (mib << 20) / BULK;
    let mut browsers = Vec::new();
    for _ in 0..BULK {
        browsers.push(open(target).await?);
    }
    let (cpu, start) = (process::cpu_seconds(pid), Instant::now());
    let mut work = JoinSet::new();
    for browser in browsers {
        work.spawn(async move { if kind == STREAM { down(browser, each).await } else { up(browser, each).await } });
    }
    while let Some(done) = work.join_next().await {
        done.map_err(io::Error::other)??;
    }
    let (used, wall) = (process::cpu_seconds(pid) - cpu, start.elapsed().as_secs_f64());
    let gib = (each * BULK) as f64 / f64::from(1 << 30);
    Ok(json!({ "cpu_s_per_gib": used / gib, "mib_per_s": gib * 1024.0 / wall, "busy": used / wall }))
}

async fn down(mut browser: Browser, bytes: u64) -> io::Result<()> {
    let kib = u32::try_from(bytes >> 10).map_err(io::Error::other)?;
    browser.send(&command(STREAM, kib)).await?;
    discard(browser.io.get_ref().get_ref().0, bytes).await
}

/// Pastes, the one long message that a browser may send: 16 KiB a frame.
async fn up(mut browser: Browser, bytes: u64) -> io::Result<()> {
    let kib = u32::try_from(bytes >> 10).map_err(io::Error::other)?;
    browser.send(&command(SINK, kib)).await?;
    let mut paste = vec![6, 0, 0, 0];
    paste.extend_from_slice(&((FRAME - 8) as u32).to_be_bytes());
    paste.resize(FRAME, b'x');
    let many = frame(BINARY, true, &paste).repeat(16);
    // One write more than asked for: the console counts what arrives, and closes when it is enough.
    for _ in 0..bytes.div_ceil((16 * FRAME) as u64) + 1 {
        if browser.io.write_all(&many).await.is_err() {
            break;
        }
    }
    let _ = browser.io.flush().await;
    while browser.frame().await.is_ok() {}
    Ok(())
}

/// Messages of 64 bytes, one after the other: median time there and back, and the relay's CPU for it.
async fn echo(target: &Target, pid: u32, count: u64) -> io::Result<serde_json::Value> {
    let mut browser = open(target).await?;
    browser.send(&command(ECHO, 0)).await?;
    let mut message = vec![6, 0, 0, 0, 0, 0, 0, (MESSAGE - 8) as u8];
    message.resize(MESSAGE, b'x');
    let mut times = Vec::new();
    let mut cpu = 0.0;
    for n in 0..count + count / 10 {
        if n == count / 10 {
            cpu = process::cpu_seconds(pid);
            times.clear();
        }
        let start = Instant::now();
        browser.send(&message).await?;
        browser.take(MESSAGE).await?;
        times.push(start.elapsed());
    }
    let used = process::cpu_seconds(pid) - cpu;
    times.sort_unstable();
    let p = |part: f64| times[(times.len() as f64 * part) as usize].as_nanos() as f64 / 1e3;
    Ok(json!({ "rtt_p50_us": p(0.5), "rtt_p99_us": p(0.99), "cpu_us": used * 1e6 / count as f64 }))
}

/// Opens many consoles, shows 64 KiB on each and holds them; resident KiB of the relay per console.
async fn idle(target: &Arc<Target>, pid: u32, consoles: u64) -> io::Result<serde_json::Value> {
    // The first ones fill caches and pools that are no console's own.
    for _ in 0..8 {
        let mut browser = open(target).await?;
        browser.send(&command(STREAM, 64)).await?;
        browser.take(64 << 10).await?;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = process::resident_kib(pid);
    let mut held = JoinSet::new();
    for _ in 0..consoles {
        let mut browser = open(target).await?;
        browser.send(&command(STREAM, 64)).await?;
        browser.take(64 << 10).await?;
        held.spawn(async move {
            // Answers pings until the end.
            while browser.frame().await.is_ok() {}
        });
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (after, cpu) = (process::resident_kib(pid), process::cpu_seconds(pid));
    tokio::time::sleep(Duration::from_secs(3)).await;
    let busy = (process::cpu_seconds(pid) - cpu) / 3.0;
    if held.try_join_next().is_some() {
        return Err(io::Error::other("a console ended"));
    }
    Ok(json!({ "kib_per_console": after.saturating_sub(before) as f64 / consoles as f64, "idle_busy": busy }))
}
