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

/// The payload of a close frame (RFC 6455 section 5.5.1): code and a short text.
pub(crate) fn close_payload(code: u16, text: &str) -> Vec<u8> {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend(text.bytes().take(CONTROL_MAX - 2));
    payload
}
