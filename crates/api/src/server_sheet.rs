//! Servers in bulk: what hangs on one, adding many by CSV, and taking them along as CSV.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use nexus_app::access::{ManageServers, SeeServers};
use nexus_app::servers::{Attached, ServerImport, ServerImportRow};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, FieldProblem, Problem};
use crate::extract::{Body, May, ServerOf};
use crate::member::CsvIn;
use crate::wire::Binary;

/// What hangs on a server.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerAttached)]
pub(crate) struct ServerAttachedOut {
    /// Assignments that name it.
    assignments: i64,
    /// People who have rights by those, themselves or in a group.
    people: i64,
    open_consoles: i64,
    running_tasks: i64,
}

impl From<Attached> for ServerAttachedOut {
    fn from(attached: Attached) -> Self {
        Self {
            assignments: attached.assignments,
            people: attached.people,
            open_consoles: attached.open_consoles,
            running_tasks: attached.running_tasks,
        }
    }
}

/// What a row of the sheet does.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ServerImportOutcome)]
pub(crate) enum ServerImportOutcomeOut {
    /// Becomes, or became, a server.
    Create,
    /// Cannot be used.
    Error,
}

/// What a row of the sheet does.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerImportRow)]
pub(crate) struct ServerImportRowOut {
    /// Its line in the text.
    line: u64,
    name: String,
    host: String,
    outcome: ServerImportOutcomeOut,
    /// Why it cannot be used; the fields are columns.
    errors: Vec<FieldProblem>,
    /// What was made of it.
    server: Option<Uuid>,
}

impl From<ServerImportRow> for ServerImportRowOut {
    fn from(row: ServerImportRow) -> Self {
        let outcome = match row.errors.is_empty() {
            true => ServerImportOutcomeOut::Create,
            false => ServerImportOutcomeOut::Error,
        };
        let (errors, server) = (row.errors.into_iter().map(Into::into).collect(), row.server.map(Uuid::from));
        Self { line: row.line, name: row.name, host: row.host, outcome, errors, server }
    }
}

/// An import of servers, row by row.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerImport)]
pub(crate) struct ServerImportOut {
    rows: Vec<ServerImportRowOut>,
    /// Slots in use now.
    used: u32,
    /// Slots in all.
    limit: u32,
    /// Whether it was done, and not only looked at.
    done: bool,
}

impl From<ServerImport> for ServerImportOut {
    fn from(import: ServerImport) -> Self {
        let rows = import.rows.into_iter().map(Into::into).collect();
        Self { rows, used: import.used, limit: import.limit, done: import.done }
    }
}

/// What hangs on a server.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/{server}/attached", tag = "server",
    operation_id = "get_server_attached", params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 200, body = ServerAttachedOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn attached(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    ServerOf(server): ServerOf,
) -> Result<Json<ServerAttachedOut>, ApiError> {
    Ok(Json(api.app.servers.attached(&grant, server).await?.into()))
}

/// Adds servers by CSV: `name,host,port,api_token,verify_ssl,use_tailscale,tailscale_hostname,tailscale_port,connection_timeout,fingerprint`.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/import", tag = "server", operation_id = "import_servers",
    params(("tenant" = Uuid, Path,)), request_body = CsvIn,
    responses((status = 200, body = ServerImportOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
pub(crate) async fn import(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    Body(input): Body<CsvIn>,
) -> Result<Json<ServerImportOut>, ApiError> {
    Ok(Json(api.app.servers.import(&grant, &input.csv, input.dry_run).await?.into()))
}

/// The tenant's own servers as CSV, without tokens.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/export", tag = "server", operation_id = "export_servers",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, content_type = "application/octet-stream", body = Binary), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn export(State(api): State<Api>, May(grant): May<SeeServers>) -> Result<Response, ApiError> {
    let text = api.app.servers.export(&grant).await?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    // Slugs are letters, digits and hyphens.
    let file = format!("attachment; filename=\"servers-{}.csv\"", grant.tenant().slug);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(ApiError::internal)?);
    Ok(response)
}
