//! What simulators of PVE usually get wrong, point by point, beyond what the recordings show.

use std::time::{Duration, Instant};

use pve_sim::{GuestConfig, Kind, Mode, NodeConfig, Outage, Sim, SimConfig, Status, Timing};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{
    Answer, BROKER, PASSWORD, PATIENCE, SECRET, broker, call, call_with, connect, encode, exchange, machine, read_all,
    read_one, task_end,
};

const NEXUS: &str = "broker@pve!nexus";

async fn start(mode: Mode) -> Sim {
    Sim::start(machine(mode, false)).await.unwrap()
}

fn get(path: &str) -> Vec<u8> {
    format!("GET /api2/json{path} HTTP/1.1\r\nHost: sim\r\nAuthorization: PVEAPIToken={NEXUS}={SECRET}\r\n\r\n")
        .into_bytes()
}

fn resource(rows: &Value, id: &str) -> Value {
    rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("no {id} in {rows}")).clone()
}

#[tokio::test]
async fn refusals_take_their_time_and_end_the_connection() {
    assert_eq!(Timing::default().unauthorized, Duration::from_secs(3));
    let mut config = machine(Mode::V9_2, false);
    config.timing.unauthorized = Duration::from_millis(300);
    let sim = Sim::start(config).await.unwrap();
    let mut stream = connect(&sim, "pve1").await;
    let begun = Instant::now();
    stream.write_all(b"GET /api2/json/version HTTP/1.1\r\nHost: sim\r\n\r\n").await.unwrap();
    let (bytes, _) = read_all(&mut stream).await;
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert!(bytes.starts_with(b"HTTP/1.1 401 No ticket\r\n"));
    sim.stop().await;
}

#[tokio::test]
async fn a_connection_serves_a_hundred_requests() {
    let sim = start(Mode::V9_2).await;
    let mut stream = connect(&sim, "pve1").await;
    for number in 1..=100 {
        stream.write_all(&get("/version")).await.unwrap();
        let answer = read_one(&mut stream).await;
        let expected = if number < 100 { "Keep-Alive" } else { "close" };
        assert_eq!(answer.header("Connection"), Some(expected), "request {number}");
    }
    let (rest, _) = read_all(&mut stream).await;
    assert!(rest.is_empty());
    sim.stop().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let sim = start(Mode::V8_3).await;
    let mut stream = connect(&sim, "pve1").await;
    let last = String::from_utf8(get("/nodes/pve1/qemu/101/config")).unwrap();
    let last = last.replace("Host: sim", "Host: sim\r\nConnection: close");
    stream.write_all(&[get("/version"), last.into_bytes()].concat()).await.unwrap();
    let (bytes, _) = read_all(&mut stream).await;
    let first = Answer::parse(&bytes).unwrap();
    let length: usize = first.header("Content-Length").unwrap().parse().unwrap();
    let version: Value = serde_json::from_slice(&first.body[..length]).unwrap();
    assert_eq!(version["data"]["release"], "8.3");
    assert_eq!(Answer::parse(&first.body[length..]).unwrap().data()["name"], "db-01");
    sim.stop().await;
}

#[tokio::test]
async fn protected_answers_say_close_and_stay_open() {
    let sim = start(Mode::V9_2).await;
    let mut stream = connect(&sim, "pve1").await;
    for _ in 0..2 {
        stream.write_all(&get("/nodes/pve1/qemu/100/status/current")).await.unwrap();
        let answer = read_one(&mut stream).await;
        let connection: Vec<_> = answer.headers.iter().filter(|(name, _)| name == "Connection").collect();
        assert_eq!(connection.len(), 2);
        assert_eq!((connection[0].1.as_str(), connection[1].1.as_str()), ("close", "Keep-Alive"));
    }
    sim.stop().await;
}

#[tokio::test]
async fn answers_that_another_node_gave_carry_both_headers_too() {
    let mut config = machine(Mode::V9_2, true);
    config.nodes[1].offline = false;
    let sim = Sim::start(config).await.unwrap();
    let mut stream = connect(&sim, "pve1").await;
    stream.write_all(&get("/nodes/pve2/qemu/300/config")).await.unwrap();
    let answer = read_one(&mut stream).await;
    assert_eq!(answer.headers.iter().filter(|(name, _)| name == "Connection").count(), 2);
    assert_eq!(answer.data()["name"], "far-01");
    sim.stop().await;
}

