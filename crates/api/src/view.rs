//! One's own saved views of the list of guests.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::access::SeeGuests;
use nexus_app::views::{SavedView, ViewColumn, ViewError, ViewInput};
use nexus_model::ViewLayout;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May, ViewOf};
use crate::version::{IfMatch, tagged};
use crate::wire::{At, mirrored};

mirrored! {
    /// How the list is drawn.
    LayoutOut = ViewLayout { Table, Cards }
}

/// A column of a view.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = ViewColumn)]
pub(crate) struct ViewColumnOut {
    /// Of a-z and _.
    #[schema(min_length = 1, max_length = 40)]
    id: String,
    /// In pixels.
    #[schema(minimum = 40, maximum = 1000)]
    width: Option<u32>,
}

impl From<ViewColumn> for ViewColumnOut {
    fn from(column: ViewColumn) -> Self {
        Self { id: column.id, width: column.width }
    }
}

impl From<ViewColumnOut> for ViewColumn {
    fn from(column: ViewColumnOut) -> Self {
        Self { id: column.id, width: column.width }
    }
}

/// A filter of the list of guests under a name; one's own.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedView)]
pub(crate) struct SavedViewOut {
    id: Uuid,
    name: String,
    filter: String,
    sort: String,
    layout: LayoutOut,
    columns: Vec<ViewColumnOut>,
    /// To send as `If-Match` with a change.
    version: i64,
    #[schema(value_type = At)]
    created_at: At,
}

impl From<SavedView> for SavedViewOut {
    fn from(view: SavedView) -> Self {
        let SavedView { id, content, version, created_at } = view;
        Self {
            id: id.into(),
            name: content.name,
            filter: content.filter,
            sort: content.sort,
            layout: content.layout.into(),
            columns: content.columns.into_iter().map(ViewColumnOut::from).collect(),
            version,
            created_at: At(created_at),
        }
    }
}

/// By name.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedViewList)]
pub(crate) struct SavedViewListOut {
    views: Vec<SavedViewOut>,
}

/// A view to keep.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SavedViewIn {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    #[schema(max_length = 500)]
    filter: String,
    #[schema(max_length = 60)]
    sort: String,
    layout: LayoutOut,
    #[schema(max_items = 30)]
    columns: Vec<ViewColumnOut>,
}

impl From<SavedViewIn> for ViewInput {
    fn from(view: SavedViewIn) -> Self {
        Self {
            name: view.name,
            filter: view.filter,
            sort: view.sort,
            layout: view.layout.into(),
            columns: view.columns.into_iter().map(ViewColumn::from).collect(),
        }
    }
}

fn one(status: StatusCode, view: SavedView) -> Response {
    tagged(status, view.version, SavedViewOut::from(view))
}

/// One's own views.
#[utoipa::path(get, path = "/tenants/{tenant}/views", tag = "guest", operation_id = "list_views",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = SavedViewListOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeGuests>,
) -> Result<Json<SavedViewListOut>, ApiError> {
    let views = api.app.views.list(&grant).await?;
    Ok(Json(SavedViewListOut { views: views.into_iter().map(SavedViewOut::from).collect() }))
}

/// Keeps a view.
#[utoipa::path(post, path = "/tenants/{tenant}/views", tag = "guest", operation_id = "create_view",
    params(("tenant" = Uuid, Path,)), request_body = SavedViewIn,
    responses((status = 201, body = SavedViewOut), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    May(grant): May<SeeGuests>,
    Body(input): Body<SavedViewIn>,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::CREATED, api.app.views.create(&grant, input.into()).await?))
}

/// Changes a view; `If-Match` says which version of it.
#[utoipa::path(put, path = "/tenants/{tenant}/views/{view}", tag = "guest", operation_id = "update_view",
    params(("tenant" = Uuid, Path,), ("view" = Uuid, Path,), ("if-match" = String, Header,)), request_body = SavedViewIn,
    responses((status = 200, body = SavedViewOut), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
              (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<SeeGuests>,
    ViewOf(view): ViewOf,
    IfMatch(version): IfMatch,
    Body(input): Body<SavedViewIn>,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::OK, api.app.views.update(&grant, view, input.into(), version).await?))
}

/// Forgets a view.
#[utoipa::path(delete, path = "/tenants/{tenant}/views/{view}", tag = "guest", operation_id = "delete_view",
    params(("tenant" = Uuid, Path,), ("view" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    May(grant): May<SeeGuests>,
    ViewOf(view): ViewOf,
) -> Result<StatusCode, ApiError> {
    api.app.views.delete(&grant, view).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ViewError> for ApiError {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::NotFound => Self::not_found(),
            ViewError::Invalid(fields) => Self::invalid(fields),
            ViewError::ChangedMeanwhile => Self::changed_meanwhile(),
            ViewError::Duplicate => Self::conflict("duplicate", "There is a view of this name already."),
            ViewError::TooMany { limit } => {
                Self::conflict("too_many_views", format!("There are {limit} views already. Delete one first."))
            }
            ViewError::Store(cause) => Self::internal(cause),
        }
    }
}
