//! Snapshots of a server's configuration: which paths are kept, and what PVE answered.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::access::{DeleteServers, ReadPve, WritePve};
use nexus_app::config_snapshots::{ConfigDetail, ConfigError, ConfigPart, ConfigPlan, ConfigSnapshotRow, PlanInput};
use nexus_app::page::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, ConfigSnapshotOf, May, ServerOf};
use crate::page::{Given, given};
use crate::version::{IfMatch, tagged};
use crate::wire::At;

/// Which paths of PVE's API are kept, and how often.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfigPlan)]
pub(crate) struct ConfigPlanOut {
    /// With placeholders for nodes and guests.
    paths: Vec<String>,
    /// Null for by hand only.
    every_hours: Option<i64>,
    #[schema(value_type = Option<At>)]
    next_at: Option<At>,
    /// To send as `If-Match` with a change; 0 for a proposal.
    version: i64,
}

impl From<ConfigPlan> for ConfigPlanOut {
    fn from(plan: ConfigPlan) -> Self {
        let next_at = plan.next_at.map(At);
        Self { paths: plan.paths, every_hours: plan.every_hours, next_at, version: plan.version }
    }
}

/// A plan to follow.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConfigPlanIn {
    /// Only such as can be read.
    #[schema(min_items = 1, max_items = 50)]
    paths: Vec<String>,
    #[schema(minimum = 1, maximum = 720)]
    every_hours: Option<i64>,
}

/// What PVE answered at one time.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfigSnapshot)]
pub(crate) struct ConfigSnapshotOut {
    id: Uuid,
    taken_by: String,
    paths: i64,
    failed: i64,
    size_bytes: i64,
    /// Otherwise than the one before.
    changed: bool,
    #[schema(value_type = At)]
    created_at: At,
}

impl From<ConfigSnapshotRow> for ConfigSnapshotOut {
    fn from(row: ConfigSnapshotRow) -> Self {
        Self {
            id: row.id.into(),
            changed: row.changed(),
            paths: row.paths,
            failed: row.failed,
            size_bytes: row.size_bytes,
            created_at: At(row.created_at),
            taken_by: row.taken_by_name,
        }
    }
}

/// One path's answer.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfigPart)]
pub(crate) struct ConfigPartOut {
    path: String,
    /// PVE's; null where there was no answer.
    status: Option<u16>,
    /// As JSON with sorted keys.
    #[schema(value_type = Value)]
    data: serde_json::Value,
    /// What went wrong.
    error: Option<String>,
}

impl From<ConfigPart> for ConfigPartOut {
    fn from(part: ConfigPart) -> Self {
        Self { path: part.path, status: part.status, data: part.data, error: part.error }
    }
}

/// A snapshot with what was answered.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfigSnapshotDetail)]
pub(crate) struct ConfigSnapshotDetailOut {
    snapshot: ConfigSnapshotOut,
    parts: Vec<ConfigPartOut>,
}

impl From<ConfigDetail> for ConfigSnapshotDetailOut {
    fn from(detail: ConfigDetail) -> Self {
        let parts = detail.parts.into_iter().map(ConfigPartOut::from).collect();
        Self { snapshot: detail.snapshot.into(), parts }
    }
}

/// The newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfigSnapshotList)]
pub(crate) struct ConfigSnapshotListOut {
    snapshots: Vec<ConfigSnapshotOut>,
    next_cursor: Option<String>,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SnapshotPageIn {
    /// From the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl From<SnapshotPageIn> for Page {
    fn from(page: SnapshotPageIn) -> Self {
        Self { q: String::new(), cursor: page.cursor, limit: page.limit.unwrap_or(50) }
    }
}

fn one(plan: ConfigPlan) -> Response {
    tagged(StatusCode::OK, plan.version, ConfigPlanOut::from(plan))
}

/// Which paths are kept; a proposal until it is saved.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/{server}/config-plan", tag = "explorer", operation_id = "get_config_plan",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 200, body = ConfigPlanOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn plan(
    State(api): State<Api>,
    May(grant): May<ReadPve>,
    ServerOf(server): ServerOf,
) -> Result<Response, ApiError> {
    Ok(one(api.app.config_snapshots.plan(&grant, server).await?))
}

