//! The explorer of PVE's API: the tree as a server describes it, with what one may do; one's own calls and favourites.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use nexus_app::access::ReadPve;
use nexus_app::explorer::{
    ApiParameter, CallParam, ExplorerError, KeptCall, MadeCall, MethodView, PathView, SchemaView,
};
use nexus_model::{PveMay, PveMethod};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, FavouriteOf, May, ServerOf};
use crate::page::{Given, given};
use crate::pve_call::{PveMethodOut, PveParamOut};
use crate::wire::{At, mirrored};

/// The command of PVE's `pvesh`.
fn pvesh(method: PveMethod) -> &'static str {
    match method {
        PveMethod::Get => "get",
        PveMethod::Post => "create",
        PveMethod::Put => "set",
        PveMethod::Delete => "delete",
    }
}

mirrored! {
    /// Whether somebody may make a call: `scoped` for what is inside their scope, `role` for a higher role, `closed` for nobody.
    PveMayOut = PveMay { Yes, Scoped, Role, Closed }
}

/// A parameter as PVE's schema says.
#[derive(Serialize, ToSchema)]
#[schema(as = PveParameter)]
pub(crate) struct PveParameterOut {
    name: String,
    /// `string`, `integer`, `number`, `boolean`, `array` or `object`.
    #[serde(rename = "type")]
    kind: String,
    /// Whether it is a part of the path.
    in_path: bool,
    optional: bool,
    description: String,
    format: Option<String>,
    default: Option<String>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    max_length: Option<u64>,
    /// Perl's.
    pattern: Option<String>,
    /// The only values; empty where there are others.
    values: Vec<String>,
    type_text: Option<String>,
}

impl From<ApiParameter> for PveParameterOut {
    fn from(told: ApiParameter) -> Self {
        Self {
            name: told.name,
            kind: told.kind,
            in_path: told.in_path,
            optional: told.optional,
            description: told.description,
            format: told.format,
            default: told.default,
            minimum: told.minimum,
            maximum: told.maximum,
            max_length: told.max_length,
            pattern: told.pattern,
            values: told.values,
            type_text: told.type_text,
        }
    }
}

/// One call. All texts are PVE's own.
#[derive(Serialize, ToSchema)]
#[schema(as = PveMethodInfo)]
pub(crate) struct PveMethodInfoOut {
    method: PveMethodOut,
    name: String,
    description: String,
    parameters: Vec<PveParameterOut>,
    returns: String,
    permissions: String,
    may: PveMayOut,
    /// Why not, for people.
    why: Option<String>,
    /// Whether it is no mere reading.
    changes: bool,
    /// Whether it deletes or overwrites: to be confirmed.
    destroys: bool,
    /// `get`, `create`, `set` or `delete`.
    pvesh: &'static str,
}

impl From<MethodView> for PveMethodInfoOut {
    fn from(call: MethodView) -> Self {
        Self {
            method: call.method.into(),
            name: call.told.name,
            description: call.told.description,
            parameters: call.told.parameters.into_iter().map(PveParameterOut::from).collect(),
            returns: call.told.returns,
            permissions: call.told.permissions,
            may: call.may.into(),
            why: call.why,
            changes: call.method != PveMethod::Get,
            destroys: call.destroys,
            pvesh: pvesh(call.method),
        }
    }
}

/// A path with its placeholders, such as `/nodes/{node}/qemu/{vmid}/config`.
#[derive(Serialize, ToSchema)]
#[schema(as = PvePath)]
pub(crate) struct PvePathOut {
    path: String,
    methods: Vec<PveMethodInfoOut>,
}

impl From<PathView> for PvePathOut {
    fn from(path: PathView) -> Self {
        Self { path: path.path, methods: path.methods.into_iter().map(PveMethodInfoOut::from).collect() }
    }
}

/// The API as the server itself describes it, paths in order.
#[derive(Serialize, ToSchema)]
#[schema(as = PveSchema)]
pub(crate) struct PveSchemaOut {
    version: Option<String>,
    #[schema(value_type = At)]
    fetched_at: At,
    paths: Vec<PvePathOut>,
}

impl From<SchemaView> for PveSchemaOut {
    fn from(schema: SchemaView) -> Self {
        let paths = schema.paths.into_iter().map(PvePathOut::from).collect();
        Self { version: schema.version, fetched_at: At(schema.fetched_at), paths }
    }
}

/// Whether the server is to be asked anew.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FreshIn {
    /// Otherwise an answer may be an hour old.
    #[serde(default)]
    fresh: bool,
}

impl From<CallParam> for PveParamOut {
    fn from(param: CallParam) -> Self {
        Self { name: param.name, value: param.value }
    }
}

/// A call that was made in the explorer. Secrets are masked.
#[derive(Serialize, ToSchema)]
#[schema(as = PveCall)]
pub(crate) struct PveCallOut {
    id: Uuid,
    server: Uuid,
    method: PveMethodOut,
    path: String,
    params: Vec<PveParamOut>,
    /// Null where PVE did not answer.
    status: Option<i64>,
    took_ms: f64,
    #[schema(value_type = At)]
    at: At,
}

/// Of what a newer Nexus may have stored, nothing is shown as something else.
fn method(stored: &str) -> Result<PveMethodOut, ApiError> {
    stored.parse::<PveMethod>().map(PveMethodOut::from).map_err(ApiError::internal)
}

