//! Metrics: what every check of a server and every call of PVE came to.
//!
//! ```text
//!   record ─┬─► windows (alerts look at them)
//!           ├─► figures of the running hour and day, of checks alone
//!           └─► queue ─► every few seconds, in one transaction: raw rows, and figures whole
//! ```
//! Recording never waits. While the database is away the queue fills; what is too much is the oldest, is dropped and
//! counted. Each process writes figures under its own id, so that a restart begins new ones and nothing counts twice.

pub(crate) mod figures;
mod read;
mod sweep;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nexus_model::{CheckKind, Micros, ProcessId, ServerId, TenantId, Way};
use nexus_store::{MetricRow, NewCheck, Store, SystemScope};

pub use self::figures::MetricTotal;
use self::figures::{Figures, Gathering, Of};
pub use self::read::{
    CheckFilter, CheckPage, CheckView, MetricPoint, MetricsOverview, Monitoring, MonitoringError, ServerMetrics,
};
use crate::alerts::Windows;
use crate::background::{Background, Beat};
use crate::secret;
use crate::telemetry::Telemetry;

/// How many samples wait to be written, at most.
const QUEUE: usize = 20_000;
/// How many rows one transaction writes, so that others get their turn.
const BATCH: usize = 2_000;
/// Between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_secs(600);
/// The longest text of an error that is kept, in characters.
const WORDS: usize = 400;

/// What a check or a call came to.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) tenant: TenantId,
    pub(crate) server: ServerId,
    pub(crate) server_name: Arc<str>,
    pub(crate) at: Micros,
    pub(crate) kind: CheckKind,
    /// What was asked, such as `GET /nodes/{node}/qemu/{vmid}/config`.
    pub(crate) what: Cow<'static, str>,
    pub(crate) ok: bool,
    pub(crate) took: Duration,
    /// `None` where there was none, or another node answered.
    pub(crate) way: Option<Way>,
    pub(crate) attempts: u32,
    /// The limit of the try that counted.
    pub(crate) timeout: Option<Duration>,
    /// For managers; no secrets.
    pub(crate) error: Option<String>,
    /// Whether some answer of HTTP came.
    pub(crate) answered: bool,
}

/// Takes samples. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: crate::Clock,
    pub(crate) process: ProcessId,
    /// What alerts look at.
    pub(crate) windows: Windows,
    pub(crate) telemetry: Telemetry,
}

/// How many samples this process took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MetricsCounts {
    /// In all.
    pub(crate) recorded: u64,
    /// Those that were dropped unwritten.
    pub(crate) dropped: u64,
}

struct Inner {
    parts: Parts,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<NewCheck>,
    counts: MetricsCounts,
    gathering: Gathering,
}

impl State {
    fn push(&mut self, row: NewCheck) {
        if self.waiting.len() == QUEUE {
            self.waiting.pop_front();
            self.counts.dropped += 1;
        }
        self.waiting.push_back(row);
    }

    /// What could not be written goes back to the front, as far as there is room.
    fn put_back(&mut self, rows: Vec<NewCheck>) {
        for row in rows.into_iter().rev() {
            if self.waiting.len() < QUEUE {
                self.waiting.push_front(row);
            } else {
                self.counts.dropped += 1;
            }
        }
    }
}

