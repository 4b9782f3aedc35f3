//! One way to a server: its kept connections, what was learned of it, its breaker and counters.
//!
//! A kept connection is dropped before PVE's own five seconds are over, and never used when a byte or an end came over it
//! meanwhile. A call that changes something is never sent twice; a reading one is, when a kept connection turned out dead.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request};
use http_body_util::Full;
use nexus_net::dial::{DialError, Dialed, Dialer, Target};
use nexus_net::stream::Stream;
use nexus_net::tls::TlsProblem;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, timeout};

use crate::breaker::Breaker;
use crate::error::{Error, ErrorKind};
use crate::learn::Learner;
use crate::line::{Exchange, exchange};
use crate::report::{Open, WayReport};
use crate::route::Way;
use crate::wire::{Answer, Call, Class};

/// PVE drops idle connections after 5 s (PVE-FACTS 2).
const IDLE: Duration = Duration::from_secs(4);
/// Connections kept.
const KEPT: usize = 4;

/// Who is behind a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The server, on one of its ways.
    Server(Way),
    /// Another node of its cluster.
    Node(String),
}

pub(crate) struct Link {
    pub(crate) end: End,
    pub(crate) target: Target,
    pub(crate) breaker: Arc<Breaker>,
    host: String,
    kept: Mutex<Vec<(Stream, Instant)>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    learners: [Learner; Class::LEARNED],
    attempts: u64,
    failures: u64,
    last_error: Option<String>,
    tried: Instant,
}

/// How long one try may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Until the connection stands, beside the target's own limit.
    pub(crate) connect: Duration,
    /// From the request to the last byte of the answer.
    pub(crate) answer: Duration,
}

/// What may be done after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// The other ways at once, and this one after a wait.
    Retry,
    /// The other ways only: here it would only happen again.
    Elsewhere,
    /// Nothing: bytes were sent, or PVE has spoken.
    Never,
}

/// A try without an answer.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: Error,
    pub(crate) again: Again,
}

impl Failed {
    fn never(error: Error) -> Self {
        Self { error, again: Again::Never }
    }

    /// The dialer gave up: nothing was sent.
    fn of_dial(error: &DialError) -> Self {
        let again = match error {
            DialError::Timeout { .. } | DialError::Refused(_) | DialError::PortRefused { .. } => Again::Elsewhere,
            DialError::Tls { problem, .. } if **problem != TlsProblem::Closed => Again::Elsewhere,
            DialError::Tls { .. } | DialError::Resolve { .. } | DialError::Connect { .. } | DialError::Proxy { .. } => {
                Again::Retry
            }
        };
        Self { error: error.into(), again }
    }

    /// The exchange failed after bytes were sent.
    fn of_exchange(error: Error, call: &Call) -> Self {
        let again = match error.kind {
            ErrorKind::Broken(_) if call.is_idempotent() => Again::Retry,
            _ => Again::Never,
        };
        Self { error, again }
    }
}

