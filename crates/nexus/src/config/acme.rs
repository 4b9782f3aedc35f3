//! What is wrong with the settings of ACME.

use url::Url;

use super::{Settings, TlsSetting};

/// Each a sentence that says what to do.
pub(super) fn problems(settings: &Settings) -> Vec<String> {
    let mut problems = Vec::new();
    let mut check = |fine: bool, problem: &str| {
        if !fine {
            problems.push(problem.to_owned());
        }
    };
    if settings.acme_domains.is_empty() {
        let given = settings.acme_contact.is_some() || settings.acme_directory.is_some() || settings.acme_accept_terms;
        check(!given, "acme_domains is missing: the other settings of ACME mean nothing without NEXUS_ACME_DOMAINS");
        return problems;
    }
    for name in &settings.acme_domains {
        check(is_name(name), &format!("acme_domains: {name} is no name that a certificate can be had for"));
    }
    let host = settings.public_origin().and_then(|origin| Url::parse(&origin).ok()?.host_str().map(str::to_owned));
    let named = host.is_some_and(|host| settings.acme_domains.iter().any(|name| name.eq_ignore_ascii_case(&host)));
    check(named, "acme_domains must hold the name in public_url: browsers would refuse the certificate");
    check(
        settings.acme_accept_terms,
        "acme_accept_terms must be true to get a certificate: read the authority's terms, then set NEXUS_ACME_ACCEPT_TERMS=true",
    );
    check(settings.tls_cert.is_none(), "acme_domains and tls_cert are two ways to one certificate: set one of them");
    check(
        settings.tls == TlsSetting::Auto,
        "acme_domains needs tls = auto: with off, somebody in front of Nexus speaks TLS",
    );
    let https = |url: &String| url.starts_with("https://") && Url::parse(url).is_ok_and(|url| url.has_host());
    check(settings.acme_directory.as_ref().is_none_or(https), "acme_directory must be an https:// address");
    let address = |contact: &String| nexus_app::mail::Smtp::is_sender(contact) && !contact.contains(['<', ' ', '?']);
    check(settings.acme_contact.as_ref().is_none_or(address), "acme_contact must be an e-mail address");
    problems
}

/// A DNS name of two labels or more; no address and no wildcard, which need other proofs.
fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_asked_for_by_whole_settings_only() {
        let with = |change: fn(&mut Settings)| {
            let mut settings = Settings {
                public_url: Some("https://nexus.example.org".into()),
                acme_domains: vec!["nexus.example.org".into()],
                acme_contact: Some("admin@example.org".into()),
                acme_accept_terms: true,
                ..Settings::default()
            };
            change(&mut settings);
            settings.problems()
        };
        assert_eq!(with(|_| {}), Vec::<String>::new());
        let one = |change: fn(&mut Settings), word: &str| {
            let problems = with(change);
            assert!(problems.len() == 1 && problems[0].contains(word), "{word}: {problems:?}");
        };
        one(|s| s.acme_domains.clear(), "NEXUS_ACME_DOMAINS");
        one(|s| s.acme_domains.push("*.example.org".into()), "*.example.org");
        one(|s| s.acme_domains.push("192.0.2.1".into()), "192.0.2.1");
        one(|s| s.acme_accept_terms = false, "NEXUS_ACME_ACCEPT_TERMS");
        one(|s| s.public_url = Some("https://other.example.org".into()), "public_url");
        one(|s| s.acme_directory = Some("http://ca.example.org".into()), "https://");
        one(|s| s.acme_contact = Some("nobody".into()), "acme_contact");
        one(|s| s.tls = TlsSetting::Off, "tls = auto");
    }
}
