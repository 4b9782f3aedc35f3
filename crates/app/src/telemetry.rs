//! What Nexus counts of itself, in Prometheus' words. The registry belongs to the App: two of them in one process do not
//! count together.
//!
//! Labels are ids and words out of fixed lists, so that the number of series is bounded: a server's go when it does.
//! Never a tenant's, a person's or a guest's name, and never an address.

mod scrape;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nexus_model::{ConsoleId, ServerId};
use nexus_relay::EndReason;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

pub(crate) use self::scrape::Parts;
pub use self::scrape::{NotReady, Operating, ScrapeError};

/// Bounds of the times of requests and calls, in seconds.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

type Times<L> = Family<L, Histogram, fn() -> Histogram>;

fn times() -> Histogram {
    Histogram::new(SECONDS)
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Http {
    method: &'static str,
    route: String,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PveCall {
    server: String,
    outcome: Outcome,
}

/// How a call of PVE went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are the labels' values")]
enum Outcome {
    ok,
    failed,
}

/// One word out of a fixed list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Direction {
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Task {
    task: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Connections {
    role: &'static str,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

/// Counts. Cheap to clone; clones count together.
#[derive(Clone)]
pub struct Telemetry {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Registry,
    http: Times<Http>,
    http_open: Gauge,
    pve: Times<PveCall>,
    /// The servers that there are series of; calls of others are not counted.
    servers: Mutex<HashSet<ServerId>>,
    checks: Family<Status, Counter>,
    /// What of each open console's bytes, down and up, is counted already.
    consoles: Mutex<HashMap<ConsoleId, [u64; 2]>>,
    relay_open: Gauge,
    relay_bytes: Family<Direction, Counter>,
    relay_ended: Family<Reason, Counter>,
    streams: Gauge,
    events: Family<Kind, Counter>,
    /// What is read when somebody asks.
    read: scrape::Read,
}

impl Inner {
    /// Series out of fixed lists are there from the start: what is counted first is seen as a rise from nothing.
    fn begin(&self) {
        for status in ["ok", "failed"] {
            self.checks.get_or_create(&Status { status }).inc_by(0);
        }
        for direction in ["down", "up"] {
            self.relay_bytes.get_or_create(&Direction { direction }).inc_by(0);
        }
        for reason in EndReason::ALL {
            self.relay_ended.get_or_create(&Reason { reason: reason.name() }).inc_by(0);
        }
        self.events.get_or_create(&Kind { kind: "reset" }).inc_by(0);
    }
}

impl std::fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telemetry").finish_non_exhaustive()
    }
}

impl Telemetry {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("nexus");
        let http: Times<Http> = Family::new_with_constructor(times);
        let pve: Times<PveCall> = Family::new_with_constructor(times);
        let (http_open, relay_open, streams) = (Gauge::default(), Gauge::default(), Gauge::default());
        let (checks, relay_bytes) = (Family::default(), Family::default());
        let (relay_ended, events) = (Family::default(), Family::default());
        registry.register_with_unit("http_request", "Requests and how long they took", Unit::Seconds, http.clone());
        registry.register("http_requests_open", "Requests that are being answered", http_open.clone());
        registry.register_with_unit(
            "pve_call",
            "Calls of Proxmox VE, with their retries, by server",
            Unit::Seconds,
            pve.clone(),
        );
        registry.register("checks", "Health checks of servers", checks.clone());
        registry.register("relay_sessions", "Consoles that are open in this process", relay_open.clone());
        registry.register_with_unit(
            "relay",
            "Bytes of consoles: down is to the browser",
            Unit::Bytes,
            relay_bytes.clone(),
        );
        registry.register("relay_sessions_ended", "Consoles that ended, by reason", relay_ended.clone());
        registry.register("event_streams", "Event streams that are open", streams.clone());
        registry.register("events_sent", "Events sent to browsers, by kind", events.clone());
        let read = scrape::Read::new(&mut registry);
        let (servers, consoles) = (Mutex::default(), Mutex::default());
        let inner = Inner {
            registry,
            http,
            http_open,
            pve,
            servers,
            checks,
            consoles,
            relay_open,
            relay_bytes,
            relay_ended,
            streams,
            events,
            read,
        };
        inner.begin();
        Self { inner: Arc::new(inner) }
    }

    /// A request begins; it is open until what this returns is dropped.
    #[must_use]
    pub fn request(&self) -> OpenRequest {
        self.inner.http_open.inc();
        OpenRequest { telemetry: self.clone() }
    }

    fn servers(&self) -> std::sync::MutexGuard<'_, HashSet<ServerId>> {
        self.inner.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The active servers: the series of all others go.
    pub(crate) fn keep_servers(&self, active: &HashSet<ServerId>) {
        let mut servers = self.servers();
        for gone in servers.difference(active) {
            for outcome in [Outcome::ok, Outcome::failed] {
                self.inner.pve.remove(&PveCall { server: gone.to_string(), outcome });
            }
        }
        servers.clone_from(active);
    }

    /// A call of PVE is over.
    pub(crate) fn pve_call(&self, server: ServerId, ok: bool, took: Duration) {
        // Held, so that the series of a server that goes in this moment do not come back.
        let servers = self.servers();
        if servers.contains(&server) {
            let outcome = if ok { Outcome::ok } else { Outcome::failed };
            let labels = PveCall { server: server.to_string(), outcome };
            self.inner.pve.get_or_create(&labels).observe(took.as_secs_f64());
        }
    }

    /// A health check is over.
    pub(crate) fn check(&self, ok: bool) {
        let status = if ok { "ok" } else { "failed" };
        self.inner.checks.get_or_create(&Status { status }).inc();
    }

    fn consoles(&self) -> std::sync::MutexGuard<'_, HashMap<ConsoleId, [u64; 2]>> {
        self.inner.consoles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A console was claimed.
    pub(crate) fn console_began(&self, id: ConsoleId) {
        self.consoles().insert(id, [0, 0]);
    }

    /// A console ended; `bytes` are those down and up, of all its life.
    pub(crate) fn console_ended(&self, id: ConsoleId, reason: EndReason, bytes: [u64; 2]) {
        self.inner.relay_ended.get_or_create(&Reason { reason: reason.name() }).inc();
        self.console_bytes(id, bytes);
        self.consoles().remove(&id);
    }

    /// Counts what passed through an open console since it was last looked at.
    fn console_bytes(&self, id: ConsoleId, bytes: [u64; 2]) {
        let mut consoles = self.consoles();
        let Some(counted) = consoles.get_mut(&id) else { return };
        for ((direction, counted), bytes) in ["down", "up"].into_iter().zip(counted).zip(bytes) {
            let more = bytes.saturating_sub(*counted);
            *counted += more;
            self.inner.relay_bytes.get_or_create(&Direction { direction }).inc_by(more);
        }
    }

    /// Looks at the consoles that are open now.
    fn read_consoles(&self, traffic: &[(ConsoleId, [u64; 2])]) {
        for (id, bytes) in traffic {
            self.console_bytes(*id, *bytes);
        }
        self.inner.relay_open.set(i64::try_from(self.consoles().len()).unwrap_or(i64::MAX));
    }

    /// An event stream opens; it is open until what this returns is dropped.
    pub(crate) fn stream(&self) -> OpenStream {
        self.inner.streams.inc();
        OpenStream { telemetry: self.clone() }
    }

    /// An event was sent.
    pub(crate) fn event(&self, kind: &'static str) {
        self.inner.events.get_or_create(&Kind { kind }).inc();
    }
}

/// A request that is being answered.
pub struct OpenRequest {
    telemetry: Telemetry,
}

impl OpenRequest {
    /// The answer is known. `route` is the pattern, never the path.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = Http {
            method: known_method(method),
            route: route.to_owned(),
            status: match status {
                100..200 => "1xx",
                200..300 => "2xx",
                300..400 => "3xx",
                400..500 => "4xx",
                _ => "5xx",
            },
        };
        self.telemetry.inner.http.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.telemetry.inner.http_open.dec();
    }
}

/// A stream that is open.
pub(crate) struct OpenStream {
    telemetry: Telemetry,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.telemetry.inner.streams.dec();
    }
}

/// Whoever asks may invent methods: they count together.
fn known_method(method: &str) -> &'static str {
    ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}
