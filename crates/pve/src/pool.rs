//! The pooled connections for ordinary calls.
//!
//! Idle connections are dropped before PVE's own five seconds are over. A call that changes something is never sent twice;
//! a reading one is, once, when a kept connection turned out dead.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Uri};
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use nexus_net::dial::{DialError, Dialer, Target};
use nexus_net::stream::Stream;
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::wire::{Answer, BUFFER, Call, plain};

/// PVE drops idle connections after 5 s (PVE-FACTS 2).
const IDLE: Duration = Duration::from_secs(4);
/// Connections kept.
const KEPT: usize = 4;
/// Calls at once to one server; pveproxy has three workers.
const AT_ONCE: usize = 8;

/// Makes connections for hyper's pool; what the URI says is not asked.
#[derive(Clone)]
struct Connector {
    dialer: Dialer,
    target: Arc<Target>,
}

impl tower::Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = DialError;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Stream>, DialError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let Self { dialer, target } = self.clone();
        Box::pin(async move { Ok(TokioIo::new(dialer.dial(&target).await?.stream)) })
    }
}

/// Connections to one server with one trust and one token.
#[derive(Clone)]
pub(crate) struct Pool {
    http: legacy::Client<Connector, Full<Bytes>>,
    host: String,
    origin: String,
    token: HeaderValue,
    places: Arc<Semaphore>,
    connect_timeout: Duration,
}

impl Pool {
    pub(crate) fn new(dialer: Dialer, target: Arc<Target>, token: HeaderValue) -> Self {
        let host = target.host.authority(target.port);
        let connect_timeout = target.connect_timeout;
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(KEPT)
            .http1_max_buf_size(BUFFER)
            .build(Connector { dialer, target });
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Self { http, origin: format!("https://{host}"), host, token, places, connect_timeout }
    }

    /// Sends `call` and reads the whole answer within `limit`, or the connection's own limit where that is longer.
    pub(crate) async fn call(&self, call: &Call, limit: Duration) -> Result<Answer, Error> {
        // A little more than the dialer has, so that a host that does not answer is told from a slow PVE.
        let limit = limit.max(self.connect_timeout + Duration::from_millis(250));
        tokio::time::timeout(limit, self.placed(call)).await.unwrap_or_else(|_| Err(Error::timeout(limit)))
    }

    async fn placed(&self, call: &Call) -> Result<Answer, Error> {
        let _place = self.places.acquire().await.map_err(|closed| Error::broken(&closed))?;
        match self.attempt(call).await {
            Err(Failed { stale: true, .. }) if call.is_idempotent() => self.attempt(call).await,
            result => result,
        }
        .map_err(|failed| failed.error)
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, Failed> {
        let request = call.request(&self.origin, &self.host, &self.token)?;
        let response = self.http.request(request).await.map_err(|error| Failed::of(&error))?;
        Ok(Answer::read(response, call.limit).await?)
    }
}

struct Failed {
    error: Error,
    /// The connection ended without a byte of an answer, as a kept one does that PVE had closed.
    stale: bool,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, stale: false }
    }
}

impl Failed {
    fn of(error: &legacy::Error) -> Self {
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(inner) = source {
            if let Some(dial) = inner.downcast_ref::<DialError>() {
                return Error::from(dial).into();
            }
            if let Some(http) = inner.downcast_ref::<hyper::Error>() {
                return Self { error: http_error(http), stale: is_stale(http) };
            }
            source = inner.source();
        }
        Error::broken(&plain(error)).into()
    }
}

/// What hyper says about an answer that did not come.
pub(crate) fn http_error(error: &hyper::Error) -> Error {
    if error.is_parse() || error.is_parse_status() {
        return Error::not_pve("it is not HTTP");
    }
    Error::broken(&plain(error))
}

fn is_stale(error: &hyper::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    let socket = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    error.is_incomplete_message()
        || error.is_canceled()
        || error.is_closed()
        || socket.is_some_and(|socket| [BrokenPipe, ConnectionReset, UnexpectedEof].contains(&socket.kind()))
}
