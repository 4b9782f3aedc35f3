//! The certificate that browsers see: from files, by ACME, or one of Nexus' own that is made once and kept.
//!
//! The private key's file is readable by the owner alone.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use url::Url;

use crate::acme;
use crate::config::Settings;

/// A server configuration and the SHA-256 fingerprint of its leaf.
pub(crate) struct Certificate {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) fingerprint: String,
    /// Whether Nexus made it, so that browsers will warn.
    pub(crate) own: bool,
}

/// The certificate by the settings; made and kept in the data folder where no files are set.
pub(crate) fn certificate(settings: &Settings) -> anyhow::Result<Certificate> {
    let (cert, key, own) = match (&settings.tls_cert, &settings.tls_key) {
        (Some(cert), Some(key)) => (cert.clone(), key.clone(), false),
        _ if acme::is_usable(&acme::certificate_file(settings)) && !settings.acme_domains.is_empty() => {
            let file = acme::certificate_file(settings);
            (file.clone(), file, false)
        }
        _ => {
            let folder = settings.data.join("tls");
            let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
            if !(cert.is_file() && key.is_file()) {
                make(settings, &folder, &cert, &key).context("cannot make a certificate")?;
            }
            (cert, key, true)
        }
    };
    load(&cert, &key, own)
}

fn load(cert: &Path, key: &Path, own: bool) -> anyhow::Result<Certificate> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .with_context(|| format!("cannot read the certificate {}", cert.display()))?;
    let leaf = chain.first().with_context(|| format!("{} holds no certificate", cert.display()))?;
    let fingerprint = nexus_net::tls::format_fingerprint(&nexus_net::tls::fingerprint(leaf));
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| format!("cannot read the key {}", key.display()))?;
    let config = nexus_net::accept::server_config(chain, key).context("certificate and key do not fit")?;
    Ok(Certificate { config, fingerprint, own })
}

fn make(settings: &Settings, folder: &Path, cert: &Path, key: &Path) -> anyhow::Result<()> {
    let mut names = vec!["localhost".to_owned(), settings.listen.ip().to_string()];
    if let Some(host) =
        settings.public_origin().and_then(|origin| Url::parse(&origin).ok()?.host_str().map(str::to_owned))
    {
        names.push(host.trim_matches(['[', ']']).to_owned());
    }
    names.dedup();
    let made = rcgen::generate_simple_self_signed(names)?;
    fs::create_dir_all(folder)?;
    write_private(key, made.signing_key.serialize_pem().as_bytes())?;
    fs::write(cert, made.cert.pem())?;
    Ok(())
}

/// Writes a file that only its owner can read.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(content)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_own_certificate_is_made_once_and_its_key_is_private() {
        let data = std::env::temp_dir().join(format!("nexus-tls-{}", std::process::id()));
        let settings =
            Settings { data: data.clone(), public_url: Some("https://nexus.lan".into()), ..Settings::default() };
        let first = certificate(&settings).unwrap();
        let again = certificate(&settings).unwrap();
        assert!(first.own && first.fingerprint.len() == 95);
        assert_eq!(first.fingerprint, again.fingerprint);
        let mode = fs::metadata(data.join("tls/key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(&data).unwrap();
    }
}
