//! The accept loop: hands each connection to hyper in a task of its own.
//!
//! HTTP/2 is chosen by ALPN alone and never offers extended CONNECT, so that WebSockets stay on HTTP/1.1, where the
//! [`Stream`] can be taken out whole ([`into_stream`]). No handshake and no slow client may ever hold up the loop.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::proof::ACME_TLS;
pub use crate::slots::Slot;
use crate::slots::{PerAddress, Slots};
use crate::stream::Stream;

/// What one listener bears.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once in all.
    pub connections: usize,
    /// Connections at once from one IPv4 address or one IPv6 /64.
    pub per_address: usize,
    /// Networks of reverse proxies, to which `per_address` does not apply.
    pub unlimited: Vec<ipnet::IpNet>,
    /// Until the TLS handshake must be done.
    pub handshake: Duration,
    /// Until the head of a request must be there; also how long an idle HTTP/1.1 connection is kept.
    pub header_read: Duration,
    /// Buffer of one HTTP/1.1 connection, in bytes; a larger head is refused.
    pub buffer: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            per_address: 256,
            unlimited: Vec::new(),
            handshake: Duration::from_secs(10),
            header_read: Duration::from_secs(10),
            buffer: 64 << 10,
            streams: 128,
        }
    }
}

/// Who is at the other end; in the extensions of every request.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The address of the TCP connection: a reverse proxy's where there is one.
    pub address: SocketAddr,
    /// Whether the connection is TLS.
    pub tls: bool,
    /// The connection's place under the limits. Whoever takes a connection out of hyper keeps it until the end.
    pub slot: Arc<Slot>,
}

/// The TLS configuration of a listener, exchanged while it runs; connections that stand keep theirs.
#[derive(Debug, Clone)]
pub struct ServerTls {
    current: Arc<ArcSwap<ServerConfig>>,
}

impl ServerTls {
    /// Begins with `config`.
    #[must_use]
    pub fn new(config: Arc<ServerConfig>) -> Self {
        Self { current: Arc::new(ArcSwap::new(config)) }
    }

    /// New connections get `config` from now on.
    pub fn replace(&self, config: Arc<ServerConfig>) {
        self.current.store(config);
    }

    /// What new connections get now.
    #[must_use]
    pub fn current(&self) -> Arc<ServerConfig> {
        self.current.load_full()
    }
}

/// A server configuration: TLS 1.2 and 1.3, ring, AES-128-GCM first, HTTP/2 and HTTP/1.1 by ALPN.
///
/// # Errors
/// When key and certificate do not belong together or cannot be read.
pub fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(crate::tls::provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ignore_client_order = true;
    Ok(Arc::new(config))
}

/// A listener and all that its connections share.
pub struct Listener {
    socket: TcpListener,
    tls: Option<ServerTls>,
    limits: Arc<Limits>,
    slots: Slots,
}

/// What one connection needs beside its socket.
struct Accepted {
    tls: Option<ServerTls>,
    limits: Arc<Limits>,
    slot: Arc<Slot>,
    address: SocketAddr,
    shutdown: CancellationToken,
    tracker: TaskTracker,
}

impl Listener {
    /// Serves on `socket`; plain HTTP/1.1 without `tls`.
    #[must_use]
    pub fn new(socket: TcpListener, tls: Option<ServerTls>, limits: Limits) -> Self {
        let slots = Slots::new(
            limits.connections,
            PerAddress { most: limits.per_address, unlimited: limits.unlimited.clone() },
        );
        Self { socket, tls, limits: Arc::new(limits), slots }
    }

