//! Assignments: rights on guests, given to members and groups.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::access::{ManageMembers, SeeMembers};
use nexus_app::assignments::{
    AssignmentError, AssignmentInput, AssignmentList, AssignmentView, Import, ImportOutcome, ImportRow, TargetInput,
    Wanted,
};
use nexus_model::{FieldError, GuestKey, GuestRight, InvalidInput, ServerId, Subject, Target, TargetKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{AssignmentOf, Body, May};
use crate::guest::{KindOut, ServerNameOut};
use crate::member::CsvIn;
use crate::page::{Given, PageIn, given};
use crate::version::{IfMatch, tagged};
use crate::wire::{At, mirrored};

mirrored! {
    /// A right on a guest.
    GuestRightOut = GuestRight { View, Watch, Console, Power, Snapshot }
}

mirrored! {
    /// One guest, or all of a pool or with a tag.
    TargetKindOut = TargetKind { Guest, Pool, Tag }
}

/// A person or a group.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SubjectKind)]
pub(crate) enum SubjectKindOut {
    User,
    Group,
}

/// Who has the rights.
#[derive(Serialize, ToSchema)]
#[schema(as = Subject)]
pub(crate) struct SubjectOut {
    kind: SubjectKindOut,
    id: Uuid,
    name: String,
    /// Null for a group.
    email: Option<String>,
    /// Names the picture; null without one.
    avatar: Option<String>,
}

/// On what: one guest, or all guests of a pool or with a tag (on one server, or on all).
#[derive(Serialize, ToSchema)]
#[schema(as = Target)]
pub(crate) struct TargetOut {
    kind: TargetKindOut,
    /// Null for all servers.
    server: Option<ServerNameOut>,
    /// Of a guest.
    #[serde(rename = "type")]
    guest_kind: Option<KindOut>,
    /// Of a guest.
    vmid: Option<u32>,
    /// The guest's, pool's or tag's name.
    name: String,
}

/// Rights on guests.
#[derive(Serialize, ToSchema)]
#[schema(as = Assignment)]
pub(crate) struct AssignmentOut {
    id: Uuid,
    subject: SubjectOut,
    target: TargetOut,
    permissions: Vec<GuestRightOut>,
    #[schema(value_type = Option<At>)]
    until: Option<At>,
    expired: bool,
    /// The guest is gone, or another one has its number: an admin says which is meant.
    asleep: bool,
    /// How many guests it covers now.
    guests: usize,
    #[schema(value_type = At)]
    created_at: At,
    /// To send as `If-Match` with a change.
    version: i64,
}

impl From<AssignmentView> for AssignmentOut {
    fn from(assignment: AssignmentView) -> Self {
        let (kind, id) = match assignment.subject {
            Subject::User(user) => (SubjectKindOut::User, user.into()),
            Subject::Group(group) => (SubjectKindOut::Group, group.into()),
        };
        let guest = if let Target::Guest(guest) = &assignment.target { Some(*guest) } else { None };
        let server = assignment.target.server().map(|server| {
            let name = assignment.server_name.unwrap_or_default();
            ServerNameOut { id: server.into(), name }
        });
        Self {
            id: assignment.id.into(),
            subject: SubjectOut {
                kind,
                id,
                name: assignment.subject_name,
                email: assignment.subject_email,
                avatar: assignment.subject_avatar,
            },
            target: TargetOut {
                kind: assignment.target.kind().into(),
                server,
                guest_kind: guest.map(|guest| guest.kind.into()),
                vmid: guest.map(|guest| guest.vmid),
                name: assignment.target_name,
            },
            permissions: assignment.permissions.rights().map(Into::into).collect(),
            until: assignment.until.map(At),
            expired: assignment.expired,
            asleep: assignment.asleep,
            guests: assignment.guests,
            created_at: At(assignment.created_at),
            version: assignment.version,
        }
    }
}

/// A page of assignments, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = AssignmentList)]
pub(crate) struct AssignmentListOut {
    assignments: Vec<AssignmentOut>,
    next_cursor: Option<String>,
}

impl From<AssignmentList> for AssignmentListOut {
    fn from(list: AssignmentList) -> Self {
        let assignments = list.assignments.into_iter().map(AssignmentOut::from).collect();
        Self { assignments, next_cursor: list.next_cursor }
    }
}

/// Who gets the rights.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SubjectIn {
    kind: SubjectKindOut,
    id: Uuid,
}

