//! What is sent: one stable JSON object for each event, documented for those who receive it.

use nexus_model::{DeliveryId, DeliveryState, Micros, NotificationKind, TenantId, WebhookEvent};
use nexus_store::{Delivery, NoticePlace, System};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::notifications::Facts;
use crate::secret;

/// What a notification is to webhooks; `None` for what they are never told.
fn event_of(kind: NotificationKind) -> Option<WebhookEvent> {
    match kind {
        NotificationKind::AlertOpened => Some(WebhookEvent::AlertOpened),
        NotificationKind::AlertAcknowledged => Some(WebhookEvent::AlertAcknowledged),
        NotificationKind::AlertResolved => Some(WebhookEvent::AlertResolved),
        NotificationKind::ServerOffline => Some(WebhookEvent::ServerOffline),
        NotificationKind::ServerOnline => Some(WebhookEvent::ServerOnline),
        NotificationKind::ActionDone
        | NotificationKind::ActionFailed
        | NotificationKind::MemberAdded
        | NotificationKind::MemberRemoved
        | NotificationKind::RoleChanged => None,
    }
}

/// Writes a message for each webhook that wants to be told; whether there is one.
pub(crate) async fn write(
    tx: &mut System<'_>,
    tenant: TenantId,
    place: &NoticePlace,
    kind: NotificationKind,
    at: Micros,
    facts: &Facts,
    now: Micros,
) -> nexus_store::Result<bool> {
    let Some(event) = event_of(kind) else { return Ok(false) };
    let webhooks = tx.webhooks(tenant).await?;
    let mut written = false;
    for webhook in webhooks.iter().filter(|webhook| webhook.is_active && webhook.events.contains(&event)) {
        let delivery = message(tenant, place, event, at, Some(facts), now);
        tx.insert_delivery(tenant, webhook.id, &delivery).await?;
        written = true;
    }
    Ok(written)
}

/// A message that is due now. `facts` are what the event is about; a test has none.
pub(super) fn message(
    tenant: TenantId,
    place: &NoticePlace,
    event: WebhookEvent,
    at: Micros,
    facts: Option<&Facts>,
    now: Micros,
) -> Delivery {
    let id: DeliveryId = secret::id();
    let mut body = json!({
        "id": id,
        "event": event,
        "at": rfc3339(at),
        "tenant": { "id": tenant, "slug": place.slug, "name": place.name },
    });
    if let Some(facts) = facts {
        let (name, about) = about(event, facts);
        body[name] = about;
    }
    Delivery {
        id,
        event,
        body: body.to_string(),
        state: DeliveryState::Pending,
        attempts: 0,
        next_at: Some(now.0),
        status: None,
        error: None,
        created_at: now,
        delivered_at: None,
    }
}

/// The part that hangs on the event.
fn about(event: WebhookEvent, facts: &Facts) -> (&'static str, Value) {
    let server = facts.server.map(|id| json!({ "id": id, "name": facts.server_name }));
    let state = match event {
        WebhookEvent::ServerOffline => "offline",
        WebhookEvent::ServerOnline | WebhookEvent::Test => "online",
        WebhookEvent::AlertOpened => "open",
        WebhookEvent::AlertAcknowledged => "acknowledged",
        WebhookEvent::AlertResolved => "resolved",
    };
    match event {
        WebhookEvent::ServerOffline | WebhookEvent::ServerOnline | WebhookEvent::Test => (
            "server",
            json!({ "id": facts.server, "name": facts.server_name, "status": state, "detail": facts.detail }),
        ),
        WebhookEvent::AlertOpened | WebhookEvent::AlertAcknowledged | WebhookEvent::AlertResolved => (
            "alert",
            json!({
                "id": facts.alert, "rule": facts.rule, "state": state, "server": server, "value": facts.value,
                "threshold": facts.threshold, "detail": facts.detail, "acknowledged_by": facts.actor,
            }),
        ),
    }
}

fn rfc3339(at: Micros) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000).ok();
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}
