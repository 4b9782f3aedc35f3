//! Opening a guest's console: `vncproxy` and the WebSocket upgrade on one connection.
//!
//! Both calls must reach the same host (PVE-FACTS 4.1), so they go over one `Line`. Ticket and port never leave this
//! file; the password leaves it only inside [`Console`], which does not print it.

use std::fmt;
use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use nexus_net::stream::Stream;
use serde::Deserialize;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use crate::client::Client;
use crate::error::{Error, ErrorKind, Stage};
use crate::guest::{Guest, Kind};
use crate::lenient;
use crate::line::Line;
use crate::task::Upid;
use crate::wire::{Call, component, guest_path};

/// VNC authentication uses eight bytes (RFC 6143 7.2.2).
const PASSWORD: usize = 8;
/// RFC 6455 1.3.
const ACCEPT_SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A console right after PVE's 101: the next bytes are WebSocket frames with RFB inside.
pub struct Console {
    /// The connection; what came behind the 101 is read first.
    pub stream: Stream,
    /// The password for VNC authentication, at most eight bytes; good for 30 s.
    pub password: Zeroizing<Vec<u8>>,
    /// The task that serves the console.
    pub upid: String,
    /// The address that was really connected to: a proxy's where one was used.
    pub node_address: SocketAddr,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("upid", &self.upid)
            .field("node_address", &self.node_address)
            .finish_non_exhaustive()
    }
}

/// The answer of `vncproxy`. `password` is there since 2026-04, before only with `generate-password` (PVE-8.3-DIFFERENCES
/// rows 25 to 28); `port` is a text.
#[derive(Deserialize)]
struct Proxy {
    #[serde(default, deserialize_with = "secret")]
    ticket: Zeroizing<String>,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
    #[serde(default, deserialize_with = "lenient::count")]
    port: Option<u64>,
    #[serde(default, deserialize_with = "lenient::text")]
    upid: Option<String>,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    Ok(Zeroizing::new(lenient::text(deserializer)?.unwrap_or_default()))
}

impl Proxy {
    /// `password` where there is one, else the ticket's beginning.
    fn vnc_password(&self) -> Zeroizing<Vec<u8>> {
        let source = if self.password.is_empty() { &self.ticket } else { &self.password };
        let bytes = source.as_bytes();
        Zeroizing::new(bytes[..bytes.len().min(PASSWORD)].to_vec())
    }

    fn checked(self) -> Result<Self, Error> {
        let well =
            (1..=4096).contains(&self.ticket.len()) && self.port.is_some_and(|port| (5900..=5999).contains(&port));
        if well { Ok(self) } else { Err(Error::not_pve("the console's ticket or port is missing")) }
    }
}

impl Client {
    /// Opens the console of `guest`, up to the point where RFB begins. The guest should run: PVE opens the console of a
    /// stopped one too and then ends it without a byte. Callers open one console of a guest at a time.
    ///
    /// # Errors
    /// [`Stage::Timeout`] with [`ErrorKind::ConsoleGone`] when PVE never answers the upgrade; else as every call.
    pub async fn vnc_console(&self, guest: Guest<'_>) -> Result<Console, Error> {
        let path = guest_path(guest)?;
        // Containers refuse `generate-password` (PVE-FACTS 0); newer versions ignore it.
        let form = match guest.kind {
            Kind::Qemu => "websocket=1&generate-password=1",
            Kind::Lxc => "websocket=1",
        };
        let (answer, line) = self.open_line(&Call::post(format!("{path}/vncproxy"), form)).await?;
        let attempts = answer.attempts;
        let proxy = answer.data::<Proxy>()?.checked()?;
        let node_address = line.address();
        let limit = self.timeouts().upgrade;
        let stream = tokio::time::timeout(limit, upgrade(line, &path, &proxy)).await.map_err(|_| Error {
            stage: Stage::Timeout,
            kind: ErrorKind::ConsoleGone { after: limit },
            attempts,
        })??;
        let upid = proxy.upid.as_deref().and_then(|upid| upid.parse::<Upid>().ok());
        let password = proxy.vnc_password();
        Ok(Console { stream, password, upid: upid.map_or_else(String::new, |upid| upid.to_string()), node_address })
    }
}

