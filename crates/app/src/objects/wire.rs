//! The way to a bucket: HTTP/1.1 over a connection of its own for each call, with Nexus' own TLS. No proxy from the
//! environment, no redirects: a bucket is where the settings say.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderValue, header};
use http_body_util::{BodyExt, Limited};
use hyper_util::rt::TokioIo;
use nexus_net::stream::Stream;
use nexus_net::tls::{PolicyError, TlsPolicy};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};
use rustls::ClientConfig;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;

/// For one try.
const PATIENCE: Duration = Duration::from_secs(8);
/// The largest answer: an object is a picture of at most some MiB, a list has at most 1,000 names.
const MAX_ANSWER_BYTES: usize = 16 << 20;

/// Makes connections.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    tls: Arc<ClientConfig>,
}

impl Wire {
    pub(super) fn new(extra_roots: Vec<CertificateDer<'static>>) -> Result<Self, PolicyError> {
        Ok(Self { tls: TlsPolicy::Verify { extra_roots }.client_config()? })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (mut parts, body) = request.into_parts();
        let secure = parts.uri.scheme_str() == Some("https");
        let host = parts.uri.host().ok_or_else(|| refused("the address has no host"))?.to_owned();
        let name = host.trim_matches(['[', ']']).to_owned();
        let port = parts.uri.port_u16();
        let dialed = (name.as_str(), port.unwrap_or(if secure { 443 } else { 80 }));
        let socket = TcpStream::connect(dialed).await.map_err(|error| failed(HttpErrorKind::Connect, error))?;
        let stream = if secure {
            let name = ServerName::try_from(name).map_err(|error| failed(HttpErrorKind::Unknown, error))?;
            let stream = Stream::connect(socket, Arc::clone(&self.tls), name).await;
            stream.map_err(|error| failed(HttpErrorKind::Connect, error))?
        } else {
            Stream::plain(socket)
        };
        if !parts.headers.contains_key(header::HOST) {
            let authority = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
            let host = HeaderValue::from_str(&authority).map_err(|error| failed(HttpErrorKind::Unknown, error))?;
            parts.headers.insert(header::HOST, host);
        }
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = path.parse().map_err(|error| failed(HttpErrorKind::Unknown, error))?;
        let begun = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = begun.map_err(|error| failed(HttpErrorKind::Connect, error))?;
        let connection = tokio::spawn(connection);
        let answer = sender.send_request(HttpRequest::from_parts(parts, body)).await;
        let (head, body) = answer.map_err(|error| failed(HttpErrorKind::Request, error))?.into_parts();
        let whole = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
        connection.abort();
        let body = whole.map_err(|error| HttpError::new_boxed(HttpErrorKind::Interrupted, error))?.to_bytes();
        Ok(HttpResponse::from_parts(head, HttpResponseBody::from(body)))
    }
}

fn failed(kind: HttpErrorKind, error: impl std::error::Error + Send + Sync + 'static) -> HttpError {
    HttpError::new(kind, error)
}

fn refused(why: &'static str) -> HttpError {
    failed(HttpErrorKind::Unknown, std::io::Error::other(why))
}

#[async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let sent = tokio::time::timeout(PATIENCE, self.send(request)).await;
        sent.unwrap_or_else(|late| Err(failed(HttpErrorKind::Timeout, late)))
    }
}

impl HttpConnector for Wire {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}
