//! Alerts: each rule is open once for a server, which two unique indexes see to.

use nexus_model::{AlertId, AlertRule, AlertState, Micros, ServerId, TenantId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System, Tenant};

/// An alert that is to be opened.
#[derive(Debug, Clone)]
pub struct NewAlert {
    /// Its id.
    pub id: AlertId,
    /// Whose.
    pub tenant_id: TenantId,
    /// About which server; `None` for all at once.
    pub server_id: Option<ServerId>,
    /// The server's name now; empty for all at once.
    pub server_name: String,
    /// What it is about.
    pub rule: AlertRule,
    /// What was measured.
    pub value: Option<i64>,
    /// What would be good enough.
    pub threshold: i64,
    /// More about it.
    pub detail: Option<String>,
    /// When.
    pub opened_at: Micros,
}

/// An alert.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AlertRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: AlertId,
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    server_id: Option<Uuid>,
    /// The server's name then; empty for all at once.
    pub server_name: String,
    /// What it is about.
    #[sqlx(try_from = "String")]
    pub rule: AlertRule,
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: AlertState,
    /// What was measured when it opened.
    pub value: Option<i64>,
    /// What would have been good enough then.
    pub threshold: i64,
    /// More about it.
    pub detail: Option<String>,
    /// When it opened.
    #[sqlx(try_from = "i64")]
    pub opened_at: Micros,
    /// When somebody took it.
    pub acknowledged_at: Option<i64>,
    /// Who.
    pub acknowledged_by: Option<String>,
    /// When it was over.
    pub resolved_at: Option<i64>,
    /// Whether what it says of the server is not the tenant's to read: it is provided, or gone.
    pub provided: bool,
    /// Whether it may stay: the server is there and active (of all at once, some server), the tenant open, and alerts are
    /// wanted.
    pub stands: bool,
}

impl AlertRow {
    /// About which server; `None` for all at once.
    #[must_use]
    pub fn server(&self) -> Option<ServerId> {
        self.server_id.map(ServerId::from)
    }
}

/// Which alerts are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AlertWanted {
    /// Those that are over, or those that are not, alone.
    pub resolved: Option<bool>,
    /// Of this server alone.
    pub server: Option<ServerId>,
    /// Those before this time and id.
    pub before: Option<(Micros, AlertId)>,
}

/// How many alerts a tenant has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct AlertCounts {
    /// Those that nobody took.
    pub open: i64,
    /// Those and the ones that somebody took.
    pub active: i64,
}

sql! {
    OPEN_ALERT = "
        INSERT INTO alert (id, tenant_id, server_id, server_name, rule, state, value, threshold, detail, opened_at)
        SELECT $1, s.tenant_id, s.id, $4, $5, 'open', $6, $7, $8, $9
          FROM server s
          JOIN tenant t ON t.id = s.tenant_id
          JOIN tenant_settings x ON x.tenant_id = s.tenant_id
         WHERE s.tenant_id = $2 AND s.id = $3 AND s.is_active AND t.is_active AND x.alerts_enabled
        ON CONFLICT DO NOTHING";
    OPEN_ALERT_OF_ALL = "
        INSERT INTO alert (id, tenant_id, server_id, server_name, rule, state, value, threshold, detail, opened_at)
        SELECT $1, t.id, NULL, $3, $4, 'open', $5, $6, $7, $8
          FROM tenant t
          JOIN tenant_settings x ON x.tenant_id = t.id
         WHERE t.id = $2 AND t.is_active AND x.alerts_enabled
        ON CONFLICT DO NOTHING";
    ALERT = "
        SELECT a.id, a.tenant_id, a.server_id, a.server_name, a.rule, a.state, a.value, a.threshold, a.detail, a.opened_at,
               a.acknowledged_at, a.acknowledged_by, a.resolved_at,
               (a.server_id IS NOT NULL AND (s.id IS NULL OR s.origin = 'provided')) AS provided,
               (t.is_active AND x.alerts_enabled
                AND CASE WHEN a.server_id IS NULL
                         THEN EXISTS (SELECT 1 FROM server o WHERE o.tenant_id = a.tenant_id AND o.is_active)
                         ELSE s.id IS NOT NULL AND s.is_active END) AS stands
          FROM alert a
          JOIN tenant t ON t.id = a.tenant_id
          JOIN tenant_settings x ON x.tenant_id = a.tenant_id
          LEFT JOIN server s ON s.tenant_id = a.tenant_id AND s.id = a.server_id
         WHERE a.tenant_id = $1 AND a.id = $2";
    ACTIVE_ALERTS = "
        SELECT a.id, a.tenant_id, a.server_id, a.server_name, a.rule, a.state, a.value, a.threshold, a.detail, a.opened_at,
               a.acknowledged_at, a.acknowledged_by, a.resolved_at,
               (a.server_id IS NOT NULL AND (s.id IS NULL OR s.origin = 'provided')) AS provided,
               (t.is_active AND x.alerts_enabled
                AND CASE WHEN a.server_id IS NULL
                         THEN EXISTS (SELECT 1 FROM server o WHERE o.tenant_id = a.tenant_id AND o.is_active)
                         ELSE s.id IS NOT NULL AND s.is_active END) AS stands
          FROM alert a
          JOIN tenant t ON t.id = a.tenant_id
          JOIN tenant_settings x ON x.tenant_id = a.tenant_id
          LEFT JOIN server s ON s.tenant_id = a.tenant_id AND s.id = a.server_id
         WHERE a.state <> 'resolved'
         ORDER BY a.opened_at, a.id";
    ALERTS = "
        SELECT a.id, a.tenant_id, a.server_id, a.server_name, a.rule, a.state, a.value, a.threshold, a.detail, a.opened_at,
               a.acknowledged_at, a.acknowledged_by, a.resolved_at,
               (a.server_id IS NOT NULL AND (s.id IS NULL OR s.origin = 'provided')) AS provided,
               (t.is_active AND x.alerts_enabled
                AND CASE WHEN a.server_id IS NULL
                         THEN EXISTS (SELECT 1 FROM server o WHERE o.tenant_id = a.tenant_id AND o.is_active)
                         ELSE s.id IS NOT NULL AND s.is_active END) AS stands
          FROM alert a
          JOIN tenant t ON t.id = a.tenant_id
          JOIN tenant_settings x ON x.tenant_id = a.tenant_id
          LEFT JOIN server s ON s.tenant_id = a.tenant_id AND s.id = a.server_id
         WHERE a.tenant_id = $1
           AND (a.opened_at < $2 OR (a.opened_at = $2 AND a.id < $3))
           AND ($4 OR (a.state = 'resolved') = $5)
           AND ($6 OR a.server_id = $7)
         ORDER BY a.opened_at DESC, a.id DESC
         LIMIT $8";
    COUNT_ALERTS = "
        SELECT count(CASE WHEN state = 'open' THEN 1 END) AS open, count(*) AS active
          FROM alert
         WHERE tenant_id = $1 AND state <> 'resolved'";
    RESOLVE_ALERT = "
        UPDATE alert SET state = 'resolved', resolved_at = $3
         WHERE tenant_id = $1 AND id = $2 AND state <> 'resolved'";
    ACKNOWLEDGE_ALERT = "
        UPDATE alert SET state = 'acknowledged', acknowledged_at = $3, acknowledged_by = $4
         WHERE tenant_id = $1 AND id = $2 AND state = 'open'";
    DROP_ALERTS = "DELETE FROM alert WHERE resolved_at < $1";
}