#[tokio::test]
async fn only_9_2_says_goodbye_in_tls() {
    for mode in [Mode::V9_2, Mode::V8_3] {
        let sim = start(mode).await;
        // After an error, after the idle limit, after an unfinished request.
        for request in [get("/nosuch"), Vec::new(), b"GET /api2/json/ver".to_vec(), get("/version")] {
            let (_, notified) = exchange(&sim, "pve1", &request).await;
            assert_eq!(notified, mode == Mode::V9_2, "{mode:?} {:?}", String::from_utf8_lossy(&request));
        }
        sim.stop().await;
    }
}

#[tokio::test]
async fn key_order_changes_from_answer_to_answer() {
    let sim = start(Mode::V9_2).await;
    let first = broker(&sim, "GET", "/nodes/pve1/qemu/100/status/current", "").await;
    let mut changed = false;
    for _ in 0..20 {
        changed |= broker(&sim, "GET", "/nodes/pve1/qemu/100/status/current", "").await.body != first.body;
    }
    assert!(changed);
    sim.stop().await;
}

#[tokio::test]
async fn numbers_and_text_are_mixed_as_in_pve() {
    let sim = start(Mode::V9_2).await;
    let config = broker(&sim, "GET", "/nodes/pve1/qemu/100/config", "").await.data();
    assert!(config["memory"].is_string() && config["agent"] == "1" && config["cores"] == 1);
    assert!(broker(&sim, "GET", "/nodes/pve1/lxc/200/config", "").await.data()["memory"].is_number());
    assert_eq!(broker(&sim, "GET", "/cluster/nextid", "").await.data(), "102");
    let console = broker(&sim, "POST", "/nodes/pve1/qemu/100/vncproxy", "websocket=1").await.data();
    assert_eq!(console["port"], "5900");
    let status = broker(&sim, "GET", "/nodes/pve1/status", "").await.data();
    assert!(status["loadavg"][0].is_string() && status["cpuinfo"]["mhz"].is_string());
    sim.stop().await;
}

#[tokio::test]
async fn a_power_action_is_a_task_that_runs_and_ends() {
    let sim = start(Mode::V9_2).await;
    let run = async |action: &str| {
        let answer = broker(&sim, "POST", &format!("/nodes/pve1/qemu/101/status/{action}"), "").await;
        match answer.data().as_str() {
            Some(upid) => task_end(&sim, upid).await,
            None => answer.line,
        }
    };
    let state =
        async || broker(&sim, "GET", "/nodes/pve1/qemu/101/status/current", "").await.data()["qmpstatus"].clone();
    assert_eq!(run("shutdown").await, "OK");
    assert_eq!(run("start").await, "OK");
    assert_eq!(state().await, "running");
    assert_eq!(run("start").await, "VM 101 already running");
    assert_eq!(run("suspend").await, "OK");
    assert_eq!(state().await, "paused");
    assert_eq!(run("shutdown").await, "HTTP/1.1 500 VM is paused - cannot shutdown");
    assert_eq!(run("reboot").await, "HTTP/1.1 500 VM is paused - cannot shutdown");
    assert_eq!(run("resume").await, "OK");
    assert_eq!(run("reset").await, "OK");
    assert_eq!(run("reboot").await, "OK");
    assert_eq!(run("shutdown").await, "OK");
    assert_eq!(state().await, "stopped");
    for action in ["reset", "reboot", "suspend", "resume"] {
        assert_eq!(run(action).await, "HTTP/1.1 500 VM 101 not running", "{action}");
    }
    sim.stop().await;
}

#[tokio::test]
async fn containers_refuse_at_once_and_know_no_reset() {
    let sim = start(Mode::V8_3).await;
    let run = async |action: &str| broker(&sim, "POST", &format!("/nodes/pve1/lxc/200/status/{action}"), "").await;
    assert_eq!(run("stop").await.line, "HTTP/1.1 500 CT 200 not running");
    assert_eq!(run("reboot").await.line, "HTTP/1.1 500 VM 200 not running");
    let upid = run("start").await.data().as_str().unwrap().to_owned();
    assert!(upid.contains(":vzstart:200:"));
    assert_eq!(task_end(&sim, &upid).await, "OK");
    assert_eq!(run("start").await.line, "HTTP/1.1 500 CT 200 already running");
    assert_eq!(run("reset").await.status(), 501);
    sim.stop().await;
}

