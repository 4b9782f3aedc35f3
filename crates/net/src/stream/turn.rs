//! The pump's primitives: one big read, one big write, in buffers that belong to the thread.
//!
//! The buffers are borrowed in synchronous functions only. The callbacks must not touch another [`Stream`] than the
//! one that the [`Sealer`] stands for, and must not run anybody else's code: a second borrow panics.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use tokio::io::{AsyncRead, ReadBuf};

use super::wire::sealed_len;
use super::{PART_MAX, PeerEnd, Stream};

/// What one turn reads at most, in bytes; what waits unsent is about as much at most.
pub const BIG: usize = 256 << 10;
/// What is sealed by one call, so that the room that is asked for stays small.
const PIECE: usize = 64 << 10;

/// A buffer that exists only once somebody on this thread moves bytes. Untouched pages cost nothing.
type Buffer = RefCell<Vec<u8>>;

thread_local! {
    static IN: Buffer = RefCell::new(vec![0; PART_MAX + BIG]);
    static OUT: Buffer = RefCell::new(vec![0; BIG + BIG / 8]);
}

/// Collects what goes to one stream in this turn, sealed, to be written at once.
pub struct Sealer<'a> {
    to: &'a mut Stream,
    out: &'a mut Vec<u8>,
    len: usize,
}

impl Sealer<'_> {
    /// Seals `plain` behind what was put before.
    ///
    /// # Errors
    /// The TLS connection's or the socket's.
    pub fn put(&mut self, plain: &[u8]) -> io::Result<()> {
        if self.to.broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        for piece in plain.chunks(PIECE) {
            if self.out.len() - self.len < sealed_len(piece.len()) {
                self.flush()?;
            }
            self.len += self.to.wire.seal(piece, &mut self.to.part, &mut self.out[self.len..])?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let len = std::mem::take(&mut self.len);
        self.to.send(&self.out[..len])
    }
}

impl Stream {
    /// Reads once, as much as there is up to [`BIG`], and hands the plain text to `take` record by record.
    ///
    /// `Ready` with nothing taken is possible: the bytes were a part of a record, or the end (see
    /// [`Stream::peer_end`]).
    ///
    /// # Errors
    /// The socket's, the TLS connection's (the alert has been sent as far as possible), or what `take` returned.
    pub fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        take: &mut impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Poll<io::Result<()>> {
        if !self.plain.is_empty() {
            let first = self.plain.split_to(self.plain.len().min(BIG));
            if self.plain.is_empty() {
                self.plain = bytes::BytesMut::new();
            }
            return Poll::Ready(take(&first));
        }
        if self.broken {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if self.ended.is_some() {
            return Poll::Ready(Ok(()));
        }
        IN.with_borrow_mut(|buffer| {
            let had = self.part.len();
            // The undiscarded bytes go before the new ones. `poll_read` clears the socket's readiness after a short
            // read, which saves the second call that would only say "nothing there".
            let mut space = ReadBuf::new(&mut buffer[had..had + BIG]);
            ready!(Pin::new(&mut self.sock).poll_read(cx, &mut space))?;
            let read = space.filled().len();
            if read == 0 {
                self.ended = Some(if self.is_tls() { PeerEnd::Cut } else { PeerEnd::Clean });
                return Poll::Ready(Ok(()));
            }
            buffer[..had].copy_from_slice(&self.part);
            let opened = self.open_read(&mut buffer[..had + read], take);
            self.broken |= opened.is_err();
            Poll::Ready(opened)
        })
    }

    fn open_read(&mut self, data: &mut [u8], take: &mut impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let quiet = self.unsent.is_empty();
        let opened = self.wire.open(data, &mut self.unsent, take);
        if quiet {
            let sent = self.send_own();
            if opened.is_ok() {
                sent?;
            }
        }
        let opened = opened?;
        if opened.closed {
            self.ended = Some(PeerEnd::Clean);
        }
        let rest = &data[opened.used..];
        if rest.len() > PART_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a handshake message is too long"));
        }
        if rest.is_empty() {
            // Not `clear`: an idle connection keeps no buffer.
            self.part = Vec::new();
        } else {
            self.part.clear();
            self.part.extend_from_slice(rest);
        }
        Ok(())
    }

    /// One turn of one direction: read once from `self`, let `pass` say what goes to `to`, write once.
    ///
    /// Call it only while `to` has nothing unsent: that bounds what waits there.
    ///
    /// # Errors
    /// Whose leg failed, and how.
    pub fn poll_turn(
        &mut self,
        to: &mut Self,
        cx: &mut Context<'_>,
        mut pass: impl FnMut(&[u8], &mut Sealer<'_>) -> io::Result<()>,
    ) -> Poll<Result<(), TurnError>> {
        OUT.with_borrow_mut(|out| {
            let mut sealer = Sealer { to, out, len: 0 };
            let mut wrote = Ok(());
            let read = self.poll_fill(cx, &mut |plain| {
                // A failure of the other leg must not look like one of this leg.
                if wrote.is_ok() {
                    wrote = pass(plain, &mut sealer);
                }
                Ok(())
            });
            let sent = wrote.and_then(|()| sealer.flush());
            ready!(read).map_err(TurnError::Read)?;
            Poll::Ready(sent.map_err(TurnError::Write))
        })
    }

    /// Seals and writes `plain`; what the socket does not take now is [`Stream::unsent`].
    ///
    /// # Errors
    /// The TLS connection's or the socket's.
    pub fn write(&mut self, plain: &[u8]) -> io::Result<()> {
        self.write_parts([plain])
    }

    /// Like [`Stream::write`], for bytes that do not lie together; still one write to the socket.
    ///
    /// # Errors
    /// The TLS connection's or the socket's.
    pub fn write_parts<'p>(&mut self, parts: impl IntoIterator<Item = &'p [u8]>) -> io::Result<()> {
        OUT.with_borrow_mut(|out| {
            let mut sealer = Sealer { to: self, out, len: 0 };
            for part in parts {
                sealer.put(part)?;
            }
            sealer.flush()
        })
    }

    /// Whether [`Stream::poll_fill`] has plain text to give without asking the socket.
    pub fn has_unread(&self) -> bool {
        self.plain.has_remaining()
    }
}

/// A turn failed on one of its two legs.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// The stream that was read.
    #[error("reading failed")]
    Read(#[source] io::Error),
    /// The stream that was written, or what `pass` returned.
    #[error("writing failed")]
    Write(#[source] io::Error),
}
