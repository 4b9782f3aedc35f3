//! Servers that speak byte for byte what a test gives them: for what the simulator, like PVE, would never do.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nexus_net::tls::TlsPolicy;
use nexus_pve::{Cause, Client, PowerOptions, Stage, Timeouts};
use sha1::{Digest, Sha1};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::fleet::{BROKER, STOPPED, VM, dialer, target, token};

const BOUND: Duration = Duration::from_secs(20);
const PROXY: &str = r#"{"data":{"ticket":"PVEVNC:6B015201::ab+/=","port":"5900","upid":"UPID:pve1:0000022E:0002C252:6B015201:vncproxy:100:a@pve!t:","user":"a@pve!t"}}"#;

/// One step of a server's part.
#[derive(Clone, Copy)]
enum Step {
    /// Takes a new connection.
    Accept,
    /// Reads one request.
    Request,
    /// Answers 200 with this body and these headers.
    Answer(&'static str, &'static str),
    /// Answers the upgrade rightly, with these bytes in the same write.
    Upgrade(&'static [u8]),
    /// Writes these bytes.
    Write(&'static str),
    /// Ends the connection.
    Close,
}

struct Raw {
    port: u16,
    requests: mpsc::UnboundedReceiver<String>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Raw {
    fn client(&self) -> Client {
        let target = target(self.port, &TlsPolicy::Insecure);
        Client::new(dialer(self.port), target, token(BROKER), Timeouts::default())
    }

    fn route(&self) -> nexus_pve::Route {
        nexus_pve::Route { way: nexus_pve::Way::Direct, target: target(self.port, &TlsPolicy::Insecure) }
    }

    /// The first lines of the requests, once the script has been played.
    async fn heads(mut self) -> Vec<String> {
        let mut heads = Vec::new();
        while let Some(request) = tokio::time::timeout(BOUND, self.requests.recv()).await.unwrap() {
            heads.push(request);
        }
        heads
    }
}

fn acceptor() -> TlsAcceptor {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn play(steps: Vec<Step>) -> Raw {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, requests) = mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        let acceptor = acceptor();
        let mut stream: Option<TlsStream<TcpStream>> = None;
        let mut last = String::new();
        for step in steps {
            match step {
                Step::Accept => stream = Some(acceptor.accept(listener.accept().await.unwrap().0).await.unwrap()),
                Step::Request => {
                    last = request(stream.as_mut().unwrap()).await;
                    told.send(last.clone()).unwrap();
                }
                Step::Answer(body, headers) => {
                    let length = body.len();
                    write(
                        stream.as_mut().unwrap(),
                        format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n\r\n{body}").as_bytes(),
                    )
                    .await;
                }
                Step::Upgrade(more) => {
                    let key = last.lines().find_map(|line| line.strip_prefix("sec-websocket-key: ")).unwrap();
                    let accept = STANDARD.encode(Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
                    let head = format!(
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: binary\r\n\r\n"
                    );
                    write(stream.as_mut().unwrap(), &[head.as_bytes(), more].concat()).await;
                }
                Step::Write(text) => write(stream.as_mut().unwrap(), text.as_bytes()).await,
                Step::Close => stream = None,
            }
        }
        drop(told);
        // The connection stays until the test drops the server.
        std::future::pending::<()>().await;
        drop(stream);
    });
    Raw { port, requests, task }
}

async fn write(stream: &mut TlsStream<TcpStream>, bytes: &[u8]) {
    stream.write_all(bytes).await.unwrap();
    stream.flush().await.unwrap();
}

/// One request with its body; header names in lower case, as hyper writes them.
async fn request(stream: &mut TlsStream<TcpStream>) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(bytes).unwrap();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    head + &String::from_utf8(body).unwrap()
}

const BOTH: &str = "Connection: close\r\nConnection: Keep-Alive\r\n";
const KEEP: &str = "Connection: Keep-Alive\r\n";
const CLOSE: &str = "Connection: close\r\n";

#[tokio::test]
async fn the_upgrade_follows_on_the_same_connection_whatever_the_header_says() {
    for headers in [BOTH, KEEP, CLOSE] {
        let steps = vec![
            Step::Accept,
            Step::Request,
            Step::Answer(PROXY, headers),
            Step::Request,
            Step::Upgrade(b"\x82\x04more"),
        ];
        let server = play(steps).await;
        let mut console = server.client().vnc_console(VM).await.unwrap();
        assert_eq!(console.password.as_slice(), b"PVEVNC:6");
        let mut more = [0; 6];
        tokio::time::timeout(BOUND, console.stream.read_exact(&mut more)).await.unwrap().unwrap();
        assert_eq!(&more, b"\x82\x04more");
        let heads = server.heads().await;
        assert!(heads[0].starts_with("POST /api2/json/nodes/pve1/qemu/100/vncproxy HTTP/1.1\r\n"), "{}", heads[0]);
        assert!(heads[0].ends_with("websocket=1&generate-password=1"), "{}", heads[0]);
        let upgrade = "GET /api2/json/nodes/pve1/qemu/100/vncwebsocket?port=5900&vncticket=PVEVNC%3A6B015201%3A%3Aab%2B%2F%3D HTTP/1.1\r\n";
        assert!(heads[1].starts_with(upgrade), "{}", heads[1]);
        for head in &heads {
            assert!(
                head.contains("\r\nhost: 127.0.0.1:")
                    && head.contains("\r\nauthorization: PVEAPIToken=broker@pve!nexus=")
            );
        }
    }
}

#[tokio::test]
async fn a_connection_that_was_really_closed_is_made_again() {
    let steps = vec![
        Step::Accept,
        Step::Request,
        Step::Answer(PROXY, CLOSE),
        Step::Close,
        Step::Accept,
        Step::Request,
        Step::Upgrade(b"\x82\x01x"),
    ];
    let server = play(steps).await;
    let mut console = server.client().vnc_console(VM).await.unwrap();
    assert_eq!(console.stream.read_u8().await.unwrap(), 0x82);
    assert_eq!(server.heads().await.len(), 2);
}

#[tokio::test]
async fn a_large_left_over_behind_the_upgrade_arrives_whole() {
    static MORE: [u8; 200_000] = [7; 200_000];
    let server =
        play(vec![Step::Accept, Step::Request, Step::Answer(PROXY, BOTH), Step::Request, Step::Upgrade(&MORE)]).await;
    let mut console = server.client().vnc_console(VM).await.unwrap();
    let mut got = vec![0; MORE.len()];
    tokio::time::timeout(BOUND, console.stream.read_exact(&mut got)).await.unwrap().unwrap();
    assert!(got == MORE);
}

#[tokio::test]
async fn an_answer_that_does_not_belong_to_the_key_is_refused() {
    let foreign = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let ordinary = "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"data\":{\"port\":\"5900\"}}";
    for answer in [foreign, ordinary] {
        let server =
            play(vec![Step::Accept, Step::Request, Step::Answer(PROXY, KEEP), Step::Request, Step::Write(answer)])
                .await;
        let error = server.client().vnc_console(VM).await.unwrap_err();
        assert_eq!((error.stage, error.cause()), (Stage::Api, Cause::NotPve), "{error:?}");
    }
}

#[tokio::test]
async fn vncproxy_is_never_sent_twice() {
    let server = play(vec![Step::Accept, Step::Request, Step::Close]).await;
    let error = server.client().vnc_console(VM).await.unwrap_err();
    assert_eq!(error.stage, Stage::Connect, "{error:?}");
    assert_eq!(server.heads().await.len(), 1);
}

#[tokio::test]
async fn a_reading_call_survives_a_kept_connection_that_died_and_a_changing_one_does_not_repeat() {
    let version = r#"{"data":{"version":"9.2.11","release":"9.2","repoid":"14a22df35955d97d"}}"#;
    let dies = [Step::Accept, Step::Request, Step::Answer(version, KEEP), Step::Request, Step::Close];
    let again = [Step::Accept, Step::Request, Step::Answer(version, KEEP)];
    let server = play([&dies[..], &again[..]].concat()).await;
    let client = server.client();
    client.version().await.unwrap();
    client.version().await.unwrap();
    assert_eq!(server.heads().await.len(), 3);

    let server = play(dies.to_vec()).await;
    let client = server.client();
    client.version().await.unwrap();
    let error = client.power(STOPPED, nexus_pve::Power::Start, PowerOptions::default()).await.unwrap_err();
    assert_eq!(error.stage, Stage::Connect, "{error:?}");
    let heads = server.heads().await;
    assert_eq!(heads.iter().filter(|head| head.starts_with("POST")).count(), 1);
}

#[tokio::test]
async fn an_error_without_length_and_without_close_notify_keeps_its_reason() {
    let refusal = "HTTP/1.1 401 invalid token value!\r\nConnection: close\r\nServer: pve-api-daemon/3.0\r\n\r\n";
    let server = play(vec![Step::Accept, Step::Request, Step::Write(refusal), Step::Close]).await;
    let error = server.client().version().await.unwrap_err();
    assert_eq!((error.stage, error.to_string().as_str()), (Stage::Auth, "invalid token value!"));
}

#[tokio::test]
async fn a_plain_http_server_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        while let Ok((mut sock, _)) = listener.accept().await {
            let _ = sock.read(&mut [0; 4096]).await;
            let _ = sock.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let client = Client::new(dialer(port), target(port, &TlsPolicy::Insecure), token(BROKER), Timeouts::default());
    for error in [client.version().await.unwrap_err(), client.vnc_console(VM).await.unwrap_err()] {
        assert_eq!((error.stage, error.cause()), (Stage::Tls, Cause::Tls(nexus_net::tls::TlsProblem::NotTls)));
    }
    task.abort();
}

#[tokio::test]
async fn a_redirect_is_told_and_never_followed() {
    let redirect =
        "HTTP/1.1 301 Moved Permanently\r\nLocation: https://login.example/?next=pve\r\nContent-Length: 0\r\n\r\n";
    let server = play(vec![Step::Accept, Step::Request, Step::Write(redirect)]).await;
    let error = server.client().version().await.unwrap_err();
    assert_eq!((error.stage, error.cause(), error.attempts), (Stage::Api, Cause::Redirect, 1));
    assert!(error.to_string().contains("https://login.example/"), "{error}");
    assert_eq!(server.heads().await.len(), 1);
    let server = play(vec![Step::Accept, Step::Request, Step::Write(redirect)]).await;
    let report = nexus_pve::probe(&dialer(server.port), &server.route(), &token(BROKER)).await;
    assert_eq!(report.error().unwrap().cause(), Cause::Redirect);
    assert_eq!(server.heads().await.len(), 1);
}

#[tokio::test]
async fn a_page_instead_of_json_is_named() {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 15\r\n\r\n<html>hi</html>";
    let server = play(vec![Step::Accept, Step::Request, Step::Write(page)]).await;
    let error = server.client().version().await.unwrap_err();
    assert_eq!(error.cause(), Cause::NotPve);
    assert!(error.to_string().contains("text/html"), "{error}");
}

#[tokio::test]
async fn the_nodes_clock_is_compared_with_ours() {
    let version = r#"{"data":{"version":"9.2.11","release":"9.2","repoid":"14a22df35955d97d"}}"#;
    let cases = [
        ("Date: Thu, 01 Jan 2015 00:00:00 GMT\r\n", Some(true)),
        ("Date: Thu, 01 Jan 2099 00:00:00 GMT\r\n", Some(false)),
        ("Date: yesterday\r\n", None),
        ("", None),
    ];
    for (date, behind) in cases {
        // The question behind it gets an answer too, that nobody waits for one.
        let rest = [Step::Request, Step::Answer("{}", "")];
        let server = play([&[Step::Accept, Step::Request, Step::Answer(version, date)][..], &rest].concat()).await;
        let report = nexus_pve::probe(&dialer(server.port), &server.route(), &token(BROKER)).await;
        assert_eq!(report.clock_ahead.map(|seconds| seconds < 0), behind, "{report:?}");
        assert!(report.clock_ahead.is_none_or(|seconds| seconds.abs() > 365 * 86_400));
    }
}

#[tokio::test]
async fn bytes_that_drip_do_not_outlive_the_limit_of_the_whole_answer() {
    let sim = crate::fleet::start(pve_sim::Mode::V9_2).await;
    // Each byte comes well within the limit; the answer would take half a minute.
    sim.fault(pve_sim::Fault::on("", pve_sim::FaultKind::Drip(100)));
    let short = Duration::from_millis(600);
    let timeouts = Timeouts { read: short, write: short, console: short, upgrade: short };
    let client = crate::fleet::client_with(&sim, BROKER, &crate::fleet::pin(&sim), timeouts);
    for error in [
        client.version().await.unwrap_err(),
        client.power(STOPPED, nexus_pve::Power::Stop, PowerOptions::default()).await.unwrap_err(),
        client.vnc_console(VM).await.unwrap_err(),
    ] {
        assert_eq!((error.stage, error.cause(), error.attempts), (Stage::Timeout, Cause::Slow, 1), "{error:?}");
    }
    sim.stop().await;
}

#[tokio::test]
async fn an_endless_answer_without_length_is_cut_off() {
    const ALL: usize = 500 << 20;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let mut stream = acceptor().accept(listener.accept().await.unwrap().0).await.unwrap();
        request(&mut stream).await;
        let mut sent = 0;
        let mut piece = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        while sent < ALL && stream.write_all(&piece).await.is_ok() && stream.flush().await.is_ok() {
            sent += piece.len();
            piece = [&b"10000\r\n"[..], &[b' '; 0x10000], b"\r\n"].concat();
        }
        sent
    });
    let client = Client::new(dialer(port), target(port, &TlsPolicy::Insecure), token(BROKER), Timeouts::default());
    let error = client.version().await.unwrap_err();
    assert_eq!(error.kind, nexus_pve::ErrorKind::TooLarge { limit: 1 << 20 });
    let sent = tokio::time::timeout(BOUND, task).await.unwrap().unwrap();
    assert!(sent < 64 << 20, "{sent} bytes were taken");
}
