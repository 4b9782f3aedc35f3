//! Accounts: sign in and out, and what a person is here.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexus_app::accounts::{Language, Me, MeChange, Membership, NewSession, SignInError, Theme};
use nexus_model::{SystemRole, TenantRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::{ApiError, Problem};
use crate::extract::{Anybody, Body, Caller, Person};
use crate::wire::mirrored;
use crate::{Api, Site};

/// E-mail and password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SignInIn {
    email: String,
    password: String,
}

/// What a person may change of themselves.
#[derive(Deserialize, ToSchema)]
pub(crate) struct MeIn {
    full_name: Option<String>,
    /// 3 to 32 of a-z, 0-9, dot, hyphen, underscore; empty for none.
    user_name: Option<String>,
    company: Option<String>,
    language: Option<LanguageOut>,
    theme: Option<ThemeOut>,
}

mirrored! {
    /// The UI's language.
    LanguageOut = Language { En, De }
}

mirrored! {
    /// The UI's colours.
    ThemeOut = Theme { Light, Dark, System }
}

/// The signed-in person and where they belong.
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub(crate) struct MeOut {
    user: UserOut,
    tenants: Vec<MembershipOut>,
    /// Whether Nexus can send mail.
    mail: bool,
}

/// A person.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserOut {
    id: Uuid,
    email: String,
    full_name: String,
    user_name: Option<String>,
    company: String,
    /// Names the picture; null without one.
    avatar: Option<String>,
    verified: bool,
    system_role: SystemRoleOut,
    language: LanguageOut,
    theme: ThemeOut,
}

mirrored! {
    /// What a person is to the whole installation.
    SystemRoleOut = SystemRole { User, Admin }
}

mirrored! {
    /// What a member is in a tenant.
    TenantRoleOut = TenantRole { Viewer, Manager, Admin }
}

/// A tenant that a person belongs to; system admins belong to all.
#[derive(Serialize, ToSchema)]
#[schema(as = Membership)]
pub(crate) struct MembershipOut {
    id: Uuid,
    slug: String,
    name: String,
    /// Null for a system admin who is not a member.
    role: Option<TenantRoleOut>,
    /// Whether it is open; a closed one is read-only for its admins.
    is_active: bool,
    /// Names the logo, and a new one has a new name; null without one. In lists of accounts it is always null.
    logo: Option<String>,
}

impl From<Membership> for MembershipOut {
    fn from(tenant: Membership) -> Self {
        Self {
            id: tenant.id.into(),
            slug: tenant.slug,
            name: tenant.name,
            role: tenant.role.map(Into::into),
            is_active: tenant.is_active,
            logo: tenant.logo,
        }
    }
}

impl From<Me> for MeOut {
    fn from(me: Me) -> Self {
        let tenants = me.tenants.into_iter().map(MembershipOut::from);
        Self {
            user: UserOut {
                id: me.user.id.into(),
                email: me.user.email,
                full_name: me.user.full_name,
                user_name: me.user.user_name,
                company: me.user.company,
                avatar: me.user.avatar,
                verified: me.user.verified,
                system_role: me.user.system_role.into(),
                language: me.user.language.into(),
                theme: me.user.theme.into(),
            },
            tenants: tenants.collect(),
            mail: me.mail,
        }
    }
}

/// The answer to a new session: the person, and the cookie.
pub(crate) async fn signed_in(api: &Api, status: StatusCode, new: NewSession) -> Result<Response, ApiError> {
    let me = api.app.accounts.me(&new.signed_in).await?;
    let mut response = (status, Json(MeOut::from(me))).into_response();
    let age = new.max_age.as_secs();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&api.site, &new.token, age)?);
    Ok(response)
}

pub(crate) fn cookie(site: &Site, token: &str, max_age_seconds: u64) -> Result<HeaderValue, ApiError> {
    let secure = if site.is_secure() { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}", site.cookie());
    let mut value = HeaderValue::from_str(&text).map_err(ApiError::internal)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Signs in with e-mail and password; the answer sets the session cookie.
#[utoipa::path(post, path = "/sign-in", tag = "account", request_body = SignInIn, security(()),
    responses((status = 200, body = MeOut), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn sign_in(
    State(api): State<Api>,
    Anybody(client): Anybody,
    Body(input): Body<SignInIn>,
) -> Result<Response, ApiError> {
    let new = api.app.accounts.sign_in(&input.email, input.password, client).await?;
    signed_in(&api, StatusCode::OK, new).await
}

/// Ends the session, its consoles and its event streams.
#[utoipa::path(post, path = "/sign-out", tag = "account", responses((status = 204), (status = 401, body = Problem)))]
pub(crate) async fn sign_out(State(api): State<Api>, Person(person): Person) -> Result<Response, ApiError> {
    api.app.accounts.sign_out(&person).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&api.site, "", 0)?);
    Ok(response)
}

/// The signed-in person.
#[utoipa::path(get, path = "/me", tag = "account", operation_id = "get_me", responses((status = 200, body = MeOut), (status = 401, body = Problem)))]
pub(crate) async fn me(State(api): State<Api>, Caller(person): Caller) -> Result<Json<MeOut>, ApiError> {
    Ok(Json(api.app.accounts.me(&person).await?.into()))
}

/// Changes what a person says of themselves; what is left out stays as it is.
#[utoipa::path(patch, path = "/me", tag = "account", request_body = MeIn,
    responses((status = 200, body = MeOut), (status = 401, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn update_me(
    State(api): State<Api>,
    Person(person): Person,
    Body(input): Body<MeIn>,
) -> Result<Json<MeOut>, ApiError> {
    let change = MeChange {
        full_name: input.full_name,
        user_name: input.user_name,
        company: input.company,
        language: input.language.map(Into::into),
        theme: input.theme.map(Into::into),
    };
    Ok(Json(api.app.accounts.update_me(&person, change).await?.into()))
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::InvalidCredentials => Self::invalid_credentials(),
            SignInError::TooManyAttempts { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            SignInError::Internal(cause) => Self::internal(cause),
        }
    }
}
