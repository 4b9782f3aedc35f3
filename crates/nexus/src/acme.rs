//! A certificate from an authority that speaks ACME (RFC 8555): asked for at the first start, and anew when two thirds of its
//! time are over. Names are proven by TLS-ALPN-01 on Nexus' own port, so that no second port has to be open.
//!
//! What fails leaves the certificate that is there, says why in the log and on the page about the system, and is tried
//! again. Key, chain and account lie in the data folder, readable by their owner alone.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use hyper::body::Bytes;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType, Identifier,
    NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use nexus_app::Clock;
use nexus_app::background::{Background, Beat};
use nexus_model::Micros;
use nexus_net::accept::ServerTls;
use nexus_net::proof::{Proofs, with_proofs};
use nexus_net::tls::TlsPolicy;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::{ClientConfig, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};

use crate::config::Settings;
use crate::fetch::fetch;
use crate::tls::write_private;

/// Let's Encrypt, for everybody.
pub(crate) const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Between two looks whether something is due.
const LOOK: Duration = Duration::from_secs(2);
/// The pause after a first failure; it doubles up to the longest. Let's Encrypt bears five failures of a name in an hour.
const FIRST_PAUSE: Duration = Duration::from_secs(15 * 60);
const LONGEST_PAUSE: Duration = Duration::from_secs(12 * 3600);
/// How long one request of the authority may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the authority may take to look at a name, and to make a certificate.
const ORDER_PATIENCE: Duration = Duration::from_secs(120);
/// The largest answer of the authority that is read.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// Asks for certificates and keeps them.
pub(crate) struct Acme {
    domains: Vec<String>,
    contact: Option<String>,
    directory: String,
    tls: Arc<ClientConfig>,
    folder: PathBuf,
    clock: Clock,
}

/// The account at the authority, as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptAccount {
    directory: String,
    credentials: AccountCredentials,
}

/// Key and chain in one file, so that they are always of one make.
pub(crate) fn certificate_file(settings: &Settings) -> PathBuf {
    settings.data.join("acme").join("certificate.pem")
}

impl Acme {
    /// `None` where no domains are set.
    pub(crate) fn new(settings: &Settings, clock: Clock) -> anyhow::Result<Option<Self>> {
        if settings.acme_domains.is_empty() {
            return Ok(None);
        }
        let extra_roots = crate::wiring::roots(settings.acme_ca_file.as_deref())?;
        Ok(Some(Self {
            domains: settings.acme_domains.clone(),
            contact: settings.acme_contact.as_ref().map(|contact| format!("mailto:{contact}")),
            directory: settings.acme_directory.clone().unwrap_or_else(|| LETS_ENCRYPT.to_owned()),
            tls: TlsPolicy::Verify { extra_roots }.client_config()?,
            folder: settings.data.join("acme"),
            clock,
        }))
    }

    /// Looks after the certificate of `listener` from now on.
    pub(crate) fn start(self, background: &Background, listener: ServerTls) {
        let acme = Arc::new(self);
        background.start("tls.acme", move |beat| {
            let (acme, listener) = (Arc::clone(&acme), listener.clone());
            async move { acme.keep(&beat, &listener).await }
        });
    }

    async fn keep(&self, beat: &Beat, listener: &ServerTls) {
        let (mut failures, mut not_before) = (0, Micros(0));
        loop {
            let now = self.clock.now();
            if now >= self.due().max(not_before) {
                match self.renew(listener).await {
                    Ok(()) => {
                        failures = 0;
                        beat.done();
                        tracing::info!(domains = self.domains.join(" "), "a new certificate is in use");
                    }
                    Err(error) => {
                        let pause = FIRST_PAUSE.saturating_mul(1 << failures.min(16)).min(LONGEST_PAUSE);
                        (failures, not_before) = (failures + 1, now.plus(pause));
                        let error = format!("{error:#}");
                        beat.failed(&error);
                        tracing::warn!(error, again_in_seconds = pause.as_secs(), "no new certificate");
                    }
                }
            }
            if !beat.nap(LOOK).await {
                return;
            }
        }
    }

    /// When the next certificate is to be asked for: two thirds into the one that there is, at once where there is none or
    /// it is for other names.
    fn due(&self) -> Micros {
        let file = self.folder.join("certificate.pem");
        let leaf = CertificateDer::pem_file_iter(file).ok().and_then(|mut chain| chain.next()?.ok());
        leaf.and_then(|leaf| renewal_time(&leaf, &self.domains)).unwrap_or(Micros(0))
    }

