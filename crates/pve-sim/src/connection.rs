//! One TLS connection to a node: request after request, faults, the upgrade to a console. It must never answer more
//! kindly than pveproxy does.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_rustls::server::TlsStream;

use crate::auth::{self, Identity};
use crate::fault::{FaultKind, millis};
use crate::http::{self, Answer, Body, Coding, Framing, Head, Parsed};
use crate::params::Values;
use crate::rest::{self, Caller, Failure, Found, Outcome};
use crate::sim::Recorded;
use crate::state::{Cluster, Node};
use crate::{apidoc, json, relay, wire};

/// Requests on one connection.
const MAX_REQUESTS: u32 = 100;
/// Requests that are remembered at most.
const MAX_RECORDED: usize = 20_000;
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
/// RFC 6455, 1.3.
const WEBSOCKET_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What reading a head came to.
pub(crate) enum Reading {
    Head(Box<Head>),
    /// Not HTTP/1: this status and text.
    Bad(u16, String),
    End,
}

/// Reads a request's head; the bytes after it stay in the buffer.
pub(crate) async fn read_head<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>, idle: Duration) -> Reading {
    let deadline = Instant::now() + idle;
    let mut too_large = false;
    loop {
        match http::parse(buffer) {
            _ if too_large || buffer.is_empty() => {}
            Parsed::Partial => {}
            Parsed::Head(head) => {
                buffer.drain(..head.length);
                return Reading::Head(head);
            }
            Parsed::TooLarge => too_large = true,
            Parsed::Garbage => return Reading::Bad(400, "bad request".to_owned()),
            Parsed::Version(version) => {
                return Reading::Bad(506, format!("http protocol version {version} not supported"));
            }
        }
        if too_large {
            buffer.clear();
        }
        match timeout_at(deadline, stream.read_buf(buffer)).await {
            Ok(Ok(1..)) => {}
            _ => return Reading::End,
        }
    }
}

/// What comes after an answer.
enum Next {
    Keep,
    Close,
    /// End without a word.
    Drop,
}

/// A connection after its TLS handshake.
pub(crate) struct Connection {
    cluster: Arc<Cluster>,
    index: usize,
    tls: TlsStream<TcpStream>,
    buffer: Vec<u8>,
    served: u32,
}

/// A request with its path below the format.
struct Asked<'a> {
    head: &'a Head,
    path: String,
    extjs: bool,
}

impl Connection {
    pub(crate) fn new(cluster: Arc<Cluster>, index: usize, tls: TlsStream<TcpStream>) -> Self {
        Self { cluster, index, tls, buffer: Vec::new(), served: 0 }
    }

    fn node(&self) -> &Node {
        &self.cluster.nodes[self.index]
    }

    fn new_mode(&self) -> bool {
        self.cluster.mode.is_new()
    }

    /// Serves request after request.
    pub(crate) async fn run(mut self) {
        loop {
            let idle = self.cluster.timing.idle;
            let next = match read_head(&mut self.tls, &mut self.buffer, idle).await {
                Reading::Head(head) => {
                    self.served += 1;
                    self.serve(&head).await
                }
                Reading::Bad(status, text) => {
                    let answer = Answer::plain(self.new_mode(), status, text);
                    let framing = Framing { minor: 0, keep: false, coding: Coding::Identity };
                    let _ = self.tls.write_all(&http::write(&answer, framing)).await;
                    Next::Close
                }
                Reading::End => Next::Close,
            };
            match next {
                Next::Keep => {}
                Next::Close => return self.close().await,
                Next::Drop => return,
            }
        }
    }

    /// 9.2 says close_notify, 8.3 just ends the TCP connection (PVE-8.3-DIFFERENCES row 7).
    async fn close(mut self) {
        let _ = self.tls.flush().await;
        if self.new_mode() {
            let _ = self.tls.shutdown().await;
        } else {
            let (mut socket, _) = self.tls.into_inner();
            let _ = socket.shutdown().await;
        }
    }

