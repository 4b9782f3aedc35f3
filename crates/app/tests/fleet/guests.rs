//! Lists of guests and their power switches.

use nexus_app::access::{PowerGuest, Refused, SeeTasks, ViewGuest};
use nexus_app::guests::{ActError, GuestPage, ListError};
use nexus_app::tasks::TaskState;
use nexus_model::{GuestStatus, PowerAction, ServerStatus, ViewerScope};
use pve_sim::{Fault, FaultKind, Status};

use crate::world::{newest, on_both, until};

fn all() -> GuestPage {
    GuestPage { cursor: None, limit: 1000 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_their_part_of_the_list() {
    on_both(|world| async move {
        world.until_status(103, GuestStatus::Paused).await;
        let list = world.app.guests.list(&world.see(&world.manager).await, all()).await.unwrap();
        let names: Vec<_> = list.guests.iter().map(|guest| guest.name.as_str()).collect();
        assert_eq!(names, ["guest100", "guest101", "guest102", "guest103", "guest104", "guest200"]);
        assert!(list.guests.iter().all(|guest| guest.may.console && guest.may.power && guest.node.is_some()));
        assert_eq!(list.guests[2].actions, [PowerAction::Start]);
        assert!(list.guests[3].actions.contains(&PowerAction::Resume), "{:?}", list.guests[3].actions);
        assert!(list.guests[4].template && list.guests[4].actions.is_empty());
        assert_eq!((list.servers.len(), list.servers[0].status), (1, ServerStatus::Online));

        let list = world.app.guests.list(&world.see(&world.viewer).await, all()).await.unwrap();
        let seen: Vec<_> =
            list.guests.iter().map(|guest| (guest.key.vmid, guest.may.console, guest.may.power)).collect();
        assert_eq!(seen, [(100, true, true), (102, false, false)]);
        assert!(list.guests.iter().all(|guest| guest.node.is_none()));
        assert_eq!(list.servers.len(), 1);
        assert!(list.next_cursor.is_none());

        world.app.provision.set_viewer_scope(world.tenant, ViewerScope::All).await.unwrap();
        let list = world.app.guests.list(&world.see(&world.viewer).await, all()).await.unwrap();
        assert_eq!(list.guests.len(), 6);
        assert!(!list.guests[1].may.watch && list.guests[0].may.console);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_each_other_without_gap() {
    on_both(|world| async move {
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = GuestPage { cursor, limit: 2 };
            let list = world.app.guests.list(&world.see(&world.manager).await, page).await.unwrap();
            assert!(list.guests.len() <= 2);
            seen.extend(list.guests.iter().map(|guest| guest.key.vmid));
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, [100, 101, 102, 103, 104, 200]);
        let page = GuestPage { cursor: Some("nonsense".into()), limit: 2 };
        let bad = world.app.guests.list(&world.see(&world.manager).await, page).await;
        assert!(matches!(bad, Err(ListError::BadCursor)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn single_guests_are_found_by_those_who_may() {
    on_both(|world| async move {
        let access = &world.app.access;
        let grant = access.guest_grant::<ViewGuest>(&world.viewer, world.tenant, world.guest(102)).await.unwrap();
        assert_eq!(world.app.guests.get(&grant).unwrap().name, "guest102");
        for (person, vmid) in [(&world.viewer, 101), (&world.stranger, 100)] {
            let refused = access.guest_grant::<ViewGuest>(person, world.tenant, world.guest(vmid)).await;
            assert!(matches!(refused.err(), Some(Refused::NotFound)));
        }
        let refused = access.guest_grant::<PowerGuest>(&world.viewer, world.tenant, world.guest(102)).await;
        assert!(matches!(refused.err(), Some(Refused::Forbidden)));
        let absent = access.guest_grant::<ViewGuest>(&world.admin, world.tenant, world.guest(150)).await.unwrap();
        assert!(world.app.guests.get(&absent).is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_runs_to_pves_word_on_its_end() {
    on_both(|world| async move {
        let task = world.act(&world.viewer, 100, PowerAction::Stop).await.unwrap();
        assert_eq!((task.state, task.user_name.as_str()), (TaskState::Running, "viewer"));
        assert_eq!(task.upid, None, "it names the broker's token");
        let ended = world.ended(task.id).await;
        assert_eq!((ended.state, ended.detail), (TaskState::Ok, None));
        assert!(ended.upid.as_deref().is_some_and(|upid| upid.contains(":qmstop:100:")));
        assert_eq!(world.sim.guest_status(100), Some(Status::Stopped));
        world.until_status(100, GuestStatus::Stopped).await;
        let intent = world.entry("guest.power", "intent").await;
        let outcome = world.entry("guest.power", "ok").await;
        assert_eq!(
            (intent.actor_name.as_str(), outcome.actor_name.as_str()),
            ("viewer@example.org", "viewer@example.org")
        );

        let task = world.act(&world.manager, 100, PowerAction::Start).await.unwrap();
        assert_eq!(world.ended(task.id).await.state, TaskState::Ok);
        world.until_status(100, GuestStatus::Running).await;
        for (action, status) in
            [(PowerAction::Suspend, GuestStatus::Paused), (PowerAction::Resume, GuestStatus::Running)]
        {
            let task = world.act(&world.manager, 100, action).await.unwrap();
            assert_eq!(world.ended(task.id).await.state, TaskState::Ok, "{action}");
            world.until_status(100, status).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_fails_says_why() {
    on_both(|world| async move {
        world.sim.set_lock(101, Some("backup"));
        let task = world.act(&world.manager, 101, PowerAction::Stop).await.unwrap();
        let ended = world.ended(task.id).await;
        assert_eq!(ended.state, TaskState::Failed);
        assert!(ended.detail.as_deref().is_some_and(|detail| detail.contains("is locked (backup)")), "{ended:?}");
        let entry = world.entry("guest.power", "failed").await;
        assert_eq!(entry.detail, ended.detail);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_refused_before_pve_is_asked() {
    on_both(|world| async move {
        let asked = || world.sim.requests().iter().filter(|request| request.method == "POST").count();
        for (vmid, action) in [(102, PowerAction::Stop), (200, PowerAction::Reset), (104, PowerAction::Start)] {
            let refused = world.act(&world.manager, vmid, action).await;
            assert!(matches!(refused, Err(ActError::NotPossible { .. })), "{action}: {refused:?}");
        }
        let absent = world.act(&world.manager, 150, PowerAction::Start).await;
        assert!(matches!(absent, Err(ActError::NotFound)));
        assert_eq!(asked(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_or_unanswered_action_is_recorded_as_failed() {
    on_both(|world| async move {
        let words = "Permission check failed (/vms/100, VM.PowerMgmt)";
        world.sim.fault(Fault::on("*/status/stop", FaultKind::Status(403, words.into())).times(1));
        let refused = world.act(&world.manager, 100, PowerAction::Stop).await;
        assert!(matches!(&refused, Err(ActError::PveRefused(told)) if told.contains(words)), "{refused:?}");
        world.sim.fault(Fault::on("*/status/stop", FaultKind::Reset).times(1));
        let unanswered = world.act(&world.manager, 100, PowerAction::Stop).await;
        assert!(matches!(unanswered, Err(ActError::PveUnreachable(_))), "{unanswered:?}");
        let grant = world.app.access.grant::<SeeTasks>(&world.manager, world.tenant).await.unwrap();
        let tasks = world.app.tasks.list(&grant, &newest()).await.unwrap().tasks;
        assert_eq!(tasks.len(), 2);
        assert!(tasks.iter().all(|task| task.state == TaskState::Failed && task.ended_at.is_some()));
        let grant = world.app.access.grant::<SeeTasks>(&world.viewer, world.tenant).await.unwrap();
        assert!(world.app.tasks.list(&grant, &newest()).await.unwrap().tasks.is_empty(), "viewers see their own");
        world.sim.fault(Fault::on("*/status/stop", FaultKind::Status(500, "no way to pve.lan".into())).times(1));
        let refused = world.act(&world.viewer, 100, PowerAction::Stop).await;
        let untold = "The action failed; ask a manager for the details";
        assert!(matches!(&refused, Err(ActError::PveRefused(words)) if words == untold), "{refused:?}");
        assert_eq!(world.app.tasks.list(&grant, &newest()).await.unwrap().tasks[0].detail.as_deref(), Some(untold));
        assert_eq!(world.sim.guest_status(100), Some(Status::Running));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_failures_in_a_row_are_offline_and_the_list_stays() {
    on_both(|world| async move {
        world.sim.fault(Fault::on("", FaultKind::Refuse).at("pve1"));
        world.app.inventory.refresh_soon(world.server);
        let brief = until("offline", || async {
            let list = world.app.guests.list(&world.see(&world.manager).await, all()).await.unwrap();
            assert_eq!(list.guests.len(), 6);
            list.servers.into_iter().find(|server| server.status == ServerStatus::Offline)
        })
        .await;
        assert!(brief.error.is_some());
        let list = world.app.guests.list(&world.see(&world.viewer).await, all()).await.unwrap();
        assert_eq!((list.servers[0].status, &list.servers[0].error), (ServerStatus::Offline, &None));
        world.sim.clear_faults();
        until("online", || async {
            let list = world.app.guests.list(&world.see(&world.manager).await, all()).await.unwrap();
            (list.servers[0].status == ServerStatus::Online).then_some(())
        })
        .await;
    })
    .await;
}
