//! The connectivity test: what it finds, and how it tells failures apart.

use std::time::Duration;

use nexus_net::guard::Rule;
use nexus_net::tls::{TlsPolicy, TlsProblem, parse_fingerprint};
use nexus_pve::{ApiToken, Cause, ProbeReport, ProbeStage, Route, Way, probe};
use pve_sim::{Fault, FaultKind, Outage};
use tokio::net::TcpListener;

use crate::fleet::{BROKER, MODES, WEAK, dialer, pin, port, start, target, token};

fn direct(port: u16, policy: &TlsPolicy) -> Route {
    Route { way: Way::Direct, target: target(port, policy) }
}

/// The stage that failed and its cause; every stage before it was well, every one behind it was left out.
fn failed(report: &ProbeReport) -> (ProbeStage, Cause) {
    let at = report.stages.iter().position(|stage| stage.error.is_some()).expect("a stage failed");
    assert!(report.stages[..at].iter().all(nexus_pve::StageReport::is_ok), "{report:?}");
    assert!(report.stages[at].took.is_some());
    assert!(report.stages[at + 1..].iter().all(|stage| stage.took.is_none() && stage.error.is_none()), "{report:?}");
    assert!(!report.is_ok());
    (report.stages[at].stage, report.error().unwrap().cause())
}

