//! Groups: members of a tenant under one name.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::access::{ManageMembers, SeeMembers};
use nexus_app::groups::{GroupError, GroupInput, GroupView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, GroupOf, May};
use crate::member::PersonOut;
use crate::version::{IfMatch, tagged};

/// A group of members.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupOut {
    id: Uuid,
    name: String,
    members: Vec<PersonOut>,
    /// How many assignments it has.
    assignments: i64,
    /// To send as `If-Match` with a change.
    version: i64,
}

impl From<GroupView> for GroupOut {
    fn from(group: GroupView) -> Self {
        Self {
            id: group.id.into(),
            name: group.name,
            members: group.members.into_iter().map(PersonOut::from).collect(),
            assignments: group.assignments,
            version: group.version,
        }
    }
}

/// All groups, by name.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupList)]
pub(crate) struct GroupListOut {
    groups: Vec<GroupOut>,
}

/// A group; members by id.
#[derive(Deserialize, ToSchema)]
pub(crate) struct GroupIn {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(max_items = 1000)]
    members: Vec<Uuid>,
}

impl From<GroupIn> for GroupInput {
    fn from(group: GroupIn) -> Self {
        Self { name: group.name, members: group.members.into_iter().map(Into::into).collect() }
    }
}

fn one(status: StatusCode, group: GroupView) -> Response {
    tagged(status, group.version, GroupOut::from(group))
}

/// The groups.
#[utoipa::path(get, path = "/tenants/{tenant}/groups", tag = "group", operation_id = "list_groups",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = GroupListOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(State(api): State<Api>, May(grant): May<SeeMembers>) -> Result<Json<GroupListOut>, ApiError> {
    let groups = api.app.groups.list(&grant).await?;
    Ok(Json(GroupListOut { groups: groups.into_iter().map(GroupOut::from).collect() }))
}

/// Makes a group.
#[utoipa::path(post, path = "/tenants/{tenant}/groups", tag = "group", operation_id = "create_group",
    params(("tenant" = Uuid, Path,)), request_body = GroupIn,
    responses((status = 201, body = GroupOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    Body(input): Body<GroupIn>,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::CREATED, api.app.groups.create(&grant, input.into()).await?))
}

/// Changes a group; `If-Match` says which version of it.
#[utoipa::path(put, path = "/tenants/{tenant}/groups/{group}", tag = "group", operation_id = "update_group",
    params(("tenant" = Uuid, Path,), ("group" = Uuid, Path,), ("if-match" = String, Header,)), request_body = GroupIn,
    responses((status = 200, body = GroupOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
              (status = 422, body = Problem), (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    GroupOf(group): GroupOf,
    IfMatch(version): IfMatch,
    Body(input): Body<GroupIn>,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::OK, api.app.groups.update(&grant, group, input.into(), version).await?))
}

/// Deletes a group, with its assignments.
#[utoipa::path(delete, path = "/tenants/{tenant}/groups/{group}", tag = "group", operation_id = "delete_group",
    params(("tenant" = Uuid, Path,), ("group" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    GroupOf(group): GroupOf,
) -> Result<StatusCode, ApiError> {
    api.app.groups.delete(&grant, group).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<GroupError> for ApiError {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::NotFound => Self::not_found(),
            GroupError::Invalid(fields) => Self::invalid(fields),
            GroupError::ChangedMeanwhile => Self::changed_meanwhile(),
            GroupError::Duplicate => Self::conflict("duplicate", "There is a group of this name already."),
            GroupError::LimitReached { limit } => {
                Self::conflict("limit_reached", format!("There are {limit} groups already. Delete one first."))
            }
            GroupError::Store(cause) => Self::internal(cause),
        }
    }
}
