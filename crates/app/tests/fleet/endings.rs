//! Every failure on the way to a console has its own reason, in the close frame, the row and the audit log.

use std::sync::Arc;

use nexus_model::GuestStatus;
use pve_sim::{Fault, FaultKind, RfbFault, Status, Step};

use crate::world::{World, on_both};

/// Opens a console that fails, and compares the reason everywhere.
async fn fails(world: &Arc<World>, vmid: u32, expected: &str) {
    let (ticket, mut browser) = world.open(&world.manager, vmid, false).await;
    assert_eq!(browser.reason().await, expected);
    assert_eq!(world.console_row(ticket.id).await.end_reason.as_deref(), Some(expected));
    let entry = world.entry("console.open", "failed").await;
    assert_eq!(entry.detail.as_deref(), Some(expected));
    assert_eq!(world.app.consoles.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_of_the_call_are_told_apart() {
    on_both(|world| async move {
        let cases = [
            (FaultKind::Status(403, "Permission check failed (/vms/100, VM.Console)".into()), "pve_refused"),
            (FaultKind::Status(401, "Authentication failed!".into()), "pve_refused"),
            (FaultKind::Status(595, "No route to host".into()), "pve_unreachable"),
            (FaultKind::Status(500, "Timeout while waiting for port '5900' to get ready!".into()), "console_gone"),
            (FaultKind::Reset, "pve_unreachable"),
            (FaultKind::NotJson, "pve_protocol"),
            (FaultKind::Huge(64), "pve_protocol"),
        ];
        for (kind, expected) in cases {
            world.sim.fault(Fault::on("*/vncproxy", kind));
            fails(&world, 100, expected).await;
            world.sim.clear_faults();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_is_unreachable() {
    on_both(|world| async move {
        world.sim.fault(Fault::on("", FaultKind::Refuse).at("pve1"));
        fails(&world, 100, "pve_unreachable").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_that_is_never_answered_is_a_console_that_is_gone() {
    on_both(|world| async move {
        world.sim.fault(Fault::on("*/vncwebsocket", FaultKind::Hang));
        fails(&world, 100, "console_gone").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_of_the_handshake_are_told_apart() {
    on_both(|world| async move {
        let cases = [
            (RfbFault::RefusePassword, "pve_auth_failed"),
            (RfbFault::WrongVersion, "pve_protocol"),
            (RfbFault::Garbage, "pve_protocol"),
            (RfbFault::UnknownSecurity, "pve_protocol"),
            (RfbFault::HugeReason, "pve_auth_failed"),
            (RfbFault::CloseAt(Step::Version), "pve_closed"),
            (RfbFault::CloseAt(Step::SecurityTypes), "pve_closed"),
            (RfbFault::CloseAt(Step::Challenge), "pve_closed"),
            (RfbFault::CloseAt(Step::Result), "pve_closed"),
        ];
        for (fault, expected) in cases {
            world.sim.console_fault(Some(100), fault, None);
            fails(&world, 100, expected).await;
            world.sim.clear_faults();
        }
        // PVE had begun a task: the entry names it.
        let state = world.entry("console.open", "failed").await.after_state.unwrap();
        assert!(state.contains("UPID:pve1:"), "{state}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_stopped_unnoticed_is_named() {
    on_both(|world| async move {
        let ticket = world.request(&world.manager, 100, false).await.unwrap();
        world.sim.set_guest_status(100, Status::Stopped);
        let claimed = world.app.consoles.claim(&world.manager, ticket.id).await.unwrap();
        let (mut browser, stream) = crate::browser::Browser::pair().await;
        claimed.run_on(async move { Ok(stream) }, ());
        assert_eq!(browser.reason().await, "guest_stopped");
        world.until_status(100, GuestStatus::Stopped).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_was_deleted_is_gone_and_one_that_moved_is_found() {
    on_both(|world| async move {
        let moved = world.request(&world.manager, 101, false).await.unwrap();
        let deleted = world.request(&world.manager, 100, false).await.unwrap();
        world.sim.move_guest(101, "pve2");
        world.sim.remove_guest(100);
        let claimed = world.app.consoles.claim(&world.manager, deleted.id).await.unwrap();
        let (mut browser, stream) = crate::browser::Browser::pair().await;
        claimed.run_on(async move { Ok(stream) }, ());
        assert_eq!(browser.reason().await, "guest_gone");
        let claimed = world.app.consoles.claim(&world.manager, moved.id).await.unwrap();
        let (mut browser, stream) = crate::browser::Browser::pair().await;
        claimed.run_on(async move { Ok(stream) }, ());
        browser.handshake().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_goes_away_ends_the_opening() {
    on_both(|world| async move {
        world.sim.fault(Fault::on("*/vncproxy", FaultKind::Hang));
        let (ticket, browser) = world.open(&world.manager, 100, false).await;
        drop(browser);
        assert_eq!(world.console_row(ticket.id).await.end_reason.as_deref(), Some("client_gone"));
    })
    .await;
}
