//! One connection, plain or TLS, that speaks HTTP through hyper and is then taken over whole by a relay's pump.
//!
//! One concrete type for both legs and both kinds of wire, so that the pump is written once and tests over plain TCP
//! run the same code. The TLS side is rustls' unbuffered API: only an incomplete record, plain text nobody has taken
//! and bytes the socket has not taken belong to a connection; the big buffers belong to the thread (`turn`).
//!
//! It must never hold more than about [`BIG`] bytes each way, never send anything sealed later before what the
//! connection itself has to say (key update, alert), and never be read and written from two tasks: each direction
//! keeps one waker.

mod turn;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::UnbufferedServerConnection;
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

pub use turn::{BIG, Sealer, TurnError};
use wire::Wire;

/// What may lie undiscarded before rustls: the longest handshake message (64 KiB) and one record.
const PART_MAX: usize = 96 << 10;

/// How the peer's side of a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerEnd {
    /// By its close_notify, or by the end of a plain connection.
    Clean,
    /// TLS without close_notify: PVE does so always; on HTTP it may be a truncation.
    Cut,
}

/// A TCP connection, plain or under TLS as server or client.
///
/// For hyper it is `AsyncRead + AsyncWrite`; a relay moves bytes with [`Stream::poll_turn`] instead. Both halves must
/// be driven by one task.
pub struct Stream {
    sock: TcpStream,
    wire: Wire,
    /// Incoming bytes that are not done with: an incomplete record, or a split handshake message.
    part: Vec<u8>,
    /// Opened plain text that nobody has taken yet.
    plain: BytesMut,
    /// Bytes for the wire that the socket has not taken yet.
    unsent: BytesMut,
    ended: Option<PeerEnd>,
    close_said: bool,
    /// A TLS error has happened. What rustls remembers does not fit `part` any more: it must not be called again.
    broken: bool,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("peer", &self.sock.peer_addr().ok())
            .field("tls", &self.is_tls())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl Stream {
    fn new(sock: TcpStream, wire: Wire) -> Self {
        Self {
            sock,
            wire,
            part: Vec::new(),
            plain: BytesMut::new(),
            unsent: BytesMut::new(),
            ended: None,
            close_said: false,
            broken: false,
        }
    }

    /// A connection without TLS.
    pub fn plain(sock: TcpStream) -> Self {
        Self::new(sock, Wire::Plain)
    }

    /// Does the server's side of a TLS handshake. The caller bounds the time.
    ///
    /// # Errors
    /// The socket's, or `InvalidData` with a [`rustls::Error`] inside; the peer has been sent the alert then.
    pub async fn accept(sock: TcpStream, config: Arc<ServerConfig>) -> io::Result<Self> {
        let conn = UnbufferedServerConnection::new(config).map_err(io::Error::other)?;
        Self::new(sock, Wire::Server(Box::new(conn))).handshake().await
    }

    /// Does the client's side of a TLS handshake. The caller bounds the time.
    ///
    /// # Errors
    /// As for [`Stream::accept`]; a refused certificate is a [`rustls::Error::InvalidCertificate`] inside.
    pub async fn connect(sock: TcpStream, config: Arc<ClientConfig>, name: ServerName<'static>) -> io::Result<Self> {
        let conn = UnbufferedClientConnection::new(config, name).map_err(io::Error::other)?;
        Self::new(sock, Wire::Client(Box::new(conn))).handshake().await
    }

    async fn handshake(mut self) -> io::Result<Self> {
        loop {
            let opened = self.open_part();
            // Also after an error: what stands here is the alert that says why.
            let sent = poll_fn(|cx| self.poll_drain(cx)).await;
            opened?;
            sent?;
            if self.wire.ready(&mut self.part) {
                if self.part.is_empty() {
                    self.part = Vec::new();
                }
                return Ok(self);
            }
            if self.ended.is_some() || self.sock.read_buf(&mut self.part).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Opens what lies in `part` into `plain`.
    fn open_part(&mut self) -> io::Result<()> {
        let Self { wire, part, plain, unsent, .. } = self;
        let opened = wire.open(part, unsent, &mut |bytes| {
            plain.extend_from_slice(bytes);
            Ok(())
        })?;
        part.drain(..opened.used);
        if opened.closed {
            self.ended = Some(PeerEnd::Clean);
        }
        if self.part.len() > PART_MAX {
            return Err(io::Error::new(ErrorKind::InvalidData, "a handshake message is too long"));
        }
        Ok(())
    }

    /// The protocol chosen by ALPN (RFC 7301).
    pub fn alpn(&self) -> Option<&[u8]> {
        self.wire.alpn()
    }

    /// Whether this connection is encrypted.
    pub fn is_tls(&self) -> bool {
        !matches!(self.wire, Wire::Plain)
    }

    /// The address of the other end.
    ///
    /// # Errors
    /// The socket's, when it is not connected any more.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.sock.peer_addr()
    }

    /// The certificate of the peer itself, when it sent one.
    pub fn peer_certificate(&self) -> Option<CertificateDer<'static>> {
        self.wire.peer_certificate()
    }

    /// Puts back plain text that was read too far: it comes first at the next read.
    pub fn unread(&mut self, bytes: &[u8]) {
        if self.plain.is_empty() {
            self.plain.extend_from_slice(bytes);
        } else {
            let later = std::mem::replace(&mut self.plain, BytesMut::from(bytes));
            self.plain.extend_from_slice(&later);
        }
    }

    /// How the peer has ended its side, if it has. Bytes it sent before may still wait to be read.
    pub fn peer_end(&self) -> Option<PeerEnd> {
        self.ended
    }

    /// Bytes that the socket has not taken yet.
    pub fn unsent(&self) -> usize {
        self.unsent.len()
    }

    /// Asks for new keys for this direction; they come with the next bytes. For long connections and tests.
    pub fn renew_keys(&mut self) {
        self.wire.renew_keys(&mut self.part);
    }

    /// Writes until nothing is unsent.
    ///
    /// # Errors
    /// The socket's.
    pub fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let taken = ready!(Pin::new(&mut self.sock).poll_write(cx, &self.unsent))?;
            if taken == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            self.unsent.advance(taken);
        }
        self.unsent = BytesMut::new();
        Poll::Ready(Ok(()))
    }

    /// Writes what the socket takes at once and keeps the rest.
    fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() && self.unsent.is_empty() {
            match self.sock.try_write(bytes) {
                Ok(taken) => bytes = &bytes[taken..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        self.unsent.extend_from_slice(bytes);
        Ok(())
    }

    /// Says the connection's own words (key update, alert) as far as the socket takes them now.
    fn send_own(&mut self) -> io::Result<()> {
        if self.unsent.is_empty() {
            return Ok(());
        }
        let own = std::mem::take(&mut self.unsent);
        self.send(&own)
    }

    /// Appends close_notify (RFC 8446 section 6.1) to what is unsent, the first time.
    fn say_close(&mut self) {
        if !self.close_said && !self.broken {
            self.close_said = true;
            self.wire.close_notify(&mut self.part, &mut self.unsent);
        }
    }

    /// Ends our side properly: unsent bytes, close_notify, end of TCP. The caller bounds the time.
    ///
    /// # Errors
    /// The socket's.
    pub async fn close(&mut self) -> io::Result<()> {
        poll_fn(|cx| Pin::new(&mut *self).poll_shutdown(cx)).await
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.unsent.is_empty() {
            // Somebody who only reads must still get the connection's own words out; whether they go is for the
            // writer to say.
            let _ = this.poll_drain(cx)?;
        }
        while this.plain.is_empty() {
            match this.ended {
                Some(PeerEnd::Clean) => return Poll::Ready(Ok(())),
                Some(PeerEnd::Cut) => return Poll::Ready(Err(ErrorKind::UnexpectedEof.into())),
                None => {}
            }
            let mut plain = BytesMut::new();
            let read = this.poll_fill(cx, &mut |bytes| {
                plain.extend_from_slice(bytes);
                Ok(())
            });
            this.plain = plain;
            ready!(read)?;
        }
        let taken = this.plain.len().min(buf.remaining());
        buf.put_slice(&this.plain[..taken]);
        this.plain.advance(taken);
        if this.plain.is_empty() {
            this.plain = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_drain(cx))?;
        let now = &data[..data.len().min(BIG)];
        this.write(now)?;
        Poll::Ready(Ok(now.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_drain(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.say_close();
        ready!(this.poll_drain(cx))?;
        Pin::new(&mut this.sock).poll_shutdown(cx)
    }
}
