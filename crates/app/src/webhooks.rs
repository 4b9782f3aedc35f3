//! Webhooks: addresses that a tenant's admins choose, which are told of alerts and servers. Messages are written in the
//! transaction of what happened, signed, and sent by a background task that tries again for some hours.
//!
//! ```text
//!   notice ─► pending ─► taken (a lease) ─► delivered
//!                 ▲            │ 410: failed, and the webhook is switched off
//!                 └── pause ◄──┴ another answer, or none ─► (six tries) ─► failed
//! ```
//! Nothing is sent to an address that the guard has not seen; secrets are sealed, shown once, and in no log.

mod address;
mod call;
mod message;
mod send;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use nexus_model::{
    DeliveryId, DeliveryState, FieldError, InvalidInput, Micros, Name, TenantId, WebhookEvent, WebhookId,
};
use nexus_net::dial::Resolver;
use nexus_net::guard::GuardConfig;
use nexus_store::keys::{KeyRing, Place};
pub use nexus_store::{Delivery, Webhook};
use nexus_store::{Store, System, SystemScope};
use rustls_pki_types::CertificateDer;
use serde_json::{Value, json};
use uuid::Uuid;
use zeroize::Zeroizing;

use self::address::Address;
use self::call::Caller;
pub(crate) use self::message::write;
use crate::access::{Grant, ManageSettings, SeeSettings};
use crate::audit::{Audit, Entry};
use crate::clock::Clock;
use crate::page::{BadPage, Page};
use crate::secret;

/// How many webhooks a tenant has.
pub const MOST: i64 = 10;
/// Longest URL, in characters.
const LONGEST_URL: usize = 2000;
/// How many messages a tenant sends by hand within [`HAND_WINDOW`].
const MOST_BY_HAND: i64 = 10;
const HAND_WINDOW: Duration = Duration::from_secs(60);
/// How long one message may take; the lease is longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where webhooks may lead.
#[derive(Clone)]
pub struct WebhookConfig {
    /// `allow` (networks that may be called although they are not public, and over plain HTTP) and `own` count.
    pub guard: GuardConfig,
    /// CAs that count beside the machine's.
    pub roots: Vec<CertificateDer<'static>>,
    /// Who looks names up.
    pub resolver: Resolver,
    /// How long one message may take: looking up, connecting, TLS, sending, the answer.
    pub patience: Duration,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self { guard: GuardConfig::default(), roots: Vec::new(), resolver: Resolver::system(), patience: PATIENCE }
    }
}

/// Shows, changes and calls webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    inner: Arc<Inner>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) config: WebhookConfig,
}

struct Inner {
    store: Store,
    system: SystemScope,
    clock: Clock,
    audit: Audit,
    keys: Arc<KeyRing>,
    caller: Caller,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The tenant has no such webhook or message.
    #[error("there is no such webhook")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The part of the list cannot be had.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// Somebody changed it meanwhile.
    #[error("the webhook was changed meanwhile")]
    ChangedMeanwhile,
    /// The name is taken.
    #[error("there is a webhook of this name")]
    Duplicate,
    /// The tenant has as many as it may.
    #[error("all {MOST} webhooks are in use")]
    LimitReached,
    /// Only what failed is sent again by hand.
    #[error("the message has not failed")]
    NotFailed,
    /// Too many messages by hand.
    #[error("too many tests")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for WebhookError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Unique => Self::Duplicate,
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// A webhook as it is entered, whole.
#[derive(Debug, Clone)]
pub struct WebhookInput {
    /// Its name.
    pub name: String,
    /// Where to.
    pub url: String,
    /// Of what; a test is always taken.
    pub events: Vec<WebhookEvent>,
    /// Whether anything is sent.
    pub is_active: bool,
}

/// A webhook with its newest message.
#[derive(Debug, Clone)]
pub struct WebhookView {
    /// The webhook.
    pub webhook: Webhook,
    /// The newest message.
    pub last: Option<Delivery>,
}

/// A webhook with its new secret, which is shown this once.
pub struct WebhookMade {
    /// The webhook.
    pub view: WebhookView,
    /// `whsec_` and base64.
    pub secret: Zeroizing<String>,
}

/// A page of messages.
#[derive(Debug, Clone)]
pub struct DeliveryList {
    /// Newest first.
    pub deliveries: Vec<Delivery>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Where a webhook's secret is sealed for.
pub(crate) fn place(id: WebhookId) -> Place<'static> {
    Place { table: "webhook", row: id.uuid(), column: "secret" }
}

/// What an audit entry keeps of a webhook. Some services put a secret into the path: it is left out.
fn state(webhook: &Webhook) -> Value {
    let to = Address::parse(&webhook.url).map(|address| address.origin()).unwrap_or_default();
    json!({ "name": webhook.name, "to": to, "events": webhook.events, "is_active": webhook.is_active })
}

impl Webhooks {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { store, system, clock, audit, keys, config } = parts;
        Self { inner: Arc::new(Inner { store, system, clock, audit, keys, caller: Caller::new(config) }) }
    }

