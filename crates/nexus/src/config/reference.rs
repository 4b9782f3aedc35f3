//! The reference of all settings, in one table: `nexus config reference` prints it, and the page for operators is that print.
//! Names and defaults are compared with the settings themselves.

use serde_json::Value;

use super::Settings;

/// Settings that belong together.
struct Group {
    title: &'static str,
    /// What is said before the table.
    about: &'static str,
    settings: &'static [Setting],
}

/// One setting.
struct Setting {
    name: &'static str,
    /// What holds where nothing is set, in words; the value itself where these are empty.
    usual: &'static str,
    what: &'static str,
    example: &'static str,
}

const fn setting(name: &'static str, usual: &'static str, what: &'static str, example: &'static str) -> Setting {
    Setting { name, usual, what, example }
}

const GROUPS: &[Group] = &[
    Group {
        title: "Address",
        about: "See [Install](install.md) and [TLS](tls.md).",
        settings: &[
            setting("listen", "", "Address and port to listen on.", "0.0.0.0:443"),
            setting(
                "public_url",
                "none",
                "The one origin that browsers use. Needed as soon as Nexus listens beyond loopback or sends mail.",
                "https://nexus.example.org",
            ),
            setting(
                "trusted_proxies",
                "none",
                "Networks of reverse proxies whose `X-Forwarded-For` counts.",
                "127.0.0.1/32, 10.0.0.0/8",
            ),
            setting(
                "gateway_host",
                "none",
                "A host name at which only PVE's own API is answered; each server's is below it. See [the API guide](../api-guide.md).",
                "pve.nexus.example.org",
            ),
        ],
    },
    Group {
        title: "TLS",
        about: "One of three: files, ACME, or somebody in front. See [TLS](tls.md).",
        settings: &[
            setting(
                "tls",
                "",
                "`auto`: Nexus speaks HTTPS beyond loopback, with a certificate of its own where no other is set. `off`: a reverse proxy does.",
                "off",
            ),
            setting("tls_cert", "none", "Certificate chain in PEM, the server's first.", "/etc/nexus/fullchain.pem"),
            setting("tls_key", "none", "Its private key in PEM.", "/etc/nexus/privkey.pem"),
            setting(
                "acme_domains",
                "none",
                "Names of a certificate that Nexus gets by ACME. Each must lead to Nexus at port 443.",
                "nexus.example.org",
            ),
            setting("acme_contact", "none", "The e-mail address of the account at the authority.", "admin@example.org"),
            setting(
                "acme_directory",
                "Let's Encrypt",
                "The authority's directory.",
                "https://acme-staging-v02.api.letsencrypt.org/directory",
            ),
            setting(
                "acme_ca_file",
                "none",
                "CA certificates in PEM that count for the authority beside the system's.",
                "/etc/nexus/acme-ca.pem",
            ),
            setting("acme_accept_terms", "", "That the authority's terms were read and are agreed to.", "true"),
        ],
    },
    Group {
        title: "Data and keys",
        about: "See [PostgreSQL](postgresql.md), [Keys](keys-and-backups.md) and [Backup and restore](backup-and-restore.md).",
        settings: &[
            setting("data", "", "The folder for database, keys, certificates and objects.", "/var/lib/nexus"),
            setting(
                "database_url",
                "SQLite in the data folder",
                "`sqlite://PATH`, or `postgres://…` as the role `nexus_app`.",
                "postgres://nexus_app:PASSWORD@db.example.org/nexus",
            ),
            setting(
                "database_migrate_url",
                "none",
                "PostgreSQL: as the owner of the tables, for migrations.",
                "postgres://nexus_owner:PASSWORD@db.example.org/nexus",
            ),
            setting(
                "database_system_url",
                "none",
                "PostgreSQL: as `nexus_system`, for sign-in and background work.",
                "postgres://nexus_system:PASSWORD@db.example.org/nexus",
            ),
            setting(
                "encryption_keys",
                "a file",
                "The key ring, `ID:64 hex digits` each; the first encrypts. This or the file is needed with PostgreSQL.",
                "2026a:9f…",
            ),
            setting(
                "encryption_keys_file",
                "`keys` in the data folder",
                "The file of the key ring where `encryption_keys` does not give it.",
                "/etc/nexus/keys",
            ),
            setting("s3_bucket", "a folder of the data folder", "A bucket that speaks S3, for logos.", "nexus-objects"),
            setting(
                "s3_endpoint",
                "Amazon's",
                "Where the bucket is; buckets are named in the path.",
                "https://s3.example.org",
            ),
            setting("s3_region", "", "Its region.", "eu-central-1"),
            setting("s3_access_key", "none", "Who asks for objects.", "nexus"),
            setting("s3_secret_key", "none", "What proves it.", "…"),
            setting(
                "s3_ca_file",
                "none",
                "CA certificates in PEM that count for the bucket beside the system's.",
                "/etc/nexus/s3-ca.pem",
            ),
        ],
    },
    Group {
        title: "Proxmox servers",
        about: "Where Proxmox servers may be. See [Servers and tokens](servers.md).",
        settings: &[
            setting(
                "health_interval_seconds",
                "",
                "Seconds between two looks at a server that nobody watches, 10 to 3600. Tenants may set their own.",
                "30",
            ),
            setting("pve_ports", "none", "Ports beside 8006, 443, 8443 and 10000.", "8007, 18006"),
            setting(
                "pve_allow_networks",
                "none",
                "Networks that servers may be in although a rule refuses them.",
                "169.254.10.0/24",
            ),
            setting("pve_deny_networks", "none", "Networks that servers must not be in.", "10.20.0.0/16"),
            setting("pve_allow_loopback", "", "Whether a server may be on this machine.", "true"),
            setting(
                "pve_ca_file",
                "none",
                "CA certificates in PEM that the TLS mode `verify` trusts beside the system's.",
                "/etc/nexus/pve-ca.pem",
            ),
            setting(
                "tailscale_proxy",
                "none",
                "tailscaled's SOCKS5 proxy; used for the tailnet alone.",
                "socks5://127.0.0.1:1055",
            ),
            setting("tailscale_suffixes", "none", "The tailnet's names.", "tail1234.ts.net"),
        ],
    },
    Group {
        title: "Mail",
        about: "Without a mail server Nexus sends no mail. See [Mail](mail.md).",
        settings: &[
            setting("smtp_host", "none", "The mail server's name or address.", "mail.example.org"),
            setting("smtp_port", "by `smtp_tls`", "587 with `starttls`, 465 with `tls`, 25 with `none`.", "2525"),
            setting(
                "smtp_tls",
                "",
                "`starttls`, `tls` (from the first byte), or `none` (a mail server on this machine).",
                "tls",
            ),
            setting("smtp_user", "none", "The user name, where the mail server asks for one.", "nexus"),
            setting("smtp_password", "none", "Its password.", "…"),
            setting("smtp_from", "none", "Who sends; needed with `smtp_host`.", "Nexus <nexus@example.org>"),
            setting(
                "smtp_ca_file",
                "none",
                "CA certificates in PEM that count for the mail server beside the system's.",
                "/etc/nexus/mail-ca.pem",
            ),
        ],
    },
    Group {
        title: "Webhooks",
        about: "See [Webhooks](webhooks.md).",
        settings: &[
            setting(
                "webhook_allow_networks",
                "none",
                "Networks that webhooks may lead to although they are not public.",
                "10.1.2.0/24",
            ),
            setting(
                "webhook_ca_file",
                "none",
                "CA certificates in PEM that count for webhooks beside the system's.",
                "/etc/nexus/hooks-ca.pem",
            ),
        ],
    },
    Group {
        title: "Watching Nexus",
        about: "See [Watching Nexus](observability.md).",
        settings: &[
            setting(
                "metrics_token",
                "none",
                "What Prometheus must say to read `/metrics`, 16 characters or more; without it there is no such page.",
                "…",
            ),
            setting(
                "otlp_endpoint",
                "none",
                "A collector of traces that speaks OTLP over HTTP.",
                "http://127.0.0.1:4318",
            ),
            setting("log", "", "What goes to the log, in the form of tracing's filters.", "info,nexus_pve=debug"),
            setting("log_format", "", "`text` or `json`.", "json"),
        ],
    },
];

