//! Dialler and accept loop over real sockets on loopback.

mod accept;
mod dial;
mod tls_server;
