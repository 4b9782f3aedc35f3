//! Servers: the tenant's PVE endpoints, and the connectivity test. The API token goes in and never comes out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexus_app::access::{DeleteServers, ManageServers, SeeServers};
use nexus_app::servers::{GuestCount, ServerBrief, ServerError, ServerInput, ServerView};
use nexus_model::{ServerStatus, Tls};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May, ServerOf};
use crate::test_report::TestReportOut;
use crate::wire::At;

/// A server as it is entered.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ServerIn {
    name: String,
    host: String,
    #[serde(default = "default_port")]
    port: u32,
    /// `USER@REALM!TOKENID=UUID`. Needed for a new server, and again when host, port or a stronger trust changes.
    #[serde(default)]
    api_token: Option<String>,
    #[schema(value_type = TlsOut)]
    tls: Tls,
    /// 1 to 120.
    #[serde(default = "default_timeout")]
    connect_timeout_seconds: u32,
    #[serde(default)]
    notes: Option<String>,
    #[serde(default = "yes")]
    is_active: bool,
}

const fn default_port() -> u32 {
    8006
}
const fn default_timeout() -> u32 {
    10
}
const fn yes() -> bool {
    true
}

impl From<ServerIn> for ServerInput {
    fn from(input: ServerIn) -> Self {
        Self {
            name: input.name,
            host: input.host,
            port: input.port,
            api_token: input.api_token.map(Into::into),
            tls: input.tls,
            connect_timeout_seconds: input.connect_timeout_seconds,
            notes: input.notes,
            is_active: input.is_active,
        }
    }
}

/// How the certificate is checked.
#[derive(Serialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
#[schema(as = Tls)]
pub(crate) enum TlsOut {
    /// By a public or configured CA.
    Verify,
    /// By this cluster's own CA.
    Ca {
        /// PEM.
        ca_pem: String,
    },
    /// The leaf has this fingerprint.
    Pin {
        /// SHA-256, upper-case hex pairs with colons.
        fingerprint: String,
    },
    /// Not at all.
    Insecure,
}

impl From<Tls> for TlsOut {
    fn from(tls: Tls) -> Self {
        match tls {
            Tls::Verify => Self::Verify,
            Tls::Ca { ca_pem } => Self::Ca { ca_pem },
            Tls::Pin { fingerprint } => Self::Pin { fingerprint },
            Tls::Insecure => Self::Insecure,
        }
    }
}

/// How a server is doing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ServerStatus)]
pub(crate) enum ServerStatusOut {
    Unknown,
    Checking,
    Online,
    Degraded,
    Offline,
}

impl From<ServerStatus> for ServerStatusOut {
    fn from(status: ServerStatus) -> Self {
        match status {
            ServerStatus::Unknown => Self::Unknown,
            ServerStatus::Checking => Self::Checking,
            ServerStatus::Online => Self::Online,
            ServerStatus::Degraded => Self::Degraded,
            ServerStatus::Offline => Self::Offline,
        }
    }
}

/// How fresh one server's part of a list is.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerBrief)]
pub(crate) struct ServerBriefOut {
    id: Uuid,
    name: String,
    status: ServerStatusOut,
    #[schema(value_type = Option<At>)]
    data_at: Option<At>,
    /// What is wrong; null for viewers.
    error: Option<String>,
}

impl From<ServerBrief> for ServerBriefOut {
    fn from(server: ServerBrief) -> Self {
        Self {
            id: server.id.into(),
            name: server.name,
            status: server.status.into(),
            data_at: server.data_at.map(At),
            error: server.error,
        }
    }
}

/// A server.
#[derive(Serialize, ToSchema)]
#[schema(as = Server)]
pub(crate) struct ServerOut {
    id: Uuid,
    name: String,
    host: String,
    port: u16,
    /// The token without its secret: `user@realm!tokenid`.
    token_id: String,
    tls: TlsOut,
    connect_timeout_seconds: u32,
    notes: Option<String>,
    is_active: bool,
    status: ServerStatusOut,
    status_detail: Option<String>,
    /// PVE's version.
    version: Option<String>,
    #[schema(value_type = Option<At>)]
    data_at: Option<At>,
    guests: GuestCountOut,
    #[schema(value_type = At)]
    created_at: At,
    /// To send as `If-Match` with a change.
    etag: String,
    may: ServerMayOut,
}

/// How many guests a server has, by state; templates left out.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestCount)]
pub(crate) struct GuestCountOut {
    running: usize,
    stopped: usize,
    other: usize,
}

/// What the person may do with a server.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerMay)]
pub(crate) struct ServerMayOut {
    edit: bool,
    delete: bool,
    test: bool,
}

impl From<GuestCount> for GuestCountOut {
    fn from(count: GuestCount) -> Self {
        Self { running: count.running, stopped: count.stopped, other: count.other }
    }
}

