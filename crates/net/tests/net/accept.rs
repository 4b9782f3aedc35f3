//! The accept loop: protocols, upgrades, limits, exchange of certificates, shutdown.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use nexus_net::accept::{Limits, Listener, Peer, ServerTls, into_stream, server_config};
use nexus_net::stream::Stream;
use nexus_net::tls::TlsPolicy;
use rustls::ClientConfig;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::tls_server::{Authority, private_key};

/// Longer than anything here takes.
const BOUND: Duration = Duration::from_secs(20);

struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    tracker: TaskTracker,
    /// Lets the request for `/slow` go on.
    go: Arc<Notify>,
    /// Told when the request for `/slow` has arrived.
    arrived: Arc<Notify>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

async fn start(tls: Option<ServerTls>, limits: Limits) -> Running {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listener = Listener::new(socket, tls, limits);
    let address = listener.local_addr().unwrap();
    let (shutdown, tracker) = (CancellationToken::new(), TaskTracker::new());
    let (go, arrived) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (his_go, his_arrived) = (Arc::clone(&go), Arc::clone(&arrived));
    let service = tower::service_fn(move |request| handle(request, Arc::clone(&his_go), Arc::clone(&his_arrived)));
    tracker.spawn(listener.serve(service, shutdown.clone(), tracker.clone()));
    tracker.close();
    Running { address, shutdown, tracker, go, arrived }
}

async fn handle(
    mut request: Request<Incoming>,
    go: Arc<Notify>,
    arrived: Arc<Notify>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let peer = request.extensions().get::<Peer>().unwrap().clone();
    match request.uri().path() {
        "/slow" => {
            arrived.notify_one();
            go.notified().await;
            Ok(Response::new(Full::from("at last")))
        }
        "/echo" => {
            let upgraded = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                let _slot = peer.slot;
                let mut stream = into_stream(upgraded.await.unwrap()).unwrap();
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                    stream.write_all(&buffer[..count]).await.unwrap();
                    stream.flush().await.unwrap();
                }
            });
            let response = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
            Ok(response.header("connection", "upgrade").header("upgrade", "echo").body(Full::default()).unwrap())
        }
        _ => Ok(Response::new(Full::from(format!("{} tls={} {:?}", peer.address, peer.tls, request.version())))),
    }
}

fn tls() -> (ServerTls, CertificateDer<'static>) {
    let leaf = Authority::new().good_leaf();
    (ServerTls::new(server_config(vec![leaf.certificate.clone()], private_key(&leaf.key)).unwrap()), leaf.certificate)
}

async fn connect_tls(address: SocketAddr, alpn: &[&str]) -> std::io::Result<Stream> {
    let mut config = ClientConfig::clone(&TlsPolicy::Insecure.client_config().unwrap());
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    Stream::connect(TcpStream::connect(address).await.unwrap(), Arc::new(config), name).await
}

async fn read_all(sock: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    // A reset is an end too: the server drops what it does not want to read.
    let _ = timeout(BOUND, sock.read_to_end(&mut all)).await.unwrap();
    all
}

