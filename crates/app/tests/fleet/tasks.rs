//! Tasks: the same twice at once, stopping one, logs, HA, guests that moved or went, and lists of tasks.

use nexus_app::access::{Grant, PowerGuest, SeeTasks, SignedIn};
use nexus_app::guests::{Act, ActError};
use nexus_app::page::{BadPage, Page};
use nexus_app::tasks::{TaskError, TaskQuery, TaskState, TaskView};
use nexus_model::{GuestPermissions, GuestRight, GuestStatus, PowerAction, TaskAction, TaskId};
use pve_sim::{Fault, FaultKind, Status};

use crate::world::{World, newest, on_both, person, until};

impl World {
    async fn tasks(&self, person: &SignedIn) -> Grant<SeeTasks> {
        self.app.access.grant(person, self.tenant).await.unwrap()
    }

    async fn interrupt(&self, person: &SignedIn, id: TaskId) -> Result<TaskView, TaskError> {
        self.app.tasks.interrupt(&self.tasks(person).await, id).await
    }

    async fn task(&self, person: &SignedIn, id: TaskId) -> TaskView {
        self.app.tasks.get(&self.tasks(person).await, id).await.unwrap()
    }

    fn endless(&self, vmid: u32, endless: bool) {
        assert!(self.sim.change_guest(vmid, |guest| guest.endless = endless));
    }