#[tokio::test]
async fn locks_and_templates_fail_in_the_task() {
    let sim = start(Mode::V9_2).await;
    assert!(sim.set_lock(100, Some("snapshot")));
    let upid = broker(&sim, "POST", "/nodes/pve1/qemu/100/status/stop", "").await.data();
    assert_eq!(task_end(&sim, upid.as_str().unwrap()).await, "VM is locked (snapshot)");
    let refused = broker(&sim, "POST", "/nodes/pve1/qemu/100/status/stop", "skiplock=1").await;
    assert_eq!(refused.json()["errors"]["skiplock"], "Only root may use this option.");
    let template = GuestConfig { vmid: 103, node: "pve1".to_owned(), template: true, ..GuestConfig::default() };
    sim.add_guest(template).unwrap();
    let upid = broker(&sim, "POST", "/nodes/pve1/qemu/103/status/start", "").await.data();
    assert!(task_end(&sim, upid.as_str().unwrap()).await.contains("template"));
    sim.stop().await;
}

#[tokio::test]
async fn resources_lag_behind_and_status_does_not() {
    let mut config = machine(Mode::V9_2, false);
    config.timing.lag = Duration::from_secs(3600);
    let sim = Sim::start(config).await.unwrap();
    assert!(sim.set_guest_status(100, Status::Stopped));
    let rows = broker(&sim, "GET", "/cluster/resources?type=vm", "").await.data();
    assert_eq!(resource(&rows, "qemu/100")["status"], "running");
    let current = broker(&sim, "GET", "/nodes/pve1/qemu/100/status/current", "").await.data();
    assert_eq!(current["status"], "stopped");
    sim.stop().await;
}

