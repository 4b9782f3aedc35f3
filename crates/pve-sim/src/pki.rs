//! The cluster's certificate authority and the nodes' certificates, in the shape PVE makes them (pve-cluster,
//! PVE/Cluster/Setup.pm) but with elliptic curve keys. Keys must never leave this process.

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType,
};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate authority such as /etc/pve/pve-root-ca.pem.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A node's certificate, ready to serve.
#[derive(Clone)]
pub(crate) struct NodeCertificate {
    /// The TLS settings: TLS 1.2 and 1.3, no ALPN, the leaf alone in the chain.
    pub(crate) tls: Arc<rustls::ServerConfig>,
    /// SHA-256 of the leaf in PVE's notation.
    pub(crate) fingerprint: String,
}

impl Authority {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let key = KeyPair::generate().context("cannot make the CA's key")?;
        let mut params = CertificateParams::default();
        let unit = crate::wire::uuid();
        params.distinguished_name.push(DnType::CommonName, "Proxmox Virtual Environment");
        params.distinguished_name.push(DnType::OrganizationalUnitName, unit);
        params.distinguished_name.push(DnType::OrganizationName, "PVE Cluster Manager CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        validity(&mut params, 3650);
        let pem = params.self_signed(&key).context("cannot sign the CA")?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }

    /// The authority's certificate.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// Makes a new certificate for a node at `address`.
    pub(crate) fn issue(&self, node: &str, address: IpAddr) -> anyhow::Result<NodeCertificate> {
        let key = KeyPair::generate().context("cannot make the node's key")?;
        let mut params =
            CertificateParams::new(vec!["localhost".to_owned(), node.to_owned(), format!("{node}.sim.invalid")])
                .context("the node's name is no host name")?;
        let mut addresses = vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])];
        if !addresses.contains(&address) {
            addresses.push(address);
        }
        params.subject_alt_names.extend(addresses.into_iter().map(SanType::IpAddress));
        params.distinguished_name.push(DnType::OrganizationalUnitName, "PVE Cluster Node");
        params.distinguished_name.push(DnType::OrganizationName, "Proxmox Virtual Environment");
        params.distinguished_name.push(DnType::CommonName, format!("{node}.sim.invalid"));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        validity(&mut params, 730);
        let leaf = params.signed_by(&key, &self.issuer).context("cannot sign the node's certificate")?;
        let fingerprint = fingerprint(leaf.der());
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .context("no TLS versions")?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], secret)
            .context("the node's certificate does not fit its key")?;
        Ok(NodeCertificate { tls: Arc::new(tls), fingerprint })
    }
}

fn validity(params: &mut CertificateParams, days: i64) {
    let now = time::OffsetDateTime::now_utc();
    params.not_before = now - time::Duration::hours(1);
    params.not_after = now + time::Duration::days(days);
}

/// SHA-256 in upper-case hexadecimal pairs with colons.
fn fingerprint(der: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, der);
    let pairs: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}
