//! Server-sent events: what changes in a tenant, as far as the person may see it, while they may.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use nexus_app::access::SeeGuests;
use nexus_app::events::{EventData, EventOut, TooManyStreams};
use serde_json::{Value, json};

use crate::Api;
use crate::alert::AlertOut;
use crate::bulk::{BulkActionOut, BulkGuestOut};
use crate::check::CheckRunOut;
use crate::console_session::ConsoleSessionOut;
use crate::error::{ApiError, Problem};
use crate::extract::May;
use crate::guest::{GuestOut, GuestRefOut};
use crate::notification::NotificationOut;
use crate::server_view::ServerBriefOut;
use crate::stats::LiveStatsOut;
use crate::task::TaskOut;
use crate::wire::At;

/// The tenant's events. Ends with `ended` when the right to them does.
#[utoipa::path(get, path = "/tenants/{tenant}/events", tag = "event", operation_id = "stream_events", params(("tenant" = Uuid, Path,)),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem),
              (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn stream(
    State(api): State<Api>,
    May(grant): May<SeeGuests>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let live = api.app.access.keep(grant).await?;
    let events = api.app.events.stream(live, last)?.map(|event| Ok::<_, Infallible>(sse(event)));
    let heartbeat = KeepAlive::new().interval(Duration::from_secs(15));
    let mut response = Sse::new(events).keep_alive(heartbeat).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

impl From<TooManyStreams> for ApiError {
    fn from(_: TooManyStreams) -> Self {
        Self::too_many_streams()
    }
}

fn sse(event: EventOut) -> Event {
    let data = data(event.data);
    Event::default().id(event.id).event(event.kind).data(data.to_string())
}

fn data(data: EventData) -> Value {
    match data {
        EventData::Hello { process } => json!({ "process": process }),
        EventData::Reset | EventData::Settings => json!({}),
        EventData::Guests { changed, removed } => json!({
            "changed": changed.into_iter().map(GuestOut::from).collect::<Vec<_>>(),
            "removed": removed.into_iter().map(GuestRefOut::from).collect::<Vec<_>>(),
        }),
        EventData::Server(server) => json!(ServerBriefOut::from(server)),
        EventData::Task(task) => json!(TaskOut::from(task)),
        EventData::Bulk { bulk, guests } => json!({
            "bulk": BulkActionOut::from(*bulk),
            "guests": guests.into_iter().map(BulkGuestOut::from).collect::<Vec<_>>(),
        }),
        EventData::Stats(stats) => json!(LiveStatsOut::from(*stats)),
        EventData::Check { server, at, ok, took_ms } => {
            json!({ "server": server, "at": At(at), "ok": ok, "took_ms": took_ms })
        }
        EventData::CheckRun(run) => json!(CheckRunOut::from(run)),
        EventData::Console(console) => json!(ConsoleSessionOut::from(*console)),
        EventData::Notification { notification, unread } => json!({
            "notification": NotificationOut::from(*notification),
            "unread": unread,
        }),
        EventData::Alert(alert) => json!(AlertOut::from(*alert)),
        EventData::Ended { reason } => json!({ "reason": reason }),
    }
}
