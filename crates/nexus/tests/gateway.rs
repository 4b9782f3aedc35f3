//! PVE's own API through Nexus: with proxmoxer as it comes from PyPI, and with requests that no client sends.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode, header};
use hyper::body::Bytes;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use testkit::{Answer, Browser, Engine, World, on_both};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const PATIENCE: Duration = Duration::from_secs(120);

/// A token as its person was shown it.
struct Token {
    pve_id: String,
    secret: String,
    header: String,
}

async fn token(browser: &Browser, name: &str, scopes: &[&str], limits: Value) -> Token {
    let mut body = json!({ "name": name, "scopes": scopes, "expires_in_days": 1 });
    body.as_object_mut().unwrap().extend(limits.as_object().cloned().unwrap_or_default());
    let made = browser.post("/api/v1/me/tokens", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let header = text(&made["pve_header"]);
    Token { pve_id: text(&made["token"]["pve_id"]), secret: text(&made["secret"]), header }
}

/// A program: no cookie, no origin.
fn program(world: &World) -> Browser {
    let mut program = world.nobody();
    program.origin = String::new();
    program
}

struct Caller<'w> {
    world: &'w World,
    program: Browser,
    header: String,
}

impl<'w> Caller<'w> {
    fn new(world: &'w World, token: &Token) -> Self {
        Self { world, program: program(world), header: token.header.clone() }
    }

    async fn send(&self, method: Method, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let all: Vec<_> = [("authorization", &*self.header)].into_iter().chain(headers.iter().copied()).collect();
        let answer = self.program.send(method, path, Bytes::from(body.to_owned()), &all).await;
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
        assert!(answer.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("application/json"));
        answer
    }

    /// A path of our server, in PVE's form.
    fn path(&self, rest: &str) -> String {
        format!("/pve/{}/api2/json{rest}", self.world.ours.server)
    }

    async fn get(&self, rest: &str) -> Answer {
        self.send(Method::GET, &self.path(rest), "", &[]).await
    }

    async fn form(&self, method: Method, rest: &str, body: &str) -> Answer {
        self.send(method, &self.path(rest), body, &[("content-type", "application/x-www-form-urlencoded")]).await
    }
}

/// The interpreter with the packages of `xtask/python/requirements.txt`.
fn python() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/py/bin/python");
    let python = std::env::var_os("NEXUS_TEST_PYTHON").map_or_else(own, PathBuf::from);
    assert!(python.is_file(), "proxmoxer is missing: cargo xtask python");
    python
}

/// TLS before Nexus, since proxmoxer speaks nothing else. Lives as long as the test.
async fn with_tls(world: &World, folder: &Path) -> (u16, PathBuf) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let authority = folder.join("authority.pem");
    std::fs::write(&authority, cert.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).unwrap();
    let (acceptor, socket) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (port, nexus) = (socket.local_addr().unwrap().port(), world.nexus.address);
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut inside = TcpStream::connect(nexus).await.unwrap();
                if let Ok(mut outside) = acceptor.accept(stream).await {
                    // Either side may end it.
                    let _ = copy_bidirectional(&mut outside, &mut inside).await;
                }
            });
        }
    });
    (port, authority)
}

async fn proxmoxer(port: u16, prefix: &str, token: &Token, authority: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/client.py");
    let (user, name) = token.pve_id.split_once('!').unwrap();
    let mut command = tokio::process::Command::new(python());
    command.arg(script).arg(port.to_string()).args([prefix, user, name, &token.secret]).arg(authority);
    let run = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(PATIENCE, run).await.expect("the client ends").expect("the client runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one object")
}

