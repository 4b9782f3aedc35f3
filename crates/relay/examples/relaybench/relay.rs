//! Our side: the product's stream, handshake and session behind a bare upgrade.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use nexus_net::stream::Stream;
use nexus_relay::{Browser, EndSignal, Options, Session, authenticate};
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::tls;

struct Sides {
    console: SocketAddr,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

pub(crate) async fn run(dir: &str, console: &str) -> io::Result<()> {
    let dir = Path::new(dir);
    let console = console.parse().map_err(io::Error::other)?;
    let sides = Arc::new(Sides { console, server: tls::server(dir)?, client: tls::client(dir)? });
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse().map_err(io::Error::other)?)?;
    let listener: TcpListener = socket.listen(4096)?;
    println!("listening {}", listener.local_addr()?);
    loop {
        let (sock, _) = listener.accept().await?;
        let sides = Arc::clone(&sides);
        tokio::spawn(async move {
            if let Ok(session) = open(sock, &sides).await {
                // A task of its own: the opening's larger future is freed.
                tokio::spawn(session.run(EndSignal::new()));
            }
        });
    }
}

async fn open(sock: TcpStream, sides: &Sides) -> io::Result<Session> {
    sock.set_nodelay(true)?;
    let mut browser = Stream::accept(sock, Arc::clone(&sides.server)).await?;
    head(&mut browser).await?;
    let sock = TcpStream::connect(sides.console).await?;
    sock.set_nodelay(true)?;
    let mut upstream = Stream::connect(sock, Arc::clone(&sides.client), tls::name()).await?;
    upstream.write_all(b"GET /x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n").await?;
    upstream.flush().await?;
    head(&mut upstream).await?;
    let upstream = authenticate(upstream, b"PASSWORD").await.map_err(io::Error::other)?;
    browser.write_all(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n").await?;
    browser.flush().await?;
    let options = Options { view_only: false, clipboard_in: true, clipboard_out: true, ..Options::default() };
    Ok(Session::new(Browser::new(browser), upstream, options))
}

/// Reads an HTTP head; what follows it stays in the stream.
async fn head(stream: &mut Stream) -> io::Result<()> {
    let mut seen = Vec::new();
    loop {
        let mut bytes = [0; 2048];
        let read = stream.read(&mut bytes).await?;
        if read == 0 || seen.len() > 8 << 10 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        seen.extend_from_slice(&bytes[..read]);
        if let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
            stream.unread(&seen[end + 4..]);
            return Ok(());
        }
    }
}
