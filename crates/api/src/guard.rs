//! What every request passes on its way in and out: a request id, the origin check, the security headers, the log line.
//!
//! Must never log a query string, a cookie or a body.

use std::cell::Cell;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use nexus_model::UserId;
use tracing::{Instrument, Span, field};
use uuid::Uuid;

use crate::error::ApiError;
use crate::{Api, Site};

/// What is known of the request that a task answers.
struct Known {
    id: String,
    user: Cell<Option<UserId>>,
}

tokio::task_local! {
    static REQUEST: Known;
}

/// The id of the request that this task answers; empty outside of one.
pub(crate) fn current_request_id() -> String {
    REQUEST.try_with(|known| known.id.clone()).unwrap_or_default()
}

/// Says who asks, for the log: the id, never the name.
pub(crate) fn asked_by(user: UserId) {
    Span::current().record("user.id", field::display(user));
    // Outside of a request there is no line that would tell.
    let _ = REQUEST.try_with(|known| known.user.set(Some(user)));
}

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// No inline script, nothing from elsewhere, no frames. Styles may stand in attributes: charts and virtual rows set them.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// Gives the request its id, refuses a foreign origin, answers, then sets headers, counts and writes the log line.
pub(crate) async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    let asked = Asked::of(&api.site, &request);
    let span = asked.span(&id);
    let open = api.app.operating.telemetry().request();
    let answer = async {
        // No cookie counts in the gateway, so no page can speak for anybody there.
        let refusal = if asked.is_gateway { None } else { refuse_foreign_origin(&api, &request) };
        let mut response = match refusal {
            Some(refusal) => {
                note_refused_console(&api, request).await;
                refusal
            }
            None => next.run(request).await,
        };
        let (status, took) = (response.status().as_u16(), asked.started.elapsed());
        open.answered(asked.method.as_str(), &asked.route, status, took);
        asked.log(status, took);
        set_headers(&api, &mut response, &current_request_id(), asked.is_api);
        response
    };
    REQUEST.scope(Known { id, user: Cell::default() }, answer.instrument(span)).await
}

/// What is remembered of a request until it is answered.
struct Asked {
    method: Method,
    /// The pattern, never the path: ids of things are not for figures.
    route: String,
    is_api: bool,
    is_gateway: bool,
    /// Asked by machines, over and over.
    is_watch: bool,
    started: Instant,
}

impl Asked {
    fn of(site: &Site, request: &Request) -> Self {
        let is_gateway = crate::gateway::is_meant(site, request);
        let is_api = is_gateway || request.uri().path().starts_with("/api/");
        let matched = request.extensions().get::<MatchedPath>().map(|matched| matched.as_str().to_owned());
        let is_watch = matches!(matched.as_deref(), Some("/healthz" | "/readyz" | "/metrics"));
        let kind = match (is_gateway, is_api) {
            (true, _) => "gateway",
            (false, true) => "unknown",
            (false, false) => "page",
        };
        let route = matched.filter(|_| !is_gateway).unwrap_or_else(|| kind.to_owned());
        Self { method: request.method().clone(), route, is_api, is_gateway, is_watch, started: Instant::now() }
    }

    /// Every line of the log carries it, and traces show it.
    fn span(&self, id: &str) -> Span {
        let Self { method, route, .. } = self;
        tracing::info_span!(
            "request",
            otel.name = %format_args!("{method} {route}"),
            otel.kind = "server",
            otel.status_code = field::Empty,
            request.id = %id,
            %method,
            %route,
            status = field::Empty,
            user.id = field::Empty,
        )
    }

    /// The one line of a request: of those that people make at `info`, of pages and probes at `debug`.
    fn log(&self, status: u16, took: Duration) {
        let span = Span::current();
        span.record("status", status);
        if status >= 500 {
            span.record("otel.status_code", "ERROR");
        }
        let Self { method, route, .. } = self;
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let (request_id, user) = REQUEST.with(|known| (known.id.clone(), known.user.get()));
        let user_id = user.map(field::display);
        if self.is_api && !self.is_watch {
            tracing::info!(request_id, %method, route, status, milliseconds, user_id, "Answered a request");
        } else {
            tracing::debug!(request_id, %method, route, status, milliseconds, user_id, "Answered a request");
        }
    }
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
    // What is not Nexus' own has a stricter one.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    if is_api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if api.site.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
