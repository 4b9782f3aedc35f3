//! Puts the parts together by the settings: database, keys, clock, dialer, operations.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use nexus_app::mail::{Smtp, SmtpTls};
use nexus_app::objects::{ObjectsConfig, S3};
use nexus_app::webhooks::WebhookConfig;
use nexus_app::{App, Clock, Config, Offline, OperatingConfig, Tuning};
use nexus_net::dial::Dialer;
use nexus_net::guard::{Guard, GuardConfig};
use nexus_net::host::Host;
use nexus_net::proxy::SocksProxy;
use nexus_store::keys::{KeyError, KeyRing};
use nexus_store::{ScopeMint, Store, StoreOptions};
use url::Url;
use zeroize::Zeroizing;

use crate::config::{Settings, SmtpTlsSetting};

/// The database, open and migrated.
async fn store(settings: &Settings) -> anyhow::Result<(Store, ScopeMint)> {
    let options = StoreOptions {
        migrate_url: settings.database_migrate_url.clone(),
        system_url: settings.database_system_url.clone(),
        ..StoreOptions::default()
    };
    Store::open(&settings.database(), &options).await.context("cannot open the database")
}

/// The key ring that the settings give, if they give one.
pub(crate) fn given_keys(settings: &Settings) -> Result<Option<KeyRing>, KeyError> {
    if !settings.encryption_keys.is_empty() {
        return KeyRing::parse(&settings.encryption_keys.join(",")).map(Some);
    }
    settings.passphrase.as_deref().map(KeyRing::from_passphrase).transpose()
}

/// The key ring: given, or a file that the first start makes on SQLite. A database that holds sealed values
/// had keys: a new file beside it would only hide that they are lost.
async fn keys(settings: &Settings, store: &Store, mint: &ScopeMint) -> anyhow::Result<KeyRing> {
    if let Some(ring) = given_keys(settings).context("encryption_keys cannot be used")? {
        return Ok(ring);
    }
    let file = settings.keys_file();
    let wrong = || format!("cannot use the keys in {}", file.display());
    if settings.is_postgres() {
        return KeyRing::read(&file).with_context(wrong);
    }
    if !file.exists() {
        let system = mint.system();
        let mut read = store.system_read(&system).await?;
        let used = !read.sealed_samples().await?.is_empty();
        read.commit().await?;
        anyhow::ensure!(
            !used,
            "the database was used with keys that are gone: put {} back, or give its keys as encryption_keys",
            file.display()
        );
    }
    KeyRing::read_or_create(&file).with_context(wrong)
}

/// Where PVE may be.
pub(crate) fn guard(settings: &Settings, own: Vec<SocketAddr>) -> Guard {
    Guard::pve(GuardConfig {
        allow: settings.pve_allow_networks.clone(),
        deny: settings.pve_deny_networks.clone(),
        ports: settings.pve_ports.clone(),
        own,
        allow_loopback: settings.pve_allow_loopback,
    })
}

fn dialer(settings: &Settings, own: SocketAddr) -> anyhow::Result<Dialer> {
    let guard = guard(settings, vec![own]);
    let proxy = settings.tailscale_proxy.as_deref().map(|url| proxy(url, &settings.tailscale_suffixes)).transpose()?;
    Ok(Dialer::new(guard, proxy))
}

fn proxy(url: &str, suffixes: &[String]) -> anyhow::Result<SocksProxy> {
    let wrong = || format!("tailscale_proxy must be socks5://HOST:PORT, not {url}");
    let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "socks5").with_context(wrong)?;
    let host: Host = parsed.host_str().and_then(|host| host.parse().ok()).with_context(wrong)?;
    Ok(SocksProxy::new(host, parsed.port().with_context(wrong)?, suffixes))
}

pub(crate) fn roots(file: Option<&Path>) -> anyhow::Result<Vec<rustls_pki_types::CertificateDer<'static>>> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let pem = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    nexus_net::tls::certificates_from_pem(&pem).with_context(|| format!("no certificates in {}", file.display()))
}

