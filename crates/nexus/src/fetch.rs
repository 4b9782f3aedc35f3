//! One HTTP request over a connection of its own, for the few that Nexus asks seldom: a collector of traces, a certificate
//! authority. Follows nothing and keeps nothing open.

use std::sync::Arc;

use http::header;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use nexus_net::stream::Stream;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;

/// Why there is no answer.
pub(crate) type FetchError = Box<dyn std::error::Error + Send + Sync>;

/// Sends `request`, whose URI is whole, over TLS where `tls` says how; reads at most `most` bytes of the answer.
pub(crate) async fn fetch(
    tls: Option<&Arc<ClientConfig>>,
    request: http::Request<Bytes>,
    most: usize,
) -> Result<http::Response<Bytes>, FetchError> {
    let (mut parts, body) = request.into_parts();
    let host = parts.uri.host().ok_or("the address has no host")?.to_owned();
    let name = host.trim_matches(['[', ']']).to_owned();
    let usual = if tls.is_some() { 443 } else { 80 };
    let port = parts.uri.port_u16().unwrap_or(usual);
    let socket = TcpStream::connect((name.as_str(), port)).await?;
    let stream = match tls {
        Some(tls) => Stream::connect(socket, Arc::clone(tls), ServerName::try_from(name)?).await?,
        None => Stream::plain(socket),
    };
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let authority = if port == usual { host } else { format!("{host}:{port}") };
    parts.headers.insert(header::HOST, authority.parse()?);
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    parts.uri = path;
    let answer = sender.send_request(http::Request::from_parts(parts, Full::new(body))).await?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, most).collect().await?.to_bytes();
    connection.abort();
    Ok(http::Response::from_parts(head, body))
}