/// On what: `server`, `type`, `vmid` of a guest; or `name` of a pool or tag, with a `server` or on all.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TargetIn {
    kind: TargetKindOut,
    server: Option<Uuid>,
    #[serde(rename = "type")]
    guest_kind: Option<KindOut>,
    #[schema(minimum = 100, maximum = 999_999_999)]
    vmid: Option<u32>,
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
}

impl TargetIn {
    fn target(self) -> Result<TargetInput, Vec<FieldError>> {
        let required = |field| InvalidInput::new("required", "must not be empty").field(field);
        let server = self.server.map(ServerId::from);
        match self.kind {
            TargetKindOut::Guest => match (server, self.guest_kind, self.vmid) {
                (Some(server), Some(kind), Some(vmid)) => {
                    Ok(TargetInput::Guest(GuestKey { server, kind: kind.into(), vmid }))
                }
                (server, kind, vmid) => {
                    let server = server.is_none().then(|| required("target.server"));
                    let kind = kind.is_none().then(|| required("target.type"));
                    let vmid = vmid.is_none().then(|| required("target.vmid"));
                    Err([server, kind, vmid].into_iter().flatten().collect())
                }
            },
            TargetKindOut::Pool => Ok(TargetInput::Pool(server, self.name.unwrap_or_default())),
            TargetKindOut::Tag => Ok(TargetInput::Tag(server, self.name.unwrap_or_default())),
        }
    }
}

/// Rights to give.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AssignmentIn {
    subject: SubjectIn,
    target: TargetIn,
    #[schema(min_items = 1)]
    permissions: Vec<GuestRightOut>,
    #[schema(value_type = Option<At>)]
    until: Option<At>,
}

/// Rights to change.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AssignmentChangeIn {
    #[schema(min_items = 1)]
    permissions: Vec<GuestRightOut>,
    #[schema(value_type = Option<At>)]
    until: Option<At>,
}

mirrored! {
    /// What a row does.
    ImportOutcomeOut = ImportOutcome { Create, Change, Same, Error }
}

/// What a row does.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportRow)]
pub(crate) struct ImportRowOut {
    line: u64,
    email: String,
    target: String,
    outcome: ImportOutcomeOut,
    /// Why the row cannot be used.
    error: Option<String>,
}

impl From<ImportRow> for ImportRowOut {
    fn from(row: ImportRow) -> Self {
        Self { line: row.line, email: row.email, target: row.target, outcome: row.outcome.into(), error: row.error }
    }
}

/// A list of assignments, row by row.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub(crate) struct ImportOut {
    rows: Vec<ImportRowOut>,
    /// Whether it was done, and not only looked at.
    done: bool,
}

impl From<Import> for ImportOut {
    fn from(import: Import) -> Self {
        Self { rows: import.rows.into_iter().map(ImportRowOut::from).collect(), done: import.done }
    }
}

/// Which assignments.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedIn {
    /// A person's, with those of their groups.
    user: Option<Uuid>,
    /// A group's.
    group: Option<Uuid>,
    /// On a server; with `type` and `vmid`, on that guest.
    server: Option<Uuid>,
    #[serde(rename = "type")]
    #[param(rename = "type", value_type = Option<KindOut>)]
    kind: Option<KindOut>,
    #[param(minimum = 100, maximum = 999_999_999)]
    vmid: Option<u32>,
}

impl WantedIn {
    fn wanted(self) -> Result<Wanted, ApiError> {
        let server = self.server.map(ServerId::from);
        let guest = match (server, self.kind, self.vmid) {
            (_, None, None) => None,
            (Some(server), Some(kind), Some(vmid)) => Some(GuestKey { server, kind: kind.into(), vmid }),
            _ => return Err(ApiError::bad_request("A guest is named by server, type and vmid together.")),
        };
        Ok(Wanted { user: self.user.map(Into::into), group: self.group.map(Into::into), server, guest })
    }
}

fn one(status: StatusCode, assignment: AssignmentView) -> Response {
    tagged(status, assignment.version, AssignmentOut::from(assignment))
}

