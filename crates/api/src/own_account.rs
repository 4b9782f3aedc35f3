//! One's own account: password, address, sessions, picture; and the links that were mailed or handed on.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexus_app::accounts::avatar::LARGEST;
use nexus_app::accounts::{Avatar, SessionRow};
use nexus_model::SessionId;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::account::MeOut;
use crate::error::{ApiError, Problem};
use crate::extract::{Anybody, Body, Person};
use crate::version::is_known;
use crate::wire::{At, Binary};

/// How long a picture may take to arrive.
const PICTURE_TIME: Duration = Duration::from_secs(60);

/// A new password, and the one in force.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordIn {
    current_password: String,
    password: String,
}

/// The password in force, said once more.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConfirmIn {
    password: String,
}

/// A new address.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EmailIn {
    email: String,
}

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SecretIn {
    pub(crate) secret: String,
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ResetIn {
    email: String,
}

/// The secret of a reset link, and the new password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ResetUseIn {
    secret: String,
    password: String,
}

/// An address that is known to reach its owner.
#[derive(Serialize, ToSchema)]
#[schema(as = Verified)]
pub(crate) struct VerifiedOut {
    email: String,
}

/// A signed-in browser.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionOut {
    id: Uuid,
    /// Whether it is the one that asks.
    current: bool,
    #[schema(value_type = At)]
    created_at: At,
    #[schema(value_type = At)]
    used_at: At,
    #[schema(value_type = At)]
    expires_at: At,
    address: String,
    user_agent: String,
}

/// A person's sessions, the newest use first.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionList)]
pub(crate) struct SessionListOut {
    sessions: Vec<SessionOut>,
}

impl SessionOut {
    fn new(row: SessionRow, own: SessionId) -> Self {
        Self {
            id: row.id.into(),
            current: row.id == own,
            created_at: At(row.created_at),
            used_at: At(row.used_at),
            expires_at: At(row.expires_at),
            address: row.address,
            user_agent: row.user_agent,
        }
    }
}

