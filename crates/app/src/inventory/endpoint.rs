//! The ways to one server: its PVE client, made from the stored row, with TLS configurations of its own.
//!
//! Made anew whenever the row changes, so that no resumed TLS session outlives a changed pin. The token's secret is
//! opened here and goes nowhere but into the client.

use std::sync::Arc;
use std::time::Duration;

use nexus_model::{CheckKind, Fallback, GuestKey, GuestKind, Micros, ServerId, TenantId, Tls, Way};
use nexus_net::dial::{Dialer, Target};
use nexus_net::tls::{TlsPolicy, certificates_from_pem, parse_fingerprint};
use nexus_pve::{ApiToken, Client, ClientConfig, Guest, Kind, Observer, Route, Timeouts};
use nexus_store::Server;
use nexus_store::keys::{KeyRing, Place};
use rustls_pki_types::CertificateDer;
use zeroize::Zeroizing;

use crate::metrics::{Metrics, Sample};

/// Nodes that may stand in for a server: an answer may name any number.
const FALLBACKS: usize = 16;

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
    /// Neither a host nor the tailnet is stored.
    #[error("the server has neither a host nor a name in the tailnet")]
    NoWay,
}

/// Where a server is, by all of its ways. Another place may be another server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Whereabouts {
    direct: Option<(String, u16)>,
    tailnet: Option<(String, u16)>,
}

impl Whereabouts {
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            direct: (!server.host.is_empty()).then(|| (server.host.clone(), server.port)),
            tailnet: server.use_tailscale.then(|| (server.tailscale_host.clone(), server.tailscale_port)),
        }
    }

    #[cfg(test)]
    pub(crate) fn for_tests(host: &str) -> Self {
        Self { direct: Some((host.into(), 8006)), tailnet: None }
    }

    /// Its host in the tailnet.
    pub(crate) fn tailnet(&self) -> Option<&str> {
        self.tailnet.as_ref().map(|(host, _)| host.as_str())
    }

    /// One host and port, by which servers of several tenants are known to be the same.
    pub(crate) fn first(&self) -> Option<(String, u16)> {
        self.direct.clone().or_else(|| self.tailnet.clone())
    }
}

/// A server that can be called.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: ServerId,
    pub(crate) tenant: TenantId,
    pub(crate) name: Arc<str>,
    pub(crate) place: Whereabouts,
    pub(crate) settings: Settings,
    /// What the row remembered of the cluster when this was made.
    pub(crate) cluster: Cluster,
    /// The row's version when this was made.
    pub(crate) version: i64,
    /// When the server was added.
    pub(crate) created_at: Micros,
    pub(crate) client: Client,
}

/// What the nodes that stand in for a server share with it.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    tls: Tls,
    timeout: Duration,
    use_fallbacks: bool,
    pub(crate) port: u16,
}

#[cfg(test)]
impl Settings {
    pub(super) fn for_tests(port: u16) -> Self {
        Self { tls: Tls::Verify, timeout: Duration::from_secs(10), use_fallbacks: true, port }
    }
}

/// What PVE said of a server's cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cluster {
    pub(crate) name: Option<String>,
    /// What tells it from others, from its nodes' certificates.
    pub(crate) mark: Option<String>,
    /// Its other nodes.
    pub(crate) fallbacks: Vec<Fallback>,
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
    /// Takes what calls come to.
    pub(crate) metrics: Metrics,
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

    /// The configured ways to a server, direct before the tailnet. The certificate is checked alike on both.
    pub(crate) fn routes(&self, server: &Server) -> Result<Vec<Route>, EndpointError> {
        let timeout = connect_timeout(server);
        let Whereabouts { direct, tailnet } = Whereabouts::of(server);
        let ways = [(Way::Direct, direct), (Way::Tailscale, tailnet)];
        let routes = ways.into_iter().filter_map(|(way, place)| {
            let (host, port) = place?;
            Some(self.target(&host, port, &server.tls, timeout).map(|target| Route { way: pve_way(way), target }))
        });
        let routes: Vec<_> = routes.collect::<Result<_, _>>()?;
        if routes.is_empty() { Err(EndpointError::NoWay) } else { Ok(routes) }
    }

    /// The nodes that may stand in for the server: none unless the row allows it. Where the server's certificate is
    /// pinned, only those whose own fingerprint the cluster has told.
    pub(crate) fn fallbacks(&self, settings: &Settings, remembered: &[Fallback]) -> Vec<nexus_pve::Fallback> {
        if !settings.use_fallbacks {
            return Vec::new();
        }
        let usable = remembered.iter().filter_map(|fallback| {
            let tls = match &settings.tls {
                Tls::Pin { .. } => Tls::Pin { fingerprint: fallback.fingerprint.clone()? },
                same => same.clone(),
            };
            let target = self.target(&fallback.host, fallback.port, &tls, settings.timeout).ok()?;
            Some(nexus_pve::Fallback { node: fallback.node.clone(), target })
        });
        usable.take(FALLBACKS).collect()
    }

    /// The ways to a stored server.
    pub(crate) fn endpoint(&self, server: &Server) -> Result<Endpoint, EndpointError> {
        let settings = Settings {
            tls: server.tls.clone(),
            timeout: connect_timeout(server),
            use_fallbacks: server.use_fallbacks,
            port: if server.host.is_empty() { server.tailscale_port } else { server.port },
        };
        // One setting is the limit for connecting and for reading: what a person expects of "time-out".
        let timeouts = Timeouts { read: settings.timeout, ..Timeouts::default() };
        let mut config = ClientConfig::new(self.routes(server)?, timeouts);
        config.fallbacks = self.fallbacks(&settings, &server.fallbacks);
        config.observer = Some(self.observer(server));
        let client = Client::with_routes(self.dialer.clone(), config, self.token(server)?);
        let cluster = Cluster {
            name: server.cluster_name.clone(),
            mark: server.cluster_mark.clone(),
            fallbacks: server.fallbacks.clone(),
        };
        Ok(Endpoint {
            id: server.id,
            tenant: server.tenant_id,
            name: server.name.as_str().into(),
            place: Whereabouts::of(server),
            settings,
            cluster,
            version: server.version,
            created_at: server.created_at,
            client,
        })
    }

    /// Records every call but the overview, which is a check and recorded as one.
    fn observer(&self, server: &Server) -> Observer {
        let (metrics, tenant, id) = (self.metrics.clone(), server.tenant_id, server.id);
        let name = Arc::<str>::from(server.name.as_str());
        Observer::new(move |done| {
            metrics.record(Sample {
                tenant,
                server: id,
                server_name: Arc::clone(&name),
                at: metrics.now(),
                kind: CheckKind::Call,
                what: done.what.clone().into(),
                ok: done.ok,
                took: done.took,
                way: done.way.map(way_of),
                attempts: done.attempts,
                timeout: done.timeout,
                error: done.error.clone(),
                answered: done.answered,
            });
        })
    }
}

fn connect_timeout(server: &Server) -> Duration {
    Duration::from_millis(u64::from(server.connect_timeout_ms))
}

/// A way in the words of the PVE client.
pub(crate) fn pve_way(way: Way) -> nexus_pve::Way {
    match way {
        Way::Direct => nexus_pve::Way::Direct,
        Way::Tailscale => nexus_pve::Way::Tailscale,
    }
}

/// A way in our own words.
pub(crate) fn way_of(way: nexus_pve::Way) -> Way {
    match way {
        nexus_pve::Way::Direct => Way::Direct,
        nexus_pve::Way::Tailscale => Way::Tailscale,
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
