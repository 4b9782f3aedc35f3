//! Nexus behind nginx, Caddy, HAProxy and Apache: each started for real with the very file that the operators' docs give,
//! but for names, ports and paths. What must come through: sign-in with Origin and cookie, the person's own address, the
//! event stream piece by piece, a console, a body as large as a logo.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as Probe};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use http_body_util::BodyExt;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls_pki_types::{CertificateDer, ServerName};
use testkit::{Browser, Engine, World};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long a proxy may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);
/// From where the person comes; the proxy itself is 127.0.0.1 for Nexus.
const PERSON: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

/// A proxy that runs until it is dropped.
struct Proxy {
    process: Child,
    log: PathBuf,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Ok(None) = self.process.try_wait() {
            let _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
            let _ = self.process.wait();
        }
    }
}

/// The folder of one proxy, with its certificate.
struct Place {
    folder: tempfile::TempDir,
    certificate: CertificateDer<'static>,
    port: u16,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Proxies that give up root must still read their files.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a folder to read");
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).expect("a certificate");
        let (chain, key) = (cert.pem(), signing_key.serialize_pem());
        for (name, text) in
            [("fullchain.pem", &chain), ("privkey.pem", &key), ("fullchain-and-key.pem", &format!("{chain}{key}"))]
        {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        let port = Probe::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a free port").port();
        Self { folder, certificate: cert.der().clone(), port }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The file of the docs, with this place's names and ports.
    fn documented(&self, name: &str, nexus: SocketAddr, more: &[(&str, String)]) -> String {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operators/proxies").join(name);
        let mut text = fs::read_to_string(file).expect("the documented file");
        let folder = self.folder.path().to_str().expect("a plain path").to_owned();
        let usual = [("/etc/ssl/nexus", folder), ("127.0.0.1:8080", nexus.to_string())];
        for (from, to) in usual.iter().map(|(from, to)| (*from, to)).chain(more.iter().map(|(from, to)| (*from, to))) {
            assert!(text.contains(from), "{name} has no {from}");
            text = text.replace(from, to);
        }
        text
    }

    /// Writes the configuration and starts the proxy.
    async fn start(&self, configuration: &str, program: &str, arguments: &[&str]) -> Proxy {
        fs::write(self.path("configuration"), configuration).expect("a file");
        let log = self.path("log");
        let written = fs::File::create(&log).expect("a log");
        let process = Command::new(program)
            .args(arguments)
            .env("HOME", self.folder.path())
            .env("XDG_DATA_HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path())
            .stdin(Stdio::null())
            .stdout(written.try_clone().expect("a log"))
            .stderr(written)
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}; `cargo xtask test` installs it"));
        let mut proxy = Proxy { process, log };
        let until = Instant::now() + PATIENCE;
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let ended = proxy.process.try_wait().expect("a process to ask");
            let log = || fs::read_to_string(&proxy.log).unwrap_or_default();
            assert!(ended.is_none() && Instant::now() < until, "{program} does not listen: {}", log());
            tokio::task::yield_now().await;
        }
        proxy
    }

    /// A way into the proxy for browsers without TLS, from the person's own address.
    async fn entrance(&self) -> SocketAddr {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let tls = TlsConnector::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (address, port) = (listener.local_addr().expect("an address"), self.port);
        tokio::spawn(async move {
            while let Ok((mut browser, _)) = listener.accept().await {
                let tls = tls.clone();
                tokio::spawn(async move {
                    let socket = TcpSocket::new_v4().expect("a socket");
                    socket.bind((PERSON, 0).into()).expect("an address of this machine");
                    let socket = socket.connect(([127, 0, 0, 1], port).into()).await.expect("the proxy");
                    let name = ServerName::try_from("127.0.0.1").expect("an address");
                    let mut proxy = tls.connect(name, socket).await.expect("the proxy's TLS");
                    let _ = copy_bidirectional(&mut browser, &mut proxy).await;
                });
            }
        });
        address
    }
}

/// Starts Nexus for the origin of a proxy that is yet to come.
async fn nexus(place: &Place) -> World {
    let origin = format!("https://127.0.0.1:{}", place.port);
    let changed = |settings: &mut nexus::config::Settings| {
        settings.public_url = Some(origin);
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    };
    World::start_changed(Engine::Sqlite, changed).await.expect("SQLite is always there")
}

/// What a person does through a proxy.
async fn works(place: &Place, world: &World) {
    let mut nobody = Browser::new(place.entrance().await);
    nobody.origin = format!("https://127.0.0.1:{}", place.port);
    let admin = nobody.signed_in(&format!("admin@{}", world.ours.domain), testkit::world::PASSWORD).await;
    comes_from_the_person(&admin).await;
    streams(&admin, world).await;
    opens_a_console(&admin, world).await;
    // As large as a logo may be, and no picture: Nexus says so, and no proxy before it.
    let large = axum::body::Bytes::from(vec![b'x'; 2 << 20]);
    let kind = [("content-type", "application/octet-stream")];
    let refused = admin.send(Method::PUT, "/api/v1/me/avatar", large, &kind).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
}