impl Link {
    pub(crate) fn new(end: End, target: Target) -> Self {
        let state =
            State { learners: Default::default(), attempts: 0, failures: 0, last_error: None, tried: Instant::now() };
        Self {
            end,
            host: target.host.authority(target.port),
            target,
            breaker: Arc::default(),
            kept: Mutex::default(),
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(Stream, Instant)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The limit for a reading call of `class`.
    pub(crate) fn limit(&self, class: Class, configured: Duration) -> Duration {
        class.learned().map_or(configured, |class| self.state().learners[class].limit(configured))
    }

    /// Connects, for a connection that is not kept; a try of its own.
    pub(crate) async fn connect(&self, dialer: &Dialer, limit: Duration) -> Result<Dialed, Failed> {
        let dialed = self.dial(dialer, limit).await;
        if dialed.is_ok() {
            self.end_of(None);
        }
        dialed
    }

    /// Connects; counts as a try only when that fails.
    async fn dial(&self, dialer: &Dialer, limit: Duration) -> Result<Dialed, Failed> {
        self.begin();
        let connect_timeout = self.target.connect_timeout.min(limit);
        let target = Target { connect_timeout, ..self.target.clone() };
        let dialed = dialer.dial(&target).await.map_err(|error| Failed::of_dial(&error));
        if let Err(failed) = &dialed {
            self.end_of(Some(&failed.error));
        }
        dialed
    }

    /// Sends a call over a kept connection or a new one and reads the whole answer. `attempts` counts what was tried.
    pub(crate) async fn call(
        self: &Arc<Self>,
        dialer: &Dialer,
        token: &HeaderValue,
        call: &Call,
        limits: Limits,
        attempts: &mut u32,
    ) -> Result<Answer, Failed> {
        let request = || call.request(&self.host, token).map_err(Failed::never);
        if let Some(stream) = self.take().await {
            *attempts += 1;
            self.begin();
            match self.exchange(stream, request()?, call, limits).await {
                Err(Failed { error: Error { kind: ErrorKind::Broken(_), .. }, again: Again::Retry }) => {}
                done => return done,
            }
        }
        *attempts += 1;
        let dialed = self.dial(dialer, limits.connect).await?;
        self.exchange(dialed.stream, request()?, call, limits).await
    }

    async fn exchange(
        self: &Arc<Self>,
        stream: Stream,
        request: Request<Full<Bytes>>,
        call: &Call,
        limits: Limits,
    ) -> Result<Answer, Failed> {
        let started = Instant::now();
        let result = match timeout(limits.answer, exchange(stream, request, call.limit)).await {
            Ok(Ok(exchange)) => Ok(self.keep(exchange)),
            Ok(Err(error)) => Err(Failed::of_exchange(error, call)),
            Err(_) => Err(Failed::never(Error::timeout(limits.answer))),
        };
        self.end_of(result.as_ref().err().map(|failed| &failed.error));
        if let Some(class) = call.class().learned() {
            self.learn(class, started.elapsed(), &result);
        }
        result
    }

    /// What a reading call teaches: how long a good answer took, or that the limit was too short.
    fn learn(&self, class: usize, took: Duration, result: &Result<Answer, Failed>) {
        let mut state = self.state();
        match result {
            Ok(answer) if (200..300).contains(&answer.status) => state.learners[class].answered(took),
            Err(Failed { error: Error { kind: ErrorKind::Timeout { after }, .. }, .. }) => {
                state.learners[class].timed_out(*after);
            }
            _ => {}
        }
    }

    fn begin(&self) {
        self.state().tried = Instant::now();
    }

    /// The end of one try.
    fn end_of(&self, error: Option<&Error>) {
        let mut state = self.state();
        state.attempts += 1;
        state.last_error = error.map(ToString::to_string);
        state.failures += u64::from(error.is_some());
    }

    /// Whether this way was not tried for as long as that; the one who learns so is to try it.
    pub(crate) fn is_due(&self, every: Duration) -> bool {
        let mut state = self.state();
        let due = state.tried.elapsed() >= every;
        if due {
            state.tried = Instant::now();
        }
        due
    }

    /// A kept connection that is silent, as it should be.
    async fn take(&self) -> Option<Stream> {
        loop {
            let (mut stream, since) = self.kept().pop()?;
            if since.elapsed() < IDLE && is_silent(&mut stream).await {
                return Some(stream);
            }
        }
    }

    fn keep(self: &Arc<Self>, exchange: Exchange) -> Answer {
        let Exchange { answer, stream } = exchange;
        if let Some(stream) = stream.filter(|_| answer.status < 400 && !closes(&answer)) {
            let mut kept = self.kept();
            if kept.len() < KEPT {
                kept.push((stream, Instant::now()));
                drop(kept);
                tokio::spawn(drop_idle(Arc::downgrade(self)));
            }
        }
        answer
    }

    pub(crate) fn report(&self, way: Way, is_last: bool, configured: Duration, now: Instant) -> WayReport {
        let open = self.breaker.open(now);
        let state = self.state();
        WayReport {
            way,
            host: self.target.host.to_string(),
            is_last,
            learned_read: state.learners.iter().filter_map(|learner| learner.learned(configured)).max(),
            configured,
            attempts: state.attempts,
            failures: state.failures,
            last_error: state.last_error.clone(),
            breaker: open.map(|(cause, left)| Open { cause: cause.to_string(), left }),
        }
    }
}

/// Drops the connections that were idle for too long, so that none stays half closed.
async fn drop_idle(link: Weak<Link>) {
    tokio::time::sleep(IDLE).await;
    if let Some(link) = link.upgrade() {
        link.kept().retain(|(_, since)| since.elapsed() < IDLE);
    }
}

/// hyper takes the stream back whatever the header says; here it is believed.
fn closes(answer: &Answer) -> bool {
    let values = answer.headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case("close"))
}

/// Whether neither an end nor a byte has come over an idle connection.
async fn is_silent(stream: &mut Stream) -> bool {
    let mut byte = [0];
    let mut buffer = ReadBuf::new(&mut byte);
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *stream).poll_read(cx, &mut buffer).is_pending())).await
}