    fn asked(&self, method: &str, end: &str) -> usize {
        let requests = self.sim.requests();
        requests.iter().filter(|request| request.method == method && request.path.ends_with(end)).count()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_twice_at_once_is_one_too_many() {
    on_both(|world| async move {
        world.endless(100, true);
        let first = world.act(&world.viewer, 100, PowerAction::Stop).await.unwrap();
        let busy = world.act(&world.manager, 100, PowerAction::Stop).await;
        assert!(
            matches!(&busy, Err(ActError::Busy { detail }) if detail.starts_with("viewer asked for the same")),
            "{busy:?}"
        );
        let own = world.act(&world.viewer, 100, PowerAction::Stop).await;
        assert!(
            matches!(&own, Err(ActError::Busy { detail }) if detail.starts_with("You asked for the same")),
            "{own:?}"
        );
        assert_eq!(world.asked("POST", "/100/status/stop"), 1, "PVE was asked once");

        world.endless(101, true);
        let tries = (0..8).map(|_| world.act(&world.manager, 101, PowerAction::Stop));
        let done = futures_util::future::join_all(tries).await;
        let won = done.iter().filter(|one| one.is_ok()).count();
        let busy = done.iter().filter(|one| matches!(one, Err(ActError::Busy { .. }))).count();
        assert_eq!((won, busy), (1, 7), "{done:?}");
        assert_eq!(world.asked("POST", "/101/status/stop"), 1);

        world.endless(100, false);
        assert_eq!(world.ended(first.id).await.state, TaskState::Ok);
        world.until_status(100, GuestStatus::Stopped).await;
        let again = world.act(&world.manager, 100, PowerAction::Start).await.unwrap();
        assert_eq!(world.app.tasks.ended(again.id).await, (TaskState::Ok, None), "another action has its turn");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_stopped_by_those_who_may() {
    on_both(|world| async move {
        world.endless(100, true);
        world.endless(101, true);
        let own = world.act(&world.viewer, 100, PowerAction::Stop).await.unwrap();
        let others = world.act(&world.manager, 101, PowerAction::Stop).await.unwrap();
        assert!(own.may.stop && !own.may.log && others.may.stop && others.may.log);
        let hidden = world.interrupt(&world.viewer, others.id).await;
        assert!(matches!(hidden, Err(TaskError::NotFound)), "{hidden:?}");

        let stopping = world.interrupt(&world.viewer, own.id).await.unwrap();
        assert_eq!(stopping.stopped_by.as_deref(), Some("viewer"));
        let ended = world.ended(own.id).await;
        assert_eq!((ended.state, ended.stopped_by.as_deref()), (TaskState::Stopped, Some("viewer")));
        assert!(ended.detail.is_some(), "{ended:?}");
        assert_eq!(world.task(&world.viewer, own.id).await.detail, None, "PVE's words are the server's inside");
        assert_eq!(world.sim.guest_status(100), Some(Status::Running));
        let again = world.interrupt(&world.viewer, own.id).await;
        assert!(matches!(again, Err(TaskError::Ended { .. })), "{again:?}");
        let intent = world.entry("task.stop", "intent").await;
        let outcome = world.entry("task.stop", "ok").await;
        assert_eq!((&*intent.actor_name, &*outcome.actor_name), ("viewer@example.org", "viewer@example.org"));
        assert_eq!(intent.target_id, own.id.to_string());

        // PVE does not stop it: it goes on as if nobody had asked.
        let not_you = Fault::on("/nodes/pve1/tasks/", FaultKind::Status(403, "not you".into()));
        world.sim.fault(Fault { method: Some("DELETE".into()), ..not_you }.times(1));
        let refused = world.interrupt(&world.admin, others.id).await;
        assert!(matches!(refused, Err(TaskError::PveRefused(_))), "{refused:?}");
        assert_eq!(world.task(&world.manager, others.id).await.stopped_by, None);
        world.entry("task.stop", "failed").await;
        let stopping = world.interrupt(&world.admin, others.id).await.unwrap();
        assert_eq!(stopping.stopped_by.as_deref(), Some("admin"));
        assert_eq!(world.app.tasks.ended(others.id).await.0, TaskState::Stopped);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_begin_it_any_more_does_not_stop_it() {
    on_both(|world| async move {
        let (other_id, other) =
            person(&world.app, "other", Some((world.tenant, nexus_model::TenantRole::Viewer))).await;
        let power = GuestPermissions::NONE.with(GuestRight::Power);
        world.app.provision.assign(world.tenant, other_id, world.guest(101), power).await.unwrap();
        world.endless(101, true);
        let task = world.act(&other, 101, PowerAction::Stop).await.unwrap();
        let view = GuestPermissions::NONE.with(GuestRight::View);
        world.app.provision.assign(world.tenant, other_id, world.guest(101), view).await.unwrap();
        let seen = world.task(&other, task.id).await;
        assert!(!seen.may.stop, "{seen:?}");
        let refused = world.interrupt(&other, task.id).await;
        assert!(matches!(refused, Err(TaskError::Forbidden)), "{refused:?}");
        assert_eq!(world.asked("DELETE", ""), 0);
        world.endless(101, false);
        assert_eq!(world.app.tasks.ended(task.id).await.0, TaskState::Ok);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_read_in_parts_while_it_grows() {
    on_both(|world| async move {
        world.endless(100, true);
        let task = world.act(&world.viewer, 100, PowerAction::Stop).await.unwrap();
        let refused = world.app.tasks.log(&world.tasks(&world.viewer).await, task.id, 1, 500).await;
        assert!(matches!(refused, Err(TaskError::Forbidden)), "{refused:?}");
        let grant = world.tasks(&world.manager).await;
        let (mut next, mut numbers) = (1, Vec::new());
        while numbers.len() < 12 {
            let part = world.app.tasks.log(&grant, task.id, next, 5).await.unwrap();
            assert!(part.lines.len() <= 5 && !part.complete);
            numbers.extend(part.lines.iter().map(|(number, _)| *number));
            next = part.next;
        }
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "no line twice and none left out");
        world.interrupt(&world.manager, task.id).await.unwrap();
        assert_eq!(world.app.tasks.ended(task.id).await.0, TaskState::Stopped);
        let last = until("the end of the log", || async {
            let part = world.app.tasks.log(&grant, task.id, next, 500).await.unwrap();
            part.complete.then_some(part.lines)
        })
        .await;
        assert!(last.last().is_some_and(|(_, line)| line.starts_with("TASK ERROR")), "{last:?}");
        let beyond = world.app.tasks.log(&grant, task.id, 1_000_000, 500).await.unwrap();
        assert!(beyond.lines.is_empty() && beyond.complete && beyond.next == 1_000_000, "{beyond:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_the_shutdown_that_a_guest_does_not_obey() {
    on_both(|world| async move {
        assert!(world.sim.change_guest(100, |guest| guest.deaf = true));
        let shutdown = world.act(&world.manager, 100, PowerAction::Shutdown).await.unwrap();
        let stop = world.act(&world.viewer, 100, PowerAction::Stop).await.unwrap();
        assert_eq!(world.app.tasks.ended(stop.id).await, (TaskState::Ok, None));
        let ended = world.ended(shutdown.id).await;
        assert_eq!((ended.state, ended.stopped_by.as_deref()), (TaskState::Stopped, Some("viewer")));
        assert_eq!(world.sim.guest_status(100), Some(Status::Stopped));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_ha_the_guests_state_decides() {
    on_both(|world| async move {
        assert!(world.sim.change_guest(101, |guest| guest.ha = true));
        let task = world.act(&world.manager, 101, PowerAction::Stop).await.unwrap();
        let waits = until("PVE's task is over, the guest is not there yet", || async {
            let task = world.task(&world.manager, task.id).await;
            assert_ne!(task.state, TaskState::Failed, "{task:?}");
            task.detail.is_some().then_some(task)
        });
        let waits = waits.await;
        assert!(waits.upid.is_some_and(|upid| upid.contains(":hastop:")) && !waits.may.stop);
        assert_eq!(waits.state, TaskState::Running);
        let late = world.interrupt(&world.manager, task.id).await;
        assert!(matches!(late, Err(TaskError::Ended { .. })), "{late:?}");
        assert_eq!(world.app.tasks.ended(task.id).await, (TaskState::Ok, None));
        assert_eq!(world.sim.guest_status(101), Some(Status::Stopped));
        world.until_status(101, GuestStatus::Stopped).await;

        assert!(world.sim.change_guest(101, |guest| guest.ha_stuck = true));
        let task = world.act(&world.manager, 101, PowerAction::Start).await.unwrap();
        let (state, detail) = world.app.tasks.ended(task.id).await;
        assert_eq!(state, TaskState::Failed);
        assert!(detail.as_deref().is_some_and(|detail| detail.contains("HA manager")), "{detail:?}");
        let entry = world.entry("guest.power", "failed").await;
        assert_eq!(entry.detail, detail);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_moved_or_went_is_said_to_have() {
    on_both(|world| async move {
        // What LXC refuses at once is asked for again at the new place.
        assert!(world.sim.migrate_guest(200, "pve2"));
        let task = world.act(&world.manager, 200, PowerAction::Stop).await.unwrap();
        assert_eq!(world.app.tasks.ended(task.id).await, (TaskState::Ok, None));
        assert_eq!(world.sim.guest_status(200), Some(Status::Stopped));

        // What QEMU begins all the same fails with words that viewers may read.
        let no_overview = || Fault::on("/cluster/resources", FaultKind::Status(500, "not now".into()));
        world.sim.fault(no_overview());
        assert!(world.sim.migrate_guest(100, "pve2"));
        let task = world.act(&world.viewer, 100, PowerAction::Stop).await.unwrap();
        world.sim.clear_faults();
        let (state, detail) = world.app.tasks.ended(task.id).await;
        assert_eq!(state, TaskState::Failed);
        assert!(detail.as_deref().is_some_and(|detail| detail.starts_with("the guest has moved")), "{detail:?}");
        assert_eq!(world.task(&world.viewer, task.id).await.detail, detail);

        world.sim.fault(no_overview());
        assert!(world.sim.remove_guest(101));
        let task = world.act(&world.manager, 101, PowerAction::Stop).await.unwrap();
        world.sim.clear_faults();
        let (state, detail) = world.app.tasks.ended(task.id).await;
        assert_eq!(state, TaskState::Failed);
        assert!(detail.as_deref().is_some_and(|detail| detail.ends_with("it was deleted")), "{detail:?}");
        let gone = world.act(&world.manager, 101, PowerAction::Stop).await;
        assert!(matches!(gone, Err(ActError::NotFound)), "{gone:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_tasks_are_paged_and_filtered() {
    on_both(|world| async move {
        let mut all = Vec::new();
        for (person, vmid, action) in [
            (&world.viewer, 100, PowerAction::Stop),
            (&world.manager, 102, PowerAction::Start),
            (&world.manager, 200, PowerAction::Stop),
            (&world.manager, 102, PowerAction::Stop),
        ] {
            let task = world.act(person, vmid, action).await.unwrap();
            assert_eq!(world.app.tasks.ended(task.id).await.0, TaskState::Ok);
            let status = if action == PowerAction::Start { GuestStatus::Running } else { GuestStatus::Stopped };
            world.until_status(vmid, status).await;
            all.insert(0, task.id);
        }
        world.sim.set_lock(101, Some("backup"));
        let failed = world.act(&world.manager, 101, PowerAction::Stop).await.unwrap();
        assert_eq!(world.app.tasks.ended(failed.id).await.0, TaskState::Failed);
        all.insert(0, failed.id);

        let grant = world.tasks(&world.manager).await;
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = Page { cursor, limit: 2, ..Page::default() };
            let list = world.app.tasks.list(&grant, &TaskQuery { page, ..TaskQuery::default() }).await.unwrap();
            assert!(list.tasks.len() <= 2);
            seen.extend(list.tasks.iter().map(|task| task.id));
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
        let ids = async |person: &SignedIn, query: TaskQuery| {
            let list = world.app.tasks.list(&world.tasks(person).await, &query).await.unwrap();
            list.tasks.iter().map(|task| task.id).collect::<Vec<_>>()
        };
        let of_guest = TaskQuery { guest: Some(world.guest(102)), ..newest() };
        assert_eq!(ids(&world.manager, of_guest).await, [all[1], all[3]]);
        let own = TaskQuery { own: true, ..newest() };
        assert_eq!(ids(&world.admin, own).await, []);
        assert_eq!(ids(&world.viewer, newest()).await, [all[4]]);
        let failures = TaskQuery { state: Some(TaskState::Failed), ..newest() };
        assert_eq!(ids(&world.manager, failures).await, [all[0]]);
        let page = Page { cursor: Some("nonsense".into()), ..newest().page };
        let bad = world.app.tasks.list(&grant, &TaskQuery { page, ..TaskQuery::default() }).await;
        assert!(matches!(bad, Err(TaskError::Page(BadPage::Cursor))), "{bad:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_takes_its_time_and_ends_in_a_stop_where_asked() {
    on_both(|world| async move {
        assert!(world.sim.change_guest(100, |guest| guest.deaf = true));
        let grant = world.app.access.guest_grant::<PowerGuest>(&world.manager, world.tenant, world.guest(100));
        let act = Act::checked(PowerAction::Shutdown, Some(10), true).unwrap();
        let task = world.app.guests.act(grant.await.unwrap(), act).await.unwrap();
        assert_eq!(task.action, TaskAction::Shutdown);
        assert_eq!(world.app.tasks.ended(task.id).await, (TaskState::Ok, None));
        assert_eq!(world.sim.guest_status(100), Some(Status::Stopped));
    })
    .await;
}
