//! Settings: a TOML file, then `NEXUS_…` from the environment, then flags; the later wins.
//!
//! Checked as a whole before anything starts. Never prints a secret.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use nexus_app::mail::Smtp;
use nexus_app::servers::EnvironmentServer;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// Everything that can be set. In the environment each is `NEXUS_` and its name in capitals; lists are split at commas.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where to listen, `127.0.0.1:8080` unless set.
    pub listen: SocketAddr,
    /// The one origin that browsers use, such as `https://nexus.example.org`. Needed as soon as Nexus listens beyond loopback.
    pub public_url: Option<String>,
    /// The folder for database, keys and certificate.
    pub data: PathBuf,
    /// `sqlite://PATH` or `postgres://…` (as the role `nexus_app`); SQLite in the data folder unless set.
    pub database_url: Option<String>,
    /// PostgreSQL only: the URL of the owner, for migrations.
    pub database_migrate_url: Option<String>,
    /// PostgreSQL only: the URL of `nexus_system`, for sign-in and background work.
    pub database_system_url: Option<String>,
    /// The key ring, `ID:64 hex digits` each, the first encrypts; a file in the data folder unless set (SQLite only).
    #[serde(deserialize_with = "list", skip_serializing)]
    pub encryption_keys: Vec<String>,
    /// The file of the key ring, `keys` in the data folder unless set. On PostgreSQL it must be there already, the same for
    /// all processes.
    pub encryption_keys_file: Option<PathBuf>,
    /// `PROXMOX_ENCRYPTION_KEY`, which counts where no ring is given.
    #[serde(skip)]
    pub passphrase: Option<String>,
    /// `PROXMOX_HOST`, `PROXMOX_PORT`, `PROXMOX_API_TOKEN`, `PROXMOX_VERIFY_SSL` and `PROXMOX_TENANT`: a read-only server.
    #[serde(skip)]
    pub environment: EnvironmentServer,
    /// Where each setting that is not the default comes from.
    #[serde(skip)]
    pub sources: BTreeMap<String, String>,
    /// `auto` (HTTPS beyond loopback, with a certificate of its own unless files are set) or `off` (a reverse proxy does it).
    pub tls: TlsSetting,
    /// Certificate chain in PEM.
    pub tls_cert: Option<PathBuf>,
    /// Its private key in PEM.
    pub tls_key: Option<PathBuf>,
    /// The names of a certificate that Nexus gets itself, by ACME. The authority must reach Nexus' port as port 443 of each.
    #[serde(deserialize_with = "list")]
    pub acme_domains: Vec<String>,
    /// The e-mail address that the authority writes to.
    pub acme_contact: Option<String>,
    /// The authority's directory; Let's Encrypt's unless set.
    pub acme_directory: Option<String>,
    /// CA certificates in PEM that count for the authority itself beside the system's.
    pub acme_ca_file: Option<PathBuf>,
    /// That the authority's terms were read and are agreed to.
    pub acme_accept_terms: bool,
    /// A host name that is the gateway's alone; each server's is below it.
    pub gateway_host: Option<String>,
    /// Networks of reverse proxies whose `X-Forwarded-For` counts.
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Vec<IpNet>,
    /// Ports of PVE beside 8006, 443, 8443 and 10000.
    #[serde(deserialize_with = "list")]
    pub pve_ports: Vec<u16>,
    /// Networks that PVE servers may be in although a rule refuses them.
    #[serde(deserialize_with = "list")]
    pub pve_allow_networks: Vec<IpNet>,
    /// Networks that PVE servers must not be in.
    #[serde(deserialize_with = "list")]
    pub pve_deny_networks: Vec<IpNet>,
    /// Whether PVE servers may be on this machine.
    pub pve_allow_loopback: bool,
    /// CA certificates in PEM that `verify` trusts beside the system's.
    pub pve_ca_file: Option<PathBuf>,
    /// tailscaled's SOCKS5 proxy, `socks5://HOST:PORT`, for names and addresses of the tailnet only.
    pub tailscale_proxy: Option<String>,
    /// The tailnet's names, such as `tail1234.ts.net`: only they go through the proxy.
    #[serde(deserialize_with = "list")]
    pub tailscale_suffixes: Vec<String>,
    /// Seconds between two looks at a server that nobody watches, 10 to 3600.
    pub health_interval_seconds: u64,
    /// The mail server's name or address. Without one Nexus sends no mail.
    pub smtp_host: Option<String>,
    /// Its port: 587 with `starttls`, 465 with `tls` and 25 with `none`, unless set.
    pub smtp_port: Option<u16>,
    /// `starttls`, `tls` (from the first byte) or `none` (a mail server on this machine).
    pub smtp_tls: SmtpTlsSetting,
    /// User name, where the mail server asks for one.
    pub smtp_user: Option<String>,
    /// Its password.
    #[serde(skip_serializing)]
    pub smtp_password: Option<String>,
    /// Who sends: an address, or `Name <address>`.
    pub smtp_from: Option<String>,
    /// CA certificates in PEM that count for the mail server beside the system's.
    pub smtp_ca_file: Option<PathBuf>,
    /// What whoever asks for figures at `/metrics` must say, 16 characters or more. Without one there is no such page.
    #[serde(skip_serializing)]
    pub metrics_token: Option<String>,
    /// A collector of traces that speaks OTLP over HTTP, such as `http://127.0.0.1:4318`.
    pub otlp_endpoint: Option<String>,
    /// A bucket that speaks S3, for logos; a folder of the data folder unless set.
    pub s3_bucket: Option<String>,
    /// Where it is, `https://HOST[:PORT]`; Amazon's unless set.
    pub s3_endpoint: Option<String>,
    /// Its region.
    pub s3_region: String,
    /// Who asks for objects.
    pub s3_access_key: Option<String>,
    /// What proves it.
    #[serde(skip_serializing)]
    pub s3_secret_key: Option<String>,
    /// CA certificates in PEM that count for the bucket beside the system's.
    pub s3_ca_file: Option<PathBuf>,
    /// Networks that webhooks may lead to although they are not public; plain HTTP leads to these alone.
    #[serde(deserialize_with = "list")]
    pub webhook_allow_networks: Vec<IpNet>,
    /// CA certificates in PEM that count for webhooks beside the system's.
    pub webhook_ca_file: Option<PathBuf>,
    /// What goes to the log, in the form of tracing's filters.
    pub log: String,
    /// `text` or `json`.
    pub log_format: LogFormat,
}

