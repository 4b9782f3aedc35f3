//! Actions on many guests: one power switch, each guest with its result.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use nexus_app::access::{ActOnGuests, SeeTasks};
use nexus_app::bulk::{BulkDetail, BulkError, BulkGuestView, BulkIn, BulkPage, BulkView};
use nexus_app::page::Page;
use nexus_model::{BulkGuestState, BulkState, GuestKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, BulkOf, May};
use crate::guest::{ActionOut, GuestRefOut, KindOut};
use crate::page::{Given, given};
use crate::wire::{At, mirrored};

mirrored! {
    /// How far an action on many guests is.
    BulkStateOut = BulkState { Running, Stopping, Done, Stopped }
}
mirrored! {
    /// How one guest of many fares.
    BulkGuestStateOut = BulkGuestState { Waiting, Running, Ok, Failed, Refused, Skipped }
}

/// Which guest.
#[derive(Deserialize, ToSchema)]
#[schema(as = GuestKeyIn)]
pub(crate) struct GuestKeyIn {
    server: Uuid,
    #[serde(rename = "type")]
    kind: KindOut,
    #[schema(minimum = 100, maximum = 999_999_999)]
    vmid: u32,
}

/// What is to be done with which guests.
#[derive(Deserialize, ToSchema)]
#[schema(as = BulkIn)]
pub(crate) struct BulkBody {
    action: ActionOut,
    /// None twice; they begin in this order on each server.
    #[schema(min_items = 1, max_items = 1000)]
    guests: Vec<GuestKeyIn>,
    /// How many run at once on each server; 4 unless given.
    #[schema(minimum = 1, maximum = 10)]
    per_server: Option<u32>,
    /// How long a guest may take to shut down; for a shutdown alone.
    #[schema(minimum = 10, maximum = 3600)]
    timeout_seconds: Option<u32>,
    /// Whether a guest that does not shut down in time is stopped; for a shutdown alone.
    force_stop: Option<bool>,
}

impl From<BulkBody> for BulkIn {
    fn from(body: BulkBody) -> Self {
        let key =
            |guest: GuestKeyIn| GuestKey { server: guest.server.into(), kind: guest.kind.into(), vmid: guest.vmid };
        Self {
            action: body.action.into(),
            guests: body.guests.into_iter().map(key).collect(),
            per_server: body.per_server,
            timeout_seconds: body.timeout_seconds,
            force_stop: body.force_stop.unwrap_or_default(),
        }
    }
}

/// How many guests are how far.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkCounts)]
pub(crate) struct BulkCountsOut {
    waiting: i64,
    running: i64,
    ok: i64,
    failed: i64,
    refused: i64,
    skipped: i64,
}

/// An action on many guests.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkAction)]
pub(crate) struct BulkActionOut {
    id: Uuid,
    action: ActionOut,
    state: BulkStateOut,
    user_name: String,
    /// How many run at once on each server.
    per_server: u32,
    /// How long a guest may take to shut down.
    timeout_seconds: Option<i64>,
    /// Whether it is stopped after that.
    force_stop: bool,
    counts: BulkCountsOut,
    /// Who stopped it; null where nobody did, also where Nexus or a lost right stopped it.
    stopped_by: Option<String>,
    #[schema(value_type = At)]
    created_at: At,
    #[schema(value_type = Option<At>)]
    ended_at: Option<At>,
    may_stop: bool,
}

impl From<BulkView> for BulkActionOut {
    fn from(bulk: BulkView) -> Self {
        let counts = bulk.counts;
        Self {
            id: bulk.id.into(),
            action: bulk.action.into(),
            state: bulk.state.into(),
            user_name: bulk.user_name,
            per_server: bulk.per_server,
            timeout_seconds: bulk.timeout_seconds,
            force_stop: bulk.force_stop,
            counts: BulkCountsOut {
                waiting: counts.waiting,
                running: counts.running,
                ok: counts.ok,
                failed: counts.failed,
                refused: counts.refused,
                skipped: counts.skipped,
            },
            stopped_by: bulk.stopped_by,
            created_at: At(bulk.created_at),
            ended_at: bulk.ended_at.map(At),
            may_stop: bulk.may_stop,
        }
    }
}

/// How one guest fares.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkGuest)]
pub(crate) struct BulkGuestOut {
    guest: GuestRefOut,
    guest_name: String,
    state: BulkGuestStateOut,
    /// Its task, where there is one.
    task: Option<Uuid>,
    /// Why not.
    detail: Option<String>,
    #[schema(value_type = Option<At>)]
    ended_at: Option<At>,
}

