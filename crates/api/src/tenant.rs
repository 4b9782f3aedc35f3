//! One tenant, as the person who asks may see it.

use axum::Json;
use axum::extract::State;
use nexus_app::access::{SeeTenant, TenantMay};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::account::TenantRoleOut;
use crate::error::{ApiError, Problem};
use crate::extract::May;
use crate::settings::BrandOut;

/// A tenant and what the person may do in it.
#[derive(Serialize, ToSchema)]
#[schema(as = Tenant)]
pub(crate) struct TenantOut {
    id: Uuid,
    slug: String,
    name: String,
    description: String,
    /// Whether it is open; a closed one is read-only for its admins.
    is_active: bool,
    /// Null for a system admin who is not a member.
    role: Option<TenantRoleOut>,
    may: TenantMayOut,
    brand: BrandOut,
}

/// Rights that do not hang on one thing.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantMay)]
pub(crate) struct TenantMayOut {
    see_servers: bool,
    manage_servers: bool,
    delete_servers: bool,
    see_all_guests: bool,
    see_members: bool,
    manage_members: bool,
    see_settings: bool,
    manage_settings: bool,
    /// PVE's API, to read.
    read_pve: bool,
    /// PVE's API, to change.
    write_pve: bool,
    see_audit: bool,
    see_all_consoles: bool,
    end_consoles: bool,
}

impl From<TenantMay> for TenantMayOut {
    fn from(may: TenantMay) -> Self {
        Self {
            see_servers: may.see_servers,
            manage_servers: may.manage_servers,
            delete_servers: may.delete_servers,
            see_all_guests: may.see_all_guests,
            see_members: may.see_members,
            manage_members: may.manage_members,
            see_settings: may.see_settings,
            manage_settings: may.manage_settings,
            read_pve: may.read_pve,
            write_pve: may.write_pve,
            see_audit: may.see_audit,
            see_all_consoles: may.see_all_consoles,
            end_consoles: may.end_consoles,
        }
    }
}

/// The tenant.
#[utoipa::path(get, path = "/tenants/{tenant}", tag = "tenant", operation_id = "get_tenant", params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = TenantOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn get(State(api): State<Api>, May(grant): May<SeeTenant>) -> Result<Json<TenantOut>, ApiError> {
    let brand = api.app.settings.brand(&grant).await?;
    let tenant = grant.tenant();
    Ok(Json(TenantOut {
        id: tenant.id.into(),
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        description: tenant.description.clone(),
        is_active: tenant.is_active,
        role: grant.role().map(Into::into),
        may: grant.may().into(),
        brand: brand.into(),
    }))
}
