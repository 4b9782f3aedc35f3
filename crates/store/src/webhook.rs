//! Webhooks: addresses that are told of events, and the messages to them. A secret is sealed before it gets here, and
//! only [`System`] reads it.

use nexus_model::{DeliveryId, DeliveryState, Micros, TenantId, WebhookEvent, WebhookId};
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Error, Result, System, Tenant};

/// An address that is told of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Its name, one of a kind in the tenant.
    pub name: String,
    /// Where to.
    pub url: String,
    /// Of what.
    pub events: Vec<WebhookEvent>,
    /// Whether anything is sent.
    pub is_active: bool,
    /// Counts changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Micros,
}

#[derive(sqlx::FromRow)]
struct WebhookRow {
    #[sqlx(try_from = "Uuid")]
    id: WebhookId,
    name: String,
    url: String,
    events: String,
    is_active: bool,
    version: i64,
    #[sqlx(try_from = "i64")]
    created_at: Micros,
}

impl WebhookRow {
    fn webhook(self) -> Result<Webhook> {
        let Self { id, name, url, is_active, version, created_at, .. } = self;
        Ok(Webhook { id, name, url, events: events(&self.events)?, is_active, version, created_at })
    }
}

/// Stored as names with commas between.
fn events(stored: &str) -> Result<Vec<WebhookEvent>> {
    let names = stored.split(',').filter(|name| !name.is_empty());
    names.map(|name| name.parse().map_err(|_| Error::Stored("webhook.events"))).collect()
}

fn stored(events: &[WebhookEvent]) -> String {
    let names: Vec<&str> = events.iter().map(|event| event.name()).collect();
    names.join(",")
}

/// One message to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Delivery {
    /// Its id, also for the other side.
    #[sqlx(try_from = "Uuid")]
    pub id: DeliveryId,
    /// What it tells of.
    #[sqlx(try_from = "String")]
    pub event: WebhookEvent,
    /// The JSON that is sent.
    pub body: String,
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried again.
    pub next_at: Option<i64>,
    /// The status of the last answer.
    pub status: Option<i64>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it was written.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When the other side took it.
    pub delivered_at: Option<i64>,
}

/// A message that is due, with where it goes.
#[derive(Clone, sqlx::FromRow)]
pub struct DueDelivery {
    /// The message.
    #[sqlx(flatten)]
    pub delivery: Delivery,
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// To which webhook.
    #[sqlx(try_from = "Uuid")]
    pub webhook_id: WebhookId,
    /// The webhook's name.
    pub name: String,
    /// Where to.
    pub url: String,
    /// The webhook's secret, sealed.
    pub secret: Vec<u8>,
    /// Whether the webhook is on.
    pub is_active: bool,
}

/// A webhook with messages that are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct DueWebhook {
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// Which.
    #[sqlx(try_from = "Uuid")]
    pub webhook_id: WebhookId,
}

/// How a try went.
#[derive(Debug, Clone)]
pub struct Tried {
    /// How far the message is now.
    pub state: DeliveryState,
    /// When it is tried again.
    pub next_at: Option<Micros>,
    /// The answer's status.
    pub status: Option<u16>,
    /// Why it failed.
    pub error: Option<String>,
    /// When the other side took it.
    pub delivered_at: Option<Micros>,
}

