//! Alerts as people see them, and taking one.

use nexus_model::{AlertId, AlertRule, AlertState, Micros, ServerId};
use nexus_store::{AlertRow, AlertWanted};
use serde_json::json;

use super::{Alerts, Parts, facts};
use crate::access::{Grant, ManageServers, SeeServers};
use crate::audit::Entry;
use crate::guests::Sight;
use crate::notifications::Notice;
use crate::page::{BadPage, Page};
use crate::relayed::Announced;

/// An alert as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertView {
    /// Its id.
    pub id: AlertId,
    /// What it is about.
    pub rule: AlertRule,
    /// How far it is.
    pub state: AlertState,
    /// About which server; `None` for all at once.
    pub server: Option<ServerId>,
    /// The server's name then; empty for all at once.
    pub server_name: String,
    /// What was measured when it opened: percent, milliseconds or seconds, by rule.
    pub value: Option<i64>,
    /// What would have been good enough then.
    pub threshold: i64,
    /// More about it, for those who may know a server's inside.
    pub detail: Option<String>,
    /// When it opened.
    pub opened_at: Micros,
    /// When somebody took it.
    pub acknowledged_at: Option<Micros>,
    /// Who.
    pub acknowledged_by: Option<String>,
    /// When it was over.
    pub resolved_at: Option<Micros>,
}

impl Sight {
    /// An alert as the person sees it: for managers and up.
    pub(crate) fn alert(&self, alert: &AlertRow) -> Option<AlertView> {
        self.is_manager().then(|| AlertView {
            id: alert.id,
            rule: alert.rule,
            state: alert.state,
            server: alert.server(),
            server_name: alert.server_name.clone(),
            value: alert.value,
            threshold: alert.threshold,
            detail: alert.detail.clone().filter(|_| self.inside(alert.provided)),
            opened_at: alert.opened_at,
            acknowledged_at: alert.acknowledged_at.map(Micros),
            acknowledged_by: alert.acknowledged_by.clone(),
            resolved_at: alert.resolved_at.map(Micros),
        })
    }
}

/// Which alerts are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlertFilter {
    /// Those that are over, or those that are not, alone.
    pub resolved: Option<bool>,
    /// Of this server alone.
    pub server: Option<ServerId>,
}

/// A page of alerts, newest first.
#[derive(Debug, Clone)]
pub struct AlertPage {
    /// The alerts.
    pub alerts: Vec<AlertView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// How many of the tenant nobody took.
    pub open: i64,
    /// How many are not over.
    pub active: i64,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The tenant has no such alert.
    #[error("there is no such alert")]
    NotFound,
    /// It is over.
    #[error("the alert is over")]
    Resolved,
    /// The page cannot be read.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

impl Alerts {
    /// The tenant's alerts, newest first.
    ///
    /// # Errors
    /// The page, the store.
    pub async fn list(
        &self,
        grant: &Grant<SeeServers>,
        filter: AlertFilter,
        page: &Page,
    ) -> Result<AlertPage, AlertError> {
        let before = page.place::<(i64, AlertId)>()?.map(|(at, id)| (Micros(at), id));
        let AlertFilter { resolved, server } = filter;
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let mut rows = tx.alerts(AlertWanted { resolved, server, before }, page.limit() + 1).await?;
        let counts = tx.alert_counts().await?;
        let next_cursor = page.cut(&mut rows, |row| (row.opened_at.0, row.id));
        let sight = Sight::of(grant);
        let alerts = rows.iter().filter_map(|row| sight.alert(row)).collect();
        Ok(AlertPage { alerts, next_cursor, open: counts.open, active: counts.active })
    }

    /// Says that the person looks after an alert. Twice does nothing more.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn acknowledge(&self, grant: &Grant<ManageServers>, id: AlertId) -> Result<AlertView, AlertError> {
        let Parts { store, system, clock, audit, notices, .. } = &self.inner.parts;
        let (tenant, sight) = (grant.tenant_id(), Sight::of(grant));
        let seen = |alert: &AlertRow| sight.alert(alert).ok_or(AlertError::NotFound);
        let (now, who) = (clock.now(), grant.person().full_name());
        // Everybody who may know is told in the same transaction: so it is Nexus' own.
        let mut tx = store.system_write(system).await?;
        let taken = tx.acknowledge_alert(tenant, id, now, who).await?;
        let alert = tx.alert(tenant, id).await?.ok_or(AlertError::NotFound)?;
        if !taken {
            return if alert.state == AlertState::Resolved { Err(AlertError::Resolved) } else { seen(&alert) };
        }
        let state = json!({ "rule": alert.rule, "server": alert.server(), "opened_at": alert.opened_at });
        let entry = Entry::new("alert.acknowledge", "alert", id, alert.server_name.as_str()).after(state);
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
        let (actor, actor_name) = (grant.person().user(), who.to_owned());
        let notice = Notice::AlertAcknowledged { alert: facts(&alert, now), actor, actor_name };
        let told = notices.write(&mut tx, &notice).await?;
        tx.announce_event(&Announced::Alert(tenant, id).to_string()).await?;
        tx.commit().await?;
        self.tell(alert.clone());
        notices.told(told);
        seen(&alert)
    }
}