    fn record(&self, head: &Head, path: &str, status: u16) {
        let mut requests = self.cluster.requests.get();
        if requests.len() >= MAX_RECORDED {
            requests.drain(..MAX_RECORDED / 2);
        }
        requests.push(Recorded {
            node: self.node().name.clone(),
            method: head.method.clone(),
            path: path.to_owned(),
            status,
            token: auth::named_token(head),
        });
    }

    async fn answer(&mut self, head: &Head, path: &str, answer: &Answer) -> Next {
        let (bytes, keep) = self.frame(head, path, answer).await;
        match self.tls.write_all(&bytes).await {
            Ok(()) if self.tls.flush().await.is_ok() && keep => Next::Keep,
            Ok(()) => Next::Close,
            Err(_) => Next::Drop,
        }
    }

    /// An answer's bytes, and whether the connection stays open after it.
    async fn frame(&self, head: &Head, path: &str, answer: &Answer) -> (Vec<u8>, bool) {
        self.record(head, path, answer.status);
        let wants_close = head.has_token("connection", "close") || head.minor == 0;
        let keep = !wants_close && answer.status < 400 && self.served < MAX_REQUESTS;
        let framing = Framing { minor: head.minor, keep, coding: Coding::of(head) };
        if answer.status == 401 {
            sleep(self.cluster.timing.unauthorized).await;
        }
        (http::write(answer, framing), keep)
    }