impl From<BulkGuestView> for BulkGuestOut {
    fn from(guest: BulkGuestView) -> Self {
        Self {
            guest: guest.guest.into(),
            guest_name: guest.guest_name,
            state: guest.state.into(),
            task: guest.task.map(Uuid::from),
            detail: guest.detail,
            ended_at: guest.ended_at.map(At),
        }
    }
}

/// An action on many guests with each of them, in the order that was asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkActionDetail)]
pub(crate) struct BulkActionDetailOut {
    bulk: BulkActionOut,
    guests: Vec<BulkGuestOut>,
}

impl From<BulkDetail> for BulkActionDetailOut {
    fn from(detail: BulkDetail) -> Self {
        let guests = detail.guests.into_iter().map(BulkGuestOut::from).collect();
        Self { bulk: detail.bulk.into(), guests }
    }
}

/// Actions on many guests, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkActionList)]
pub(crate) struct BulkActionListOut {
    bulks: Vec<BulkActionOut>,
    next_cursor: Option<String>,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BulksIn {
    /// From the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Works a power switch on many guests. Each guest's right is asked when its turn comes; how it goes on comes as events.
#[utoipa::path(post, path = "/tenants/{tenant}/bulk-actions", tag = "bulk", operation_id = "start_bulk_action",
    params(("tenant" = Uuid, Path,)), request_body = BulkBody,
    responses((status = 202, body = BulkActionDetailOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn start(
    State(api): State<Api>,
    May(grant): May<ActOnGuests>,
    Body(input): Body<BulkBody>,
) -> Result<(StatusCode, Json<BulkActionDetailOut>), ApiError> {
    let begun = api.app.bulks.start_one(grant, input.into()).await?;
    Ok((StatusCode::ACCEPTED, Json(begun.into())))
}

/// The newest actions on many guests: one's own, or everybody's for managers and up.
#[utoipa::path(get, path = "/tenants/{tenant}/bulk-actions", tag = "bulk", operation_id = "list_bulk_actions",
    params(("tenant" = Uuid, Path,), BulksIn),
    responses((status = 200, body = BulkActionListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeTasks>,
    query: Given<BulksIn>,
) -> Result<Json<BulkActionListOut>, ApiError> {
    let BulksIn { cursor, limit } = given(query)?;
    let page = Page { q: String::new(), cursor, limit: limit.unwrap_or(50) };
    let BulkPage { bulks, next_cursor } = api.app.bulks.list(&grant, &page).await?;
    Ok(Json(BulkActionListOut { bulks: bulks.into_iter().map(BulkActionOut::from).collect(), next_cursor }))
}

/// One action on many guests with each of them.
#[utoipa::path(get, path = "/tenants/{tenant}/bulk-actions/{bulk}", tag = "bulk", operation_id = "get_bulk_action",
    params(("tenant" = Uuid, Path,), ("bulk" = Uuid, Path,)),
    responses((status = 200, body = BulkActionDetailOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    May(grant): May<SeeTasks>,
    BulkOf(bulk): BulkOf,
) -> Result<Json<BulkActionDetailOut>, ApiError> {
    Ok(Json(api.app.bulks.get(&grant, bulk).await?.into()))
}

/// Begins no more guests; what runs is left to end. Twice does nothing more.
#[utoipa::path(post, path = "/tenants/{tenant}/bulk-actions/{bulk}/stop", tag = "bulk", operation_id = "stop_bulk_action",
    params(("tenant" = Uuid, Path,), ("bulk" = Uuid, Path,)),
    responses((status = 202, body = BulkActionOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn stop(
    State(api): State<Api>,
    May(grant): May<ActOnGuests>,
    BulkOf(bulk): BulkOf,
) -> Result<(StatusCode, Json<BulkActionOut>), ApiError> {
    let stopping = api.app.bulks.stop(&grant, bulk).await?;
    Ok((StatusCode::ACCEPTED, Json(stopping.into())))
}

impl From<BulkError> for ApiError {
    fn from(error: BulkError) -> Self {
        match error {
            BulkError::NotFound => Self::not_found(),
            BulkError::Invalid(fields) => Self::invalid(fields),
            BulkError::TooMany => Self::conflict(
                "too_many_bulk_actions",
                "Three of your actions on many guests are under way. Wait until one is over, or stop one.",
            ),
            BulkError::Ended => Self::conflict("bulk_ended", "This action on many guests is over already."),
            BulkError::Page(bad) => bad.into(),
            BulkError::Internal(cause) => Self::internal(cause),
        }
    }
}
