//! Makes connections: resolve → address guard → TCP or SOCKS5 → TLS.
//!
//! Every address that is connected to has passed the guard, literals and repeated connections included. It must never
//! follow anything the other side says (no redirects) and sends no bytes of its own beyond the TLS handshake.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls_pki_types::CertificateDer;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout_at;

use crate::guard::{Guard, Refused, Rule};
use crate::host::Host;
use crate::proxy::SocksProxy;
use crate::stream::Stream;
use crate::tls::TlsProblem;

/// The head start of each candidate before the next is tried beside it (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);
/// Addresses tried of one name.
const CANDIDATES: usize = 8;

/// Where to connect, whom to trust there, and how long it may take.
#[derive(Debug, Clone)]
pub struct Target {
    /// The host as configured.
    pub host: Host,
    /// The TCP port.
    pub port: u16,
    /// From [`crate::tls::TlsPolicy::client_config`]; shared by all connections under one policy.
    pub tls: Arc<ClientConfig>,
    /// For resolving, connecting and the TLS handshake together.
    pub connect_timeout: Duration,
}

/// Makes connections under one guard; cheap to clone.
#[derive(Debug, Clone)]
pub struct Dialer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    guard: Guard,
    proxy: Option<SocksProxy>,
    resolver: Resolver,
}

/// The addresses of a name, once somebody knows them.
pub type Lookup = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

type LookUp = dyn Fn(&str, u16) -> Lookup + Send + Sync;

/// Looks names up: the machine's resolver, or what a test puts in its place.
#[derive(Clone)]
pub struct Resolver(Arc<LookUp>);

impl Resolver {
    /// A resolver that asks `lookup` for the addresses of a name and port.
    #[must_use]
    pub fn new(lookup: impl Fn(&str, u16) -> Lookup + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// The machine's own.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|name, port| {
            let name = name.to_owned();
            Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), port)).await?.collect()) })
        })
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

/// How a connection was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Straight to the host.
    Direct,
    /// Through the SOCKS5 proxy.
    Proxy,
}

/// A connection that is ready for its first byte.
#[derive(Debug)]
pub struct Dialed {
    /// The connection after its TLS handshake.
    pub stream: Stream,
    /// The address of the other end of the TCP connection: the proxy's when it was used.
    pub address: SocketAddr,
    /// Straight or through the proxy.
    pub way: Way,
    /// How long each stage took.
    pub timings: Timings,
}

/// Measured times of the stages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Looking up the name; next to nothing for an address.
    pub resolve: Duration,
    /// Until TCP (and the proxy) stood.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
}

/// The stages of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Looking up the name, and the guard's word on the result.
    Resolve,
    /// TCP, and SOCKS5 where used.
    Connect,
    /// The TLS handshake.
    Tls,
}

/// Why no connection was made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DialError {
    /// The name has no address.
    #[error("the name {host} cannot be resolved: {reason}")]
    Resolve {
        /// The name asked for.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// The guard refused every address of the host.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The guard refused a port of a name that the proxy would resolve.
    #[error("{host} may not be called: {rule} (setting {setting})", rule = Rule::Port, setting = crate::guard::SETTING_PORTS)]
    PortRefused {
        /// The host and port asked for.
        host: String,
    },
    /// No address of the host took the connection.
    #[error("no connection to {address}: {reason}")]
    Connect {
        /// The address tried last, or the name when a proxy was asked.
        address: String,
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The system's or proxy's words.
        reason: String,
    },
    /// The proxy of the tailnet cannot be used.
    #[error("the proxy {proxy} does not lead to {address}: {reason}")]
    Proxy {
        /// The host that was to be reached through it.
        address: String,
        /// The proxy.
        proxy: String,
        /// The system's words, or what the proxy did.
        reason: String,
    },
    /// The TLS handshake failed.
    #[error("{problem}")]
    Tls {
        /// What was wrong.
        problem: Box<TlsProblem>,
        /// The certificate that was shown, to ask a person about.
        certificate: Option<CertificateDer<'static>>,
        /// The address that was reached.
        address: SocketAddr,
    },
    /// A stage did not end in time.
    #[error("no answer within {after:?} ({stage})")]
    Timeout {
        /// The stage that did not end.
        stage: Stage,
        /// The limit.
        after: Duration,
    },
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
        })
    }
}

impl DialError {
    /// Where it failed. What the guard refuses counts as the resolving stage: nothing was connected.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self::Resolve { .. } | Self::Refused(_) | Self::PortRefused { .. } => Stage::Resolve,
            Self::Connect { .. } | Self::Proxy { .. } => Stage::Connect,
            Self::Tls { .. } => Stage::Tls,
            Self::Timeout { stage, .. } => *stage,
        }
    }
}