impl Metrics {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(Inner { parts, state: Mutex::default() }) }
    }

    /// Starts what writes and what sweeps.
    pub(crate) fn start(&self, background: &Background, write_every: Duration) {
        let own = self.clone();
        background.start("metrics.write", move |beat| own.clone().keep_writing(beat, write_every));
        let own = self.clone();
        background.every("metrics.sweep", SWEEP_EVERY, move || {
            let own = own.clone();
            async move { own.sweep().await }
        });
    }

    /// Takes a sample. Never waits.
    pub(crate) fn record(&self, sample: Sample) {
        if sample.kind == CheckKind::Check {
            self.inner.parts.windows.add(&sample);
            self.inner.parts.telemetry.check(sample.ok);
        }
        self.inner.parts.telemetry.pve_call(sample.server, sample.ok, sample.took);
        let mut state = self.state();
        state.counts.recorded += 1;
        state.gathering.add(&sample);
        state.push(row(sample));
    }

    /// How many samples there were.
    pub(crate) fn counts(&self) -> MetricsCounts {
        self.state().counts
    }

    /// The time of what is recorded.
    pub(crate) fn now(&self) -> Micros {
        self.inner.parts.clock.now()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep_writing(self, beat: Beat, every: Duration) {
        let mut before = 0;
        loop {
            let goes_on = beat.nap(every).await;
            match self.write().await {
                Ok(()) => beat.done(),
                Err(error) => {
                    beat.failed(&error);
                    tracing::warn!(%error, "checks and calls wait to be written");
                }
            }
            let dropped = self.counts().dropped - before;
            if dropped > 0 {
                before += dropped;
                beat.failed(&format_args!("{dropped} checks and calls were dropped: too many waited to be written"));
                tracing::warn!(dropped, "checks and calls were dropped");
            }
            if !goes_on {
                return;
            }
        }
    }

    /// Writes what has gathered.
    pub(crate) async fn write(&self) -> nexus_store::Result<()> {
        loop {
            let (rows, figures) = {
                let mut state = self.state();
                let batch = state.waiting.len().min(BATCH);
                (state.waiting.drain(..batch).collect::<Vec<_>>(), state.gathering.take())
            };
            if rows.is_empty() && figures.is_empty() {
                break;
            }
            let mut taken = Taken { metrics: self, rows, figures };
            self.write_some(&taken.rows, &taken.figures).await?;
            taken.rows.clear();
            taken.figures.clear();
        }
        let now = self.inner.parts.clock.now();
        self.state().gathering.tidy(now, sweep::kept);
        Ok(())
    }

    async fn write_some(&self, rows: &[NewCheck], figures: &[(Of, Figures)]) -> nexus_store::Result<()> {
        let Parts { store, system, process, .. } = &self.inner.parts;
        let mut tx = store.system_write(system).await?;
        for row in rows {
            tx.insert_check(row).await?;
        }
        for (of, figures) in figures {
            tx.put_metric(&metric(*of, figures), *process).await?;
        }
        tx.commit().await
    }
}

/// What is being written: goes back where it was unless it was cleared, also when the turn is dropped half-way.
struct Taken<'m> {
    metrics: &'m Metrics,
    rows: Vec<NewCheck>,
    figures: Vec<(Of, Figures)>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut state = self.metrics.state();
        state.put_back(std::mem::take(&mut self.rows));
        state.gathering.not_written(&self.figures);
    }
}

fn metric(of: Of, figures: &Figures) -> MetricRow {
    MetricRow {
        tenant_id: of.tenant,
        server_id: of.server,
        span: of.span,
        begins_at: of.begins_at,
        checks: signed(figures.checks),
        failed: signed(figures.failed),
        attempts: signed(figures.attempts),
        sum_ms: millis(figures.sum),
        buckets: figures.times.write(),
    }
}

fn row(sample: Sample) -> NewCheck {
    NewCheck {
        id: secret::id(),
        tenant_id: sample.tenant,
        server_id: sample.server,
        at: sample.at,
        kind: sample.kind,
        what: sample.what.into_owned(),
        ok: sample.ok,
        took_ms: millis(sample.took),
        way: sample.way,
        attempts: sample.attempts,
        timeout_ms: sample.timeout.map(millis),
        error: sample.error.map(|error| error.chars().take(WORDS).collect()),
    }
}

/// Whole milliseconds, rounded.
pub(crate) fn millis(span: Duration) -> i64 {
    i64::try_from((span.as_micros() + 500) / 1000).unwrap_or(i64::MAX)
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