#[tokio::test]
async fn a_good_server_is_told_whole() {
    for mode in MODES {
        let sim = start(mode).await;
        let report = probe(&dialer(port(&sim)), &direct(port(&sim), &pin(&sim)), &token(BROKER)).await;
        assert!(report.is_ok(), "{report:?}");
        assert_eq!((report.address, report.way, report.proxied), (Some(sim.address("pve1")), Way::Direct, Some(false)));
        let certificate = report.certificate.as_ref().unwrap();
        assert_eq!(Some(certificate.fingerprint), parse_fingerprint(&sim.fingerprint("pve1")));
        assert!(certificate.subject.contains("pve1") && certificate.issuer.contains("Proxmox"), "{certificate:?}");
        assert!(certificate.not_after > certificate.not_before && report.trusted);
        assert_eq!(report.version.as_ref().unwrap().version, mode.version().0);
        assert_eq!(report.nodes.as_ref().unwrap().len(), 2);
        assert_eq!(report.cluster.as_deref(), Some("lab"));
        assert!(report.permissions.as_ref().unwrap().on("/vms", "VM.Console"));
        let advice = report.recommended_timeout().unwrap();
        assert!((Duration::from_secs(5)..=Duration::from_secs(60)).contains(&advice));
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_token_without_rights_passes_and_shows_so() {
    let sim = start(MODES[0]).await;
    let report = probe(&dialer(port(&sim)), &direct(port(&sim), &pin(&sim)), &token(WEAK)).await;
    assert!(report.is_ok() && report.permissions.as_ref().unwrap().is_empty(), "{report:?}");
    assert_eq!((report.nodes.unwrap().len(), report.cluster), (2, None));
    sim.stop().await;
}

#[tokio::test]
async fn an_unknown_certificate_is_shown_to_be_trusted() {
    for mode in MODES {
        let sim = start(mode).await;
        let report = probe(&dialer(port(&sim)), &direct(port(&sim), &TlsPolicy::Pin([0; 32])), &token(BROKER)).await;
        let found = parse_fingerprint(&sim.fingerprint("pve1")).unwrap();
        let mismatch = TlsProblem::PinMismatch { expected: [0; 32], found };
        assert_eq!(failed(&report), (ProbeStage::Tls, Cause::Tls(mismatch)));
        assert_eq!(report.certificate.as_ref().unwrap().fingerprint, found);
        assert!(!report.trusted && report.recommended_timeout().is_none());
        // The token was never sent.
        assert!(sim.requests().is_empty());
        // What the page does when the person confirms.
        let policy = TlsPolicy::Pin(report.certificate.unwrap().fingerprint);
        assert!(probe(&dialer(port(&sim)), &direct(port(&sim), &policy), &token(BROKER)).await.is_ok());
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_bad_token_fails_at_the_api() {
    for mode in MODES {
        let sim = start(mode).await;
        let wrong = ApiToken::parse("broker@pve!nexus=11111111-1111-1111-1111-111111111111").unwrap();
        let report = probe(&dialer(port(&sim)), &direct(port(&sim), &pin(&sim)), &wrong).await;
        assert_eq!(failed(&report), (ProbeStage::Api, Cause::TokenRefused));
        assert!(report.trusted && report.version.is_none());
        sim.stop().await;
    }
}

#[tokio::test]
async fn what_is_not_pve_is_told() {
    let sim = start(MODES[0]).await;
    for (kind, cause) in [
        (FaultKind::Garbage, Cause::NotPve),
        (FaultKind::NotJson, Cause::NotPve),
        (FaultKind::Status(404, "Not Found".into()), Cause::NotPve),
        (FaultKind::Status(301, "Moved Permanently".into()), Cause::Redirect),
        (FaultKind::Status(502, "Bad Gateway".into()), Cause::Pve),
        (FaultKind::Reset, Cause::Reset),
    ] {
        sim.fault(Fault::on("/version", kind.clone()));
        let report = probe(&dialer(port(&sim)), &direct(port(&sim), &pin(&sim)), &token(BROKER)).await;
        assert_eq!(failed(&report), (ProbeStage::Api, cause), "{kind:?}");
        sim.clear_faults();
    }
    sim.fault(Fault::on("/nodes", FaultKind::Status(500, "got timeout".into())));
    let report = probe(&dialer(port(&sim)), &direct(port(&sim), &pin(&sim)), &token(BROKER)).await;
    assert_eq!(failed(&report), (ProbeStage::Permissions, Cause::Pve));
    assert!(report.version.is_some() && report.permissions.is_some());
    sim.stop().await;
}

#[tokio::test]
async fn the_way_to_the_server_fails_stage_by_stage() {
    let guarded = probe(&dialer(1), &direct(8006, &TlsPolicy::Insecure), &token(BROKER)).await;
    assert!(guarded.error().is_some());
    let port_refused = probe(&dialer(1), &direct(2, &TlsPolicy::Insecure), &token(BROKER)).await;
    assert_eq!(failed(&port_refused), (ProbeStage::Resolve, Cause::Refused(Rule::Port)));

    let mut unknown = target(8006, &TlsPolicy::Insecure);
    unknown.host = "no-such-host.invalid".parse().unwrap();
    let report = probe(&dialer(1), &Route { way: Way::Direct, target: unknown }, &token(BROKER)).await;
    assert_eq!(failed(&report), (ProbeStage::Resolve, Cause::UnknownName));

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let report = probe(&dialer(closed), &direct(closed, &TlsPolicy::Insecure), &token(BROKER)).await;
    assert_eq!(failed(&report), (ProbeStage::Connect, Cause::ConnectionRefused));

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let mut slow = target(port, &TlsPolicy::Insecure);
    slow.connect_timeout = Duration::from_millis(80);
    let report = probe(&dialer(port), &Route { way: Way::Direct, target: slow }, &token(BROKER)).await;
    assert_eq!(failed(&report), (ProbeStage::Tls, Cause::ConnectTimeout(nexus_net::dial::Stage::Tls)));
}

#[tokio::test]
async fn nodes_that_are_off_do_not_fail_the_test() {
    let sim = start(MODES[0]).await;
    sim.set_outage("pve2", Some(Outage::NoRoute));
    let report = probe(&dialer(port(&sim)), &direct(port(&sim), &pin(&sim)), &token(BROKER)).await;
    assert!(report.is_ok(), "{report:?}");
    sim.stop().await;
}
