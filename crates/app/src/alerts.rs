//! Alerts: what is wrong with a server for longer than a moment, or with all at once.
//!
//! ```text
//!   checks ─► windows ─► a look every few seconds ─┬─ beyond a threshold ─► open ─► acknowledged ─┐
//!                                                  └─ clearly good again, or nothing to watch ────┴─► resolved
//! ```
//! Which server is judged by which process follows from who asks it; a unique index stands behind that, so that an alert
//! opens once. What is open is read from the database at each look, so that alerts live on when Nexus restarts; nothing
//! opens in a process' first two minutes. Each change is one transaction: row, notices, announcement to other processes.

mod list;
mod network;
mod window;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nexus_model::{AlertId, AlertRule, Micros, ServerId, TenantId};
use nexus_store::{AlertRow, AlertSettings, NewAlert, Store, SystemScope};
use tokio::sync::Notify;

pub use self::list::{AlertError, AlertFilter, AlertPage, AlertView};
use self::network::{Network, is_heard, is_suspect};
pub(crate) use self::window::Windows;
use self::window::{Circumstances, QUIET, Standing, Verdict, Window};
use crate::audit::Audit;
use crate::background::{Background, Beat};
use crate::clock::Clock;
use crate::events::{Events, Happening};
use crate::inventory::Inventory;
use crate::inventory::endpoint::Whereabouts;
use crate::inventory::outage::SHARE_PERCENT;
use crate::notifications::{AlertFacts, Notice, Notifications};
use crate::relayed::Announced;
use crate::secret;

/// The rules that are about one server.
const RULES: [AlertRule; 3] = [AlertRule::SuccessRate, AlertRule::Latency, AlertRule::Offline];

/// Opens, shows and closes alerts. Cheap to clone.
#[derive(Clone)]
pub struct Alerts {
    inner: Arc<Inner>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) fleet: Arc<dyn Asked>,
    pub(crate) events: Events,
    pub(crate) notices: Notifications,
    pub(crate) windows: Windows,
}

/// Which servers are asked, as far as alerts need to know.
pub(crate) trait Asked: Send + Sync {
    /// Whether this process asks the server.
    fn holds(&self, server: ServerId) -> bool;

    /// Whether this process judges what concerns all of a tenant's servers at once.
    fn leads(&self, tenant: TenantId) -> bool;

    /// Where each active server is.
    fn places(&self) -> Vec<(ServerId, Whereabouts)>;
}

impl Asked for Inventory {
    fn holds(&self, server: ServerId) -> bool {
        Self::holds(self, server)
    }

    fn leads(&self, tenant: TenantId) -> bool {
        Self::leads(self, tenant)
    }

    fn places(&self) -> Vec<(ServerId, Whereabouts)> {
        self.all().iter().map(|entry| (entry.endpoint.id, entry.endpoint.place.clone())).collect()
    }
}

struct Inner {
    parts: Parts,
    started_at: Micros,
    /// Something changed that is to be judged now.
    soon: Notify,
    memory: Mutex<Memory>,
}

/// What is remembered between two looks.
#[derive(Default)]
struct Memory {
    network: Network,
    /// Where each server was.
    places: HashMap<ServerId, Whereabouts>,
}

/// What is to be done after a look.
struct Decisions {
    over: Vec<AlertRow>,
    opens: Vec<NewAlert>,
}

impl Alerts {
    pub(crate) fn new(parts: Parts) -> Self {
        let started_at = parts.clock.now();
        Self { inner: Arc::new(Inner { parts, started_at, soon: Notify::new(), memory: Mutex::default() }) }
    }

    /// Starts the task that looks at the checks.
    pub(crate) fn start(parts: Parts, background: &Background, every: Duration) -> Self {
        let alerts = Self::new(parts);
        let own = alerts.clone();
        background.start("alerts", move |beat| own.clone().keep_looking(beat, every));
        alerts
    }

