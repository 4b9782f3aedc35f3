//! Sending: what is due is taken with a lease, so that of several processes one sends it; slow receivers hold up nobody
//! but themselves. A message may arrive twice when a process dies while it sends: the receiver knows it by its id.

use std::collections::HashMap;
use std::time::Duration;

use nexus_model::{DeliveryId, DeliveryState, Micros, TenantId, WebhookId};
use nexus_store::{Delivery, DueDelivery, DueWebhook, Tried};
use serde_json::json;
use tokio::task::JoinSet;

use super::address::Address;
use super::call::Answer;
use super::{Inner, WebhookError, Webhooks, place};
use crate::access::Who;
use crate::audit::Entry;
use crate::background::{Background, Beat};
use crate::notifications::Notifications;

/// How long a message that is being sent is kept from others: longer than a try may take.
pub(super) const LEASE: Duration = Duration::from_secs(30);
/// The pause after each try but the last.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(3600),
    Duration::from_secs(6 * 3600),
];
/// Between two looks for messages that are due.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How many messages one process sends at a time.
const AT_ONCE: usize = 32;
/// How many of them for one tenant.
const AT_ONCE_PER_TENANT: usize = 2;
/// How many webhooks with messages that are due one look finds.
const LOOKED_AT: u32 = 500;

/// The messages that are being sent.
#[derive(Default)]
struct Sending {
    tasks: JoinSet<()>,
    busy: HashMap<tokio::task::Id, DueWebhook>,
}

impl Sending {
    /// Whether one more may be sent to the webhook: one at a time, and few for one tenant.
    fn has_room(&self, webhook: DueWebhook) -> bool {
        let of_tenant = self.busy.values().filter(|busy| busy.tenant_id == webhook.tenant_id).count();
        of_tenant < AT_ONCE_PER_TENANT && !self.busy.values().any(|busy| *busy == webhook)
    }
}

impl Webhooks {
    /// Starts the task that sends.
    pub(crate) fn start(&self, background: &Background, notices: Notifications) {
        let webhooks = self.clone();
        background.start("webhooks.send", move |beat| {
            let (webhooks, notices) = (webhooks.clone(), notices.clone());
            async move { webhooks.run(beat, notices).await }
        });
    }

