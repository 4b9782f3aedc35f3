//! The way through the tailnet, with a real SOCKS5 proxy process (`microsocks`) in the place of tailscaled's.
//!
//! The proxy looks names up itself: `localhost` plays a name of the tailnet.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nexus_net::dial::{Dialer, Target};
use nexus_net::guard::{Guard, GuardConfig, Rule};
use nexus_net::proxy::SocksProxy;
use nexus_net::tls::TlsPolicy;
use nexus_pve::{Cause, Client, ClientConfig, ProbeStage, Route, Stage, Timeouts, Way, probe};
use pve_sim::{Fault, FaultKind, Sim};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::fleet::{BROKER, MODES, VM, pin, port, start, target, token};

const BOUND: Duration = Duration::from_secs(20);

/// A running proxy, killed when dropped.
struct Proxy {
    child: Child,
    port: u16,
    /// What it printed: one line for each connection, with the name that it was asked for.
    log: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start() -> Self {
        // The port is chosen here, and may be taken by another process before the proxy has it.
        for _ in 0..5 {
            let port = free_port().await;
            let mut command = Command::new("microsocks");
            command.args(["-i", "127.0.0.1", "-p", &port.to_string()]).stderr(Stdio::piped()).kill_on_drop(true);
            let mut child = command.spawn().expect(
                "this test needs the program `microsocks` of the Debian package of that name; \
                 `cargo xtask test` installs it",
            );
            let log = Arc::new(Mutex::new(Vec::new()));
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
            let told = Arc::clone(&log);
            tokio::spawn(async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    told.lock().unwrap().push(line);
                }
            });
            let up = timeout(BOUND, async {
                loop {
                    if child.try_wait().unwrap().is_some() {
                        return false;
                    }
                    if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                        return true;
                    }
                    tokio::task::yield_now().await;
                }
            });
            if up.await.expect("the proxy neither listens nor ends") {
                return Self { child, port, log };
            }
        }
        panic!("no port was free for the proxy");
    }

    async fn stop(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// How often it was asked for `what`.
    fn asked_for(&self, what: &str) -> usize {
        self.log.lock().unwrap().iter().filter(|line| line.ends_with(&format!("connected to {what}"))).count()
    }

    /// Waits until it has printed that it was asked for `what`.
    async fn until_asked_for(&self, what: &str) {
        timeout(BOUND, async {
            while self.asked_for(what) == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("the proxy was not asked for {what}: {:?}", self.log.lock().unwrap()));
    }

    fn dialer(&self, ports: &[u16]) -> Dialer {
        let config = GuardConfig { ports: ports.to_vec(), allow_loopback: true, ..GuardConfig::default() };
        let proxy = SocksProxy::new("127.0.0.1".parse().unwrap(), self.port, &["localhost".into()]);
        Dialer::new(Guard::pve(config), Some(proxy))
    }
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

fn by(way: Way, host: &str, port: u16, policy: &TlsPolicy) -> Route {
    Route { way, target: Target { host: host.parse().unwrap(), ..target(port, policy) } }
}

fn client(dialer: &Dialer, routes: Vec<Route>) -> Client {
    let config = ClientConfig { jitter: || 0.0, ..ClientConfig::new(routes, Timeouts::default()) };
    Client::with_routes(dialer.clone(), config, token(BROKER))
}

fn tailnet(sim: &Sim) -> Route {
    by(Way::Tailscale, "localhost", port(sim), &pin(sim))
}

#[tokio::test]
async fn names_of_the_tailnet_go_through_the_proxy_and_others_do_not() {
    for mode in MODES {
        let (sim, proxy) = (start(mode).await, Proxy::start().await);
        let dialer = proxy.dialer(&[port(&sim)]);
        let through = client(&dialer, vec![tailnet(&sim)]);
        through.version().await.unwrap();
        proxy.until_asked_for(&format!("localhost:{}", port(&sim))).await;
        let mut console = through.vnc_console(VM).await.unwrap();
        let mut greeting = [0; 14];
        timeout(BOUND, console.stream.read_exact(&mut greeting)).await.unwrap().unwrap();
        assert_eq!(&greeting[2..], b"RFB 003.008\n");
        assert_eq!(console.node_address.port(), proxy.port);
        let report = probe(&dialer, &tailnet(&sim), &token(BROKER)).await;
        assert!(report.is_ok() && report.proxied == Some(true) && report.way == Way::Tailscale, "{report:?}");

        let direct = by(Way::Direct, "127.0.0.1", port(&sim), &pin(&sim));
        client(&dialer, vec![direct.clone()]).version().await.unwrap();
        assert_eq!(probe(&dialer, &direct, &token(BROKER)).await.proxied, Some(false));
        assert_eq!(proxy.asked_for(&format!("127.0.0.1:{}", port(&sim))), 0);
        sim.stop().await;
    }
}

#[tokio::test]
async fn the_tailnet_is_used_when_the_direct_way_fails_and_comes_first_afterwards() {
    let (sim, mut proxy) = (start(MODES[0]).await, Proxy::start().await);
    let gone = free_port().await;
    let dialer = proxy.dialer(&[port(&sim), gone]);
    let direct = by(Way::Direct, "127.0.0.1", gone, &pin(&sim));
    let both = client(&dialer, vec![direct, tailnet(&sim)]);
    both.version().await.unwrap();
    assert_eq!((both.way(), both.report().recent.attempts), (Some(Way::Tailscale), 2));
    for _ in 0..3 {
        both.guest_status(VM).await.unwrap();
    }
    let report = both.report();
    assert_eq!((report.ways[0].attempts, report.ways[1].is_last, report.recent.attempts), (1, true, 5));

    // The other way round: the proxy goes, the direct way is there.
    let direct = by(Way::Direct, "127.0.0.1", port(&sim), &pin(&sim));
    let both = client(&dialer, vec![tailnet(&sim), direct]);
    both.version().await.unwrap();
    assert_eq!(both.way(), Some(Way::Tailscale));
    proxy.stop().await;
    // Answers of status/current end the connection: the next call needs a new one.
    let _ = both.guest_status(VM).await;
    both.guest_status(VM).await.unwrap();
    assert_eq!(both.way(), Some(Way::Direct));
    sim.stop().await;
}

#[tokio::test]
async fn a_proxy_that_is_down_is_named() {
    let (sim, mut proxy) = (start(MODES[0]).await, Proxy::start().await);
    proxy.stop().await;
    let dialer = proxy.dialer(&[port(&sim)]);
    let report = probe(&dialer, &tailnet(&sim), &token(BROKER)).await;
    let error = report.error().unwrap();
    assert_eq!((error.stage, error.cause()), (Stage::Connect, Cause::ProxyDown));
    assert!(error.to_string().contains(&format!("127.0.0.1:{}", proxy.port)), "{error}");
    assert!(report.stages.iter().all(|stage| (stage.stage == ProbeStage::Connect) == stage.error.is_some()));
    sim.stop().await;
}

#[tokio::test]
async fn what_is_no_proxy_is_not_waited_for() {
    let sim = start(MODES[0]).await;
    // It speaks TLS, and no SOCKS.
    let config = GuardConfig { ports: vec![port(&sim)], allow_loopback: true, ..GuardConfig::default() };
    let other = SocksProxy::new("127.0.0.1".parse().unwrap(), port(&sim), &["localhost".into()]);
    let dialer = Dialer::new(Guard::pve(config), Some(other));
    let mut route = tailnet(&sim);
    route.target.connect_timeout = Duration::from_secs(2);
    let report = probe(&dialer, &route, &token(BROKER)).await;
    let cause = report.error().unwrap().cause();
    let late = Cause::ConnectTimeout(nexus_net::dial::Stage::Connect);
    assert!(cause == Cause::ProxyDown || cause == late, "{report:?}");
    sim.stop().await;
}

#[tokio::test]
async fn a_host_that_is_down_behind_the_proxy_is_told_apart_from_the_proxy() {
    let (sim, proxy) = (start(MODES[0]).await, Proxy::start().await);
    let gone = free_port().await;
    let dialer = proxy.dialer(&[gone, port(&sim)]);
    let route = by(Way::Tailscale, "localhost", gone, &pin(&sim));
    let report = probe(&dialer, &route, &token(BROKER)).await;
    assert_eq!(report.error().unwrap().cause(), Cause::ConnectionRefused, "{report:?}");
    // The guard's ports hold for names that only the proxy can look up.
    let report = probe(&proxy.dialer(&[]), &tailnet(&sim), &token(BROKER)).await;
    assert_eq!(report.error().unwrap().cause(), Cause::Refused(Rule::Port));
    // Faults behind the proxy are PVE's own.
    sim.fault(Fault::on("/version", FaultKind::NotJson));
    let report = probe(&dialer, &tailnet(&sim), &token(BROKER)).await;
    assert_eq!(report.error().unwrap().cause(), Cause::NotPve);
    sim.stop().await;
}
