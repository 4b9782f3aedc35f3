//! One signed POST to one address, bounded in time and size. Follows no redirect, and connects to nothing that the guard
//! has not seen: what was resolved is what is connected to.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use nexus_model::Micros;
use nexus_net::dial::{DialError, Dialer, Target};
use nexus_net::guard::Guard;
use nexus_net::host::Host;
use nexus_net::tls::TlsPolicy;
use rustls::ClientConfig;
use sha2::Sha256;

use super::WebhookConfig;
use super::address::Address;

/// How long the body of an answer may take.
const BODY_PATIENCE: Duration = Duration::from_secs(2);
/// How much of an answer is read.
const ANSWER: usize = 4 << 10;
/// The largest head of an answer.
const HEAD: usize = 16 << 10;
/// How much of an answer is kept, in characters.
const SHOWN: usize = 200;
/// The setting that lets webhooks lead elsewhere.
const SETTING: &str = "NEXUS_WEBHOOK_ALLOW_NETWORKS";

/// What was answered: the status, and the beginning of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

/// Calls addresses.
pub(super) struct Caller {
    /// For https.
    public: Dialer,
    /// For http.
    listed: Dialer,
    /// Whether plain HTTP leads anywhere.
    has_list: bool,
    /// `None` where no root certificate is trusted.
    tls: Option<Arc<ClientConfig>>,
    /// For everything together.
    patience: Duration,
}

impl Caller {
    pub(super) fn new(config: WebhookConfig) -> Self {
        let WebhookConfig { guard, roots, resolver, patience } = config;
        let has_list = !guard.allow.is_empty();
        let tls = TlsPolicy::Verify { extra_roots: roots }.client_config();
        if let Err(error) = &tls {
            tracing::warn!(%error, "webhooks over https cannot be called");
        }
        Self {
            public: Dialer::with_resolver(Guard::public(guard.clone()), None, resolver.clone()),
            listed: Dialer::with_resolver(Guard::listed(guard), None, resolver),
            has_list,
            tls: tls.ok(),
            patience,
        }
    }

    fn dialer(&self, address: &Address) -> &Dialer {
        if address.https { &self.public } else { &self.listed }
    }

    /// What can be said of an address before it is called: names are resolved only then, and looked at once more.
    ///
    /// # Errors
    /// Why it may not be called, for people.
    pub(super) fn may_lead_to(&self, address: &Address) -> Result<(), String> {
        if !address.https && !self.has_list {
            return Err(format!("must begin with https:// (plain http needs the setting {SETTING})"));
        }
        let guard = self.dialer(address).guard();
        if !guard.allows_port(address.port) {
            return Err("must not name a port of another protocol than HTTP".into());
        }
        match address.host {
            Host::Ip(ip) => guard.check((ip, address.port).into()).map_err(|_| refused()),
            Host::Name(_) => Ok(()),
        }
    }

    /// Sends `body` under the message's id and waits for the answer.
    ///
    /// # Errors
    /// Why there is none, for people. Names no address: who enters a name does not learn where it leads.
    pub(super) async fn call(
        &self,
        address: &Address,
        id: &str,
        secret: &[u8],
        body: &str,
        now: Micros,
    ) -> Result<Answer, String> {
        let request = request(address, id, secret, body, now).ok_or("the address cannot be called")?;
        let calling = async {
            if address.https {
                let tls = self.tls.clone().ok_or("no root certificate is trusted on this machine")?;
                let target =
                    Target { host: address.host.clone(), port: address.port, tls, connect_timeout: self.patience };
                let dialed = self.public.dial(&target).await.map_err(|error| words(&error))?;
                exchange(TokioIo::new(dialed.stream), request).await
            } else {
                let dialed = self.listed.connect(&address.host, address.port, self.patience).await;
                let (sock, _) = dialed.map_err(|error| words(&error))?;
                exchange(TokioIo::new(sock), request).await
            }
        };
        match tokio::time::timeout(self.patience, calling).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer within {:?}", self.patience)),
        }
    }
}

fn refused() -> String {
    format!("must lead to a public address; others need the setting {SETTING}")
}

/// A failure, without the address that a name resolved to.
fn words(error: &DialError) -> String {
    match error {
        DialError::Resolve { .. } => "the name cannot be resolved".into(),
        DialError::Refused(_) | DialError::PortRefused { .. } => format!("not called: the address {}", refused()),
        DialError::Connect { kind, .. } => format!("no connection: {kind}"),
        DialError::Proxy { .. } => "no connection".into(),
        DialError::Tls { problem, .. } => format!("TLS: {problem}"),
        DialError::Timeout { stage, after } => format!("no answer within {after:?} ({stage})"),
    }
}

/// The request, signed as Standard Webhooks has it: HMAC-SHA256 over `id.timestamp.body`.
fn request(address: &Address, id: &str, secret: &[u8], body: &str, now: Micros) -> Option<Request<Full<Bytes>>> {
    let timestamp = now.0.div_euclid(1_000_000);
    Request::post(&address.path)
        .header(header::HOST, address.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("Nexus/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature(id, timestamp, body, secret)?)
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
        .ok()
}

/// `v1,` and the MAC in base64.
pub(super) fn signature(id: &str, timestamp: i64, body: &str, secret: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Answer, String>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let broken = |_: hyper::Error| "the connection broke, or the answer is not HTTP".to_owned();
    let (mut sender, connection) = http1::Builder::new().max_buf_size(HEAD).handshake(stream).await.map_err(broken)?;
    let mut connection = pin!(connection);
    let mut talk = pin!(async move {
        let response = sender.send_request(request).await.map_err(broken)?;
        let status = response.status().as_u16();
        // What is longer, slow or breaks off does not matter: the status counts.
        let (mut body, mut bytes) = (response.into_body(), Vec::new());
        let _slow = tokio::time::timeout(BODY_PATIENCE, async {
            while let Some(Ok(frame)) = body.frame().await {
                bytes.extend(frame.into_data().unwrap_or_default().into_iter().take(ANSWER - bytes.len()));
                if bytes.len() == ANSWER {
                    break;
                }
            }
        })
        .await;
        Ok(Answer { status, text: shown(&bytes) })
    });
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            answer = &mut talk => return answer,
            _ = &mut connection, if open => open = false,
        }
    }
}

/// The beginning of an answer, as one line for people.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let plain: String = text.chars().map(|c| if c.is_control() || is_turning(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(SHOWN).collect()
}

/// Characters that turn the direction of text.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
