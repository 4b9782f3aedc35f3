//! Finds the borders between PVE's frames so that a frame of ours can go between two of them.
//!
//! Payloads are skipped, never looked at, but for those of pongs. A header that is not whole is held back, so what has been passed on always
//! ends at a border or inside a payload of known length.

use super::header::{FrameError, HeaderReader, Opcode, Peer};
use super::{Header, PING_LEN};
use crate::limits::PVE_FRAME;

/// Follows the frames of a server.
#[derive(Debug, Default)]
pub struct Walker {
    header: HeaderReader,
    left: u64,
    /// The payload of a pong, while it comes.
    pong: Option<Pong>,
}

/// As much of a pong as there is, of one that answers a ping of ours.
#[derive(Debug, Default)]
struct Pong {
    bytes: [u8; PING_LEN],
    have: usize,
}

impl Pong {
    /// Takes what has come; the ping that is answered, once all is there.
    fn take(&mut self, bytes: &[u8]) -> Option<u32> {
        for (place, byte) in self.bytes[self.have..].iter_mut().zip(bytes) {
            *place = *byte;
            self.have += 1;
        }
        (self.have == PING_LEN).then(|| u32::from_be_bytes(self.bytes))
    }
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
    /// The number of a ping of ours that was answered.
    pub pong: Option<u32>,
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
        let mut walk = Walk { held: [0; Header::MAX], held_len: 0, pass: 0, border: None, pong: None, stop: None };
        let mut at = 0;
        // Only the first header of a chunk can have begun in an earlier one.
        let begun = self.header;
        while at < chunk.len() {
            if self.left > 0 {
                let rest = chunk.len() - at;
                let now = usize::try_from(self.left).map_or(rest, |left| left.min(rest));
                self.left -= now as u64;
                // Data is never looked at; a pong's few bytes are.
                if let Some(pong) = &mut self.pong
                    && let Some(number) = pong.take(&chunk[at..at + now])
                {
                    walk.pong = Some(number);
                    self.pong = None;
                }
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
                Opcode::Pong => {
                    self.pong = (header.len == PING_LEN as u64).then(Pong::default);
                    None
                }
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

#[cfg(test)]
mod tests {
    use super::super::frame_down;
    use super::*;

    #[test]
    fn the_answer_to_a_ping_is_read_in_whatever_pieces_it_comes() {
        let mut wire = Vec::new();
        frame_down(Opcode::Binary, &[7; 9], &mut wire);
        frame_down(Opcode::Pong, &513_u32.to_be_bytes(), &mut wire);
        frame_down(Opcode::Binary, &[0; 4], &mut wire);
        for size in 1..=wire.len() {
            let mut walker = Walker::new();
            let (mut pongs, mut passed) = (Vec::new(), Vec::new());
            for chunk in wire.chunks(size) {
                let walk = walker.walk(chunk);
                passed.extend_from_slice(walk.held());
                passed.extend_from_slice(&chunk[..walk.pass]);
                pongs.extend(walk.pong);
            }
            assert_eq!((pongs, &passed), (vec![513], &wire), "in pieces of {size}");
        }
    }

    #[test]
    fn other_pongs_mean_nothing() {
        for payload in [&b""[..], b"abc", b"abcde", &[1; 125]] {
            let mut wire = Vec::new();
            frame_down(Opcode::Pong, payload, &mut wire);
            let walk = Walker::new().walk(&wire);
            assert_eq!((walk.pong, walk.pass, walk.stop), (None, wire.len(), None));
        }
    }
}
