//! Members: who belongs to a tenant, who may be found, rosters.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::MadeLink;
use nexus_app::access::{ManageMembers, SeeMembers};
use nexus_app::members::{
    GroupName, MemberAdded, MemberChange, MemberError, MemberList, MemberView, Person, Roster, RosterOutcome, RosterRow,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::account::TenantRoleOut;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May, UserOf};
use crate::invitation::InvitationMadeOut;
use crate::page::{Given, PageIn, given};
use crate::version::{IfMatch, tagged};
use crate::wire::{At, mirrored};

/// A person, as lists show them.
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonOut {
    id: Uuid,
    full_name: String,
    email: String,
    /// Names the picture; null without one.
    avatar: Option<String>,
}

impl From<Person> for PersonOut {
    fn from(person: Person) -> Self {
        Self { id: person.id.into(), full_name: person.full_name, email: person.email, avatar: person.avatar_tag }
    }
}

/// People whose name or address begins with what was typed; at most 10.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonList)]
pub(crate) struct PersonListOut {
    people: Vec<PersonOut>,
}

/// A group.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupName)]
pub(crate) struct GroupNameOut {
    id: Uuid,
    name: String,
}

impl From<GroupName> for GroupNameOut {
    fn from(group: GroupName) -> Self {
        Self { id: group.id.into(), name: group.name }
    }
}

/// What may be done with a member.
#[derive(Serialize, ToSchema)]
#[schema(as = MemberMay)]
pub(crate) struct MemberMayOut {
    edit: bool,
    remove: bool,
    /// Make a link for their password.
    reset: bool,
    /// Disable or enable their account.
    disable: bool,
}

/// A person in a tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberOut {
    user: PersonOut,
    company: String,
    role: TenantRoleOut,
    /// Whether they may sign in.
    is_active: bool,
    /// Whether their address is known to reach them.
    verified: bool,
    #[schema(value_type = At)]
    joined_at: At,
    #[schema(value_type = Option<At>)]
    last_seen_at: Option<At>,
    /// How many assignments give them rights, with those of their groups.
    assignments: i64,
    groups: Vec<GroupNameOut>,
    /// To send as `If-Match` with a change.
    version: i64,
    may: MemberMayOut,
}

impl From<MemberView> for MemberOut {
    fn from(member: MemberView) -> Self {
        let may = member.may;
        Self {
            user: member.person.into(),
            company: member.company,
            role: member.role.into(),
            is_active: member.is_active,
            verified: member.verified,
            joined_at: At(member.joined_at),
            last_seen_at: member.last_seen_at.map(At),
            assignments: member.assignments,
            groups: member.groups.into_iter().map(GroupNameOut::from).collect(),
            version: member.version,
            may: MemberMayOut { edit: may.edit, remove: may.remove, reset: may.reset, disable: may.disable },
        }
    }
}

/// A page of members, by name.
#[derive(Serialize, ToSchema)]
#[schema(as = MemberList)]
pub(crate) struct MemberListOut {
    members: Vec<MemberOut>,
    total: i64,
    next_cursor: Option<String>,
}

impl From<MemberList> for MemberListOut {
    fn from(list: MemberList) -> Self {
        let members = list.members.into_iter().map(MemberOut::from).collect();
        Self { members, total: list.total, next_cursor: list.next_cursor }
    }
}

/// Who becomes a member.
#[derive(Deserialize, ToSchema)]
pub(crate) struct MemberAddIn {
    #[schema(max_length = 254)]
    email: String,
    role: TenantRoleOut,
}

/// What changes of a member.
#[derive(Deserialize, ToSchema)]
pub(crate) struct MemberIn {
    role: Option<TenantRoleOut>,
    is_active: Option<bool>,
}

/// One of the two: who could be added at once, or the invitation for everybody else.
#[derive(Serialize, ToSchema)]
#[schema(as = MemberAdded)]
pub(crate) struct MemberAddedOut {
    member: Option<MemberOut>,
    invitation: Option<InvitationMadeOut>,
}

impl From<MemberAdded> for MemberAddedOut {
    fn from(added: MemberAdded) -> Self {
        match added {
            MemberAdded::Member(member) => Self { member: Some((*member).into()), invitation: None },
            MemberAdded::Invitation(made) => Self { member: None, invitation: Some(made.into()) },
        }
    }
}

/// A link to be handed on; it works once.
#[derive(Serialize, ToSchema)]
#[schema(as = Link)]
pub(crate) struct LinkOut {
    link: String,
    #[schema(value_type = At)]
    expires_at: At,
    /// Whether another one went to the person by mail.
    mailed: bool,
}

impl From<MadeLink> for LinkOut {
    fn from(made: MadeLink) -> Self {
        Self { link: made.link.to_string(), expires_at: At(made.expires_at), mailed: made.mailed }
    }
}

/// Rows as CSV text (at most 1,000 rows), and whether to look only.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CsvIn {
    #[schema(max_length = 262_144)]
    pub(crate) csv: String,
    pub(crate) dry_run: bool,
}

mirrored! {
    /// What a row of a roster does.
    RosterOutcomeOut = RosterOutcome { Add, Invite, Same, Error }
}

/// What a row of a roster does.
#[derive(Serialize, ToSchema)]
#[schema(as = RosterRow)]
pub(crate) struct RosterRowOut {
    line: u64,
    email: String,
    role: String,
    outcome: RosterOutcomeOut,
    /// Why the row cannot be used.
    error: Option<String>,
    /// The invitation's link, shown this once.
    link: Option<String>,
}

