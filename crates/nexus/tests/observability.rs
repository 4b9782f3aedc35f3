//! Figures, readiness and traces, as those who operate Nexus get them.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use http::{Method, StatusCode, header};
use serde_json::Value;
use testkit::{Browser, Engine, World};

const TOKEN: &str = "figures-for-prometheus";
const PATIENCE: Duration = Duration::from_secs(40);

/// The names and labels of all series.
fn series(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.rsplit_once(' ').expect("a series and its value").0.to_owned()).collect()
}

async fn figures(browser: &Browser, said: Option<&str>) -> testkit::Answer {
    let said: Vec<(&str, &str)> = said.into_iter().map(|said| ("authorization", said)).collect();
    browser.call(Method::GET, "/metrics", None, &said).await
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_for_who_says_the_token() {
    let changed = |settings: &mut nexus::config::Settings| settings.metrics_token = Some(TOKEN.into());
    let world = World::start_changed(Engine::Sqlite, changed).await.expect("SQLite is always there");
    let nobody = world.nobody();
    for said in [None, Some("Bearer"), Some("Bearer "), Some("Bearer figures-for-prometheu"), Some("Basic Zm9v")] {
        let refused = figures(&nobody, said).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{said:?}");
        assert_eq!(refused.headers.get(header::WWW_AUTHENTICATE).expect("how to say it"), "Bearer");
        assert!(!refused.text().contains("nexus_"));
    }
    // A system admin's session is no token.
    assert_eq!(figures(&world.browser("root@nexus.example").await, None).await.status, StatusCode::UNAUTHORIZED);
    let admin = world.ours("admin").await;
    assert_eq!(admin.get(&world.ours.path("/guests")).await.status, StatusCode::OK);
    assert_eq!(admin.get("/api/v1/nowhere").await.status, StatusCode::NOT_FOUND);
    let (status, stream) = admin.stream(&world.ours.path("/events")).await;
    assert_eq!(status, StatusCode::OK);
    let given = figures(&nobody, Some(&format!("bearer {TOKEN}"))).await;
    assert_eq!(given.status, StatusCode::OK);
    let kind = given.headers.get(header::CONTENT_TYPE).expect("a type").to_str().expect("a text");
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = given.text();
    let guests = "method=\"GET\",route=\"/api/v1/tenants/{tenant}/guests\",status=\"2xx\"";
    assert!(text.contains(&format!("nexus_http_request_seconds_count{{{guests}}} 1\n")), "{text}");
    assert!(text.contains("nexus_event_streams 1\n") && text.contains("nexus_database_up 1\n"), "{text}");
    assert!(text.contains("nexus_servers{status=\"online\"} 2\n"), "{text}");
    assert!(text.contains(&format!("server=\"{}\",outcome=\"ok\"", world.ours.server)), "{text}");
    // Whose they are stands in no label: no name, no address, no id of a tenant or person.
    let world_of_names =
        ["ours", "theirs", "@", "root", "pve1", "127.0.0.1", &world.ours.tenant.to_string(), "nowhere"];
    for name in world_of_names {
        let told: Vec<_> = series(&text).into_iter().filter(|line| line.to_lowercase().contains(name)).collect();
        assert!(told.is_empty(), "{name}: {told:?}");
    }
    drop(stream);
    assert_eq!(nobody.get("/readyz").await.text(), "ok\n");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_there_are_no_figures() {
    let world = World::start(Engine::Sqlite).await.expect("SQLite is always there");
    for said in [None, Some("Bearer "), Some("Bearer figures-for-prometheus")] {
        assert_eq!(figures(&world.nobody(), said).await.status, StatusCode::NOT_FOUND);
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_and_its_page_name_figures_that_there_are() {
    let changed = |settings: &mut nexus::config::Settings| settings.metrics_token = Some(TOKEN.into());
    let world = World::start_changed(Engine::Sqlite, changed).await.expect("SQLite is always there");
    assert_eq!(world.nobody().get("/healthz").await.text(), "ok\n");
    let text = figures(&world.nobody(), Some(&format!("Bearer {TOKEN}"))).await.text();
    let said: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .flat_map(|(name, kind)| {
            let more: &[&str] = match kind {
                "counter" => &["_total"],
                "histogram" => &["_bucket", "_count", "_sum", ""],
                "info" => &["_info"],
                _ => &[""],
            };
            more.iter().map(move |more| format!("{name}{more}"))
        })
        .collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operators");
    let dashboard = std::fs::read_to_string(format!("{folder}/grafana.json")).expect("the dashboard is there");
    let parsed: Value = serde_json::from_str(&dashboard).expect("the dashboard is JSON");
    assert!(parsed["panels"].as_array().is_some_and(|panels| panels.len() >= 15));
    let page = std::fs::read_to_string(format!("{folder}/observability.md")).expect("the page is there");
    for (file, text) in [("grafana.json", &dashboard), ("observability.md", &page)] {
        let names: BTreeSet<&str> = text
            .split(|c: char| !(c.is_ascii_lowercase() || c == '_'))
            .filter(|word| word.starts_with("nexus_") && !["nexus_app", "nexus_api", "nexus_pve"].contains(word))
            .collect();
        let unknown: Vec<_> = names.iter().filter(|name| !said.contains(**name)).collect();
        assert!(unknown.is_empty() && names.len() >= 15, "{file}: {unknown:?} of {said:?}");
    }
    for name in &said {
        let base = name.trim_end_matches("_bucket").trim_end_matches("_count").trim_end_matches("_sum");
        assert!(page.contains(base), "the page does not explain {name}");
    }
    world.stop().await;
}

/// A collector: the bodies of what it is sent.
fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (send, bodies) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Some(body) = stream.ok().and_then(|stream| take(&stream).ok()) else { continue };
            if send.send(body).is_err() {
                return;
            }
        }
    });
    (address, bodies)
}

