//! The few bytes of HTTP, WebSocket and RFB that the two ends need.

use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, Interest};
use tokio::net::TcpStream;

pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;
/// Payload of the frames that carry bulk bytes.
pub(crate) const FRAME: usize = 16 << 10;
/// Length of the messages that are echoed.
pub(crate) const MESSAGE: usize = 64;

/// What the load asks of the console, in the `x` of an update request; the amount in KiB stands in `w` and `h`.
pub(crate) const STREAM: u16 = 1;
/// The console throws away what it gets until it is this much, and closes.
pub(crate) const SINK: u16 = 2;
/// The console sends back what it gets.
pub(crate) const ECHO: u16 = 3;

/// FramebufferUpdateRequest as a command: every filter passes it.
pub(crate) fn command(kind: u16, kib: u32) -> [u8; 10] {
    let ([a, b], [c, d, e, f]) = (kind.to_be_bytes(), kib.to_be_bytes());
    [3, 0, a, b, 0, 0, c, d, e, f]
}

/// What a browser masks with: never zero, as that would be less work for whoever unmasks.
const MASK: [u8; 4] = [0x5c, 0x91, 0x3a, 0xe7];

/// A frame, masked when a client sends it.
pub(crate) fn frame(opcode: u8, client: bool, payload: &[u8]) -> Vec<u8> {
    let mask = u8::from(client) << 7;
    let mut out = vec![0x80 | opcode];
    match u16::try_from(payload.len()) {
        Ok(len @ 0..126) => out.push(mask | len as u8),
        Ok(len) => {
            out.push(mask | 126);
            out.extend_from_slice(&len.to_be_bytes());
        }
        Err(_) => {
            out.push(mask | 127);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    if client {
        out.extend_from_slice(&MASK);
    }
    let key = if client { MASK } else { [0; 4] };
    out.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    out
}

/// One end of a WebSocket over `S`.
pub(crate) struct Ws<S> {
    pub(crate) io: BufReader<S>,
    client: bool,
    /// Payload that was read and not asked for yet.
    rest: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Ws<S> {
    pub(crate) fn new(io: S, client: bool) -> Self {
        Self { io: BufReader::with_capacity(32 << 10, io), client, rest: Vec::new() }
    }

    /// Reads an HTTP head, up to its empty line.
    pub(crate) async fn head(&mut self) -> io::Result<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.io.read_u8().await?);
            if head.len() > 8 << 10 {
                return Err(io::Error::other("the head is too long"));
            }
        }
        String::from_utf8(head).map_err(io::Error::other)
    }

    pub(crate) async fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.io.write_all(bytes).await?;
        self.io.flush().await
    }

    pub(crate) async fn send(&mut self, payload: &[u8]) -> io::Result<()> {
        let frame = frame(BINARY, self.client, payload);
        self.raw(&frame).await
    }

    /// The next frame's opcode and payload; pings are answered on the way.
    pub(crate) async fn frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        loop {
            let first = self.io.read_u8().await?;
            let second = self.io.read_u8().await?;
            let len = match second & 0x7f {
                126 => u64::from(self.io.read_u16().await?),
                127 => self.io.read_u64().await?,
                short => u64::from(short),
            };
            let mut mask = [0; 4];
            if second & 0x80 != 0 {
                self.io.read_exact(&mut mask).await?;
            }
            let mut payload = vec![0; usize::try_from(len).map_err(io::Error::other)?];
            self.io.read_exact(&mut payload).await?;
            if mask != [0; 4] {
                payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
            }
            match first & 0x0f {
                PING => {
                    let pong = frame(PONG, self.client, &payload);
                    self.raw(&pong).await?;
                }
                PONG => {}
                CLOSE => return Err(ErrorKind::ConnectionAborted.into()),
                opcode => return Ok((opcode, payload)),
            }
        }
    }

    /// Exactly `len` bytes of payload, whatever frames they come in.
    pub(crate) async fn take(&mut self, len: usize) -> io::Result<Vec<u8>> {
        while self.rest.len() < len {
            let (_, payload) = self.frame().await?;
            self.rest.extend_from_slice(&payload);
        }
        let rest = self.rest.split_off(len);
        Ok(std::mem::replace(&mut self.rest, rest))
    }
}

/// Throws away what comes on `sock`, without copying or decrypting it, until it is `amount` bytes or the end.
///
/// The ends must be cheaper than the relay between them, or they would be what is measured.
pub(crate) async fn discard(sock: &TcpStream, mut amount: u64) -> io::Result<()> {
    let mut space = vec![MaybeUninit::uninit(); 1 << 20];
    while amount > 0 {
        sock.readable().await?;
        let read = sock.try_io(Interest::READABLE, || SockRef::from(sock).recv_with_flags(&mut space, libc::MSG_TRUNC));
        match read {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => amount = amount.saturating_sub(read as u64),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
