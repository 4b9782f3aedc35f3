//! What Nexus counts of itself, for Prometheus: given only to who says the token that the operator has set.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexus_app::telemetry::ScrapeError;

use crate::Api;
use crate::error::ApiError;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All figures. Without a token in the settings there is no such page.
pub(crate) async fn figures(State(api): State<Api>, headers: HeaderMap) -> Response {
    match api.app.operating.figures(bearer(&headers)).await {
        Ok(text) => ([(header::CONTENT_TYPE, OPENMETRICS), (header::CACHE_CONTROL, "no-store")], text).into_response(),
        Err(ScrapeError::Off) => ApiError::not_found().into_response(),
        Err(ScrapeError::Refused) => {
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], "the token is missing or another one\n")
                .into_response()
        }
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1; the scheme's case does not matter).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
