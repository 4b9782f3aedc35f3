//! The log's form, and the way of spans to a collector of traces. The log goes to standard error, so that what a command
//! prints stays clean.

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::{LogFormat, Settings};
use crate::traces::Traces;

/// Switches the log on, and traces where a collector is named; a second call does nothing.
pub(crate) fn start(settings: &Settings, traces: Option<&Traces>) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let layer = fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.log_format {
        LogFormat::Text => layer.with_target(false).with_filter(filter).boxed(),
        // The fields of a line stand beside its message; `span` has those of its request.
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).with_filter(filter).boxed(),
    };
    // What goes to traces is not the log's filter to decide; events are the log's alone.
    let spans = traces.map(|traces| {
        let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer());
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        layer.with_filter(filter_fn(|metadata| metadata.is_span() && is_traced(metadata.target())))
    });
    let _ = tracing_subscriber::registry().with(lines).with(spans).try_init();
}

/// Whether spans of this part of Nexus go to traces: requests, and calls of PVE.
fn is_traced(target: &str) -> bool {
    ["nexus_api", "nexus_pve"].iter().any(|part| target.starts_with(part))
}