#[tokio::test]
async fn numbers_of_offline_nodes_vanish_in_time() {
    for (forget, forgotten) in [(Duration::from_secs(3600), false), (Duration::ZERO, true)] {
        let mut config = machine(Mode::V9_2, true);
        config.nodes[1].offline = false;
        config.timing.forget = forget;
        let sim = Sim::start(config).await.unwrap();
        assert!(sim.set_outage("pve2", Some(Outage::Refused)));
        let rows = broker(&sim, "GET", "/cluster/resources", "").await.data();
        let row = resource(&rows, "qemu/300");
        assert_eq!(row.get("name").is_none(), forgotten);
        assert_eq!(row["status"], if forgotten { "unknown" } else { "running" });
        assert_eq!(resource(&rows, "node/pve2")["status"], "offline");
        assert!(tokio::net::TcpStream::connect(sim.address("pve2")).await.is_err());
        assert!(sim.set_outage("pve2", None));
        let rows = broker(&sim, "GET", "/cluster/resources", "").await.data();
        assert_eq!(resource(&rows, "qemu/300")["name"], "far-01");
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_migrated_guest_is_found_on_its_new_node() {
    let mut config = machine(Mode::V9_2, true);
    config.nodes[1].offline = false;
    let sim = Sim::start(config).await.unwrap();
    assert!(sim.move_guest(100, "pve2"));
    let gone = broker(&sim, "GET", "/nodes/pve1/qemu/100/status/current", "").await;
    assert_eq!(gone.line, "HTTP/1.1 500 Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist");
    assert_eq!(broker(&sim, "GET", "/nodes/pve2/qemu/100/status/current", "").await.data()["name"], "web-01");
    sim.stop().await;
}

#[tokio::test]
async fn a_new_guest_of_the_same_number_has_other_marks() {
    let sim = start(Mode::V9_2).await;
    let marks = async || {
        let config = broker(&sim, "GET", "/nodes/pve1/qemu/100/config", "").await.data();
        (config["smbios1"].clone(), config["net0"].clone())
    };
    let before = marks().await;
    assert_eq!(marks().await, before);
    sim.add_guest(GuestConfig { vmid: 100, node: "pve1".to_owned(), ..GuestConfig::default() }).unwrap();
    let after = marks().await;
    assert!(before.0 != after.0 && before.1 != after.1);
    sim.stop().await;
}

#[tokio::test]
async fn rights_come_from_paths_and_pools() {
    let mut config = machine(Mode::V9_2, false);
    config.guests[1].pool = Some("shop".to_owned());
    let acl = |path: &str| vec![(path.to_owned(), BROKER.map(str::to_owned).to_vec())];
    let token =
        |id: &str, path: &str| pve_sim::TokenConfig { id: id.to_owned(), secret: SECRET.to_owned(), acl: acl(path) };
    config.tokens.push(token("broker@pve!pool", "/pool/shop"));
    config.tokens.push(token("broker@pve!one", "/vms/100"));
    let sim = Sim::start(config).await.unwrap();
    for (id, sees) in [("broker@pve!pool", "qemu/101"), ("broker@pve!one", "qemu/100")] {
        let rows = call(&sim, id, "GET", "/cluster/resources?type=vm", "").await.data();
        assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
        resource(&rows, sees);
        let nodes = call(&sim, id, "GET", "/nodes", "").await.data();
        assert!(nodes[0].get("cpu").is_none() && nodes[0].get("ssl_fingerprint").is_some());
    }
    let refused = call(&sim, "broker@pve!one", "POST", "/nodes/pve1/qemu/101/vncproxy", "websocket=1").await;
    assert_eq!(refused.line, "HTTP/1.1 403 Permission check failed (/vms/101, VM.Console)");
    let permissions = call(&sim, "broker@pve!pool", "GET", "/access/permissions", "").await.data();
    assert_eq!(permissions.as_object().unwrap().keys().collect::<Vec<_>>(), ["/pool/shop"]);
    let rows = call(&sim, "broker@pve!pool", "GET", "/cluster/resources", "").await.data();
    assert_eq!(resource(&rows, "/pool/shop")["type"], "pool");
    sim.stop().await;
}

#[tokio::test]
async fn permission_comes_before_existence_and_parameters() {
    let sim = start(Mode::V9_2).await;
    let weak = "broker@pve!weak";
    let answer = call(&sim, weak, "GET", "/nodes/pve1/qemu/999/status/current", "").await;
    assert_eq!(answer.line, "HTTP/1.1 403 Permission check failed (/vms/999, VM.Audit)");
    let answer = call(&sim, weak, "POST", "/nodes/pve1/qemu/100/status/start", "bogus=1").await;
    assert_eq!(answer.status(), 403);
    sim.stop().await;
}

#[tokio::test]
async fn a_token_that_was_taken_away_is_no_longer_one() {
    let sim = start(Mode::V8_3).await;
    assert_eq!(broker(&sim, "GET", "/version", "").await.status(), 200);
    assert!(sim.remove_token(NEXUS));
    let answer = broker(&sim, "GET", "/version", "").await;
    assert_eq!(answer.line, "HTTP/1.1 401 no such token 'nexus' for user 'broker@pve'");
    sim.stop().await;
}

#[tokio::test]
async fn a_token_without_audit_sees_its_tasks_at_the_node_only() {
    let mut config = machine(Mode::V9_2, false);
    let privileges = ["VM.Audit", "VM.PowerMgmt"].map(str::to_owned).to_vec();
    config.tokens.push(pve_sim::TokenConfig {
        id: "broker@pve!power".to_owned(),
        secret: SECRET.to_owned(),
        acl: vec![("/vms".to_owned(), privileges)],
    });
    let sim = Sim::start(config).await.unwrap();
    let power = "broker@pve!power";
    let upid = call(&sim, power, "POST", "/nodes/pve1/qemu/100/status/reset", "").await.data();
    assert_eq!(task_end(&sim, upid.as_str().unwrap()).await, "OK");
    assert_eq!(call(&sim, power, "GET", "/cluster/tasks", "").await.data(), serde_json::json!([]));
    let own = call(&sim, power, "GET", "/nodes/pve1/tasks?source=all", "").await.data();
    assert_eq!(own[0]["upid"], upid);
    let path = format!("/nodes/pve1/tasks/{}/status", upid.as_str().unwrap());
    assert_eq!(call(&sim, power, "GET", &path, "").await.data()["exitstatus"], "OK");
    sim.stop().await;
}

#[tokio::test]
async fn snapshots_make_a_tree() {
    let sim = start(Mode::V9_2).await;
    let path = "/nodes/pve1/qemu/100/snapshot";
    let run = async |verb: &str, path: String, body: &str| {
        let upid = broker(&sim, verb, &path, body).await.data();
        task_end(&sim, upid.as_str().unwrap()).await
    };
    assert_eq!(run("POST", path.to_owned(), "snapname=s1&description=first").await, "OK");
    assert_eq!(run("POST", path.to_owned(), "snapname=s2&vmstate=1").await, "OK");
    assert_eq!(run("POST", path.to_owned(), "snapname=s2").await, "snapshot name 's2' already used");
    let rows = async || broker(&sim, "GET", path, "").await.data();
    let row = |rows: &Value, name: &str| rows.as_array().unwrap().iter().find(|row| row["name"] == name).cloned();
    let listed = rows().await;
    assert_eq!(row(&listed, "s2").unwrap()["parent"], "s1");
    assert_eq!(row(&listed, "current").unwrap()["parent"], "s2");
    assert_eq!(run("POST", format!("{path}/s1/rollback"), "").await, "OK");
    assert_eq!(sim.guest_status(100), Some(Status::Stopped));
    assert_eq!(run("POST", format!("{path}/s2/rollback"), "").await, "OK");
    assert_eq!(sim.guest_status(100), Some(Status::Running));
    assert_eq!(run("DELETE", format!("{path}/s1"), "").await, "OK");
    let listed = rows().await;
    assert!(row(&listed, "s1").is_none() && row(&listed, "s2").unwrap().get("parent").is_none());
    assert_eq!(run("DELETE", format!("{path}/s1"), "").await, "snapshot 's1' does not exist");
    sim.stop().await;
}

#[tokio::test]
async fn a_users_ticket_needs_its_csrf_token_for_changes() {
    let sim = start(Mode::V9_2).await;
    let form = format!("username=broker%40pve&password={}", encode(PASSWORD));
    let data = call_with(&sim, "X: y", "POST", "/access/ticket", &form).await.data();
    let cookie = format!("Cookie: PVEAuthCookie={}", encode(data["ticket"].as_str().unwrap()));
    let path = "/nodes/pve1/qemu/100/status/reset";
    assert_eq!(call_with(&sim, &cookie, "GET", "/version", "").await.status(), 200);
    assert_eq!(call_with(&sim, &cookie, "POST", path, "").await.status(), 401);
    let both = format!("{cookie}\r\nCSRFPreventionToken: {}", data["CSRFPreventionToken"].as_str().unwrap());
    assert_eq!(call_with(&sim, &both, "POST", path, "").await.status(), 200);
    // A ticket wins over a token in the same request, even a bad one.
    let mixed = format!("Cookie: PVEAuthCookie=PVE%3Abad\r\nAuthorization: PVEAPIToken={NEXUS}={SECRET}");
    assert_eq!(call_with(&sim, &mixed, "GET", "/version", "").await.status(), 401);
    sim.stop().await;
}

#[tokio::test]
async fn passwords_and_tickets_of_consoles_by_version() {
    for mode in [Mode::V9_2, Mode::V8_3] {
        let mut config = machine(mode, false);
        config.guests[2].status = Status::Running;
        let sim = Sim::start(config).await.unwrap();
        let open = async |path: &str, form: &str| broker(&sim, "POST", path, form).await.data();
        let qemu = "/nodes/pve1/qemu/100/vncproxy";
        let plain = open(qemu, "websocket=1").await;
        let generated = open(qemu, "websocket=1&generate-password=1").await;
        let container = open("/nodes/pve1/lxc/200/vncproxy", "websocket=1").await;
        let prefix = |data: &Value| data["ticket"].as_str().unwrap().starts_with("PVEVNC:");
        assert_eq!(generated["password"].as_str().unwrap().len(), 8);
        if mode == Mode::V9_2 {
            for data in [&plain, &generated, &container] {
                let start = format!("{}:PVEVNC:", data["password"].as_str().unwrap());
                assert!(data["ticket"].as_str().unwrap().starts_with(&start));
            }
        } else {
            assert!(plain.get("password").is_none() && container.get("password").is_none());
            assert!(prefix(&plain) && prefix(&generated) && prefix(&container));
        }
        assert_eq!((plain["port"].as_str(), generated["port"].as_str()), (Some("5900"), Some("5901")));
        let cert = plain["cert"].as_str().unwrap();
        assert_eq!(cert, sim.ca_pem());
        sim.stop().await;
    }
}

#[tokio::test]
async fn bodies_above_64_kib_pass_on_9_2_alone() {
    for (mode, status) in [(Mode::V9_2, 200), (Mode::V8_3, 501)] {
        let sim = start(mode).await;
        let body = format!("timeout=1{}", "&".repeat(100_000));
        let answer = broker(&sim, "POST", "/nodes/pve1/qemu/101/status/shutdown", &body).await;
        assert_eq!(answer.status(), status);
        sim.stop().await;
    }
}

#[tokio::test]
async fn every_node_has_a_certificate_of_the_clusters_authority() {
    let mut config = SimConfig { ..machine(Mode::V9_2, false) };
    config.nodes.push(NodeConfig::new("pve2"));
    config.guests.push(GuestConfig { vmid: 400, kind: Kind::Lxc, node: "pve2".to_owned(), ..GuestConfig::default() });
    let sim = Sim::start(config).await.unwrap();
    for name in ["pve1", "pve2"] {
        // The connection trusts the authority alone.
        let mut stream = connect(&sim, name).await;
        let chain = stream.get_ref().1.peer_certificates().unwrap();
        assert_eq!(chain.len(), 1);
        let digest = ring::digest::digest(&ring::digest::SHA256, &chain[0]);
        let hex: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(hex.join(":"), sim.fingerprint(name));
        stream.write_all(&get("/nodes")).await.unwrap();
        let rows = read_one(&mut stream).await.data();
        let row = rows.as_array().unwrap().iter().find(|row| row["node"] == name).unwrap();
        assert_eq!(row["ssl_fingerprint"], sim.fingerprint(name).as_str());
    }
    assert_ne!(sim.fingerprint("pve1"), sim.fingerprint("pve2"));
    sim.stop().await;
}

/// Opens a console and its websocket; the bytes after the 101 and how the task ended.
async fn visit(sim: &Sim, node: &str, vmid: u32, wanted: usize) -> (Vec<u8>, String) {
    let path = format!("/nodes/{node}/qemu/{vmid}");
    let opened = broker(sim, "POST", &format!("{path}/vncproxy"), "websocket=1&generate-password=1").await.data();
    let request = format!(
        "GET /api2/json{path}/vncwebsocket?port={}&vncticket={} HTTP/1.1\r\nHost: sim\r\nUpgrade: WebSocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: UVD/mH6UmtKGXsPSqqNOqw==\r\n\
         Sec-WebSocket-Protocol: binary, base64\r\nAuthorization: PVEAPIToken={NEXUS}={SECRET}\r\n\r\n",
        opened["port"].as_str().unwrap(),
        encode(opened["ticket"].as_str().unwrap())
    );
    let mut stream = connect(sim, "pve1").await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = read_one(&mut stream).await;
    assert_eq!(answer.line, "HTTP/1.1 101 Switching Protocols");
    assert_eq!(answer.header("Sec-WebSocket-Protocol"), Some("binary, base64"));
    while answer.body.len() < wanted {
        let count = tokio::time::timeout(PATIENCE, stream.read_buf(&mut answer.body)).await.unwrap().unwrap_or(0);
        if count == 0 {
            break;
        }
    }
    drop(stream);
    (answer.body, task_end(sim, opened["upid"].as_str().unwrap()).await)
}

#[tokio::test]
async fn a_console_greets_through_the_websocket_and_its_task_ends_with_it() {
    for mode in [Mode::V9_2, Mode::V8_3] {
        let sim = start(mode).await;
        let (bytes, end) = visit(&sim, "pve1", 100, 14).await;
        assert_eq!(bytes, b"\x82\x0cRFB 003.008\n");
        assert_eq!(end, "OK");
        sim.stop().await;
    }
}

#[tokio::test]
async fn consoles_of_what_does_not_run_open_and_end_without_a_byte() {
    let sim = Sim::start(machine(Mode::V9_2, true)).await.unwrap();
    for (node, vmid) in [("pve1", 101), ("pve2", 300)] {
        let (bytes, end) = visit(&sim, node, vmid, 1).await;
        assert!(bytes.is_empty(), "{bytes:?}");
        assert_eq!(end, "Failed to run vncproxy.");
    }
    sim.stop().await;
}