    async fn keep_looking(self, beat: Beat, every: Duration) {
        let mut moves = self.inner.parts.clock.moves();
        loop {
            match self.look().await {
                Ok(()) => beat.done(),
                Err(error) => {
                    beat.failed(&error);
                    tracing::warn!(%error, "alerts cannot be looked after");
                }
            }
            tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                () = self.inner.soon.notified() => {}
                () = moves.moved() => {}
                () = tokio::time::sleep(every) => {}
            }
        }
    }

    /// Settings have changed here: judges by them now.
    pub(crate) fn look_soon(&self) {
        self.inner.soon.notify_one();
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.inner.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges all servers that this process asks, and does what follows.
    pub(crate) async fn look(&self) -> nexus_store::Result<()> {
        let Parts { store, system, windows, clock, .. } = &self.inner.parts;
        let moved = self.moved();
        let mut read = store.system_read(system).await?;
        let settings: HashMap<TenantId, AlertSettings> =
            read.alert_settings().await?.into_iter().map(|settings| (settings.tenant_id, settings)).collect();
        let standing = read.active_alerts().await?;
        read.commit().await?;
        let Decisions { over, opens } = self.decide(&settings, standing, &moved);
        // One that fails does not keep back the others.
        let mut result = Ok(());
        for alert in over {
            let resolved = self.resolve(&alert).await;
            if let (Ok(()), Some(server)) = (&resolved, alert.server()) {
                windows.over(server, alert.rule, clock.now());
            }
            result = result.and(resolved);
        }
        for alert in opens {
            result = result.and(self.open(&alert).await);
        }
        result
    }

    /// Forgets what is known of servers that are asked elsewhere, and of those that are elsewhere now: these are told.
    fn moved(&self) -> Vec<ServerId> {
        let Parts { fleet, windows, .. } = &self.inner.parts;
        windows.keep(|server| fleet.holds(server));
        let places: HashMap<_, _> = fleet.places().into_iter().collect();
        let before = std::mem::replace(&mut self.memory().places, places.clone());
        let elsewhere = places.iter().filter(|(id, place)| before.get(*id).is_some_and(|before| before != *place));
        let moved: Vec<ServerId> = elsewhere.map(|(id, _)| *id).collect();
        moved.iter().for_each(|server| windows.forget(*server));
        moved
    }

    fn decide(
        &self,
        settings: &HashMap<TenantId, AlertSettings>,
        standing: Vec<AlertRow>,
        moved: &[ServerId],
    ) -> Decisions {
        let Parts { clock, windows, fleet, .. } = &self.inner.parts;
        let (now, started_at) = (clock.now(), self.inner.started_at);
        let windows = windows.lock();
        let network = {
            let mut memory = self.memory();
            memory.network.look(&windows, now);
            memory.network.clone()
        };
        let seen = Seen { settings, windows: &windows, network: &network, fleet: &**fleet, now, started_at };
        let known: HashSet<_> = standing.iter().map(|alert| (alert.tenant_id, alert.server(), alert.rule)).collect();
        let mut opens = seen.bad(&known);
        opens.extend(seen.lost(&known));
        Decisions { over: standing.into_iter().filter(|alert| seen.is_over(alert, moved)).collect(), opens }
    }

    async fn open(&self, new: &NewAlert) -> nexus_store::Result<()> {
        let Parts { store, system, notices, .. } = &self.inner.parts;
        let mut tx = store.system_write(system).await?;
        if !tx.open_alert(new).await? {
            return Ok(());
        }
        let Some(alert) = tx.alert(new.tenant_id, new.id).await? else { return Ok(()) };
        let told = notices.write(&mut tx, &Notice::AlertOpened { alert: facts(&alert, new.opened_at) }).await?;
        tx.announce_event(&Announced::Alert(alert.tenant_id, alert.id).to_string()).await?;
        tx.commit().await?;
        tracing::warn!(alert.id = %alert.id, rule = alert.rule.name(), value = alert.value, "an alert opens");
        self.tell(alert);
        notices.told(told);
        Ok(())
    }

    async fn resolve(&self, alert: &AlertRow) -> nexus_store::Result<()> {
        let Parts { store, system, clock, notices, .. } = &self.inner.parts;
        let now = clock.now();
        let mut tx = store.system_write(system).await?;
        if !tx.resolve_alert(alert.tenant_id, alert.id, now).await? {
            return Ok(());
        }
        let Some(alert) = tx.alert(alert.tenant_id, alert.id).await? else { return Ok(()) };
        let told = notices.write(&mut tx, &Notice::AlertResolved { alert: facts(&alert, now) }).await?;
        tx.announce_event(&Announced::Alert(alert.tenant_id, alert.id).to_string()).await?;
        tx.commit().await?;
        tracing::info!(alert.id = %alert.id, rule = alert.rule.name(), "an alert is over");
        self.tell(alert);
        notices.told(told);
        Ok(())
    }

    /// Another process changed an alert: tells those who watch here.
    pub(crate) async fn heard(&self, tenant: TenantId, id: AlertId) -> nexus_store::Result<()> {
        let Parts { store, system, .. } = &self.inner.parts;
        let mut read = store.system_read(system).await?;
        let alert = read.alert(tenant, id).await?;
        read.commit().await?;
        if let Some(alert) = alert {
            self.tell(alert);
        }
        Ok(())
    }

    fn tell(&self, alert: AlertRow) {
        self.inner.parts.events.tell(alert.tenant_id, Happening::Alert(Box::new(alert)));
    }
}

