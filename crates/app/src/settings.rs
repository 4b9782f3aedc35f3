//! A tenant's settings: what its admins decide for everybody in it.

use std::sync::Arc;

use nexus_model::{FieldError, InvalidInput, Name, ViewerScope};
pub use nexus_store::Settings;
use nexus_store::{Store, SystemScope, Whose};
use serde_json::{Value, json};

use crate::access::{Grant, ManageSettings, SeeSettings};
use crate::audit::{Audit, Entry};

/// The longest description, in characters.
const LONGEST: usize = 1000;
/// How long audit entries may be kept, in days.
const RETENTION: std::ops::RangeInclusive<i64> = 1..=3650;

/// Shows and changes settings. Cheap to clone.
#[derive(Clone)]
pub struct TenantSettings {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) audit: Audit,
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
}

impl SettingsInput {
    fn check(self, version: i64) -> Result<Settings, SettingsError> {
        let mut wrong = Vec::new();
        let name = Name::parse(&self.name).map_err(|error| wrong.push(error.field("name"))).ok();
        let description = nexus_model::free_text(&self.description, LONGEST)
            .map_err(|error| wrong.push(error.field("description")))
            .unwrap_or_default();
        if self.audit_retention_days.is_some_and(|days| !RETENTION.contains(&days)) {
            wrong.push(InvalidInput::new("out_of_range", "must be 1 to 3650 days").field("audit_retention_days"));
        }
        match name {
            Some(name) if wrong.is_empty() => Ok(Settings {
                name: name.as_str().to_owned(),
                description,
                viewer_scope: self.viewer_scope,
                audit_retention_days: self.audit_retention_days,
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
        let Parts { store, system, audit } = &*self.inner;
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
        tx.commit().await?;
        Ok(Settings { version: version + 1, ..new })
    }
}
