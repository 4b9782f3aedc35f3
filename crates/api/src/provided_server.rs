//! Provided servers: what system admins give to tenants, limited to some guests. The API token goes in and never comes
//! out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::servers::{ProvidedInput, ProvidedServer, ServerInput};
use nexus_model::{GuestScope, Tls};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Administrator, Body, ServerOf};
use crate::server::{default_port, default_timeout, yes};
use crate::server_view::{GuestScopeOut, ServerConnectionOut, TlsOut};
use crate::system::AnyServerOut;
use crate::test_report::ServerTestOut;
use crate::version::{IfMatch, tagged};
use crate::wire::At;

/// A server to provide, as it is entered: whose it shall be, its limit, and how it is reached.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ProvidedServerIn {
    /// Stays the same with a change.
    tenant: Uuid,
    /// At most 50 of each, and at least one in all.
    #[schema(value_type = GuestScopeOut)]
    scope: GuestScope,
    name: String,
    /// A host alone; may be empty with `use_tailscale`.
    host: String,
    #[serde(default = "default_port")]
    port: u32,
    /// `USER@REALM!TOKENID=UUID`. Needed for a new server, and again when a way leads elsewhere or the trust changes.
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
    /// Whether the cluster's other nodes may be asked in its place.
    #[serde(default)]
    use_fallbacks: bool,
}

impl From<ProvidedServerIn> for ProvidedInput {
    fn from(input: ProvidedServerIn) -> Self {
        let server = ServerInput {
            name: input.name,
            host: input.host,
            port: input.port,
            api_token: input.api_token.map(Into::into),
            tls: input.tls,
            connect_timeout_seconds: input.connect_timeout_seconds,
            notes: input.notes,
            is_active: input.is_active,
            use_tailscale: input.use_tailscale,
            tailscale_host: input.tailscale_host,
            tailscale_port: input.tailscale_port,
            token_expires_at: input.token_expires_at.map(|at| at.0),
            node_shell: false,
            use_fallbacks: input.use_fallbacks,
        };
        Self { tenant: input.tenant.into(), scope: input.scope, server }
    }
}

/// A provided server, as system admins see it.
#[derive(Serialize, ToSchema)]
#[schema(as = ProvidedServer)]
pub(crate) struct ProvidedServerOut {
    server: AnyServerOut,
    connection: ServerConnectionOut,
    scope: GuestScopeOut,
    notes: Option<String>,
}

fn one(status: StatusCode, provided: ProvidedServer) -> Response {
    let version = provided.server.row_version;
    let body = ProvidedServerOut {
        server: provided.server.into(),
        connection: provided.connection.into(),
        scope: provided.scope.into(),
        notes: provided.notes,
    };
    tagged(status, version, body)
}

/// Gives a tenant a server, limited to some guests.
#[utoipa::path(post, path = "/servers", tag = "system", operation_id = "create_provided_server", request_body = ProvidedServerIn,
    responses((status = 201, body = ProvidedServerOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    Body(input): Body<ProvidedServerIn>,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::CREATED, api.app.servers.create_provided(&grant, input.into()).await?))
}

/// A provided server.
#[utoipa::path(get, path = "/servers/{server}", tag = "system", operation_id = "get_provided_server",
    params(("server" = Uuid, Path,)),
    responses((status = 200, body = ProvidedServerOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    ServerOf(server): ServerOf,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::OK, api.app.servers.get_provided(&grant, server).await?))
}

/// Changes a provided server; `If-Match` says which version of it.
#[utoipa::path(put, path = "/servers/{server}", tag = "system", operation_id = "update_provided_server",
    params(("server" = Uuid, Path,), ("if-match" = String, Header,)), request_body = ProvidedServerIn,
    responses((status = 200, body = ProvidedServerOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
              (status = 422, body = Problem), (status = 428, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    ServerOf(server): ServerOf,
    IfMatch(version): IfMatch,
    Body(input): Body<ProvidedServerIn>,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::OK, api.app.servers.update_provided(&grant, server, input.into(), version).await?))
}

/// Takes a provided server back, with everything that hangs on it.
#[utoipa::path(delete, path = "/servers/{server}", tag = "system", operation_id = "delete_provided_server",
    params(("server" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    ServerOf(server): ServerOf,
) -> Result<StatusCode, ApiError> {
    api.app.servers.delete_provided(&grant, server).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tests a connection that is to be provided, on each of its ways.
#[utoipa::path(post, path = "/servers/test", tag = "system", operation_id = "test_provided_server", request_body = ProvidedServerIn,
    responses((status = 200, body = ServerTestOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn test(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    Body(input): Body<ProvidedServerIn>,
) -> Result<Json<ServerTestOut>, ApiError> {
    Ok(Json(api.app.servers.test_provided(&grant, input.into()).await?.into()))
}

/// Tests a provided server on each of its ways.
#[utoipa::path(post, path = "/servers/{server}/test", tag = "system", operation_id = "test_stored_provided_server",
    params(("server" = Uuid, Path,)),
    responses((status = 200, body = ServerTestOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn test_stored(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    ServerOf(server): ServerOf,
) -> Result<Json<ServerTestOut>, ApiError> {
    Ok(Json(api.app.servers.test_stored_provided(&grant, server).await?.into()))
}