/// Says which paths are kept; `If-Match` says which version of the plan is changed, `"0"` for the first.
#[utoipa::path(put, path = "/tenants/{tenant}/servers/{server}/config-plan", tag = "explorer", operation_id = "set_config_plan",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,), ("if-match" = String, Header,)), request_body = ConfigPlanIn,
    responses((status = 200, body = ConfigPlanOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
              (status = 428, body = Problem)))]
pub(crate) async fn set_plan(
    State(api): State<Api>,
    May(grant): May<WritePve>,
    ServerOf(server): ServerOf,
    IfMatch(version): IfMatch,
    Body(input): Body<ConfigPlanIn>,
) -> Result<Response, ApiError> {
    let input = PlanInput { paths: input.paths, every_hours: input.every_hours };
    Ok(one(api.app.config_snapshots.set_plan(&grant, server, input, version).await?))
}

/// What was kept.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/{server}/config-snapshots", tag = "explorer", operation_id = "list_config_snapshots",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,), SnapshotPageIn),
    responses((status = 200, body = ConfigSnapshotListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<ReadPve>,
    ServerOf(server): ServerOf,
    query: Given<SnapshotPageIn>,
) -> Result<Json<ConfigSnapshotListOut>, ApiError> {
    let page = api.app.config_snapshots.list(&grant, server, &given(query)?.into()).await?;
    let snapshots = page.snapshots.into_iter().map(ConfigSnapshotOut::from).collect();
    Ok(Json(ConfigSnapshotListOut { snapshots, next_cursor: page.next_cursor }))
}

/// Asks PVE now, and keeps what it says.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/{server}/config-snapshots", tag = "explorer", operation_id = "take_config_snapshot",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 201, body = ConfigSnapshotOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 502, body = Problem)))]
pub(crate) async fn take(
    State(api): State<Api>,
    May(grant): May<WritePve>,
    ServerOf(server): ServerOf,
) -> Result<(StatusCode, Json<ConfigSnapshotOut>), ApiError> {
    let taken = api.app.config_snapshots.take(&grant, server).await?;
    Ok((StatusCode::CREATED, Json(taken.into())))
}

/// One of them, with what was answered.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/{server}/config-snapshots/{snapshot}", tag = "explorer",
    operation_id = "get_config_snapshot",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,), ("snapshot" = Uuid, Path,)),
    responses((status = 200, body = ConfigSnapshotDetailOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    May(grant): May<ReadPve>,
    ServerOf(server): ServerOf,
    ConfigSnapshotOf(snapshot): ConfigSnapshotOf,
) -> Result<Json<ConfigSnapshotDetailOut>, ApiError> {
    Ok(Json(api.app.config_snapshots.get(&grant, server, snapshot).await?.into()))
}

/// Forgets one; for admins.
#[utoipa::path(delete, path = "/tenants/{tenant}/servers/{server}/config-snapshots/{snapshot}", tag = "explorer",
    operation_id = "delete_config_snapshot",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,), ("snapshot" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    May(grant): May<DeleteServers>,
    ServerOf(server): ServerOf,
    ConfigSnapshotOf(snapshot): ConfigSnapshotOf,
) -> Result<StatusCode, ApiError> {
    api.app.config_snapshots.delete(&grant, server, snapshot).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ConfigError> for ApiError {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::NotFound => Self::not_found(),
            ConfigError::Provided => {
                Self::pve_closed("The server is provided, and its configuration is not open here.")
            }
            ConfigError::BadPage(cause) => cause.into(),
            ConfigError::Invalid(fields) => Self::invalid(fields),
            ConfigError::ChangedMeanwhile => Self::changed_meanwhile(),
            ConfigError::NoPlan => Self::conflict("no_plan", "Choose first which paths are kept."),
            ConfigError::BeingTaken => {
                Self::conflict("being_taken", "A snapshot of this server is being taken. Wait for it.")
            }
            ConfigError::TooLarge(why) => {
                Self::unprocessable("too_large", format!("This is more than one snapshot holds: {why}."))
            }
            ConfigError::Unreachable(why) => Self::bad_gateway("unreachable", format!("PVE answered nothing: {why}.")),
            ConfigError::Internal(_) | ConfigError::Store(_) => Self::internal(error),
        }
    }
}
