//! What is in force and where it comes from, for people. Never a secret: of those only whether they are given.

use std::collections::BTreeMap;

use figment::{Figment, Source};
use nexus_app::servers::EnvironmentServer;
use url::Url;

use super::{Settings, names};

/// The settings that are never shown.
pub(super) const SECRETS: [&str; 4] = ["encryption_keys", "smtp_password", "metrics_token", "s3_secret_key"];

/// Where each setting that is not the default comes from; `given` are those of the command line.
pub(super) fn sources(figment: &Figment, names: &[String], given: &[String]) -> BTreeMap<String, String> {
    let of = |name: &String| {
        let variable = format!("NEXUS_{}", name.to_ascii_uppercase());
        if given.contains(name) {
            return Some("the command line".to_owned());
        }
        // Secrets are read past the rest.
        if SECRETS.contains(&name.as_str()) && std::env::var_os(&variable).is_some() {
            return Some(variable);
        }
        let metadata = figment.find_metadata(name)?;
        match metadata.source.as_ref() {
            Some(Source::File(file)) => Some(file.display().to_string()),
            _ if metadata.name.contains("environment variable") => Some(variable),
            _ => None,
        }
    };
    names.iter().filter_map(|name| Some((name.clone(), of(name)?))).collect()
}

impl Settings {
    /// What is in force and where from, for people, without secrets.
    #[must_use]
    pub fn explain(&self) -> String {
        let mut shown = self.clone();
        for url in [&mut shown.database_url, &mut shown.database_migrate_url, &mut shown.database_system_url] {
            *url = url.as_deref().map(without_password);
        }
        let values = serde_json::to_value(&shown).unwrap_or_default();
        let given = |given: bool| if given { "given" } else { "not given" };
        let mut text = String::new();
        for name in names() {
            let value = match name.as_str() {
                "encryption_keys" => format!("{} given", self.encryption_keys.len()),
                "smtp_password" => given(self.smtp_password.is_some()).to_owned(),
                "metrics_token" if self.metrics_token.is_none() => "not given: there is no /metrics".to_owned(),
                "metrics_token" => "given".to_owned(),
                "s3_secret_key" => given(self.s3_secret_key.is_some()).to_owned(),
                other => values[other].to_string(),
            };
            let from = self.sources.get(&name).map_or_else(String::new, |from| format!("  # {from}"));
            text.push_str(&format!("{name} = {value}{from}\n"));
        }
        text.push_str(&self.explain_whole());
        text.push_str(&self.explain_environment());
        text
    }

    /// What the settings come to together.
    fn explain_whole(&self) -> String {
        let database = if self.is_postgres() {
            "PostgreSQL".to_owned()
        } else {
            format!("SQLite, {}", without_password(self.database().trim_start_matches("sqlite://")))
        };
        let keys = match (self.encryption_keys.is_empty(), self.passphrase.is_some()) {
            (false, _) => "encryption_keys".to_owned(),
            (true, true) => "PROXMOX_ENCRYPTION_KEY".to_owned(),
            (true, false) => format!("the file {}", self.keys_file().display()),
        };
        let tls = if !self.speaks_tls() {
            "plain HTTP".to_owned()
        } else if let Some(file) = &self.tls_cert {
            format!("HTTPS with {}", file.display())
        } else if self.acme_domains.is_empty() {
            "HTTPS with a certificate of its own".to_owned()
        } else {
            format!("HTTPS with a certificate by ACME for {}", self.acme_domains.join(", "))
        };
        let objects = match &self.s3_bucket {
            Some(bucket) => format!("the bucket {bucket}"),
            None => self.data.join("objects").display().to_string(),
        };
        let mail = match &self.smtp_host {
            Some(host) => format!("mail is sent by {host}, port {}", self.smtp_port()),
            None => "no mail is sent: invitations and reset links are handed on by hand".to_owned(),
        };
        format!(
            "# database: {database}\n# keys: {keys}\n# objects: {objects}\n# it listens on {}: {tls}\n# {mail}\n",
            self.listen
        )
    }

    /// The server of the environment, for people, without its token's secret.
    fn explain_environment(&self) -> String {
        let EnvironmentServer { host, port, api_token, verify_ssl, tenant } = &self.environment;
        let Some(host) = host else {
            return "# no server comes from the environment: PROXMOX_HOST is not set\n".into();
        };
        let token = api_token.as_deref().and_then(|token| token.split_once('=')).map_or("not given", |(id, _)| id);
        let shown = |value: &Option<String>, usual: &str| value.clone().unwrap_or_else(|| usual.to_owned());
        format!(
            "PROXMOX_HOST = {host}\nPROXMOX_PORT = {}\nPROXMOX_API_TOKEN = {token}\nPROXMOX_VERIFY_SSL = {}\n\
             PROXMOX_TENANT = {}\n# {host} is a read-only server of that tenant\n",
            shown(port, "8006"),
            shown(verify_ssl, "true"),
            shown(tenant, "the first tenant"),
        )
    }
}

fn without_password(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("***"));
            url.to_string()
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_where_a_setting_comes_from() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nexus.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:9000\"\nlog = \"debug\"\nsmtp_password = \"hunter2hunter2\"\n")
            .unwrap();
        let settings = Settings::load(Some(&file), serde_json::json!({ "listen": "127.0.0.1:9001" })).unwrap();
        let text = settings.explain();
        assert!(text.contains("listen = \"127.0.0.1:9001\"  # the command line\n"), "{text}");
        assert!(text.contains(&format!("log = \"debug\"  # {}\n", file.display())), "{text}");
        assert!(text.contains("log_format = \"text\"\n"), "the default says nothing: {text}");
        assert!(text.contains(&format!("smtp_password = given  # {}\n", file.display())), "{text}");
        assert!(!text.contains("hunter2"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = serde_json::to_value(Settings::default()).unwrap();
        assert!(SECRETS.iter().all(|name| shown.get(name).is_none()));
        assert!(SECRETS.iter().all(|name| names().iter().any(|known| known == name)));
    }
}
