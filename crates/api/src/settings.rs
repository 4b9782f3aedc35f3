//! A tenant's settings.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::access::{ManageSettings, SeeSettings};
use nexus_app::accounts::Language;
use nexus_app::settings::{Brand, Defaults, Logo, SettingsError, SettingsInput, SettingsView};
use nexus_model::{TlsMode, ViewerScope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::account::LanguageOut;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May};
use crate::version::{IfMatch, tagged};
use crate::wire::{At, mirrored};

mirrored! {
    /// Which guests a viewer sees.
    ViewerScopeOut = ViewerScope { Assigned, All }
}

mirrored! {
    /// How a server's certificate is checked.
    TlsModeOut = TlsMode { Insecure, Pin, Ca, Verify }
}

/// How a tenant looks. Colours are `#rrggbb` in lower case; null for Nexus' own.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Brand)]
pub(crate) struct BrandOut {
    primary_color: Option<String>,
    secondary_color: Option<String>,
    accent_color: Option<String>,
    /// Names the logo, and a new one has a new name; null without one.
    logo: Option<String>,
}

impl From<Brand> for BrandOut {
    fn from(brand: Brand) -> Self {
        let Brand { primary_color, secondary_color, accent_color, logo } = brand;
        Self { primary_color, secondary_color, accent_color, logo }
    }
}

/// A tenant's logo, as it is kept.
#[derive(Serialize, ToSchema)]
#[schema(as = Logo)]
pub(crate) struct LogoOut {
    tag: String,
    content_type: String,
    width: i64,
    height: i64,
    size_bytes: i64,
    #[schema(value_type = At)]
    updated_at: At,
}

impl From<Logo> for LogoOut {
    fn from(logo: Logo) -> Self {
        let Logo { tag, content_type, width, height, size_bytes, updated_at } = logo;
        Self { tag, content_type, width, height, size_bytes, updated_at: At(updated_at) }
    }
}

/// What holds where a setting is null.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingsDefaults)]
pub(crate) struct SettingsDefaultsOut {
    /// Seconds between two checks.
    health_interval_seconds: u64,
    /// Consoles of one person at once: the installation's limit, which no tenant passes.
    console_per_user: u32,
}

impl From<Defaults> for SettingsDefaultsOut {
    fn from(defaults: Defaults) -> Self {
        let Defaults { health_interval_seconds, console_per_user } = defaults;
        Self { health_interval_seconds, console_per_user }
    }
}

/// A tenant's settings.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
pub(crate) struct SettingsOut {
    name: String,
    description: String,
    viewer_scope: ViewerScopeOut,
    /// Null for ever.
    audit_retention_days: Option<i64>,
    /// Null for the installation's.
    health_interval_seconds: Option<i64>,
    alerts_enabled: bool,
    alert_success_percent: i64,
    alert_latency_ms: i64,
    alert_offline_seconds: i64,
    alert_email: Option<String>,
    mail_on_alert: bool,
    mail_on_recovery: bool,
    language: LanguageOut,
    primary_color: Option<String>,
    secondary_color: Option<String>,
    accent_color: Option<String>,
    logo_on_sign_in: bool,
    default_timeout_seconds: i64,
    default_tls_mode: TlsModeOut,
    /// Null for the installation's limit.
    console_per_user: Option<i64>,
    /// Null for no limit.
    console_per_guest: Option<i64>,
    /// Null for no limit.
    console_per_tenant: Option<i64>,
    /// Null for ever.
    console_idle_seconds: Option<i64>,
    /// Null for ever.
    console_max_seconds: Option<i64>,
    logo: Option<LogoOut>,
    defaults: SettingsDefaultsOut,
    /// To send as `If-Match` with a change.
    version: i64,
}

impl From<SettingsView> for SettingsOut {
    fn from(view: SettingsView) -> Self {
        let SettingsView { settings, logo, defaults } = view;
        Self {
            name: settings.name,
            description: settings.description,
            viewer_scope: settings.viewer_scope.into(),
            audit_retention_days: settings.audit_retention_days,
            health_interval_seconds: settings.health_interval_seconds,
            alerts_enabled: settings.alerts_enabled,
            alert_success_percent: settings.alert_success_percent,
            alert_latency_ms: settings.alert_latency_ms,
            alert_offline_seconds: settings.alert_offline_seconds,
            alert_email: settings.alert_email,
            mail_on_alert: settings.mail_on_alert,
            mail_on_recovery: settings.mail_on_recovery,
            language: Language::stored(&settings.language).into(),
            primary_color: settings.primary_color,
            secondary_color: settings.secondary_color,
            accent_color: settings.accent_color,
            logo_on_sign_in: settings.logo_on_sign_in,
            default_timeout_seconds: settings.default_timeout_seconds,
            default_tls_mode: settings.default_tls_mode.into(),
            console_per_user: settings.console_per_user,
            console_per_guest: settings.console_per_guest,
            console_per_tenant: settings.console_per_tenant,
            console_idle_seconds: settings.console_idle_seconds,
            console_max_seconds: settings.console_max_seconds,
            logo: logo.map(Into::into),
            defaults: defaults.into(),
            version: settings.version,
        }
    }
}

