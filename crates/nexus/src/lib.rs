//! The product as a library: settings, certificate, wiring, lifecycle, the command line.
//!
//! The tests start Nexus through this crate just as the binary does. No operation lives here.

mod acme;
mod backup;
pub mod cli;
mod commands;
pub mod config;
mod demo;
mod fetch;
mod log;
mod serve;
mod tls;
mod traces;
mod wiring;

pub use serve::{Running, start};