    async fn run(&self, beat: Beat, notices: Notifications) {
        let mut sending = Sending::default();
        loop {
            match self.take_due(&mut sending).await {
                Ok(()) => beat.done(),
                Err(error) => {
                    tracing::warn!(%error, "messages to webhooks cannot be looked for");
                    beat.failed(&error);
                }
            }
            tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                Some(ended) = sending.tasks.join_next_with_id() => {
                    let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                    sending.busy.remove(&id);
                }
                () = notices.deliveries_wait() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Begins to send what is due, as far as there is room.
    async fn take_due(&self, sending: &mut Sending) -> nexus_store::Result<()> {
        let Inner { store, system, clock, .. } = &*self.inner;
        if sending.busy.len() >= AT_ONCE {
            return Ok(());
        }
        let now = clock.now();
        let mut read = store.system_read(system).await?;
        for webhook in read.due_webhooks(now, LOOKED_AT).await? {
            if sending.busy.len() >= AT_ONCE {
                break;
            }
            if !sending.has_room(webhook) {
                continue;
            }
            if let Some(due) = read.due_delivery(webhook, now).await? {
                let webhooks = self.clone();
                let task = sending.tasks.spawn(async move { webhooks.send_due(due).await });
                sending.busy.insert(task.id(), webhook);
            }
        }
        Ok(())
    }

    async fn send_due(&self, due: DueDelivery) {
        let id = due.delivery.id;
        if let Err(error) = self.take_and_send(due).await {
            tracing::warn!(%error, delivery.id = %id, "the store failed while a message to a webhook was sent");
        }
    }

    /// One try, unless another process has the message.
    async fn take_and_send(&self, mut due: DueDelivery) -> nexus_store::Result<()> {
        let Inner { store, system, clock, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        let taken = tx.take_delivery(&due.delivery, clock.now().plus(LEASE)).await?;
        tx.commit().await?;
        if !taken {
            return Ok(());
        }
        due.delivery.attempts += 1;
        let attempt = usize::try_from(due.delivery.attempts).unwrap_or(usize::MAX);
        let answer = if !due.is_active {
            return self.note(&due, None, Err("not sent: the webhook is switched off".into())).await;
        } else if attempt > PAUSES.len() + 1 {
            return self.note(&due, None, Err("Nexus stopped during the last try".into())).await;
        } else {
            self.try_once(&due).await
        };
        self.note(&due, PAUSES.get(attempt - 1).copied(), answer).await
    }

    /// One try of a message that was taken already, by hand; the message as it is then. Goes on when nobody waits.
    pub(super) async fn send_once(
        &self,
        tenant: TenantId,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<Delivery, WebhookError> {
        let own = self.clone();
        let sent = tokio::spawn(async move {
            let Inner { store, system, .. } = &*own.inner;
            let mut read = store.system_read(system).await?;
            let due = read.delivery(tenant, webhook, id).await?.ok_or(nexus_store::Error::Missing)?;
            read.commit().await?;
            let answer = own.try_once(&due).await;
            own.note(&due, None, answer).await?;
            let mut read = store.system_read(system).await?;
            read.delivery(tenant, webhook, id).await?.ok_or(nexus_store::Error::Missing)
        });
        match sent.await {
            Ok(sent) => Ok(sent?.delivery),
            Err(_) => Err(WebhookError::NotFound),
        }
    }

    async fn try_once(&self, due: &DueDelivery) -> Result<Answer, String> {
        let Inner { clock, keys, caller, .. } = &*self.inner;
        let address = Address::parse(&due.url)?;
        let secret = keys.open(&due.secret, &place(due.webhook_id));
        let secret = secret.map_err(|_| "the secret cannot be read: make a new one")?;
        let Delivery { id, body, .. } = &due.delivery;
        caller.call(&address, &id.to_string(), &secret, body, clock.now()).await
    }

    /// Notes how a try went; without a `pause` it was the last one.
    async fn note(
        &self,
        due: &DueDelivery,
        pause: Option<Duration>,
        answer: Result<Answer, String>,
    ) -> nexus_store::Result<()> {
        let Inner { store, system, clock, audit, .. } = &*self.inner;
        let now = clock.now();
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let gone = status == Some(410);
        let error = match answer {
            Ok(answer) if (200..300).contains(&answer.status) => None,
            Ok(answer) => Some(words(&answer)),
            Err(error) => Some(error),
        };
        let next_at = pause.filter(|_| error.is_some() && !gone).map(|pause| later(now, pause));
        let state = match (&error, next_at) {
            (None, _) => DeliveryState::Delivered,
            (Some(_), Some(_)) => DeliveryState::Pending,
            (Some(_), None) => DeliveryState::Failed,
        };
        let delivered_at = Some(now).filter(|_| error.is_none());
        let mut tx = store.system_write(system).await?;
        let tried = Tried { state, next_at, status, error, delivered_at };
        tx.delivery_tried(due.delivery.id, due.delivery.attempts, &tried).await?;
        if gone && tx.switch_webhook_off(due.tenant_id, due.webhook_id).await? {
            let entry = Entry::new("webhook.update", "webhook", due.webhook_id, due.name.as_str());
            let entry = entry.before(json!({ "is_active": true })).after(json!({ "is_active": false }));
            let entry = entry.detail("the other side answered 410: it wants no more messages");
            audit.record_as_system(&mut tx, Some(due.tenant_id), &Who::system("webhooks"), entry).await?;
        }
        tx.commit().await
    }
}

/// What an answer that is no success says, for people.
fn words(answer: &Answer) -> String {
    let Answer { status, text } = answer;
    let why = if (300..400).contains(status) { " (redirects are not followed)" } else { "" };
    if text.is_empty() { format!("answered {status}{why}") } else { format!("answered {status}{why}: {text}") }
}

/// After the pause and up to a fifth more, so that what failed together does not come back together.
fn later(now: Micros, pause: Duration) -> Micros {
    now.plus(pause + pause.mul_f64(rand::random::<f64>() / 5.0))
}
