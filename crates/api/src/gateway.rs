//! PVE's own API, for PVE's own clients: `/pve/{server}/api2/…`, `/api2/…` where the token names a server, and a host name
//! that is the gateway's alone.
//!
//! It stands outside of `/api/v1` and its document. Only a token in PVE's header counts here, a cookie never; nothing that
//! it answers does anything in a browser. What Nexus itself says has the form of PVE's answers.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::ext::ReasonPhrase;
use nexus_app::access::{NotSignedIn, Refused, SignedIn};
use nexus_app::gateway::{Answer, GatewayError, Wanted, read_form, read_json, read_path};
use nexus_model::{PveMethod, ServerId};
use serde_json::json;

use crate::{Api, Site};

/// The largest body, as PVE has it (PVE-FACTS 2).
const MAX_BODY_BYTES: usize = 512 << 10;
/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// What a request is for.
#[derive(Debug, PartialEq, Eq)]
enum Aim<'r> {
    /// The site.
    Site,
    /// The gateway: a server, if the address names one, and what stands behind `/api2/`.
    Gateway(Option<ServerId>, &'r str),
    /// A place of the gateway where there is nothing.
    Nowhere,
}

impl<'r> Aim<'r> {
    /// Decides by the host name, then by the path; the path is read as it came.
    fn of(site: &Site, headers: &HeaderMap, uri: &'r axum::http::Uri) -> Self {
        let path = uri.path();
        if let Some(own) = site.gateway_host() {
            let host = uri.host().or_else(|| headers.get(header::HOST)?.to_str().ok()).unwrap_or_default();
            let host = without_port(host).to_ascii_lowercase();
            let before = host.strip_suffix(own).map(|before| before.strip_suffix('.').unwrap_or(before));
            let whole = host.len() == own.len() || host.ends_with(&format!(".{own}"));
            if let Some(before) = before.filter(|_| whole) {
                let Some(rest) = path.strip_prefix("/api2/") else { return Self::Nowhere };
                return match before.parse() {
                    _ if before.is_empty() => Self::Gateway(None, rest),
                    Ok(server) => Self::Gateway(Some(server), rest),
                    Err(_) => Self::Nowhere,
                };
            }
        }
        if let Some(rest) = path.strip_prefix("/api2/") {
            return Self::Gateway(None, rest);
        }
        let Some(rest) = path.strip_prefix("/pve/") else {
            return if matches!(path, "/pve" | "/api2") { Self::Nowhere } else { Self::Site };
        };
        match rest.split_once("/api2/") {
            Some((server, rest)) => server.parse().map_or(Self::Nowhere, |server| Self::Gateway(Some(server), rest)),
            None => Self::Nowhere,
        }
    }
}

/// A host as it is written, without its port.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether a request is the gateway's: then no cookie counts, and no origin.
pub(crate) fn is_meant(site: &Site, request: &Request) -> bool {
    Aim::of(site, request.headers(), request.uri()) != Aim::Site
}

/// Answers what is the gateway's, and lets all else pass.
pub(crate) async fn gate(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (server, rest) = match Aim::of(&api.site, request.headers(), request.uri()) {
        Aim::Site => return next.run(request).await,
        Aim::Nowhere => return Failure::nowhere().into_response(),
        Aim::Gateway(server, rest) => (server, rest.to_owned()),
    };
    match answer(&api, server, &rest, request).await {
        Ok(answer) => passed(answer),
        Err(failure) => failure.into_response(),
    }
}

async fn answer(api: &Api, server: Option<ServerId>, rest: &str, request: Request) -> Result<Answer, Failure> {
    let (parts, body) = request.into_parts();
    let person = person(api, &parts).await?;
    crate::guard::asked_by(person.user());
    if parts.headers.contains_key(header::UPGRADE) {
        return Err(Failure::new(400, "the gateway has no WebSockets; open consoles in Nexus"));
    }
    let method = match parts.method {
        Method::GET => PveMethod::Get,
        Method::POST => PveMethod::Post,
        Method::PUT => PveMethod::Put,
        Method::DELETE => PveMethod::Delete,
        other => return Err(Failure::new(501, format!("method '{other}' not available"))),
    };
    let (format, path) = read_path(rest)?;
    let Some(server) = server.or_else(|| person.server()) else {
        let words = "the token is for no single server: ask below /pve/SERVER/api2/, or make one for a server";
        return Err(Failure::new(400, words));
    };
    let broken = |why: &str| Failure::new(400, why);
    let mut params = read_form(parts.uri.query().unwrap_or_default()).map_err(broken)?;
    params.extend(read_body(&parts.headers, method, body).await?);
    // PVE's own pages send it against caches; PVE drops it, too.
    params.retain(|(name, _)| name != "_dc");
    Ok(api.app.gateway.pass(&person, server, Wanted { method, format, path, params }).await?)
}

