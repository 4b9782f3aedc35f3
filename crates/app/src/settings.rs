//! A tenant's settings: what its admins decide for everybody in it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use nexus_model::{Email, FieldError, InvalidInput, Name, TenantId, TlsMode, ViewerScope};
pub use nexus_store::{Brand, Logo, ServerDefaults, Settings};
use nexus_store::{Store, SystemScope, Whose};
use serde_json::{Value, json};

use crate::access::{Grant, ManageServers, ManageSettings, SeeSettings, SeeTenant};
use crate::accounts::Language;
use crate::audit::{Audit, Entry};
use crate::colour;
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

/// How long connecting to a server may take, in seconds.
const TIMEOUT: RangeInclusive<i64> = 1..=120;
/// How many consoles a person or a guest may have at a time.
const CONSOLES: RangeInclusive<i64> = 1..=100;
/// How many a tenant may have.
const CONSOLES_IN_ALL: RangeInclusive<i64> = 1..=10_000;
/// How long nobody may type, in seconds.
const IDLE: RangeInclusive<i64> = 120..=86_400;
/// How long a console may last, in seconds.
const CONSOLE: RangeInclusive<i64> = 300..=604_800;

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
    pub(crate) defaults: Defaults,
}

/// What holds where a setting is left empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// Between two checks of a server that nobody watches.
    pub health_interval_seconds: u64,
    /// Consoles of one person at a time: the installation's limit, which no tenant passes.
    pub console_per_user: u32,
}

/// A tenant's settings, with what stands beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsView {
    /// The settings.
    pub settings: Settings,
    /// The logo, where there is one.
    pub logo: Option<Logo>,
    /// What holds where a setting is left empty.
    pub defaults: Defaults,
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
    /// Whether that address is told when an alert opens.
    pub mail_on_alert: bool,
    /// Whether it is told when one is over.
    pub mail_on_recovery: bool,
    /// Of letters to whoever has no account.
    pub language: Language,
    /// `#rrggbb`; empty for Nexus' own.
    pub primary_color: Option<String>,
    /// The same.
    pub secondary_color: Option<String>,
    /// The same.
    pub accent_color: Option<String>,
    /// Whether name, colours and logo are shown to whoever is not signed in.
    pub logo_on_sign_in: bool,
    /// What a new server begins with.
    pub default_timeout_seconds: i64,
    /// The same.
    pub default_tls_mode: TlsMode,
    /// Consoles of one person at a time; `None` for the installation's limit.
    pub console_per_user: Option<i64>,
    /// Consoles of one guest at a time; `None` for no limit.
    pub console_per_guest: Option<i64>,
    /// Consoles of the whole tenant at a time; `None` for no limit.
    pub console_per_tenant: Option<i64>,
    /// How long nobody may type in a console; `None` for ever.
    pub console_idle_seconds: Option<i64>,
    /// How long a console may last; `None` for ever.
    pub console_max_seconds: Option<i64>,
}

impl Default for SettingsInput {
    /// A new tenant's; the name stays to be entered.
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            viewer_scope: ViewerScope::Assigned,
            audit_retention_days: None,
            health_interval_seconds: None,
            alerts_enabled: true,
            alert_success_percent: 80,
            alert_latency_ms: 500,
            alert_offline_seconds: 300,
            alert_email: None,
            mail_on_alert: true,
            mail_on_recovery: true,
            language: Language::En,
            primary_color: None,
            secondary_color: None,
            accent_color: None,
            logo_on_sign_in: false,
            default_timeout_seconds: 10,
            default_tls_mode: TlsMode::Pin,
            console_per_user: None,
            console_per_guest: None,
            console_per_tenant: None,
            console_idle_seconds: None,
            console_max_seconds: None,
        }
    }
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

/// A colour as it is stored; notes one that cannot be taken.
fn tint(wrong: &mut Vec<FieldError>, field: &'static str, typed: Option<&str>) -> Option<String> {
    let typed = typed.map(str::trim).filter(|typed| !typed.is_empty())?;
    colour::checked(typed).map_err(|error| wrong.push(error.field(field))).ok()
}

