//! The console's relay: WebSocket frames, the RFB handshake and filter, and the pump between browser and PVE.
//!
//! Protocol code here is free of I/O and fuzzed; one task per session moves the bytes. It knows connections and an
//! end signal, and must never know tenants, users, tickets or PVE's HTTP API, nor log what passes through it.
//!
//! ```text
//!            browser                        relay                             PVE
//!   masked frames  ──►  ws::Decoder ─► rfb::Front (allow list) ─► frames, zero mask  ──►
//!                  ◄──  verbatim, ws::Walker finds the borders  ◄──  unmasked frames
//! ```

mod browser;
mod limits;
mod reason;
mod session;
mod stats;
mod upstream;

pub mod rfb;
pub mod ws;

pub use browser::Browser;
pub use reason::{EndReason, EndSignal};
pub use session::{Ended, Options, Session};
pub use stats::{State, Stats};
pub use upstream::{HandshakeError, Upstream, authenticate};