/// Who asks, by the one header that counts.
async fn person(api: &Api, parts: &axum::http::request::Parts) -> Result<SignedIn, Failure> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).filter(|_| values.next().is_none());
    let Some(value) = value else {
        return Err(Failure::new(401, "No ticket"));
    };
    let client = crate::extract::client(parts, &api.site);
    api.app.access.authenticate_pve_header(value, client).await.map_err(|error| match error {
        NotSignedIn::Unknown => Failure::new(401, "Authentication failed!"),
        NotSignedIn::TooManyAttempts { retry_after } => Failure::later(retry_after.as_secs().max(1)),
        NotSignedIn::Store(cause) => Failure::internal(&cause),
    })
}

async fn read_body(headers: &HeaderMap, method: PveMethod, body: Body) -> Result<Vec<(String, String)>, Failure> {
    let whole = tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, MAX_BODY_BYTES)).await;
    let late = |_| Failure::new(408, "the request did not arrive within 30 seconds");
    let bytes: Bytes = whole.map_err(late)?.map_err(|_| Failure::new(413, "for data too large"))?;
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    if matches!(method, PveMethod::Get | PveMethod::Delete) {
        return Err(Failure::new(400, format!("Unexpected content for method '{method}'")));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let read = match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => {
            std::str::from_utf8(&bytes).map_err(|_| "the body is no form").and_then(read_form)
        }
        "application/json" => read_json(&bytes),
        _ => return Err(Failure::new(415, "send the body as a form or as JSON")),
    };
    read.map_err(|why| Failure::new(400, why))
}

/// PVE's answer as it came; nothing in it acts in a browser.
fn passed(answer: Answer) -> Response {
    let kind = if answer.content_type.starts_with("text/plain") { "text/plain;charset=UTF-8" } else { JSON };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    inert(status, kind, &answer.reason, Body::from(answer.body))
}

const JSON: &str = "application/json;charset=UTF-8";

fn inert(status: StatusCode, kind: &'static str, reason: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("content-disposition"), "attachment; filename=\"answer.json\""),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(reason) = ReasonPhrase::try_from(reason.as_bytes())
        && !reason.as_bytes().is_empty()
    {
        response.extensions_mut().insert(reason);
    }
    response
}

/// What Nexus itself refuses, in PVE's form.
#[derive(Debug)]
struct Failure {
    status: u16,
    message: String,
    errors: BTreeMap<String, String>,
    retry_after_seconds: Option<u64>,
}

