//! A certificate by ACME from a real authority, Debian's `pebble`: asked for at the start, renewed in time, kept when the
//! authority is away or refuses. Names lead to loopback by a DNS server of the test's own.

use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use nexus::config::Settings;
use nexus::{Running, start};
use nexus_app::password::Cost;
use nexus_app::{Clock, Tuning};
use nexus_model::Micros;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const NAME: &str = "nexus.example";
const OTHER: &str = "guests.example";
const PATIENCE: Duration = Duration::from_secs(90);

/// An authority that runs until it is dropped.
struct Pebble {
    process: Child,
    directory: String,
    management: SocketAddr,
    folder: TempDir,
}

impl Drop for Pebble {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that nobody has at this moment.
fn free_port() -> u16 {
    let probe = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    probe.local_addr().expect("an address").port()
}

/// Answers every question for an IPv4 address with 127.0.0.1 and every other with nothing (RFC 1035, 4.1).
fn name_server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("an address");
    std::thread::spawn(move || {
        let mut packet = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut packet) {
            let question = &packet[..length];
            let Some(labels) = question.get(12..).and_then(|rest| rest.iter().position(|byte| *byte == 0)) else {
                continue;
            };
            let end = 12 + labels + 5;
            let Some(asked) = question.get(12..end) else { continue };
            let is_address = asked.ends_with(&[0, 1, 0, 1]);
            let mut answer = vec![question[0], question[1], 0x84, 0, 0, 1, 0, u8::from(is_address), 0, 0, 0, 0];
            answer.extend_from_slice(asked);
            if is_address {
                answer.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1]);
            }
            let _ = socket.send_to(&answer, from);
        }
    });
    address
}

impl Pebble {
    /// Looks for names at `port` of loopback.
    async fn start(port: u16) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("a certificate");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).expect("a root");
        std::fs::write(path("ca.pem"), root.pem()).expect("a file");
        let own = KeyPair::generate().expect("a key");
        let names = vec!["127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).expect("a certificate");
        let certificate = certificate.signed_by(&own, &Issuer::new(params, key)).expect("a certificate");
        std::fs::write(path("cert.pem"), certificate.pem()).expect("a file");
        std::fs::write(path("key.pem"), own.serialize_pem()).expect("a file");
        let (listen, management) = (free_port(), free_port());
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{listen}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": path("cert.pem"),
            "privateKey": path("key.pem"),
            "httpPort": 1,
            "tlsPort": port,
            "domainBlocklist": ["refused.example"],
        } });
        std::fs::write(path("pebble.json"), config.to_string()).expect("a file");
        let log = std::fs::File::create(path("log")).expect("a file");
        let process = Command::new("pebble")
            .arg("-config")
            .arg(path("pebble.json"))
            .args(["-strict", "-dnsserver", &name_server().to_string()])
            .env("PEBBLE_VA_NOSLEEP", "1")
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .expect("pebble runs: apt-get install pebble");
        let directory = format!("https://127.0.0.1:{listen}/dir");
        let management = SocketAddr::from(([127, 0, 0, 1], management));
        let pebble = Self { process, directory, management, folder };
        let waited = async {
            while TcpStream::connect(management).await.is_err()
                || TcpStream::connect(("127.0.0.1", listen)).await.is_err()
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waited)
            .await
            .unwrap_or_else(|_| panic!("pebble does not listen: {}", pebble.log()));
        pebble
    }

    /// Ends the process; its files stay.
    fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The root that its certificates lead to; a new one each time that it is started.
    async fn root(&self) -> CertificateDer<'static> {
        let own = CertificateDer::from_pem_file(self.folder.path().join("ca.pem")).expect("a certificate");
        let socket = TcpStream::connect(self.management).await.expect("pebble listens");
        let name = ServerName::try_from("127.0.0.1").expect("a name");
        let mut stream = connector(own).connect(name, socket).await.expect("TLS");
        stream.write_all(b"GET /roots/0 HTTP/1.0\r\n\r\n").await.expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        CertificateDer::from_pem_slice(answer.as_bytes()).expect("a root")
    }
}

fn connector(root: CertificateDer<'static>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(root).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// The certificate that a browser sees under `name`; `None` where it does not trust it.
async fn seen(
    nexus: SocketAddr,
    root: &CertificateDer<'static>,
    name: &'static str,
) -> Option<CertificateDer<'static>> {
    let socket = TcpStream::connect(nexus).await.expect("Nexus listens");
    let name = ServerName::try_from(name).expect("a name");
    let stream = connector(root.clone()).connect(name, socket).await.ok()?;
    stream.get_ref().1.peer_certificates()?.first().map(|leaf| leaf.clone().into_owned())
}