/// The variables of a server that nobody has to add by hand.
const ENVIRONMENT: &[Setting] = &[
    setting("PROXMOX_HOST", "none", "Name or address alone, without `https://` and port.", "pve1.example.org"),
    setting("PROXMOX_PORT", "`8006`", "Its port; one that Nexus may call, see `pve_ports`.", "443"),
    setting("PROXMOX_API_TOKEN", "none", "`USER@REALM!TOKENID=UUID`; needed with the host.", "nexus@pve!main=…"),
    setting("PROXMOX_VERIFY_SSL", "`true`", "`false` accepts any certificate, and the server is marked so.", "false"),
    setting("PROXMOX_TENANT", "the first tenant", "The slug of the tenant that gets it.", "example"),
    setting("PROXMOX_ENCRYPTION_KEY", "none", "A pass phrase that counts where no key ring is given.", "…"),
];

const INTRODUCTION: &str = "\
# Configuration

This page is what `nexus config reference` prints.

Nexus needs no configuration to start: it listens on `127.0.0.1:8080` and keeps everything in `./data`. What you set comes
from three places; the later wins:

1. a TOML file, named with `--config FILE` or `NEXUS_CONFIG`,
2. the environment: `NEXUS_` and the setting's name in capitals (`NEXUS_PUBLIC_URL`); lists are split at commas,
3. flags of the command: `--data`, `--listen`, `--public-url`, `--log`.

