//! Frames of ours for the browser, which wait for a border between two of PVE's.
//!
//! Bounded: at most one pong, one ping, one close and the few bytes of the greeting.

use std::time::{Duration, Instant};

use super::round::Rounds;
use crate::EndReason;
use crate::ws::{self, Opcode};

/// What waits to be said to the browser.
#[derive(Debug, Default)]
pub(super) struct Own {
    frames: Vec<u8>,
    pong: Option<Vec<u8>>,
    ping: bool,
    rounds: Rounds,
    close: Option<Vec<u8>>,
    /// The close frame has been handed out: nothing may follow it (RFC 6455 section 5.5.1).
    pub(super) closed: bool,
}

impl Own {
    pub(super) fn waits(&self) -> bool {
        !self.closed && (self.ping || self.pong.is_some() || self.close.is_some() || !self.frames.is_empty())
    }

    /// A part of the RFB greeting.
    pub(super) fn greet(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            ws::frame_down(Opcode::Binary, bytes, &mut self.frames);
        }
    }

    pub(super) fn ping(&mut self) {
        self.ping = true;
    }

    /// The browser answered a ping; the round trip, if it is the newest one's.
    pub(super) fn answered(&mut self, payload: &[u8]) -> Option<Duration> {
        let number = u32::from_be_bytes(payload.try_into().ok()?);
        self.rounds.end(number, Instant::now())
    }

    /// Answers a ping; only the latest one counts (RFC 6455 section 5.5.3).
    pub(super) fn pong(&mut self, payload: &[u8]) {
        self.pong = Some(payload.to_vec());
    }

    /// The last frame. A browser that closed gets its own code back.
    pub(super) fn close(&mut self, reason: EndReason, words: &str, its: Option<u16>) {
        let payload = match (reason, its) {
            // Codes that must not be sent (RFC 6455 section 7.4.1) are answered without one.
            (EndReason::ClientClosed, Some(code @ (1000..=1003 | 1007..=1014 | 3000..=4999))) => {
                ws::close_payload(code, "")
            }
            (EndReason::ClientClosed, _) => Vec::new(),
            (reason, _) => ws::close_payload(reason.code(), words),
        };
        self.close = Some(payload);
    }

    /// Everything that waits, in its order.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut out = std::mem::take(&mut self.frames);
        if let Some(payload) = self.pong.take() {
            ws::frame_down(Opcode::Pong, &payload, &mut out);
        }
        if std::mem::take(&mut self.ping) {
            let payload = self.rounds.begin(Instant::now());
            ws::frame_down(Opcode::Ping, &payload, &mut out);
        }
        if let Some(payload) = self.close.take() {
            ws::frame_down(Opcode::Close, &payload, &mut out);
            self.closed = true;
        }
        out
    }
}