/// All assignments; with a guest also those by its pool and tags, with a user also those of their groups.
#[utoipa::path(get, path = "/tenants/{tenant}/assignments", tag = "assignment", operation_id = "list_assignments",
    params(("tenant" = Uuid, Path,), WantedIn, PageIn),
    responses((status = 200, body = AssignmentListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeMembers>,
    wanted: Given<WantedIn>,
    page: Given<PageIn>,
) -> Result<Json<AssignmentListOut>, ApiError> {
    let (wanted, page) = (given(wanted)?.wanted()?, given(page)?.into());
    Ok(Json(api.app.assignments.list(&grant, &wanted, &page).await?.into()))
}

/// Gives rights.
#[utoipa::path(post, path = "/tenants/{tenant}/assignments", tag = "assignment", operation_id = "create_assignment",
    params(("tenant" = Uuid, Path,)), request_body = AssignmentIn,
    responses((status = 201, body = AssignmentOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    Body(input): Body<AssignmentIn>,
) -> Result<Response, ApiError> {
    let subject = match input.subject.kind {
        SubjectKindOut::User => Subject::User(input.subject.id.into()),
        SubjectKindOut::Group => Subject::Group(input.subject.id.into()),
    };
    let target = input.target.target().map_err(ApiError::invalid)?;
    let permissions = input.permissions.into_iter().map(GuestRight::from).collect();
    let input = AssignmentInput { subject, target, permissions, until: input.until.map(|at| at.0) };
    Ok(one(StatusCode::CREATED, api.app.assignments.create(&grant, input).await?))
}

/// Changes rights; `If-Match` says which version of them.
#[utoipa::path(put, path = "/tenants/{tenant}/assignments/{assignment}", tag = "assignment",
    operation_id = "update_assignment",
    params(("tenant" = Uuid, Path,), ("assignment" = Uuid, Path,), ("if-match" = String, Header,)),
    request_body = AssignmentChangeIn,
    responses((status = 200, body = AssignmentOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
              (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    AssignmentOf(id): AssignmentOf,
    IfMatch(version): IfMatch,
    Body(input): Body<AssignmentChangeIn>,
) -> Result<Response, ApiError> {
    let permissions = input.permissions.into_iter().map(GuestRight::from).collect();
    let until = input.until.map(|at| at.0);
    Ok(one(StatusCode::OK, api.app.assignments.update(&grant, id, permissions, until, version).await?))
}

/// Says that the guest which has the vmid now is the one that was meant.
#[utoipa::path(post, path = "/tenants/{tenant}/assignments/{assignment}/wake", tag = "assignment",
    operation_id = "wake_assignment", params(("tenant" = Uuid, Path,), ("assignment" = Uuid, Path,)),
    responses((status = 200, body = AssignmentOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn wake(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    AssignmentOf(id): AssignmentOf,
) -> Result<Response, ApiError> {
    Ok(one(StatusCode::OK, api.app.assignments.wake(&grant, id).await?))
}

/// Takes rights away.
#[utoipa::path(delete, path = "/tenants/{tenant}/assignments/{assignment}", tag = "assignment",
    operation_id = "delete_assignment", params(("tenant" = Uuid, Path,), ("assignment" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    AssignmentOf(id): AssignmentOf,
) -> Result<StatusCode, ApiError> {
    api.app.assignments.delete(&grant, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives rights by CSV: `email,server,vmid,pool,tag,permissions,until`.
#[utoipa::path(post, path = "/tenants/{tenant}/assignments/import", tag = "assignment",
    operation_id = "import_assignments", params(("tenant" = Uuid, Path,)), request_body = CsvIn,
    responses((status = 200, body = ImportOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn import(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    Body(input): Body<CsvIn>,
) -> Result<Json<ImportOut>, ApiError> {
    Ok(Json(api.app.assignments.import(&grant, &input.csv, input.dry_run).await?.into()))
}

impl From<AssignmentError> for ApiError {
    fn from(error: AssignmentError) -> Self {
        match error {
            AssignmentError::NotFound => Self::not_found(),
            AssignmentError::Invalid(fields) => Self::invalid(fields),
            AssignmentError::Page(bad) => bad.into(),
            AssignmentError::ChangedMeanwhile => Self::changed_meanwhile(),
            AssignmentError::Duplicate => {
                Self::conflict("duplicate", "There are rights on this already. Change those instead.")
            }
            AssignmentError::NotAsleep => Self::conflict("not_asleep", "This assignment does not sleep."),
            AssignmentError::NoGuest => {
                Self::conflict("no_guest", "No guest has this number now. Give rights on another one instead.")
            }
            AssignmentError::LimitReached { limit } => {
                Self::conflict("limit_reached", format!("There are {limit} assignments already. Delete some first."))
            }
            AssignmentError::Store(cause) => Self::internal(cause),
        }
    }
}
