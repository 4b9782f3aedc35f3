//! What every request passes on its way in and out: a request id, the origin check, the security headers, the log line.
//!
//! Must never log a query string, a cookie or a body.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use uuid::Uuid;

use crate::Api;
use crate::error::ApiError;

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the request that this task answers; empty outside of one.
pub(crate) fn current_request_id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// No inline script, nothing from elsewhere, no frames. Styles may stand in attributes: charts and virtual rows set them.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// Gives the request its id, refuses a foreign origin, answers, then sets headers and writes the log line.
pub(crate) async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", request.id = %id, %method, %path);
    let started = Instant::now();
    let answer = async {
        let mut response = match refuse_foreign_origin(&api, &request) {
            Some(refusal) => {
                note_refused_console(&api, request).await;
                refusal
            }
            None => next.run(request).await,
        };
        let status = response.status().as_u16();
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(status, duration_ms, "Answered a request");
        set_headers(&api, &mut response, &id, path.starts_with("/api/"));
        response
    };
    REQUEST_ID.scope(id.clone(), answer.instrument(span)).await
}

/// Where a cookie could speak for a person, the request must come from Nexus' own pages: every unsafe method, and
/// every WebSocket. A request without `Origin` is refused too when it carries the cookie (SPEC section 14).
fn refuse_foreign_origin(api: &Api, request: &Request) -> Option<Response> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let upgrade = request.headers().contains_key(header::UPGRADE);
    if safe && !upgrade {
        return None;
    }
    match request.headers().get(header::ORIGIN).map(HeaderValue::to_str) {
        Some(Ok(origin)) if api.site.is_own_origin(origin) => None,
        Some(_) => Some(ApiError::origin_refused().into_response()),
        None if crate::extract::session_token(&api.site, request.headers()).is_some() => {
            Some(ApiError::origin_refused().into_response())
        }
        None => None,
    }
}

/// A console that another site's page asked for is recorded, where the cookie says whose it would have been.
async fn note_refused_console(api: &Api, request: Request) {
    let (parts, _) = request.into_parts();
    let id = parts.uri.path().strip_prefix("/api/v1/console/").and_then(|id| id.parse::<Uuid>().ok());
    let (Some(id), Some(token)) = (id, crate::extract::session_token(&api.site, &parts.headers)) else { return };
    let client = crate::extract::client(&parts, &api.site);
    let Ok(person) = api.app.access.authenticate(token, client).await else { return };
    if let Err(error) = api.app.consoles.refuse(&person, id.into(), "the page was another site's").await {
        tracing::error!(%error, "A refused console cannot be recorded");
    }
}

fn set_headers(api: &Api, response: &mut Response, id: &str, is_api: bool) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, value);
    }
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), clipboard-read=(self), clipboard-write=(self), fullscreen=(self)",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if api.site.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