    async fn serve(&mut self, head: &Head) -> Next {
        let new = self.new_mode();
        let path = head.path().to_owned();
        if !METHODS.contains(&head.method.as_str()) {
            let text = format!("method '{}' not available", head.method);
            return self.answer(head, &path, &Answer::new(501, text, Body::None)).await;
        }
        if head.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            let answer = Answer::plain(new, 501, "chunked transfer encoding not supported");
            return self.answer(head, &path, &answer).await;
        }
        if path == apidoc::PATH {
            return self.describe(head).await;
        }
        let Some((format, api_path)) = split(&path) else {
            return self.answer(head, &path, &Answer::plain(new, 501, "no such uri")).await;
        };
        let found = rest::find(new, &head.method, &api_path);
        let who = if found.as_ref().is_some_and(Found::open_to_world) {
            None
        } else {
            match auth::authenticate(&self.cluster, head) {
                Ok(who) => Some(who),
                Err(refused) => {
                    return self.answer(head, &api_path, &Answer::new(401, refused.0, Body::None)).await;
                }
            }
        };
        let extjs = match format.as_str() {
            "json" => false,
            "extjs" => true,
            _ => {
                let text = format!("no formatter for uri {api_path}, {format}");
                return self.answer(head, &api_path, &Answer::plain(new, 501, text)).await;
            }
        };
        let asked = Asked { head, path: api_path, extjs };
        match self.body(head).await {
            Ok(Some(values)) => self.call(&asked, found.as_ref(), who.as_ref(), values).await,
            Ok(None) => Next::Drop,
            Err(answer) => self.answer(head, &asked.path, &answer).await,
        }
    }

    /// The page that describes the API: a file, for everybody.
    async fn describe(&mut self, head: &Head) -> Next {
        let asked = Asked { head, path: apidoc::PATH.to_owned(), extjs: false };
        let script = match self.cluster.faults.take(&self.node().name, &head.method, apidoc::PATH) {
            None => apidoc::script(),
            Some(FaultKind::Script(script)) => script,
            Some(FaultKind::Delay(time)) => {
                sleep(millis(time)).await;
                apidoc::script()
            }
            Some(fault) => return self.fail(&asked, fault).await,
        };
        self.answer(head, apidoc::PATH, &Answer::new(200, "OK", Body::Script(script))).await
    }

    /// The parameters of a request; none when the client left.
    async fn body(&mut self, head: &Head) -> Result<Option<Values>, Answer> {
        let new = self.new_mode();
        let length: usize = head.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut values = Values::new();
        if length > 0 {
            if matches!(head.method.as_str(), "GET" | "DELETE") {
                let text = format!("Unexpected content for method '{}'", head.method);
                return Err(Answer::plain(new, 501, text));
            }
            if length > if new { 524_288 } else { 65_536 } {
                return Err(Answer::plain(new, 501, "for data too large"));
            }
            let kind = head.header("content-type").unwrap_or("application/x-www-form-urlencoded");
            let form = kind.starts_with("application/x-www-form-urlencoded");
            if !form && !kind.starts_with("application/json") {
                return Err(Answer::plain(new, 506, format!("upload 'Content-Type '{kind}' not implemented")));
            }
            let deadline = Instant::now() + self.cluster.timing.idle.max(Duration::from_secs(1));
            while self.buffer.len() < length {
                match timeout_at(deadline, self.tls.read_buf(&mut self.buffer)).await {
                    Ok(Ok(1..)) => {}
                    _ => return Ok(None),
                }
            }
            let body: Vec<u8> = self.buffer.drain(..length).collect();
            values = if form { form_values(&String::from_utf8_lossy(&body)) } else { json_values(new, &body)? };
        }
        values.extend(form_values(head.query()));
        values.remove("_dc");
        Ok(Some(values))
    }

    async fn call(&mut self, asked: &Asked<'_>, found: Option<&Found>, who: Option<&Identity>, values: Values) -> Next {
        let fault = self.cluster.faults.take(&self.node().name, &asked.head.method, &asked.path);
        let mut slow = None;
        match fault {
            None => {}
            Some(FaultKind::Delay(time)) => sleep(millis(time)).await,
            Some(FaultKind::Truncate | FaultKind::Drip(_)) => slow = fault,
            Some(instead) => return self.fail(asked, instead).await,
        }
        let here = self.node().name.clone();
        let outcome = match found {
            None => Err(Failure::unknown(&asked.head.method, &asked.path)),
            Some(found) => {
                let token = auth::has_token(asked.head);
                let caller = Caller { cluster: &self.cluster, here: &here, who, token, path: &asked.path };
                rest::run(found, &caller, values)
            }
        };
        if let Err(failure) = &outcome {
            sleep(failure.wait).await;
        }
        let console = outcome.as_ref().ok().and_then(|reply| reply.console);
        if let (Some(port), Some(protocol)) = (console, asked.head.header("upgrade")) {
            return self.upgrade(asked, port, protocol).await;
        }
        let mut answer = render(&outcome, self.new_mode(), asked.extjs);
        answer.relayed = found.is_some_and(|found| found.relayed(&here));
        match slow {
            None => self.answer(asked.head, &asked.path, &answer).await,
            Some(fault) => self.write_badly(asked, &answer, &fault).await,
        }
    }

    /// Sends half of an answer, or all of it byte by byte.
    async fn write_badly(&mut self, asked: &Asked<'_>, answer: &Answer, fault: &FaultKind) -> Next {
        let (bytes, keep) = self.frame(asked.head, &asked.path, answer).await;
        let (part, pause, keep) = match fault {
            FaultKind::Drip(pause) => (bytes.as_slice(), *pause, keep),
            _ => (&bytes[..bytes.len().saturating_sub(bytes.len() / 8 + 1)], 0, false),
        };
        for chunk in part.chunks(if pause > 0 { 1 } else { usize::MAX }) {
            if self.tls.write_all(chunk).await.is_err() || self.tls.flush().await.is_err() {
                return Next::Drop;
            }
            sleep(millis(pause)).await;
        }
        if keep { Next::Keep } else { Next::Close }
    }

    /// A fault instead of an answer; the request had no effect.
    async fn fail(&mut self, asked: &Asked<'_>, fault: FaultKind) -> Next {
        match fault {
            FaultKind::Status(status, reason) => {
                self.answer(asked.head, &asked.path, &Answer::new(status, reason, Body::None)).await
            }
            FaultKind::NotJson => {
                let answer = Answer::new(200, "OK", Body::Json("<html>no JSON here</html>".to_owned()));
                self.answer(asked.head, &asked.path, &answer).await
            }
            FaultKind::Huge(size) => {
                let filler = "x".repeat(usize::try_from(size).unwrap_or(1) << 20);
                let answer = Answer::new(200, "OK", Body::Json(format!("{{\"data\":\"{filler}\"}}")));
                self.answer(asked.head, &asked.path, &answer).await
            }
            FaultKind::Garbage => {
                self.record(asked.head, &asked.path, 0);
                let _ = self.tls.write_all(b"\0\xff\x01no HTTP at all\r\n\r\n").await;
                Next::Close
            }
            FaultKind::Hang => {
                self.record(asked.head, &asked.path, 0);
                self.hang().await
            }
            _ => {
                self.record(asked.head, &asked.path, 0);
                let _ = self.tls.get_ref().0.set_zero_linger();
                Next::Drop
            }
        }
    }

    /// Says nothing until the client leaves.
    async fn hang(&mut self) -> Next {
        let mut sink = [0; 1024];
        while let Ok(1..) = self.tls.read(&mut sink).await {}
        Next::Drop
    }

    /// The upgrade to a console (PVE-FACTS 4.2).
    async fn upgrade(&mut self, asked: &Asked<'_>, port: u16, protocol: &str) -> Next {
        let head = asked.head;
        let version = head.header("sec-websocket-version").unwrap_or_default();
        let refusal = if !protocol.eq_ignore_ascii_case("websocket") {
            Some(format!("unable to upgrade to protocol '{protocol}'\n"))
        } else if version != "13" {
            Some(format!("unsupported websocket-version '{version}'\n"))
        } else if head.header("sec-websocket-key").is_none() {
            Some("missing websocket-key\n".to_owned())
        } else {
            None
        };
        if let Some(text) = refusal {
            let status = if self.new_mode() { 500 } else { 501 };
            return self.answer(head, &asked.path, &Answer::plain(self.new_mode(), status, text)).await;
        }
        let Some(console) = self.cluster.consoles.attach(&self.node().name, port) else {
            // Nothing listens: pveproxy never answers.
            self.record(head, &asked.path, 0);
            return self.hang().await;
        };
        self.record(head, &asked.path, 101);
        let key = head.header("sec-websocket-key").unwrap_or_default();
        let digest =
            ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, format!("{key}{WEBSOCKET_GUID}").as_bytes());
        let mut text = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n",
            STANDARD.encode(digest)
        );
        if let Some(protocols) = head.header("sec-websocket-protocol") {
            text.push_str("Sec-WebSocket-Protocol: ");
            text.push_str(protocols);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        if self.tls.write_all(text.as_bytes()).await.is_err() || self.tls.flush().await.is_err() {
            return Next::Drop;
        }
        let early = std::mem::take(&mut self.buffer);
        relay::run(&mut self.tls, early, console).await;
        Next::Close
    }
}

