//! Nexus' operations: what can be done, by whom, and what is recorded of it. Every operation takes a grant, which only
//! [`access`] makes. Knows nothing of HTTP and of command lines.

pub mod access;
pub mod accounts;
pub mod administration;
pub mod alerts;
pub mod assignments;
pub mod audit;
pub mod background;
pub mod bulk;
pub mod checks;
mod clock;
mod colour;
pub mod config_snapshots;
pub mod consoles;
pub mod events;
pub mod explorer;
pub mod favourites;
pub mod fleet;
pub mod gateway;
pub mod groups;
pub mod guest_detail;
pub mod guests;
pub mod inventory;
pub mod keys;
mod links;
pub mod mail;
pub mod members;
pub mod metrics;
pub mod notifications;
pub mod objects;
pub mod page;
pub mod password;
mod permission;
mod placement;
pub mod policy;
pub mod provision;
mod relayed;
mod secret;
pub mod servers;
pub mod settings;
mod sheet;
pub mod snapshots;
mod start;
pub mod stats;
pub mod tasks;
pub mod telemetry;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod views;
pub mod webhooks;

pub use clock::Clock;
pub use links::MadeLink;
pub use permission::TenantRight;
pub use start::{App, Config, Offline, OperatingConfig, StartError, Tuning};