/// One export: the path, the type and the body are checked as OTLP over HTTP wants them.
fn take(stream: &TcpStream) -> std::io::Result<Vec<u8>> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut length, mut protobuf) = (String::new(), 0, false);
    reader.read_line(&mut line)?;
    assert!(line.starts_with("POST /v1/traces HTTP/1.1"), "{line}");
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let lower = line.trim().to_lowercase();
        protobuf |= lower == "content-type: application/x-protobuf";
        if let Some(value) = lower.strip_prefix("content-length: ") {
            length = value.parse().expect("a length");
        }
        if lower.is_empty() {
            break;
        }
    }
    assert!(protobuf);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut answer = stream;
    answer.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n")?;
    Ok(body)
}

/// The real binary, serving; stopped by its id when it is dropped.
struct Binary {
    child: Child,
    folder: tempfile::TempDir,
    address: String,
}

impl Binary {
    fn start(endpoint: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("address");
        let child = Command::new(env!("CARGO_BIN_EXE_nexus"))
            .args(["serve", "--listen", "127.0.0.1:0", "--address-file"])
            .arg(&file)
            .arg("--data")
            .arg(folder.path().join("data"))
            .env("NEXUS_OTLP_ENDPOINT", endpoint)
            .env("NEXUS_LOG_FORMAT", "json")
            .stderr(Stdio::from(std::fs::File::create(folder.path().join("log")).expect("a file")))
            .spawn()
            .expect("nexus starts");
        let began = Instant::now();
        let address = loop {
            match std::fs::read_to_string(&file) {
                Ok(address) => break address,
                Err(_) => assert!(began.elapsed() < PATIENCE, "nexus does not listen"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        Self { child, folder, address }
    }

    /// Asks for a page, and says the status.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("nexus listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).expect("it takes a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// Asks it to end, waits for it, and gives back what it logged.
    fn stop(mut self) -> String {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is there");
        assert!(killed.success());
        let began = Instant::now();
        while self.child.try_wait().expect("its state").is_none() {
            assert!(began.elapsed() < PATIENCE, "nexus does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::fs::read_to_string(self.folder.path().join("log")).expect("a log")
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn holds(body: &[u8], text: &str) -> bool {
    body.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn traces_reach_a_collector_and_lines_of_the_log_are_objects() {
    let (address, bodies) = collector();
    let nexus = Binary::start(&address);
    assert_eq!(nexus.get("/api/v1/setup"), "HTTP/1.1 200 OK");
    assert_eq!(nexus.get("/api/v1/me?secret=hidden"), "HTTP/1.1 401 Unauthorized");
    let log = nexus.stop();
    // The stop hands over what was left.
    let mut found = BTreeSet::new();
    while let Ok(body) = bodies.recv_timeout(Duration::from_secs(2)) {
        assert!(!holds(&body, "hidden"), "no query is told");
        found.extend(
            ["GET /api/v1/setup", "GET /api/v1/me", "service.name", "nexus"].map(|text| (text, holds(&body, text))),
        );
    }
    for text in ["GET /api/v1/setup", "GET /api/v1/me", "service.name", "nexus"] {
        assert!(found.contains(&(text, true)), "{text}: {found:?}");
    }
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "Answered a request").collect();
    assert_eq!(answered.len(), 2, "{log}");
    assert_eq!((&answered[1]["route"], &answered[1]["method"]), (&"/api/v1/me".into(), &"GET".into()));
    assert_eq!(answered[1]["status"], 401);
    assert!(answered[1]["milliseconds"].is_u64() && answered[1]["request_id"].is_string());
    assert_eq!(answered[1]["span"]["request.id"], answered[1]["request_id"]);
    assert!(!log.contains("hidden"), "{log}");
}

#[test]
fn a_collector_that_is_away_does_no_harm() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", nobody.local_addr().expect("an address"));
    drop(nobody);
    let nexus = Binary::start(&address);
    assert_eq!(nexus.get("/readyz"), "HTTP/1.1 200 OK");
    let log = nexus.stop();
    assert!(!log.contains("panicked"), "{log}");
    assert!(log.matches("the collector does not take traces").count() <= 1, "{log}");
}
