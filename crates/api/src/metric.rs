//! What checks of servers and calls of PVE came to: figures for charts, and the list of the last ones.

use axum::Json;
use axum::extract::State;
use nexus_app::access::SeeServers;
use nexus_app::metrics::{
    CheckFilter, CheckPage, CheckView, MetricPoint, MetricTotal, MetricsOverview, MonitoringError, ServerMetrics,
};
use nexus_app::page::Page;
use nexus_model::{CheckKind, MetricSpan, ServerId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{May, ServerOf};
use crate::page::{Given, given};
use crate::server_view::{ServerStatusOut, WayOut};
use crate::wire::{At, mirrored};

mirrored! {
    /// The length of one point of a chart.
    MetricSpanOut = MetricSpan { Hour, Day }
}

mirrored! {
    /// What was asked of a server.
    CheckKindOut = CheckKind { Check, Call }
}

/// One hour or day of a server.
#[derive(Serialize, ToSchema)]
#[schema(as = MetricPoint)]
pub(crate) struct MetricPointOut {
    #[schema(value_type = At)]
    at: At,
    checks: u64,
    failed: u64,
    attempts: u64,
    /// Null where nothing was asked.
    success_percent: Option<f64>,
    /// Null where nothing succeeded.
    average_ms: Option<f64>,
    /// Null where nothing succeeded; at most 5 % off.
    p95_ms: Option<f64>,
}

impl From<MetricPoint> for MetricPointOut {
    fn from(point: MetricPoint) -> Self {
        let MetricPoint { at, total } = point;
        let MetricTotal { checks, failed, attempts, success_percent, average_ms, p95_ms } = total;
        Self { at: At(at), checks, failed, attempts, success_percent, average_ms, p95_ms }
    }
}

/// All of a span.
#[derive(Serialize, ToSchema)]
#[schema(as = MetricTotal)]
pub(crate) struct MetricTotalOut {
    checks: u64,
    failed: u64,
    attempts: u64,
    /// Null where nothing was asked.
    success_percent: Option<f64>,
    /// Null where nothing succeeded.
    average_ms: Option<f64>,
    /// Null where nothing succeeded; at most 5 % off.
    p95_ms: Option<f64>,
}

impl From<MetricTotal> for MetricTotalOut {
    fn from(total: MetricTotal) -> Self {
        let MetricTotal { checks, failed, attempts, success_percent, average_ms, p95_ms } = total;
        Self { checks, failed, attempts, success_percent, average_ms, p95_ms }
    }
}

/// Figures of one server: 24 hours or 30 days, gaps where nothing was asked.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerMetrics)]
pub(crate) struct ServerMetricsOut {
    server: Uuid,
    server_name: String,
    status: ServerStatusOut,
    /// The oldest first.
    points: Vec<MetricPointOut>,
    total: MetricTotalOut,
}

impl From<ServerMetrics> for ServerMetricsOut {
    fn from(metrics: ServerMetrics) -> Self {
        Self {
            server: metrics.server.into(),
            server_name: metrics.server_name,
            status: metrics.status.into(),
            points: metrics.points.into_iter().map(MetricPointOut::from).collect(),
            total: metrics.total.into(),
        }
    }
}

/// Figures of all servers of a tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = MetricsOverview)]
pub(crate) struct MetricsOverviewOut {
    span: MetricSpanOut,
    #[schema(value_type = At)]
    begins_at: At,
    /// When the running hour or day ends.
    #[schema(value_type = At)]
    ends_at: At,
    total: MetricTotalOut,
    servers: Vec<ServerMetricsOut>,
}

impl From<MetricsOverview> for MetricsOverviewOut {
    fn from(metrics: MetricsOverview) -> Self {
        Self {
            span: metrics.span.into(),
            begins_at: At(metrics.begins_at),
            ends_at: At(metrics.ends_at),
            total: metrics.total.into(),
            servers: metrics.servers.into_iter().map(ServerMetricsOut::from).collect(),
        }
    }
}

/// A check of a server or a call of PVE.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckEntry)]
pub(crate) struct CheckEntryOut {
    id: Uuid,
    server: Uuid,
    server_name: String,
    #[schema(value_type = At)]
    at: At,
    kind: CheckKindOut,
    what: String,
    ok: bool,
    took_ms: i64,
    /// Null where the server is provided.
    way: Option<WayOut>,
    attempts: i64,
    /// Null where the server is provided.
    timeout_ms: Option<i64>,
    /// Null where the server is provided.
    error: Option<String>,
}

impl From<CheckView> for CheckEntryOut {
    fn from(check: CheckView) -> Self {
        Self {
            id: check.id.into(),
            server: check.server.into(),
            server_name: check.server_name,
            at: At(check.at),
            kind: check.kind.into(),
            what: check.what,
            ok: check.ok,
            took_ms: check.took_ms,
            way: check.way.map(WayOut::from),
            attempts: check.attempts,
            timeout_ms: check.timeout_ms,
            error: check.error,
        }
    }
}

/// Checks and calls, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckList)]
pub(crate) struct CheckListOut {
    checks: Vec<CheckEntryOut>,
    next_cursor: Option<String>,
}

/// Which figures.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpanIn {
    /// Hours unless given.
    #[param(inline = false)]
    span: Option<MetricSpanOut>,
}

