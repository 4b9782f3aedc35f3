//! Servers: the tenant's PVE endpoints, and the connectivity test. The API token goes in and never comes out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::access::{DeleteServers, Grant, ManageServers, SeeServers};
use nexus_app::servers::{ServerError, ServerInput};
use nexus_model::Tls;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May, ServerOf};
use crate::server_view::{ServerOut, TlsOut, one};
use crate::test_report::ServerTestOut;
use crate::version::IfMatch;
use crate::wire::At;

/// A server as it is entered.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ServerIn {
    name: String,
    /// A host alone; may be empty with `use_tailscale`.
    host: String,
    #[serde(default = "default_port")]
    port: u32,
    /// `USER@REALM!TOKENID=UUID`. Needed for a new server, and again when a way leads elsewhere or the trust changes.
    #[serde(default)]
    api_token: Option<String>,
    /// The tenant's default where it is left out; `verify` where that needs a fingerprint or a CA.
    #[serde(default)]
    #[schema(value_type = Option<TlsOut>)]
    tls: Option<Tls>,
    /// 1 to 120; the tenant's default where it is left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 120)]
    connect_timeout_seconds: Option<u32>,
    #[serde(default)]
    notes: Option<String>,
    #[serde(default = "yes")]
    is_active: bool,
    /// Whether the tailnet is one of its ways.
    #[serde(default)]
    use_tailscale: bool,
    /// Its name or address there.
    #[serde(default)]
    tailscale_host: Option<String>,
    #[serde(default = "default_port")]
    tailscale_port: u32,
    /// When the token ends, where somebody knows.
    #[serde(default)]
    #[schema(value_type = Option<At>)]
    token_expires_at: Option<At>,
    /// Whether shells of its nodes may be opened.
    #[serde(default)]
    node_shell: bool,
    /// Whether the cluster's other nodes may be asked in its place.
    #[serde(default)]
    use_fallbacks: bool,
}

pub(crate) const fn default_port() -> u32 {
    8006
}
pub(crate) const fn default_timeout() -> u32 {
    10
}
pub(crate) const fn yes() -> bool {
    true
}

/// What was entered, with the tenant's defaults for what was left out.
async fn whole(api: &Api, grant: &Grant<ManageServers>, input: ServerIn) -> Result<ServerInput, ApiError> {
    let (tls, timeout) = match (input.tls, input.connect_timeout_seconds) {
        (Some(tls), Some(timeout)) => (tls, timeout),
        (tls, timeout) => {
            let defaults = api.app.settings.server_defaults(grant).await?;
            (tls.unwrap_or_else(|| defaults.tls()), timeout.unwrap_or_else(|| defaults.timeout()))
        }
    };
    Ok(ServerInput {
        name: input.name,
        host: input.host,
        port: input.port,
        api_token: input.api_token.map(Into::into),
        tls,
        connect_timeout_seconds: timeout,
        notes: input.notes,
        is_active: input.is_active,
        use_tailscale: input.use_tailscale,
        tailscale_host: input.tailscale_host,
        tailscale_port: input.tailscale_port,
        token_expires_at: input.token_expires_at.map(|at| at.0),
        node_shell: input.node_shell,
        use_fallbacks: input.use_fallbacks,
    })
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
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    Body(input): Body<ServerIn>,
) -> Result<Response, ApiError> {
    let input = whole(&api, &grant, input).await?;
    Ok(one(StatusCode::CREATED, api.app.servers.create(&grant, input).await?))
}

/// Changes a server; `If-Match` says which version of it.
#[utoipa::path(put, path = "/tenants/{tenant}/servers/{server}", tag = "server", operation_id = "update_server",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,), ("if-match" = String, Header,)), request_body = ServerIn,
    responses((status = 200, body = ServerOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
              (status = 422, body = Problem), (status = 428, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    ServerOf(server): ServerOf,
    IfMatch(version): IfMatch,
    Body(input): Body<ServerIn>,
) -> Result<Response, ApiError> {
    let input = whole(&api, &grant, input).await?;
    Ok(one(StatusCode::OK, api.app.servers.update(&grant, server, input, version).await?))
}

/// Deletes a server with everything that hangs on it.
#[utoipa::path(delete, path = "/tenants/{tenant}/servers/{server}", tag = "server", operation_id = "delete_server",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    May(grant): May<DeleteServers>,
    ServerOf(server): ServerOf,
) -> Result<StatusCode, ApiError> {
    api.app.servers.delete(&grant, server).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tests a connection that is not stored, stage by stage, on each of its ways.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/test", tag = "server", operation_id = "test_server", params(("tenant" = Uuid, Path,)),
    request_body = ServerIn,
    responses((status = 200, body = ServerTestOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn test(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    Body(input): Body<ServerIn>,
) -> Result<Json<ServerTestOut>, ApiError> {
    let input = whole(&api, &grant, input).await?;
    Ok(Json(api.app.servers.test(&grant, input).await?.into()))
}

/// Tests a stored server on each of its ways.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/{server}/test", tag = "server", operation_id = "test_stored_server",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)),
    responses((status = 200, body = ServerTestOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn test_stored(
    State(api): State<Api>,
    May(grant): May<ManageServers>,
    ServerOf(server): ServerOf,
) -> Result<Json<ServerTestOut>, ApiError> {
    Ok(Json(api.app.servers.test_stored(&grant, server).await?.into()))
}

impl From<ServerError> for ApiError {
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::NotFound => Self::not_found(),
            ServerError::Invalid(fields) => Self::invalid(fields),
            ServerError::ChangedMeanwhile => Self::changed_meanwhile(),
            ServerError::Provided => Self::forbidden(),
            ServerError::ReadOnly => {
                let detail = "This server comes from the settings of Nexus. Whoever runs it can change it there.";
                Self::conflict("read_only", detail)
            }
            ServerError::SlotsFull { limit } => Self::conflict(
                "slots_full",
                format!("All {limit} server slots of this tenant are in use. Delete a server first."),
            ),
            ServerError::Duplicate => Self::conflict(
                "duplicate",
                "The tenant has a server with this host and port already, direct or in the tailnet.",
            ),
            ServerError::TooManyTests { retry_after } => Self::too_many_tests(retry_after.as_secs().max(1)),
            ServerError::Internal(cause) => Self::internal(cause),
        }
    }
}
