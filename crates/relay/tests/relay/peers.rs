//! A browser and a PVE console made by hand around a real session, over loopback TCP, plain or under TLS.
//!
//! Frames are written and read by code of its own, so that the relay's codec is not checked against itself.

use std::sync::Arc;
use std::time::Duration;

use nexus_net::stream::Stream;
use nexus_relay::{Browser, EndReason, EndSignal, Ended, Options, Session, Stats, authenticate};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// Bounds a test: nothing here takes long unless it hangs.
pub(crate) async fn bounded<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), work).await.expect("the test hangs")
}

pub(crate) async fn tcp() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap());
    let (client, server) = tokio::join!(client, listener.accept());
    let (client, server) = (client.unwrap(), server.unwrap().0);
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    (client, server)
}

fn configs() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

/// (client, server)
pub(crate) async fn pair(tls: bool) -> (Stream, Stream) {
    let (c, s) = tcp().await;
    if !tls {
        return (Stream::plain(c), Stream::plain(s));
    }
    let (server, client) = configs();
    let name = ServerName::try_from("localhost").unwrap();
    let (c, s) = tokio::join!(Stream::connect(c, client, name), Stream::accept(s, server));
    (c.unwrap(), s.unwrap())
}

/// A frame as one end sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) first: u8,
    pub(crate) mask: Option<[u8; 4]>,
    pub(crate) payload: Vec<u8>,
}

/// One end of a WebSocket.
pub(crate) struct Peer {
    pub(crate) stream: Stream,
}

impl Peer {
    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Sends as a server does.
    pub(crate) async fn down(&mut self, payload: &[u8]) {
        let frame = frame(0x82, None, payload);
        self.raw(&frame).await;
    }

    /// Sends as a browser does.
    pub(crate) async fn up(&mut self, payload: &[u8]) {
        let frame = frame(0x82, Some([0xa1, 0x02, 0x37, 0xfe]), payload);
        self.raw(&frame).await;
    }

    /// The next frame; `None` at the end of the connection.
    pub(crate) async fn frame(&mut self) -> Option<Frame> {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).await.ok()?;
        let len = match head[1] & 0x7f {
            126 => u64::from(self.stream.read_u16().await.ok()?),
            127 => self.stream.read_u64().await.ok()?,
            short => u64::from(short),
        };
        let mut mask = None;
        if head[1] & 0x80 != 0 {
            let mut key = [0; 4];
            self.stream.read_exact(&mut key).await.ok()?;
            mask = Some(key);
        }
        let mut payload = vec![0; usize::try_from(len).unwrap()];
        self.stream.read_exact(&mut payload).await.ok()?;
        let key = mask.unwrap_or_default();
        payload.iter_mut().zip(key.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
        Some(Frame { first: head[0], mask, payload })
    }

    /// Payload of the next frame, which must be a whole binary one.
    pub(crate) async fn binary(&mut self) -> Vec<u8> {
        loop {
            let frame = self.frame().await.expect("the connection ended");
            if frame.first == 0x80 | PING {
                continue;
            }
            assert_eq!(frame.first, 0x80 | BINARY, "{frame:?}");
            return frame.payload;
        }
    }

    /// Reads up to the close frame: its code and text. Pings and pictures before it are skipped.
    pub(crate) async fn close(&mut self) -> (u16, String) {
        loop {
            let frame = self.frame().await.expect("the connection ended without a close frame");
            if frame.first == 0x80 | CLOSE {
                let (code, text) = frame.payload.split_first_chunk().expect("a code");
                return (u16::from_be_bytes(*code), String::from_utf8(text.to_vec()).unwrap());
            }
        }
    }

    /// Expects this reason and closes as a browser does.
    pub(crate) async fn told(&mut self, reason: EndReason) {
        assert_eq!(self.close().await, (reason.code(), reason.name().to_owned()));
        let answer = frame(0x80 | CLOSE, Some([0; 4]), &reason.code().to_be_bytes());
        let _ = self.stream.write_all(&answer).await;
        let _ = self.stream.flush().await;
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).await.expect("a proper end");
        assert_eq!(rest, b"", "nothing follows a close frame");
    }

    /// Everything that still comes as binary payload, until the end.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(frame) = self.frame().await {
            if frame.first == 0x80 | BINARY {
                all.extend_from_slice(&frame.payload);
            }
        }
        all
    }
}

