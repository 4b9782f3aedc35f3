//! A tenant's settings. Its name and description are part of them for its admins; `tenant.version` counts changes of all.

use nexus_model::{TenantId, Tls, TlsMode, ViewerScope};
use uuid::Uuid;

use crate::db::sql;
use crate::{Error, Result, System, Tenant};

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
    /// Who is told of alerts by mail, beside members who want to be.
    pub alert_email: Option<String>,
    /// Whether that address is told when an alert opens.
    pub mail_on_alert: bool,
    /// Whether it is told when one is over.
    pub mail_on_recovery: bool,
    /// Of letters to whoever has no account.
    pub language: String,
    /// `#rrggbb` in lower case; `None` for Nexus' own.
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
    #[sqlx(try_from = "String")]
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
    /// Counts changes.
    pub version: i64,
}

/// What a new server begins with where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct ServerDefaults {
    /// For connecting.
    pub timeout_seconds: i64,
    /// How the certificate is checked.
    #[sqlx(try_from = "String")]
    pub tls_mode: TlsMode,
}

impl ServerDefaults {
    /// For connecting, in whole seconds.
    #[must_use]
    pub fn timeout(&self) -> u32 {
        u32::try_from(self.timeout_seconds).unwrap_or(u32::MAX)
    }

    /// How the certificate is checked where neither a fingerprint nor a CA is given: what needs one of them is no less
    /// strict without.
    #[must_use]
    pub fn tls(&self) -> Tls {
        match self.tls_mode {
            TlsMode::Insecure => Tls::Insecure,
            TlsMode::Pin | TlsMode::Ca | TlsMode::Verify => Tls::Verify,
        }
    }
}

/// When a tenant's alerts are raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct AlertSettings {
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// Fewer successful checks are too few.
    pub alert_success_percent: i64,
    /// A longer average is too long.
    pub alert_latency_ms: i64,
    /// A server that is away for longer is away for too long.
    pub alert_offline_seconds: i64,
}

sql! {
    SETTINGS = "
        SELECT t.name, t.description, s.viewer_scope, s.audit_retention_days, s.health_interval_seconds, s.alerts_enabled,
               s.alert_success_percent, s.alert_latency_ms, s.alert_offline_seconds, s.alert_email, s.mail_on_alert,
               s.mail_on_recovery, s.language, s.primary_color, s.secondary_color, s.accent_color, s.logo_on_sign_in,
               s.default_timeout_seconds, s.default_tls_mode, s.console_per_user, s.console_per_guest,
               s.console_per_tenant, s.console_idle_seconds, s.console_max_seconds, t.version
          FROM tenant t
          JOIN tenant_settings s ON s.tenant_id = t.id
         WHERE t.id = $1";
    UPDATE_TENANT = "
        UPDATE tenant SET name = $3, description = $4, version = version + 1
         WHERE id = $1 AND version = $2";
    UPDATE_SETTINGS = "
        UPDATE tenant_settings
           SET viewer_scope = $2, audit_retention_days = $3, health_interval_seconds = $4, alerts_enabled = $5,
               alert_success_percent = $6, alert_latency_ms = $7, alert_offline_seconds = $8, alert_email = $9,
               mail_on_alert = $10, mail_on_recovery = $11, language = $12, primary_color = $13, secondary_color = $14,
               accent_color = $15, logo_on_sign_in = $16, default_timeout_seconds = $17, default_tls_mode = $18,
               console_per_user = $19, console_per_guest = $20, console_per_tenant = $21, console_idle_seconds = $22,
               console_max_seconds = $23
         WHERE tenant_id = $1";
    SERVER_DEFAULTS = "
        SELECT default_timeout_seconds AS timeout_seconds, default_tls_mode AS tls_mode
          FROM tenant_settings
         WHERE tenant_id = $1";
    ALERT_SETTINGS = "
        SELECT s.tenant_id, s.alert_success_percent, s.alert_latency_ms, s.alert_offline_seconds
          FROM tenant_settings s
          JOIN tenant t ON t.id = s.tenant_id
         WHERE s.alerts_enabled AND t.is_active";
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

    /// What a new server begins with.
    ///
    /// # Errors
    /// [`Error::Missing`]: the tenant is gone. The database.
    pub async fn server_defaults(&mut self) -> Result<ServerDefaults> {
        let tenant = self.tenant();
        self.tx.query(SERVER_DEFAULTS).bind(tenant).optional().await?.ok_or(Error::Missing)
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
        let query = query.bind(new.audit_retention_days).bind(new.health_interval_seconds).bind(new.alerts_enabled);
        let query = query.bind(new.alert_success_percent).bind(new.alert_latency_ms).bind(new.alert_offline_seconds);
        let query = query.bind(new.alert_email.clone()).bind(new.mail_on_alert).bind(new.mail_on_recovery);
        let query = query.bind(new.language.as_str()).bind(new.primary_color.clone()).bind(new.secondary_color.clone());
        let query = query.bind(new.accent_color.clone()).bind(new.logo_on_sign_in).bind(new.default_timeout_seconds);
        let query = query.bind(new.default_tls_mode.name()).bind(new.console_per_user).bind(new.console_per_guest);
        let query = query.bind(new.console_per_tenant).bind(new.console_idle_seconds).bind(new.console_max_seconds);
        query.execute().await?;
        Ok(true)
    }

    /// When alerts are raised, of each open tenant that wants them.
    ///
    /// # Errors
    /// The database.
    pub async fn alert_settings(&mut self) -> Result<Vec<AlertSettings>> {
        self.tx.query(ALERT_SETTINGS).all().await
    }
}
