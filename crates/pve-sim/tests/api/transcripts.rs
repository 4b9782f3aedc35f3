//! Replays the requests that were recorded with a genuine PVE, of both versions, and compares the simulator's answers:
//! status line, header lines, body. `fixtures/` holds the recordings without anything secret.

use std::time::Duration;

use crate::support::{self, Answer, PASSWORD, SECRET, broker, call_with, encode, exchange, machine, task_end, until};
use pve_sim::{GuestConfig, Mode, Outage, Sim, SimConfig, Status};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Recordings of which only status line and headers are compared, and why.
const BODY_LEFT_OUT: [(&str, &str); 1] =
    [("cluster-resources-keepalive", "recorded in the first seconds after boot, before any number was reported")];

/// Recordings whose rows are not all there in the simulator, and why: the rows it has must still be recorded ones.
const FEWER_ROWS: [(&str, &str); 2] = [
    ("qemu-rrddata-hour", "the recorded guest was started within the hour"),
    ("cluster-tasks", "the recorded machine had finished and running tasks of users and tokens"),
];

/// Fields that the simulator sends beyond the recorded ones, and why.
const MORE_FIELDS: [(&str, &str); 10] = [
    ("running-machine", "the recorded 9.2 ran on a foreign QEMU and dropped it"),
    ("running-qemu", "the same"),
    ("proxmox-support", "the same"),
    ("diskread", "the same"),
    ("diskwrite", "the same"),
    ("host-arch", "in the newer schema; the recorded node had not reported it"),
    ("smbios1", "the recorded guests were made by hand, without what PVE's API adds"),
    ("meta", "the same"),
    ("net0", "the same"),
    ("boot", "the same"),
];

/// Fields that the simulator does not send, and why.
const LESS_FIELDS: [(&str, &str); 2] =
    [("kvm", "set by hand on the recorded guests, for want of KVM"), ("acpi", "set by hand on the recorded guests")];