#[tokio::test]
async fn a_plain_listener_speaks_http1_and_names_the_peer() {
    let server = start(None, Limits::default()).await;
    let mut sock = TcpStream::connect(server.address).await.unwrap();
    sock.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let text = String::from_utf8(read_all(&mut sock).await).unwrap();
    let expected = format!("{} tls=false HTTP/1.1", sock.local_addr().unwrap());
    assert!(text.starts_with("HTTP/1.1 200") && text.ends_with(&expected), "{text}");

    let mut h2 = TcpStream::connect(server.address).await.unwrap();
    h2.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let answer = read_all(&mut h2).await;
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1.1 4") || answer.starts_with(b"HTTP/1.1 505"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn alpn_chooses_http2_which_refuses_extended_connect() {
    let server = start(Some(tls().0), Limits::default()).await;
    let stream = connect_tls(server.address, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.alpn(), Some(&b"h2"[..]));
    let (mut send, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..2 {
        let response =
            send.send_request(Request::get("https://localhost/").body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        assert_eq!(response.version(), Version::HTTP_2);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.ends_with(b"tls=true HTTP/2.0"), "{body:?}");
    }
    let mut connect =
        Request::builder().method(Method::CONNECT).uri("https://localhost/echo").body(Empty::new()).unwrap();
    connect.extensions_mut().insert(hyper::ext::Protocol::from_static("websocket"));
    assert!(send.send_request(connect).await.is_err());
}

#[tokio::test]
async fn an_upgrade_gives_the_stream_with_what_came_behind_the_head() {
    let server = start(Some(tls().0), Limits::default()).await;
    for alpn in [&["http/1.1"][..], &[]] {
        let mut stream = connect_tls(server.address, alpn).await.unwrap();
        let early = vec![b'e'; 3000];
        let mut request = b"GET /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n".to_vec();
        request.extend_from_slice(&early);
        stream.write_all(&request).await.unwrap();
        stream.flush().await.unwrap();
        let mut got = Vec::new();
        while !got.windows(4).any(|end| end == b"\r\n\r\n") {
            got.push(stream.read_u8().await.unwrap());
        }
        assert!(got.starts_with(b"HTTP/1.1 101"));
        let mut back = vec![0; early.len()];
        timeout(BOUND, stream.read_exact(&mut back)).await.unwrap().unwrap();
        assert_eq!(back, early);
        stream.write_all(b"later").await.unwrap();
        stream.flush().await.unwrap();
        let mut back = [0; 5];
        timeout(BOUND, stream.read_exact(&mut back)).await.unwrap().unwrap();
        assert_eq!(&back, b"later");
    }
}

/// Whether a request on a new connection is answered.
async fn answers(address: SocketAddr) -> bool {
    let mut sock = TcpStream::connect(address).await.unwrap();
    let _ = sock.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    read_all(&mut sock).await.starts_with(b"HTTP/1.1 200")
}

#[tokio::test]
async fn an_address_has_its_cap_which_an_upgraded_connection_still_counts_in() {
    let server = start(None, Limits { per_address: 1, ..Limits::default() }).await;
    let mut held = TcpStream::connect(server.address).await.unwrap();
    held.write_all(b"GET /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nx").await.unwrap();
    let mut got = Vec::new();
    while !got.ends_with(b"\r\n\r\nx") {
        got.push(timeout(BOUND, held.read_u8()).await.unwrap().unwrap());
    }
    assert!(!answers(server.address).await);
    drop(held);
    timeout(BOUND, async {
        while !answers(server.address).await {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();

    let exempt = Limits { per_address: 0, unlimited: vec!["127.0.0.0/8".parse().unwrap()], ..Limits::default() };
    assert!(answers(start(None, exempt).await.address).await);
}

#[tokio::test]
async fn silent_and_slow_clients_are_dropped_and_hold_nobody_up() {
    let limits = Limits { handshake: Duration::from_secs(1), header_read: Duration::from_secs(1), ..Limits::default() };
    let secure = start(Some(tls().0), limits.clone()).await;
    let mut silent = TcpStream::connect(secure.address).await.unwrap();
    let behind = connect_tls(secure.address, &["h2"]).await;
    assert!(behind.is_ok());
    assert!(read_all(&mut silent).await.is_empty());

    let plain = start(None, limits).await;
    let mut slow = TcpStream::connect(plain.address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    assert!(!read_all(&mut slow).await.starts_with(b"HTTP/1.1 200"));
    assert!(answers(plain.address).await);
}

#[tokio::test]
async fn a_head_beyond_the_buffer_is_refused() {
    let server = start(None, Limits { buffer: 8 << 10, ..Limits::default() }).await;
    let mut sock = TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(32 << 10));
    let _ = sock.write_all(request.as_bytes()).await;
    assert!(!read_all(&mut sock).await.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn certificates_are_exchanged_while_running() {
    let (tls, first) = tls();
    let server = start(Some(tls.clone()), Limits::default()).await;
    let old = connect_tls(server.address, &["h2"]).await.unwrap();
    assert_eq!(old.peer_certificate(), Some(first));
    let leaf = Authority::new().good_leaf();
    tls.replace(server_config(vec![leaf.certificate.clone()], private_key(&leaf.key)).unwrap());
    let new = connect_tls(server.address, &["h2"]).await.unwrap();
    assert_eq!(new.peer_certificate(), Some(leaf.certificate));
}

#[tokio::test]
async fn shutdown_lets_requests_end_and_takes_no_more() {
    let server = start(None, Limits::default()).await;
    let mut busy = TcpStream::connect(server.address).await.unwrap();
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    timeout(BOUND, server.arrived.notified()).await.unwrap();
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    idle.read_u8().await.unwrap();

    server.shutdown.cancel();
    read_all(&mut idle).await;
    server.go.notify_one();
    let answer = read_all(&mut busy).await;
    assert!(answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"at last"), "{answer:?}");
    timeout(BOUND, server.tracker.wait()).await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}