    /// The address that the system gave.
    ///
    /// # Errors
    /// The socket's.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Accepts until `shutdown`; then each connection ends after the requests that it has. Connections run as tasks of
    /// `tracker`, on which the caller waits as long as it likes.
    pub async fn serve<S, B>(self, service: S, shutdown: CancellationToken, tracker: TaskTracker)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        loop {
            let (sock, address) = tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                accepted = self.socket.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        breathe(&error).await;
                        continue;
                    }
                },
            };
            let Some(slot) = self.slots.take(address.ip()) else {
                tracing::debug!(peer = %address, "connection refused: too many at once");
                continue;
            };
            let accepted = Accepted {
                tls: self.tls.clone(),
                limits: Arc::clone(&self.limits),
                slot: Arc::new(slot),
                address,
                shutdown: shutdown.clone(),
                tracker: tracker.clone(),
            };
            let service = service.clone();
            tracker.spawn(async move {
                if let Err(error) = accepted.run(sock, service).await {
                    tracing::debug!(peer = %address, %error, "connection ended");
                }
            });
        }
    }
}

/// An error of `accept` may be the caller's (reset at once) or ours (no descriptors left, which takes a while to pass).
async fn breathe(error: &io::Error) {
    let callers = [io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset, io::ErrorKind::ConnectionRefused];
    if !callers.contains(&error.kind()) {
        tracing::error!(%error, "connections cannot be accepted");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

impl Accepted {
    async fn run<S, B>(self, sock: TcpStream, service: S) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        sock.set_nodelay(true)?;
        let stream = match &self.tls {
            None => Stream::plain(sock),
            Some(tls) => tokio::select! {
                () = self.shutdown.cancelled() => return Ok(()),
                shaken = tokio::time::timeout(self.limits.handshake, Stream::accept(sock, tls.current())) => shaken??,
            },
        };
        if stream.alpn() == Some(ACME_TLS) {
            return Ok(());
        }
        let peer = Peer { address: self.address, tls: stream.is_tls(), slot: Arc::clone(&self.slot) };
        let service = TowerToHyperService::new(WithPeer { inner: service, peer });
        if stream.alpn() == Some(b"h2") {
            self.http2(stream, service).await?;
        } else {
            self.http1(stream, service).await?;
        }
        Ok(())
    }

    async fn http1<S, B>(&self, stream: Stream, service: TowerToHyperService<S>) -> hyper::Result<()>
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_read)
            .max_buf_size(self.limits.buffer)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => return ended,
            () = self.shutdown.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        connection.await
    }

    async fn http2<S, B>(&self, stream: Stream, service: TowerToHyperService<S>) -> hyper::Result<()>
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let connection = hyper::server::conn::http2::Builder::new(Tracked(self.tracker.clone()))
            .timer(TokioTimer::new())
            .max_concurrent_streams(self.limits.streams)
            .max_header_list_size(32 << 10)
            .max_send_buf_size(256 << 10)
            .keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(Duration::from_secs(15))
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => return ended,
            () = self.shutdown.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        connection.await
    }
}

/// Tasks of HTTP/2 streams, where the shutdown can see them.
#[derive(Clone)]
struct Tracked(TaskTracker);

impl<F> hyper::rt::Executor<F> for Tracked
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        self.0.spawn(future);
    }
}

/// Puts the [`Peer`] into each request.
#[derive(Clone)]
struct WithPeer<S> {
    inner: S,
    peer: Peer,
}

impl<S: Service<Request<Incoming>>> Service<Request<Incoming>> for WithPeer<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> S::Future {
        request.extensions_mut().insert(self.peer.clone());
        self.inner.call(request)
    }
}

/// The connection under an upgraded HTTP/1.1 request, with the bytes that hyper had read beyond the head put back.
///
/// # Errors
/// `Unsupported` when the request did not come from a [`Listener`].
pub fn into_stream(upgraded: Upgraded) -> io::Result<Stream> {
    let parts = upgraded
        .downcast::<TokioIo<Stream>>()
        .map_err(|_| io::Error::new(io::ErrorKind::Unsupported, "the connection is not one of this listener's"))?;
    let mut stream = parts.io.into_inner();
    stream.unread(&parts.read_buf);
    Ok(stream)
}