sql! {
    WEBHOOKS = "
        SELECT id, name, url, events, is_active, version, created_at
          FROM webhook
         WHERE tenant_id = $1
         ORDER BY name, id";
    WEBHOOK = "
        SELECT id, name, url, events, is_active, version, created_at
          FROM webhook
         WHERE tenant_id = $1 AND id = $2";
    COUNT_WEBHOOKS = "SELECT count(*) AS count FROM webhook WHERE tenant_id = $1";
    INSERT_WEBHOOK = "
        INSERT INTO webhook (id, tenant_id, name, url, secret, events, is_active, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    UPDATE_WEBHOOK = "
        UPDATE webhook SET name = $4, url = $5, events = $6, is_active = $7, version = version + 1
         WHERE tenant_id = $1 AND id = $2 AND version = $3";
    UPDATE_SECRET = "UPDATE webhook SET secret = $3 WHERE tenant_id = $1 AND id = $2";
    DELETE_WEBHOOK = "DELETE FROM webhook WHERE tenant_id = $1 AND id = $2";
    SWITCH_OFF = "
        UPDATE webhook SET is_active = false, version = version + 1
         WHERE tenant_id = $1 AND id = $2 AND is_active";
    DELIVERIES = "
        SELECT id, event, body, state, attempts, next_at, status, error, created_at, delivered_at
          FROM webhook_delivery
         WHERE tenant_id = $1 AND webhook_id = $2 AND (created_at, id) < ($3, $4)
         ORDER BY created_at DESC, id DESC
         LIMIT $5";
    INSERT_DELIVERY = "
        INSERT INTO webhook_delivery (id, tenant_id, webhook_id, event, body, state, attempts, next_at, created_at)
        VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8)";
    DUE_WEBHOOKS = "
        SELECT tenant_id, webhook_id
          FROM webhook_delivery
         WHERE state = 'pending' AND next_at <= $1
         GROUP BY tenant_id, webhook_id
         ORDER BY min(next_at), webhook_id
         LIMIT $2";
    FIRST_DUE = "
        SELECT d.id, d.event, d.body, d.state, d.attempts, d.next_at, d.status, d.error, d.created_at, d.delivered_at,
               d.tenant_id, d.webhook_id, w.name, w.url, w.secret, w.is_active
          FROM webhook_delivery d
          JOIN webhook w ON w.tenant_id = d.tenant_id AND w.id = d.webhook_id
         WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND d.state = 'pending' AND d.next_at <= $3
         ORDER BY d.next_at, d.id
         LIMIT 1";
    DELIVERY = "
        SELECT d.id, d.event, d.body, d.state, d.attempts, d.next_at, d.status, d.error, d.created_at, d.delivered_at,
               d.tenant_id, d.webhook_id, w.name, w.url, w.secret, w.is_active
          FROM webhook_delivery d
          JOIN webhook w ON w.tenant_id = d.tenant_id AND w.id = d.webhook_id
         WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND d.id = $3";
    TAKE = "
        UPDATE webhook_delivery SET state = 'pending', attempts = attempts + 1, next_at = $4
         WHERE id = $1 AND attempts = $2 AND state = $3";
    TRIED = "
        UPDATE webhook_delivery SET state = $3, next_at = $4, status = $5, error = $6, delivered_at = $7
         WHERE id = $1 AND attempts = $2 AND state = 'pending'";
    DELETE_OLD = "DELETE FROM webhook_delivery WHERE created_at < $1";
    DELETE_BEYOND = "
        DELETE FROM webhook_delivery
         WHERE id IN (
            SELECT n.id
              FROM (SELECT id, row_number() OVER (PARTITION BY webhook_id ORDER BY created_at DESC, id DESC) AS place
                      FROM webhook_delivery) n
             WHERE n.place > $1)";
}

impl Tenant<'_> {
    /// The webhooks, by name.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn webhooks(&mut self) -> Result<Vec<Webhook>> {
        let tenant = self.tenant();
        let rows: Vec<WebhookRow> = self.tx.query(WEBHOOKS).bind(tenant).all().await?;
        rows.into_iter().map(WebhookRow::webhook).collect()
    }

    /// The tenant's webhook `id`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn webhook(&mut self, id: WebhookId) -> Result<Option<Webhook>> {
        let tenant = self.tenant();
        let row: Option<WebhookRow> = self.tx.query(WEBHOOK).bind(tenant).bind(id).optional().await?;
        row.map(WebhookRow::webhook).transpose()
    }

    /// How many there are. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn count_webhooks(&mut self) -> Result<i64> {
        let tenant = self.tenant();
        Ok(self.tx.query(COUNT_WEBHOOKS).bind(tenant).one::<Count>().await?.count)
    }

    /// Adds a webhook with its sealed secret.
    ///
    /// # Errors
    /// [`Error::Unique`]: the name is taken. The database.
    pub async fn insert_webhook(&mut self, webhook: &Webhook, secret: &[u8]) -> Result<()> {
        let tenant = self.tenant();
        let query = self.tx.query(INSERT_WEBHOOK).bind(webhook.id).bind(tenant).bind(webhook.name.as_str());
        let query = query.bind(webhook.url.as_str()).bind(secret).bind(stored(&webhook.events));
        query.bind(webhook.is_active).bind(webhook.created_at).execute().await?;
        Ok(())
    }

    /// Changes the webhook whose version is still `webhook.version`; whether there was one.
    ///
    /// # Errors
    /// [`Error::Unique`]: the name is taken. The database.
    pub async fn update_webhook(&mut self, webhook: &Webhook) -> Result<bool> {
        let tenant = self.tenant();
        let query = self.tx.query(UPDATE_WEBHOOK).bind(tenant).bind(webhook.id).bind(webhook.version);
        let query = query.bind(webhook.name.as_str()).bind(webhook.url.as_str()).bind(stored(&webhook.events));
        Ok(query.bind(webhook.is_active).execute().await? == 1)
    }

    /// Puts another sealed secret in the place of the one that is there; whether there was a webhook.
    ///
    /// # Errors
    /// The database.
    pub async fn update_webhook_secret(&mut self, id: WebhookId, secret: &[u8]) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(UPDATE_SECRET).bind(tenant).bind(id).bind(secret).execute().await? == 1)
    }

    /// Removes a webhook with its messages; whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_webhook(&mut self, id: WebhookId) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(DELETE_WEBHOOK).bind(tenant).bind(id).execute().await? == 1)
    }

    /// Messages to a webhook, newest first, older ones than a place.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn deliveries(
        &mut self,
        webhook: WebhookId,
        before: (Micros, DeliveryId),
        limit: u32,
    ) -> Result<Vec<Delivery>> {
        let tenant = self.tenant();
        let query = self.tx.query(DELIVERIES).bind(tenant).bind(webhook).bind(before.0).bind(before.1);
        query.bind(limit).all().await
    }
}

