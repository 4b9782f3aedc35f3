//! The audit log: of a tenant for its admins, of the installation for system admins. Reads, and never changes an entry.

use axum::Json;
use axum::body::Body as Stream;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::TryStreamExt;
use nexus_app::access::SeeAudit;
use nexus_app::audit::{
    AuditPage, AuditQuery, Exporting, Format, LogError, Outcome as AuditOutcome, Recorded, Verified,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Administrator, May};
use crate::wire::{At, Binary, mirrored};

mirrored! {
    /// How an action ended.
    AuditOutcomeOut = AuditOutcome { Ok, Refused, Failed, Intent }
}

/// Who did it.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditActor)]
pub(crate) struct AuditActorOut {
    /// `user` or `system`.
    kind: String,
    id: Option<Uuid>,
    name: String,
}

/// On what.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditTarget)]
pub(crate) struct AuditTargetOut {
    kind: String,
    id: String,
    name: String,
}

/// What a thing was, as JSON; no secrets.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditState)]
pub(crate) struct AuditStateOut(serde_json::Value);

/// One recorded action.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditEntryOut {
    id: Uuid,
    #[schema(value_type = At)]
    at: At,
    actor: AuditActorOut,
    /// From where; empty for Nexus itself.
    address: String,
    user_agent: String,
    /// What was done, `noun.verb`.
    action: String,
    target: AuditTargetOut,
    before: Option<AuditStateOut>,
    after: Option<AuditStateOut>,
    outcome: AuditOutcomeOut,
    /// Why it ended so.
    detail: Option<String>,
    request_id: Option<String>,
    /// The name of the token, if a program acted for the person.
    token: Option<String>,
    /// Its number in the chain; null in the seconds until it is chained.
    seq: Option<i64>,
}

impl From<Recorded> for AuditEntryOut {
    fn from(entry: Recorded) -> Self {
        Self {
            id: entry.id.into(),
            at: At(entry.at),
            actor: AuditActorOut {
                kind: entry.actor_kind,
                id: entry.actor_user.map(Into::into),
                name: entry.actor_name,
            },
            address: entry.address,
            user_agent: entry.user_agent,
            action: entry.action,
            target: AuditTargetOut { kind: entry.target_kind, id: entry.target_id, name: entry.target_name },
            before: entry.before.map(AuditStateOut),
            after: entry.after.map(AuditStateOut),
            outcome: entry.outcome.into(),
            detail: entry.detail,
            request_id: entry.request_id,
            token: entry.token,
            seq: entry.seq,
        }
    }
}

/// A page of the log, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditList)]
pub(crate) struct AuditListOut {
    entries: Vec<AuditEntryOut>,
    next_cursor: Option<String>,
}

impl From<AuditPage> for AuditListOut {
    fn from(page: AuditPage) -> Self {
        let entries = page.entries.into_iter().map(AuditEntryOut::from).collect();
        Self { entries, next_cursor: page.next_cursor }
    }
}

/// Every action that the log has.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditActions)]
pub(crate) struct AuditActionsOut {
    actions: Vec<String>,
}

/// Whether the chain is whole.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditVerified)]
pub(crate) struct AuditVerifiedOut {
    whole: bool,
    /// How many entries fit; those of the last seconds are not chained yet.
    entries: i64,
    /// The number of the last entry that was dropped, where old ones were.
    checkpoint: Option<i64>,
    /// What does not fit, and where.
    problem: Option<String>,
}

impl From<Verified> for AuditVerifiedOut {
    fn from(verified: Verified) -> Self {
        match verified {
            Verified::Whole { entries, checkpoint, .. } => Self { whole: true, entries, checkpoint, problem: None },
            Verified::Broken { at, why } => {
                Self { whole: false, entries: 0, checkpoint: None, problem: Some(format!("At entry {at}: {why}.")) }
            }
        }
    }
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQueryIn {
    /// Not older than this.
    #[param(value_type = Option<At>)]
    from: Option<At>,
    /// Older than this.
    #[param(value_type = Option<At>)]
    to: Option<At>,
    /// A part of the person's address, or their id.
    #[param(max_length = 100)]
    actor: Option<String>,
    /// An action; all that begin so with a `.` or `*` at its end.
    #[param(max_length = 100)]
    action: Option<String>,
    /// A part of the target's id or name.
    #[param(max_length = 100)]
    target: Option<String>,
    #[param(value_type = Option<AuditOutcomeOut>)]
    outcome: Option<AuditOutcomeOut>,
    /// A part of the action, a name or the detail.
    #[param(max_length = 100)]
    q: Option<String>,
}

impl From<AuditQueryIn> for AuditQuery {
    fn from(query: AuditQueryIn) -> Self {
        Self {
            from: query.from.map(|at| at.0),
            to: query.to.map(|at| at.0),
            actor: query.actor,
            action: query.action,
            target: query.target,
            outcome: query.outcome.map(Into::into),
            q: query.q,
        }
    }
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditPageIn {
    /// From the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl AuditPageIn {
    fn limit(&self) -> u32 {
        self.limit.unwrap_or(50).clamp(1, 200)
    }
}

/// Which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditFormatIn {
    /// `csv` or `jsonl` (JSON Lines).
    format: String,
}

impl AuditFormatIn {
    fn format(&self) -> Result<Format, ApiError> {
        match self.format.as_str() {
            "csv" => Ok(Format::Csv),
            "jsonl" => Ok(Format::JsonLines),
            _ => Err(ApiError::bad_request("The format is csv or jsonl.")),
        }
    }
}

type Given<T> = Result<Query<T>, QueryRejection>;

fn given<T>(query: Given<T>) -> Result<T, ApiError> {
    query.map(|Query(query)| query).map_err(|error| ApiError::bad_request(error.body_text()))
}

/// The tenant's audit log.
#[utoipa::path(get, path = "/tenants/{tenant}/audit", tag = "audit", operation_id = "list_audit",
    params(("tenant" = Uuid, Path,), AuditQueryIn, AuditPageIn),
    responses((status = 200, body = AuditListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeAudit>,
    query: Given<AuditQueryIn>,
    page: Given<AuditPageIn>,
) -> Result<Json<AuditListOut>, ApiError> {
    let (query, page) = (given(query)?, given(page)?);
    Ok(Json(api.app.audit.list(&grant, &query.into(), page.cursor.as_deref(), page.limit()).await?.into()))
}

/// The installation's audit log.
#[utoipa::path(get, path = "/audit", tag = "audit", operation_id = "list_system_audit", params(AuditQueryIn, AuditPageIn),
    responses((status = 200, body = AuditListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem)))]
