//! What PVE refuses, and what networks and broken servers do.

use std::collections::BTreeMap;
use std::time::Duration;

use nexus_pve::{ApiToken, Cause, Client, Error, ErrorKind, Guest, Power, PowerOptions, Stage, Timeouts};
use pve_sim::{Fault, FaultKind, Outage, Sim};

use crate::fleet::{
    BROKER, MISSING, MODES, PAUSED, STOPPED, VM, WEAK, client, client_with, dialer, pin, port, start, target,
};

fn status(error: &Error) -> (Stage, u16, &str) {
    match &error.kind {
        ErrorKind::Status { status, reason, .. } => (error.stage, *status, reason),
        other => panic!("expected a status, got {other:?}"),
    }
}

/// A client whose patience is short.
fn hasty(sim: &Sim) -> Client {
    let short = Duration::from_millis(300);
    let mut target = target(port(sim), &pin(sim));
    target.connect_timeout = short;
    let timeouts = Timeouts { read: short, write: short, console: short, upgrade: short };
    Client::new(dialer(port(sim)), target, crate::fleet::token(BROKER), timeouts)
}

#[tokio::test]
async fn a_bad_token_is_told_by_the_reason_phrase_of_each_version() {
    for mode in MODES {
        let sim = start(mode).await;
        let cases = [
            (BROKER, "11111111-1111-1111-1111-111111111111", "invalid token value!"),
            ("broker@pve!nope", "11111111-1111-1111-1111-111111111111", "no such token 'nope' for user 'broker@pve'"),
        ];
        for (id, secret, old) in cases {
            let token = ApiToken::parse(&format!("{id}={secret}")).unwrap();
            let client = Client::new(dialer(port(&sim)), target(port(&sim), &pin(&sim)), token, Timeouts::default());
            let expected = if mode.is_new() { "Authentication failed!" } else { old };
            for error in [
                client.version().await.unwrap_err(),
                client.guest_status(VM).await.unwrap_err(),
                client.power(VM, Power::Start, PowerOptions::default()).await.unwrap_err(),
                client.vnc_console(VM).await.unwrap_err(),
            ] {
                assert_eq!(status(&error), (Stage::Auth, 401, expected));
                assert_eq!((error.cause(), error.to_string().as_str()), (Cause::TokenRefused, expected));
            }
        }
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_missing_privilege_is_named() {
    for mode in MODES {
        let sim = start(mode).await;
        let weak = client(&sim, WEAK);
        let error = weak.power(STOPPED, Power::Start, PowerOptions::default()).await.unwrap_err();
        assert_eq!(status(&error), (Stage::Permission, 403, "Permission check failed (/vms/101, VM.PowerMgmt)"));
        assert_eq!(error.cause(), Cause::MissingPrivilege);
        let error = weak.vnc_console(VM).await.unwrap_err();
        assert_eq!(status(&error), (Stage::Permission, 403, "Permission check failed (/vms/100, VM.Console)"));
        assert_eq!(weak.cluster_status().await.unwrap_err().stage, Stage::Permission);
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_guest_that_is_not_there_is_recognised() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        let elsewhere = Guest { node: "pve1", ..PAUSED };
        for error in [
            client.guest_status(MISSING).await.unwrap_err(),
            client.guest_config(MISSING).await.unwrap_err(),
            client.guest_config(elsewhere).await.unwrap_err(),
            client.vnc_console(MISSING).await.unwrap_err(),
        ] {
            assert!(error.is_no_such_guest(), "{error:?}");
            assert_eq!((error.stage, error.status()), (Stage::Api, Some(500)));
        }
        let unknown = "UPID:pve1:00000001:00000001:6B000000:qmstart:100:broker@pve!nexus:".parse().unwrap();
        let error = client.task_status(&unknown).await.unwrap_err();
        let ErrorKind::Status { status: 400, errors, .. } = &error.kind else { panic!("{error:?}") };
        assert_eq!(errors, &BTreeMap::from([("upid".to_owned(), "no such task".to_owned())]));
        sim.stop().await;
    }
}

#[tokio::test]
async fn another_node_that_cannot_be_reached_is_told_from_the_server() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        for (outage, code) in
            [(Outage::Refused, 595), (Outage::NoRoute, 595), (Outage::NotTls, 596), (Outage::WrongCertificate, 596)]
        {
            assert!(sim.set_outage("pve2", Some(outage)));
            let error = client.guest_status(PAUSED).await.unwrap_err();
            assert_eq!((error.status(), error.cause()), (Some(code), Cause::NodeUnreachable), "{outage:?}");
            assert!(!error.to_string().is_empty());
            assert!(client.version().await.is_ok());
        }
        sim.stop().await;
    }
}