/// Who speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsSetting {
    /// Nexus, wherever it listens beyond loopback.
    Auto,
    /// Somebody in front of Nexus.
    Off,
}

/// How the connection to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTlsSetting {
    /// STARTTLS, required.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all.
    None,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            data: PathBuf::from("data"),
            database_url: None,
            database_migrate_url: None,
            database_system_url: None,
            encryption_keys: Vec::new(),
            encryption_keys_file: None,
            passphrase: None,
            environment: EnvironmentServer::default(),
            sources: BTreeMap::new(),
            tls: TlsSetting::Auto,
            tls_cert: None,
            tls_key: None,
            acme_domains: Vec::new(),
            acme_contact: None,
            acme_directory: None,
            acme_ca_file: None,
            acme_accept_terms: false,
            gateway_host: None,
            trusted_proxies: Vec::new(),
            pve_ports: Vec::new(),
            pve_allow_networks: Vec::new(),
            pve_deny_networks: Vec::new(),
            pve_allow_loopback: false,
            pve_ca_file: None,
            tailscale_proxy: None,
            tailscale_suffixes: Vec::new(),
            health_interval_seconds: 60,
            smtp_host: None,
            smtp_port: None,
            smtp_tls: SmtpTlsSetting::Starttls,
            smtp_user: None,
            smtp_password: None,
            smtp_from: None,
            smtp_ca_file: None,
            s3_bucket: None,
            s3_endpoint: None,
            s3_region: "us-east-1".into(),
            s3_access_key: None,
            s3_secret_key: None,
            s3_ca_file: None,
            webhook_allow_networks: Vec::new(),
            webhook_ca_file: None,
            metrics_token: None,
            otlp_endpoint: None,
            log: "info".into(),
            log_format: LogFormat::Text,
        }
    }
}

