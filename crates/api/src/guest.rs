//! Guests: the list, one of them, and their power switches.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use nexus_app::access::{PowerGuest, SeeGuests, ViewGuest};
use nexus_app::guests::{Act, ActError, GuestList, GuestPage, GuestView, ListError};
use nexus_model::{GuestKey, GuestKind, GuestStatus, PowerAction, ServerId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May, MayGuest};
use crate::server_view::ServerBriefOut;
use crate::task::TaskOut;
use crate::wire::{At, mirrored};

mirrored! {
    /// VM or container.
    KindOut = GuestKind { Qemu, Lxc }
}
mirrored! {
    /// A guest's state.
    StatusOut = GuestStatus { Running, Paused, Stopped, Unknown }
}
mirrored! {
    /// A power switch.
    ActionOut = PowerAction { Start, Shutdown, Stop, Reboot, Reset, Suspend, Resume }
}

/// Which guest, in a path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path for the document; the extractor reads it")]
pub(crate) struct GuestParams {
    tenant: Uuid,
    server: Uuid,
    #[param(rename = "type")]
    kind: KindOut,
    #[param(minimum = 100, maximum = 999_999_999)]
    vmid: u32,
}

/// Which guest, in a body.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestRef)]
pub(crate) struct GuestRefOut {
    server: Uuid,
    #[serde(rename = "type")]
    kind: KindOut,
    vmid: u32,
}

impl From<GuestKey> for GuestRefOut {
    fn from(key: GuestKey) -> Self {
        Self { server: key.server.into(), kind: key.kind.into(), vmid: key.vmid }
    }
}

/// The guest that a list is limited to: all three parts of its key, or none.
pub(crate) fn guest_of(
    server: Option<ServerId>,
    kind: Option<KindOut>,
    vmid: Option<u32>,
) -> Result<Option<GuestKey>, ApiError> {
    match (server, kind, vmid) {
        (Some(server), Some(kind), Some(vmid)) => Ok(Some(GuestKey { server, kind: kind.into(), vmid })),
        (None, None, None) => Ok(None),
        _ => Err(ApiError::bad_request("Give server, type and vmid together, or none of them.")),
    }
}

