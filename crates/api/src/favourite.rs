//! One's own favourites, and the guests that one used last.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use nexus_app::access::{SeeGuests, ViewGuest};
use nexus_app::favourites::{FavouriteError, RecentGuest};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{May, MayGuest};
use crate::guest::{GuestParams, GuestRefOut};
use crate::wire::At;

/// Guests by key.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestRefList)]
pub(crate) struct GuestRefListOut {
    guests: Vec<GuestRefOut>,
}

/// A guest that the person used: console or action.
#[derive(Serialize, ToSchema)]
#[schema(as = RecentGuest)]
pub(crate) struct RecentGuestOut {
    guest: GuestRefOut,
    #[schema(value_type = At)]
    at: At,
}

impl From<RecentGuest> for RecentGuestOut {
    fn from(recent: RecentGuest) -> Self {
        Self { guest: recent.guest.into(), at: At(recent.at) }
    }
}

/// The last guests that the person used, the newest first, each once, at most 20, those that they see now.
#[derive(Serialize, ToSchema)]
#[schema(as = RecentGuestList)]
pub(crate) struct RecentGuestListOut {
    guests: Vec<RecentGuestOut>,
}

/// One's own favourites that one sees now, the oldest first.
#[utoipa::path(get, path = "/tenants/{tenant}/favourites", tag = "guest", operation_id = "list_favourites",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = GuestRefListOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeGuests>,
) -> Result<Json<GuestRefListOut>, ApiError> {
    let guests = api.app.favourites.list(&grant).await?;
    Ok(Json(GuestRefListOut { guests: guests.into_iter().map(GuestRefOut::from).collect() }))
}

/// Marks a guest. Twice does nothing more.
#[utoipa::path(put, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/favourite", tag = "guest",
    operation_id = "add_favourite", params(GuestParams),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem)))]
pub(crate) async fn add(State(api): State<Api>, MayGuest(grant): MayGuest<ViewGuest>) -> Result<StatusCode, ApiError> {
    api.app.favourites.add(&grant).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the mark away; fine where there is none.
#[utoipa::path(delete, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/favourite", tag = "guest",
    operation_id = "remove_favourite", params(GuestParams),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<ViewGuest>,
) -> Result<StatusCode, ApiError> {
    api.app.favourites.remove(&grant).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Recently used guests.
#[utoipa::path(get, path = "/tenants/{tenant}/recent-guests", tag = "guest", operation_id = "list_recent_guests",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = RecentGuestListOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn recent(
    State(api): State<Api>,
    May(grant): May<SeeGuests>,
) -> Result<Json<RecentGuestListOut>, ApiError> {
    let guests = api.app.favourites.recent(&grant).await?;
    Ok(Json(RecentGuestListOut { guests: guests.into_iter().map(RecentGuestOut::from).collect() }))
}

impl From<FavouriteError> for ApiError {
    fn from(error: FavouriteError) -> Self {
        match error {
            FavouriteError::NotFound => Self::not_found(),
            FavouriteError::TooMany { limit } => {
                let detail = format!("There are {limit} favourites already. Take the mark off another guest first.");
                Self::conflict("too_many_favourites", detail)
            }
            FavouriteError::Store(cause) => Self::internal(cause),
        }
    }
}
