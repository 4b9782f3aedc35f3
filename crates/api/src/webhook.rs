//! Webhooks: addresses that are told of events, and what was sent to them. A secret is shown when it is made, and never
//! again.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexus_app::access::{ManageSettings, SeeSettings};
use nexus_app::page::Page;
use nexus_app::webhooks::{self, Delivery, DeliveryList, WebhookError, WebhookInput, WebhookMade, WebhookView};
use nexus_model::{DeliveryState, Micros, WebhookEvent};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, DeliveryOf, May, WebhookOf};
use crate::page::{Given, given};
use crate::version::{IfMatch, tagged};
use crate::wire::{At, mirrored};

mirrored! {
    /// What a webhook is told of.
    WebhookEventOut = WebhookEvent { AlertOpened, AlertAcknowledged, AlertResolved, ServerOffline, ServerOnline, Test }
}
mirrored! {
    /// How far a message to a webhook is.
    DeliveryStateOut = DeliveryState { Pending, Delivered, Failed }
}

/// One message to a webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(crate) struct DeliveryOut {
    /// Also the other side's `webhook-id`.
    id: Uuid,
    event: WebhookEventOut,
    state: DeliveryStateOut,
    attempts: i64,
    /// The status of the last answer.
    status: Option<i64>,
    /// Why the last try failed.
    error: Option<String>,
    /// The JSON that was sent.
    body: String,
    #[schema(value_type = At)]
    created_at: At,
    #[schema(value_type = Option<At>)]
    next_at: Option<At>,
    #[schema(value_type = Option<At>)]
    delivered_at: Option<At>,
}

impl From<Delivery> for DeliveryOut {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.into(),
            event: delivery.event.into(),
            state: delivery.state.into(),
            attempts: delivery.attempts,
            status: delivery.status,
            error: delivery.error,
            body: delivery.body,
            created_at: At(delivery.created_at),
            next_at: delivery.next_at.map(|at| At(Micros(at))),
            delivered_at: delivery.delivered_at.map(|at| At(Micros(at))),
        }
    }
}

/// An address that is told of events.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(crate) struct WebhookOut {
    id: Uuid,
    name: String,
    url: String,
    events: Vec<WebhookEventOut>,
    is_active: bool,
    #[schema(value_type = At)]
    created_at: At,
    /// To send as `If-Match` with a change.
    etag: String,
    last_delivery: Option<DeliveryOut>,
}

impl From<WebhookView> for WebhookOut {
    fn from(view: WebhookView) -> Self {
        let webhook = view.webhook;
        Self {
            id: webhook.id.into(),
            name: webhook.name,
            url: webhook.url,
            events: webhook.events.into_iter().map(WebhookEventOut::from).collect(),
            is_active: webhook.is_active,
            created_at: At(webhook.created_at),
            etag: format!("\"{}\"", webhook.version),
            last_delivery: view.last.map(DeliveryOut::from),
        }
    }
}

/// A webhook, whole. `https`, or `http` where the installation allows the address.
#[derive(Deserialize, ToSchema)]
pub(crate) struct WebhookIn {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(max_length = 2000)]
    url: String,
    #[schema(min_items = 1)]
    events: Vec<WebhookEventOut>,
    is_active: bool,
}

impl From<WebhookIn> for WebhookInput {
    fn from(webhook: WebhookIn) -> Self {
        Self {
            name: webhook.name,
            url: webhook.url,
            events: webhook.events.into_iter().map(Into::into).collect(),
            is_active: webhook.is_active,
        }
    }
}

/// Webhooks by name.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookList)]
pub(crate) struct WebhookListOut {
    webhooks: Vec<WebhookOut>,
    /// How many there may be.
    limit: i64,
}

/// A webhook with its new secret, which is shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookWithSecret)]
pub(crate) struct WebhookWithSecretOut {
    webhook: WebhookOut,
    /// `whsec_` and base64, as Standard Webhooks has it.
    secret: String,
}

/// Messages to a webhook, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryList)]
pub(crate) struct DeliveryListOut {
    deliveries: Vec<DeliveryOut>,
    next_cursor: Option<String>,
}

