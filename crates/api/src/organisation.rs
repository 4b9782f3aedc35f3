//! All tenants, for system admins.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::administration::{
    OrganisationIn as Change, OrganisationList, OrganisationMade, OrganisationNew, OrganisationView,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Administrator, Body, TenantOf};
use crate::invitation::InvitationMadeOut;
use crate::member::PersonOut;
use crate::page::{Given, PageIn, given};
use crate::version::{IfMatch, tagged};
use crate::wire::At;

/// A tenant, as system admins see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Organisation)]
pub(crate) struct OrganisationOut {
    id: Uuid,
    slug: String,
    name: String,
    description: String,
    /// Whether it is open.
    is_active: bool,
    #[schema(value_type = At)]
    created_at: At,
    members: i64,
    servers: i64,
    /// As far as is known, templates left out.
    guests: usize,
    admins: Vec<PersonOut>,
    /// To send as `If-Match` with a change.
    version: i64,
}

impl From<OrganisationView> for OrganisationOut {
    fn from(OrganisationView { row, guests, admins }: OrganisationView) -> Self {
        Self {
            id: row.id.into(),
            slug: row.slug,
            name: row.name,
            description: row.description,
            is_active: row.is_active,
            created_at: At(row.created_at),
            members: row.members,
            servers: row.servers,
            guests,
            admins: admins.into_iter().map(PersonOut::from).collect(),
            version: row.version,
        }
    }
}

/// A page of tenants, by name.
#[derive(Serialize, ToSchema)]
#[schema(as = OrganisationList)]
pub(crate) struct OrganisationListOut {
    tenants: Vec<OrganisationOut>,
    total: i64,
    next_cursor: Option<String>,
}

impl From<OrganisationList> for OrganisationListOut {
    fn from(list: OrganisationList) -> Self {
        let tenants = list.tenants.into_iter().map(OrganisationOut::from).collect();
        Self { tenants, total: list.total, next_cursor: list.next_cursor }
    }
}

/// A new tenant; without a slug it follows from the name; `admin` is added or invited.
#[derive(Deserialize, ToSchema)]
pub(crate) struct OrganisationNewIn {
    #[schema(max_length = 100)]
    name: String,
    #[schema(max_length = 40)]
    slug: Option<String>,
    #[schema(max_length = 500)]
    description: Option<String>,
    /// The first admin's address.
    #[schema(max_length = 254)]
    admin: Option<String>,
}

/// A new tenant, and the invitation of its first admin if there was one to make.
#[derive(Serialize, ToSchema)]
#[schema(as = OrganisationMade)]
pub(crate) struct OrganisationMadeOut {
    tenant: OrganisationOut,
    invitation: Option<InvitationMadeOut>,
}

impl From<OrganisationMade> for OrganisationMadeOut {
    fn from(made: OrganisationMade) -> Self {
        Self { tenant: made.tenant.into(), invitation: made.invitation.map(Into::into) }
    }
}

/// What changes of a tenant.
#[derive(Deserialize, ToSchema)]
pub(crate) struct OrganisationIn {
    #[schema(max_length = 100)]
    name: Option<String>,
    #[schema(max_length = 40)]
    slug: Option<String>,
    #[schema(max_length = 500)]
    description: Option<String>,
    is_active: Option<bool>,
}

/// All tenants.
#[utoipa::path(get, path = "/tenants", tag = "system", operation_id = "list_tenants", params(PageIn),
    responses((status = 200, body = OrganisationListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    query: Given<PageIn>,
) -> Result<Json<OrganisationListOut>, ApiError> {
    let page = given(query)?.into();
    Ok(Json(api.app.administration.organisations(&grant, &page).await?.into()))
}

/// Makes a tenant.
#[utoipa::path(post, path = "/tenants", tag = "system", operation_id = "create_tenant", request_body = OrganisationNewIn,
    responses((status = 201, body = OrganisationMadeOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    Body(input): Body<OrganisationNewIn>,
) -> Result<(StatusCode, Json<OrganisationMadeOut>), ApiError> {
    let OrganisationNewIn { name, slug, description, admin } = input;
    let new = OrganisationNew { name, slug, description, admin };
    let made = api.app.administration.create_organisation(&grant, new).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Changes a tenant; for system admins.
#[utoipa::path(patch, path = "/tenants/{tenant}", tag = "system", operation_id = "update_tenant", request_body = OrganisationIn,
    params(("tenant" = Uuid, Path,), ("if-match" = String, Header,)),
    responses((status = 200, body = OrganisationOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
              (status = 422, body = Problem), (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    TenantOf(tenant): TenantOf,
    IfMatch(version): IfMatch,
    Body(input): Body<OrganisationIn>,
) -> Result<Response, ApiError> {
    let OrganisationIn { name, slug, description, is_active } = input;
    let change = Change { name, slug, description, is_active };
    let tenant = api.app.administration.update_organisation(&grant, tenant, version, change).await?;
    let tenant = OrganisationOut::from(tenant);
    Ok(tagged(StatusCode::OK, tenant.version, tenant))
}

/// Deletes a tenant with everything that is its own; its audit log ends in the installation's.
#[utoipa::path(delete, path = "/tenants/{tenant}", tag = "system", operation_id = "delete_tenant",
    params(("tenant" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    TenantOf(tenant): TenantOf,
) -> Result<StatusCode, ApiError> {
    api.app.administration.delete_organisation(&grant, tenant).await?;
    Ok(StatusCode::NO_CONTENT)
}
