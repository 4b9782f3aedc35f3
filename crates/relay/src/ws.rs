//! WebSocket frames (RFC 6455) as far as a relay needs them; no I/O, no buffering of payloads.
//!
//! `Decoder` takes a browser's frames apart, `Walker` finds the borders between PVE's frames without touching them,
//! and the functions here write frames of our own.

mod decode;
mod header;
mod walk;

pub use decode::{Decoder, Piece};
pub use header::{FrameError, Header, Opcode, Peer};
pub use walk::{Stop, Walk, Walker};

pub(crate) use header::HeaderReader;

/// The longest payload of a control frame (RFC 6455 section 5.5).
pub(crate) const CONTROL_MAX: usize = 125;

/// Bytes of a ping of ours: its number.
pub(crate) const PING_LEN: usize = 4;

/// Appends an unmasked, final frame: what a server sends to a browser.
pub fn frame_down(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    Header::down(opcode, payload.len() as u64).write(out);
    out.extend_from_slice(payload);
}

/// Appends a final frame masked with zero, which leaves the payload as it is (RFC 6455 section 5.3): what a client
/// sends to PVE.
pub fn frame_up(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    Header::up(opcode, payload.len() as u64).write(out);
    out.extend_from_slice(payload);
}

/// Room at the front of a buffer for the longest header of a frame to PVE.
pub(crate) const ROOM: usize = Header::MAX;

/// Cuts the payload behind the first [`ROOM`] bytes of `buffer` into frames to PVE of at most `longest` bytes and
/// hands out their parts in order. The first header is written into the room, so that the usual case, one frame, is
/// one part.
pub(crate) fn frames_up<'b>(buffer: &'b mut [u8], longest: usize, headers: &'b mut Vec<u8>) -> Vec<&'b [u8]> {
    let payload = buffer.len() - ROOM;
    headers.clear();
    Header::up(Opcode::Binary, payload.min(longest) as u64).write(headers);
    let first = headers.len();
    buffer[ROOM - first..ROOM].copy_from_slice(headers);
    let (mut ends, mut left) = (Vec::new(), payload.saturating_sub(longest));
    while left > 0 {
        Header::up(Opcode::Binary, left.min(longest) as u64).write(headers);
        ends.push(headers.len());
        left = left.saturating_sub(longest);
    }
    let (buffer, headers): (&[u8], &[u8]) = (buffer, headers);
    let whole = ROOM + payload.min(longest);
    let mut parts = vec![&buffer[ROOM - first..whole]];
    let begins = std::iter::once(first).chain(ends.iter().copied());
    for (payload, (begin, end)) in buffer[whole..].chunks(longest).zip(begins.zip(ends.iter().copied())) {
        parts.extend([&headers[begin..end], payload]);
    }
    parts
}

/// The payload of a close frame (RFC 6455 section 5.5.1): code and a short text.
pub(crate) fn close_payload(code: u16, text: &str) -> Vec<u8> {
    let mut payload = code.to_be_bytes().to_vec();
    // Whole characters alone: a browser fails the connection over others (RFC 6455 section 8.1).
    payload.extend(&text.as_bytes()[..text.floor_char_boundary(CONTROL_MAX - 2)]);
    payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_in_place_are_those_written_one_by_one() {
        for len in [0, 1, 99, 100, 101, 200, 201, 70_000, 140_000] {
            for longest in [100, 65_536] {
                let payload: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
                let mut buffer = [&[0xee; ROOM][..], &payload].concat();
                let mut expected = Vec::new();
                if payload.is_empty() {
                    frame_up(Opcode::Binary, &[], &mut expected);
                }
                for chunk in payload.chunks(longest) {
                    frame_up(Opcode::Binary, chunk, &mut expected);
                }
                let mut headers = Vec::new();
                assert!(frames_up(&mut buffer, longest, &mut headers).concat() == expected, "{len} by {longest}");
            }
        }
    }
}