impl Failure {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: BTreeMap::new(), retry_after_seconds: None }
    }

    fn later(seconds: u64) -> Self {
        let message = format!("too many calls; try again in {seconds} seconds");
        Self { retry_after_seconds: Some(seconds), ..Self::new(429, message) }
    }

    /// What is not there, what somebody may not know of, and what lies outside: all the same.
    fn nowhere() -> Self {
        Self::new(404, "there is no such thing here, or it is out of your reach")
    }

    fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a call of the gateway failed");
        Self::new(500, "something went wrong in Nexus; its log says what")
    }
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        let words = error.to_string();
        match error {
            GatewayError::Refused(Refused::SignedOut) => Self::new(401, "Authentication failed!"),
            GatewayError::Refused(Refused::NotFound) | GatewayError::NoServer | GatewayError::OutOfScope => {
                Self::nowhere()
            }
            GatewayError::Refused(Refused::Forbidden) => {
                Self::new(403, "Permission check failed (your role in Nexus does not reach so far)")
            }
            GatewayError::Refused(Refused::Token) => {
                Self::new(403, "Permission check failed (this token of Nexus lacks the scope)")
            }
            GatewayError::Role(why) => Self::new(403, format!("Permission check failed ({why})")),
            GatewayError::Closed(_) => Self::new(403, words),
            GatewayError::BadPath(_) => Self::new(400, words),
            GatewayError::NoFormat => Self::new(404, words),
            GatewayError::Unknown(method, path) => Self::new(501, format!("Method '{method} {path}' not implemented")),
            GatewayError::Parameters(errors) => Self { errors, ..Self::new(422, "Parameter verification failed.") },
            GatewayError::TooMany(seconds) => Self::later(seconds),
            GatewayError::Unreachable(_) | GatewayError::TooLarge(_) => Self::new(502, words),
            error @ (GatewayError::Internal(_) | GatewayError::Store(_) | GatewayError::Refused(Refused::Store(_))) => {
                Self::internal(&error)
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut body = json!({ "data": null, "message": format!("{}\n", self.message) });
        if !self.errors.is_empty() {
            body["errors"] = json!(self.errors);
        }
        let reason: String = self.message.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).take(200).collect();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = inert(status, JSON, &reason, Body::from(body.to_string()));
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "0192f0c1-2345-7000-8000-000000000001";

    fn aim<'r>(site: &Site, host: &str, uri: &'r axum::http::Uri) -> Aim<'r> {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).unwrap())]);
        Aim::of(site, &headers, uri)
    }

    #[test]
    fn the_gateway_has_its_paths_and_its_host() {
        let server: ServerId = SERVER.parse().unwrap();
        let site = Site::loopback(80, false).with_gateway(Some("pve.example.org"));
        let uri = |text: &str| text.parse::<axum::http::Uri>().unwrap();
        let own = format!("/pve/{SERVER}/api2/json/nodes");
        for (host, path, expected) in [
            ("nexus.example.org", "/", Aim::Site),
            ("nexus.example.org", "/api/v1/me", Aim::Site),
            ("nexus.example.org", "/pves", Aim::Site),
            ("nexus.example.org", &own, Aim::Gateway(Some(server), "json/nodes")),
            ("nexus.example.org", "/api2/json/nodes", Aim::Gateway(None, "json/nodes")),
            ("nexus.example.org", "/pve/x/api2/json", Aim::Nowhere),
            ("nexus.example.org", "/pve/", Aim::Nowhere),
            ("pve.example.org", "/", Aim::Nowhere),
            ("pve.example.org", "/api/v1/me", Aim::Nowhere),
            ("PVE.example.org:8443", "/api2/json/version", Aim::Gateway(None, "json/version")),
            ("pve.example.org", &own, Aim::Nowhere),
            (&format!("{SERVER}.pve.example.org"), "/api2/json/version", Aim::Gateway(Some(server), "json/version")),
            ("x.pve.example.org", "/api2/json/version", Aim::Nowhere),
            ("xpve.example.org", "/api/v1/me", Aim::Site),
        ] {
            assert_eq!(aim(&site, host, &uri(path)), expected, "{host} {path}");
        }
        let none = Site::loopback(80, false);
        assert_eq!(aim(&none, "pve.example.org", &uri("/")), Aim::Site);
    }

    #[test]
    fn refusals_have_pves_form_and_do_nothing_in_a_browser() {
        let errors = BTreeMap::from([("args".to_owned(), "it is for root".to_owned())]);
        let response = Failure::from(GatewayError::Parameters(errors)).into_response();
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let reason = response.extensions().get::<ReasonPhrase>().unwrap();
        assert_eq!(reason.as_bytes(), b"Parameter verification failed.");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("sandbox"));
        assert_eq!(response.headers()[header::CONTENT_TYPE], JSON);
        let answer = Answer {
            status: 595,
            reason: "Connection refused".into(),
            content_type: "text/html".into(),
            body: Bytes::new(),
        };
        let response = passed(answer);
        assert_eq!(
            (response.status().as_u16(), &response.headers()[header::CONTENT_TYPE]),
            (595, &HeaderValue::from_static(JSON))
        );
    }
}
