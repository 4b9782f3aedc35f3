//! Connections: streams, TLS policies, the address guard, dialling and accepting.
//!
//! It knows nothing of tenants, PVE or consoles.

pub mod stream;
