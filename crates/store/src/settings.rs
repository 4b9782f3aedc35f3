//! A tenant's settings. Its name and description are part of them for its admins; `tenant.version` counts changes of all.

use nexus_model::{TenantId, ViewerScope};

use crate::db::sql;
use crate::{Result, System, Tenant};

/// A tenant's settings.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Settings {
    /// The tenant's name.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Which guests viewers see.
    #[sqlx(try_from = "String")]
    pub viewer_scope: ViewerScope,
    /// How long audit entries are kept; `None` for ever.
    pub audit_retention_days: Option<i64>,
    /// Counts changes.
    pub version: i64,
}

sql! {
    SETTINGS = "
        SELECT t.name, t.description, s.viewer_scope, s.audit_retention_days, t.version
          FROM tenant t
          JOIN tenant_settings s ON s.tenant_id = t.id
         WHERE t.id = $1";
    UPDATE_TENANT = "
        UPDATE tenant SET name = $3, description = $4, version = version + 1
         WHERE id = $1 AND version = $2";
    UPDATE_SETTINGS = "UPDATE tenant_settings SET viewer_scope = $2, audit_retention_days = $3 WHERE tenant_id = $1";
}

impl Tenant<'_> {
    /// The settings; `None` when the tenant is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn settings(&mut self) -> Result<Option<Settings>> {
        let tenant = self.tenant();
        self.tx.query(SETTINGS).bind(tenant).optional().await
    }
}

impl System<'_> {
    /// A tenant's settings; `None` when it is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn settings(&mut self, tenant: TenantId) -> Result<Option<Settings>> {
        self.tx.query(SETTINGS).bind(tenant).optional().await
    }

    /// Changes the settings of the tenant whose version is still `new.version`; whether there was one. The caller calls
    /// `rights_changed` when the viewers' scope changes.
    ///
    /// # Errors
    /// The database.
    pub async fn update_settings(&mut self, tenant: TenantId, new: &Settings) -> Result<bool> {
        let query = self.tx.query(UPDATE_TENANT).bind(tenant).bind(new.version);
        if query.bind(new.name.as_str()).bind(new.description.as_str()).execute().await? != 1 {
            return Ok(false);
        }
        let query = self.tx.query(UPDATE_SETTINGS).bind(tenant).bind(new.viewer_scope.name());
        query.bind(new.audit_retention_days).execute().await?;
        Ok(true)
    }
}