impl From<DeliveryList> for DeliveryListOut {
    fn from(list: DeliveryList) -> Self {
        let deliveries = list.deliveries.into_iter().map(DeliveryOut::from).collect();
        Self { deliveries, next_cursor: list.next_cursor }
    }
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryPageIn {
    /// From the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// With a secret in it: nobody may keep a copy on the way.
fn secret(status: StatusCode, made: WebhookMade) -> Response {
    let body = WebhookWithSecretOut { webhook: made.view.into(), secret: made.secret.as_str().to_owned() };
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The tenant's webhooks.
#[utoipa::path(get, path = "/tenants/{tenant}/webhooks", tag = "webhook", operation_id = "list_webhooks",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = WebhookListOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeSettings>,
) -> Result<Json<WebhookListOut>, ApiError> {
    let webhooks = api.app.webhooks.list(&grant).await?.into_iter().map(WebhookOut::from).collect();
    Ok(Json(WebhookListOut { webhooks, limit: webhooks::MOST }))
}

/// Adds a webhook.
#[utoipa::path(post, path = "/tenants/{tenant}/webhooks", tag = "webhook", operation_id = "create_webhook",
    params(("tenant" = Uuid, Path,)), request_body = WebhookIn,
    responses((status = 201, body = WebhookWithSecretOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    Body(input): Body<WebhookIn>,
) -> Result<Response, ApiError> {
    Ok(secret(StatusCode::CREATED, api.app.webhooks.create(&grant, input.into()).await?))
}

/// Changes a webhook; `If-Match` says which version of it.
#[utoipa::path(put, path = "/tenants/{tenant}/webhooks/{webhook}", tag = "webhook", operation_id = "update_webhook",
    params(("tenant" = Uuid, Path,), ("webhook" = Uuid, Path,), ("if-match" = String, Header,)), request_body = WebhookIn,
    responses((status = 200, body = WebhookOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
              (status = 422, body = Problem), (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    WebhookOf(webhook): WebhookOf,
    IfMatch(version): IfMatch,
    Body(input): Body<WebhookIn>,
) -> Result<Response, ApiError> {
    let view = api.app.webhooks.update(&grant, webhook, input.into(), version).await?;
    Ok(tagged(StatusCode::OK, view.webhook.version, WebhookOut::from(view)))
}

/// Removes a webhook with its deliveries.
#[utoipa::path(delete, path = "/tenants/{tenant}/webhooks/{webhook}", tag = "webhook", operation_id = "delete_webhook",
    params(("tenant" = Uuid, Path,), ("webhook" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    WebhookOf(webhook): WebhookOf,
) -> Result<StatusCode, ApiError> {
    api.app.webhooks.delete(&grant, webhook).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a new secret; the old one counts no more.
#[utoipa::path(post, path = "/tenants/{tenant}/webhooks/{webhook}/secret", tag = "webhook",
    operation_id = "renew_webhook_secret", params(("tenant" = Uuid, Path,), ("webhook" = Uuid, Path,)),
    responses((status = 200, body = WebhookWithSecretOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn renew_secret(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    WebhookOf(webhook): WebhookOf,
) -> Result<Response, ApiError> {
    Ok(secret(StatusCode::OK, api.app.webhooks.renew_secret(&grant, webhook).await?))
}

/// Sends a test event now and waits for the answer, 10 s at most.
#[utoipa::path(post, path = "/tenants/{tenant}/webhooks/{webhook}/test", tag = "webhook", operation_id = "test_webhook",
    params(("tenant" = Uuid, Path,), ("webhook" = Uuid, Path,)),
    responses((status = 200, body = DeliveryOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn test(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    WebhookOf(webhook): WebhookOf,
) -> Result<Json<DeliveryOut>, ApiError> {
    Ok(Json(api.app.webhooks.test(&grant, webhook).await?.into()))
}

/// What was sent to a webhook.
#[utoipa::path(get, path = "/tenants/{tenant}/webhooks/{webhook}/deliveries", tag = "webhook",
    operation_id = "list_deliveries", params(("tenant" = Uuid, Path,), ("webhook" = Uuid, Path,), DeliveryPageIn),
    responses((status = 200, body = DeliveryListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn deliveries(
    State(api): State<Api>,
    May(grant): May<SeeSettings>,
    WebhookOf(webhook): WebhookOf,
    page: Given<DeliveryPageIn>,
) -> Result<Json<DeliveryListOut>, ApiError> {
    let DeliveryPageIn { cursor, limit } = given(page)?;
    let page = Page { q: String::new(), cursor, limit: limit.unwrap_or(50) };
    Ok(Json(api.app.webhooks.deliveries(&grant, webhook, &page).await?.into()))
}

/// Sends a failed delivery again now, and waits for the answer.
#[utoipa::path(post, path = "/tenants/{tenant}/webhooks/{webhook}/deliveries/{delivery}/retry", tag = "webhook",
    operation_id = "retry_delivery",
    params(("tenant" = Uuid, Path,), ("webhook" = Uuid, Path,), ("delivery" = Uuid, Path,)),
    responses((status = 200, body = DeliveryOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn retry(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    WebhookOf(webhook): WebhookOf,
    DeliveryOf(delivery): DeliveryOf,
) -> Result<Json<DeliveryOut>, ApiError> {
    Ok(Json(api.app.webhooks.retry(&grant, webhook, delivery).await?.into()))
}

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::NotFound => Self::not_found(),
            WebhookError::Invalid(fields) => Self::invalid(fields),
            WebhookError::Page(cause) => cause.into(),
            WebhookError::ChangedMeanwhile => Self::changed_meanwhile(),
            WebhookError::Duplicate => Self::conflict("duplicate", "There is a webhook of this name already."),
            WebhookError::LimitReached => {
                let detail = format!("There are {} webhooks already. Delete one first.", webhooks::MOST);
                Self::conflict("too_many_webhooks", detail)
            }
            WebhookError::NotFailed => {
                Self::conflict("not_failed", "This message has not failed: it was taken, or is still being sent.")
            }
            WebhookError::TooMany { retry_after } => Self::too_many_messages(retry_after.as_secs().max(1)),
            WebhookError::Store(cause) => Self::internal(cause),
        }
    }
}
