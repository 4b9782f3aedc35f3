//! Figures, checks and calls as people see them: managers and up, of their own tenant's servers.

use std::collections::BTreeMap;
use std::time::Duration;

use nexus_model::{CheckId, CheckKind, MetricSpan, Micros, ServerId, ServerOrigin, ServerStatus, Way};
use nexus_store::{CheckRow, CheckWanted, MetricRow, ServerName, Store};

use super::figures::{Figures, MetricTotal, Times, begin_of, length};
use crate::access::{Grant, SeeServers};
use crate::clock::Clock;
use crate::guests::Sight;
use crate::inventory::Inventory;
use crate::page::{BadPage, Page};

/// Figures of one hour or day.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricPoint {
    /// When it begins.
    pub at: Micros,
    /// What its checks came to.
    pub total: MetricTotal,
}

/// Figures of one server. Hours and days without a check are not there.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerMetrics {
    /// Which.
    pub server: ServerId,
    /// Its name.
    pub server_name: String,
    /// How it is doing now.
    pub status: ServerStatus,
    /// By hour or day, the oldest first.
    pub points: Vec<MetricPoint>,
    /// All of them together.
    pub total: MetricTotal,
}

/// Figures of all servers of a tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricsOverview {
    /// Hours or days.
    pub span: MetricSpan,
    /// When the first one begins.
    pub begins_at: Micros,
    /// When the running one ends.
    pub ends_at: Micros,
    /// All of them together.
    pub total: MetricTotal,
    /// By name.
    pub servers: Vec<ServerMetrics>,
}

/// A check or call as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckView {
    /// Its id.
    pub id: CheckId,
    /// Which server.
    pub server: ServerId,
    /// Its name.
    pub server_name: String,
    /// When.
    pub at: Micros,
    /// Check or call.
    pub kind: CheckKind,
    /// What was asked.
    pub what: String,
    /// Whether it succeeded.
    pub ok: bool,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// How the server was reached; for those who may know its inside.
    pub way: Option<Way>,
    /// The tries that it took.
    pub attempts: i64,
    /// The limit of the try that counted; for the same.
    pub timeout_ms: Option<i64>,
    /// Why it failed; for the same.
    pub error: Option<String>,
}

/// Which checks and calls are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckFilter {
    /// Of this server alone.
    pub server: Option<ServerId>,
    /// Of this kind alone.
    pub kind: Option<CheckKind>,
    /// Those that failed, or those that did not, alone.
    pub failed: Option<bool>,
}

/// A page of checks and calls, newest first.
#[derive(Debug, Clone)]
pub struct CheckPage {
    /// The checks and calls.
    pub checks: Vec<CheckView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Why there is nothing to see.
#[derive(Debug, thiserror::Error)]
pub enum MonitoringError {
    /// The tenant has no such server.
    #[error("there is no such server")]
    NotFound,
    /// The page cannot be read.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// Shows what checks and calls came to. Cheap to clone.
#[derive(Clone)]
pub struct Monitoring {
    store: Store,
    clock: Clock,
    inventory: Inventory,
}

impl Monitoring {
    pub(crate) fn new(store: Store, clock: Clock, inventory: Inventory) -> Self {
        Self { store, clock, inventory }
    }

    /// Figures of all the tenant's servers.
    ///
    /// # Errors
    /// The store.
    pub async fn overview(
        &self,
        grant: &Grant<SeeServers>,
        span: MetricSpan,
    ) -> Result<MetricsOverview, MonitoringError> {
        let (begins_at, ends_at) = chart(span, self.clock.now());
        let mut tx = self.store.tenant_read(grant.scope()).await?;
        let names = tx.server_names().await?;
        let mut rows: BTreeMap<ServerId, Vec<MetricRow>> = BTreeMap::new();
        for row in tx.metrics(span, begins_at).await? {
            rows.entry(row.server_id).or_default().push(row);
        }
        drop(tx);
        let mut all = Figures::default();
        let servers = names.into_iter().map(|server| {
            let (figures, metrics) = self.of(rows.remove(&server.id).unwrap_or_default(), server);
            all.add_all(&figures);
            metrics
        });
        let servers = servers.collect();
        Ok(MetricsOverview { span, begins_at, ends_at, total: all.total(), servers })
    }

