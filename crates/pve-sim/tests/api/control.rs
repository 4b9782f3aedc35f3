//! The control port.

use std::net::SocketAddr;
use std::sync::Arc;

use pve_sim::{Control, Listing, Mode, Sim, Status};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Answer, PATIENCE, SECRET, broker, machine};

async fn ask(address: SocketAddr, verb: &str, path: &str, body: &str) -> Answer {
    ask_as(address, &format!("Host: {address}"), verb, path, body).await
}

async fn ask_as(address: SocketAddr, headers: &str, verb: &str, path: &str, body: &str) -> Answer {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!("{verb} {path} HTTP/1.1\r\n{headers}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    tokio::time::timeout(PATIENCE, socket.read_to_end(&mut all)).await.unwrap().unwrap();
    Answer::parse(&all).unwrap()
}

#[tokio::test]
async fn watches_and_steers() {
    let sim = Arc::new(Sim::start(machine(Mode::V9_2, true)).await.unwrap());
    let control = Control::start("127.0.0.1:0".parse().unwrap(), vec![Arc::clone(&sim)]).await.unwrap();
    let at = control.address();

    assert!(String::from_utf8(ask(at, "GET", "/", "").await.body).unwrap().contains("/requests"));
    broker(&sim, "GET", "/version", "").await;
    let requests = ask(at, "GET", "/requests", "").await.json();
    assert_eq!((&requests[0]["path"], &requests[0]["cluster"]), (&json!("/version"), &json!("labcluster")));
    assert_eq!(ask(at, "DELETE", "/requests", "").await.json(), Value::Null);
    assert_eq!(ask(at, "GET", "/requests", "").await.json(), json!([]));

    assert_eq!(ask(at, "GET", "/guest/100", "").await.json(), json!({ "status": "running" }));
    assert_eq!(ask(at, "POST", "/guest/100/status", r#"{"status":"stopped"}"#).await.status(), 200);
    assert_eq!(sim.guest_status(100), Some(Status::Stopped));
    assert_eq!(ask(at, "POST", "/guest/999/status", r#"{"status":"stopped"}"#).await.status(), 404);
    assert_eq!(ask(at, "POST", "/guest/100/status", "nonsense").await.status(), 400);
    assert_eq!(ask(at, "POST", "/guest/100/lock", r#"{"lock":"backup"}"#).await.status(), 200);
    let manner = r#"{"ha":true,"agent":true,"agent_answers":true}"#;
    assert_eq!(ask(at, "POST", "/guest/100/manner", manner).await.status(), 200);
    let current = broker(&sim, "GET", "/nodes/pve1/qemu/100/status/current", "").await.json();
    assert_eq!(current["data"]["ha"]["managed"], 1);
    assert_eq!(ask(at, "POST", "/guest/100/manner", r#"{"mood":true}"#).await.status(), 400);
    assert_eq!(ask(at, "POST", "/guest/100/node", r#"{"node":"pve9"}"#).await.status(), 404);
    let guest = json!({ "vmid": 555, "node": "pve1", "name": "new", "status": "running" }).to_string();
    assert_eq!(ask(at, "PUT", "/guest/555", &guest).await.status(), 200);
    assert_eq!(sim.guest_status(555), Some(Status::Running));
    assert_eq!(ask(at, "DELETE", "/guest/555", "").await.status(), 200);
    assert_eq!(sim.guest_status(555), None);

    assert_eq!(ask(at, "GET", "/console/100/messages", "").await.json(), json!([]));
    assert_eq!(ask(at, "GET", "/console/999/messages", "").await.status(), 404);
    let fault = r#"{"path":"/version","kind":{"status":[502,"Bad Gateway"]},"times":1}"#;
    assert_eq!(ask(at, "POST", "/fault", fault).await.status(), 200);
    assert_eq!(broker(&sim, "GET", "/version", "").await.line, "HTTP/1.1 502 Bad Gateway");
    assert_eq!(ask(at, "POST", "/fault", r#"{"kind":"hang"}"#).await.status(), 200);
    assert_eq!(ask(at, "DELETE", "/faults", "").await.status(), 200);
    assert_eq!(broker(&sim, "GET", "/version", "").await.status(), 200);

    assert_eq!(ask(at, "POST", "/node/pve2/outage", r#"{"outage":"hangs"}"#).await.status(), 200);
    assert_eq!(broker(&sim, "GET", "/nodes/pve2/status", "").await.line, "HTTP/1.1 596 Connection timed out");
    let renewed = ask(at, "POST", "/node/pve1/certificate", r#"{"same_authority":true}"#).await.json();
    assert_eq!(renewed["fingerprint"], sim.fingerprint("pve1").as_str());
    assert_eq!(ask(at, "DELETE", "/token/broker%40pve!nexus", "").await.status(), 200);
    assert_eq!(broker(&sim, "GET", "/version", "").await.status(), 401);
    assert_eq!(ask(at, "GET", "/nothing", "").await.status(), 404);
    assert_eq!(ask(at, "GET", "/guest/100?cluster=other", "").await.status(), 404);
    control.stop().await;
    sim.end().await;
}

#[tokio::test]
async fn answers_no_web_page() {
    let control = Control::start("127.0.0.1:0".parse().unwrap(), Vec::new()).await.unwrap();
    let at = control.address();
    for headers in ["Host: evil.example", "Host: localhost:1\r\nOrigin: https://evil.example", "X: no host"] {
        assert_eq!(ask_as(at, headers, "GET", "/requests", "").await.status(), 403, "{headers}");
    }
    assert_eq!(ask_as(at, "Host: localhost:1", "GET", "/requests", "").await.status(), 200);
    control.stop().await;
}

#[tokio::test]
async fn stays_on_loopback() {
    assert!(Control::start("0.0.0.0:0".parse().unwrap(), Vec::new()).await.is_err());
}

#[tokio::test]
async fn the_listing_names_what_a_starter_needs() {
    let sim = Arc::new(Sim::start(machine(Mode::V8_3, false)).await.unwrap());
    let token = format!("broker@pve!nexus={SECRET}");
    let listing = Listing::new(std::slice::from_ref(&sim), &[Some(token.clone())], None);
    assert!(!format!("{listing:?}").contains(SECRET));
    let listed = json!(listing);
    let cluster = &listed["clusters"][0];
    assert_eq!((&cluster["name"], &cluster["version"]), (&json!("labcluster"), &json!("8.3")));
    assert_eq!(cluster["token"], token.as_str());
    assert_eq!(cluster["nodes"][0]["port"], sim.address("pve1").port());
    assert_eq!(cluster["nodes"][0]["fingerprint"], sim.fingerprint("pve1").as_str());
    sim.end().await;
}
