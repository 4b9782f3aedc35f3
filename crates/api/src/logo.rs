//! A tenant's logo, and how its sign-in page looks.

use std::time::Duration;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use nexus_app::access::{ManageSettings, SeeTenant};
use nexus_app::logo::{LARGEST, LogoError, Shown, SignInPage};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Anybody, May};
use crate::settings::{BrandOut, LogoOut};
use crate::version::is_known;
use crate::wire::Binary;

/// How long a picture may take to arrive.
const PICTURE_TIME: Duration = Duration::from_secs(60);

/// How the sign-in page of a tenant looks. All null for an unknown tenant, and for one that does not want to be shown.
#[derive(Serialize, ToSchema)]
#[schema(as = SignInPage)]
pub(crate) struct SignInPageOut {
    name: Option<String>,
    brand: BrandOut,
}

impl From<SignInPage> for SignInPageOut {
    fn from(page: SignInPage) -> Self {
        Self { name: page.name, brand: page.brand.into() }
    }
}

/// Takes a JPEG, PNG, WebP or SVG of at most 2 MiB as the logo. It is made anew, at most 1024 pixels a side.
#[utoipa::path(put, path = "/tenants/{tenant}/logo", tag = "tenant", params(("tenant" = Uuid, Path,)),
    request_body(content = Binary, content_type = "application/octet-stream"),
    responses((status = 200, body = LogoOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
              (status = 502, body = Problem)))]
pub(crate) async fn set_logo(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    request: Request,
) -> Result<Json<LogoOut>, ApiError> {
    let whole = tokio::time::timeout(PICTURE_TIME, to_bytes(request.into_body(), LARGEST)).await;
    let picture = whole.map_err(|_| ApiError::too_slow())?.map_err(|_| ApiError::too_large())?;
    Ok(Json(api.app.logos.set(&grant, picture.into()).await?.into()))
}

/// Takes the logo away; fine where there is none.
#[utoipa::path(delete, path = "/tenants/{tenant}/logo", tag = "tenant", params(("tenant" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn delete_logo(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
) -> Result<StatusCode, ApiError> {
    api.app.logos.delete(&grant).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The logo. An address with `v=` and its tag may be kept.
#[utoipa::path(get, path = "/tenants/{tenant}/logo", tag = "tenant", params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = Binary, content_type = "application/octet-stream"), (status = 401, body = Problem),
              (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn get_logo(
    State(api): State<Api>,
    May(grant): May<SeeTenant>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    picture(api.app.logos.get(&grant, |tag| is_known(&headers, tag)).await?, &uri)
}

/// How the sign-in page of a tenant looks.
#[utoipa::path(get, path = "/sign-in/{slug}", tag = "account", params(("slug" = String, Path, max_length = 63)), security(()),
    responses((status = 200, body = SignInPageOut), (status = 429, body = Problem)))]
pub(crate) async fn get_sign_in_page(
    State(api): State<Api>,
    Anybody(client): Anybody,
    Path(slug): Path<String>,
) -> Result<Response, ApiError> {
    let page: SignInPageOut = api.app.logos.sign_in_page(&slug, &client).await?.into();
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(page)).into_response())
}

/// The logo on it.
#[utoipa::path(get, path = "/sign-in/{slug}/logo", tag = "account", params(("slug" = String, Path, max_length = 63)), security(()),
    responses((status = 200, body = Binary, content_type = "application/octet-stream"), (status = 404, body = Problem),
              (status = 429, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn get_sign_in_logo(
    State(api): State<Api>,
    Anybody(client): Anybody,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    picture(api.app.logos.on_sign_in_page(&slug, &client, |tag| is_known(&headers, tag)).await?, &uri)
}

/// A picture that is nothing but a picture. Where the address names it, the browser need not ask again for a day.
fn picture(shown: Shown, uri: &Uri) -> Result<Response, ApiError> {
    let named =
        uri.query().is_some_and(|query| query.split('&').any(|pair| pair.strip_prefix("v=") == Some(&shown.tag)));
    let mut response = match shown.bytes {
        Some(bytes) => bytes.into_response(),
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    let headers = response.headers_mut();
    let kept = if named { "private, max-age=86400" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::ETAG, HeaderValue::from_str(&format!("\"{}\"", shown.tag)).map_err(ApiError::internal)?);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&shown.content_type).map_err(ApiError::internal)?);
    let alone = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, alone);
    Ok(response)
}

impl From<LogoError> for ApiError {
    fn from(error: LogoError) -> Self {
        match error {
            LogoError::NotFound => Self::not_found(),
            LogoError::Invalid(fields) => Self::invalid(fields),
            LogoError::TooLarge => Self::too_large(),
            LogoError::TooManyAttempts { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            LogoError::Objects(cause) => Self::no_object_store(&cause),
            LogoError::Store(cause) => Self::internal(cause),
        }
    }
}
