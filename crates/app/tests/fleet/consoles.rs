//! Consoles, end to end.

use std::sync::Arc;

use nexus_app::access::{OpenConsole, Refused};
use nexus_app::consoles::{ClaimError, RequestError, WhoseLimit};
use nexus_app::fleet::Limits;
use nexus_model::{GuestKey, GuestKind, GuestPermissions, GuestRight, TenantRole};
use nexus_relay::EndReason;
use pve_sim::{Fault, FaultKind, RfbFault, Status};
use serde_json::Value;

use crate::browser::Browser;
use crate::world::{World, another_browser, on_both, on_both_with, start_app, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_is_opened_worked_in_and_ended() {
    on_both(|world| async move {
        let (ticket, mut browser) = world.open(&world.viewer, 100, false).await;
        let screen = browser.handshake().await.unwrap();
        assert!(screen.0 > 0 && screen.1 > 0);
        browser.update(screen).await.unwrap();
        browser.key(0x61).await;
        until("the key at the guest", || async {
            world.sim.client_messages(100).iter().any(pve_sim::ClientMessage::is_key).then_some(())
        })
        .await;
        assert_eq!(world.app.consoles.count(), 1);
        assert!(world.app.consoles.end(ticket.id, EndReason::EndedByAdmin));
        assert_eq!(browser.reason().await, "ended_by_admin");
        let row = world.console_row(ticket.id).await;
        assert_eq!(row.end_reason.as_deref(), Some("ended_by_admin"));
        assert!(row.bytes_down > 0 && row.bytes_up > 0, "{row:?}");
        assert!(row.upid.as_deref().is_some_and(|upid| upid.starts_with("UPID:pve1:")), "{row:?}");
        // Both entries name PVE's task; the intent came before it was there.
        let upid = row.upid.unwrap();
        for (action, outcome) in [("console.open", "ok"), ("console.end", "ok")] {
            let entry = world.entry(action, outcome).await;
            let state: Value = serde_json::from_str(entry.after_state.as_deref().unwrap()).unwrap();
            assert_eq!(state["upid"], upid.as_str(), "{action}");
            assert_eq!(entry.actor_name, "viewer@example.org");
        }
        world.entry("console.open", "intent").await;
        assert_eq!(world.app.consoles.count(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_containers_console_opens_too() {
    on_both(|world| async move {
        let (_, mut browser) = world.open(&world.manager, 200, false).await;
        let screen = browser.handshake().await.unwrap();
        browser.update(screen).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watchers_keys_never_reach_the_guest() {
    on_both(|world| async move {
        let (ticket, mut browser) = world.open(&world.manager, 101, true).await;
        assert!(ticket.view_only);
        let screen = browser.handshake().await.unwrap();
        browser.update(screen).await.unwrap();
        browser.key(0x61).await;
        browser.update(screen).await.unwrap();
        let messages = world.sim.client_messages(101);
        assert!(!messages.is_empty());
        assert!(!messages.iter().any(|message| message.is_key() || message.is_pointer() || message.is_cut_text()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_consoles_of_one_guest_opened_at_once_both_succeed() {
    on_both(|world| async move {
        let open = async |person| {
            let (_, mut browser) = world.open(person, 100, false).await;
            let screen = browser.handshake().await.unwrap();
            browser.update(screen).await.unwrap();
            browser
        };
        let (_one, _two, _three) = tokio::join!(open(&world.viewer), open(&world.manager), open(&world.admin));
        assert_eq!(world.app.consoles.count(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_elses_password_is_tried_again() {
    on_both(|world| async move {
        // PVE's own page opened the same console in between, twice.
        world.sim.console_fault(Some(100), RfbFault::RefusePassword, Some(2));
        let (_, mut browser) = world.open(&world.viewer, 100, false).await;
        browser.handshake().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_works_once_and_only_for_the_browser_that_asked() {
    on_both(|world| async move {
        let ticket = world.request(&world.viewer, 100, false).await.unwrap();
        let elsewhere = another_browser(&world.app, "viewer").await;
        for foreign in [&elsewhere, &world.manager, &world.stranger] {
            let claim = world.app.consoles.claim(foreign, ticket.id).await;
            assert!(matches!(claim, Err(ClaimError::NotFound)));
        }
        let claimed = world.app.consoles.claim(&world.viewer, ticket.id).await.unwrap();
        let again = world.app.consoles.claim(&world.viewer, ticket.id).await;
        assert!(matches!(again, Err(ClaimError::NotFound)), "used");
        drop(claimed);
        let row = world.console_row(ticket.id).await;
        assert_eq!(row.end_reason.as_deref(), Some("client_gone"));
        let unknown = world.app.consoles.claim(&world.viewer, uuid::Uuid::now_v7().into()).await;
        assert!(matches!(unknown, Err(ClaimError::NotFound)));

        let expired = world.request(&world.viewer, 100, false).await.unwrap();
        let text =
            format!("UPDATE console_session SET expires_at = 1 WHERE state = 'requested' AND created_at > {}", 0);
        assert_eq!(world.db.tamper(&text).await, 1);
        let claim = world.app.consoles.claim(&world.viewer, expired.id).await;
        assert!(matches!(claim, Err(ClaimError::NotFound)), "expired");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_opened_is_refused_with_a_reason() {
    on_both_with(Limits { consoles_per_user: 2, ..Limits::default() }, |world| async move {
        let stopped = world.request(&world.manager, 102, false).await;
        assert!(matches!(stopped, Err(RequestError::NotRunning)), "{stopped:?}");
        let template = world.request(&world.manager, 104, false).await;
        assert!(matches!(template, Err(RequestError::Template)), "{template:?}");
        let absent = world.request(&world.manager, 199, false).await;
        assert!(matches!(absent, Err(RequestError::NotFound)), "{absent:?}");
        world.entry("console.open", "refused").await;

        world.request(&world.manager, 100, false).await.unwrap();
        world.request(&world.manager, 101, false).await.unwrap();
        let third = world.request(&world.manager, 100, false).await;
        assert!(matches!(third, Err(RequestError::TooMany { whose: WhoseLimit::Installation, limit: 2 })), "{third:?}");
        world.request(&world.admin, 100, false).await.expect("others have their own limit");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_at_once_do_not_pass_the_limit() {
    on_both_with(Limits { consoles_per_user: 3, ..Limits::default() }, |world| async move {
        let requests = (0..8).map(|_| world.request(&world.manager, 100, false));
        let results = futures_util::future::join_all(requests).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3, "{results:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_carries_so_many_consoles_and_no_more() {
    on_both_with(Limits { consoles_per_node: 1, ..Limits::default() }, |world| async move {
        let (_, mut first) = world.open(&world.manager, 100, false).await;
        first.handshake().await.unwrap();
        let (ticket, mut second) = world.open(&world.manager, 101, false).await;
        let words = "as many consoles are open on the node as there may be: 1";
        assert_eq!(second.end().await, (EndReason::NodeFull.code(), words.to_owned()));
        assert_eq!(world.console_row(ticket.id).await.end_reason.as_deref(), Some("node_full"));
        drop(first);
        until("the seat", || async { (world.app.consoles.count() == 0).then_some(()) }).await;
        let (_, mut third) = world.open(&world.manager, 101, false).await;
        third.handshake().await.unwrap();
    })
    .await;
}

async fn live(world: &Arc<World>) -> (nexus_app::consoles::ConsoleTicket, Browser) {
    let (ticket, mut browser) = world.open(&world.viewer, 100, false).await;
    browser.handshake().await.unwrap();
    (ticket, browser)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_that_is_taken_ends_the_open_console() {
    on_both(|world| async move {
        let provision = &world.app.provision;
        let guest = world.guest(100);

        let (_, mut browser) = live(&world).await;
        let watch = GuestPermissions::NONE.with(GuestRight::Watch);
        let assignment = provision.assign(world.tenant, world.viewer_id, guest, watch).await.unwrap();
        assert_eq!(browser.reason().await, "rights_changed", "control became view-only");

        let control = GuestPermissions::NONE.with(GuestRight::Console);
        provision.assign(world.tenant, world.viewer_id, guest, control).await.unwrap();
        let (_, mut browser) = live(&world).await;
        provision.unassign(world.tenant, assignment).await.unwrap();
        assert_eq!(browser.reason().await, "revoked");

        provision.assign(world.tenant, world.viewer_id, guest, control).await.unwrap();
        let (_, mut browser) = live(&world).await;
        provision.remove_member(world.tenant, world.viewer_id).await.unwrap();
        assert_eq!(browser.reason().await, "revoked");

        provision.member(world.tenant, world.viewer_id, TenantRole::Viewer).await.unwrap();
        provision.assign(world.tenant, world.viewer_id, guest, control).await.unwrap();
        let (ticket, mut browser) = live(&world).await;
        world.app.accounts.sign_out(&world.viewer).await.unwrap();
        assert_eq!(browser.reason().await, "signed_out");
        assert_eq!(world.console_row(ticket.id).await.end_reason.as_deref(), Some("signed_out"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_that_was_taken_after_the_request_is_missed_at_the_claim() {
    on_both(|world| async move {
        let ticket = world.request(&world.viewer, 100, false).await.unwrap();
        world.app.provision.remove_member(world.tenant, world.viewer_id).await.unwrap();
        let claim = world.app.consoles.claim(&world.viewer, ticket.id).await;
        assert!(matches!(claim, Err(ClaimError::NotFound)));
        assert_eq!(world.console_row(ticket.id).await.end_reason.as_deref(), Some("revoked"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_server_ends_its_consoles() {
    on_both(|world| async move {
        let (_, mut browser) = live(&world).await;
        world.app.servers.delete(&world.delete().await, world.server).await.unwrap();
        assert_eq!(browser.reason().await, "revoked");
        let refused = world.app.access.guest_grant::<OpenConsole>(&world.admin, world.tenant, world.guest(100)).await;
        assert!(matches!(refused.err(), Some(Refused::NotFound)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_nexus_tells_every_console() {
    on_both(|world| async move {
        let (ticket, mut browser) = live(&world).await;
        let (reason, ()) = tokio::join!(browser.reason(), world.app.stop());
        assert_eq!(reason, "shutdown");
        assert_eq!(world.console_row(ticket.id).await.end_reason.as_deref(), Some("shutdown"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_stops_is_told_from_a_console_that_breaks() {
    on_both(|world| async move {
        let (_, mut browser) = live(&world).await;
        world.sim.set_guest_status(100, Status::Stopped);
        assert_eq!(browser.reason().await, "guest_stopped");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nexus_that_has_just_started_waits_for_the_first_picture() {
    on_both(|world| async move {
        world.sim.fault(Fault::on("/cluster/resources", FaultKind::Delay(700)));
        let fresh = start_app(&world.db, &world.sim, Limits::default()).await;
        let viewer = another_browser(&fresh, "viewer").await;
        let guest = |vmid| GuestKey { server: world.server, kind: GuestKind::Qemu, vmid };
        let grant = fresh.access.guest_grant::<OpenConsole>(&viewer, world.tenant, guest(100)).await.unwrap();
        fresh.consoles.request_control(grant).await.expect("the guest is there, though nobody has told of it yet");
        let manager = another_browser(&fresh, "manager").await;
        let grant = fresh.access.guest_grant::<OpenConsole>(&manager, world.tenant, guest(999)).await.unwrap();
        let unknown = fresh.consoles.request_control(grant).await;
        assert!(matches!(unknown, Err(RequestError::NotFound)), "{unknown:?}");
        fresh.stop().await;
    })
    .await;
}
