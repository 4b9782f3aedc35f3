//! All accounts, for system admins.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::administration::{
    AccountIn as Change, AccountList, AccountMade, AccountNew, AccountView, AdministrationError,
};
use nexus_model::{Micros, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::account::{MembershipOut, SystemRoleOut};
use crate::error::{ApiError, Problem};
use crate::extract::{Administrator, Body, UserOf};
use crate::member::LinkOut;
use crate::page::{Given, PageIn, given};
use crate::version::{IfMatch, tagged};
use crate::wire::At;

/// A person's account, as system admins see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct AccountOut {
    id: Uuid,
    email: String,
    full_name: String,
    user_name: Option<String>,
    company: String,
    /// Names the picture; null without one.
    avatar: Option<String>,
    system_role: SystemRoleOut,
    /// Whether they may sign in.
    is_active: bool,
    /// Whether their address is known to reach them.
    verified: bool,
    #[schema(value_type = At)]
    created_at: At,
    #[schema(value_type = Option<At>)]
    last_seen_at: Option<At>,
    tenants: Vec<MembershipOut>,
    /// How many browsers they are signed in with.
    sessions: i64,
    /// To send as `If-Match` with a change.
    version: i64,
}

impl From<AccountView> for AccountOut {
    fn from(AccountView { account, tenants }: AccountView) -> Self {
        Self {
            id: account.id.into(),
            email: account.email,
            full_name: account.full_name,
            user_name: account.user_name,
            company: account.company,
            avatar: account.avatar_tag,
            system_role: account.system_role.into(),
            is_active: account.is_active,
            verified: account.verified_at.is_some(),
            created_at: At(account.created_at),
            last_seen_at: account.last_seen_at.map(|at| At(Micros(at))),
            tenants: tenants.into_iter().map(MembershipOut::from).collect(),
            sessions: account.sessions,
            version: account.version,
        }
    }
}

/// A page of accounts, by address.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountList)]
pub(crate) struct AccountListOut {
    accounts: Vec<AccountOut>,
    total: i64,
    next_cursor: Option<String>,
}

impl From<AccountList> for AccountListOut {
    fn from(list: AccountList) -> Self {
        let accounts = list.accounts.into_iter().map(AccountOut::from).collect();
        Self { accounts, total: list.total, next_cursor: list.next_cursor }
    }
}

/// A new account; a link for its password comes back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AccountNewIn {
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 100)]
    full_name: String,
    system_role: SystemRoleOut,
}

/// A new account, and the link with which its owner chooses a password.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountMade)]
pub(crate) struct AccountMadeOut {
    account: AccountOut,
    link: LinkOut,
}

impl From<AccountMade> for AccountMadeOut {
    fn from(made: AccountMade) -> Self {
        Self { account: made.account.into(), link: made.link.into() }
    }
}

/// What changes of an account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AccountIn {
    /// Another address counts as verified unless `verified` says otherwise.
    #[schema(max_length = 254)]
    email: Option<String>,
    #[schema(max_length = 100)]
    full_name: Option<String>,
    system_role: Option<SystemRoleOut>,
    is_active: Option<bool>,
    verified: Option<bool>,
}

impl From<AccountIn> for Change {
    fn from(input: AccountIn) -> Self {
        Self {
            email: input.email,
            full_name: input.full_name,
            system_role: input.system_role.map(Into::into),
            is_active: input.is_active,
            verified: input.verified,
        }
    }
}

/// Who takes the place of the person.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuccessorIn {
    /// Becomes admin where the person is a tenant's last one.
    successor: Option<Uuid>,
}

