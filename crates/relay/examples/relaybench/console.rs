//! The fake PVE console: answers any upgrade, speaks RFB as far as a session needs, then does what it is told.

use std::io;
use std::path::Path;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::wire::{BINARY, ECHO, FRAME, MESSAGE, SINK, STREAM, Ws, discard, frame};
use crate::{Args, tls};

type Console = Ws<TlsStream<TcpStream>>;

pub(crate) async fn run(args: &Args) -> io::Result<()> {
    let acceptor = TlsAcceptor::from(tls::server(Path::new(args.text("dir")?))?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening {}", listener.local_addr()?);
    loop {
        let (sock, _) = listener.accept().await?;
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A connection that ends is how every run ends.
            let _ = serve(sock, &acceptor).await;
        });
    }
}

async fn serve(sock: TcpStream, acceptor: &TlsAcceptor) -> io::Result<()> {
    sock.set_nodelay(true)?;
    let mut console = Ws::new(acceptor.accept(sock).await?, false);
    console.head().await?;
    console.raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n").await?;
    console.send(b"RFB 003.008\n").await?;
    console.take(12).await?;
    console.send(&[1, 2]).await?;
    console.take(1).await?;
    console.send(&[7; 16]).await?;
    console.take(16).await?;
    console.send(&[0; 4]).await?;
    console.take(1).await?;
    let mut init = vec![2, 208, 1, 144, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 5];
    init.extend_from_slice(b"bench");
    console.send(&init).await?;
    loop {
        let told = console.take(10).await?;
        let kind = u16::from_be_bytes([told[2], told[3]]);
        let bytes = u64::from(u32::from_be_bytes([told[6], told[7], told[8], told[9]])) << 10;
        match kind {
            STREAM => stream(&mut console, bytes).await?,
            SINK => return discard(console.io.get_ref().get_ref().0, bytes).await,
            ECHO => loop {
                let message = console.take(MESSAGE).await?;
                console.send(&message).await?;
            },
            _ => return Err(io::Error::other("an unknown command")),
        }
    }
}

/// Sends `bytes` in frames as pveproxy makes them, many at a time.
async fn stream(console: &mut Console, bytes: u64) -> io::Result<()> {
    let picture: Vec<u8> = (0..FRAME).map(|i| (i % 251) as u8).collect();
    let many = frame(BINARY, false, &picture).repeat(16);
    let mut left = bytes;
    while left > 0 {
        let now = left.min((16 * FRAME) as u64);
        let frames = now.div_ceil(FRAME as u64) as usize;
        console.io.write_all(&many[..many.len() / 16 * frames]).await?;
        left -= now;
    }
    console.io.flush().await
}
