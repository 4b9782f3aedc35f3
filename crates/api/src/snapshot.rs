//! Snapshots of guests.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use nexus_app::access::SnapshotGuest;
use nexus_app::snapshots::{Snapshot, SnapshotError, SnapshotInput, SnapshotList};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, MayGuest, SnapshotOf};
use crate::guest::{GuestParams, KindOut};
use crate::task::TaskOut;
use crate::wire::At;

/// Which snapshot, in a path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path for the document; the extractors read it")]
pub(crate) struct SnapshotParams {
    tenant: Uuid,
    server: Uuid,
    #[param(rename = "type")]
    kind: KindOut,
    #[param(minimum = 100, maximum = 999_999_999)]
    vmid: u32,
    #[param(max_length = 40)]
    snapshot: String,
}

/// A snapshot.
#[derive(Serialize, ToSchema)]
#[schema(as = Snapshot)]
pub(crate) struct SnapshotOut {
    name: String,
    description: String,
    #[schema(value_type = Option<At>)]
    created_at: Option<At>,
    with_memory: bool,
    /// Null for a root.
    parent: Option<String>,
    /// PVE's word (`prepare`, `delete`, …) while it is made or deleted, or where that failed.
    state: Option<String>,
}

impl From<Snapshot> for SnapshotOut {
    fn from(snapshot: Snapshot) -> Self {
        Self {
            name: snapshot.name,
            description: snapshot.description,
            created_at: snapshot.created_at.map(At),
            with_memory: snapshot.with_memory,
            parent: snapshot.parent,
            state: snapshot.state,
        }
    }
}

/// The snapshots of a guest, oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = SnapshotList)]
pub(crate) struct SnapshotListOut {
    snapshots: Vec<SnapshotOut>,
    /// The parent of what runs now.
    current: Option<String>,
    running: bool,
    /// Whether a snapshot with memory makes sense: of a VM that runs.
    memory: bool,
    /// Why none can be made now: a template, a lock.
    why_not: Option<String>,
}

impl From<SnapshotList> for SnapshotListOut {
    fn from(list: SnapshotList) -> Self {
        Self {
            snapshots: list.snapshots.into_iter().map(SnapshotOut::from).collect(),
            current: list.current,
            running: list.running,
            memory: list.memory,
            why_not: list.why_not,
        }
    }
}

/// A snapshot that is wanted.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SnapshotIn {
    /// A letter, then letters, digits, - and _, 2 to 40 in all; not `current` or `pending`.
    #[schema(min_length = 2, max_length = 40)]
    name: String,
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// With the memory of a VM that runs.
    with_memory: Option<bool>,
}

/// What is to be said of a snapshot.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SnapshotEditIn {
    #[schema(max_length = 1000)]
    description: String,
}

/// How to go back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RollbackIn {
    /// Start it afterwards; needs power too.
    start: Option<bool>,
}

/// The guest's snapshots, oldest first, as PVE has them now.
#[utoipa::path(get, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots", tag = "snapshot", operation_id = "list_snapshots",
    params(GuestParams),
    responses((status = 200, body = SnapshotListOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<SnapshotGuest>,
) -> Result<Json<SnapshotListOut>, ApiError> {
    Ok(Json(api.app.snapshots.list(&grant).await?.into()))
}

/// Makes a snapshot. The answer is a task; how it goes on comes as events.
#[utoipa::path(post, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots", tag = "snapshot", operation_id = "create_snapshot",
    params(GuestParams), request_body = SnapshotIn,
    responses((status = 202, body = TaskOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 502, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<SnapshotGuest>,
    Body(input): Body<SnapshotIn>,
) -> Result<(StatusCode, Json<TaskOut>), ApiError> {
    let description = input.description.unwrap_or_default();
    let input = SnapshotInput { name: input.name, description, with_memory: input.with_memory.unwrap_or(false) };
    Ok((StatusCode::ACCEPTED, Json(api.app.snapshots.create(grant, input).await?.into())))
}

/// Changes what is said of a snapshot.
#[utoipa::path(patch, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots/{snapshot}", tag = "snapshot",
    operation_id = "update_snapshot", params(SnapshotParams), request_body = SnapshotEditIn,
    responses((status = 200, body = SnapshotOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<SnapshotGuest>,
    SnapshotOf(name): SnapshotOf,
    Body(input): Body<SnapshotEditIn>,
) -> Result<Json<SnapshotOut>, ApiError> {
    Ok(Json(api.app.snapshots.describe(grant, &name, &input.description).await?.into()))
}

/// Deletes a snapshot; its children become its parent's. The answer is a task.
#[utoipa::path(delete, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots/{snapshot}", tag = "snapshot",
    operation_id = "delete_snapshot", params(SnapshotParams),
    responses((status = 202, body = TaskOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<SnapshotGuest>,
    SnapshotOf(name): SnapshotOf,
) -> Result<(StatusCode, Json<TaskOut>), ApiError> {
    Ok((StatusCode::ACCEPTED, Json(api.app.snapshots.delete(grant, &name).await?.into())))
}

/// Goes back to a snapshot; what came after is lost. The answer is a task.
#[utoipa::path(post, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots/{snapshot}/rollback", tag = "snapshot",
    operation_id = "roll_back_snapshot", params(SnapshotParams), request_body = RollbackIn,
    responses((status = 202, body = TaskOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn roll_back(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<SnapshotGuest>,
    SnapshotOf(name): SnapshotOf,
    Body(input): Body<RollbackIn>,
) -> Result<(StatusCode, Json<TaskOut>), ApiError> {
    let task = api.app.snapshots.roll_back(grant, &name, input.start.unwrap_or(false)).await?;
    Ok((StatusCode::ACCEPTED, Json(task.into())))
}

impl From<SnapshotError> for ApiError {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::NotFound => Self::not_found(),
            SnapshotError::Forbidden => Self::forbidden(),
            SnapshotError::Invalid(fields) => Self::invalid(fields),
            SnapshotError::Exists => {
                Self::conflict("snapshot_exists", "The guest has a snapshot of this name. Choose another one.")
            }
            SnapshotError::Act(error) => error.into(),
        }
    }
}
