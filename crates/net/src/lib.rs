//! Connections: streams, TLS policies, the address guard, dialling and accepting.
//!
//! It knows nothing of tenants, PVE or consoles.

pub mod accept;
pub mod certificate;
pub mod dial;
pub mod guard;
pub mod host;
pub mod proof;
pub mod proxy;
mod slots;
pub mod stream;
pub mod tls;