impl Dialer {
    /// A dialer under `guard`; `proxy` is used for the names and addresses it is for, and for nothing else.
    #[must_use]
    pub fn new(guard: Guard, proxy: Option<SocksProxy>) -> Self {
        Self::with_resolver(guard, proxy, Resolver::system())
    }

    /// The same with another resolver.
    #[must_use]
    pub fn with_resolver(guard: Guard, proxy: Option<SocksProxy>, resolver: Resolver) -> Self {
        Self { inner: Arc::new(Inner { guard, proxy, resolver }) }
    }

    /// The guard that this dialer asks.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        &self.inner.guard
    }

    /// Connects to `target`, within its `connect_timeout` over all.
    ///
    /// # Errors
    /// [`DialError`] with the stage that failed.
    pub async fn dial(&self, target: &Target) -> Result<Dialed, DialError> {
        self.dial_timed(target, &mut Timings::default()).await
    }

    /// As [`Dialer::dial`]; `timings` keeps the times of the stages that were done when a later one fails, and the time
    /// that the failed one took.
    ///
    /// # Errors
    /// [`DialError`] with the stage that failed.
    pub async fn dial_timed(&self, target: &Target, timings: &mut Timings) -> Result<Dialed, DialError> {
        self.dial_within(target, None, timings).await
    }

    /// Connects to one `address` that an earlier [`Dialed`] named, with the name and trust of `target`: for calls that
    /// must reach the same host again. Where the proxy was used, the proxy is asked again.
    ///
    /// # Errors
    /// [`DialError`] with the stage that failed.
    pub async fn dial_again(&self, target: &Target, address: SocketAddr) -> Result<Dialed, DialError> {
        self.dial_within(target, Some(address), &mut Timings::default()).await
    }

    /// Connects to `host` without TLS and without the proxy, under the same guard: for URLs whose operator wants it so.
    ///
    /// # Errors
    /// [`DialError`] with the stage that failed.
    pub async fn connect(
        &self,
        host: &Host,
        port: u16,
        connect_timeout: Duration,
    ) -> Result<(TcpStream, SocketAddr), DialError> {
        let deadline = tokio::time::Instant::now() + connect_timeout;
        let late = |stage| move |_| DialError::Timeout { stage, after: connect_timeout };
        let candidates =
            timeout_at(deadline, self.addresses(host, port, None)).await.map_err(late(Stage::Resolve))??;
        let (sock, address) = timeout_at(deadline, race(candidates)).await.map_err(late(Stage::Connect))??;
        self.inner.guard.check(address)?;
        tune(&sock).map_err(|error| connect_error(&address, &error))?;
        Ok((sock, address))
    }

    async fn dial_within(
        &self,
        target: &Target,
        again: Option<SocketAddr>,
        timings: &mut Timings,
    ) -> Result<Dialed, DialError> {
        let deadline = tokio::time::Instant::now() + target.connect_timeout;
        let late = |stage| move |_| DialError::Timeout { stage, after: target.connect_timeout };
        let (sock, address, way) = match self.proxy_for(&target.host) {
            Some(proxy) => {
                self.check_for_proxy(target)?;
                let connecting =
                    timed(&mut timings.connect, timeout_at(deadline, proxy.connect(&target.host, target.port)));
                let sock = connecting.await.map_err(late(Stage::Connect))??;
                let address = sock.peer_addr().map_err(|error| connect_error(&target.host, &error))?;
                (sock, address, Way::Proxy)
            }
            None => {
                let resolving =
                    timed(&mut timings.resolve, timeout_at(deadline, self.addresses(&target.host, target.port, again)));
                let candidates = resolving.await.map_err(late(Stage::Resolve))??;
                let connecting = timed(&mut timings.connect, timeout_at(deadline, race(candidates)));
                let (sock, address) = connecting.await.map_err(late(Stage::Connect))??;
                self.inner.guard.check(address)?;
                (sock, address, Way::Direct)
            }
        };
        tune(&sock).map_err(|error| connect_error(&address, &error))?;
        let name = target.host.server_name().map_err(|bad| resolve_error(&target.host, &bad))?;
        let shaking = Stream::connect(sock, Arc::clone(&target.tls), name);
        let shaken = timed(&mut timings.tls, timeout_at(deadline, shaking)).await.map_err(late(Stage::Tls))?;
        match shaken {
            Ok(stream) => Ok(Dialed { stream, address, way, timings: *timings }),
            Err(error) => Err(tls_error(&error, address)),
        }
    }

    fn proxy_for(&self, host: &Host) -> Option<&SocksProxy> {
        self.inner.proxy.as_ref().filter(|proxy| proxy.is_for(host))
    }

    /// The proxy resolves names itself, so that the guard sees an address only where one was written.
    fn check_for_proxy(&self, target: &Target) -> Result<(), DialError> {
        match target.host {
            Host::Ip(ip) => Ok(self.inner.guard.check(SocketAddr::new(ip, target.port))?),
            Host::Name(_) if self.inner.guard.allows_port(target.port) => Ok(()),
            Host::Name(_) => Err(DialError::PortRefused { host: target.host.authority(target.port) }),
        }
    }

    /// The addresses to try, in order; only what the guard lets pass.
    async fn addresses(&self, host: &Host, port: u16, again: Option<SocketAddr>) -> Result<Vec<SocketAddr>, DialError> {
        let found: Vec<SocketAddr> = match (host, again) {
            (_, Some(address)) => vec![address],
            (Host::Ip(ip), None) => vec![SocketAddr::new(*ip, port)],
            // Looked up once: what the guard saw is what is connected to.
            (Host::Name(name), None) => {
                let found = (self.inner.resolver.0)(name, port).await;
                found.map_err(|error| resolve_error(host, &error))?
            }
        };
        let mut refused = None;
        let mut allowed = Vec::new();
        for address in found {
            match self.inner.guard.check(address) {
                Ok(()) if !allowed.contains(&address) => allowed.push(address),
                Ok(()) => {}
                Err(no) => refused = refused.or(Some(no)),
            }
        }
        match (allowed.is_empty(), refused) {
            (false, _) => Ok(interleaved(allowed)),
            (true, Some(refused)) => Err(refused.into()),
            (true, None) => Err(DialError::Resolve { host: host.to_string(), reason: "it has no address".into() }),
        }
    }
}

