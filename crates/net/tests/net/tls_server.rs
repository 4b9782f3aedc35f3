//! A small TLS server on loopback with certificates made on the spot; written on tokio-rustls, so that a fault of our own
//! stream cannot hide on both sides.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use nexus_net::dial::{Dialer, Target};
use nexus_net::guard::{Guard, GuardConfig};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{HandshakeKind, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

/// An authority and what it signs.
pub(crate) struct Authority {
    pub(crate) certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
pub(crate) struct Leaf {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) key: KeyPair,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Test CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn leaf(&self, names: &[&str], years: (i32, i32)) -> Leaf {
        let key = KeyPair::generate().unwrap();
        let mut params =
            CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
        params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        Leaf { certificate, key }
    }

    pub(crate) fn good_leaf(&self) -> Leaf {
        self.leaf(&["127.0.0.1", "::1", "localhost", "pve.tail1.ts.net"], (2020, 2090))
    }
}

/// Shows any certificate with any key, also one that does not belong to it.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

pub(crate) fn private_key(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()))
}

pub(crate) fn server_config(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let signer = provider.key_provider.load_private_key(private_key(key)).unwrap();
    let shown = Shown(Arc::new(CertifiedKey::new(vec![certificate], signer)));
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_cert_resolver(Arc::new(shown)))
}

/// A running echo server, stopped when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) handshakes: mpsc::UnboundedReceiver<HandshakeKind>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn serve(config: Arc<ServerConfig>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (told, handshakes) = mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(config);
        while let Ok((sock, _)) = listener.accept().await {
            let (acceptor, told) = (acceptor.clone(), told.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(sock).await else { return };
                let _ = told.send(stream.get_ref().1.handshake_kind().unwrap());
                let mut buffer = [0; 1024];
                while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                    if stream.write_all(&buffer[..count]).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Server { address, handshakes, task }
}

/// A dialer that may call loopback at `ports`.
pub(crate) fn dialer(ports: &[u16]) -> Dialer {
    Dialer::new(guard(ports), None)
}

pub(crate) fn guard(ports: &[u16]) -> Guard {
    Guard::pve(GuardConfig { ports: ports.to_vec(), allow_loopback: true, ..GuardConfig::default() })
}

pub(crate) fn target(host: &str, port: u16, policy: &nexus_net::tls::TlsPolicy) -> Target {
    Target {
        host: host.parse().unwrap(),
        port,
        tls: policy.client_config().unwrap(),
        connect_timeout: Duration::from_secs(20),
    }
}
