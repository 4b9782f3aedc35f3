//! Proofs for a certificate authority that a name leads to this listener: TLS-ALPN-01 (RFC 8737), on the listener's own port.
//! They are shown to nobody else, and no request is ever answered on their connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// The protocol by which a certificate authority looks whether a name leads here (RFC 8737, 4).
pub(crate) const ACME_TLS: &[u8] = b"acme-tls/1";

/// `usual`, which also shows a certificate authority the proofs that it asks for by TLS-ALPN-01, and nobody else. A
/// connection for a proof ends after its handshake.
#[must_use]
pub fn with_proofs(usual: &ServerConfig, proofs: Arc<Proofs>) -> Arc<ServerConfig> {
    let mut config = usual.clone();
    config.cert_resolver = Arc::new(WithProofs { usual: Arc::clone(&usual.cert_resolver), proofs });
    config.alpn_protocols.push(ACME_TLS.to_vec());
    Arc::new(config)
}

/// Certificates that prove that names lead here, by name.
#[derive(Debug, Default)]
pub struct Proofs {
    by_name: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Proofs {
    /// Shows `certificate` to who asks for `name`.
    ///
    /// # Errors
    /// A key that cannot be used.
    pub fn add(
        &self,
        name: &str,
        certificate: CertificateDer<'static>,
        key: PrivateKeyDer<'static>,
    ) -> Result<(), rustls::Error> {
        // Not compared with its key: the critical extension of a proof is one that no chain may have.
        let key = crate::tls::provider().key_provider.load_private_key(key)?;
        let certified = CertifiedKey::new(vec![certificate], key);
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        by_name.insert(name.to_ascii_lowercase(), Arc::new(certified));
        Ok(())
    }

    fn get(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        let by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        by_name.get(&name.to_ascii_lowercase()).cloned()
    }
}

#[derive(Debug)]
struct WithProofs {
    usual: Arc<dyn ResolvesServerCert>,
    proofs: Arc<Proofs>,
}

impl ResolvesServerCert for WithProofs {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // Only who offers this and nothing else asks for a proof (RFC 8737, 3).
        let for_proof =
            hello.alpn().is_some_and(|mut offered| offered.next() == Some(ACME_TLS) && offered.next().is_none());
        if for_proof { self.proofs.get(hello.server_name()?) } else { self.usual.resolve(hello) }
    }
}
