//! A client of Proxmox VE's API: what a console broker needs of it, for PVE 8.3 to 9.2.
//!
//! It knows nothing of tenants, users or rights, stores nothing, and never prints a token, ticket or password.

mod breaker;
pub mod client;
pub mod console;
pub mod error;
pub mod examine;
pub mod figures;
pub mod guest;
pub mod interface;
mod learn;
mod lenient;
mod line;
mod link;
pub mod node;
pub mod observe;
pub mod pass;
mod permission;
mod plan;
pub mod power;
pub mod probe;
mod reach;
mod recent;
pub mod report;
pub mod resource;
pub mod route;
pub mod schema;
pub mod snapshot;
pub mod task;
pub mod tasklog;
pub mod token;
mod wire;

pub use client::{Client, Timeouts};
pub use console::Console;
pub use error::{Cause, Error, ErrorKind, Stage};
pub use examine::{Examination, TokenInfo, examine};
pub use figures::{Consolidation, Figure, Timeframe};
pub use guest::{Guest, GuestConfig, GuestStatus, Kind, RunState};
pub use interface::{Interface, Interfaces};
pub use node::{ClusterStatus, Node, Version};
pub use observe::{CallDone, Observer};
pub use pass::{PASSED, PassCall, Passed};
pub use permission::Permissions;
pub use power::{Power, PowerOptions};
pub use probe::{ProbeReport, ProbeStage, StageReport, probe};
pub use report::{NodeBreaker, Open, Recent, Report, WayReport};
pub use resource::{GuestResource, NodeResource, Resource, StorageResource};
pub use route::{AT_ONCE, ClientConfig, Fallback, Route, Way};
pub use schema::{ApiMethod, ApiParameter, ApiPath, ApiSchema, SchemaError};
pub use snapshot::{Snapshot, Snapshots, is_snapshot_name};
pub use task::{TaskRow, TaskStatus, Upid};
pub use tasklog::TaskLog;
pub use token::{ApiToken, TokenError};
