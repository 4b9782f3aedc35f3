//! A tenant's settings.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::access::{ManageSettings, SeeSettings};
use nexus_app::settings::{Settings, SettingsError, SettingsInput};
use nexus_model::ViewerScope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May};
use crate::version::{IfMatch, tagged};
use crate::wire::mirrored;

mirrored! {
    /// Which guests a viewer sees.
    ViewerScopeOut = ViewerScope { Assigned, All }
}

/// A tenant's settings.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
pub(crate) struct SettingsOut {
    name: String,
    description: String,
    viewer_scope: ViewerScopeOut,
    /// Null for ever.
    audit_retention_days: Option<i64>,
    /// Null for the installation's.
    health_interval_seconds: Option<i64>,
    alerts_enabled: bool,
    alert_success_percent: i64,
    alert_latency_ms: i64,
    alert_offline_seconds: i64,
    alert_email: Option<String>,
    /// To send as `If-Match` with a change.
    version: i64,
}

impl From<Settings> for SettingsOut {
    fn from(settings: Settings) -> Self {
        Self {
            name: settings.name,
            description: settings.description,
            viewer_scope: settings.viewer_scope.into(),
            audit_retention_days: settings.audit_retention_days,
            health_interval_seconds: settings.health_interval_seconds,
            alerts_enabled: settings.alerts_enabled,
            alert_success_percent: settings.alert_success_percent,
            alert_latency_ms: settings.alert_latency_ms,
            alert_offline_seconds: settings.alert_offline_seconds,
            alert_email: settings.alert_email,
            version: settings.version,
        }
    }
}

/// A tenant's settings, whole.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SettingsIn {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(max_length = 1000)]
    description: String,
    viewer_scope: ViewerScopeOut,
    /// Null for ever.
    #[schema(minimum = 1, maximum = 3650)]
    audit_retention_days: Option<i64>,
    /// Null for the installation's.
    #[schema(minimum = 10, maximum = 3600)]
    health_interval_seconds: Option<i64>,
    alerts_enabled: bool,
    #[schema(minimum = 50, maximum = 100)]
    alert_success_percent: i64,
    #[schema(minimum = 100, maximum = 5000)]
    alert_latency_ms: i64,
    #[schema(minimum = 10, maximum = 3600)]
    alert_offline_seconds: i64,
    /// Who is told of alerts by mail, beside members who want to be; null for nobody.
    #[schema(max_length = 254)]
    alert_email: Option<String>,
}

impl From<SettingsIn> for SettingsInput {
    fn from(settings: SettingsIn) -> Self {
        Self {
            name: settings.name,
            description: settings.description,
            viewer_scope: settings.viewer_scope.into(),
            audit_retention_days: settings.audit_retention_days,
            health_interval_seconds: settings.health_interval_seconds,
            alerts_enabled: settings.alerts_enabled,
            alert_success_percent: settings.alert_success_percent,
            alert_latency_ms: settings.alert_latency_ms,
            alert_offline_seconds: settings.alert_offline_seconds,
            alert_email: settings.alert_email,
        }
    }
}

fn whole(settings: Settings) -> Response {
    tagged(StatusCode::OK, settings.version, SettingsOut::from(settings))
}

/// The settings.
#[utoipa::path(get, path = "/tenants/{tenant}/settings", tag = "tenant", operation_id = "get_settings",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = SettingsOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn get(State(api): State<Api>, May(grant): May<SeeSettings>) -> Result<Response, ApiError> {
    Ok(whole(api.app.settings.get(&grant).await?))
}

/// Changes the settings; `If-Match` says which version of them.
#[utoipa::path(put, path = "/tenants/{tenant}/settings", tag = "tenant", operation_id = "update_settings",
    params(("tenant" = Uuid, Path,), ("if-match" = String, Header,)), request_body = SettingsIn,
    responses((status = 200, body = SettingsOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
              (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    IfMatch(version): IfMatch,
    Body(input): Body<SettingsIn>,
) -> Result<Response, ApiError> {
    Ok(whole(api.app.settings.update(&grant, input.into(), version).await?))
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::NotFound => Self::not_found(),
            SettingsError::Invalid(fields) => Self::invalid(fields),
            SettingsError::ChangedMeanwhile => Self::changed_meanwhile(),
            SettingsError::Store(cause) => Self::internal(cause),
        }
    }
}
