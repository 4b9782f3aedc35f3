//! Ways, retries, fall-backs, breakers and learned limits, with the clock standing still unless all wait.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nexus_net::dial::{Dialer, Target};
use nexus_net::guard::{Guard, GuardConfig, Rule};
use nexus_net::tls::{TlsPolicy, TlsProblem, parse_fingerprint};
use nexus_pve::{
    CallDone, Cause, Client, ClientConfig, Error, ErrorKind, Fallback, Observer, Power, PowerOptions, Route, Stage,
    Timeouts, Way,
};
use pve_sim::{Fault, FaultKind, Outage, Sim};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::fleet::{BROKER, MODES, PAUSED, STOPPED, VM, pin, start, target, token};

/// A dialer that may go to those ports of this machine.
fn dialer(ports: &[u16]) -> Dialer {
    let config = GuardConfig { ports: ports.to_vec(), allow_loopback: true, ..GuardConfig::default() };
    Dialer::new(Guard::pve(config), None)
}

/// A port where nothing listens.
async fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

fn route(way: Way, port: u16, policy: &TlsPolicy) -> Route {
    Route { way, target: Target { connect_timeout: Duration::from_secs(10), ..target(port, policy) } }
}

fn config(routes: Vec<Route>) -> ClientConfig {
    ClientConfig { jitter: || 0.0, ..ClientConfig::new(routes, Timeouts::default()) }
}

fn client(config: ClientConfig) -> Client {
    let targets = config.routes.iter().map(|route| &route.target);
    let ports: Vec<u16> =
        targets.chain(config.fallbacks.iter().map(|node| &node.target)).map(|target| target.port).collect();
    Client::with_routes(dialer(&ports), config, token(BROKER))
}

/// A client with both ways, direct first.
fn two_ways(sim: &Sim, direct: u16, tailscale: u16) -> Client {
    let routes = vec![route(Way::Direct, direct, &pin(sim)), route(Way::Tailscale, tailscale, &pin(sim))];
    client(config(routes))
}

fn port_of(sim: &Sim, node: &str) -> u16 {
    sim.address(node).port()
}

/// The node that stands in for the server.
fn stand_in(sim: &Sim, node: &str) -> Fallback {
    let policy = TlsPolicy::Pin(parse_fingerprint(&sim.fingerprint(node)).unwrap());
    Fallback { node: node.into(), target: target(port_of(sim, node), &policy) }
}

/// A listener that takes connections and never says a word.
async fn silent() -> (u16, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener.local_addr().unwrap().port(), listener)
}