/// All accounts.
#[utoipa::path(get, path = "/users", tag = "system", operation_id = "list_users", params(PageIn),
    responses((status = 200, body = AccountListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    query: Given<PageIn>,
) -> Result<Json<AccountListOut>, ApiError> {
    let page = given(query)?.into();
    Ok(Json(api.app.administration.accounts(&grant, &page).await?.into()))
}

/// Makes an account.
#[utoipa::path(post, path = "/users", tag = "system", operation_id = "create_user", request_body = AccountNewIn,
    responses((status = 201, body = AccountMadeOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    Body(input): Body<AccountNewIn>,
) -> Result<(StatusCode, Json<AccountMadeOut>), ApiError> {
    let AccountNewIn { email, full_name, system_role } = input;
    let new = AccountNew { email, full_name, system_role: system_role.into() };
    let made = api.app.administration.create_account(&grant, new).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// One account.
#[utoipa::path(get, path = "/users/{user}", tag = "system", operation_id = "get_user", params(("user" = Uuid, Path,)),
    responses((status = 200, body = AccountOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    UserOf(user): UserOf,
) -> Result<Response, ApiError> {
    let account = AccountOut::from(api.app.administration.account(&grant, user).await?);
    Ok(tagged(StatusCode::OK, account.version, account))
}

/// Changes an account.
#[utoipa::path(patch, path = "/users/{user}", tag = "system", operation_id = "update_user", request_body = AccountIn,
    params(("user" = Uuid, Path,), ("if-match" = String, Header,)),
    responses((status = 200, body = AccountOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
              (status = 422, body = Problem), (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    UserOf(user): UserOf,
    IfMatch(version): IfMatch,
    Body(input): Body<AccountIn>,
) -> Result<Response, ApiError> {
    let account = api.app.administration.update_account(&grant, user, version, input.into()).await?;
    let account = AccountOut::from(account);
    Ok(tagged(StatusCode::OK, account.version, account))
}

/// Deletes an account with everything that hangs on it; where it is a tenant's last admin, `successor` takes its place.
#[utoipa::path(delete, path = "/users/{user}", tag = "system", operation_id = "delete_user",
    params(("user" = Uuid, Path,), SuccessorIn),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    UserOf(user): UserOf,
    query: Given<SuccessorIn>,
) -> Result<StatusCode, ApiError> {
    let successor = given(query)?.successor.map(UserId::from);
    api.app.administration.delete_account(&grant, user, successor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link with which a new password is chosen.
#[utoipa::path(post, path = "/users/{user}/reset-link", tag = "system", operation_id = "make_reset_link",
    params(("user" = Uuid, Path,)),
    responses((status = 201, body = LinkOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn make_reset_link(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    UserOf(user): UserOf,
) -> Result<(StatusCode, Json<LinkOut>), ApiError> {
    let link = api.app.administration.make_reset_link(&grant, user).await?;
    Ok((StatusCode::CREATED, Json(link.into())))
}

/// Signs a person out everywhere.
#[utoipa::path(post, path = "/users/{user}/end-sessions", tag = "system", operation_id = "end_user_sessions",
    params(("user" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn end_sessions(
    State(api): State<Api>,
    Administrator(grant): Administrator,
    UserOf(user): UserOf,
) -> Result<StatusCode, ApiError> {
    api.app.administration.end_sessions(&grant, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<AdministrationError> for ApiError {
    fn from(error: AdministrationError) -> Self {
        match error {
            AdministrationError::NotFound => Self::not_found(),
            AdministrationError::Invalid(fields) => Self::invalid(fields),
            AdministrationError::Page(bad) => bad.into(),
            AdministrationError::ChangedMeanwhile => Self::changed_meanwhile(),
            AdministrationError::NotRecent(cause) => cause.into(),
            AdministrationError::EmailTaken => Self::email_taken(),
            AdministrationError::SlugTaken => {
                Self::conflict("slug_taken", "Another tenant has this name in URLs. Choose another one.")
            }
            AdministrationError::LastSystemAdmin => Self::conflict(
                "last_system_admin",
                "This is the last active system admin. Make somebody else one first.",
            ),
            AdministrationError::NeedsSuccessor => Self::conflict(
                "needs_successor",
                "This person is the last admin of a tenant. Name an active account that becomes its admin.",
            ),
            AdministrationError::MailNotConfigured => Self::mail_not_configured(),
            AdministrationError::TooManyTests { retry_after } => Self::too_many_messages(retry_after.as_secs().max(1)),
            AdministrationError::Member(cause) => cause.into(),
            AdministrationError::Hash(cause) => Self::internal(cause),
            AdministrationError::Store(cause) => Self::internal(cause),
        }
    }
}