/// The way to the mail server, where there is one.
fn smtp(settings: &Settings) -> anyhow::Result<Option<Smtp>> {
    let (Some(host), Some(from)) = (&settings.smtp_host, &settings.smtp_from) else { return Ok(None) };
    let origin = settings.public_origin().and_then(|origin| Url::parse(&origin).ok());
    let password = settings.smtp_password.clone().map(Zeroizing::new);
    Ok(Some(Smtp {
        host: host.clone(),
        port: settings.smtp_port(),
        tls: match settings.smtp_tls {
            SmtpTlsSetting::Starttls => SmtpTls::Starttls,
            SmtpTlsSetting::Tls => SmtpTls::Tls,
            SmtpTlsSetting::None => SmtpTls::None,
        },
        credentials: settings.smtp_user.clone().zip(password),
        from: from.clone(),
        roots: roots(settings.smtp_ca_file.as_deref())?,
        hello: origin.as_ref().and_then(Url::host_str).unwrap_or("localhost").to_owned(),
    }))
}

/// What this machine calls itself, for the list of processes.
fn host_name() -> String {
    let told =
        std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname"));
    let name = told.map(|name| name.trim().chars().take(100).collect::<String>()).unwrap_or_default();
    if name.is_empty() { "unknown".to_owned() } else { name }
}

/// Where webhooks may lead: public addresses, and what the settings allow; never to this process itself.
fn webhooks(settings: &Settings, own: SocketAddr) -> anyhow::Result<WebhookConfig> {
    let guard =
        GuardConfig { allow: settings.webhook_allow_networks.clone(), own: vec![own], ..GuardConfig::default() };
    let roots = roots(settings.webhook_ca_file.as_deref())?;
    Ok(WebhookConfig { guard, roots, ..WebhookConfig::default() })
}

/// Where objects lie: the bucket of the settings, or the data folder.
fn objects(settings: &Settings) -> anyhow::Result<ObjectsConfig> {
    let Some(bucket) = &settings.s3_bucket else {
        return Ok(ObjectsConfig::Folder(settings.data.join("objects")));
    };
    Ok(ObjectsConfig::S3(S3 {
        bucket: bucket.clone(),
        endpoint: settings.s3_endpoint.clone(),
        region: settings.s3_region.clone(),
        access_key: settings.s3_access_key.clone().unwrap_or_default(),
        secret_key: Zeroizing::new(settings.s3_secret_key.clone().unwrap_or_default()),
        roots: roots(settings.s3_ca_file.as_deref())?,
    }))
}

async fn config(settings: &Settings, own: SocketAddr, clock: Clock) -> anyhow::Result<Config> {
    let (store, mint) = store(settings).await?;
    let keys = keys(settings, &store, &mint).await?;
    Ok(Config {
        store,
        mint,
        keys: Arc::new(keys),
        clock,
        dialer: dialer(settings, own)?,
        roots: roots(settings.pve_ca_file.as_deref())?,
        health_interval: settings.health_interval(),
        origin: crate::serve::site_url(settings, own),
        smtp: smtp(settings)?,
        environment: settings.environment.clone(),
        operating: OperatingConfig {
            host: host_name(),
            metrics_token: settings.metrics_token.clone().map(Zeroizing::new),
        },
        webhooks: webhooks(settings, own)?,
        objects: objects(settings)?,
    })
}

/// The operations, with their background tasks.
pub(crate) async fn app(settings: &Settings, own: SocketAddr, clock: Clock, tuning: Tuning) -> anyhow::Result<App> {
    App::start_tuned(config(settings, own, clock).await?, tuning).await.context("cannot start")
}

/// The operations of commands that run beside a serving Nexus: without background tasks.
pub(crate) async fn offline(settings: &Settings) -> anyhow::Result<Offline> {
    std::fs::create_dir_all(&settings.data).context("cannot make the data folder")?;
    App::offline(config(settings, settings.listen, Clock::system()).await?).context("cannot start")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lost_keys_are_missed_and_not_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { data: folder.path().to_owned(), ..Settings::default() };
        let first = app(&settings, settings.listen, Clock::system(), Tuning::default()).await.unwrap();
        first.provision.tenant("Example", "example").await.unwrap();
        first.stop().await;
        let file = folder.path().join("keys");
        std::fs::remove_file(&file).unwrap();
        let error = offline(&settings).await.err().expect("it does not start");
        assert!(format!("{error:#}").contains("put"), "it says what to do: {error:#}");
        assert!(!file.exists(), "nothing was made in their place");
    }
}
