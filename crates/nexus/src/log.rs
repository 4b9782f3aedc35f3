//! The log's form. Everything goes to standard error, so that what a command prints stays clean.

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Settings};

/// Switches the log on; a second call does nothing.
pub(crate) fn start(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = match settings.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
