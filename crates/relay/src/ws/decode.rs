//! A browser's frames, taken apart and unmasked as they come, whatever the chunking.
//!
//! Payloads are never collected, control frames (at most 125 bytes) excepted.

use super::header::{FrameError, HeaderReader, Opcode, Peer};
use super::{CONTROL_MAX, Header};
use crate::limits::BROWSER_FRAME;

/// One thing that a browser sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes of binary messages; the borders of frames and messages mean nothing to RFB.
    Data(&'a [u8]),
    /// A ping with its payload, to be answered.
    Ping(&'a [u8]),
    /// An answer to a ping of ours, with what that carried.
    Pong(&'a [u8]),
    /// The browser closes; the code when it gave one. Nothing that follows counts (RFC 6455 section 5.5.1).
    Close(Option<u16>),
}

/// Takes client frames apart.
#[derive(Debug, Default)]
pub struct Decoder {
    header: HeaderReader,
    frame: Option<Frame>,
    /// Inside a fragmented message: only continuations may follow (RFC 6455 section 5.4).
    fragmented: bool,
    closed: bool,
}

#[derive(Debug)]
struct Frame {
    opcode: Opcode,
    mask: [u8; 4],
    left: u64,
    /// Payload of a control frame so far.
    control: Vec<u8>,
}

impl Decoder {
    /// A decoder at the beginning of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes `input` and hands out what it holds. `scratch` is only working space.
    ///
    /// # Errors
    /// The frame that is refused, or what `give` returned.
    pub fn feed<E: From<FrameError>>(
        &mut self,
        mut input: &[u8],
        scratch: &mut Vec<u8>,
        give: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while !self.closed {
            let mut frame = match self.frame.take() {
                Some(frame) => frame,
                None => {
                    if input.is_empty() {
                        return Ok(());
                    }
                    let (header, used) = self.header.read(input, Peer::Client, BROWSER_FRAME)?;
                    input = &input[used..];
                    let Some(header) = header else { return Ok(()) };
                    self.begin(header)?
                }
            };
            let now = usize::try_from(frame.left).map_or(input.len(), |left| left.min(input.len()));
            if now > 0 {
                frame.take(&input[..now], scratch, give)?;
                input = &input[now..];
            }
            if frame.left > 0 {
                self.frame = Some(frame);
                return Ok(());
            }
            if frame.opcode.is_control() {
                self.closed = frame.opcode == Opcode::Close;
                give(frame.whole()?)?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, header: Header) -> Result<Frame, FrameError> {
        match header.opcode {
            Opcode::Text => return Err(FrameError::Kind),
            Opcode::Binary if self.fragmented => return Err(FrameError::Fragments),
            Opcode::Continuation if !self.fragmented => return Err(FrameError::Fragments),
            Opcode::Binary | Opcode::Continuation => self.fragmented = !header.fin,
            Opcode::Close | Opcode::Ping | Opcode::Pong => {}
        }
        let mask = header.mask.ok_or(FrameError::Mask)?;
        Ok(Frame { opcode: header.opcode, mask, left: header.len, control: Vec::new() })
    }

    /// Whether the browser has closed.
    pub fn is_closed(&self) -> bool {
        self.closed
    }
}

impl Frame {
    fn take<E>(
        &mut self,
        bytes: &[u8],
        scratch: &mut Vec<u8>,
        give: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        scratch.clear();
        unmask(bytes, self.mask, scratch);
        // The next bytes go on in the key where these have stopped.
        self.mask.rotate_left(bytes.len() % 4);
        self.left -= bytes.len() as u64;
        if self.opcode.is_control() {
            self.control.extend_from_slice(scratch);
            return Ok(());
        }
        give(Piece::Data(scratch))
    }

    fn whole(&self) -> Result<Piece<'_>, FrameError> {
        debug_assert!(self.control.len() <= CONTROL_MAX);
        Ok(match self.opcode {
            Opcode::Ping => Piece::Ping(&self.control),
            Opcode::Close => match self.control.as_slice() {
                [] => Piece::Close(None),
                // One byte is no code (RFC 6455 section 5.5.1).
                [_] => return Err(FrameError::Control),
                [high, low, ..] => Piece::Close(Some(u16::from_be_bytes([*high, *low]))),
            },
            _ => Piece::Pong(&self.control),
        })
    }
}

/// RFC 6455 section 5.3: every byte with the key's byte at its place; eight at once. `out` is empty.
fn unmask(bytes: &[u8], key: [u8; 4], out: &mut Vec<u8>) {
    let four = u32::from_ne_bytes(key);
    let eight = u64::from(four) << 32 | u64::from(four);
    out.extend_from_slice(bytes);
    let (blocks, rest) = out.as_chunks_mut::<8>();
    for block in blocks {
        *block = (u64::from_ne_bytes(*block) ^ eight).to_ne_bytes();
    }
    // The rest has at most seven bytes and starts at a multiple of the key's length.
    for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}
