//! Nexus over HTTP: extractors, one file for each noun, errors, server-sent events, the console's upgrade, the embedded UI.
//!
//! Translates and nothing else: no SQL, no call to PVE, no decision about rights. What a handler needs a right for, it
//! gets as a grant from its extractor; only the `app` crate can make one.

mod account;
mod alert;
mod api_token;
mod assignment;
mod audit;
mod bulk;
mod check;
mod config_snapshot;
mod console;
mod console_session;
mod error;
mod event;
mod extract;
mod favourite;
mod gateway;
mod group;
mod guard;
mod guest;
mod guest_detail;
mod health;
mod invitation;
mod logo;
mod member;
mod metric;
mod notification;
mod organisation;
mod own_account;
mod page;
mod prometheus;
mod provided_server;
mod pve_call;
mod pve_schema;
mod router;
mod server;
mod server_sheet;
mod server_view;
mod settings;
mod setup;
mod site;
mod snapshot;
mod stats;
mod system;
mod task;
mod tenant;
mod test_report;
mod ui;
mod user;
mod version;
mod view;
mod webhook;
mod wire;

pub use router::{openapi, router};
pub use site::Site;

use nexus_app::App;

/// What handlers are given.
#[derive(Clone)]
pub struct Api {
    /// The operations.
    pub app: App,
    /// Where this Nexus is reached and by what names.
    pub site: std::sync::Arc<Site>,
}
