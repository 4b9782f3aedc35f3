//! One self-made certificate and one cipher suite, so that every relay does the same cryptography on both legs.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// Writes `cert.pem` and `key.pem` (ECDSA P-256) into `dir`.
pub(crate) fn make(dir: &Path) -> io::Result<()> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).map_err(io::Error::other)?;
    std::fs::write(dir.join("cert.pem"), made.cert.pem())?;
    std::fs::write(dir.join("key.pem"), made.signing_key.serialize_pem())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        cipher_suites: vec![ring::cipher_suite::TLS13_AES_128_GCM_SHA256],
        kx_groups: vec![ring::kx_group::X25519],
        ..ring::default_provider()
    })
}

pub(crate) fn server(dir: &Path) -> io::Result<Arc<ServerConfig>> {
    let cert = CertificateDer::from_pem_file(dir.join("cert.pem")).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_file(dir.join("key.pem")).map_err(io::Error::other)?;
    let config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![cert], key)
        .map_err(io::Error::other)?;
    Ok(Arc::new(config))
}

pub(crate) fn client(dir: &Path) -> io::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    let cert = CertificateDer::from_pem_file(dir.join("cert.pem")).map_err(io::Error::other)?;
    roots.add(cert).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

pub(crate) fn name() -> ServerName<'static> {
    ServerName::try_from("localhost").expect("a valid name")
}