impl From<RosterRow> for RosterRowOut {
    fn from(row: RosterRow) -> Self {
        Self {
            line: row.line,
            email: row.email,
            role: row.role,
            outcome: row.outcome.into(),
            error: row.error,
            link: row.link.map(|link| link.to_string()),
        }
    }
}

/// A roster, row by row.
#[derive(Serialize, ToSchema)]
#[schema(as = Roster)]
pub(crate) struct RosterOut {
    rows: Vec<RosterRowOut>,
    /// Whether it was done, and not only looked at.
    done: bool,
}

impl From<Roster> for RosterOut {
    fn from(roster: Roster) -> Self {
        Self { rows: roster.rows.into_iter().map(RosterRowOut::from).collect(), done: roster.done }
    }
}

/// The members.
#[utoipa::path(get, path = "/tenants/{tenant}/members", tag = "member", operation_id = "list_members",
    params(("tenant" = Uuid, Path,), PageIn),
    responses((status = 200, body = MemberListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeMembers>,
    page: Given<PageIn>,
) -> Result<Json<MemberListOut>, ApiError> {
    let page = given(page)?.into();
    Ok(Json(api.app.members.list(&grant, &page).await?.into()))
}

/// Adds a person whom one may find, or invites the address.
#[utoipa::path(post, path = "/tenants/{tenant}/members", tag = "member", operation_id = "add_member",
    params(("tenant" = Uuid, Path,)), request_body = MemberAddIn,
    responses((status = 201, body = MemberAddedOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
pub(crate) async fn add(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    Body(input): Body<MemberAddIn>,
) -> Result<(StatusCode, Json<MemberAddedOut>), ApiError> {
    let added = api.app.members.add(&grant, &input.email, input.role.into()).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Changes the role, or disables or enables an account that is solely this tenant's; `If-Match` says which version.
#[utoipa::path(patch, path = "/tenants/{tenant}/members/{user}", tag = "member", operation_id = "update_member",
    params(("tenant" = Uuid, Path,), ("user" = Uuid, Path,), ("if-match" = String, Header,)), request_body = MemberIn,
    responses((status = 200, body = MemberOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
              (status = 422, body = Problem), (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    UserOf(user): UserOf,
    IfMatch(version): IfMatch,
    Body(input): Body<MemberIn>,
) -> Result<Response, ApiError> {
    let change = MemberChange { role: input.role.map(Into::into), is_active: input.is_active };
    let member = api.app.members.update(&grant, user, change, version).await?;
    Ok(tagged(StatusCode::OK, member.version, MemberOut::from(member)))
}

/// Removes a member, with their assignments here.
#[utoipa::path(delete, path = "/tenants/{tenant}/members/{user}", tag = "member", operation_id = "remove_member",
    params(("tenant" = Uuid, Path,), ("user" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    UserOf(user): UserOf,
) -> Result<StatusCode, ApiError> {
    api.app.members.remove(&grant, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A password link for an account that is solely this tenant's.
#[utoipa::path(post, path = "/tenants/{tenant}/members/{user}/reset-link", tag = "member",
    operation_id = "make_member_reset_link", params(("tenant" = Uuid, Path,), ("user" = Uuid, Path,)),
    responses((status = 201, body = LinkOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn make_reset_link(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    UserOf(user): UserOf,
) -> Result<(StatusCode, Json<LinkOut>), ApiError> {
    let made = api.app.members.make_reset_link(&grant, user).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Adds and invites by CSV: `email,role`.
#[utoipa::path(post, path = "/tenants/{tenant}/members/import", tag = "member", operation_id = "import_members",
    params(("tenant" = Uuid, Path,)), request_body = CsvIn,
    responses((status = 200, body = RosterOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
pub(crate) async fn import(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    Body(input): Body<CsvIn>,
) -> Result<Json<RosterOut>, ApiError> {
    Ok(Json(api.app.members.import(&grant, &input.csv, input.dry_run).await?.into()))
}

/// What was typed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleIn {
    /// The beginning of a name or an address.
    #[param(max_length = 100)]
    q: String,
}

/// Autocomplete: verified people of tenants that one administers and who are no members here.
#[utoipa::path(get, path = "/tenants/{tenant}/people", tag = "member", operation_id = "find_people",
    params(("tenant" = Uuid, Path,), PeopleIn),
    responses((status = 200, body = PersonListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn find(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    query: Given<PeopleIn>,
) -> Result<Json<PersonListOut>, ApiError> {
    let people = api.app.members.find(&grant, &given(query)?.q).await?;
    Ok(Json(PersonListOut { people: people.into_iter().map(PersonOut::from).collect() }))
}

impl From<MemberError> for ApiError {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::NotFound => Self::not_found(),
            MemberError::Invalid(fields) => Self::invalid(fields),
            MemberError::Page(bad) => bad.into(),
            MemberError::ChangedMeanwhile => Self::changed_meanwhile(),
            MemberError::LastAdmin => Self::last_admin(),
            MemberError::Duplicate => Self::conflict("duplicate", "This person is a member already."),
            MemberError::NotSole => Self::not_sole(),
            MemberError::NotRecent(cause) => cause.into(),
            MemberError::TooMany { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            MemberError::LimitReached { limit } => Self::conflict(
                "limit_reached",
                format!("{limit} invitations wait already. Take some of them back first."),
            ),
            MemberError::Store(cause) => Self::internal(cause),
        }
    }
}