async fn comes_from_the_person(admin: &Browser) {
    let forged = [("x-forwarded-for", "203.0.113.7")];
    let me = admin.call(Method::POST, "/api/v1/sign-in", None, &forged).await;
    assert_ne!(me.status, StatusCode::OK, "an empty sign-in");
    let sessions = admin.get("/api/v1/me/sessions").await.json();
    let current = sessions["sessions"].as_array().expect("sessions").iter().find(|session| session["current"] == true);
    assert_eq!(current.expect("this session")["address"], PERSON.to_string());
}

/// The stream's first bytes come although it never ends.
async fn streams(admin: &Browser, world: &World) {
    let (status, mut body) = admin.stream(&world.ours.path("/events")).await;
    assert_eq!(status, StatusCode::OK);
    let first = tokio::time::timeout(PATIENCE, body.frame()).await.expect("not held back").expect("a piece");
    assert!(!first.expect("a whole piece").into_data().expect("bytes").is_empty());
}

async fn opens_a_console(admin: &Browser, world: &World) {
    let path = format!("{}/console", world.ours.guest_path(100));
    let answer = admin.post(&path, &serde_json::json!({ "view_only": false })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let mut console = admin.websocket(answer.json()["path"].as_str().expect("a path")).await.expect("a console");
    let (width, height) = console.rfb().await.expect("a picture");
    console.send(&[4, 1, 0, 0, 0, 0, 0, 0x61]).await;
    let [wide, high] = [width.to_be_bytes(), height.to_be_bytes()];
    console.send(&[3, 0, 0, 0, 0, 0, wide[0], wide[1], high[0], high[1]]).await;
    console.read(16).await.expect("an update");
    let keys = world.ours.sim.client_messages(100).iter().filter(|message| message.is_key()).count();
    assert_eq!(keys, 1, "the key has arrived before the picture that came after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx() {
    let place = Place::new();
    let world = nexus(&place).await;
    let server = place.documented(
        "nginx.conf",
        world.nexus.address,
        &[("listen 443", format!("listen 127.0.0.1:{}", place.port)), ("nexus.example.org", "127.0.0.1".into())],
    );
    let folder = place.folder.path().display();
    let whole = format!(
        "pid {folder}/pid; error_log stderr; worker_processes 1;\nevents {{}}\nhttp {{ access_log off;\n\
         client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;\n\
         uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{server} }}"
    );
    let configuration = place.path("configuration").display().to_string();
    let proxy = place.start(&whole, "nginx", &["-c", &configuration, "-g", "daemon off;"]).await;
    works(&place, &world).await;
    drop(proxy);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_caddy() {
    let place = Place::new();
    let world = nexus(&place).await;
    let site = format!("https://127.0.0.1:{}", place.port);
    let site = place.documented("Caddyfile", world.nexus.address, &[("nexus.example.org", site)]);
    let whole = format!("{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{site}");
    let configuration = place.path("configuration").display().to_string();
    let arguments = ["run", "--config", &configuration, "--adapter", "caddyfile"];
    let proxy = place.start(&whole, "caddy", &arguments).await;
    works(&place, &world).await;
    drop(proxy);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_haproxy() {
    let place = Place::new();
    let world = nexus(&place).await;
    let bind = [("bind :443", format!("bind 127.0.0.1:{}", place.port))];
    let whole = place.documented("haproxy.cfg", world.nexus.address, &bind);
    let configuration = place.path("configuration").display().to_string();
    let proxy = place.start(&format!("{whole}\n"), "haproxy", &["-db", "-f", &configuration]).await;
    works(&place, &world).await;
    drop(proxy);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_apache() {
    let place = Place::new();
    let world = nexus(&place).await;
    let host = place.documented(
        "apache.conf",
        world.nexus.address,
        &[("*:443", format!("127.0.0.1:{}", place.port)), ("nexus.example.org", "127.0.0.1".into())],
    );
    let modules = ["mpm_event", "authz_core", "ssl", "proxy", "proxy_http", "headers", "unixd"];
    let load = |name: &&str| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n");
    // `unixd` is built in where it has no file.
    let built_in = |name: &&&str| Path::new(&format!("/usr/lib/apache2/modules/mod_{name}.so")).exists();
    let loaded: String = modules.iter().filter(built_in).map(load).collect();
    let folder = place.folder.path().display();
    let whole = format!(
        "ServerRoot {folder}\nServerName 127.0.0.1\nPidFile {folder}/pid\nErrorLog {folder}/log\nListen 127.0.0.1:{}\n\
         {loaded}Mutex file:{folder}\nUser www-data\nGroup www-data\n{host}",
        place.port
    );
    let configuration = place.path("configuration").display().to_string();
    let proxy = place.start(&whole, "apache2", &["-f", &configuration, "-DFOREGROUND"]).await;
    works(&place, &world).await;
    drop(proxy);
    world.stop().await;
}