/// A frame, masked with `mask`.
pub(crate) fn frame(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let bit = u8::from(mask.is_some()) << 7;
    let mut out = vec![first];
    match payload.len() {
        short @ 0..126 => out.push(bit | short as u8),
        mid @ 126..65_536 => {
            out.push(bit | 126);
            out.extend_from_slice(&(mid as u16).to_be_bytes());
        }
        long => {
            out.push(bit | 127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    if let Some(key) = mask {
        out.extend_from_slice(&key);
    }
    let key = mask.unwrap_or_default();
    out.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    out
}

/// A session with both of its ends in the test's hands.
pub(crate) struct Rig {
    pub(crate) browser: Peer,
    pub(crate) pve: Peer,
    pub(crate) end: EndSignal,
    pub(crate) stats: Arc<Stats>,
    pub(crate) task: JoinHandle<Ended>,
}

pub(crate) fn control() -> Options {
    let first_ping = Duration::from_secs(10);
    Options { view_only: false, clipboard_in: true, clipboard_out: true, first_ping, ..Options::default() }
}

impl Rig {
    /// The session has begun; the browser has said nothing yet.
    pub(crate) async fn begin(options: Options, tls: bool) -> Self {
        Self::with(options, tls, |session| session).await
    }

    pub(crate) async fn with(options: Options, tls: bool, change: impl FnOnce(Session) -> Session) -> Self {
        let (browser, ours) = pair(tls).await;
        let (upstream, pve) = pair(tls).await;
        let (browser, mut pve) = (Peer { stream: browser }, Peer { stream: pve });
        let (entered, ()) = tokio::join!(authenticate(upstream, b"PASSWORD"), let_in(&mut pve));
        let session = change(Session::new(Browser::new(ours), entered.unwrap(), options));
        let (end, stats) = (EndSignal::new(), session.stats());
        let task = tokio::spawn(session.run(end.clone()));
        Self { browser, pve, end, stats, task }
    }

    /// A session that is live.
    pub(crate) async fn live(options: Options) -> Self {
        Self::live_with(options, false, |session| session).await
    }

    pub(crate) async fn live_with(options: Options, tls: bool, change: impl FnOnce(Session) -> Session) -> Self {
        let mut rig = Self::with(options, tls, change).await;
        hello(&mut rig.browser).await;
        assert_eq!(rig.pve.frame().await, Some(Frame { first: 0x82, mask: Some([0; 4]), payload: vec![1] }));
        rig
    }

    /// The session's end: the browser is told `reason`, PVE gets nothing of RFB any more.
    pub(crate) async fn ends(mut self, reason: EndReason) {
        self.browser.told(reason).await;
        let ended = self.task.await.unwrap();
        assert_eq!(ended.reason, reason);
        assert_eq!(self.pve.rest().await, b"", "nothing more reaches PVE");
    }
}

/// The browser's part of the handshake, not shared on purpose.
pub(crate) async fn hello(browser: &mut Peer) {
    assert_eq!(browser.binary().await, b"RFB 003.008\n");
    browser.up(b"RFB 003.008\n").await;
    assert_eq!(browser.binary().await, [1, 1]);
    browser.up(&[1]).await;
    assert_eq!(browser.binary().await, [0; 4]);
    browser.up(&[0]).await;
}

/// PVE's part of the security handshake; takes any password.
pub(crate) async fn let_in(pve: &mut Peer) {
    pve.down(b"RFB 003.008\n").await;
    assert_eq!(pve.binary().await, b"RFB 003.008\n");
    pve.down(&[1, 2]).await;
    assert_eq!(pve.binary().await, [2]);
    pve.down(&[7; 16]).await;
    assert_eq!(pve.binary().await.len(), 16);
    pve.down(&[0; 4]).await;
}
