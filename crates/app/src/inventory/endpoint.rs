//! The way to one server: its PVE client, made from the stored row, with a TLS configuration of its own.
//!
//! Made anew whenever the row changes, so that no resumed TLS session outlives a changed pin. The token's secret is
//! opened here and goes nowhere but into the client.

use std::sync::Arc;
use std::time::Duration;

use nexus_model::{GuestKey, GuestKind, ServerId, TenantId, Tls};
use nexus_net::dial::{Dialer, Target};
use nexus_net::tls::{TlsPolicy, certificates_from_pem, parse_fingerprint};
use nexus_pve::{ApiToken, Client, Guest, Kind, Timeouts};
use nexus_store::Server;
use nexus_store::keys::{KeyRing, Place};
use rustls_pki_types::CertificateDer;
use zeroize::Zeroizing;

/// Why a server cannot be called at all. Shown to managers.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EndpointError {
    /// The key ring lacks the key, or the row is damaged.
    #[error("the stored API token cannot be opened; check the encryption keys, or enter the token again")]
    Secret,
    /// The stored token is not one of PVE.
    #[error("the stored API token is not valid; enter it again")]
    Token,
    /// The stored host is not one.
    #[error("the stored host is not valid")]
    Host,
    /// The TLS settings cannot be used.
    #[error("the TLS settings cannot be used: {0}")]
    Tls(String),
}

/// A server that can be called.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: ServerId,
    pub(crate) tenant: TenantId,
    pub(crate) name: Arc<str>,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The row's version when this was made.
    pub(crate) version: i64,
    pub(crate) client: Client,
}

/// Where a token's secret is sealed for.
pub(crate) fn secret_place(id: ServerId) -> Place<'static> {
    Place { table: "server", row: id.uuid(), column: "token_secret" }
}

/// What it takes to make endpoints.
pub(crate) struct Maker {
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) dialer: Dialer,
    /// Roots beside the machine's, for servers that are verified.
    pub(crate) roots: Vec<CertificateDer<'static>>,
}

impl Maker {
    /// The stored token with its secret.
    pub(crate) fn token(&self, server: &Server) -> Result<ApiToken, EndpointError> {
        let secret =
            self.keys.open(&server.token_secret, &secret_place(server.id)).map_err(|_| EndpointError::Secret)?;
        let secret = std::str::from_utf8(&secret).map_err(|_| EndpointError::Token)?;
        let whole = Zeroizing::new(format!("{}={secret}", server.token_id));
        ApiToken::parse(&whole).map_err(|_| EndpointError::Token)
    }

    /// Where and how to connect.
    pub(crate) fn target(&self, host: &str, port: u16, tls: &Tls, timeout: Duration) -> Result<Target, EndpointError> {
        let policy = match tls {
            Tls::Verify => TlsPolicy::Verify { extra_roots: self.roots.clone() },
            Tls::Ca { ca_pem } => {
                TlsPolicy::Ca(certificates_from_pem(ca_pem).map_err(|e| EndpointError::Tls(e.to_string()))?)
            }
            Tls::Pin { fingerprint } => TlsPolicy::Pin(
                parse_fingerprint(fingerprint).ok_or_else(|| EndpointError::Tls("the fingerprint is none".into()))?,
            ),
            Tls::Insecure => TlsPolicy::Insecure,
        };
        Ok(Target {
            host: host.parse().map_err(|_| EndpointError::Host)?,
            port,
            tls: policy.client_config().map_err(|e| EndpointError::Tls(e.to_string()))?,
            connect_timeout: timeout,
        })
    }

    /// The way to a stored server.
    pub(crate) fn endpoint(&self, server: &Server) -> Result<Endpoint, EndpointError> {
        let timeout = Duration::from_millis(u64::from(server.connect_timeout_ms));
        let target = self.target(&server.host, server.port, &server.tls, timeout)?;
        let client = Client::new(self.dialer.clone(), target, self.token(server)?, Timeouts::default());
        Ok(Endpoint {
            id: server.id,
            tenant: server.tenant_id,
            name: server.name.as_str().into(),
            host: server.host.clone(),
            port: server.port,
            version: server.version,
            client,
        })
    }
}

/// A guest in PVE's words.
pub(crate) fn pve_guest(key: GuestKey, node: &str) -> Guest<'_> {
    let kind = match key.kind {
        GuestKind::Qemu => Kind::Qemu,
        GuestKind::Lxc => Kind::Lxc,
    };
    Guest { node, kind, vmid: key.vmid }
}
