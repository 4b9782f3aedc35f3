//! A tenant's settings: what its admins decide for everybody in it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use nexus_model::{Email, FieldError, InvalidInput, Name, TenantId, ViewerScope};
pub use nexus_store::Settings;
use nexus_store::{Store, SystemScope, Whose};
use serde_json::{Value, json};

use crate::access::{Grant, ManageSettings, SeeSettings};
use crate::audit::{Audit, Entry};
use crate::relayed::Announced;

/// The longest description, in characters.
const LONGEST: usize = 1000;
/// How long audit entries may be kept, in days.
const RETENTION: RangeInclusive<i64> = 1..=3650;
/// How long may lie between two checks, in seconds.
const INTERVAL: RangeInclusive<i64> = 10..=3600;
/// Which success rates may be the least, in percent.
const SUCCESS: RangeInclusive<i64> = 50..=100;
/// Which averages may be the longest, in milliseconds.
const LATENCY: RangeInclusive<i64> = 100..=5000;
/// How long a server may be away, in seconds.
const OFFLINE: RangeInclusive<i64> = 10..=3600;

/// Shows and changes settings. Cheap to clone.
#[derive(Clone)]
pub struct TenantSettings {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) audit: Audit,
    /// Is told that a tenant's settings have changed here.
    pub(crate) changed: Arc<dyn Fn(TenantId) + Send + Sync>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The tenant is gone.
    #[error("there is no such tenant")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// Somebody changed them meanwhile.
    #[error("the settings were changed meanwhile")]
    ChangedMeanwhile,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for SettingsError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// Settings as they are entered, whole.
#[derive(Debug, Clone)]
pub struct SettingsInput {
    /// The tenant's name.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Which guests viewers see.
    pub viewer_scope: ViewerScope,
    /// How long audit entries are kept, in days; `None` for ever.
    pub audit_retention_days: Option<i64>,
    /// Between two checks of a server that nobody watches; `None` for the installation's.
    pub health_interval_seconds: Option<i64>,
    /// Whether alerts are raised.
    pub alerts_enabled: bool,
    /// Fewer successful checks are too few.
    pub alert_success_percent: i64,
    /// A longer average is too long.
    pub alert_latency_ms: i64,
    /// A server that is away for longer is away for too long.
    pub alert_offline_seconds: i64,
    /// Who is told of alerts by mail; empty for nobody.
    pub alert_email: Option<String>,
}

/// Notes a number that is not within its range.
fn within(
    wrong: &mut Vec<FieldError>,
    field: &'static str,
    value: Option<i64>,
    range: &RangeInclusive<i64>,
    unit: &str,
) {
    if value.is_some_and(|value| !range.contains(&value)) {
        let detail = format!("must be {} to {} {unit}", range.start(), range.end());
        wrong.push(InvalidInput::new("out_of_range", detail).field(field));
    }
}

impl SettingsInput {
    fn check(self, version: i64) -> Result<Settings, SettingsError> {
        let mut wrong = Vec::new();
        let name = Name::parse(&self.name).map_err(|error| wrong.push(error.field("name"))).ok();
        let description = nexus_model::free_text(&self.description, LONGEST)
            .map_err(|error| wrong.push(error.field("description")))
            .unwrap_or_default();
        within(&mut wrong, "audit_retention_days", self.audit_retention_days, &RETENTION, "days");
        within(&mut wrong, "health_interval_seconds", self.health_interval_seconds, &INTERVAL, "seconds");
        within(&mut wrong, "alert_success_percent", Some(self.alert_success_percent), &SUCCESS, "percent");
        within(&mut wrong, "alert_latency_ms", Some(self.alert_latency_ms), &LATENCY, "milliseconds");
        within(&mut wrong, "alert_offline_seconds", Some(self.alert_offline_seconds), &OFFLINE, "seconds");
        let typed = self.alert_email.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
        let email = typed.map(Email::parse).transpose();
        let alert_email = email.map_err(|error| wrong.push(error.field("alert_email"))).ok().flatten();
        match name {
            Some(name) if wrong.is_empty() => Ok(Settings {
                name: name.as_str().to_owned(),
                description,
                viewer_scope: self.viewer_scope,
                audit_retention_days: self.audit_retention_days,
                health_interval_seconds: self.health_interval_seconds,
                alerts_enabled: self.alerts_enabled,
                alert_success_percent: self.alert_success_percent,
                alert_latency_ms: self.alert_latency_ms,
                alert_offline_seconds: self.alert_offline_seconds,
                alert_email: alert_email.map(|email| email.as_str().to_owned()),
                version,
            }),
            _ => Err(SettingsError::Invalid(wrong)),
        }
    }
}

/// What an audit entry keeps of settings.
fn state(settings: &Settings) -> Value {
    json!({
        "name": settings.name, "description": settings.description, "viewer_scope": settings.viewer_scope,
        "audit_retention_days": settings.audit_retention_days,
        "health_interval_seconds": settings.health_interval_seconds, "alerts_enabled": settings.alerts_enabled,
        "alert_success_percent": settings.alert_success_percent, "alert_latency_ms": settings.alert_latency_ms,
        "alert_offline_seconds": settings.alert_offline_seconds, "alert_email": settings.alert_email,
    })
}

impl TenantSettings {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// The settings.
    ///
    /// # Errors
    /// The store.
    pub async fn get(&self, grant: &Grant<SeeSettings>) -> Result<Settings, SettingsError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        tx.settings().await?.ok_or(SettingsError::NotFound)
    }

    /// Changes the settings whose version is still `version`. The tenant's own row is Nexus': so is the transaction.
    ///
    /// # Errors
    /// Fields, [`SettingsError::ChangedMeanwhile`], the store.
    pub async fn update(
        &self,
        grant: &Grant<ManageSettings>,
        input: SettingsInput,
        version: i64,
    ) -> Result<Settings, SettingsError> {
        let Parts { store, system, audit, changed } = &*self.inner;
        let tenant = grant.tenant_id();
        let new = input.check(version)?;
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        let before = tx.settings(tenant).await?.ok_or(SettingsError::NotFound)?;
        if !tx.update_settings(tenant, &new).await? {
            return Err(SettingsError::ChangedMeanwhile);
        }
        if before.viewer_scope != new.viewer_scope {
            tx.rights_changed(Whose::Tenant(tenant)).await?;
        }
        let entry = Entry::new("settings.update", "tenant", tenant, new.name.as_str());
        let entry = entry.before(state(&before)).after(state(&new));
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
        tx.announce_event(&Announced::Settings(tenant).to_string()).await?;
        tx.commit().await?;
        changed(tenant);
        Ok(Settings { version: version + 1, ..new })
    }
}