    /// What was entered, checked; finds everything that is wrong.
    fn check(&self, input: WebhookInput) -> Result<(String, String, Vec<WebhookEvent>), WebhookError> {
        let mut wrong = Vec::new();
        let name = Name::parse(&input.name).map_err(|error| wrong.push(error.field("name"))).ok();
        let url = input.url.trim().to_owned();
        if let Err(error) = self.check_url(&url) {
            wrong.push(error.field("url"));
        }
        let mut events = input.events;
        events.sort_unstable();
        events.dedup();
        events.retain(|event| *event != WebhookEvent::Test);
        if events.is_empty() {
            wrong.push(InvalidInput::new("required", "must not be empty").field("events"));
        }
        match name {
            Some(name) if wrong.is_empty() => Ok((name.as_str().to_owned(), url, events)),
            _ => Err(WebhookError::Invalid(wrong)),
        }
    }

    fn check_url(&self, url: &str) -> Result<(), InvalidInput> {
        if url.chars().count() > LONGEST_URL {
            return Err(InvalidInput::new("too_long", format!("may have {LONGEST_URL} characters at most")));
        }
        let address = Address::parse(url).map_err(|why| InvalidInput::new("invalid", why))?;
        self.inner.caller.may_lead_to(&address).map_err(|why| InvalidInput::new("address_refused", why))
    }

