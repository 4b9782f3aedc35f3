//! Console sessions: which there are and were, and ending one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use nexus_app::access::SeeTenant;
use nexus_app::consoles::{
    AllConsolesQuery, ConsoleList, ConsoleQuery, ConsoleState, ConsoleView, EndError, TenantName,
};
use nexus_app::page::Page;
use nexus_model::{ServerId, TenantId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Administrator, Body, ConsoleOf, May};
use crate::guest::{GuestRefOut, KindOut, guest_of};
use crate::member::PersonOut;
use crate::page::{Given, given};
use crate::wire::{At, mirrored};

mirrored! {
    /// How far a console is.
    ConsoleStateOut = ConsoleState { Requested, Open, Ended }
}

/// A tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantName)]
pub(crate) struct TenantNameOut {
    id: Uuid,
    slug: String,
    name: String,
}

impl From<TenantName> for TenantNameOut {
    fn from(tenant: TenantName) -> Self {
        Self { id: tenant.id.into(), slug: tenant.slug, name: tenant.name }
    }
}

/// What may be done with it.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsoleSessionMay)]
pub(crate) struct ConsoleSessionMayOut {
    end: bool,
}

/// One opened console.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsoleSession)]
pub(crate) struct ConsoleSessionOut {
    id: Uuid,
    /// Null when they are gone.
    user: Option<PersonOut>,
    /// What they were called then.
    user_name: String,
    guest: GuestRefOut,
    /// The guest's name then.
    guest_name: String,
    /// Null when the server is gone.
    server_name: Option<String>,
    tenant: TenantNameOut,
    view_only: bool,
    state: ConsoleStateOut,
    address: String,
    user_agent: String,
    #[schema(value_type = At)]
    created_at: At,
    #[schema(value_type = Option<At>)]
    started_at: Option<At>,
    #[schema(value_type = Option<At>)]
    ended_at: Option<At>,
    /// To the browser.
    bytes_down: i64,
    /// From the browser.
    bytes_up: i64,
    end_reason: Option<String>,
    /// The newest round trip to the browser; null before the first.
    browser_rtt_ms: Option<f64>,
    /// The newest round trip to PVE; null before the first.
    server_rtt_ms: Option<f64>,
    /// PVE's task, for managers and up.
    upid: Option<String>,
    /// Since the last input; null where it is not known, and where nobody can give any.
    idle_seconds: Option<i64>,
    may: ConsoleSessionMayOut,
}

fn millis(micros: i64) -> f64 {
    // Round trips are far below 2^53 microseconds.
    #[expect(clippy::cast_precision_loss, reason = "285 years")]
    let micros = micros as f64;
    micros / 1000.0
}

impl From<ConsoleView> for ConsoleSessionOut {
    fn from(console: ConsoleView) -> Self {
        Self {
            id: console.id.into(),
            user: console.user.map(PersonOut::from),
            user_name: console.user_name,
            guest: console.guest.into(),
            guest_name: console.guest_name,
            server_name: console.server_name,
            tenant: console.tenant.into(),
            view_only: console.view_only,
            state: console.state.into(),
            address: console.address,
            user_agent: console.user_agent,
            created_at: At(console.created_at),
            started_at: console.started_at.map(At),
            ended_at: console.ended_at.map(At),
            bytes_down: console.bytes_down,
            bytes_up: console.bytes_up,
            end_reason: console.end_reason,
            browser_rtt_ms: console.browser_rtt_us.map(millis),
            server_rtt_ms: console.server_rtt_us.map(millis),
            upid: console.upid,
            idle_seconds: console.idle.and_then(|idle| idle.as_secs().try_into().ok()),
            may: ConsoleSessionMayOut { end: console.may_end },
        }
    }
}

/// A page of console sessions, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsoleSessionList)]
pub(crate) struct ConsoleSessionListOut {
    sessions: Vec<ConsoleSessionOut>,
    next_cursor: Option<String>,
}

impl From<ConsoleList> for ConsoleSessionListOut {
    fn from(list: ConsoleList) -> Self {
        let sessions = list.sessions.into_iter().map(ConsoleSessionOut::from).collect();
        Self { sessions, next_cursor: list.next_cursor }
    }
}