async fn upgrade(line: Line, path: &str, proxy: &Proxy) -> Result<Stream, Error> {
    let key = STANDARD.encode(rand::random::<[u8; 16]>());
    let port = proxy.port.unwrap_or_default();
    let call = Call::get(format!("{path}/vncwebsocket?port={port}&vncticket={}", component(&proxy.ticket)));
    let headers = [
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", key.as_str()),
        ("sec-websocket-protocol", "binary"),
    ];
    let (answer, stream) = line.upgrade(&call, &headers).await?;
    check(&answer.headers, &key)?;
    Ok(stream)
}

/// RFC 6455 4.1: the answer belongs to our key, and promises nothing that was not asked.
fn check(headers: &HeaderMap, key: &str) -> Result<(), Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if !text("upgrade").is_some_and(|value| value.eq_ignore_ascii_case("websocket")) {
        return Err(Error::not_pve("the connection was upgraded to something else than a WebSocket"));
    }
    let expected = STANDARD.encode(Sha1::digest(format!("{key}{ACCEPT_SUFFIX}")));
    if text("sec-websocket-accept") != Some(expected.as_str()) {
        return Err(Error::not_pve("the WebSocket's answer does not belong to the request"));
    }
    if headers.contains_key("sec-websocket-extensions") {
        return Err(Error::not_pve("the WebSocket has an extension that was not asked for"));
    }
    match text("sec-websocket-protocol") {
        None | Some("binary") => Ok(()),
        Some(_) => Err(Error::not_pve("the WebSocket has another sub-protocol")),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn proxy(json: &str) -> Proxy {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_password_comes_from_its_field_or_from_the_ticket() {
        let new =
            proxy(r#"{"ticket":"0M20)'\\D:PVEVNC:6B015201::N33","password":"0M20)'\\D","port":"5900","upid":"x"}"#);
        assert_eq!(new.vnc_password().as_slice(), b"0M20)'\\D");
        let old = proxy(r#"{"ticket":"PVEVNC:6B015201::N33","port":5901}"#);
        assert_eq!(old.vnc_password().as_slice(), b"PVEVNC:6");
        let long = proxy(r#"{"ticket":"x","password":"123456789","port":5901}"#);
        assert_eq!(long.vnc_password().as_slice(), b"12345678");
    }

    #[test]
    fn an_answer_without_ticket_or_port_is_refused() {
        assert!(proxy(r#"{"ticket":"x","port":"5999"}"#).checked().is_ok());
        for json in ["{}", r#"{"ticket":"x"}"#, r#"{"ticket":"x","port":"22"}"#, r#"{"port":"5900"}"#] {
            assert!(proxy(json).checked().is_err(), "{json}");
        }
    }

    #[test]
    fn only_the_answer_to_our_key_is_accepted() {
        // The example of RFC 6455 1.3.
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        let mut headers = HeaderMap::new();
        headers.insert("upgrade", HeaderValue::from_static("WebSocket"));
        headers.insert("sec-websocket-accept", HeaderValue::from_static("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        assert!(check(&headers, key).is_ok());
        assert!(check(&headers, "AAAAAAAAAAAAAAAAAAAAAA==").is_err());
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("binary"));
        assert!(check(&headers, key).is_ok());
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("base64"));
        assert!(check(&headers, key).is_err());
        headers.remove("sec-websocket-protocol");
        headers.insert("sec-websocket-extensions", HeaderValue::from_static("permessage-deflate"));
        assert!(check(&headers, key).is_err());
        assert!(check(&HeaderMap::new(), key).is_err());
    }
}