/// Takes a list as TOML writes it, or one text split at commas as the environment has it.
fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr + Deserialize<'de>,
    T::Err: std::fmt::Display,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form<T> {
        Many(Vec<T>),
        One(T),
        Text(String),
    }
    match Form::<T>::deserialize(deserializer)? {
        Form::Many(many) => Ok(many),
        Form::One(one) => Ok(vec![one]),
        Form::Text(text) => text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().map_err(|error| serde::de::Error::custom(format!("{part}: {error}"))))
            .collect(),
    }
}

/// The names of all settings.
fn names() -> Vec<String> {
    let mut names: Vec<String> = serde_json::to_value(Settings::default())
        .ok()
        .and_then(|value| value.as_object().map(|map| map.keys().cloned().collect()))
        .unwrap_or_default();
    names.extend(["encryption_keys", "smtp_password", "metrics_token", "s3_secret_key"].map(String::from));
    names
}

impl Settings {
    /// Reads file, environment and flags. `flags` holds only what was given on the command line.
    ///
    /// # Errors
    /// A value that cannot be read, an unknown name in the file, a file that was named but is not there.
    pub fn load(file: Option<&Path>, flags: serde_json::Value) -> anyhow::Result<Self> {
        if let Some(file) = file {
            anyhow::ensure!(file.is_file(), "the settings file {} is not there", file.display());
        }
        let names = names();
        // A secret is taken as it is: figment reads one of digits as a number.
        let is_secret = |name: &&str| matches!(*name, "smtp_password" | "metrics_token" | "s3_secret_key");
        let known: Vec<&str> = names.iter().map(String::as_str).filter(|name| !is_secret(name)).collect();
        let given: Vec<String> = flags.as_object().map(|flags| flags.keys().cloned().collect()).unwrap_or_default();
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment = figment.merge(Env::prefixed("NEXUS_").only(&known));
        figment = figment.merge(Serialized::defaults(flags));
        let mut settings: Self = figment.extract()?;
        settings.passphrase = std::env::var("PROXMOX_ENCRYPTION_KEY").ok();
        settings.environment = EnvironmentServer::from_variables();
        settings.smtp_password = std::env::var("NEXUS_SMTP_PASSWORD").ok().or(settings.smtp_password);
        settings.metrics_token = std::env::var("NEXUS_METRICS_TOKEN").ok().or(settings.metrics_token);
        settings.s3_secret_key = std::env::var("NEXUS_S3_SECRET_KEY").ok().or(settings.s3_secret_key);
        settings.sources = explain::sources(&figment, &names, &given);
        Ok(settings)
    }

