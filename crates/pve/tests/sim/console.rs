//! Opening consoles of the simulator.

use std::time::Duration;

use nexus_pve::{Cause, Console, ErrorKind, Stage, Timeouts};
use pve_sim::{Fault, FaultKind, Sim};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::fleet::{BROKER, CONTAINER, MODES, PAUSED, STOPPED, VM, client, client_with, pin, start};

const BOUND: Duration = Duration::from_secs(20);

/// The first frame of PVE: binary, unmasked, RFB's greeting.
async fn greeting(console: &mut Console) {
    let mut frame = [0; 14];
    timeout(BOUND, console.stream.read_exact(&mut frame)).await.unwrap().unwrap();
    assert_eq!(frame[..2], [0x82, 12]);
    assert_eq!(&frame[2..], b"RFB 003.008\n");
}

fn paths(sim: &Sim) -> Vec<(String, String, u16)> {
    sim.requests().into_iter().map(|request| (request.method, request.path, request.status)).collect()
}

#[tokio::test]
async fn a_console_begins_with_rfb_and_has_its_password() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        for guest in [VM, CONTAINER] {
            let mut console = client.vnc_console(guest).await.unwrap();
            assert_eq!(console.password.len(), 8);
            // Before 9.1 a container's password is the beginning of its ticket.
            let from_ticket = console.password.starts_with(b"PVEVNC:");
            assert_eq!(from_ticket, !mode.is_new() && guest == CONTAINER);
            assert_eq!(console.node_address, sim.address("pve1"));
            assert!(console.upid.starts_with("UPID:pve1:") && console.upid.contains(BROKER), "{}", console.upid);
            greeting(&mut console).await;
        }
        sim.stop().await;
    }
}

#[tokio::test]
async fn both_calls_reach_the_host_that_was_asked_for_a_guest_of_another_node() {
    let sim = start(MODES[0]).await;
    let mut console = client(&sim, BROKER).vnc_console(PAUSED).await.unwrap();
    greeting(&mut console).await;
    assert!(sim.requests().iter().all(|request| request.node == "pve1"));
    assert_eq!(
        paths(&sim),
        [
            ("POST".to_owned(), "/nodes/pve2/qemu/102/vncproxy".to_owned(), 200),
            ("GET".to_owned(), "/nodes/pve2/qemu/102/vncwebsocket".to_owned(), 101),
        ]
    );
    sim.stop().await;
}

#[tokio::test]
async fn a_stopped_guest_gives_a_stream_that_ends() {
    for mode in MODES {
        let sim = start(mode).await;
        let mut console = client(&sim, BROKER).vnc_console(STOPPED).await.unwrap();
        let mut rest = Vec::new();
        // 8.3 ends without a word, 9.2 with close_notify (PVE-8.3-DIFFERENCES row 7).
        let _ = timeout(BOUND, console.stream.read_to_end(&mut rest)).await.unwrap();
        assert!(rest.is_empty(), "{rest:?}");
        sim.stop().await;
    }
}

#[tokio::test]
async fn an_upgrade_without_an_answer_is_a_console_that_is_gone() {
    for mode in MODES {
        let sim = start(mode).await;
        sim.fault(Fault::on("*/vncwebsocket", FaultKind::Hang));
        let upgrade = Duration::from_millis(200);
        let timeouts = Timeouts { upgrade, ..Timeouts::default() };
        let error = client_with(&sim, BROKER, &pin(&sim), timeouts).vnc_console(VM).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ConsoleGone { after: upgrade });
        assert_eq!((error.stage, error.cause()), (Stage::Timeout, Cause::ConsoleGone));
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_refused_upgrade_says_why() {
    for mode in MODES {
        let sim = start(mode).await;
        sim.fault(Fault::on(
            "*/vncwebsocket",
            FaultKind::Status(401, "permission denied - invalid PVEVNC ticket".into()),
        ));
        let error = client(&sim, BROKER).vnc_console(VM).await.unwrap_err();
        assert_eq!((error.stage, error.status()), (Stage::Api, Some(401)));
        assert_eq!(error.to_string(), "permission denied - invalid PVEVNC ticket");
        sim.stop().await;
    }
}

#[tokio::test]
async fn ten_consoles_open_one_after_the_other() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        let mut open = Vec::new();
        for _ in 0..10 {
            let mut console = client.vnc_console(VM).await.unwrap();
            greeting(&mut console).await;
            open.push(console);
        }
        sim.stop().await;
    }
}
