//! A client of Proxmox VE's API: what a console broker needs of it, for PVE 8.3 to 9.2.
//!
//! It knows nothing of tenants, users or rights, stores nothing, and never prints a token, ticket or password.

mod breaker;
pub mod client;
pub mod console;
pub mod error;
pub mod examine;
pub mod guest;
mod learn;
mod lenient;
mod line;
mod link;
pub mod node;
pub mod observe;
pub mod permission;
mod plan;
pub mod probe;
mod reach;
mod recent;
pub mod report;
pub mod resource;
pub mod route;
pub mod task;
pub mod token;
mod wire;

pub use client::{Client, Timeouts};
pub use console::Console;
pub use error::{Cause, Error, ErrorKind, Stage};
pub use examine::{Examination, TokenInfo, examine};
pub use guest::{Guest, GuestConfig, GuestStatus, Kind, Power, RunState};
pub use node::{ClusterStatus, Node, Version};
pub use observe::{CallDone, Observer};
pub use permission::Permissions;
pub use probe::{ProbeReport, ProbeStage, StageReport, probe};
pub use report::{NodeBreaker, Open, Recent, Report, WayReport};
pub use resource::{GuestResource, NodeResource, Resource, StorageResource};
pub use route::{AT_ONCE, ClientConfig, Fallback, Route, Way};
pub use task::{TaskRow, TaskStatus, Upid};
pub use token::{ApiToken, TokenError};
