//! A faithful simulator of Proxmox VE's HTTP API and consoles, for tests and demonstrations.
//!
//! One [`Sim`] is one simulated cluster; each of its nodes has its own HTTPS listener. It must never share a type or a
//! line of protocol code with the client it tests, and it is no place for anything that a real PVE would not do.

mod acl;
mod apidoc;
mod auth;
mod config;
mod connection;
pub mod console;
mod control;
mod demo;
mod fault;
mod http;
mod json;
mod params;
mod pki;

mod qemu;
mod relay;
mod rest;
mod server;
mod shared;
mod sim;
mod state;
mod tasks;
mod wire;

pub use config::{
    Acl, GuestConfig, Kind, Mode, NodeConfig, Screen, SimConfig, SnapshotConfig, Status, StorageConfig, Timing,
    TokenConfig, UserConfig,
};
pub use console::{ClientMessage, RfbFault, Step};

pub use control::{Control, ListedCluster, ListedNode, Listing};
pub use demo::demo_fleet;
pub use fault::{Fault, FaultKind, Outage};
pub use sim::{Recorded, Sim};