    /// The webhooks, by name.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, grant: &Grant<SeeSettings>) -> Result<Vec<WebhookView>, WebhookError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let mut views = Vec::new();
        for webhook in tx.webhooks().await? {
            let last = tx.deliveries(webhook.id, newest(), 1).await?.pop();
            views.push(WebhookView { webhook, last });
        }
        Ok(views)
    }

    /// Adds a webhook with a secret of its own.
    ///
    /// # Errors
    /// Fields, the limit, the name, the store.
    pub async fn create(
        &self,
        grant: &Grant<ManageSettings>,
        input: WebhookInput,
    ) -> Result<WebhookMade, WebhookError> {
        let Inner { store, clock, audit, .. } = &*self.inner;
        let is_active = input.is_active;
        let (name, url, events) = self.check(input)?;
        let (id, created_at) = (secret::id(), clock.now());
        let webhook = Webhook { id, name, url, events, is_active, version: 1, created_at };
        let (shown, sealed) = self.new_secret(id);
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if tx.count_webhooks().await? >= MOST {
            return Err(WebhookError::LimitReached);
        }
        tx.insert_webhook(&webhook, &sealed).await?;
        let entry = Entry::new("webhook.create", "webhook", id, webhook.name.as_str()).after(state(&webhook));
        audit.record(&mut tx, &grant.who(), entry).await?;
        tx.commit().await?;
        Ok(WebhookMade { view: WebhookView { webhook, last: None }, secret: shown })
    }

    /// Changes the webhook whose version is still `version`.
    ///
    /// # Errors
    /// No such webhook, fields, the name, [`WebhookError::ChangedMeanwhile`], the store.
    pub async fn update(
        &self,
        grant: &Grant<ManageSettings>,
        id: WebhookId,
        input: WebhookInput,
        version: i64,
    ) -> Result<WebhookView, WebhookError> {
        let Inner { store, audit, .. } = &*self.inner;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let before = tx.webhook(id).await?.ok_or(WebhookError::NotFound)?;
        let is_active = input.is_active;
        let (name, url, events) = self.check(input)?;
        let after = Webhook { name, url, events, is_active, version, ..before.clone() };
        if !tx.update_webhook(&after).await? {
            return Err(WebhookError::ChangedMeanwhile);
        }
        let entry = Entry::new("webhook.update", "webhook", id, after.name.as_str());
        let changed = json!({ "url_changed": before.url != after.url });
        let (was, mut is) = (state(&before), state(&after));
        is["url_changed"] = changed["url_changed"].clone();
        audit.record(&mut tx, &grant.who(), entry.before(was).after(is)).await?;
        let last = tx.deliveries(id, newest(), 1).await?.pop();
        tx.commit().await?;
        Ok(WebhookView { webhook: Webhook { version: version + 1, ..after }, last })
    }

    /// Removes a webhook with its messages.
    ///
    /// # Errors
    /// No such webhook, the store.
    pub async fn delete(&self, grant: &Grant<ManageSettings>, id: WebhookId) -> Result<(), WebhookError> {
        let Inner { store, audit, .. } = &*self.inner;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let before = tx.webhook(id).await?.ok_or(WebhookError::NotFound)?;
        tx.delete_webhook(id).await?;
        let entry = Entry::new("webhook.delete", "webhook", id, before.name.as_str()).before(state(&before));
        audit.record(&mut tx, &grant.who(), entry).await?;
        Ok(tx.commit().await?)
    }

    /// Makes a new secret; from now on messages are signed with it alone.
    ///
    /// # Errors
    /// No such webhook, the store.
    pub async fn renew_secret(
        &self,
        grant: &Grant<ManageSettings>,
        id: WebhookId,
    ) -> Result<WebhookMade, WebhookError> {
        let Inner { store, audit, .. } = &*self.inner;
        let (shown, sealed) = self.new_secret(id);
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let webhook = tx.webhook(id).await?.ok_or(WebhookError::NotFound)?;
        tx.update_webhook_secret(id, &sealed).await?;
        let entry = Entry::new("webhook.secret", "webhook", id, webhook.name.as_str());
        audit.record(&mut tx, &grant.who(), entry).await?;
        let last = tx.deliveries(id, newest(), 1).await?.pop();
        tx.commit().await?;
        Ok(WebhookMade { view: WebhookView { webhook, last }, secret: shown })
    }

    /// What was sent to a webhook, newest first.
    ///
    /// # Errors
    /// No such webhook, the page, the store.
    pub async fn deliveries(
        &self,
        grant: &Grant<SeeSettings>,
        id: WebhookId,
        page: &Page,
    ) -> Result<DeliveryList, WebhookError> {
        let before = page.place::<(i64, DeliveryId)>()?;
        let before = before.map_or_else(newest, |(at, id)| (Micros(at), id));
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        tx.webhook(id).await?.ok_or(WebhookError::NotFound)?;
        let mut deliveries = tx.deliveries(id, before, page.limit() + 1).await?;
        let next_cursor = page.cut(&mut deliveries, |last| (last.created_at.0, last.id));
        Ok(DeliveryList { deliveries, next_cursor })
    }

    /// Sends a test event now and waits for the answer. It is tried once.
    ///
    /// # Errors
    /// No such webhook, too many by hand, the store.
    pub async fn test(&self, grant: &Grant<ManageSettings>, id: WebhookId) -> Result<Delivery, WebhookError> {
        let Inner { store, system, clock, audit, .. } = &*self.inner;
        let (tenant, now) = (grant.tenant_id(), clock.now());
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        let webhooks = tx.webhooks(tenant).await?;
        let webhook = webhooks.into_iter().find(|webhook| webhook.id == id).ok_or(WebhookError::NotFound)?;
        count_by_hand(&mut tx, tenant, now).await?;
        let place = tx.notice_place(tenant).await?.ok_or(WebhookError::NotFound)?;
        let mut message = message::message(tenant, &place, WebhookEvent::Test, now, None, now);
        // Taken already, so that no process sends it beside this one.
        message.attempts = 1;
        message.next_at = Some(now.plus(send::LEASE).0);
        tx.insert_delivery(tenant, id, &message).await?;
        let entry = Entry::new("webhook.test", "webhook", id, webhook.name.as_str());
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
        tx.commit().await?;
        self.send_once(tenant, id, message.id).await
    }

    /// Sends a failed message again now and waits for the answer. It is tried once.
    ///
    /// # Errors
    /// No such message, one that has not failed, too many by hand, the store.
    pub async fn retry(
        &self,
        grant: &Grant<ManageSettings>,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<Delivery, WebhookError> {
        let Inner { store, system, clock, audit, .. } = &*self.inner;
        let (tenant, now) = (grant.tenant_id(), clock.now());
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        let found = tx.delivery(tenant, webhook, id).await?.ok_or(WebhookError::NotFound)?;
        if found.delivery.state != DeliveryState::Failed {
            return Err(WebhookError::NotFailed);
        }
        count_by_hand(&mut tx, tenant, now).await?;
        if !tx.take_delivery(&found.delivery, now.plus(send::LEASE)).await? {
            return Err(WebhookError::NotFailed);
        }
        let entry = Entry::new("webhook.retry", "webhook", webhook, found.name.as_str());
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry.detail(format!("message {id}"))).await?;
        tx.commit().await?;
        self.send_once(tenant, webhook, id).await
    }

    /// A new secret: as it is shown, and sealed.
    fn new_secret(&self, id: WebhookId) -> (Zeroizing<String>, Vec<u8>) {
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(secret::bytes());
        let sealed = self.inner.keys.seal(bytes.as_slice(), &place(id));
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(bytes.as_slice()));
        (Zeroizing::new(format!("whsec_{}", encoded.as_str())), sealed)
    }
}

/// Before the newest message of all.
fn newest() -> (Micros, DeliveryId) {
    (Micros(i64::MAX), Uuid::max().into())
}

/// Counts a message that somebody sends by hand.
async fn count_by_hand(tx: &mut System<'_>, tenant: TenantId, now: Micros) -> Result<(), WebhookError> {
    let key = format!("webhook-hand:{tenant}");
    let (sent, first_at) = tx.count_uses(&key, 1, now, now.minus(HAND_WINDOW)).await?;
    if sent > MOST_BY_HAND {
        return Err(WebhookError::TooMany { retry_after: first_at.plus(HAND_WINDOW).since(now) });
    }
    Ok(())
}