impl TryFrom<MadeCall> for PveCallOut {
    type Error = ApiError;

    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a call are few")]
    fn try_from(call: MadeCall) -> Result<Self, ApiError> {
        Ok(Self {
            id: call.id.into(),
            server: call.server.into(),
            method: method(&call.method)?,
            path: call.path,
            params: call.params.into_iter().map(PveParamOut::from).collect(),
            status: call.status,
            took_ms: call.took_ms as f64,
            at: At(call.at),
        })
    }
}

/// One's own calls, the newest first, at most 100.
#[derive(Serialize, ToSchema)]
#[schema(as = PveCallList)]
pub(crate) struct PveCallListOut {
    calls: Vec<PveCallOut>,
}

/// A call that one keeps; path with its placeholders.
#[derive(Serialize, ToSchema)]
#[schema(as = PveFavourite)]
pub(crate) struct PveFavouriteOut {
    id: Uuid,
    method: PveMethodOut,
    path: String,
}

impl TryFrom<KeptCall> for PveFavouriteOut {
    type Error = ApiError;

    fn try_from(kept: KeptCall) -> Result<Self, ApiError> {
        Ok(Self { id: kept.id.into(), method: method(&kept.method)?, path: kept.path })
    }
}

/// A call to keep.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PveFavouriteIn {
    method: PveMethodOut,
    /// As in the schema.
    #[schema(max_length = 300)]
    path: String,
}

/// The calls that one keeps, by path.
#[derive(Serialize, ToSchema)]
#[schema(as = PveFavouriteList)]
pub(crate) struct PveFavouriteListOut {
    favourites: Vec<PveFavouriteOut>,
}

/// The API tree of a server.
#[utoipa::path(get, path = "/tenants/{tenant}/servers/{server}/pve/schema", tag = "explorer", operation_id = "get_pve_schema",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,), FreshIn),
    responses((status = 200, body = PveSchemaOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    May(grant): May<ReadPve>,
    ServerOf(server): ServerOf,
    query: Given<FreshIn>,
) -> Result<Json<PveSchemaOut>, ApiError> {
    let query = given(query)?;
    Ok(Json(api.app.explorer.schema(&grant, server, query.fresh).await?.into()))
}

/// One's own calls.
#[utoipa::path(get, path = "/tenants/{tenant}/pve-calls", tag = "explorer", operation_id = "list_pve_calls",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = PveCallListOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn calls(State(api): State<Api>, May(grant): May<ReadPve>) -> Result<Json<PveCallListOut>, ApiError> {
    let calls = api.app.explorer.calls(&grant).await?;
    Ok(Json(PveCallListOut { calls: calls.into_iter().map(PveCallOut::try_from).collect::<Result<_, _>>()? }))
}

/// Forgets one's own calls.
#[utoipa::path(delete, path = "/tenants/{tenant}/pve-calls", tag = "explorer", operation_id = "forget_pve_calls",
    params(("tenant" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn forget_calls(State(api): State<Api>, May(grant): May<ReadPve>) -> Result<StatusCode, ApiError> {
    api.app.explorer.forget_calls(&grant).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The calls that one keeps.
#[utoipa::path(get, path = "/tenants/{tenant}/pve-favourites", tag = "explorer", operation_id = "list_pve_favourites",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = PveFavouriteListOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn favourites(
    State(api): State<Api>,
    May(grant): May<ReadPve>,
) -> Result<Json<PveFavouriteListOut>, ApiError> {
    let kept = api.app.explorer.favourites(&grant).await?;
    let favourites = kept.into_iter().map(PveFavouriteOut::try_from).collect::<Result<_, _>>()?;
    Ok(Json(PveFavouriteListOut { favourites }))
}

/// Keeps a call; the same twice is one.
#[utoipa::path(post, path = "/tenants/{tenant}/pve-favourites", tag = "explorer", operation_id = "add_pve_favourite",
    params(("tenant" = Uuid, Path,)), request_body = PveFavouriteIn,
    responses((status = 201, body = PveFavouriteOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add_favourite(
    State(api): State<Api>,
    May(grant): May<ReadPve>,
    Body(input): Body<PveFavouriteIn>,
) -> Result<(StatusCode, Json<PveFavouriteOut>), ApiError> {
    let kept = api.app.explorer.keep(&grant, input.method.into(), &input.path).await?;
    Ok((StatusCode::CREATED, Json(kept.try_into()?)))
}

/// Keeps a call no more.
#[utoipa::path(delete, path = "/tenants/{tenant}/pve-favourites/{favourite}", tag = "explorer", operation_id = "remove_pve_favourite",
    params(("tenant" = Uuid, Path,), ("favourite" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove_favourite(
    State(api): State<Api>,
    May(grant): May<ReadPve>,
    FavouriteOf(favourite): FavouriteOf,
) -> Result<StatusCode, ApiError> {
    api.app.explorer.forget(&grant, favourite).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ExplorerError> for ApiError {
    fn from(error: ExplorerError) -> Self {
        match error {
            ExplorerError::NotFound => Self::not_found(),
            ExplorerError::Provided => Self::pve_closed("The server is provided, and its API is not open here."),
            ExplorerError::Invalid(fields) => Self::invalid(fields),
            ExplorerError::TooMany { limit } => Self::conflict(
                "too_many_favourites",
                format!("There are {limit} favourites already. Remove one first."),
            ),
            ExplorerError::NoSchema(why) => Self::bad_gateway("no_schema", why),
            ExplorerError::BadSchema(why) => Self::bad_gateway("bad_schema", why),
            ExplorerError::TooLarge(why) => Self::bad_gateway("too_large", why),
            ExplorerError::Unreachable(why) => Self::bad_gateway("unreachable", why),
            ExplorerError::Store(cause) => Self::internal(cause),
        }
    }
}