fn fixtures(mode: Mode) -> Vec<Value> {
    let text = match mode {
        Mode::V9_2 => include_str!("../../fixtures/transcripts-9.2.jsonl"),
        Mode::V8_3 => include_str!("../../fixtures/transcripts-8.3.jsonl"),
    };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn answers_like_pve_9_2() {
    replay_all(Mode::V9_2).await;
}

#[tokio::test]
async fn answers_like_pve_8_3() {
    replay_all(Mode::V8_3).await;
}

async fn replay_all(mode: Mode) {
    let mut wrong = Vec::new();
    let all = fixtures(mode);
    assert!(all.len() > 170, "{}", all.len());
    for fixture in &all {
        let name = fixture["name"].as_str().unwrap();
        if let Err(difference) = replay(mode, name, fixture).await {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

/// The machine as it was at a recording.
fn scene(mode: Mode, name: &str) -> SimConfig {
    let clustered = [
        "cluster-resources-12s-after-stop",
        "cluster-resources-after-stop",
        "vm-on-other-node-path",
        "ticket-renew",
        "qemu-list-after-stop",
    ];
    let two = mode == Mode::V9_2
        && (name.starts_with("cluster2-") || name.starts_with("offline-node") || clustered.contains(&name));
    let mut config = machine(mode, two);
    match name {
        "vncwebsocket-ticket-expired" => config.timing.vnc_ticket = Duration::ZERO,
        "task-status-vncproxy-not-connected" | "task-log-vncproxy-not-connected" | "vncwebsocket-worker-gone" => {
            config.console_timing.connect = Duration::from_millis(1);
        }
        "qemu-snapshots-after" => config.timing.task = Duration::from_secs(600),
        "vncwebsocket-port-of-another-vm" | "qemu-agent-interfaces-with-privilege" => {
            let more = GuestConfig { vmid: 102, agent: false, tags: Vec::new(), ..config.guests[0].clone() };
            config.guests.push(more);
        }
        _ => {}
    }
    config
}

/// What the placeholders of a request stand for.
#[derive(Default)]
struct Filling {
    cookie: String,
    csrf: String,
    upid: String,
    port: String,
    ticket: String,
}

async fn replay(mode: Mode, name: &str, fixture: &Value) -> Result<(), String> {
    let sim = Sim::start(scene(mode, name)).await.unwrap();
    let filling = prepare(&sim, mode, name, fixture).await;
    let request = request(name, fixture, &filling);
    let result = match name {
        _ if fixture["answer"].is_null() && name.starts_with("vncwebsocket") => hangs(&sim, &request).await,
        _ if name.starts_with("plain-http") => compare_bytes(name, fixture, &plain(&sim, &request).await),
        _ if fixture["answer"]["line"].as_str().is_some_and(|line| line.starts_with("HTTP/1.1 101 ")) => {
            let mut stream = support::connect(&sim, "pve1").await;
            stream.write_all(&request).await.unwrap();
            let answer = support::read_one(&mut stream).await;
            compare(name, fixture, &Answer { body: Vec::new(), ..answer })
        }
        _ => compare_bytes(name, fixture, &exchange(&sim, "pve1", &request).await.0),
    };
    sim.stop().await;
    result
}

/// Brings the machine to the state of a recording.
async fn prepare(sim: &Sim, mode: Mode, name: &str, fixture: &Value) -> Filling {
    let mut filling = Filling { port: "5900".to_owned(), ..Filling::default() };
    let text = fixture["request"].to_string();
    // A console of the node is the user's on 8.3, which refuses tokens there.
    let on_node = text.contains("/nodes/pve1/vncwebsocket");
    let by_user = on_node && mode == Mode::V8_3;
    if text.contains("{cookie}") || text.contains("{csrf}") || by_user {
        let form = format!("username=broker%40pve&password={}", encode(PASSWORD));
        let data = call_with(sim, "X: y", "POST", "/access/ticket", &form).await.data();
        filling.cookie = encode(data["ticket"].as_str().unwrap());
        filling.csrf = data["CSRFPreventionToken"].as_str().unwrap().to_owned();
    }
    match name {
        _ if name.contains("paused") || name == "qemu-resume" => {
            assert!(sim.set_guest_status(100, Status::Paused));
        }
        "qemu-list-after-stop" | "cluster2-resources-one-offline" if mode == Mode::V9_2 => {
            assert!(sim.set_lock(100, Some("snapshot")));
        }
        "cluster-resources-12s-after-stop" | "qemu-list-after-stop" => {
            assert!(sim.set_guest_status(100, Status::Stopped));
        }
        "qemu-snapshots-after" => {
            broker(sim, "POST", "/nodes/pve1/qemu/100/snapshot", "snapname=s1&vmstate=0").await;
            until("the snapshot's row", || async {
                let rows = broker(sim, "GET", "/nodes/pve1/qemu/100/snapshot", "").await.data();
                (rows.as_array().unwrap().len() == 2).then_some(())
            })
            .await;
        }
        _ => {}
    }
    let outage = match name {
        "offline-node-certificate-not-pinned" => Some(Outage::WrongCertificate),
        "offline-node-closes-in-handshake" => Some(Outage::Resets),
        "offline-node-hangs" => Some(Outage::Hangs),
        "offline-node-not-tls" => Some(Outage::NotTls),
        "offline-node-refused" => Some(Outage::Refused),
        _ => None,
    };
    if outage.is_some() {
        assert!(sim.set_outage("pve2", outage));
    }
    prepare_tasks(sim, name, &mut filling).await;
    if text.contains("{ticket}") || fixture["request"].is_null() {
        prepare_console(sim, name, on_node, by_user, &mut filling).await;
    }
    filling
}

/// Runs the tasks that a recording asks for.
async fn prepare_tasks(sim: &Sim, name: &str, filling: &mut Filling) {
    let action = match name {
        "task-status-failed" | "task-log-failed" => Some("status/start"),
        "task-status-ok" | "task-log-ok" | "task-status-unencoded" => Some("status/reset"),
        "tasks-list" | "cluster-log" | "cluster-tasks" | "cluster2-tasks" => Some("snapshot/nosuch/rollback"),
        _ => None,
    };
    if let Some(action) = action {
        let path = format!("/nodes/pve1/qemu/100/{action}");
        let upid = broker(sim, "POST", &path, "").await.data().as_str().unwrap().to_owned();
        task_end(sim, &upid).await;
        filling.upid = upid;
    }
    let console = ["task-status-running", "task-stop", "tasks-of-other-user-weak", "cluster-tasks", "cluster2-tasks"];
    let gone = name.contains("not-connected");
    if console.contains(&name) || gone {
        let data = broker(sim, "POST", "/nodes/pve1/qemu/100/vncproxy", "websocket=1").await.data();
        let upid = data["upid"].as_str().unwrap().to_owned();
        if gone {
            assert_eq!(task_end(sim, &upid).await, "connection timed out");
        }
        filling.upid = upid;
    }
}

/// Opens the console that a recorded upgrade is for.
async fn prepare_console(sim: &Sim, name: &str, on_node: bool, by_user: bool, filling: &mut Filling) {
    let auth = if by_user {
        format!("Cookie: PVEAuthCookie={}\r\nCSRFPreventionToken: {}", filling.cookie, filling.csrf)
    } else {
        format!("Authorization: PVEAPIToken=broker@pve!nexus={SECRET}")
    };
    let open = async |path: &str, form: &str| {
        let data = call_with(sim, &auth, "POST", path, form).await.data();
        let field = |name: &str| data[name].as_str().unwrap_or_else(|| panic!("{name} in {data}")).to_owned();
        (field("port"), field("ticket"), field("upid"))
    };
    let path = match name {
        _ if on_node => "/nodes/pve1/termproxy",
        "vncwebsocket-stopped-vm" => "/nodes/pve1/qemu/101/vncproxy",
        _ => "/nodes/pve1/qemu/100/vncproxy",
    };
    let form = if path.contains("vncproxy") { "websocket=1" } else { "" };
    let (mut port, mut ticket, upid) = open(path, form).await;
    match name {
        "vncwebsocket-wrong-port" => port = (port.parse::<u16>().unwrap() + 2).to_string(),
        "vncwebsocket-port-of-another-vm" => port = open("/nodes/pve1/qemu/102/vncproxy", form).await.0,
        "vncwebsocket-port-of-own-second-console" => port = open(path, form).await.0,
        "vncwebsocket-ticket-without-password-prefix" => ticket = ticket[ticket.find("PVEVNC:").unwrap()..].to_owned(),
        "vncwebsocket-worker-gone" => assert_eq!(task_end(sim, &upid).await, "connection timed out"),
        "vncwebsocket-second-connection-same-ticket" => {
            let request = upgrade(&port, &encode(&ticket));
            let mut first = support::connect(sim, "pve1").await;
            first.write_all(request.as_bytes()).await.unwrap();
            assert_eq!(support::read_one(&mut first).await.status(), 101);
        }
        _ => {}
    }
    filling.port = port;
    filling.ticket = encode(&ticket);
}

fn upgrade(port: &str, ticket: &str) -> String {
    format!(
        "GET /api2/json/nodes/pve1/qemu/100/vncwebsocket?port={port}&vncticket={ticket} HTTP/1.1\r\nHost: sim\r\n\
         Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: UVD/mH6UmtKGXsPSqqNOqw==\r\n\
         Sec-WebSocket-Version: 13\r\nAuthorization: PVEAPIToken=broker@pve!nexus={SECRET}\r\n\r\n"
    )
}

/// A recorded request as bytes.
fn request(name: &str, fixture: &Value, filling: &Filling) -> Vec<u8> {
    let recorded = &fixture["request"];
    if recorded.is_null() {
        return upgrade(&filling.port, &filling.ticket).into_bytes();
    }
    let fill = |text: &str| {
        text.replace("{secret}", SECRET)
            .replace("{cookie}", &filling.cookie)
            .replace("{csrf}", &filling.csrf)
            .replace("{upid}", &encode(&filling.upid))
            .replace("{plain-upid}", &filling.upid)
            .replace("{port}", &filling.port)
            .replace("{ticket}", &filling.ticket)
            .replace("{password}", &encode(PASSWORD))
            .replace("{fill}", &"a".repeat(9000))
    };
    let mut body = fill(recorded["body"].as_str().unwrap());
    let headers: Vec<&str> = recorded["headers"].as_array().unwrap().iter().map(|h| h.as_str().unwrap()).collect();
    if name.starts_with("body-") {
        let length: usize =
            headers.iter().find_map(|header| header.strip_prefix("Content-Length: ")).unwrap().parse().unwrap();
        let last = body.chars().last().unwrap();
        body.extend(std::iter::repeat_n(last, length - body.len()));
    }
    let mut text = format!("{}\r\n", fill(recorded["line"].as_str().unwrap()));
    for header in headers {
        if header.starts_with("Content-Length: ") {
            text.push_str(&format!("Content-Length: {}", body.len()));
        } else {
            text.push_str(&fill(header));
        }
        text.push_str("\r\n");
    }
    format!("{text}\r\n{body}").into_bytes()
}

async fn plain(sim: &Sim, request: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(sim.address("pve1")).await.unwrap();
    socket.write_all(request).await.unwrap();
    let mut all = Vec::new();
    tokio::time::timeout(support::PATIENCE, socket.read_to_end(&mut all)).await.unwrap().unwrap();
    all
}

/// The upgrade is taken and never answered.
async fn hangs(sim: &Sim, request: &[u8]) -> Result<(), String> {
    let mut stream = support::connect(sim, "pve1").await;
    stream.write_all(request).await.unwrap();
    until("an unanswered upgrade", || async {
        let last = sim.requests().pop()?;
        (last.path.ends_with("/vncwebsocket") && last.status == 0).then_some(())
    })
    .await;
    Ok(())
}

fn compare_bytes(name: &str, fixture: &Value, bytes: &[u8]) -> Result<(), String> {
    match (fixture["answer"].is_null(), Answer::parse(bytes)) {
        (true, None) if bytes.is_empty() => Ok(()),
        (false, Some(answer)) => compare(name, fixture, &answer),
        (_, got) => Err(format!("answered {got:?}")),
    }
}

fn compare(name: &str, fixture: &Value, got: &Answer) -> Result<(), String> {
    let want = &fixture["answer"];
    if want["line"] != got.line {
        return Err(format!("status line {:?}, recorded {}", got.line, want["line"]));
    }
    let recorded: Vec<&str> = want["headers"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let headers: Vec<String> = got
        .headers
        .iter()
        .map(|(name, value)| if recorded.contains(&name.as_str()) { name.clone() } else { format!("{name}: {value}") })
        .collect();
    if headers != recorded {
        return Err(format!("headers {headers:?}, recorded {recorded:?}"));
    }
    if !want["json"].is_null() && want["json"] != got.json() {
        return Err(format!("body {}, recorded {}", got.json(), want["json"]));
    }
    if let Some(text) = want["text"].as_str() {
        let body = String::from_utf8_lossy(&got.body);
        if body.trim_end_matches('\n') != text || got.header("Content-Length") != want["length"].as_str() {
            return Err(format!("text {body:?}, recorded {text:?} of length {}", want["length"]));
        }
    } else if got.header("Content-Length").is_none() && !got.body.is_empty() {
        return Err("a body without a length".to_owned());
    }
    if want["shape"].is_null() || named(&BODY_LEFT_OUT, name) {
        Ok(())
    } else {
        fits(name, "", &want["shape"], &got.json())
    }
}

fn named(list: &[(&str, &str)], name: &str) -> bool {
    list.iter().any(|(entry, _)| *entry == name)
}

/// Whether a value has a recorded shape.
fn fits(name: &str, at: &str, want: &Value, got: &Value) -> Result<(), String> {
    match (want, got) {
        (Value::Null, Value::Null) => Ok(()),
        (Value::String(kind), _) => {
            let fine = match kind.as_str() {
                "number" => got.is_number(),
                "bool" => got.is_boolean(),
                "upid" => got.as_str().is_some_and(|text| text.starts_with("UPID:")),
                _ => got.is_string(),
            };
            if fine { Ok(()) } else { Err(format!("{at} is {got}, recorded a {kind}")) }
        }
        (Value::Array(shapes), Value::Array(rows)) => {
            let mut seen = vec![false; shapes.len()];
            for row in rows {
                let matching: Vec<usize> =
                    (0..shapes.len()).filter(|index| fits(name, at, &shapes[*index], row).is_ok()).collect();
                if matching.is_empty() {
                    return Err(format!("{at}: row {row} has no recorded shape {want}"));
                }
                matching.iter().for_each(|index| seen[*index] = true);
            }
            match seen.iter().position(|seen| !seen) {
                Some(index) if !named(&FEWER_ROWS, name) => {
                    Err(format!("{at}: no row like {} in {got}", shapes[index]))
                }
                _ => Ok(()),
            }
        }
        (Value::Object(fields), Value::Object(values)) => {
            for (key, value) in values {
                match fields.get(key) {
                    Some(_) if key == "proxmox-support" => {}
                    Some(shape) => fits(name, &format!("{at}.{key}"), shape, value)?,
                    None if named(&MORE_FIELDS, key) => {}
                    None => return Err(format!("{at}.{key} was not recorded")),
                }
            }
            let missing = fields.keys().find(|key| !values.contains_key(*key) && !named(&LESS_FIELDS, key));
            missing.map_or(Ok(()), |key| Err(format!("{at}.{key} is missing")))
        }
        _ => Err(format!("{at} is {got}, recorded {want}")),
    }
}
