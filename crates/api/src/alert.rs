//! Alerts: what is wrong with servers, and who looks after it.

use axum::Json;
use axum::extract::State;
use nexus_app::access::{ManageServers, SeeServers};
use nexus_app::alerts::{AlertError, AlertFilter, AlertPage, AlertView};
use nexus_app::page::Page;
use nexus_model::{AlertState, ServerId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{AlertOf, May};
use crate::notification::AlertRuleOut;
use crate::page::{Given, given};
use crate::wire::{At, mirrored};

mirrored! {
    /// How far an alert is.
    AlertStateOut = AlertState { Open, Acknowledged, Resolved }
}

/// Something that is wrong with a server, or (network) with all at once: then `server` is null and its name empty.
#[derive(Serialize, ToSchema)]
#[schema(as = Alert)]
pub(crate) struct AlertOut {
    id: Uuid,
    rule: AlertRuleOut,
    state: AlertStateOut,
    server: Option<Uuid>,
    server_name: String,
    /// What was measured when it opened: percent, milliseconds or seconds, by rule.
    value: Option<i64>,
    /// What would have been good enough then, in the same unit.
    threshold: i64,
    /// Null where the server is provided.
    detail: Option<String>,
    #[schema(value_type = At)]
    opened_at: At,
    #[schema(value_type = Option<At>)]
    acknowledged_at: Option<At>,
    acknowledged_by: Option<String>,
    #[schema(value_type = Option<At>)]
    resolved_at: Option<At>,
}

impl From<AlertView> for AlertOut {
    fn from(alert: AlertView) -> Self {
        Self {
            id: alert.id.into(),
            rule: alert.rule.into(),
            state: alert.state.into(),
            server: alert.server.map(Uuid::from),
            server_name: alert.server_name,
            value: alert.value,
            threshold: alert.threshold,
            detail: alert.detail,
            opened_at: At(alert.opened_at),
            acknowledged_at: alert.acknowledged_at.map(At),
            acknowledged_by: alert.acknowledged_by,
            resolved_at: alert.resolved_at.map(At),
        }
    }
}

/// Alerts, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertList)]
pub(crate) struct AlertListOut {
    alerts: Vec<AlertOut>,
    next_cursor: Option<String>,
    /// How many of the tenant nobody took.
    open: i64,
    /// How many of the tenant are not over.
    active: i64,
}

/// Which alerts by state.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertFilter)]
pub(crate) enum AlertFilterIn {
    /// Open and acknowledged ones.
    Active,
    /// Those that are over.
    Resolved,
}

/// Which alerts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertsIn {
    state: Option<AlertFilterIn>,
    /// Of this server alone.
    server: Option<Uuid>,
    /// From the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Alerts, newest first.
#[utoipa::path(get, path = "/tenants/{tenant}/alerts", tag = "alert", operation_id = "list_alerts",
    params(("tenant" = Uuid, Path,), AlertsIn),
    responses((status = 200, body = AlertListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeServers>,
    query: Given<AlertsIn>,
) -> Result<Json<AlertListOut>, ApiError> {
    let AlertsIn { state, server, cursor, limit } = given(query)?;
    let resolved = state.map(|state| matches!(state, AlertFilterIn::Resolved));
    let filter = AlertFilter { resolved, server: server.map(ServerId::from) };
    let page = Page { q: String::new(), cursor, limit: limit.unwrap_or(50) };
    let AlertPage { alerts, next_cursor, open, active } = api.app.alerts.list(&grant, filter, &page).await?;
    Ok(Json(AlertListOut { alerts: alerts.into_iter().map(AlertOut::from).collect(), next_cursor, open, active }))
}

/// Says that somebody looks after an alert; twice does nothing more.
#[utoipa::path(post, path = "/tenants/{tenant}/alerts/{alert}/acknowledge", tag = "alert",
    operation_id = "acknowledge_alert", params(("tenant" = Uuid, Path,), ("alert" = Uuid, Path,)),
    responses((status = 200, body = AlertOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn acknowledge(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    AlertOf(alert): AlertOf,
) -> Result<Json<AlertOut>, ApiError> {
    Ok(Json(api.app.alerts.acknowledge(&grant, alert).await?.into()))
}

impl From<AlertError> for ApiError {
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::NotFound => Self::not_found(),
            AlertError::Resolved => Self::conflict("alert_resolved", "This alert is over already."),
            AlertError::Page(bad) => bad.into(),
            AlertError::Store(cause) => Self::internal(cause),
        }
    }
}
