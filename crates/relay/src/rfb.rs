//! RFB (RFC 6143) as far as the relay takes part in it; no I/O.
//!
//! Towards PVE it is a client up to the security result; towards the browser it is a server that asks for no
//! password, and then only a filter of what the browser says. Pictures are never decoded.

mod filter;
mod front;
mod password;
mod security;

pub use filter::{Filter, FilterError, Rights};
pub use front::{Fed, Front, FrontError, Stage};
pub use security::{Handshake, SecurityError};

/// The version spoken to browsers, and to PVE (RFC 6143 section 7.1.1).
pub(crate) const VERSION: [u8; 12] = *b"RFB 003.008\n";
/// Security type "None" (RFC 6143 section 7.2.1).
pub(crate) const NONE: u8 = 1;
/// Security type "VNC Authentication" (RFC 6143 section 7.2.2).
pub(crate) const VNC: u8 = 2;