pub(crate) async fn list_system(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    query: Given<AuditQueryIn>,
    page: Given<AuditPageIn>,
) -> Result<Json<AuditListOut>, ApiError> {
    let (query, page) = (given(query)?, given(page)?);
    Ok(Json(api.app.audit.list_system(&grant, &query.into(), page.cursor.as_deref(), page.limit()).await?.into()))
}

/// The tenant's audit log as CSV or JSON Lines, the oldest first.
#[utoipa::path(get, path = "/tenants/{tenant}/audit/export", tag = "audit", operation_id = "export_audit",
    params(("tenant" = Uuid, Path,), AuditFormatIn, AuditQueryIn),
    responses((status = 200, content_type = "application/octet-stream", body = Binary), (status = 400, body = Problem),
              (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn export(
    State(api): State<Api>,
    May(grant): May<SeeAudit>,
    format: Given<AuditFormatIn>,
    query: Given<AuditQueryIn>,
) -> Result<Response, ApiError> {
    let (format, query) = (given(format)?.format()?, given(query)?);
    let name = format!("audit-{}", grant.tenant().slug);
    let by = Exporting::Tenant(Box::new(api.app.access.keep(grant).await?));
    attachment(&api, by, query, format, &name)
}

/// The installation's audit log as CSV or JSON Lines, the oldest first.
#[utoipa::path(get, path = "/audit/export", tag = "audit", operation_id = "export_system_audit",
    params(AuditFormatIn, AuditQueryIn),
    responses((status = 200, content_type = "application/octet-stream", body = Binary), (status = 400, body = Problem),
              (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn export_system(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    format: Given<AuditFormatIn>,
    query: Given<AuditQueryIn>,
) -> Result<Response, ApiError> {
    let (format, query) = (given(format)?.format()?, given(query)?);
    attachment(&api, Exporting::System(grant), query, format, "audit")
}

/// The export as a file. A failure under way breaks the connection off: nobody takes a part for the whole.
fn attachment(api: &Api, by: Exporting, query: AuditQueryIn, format: Format, name: &str) -> Result<Response, ApiError> {
    let pieces = api.app.audit.export(by, &query.into(), format)?.inspect_err(|error| {
        tracing::warn!(%error, "An export of the audit log ended early");
    });
    let (kind, end) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::JsonLines => ("application/jsonl", "jsonl"),
    };
    let mut response = Response::new(Stream::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Slugs are letters, digits and hyphens.
    let file = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{end}\"")).map_err(ApiError::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, file);
    Ok(response)
}

/// What the tenant's log can be filtered by.
#[utoipa::path(get, path = "/tenants/{tenant}/audit/actions", tag = "audit", operation_id = "list_audit_actions",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = AuditActionsOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn actions(
    State(api): State<Api>,
    May(grant): May<SeeAudit>,
) -> Result<Json<AuditActionsOut>, ApiError> {
    Ok(Json(AuditActionsOut { actions: api.app.audit.actions(&grant).await? }))
}

/// What the installation's log can be filtered by.
#[utoipa::path(get, path = "/audit/actions", tag = "audit", operation_id = "list_system_audit_actions",
    responses((status = 200, body = AuditActionsOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn actions_system(
    State(api): State<Api>,
    Administrator(grant): Administrator,
) -> Result<Json<AuditActionsOut>, ApiError> {
    Ok(Json(AuditActionsOut { actions: api.app.audit.actions_system(&grant).await? }))
}

/// Follows the tenant's chain from its start or checkpoint to its head.
#[utoipa::path(post, path = "/tenants/{tenant}/audit/verify", tag = "audit", operation_id = "verify_audit",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = AuditVerifiedOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn verify(
    State(api): State<Api>,
    May(grant): May<SeeAudit>,
) -> Result<Json<AuditVerifiedOut>, ApiError> {
    Ok(Json(api.app.audit.verify_own(&grant).await?.into()))
}

/// Follows the installation's chain from its start to its head.
#[utoipa::path(post, path = "/audit/verify", tag = "audit", operation_id = "verify_system_audit",
    responses((status = 200, body = AuditVerifiedOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn verify_system(
    State(api): State<Api>,
    Administrator(grant): Administrator,
) -> Result<Json<AuditVerifiedOut>, ApiError> {
    Ok(Json(api.app.audit.verify_system(&grant).await?.into()))
}

impl From<LogError> for ApiError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::BadCursor => Self::bad_request("This cursor is not one of this list. Start from the first page."),
            LogError::BadFilter(name) => Self::bad_request(format!("The filter {name} has at most 100 characters.")),
            LogError::Refused(refused) => refused.into(),
            LogError::Store(cause) => Self::internal(cause),
        }
    }
}
