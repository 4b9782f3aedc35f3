//! Checks of servers that people ask for. They change nothing and leave no audit entry.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use nexus_app::access::{ManageServers, SeeServers};
use nexus_app::checks::{CheckRun, NoSuchServer, ServerCheck};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{May, ServerOf};
use crate::server_view::{ServerStatusOut, WayOut};
use crate::wire::At;

/// What a check of a server came to.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerCheck)]
pub(crate) struct ServerCheckOut {
    server: Uuid,
    ok: bool,
    took_ms: u64,
    /// The last one that was tried; null where none was, and for provided servers.
    way: Option<WayOut>,
    attempts: u32,
    /// Why it failed; null for provided servers.
    error: Option<String>,
    /// How the server is doing after it.
    status: ServerStatusOut,
    #[schema(value_type = At)]
    at: At,
}

impl From<ServerCheck> for ServerCheckOut {
    fn from(check: ServerCheck) -> Self {
        Self {
            server: check.server.into(),
            ok: check.ok,
            took_ms: check.took_ms,
            way: check.way.map(WayOut::from),
            attempts: check.attempts,
            error: check.error,
            status: check.status.into(),
            at: At(check.at),
        }
    }
}

/// A check of all servers; `done` counts up to `total`.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckRun)]
pub(crate) struct CheckRunOut {
    id: Uuid,
    total: u32,
    done: u32,
    failed: u32,
    #[schema(value_type = At)]
    started_at: At,
    #[schema(value_type = Option<At>)]
    ended_at: Option<At>,
}

impl From<CheckRun> for CheckRunOut {
    fn from(run: CheckRun) -> Self {
        Self {
            id: run.id.into(),
            total: run.total,
            done: run.done,
            failed: run.failed,
            started_at: At(run.started_at),
            ended_at: run.ended_at.map(At),
        }
    }
}

/// The newest check of all servers, if there was one since Nexus started.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckRunState)]
pub(crate) struct CheckRunStateOut {
    run: Option<CheckRunOut>,
}

impl From<NoSuchServer> for ApiError {
    fn from(_: NoSuchServer) -> Self {
        Self::not_found()
    }
}

/// Checks a server now, and waits for the result. Asked again within two seconds it answers the same.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/{server}/check", tag = "server", operation_id = "check_server",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 200, body = ServerCheckOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn check(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    ServerOf(server): ServerOf,
) -> Result<Json<ServerCheckOut>, ApiError> {
    Ok(Json(api.app.checks.check(&grant, server).await?.into()))
}

/// Checks all active servers now; who asks while a run is under way gets that run.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/check", tag = "server", operation_id = "check_all_servers",
    params(("tenant" = Uuid, Path,)),
    responses((status = 202, body = CheckRunOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn check_all(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
) -> (StatusCode, Json<CheckRunOut>) {
    (StatusCode::ACCEPTED, Json(api.app.checks.check_all(&grant).into()))
}

/// The newest check of all servers.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/check", tag = "server", operation_id = "get_check_run",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = CheckRunStateOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn newest_run(State(api): State<Api>, May(grant): May<SeeServers>) -> Json<CheckRunStateOut> {
    Json(CheckRunStateOut { run: api.app.checks.newest_run(&grant).map(CheckRunOut::from) })
}
