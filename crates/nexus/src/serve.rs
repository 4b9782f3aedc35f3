//! Starts Nexus from its settings and stops it in order: no new connections, consoles and streams told, requests
//! finished, background tasks ended, database closed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use nexus_api::{Api, Site};
use nexus_app::{App, Clock, Tuning};
use nexus_net::accept::{Limits, Listener, ServerTls};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::acme::Acme;
use crate::config::Settings;
use crate::{demo, tls, wiring};

/// How long requests may still run once a stop began.
const GRACE: Duration = Duration::from_secs(10);

/// What `serve` takes beside the settings.
pub(crate) struct Options {
    pub(crate) demo: Option<PathBuf>,
    pub(crate) demo_credentials: Option<PathBuf>,
    pub(crate) address_file: Option<PathBuf>,
}

/// A Nexus that serves.
pub struct Running {
    /// The operations.
    pub app: App,
    /// The address it listens on.
    pub address: SocketAddr,
    /// The fingerprint of its own certificate, where it made one.
    pub own_certificate: Option<String>,
    shutdown: CancellationToken,
    tracker: TaskTracker,
}

/// Opens the database, starts the background tasks and listens. Tests give a clock and times of their own.
///
/// # Errors
/// Settings that do not fit, a database that cannot be opened, a port that is taken.
pub async fn start(settings: &Settings, clock: Clock, tuning: Tuning) -> anyhow::Result<Running> {
    let problems = settings.problems();
    anyhow::ensure!(problems.is_empty(), "the settings do not fit:\n  {}", problems.join("\n  "));
    let folder = &settings.data;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let socket = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen on {}: is another program there?", settings.listen))?;
    let address = socket.local_addr()?;
    let acme = Acme::new(settings, clock.clone())?;
    let certificate = settings.speaks_tls().then(|| tls::certificate(settings)).transpose()?;
    let app = wiring::app(settings, address, clock, tuning).await?;
    let site = match settings.public_origin() {
        Some(origin) => Site::public(&origin, settings.trusted_proxies.clone()),
        None => Site::loopback(address.port(), settings.speaks_tls()),
    };
    let site = site.with_gateway(settings.gateway_host.as_deref());
    let router = nexus_api::router(Api { app: app.clone(), site: Arc::new(site) });
    let tls = certificate.as_ref().map(|certificate| ServerTls::new(certificate.config.clone()));
    if let (Some(acme), Some(tls)) = (acme, &tls) {
        acme.start(app.tasks_behind(), tls.clone());
    }
    let limits = Limits { unlimited: settings.trusted_proxies.clone(), ..Limits::default() };
    let (shutdown, tracker) = (CancellationToken::new(), TaskTracker::new());
    let listener = Listener::new(socket, tls, limits);
    tracker.spawn(listener.serve(router, shutdown.clone(), tracker.clone()));
    let own_certificate = certificate.filter(|certificate| certificate.own).map(|certificate| certificate.fingerprint);
    Ok(Running { app, address, own_certificate, shutdown, tracker })
}

impl Running {
    /// Stops in order; requests get ten seconds.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.app.stop().await;
        self.tracker.close();
        if tokio::time::timeout(GRACE, self.tracker.wait()).await.is_err() {
            tracing::warn!("Some requests did not end in time and were cut off");
        }
    }
}

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn until_stopped(mut settings: Settings, options: Options) -> anyhow::Result<()> {
    for variable in Settings::unknown_variables() {
        tracing::warn!("{variable} is set but is no setting of Nexus");
    }
    let fleet = options.demo.as_deref().map(|file| demo::Fleet::read(file, &mut settings)).transpose()?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let running = start(&settings, Clock::system(), Tuning::default()).await?;
    match fleet {
        Some(fleet) => {
            let credentials = options.demo_credentials.as_deref();
            demo::begin(&running, &fleet, credentials).await.context("the demo cannot begin")?;
        }
        None => announce(&settings, &running).await?,
    }
    if let Some(file) = options.address_file {
        write_whole(&file, &running.address.to_string())?;
    }
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    eprintln!("Nexus stops.");
    running.stop().await;
    Ok(())
}

/// Writes a file so that whoever waits for it never sees half of it.
pub(crate) fn write_whole(file: &std::path::Path, text: &str) -> anyhow::Result<()> {
    let unfinished = file.with_extension("unfinished");
    std::fs::write(&unfinished, text)
        .and_then(|()| std::fs::rename(&unfinished, file))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Where Nexus is reached, once it is.
pub(crate) fn site_url(settings: &Settings, address: SocketAddr) -> String {
    let scheme = if settings.speaks_tls() { "https" } else { "http" };
    settings.public_origin().unwrap_or_else(|| format!("{scheme}://{address}"))
}

/// The set-up link: the secret stands in the fragment, which no browser sends and no proxy logs.
pub(crate) fn setup_url(settings: &Settings, address: SocketAddr, secret: &str) -> String {
    format!("{}/set-up#{secret}", site_url(settings, address))
}

async fn announce(settings: &Settings, running: &Running) -> anyhow::Result<()> {
    eprintln!("Nexus {} is at {}", env!("CARGO_PKG_VERSION"), site_url(settings, running.address));
    if let Some(fingerprint) = &running.own_certificate {
        eprintln!("Its certificate is its own, so browsers ask once. SHA-256 {fingerprint}");
    }
    if let Some(secret) = running.app.accounts.make_setup_link().await? {
        eprintln!("\n  Create the first admin with this link, once, within an hour:\n");
        eprintln!("    {}\n", setup_url(settings, running.address, &secret));
    }
    Ok(())
}