/// Splits `/api2/FORMAT/REST` into format and path; none where there is no format.
fn split(path: &str) -> Option<(String, String)> {
    let rest = path.strip_prefix("/api2/")?;
    let (format, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let rest = wire::decode(rest.trim_end_matches('/'));
    (!format.is_empty()).then(|| (format.to_owned(), format!("/{rest}")))
}

/// Parameters from a form; a repeated name becomes a list.
fn form_values(text: &str) -> Values {
    let mut values = Values::new();
    for (name, value) in wire::form(text) {
        let value = Value::String(value);
        match values.get_mut(&name) {
            None => {
                values.insert(name, value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    values
}

fn json_values(new: bool, body: &[u8]) -> Result<Values, Answer> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(map.into_iter().collect()),
        _ => {
            let (status, line) = if new { (500, 934) } else { (501, 901) };
            let text = format!(
                "malformed JSON string, neither tag, array, object, number, string or atom, at character offset {} \
                 (before \"(end of string)\") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line {line}.\n",
                body.len()
            );
            Err(Answer::plain(new, status, text))
        }
    }
}

/// The answer to a call.
fn render(outcome: &Outcome, new: bool, extjs: bool) -> Answer {
    let body = || Body::Json(json::write(&rest::envelope(outcome, new, extjs)));
    match outcome {
        Ok(_) => Answer::new(200, "OK", body()),
        Err(failure) if failure.bare => Answer::new(failure.status, failure.message.clone(), Body::None),
        Err(_) if extjs => Answer::new(200, "OK", body()),
        Err(failure) => Answer::new(failure.status, failure.message.clone(), body()),
    }
}