#[tokio::test]
async fn answers_that_are_not_pves_are_refused() {
    let sim = start(MODES[0]).await;
    for (kind, cause) in [
        (FaultKind::Garbage, Cause::NotPve),
        (FaultKind::NotJson, Cause::NotPve),
        (FaultKind::Truncate, Cause::Reset),
        (FaultKind::Reset, Cause::Reset),
        (FaultKind::Status(502, "Bad Gateway".into()), Cause::Pve),
    ] {
        let client = client(&sim, BROKER);
        sim.fault(Fault::on("", kind.clone()));
        for error in [
            client.version().await.unwrap_err(),
            client.guest_status(VM).await.unwrap_err(),
            client.vnc_console(VM).await.unwrap_err(),
        ] {
            assert_eq!(error.cause(), cause, "{kind:?}: {error:?}");
        }
        sim.clear_faults();
        assert!(client.version().await.is_ok(), "{kind:?}");
    }
    sim.stop().await;
}

#[tokio::test]
async fn silence_and_dripping_end_with_the_limit() {
    for mode in MODES {
        let sim = start(mode).await;
        for kind in [FaultKind::Hang, FaultKind::Drip(400)] {
            let client = hasty(&sim);
            sim.fault(Fault::on("", kind.clone()));
            for error in [
                client.version().await.unwrap_err(),
                client.guest_status(VM).await.unwrap_err(),
                client.power(VM, Power::Stop, PowerOptions::default()).await.unwrap_err(),
                client.vnc_console(VM).await.unwrap_err(),
            ] {
                assert_eq!((error.stage, error.cause()), (Stage::Timeout, Cause::Slow), "{kind:?}: {error:?}");
            }
            sim.clear_faults();
        }
        sim.stop().await;
    }
}

#[tokio::test]
async fn huge_answers_are_cut_off_at_each_limit() {
    let sim = start(MODES[0]).await;
    let client = client(&sim, BROKER);
    sim.fault(Fault::on("", FaultKind::Huge(40)));
    let limit = |error: Error| match error.kind {
        ErrorKind::TooLarge { limit } => limit,
        other => panic!("{other:?}"),
    };
    assert_eq!(limit(client.version().await.unwrap_err()), 1 << 20);
    assert_eq!(limit(client.guest_config(VM).await.unwrap_err()), 1 << 20);
    assert_eq!(limit(client.resources().await.unwrap_err()), 32 << 20);
    assert_eq!(limit(client.vnc_console(VM).await.unwrap_err()), 1 << 20);
    sim.clear_faults();
    assert!(client.resources().await.is_ok());
    sim.stop().await;
}

#[tokio::test]
async fn a_call_that_changes_something_is_sent_once() {
    let sim = start(MODES[0]).await;
    let client = client(&sim, BROKER);
    client.version().await.unwrap();
    sim.clear_requests();
    sim.fault(Fault::on("*/status/start", FaultKind::Reset));
    let error = client.power(STOPPED, Power::Start, PowerOptions::default()).await.unwrap_err();
    assert_eq!(error.stage, Stage::Connect);
    assert_eq!(sim.requests().iter().filter(|request| request.method == "POST").count(), 1);
    sim.stop().await;
}

#[tokio::test]
async fn a_refusing_port_is_a_failure_to_connect() {
    let sim = start(MODES[0]).await;
    let client = client(&sim, BROKER);
    sim.fault(Fault::on("", FaultKind::Refuse));
    let error = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            match client.version().await {
                Err(error) if error.cause() == Cause::ConnectionRefused => return error,
                _ => tokio::task::yield_now().await,
            }
        }
    })
    .await
    .unwrap();
    assert_eq!(error.stage, Stage::Connect);
    sim.clear_faults();
    tokio::time::timeout(Duration::from_secs(20), async {
        while client.version().await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    sim.stop().await;
}

#[tokio::test]
async fn no_secret_is_in_any_debug_text() {
    let sim = start(MODES[0]).await;
    let client = client_with(&sim, BROKER, &pin(&sim), Timeouts::default());
    let console = client.vnc_console(VM).await.unwrap();
    let text = format!("{client:?} {console:?} {:?}", client.version().await);
    assert!(!text.contains(crate::fleet::SECRET));
    assert!(!text.contains(&String::from_utf8(console.password.to_vec()).unwrap()));
    assert!(text.contains(BROKER));
    sim.stop().await;
}