impl SettingsInput {
    fn check_numbers(&self, wrong: &mut Vec<FieldError>) {
        within(wrong, "audit_retention_days", self.audit_retention_days, &RETENTION, "days");
        within(wrong, "health_interval_seconds", self.health_interval_seconds, &INTERVAL, "seconds");
        within(wrong, "alert_success_percent", Some(self.alert_success_percent), &SUCCESS, "percent");
        within(wrong, "alert_latency_ms", Some(self.alert_latency_ms), &LATENCY, "milliseconds");
        within(wrong, "alert_offline_seconds", Some(self.alert_offline_seconds), &OFFLINE, "seconds");
        within(wrong, "default_timeout_seconds", Some(self.default_timeout_seconds), &TIMEOUT, "seconds");
        within(wrong, "console_per_user", self.console_per_user, &CONSOLES, "consoles");
        within(wrong, "console_per_guest", self.console_per_guest, &CONSOLES, "consoles");
        within(wrong, "console_per_tenant", self.console_per_tenant, &CONSOLES_IN_ALL, "consoles");
        within(wrong, "console_idle_seconds", self.console_idle_seconds, &IDLE, "seconds");
        within(wrong, "console_max_seconds", self.console_max_seconds, &CONSOLE, "seconds");
    }

    fn check(self, version: i64) -> Result<Settings, SettingsError> {
        let mut wrong = Vec::new();
        let name = Name::parse(&self.name).map_err(|error| wrong.push(error.field("name"))).ok();
        let description = nexus_model::free_text(&self.description, LONGEST)
            .map_err(|error| wrong.push(error.field("description")))
            .unwrap_or_default();
        self.check_numbers(&mut wrong);
        let typed = self.alert_email.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
        let email = typed.map(Email::parse).transpose();
        let alert_email = email.map_err(|error| wrong.push(error.field("alert_email"))).ok().flatten();
        let primary_color = tint(&mut wrong, "primary_color", self.primary_color.as_deref());
        let secondary_color = tint(&mut wrong, "secondary_color", self.secondary_color.as_deref());
        let accent_color = tint(&mut wrong, "accent_color", self.accent_color.as_deref());
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
                mail_on_alert: self.mail_on_alert,
                mail_on_recovery: self.mail_on_recovery,
                language: self.language.name().to_owned(),
                primary_color,
                secondary_color,
                accent_color,
                logo_on_sign_in: self.logo_on_sign_in,
                default_timeout_seconds: self.default_timeout_seconds,
                default_tls_mode: self.default_tls_mode,
                console_per_user: self.console_per_user,
                console_per_guest: self.console_per_guest,
                console_per_tenant: self.console_per_tenant,
                console_idle_seconds: self.console_idle_seconds,
                console_max_seconds: self.console_max_seconds,
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
        "mail_on_alert": settings.mail_on_alert, "mail_on_recovery": settings.mail_on_recovery,
        "language": settings.language, "primary_color": settings.primary_color,
        "secondary_color": settings.secondary_color, "accent_color": settings.accent_color,
        "logo_on_sign_in": settings.logo_on_sign_in, "default_timeout_seconds": settings.default_timeout_seconds,
        "default_tls_mode": settings.default_tls_mode.name(), "console_per_user": settings.console_per_user,
        "console_per_guest": settings.console_per_guest, "console_per_tenant": settings.console_per_tenant,
        "console_idle_seconds": settings.console_idle_seconds, "console_max_seconds": settings.console_max_seconds,
    })
}

impl TenantSettings {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// Who is told that a tenant's settings have changed here.
    pub(crate) fn changed(&self) -> Arc<dyn Fn(TenantId) + Send + Sync> {
        Arc::clone(&self.inner.changed)
    }

    /// The settings.
    ///
    /// # Errors
    /// The store.
    pub async fn get(&self, grant: &Grant<SeeSettings>) -> Result<SettingsView, SettingsError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let settings = tx.settings().await?.ok_or(SettingsError::NotFound)?;
        Ok(SettingsView { settings, logo: tx.logo().await?, defaults: self.inner.defaults })
    }

    /// How the tenant looks.
    ///
    /// # Errors
    /// The store.
    pub async fn brand(&self, grant: &Grant<SeeTenant>) -> Result<Brand, SettingsError> {
        let mut tx = self.inner.store.system_read(&self.inner.system).await?;
        Ok(tx.brand(grant.tenant_id()).await?)
    }

    /// What a new server begins with where nothing else is said.
    ///
    /// # Errors
    /// The store.
    pub async fn server_defaults(&self, grant: &Grant<ManageServers>) -> Result<ServerDefaults, SettingsError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        Ok(tx.server_defaults().await?)
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
    ) -> Result<SettingsView, SettingsError> {
        let Parts { store, system, audit, changed, defaults } = &*self.inner;
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
        let logo = tx.logo(tenant).await?;
        tx.commit().await?;
        changed(tenant);
        Ok(SettingsView { settings: Settings { version: version + 1, ..new }, logo, defaults: *defaults })
    }
}
