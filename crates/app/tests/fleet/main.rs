//! The operations against a simulated PVE, from a browser's WebSocket to the database, on both engines.

mod administration;
mod browser;
mod bulk;
mod console_limits;
mod consoles;
mod details;
mod endings;
mod events;
mod explorer;
mod favourites;
mod guests;
mod incarnations;
mod keys;
mod living;
mod monitoring;
mod names;
mod origins;
mod processes;
mod rights;
mod scope;
mod server_sheets;
mod servers;
mod snapshots;
mod tasks;
mod ways;
mod world;
