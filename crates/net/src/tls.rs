//! Whom a TLS connection to PVE trusts, and why it did not.
//!
//! A policy makes one `rustls` client configuration with a session store of its own. Resumption skips the verifier, so a
//! changed policy must always make a new configuration; no configuration may ever be shared between two policies.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring::cipher_suite, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// TLS sessions remembered per configuration: a server is one host, seldom a few.
const SESSIONS: usize = 32;

/// The shortest RSA key whose signatures are checked at all.
const RSA_BITS: usize = 2048;

/// Whom to trust. Debug output holds no secrets: certificates and fingerprints are public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsPolicy {
    /// The roots of this machine and further ones that the operator configured.
    Verify {
        /// Roots beside the machine's.
        extra_roots: Vec<CertificateDer<'static>>,
    },
    /// Only these roots: a cluster's own CA.
    Ca(Vec<CertificateDer<'static>>),
    /// Only the leaf with this SHA-256 fingerprint; names and dates do not matter.
    Pin([u8; 32]),
    /// Anything. Whoever sits between can read the token.
    Insecure,
}

/// A policy that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Neither the machine nor the configuration has a root.
    #[error("there is no trusted root certificate on this machine")]
    NoRoots,
    /// A configured CA certificate cannot be read.
    #[error("the CA certificate cannot be used: {0}")]
    BadRoot(String),
}

impl TlsPolicy {
    /// A new client configuration with its own session store: TLS 1.2 and 1.3, ring, AES-128-GCM first, no ALPN (PVE has
    /// none; PVE-FACTS 2).
    ///
    /// # Errors
    /// [`PolicyError`] when the policy has no usable root.
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, PolicyError> {
        let check = match self {
            Self::Verify { extra_roots } => Check::Chain(chain_verifier(machine_roots(), extra_roots)?),
            Self::Ca(roots) => Check::Chain(chain_verifier(&[], roots)?),
            Self::Pin(pin) => Check::Pin(*pin),
            Self::Insecure => Check::Nothing,
        };
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring's suites cover TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier { check }))
            .with_no_client_auth();
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        Ok(Arc::new(config))
    }
}

/// Ring with AES-128-GCM before AES-256-GCM: the cheapest suite that both sides have.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    let provider = PROVIDER.get_or_init(|| {
        Arc::new(CryptoProvider {
            cipher_suites: vec![
                cipher_suite::TLS13_AES_128_GCM_SHA256,
                cipher_suite::TLS13_AES_256_GCM_SHA384,
                cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
                cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            ],
            ..rustls::crypto::ring::default_provider()
        })
    });
    Arc::clone(provider)
}

fn machine_roots() -> &'static [CertificateDer<'static>] {
    static ROOTS: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let loaded = rustls_native_certs::load_native_certs();
        for error in &loaded.errors {
            tracing::warn!(%error, "a root certificate of this machine cannot be read");
        }
        loaded.certs
    })
}

fn chain_verifier(
    machine: &[CertificateDer<'static>],
    configured: &[CertificateDer<'static>],
) -> Result<Arc<WebPkiServerVerifier>, PolicyError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(machine.iter().cloned());
    for root in configured {
        roots.add(root.clone()).map_err(|error| PolicyError::BadRoot(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(PolicyError::NoRoots);
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|error| PolicyError::BadRoot(error.to_string()))
}

/// The certificates of a PEM text.
///
/// # Errors
/// [`PolicyError::BadRoot`] when there is none or one cannot be read.
pub fn certificates_from_pem(pem: &str) -> Result<Vec<CertificateDer<'static>>, PolicyError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match found {
        Ok(certificates) if certificates.is_empty() => Err(PolicyError::BadRoot("no certificate found".into())),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(PolicyError::BadRoot(error.to_string())),
    }
}

/// SHA-256 over a DER certificate, as PVE shows it.
#[must_use]
pub fn fingerprint(der: &[u8]) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, der);
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// PVE's notation: 32 upper-case hex pairs with colons, 95 characters.
#[must_use]
pub fn format_fingerprint(fingerprint: &[u8; 32]) -> String {
    let pairs: Vec<String> = fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// Reads a SHA-256 fingerprint: hex in either case, pairs divided by colons or not at all, blanks around it.
#[must_use]
pub fn parse_fingerprint(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    let plain: String = match text.len() {
        64 => text.to_owned(),
        95 => {
            let well_divided = text.bytes().enumerate().all(|(at, byte)| (at % 3 == 2) == (byte == b':'));
            well_divided.then(|| text.replace(':', ""))?
        }
        _ => return None,
    };
    let mut bytes = [0; 32];
    hex::decode_to_slice(plain, &mut bytes).ok()?;
    Some(bytes)
}

/// Why a TLS handshake failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsProblem {
    /// No trusted root signed the certificate.
    UnknownIssuer,
    /// The certificate is for other names.
    WrongName {
        /// The name that was called.
        expected: String,
        /// The names that the certificate holds.
        presented: Vec<String>,
    },
    /// The certificate's time is over.
    Expired,
    /// The certificate's time has not begun.
    NotYetValid,
    /// Another certificate than the pinned one.
    PinMismatch {
        /// The fingerprint that was pinned.
        expected: [u8; 32],
        /// The fingerprint of the certificate that was shown.
        found: [u8; 32],
    },
    /// The host does not hold the certificate's key.
    BadSignature,
    /// The certificate's key or signature is of a kind that can be forged; the text says which.
    Weak(String),
    /// The certificate has another fault; the text says which.
    BadCertificate(String),
    /// The host does not speak TLS on this port.
    NotTls,
    /// The host ended the connection during the handshake.
    Closed,
    /// The host refused the handshake, or broke the protocol.
    Protocol(String),
}

