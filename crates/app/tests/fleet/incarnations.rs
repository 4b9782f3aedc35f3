//! Rights belong to one incarnation of a guest; and what one process leaves behind, another takes up.

use nexus_app::access::{OpenConsole, ViewGuest};
use nexus_app::fleet::Limits;
use nexus_app::servers::ServerInput;
use nexus_app::tasks::TaskState;
use nexus_model::{PowerAction, Tls};
use pve_sim::{Fault, FaultKind, GuestConfig, Status};

use crate::world::{World, guest_config, on_both, server_input, start_app, until};

/// Whether the viewer still has rights on guest 100.
async fn sees(world: &World) -> bool {
    world.app.access.guest_grant::<ViewGuest>(&world.viewer, world.tenant, world.guest(100)).await.is_ok()
}

async fn marks(world: &World) -> usize {
    let scope = world.own_system();
    let mut tx = world.db.store.system_read(&scope).await.unwrap();
    let assignments = tx.assignments_of_server(world.tenant, world.server).await.unwrap();
    assignments.iter().filter(|assignment| assignment.incarnation.is_some()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_on_a_deleted_guest_are_not_inherited_by_the_next_with_its_number() {
    on_both(|world| async move {
        until("marks", || async { (marks(&world).await == 2).then_some(()) }).await;
        let (_, mut browser) = world.open(&world.viewer, 100, false).await;
        browser.handshake().await.unwrap();
        world.sim.remove_guest(100);
        until("sleep", || async { (!sees(&world).await).then_some(()) }).await;
        assert_ne!(browser.reason().await, "client_closed");
        let entry = world.entry("assignment.sleep", "ok").await;
        let target = format!("guest:{}/qemu/100", world.guest(100).server);
        assert_eq!((entry.actor_kind, entry.target_name), ("system".to_owned(), target));
        let successor = GuestConfig { name: "another".into(), ..guest_config(100, "pve1", Status::Running) };
        world.sim.add_guest(successor).unwrap();
        until("the successor", || async {
            world.app.inventory.guest(world.guest(100)).filter(|row| row.name == "another").map(drop)
        })
        .await;
        assert!(!sees(&world).await);
        assert!(
            world.app.access.guest_grant::<OpenConsole>(&world.manager, world.tenant, world.guest(100)).await.is_ok()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_sleep_while_nobody_can_tell_whose_guest_it_is() {
    on_both(|world| async move {
        until("marks", || async { (marks(&world).await == 2).then_some(()) }).await;
        world.sim.fault(Fault::on("*/config", FaultKind::Status(500, "no".into())));
        world.sim.set_guest_status(100, Status::Stopped);
        until("sleep", || async { (!sees(&world).await).then_some(()) }).await;
        let asked = || world.sim.requests().iter().filter(|request| request.path.ends_with("/100/config")).count();
        let (turn, before) = (turns(&world), asked());
        until("more turns", || async { (turns(&world) >= turn + 3).then_some(()) }).await;
        assert!(asked() <= before + 1, "a failure is remembered for a while");
        world.sim.clear_faults();
        until("the same guest", || async { sees(&world).await.then_some(()) }).await;
        world.entry("assignment.wake", "ok").await;
    })
    .await;
}

/// How often the overview was asked for.
fn turns(world: &World) -> usize {
    world.sim.requests().iter().filter(|request| request.path.ends_with("/cluster/resources")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_another_place_rights_sleep_until_the_same_guests_are_found() {
    on_both(|world| async move {
        until("marks", || async { (marks(&world).await == 2).then_some(()) }).await;
        let (_, mut browser) = world.open(&world.viewer, 100, false).await;
        browser.handshake().await.unwrap();
        world.sim.fault(Fault::on("*/config", FaultKind::Status(500, "no".into())));
        let moved = ServerInput {
            port: world.sim.address("pve2").port().into(),
            tls: Tls::Pin { fingerprint: world.sim.fingerprint("pve2") },
            ..server_input(&world.sim)
        };
        world.app.servers.update(&world.manage().await, world.server, moved, 1).await.unwrap();
        assert!(!sees(&world).await, "at once");
        assert_ne!(browser.reason().await, "client_closed");
        let entry = world.entry("assignment.sleep", "ok").await;
        assert_eq!(entry.detail.as_deref(), Some("the server was moved to another host or port"));
        world.sim.clear_faults();
        until("the same guest", || async { sees(&world).await.then_some(()) }).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_learns_of_servers_by_itself_and_follows_what_was_left() {
    on_both(|world| async move {
        let second = start_app(&world.db, &world.sim, Limits::default()).await;
        second.inventory.first_snapshot(world.server).await;
        world.app.servers.delete(&world.delete().await, world.server).await.unwrap();
        until("its end there", || async { second.inventory.snapshot(world.server).is_none().then_some(()) }).await;
        second.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_process_left_behind_is_taken_up() {
    on_both(|world| async move {
        let task = world.act(&world.manager, 101, PowerAction::Stop).await.unwrap();
        world.ended(task.id).await;
        let (ticket, mut browser) = world.open(&world.viewer, 100, false).await;
        browser.handshake().await.unwrap();
        // As if the process had died: the task is not followed any more, the lease is not renewed.
        world.db.tamper("UPDATE task SET state = 'running', ended_at = NULL").await;
        if world.db.store.is_shared() {
            world.db.tamper("UPDATE console_session SET expires_at = 1").await;
        }
        let second = start_app(&world.db, &world.sim, Limits::default()).await;
        assert_eq!(world.console_row(ticket.id).await.end_reason.as_deref(), Some("lost"));
        world.entry("console.end", "failed").await;
        assert_eq!(world.ended(task.id).await.state, TaskState::Ok);
        second.stop().await;
    })
    .await;
}