impl From<ServerView> for ServerOut {
    fn from(server: ServerView) -> Self {
        Self {
            id: server.id.into(),
            name: server.name,
            host: server.host,
            port: server.port,
            token_id: server.token_id,
            tls: server.tls.into(),
            connect_timeout_seconds: server.connect_timeout_seconds,
            notes: server.notes,
            is_active: server.is_active,
            status: server.status.into(),
            status_detail: server.status_detail,
            version: server.pve_version,
            data_at: server.data_at.map(At),
            guests: server.guests.into(),
            created_at: At(server.created_at),
            etag: etag(server.version),
            may: ServerMayOut { edit: server.may.edit, delete: server.may.delete, test: server.may.test },
        }
    }
}

fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The tenant's servers.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerList)]
pub(crate) struct ServerListOut {
    servers: Vec<ServerOut>,
    slots: SlotsOut,
}

/// How many servers the tenant has, and may have.
#[derive(Serialize, ToSchema)]
#[schema(as = Slots)]
pub(crate) struct SlotsOut {
    used: u32,
    limit: u32,
}

/// The tenant's servers.
#[utoipa::path(get, path = "/tenants/{tenant}/servers", tag = "server", operation_id = "list_servers", params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = ServerListOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(State(api): State<Api>, May(grant): May<SeeServers>) -> Result<Json<ServerListOut>, ApiError> {
    let list = api.app.servers.list(&grant).await?;
    let servers = list.servers.into_iter().map(ServerOut::from).collect();
    Ok(Json(ServerListOut { servers, slots: SlotsOut { used: list.used, limit: list.limit } }))
}

fn one(status: StatusCode, server: ServerView) -> Response {
    let tag = HeaderValue::from_str(&etag(server.version)).ok();
    let mut response = (status, Json(ServerOut::from(server))).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// One server.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/{server}", tag = "server", operation_id = "get_server",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 200, body = ServerOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    May(grant): May<SeeServers>,
    ServerOf(server): ServerOf,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::OK, api.app.servers.get(&grant, server).await?))
}

/// Adds a server.
#[utoipa::path(post, path = "/tenants/{tenant}/servers", tag = "server", operation_id = "create_server", params(("tenant" = Uuid, Path,)),
    request_body = ServerIn,
    responses((status = 201, body = ServerOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    Body(input): Body<ServerIn>,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::CREATED, api.app.servers.create(&grant, input.into()).await?))
}

/// Changes a server; `If-Match` says which version of it.
#[utoipa::path(put, path = "/tenants/{tenant}/servers/{server}", tag = "server", operation_id = "update_server",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,), ("if-match" = String, Header,)), request_body = ServerIn,
    responses((status = 200, body = ServerOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
              (status = 422, body = Problem), (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    ServerOf(server): ServerOf,
    headers: HeaderMap,
    Body(input): Body<ServerIn>,
) -> Result<Response, ApiError> {
    let tag = headers.get(header::IF_MATCH).ok_or_else(ApiError::precondition_required)?;
    let version = tag.to_str().ok().and_then(|tag| tag.trim().trim_matches('"').parse().ok());
    let version = version.ok_or_else(ApiError::changed_meanwhile)?;
    Ok(one(StatusCode::OK, api.app.servers.update(&grant, server, input.into(), version).await?))
}

/// Deletes a server with everything that hangs on it.
#[utoipa::path(delete, path = "/tenants/{tenant}/servers/{server}", tag = "server", operation_id = "delete_server",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    May(grant): May<DeleteServers>,
    ServerOf(server): ServerOf,
) -> Result<StatusCode, ApiError> {
    api.app.servers.delete(&grant, server).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tests a connection that is not stored, stage by stage.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/test", tag = "server", operation_id = "test_server", params(("tenant" = Uuid, Path,)),
    request_body = ServerIn,
    responses((status = 200, body = TestReportOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn test(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    Body(input): Body<ServerIn>,
) -> Result<Json<TestReportOut>, ApiError> {
    Ok(Json(api.app.servers.test(&grant, input.into()).await?.into()))
}

/// Tests a server as it is stored.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/{server}/test", tag = "server", operation_id = "test_stored_server",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 200, body = TestReportOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn test_stored(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    ServerOf(server): ServerOf,
) -> Result<Json<TestReportOut>, ApiError> {
    Ok(Json(api.app.servers.test_stored(&grant, server).await?.into()))
}

impl From<ServerError> for ApiError {
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::NotFound => Self::not_found(),
            ServerError::Invalid(fields) => Self::invalid(fields),
            ServerError::ChangedMeanwhile => Self::changed_meanwhile(),
            ServerError::SlotsFull { limit } => Self::conflict(
                "slots_full",
                format!("All {limit} server slots of this tenant are in use. Delete a server first."),
            ),
            ServerError::Duplicate => {
                Self::conflict("duplicate", "The tenant has a server with this host and port already.")
            }
            ServerError::TooManyTests { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            ServerError::Internal(cause) => Self::internal(cause),
        }
    }
}
