//! Consoles: asking for one, and the WebSocket that carries it.
//!
//! Everything that can be refused before the upgrade is an HTTP answer; what happens later is a close code.
//! Nothing that PVE says about the way in (ticket, password, port) passes through here.

use std::sync::Arc;

use axum::Json;
use axum::body::Body as AxumBody;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use nexus_app::access::{OpenConsole, Refused, SignedIn, WatchConsole};
use nexus_app::consoles::{ClaimError, ConsoleTicket, RequestError, WhoseLimit};
use nexus_model::{GuestKey, TenantId};
use nexus_net::accept::Peer;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, Caller, GuestOf};
use crate::guest::GuestOut;
use crate::wire::At;

/// How the console is wanted.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConsoleIn {
    /// Look, but touch nothing; Nexus itself enforces it.
    #[serde(default)]
    view_only: bool,
}

/// The way to a console: once, by the same session, within 30 seconds.
#[derive(Serialize, ToSchema)]
#[schema(as = Console)]
pub(crate) struct ConsoleOut {
    session: Uuid,
    /// The WebSocket's path on this site.
    path: String,
    view_only: bool,
    #[schema(value_type = At)]
    expires_at: At,
    guest: GuestOut,
    /// It ends when nobody gives input for so long; null for one that is only watched, and where there is no limit.
    idle_seconds: Option<i64>,
    /// It ends after so long.
    max_seconds: Option<i64>,
}

impl From<ConsoleTicket> for ConsoleOut {
    fn from(ticket: ConsoleTicket) -> Self {
        let session: Uuid = ticket.id.into();
        Self {
            session,
            path: format!("/api/v1/console/{session}"),
            view_only: ticket.view_only,
            expires_at: At(ticket.expires_at),
            guest: ticket.guest.into(),
            idle_seconds: ticket.idle_seconds,
            max_seconds: ticket.max_seconds,
        }
    }
}

/// Asks for a console. Which right that needs stands in the body: watching needs less than working.
#[utoipa::path(post, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/console", tag = "console", operation_id = "open_console",
    request_body = ConsoleIn, params(crate::guest::GuestParams),
    responses((status = 201, body = ConsoleOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn open(
    State(api): State<Api>,
    Caller(person): Caller,
    GuestOf(tenant, guest): GuestOf,
    Body(input): Body<ConsoleIn>,
) -> Result<(StatusCode, Json<ConsoleOut>), ApiError> {
    let access = &api.app.access;
    let ticket = if input.view_only {
        let grant = access.guest_grant::<WatchConsole>(&person, tenant, guest).await;
        api.app.consoles.request_watch(noted(&api, &person, tenant, guest, grant).await?).await?
    } else {
        let grant = access.guest_grant::<OpenConsole>(&person, tenant, guest).await;
        api.app.consoles.request_control(noted(&api, &person, tenant, guest, grant).await?).await?
    };
    Ok((StatusCode::CREATED, Json(ticket.into())))
}

/// The grant; where it is refused to somebody who sees the guest, the audit log says so.
async fn noted<G>(
    api: &Api,
    person: &SignedIn,
    tenant: TenantId,
    guest: GuestKey,
    grant: Result<G, Refused>,
) -> Result<G, ApiError> {
    if matches!(grant, Err(Refused::Forbidden)) {
        api.app.consoles.refuse_guest(person, tenant, guest).await.map_err(ApiError::internal)?;
    }
    Ok(grant?)
}

/// The console's WebSocket (RFC 6455; subprotocol `binary`). The session id works once.
#[utoipa::path(get, path = "/console/{session}", tag = "console", operation_id = "connect_console", params(("session" = Uuid, Path,)),
    responses((status = 101, description = "RFB over WebSocket; ends with a close code"), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn connect(
    State(api): State<Api>,
    Caller(person): Caller,
    Path(session): Path<String>,
    mut request: Request,
) -> Result<Response, ApiError> {
    let session = session.parse::<Uuid>().map_err(|_| ApiError::not_found())?;
    let accept = websocket_accept(&request)?;
    let upgrade = hyper::upgrade::on(&mut request);
    let claimed = api.app.consoles.claim(&person, session.into()).await?;
    let stream = async move {
        let upgraded = upgrade.await.map_err(std::io::Error::other)?;
        nexus_net::accept::into_stream(upgraded)
            .map_err(|_| std::io::Error::other("not a connection of the accept loop"))
    };
    let slot = request.extensions().get::<Peer>().map(|peer| Arc::clone(&peer.slot));
    claimed.run_on(stream, slot);
    let mut response = Response::new(AxumBody::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if asks_for_binary(request.headers()) {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("binary"));
    }
    Ok(response.into_response())
}

fn asks_for_binary(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|name| name.trim() == "binary")
}

/// Checks the opening handshake (RFC 6455, 4.2.1) and computes the accept value (4.2.2).
fn websocket_accept(request: &Request) -> Result<HeaderValue, ApiError> {
    let has = |name: header::HeaderName, wanted: &str| {
        let values = request.headers().get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|token| token.trim().eq_ignore_ascii_case(wanted))
    };
    let fine = request.version() == Version::HTTP_11
        && has(header::UPGRADE, "websocket")
        && has(header::CONNECTION, "upgrade")
        && has(header::SEC_WEBSOCKET_VERSION, "13");
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY).filter(|_| fine);
    let key = key.ok_or_else(|| ApiError::bad_request("This path speaks WebSocket over HTTP/1.1 alone."))?;
    let mut hash = Sha1::new();
    hash.update(key.as_bytes());
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let accept = base64::engine::general_purpose::STANDARD.encode(hash.finalize());
    HeaderValue::from_str(&accept).map_err(ApiError::internal)
}

/// Whose limit it is and how high, for the page in its words, and in ours.
fn too_many(whose: WhoseLimit, limit: i64) -> ApiError {
    let (name, who, then) = match whose {
        WhoseLimit::Person => ("user", "You have as many consoles open as one person may here", "Close one first."),
        WhoseLimit::Installation => {
            ("installation", "You have as many consoles open as one person may", "Close one first.")
        }
        WhoseLimit::Guest => ("guest", "This guest has as many consoles open as one guest may", "Try again later."),
        WhoseLimit::Tenant => ("tenant", "Your organisation has as many consoles open as it may", "Try again later."),
    };
    ApiError::too_many_consoles(name, limit, format!("{who}: {limit}. {then}"))
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::NotFound => Self::not_found(),
            RequestError::NotRunning => {
                Self::conflict("guest_not_running", "The guest does not run. Start it, then open its console.")
            }
            RequestError::Template => Self::conflict("guest_is_template", "Templates have no console."),
            RequestError::TooMany { whose, limit } => too_many(whose, limit),
            RequestError::Stopping => Self::unavailable(),
            RequestError::Internal(cause) => Self::internal(cause),
        }
    }
}

impl From<ClaimError> for ApiError {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::NotFound => Self::not_found(),
            ClaimError::Stopping => Self::unavailable(),
            ClaimError::Internal(cause) => Self::internal(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut builder = Request::builder().uri("/api/v1/console/x");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(AxumBody::empty()).unwrap()
    }

    #[test]
    fn the_accept_value_is_the_one_of_rfc_6455() {
        let good = [
            ("upgrade", "WebSocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        assert_eq!(websocket_accept(&request(&good)).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        for missing in 0..good.len() {
            let rest: Vec<_> = good.iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, h)| *h).collect();
            assert!(websocket_accept(&request(&rest)).is_err());
        }
    }
}
