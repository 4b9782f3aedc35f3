//! Versions of rows on the wire: the entity tag of an answer, and `If-Match` of a change.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::Api;
use crate::error::ApiError;

/// The version that a request changes. Without one it is 428; what cannot be a version is one that is not there: 412.
pub(crate) struct IfMatch(pub(crate) i64);

impl FromRequestParts<Api> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _api: &Api) -> Result<Self, ApiError> {
        let tag = parts.headers.get(header::IF_MATCH).ok_or_else(ApiError::precondition_required)?;
        let version = tag.to_str().ok().and_then(|tag| tag.trim().trim_matches('"').parse().ok());
        version.map(Self).ok_or_else(ApiError::changed_meanwhile)
    }
}

/// An answer with the entity tag of its version.
pub(crate) fn tagged(status: StatusCode, version: i64, body: impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Whether whoever asks has what this entity tag names: `If-None-Match`, compared weakly (RFC 9110, 13.1.2).
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/").trim_matches('"') == tag)
}
