//! Finds the borders between PVE's frames so that a frame of ours can go between two of them.
//!
//! Payloads are skipped, never looked at. A header that is not whole is held back, so what has been passed on always
//! ends at a border or inside a payload of known length.

use super::Header;
use super::header::{FrameError, HeaderReader, Opcode, Peer};
use crate::limits::PVE_FRAME;

/// Follows the frames of a server.
#[derive(Debug, Default)]
pub struct Walker {
    header: HeaderReader,
    left: u64,
}

/// What one chunk holds.
#[derive(Debug)]
pub struct Walk {
    held: [u8; Header::MAX],
    held_len: usize,
    /// Bytes of the chunk to pass on, from its front. What follows is held back (or after a stop worthless).
    pub pass: usize,
    /// The first place in the chunk where a frame ends, in bytes from its front.
    pub border: Option<usize>,
    /// Why nothing more comes behind the bytes to pass on.
    pub stop: Option<Stop>,
}

/// Why a walk stopped before the end of its chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// PVE said goodbye.
    Closed,
    /// A frame that PVE does not send.
    Bad(FrameError),
}

impl Walk {
    /// Bytes held back before, to be passed on before the chunk.
    pub fn held(&self) -> &[u8] {
        &self.held[..self.held_len]
    }
}

impl Walker {
    /// A walker at the beginning of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether everything passed on so far ends with a whole frame.
    pub fn at_border(&self) -> bool {
        self.left == 0
    }

    /// Bytes of payload that are missing to the end of the frame that was begun.
    pub fn missing(&self) -> u64 {
        self.left
    }

    /// Walks over `chunk`. After a [`Stop`] the walker must not be used for more.
    ///
    /// PVE sends whole, unmasked binary frames of at most 128 KiB and answers pings; all else is refused.
    pub fn walk(&mut self, chunk: &[u8]) -> Walk {
        let mut walk = Walk { held: [0; Header::MAX], held_len: 0, pass: 0, border: None, stop: None };
        let mut at = 0;
        // Only the first header of a chunk can have begun in an earlier one.
        let begun = self.header;
        while at < chunk.len() {
            if self.left > 0 {
                let rest = chunk.len() - at;
                let now = usize::try_from(self.left).map_or(rest, |left| left.min(rest));
                self.left -= now as u64;
                at += now;
                walk.pass = at;
                if self.left == 0 {
                    walk.border.get_or_insert(at);
                }
                continue;
            }
            let first = at == 0;
            let (header, used) = match self.header.read(&chunk[at..], Peer::Server, PVE_FRAME) {
                Ok(read) => read,
                Err(error) => {
                    walk.stop = Some(Stop::Bad(error));
                    break;
                }
            };
            at += used;
            let Some(header) = header else { break };
            walk.stop = match header.opcode {
                Opcode::Binary if header.fin => None,
                // The answer to a ping of ours; to a browser it is an unsolicited pong, which is legal and means
                // nothing (RFC 6455 section 5.5.3).
                Opcode::Pong => None,
                Opcode::Close => Some(Stop::Closed),
                _ => Some(Stop::Bad(FrameError::Kind)),
            };
            if walk.stop.is_some() {
                break;
            }
            if first {
                let begun = begun.begun();
                walk.held[..begun.len()].copy_from_slice(begun);
                walk.held_len = begun.len();
            }
            self.left = header.len;
            walk.pass = at;
            if header.len == 0 {
                walk.border.get_or_insert(at);
            }
        }
        walk
    }
}