impl TlsProblem {
    /// A stable word for logs and the API.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownIssuer => "unknown_issuer",
            Self::WrongName { .. } => "wrong_name",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::PinMismatch { .. } => "pin_mismatch",
            Self::BadSignature => "bad_signature",
            Self::Weak(_) => "weak_certificate",
            Self::BadCertificate(_) => "bad_certificate",
            Self::NotTls => "not_tls",
            Self::Closed => "closed",
            Self::Protocol(_) => "protocol",
        }
    }

    fn of_certificate(error: CertificateError) -> Self {
        match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            CertificateError::NotValidForName => Self::WrongName { expected: String::new(), presented: Vec::new() },
            CertificateError::NotValidForNameContext { expected, presented } => {
                Self::WrongName { expected: expected.to_str().into_owned(), presented }
            }
            CertificateError::BadSignature => Self::BadSignature,
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                Self::Weak("it is signed in a way that is not accepted any more, such as SHA-1".into())
            }
            other => Self::BadCertificate(other.to_string()),
        }
    }

    /// Reads what `rustls` says; the certificate too when one was shown.
    #[must_use]
    pub fn of(error: &rustls::Error) -> (Self, Option<CertificateDer<'static>>) {
        match error {
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
                match inner.downcast_ref::<Rejected>() {
                    Some(rejected) => (rejected.problem.clone(), Some(rejected.certificate.clone())),
                    None => (Self::BadCertificate(inner.to_string()), None),
                }
            }
            rustls::Error::InvalidCertificate(other) => (Self::of_certificate(other.clone()), None),
            rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => (Self::NotTls, None),
            other => (Self::Protocol(other.to_string()), None),
        }
    }
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer => f.write_str("the certificate is not signed by a trusted authority"),
            Self::WrongName { expected, presented } => {
                write!(f, "the certificate is for other names than {expected} ({})", presented.join(", "))
            }
            Self::Expired => f.write_str("the certificate has expired"),
            Self::NotYetValid => f.write_str("the certificate is not valid yet"),
            Self::PinMismatch { expected, found } => write!(
                f,
                "the certificate has the fingerprint {}, expected was {}",
                format_fingerprint(found),
                format_fingerprint(expected)
            ),
            Self::BadSignature => f.write_str("the host could not prove that it holds the certificate's key"),
            Self::Weak(text) => write!(f, "the certificate is too weak: {text}"),
            Self::BadCertificate(text) => write!(f, "the certificate cannot be accepted: {text}"),
            Self::NotTls => f.write_str("the host does not speak TLS on this port"),
            Self::Closed => f.write_str("the host ended the connection during the TLS handshake"),
            Self::Protocol(text) => write!(f, "the TLS handshake failed: {text}"),
        }
    }
}

/// Carries the refused certificate out of the handshake, so that a person can be asked whether to trust it.
#[derive(Debug)]
struct Rejected {
    problem: TlsProblem,
    certificate: CertificateDer<'static>,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Rejected {}

fn rejected(problem: TlsProblem, certificate: &CertificateDer<'_>) -> rustls::Error {
    let carried = Rejected { problem, certificate: certificate.clone().into_owned() };
    rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(carried))))
}