async fn timed<T>(took: &mut Duration, work: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let done = work.await;
    *took = started.elapsed();
    done
}

fn resolve_error(host: &Host, error: &dyn std::error::Error) -> DialError {
    DialError::Resolve { host: host.to_string(), reason: error.to_string() }
}

fn connect_error(address: &dyn ToString, error: &io::Error) -> DialError {
    DialError::Connect { address: address.to_string(), kind: error.kind(), reason: error.to_string() }
}

fn tls_error(error: &io::Error, address: SocketAddr) -> DialError {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let (problem, certificate) = match inner {
        Some(inner) => TlsProblem::of(inner),
        None => match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                (TlsProblem::Closed, None)
            }
            _ => (TlsProblem::Protocol(error.to_string()), None),
        },
    };
    DialError::Tls { problem: Box::new(problem), certificate, address }
}

/// Families in turn, beginning with the resolver's first choice (RFC 8305 section 4).
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let six_first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == six_first);
    let mut first = first.into_iter();
    let mut second = second.into_iter();
    let mut mixed = Vec::new();
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            mixed.truncate(CANDIDATES);
            return mixed;
        }
        mixed.extend(pair.into_iter().flatten());
    }
}

/// Tries the candidates, each with a head start before the next; the first that stands wins, the rest are dropped.
async fn race(candidates: Vec<SocketAddr>) -> Result<(TcpStream, SocketAddr), DialError> {
    let mut trying: JoinSet<(io::Result<TcpStream>, SocketAddr)> = JoinSet::new();
    let mut waiting = candidates.into_iter();
    let mut failed = DialError::Resolve { host: String::new(), reason: "it has no address".into() };
    if let Some(address) = waiting.next() {
        trying.spawn(async move { (TcpStream::connect(address).await, address) });
    }
    loop {
        let head_start = tokio::time::sleep(HEAD_START);
        let more = waiting.len() > 0;
        tokio::select! {
            ended = trying.join_next() => match ended {
                Some(Ok((Ok(sock), address))) => return Ok((sock, address)),
                Some(Ok((Err(error), address))) => failed = connect_error(&address, &error),
                None if !more => return Err(failed),
                Some(Err(_)) | None => {}
            },
            () = head_start, if more => {}
        }
        if let Some(address) = waiting.next() {
            trying.spawn(async move { (TcpStream::connect(address).await, address) });
        }
    }
}

/// Console traffic is small and wants to leave at once; dead peers are noticed within a minute.
fn tune(sock: &TcpStream) -> io::Result<()> {
    sock.set_nodelay(true)?;
    let keepalive =
        TcpKeepalive::new().with_time(Duration::from_secs(30)).with_interval(Duration::from_secs(10)).with_retries(3);
    SockRef::from(sock).set_tcp_keepalive(&keepalive)
}

/// Tailscale's own networks: 100.64.0.0/10 and fd7a:115c:a1e0::/48.
pub(crate) fn is_tailnet(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.octets()[0] == 100 && (v4.octets()[1] & 0xc0) == 64,
        IpAddr::V6(v6) => v6.segments()[..3] == [0xfd7a, 0x115c, 0xa1e0],
    }
}

impl hyper_util::client::legacy::connect::Connection for Stream {
    fn connected(&self) -> hyper_util::client::legacy::connect::Connected {
        hyper_util::client::legacy::connect::Connected::new()
    }
}