impl Tenant<'_> {
    /// The newest alerts that are wanted, at most `limit`.
    ///
    /// # Errors
    /// The database.
    pub async fn alerts(&mut self, wanted: AlertWanted, limit: u32) -> Result<Vec<AlertRow>> {
        let tenant = self.tenant();
        let (at, id) = wanted.before.unwrap_or((Micros(i64::MAX), Uuid::max().into()));
        let query = self.tx.query(ALERTS).bind(tenant).bind(at).bind(id);
        let query = query.bind(wanted.resolved.is_none()).bind(wanted.resolved.unwrap_or_default());
        query.bind(wanted.server.is_none()).bind(wanted.server).bind(limit).all().await
    }

    /// How many alerts there are that are not over.
    ///
    /// # Errors
    /// The database.
    pub async fn alert_counts(&mut self) -> Result<AlertCounts> {
        let tenant = self.tenant();
        self.tx.query(COUNT_ALERTS).bind(tenant).one().await
    }
}

impl System<'_> {
    /// Opens an alert; `false` where one is open already, or there is nothing to open it for.
    ///
    /// # Errors
    /// The database.
    pub async fn open_alert(&mut self, new: &NewAlert) -> Result<bool> {
        let query = match new.server_id {
            Some(server) => self.tx.query(OPEN_ALERT).bind(new.id).bind(new.tenant_id).bind(server),
            None => self.tx.query(OPEN_ALERT_OF_ALL).bind(new.id).bind(new.tenant_id),
        };
        let query = query.bind(new.server_name.as_str()).bind(new.rule.name()).bind(new.value).bind(new.threshold);
        Ok(query.bind(new.detail.clone()).bind(new.opened_at).execute().await? == 1)
    }

    /// An alert of a tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn alert(&mut self, tenant: TenantId, id: AlertId) -> Result<Option<AlertRow>> {
        self.tx.query(ALERT).bind(tenant).bind(id).optional().await
    }

    /// All alerts that are not over, the oldest first.
    ///
    /// # Errors
    /// The database.
    pub async fn active_alerts(&mut self) -> Result<Vec<AlertRow>> {
        self.tx.query(ACTIVE_ALERTS).all().await
    }

    /// An alert is over; `false` where it was already.
    ///
    /// # Errors
    /// The database.
    pub async fn resolve_alert(&mut self, tenant: TenantId, id: AlertId, at: Micros) -> Result<bool> {
        Ok(self.tx.query(RESOLVE_ALERT).bind(tenant).bind(id).bind(at).execute().await? == 1)
    }

    /// Somebody takes an alert; `false` where it is not open.
    ///
    /// # Errors
    /// The database.
    pub async fn acknowledge_alert(&mut self, tenant: TenantId, id: AlertId, at: Micros, who: &str) -> Result<bool> {
        Ok(self.tx.query(ACKNOWLEDGE_ALERT).bind(tenant).bind(id).bind(at).bind(who).execute().await? == 1)
    }

    /// Drops alerts that were over before `until`.
    ///
    /// # Errors
    /// The database.
    pub async fn drop_alerts(&mut self, until: Micros) -> Result<u64> {
        self.tx.query(DROP_ALERTS).bind(until).execute().await
    }
}