/// Refuses an RSA key that no handshake could be checked with, so that this is what a person is told.
fn not_weak(leaf: &CertificateDer<'_>) -> Result<(), rustls::Error> {
    match crate::certificate::rsa_bits(leaf) {
        Some(bits) if bits < RSA_BITS => {
            Err(rejected(TlsProblem::Weak(format!("its RSA key has {bits} bits, {RSA_BITS} are needed")), leaf))
        }
        _ => Ok(()),
    }
}

/// Keeps what the inner check said and adds the certificate.
fn with_certificate<T>(result: Result<T, rustls::Error>, leaf: &CertificateDer<'_>) -> Result<T, rustls::Error> {
    result.map_err(|error| rejected(TlsProblem::of(&error).0, leaf))
}

#[derive(Debug)]
enum Check {
    Chain(Arc<WebPkiServerVerifier>),
    Pin([u8; 32]),
    Nothing,
}

#[derive(Debug)]
struct Verifier {
    check: Check,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.check {
            Check::Chain(chain) => {
                not_weak(end_entity)?;
                let result = chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
                result.map_err(|error| match TlsProblem::of(&error).0 {
                    // Another authority of the same name: a cluster that was set up anew.
                    TlsProblem::BadSignature => rejected(TlsProblem::UnknownIssuer, end_entity),
                    problem => rejected(problem, end_entity),
                })
            }
            Check::Pin(expected) => {
                let found = fingerprint(end_entity);
                if found == *expected {
                    not_weak(end_entity)?;
                    return Ok(ServerCertVerified::assertion());
                }
                Err(rejected(TlsProblem::PinMismatch { expected: *expected, found }, end_entity))
            }
            Check::Nothing => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if matches!(self.check, Check::Nothing) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = provider().signature_verification_algorithms;
        with_certificate(verify_tls12_signature(message, cert, dss, &algorithms), cert)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if matches!(self.check, Check::Nothing) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = provider().signature_verification_algorithms;
        with_certificate(verify_tls13_signature(message, cert, dss, &algorithms), cert)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: &str =
        "54:6A:0E:0F:90:EE:38:63:E0:44:68:28:D5:54:B6:C7:4E:E2:DE:10:FC:81:26:AC:4D:80:E4:2B:E8:ED:91:83";

    #[test]
    fn a_fingerprint_reads_in_each_usual_notation() {
        let bytes = parse_fingerprint(SAMPLE).unwrap();
        assert_eq!(format_fingerprint(&bytes), SAMPLE);
        assert_eq!(parse_fingerprint(&SAMPLE.to_lowercase()), Some(bytes));
        assert_eq!(parse_fingerprint(&SAMPLE.replace(':', "")), Some(bytes));
        assert_eq!(parse_fingerprint(&format!("  {SAMPLE}\n")), Some(bytes));
    }

    #[test]
    fn what_is_no_sha256_fingerprint_is_refused() {
        for text in [
            "",
            "54:6A",
            &SAMPLE[..94],
            &SAMPLE.replace("54", "5G"),
            &SAMPLE.replace(':', "-"),
            &SAMPLE.replacen(":6A", "6A:", 1),
        ] {
            assert_eq!(parse_fingerprint(text), None, "{text}");
        }
    }

    #[test]
    fn fingerprint_is_sha256() {
        let expected =
            "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55";
        assert_eq!(format_fingerprint(&fingerprint(b"")), expected);
    }

    #[test]
    fn a_ca_policy_needs_a_readable_certificate() {
        assert_eq!(TlsPolicy::Ca(Vec::new()).client_config().unwrap_err(), PolicyError::NoRoots);
        let junk = CertificateDer::from(vec![1, 2, 3]);
        assert!(matches!(TlsPolicy::Ca(vec![junk]).client_config(), Err(PolicyError::BadRoot(_))));
        assert!(matches!(certificates_from_pem("nothing here"), Err(PolicyError::BadRoot(_))));
    }

    #[test]
    fn aes_128_comes_first() {
        let config = TlsPolicy::Insecure.client_config().unwrap();
        assert_eq!(config.crypto_provider().cipher_suites[0], cipher_suite::TLS13_AES_128_GCM_SHA256);
        assert_eq!(config.crypto_provider().cipher_suites.len(), rustls::crypto::ring::DEFAULT_CIPHER_SUITES.len());
    }

    proptest! {
        #[test]
        fn every_fingerprint_survives_its_notation(bytes: [u8; 32]) {
            let text = format_fingerprint(&bytes);
            prop_assert_eq!(text.len(), 95);
            prop_assert_eq!(parse_fingerprint(&text), Some(bytes));
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,100}") {
            let _ = parse_fingerprint(&text);
        }
    }
}