impl System<'_> {
    /// The webhooks of a tenant, by name.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn webhooks(&mut self, tenant: TenantId) -> Result<Vec<Webhook>> {
        let rows: Vec<WebhookRow> = self.tx.query(WEBHOOKS).bind(tenant).all().await?;
        rows.into_iter().map(WebhookRow::webhook).collect()
    }

    /// Switches a webhook off; whether it was on.
    ///
    /// # Errors
    /// The database.
    pub async fn switch_webhook_off(&mut self, tenant: TenantId, id: WebhookId) -> Result<bool> {
        Ok(self.tx.query(SWITCH_OFF).bind(tenant).bind(id).execute().await? == 1)
    }

    /// Writes a message that is due at `delivery.next_at`.
    ///
    /// # Errors
    /// [`Error::Missing`]: the webhook is gone. The database.
    pub async fn insert_delivery(&mut self, tenant: TenantId, webhook: WebhookId, delivery: &Delivery) -> Result<()> {
        let query = self.tx.query(INSERT_DELIVERY).bind(delivery.id).bind(tenant).bind(webhook);
        let query = query.bind(delivery.event.name()).bind(delivery.body.as_str()).bind(delivery.attempts);
        query.bind(delivery.next_at).bind(delivery.created_at).execute().await?;
        Ok(())
    }

    /// Webhooks with messages that are due, the longest wait first.
    ///
    /// # Errors
    /// The database.
    pub async fn due_webhooks(&mut self, now: Micros, limit: u32) -> Result<Vec<DueWebhook>> {
        self.tx.query(DUE_WEBHOOKS).bind(now).bind(limit).all().await
    }

    /// The message to a webhook that has been due for the longest time.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn due_delivery(&mut self, webhook: DueWebhook, now: Micros) -> Result<Option<DueDelivery>> {
        self.tx.query(FIRST_DUE).bind(webhook.tenant_id).bind(webhook.webhook_id).bind(now).optional().await
    }

    /// One message to a webhook of the tenant.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn delivery(
        &mut self,
        tenant: TenantId,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<Option<DueDelivery>> {
        self.tx.query(DELIVERY).bind(tenant).bind(webhook).bind(id).optional().await
    }

    /// Counts a try of a message and keeps it from others until `until`; `false` when it is not as it was read any more:
    /// another process has it.
    ///
    /// # Errors
    /// The database.
    pub async fn take_delivery(&mut self, delivery: &Delivery, until: Micros) -> Result<bool> {
        let query = self.tx.query(TAKE).bind(delivery.id).bind(delivery.attempts).bind(delivery.state.name());
        Ok(query.bind(until).execute().await? == 1)
    }

    /// Notes how the try of that number went; `false` when somebody else tries it by now.
    ///
    /// # Errors
    /// The database.
    pub async fn delivery_tried(&mut self, id: DeliveryId, attempt: i64, tried: &Tried) -> Result<bool> {
        let query = self.tx.query(TRIED).bind(id).bind(attempt).bind(tried.state.name()).bind(tried.next_at);
        let query = query.bind(tried.status.map(i64::from)).bind(tried.error.clone()).bind(tried.delivered_at);
        Ok(query.execute().await? == 1)
    }

    /// Removes messages that were written before `before`, and of each webhook's all but the newest `kept`; how many.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_old_deliveries(&mut self, before: Micros, kept: u32) -> Result<u64> {
        let old = self.tx.query(DELETE_OLD).bind(before).execute().await?;
        Ok(old + self.tx.query(DELETE_BEYOND).bind(kept).execute().await?)
    }
}