/// Waits for a trusted certificate that is not `old`.
async fn next(
    nexus: &Running,
    pebble: &Pebble,
    root: &CertificateDer<'static>,
    old: Option<&CertificateDer<'static>>,
) -> CertificateDer<'static> {
    let waited = async {
        loop {
            if let Some(leaf) = seen(nexus.address, root, NAME).await.filter(|leaf| Some(leaf) != old) {
                return leaf;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let got = tokio::time::timeout(PATIENCE, waited).await;
    got.unwrap_or_else(|_| panic!("no certificate: {:?}\n{}", error(nexus), pebble.log()))
}

/// What the page about the system says of the task.
fn error(nexus: &Running) -> Option<String> {
    let task = nexus.app.background().into_iter().find(|task| task.name == "tls.acme").expect("the task");
    task.last_error.map(|(_, error)| error)
}

async fn failing(nexus: &Running) -> String {
    let waited = async {
        loop {
            if let Some(error) = error(nexus) {
                return error;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.expect("the task fails")
}

fn settings(data: &Path, port: u16, pebble: &Pebble) -> Settings {
    Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        public_url: Some(format!("https://{NAME}")),
        data: data.to_owned(),
        acme_domains: vec![NAME.into(), OTHER.into()],
        acme_contact: Some("admin@nexus.example".into()),
        acme_directory: Some(pebble.directory.clone()),
        acme_ca_file: Some(pebble.folder.path().join("ca.pem")),
        acme_accept_terms: true,
        ..Settings::default()
    }
}

fn tuning() -> Tuning {
    Tuning { password_cost: Cost { memory_kib: 64, passes: 1 }, ..Tuning::default() }
}

fn now() -> Micros {
    Clock::system().now()
}

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).expect("the file").permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_got_renewed_and_kept() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let port = free_port();
    let mut pebble = Pebble::start(port).await;
    let root = pebble.root().await;
    let clock = Clock::manual(now());
    let settings = settings(data.path(), port, &pebble);
    let nexus = start(&settings, clock.clone(), tuning()).await.expect("Nexus starts");
    let first = next(&nexus, &pebble, &root, None).await;
    assert_eq!(seen(nexus.address, &root, OTHER).await.as_ref(), Some(&first), "one certificate for all names");
    let folder = data.path().join("acme");
    assert_eq!((mode(&folder.join("certificate.pem")), mode(&folder.join("account.json"))), (0o600, 0o600));
    let account = std::fs::read(folder.join("account.json")).expect("the account");

    // Five years is what pebble gives.
    clock.advance(Duration::from_secs(3 * 365 * 24 * 3600));
    assert_eq!(seen(nexus.address, &root, NAME).await.as_ref(), Some(&first), "not before two thirds of its time");
    clock.advance(Duration::from_secs(365 * 24 * 3600));
    let second = next(&nexus, &pebble, &root, Some(&first)).await;
    assert_eq!(std::fs::read(folder.join("account.json")).expect("the account"), account, "one account for all");
    nexus.stop().await;

    // After a restart it is there at once, and nobody is asked.
    pebble.stop();
    let nexus = start(&settings, Clock::manual(now()), tuning()).await.expect("Nexus starts");
    assert!(nexus.own_certificate.is_none());
    assert_eq!(seen(nexus.address, &root, NAME).await.as_ref(), Some(&second));
    assert_eq!(error(&nexus), None);
    nexus.stop().await;

    // The authority is away when it is time: the old one stays, and it is said why.
    let late = Clock::manual(now().plus(Duration::from_secs(4 * 365 * 24 * 3600)));
    let nexus = start(&settings, late, tuning()).await.expect("Nexus starts");
    let error = failing(&nexus).await;
    assert!(error.contains("the certificate authority cannot be asked"), "{error}");
    assert_eq!(seen(nexus.address, &root, NAME).await.as_ref(), Some(&second));
    nexus.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_do_not_lead_here_are_said() {
    let data = tempfile::tempdir().expect("a temporary folder");
    // The authority looks where nobody listens.
    let pebble = Pebble::start(free_port()).await;
    let settings = settings(data.path(), 0, &pebble);
    let nexus = start(&settings, Clock::system(), tuning()).await.expect("Nexus starts");
    assert!(nexus.own_certificate.is_some(), "until then its own");
    let error = failing(&nexus).await;
    assert!(error.contains("the certificate authority could not verify") && error.contains(NAME), "{error}");
    assert!(!data.path().join("acme/certificate.pem").exists());
    let refused = Settings { acme_domains: vec![NAME.into(), "refused.example".into()], ..settings };
    nexus.stop().await;
    let nexus = start(&refused, Clock::system(), tuning()).await.expect("Nexus starts");
    let error = failing(&nexus).await;
    assert!(error.contains("does not take the order") && error.contains("refused.example"), "{error}");
    nexus.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_are_shown_to_nobody_who_did_not_ask_for_them() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let pebble = Pebble::start(free_port()).await;
    let nexus = start(&settings(data.path(), 0, &pebble), Clock::system(), tuning()).await.expect("Nexus starts");
    failing(&nexus).await;
    // Nothing is being proven: the protocol is not spoken.
    let own = CertificateDer::from_pem_file(data.path().join("tls/cert.pem")).expect("the own certificate");
    let mut roots = RootCertStore::empty();
    roots.add(own).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"acme-tls/1".to_vec()];
    let socket = TcpStream::connect(nexus.address).await.expect("Nexus listens");
    let name = ServerName::try_from(NAME).expect("a name");
    let refused = TlsConnector::from(Arc::new(config)).connect(name, socket).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("NoApplicationProtocol")));
    nexus.stop().await;
}
