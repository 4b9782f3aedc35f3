//! A whole Nexus for tests: a fresh database on either engine, a simulated PVE for each of two tenants, one browser for
//! each kind of person. Everything is on loopback and ends with the test.

pub mod http;
pub mod python;
pub mod smtp;
pub mod world;
pub mod ws;

pub use http::{Answer, Browser};
pub use nexus_store::testing::{Engine, counted};
pub use python::{S3Server, python};
pub use smtp::MailServer;
pub use world::{Place, World, on_both, on_both_quiet};