/// Changes the own password; ends all other sessions.
#[utoipa::path(put, path = "/me/password", tag = "account", request_body = PasswordIn,
    responses((status = 204), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn set_password(
    State(api): State<Api>,
    Person(person): Person,
    Body(input): Body<PasswordIn>,
) -> Result<StatusCode, ApiError> {
    api.app.accounts.set_password(&person, input.current_password, input.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says the password once more, for delicate changes within the next 15 minutes.
#[utoipa::path(post, path = "/me/confirm", tag = "account", request_body = ConfirmIn,
    responses((status = 204), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn confirm(
    State(api): State<Api>,
    Person(person): Person,
    Body(input): Body<ConfirmIn>,
) -> Result<StatusCode, ApiError> {
    api.app.accounts.confirm(&person, input.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a link to the new address; following it changes the address.
#[utoipa::path(post, path = "/me/email", tag = "account", request_body = EmailIn,
    responses((status = 202), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn change_email(
    State(api): State<Api>,
    Person(person): Person,
    Body(input): Body<EmailIn>,
) -> Result<StatusCode, ApiError> {
    api.app.accounts.change_email(&person, &input.email).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sends a link to the own address; following it verifies it.
#[utoipa::path(post, path = "/me/verify", tag = "account",
    responses((status = 202), (status = 401, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn send_verification(State(api): State<Api>, Person(person): Person) -> Result<StatusCode, ApiError> {
    api.app.accounts.send_verification(&person).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Follows a link that was sent to an address.
#[utoipa::path(post, path = "/verify", tag = "account", request_body = SecretIn, security(()),
    responses((status = 200, body = VerifiedOut), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 429, body = Problem)))]
pub(crate) async fn verify(
    State(api): State<Api>,
    Anybody(client): Anybody,
    Body(input): Body<SecretIn>,
) -> Result<Json<VerifiedOut>, ApiError> {
    let email = api.app.accounts.verify(&input.secret, client).await?;
    Ok(Json(VerifiedOut { email }))
}

/// The own sessions.
#[utoipa::path(get, path = "/me/sessions", tag = "account", operation_id = "list_sessions",
    responses((status = 200, body = SessionListOut), (status = 401, body = Problem)))]
pub(crate) async fn list_sessions(
    State(api): State<Api>,
    Person(person): Person,
) -> Result<Json<SessionListOut>, ApiError> {
    let sessions = api.app.accounts.sessions(&person).await?;
    let sessions = sessions.into_iter().map(|row| SessionOut::new(row, person.session())).collect();
    Ok(Json(SessionListOut { sessions }))
}

/// Ends all own sessions but this one.
#[utoipa::path(delete, path = "/me/sessions", tag = "account", responses((status = 204), (status = 401, body = Problem)))]
pub(crate) async fn end_other_sessions(State(api): State<Api>, Person(person): Person) -> Result<StatusCode, ApiError> {
    api.app.accounts.end_other_sessions(&person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one own session.
#[utoipa::path(delete, path = "/me/sessions/{session}", tag = "account", params(("session" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn end_session(
    State(api): State<Api>,
    Person(person): Person,
    Path(session): Path<String>,
) -> Result<StatusCode, ApiError> {
    let session = session.parse().map_err(|_| ApiError::not_found())?;
    api.app.accounts.end_session(&person, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a JPEG, PNG or WebP of at most 2 MiB as the own picture.
#[utoipa::path(put, path = "/me/avatar", tag = "account",
    request_body(content = Binary, content_type = "application/octet-stream"),
    responses((status = 200, body = MeOut), (status = 401, body = Problem), (status = 413, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn set_avatar(
    State(api): State<Api>,
    Person(person): Person,
    request: Request,
) -> Result<Json<MeOut>, ApiError> {
    let whole = tokio::time::timeout(PICTURE_TIME, to_bytes(request.into_body(), LARGEST)).await;
    let picture = whole.map_err(|_| ApiError::too_slow())?.map_err(|_| ApiError::too_large())?;
    api.app.accounts.set_avatar(&person, picture.into()).await?;
    Ok(Json(api.app.accounts.me(&person).await?.into()))
}

/// Removes the own picture.
#[utoipa::path(delete, path = "/me/avatar", tag = "account", responses((status = 204), (status = 401, body = Problem)))]
pub(crate) async fn delete_avatar(State(api): State<Api>, Person(person): Person) -> Result<StatusCode, ApiError> {
    api.app.accounts.delete_avatar(&person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A person's picture of 128 x 128. To be asked for anew each time, since rights change; the tag spares the bytes.
#[utoipa::path(get, path = "/avatars/{user}", tag = "account", params(("user" = Uuid, Path,)),
    responses((status = 200, body = Binary, content_type = "application/octet-stream"), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn get_avatar(
    State(api): State<Api>,
    Person(person): Person,
    Path(user): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let user = user.parse().map_err(|_| ApiError::not_found())?;
    let Avatar { tag, picture } = api.app.accounts.avatar(&person, user).await?;
    let is_known = is_known(&headers, &tag);
    let tag = format!("\"{tag}\"");
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { picture.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(ApiError::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/webp"));
    Ok(response)
}

/// Sends a reset link, if there is such an account; the answer is always the same.
#[utoipa::path(post, path = "/password-reset", tag = "account", request_body = ResetIn, security(()),
    responses((status = 202), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn request_reset(
    State(api): State<Api>,
    Anybody(client): Anybody,
    Body(input): Body<ResetIn>,
) -> Result<StatusCode, ApiError> {
    api.app.accounts.request_reset(&input.email, client).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets a password with a reset link; ends all sessions of the account.
#[utoipa::path(post, path = "/password-reset/use", tag = "account", request_body = ResetUseIn, security(()),
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn use_reset(
    State(api): State<Api>,
    Anybody(client): Anybody,
    Body(input): Body<ResetUseIn>,
) -> Result<StatusCode, ApiError> {
    api.app.accounts.use_reset(&input.secret, input.password, client).await?;
    Ok(StatusCode::NO_CONTENT)
}