    /// Names in the environment that begin with `NEXUS_` and mean nothing: probably misspelt.
    #[must_use]
    pub fn unknown_variables() -> Vec<String> {
        let names = names();
        let known = |name: &str| {
            let name = name.trim_start_matches("NEXUS_").to_ascii_lowercase();
            names.contains(&name) || name == "config" || name.starts_with("test_") || name.starts_with("require_")
        };
        let mut unknown: Vec<String> =
            std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("NEXUS_") && !known(name)).collect();
        unknown.sort();
        unknown
    }

    /// What is wrong with the settings as a whole: each a sentence that says what to do.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |fine: bool, problem: &str| {
            if !fine {
                problems.push(problem.to_owned());
            }
        };
        let beyond = !self.listen.ip().is_loopback();
        let https = self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
        check(
            !beyond || self.public_url.is_some(),
            "public_url is needed as soon as Nexus listens beyond loopback: set NEXUS_PUBLIC_URL to the address that browsers use",
        );
        check(
            self.tls_cert.is_some() == self.tls_key.is_some(),
            "tls_cert and tls_key belong together: set both or none",
        );
        check(
            !beyond || self.tls == TlsSetting::Auto || (https && !self.trusted_proxies.is_empty()),
            "tls = off beyond loopback needs a reverse proxy that speaks HTTPS: set public_url to its https:// address and trusted_proxies to its network",
        );
        check(
            !beyond || https,
            "public_url must begin with https:// when Nexus listens beyond loopback: browsers drop the sign-in cookie on plain HTTP",
        );
        if let Some(url) = &self.public_url {
            check(
                origin(url).is_some(),
                "public_url must be one origin such as https://nexus.example.org, without a path",
            );
        }
        check(
            (10..=3600).contains(&self.health_interval_seconds),
            "health_interval_seconds must lie between 10 and 3600",
        );
        for file in self.files().into_iter().flatten() {
            check(file.is_file(), &format!("the file {} is not there", file.display()));
        }
        let known = self.database_url.as_deref().is_none_or(|url| {
            ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
        });
        check(known, "database_url must begin with sqlite:// or postgres://");
        if let Some(url) = &self.tailscale_proxy {
            let fine = Url::parse(url).is_ok_and(|url| url.scheme() == "socks5" && url.port().is_some());
            check(fine, "tailscale_proxy must be socks5://HOST:PORT");
        }
        problems.extend(acme::problems(self));
        problems.extend(bucket::problems(self));
        problems.extend(self.key_problems());
        problems.extend(self.environment.problems(&crate::wiring::guard(self, vec![self.listen])));
        problems.extend(self.mail_problems());
        problems.extend(self.operating_problems());
        problems
    }

    /// The files that must be there when they are named.
    fn files(&self) -> [&Option<PathBuf>; 7] {
        let Self { tls_cert, tls_key, acme_ca_file, pve_ca_file, smtp_ca_file, webhook_ca_file, s3_ca_file, .. } = self;
        [tls_cert, tls_key, acme_ca_file, pve_ca_file, smtp_ca_file, webhook_ca_file, s3_ca_file]
    }

    /// What is wrong with the settings for those who operate Nexus.
    fn operating_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let long = |token: &String| token.len() >= 16 && token.bytes().all(|byte| byte.is_ascii_graphic());
        if !self.metrics_token.as_ref().is_none_or(long) {
            problems.push(
                "metrics_token must have 16 characters or more, without spaces: openssl rand -hex 32 makes a good one"
                    .to_owned(),
            );
        }
        if self.otlp_endpoint.as_deref().is_some_and(|endpoint| crate::traces::traces_url(endpoint).is_none()) {
            problems.push("otlp_endpoint must be http://HOST:PORT or https://HOST:PORT, without a password".to_owned());
        }
        problems
    }

    /// What is wrong with the settings of the keys, and of PostgreSQL, which needs them.
    fn key_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |fine: bool, problem: &str| {
            if !fine {
                problems.push(problem.to_owned());
            }
        };
        if let Err(error) = crate::wiring::given_keys(self) {
            check(false, &format!("encryption_keys cannot be used: {error}"));
        }
        let postgres = self.is_postgres();
        check(
            !postgres || self.gives_keys() || self.encryption_keys_file.is_some(),
            "encryption_keys is needed with PostgreSQL, where several processes share the rows: set NEXUS_ENCRYPTION_KEYS, or NEXUS_ENCRYPTION_KEYS_FILE to a file that all of them have",
        );
        check(
            !self.gives_keys() || self.encryption_keys_file.is_none(),
            "encryption_keys_file is not read where encryption_keys (or PROXMOX_ENCRYPTION_KEY) gives the keys: set one of them",
        );
        if let Some(file) = self.encryption_keys_file.as_ref().filter(|_| postgres) {
            check(file.is_file(), &format!("the key file {} is not there", file.display()));
        }
        if postgres && self.database_system_url.is_none() {
            problems.push("database_system_url is needed with PostgreSQL: the URL of the role nexus_system".to_owned());
        }
        problems
    }

    /// Whether the settings themselves hold the keys.
    pub(crate) fn gives_keys(&self) -> bool {
        !self.encryption_keys.is_empty() || self.passphrase.is_some()
    }

    /// The file that the key ring is read from where the settings do not hold it.
    #[must_use]
    pub fn keys_file(&self) -> PathBuf {
        self.encryption_keys_file.clone().unwrap_or_else(|| self.data.join("keys"))
    }

    /// Whether rows are shared with other processes.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.database_url.as_deref().is_some_and(|url| url.starts_with("postgres"))
    }

    /// What is wrong with the settings of mail.
    fn mail_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |fine: bool, problem: &str| {
            if !fine {
                problems.push(problem.to_owned());
            }
        };
        let Some(host) = &self.smtp_host else {
            let given = [&self.smtp_user, &self.smtp_password, &self.smtp_from].iter().any(|value| value.is_some())
                || self.smtp_port.is_some()
                || self.smtp_ca_file.is_some();
            check(!given, "smtp_host is missing: the other settings of mail mean nothing without NEXUS_SMTP_HOST");
            return problems;
        };
        let is_host = !host.is_empty() && !host.contains([':', '/', '@', ' ']) || host.parse::<IpAddr>().is_ok();
        check(is_host, "smtp_host must be a name or an address alone, such as mail.example.org");
        check(self.smtp_port != Some(0), "smtp_port must lie between 1 and 65535");
        match &self.smtp_from {
            None => check(false, "smtp_from is missing: set NEXUS_SMTP_FROM to the address that mails come from"),
            Some(from) => check(
                Smtp::is_sender(from),
                "smtp_from must be an address, such as nexus@example.org or Nexus <nexus@example.org>",
            ),
        }
        check(
            self.smtp_user.is_some() == self.smtp_password.is_some(),
            "smtp_user and smtp_password belong together: set both or none",
        );
        let local = host == "localhost" || host.parse().is_ok_and(is_loopback);
        check(
            self.smtp_tls != SmtpTlsSetting::None || self.smtp_password.is_none() || local,
            "smtp_tls = none would send the password of the mail server in the clear: use starttls or tls",
        );
        check(
            self.public_url.is_some(),
            "public_url is needed to send mail, for the links in it: set NEXUS_PUBLIC_URL to the address that browsers use",
        );
        problems
    }

    /// The mail server's port, set or the usual one.
    #[must_use]
    pub fn smtp_port(&self) -> u16 {
        self.smtp_port.unwrap_or(match self.smtp_tls {
            SmtpTlsSetting::Starttls => 587,
            SmtpTlsSetting::Tls => 465,
            SmtpTlsSetting::None => 25,
        })
    }

    /// Whether Nexus itself speaks TLS.
    #[must_use]
    pub fn speaks_tls(&self) -> bool {
        self.tls_cert.is_some()
            || !self.acme_domains.is_empty()
            || (self.tls == TlsSetting::Auto && !self.listen.ip().is_loopback())
    }

    /// The public origin, where one is set.
    #[must_use]
    pub fn public_origin(&self) -> Option<String> {
        self.public_url.as_deref().and_then(origin)
    }

    /// The database's URL, set or the default.
    #[must_use]
    pub fn database(&self) -> String {
        let own = || format!("sqlite://{}", self.data.join("nexus.db").display());
        self.database_url.clone().unwrap_or_else(own)
    }

    /// How often a server that nobody watches is asked.
    #[must_use]
    pub fn health_interval(&self) -> Duration {
        Duration::from_secs(self.health_interval_seconds)
    }
}

/// The origin of a URL that is nothing but an origin.
fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (bare && matches!(url.scheme(), "http" | "https")).then(|| url.origin().ascii_serialization())
}

/// Whether `address` is this machine alone.
#[must_use]
pub fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

mod acme;
mod bucket;
mod explain;
pub(crate) mod reference;
#[cfg(test)]
mod tests;
