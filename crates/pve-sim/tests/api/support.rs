//! A client for the simulator's tests: raw bytes over TLS, so that every header line is seen. It shares no code with
//! the client that the simulator is made to test.

use std::sync::Arc;
use std::time::Duration;

use pve_sim::{GuestConfig, Kind, Mode, NodeConfig, Sim, SimConfig, Status, Timing, TokenConfig, UserConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How long any wait may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The secret of every token.
pub(crate) const SECRET: &str = "6e6f7420-6120-4365-a372-657420617420";
/// The password of every user.
pub(crate) const PASSWORD: &str = "correct horse";

/// The privileges of the recorded broker.
pub(crate) const BROKER: [&str; 9] = [
    "VM.Audit",
    "VM.Console",
    "VM.PowerMgmt",
    "VM.Snapshot",
    "VM.Snapshot.Rollback",
    "Sys.Audit",
    "Sys.Console",
    "Datastore.Audit",
    "Pool.Audit",
];

/// A machine like the recorded one.
pub(crate) fn machine(mode: Mode, two_nodes: bool) -> SimConfig {
    let acl = |privileges: &[&str]| vec![("/".to_owned(), privileges.iter().map(|name| (*name).to_owned()).collect())];
    let token = |id: &str, privileges: &[&str]| TokenConfig {
        id: id.to_owned(),
        secret: SECRET.to_owned(),
        acl: if privileges.is_empty() { Vec::new() } else { acl(privileges) },
    };
    let user = |id: &str, enabled: bool, privileges: &[&str]| UserConfig {
        id: id.to_owned(),
        password: Some(PASSWORD.to_owned()),
        enabled,
        acl: acl(privileges),
    };
    let agent: &[&str] = if mode == Mode::V9_2 { &["VM.GuestAgent.Audit"] } else { &["VM.Monitor"] };
    let guest = |vmid: u32, name: &str, status: Status| GuestConfig {
        vmid,
        node: "pve1".to_owned(),
        name: name.to_owned(),
        status,
        memory: 128,
        ..GuestConfig::default()
    };
    let mut guests = vec![
        GuestConfig {
            tags: vec!["prod".to_owned(), "web".to_owned()],
            agent: true,
            ..guest(100, "web-01", Status::Running)
        },
        GuestConfig { cores: 2, memory: 512, ..guest(101, "db-01", Status::Stopped) },
        GuestConfig { kind: Kind::Lxc, memory: 256, disk: 4, ..guest(200, "ct-01", Status::Stopped) },
    ];
    let mut nodes = vec![NodeConfig::new("pve1")];
    if two_nodes {
        nodes.push(NodeConfig { offline: true, ..NodeConfig::new("pve2") });
        guests.push(GuestConfig { node: "pve2".to_owned(), ..guest(300, "far-01", Status::Running) });
    }
    SimConfig {
        version: mode,
        cluster: "labcluster".to_owned(),
        nodes,
        guests,
        tokens: vec![
            token("broker@pve!nexus", &BROKER),
            token("broker@pve!weak", &[]),
            token("broker@pve!mon", agent),
            token("off@pve!t1", &BROKER),
        ],
        users: vec![
            user("broker@pve", true, &BROKER),
            user("off@pve", false, &BROKER),
            user("root@pam", true, &BROKER),
        ],
        timing: quick(),
        ..SimConfig::default()
    }
}

/// Waiting times without the waiting.
pub(crate) fn quick() -> Timing {
    Timing {
        unauthorized: Duration::ZERO,
        idle: Duration::from_millis(500),
        proxy: Duration::ZERO,
        port: Duration::ZERO,
        agent: Duration::ZERO,
        task: Duration::from_millis(1),
        shutdown: Duration::from_millis(1),
        ..Timing::default()
    }
}

/// A connection that trusts the cluster's authority.
pub(crate) async fn connect(sim: &Sim, node: &str) -> TlsStream<TcpStream> {
    try_connect(sim, node).await.unwrap()
}

/// The same, if the handshake succeeds.
pub(crate) async fn try_connect(sim: &Sim, node: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(sim.ca_pem().as_bytes()).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = TcpStream::connect(sim.address(node)).await?;
    socket.set_nodelay(true)?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), socket).await
}

/// An answer as bytes came.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Splits what came on a connection until its end; none if nothing came.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n").map(str::to_owned);
        let line = lines.next()?;
        let headers = lines
            .map(|line| {
                let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
                (name.to_owned(), value.to_owned())
            })
            .collect();
        Some(Self { line, headers, body: bytes[end + 4..].to_vec() })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn status(&self) -> u16 {
        self.line.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn data(&self) -> Value {
        self.json()["data"].clone()
    }
}

/// Everything until the end of a connection, which may come without close_notify; whether that came.
pub(crate) async fn read_all(stream: &mut TlsStream<TcpStream>) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    let clean = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut all)).await.expect("the answer never ended");
    (all, clean.is_ok())
}

/// Reads one answer with a length and leaves the connection open.
pub(crate) async fn read_one(stream: &mut TlsStream<TcpStream>) -> Answer {
    let mut bytes = Vec::new();
    loop {
        if let Some(answer) = Answer::parse(&bytes) {
            let length: usize = answer.header("Content-Length").map_or(0, |text| text.parse().unwrap());
            if answer.body.len() >= length {
                return answer;
            }
        }
        let count = tokio::time::timeout(PATIENCE, stream.read_buf(&mut bytes)).await.unwrap().unwrap();
        assert!(count > 0, "cut: {:?}", String::from_utf8_lossy(&bytes));
    }
}

/// Sends a request and gives what came until the end.
pub(crate) async fn exchange(sim: &Sim, node: &str, request: &[u8]) -> (Vec<u8>, bool) {
    let mut stream = connect(sim, node).await;
    stream.write_all(request).await.unwrap();
    stream.flush().await.unwrap();
    read_all(&mut stream).await
}

/// Calls a method as a token on a connection of its own.
pub(crate) async fn call(sim: &Sim, token: &str, verb: &str, path: &str, body: &str) -> Answer {
    let auth = format!("Authorization: PVEAPIToken={token}={SECRET}");
    call_with(sim, &auth, verb, path, body).await
}

/// The same with any header lines.
pub(crate) async fn call_with(sim: &Sim, headers: &str, verb: &str, path: &str, body: &str) -> Answer {
    let form = if body.is_empty() {
        String::new()
    } else {
        format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len())
    };
    let request =
        format!("{verb} /api2/json{path} HTTP/1.1\r\nHost: sim\r\n{headers}\r\nConnection: close\r\n{form}\r\n{body}");
    let (bytes, _) = exchange(sim, "pve1", request.as_bytes()).await;
    Answer::parse(&bytes).unwrap_or_else(|| panic!("no answer to {verb} {path}"))
}

/// Calls as the recorded broker.
pub(crate) async fn broker(sim: &Sim, verb: &str, path: &str, body: &str) -> Answer {
    call(sim, "broker@pve!nexus", verb, path, body).await
}

/// Waits for a condition.
pub(crate) async fn until<T, F>(what: &str, mut check: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = check().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits for the end of a task and gives how it ended.
pub(crate) async fn task_end(sim: &Sim, upid: &str) -> String {
    until("the end of a task", || async {
        let status = broker(sim, "GET", &format!("/nodes/pve1/tasks/{upid}/status"), "").await.data();
        status["exitstatus"].as_str().map(str::to_owned)
    })
    .await
}

/// Percent-encodes all but letters and digits.
pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