/// What one look sees.
struct Seen<'a> {
    settings: &'a HashMap<TenantId, AlertSettings>,
    windows: &'a HashMap<ServerId, Window>,
    network: &'a Network,
    fleet: &'a dyn Asked,
    now: Micros,
    started_at: Micros,
}

/// What an alert is about.
type About = (TenantId, Option<ServerId>, AlertRule);

impl Seen<'_> {
    fn judge(
        &self,
        server: ServerId,
        rule: AlertRule,
        settings: &AlertSettings,
        standing: Option<Standing>,
    ) -> Verdict {
        let (now, started_at, network) = (self.now, self.started_at, self.network);
        let around = Circumstances { now, started_at, network, suspect: is_suspect(self.windows, server, now) };
        self.windows.get(&server).map_or(Verdict::Unclear, |window| window.judge(rule, settings, standing, &around))
    }

    /// Whether an alert that stands has nothing to stand on any more.
    fn is_over(&self, alert: &AlertRow, moved: &[ServerId]) -> bool {
        let Some(settings) = self.settings.get(&alert.tenant_id).filter(|_| alert.stands) else { return true };
        let Some(server) = alert.server() else {
            let back = self.network.lost().is_none() && is_heard(self.windows, self.now);
            return back && self.fleet.leads(alert.tenant_id);
        };
        let standing = Standing { opened_at: alert.opened_at, threshold: alert.threshold };
        moved.contains(&server) || self.judge(server, alert.rule, settings, Some(standing)) == Verdict::Good
    }

    /// The alerts of single servers that are to be opened.
    fn bad(&self, known: &HashSet<About>) -> Vec<NewAlert> {
        let mut opens = Vec::new();
        for (server, window) in self.windows {
            let Some(settings) = self.settings.get(&window.tenant) else { continue };
            for rule in RULES.into_iter().filter(|rule| !known.contains(&(window.tenant, Some(*server), *rule))) {
                let Verdict::Bad { value, detail } = self.judge(*server, rule, settings, None) else { continue };
                opens.push(NewAlert {
                    id: secret::id(),
                    tenant_id: window.tenant,
                    server_id: Some(*server),
                    server_name: window.name.to_string(),
                    rule,
                    value: Some(value),
                    threshold: threshold(settings, rule),
                    detail,
                    opened_at: self.now,
                });
            }
        }
        opens
    }

    /// The alerts of all servers at once that are to be opened.
    fn lost(&self, known: &HashSet<About>) -> Vec<NewAlert> {
        let loud = self.now.since(self.started_at) >= QUIET;
        let Some(lost) = self.network.lost().filter(|_| loud) else { return Vec::new() };
        let silent = self.windows.values().filter(|window| window.is_silent()).map(|window| window.tenant);
        let tenants: BTreeSet<TenantId> = silent.filter(|tenant| self.settings.contains_key(tenant)).collect();
        let opens = tenants
            .into_iter()
            .filter(|tenant| !known.contains(&(*tenant, None, AlertRule::Network)) && self.fleet.leads(*tenant));
        opens.map(|tenant| of_all(tenant, lost, self.now)).collect()
    }
}

fn threshold(settings: &AlertSettings, rule: AlertRule) -> i64 {
    match rule {
        AlertRule::SuccessRate => settings.alert_success_percent,
        AlertRule::Latency => settings.alert_latency_ms,
        AlertRule::Offline => settings.alert_offline_seconds,
        AlertRule::Network => signed(SHARE_PERCENT),
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The alert of a tenant whose servers are all silent.
fn of_all(tenant: TenantId, lost: network::Lost, now: Micros) -> NewAlert {
    NewAlert {
        id: secret::id(),
        tenant_id: tenant,
        server_id: None,
        server_name: String::new(),
        rule: AlertRule::Network,
        value: Some(signed(lost.silent * 100 / lost.of.max(1))),
        threshold: signed(SHARE_PERCENT),
        detail: None,
        opened_at: now,
    }
}

/// What people are told of an alert, as it is since `at`.
fn facts(alert: &AlertRow, at: Micros) -> AlertFacts {
    AlertFacts {
        id: alert.id,
        tenant: alert.tenant_id,
        server: alert.server(),
        server_name: alert.server_name.clone(),
        rule: alert.rule,
        value: alert.value,
        threshold: alert.threshold,
        detail: alert.detail.clone().filter(|_| !alert.provided),
        at,
    }
}