    async fn renew(&self, listener: &ServerTls) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder).with_context(|| format!("cannot make {}", self.folder.display()))?;
        let account = self.account().await?;
        let names: Vec<Identifier> = self.domains.iter().cloned().map(Identifier::Dns).collect();
        let order = account.new_order(&NewOrder::new(&names)).await;
        let mut order = order.context("the certificate authority does not take the order")?;
        let (usual, proofs) = (listener.current(), Arc::new(Proofs::default()));
        listener.replace(with_proofs(&usual, Arc::clone(&proofs)));
        let made = self.fulfil(&mut order, &proofs).await;
        listener.replace(usual);
        let (key, chain) = made?;
        let pem = format!("{key}{chain}");
        let config = read_pem(&pem).context("what the certificate authority sent cannot be used")?;
        let (file, unfinished) = (self.folder.join("certificate.pem"), self.folder.join("certificate.unfinished"));
        let written = write_private(&unfinished, pem.as_bytes()).and_then(|()| std::fs::rename(&unfinished, &file));
        written.with_context(|| format!("cannot write {}", file.display()))?;
        listener.replace(config);
        Ok(())
    }

    /// The account at the authority: the one of the last time, or a new one.
    async fn account(&self) -> anyhow::Result<Account> {
        let file = self.folder.join("account.json");
        let builder = || Account::builder_with_http(Box::new(Client { tls: Arc::clone(&self.tls) }));
        if file.is_file() {
            let text = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let kept: KeptAccount = serde_json::from_slice(&text)
                .with_context(|| format!("{} is damaged: remove it, and a new account is made", file.display()))?;
            if kept.directory == self.directory {
                let account = builder().from_credentials(kept.credentials).await;
                return account.context("the certificate authority cannot be asked");
            }
        }
        let contact: Vec<&str> = self.contact.as_deref().into_iter().collect();
        let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let made = builder().create(&new, self.directory.clone(), None).await;
        let (account, credentials) = made.context("no account could be made at the certificate authority")?;
        let kept = serde_json::to_vec(&KeptAccount { directory: self.directory.clone(), credentials })?;
        write_private(&file, &kept).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(account)
    }

    /// Proves every name, and returns key and chain in PEM.
    async fn fulfil(&self, order: &mut Order, proofs: &Proofs) -> anyhow::Result<(String, String)> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.context("the certificate authority does not say what to prove")?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let mut challenge = authorization
                .challenge(ChallengeType::TlsAlpn01)
                .context("the certificate authority does not offer TLS-ALPN-01")?;
            let name = challenge.identifier().to_string();
            prove(proofs, &name, challenge.key_authorization().digest().as_ref())?;
            challenge.set_ready().await.with_context(|| format!("{name} cannot be proven"))?;
        }
        let patience = RetryPolicy::new().timeout(ORDER_PATIENCE);
        match order.poll_ready(&patience).await {
            Ok(OrderStatus::Ready) => {}
            Err(error) if order.state().status != OrderStatus::Invalid => {
                return Err(error).context("the certificate authority does not decide");
            }
            Ok(_) | Err(_) => anyhow::bail!("{}", why_refused(order).await),
        }
        let key = KeyPair::generate().context("no key can be made")?;
        let request = CertificateParams::new(self.domains.clone())?.serialize_request(&key)?;
        order.finalize_csr(request.der()).await.context("the certificate authority refuses to sign")?;
        let chain = order.poll_certificate(&patience).await.context("the certificate authority does not sign")?;
        Ok((key.serialize_pem(), chain))
    }
}

/// Puts the proof of a name where the listener shows it: a certificate of our own with the digest in it (RFC 8737, 3).
fn prove(proofs: &Proofs, name: &str, digest: &[u8]) -> anyhow::Result<()> {
    let key = KeyPair::generate().context("no key can be made")?;
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    proofs.add(name, certificate.der().clone(), key).context("the proof cannot be shown")
}

/// What the authority says was wrong with the names.
async fn why_refused(order: &mut Order) -> String {
    let mut reasons = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else { continue };
        let name = state.identifier().to_string();
        let problems = state.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
        reasons.extend(problems.map(|problem| format!("{name}: {problem}")));
    }
    if reasons.is_empty() {
        "the certificate authority refuses and does not say why".to_owned()
    } else {
        format!("the certificate authority could not verify {}", reasons.join("; "))
    }
}

/// Two thirds into a certificate's time; `None` where it is not for exactly these names.
fn renewal_time(leaf: &CertificateDer<'_>, domains: &[String]) -> Option<Micros> {
    let (_, certificate) = x509_parser::parse_x509_certificate(leaf).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    let mut held: Vec<String> = names
        .value
        .general_names
        .iter()
        .map(|name| match name {
            x509_parser::extensions::GeneralName::DNSName(name) => name.to_ascii_lowercase(),
            other => other.to_string(),
        })
        .collect();
    let mut wanted: Vec<String> = domains.iter().map(|name| name.to_ascii_lowercase()).collect();
    held.sort();
    wanted.sort();
    let validity = certificate.validity();
    let (from, until) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    (held == wanted).then(|| Micros((from + (until - from) / 3 * 2).saturating_mul(1_000_000)))
}

/// A server configuration from key and chain in one text.
fn read_pem(pem: &str) -> anyhow::Result<Arc<ServerConfig>> {
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).context("there is no key")?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    Ok(nexus_net::accept::server_config(chain?, key)?)
}

/// Whether `file` holds a certificate that can be used.
pub(crate) fn is_usable(file: &Path) -> bool {
    std::fs::read_to_string(file).is_ok_and(|pem| read_pem(&pem).is_ok())
}

/// The way to the authority.
struct Client {
    tls: Arc<ClientConfig>,
}

impl instant_acme::HttpClient for Client {
    fn request(
        &self,
        request: http::Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        let tls = Arc::clone(&self.tls);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = http_body_util::BodyExt::collect(body)
                .await
                .map_or_else(|never| match never {}, http_body_util::Collected::to_bytes);
            let asked = fetch(Some(&tls), http::Request::from_parts(head, body), MAX_ANSWER_BYTES);
            let answer = tokio::time::timeout(PATIENCE, asked).await;
            let answer = answer.unwrap_or_else(|_| Err("it does not answer in time".into()));
            answer.map(|answer| answer.map(http_body_util::Full::new).into()).map_err(instant_acme::Error::Other)
        })
    }
}
