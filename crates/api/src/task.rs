//! Tasks: what was asked of guests, how far it is, how it ended.

use axum::Json;
use axum::extract::{Path, Query, State};
use nexus_app::access::SeeTasks;
use nexus_app::tasks::{TaskError, TaskState, TaskView};
use nexus_model::TaskAction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::May;
use crate::guest::GuestRefOut;
use crate::wire::{At, mirrored};

mirrored! {
    /// What a task does with a guest.
    TaskActionOut = TaskAction {
        Start, Shutdown, Stop, Reboot, Reset, Suspend, Resume, SnapshotCreate, SnapshotRollback, SnapshotDelete
    }
}
mirrored! {
    /// How far a task is.
    TaskStateOut = TaskState { Running, Ok, Failed, Stopped }
}

/// What the person may do with a task.
#[derive(Serialize, ToSchema)]
#[schema(as = TaskMay)]
pub(crate) struct TaskMayOut {
    /// Stop it while it runs.
    stop: bool,
    /// Read its log.
    log: bool,
}

/// One action on a guest.
#[derive(Serialize, ToSchema)]
#[schema(as = Task)]
pub(crate) struct TaskOut {
    id: Uuid,
    guest: GuestRefOut,
    guest_name: String,
    action: TaskActionOut,
    state: TaskStateOut,
    /// Why it failed, in PVE's words.
    detail: Option<String>,
    user_name: String,
    /// PVE's name of the task; it names the broker's token, so managers and up see it.
    upid: Option<String>,
    #[schema(value_type = At)]
    created_at: At,
    #[schema(value_type = Option<At>)]
    ended_at: Option<At>,
    /// The snapshot that it is about.
    snapshot: Option<String>,
    /// The action on many guests that it is part of.
    bulk: Option<Uuid>,
    /// Who stopped it, or asked to.
    stopped_by: Option<String>,
    may: TaskMayOut,
}

impl From<TaskView> for TaskOut {
    fn from(task: TaskView) -> Self {
        Self {
            id: task.id.into(),
            guest: task.guest.into(),
            guest_name: task.guest_name,
            action: task.action.into(),
            state: task.state.into(),
            detail: task.detail,
            user_name: task.user_name,
            upid: task.upid,
            created_at: At(task.created_at),
            ended_at: task.ended_at.map(At),
            snapshot: task.snapshot,
            bulk: task.bulk.map(Uuid::from),
            stopped_by: task.stopped_by,
            may: TaskMayOut { stop: task.may.stop, log: task.may.log },
        }
    }
}

/// The newest tasks.
#[derive(Serialize, ToSchema)]
#[schema(as = TaskList)]
pub(crate) struct TaskListOut {
    tasks: Vec<TaskOut>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TaskPage {
    /// How many, 1 to 200; 50 unless given.
    limit: Option<u32>,
}

/// The newest tasks: one's own, or everybody's for managers and up.
#[utoipa::path(get, path = "/tenants/{tenant}/tasks", tag = "task", operation_id = "list_tasks", params(("tenant" = Uuid, Path,), TaskPage),
    responses((status = 200, body = TaskListOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeTasks>,
    page: Result<Query<TaskPage>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<TaskListOut>, ApiError> {
    let Query(page) = page.map_err(|error| ApiError::bad_request(error.body_text()))?;
    let tasks = api.app.tasks.list(&grant, page.limit.unwrap_or(50).clamp(1, 200)).await?;
    Ok(Json(TaskListOut { tasks: tasks.into_iter().map(TaskOut::from).collect() }))
}

/// One task.
#[utoipa::path(get, path = "/tenants/{tenant}/tasks/{task}", tag = "task", operation_id = "get_task",
    params(("tenant" = Uuid, Path,), ("task" = Uuid, Path,)),
    responses((status = 200, body = TaskOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    May(grant): May<SeeTasks>,
    path: Path<(String, String)>,
) -> Result<Json<TaskOut>, ApiError> {
    let task = path.0.1.parse().map_err(|_| ApiError::not_found())?;
    Ok(Json(api.app.tasks.get(&grant, task).await?.into()))
}

impl From<TaskError> for ApiError {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::NotFound => Self::not_found(),
            TaskError::Internal(cause) => Self::internal(cause),
        }
    }
}