impl SpanIn {
    fn span(&self) -> MetricSpan {
        self.span.map_or(MetricSpan::Hour, MetricSpan::from)
    }
}

/// Which checks and calls.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChecksIn {
    /// Of this server alone.
    server: Option<Uuid>,
    /// Of this kind alone.
    kind: Option<CheckKindOut>,
    /// Those that failed, or those that did not, alone.
    failed: Option<bool>,
    /// From the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Figures of all servers.
#[utoipa::path(get, path = "/tenants/{tenant}/metrics", tag = "metric", operation_id = "get_metrics",
    params(("tenant" = Uuid, Path,), SpanIn),
    responses((status = 200, body = MetricsOverviewOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn overview(
    State(api): State<Api>,
    May(grant): May<SeeServers>,
    query: Given<SpanIn>,
) -> Result<Json<MetricsOverviewOut>, ApiError> {
    let span = given(query)?.span();
    Ok(Json(api.app.monitoring.overview(&grant, span).await?.into()))
}

/// Figures of one server.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/{server}/metrics", tag = "metric",
    operation_id = "get_server_metrics", params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,), SpanIn),
    responses((status = 200, body = ServerMetricsOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn of_server(
    State(api): State<Api>,
    May(grant): May<SeeServers>,
    ServerOf(server): ServerOf,
    query: Given<SpanIn>,
) -> Result<Json<ServerMetricsOut>, ApiError> {
    let span = given(query)?.span();
    Ok(Json(api.app.monitoring.of_server(&grant, server, span).await?.into()))
}

/// Checks and calls, newest first.
#[utoipa::path(get, path = "/tenants/{tenant}/checks", tag = "metric", operation_id = "list_checks",
    params(("tenant" = Uuid, Path,), ChecksIn),
    responses((status = 200, body = CheckListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn checks(
    State(api): State<Api>,
    May(grant): May<SeeServers>,
    query: Given<ChecksIn>,
) -> Result<Json<CheckListOut>, ApiError> {
    let ChecksIn { server, kind, failed, cursor, limit } = given(query)?;
    let filter = CheckFilter { server: server.map(ServerId::from), kind: kind.map(CheckKind::from), failed };
    let page = Page { q: String::new(), cursor, limit: limit.unwrap_or(50) };
    let CheckPage { checks, next_cursor } = api.app.monitoring.checks(&grant, filter, &page).await?;
    Ok(Json(CheckListOut { checks: checks.into_iter().map(CheckEntryOut::from).collect(), next_cursor }))
}

impl From<MonitoringError> for ApiError {
    fn from(error: MonitoringError) -> Self {
        match error {
            MonitoringError::NotFound => Self::not_found(),
            MonitoringError::Page(bad) => bad.into(),
            MonitoringError::Store(cause) => Self::internal(cause),
        }
    }
}
