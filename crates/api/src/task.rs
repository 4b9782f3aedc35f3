//! Tasks: what was asked of guests, how far it is, how it ended.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use nexus_app::access::SeeTasks;
use nexus_app::page::Page;
use nexus_app::tasks::{TaskError, TaskQuery, TaskState, TaskView};
use nexus_model::{ServerId, TaskAction};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{May, TaskOf};
use crate::guest::{GuestRefOut, KindOut, guest_of};
use crate::page::{Given, given};
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

/// A page of tasks, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = TaskList)]
pub(crate) struct TaskListOut {
    tasks: Vec<TaskOut>,
    next_cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TaskPage {
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// From the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// The guest's server; with `type` and `vmid`.
    #[param(value_type = Option<Uuid>)]
    server: Option<ServerId>,
    /// VM or container; with `server` and `vmid`.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<KindOut>,
    /// The guest's number; with `server` and `type`.
    #[param(minimum = 100, maximum = 999_999_999)]
    vmid: Option<u32>,
    /// Only those in this state.
    state: Option<TaskStateOut>,
    /// Only one's own.
    own: Option<bool>,
}

impl TaskPage {
    fn query(self) -> Result<TaskQuery, ApiError> {
        let guest = guest_of(self.server, self.kind, self.vmid)?;
        let page = Page { q: String::new(), cursor: self.cursor, limit: self.limit.unwrap_or(50) };
        let state = self.state.map(TaskState::from);
        Ok(TaskQuery { guest, state, own: self.own.unwrap_or(false), page })
    }
}

/// A page of tasks, newest first: one's own, or everybody's for managers and up.
#[utoipa::path(get, path = "/tenants/{tenant}/tasks", tag = "task", operation_id = "list_tasks", params(("tenant" = Uuid, Path,), TaskPage),
    responses((status = 200, body = TaskListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeTasks>,
    page: Given<TaskPage>,
) -> Result<Json<TaskListOut>, ApiError> {
    let list = api.app.tasks.list(&grant, &given(page)?.query()?).await?;
    let tasks = list.tasks.into_iter().map(TaskOut::from).collect();
    Ok(Json(TaskListOut { tasks, next_cursor: list.next_cursor }))
}

/// One task.
#[utoipa::path(get, path = "/tenants/{tenant}/tasks/{task}", tag = "task", operation_id = "get_task",
    params(("tenant" = Uuid, Path,), ("task" = Uuid, Path,)),
    responses((status = 200, body = TaskOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    May(grant): May<SeeTasks>,
    TaskOf(task): TaskOf,
) -> Result<Json<TaskOut>, ApiError> {
    Ok(Json(api.app.tasks.get(&grant, task).await?.into()))
}

/// One line of a task's log.
#[derive(Serialize, ToSchema)]
#[schema(as = TaskLogLine)]
pub(crate) struct TaskLogLineOut {
    /// Counts from 1.
    number: u64,
    text: String,
}

/// A part of a task's log.
#[derive(Serialize, ToSchema)]
#[schema(as = TaskLog)]
pub(crate) struct TaskLogOut {
    lines: Vec<TaskLogLineOut>,
    /// The first number that is not here: ask from there.
    next: u64,
    /// Whether the task is over and nothing more will come.
    complete: bool,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogPart {
    /// The first line, from 1 on.
    #[param(minimum = 1)]
    from: Option<u64>,
    /// How many lines, 1 to 500; 500 unless given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// A part of a task's log in PVE's words, for those who may know the inside of the server.
#[utoipa::path(get, path = "/tenants/{tenant}/tasks/{task}/log", tag = "task", operation_id = "get_task_log",
    params(("tenant" = Uuid, Path,), ("task" = Uuid, Path,), LogPart),
    responses((status = 200, body = TaskLogOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn log(
    State(api): State<Api>,
    May(grant): May<SeeTasks>,
    TaskOf(task): TaskOf,
    part: Given<LogPart>,
) -> Result<Json<TaskLogOut>, ApiError> {
    let part = given(part)?;
    let (from, limit) = (part.from.unwrap_or(1), part.limit.unwrap_or(500));
    let log = api.app.tasks.log(&grant, task, from, limit).await?;
    let lines = log.lines.into_iter().map(|(number, text)| TaskLogLineOut { number, text }).collect();
    Ok(Json(TaskLogOut { lines, next: log.next, complete: log.complete }))
}

/// Asks PVE to stop a running task: one's own, or any for managers and up. How it ends comes as an event.
#[utoipa::path(post, path = "/tenants/{tenant}/tasks/{task}/stop", tag = "task", operation_id = "stop_task",
    params(("tenant" = Uuid, Path,), ("task" = Uuid, Path,)),
    responses((status = 202, body = TaskOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn stop(
    State(api): State<Api>,
    May(grant): May<SeeTasks>,
    TaskOf(task): TaskOf,
) -> Result<(StatusCode, Json<TaskOut>), ApiError> {
    Ok((StatusCode::ACCEPTED, Json(api.app.tasks.interrupt(&grant, task).await?.into())))
}

impl From<TaskError> for ApiError {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::NotFound => Self::not_found(),
            TaskError::Forbidden => Self::forbidden(),
            TaskError::Ended { detail } => Self::conflict("task_ended", detail),
            TaskError::Page(cause) => cause.into(),
            TaskError::PveUnreachable(detail) => Self::bad_gateway("pve_unreachable", detail),
            TaskError::PveRefused(detail) => Self::bad_gateway("pve_refused", detail),
            TaskError::Internal(_) => Self::internal(error),
        }
    }
}