async fn until(what: impl Fn() -> bool) {
    tokio::time::timeout(Duration::from_secs(20), async {
        while !what() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

fn attempts(error: &Error) -> (Cause, u32) {
    (error.cause(), error.attempts)
}

#[tokio::test(start_paused = true)]
async fn who_cannot_connect_goes_on_to_the_other_way_and_comes_there_first_from_then_on() {
    let sim = start(MODES[0]).await;
    let client = two_ways(&sim, closed().await, port_of(&sim, "pve1"));
    let begun = Instant::now();
    assert_eq!(client.way(), None);
    client.version().await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    let report = client.report();
    let seen: Vec<_> = report.ways.iter().map(|way| (way.way, way.is_last, way.attempts, way.failures)).collect();
    assert_eq!(seen, [(Way::Direct, false, 1, 1), (Way::Tailscale, true, 1, 0)]);
    assert!(report.ways[0].last_error.as_deref().is_some_and(|text| text.contains("refused")), "{report:?}");
    assert_eq!((report.recent.total, report.recent.failed, report.recent.attempts), (1, 0, 2));
    for _ in 0..5 {
        client.version().await.unwrap();
    }
    assert_eq!((client.report().ways[0].attempts, client.way()), (1, Some(Way::Tailscale)));
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_observer_is_told_of_every_call_but_the_overview() {
    let sim = start(MODES[0]).await;
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = Arc::clone(&told);
    let routes =
        vec![route(Way::Direct, closed().await, &pin(&sim)), route(Way::Tailscale, port_of(&sim, "pve1"), &pin(&sim))];
    let observer = Observer::new(move |done: &CallDone| noted.lock().unwrap().push(done.clone()));
    let client = client(ClientConfig { observer: Some(observer), ..config(routes) });
    client.version().await.unwrap();
    let gone = nexus_pve::Guest { node: "pve1", kind: nexus_pve::Kind::Qemu, vmid: 999 };
    client.guest_config(gone).await.unwrap_err();
    let (overview, check) = client.check().await;
    assert!(!overview.unwrap().is_empty());
    assert_eq!((check.what.as_str(), check.way, check.attempts), ("GET /cluster/resources", Some(Way::Tailscale), 1));
    assert_eq!((check.timeout, check.ok, check.answered), (Some(Duration::from_secs(10)), true, true));
    let told = told.lock().unwrap().clone();
    let calls: Vec<_> = told.iter().map(|done| (done.what.as_str(), done.attempts, done.ok, done.answered)).collect();
    assert_eq!(calls, [("GET /version", 2, true, true), ("GET /nodes/{node}/qemu/{vmid}/config", 1, false, true)]);
    assert!(told[1].error.as_deref().is_some_and(|error| error.contains("does not exist")), "{told:?}");
    sim.stop().await;
    let (overview, check) = client.check().await;
    assert!(overview.is_err() && !check.ok && !check.answered && check.attempts > 1, "{check:?}");
}

#[tokio::test(start_paused = true)]
async fn a_way_that_does_not_answer_in_time_is_left_without_a_retry() {
    let sim = start(MODES[0]).await;
    let (port, _listener) = silent().await;
    let alone = client(config(vec![route(Way::Direct, port, &pin(&sim))]));
    let begun = Instant::now();
    let error = alone.version().await.unwrap_err();
    assert_eq!(attempts(&error), (Cause::ConnectTimeout(nexus_net::dial::Stage::Tls), 1));
    assert_eq!(begun.elapsed().as_secs(), 10);
    let both = two_ways(&sim, port, port_of(&sim, "pve1"));
    both.version().await.unwrap();
    assert_eq!((both.way(), both.report().recent.attempts), (Some(Way::Tailscale), 2));
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn each_way_has_its_retries_and_waits() {
    let sim = start(MODES[0]).await;
    let gone = closed().await;
    let cases = [
        (vec![Way::Direct], 500, 2),
        (vec![Way::Tailscale], 1000 + 2000 + 4000, 4),
        (vec![Way::Direct, Way::Tailscale], 1000 + 2000 + 4000, 6),
    ];
    for (ways, waits, tries) in cases {
        let client = client(config(ways.iter().map(|way| route(*way, gone, &pin(&sim))).collect()));
        let begun = Instant::now();
        let error = client.version().await.unwrap_err();
        assert_eq!(attempts(&error), (Cause::ConnectionRefused, tries), "{ways:?}");
        assert_eq!(begun.elapsed().as_millis() / 50 * 50, waits, "{ways:?}");
        for way in &ways {
            assert!(ways.len() == 1 || error.to_string().contains(way.name()), "{error}");
        }
        // A change may be tried again too as long as nothing was sent, within its fixed limit.
        let error = client.power(STOPPED, Power::Start, PowerOptions::default()).await.unwrap_err();
        assert_eq!(attempts(&error), (Cause::ConnectionRefused, tries));
    }
    let mut jittered = config(vec![route(Way::Direct, gone, &pin(&sim))]);
    jittered.jitter = || 1.0;
    let begun = Instant::now();
    client(jittered).version().await.unwrap_err();
    assert_eq!(begun.elapsed().as_millis() / 50 * 50, 600);
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_ends_the_call_whatever_it_says() {
    let sim = start(MODES[0]).await;
    let port = port_of(&sim, "pve1");
    let mut both = config(vec![route(Way::Direct, port, &pin(&sim)), route(Way::Tailscale, port, &pin(&sim))]);
    both.fallbacks = vec![stand_in(&sim, "pve2")];
    let client = client(both);
    for (kind, cause) in [
        (FaultKind::Status(500, "got timeout".into()), Cause::Pve),
        (FaultKind::Status(302, "Found".into()), Cause::Redirect),
        (FaultKind::NotJson, Cause::NotPve),
        (FaultKind::Garbage, Cause::NotPve),
        (FaultKind::Hang, Cause::Slow),
    ] {
        sim.clear_requests();
        sim.fault(Fault::on("/version", kind.clone()));
        assert_eq!(attempts(&client.version().await.unwrap_err()), (cause, 1), "{kind:?}");
        assert!(sim.requests().len() <= 1, "{kind:?}");
        sim.clear_faults();
    }
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_reading_call_that_broke_is_read_again_and_a_change_is_not() {
    let sim = start(MODES[0]).await;
    let client = two_ways(&sim, port_of(&sim, "pve1"), closed().await);
    sim.fault(Fault::on("/version", FaultKind::Reset).times(1));
    client.version().await.unwrap();
    // Direct, the other way, and direct again after its wait.
    assert_eq!(client.report().recent.attempts, 3);
    sim.fault(Fault::on("*/status/start", FaultKind::Reset).times(1));
    let error = client.power(STOPPED, Power::Start, PowerOptions::default()).await.unwrap_err();
    assert_eq!(attempts(&error), (Cause::Reset, 1));
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_way_that_is_not_in_use_is_looked_at_every_five_minutes() {
    let sim = start(MODES[0]).await;
    let client = two_ways(&sim, port_of(&sim, "pve1"), port_of(&sim, "pve2"));
    let looked = || client.report().ways[1].attempts;
    client.version().await.unwrap();
    tokio::time::advance(Duration::from_secs(299)).await;
    client.version().await.unwrap();
    assert_eq!(looked(), 0);
    for round in 1..=2 {
        tokio::time::advance(Duration::from_secs(300)).await;
        client.version().await.unwrap();
        until(|| looked() == round).await;
        client.version().await.unwrap();
        assert_eq!((looked(), client.way()), (round, Some(Way::Direct)));
    }
    // Its certificate is another than the pinned one: that is seen before the way is needed.
    let report = client.report();
    assert!(report.ways[1].last_error.as_deref().is_some_and(|text| text.contains("fingerprint")), "{report:?}");
    assert!(sim.requests().iter().all(|request| request.node == "pve1"));
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_is_asked_by_one_probe_at_a_time() {
    let sim = start(MODES[0]).await;
    let client = client(config(vec![route(Way::Direct, port_of(&sim, "pve1"), &pin(&sim))]));
    sim.fault(Fault::on("", FaultKind::Hang));
    for _ in 0..3 {
        assert_eq!(client.version().await.unwrap_err().cause(), Cause::Slow);
    }
    sim.clear_faults();
    sim.clear_requests();
    let begun = Instant::now();
    for error in [client.version().await.unwrap_err(), client.guest_status(VM).await.unwrap_err()] {
        assert_eq!((error.attempts, begun.elapsed(), error.cause()), (0, Duration::ZERO, Cause::Slow), "{error:?}");
    }
    assert!(sim.requests().is_empty());
    let report = client.report();
    assert!(report.ways[0].breaker.as_ref().is_some_and(|open| open.cause.contains("no answer")), "{report:?}");
    // The overview has a pace of its own, and is the probe.
    client.resources().await.unwrap();
    assert_eq!(client.report().ways[0].breaker, None);
    client.version().await.unwrap();
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_way_whose_breaker_is_open_is_passed_over() {
    let sim = start(MODES[0]).await;
    let routes = [("pve1", Way::Direct), ("pve2", Way::Tailscale)].map(|(node, way)| {
        let policy = TlsPolicy::Pin(parse_fingerprint(&sim.fingerprint(node)).unwrap());
        route(way, port_of(&sim, node), &policy)
    });
    let client = client(config(routes.to_vec()));
    sim.fault(Fault::on("", FaultKind::Hang).at("pve1"));
    for _ in 0..3 {
        // It has waited for PVE, which would not be faster by another way.
        assert_eq!(attempts(&client.version().await.unwrap_err()), (Cause::Slow, 1));
    }
    let begun = Instant::now();
    client.version().await.unwrap();
    assert_eq!((client.way(), begun.elapsed().as_secs()), (Some(Way::Tailscale), 0));
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_breaker_lets_a_probe_through_when_its_time_is_over() {
    let sim = start(MODES[0]).await;
    let client = client(config(vec![route(Way::Direct, port_of(&sim, "pve1"), &pin(&sim))]));
    sim.fault(Fault::on("", FaultKind::Reset));
    for _ in 0..3 {
        client.version().await.unwrap_err();
    }
    assert_eq!(client.version().await.unwrap_err().attempts, 0);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(client.version().await.unwrap_err().attempts, 1, "a probe is not retried");
    assert_eq!(client.version().await.unwrap_err().attempts, 0);
    sim.clear_faults();
    tokio::time::advance(Duration::from_secs(4)).await;
    client.version().await.unwrap();
    client.version().await.unwrap();
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_fails_is_left_alone_and_nobody_else() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(config(vec![route(Way::Direct, port_of(&sim, "pve1"), &pin(&sim))]));
        sim.set_outage("pve2", Some(Outage::Refused));
        for _ in 0..3 {
            let error = client.guest_status(PAUSED).await.unwrap_err();
            assert_eq!((error.status(), error.attempts), (Some(595), 1));
        }
        sim.clear_requests();
        let error = client.guest_status(PAUSED).await.unwrap_err();
        assert_eq!((error.status(), error.attempts, error.cause()), (Some(595), 0, Cause::NodeUnreachable));
        assert_eq!(client.vnc_console(PAUSED).await.unwrap_err().attempts, 0);
        assert!(sim.requests().is_empty());
        client.guest_status(VM).await.unwrap();
        client.version().await.unwrap();
        client.vnc_console(VM).await.unwrap();
        let report = client.report();
        assert_eq!(report.nodes.len(), 1);
        assert_eq!((report.nodes[0].node.as_str(), report.ways[0].breaker.as_ref()), ("pve2", None));
        assert!(report.nodes[0].retry_in <= Duration::from_secs(2));
        sim.set_outage("pve2", None);
        tokio::time::advance(Duration::from_secs(2)).await;
        client.guest_status(PAUSED).await.unwrap();
        assert!(client.report().nodes.is_empty());
        sim.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_node_does_not_answer_does_not_stop_the_server() {
    let sim = start(MODES[0]).await;
    let client = client(config(vec![route(Way::Direct, port_of(&sim, "pve1"), &pin(&sim))]));
    sim.fault(Fault::on("/nodes/pve2", FaultKind::Hang));
    for _ in 0..3 {
        assert_eq!(attempts(&client.guest_status(PAUSED).await.unwrap_err()), (Cause::Slow, 1));
    }
    assert_eq!(client.guest_status(PAUSED).await.unwrap_err().attempts, 0);
    client.version().await.unwrap();
    client.guest_status(VM).await.unwrap();
    assert_eq!(client.report().ways[0].breaker, None);
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn another_node_stands_in_when_no_way_leads_to_the_server() {
    for mode in MODES {
        let sim = start(mode).await;
        let (direct, tailnet) = (closed().await, closed().await);
        let mut set = config(vec![route(Way::Direct, direct, &pin(&sim)), route(Way::Tailscale, tailnet, &pin(&sim))]);
        set.fallbacks = vec![stand_in(&sim, "pve2")];
        let client = client(set);
        client.version().await.unwrap();
        assert_eq!(client.report().fallback_in_use.as_deref(), Some("pve2"));
        assert!(sim.requests().iter().all(|request| request.node == "pve2"));
        sim.clear_requests();
        // Both calls of a console reach the same host.
        client.vnc_console(PAUSED).await.unwrap();
        let asked = sim.requests();
        assert!(asked.len() == 2 && asked.iter().all(|request| request.node == "pve2"), "{asked:?}");
        // The ways are not asked any more, so that nobody waits for them.
        client.version().await.unwrap();
        let begun = Instant::now();
        client.version().await.unwrap();
        assert!(begun.elapsed() < Duration::from_millis(500));
        client.set_fallbacks(Vec::new());
        client.version().await.unwrap_err();
        sim.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn no_node_stands_in_for_a_certificate_that_changed_or_an_address_that_is_refused() {
    let sim = start(MODES[0]).await;
    let mut wrong = config(vec![route(Way::Direct, port_of(&sim, "pve1"), &TlsPolicy::Pin([7; 32]))]);
    wrong.fallbacks = vec![stand_in(&sim, "pve2")];
    let error = client(wrong.clone()).version().await.unwrap_err();
    assert!(matches!(error.cause(), Cause::Tls(TlsProblem::PinMismatch { .. })), "{error:?}");
    assert_eq!(error.attempts, 1);
    let fallback_only = dialer(&[port_of(&sim, "pve2")]);
    let error = Client::with_routes(fallback_only, wrong.clone(), token(BROKER)).version().await.unwrap_err();
    assert_eq!(attempts(&error), (Cause::Refused(Rule::Port), 1));
    // And no address of a stand-in passes the guard because it is one.
    wrong.routes = vec![route(Way::Direct, closed().await, &pin(&sim))];
    let only_way = dialer(&[wrong.routes[0].target.port]);
    let error = Client::with_routes(only_way, wrong, token(BROKER)).version().await.unwrap_err();
    assert!(error.to_string().contains("pve2:") && error.to_string().contains("port"), "{error}");
    assert!(sim.requests().is_empty());
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_limit_for_reading_is_learned() {
    let sim = start(MODES[0]).await;
    let client = client(config(vec![route(Way::Direct, port_of(&sim, "pve1"), &pin(&sim))]));
    for _ in 0..16 {
        client.version().await.unwrap();
    }
    let way = &client.report().ways[0];
    assert_eq!((way.learned_read, way.configured), (Some(Duration::from_secs(1)), Duration::from_secs(10)));
    sim.fault(Fault::on("/version", FaultKind::Hang).times(2));
    for seconds in [1, 10] {
        let error = client.version().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Timeout { after: Duration::from_secs(seconds) });
    }
    // A refusal takes three seconds and teaches nothing; a change has a limit of its own.
    client.version().await.unwrap();
    let slow = FaultKind::Delay(3000);
    sim.fault(Fault::on("*/status/start", slow.clone()));
    client.power(STOPPED, Power::Start, PowerOptions::default()).await.unwrap();
    sim.fault(Fault::on("/nodes/pve1", slow));
    client.guest_status(VM).await.unwrap();
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn refusals_teach_nothing() {
    let sim = start(MODES[0]).await;
    let wrong = nexus_pve::ApiToken::parse("broker@pve!nexus=11111111-1111-1111-1111-111111111111").unwrap();
    let port = port_of(&sim, "pve1");
    let client = Client::with_routes(dialer(&[port]), config(vec![route(Way::Direct, port, &pin(&sim))]), wrong);
    for _ in 0..20 {
        assert_eq!(client.version().await.unwrap_err().stage, Stage::Auth);
    }
    let report = client.report();
    assert_eq!((report.ways[0].learned_read, report.ways[0].breaker.as_ref()), (None, None));
    assert_eq!(report.recent.total, 20);
    sim.stop().await;
}

/// Passes connections on to `backend` and counts those that are open.
async fn counting(backend: SocketAddr) -> (u16, Arc<AtomicUsize>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let most = Arc::new(AtomicUsize::new(0));
    let (now, seen) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&most));
    let task = tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (now, seen) = (Arc::clone(&now), Arc::clone(&seen));
            tokio::spawn(async move {
                seen.fetch_max(now.fetch_add(1, Ordering::AcqRel) + 1, Ordering::AcqRel);
                let mut server = tokio::net::TcpStream::connect(backend).await.unwrap();
                let ((mut from, mut to), (mut back_from, mut back_to)) = (client.split(), server.split());
                // Over for us as soon as the client has ended it.
                tokio::select! {
                    _ = tokio::io::copy(&mut from, &mut back_to) => {}
                    _ = tokio::io::copy(&mut back_from, &mut to) => {}
                }
                now.fetch_sub(1, Ordering::AcqRel);
            });
        }
    });
    (port, most, task)
}

#[tokio::test]
async fn no_more_requests_than_allowed_are_under_way_at_once_and_all_come_to_their_turn() {
    let sim = start(MODES[0]).await;
    let (port, most, task) = counting(sim.address("pve1")).await;
    sim.fault(Fault::on("", FaultKind::Delay(30)));
    let mut few = config(vec![route(Way::Direct, port, &pin(&sim))]);
    few.at_once = 3;
    let client = client(few);
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.guest_status(VM).await.map(drop) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert!((2..=3).contains(&most.load(Ordering::Acquire)), "{most:?}");
    task.abort();
    sim.stop().await;
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_place_is_told_so_and_it_counts_against_nobody() {
    let sim = start(MODES[0]).await;
    let mut one = config(vec![route(Way::Direct, port_of(&sim, "pve1"), &pin(&sim))]);
    one.at_once = 1;
    one.timeouts.write = Duration::from_secs(60);
    let client = client(one);
    sim.fault(Fault::on("*/status/start", FaultKind::Hang));
    let long = tokio::spawn({
        let client = client.clone();
        async move { client.power(STOPPED, Power::Start, PowerOptions::default()).await }
    });
    // It has the one place as soon as it has run.
    tokio::task::yield_now().await;
    for _ in 0..4 {
        let error = client.version().await.unwrap_err();
        let busy = ErrorKind::Busy { at_once: 1, after: Duration::from_secs(10) };
        assert_eq!((&error.kind, error.cause(), error.attempts), (&busy, Cause::Slow, 0));
    }
    assert_eq!(client.report().ways[0].breaker, None);
    long.abort();
    let _ = long.await;
    client.version().await.unwrap();
    sim.stop().await;
}