/// A tenant's settings, whole.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SettingsIn {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(max_length = 1000)]
    description: String,
    viewer_scope: ViewerScopeOut,
    /// Null for ever.
    #[schema(minimum = 1, maximum = 3650)]
    audit_retention_days: Option<i64>,
    /// Null for the installation's.
    #[schema(minimum = 10, maximum = 3600)]
    health_interval_seconds: Option<i64>,
    alerts_enabled: bool,
    #[schema(minimum = 50, maximum = 100)]
    alert_success_percent: i64,
    #[schema(minimum = 100, maximum = 5000)]
    alert_latency_ms: i64,
    #[schema(minimum = 10, maximum = 3600)]
    alert_offline_seconds: i64,
    /// Who is told of alerts by mail, beside members who want to be; null for nobody.
    #[schema(max_length = 254)]
    alert_email: Option<String>,
    /// Whether that address is told when an alert opens.
    mail_on_alert: bool,
    /// Whether it is told when one is over.
    mail_on_recovery: bool,
    /// Of letters to that address, and to whoever has no account.
    language: LanguageOut,
    /// `#rrggbb` that can be seen on white and on the dark background; null for Nexus' own.
    #[schema(max_length = 7)]
    primary_color: Option<String>,
    /// The same.
    #[schema(max_length = 7)]
    secondary_color: Option<String>,
    /// The same.
    #[schema(max_length = 7)]
    accent_color: Option<String>,
    /// Whether name, colours and logo are shown to whoever is not signed in.
    logo_on_sign_in: bool,
    /// What a new server begins with.
    #[schema(minimum = 1, maximum = 120)]
    default_timeout_seconds: i64,
    /// The same.
    default_tls_mode: TlsModeOut,
    /// Null for the installation's limit.
    #[schema(minimum = 1, maximum = 100)]
    console_per_user: Option<i64>,
    /// Null for no limit.
    #[schema(minimum = 1, maximum = 100)]
    console_per_guest: Option<i64>,
    /// Null for no limit.
    #[schema(minimum = 1, maximum = 10000)]
    console_per_tenant: Option<i64>,
    /// How long nobody may type; null for ever.
    #[schema(minimum = 120, maximum = 86400)]
    console_idle_seconds: Option<i64>,
    /// How long a console may last; null for ever.
    #[schema(minimum = 300, maximum = 604800)]
    console_max_seconds: Option<i64>,
}

impl From<SettingsIn> for SettingsInput {
    fn from(settings: SettingsIn) -> Self {
        Self {
            name: settings.name,
            description: settings.description,
            viewer_scope: settings.viewer_scope.into(),
            audit_retention_days: settings.audit_retention_days,
            health_interval_seconds: settings.health_interval_seconds,
            alerts_enabled: settings.alerts_enabled,
            alert_success_percent: settings.alert_success_percent,
            alert_latency_ms: settings.alert_latency_ms,
            alert_offline_seconds: settings.alert_offline_seconds,
            alert_email: settings.alert_email,
            mail_on_alert: settings.mail_on_alert,
            mail_on_recovery: settings.mail_on_recovery,
            language: settings.language.into(),
            primary_color: settings.primary_color,
            secondary_color: settings.secondary_color,
            accent_color: settings.accent_color,
            logo_on_sign_in: settings.logo_on_sign_in,
            default_timeout_seconds: settings.default_timeout_seconds,
            default_tls_mode: settings.default_tls_mode.into(),
            console_per_user: settings.console_per_user,
            console_per_guest: settings.console_per_guest,
            console_per_tenant: settings.console_per_tenant,
            console_idle_seconds: settings.console_idle_seconds,
            console_max_seconds: settings.console_max_seconds,
        }
    }
}

fn whole(view: SettingsView) -> Response {
    tagged(StatusCode::OK, view.settings.version, SettingsOut::from(view))
}

/// The settings.
#[utoipa::path(get, path = "/tenants/{tenant}/settings", tag = "tenant", operation_id = "get_settings",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = SettingsOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn get(State(api): State<Api>, May(grant): May<SeeSettings>) -> Result<Response, ApiError> {
    Ok(whole(api.app.settings.get(&grant).await?))
}

/// Changes the settings; `If-Match` says which version of them.
#[utoipa::path(put, path = "/tenants/{tenant}/settings", tag = "tenant", operation_id = "update_settings",
    params(("tenant" = Uuid, Path,), ("if-match" = String, Header,)), request_body = SettingsIn,
    responses((status = 200, body = SettingsOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
              (status = 428, body = Problem)))]
pub(crate) async fn update(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
    IfMatch(version): IfMatch,
    Body(input): Body<SettingsIn>,
) -> Result<Response, ApiError> {
    Ok(whole(api.app.settings.update(&grant, input.into(), version).await?))
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::NotFound => Self::not_found(),
            SettingsError::Invalid(fields) => Self::invalid(fields),
            SettingsError::ChangedMeanwhile => Self::changed_meanwhile(),
            SettingsError::Store(cause) => Self::internal(cause),
        }
    }
}
