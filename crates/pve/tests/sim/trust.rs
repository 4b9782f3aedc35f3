//! The four TLS modes, and certificates that change.

use nexus_net::tls::{TlsPolicy, TlsProblem, certificates_from_pem, parse_fingerprint};
use nexus_pve::{Cause, Stage, Timeouts};
use pve_sim::{NodeConfig, Sim, SimConfig};

use crate::fleet::{BROKER, MODES, VM, client_with, pin, start};

fn ca(sim: &Sim) -> TlsPolicy {
    TlsPolicy::Ca(certificates_from_pem(&sim.ca_pem()).unwrap())
}

#[tokio::test]
async fn each_mode_accepts_the_server_it_is_for() {
    for mode in MODES {
        let sim = start(mode).await;
        let extra_roots = certificates_from_pem(&sim.ca_pem()).unwrap();
        for policy in [TlsPolicy::Verify { extra_roots }, ca(&sim), pin(&sim), TlsPolicy::Insecure] {
            let client = client_with(&sim, BROKER, &policy, Timeouts::default());
            for _ in 0..3 {
                // Answers with `Connection: close`: a new connection each time, with TLS resumption.
                client.guest_status(VM).await.unwrap();
            }
            client.version().await.unwrap();
            client.vnc_console(VM).await.unwrap();
        }
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_strange_authority_is_refused() {
    let sim = start(MODES[0]).await;
    let other = Sim::start(SimConfig { nodes: vec![NodeConfig::new("x")], ..SimConfig::default() }).await.unwrap();
    let extra_roots = certificates_from_pem(&other.ca_pem()).unwrap();
    for policy in [ca(&other), TlsPolicy::Verify { extra_roots }] {
        let error = client_with(&sim, BROKER, &policy, Timeouts::default()).version().await.unwrap_err();
        assert_eq!((error.stage, error.cause()), (Stage::Tls, Cause::Tls(TlsProblem::UnknownIssuer)));
    }
    other.stop().await;
    sim.stop().await;
}

#[tokio::test]
async fn a_changed_certificate_is_noticed_by_a_pin_and_not_by_the_authority() {
    for mode in MODES {
        let sim = start(mode).await;
        let old = parse_fingerprint(&sim.fingerprint("pve1")).unwrap();
        let (pinned, chained) = (
            client_with(&sim, BROKER, &pin(&sim), Timeouts::default()),
            client_with(&sim, BROKER, &ca(&sim), Timeouts::default()),
        );
        for client in [&pinned, &chained] {
            client.guest_status(VM).await.unwrap();
        }
        sim.change_certificate("pve1", true).unwrap();
        let new = parse_fingerprint(&sim.fingerprint("pve1")).unwrap();
        assert_ne!(old, new);
        chained.guest_status(VM).await.unwrap();
        for error in [pinned.guest_status(VM).await.unwrap_err(), pinned.vnc_console(VM).await.unwrap_err()] {
            let expected = Cause::Tls(TlsProblem::PinMismatch { expected: old, found: new });
            assert_eq!((error.stage, error.cause()), (Stage::Tls, expected));
        }
        // "Trust the new one" is a new policy, and with it a new client.
        client_with(&sim, BROKER, &pin(&sim), Timeouts::default()).guest_status(VM).await.unwrap();

        sim.change_certificate("pve1", false).unwrap();
        let error = chained.guest_status(VM).await.unwrap_err();
        assert_eq!(error.cause(), Cause::Tls(TlsProblem::UnknownIssuer));
        sim.stop().await;
    }
}

#[tokio::test]
async fn resumption_does_not_carry_an_old_pin_over() {
    let sim = start(MODES[0]).await;
    let client = client_with(&sim, BROKER, &pin(&sim), Timeouts::default());
    for _ in 0..3 {
        client.guest_status(VM).await.unwrap();
    }
    // The server is the same and would resume any session; the withdrawn pin must not live on in one.
    let other = client_with(&sim, BROKER, &TlsPolicy::Pin([9; 32]), Timeouts::default());
    for _ in 0..2 {
        let error = other.guest_status(VM).await.unwrap_err();
        assert!(matches!(error.cause(), Cause::Tls(TlsProblem::PinMismatch { .. })), "{error:?}");
    }
    sim.stop().await;
}
