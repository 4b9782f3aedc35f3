//! What a person is shown of a certificate before they trust it.
//!
//! Display only: nothing here decides about trust, and unreadable parts are left out rather than guessed.

use rustls_pki_types::CertificateDer;
use x509_parser::prelude::*;
use x509_parser::public_key::PublicKey;

use crate::tls::fingerprint;

/// The readable parts of a leaf certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInfo {
    /// SHA-256 over the whole certificate.
    pub fingerprint: [u8; 32],
    /// The subject's distinguished name, empty when the certificate cannot be read.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// First second of validity, in seconds since 1970 UTC.
    pub not_before: i64,
    /// Last second of validity, in seconds since 1970 UTC.
    pub not_after: i64,
    /// DNS names and IP addresses of the subject.
    pub names: Vec<String>,
    /// Whether subject and issuer are the same name.
    pub self_signed: bool,
}

impl CertificateInfo {
    /// Reads `certificate`; a certificate that is no X.509 keeps its fingerprint alone.
    #[must_use]
    pub fn read(certificate: &CertificateDer<'_>) -> Self {
        let fingerprint = fingerprint(certificate);
        match X509Certificate::from_der(certificate) {
            Ok((_, parsed)) => Self {
                fingerprint,
                subject: parsed.subject().to_string(),
                issuer: parsed.issuer().to_string(),
                not_before: parsed.validity().not_before.timestamp(),
                not_after: parsed.validity().not_after.timestamp(),
                names: names(&parsed),
                self_signed: parsed.subject().as_raw() == parsed.issuer().as_raw(),
            },
            Err(_) => Self {
                fingerprint,
                subject: String::new(),
                issuer: String::new(),
                not_before: 0,
                not_after: 0,
                names: Vec::new(),
                self_signed: false,
            },
        }
    }
}

/// The length of the certificate's RSA key; `None` for another kind of key, or when it cannot be read.
pub(crate) fn rsa_bits(certificate: &CertificateDer<'_>) -> Option<usize> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    match parsed.public_key().parsed().ok()? {
        PublicKey::RSA(key) => Some(key.key_size()),
        _ => None,
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    extension.value.general_names.iter().filter_map(name).collect()
}

fn name(general: &GeneralName<'_>) -> Option<String> {
    match general {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|octets| std::net::Ipv4Addr::from(octets).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|octets| std::net::Ipv6Addr::from(octets).to_string()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_names_and_dates_are_read() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params =
            rcgen::CertificateParams::new(vec!["pve1.example".into(), "10.0.0.5".into(), "::1".into()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, "pve1.example");
        params.not_before = rcgen::date_time_ymd(2026, 1, 2);
        params.not_after = rcgen::date_time_ymd(2028, 1, 2);
        let certificate = params.self_signed(&key).unwrap();
        let info = CertificateInfo::read(certificate.der());
        assert_eq!(info.fingerprint, fingerprint(certificate.der()));
        assert!(info.subject.contains("CN=pve1.example"), "{}", info.subject);
        assert_eq!(info.names, ["pve1.example", "10.0.0.5", "::1"]);
        assert_eq!((info.not_before, info.not_after), (1_767_312_000, 1_830_384_000));
        assert!(info.self_signed);
    }

    #[test]
    fn junk_keeps_its_fingerprint() {
        let info = CertificateInfo::read(&CertificateDer::from(vec![9; 40]));
        assert_eq!(info.fingerprint, fingerprint(&[9; 40]));
        assert!(info.subject.is_empty() && info.names.is_empty());
    }
}
