//! Versions of rows on the wire: the entity tag of an answer, and `If-Match` of a change.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
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
