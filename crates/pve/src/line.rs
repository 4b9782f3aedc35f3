//! One connection to one host, for calls that belong together.
//!
//! PVE marks the answers of many calls with `Connection: close` and keeps the connection all the same (PVE-FACTS 2); hyper
//! obeys and ends its side. So each call drives hyper without its shutdown, takes the stream out again, and begins a new
//! HTTP handshake on it. Only when PVE has really closed is the *same address* dialled again. A POST is never sent twice.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use nexus_net::dial::{Dialed, Dialer, Target};
use nexus_net::stream::Stream;
use tokio::sync::OwnedSemaphorePermit;

use crate::error::{Error, ErrorKind};
use crate::wire::{Answer, BUFFER, Call, http_error};

/// How long hyper may take to let go of a connection after an answer.
const LET_GO: Duration = Duration::from_secs(1);

/// A connection and what is needed to make it again.
pub(crate) struct Line {
    dialer: Dialer,
    target: Target,
    token: HeaderValue,
    host: String,
    address: SocketAddr,
    stream: Option<Stream>,
    /// Whether a call went over the stream before: only then may it be dead without anybody's fault.
    used: bool,
    /// One of the server's places, as long as the line is in use.
    _place: Option<OwnedSemaphorePermit>,
}

/// An answer, and the stream when it can be used further.
pub(crate) struct Exchange {
    pub(crate) answer: Answer,
    pub(crate) stream: Option<Stream>,
}

impl Line {
    pub(crate) fn new(dialer: &Dialer, target: &Target, token: HeaderValue, dialed: Dialed) -> Self {
        Self {
            dialer: dialer.clone(),
            target: target.clone(),
            token,
            host: target.host.authority(target.port),
            address: dialed.address,
            stream: Some(dialed.stream),
            used: false,
            _place: None,
        }
    }

    /// The same, holding one of the server's places.
    pub(crate) fn in_place(self, place: OwnedSemaphorePermit) -> Self {
        Self { _place: Some(place), ..self }
    }

    /// The other end of the connection.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends one call and reads its answer.
    pub(crate) async fn call(&mut self, call: &Call) -> Result<Answer, Error> {
        let request = call.request(&self.host, &self.token)?;
        let exchange = self.send(request, call.limit, call.is_idempotent()).await?;
        self.stream = exchange.stream.filter(|_| exchange.answer.status < 400);
        self.used = true;
        Ok(exchange.answer)
    }

    /// Sends an upgrade request made of `call` and `headers`; the stream is the connection right after a 101.
    ///
    /// # Errors
    /// Every answer but 101 is PVE's refusal.
    pub(crate) async fn upgrade(
        mut self,
        call: &Call,
        headers: &[(&'static str, &str)],
    ) -> Result<(Answer, Stream), Error> {
        let mut request = call.request(&self.host, &self.token)?;
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(|_| Error::impossible("a header cannot be written"))?;
            request.headers_mut().insert(*name, value);
        }
        let exchange = self.send(request, call.limit, true).await?;
        match (exchange.answer.status, exchange.stream) {
            (101, Some(stream)) => Ok((exchange.answer, stream)),
            (101, None) => Err(Error::broken(&"the connection ended with the upgrade")),
            (200..300, _) => Err(Error::not_pve("the upgrade was answered like an ordinary call")),
            _ => Err(exchange.answer.refusal()),
        }
    }

    async fn send(&mut self, request: Request<Full<Bytes>>, limit: usize, again: bool) -> Result<Exchange, Error> {
        let kept = self.stream.take().filter(|stream| stream.peer_end().is_none());
        let Some(stream) = kept else { return exchange(self.redial().await?, request, limit).await };
        let second = (self.used && again).then(|| request.clone());
        match (exchange(stream, request, limit).await, second) {
            (Err(Error { kind: ErrorKind::Broken(_), .. }), Some(request)) => {
                exchange(self.redial().await?, request, limit).await
            }
            (result, _) => result,
        }
    }

    async fn redial(&mut self) -> Result<Stream, Error> {
        let dialed = self.dialer.dial_again(&self.target, self.address).await?;
        self.address = dialed.address;
        self.used = false;
        Ok(dialed.stream)
    }
}

/// One request and one answer over `stream`, which is taken out of hyper again.
pub(crate) async fn exchange(stream: Stream, request: Request<Full<Bytes>>, limit: usize) -> Result<Exchange, Error> {
    let handshake = http1::Builder::new().max_buf_size(BUFFER).handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(|error| http_error(&error))?;
    let mut connection = pin!(connection.without_shutdown());
    // The sender is dropped with the answer, which is what lets the connection come to its end.
    let mut talk = pin!(async move {
        let response = sender.send_request(request).await.map_err(|error| http_error(&error))?;
        Answer::read(response, limit).await
    });
    let mut ended = None;
    let answer = loop {
        tokio::select! {
            biased;
            answer = &mut talk => break answer?,
            end = &mut connection, if ended.is_none() => ended = Some(end),
        }
    };
    if ended.is_none() {
        ended = tokio::time::timeout(LET_GO, connection).await.ok();
    }
    let stream = ended.and_then(Result::ok).map(|parts| {
        let mut stream = parts.io.into_inner();
        stream.unread(&parts.read_buf);
        stream
    });
    Ok(Exchange { answer, stream })
}