/// Which console sessions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsolesIn {
    /// In this state alone.
    state: Option<ConsoleStateOut>,
    /// Of this person alone.
    #[param(value_type = Option<Uuid>)]
    user: Option<UserId>,
    /// Of this tenant alone.
    #[param(value_type = Option<Uuid>)]
    tenant: Option<TenantId>,
    /// Ended for this reason alone.
    #[param(max_length = 40)]
    end_reason: Option<String>,
    /// From the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Which console sessions of a tenant.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TenantConsolesIn {
    /// In this state alone.
    state: Option<ConsoleStateOut>,
    /// The guest's server; with `type` and `vmid`.
    #[param(value_type = Option<Uuid>)]
    server: Option<ServerId>,
    /// VM or container; with `server` and `vmid`.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<KindOut>,
    /// The guest's number; with `server` and `type`.
    #[param(minimum = 100, maximum = 999_999_999)]
    vmid: Option<u32>,
    /// Of this person alone; who sees only their own finds nothing of others.
    #[param(value_type = Option<Uuid>)]
    user: Option<UserId>,
    /// Ended for this reason alone.
    #[param(max_length = 40)]
    end_reason: Option<String>,
    /// From the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl TenantConsolesIn {
    fn query(self) -> Result<ConsoleQuery, ApiError> {
        let guest = guest_of(self.server, self.kind, self.vmid)?;
        let page = Page { q: String::new(), cursor: self.cursor, limit: self.limit.unwrap_or(50) };
        let (user, end_reason) = (self.user, self.end_reason);
        Ok(ConsoleQuery { state: self.state.map(Into::into), guest, user, end_reason, page })
    }
}

impl ConsolesIn {
    fn query(self) -> AllConsolesQuery {
        let page = Page { q: String::new(), cursor: self.cursor, limit: self.limit.unwrap_or(50) };
        let Self { user, tenant, end_reason, .. } = self;
        AllConsolesQuery { state: self.state.map(Into::into), tenant, user, end_reason, page }
    }
}

/// Why; the person reads it.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EndIn {
    #[schema(max_length = 100)]
    reason: Option<String>,
}

/// Console sessions: all of the tenant for admins, one's own otherwise.
#[utoipa::path(get, path = "/tenants/{tenant}/console-sessions", tag = "console", operation_id = "list_console_sessions",
    params(("tenant" = Uuid, Path,), TenantConsolesIn),
    responses((status = 200, body = ConsoleSessionListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeTenant>,
    query: Given<TenantConsolesIn>,
) -> Result<Json<ConsoleSessionListOut>, ApiError> {
    let query = given(query)?.query()?;
    Ok(Json(api.app.consoles.list(&grant, &query).await?.into()))
}

/// Ends a console: any for admins, one's own otherwise.
#[utoipa::path(post, path = "/tenants/{tenant}/console-sessions/{session}/end", tag = "console",
    operation_id = "end_console_session", request_body = EndIn,
    params(("tenant" = Uuid, Path,), ("session" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn end(
    State(api): State<Api>,
    May(grant): May<SeeTenant>,
    ConsoleOf(session): ConsoleOf,
    Body(input): Body<EndIn>,
) -> Result<StatusCode, ApiError> {
    api.app.consoles.ask_end(&grant, session, input.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Console sessions of all tenants.
#[utoipa::path(get, path = "/console-sessions", tag = "system", operation_id = "list_all_console_sessions", params(ConsolesIn),
    responses((status = 200, body = ConsoleSessionListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem)))]
pub(crate) async fn list_all(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    query: Given<ConsolesIn>,
) -> Result<Json<ConsoleSessionListOut>, ApiError> {
    let query = given(query)?.query();
    Ok(Json(api.app.consoles.list_all(&grant, &query).await?.into()))
}

/// Ends a console.
#[utoipa::path(post, path = "/console-sessions/{session}/end", tag = "system", operation_id = "end_any_console_session",
    request_body = EndIn, params(("session" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn end_any(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    ConsoleOf(session): ConsoleOf,
    Body(input): Body<EndIn>,
) -> Result<StatusCode, ApiError> {
    api.app.consoles.ask_end_anywhere(&grant, session, input.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<EndError> for ApiError {
    fn from(error: EndError) -> Self {
        match error {
            EndError::NotFound => Self::not_found(),
            EndError::Ended => Self::conflict("already_ended", "This console has ended already."),
            EndError::Invalid(fields) => Self::invalid(fields),
            EndError::Page(bad) => bad.into(),
            EndError::Store(cause) => Self::internal(cause),
        }
    }
}