    /// Figures of one server.
    ///
    /// # Errors
    /// [`MonitoringError`].
    pub async fn of_server(
        &self,
        grant: &Grant<SeeServers>,
        server: ServerId,
        span: MetricSpan,
    ) -> Result<ServerMetrics, MonitoringError> {
        let (begins_at, _) = chart(span, self.clock.now());
        let mut tx = self.store.tenant_read(grant.scope()).await?;
        let name = tx.server_name(server).await?.ok_or(MonitoringError::NotFound)?;
        let rows = tx.metrics_of(server, span, begins_at).await?;
        Ok(self.of(rows, name).1)
    }

    fn of(&self, rows: Vec<MetricRow>, server: ServerName) -> (Figures, ServerMetrics) {
        let (all, points) = points(rows);
        let status = self.inventory.entry(server.id).map_or(ServerStatus::Unknown, |entry| entry.health().status);
        let metrics = ServerMetrics { server: server.id, server_name: server.name, status, points, total: all.total() };
        (all, metrics)
    }

    /// Checks and calls, newest first.
    ///
    /// # Errors
    /// The page, the store.
    pub async fn checks(
        &self,
        grant: &Grant<SeeServers>,
        filter: CheckFilter,
        page: &Page,
    ) -> Result<CheckPage, MonitoringError> {
        let before = page.place::<(i64, CheckId)>()?.map(|(at, id)| (Micros(at), id));
        let CheckFilter { server, kind, failed } = filter;
        let mut tx = self.store.tenant_read(grant.scope()).await?;
        let mut rows = tx.checks(CheckWanted { server, kind, failed, before }, page.limit() + 1).await?;
        drop(tx);
        let next_cursor = page.cut(&mut rows, |row| (row.at.0, row.id));
        let sight = Sight::of(grant);
        Ok(CheckPage { checks: rows.into_iter().map(|row| sight.check(row)).collect(), next_cursor })
    }
}

impl Sight {
    fn check(&self, row: CheckRow) -> CheckView {
        let inside = self.inside(row.origin == ServerOrigin::Provided);
        CheckView {
            id: row.id,
            server: row.server_id,
            server_name: row.server_name,
            at: row.at,
            kind: row.kind,
            what: row.what,
            ok: row.ok,
            took_ms: row.took_ms,
            way: row.way.and_then(|way| way.parse().ok()).filter(|_| inside),
            attempts: row.attempts,
            timeout_ms: row.timeout_ms.filter(|_| inside),
            error: row.error.filter(|_| inside),
        }
    }
}

/// From when until when a chart reaches: 24 hours or 30 days with the one that runs.
fn chart(span: MetricSpan, now: Micros) -> (Micros, Micros) {
    let points = match span {
        MetricSpan::Hour => 24,
        MetricSpan::Day => 30,
    };
    let (running, length) = (begin_of(span, now), length(span));
    (running.minus(length * (points - 1)), running.plus(length))
}

/// Adds the rows of all processes up: all of them, and each hour or day.
pub(super) fn points(rows: Vec<MetricRow>) -> (Figures, Vec<MetricPoint>) {
    let mut points: BTreeMap<Micros, Figures> = BTreeMap::new();
    for row in rows {
        points.entry(row.begins_at).or_default().add_all(&figures(&row));
    }
    let mut all = Figures::default();
    points.values().for_each(|figures| all.add_all(figures));
    let points = points.into_iter().map(|(at, figures)| MetricPoint { at, total: figures.total() }).collect();
    (all, points)
}

fn figures(row: &MetricRow) -> Figures {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Figures {
        checks: count(row.checks),
        failed: count(row.failed),
        attempts: count(row.attempts),
        sum: Duration::from_millis(count(row.sum_ms)),
        times: Times::read(&row.buckets),
    }
}
