//! A web server that keeps what it is sent and answers as it is told to, over TCP or TLS.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::tests::PATIENCE;

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) line: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
}

impl Hit {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reply {
    Status(u16, &'static str),
    Redirect(&'static str),
    /// Nothing, and the connection stays.
    Hang,
    /// A body that has no end.
    Endless,
    /// No HTTP.
    Garbage,
}

struct State {
    hits: watch::Sender<Vec<Hit>>,
    reply: Mutex<Reply>,
    accepted: AtomicUsize,
}

pub(super) struct Listener {
    pub(super) port: u16,
    /// Whom a caller must trust.
    pub(super) roots: Vec<CertificateDer<'static>>,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listener {
    pub(super) async fn plain() -> Self {
        Self::start(None, Vec::new()).await
    }

    /// With a certificate for `name`.
    pub(super) async fn tls(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let certificate = made.cert.der().clone();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        Self::start(Some(TlsAcceptor::from(Arc::new(config))), vec![certificate]).await
    }

    async fn start(tls: Option<TlsAcceptor>, roots: Vec<CertificateDer<'static>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let reply = Mutex::new(Reply::Status(204, ""));
        let state = Arc::new(State { hits: watch::Sender::new(Vec::new()), reply, accepted: AtomicUsize::new(0) });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (sock, _) = listener.accept().await.unwrap();
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    // Who calls may go at any time.
                    let _ = match tls {
                        None => serve(sock, &state).await,
                        Some(tls) => match tls.accept(sock).await {
                            Ok(stream) => serve(stream, &state).await,
                            Err(error) => Err(error),
                        },
                    };
                });
            }
        });
        Self { port, roots, state, task }
    }

    pub(super) fn always(&self, reply: Reply) {
        *self.state.reply.lock().unwrap() = reply;
    }

    pub(super) fn hits(&self) -> Vec<Hit> {
        self.state.hits.borrow().clone()
    }

    /// Waits for the request of this number.
    pub(super) async fn hit(&self, number: usize) -> Hit {
        let mut hits = self.state.hits.subscribe();
        let waited = tokio::time::timeout(PATIENCE, hits.wait_for(|hits| hits.len() > number)).await;
        waited.expect("a request comes").unwrap()[number].clone()
    }

    /// How many connections there were.
    pub(super) fn accepted(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, state: &State) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut headers) = (String::new(), HashMap::new());
    stream.read_line(&mut line).await?;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await?;
        let Some((name, value)) = header.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let hit = Hit { line: line.trim_end().to_owned(), headers, body: String::from_utf8(body).unwrap() };
    state.hits.send_modify(|hits| hits.push(hit));
    let reply = *state.reply.lock().unwrap();
    let answer = match reply {
        Reply::Status(status, text) => {
            format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{text}", text.len())
        }
        Reply::Redirect(to) => format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"),
        Reply::Endless => "HTTP/1.1 200 OK\r\n\r\n".into(),
        Reply::Garbage => "SSH-2.0-x\r\n\r\n".into(),
        Reply::Hang => {
            return std::future::pending().await;
        }
    };
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await?;
    if matches!(reply, Reply::Endless) {
        loop {
            stream.write_all(&[b'x'; 1024]).await?;
            stream.flush().await?;
        }
    }
    stream.shutdown().await
}
