//! What settings are taken, and what is said of those that are not.

use super::*;

#[test]
fn the_defaults_have_no_problem() {
    assert_eq!(Settings::default().problems(), Vec::<String>::new());
    assert!(!Settings::default().speaks_tls());
}

#[test]
fn beyond_loopback_needs_an_https_origin() {
    let mut settings = Settings { listen: "0.0.0.0:8443".parse().unwrap(), ..Settings::default() };
    assert!(settings.problems().iter().any(|p| p.contains("NEXUS_PUBLIC_URL")));
    settings.public_url = Some("http://nexus.lan".into());
    assert!(settings.problems().iter().any(|p| p.contains("https://")));
    settings.public_url = Some("https://nexus.lan/".into());
    assert_eq!(settings.problems(), Vec::<String>::new());
    assert!(settings.speaks_tls());
    assert_eq!(settings.public_origin().unwrap(), "https://nexus.lan");
    settings.tls = TlsSetting::Off;
    assert!(settings.problems().iter().any(|p| p.contains("trusted_proxies")));
    settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    assert_eq!(settings.problems(), Vec::<String>::new());
    assert!(!settings.speaks_tls());
}

#[test]
fn mail_needs_all_of_its_settings() {
    let with = |change: fn(&mut Settings)| {
        let mut settings = Settings {
            public_url: Some("https://nexus.lan".into()),
            smtp_host: Some("mail.lan".into()),
            smtp_user: Some("nexus".into()),
            smtp_password: Some("secret-of-mail".into()),
            smtp_from: Some("Nexus <nexus@example.org>".into()),
            ..Settings::default()
        };
        change(&mut settings);
        assert!(!settings.explain().contains("secret-of-mail"));
        settings.problems()
    };
    assert_eq!(with(|_| {}), Vec::<String>::new());
    let one = |change: fn(&mut Settings), word: &str| {
        let problems = with(change);
        assert!(problems.len() == 1 && problems[0].contains(word), "{word}: {problems:?}");
    };
    one(|s| s.smtp_host = None, "NEXUS_SMTP_HOST");
    one(|s| s.smtp_host = Some("smtp://mail.lan:25".into()), "smtp_host");
    one(|s| s.smtp_from = None, "NEXUS_SMTP_FROM");
    one(|s| s.smtp_from = Some("nobody".into()), "smtp_from");
    one(|s| s.smtp_user = None, "belong together");
    one(|s| s.smtp_tls = SmtpTlsSetting::None, "in the clear");
    one(|s| s.public_url = None, "NEXUS_PUBLIC_URL");
    one(|s| s.smtp_ca_file = Some("/nowhere/ca.pem".into()), "/nowhere/ca.pem");
    let port = |tls| Settings { smtp_tls: tls, ..Settings::default() }.smtp_port();
    assert_eq!((port(SmtpTlsSetting::Starttls), port(SmtpTlsSetting::Tls), port(SmtpTlsSetting::None)), (587, 465, 25));
}

#[test]
fn a_public_url_is_an_origin() {
    assert!(origin("https://nexus.example.org/app").is_none());
    assert!(origin("https://jo@nexus.example.org").is_none());
    assert!(origin("ftp://nexus.example.org").is_none());
    assert_eq!(origin("https://Nexus.example.org:443").unwrap(), "https://nexus.example.org");
}

#[test]
fn flags_win_over_the_file_and_lists_may_be_text() {
    let folder = std::env::temp_dir().join(format!("nexus-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("nexus.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:9000\"\npve_ports = [8007]\nlog = \"debug\"\n").unwrap();
    let flags = serde_json::json!({ "listen": "127.0.0.1:9001", "pve_allow_networks": "127.0.0.0/8, ::1/128" });
    let settings = Settings::load(Some(&file), flags).unwrap();
    assert_eq!(settings.listen.port(), 9001);
    assert_eq!((settings.pve_ports.as_slice(), settings.log.as_str()), ([8007].as_slice(), "debug"));
    assert_eq!(settings.pve_allow_networks.len(), 2);
    std::fs::write(&file, "lisen = \"x\"\n").unwrap();
    assert!(Settings::load(Some(&file), serde_json::json!({})).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(Settings::load(Some(&file), serde_json::json!({})).is_err());
}

#[test]
fn passwords_are_not_explained() {
    let settings = Settings {
        database_url: Some("postgres://nexus_app:hunter2@db/nexus".into()),
        encryption_keys: vec!["a:00ff".into()],
        ..Settings::default()
    };
    let text = settings.explain();
    assert!(!text.contains("hunter2") && !text.contains("00ff"), "{text}");
}

#[test]
fn figures_need_a_long_token_and_traces_an_address() {
    let with = |token: Option<&str>, endpoint: Option<&str>| {
        let settings = Settings {
            metrics_token: token.map(Into::into),
            otlp_endpoint: endpoint.map(Into::into),
            ..Settings::default()
        };
        assert!(token.is_none_or(|token| !settings.explain().contains(token)));
        settings.problems()
    };
    assert_eq!(with(Some("0123456789abcdef"), Some("http://127.0.0.1:4318")), Vec::<String>::new());
    for token in ["0123456789abcde", "0123456789 abcdef"] {
        assert!(with(Some(token), None).iter().any(|problem| problem.contains("metrics_token")));
    }
    assert!(with(None, Some("127.0.0.1:4318")).iter().any(|problem| problem.contains("otlp_endpoint")));
}