#[tokio::test(flavor = "multi_thread")]
async fn proxmoxer_works_through_nexus_unchanged() {
    on_both(async |world: World| {
        let folder = tempfile::tempdir().unwrap();
        let (port, authority) = with_tls(&world, folder.path()).await;
        let manager = world.ours("manager").await;
        let all = ["read", "power", "manage"];
        let wide = token(&manager, "script", &all, json!({})).await;
        let limits = json!({ "tenant": world.ours.tenant, "server": world.ours.server });
        let narrow = token(&manager, "terraform", &all, limits).await;
        let prefix = format!("pve/{}", world.ours.server);
        for (prefix, token) in [(prefix.as_str(), &wide), ("", &narrow)] {
            let said = proxmoxer(port, prefix, token, &authority).await;
            let closed = |step: &str, word: &str| {
                let refused = &said[step];
                assert_eq!(refused[0], 403, "{step}: {said}");
                assert!(refused[1].as_str().unwrap().contains(word), "{step}: {said}");
            };
            assert_eq!((&said["nodes"], &said["status"]), (&json!(["pve1"]), &json!("stopped")), "{said}");
            assert_eq!(said["guests"], json!([100, 101, 102, 103, 200]));
            assert_eq!(said["listed"], json!([100, 101, 102, 103]));
            assert_eq!(
                (&said["start"], &said["running"], &said["stop"]),
                (&json!("OK"), &json!("running"), &json!("OK"))
            );
            assert_eq!(said["changed"], json!({ "description": "by a program; ä+%", "cores": 2 }));
            assert_eq!((&said["snapshot"], &said["deleted"]), (&json!("OK"), &json!("OK")));
            assert_eq!(said["snapshots"], json!(["before", "current"]));
            let words = "Configuration file 'nodes/pve1/qemu-server/9999.conf' does not exist";
            assert_eq!(
                (&said["missing"][0], &said["missing"][1]),
                (&json!(500), &json!(words)),
                "PVE's own words: {said}"
            );
            let words = "Permission check failed (/vms/102, VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted)";
            assert_eq!((&said["privilege"][0], &said["privilege"][1]), (&json!(403), &json!(words)), "{said}");
            closed("console", "console");
            closed("token", "tokens");
            for (step, parameter) in [("args", "args"), ("disk", "scsi1")] {
                assert_eq!(said[step][0], 422, "{said}");
                assert!(said[step][2][parameter].is_string(), "{step}: {said}");
            }
        }
        let admin = world.ours("admin").await;
        let page = admin.get(&world.ours.path("/audit?action=pve.call&limit=200")).await.json();
        let entries = page["entries"].as_array().expect("entries");
        // Five changes twice, each with its intent and its end.
        assert_eq!(entries.len(), 2 * 2 * 5, "{page}");
        assert!(entries.iter().any(|entry| entry["after"].to_string().contains("/nodes/pve1/qemu/102/status/start")));
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_client_sends_is_refused() {
    on_both(async |world: World| {
        let manager = world.ours("manager").await;
        let token = token(&manager, "all", &["read", "power", "console", "manage"], json!({})).await;
        let caller = Caller::new(&world, &token);
        assert_eq!(caller.get("/version").await.status, StatusCode::OK);
        paths(&caller).await;
        bodies(&caller).await;
        credentials(&world, &manager, &token).await;
        // Beside the rate of calls, all of this is a handful.
        let upgrade = [("upgrade", "websocket"), ("connection", "upgrade")];
        let socket = caller.send(Method::GET, &caller.path("/version"), "", &upgrade).await;
        assert_eq!(socket.status, StatusCode::BAD_REQUEST);
        world
    })
    .await;
}

async fn paths(caller: &Caller<'_>) {
    for (path, status) in [
        ("/nodes/pve1/qemu/100/../101/config", 400),
        ("/nodes/pve1/%2e%2e/access/users", 400),
        ("/nodes/pve1%2Fqemu", 400),
        ("/nodes/pve1%5Cqemu", 400),
        ("/nodes/pve1%00", 400),
        ("/nodes//pve1", 400),
        ("/nodes/pve1/", 400),
        ("/nodes/%252e%252e", 400),
        ("/nodes/pve1/qemu/abc/config", 422),
        ("/nodes/a.b/qemu", 422),
        ("/nosuch", 501),
        ("/nodes/pve1/qemu/100/nosuch", 501),
        ("/access/users", 403),
        ("/cluster/config/join", 403),
        ("/nodes/pve1/qemu/100/vncwebsocket?port=5900&vncticket=x", 403),
        ("/nodes/pve1/qemu/100/agent/file-read?file=/etc/shadow", 403),
        ("/nodes/pve1/query-url-metadata?url=http://127.0.0.1/", 403),
        ("/cluster/resources?type=vm&type=node", 422),
        ("/cluster/resources?nosuch=1", 422),
        ("/nodes/pve1/qemu?node=pve2", 422),
        ("/cluster/resources?type=%zz", 400),
        ("/cluster/resources?type=vm&_dc=1", 200),
    ] {
        let answer = caller.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        if status >= 400 {
            let body = answer.json();
            assert!(body["data"].is_null() && body["message"].is_string(), "{path}: {body}");
        }
    }
    let server = caller.world.ours.server;
    for (path, status) in [
        (format!("/pve/{server}/api2/html/version"), 404),
        (format!("/pve/{server}/api2/png/nodes"), 404),
        (format!("/pve/{server}/api2"), 404),
        (format!("/pve/{}/api2/json/version", caller.world.theirs.server), 404),
        (format!("/pve/{}/api2/json/version", uuid::Uuid::now_v7()), 404),
        ("/pve/x/api2/json/version".to_owned(), 404),
        ("/api2/json/version".to_owned(), 400),
        (format!("/pve/{server}/api2/extjs/version"), 200),
    ] {
        let answer = caller.send(Method::GET, &path, "", &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
    }
    let foreign =
        caller.send(Method::GET, &format!("/pve/{}/api2/json/nodes", caller.world.theirs.server), "", &[]).await;
    let never = caller.send(Method::GET, &format!("/pve/{}/api2/json/nodes", uuid::Uuid::now_v7()), "", &[]).await;
    assert_eq!(foreign.body, never.body, "a foreign server is like one that never was");
    for method in [Method::PATCH, Method::OPTIONS, Method::TRACE] {
        let answer = caller.send(method.clone(), &caller.path("/version"), "", &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED, "{method}");
    }
}

async fn bodies(caller: &Caller<'_>) {
    let path = "/nodes/pve1/qemu/100/config";
    let put = Method::PUT;
    assert_eq!(caller.form(put.clone(), path, "description=a&description=b").await.status.as_u16(), 422);
    assert_eq!(caller.form(put.clone(), &format!("{path}?cores=1"), "cores=2").await.status.as_u16(), 422);
    assert_eq!(caller.form(put.clone(), path, "vmid=101").await.status.as_u16(), 422);
    for name in ["args", "hookscript", "lock", "skiplock", "nosuch", "scsi99999", "parallel0"] {
        let answer = caller.form(put.clone(), path, &format!("{name}=x")).await;
        assert_eq!(answer.status.as_u16(), 422, "{name}");
        assert!(answer.json()["errors"][name].is_string(), "{}", answer.text());
    }
    assert_eq!(caller.form(put.clone(), path, "delete=args").await.status.as_u16(), 422);
    for (kind, body, status) in [
        ("application/json", r#"{"description":{"a":1}}"#, 400),
        ("application/json", r#"{"description":"a","description":"b"}"#, 400),
        ("application/json", "[1]", 400),
        ("application/json", "{", 400),
        ("application/json", r#"{"description":null}"#, 400),
        ("application/json", r#"{"cores":1}"#, 200),
        ("application/xml", "<a/>", 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        ("", "cores=1", 415),
    ] {
        let answer = caller.send(put.clone(), &caller.path(path), body, &[("content-type", kind)]).await;
        assert_eq!(answer.status.as_u16(), status, "{kind} {body}: {}", answer.text());
    }
    let large = format!("description={}", "x".repeat(512 << 10));
    assert_eq!(caller.form(put.clone(), path, &large).await.status.as_u16(), 413);
    let with_body = caller.form(Method::DELETE, "/nodes/pve1/qemu/100/snapshot/none", "force=1").await;
    assert_eq!(with_body.status.as_u16(), 400);
    // Managers make and delete no guests.
    assert_eq!(caller.form(Method::POST, "/nodes/pve1/qemu", "vmid=500").await.status.as_u16(), 403);
    assert_eq!(caller.form(Method::DELETE, "/nodes/pve1/qemu/102", "").await.status.as_u16(), 403);
}

async fn credentials(world: &World, manager: &Browser, token: &Token) {
    let path = format!("/pve/{}/api2/json/version", world.ours.server);
    let nobody = program(world);
    assert_eq!(nobody.get(&path).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(manager.get(&path).await.status, StatusCode::UNAUTHORIZED, "a cookie never counts");
    assert_eq!(manager.post(&path, &json!({})).await.status, StatusCode::UNAUTHORIZED);
    let with =
        async |value: &str| nobody.send(Method::GET, &path, Bytes::new(), &[("authorization", value)]).await.status;
    let Token { pve_id, secret, header } = token;
    assert_eq!(with(header).await, StatusCode::OK);
    assert_eq!(with(&header.replacen('=', " ", 1)).await, StatusCode::OK);
    for wrong in [
        format!("Bearer {secret}"),
        format!("PVEAPIToken={pve_id}={}", uuid::Uuid::new_v4()),
        format!("PVEAPIToken=root@pam!x={secret}"),
        format!("PVEAPIToken={secret}"),
        "PVEAuthCookie=x".to_owned(),
        "Basic eDp4".to_owned(),
    ] {
        assert_eq!(with(&wrong).await, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    // A cookie beside a token changes nothing.
    let answer = manager.send(Method::GET, &path, Bytes::new(), &[("authorization", header)]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_scopes_and_provided_servers_bound_the_gateway() {
    on_both(async |world: World| {
        let (admin, manager) = (world.ours("admin").await, world.ours("manager").await);
        let viewer = world.ours("viewer-power").await;
        let viewer = Caller::new(&world, &token(&viewer, "viewer", &["read", "power", "manage"], json!({})).await);
        for path in ["/version", "/nodes", "/nodes/pve1/qemu/102/config"] {
            assert_eq!(viewer.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(
            viewer.form(Method::POST, "/nodes/pve1/qemu/102/status/start", "").await.status,
            StatusCode::FORBIDDEN
        );
        let read = Caller::new(&world, &token(&manager, "read", &["read"], json!({})).await);
        assert_eq!(read.get("/nodes/pve1/qemu/102/config").await.status, StatusCode::OK);
        for (method, path, body) in [
            (Method::POST, "/nodes/pve1/qemu/102/status/start", ""),
            (Method::PUT, "/nodes/pve1/qemu/102/config", "cores=1"),
            (Method::POST, "/nodes/pve1/qemu/102/snapshot", "snapname=aa"),
        ] {
            assert_eq!(read.form(method, path, body).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let power = Caller::new(&world, &token(&manager, "power", &["power"], json!({})).await);
        assert_eq!(power.get("/version").await.status, StatusCode::OK);
        assert_eq!(power.get("/nodes").await.status, StatusCode::FORBIDDEN);
        assert_eq!(power.form(Method::POST, "/nodes/pve1/qemu/102/status/start", "").await.status, StatusCode::OK);
        assert_eq!(
            power.form(Method::PUT, "/nodes/pve1/qemu/102/config", "cores=1").await.status,
            StatusCode::FORBIDDEN
        );
        let all = ["read", "power", "manage"];
        let admin = Caller::new(&world, &token(&admin, "all", &all, json!({})).await);
        // Nexus lets an admin; PVE's own word on the broker's privileges comes back as it is.
        let refused = admin.form(Method::DELETE, "/nodes/pve1/qemu/102", "").await;
        assert_eq!(refused.status.as_u16(), 501, "{}", refused.text());
        provided(&world, &manager).await;
        world
    })
    .await;
}

async fn provided(world: &World, manager: &Browser) {
    let (provided, _) = world.provide().await;
    let caller = Caller::new(world, &token(manager, "provided", &["read", "power", "manage"], json!({})).await);
    let path = |rest: &str| format!("/pve/{provided}/api2/json{rest}");
    let get = async |rest: &str| caller.send(Method::GET, &path(rest), "", &[]).await;
    let rows = get("/cluster/resources").await.json();
    let rows = rows["data"].as_array().expect("rows").clone();
    let mut vmids: Vec<_> = rows.iter().filter_map(|row| row["vmid"].as_u64()).collect();
    vmids.sort_unstable();
    assert_eq!((vmids, rows.len()), (vec![100, 101, 102], 3));
    assert!(rows.iter().all(|row| row["node"] == "nexus"), "{rows:?}");
    let status = get("/nodes/nexus/qemu/100/status/current").await;
    assert_eq!((status.status, status.json()["data"]["status"].clone()), (StatusCode::OK, json!("running")));
    assert_eq!(get("/nodes/nexus/qemu/100/rrddata?timeframe=hour").await.status, StatusCode::OK);
    for (rest, expected) in [
        ("/nodes/nexus/qemu/103/status/current", 404),
        ("/nodes/nexus/lxc/200/status/current", 404),
        ("/nodes/nexus/qemu/999/status/current", 404),
        ("/nodes/pve1/qemu/100/status/current", 404),
        ("/nodes/nexus/qemu/100/config", 403),
        ("/nodes", 403),
        ("/nodes/nexus/qemu", 403),
        ("/storage", 403),
        ("/cluster/tasks", 403),
        ("/cluster/nextid", 403),
    ] {
        let answer = get(rest).await;
        assert_eq!(answer.status.as_u16(), expected, "{rest}: {}", answer.text());
        assert!(!answer.text().contains("pve1"), "{rest}: {}", answer.text());
    }
    let stop = caller.send(Method::POST, &path("/nodes/nexus/qemu/101/status/stop"), "", &[]).await;
    assert_eq!((stop.status, stop.json()), (StatusCode::OK, json!({ "data": null })));
    for (rest, expected) in [("/nodes/nexus/qemu/103/status/start", 404), ("/nodes/nexus/qemu/100/clone", 403)] {
        let answer = caller.send(Method::POST, &path(rest), "", &[]).await;
        assert_eq!(answer.status.as_u16(), expected, "{rest}: {}", answer.text());
    }
    let call = json!({ "method": "GET", "path": "/version", "params": [] });
    let explorer = manager.post(&world.ours.path(&format!("/servers/{provided}/pve/call")), &call).await;
    assert_eq!((explorer.status, explorer.code()), (StatusCode::FORBIDDEN, "pve_closed".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_calls_from_the_explorer() {
    on_both(async |world: World| {
        let manager = world.ours("manager").await;
        let path = world.ours.path(&format!("/servers/{}/pve/call", world.ours.server));
        let call = async |method: &str, to: &str, params: Value| {
            manager.post(&path, &json!({ "method": method, "path": to, "params": params })).await
        };
        let answer = call("GET", "/nodes/pve1/qemu/100/config", json!([])).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let answer = answer.json();
        assert_eq!((&answer["status"], &answer["truncated"]), (&json!(200), &json!(false)));
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["data"]["name"], "ours-web");
        let missing = call("GET", "/nodes/pve1/qemu/9999/config", json!([])).await.json();
        assert_eq!(missing["status"], 500);
        assert!(missing["reason"].as_str().unwrap().contains("does not exist"), "{missing}");
        for (method, to, params, status, code) in [
            ("GET", "/access/users", json!([]), 403, "pve_closed"),
            ("DELETE", "/nodes/pve1/qemu/100", json!([]), 403, "pve_role"),
            ("GET", "/nosuch", json!([]), 404, "pve_unknown"),
            ("PUT", "/nodes/pve1/qemu/100/config", json!([{ "name": "args", "value": "x" }]), 422, "pve_parameters"),
            ("GET", "/nodes/../access", json!([]), 422, "pve_parameters"),
            ("GET", "version", json!([]), 422, "pve_parameters"),
        ] {
            let answer = call(method, to, params).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{method} {to}");
        }
        let theirs = world.ours.path(&format!("/servers/{}/pve/call", world.theirs.server));
        let body = json!({ "method": "GET", "path": "/version", "params": [] });
        assert_eq!(manager.post(&theirs, &body).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.ours("viewer-power").await.post(&path, &body).await.status, StatusCode::FORBIDDEN);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_its_own_is_the_gateway_alone() {
    let changed = |settings: &mut nexus::config::Settings| settings.gateway_host = Some("pve.nexus.example".to_owned());
    let world = World::start_changed(Engine::Sqlite, changed).await.expect("a world");
    let manager = world.ours("manager").await;
    let token = token(&manager, "all", &["read"], json!({})).await;
    let program = program(&world);
    let server = world.ours.server;
    for (host, path, status) in [
        (format!("{server}.pve.nexus.example"), "/api2/json/version", 200),
        (format!("{server}.pve.nexus.example"), "/api/v1/me", 404),
        ("pve.nexus.example".to_owned(), "/", 404),
        ("pve.nexus.example".to_owned(), "/healthz", 404),
        ("pve.nexus.example".to_owned(), "/api2/json/version", 400),
    ] {
        let headers = [("host", &*host), ("authorization", &*token.header)];
        let answer = program.send(Method::GET, path, Bytes::new(), &headers).await;
        assert_eq!(answer.status.as_u16(), status, "{host}{path}: {}", answer.text());
    }
    world.stop().await;
}