In TOML texts stand in quotes and lists in brackets (`pve_ports = [8007]`). `nexus config check` prints what is in force, where
it comes from, and every problem with what to do about it, but no secret. Nexus does not start while there is a problem. A name
that the file should not have is an error; one in the environment is a note.

Tenants have settings of their own, which their admins change in Nexus itself.
";

const ABOUT_ENVIRONMENT: &str = "\
These variables (without `NEXUS_`) name one Proxmox server that nobody has to add by hand. It appears in its tenant at the start,
or right after the first admin was set up, and is read-only for everybody; rights on its guests are given as on any server. At
every start it is brought in step with the variables; where they are gone, or name another tenant, it becomes inactive and says
why, and it is never deleted, so that the rights on its guests are there when it comes back. Where the tenant has a server with the
same address and port of its own, that one stays and the log says so.
";

/// The page, in Markdown.
#[must_use]
pub(crate) fn markdown() -> String {
    let defaults = serde_json::to_value(Settings::default()).unwrap_or_default();
    let mut page = INTRODUCTION.to_owned();
    for group in GROUPS {
        page.push_str(&format!("\n## {}\n\n{}\n\n", group.title, group.about));
        page.push_str("| name, variable | default | meaning | example |\n| --- | --- | --- | --- |\n");
        for Setting { name, usual, what, example } in group.settings {
            let usual = if usual.is_empty() { shown(&defaults[*name]) } else { (*usual).to_owned() };
            let variable = name.to_ascii_uppercase();
            page.push_str(&format!("| `{name}`<br>`NEXUS_{variable}` | {usual} | {what} | `{example}` |\n"));
        }
    }
    page.push_str(&format!("\n## A server from the environment\n\n{ABOUT_ENVIRONMENT}\n"));
    page.push_str("| variable | default | meaning | example |\n| --- | --- | --- | --- |\n");
    for Setting { name, usual, what, example } in ENVIRONMENT {
        page.push_str(&format!("| `{name}` | {usual} | {what} | `{example}` |\n"));
    }
    page
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::names;

    #[test]
    fn every_setting_is_described_once() {
        let described: Vec<&str> = GROUPS.iter().flat_map(|group| group.settings).map(|setting| setting.name).collect();
        let once: BTreeSet<&str> = described.iter().copied().collect();
        assert_eq!(described.len(), once.len(), "none twice");
        let names = names();
        assert_eq!(once, names.iter().map(String::as_str).collect());
    }

    #[test]
    fn a_default_without_words_is_a_value() {
        let defaults = serde_json::to_value(Settings::default()).unwrap();
        for setting in GROUPS.iter().flat_map(|group| group.settings) {
            let value =
                defaults.get(setting.name).filter(|value| !value.is_null() && **value != Value::Array(Vec::new()));
            assert_eq!(setting.usual.is_empty(), value.is_some(), "{}", setting.name);
        }
    }

    #[test]
    fn the_page_for_operators_is_the_reference() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operators/configuration.md");
        if std::env::var_os("NEXUS_TEST_UPDATE").is_some() {
            std::fs::write(file, markdown()).unwrap();
        }
        let page = std::fs::read_to_string(file).unwrap();
        assert!(
            page == markdown(),
            "run `nexus config reference > docs/operators/configuration.md`, or this test with NEXUS_TEST_UPDATE=1"
        );
    }
}
