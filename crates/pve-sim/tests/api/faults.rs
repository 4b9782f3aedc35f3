//! Faults on demand, seen from outside.

use std::time::{Duration, Instant};

use pve_sim::{Fault, FaultKind, Mode, Sim};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::{Answer, SECRET, broker, connect, exchange, machine, until};

async fn start() -> Sim {
    Sim::start(machine(Mode::V9_2, false)).await.unwrap()
}

fn version() -> Vec<u8> {
    format!(
        "GET /api2/json/version HTTP/1.1\r\nHost: sim\r\nAuthorization: PVEAPIToken=broker@pve!nexus={SECRET}\r\n\
         Connection: close\r\n\r\n"
    )
    .into_bytes()
}

async fn bytes(sim: &Sim) -> Vec<u8> {
    exchange(sim, "pve1", &version()).await.0
}

#[tokio::test]
async fn answers_are_spoilt_as_asked_and_then_no_more() {
    let sim = start().await;
    let good = Answer::parse(&bytes(&sim).await).unwrap();
    let once = |kind| sim.fault(Fault::on("/version", kind).times(1));

    once(FaultKind::Status(503, "Service Unavailable".to_owned()));
    assert!(bytes(&sim).await.starts_with(b"HTTP/1.1 503 Service Unavailable\r\n"));
    once(FaultKind::Reset);
    assert_eq!(bytes(&sim).await, b"");
    once(FaultKind::Garbage);
    let garbage = bytes(&sim).await;
    assert!(!garbage.is_empty() && !garbage.starts_with(b"HTTP"));
    once(FaultKind::NotJson);
    let answer = Answer::parse(&bytes(&sim).await).unwrap();
    assert!(answer.status() == 200 && serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    once(FaultKind::Truncate);
    let cut = Answer::parse(&bytes(&sim).await).unwrap();
    assert!(cut.body.len() < cut.header("Content-Length").unwrap().parse().unwrap());
    once(FaultKind::Huge(2));
    assert!(Answer::parse(&bytes(&sim).await).unwrap().body.len() > 2 << 20);
    once(FaultKind::Drip(0));
    assert_eq!(Answer::parse(&bytes(&sim).await).unwrap().json(), good.json());
    once(FaultKind::Delay(200));
    let begun = Instant::now();
    assert_eq!(Answer::parse(&bytes(&sim).await).unwrap().status(), 200);
    assert!(begun.elapsed() >= Duration::from_millis(200));
    assert_eq!(Answer::parse(&bytes(&sim).await).unwrap().status(), 200);
    sim.stop().await;
}

#[tokio::test]
async fn a_hanging_request_is_taken_and_never_answered() {
    let sim = start().await;
    sim.fault(Fault::on("/version", FaultKind::Hang));
    let mut stream = connect(&sim, "pve1").await;
    stream.write_all(&version()).await.unwrap();
    until("the request", || async { sim.requests().pop().filter(|last| last.status == 0) }).await;
    sim.clear_faults();
    assert_eq!(broker(&sim, "GET", "/version", "").await.status(), 200);
    sim.stop().await;
}

#[tokio::test]
async fn a_refusing_node_takes_connections_again_afterwards() {
    let sim = start().await;
    sim.fault(Fault::on("", FaultKind::Refuse).at("pve1"));
    until("a closed port", || async { TcpStream::connect(sim.address("pve1")).await.err() }).await;
    sim.clear_faults();
    until("an open port", || async { TcpStream::connect(sim.address("pve1")).await.ok() }).await;
    assert_eq!(broker(&sim, "GET", "/version", "").await.status(), 200);
    sim.stop().await;
}

#[tokio::test]
async fn certificates_change() {
    let sim = start().await;
    let before = sim.fingerprint("pve1");
    sim.change_certificate("pve1", true).unwrap();
    assert_ne!(sim.fingerprint("pve1"), before);
    // Of the same authority, so that the test's connection still trusts it.
    let rows = broker(&sim, "GET", "/nodes", "").await.data();
    assert_eq!(rows[0]["ssl_fingerprint"], sim.fingerprint("pve1").as_str());
    sim.change_certificate("pve1", false).unwrap();
    assert!(crate::support::try_connect(&sim, "pve1").await.is_err());
    assert!(sim.change_certificate("pve9", true).is_err());
    sim.stop().await;
}

#[tokio::test]
async fn requests_are_recorded_without_secrets() {
    let sim = start().await;
    broker(&sim, "GET", "/version", "").await;
    broker(&sim, "POST", "/nodes/pve1/qemu/999/vncproxy", "websocket=1").await;
    let seen = sim.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str(), seen[0].status), ("GET", "/version", 200));
    assert_eq!((seen[1].method.as_str(), seen[1].status), ("POST", 500));
    assert_eq!(seen[1].token.as_deref(), Some("broker@pve!nexus"));
    assert!(!format!("{seen:?}").contains(SECRET));
    sim.clear_requests();
    assert!(sim.requests().is_empty());
    sim.stop().await;
}
