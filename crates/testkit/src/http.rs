//! A browser's stand-in: keeps the cookie, sends `Origin`, speaks JSON, over plain HTTP on loopback.
//!
//! Bodies are read whole up to 16 MiB; anything beyond is a test's failure, as is a connection that breaks.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpStream;

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; null when it is empty.
    ///
    /// # Panics
    /// When it is something else.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.text()))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The stable code of a problem; empty when the answer is none.
    #[must_use]
    pub fn code(&self) -> String {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind != "application/problem+json" {
            return String::new();
        }
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// One browser: nobody until it signs in.
#[derive(Clone)]
pub struct Browser {
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    /// The cookie pair as it is sent.
    pub cookie: Option<String>,
    /// What is sent as `Origin`; none is sent when empty.
    pub origin: String,
}

impl Browser {
    /// A browser that nobody has signed in with.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { address, client, cookie: None, origin: format!("http://{address}") }
    }

    /// The same browser after another person's sign-in.
    ///
    /// # Panics
    /// When the sign-in is refused.
    #[must_use]
    pub async fn signed_in(&self, email: &str, password: &str) -> Self {
        let mut browser = Self { cookie: None, ..self.clone() };
        let answer =
            browser.post("/api/v1/sign-in", &serde_json::json!({ "email": email, "password": password })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        browser.take_cookie(&answer);
        browser
    }

    /// Keeps the cookie of an answer.
    pub fn take_cookie(&mut self, answer: &Answer) {
        let set = answer.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        if let Some(pair) = set.and_then(|value| value.split(';').next()) {
            self.cookie = Some(pair.to_owned());
        }
    }

    fn head(&self, method: Method, path: &str) -> http::request::Builder {
        let mut builder = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        if let Some(cookie) = &self.cookie {
            builder = builder.header(header::COOKIE, cookie);
        }
        if !self.origin.is_empty() {
            builder = builder.header(header::ORIGIN, &self.origin);
        }
        builder
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, &[]).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body), &[]).await
    }

    /// Any method, with further headers.
    ///
    /// # Panics
    /// When no whole answer comes within 60 seconds.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>, more: &[(&str, &str)]) -> Answer {
        let kind = ("content-type", "application/json");
        let more: Vec<_> = body.map(|_| kind).into_iter().chain(more.iter().copied()).collect();
        self.send(method, path, Bytes::from(body.map(Value::to_string).unwrap_or_default()), &more).await
    }

    /// Any method with any bytes.
    ///
    /// # Panics
    /// When no whole answer comes within 60 seconds.
    pub async fn send(&self, method: Method, path: &str, bytes: Bytes, headers: &[(&str, &str)]) -> Answer {
        let mut builder = self.head(method, path);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let request = builder.body(Full::new(bytes)).expect("a request of the test");
        let whole = async {
            let response = self.client.request(request).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, 16 << 20).collect().await.expect("a whole body").to_bytes();
            Answer { status: parts.status, headers: parts.headers, body }
        };
        tokio::time::timeout(Duration::from_secs(60), whole).await.expect("an answer within a minute")
    }

    /// GET whose body is read by the caller, piece by piece.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn stream(&self, path: &str) -> (StatusCode, Incoming) {
        self.stream_with(path, &[]).await
    }

    /// The same with further headers.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn stream_with(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, Incoming) {
        let mut builder = self.head(Method::GET, path);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let request = builder.body(Full::new(Bytes::new())).expect("a request of the test");
        let response = self.client.request(request).await.expect("an answer");
        (response.status(), response.into_body())
    }

    /// Asks for a WebSocket. `Err` is the refusal.
    ///
    /// # Errors
    /// Any answer but 101.
    ///
    /// # Panics
    /// When the connection breaks.
    pub async fn websocket(&self, path: &str) -> Result<crate::ws::WebSocket, Answer> {
        let socket = TcpStream::connect(self.address).await.expect("a connection");
        let (mut send, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.expect("a connection");
        tokio::spawn(connection.with_upgrades());
        let request = self
            .head(Method::GET, path)
            .header(header::HOST, self.address.to_string())
            .header(header::UPGRADE, "websocket")
            .header(header::CONNECTION, "Upgrade")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==")
            .header(header::SEC_WEBSOCKET_PROTOCOL, "binary")
            .body(Full::new(Bytes::new()))
            .expect("a request of the test");
        let mut response = send.send_request(request).await.expect("an answer");
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let upgraded = hyper::upgrade::on(&mut response).await.expect("an upgrade");
            return Ok(crate::ws::WebSocket::new(TokioIo::new(upgraded)));
        }
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Err(Answer { status: parts.status, headers: parts.headers, body })
    }
}
