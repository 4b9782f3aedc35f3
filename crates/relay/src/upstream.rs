//! PVE's leg: the RFB handshake right after PVE's 101, up to the moment when the console has let us in.
//!
//! The password is used here and goes no further. What PVE sent beyond the handshake goes back into the stream, so
//! that the pump begins at a frame border.

use std::io;
use std::time::Duration;

use nexus_net::stream::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::EndReason;
use crate::limits::{AUTHENTICATE, PVE_FRAME};
use crate::rfb::{Handshake, SecurityError};
use crate::ws::{self, FrameError, Header, HeaderReader, Opcode, Peer};

/// PVE's leg, authenticated, waiting for ClientInit.
#[derive(Debug)]
pub struct Upstream {
    pub(crate) stream: Stream,
}

/// Why PVE's console could not be entered.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// PVE did not answer within 10 s.
    #[error("the console did not answer in time")]
    Timeout,
    /// PVE closed; right at the beginning this means that the guest does not run.
    #[error("PVE closed the console")]
    Closed,
    /// The connection failed.
    #[error("the connection failed")]
    Io(#[source] io::Error),
    /// PVE did not send binary WebSocket frames.
    #[error("PVE sent a bad frame")]
    Frame(#[from] FrameError),
    /// The console refused, or does not speak RFB as it should.
    #[error(transparent)]
    Security(#[from] SecurityError),
}

impl HandshakeError {
    /// The reason for the person at the browser.
    pub fn end_reason(&self) -> EndReason {
        match self {
            Self::Timeout => EndReason::ConsoleGone,
            Self::Closed => EndReason::PveClosed,
            Self::Io(_) => EndReason::PveUnreachable,
            Self::Security(SecurityError::AuthFailed(_)) => EndReason::PveAuthFailed,
            Self::Frame(_) | Self::Security(_) => EndReason::PveProtocol,
        }
    }

    /// The password was not taken: somebody else opened this guest in the same moment. To be tried again.
    pub fn is_auth_failed(&self) -> bool {
        matches!(self, Self::Security(SecurityError::AuthFailed(_)))
    }
}

impl From<io::Error> for HandshakeError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

/// Enters PVE's console: RFB 3.8 (3.3 and 3.7 too), VNC authentication or none, until the security result.
///
/// `upstream` is the connection right after the 101. Of `password` eight bytes count. Takes 10 s at most.
///
/// # Errors
/// See [`HandshakeError`]; the connection is closed then.
pub async fn authenticate(upstream: Stream, password: &[u8]) -> Result<Upstream, HandshakeError> {
    within(AUTHENTICATE, upstream, password).await
}

async fn within(limit: Duration, upstream: Stream, password: &[u8]) -> Result<Upstream, HandshakeError> {
    let mut payload = Payload { stream: upstream, raw: Vec::new(), at: 0, left: 0, header: HeaderReader::default() };
    tokio::time::timeout(limit, enter(&mut payload, password)).await.map_err(|_| HandshakeError::Timeout)??;
    Ok(Upstream { stream: payload.into_stream() })
}

async fn enter(payload: &mut Payload, password: &[u8]) -> Result<(), HandshakeError> {
    let mut handshake = Handshake::new(password);
    let mut bytes = Vec::new();
    while let Some(needs) = handshake.needs() {
        payload.read(needs, &mut bytes).await?;
        let mut said = Vec::new();
        let taken = handshake.take(&bytes, &mut said);
        if !said.is_empty() {
            let mut frame = Vec::new();
            ws::frame_up(Opcode::Binary, &said, &mut frame);
            payload.stream.write_all(&frame).await?;
            payload.stream.flush().await?;
        }
        taken?;
    }
    Ok(())
}

/// Reads the payload of PVE's frames, without taking more from the stream than has arrived.
struct Payload {
    stream: Stream,
    /// What was read from the stream; used up to `at`.
    raw: Vec<u8>,
    at: usize,
    /// Payload of the current frame that is still to come.
    left: u64,
    header: HeaderReader,
}

impl Payload {
    /// Reads `len` bytes (1 KiB at most, so says the handshake) into `to`.
    async fn read(&mut self, len: usize, to: &mut Vec<u8>) -> Result<(), HandshakeError> {
        to.clear();
        while to.len() < len {
            if self.at == self.raw.len() {
                self.raw.resize(4096, 0);
                let read = self.stream.read(&mut self.raw).await?;
                self.raw.truncate(read);
                self.at = 0;
                if read == 0 {
                    return Err(HandshakeError::Closed);
                }
            }
            let rest = &self.raw[self.at..];
            if self.left == 0 {
                let (header, used) = self.header.read(rest, Peer::Server, PVE_FRAME)?;
                self.at += used;
                match header {
                    Some(Header { fin: true, opcode: Opcode::Binary, len, .. }) => self.left = len,
                    Some(Header { opcode: Opcode::Close, .. }) => return Err(HandshakeError::Closed),
                    Some(_) => return Err(FrameError::Kind.into()),
                    None => {}
                }
                continue;
            }
            let missing = len - to.len();
            let now = usize::try_from(self.left).map_or(rest.len(), |left| left.min(rest.len())).min(missing);
            to.extend_from_slice(&rest[..now]);
            self.at += now;
            self.left -= now as u64;
        }
        Ok(())
    }

    /// The stream with everything unused put back; the rest of a frame that was begun gets a header of its own.
    fn into_stream(mut self) -> Stream {
        let mut back = self.header.begun().to_vec();
        if self.left > 0 {
            Header::down(Opcode::Binary, self.left).write(&mut back);
        }
        back.extend_from_slice(&self.raw[self.at..]);
        if !back.is_empty() {
            self.stream.unread(&back);
        }
        self.stream
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn a_silent_console_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silent = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (ours, _) = listener.accept().await.unwrap();
        let error = within(Duration::from_millis(20), Stream::plain(ours), b"secret").await.unwrap_err();
        assert!(matches!(error, HandshakeError::Timeout), "{error:?}");
        assert_eq!(error.end_reason(), EndReason::ConsoleGone);
        drop(silent);
    }
}