/// A server's id and name, as everybody who sees one of its guests may know them.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerName)]
pub(crate) struct ServerNameOut {
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// A guest.
#[derive(Serialize, ToSchema)]
#[schema(as = Guest)]
pub(crate) struct GuestOut {
    server: ServerNameOut,
    #[serde(rename = "type")]
    kind: KindOut,
    vmid: u32,
    name: String,
    status: StatusOut,
    template: bool,
    /// PVE's lock (`backup`, `snapshot`, …) while it holds.
    lock: Option<String>,
    /// Null for viewers.
    node: Option<String>,
    tags: Vec<String>,
    pool: Option<String>,
    /// Share of `max_cpu` in use, 0 to 1 (PVE may say a little more).
    cpu: Option<f64>,
    max_cpu: Option<f64>,
    memory_bytes: Option<u64>,
    max_memory_bytes: Option<u64>,
    uptime_seconds: Option<u64>,
    /// Disk in use; PVE knows it of containers alone.
    disk_bytes: Option<u64>,
    max_disk_bytes: Option<u64>,
    /// Bytes per second, as the three below; null until two pictures told.
    disk_read: Option<f64>,
    disk_write: Option<f64>,
    net_in: Option<f64>,
    net_out: Option<f64>,
    /// State under high availability, in PVE's words (`started`, `error`, …); null where PVE does not manage the guest.
    ha_state: Option<String>,
    /// When PVE said all this.
    #[schema(value_type = At)]
    data_at: At,
    may: GuestMayOut,
    /// The switches that fit the guest's kind and state now.
    actions: Vec<ActionOut>,
}

/// What the person may do with a guest.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestMay)]
pub(crate) struct GuestMayOut {
    console: bool,
    watch: bool,
    power: bool,
    snapshot: bool,
}

impl From<GuestView> for GuestOut {
    fn from(guest: GuestView) -> Self {
        Self {
            server: ServerNameOut { id: guest.key.server.into(), name: guest.server_name },
            kind: guest.key.kind.into(),
            vmid: guest.key.vmid,
            name: guest.name,
            status: guest.status.into(),
            template: guest.template,
            lock: guest.lock,
            node: guest.node,
            tags: guest.tags,
            pool: guest.pool,
            cpu: guest.cpu,
            max_cpu: guest.max_cpu,
            memory_bytes: guest.memory_bytes,
            max_memory_bytes: guest.max_memory_bytes,
            uptime_seconds: guest.uptime_seconds,
            disk_bytes: guest.disk_bytes,
            max_disk_bytes: guest.max_disk_bytes,
            disk_read: guest.rates.disk_read,
            disk_write: guest.rates.disk_write,
            net_in: guest.rates.net_in,
            net_out: guest.rates.net_out,
            ha_state: guest.ha_state,
            data_at: At(guest.data_at),
            may: GuestMayOut {
                console: guest.may.console,
                watch: guest.may.watch,
                power: guest.may.power,
                snapshot: guest.may.snapshot,
            },
            actions: guest.actions.into_iter().map(ActionOut::from).collect(),
        }
    }
}

/// One page of guests, and how fresh each server's part is.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestList)]
pub(crate) struct GuestListOut {
    guests: Vec<GuestOut>,
    next_cursor: Option<String>,
    servers: Vec<ServerBriefOut>,
}

impl From<GuestList> for GuestListOut {
    fn from(list: GuestList) -> Self {
        Self {
            guests: list.guests.into_iter().map(GuestOut::from).collect(),
            next_cursor: list.next_cursor,
            servers: list.servers.into_iter().map(ServerBriefOut::from).collect(),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct GuestPageIn {
    /// Part of a name, number, tag, pool or server's name, or, for managers and up, of a node.
    #[param(max_length = 100)]
    q: Option<String>,
    /// From the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// How many, 1 to 1000; 500 unless given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// The guests that the person may see, by name.
#[utoipa::path(get, path = "/tenants/{tenant}/guests", tag = "guest", operation_id = "list_guests", params(("tenant" = Uuid, Path,), GuestPageIn),
    responses((status = 200, body = GuestListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeGuests>,
    page: Result<Query<GuestPageIn>, QueryRejection>,
) -> Result<Json<GuestListOut>, ApiError> {
    let Query(page) = page.map_err(|error| ApiError::bad_request(error.body_text()))?;
    let words = page.q.unwrap_or_default();
    if words.chars().count() > 100 {
        return Err(ApiError::bad_request("q may have 100 characters at most."));
    }
    let page = GuestPage { cursor: page.cursor, limit: page.limit.unwrap_or(500).clamp(1, 1000) };
    Ok(Json(api.app.guests.find(&grant, &words, page).await?.into()))
}

/// One guest.
#[utoipa::path(get, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}", tag = "guest", operation_id = "get_guest", params(GuestParams),
    responses((status = 200, body = GuestOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<ViewGuest>,
) -> Result<Json<GuestOut>, ApiError> {
    let guest = api.app.guests.get(&grant).map_err(|_| ApiError::not_found())?;
    Ok(Json(guest.into()))
}

/// Which switch.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ActIn {
    action: ActionOut,
    /// For a shutdown: how long the guest may take, 10 to 3600 s; PVE's own time unless given.
    #[schema(minimum = 10, maximum = 3600)]
    timeout_seconds: Option<u32>,
    /// For a shutdown: stop the guest when it has not shut down in time.
    force_stop: Option<bool>,
}

/// Works a power switch. The answer is a task; how it goes on comes as events.
#[utoipa::path(post, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/actions", tag = "guest", operation_id = "act_on_guest",
    params(GuestParams), request_body = ActIn,
    responses((status = 202, body = TaskOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 502, body = Problem)))]
pub(crate) async fn act(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<PowerGuest>,
    Body(input): Body<ActIn>,
) -> Result<(StatusCode, Json<TaskOut>), ApiError> {
    let act = Act::checked(input.action.into(), input.timeout_seconds, input.force_stop.unwrap_or(false))
        .map_err(ApiError::invalid)?;
    let task = api.app.guests.act(grant, act).await?;
    Ok((StatusCode::ACCEPTED, Json(task.into())))
}

impl From<ListError> for ApiError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::BadCursor => {
                Self::bad_request("This cursor is not one of this list. Start from the first page.")
            }
            ListError::Internal(cause) => Self::internal(cause),
        }
    }
}

impl From<ActError> for ApiError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::NotFound => Self::not_found(),
            ActError::NotPossible { detail } => Self::conflict("guest_state", detail),
            ActError::Busy { detail } => Self::conflict("guest_busy", detail),
            ActError::PveUnreachable(detail) => Self::bad_gateway("pve_unreachable", detail),
            ActError::PveRefused(detail) => Self::bad_gateway("pve_refused", detail),
            ActError::Internal(_) => Self::internal(error),
        }
    }
}
