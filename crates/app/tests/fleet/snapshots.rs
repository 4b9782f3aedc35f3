//! Snapshots: made, listed as a tree, gone back to, deleted, described; and what is refused before PVE is asked.

use nexus_app::access::{GuestGrant, Refused, SignedIn, SnapshotGuest};
use nexus_app::guests::ActError;
use nexus_app::snapshots::{SnapshotError, SnapshotInput, SnapshotList};
use nexus_app::tasks::TaskState;
use nexus_model::{GuestPermissions, GuestRight, GuestStatus, TaskAction};
use pve_sim::{Fault, FaultKind, Status};

use crate::world::{World, on_both};

impl World {
    async fn snapshots_of(&self, person: &SignedIn, vmid: u32) -> GuestGrant<SnapshotGuest> {
        self.app.access.guest_grant(person, self.tenant, self.guest(vmid)).await.unwrap()
    }

    async fn snapshots(&self, vmid: u32) -> SnapshotList {
        self.app.snapshots.list(&self.snapshots_of(&self.manager, vmid).await).await.unwrap()
    }

    async fn snapshot(&self, vmid: u32, name: &str, with_memory: bool) {
        let grant = self.snapshots_of(&self.manager, vmid).await;
        let input = SnapshotInput { name: name.into(), description: format!("about {name}"), with_memory };
        let task = self.app.snapshots.create(grant, input).await.unwrap();
        assert_eq!((task.action, task.snapshot.as_deref()), (TaskAction::SnapshotCreate, Some(name)));
        assert_eq!(self.app.tasks.ended(task.id).await, (TaskState::Ok, None));
    }
}

fn named(name: &str) -> SnapshotInput {
    SnapshotInput { name: name.into(), ..SnapshotInput::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshots_are_made_gone_back_to_and_deleted() {
    on_both(|world| async move {
        let list = world.snapshots(100).await;
        assert!(list.snapshots.is_empty() && list.running && list.memory && list.why_not.is_none(), "{list:?}");
        world.snapshot(100, "base", false).await;
        world.snapshot(100, "with-memory", true).await;
        let list = world.snapshots(100).await;
        let tree: Vec<_> =
            list.snapshots.iter().map(|one| (&*one.name, one.parent.as_deref(), one.with_memory)).collect();
        assert_eq!(tree, [("base", None, false), ("with-memory", Some("base"), true)]);
        assert_eq!(list.current.as_deref(), Some("with-memory"));
        assert_eq!(list.snapshots[0].description, "about base");
        assert!(list.snapshots[0].created_at.is_some());
        let entry = world.entry("guest.snapshot_create", "ok").await;
        assert!(entry.after_state.is_some_and(|after| after.contains(r#""snapshot":"with-memory""#)));

        let grant = world.snapshots_of(&world.manager, 100).await;
        let task = world.app.snapshots.roll_back(grant, "base", false).await.unwrap();
        assert_eq!(world.app.tasks.ended(task.id).await, (TaskState::Ok, None));
        assert_eq!(world.sim.guest_status(100), Some(Status::Stopped));
        world.until_status(100, GuestStatus::Stopped).await;
        let list = world.snapshots(100).await;
        assert_eq!((list.current.as_deref(), list.running, list.memory), (Some("base"), false, false));
        let grant = world.snapshots_of(&world.manager, 100).await;
        let task = world.app.snapshots.roll_back(grant, "base", true).await.unwrap();
        assert_eq!(world.app.tasks.ended(task.id).await, (TaskState::Ok, None));
        assert_eq!(world.sim.guest_status(100), Some(Status::Running));
        world.entry("guest.snapshot_rollback", "ok").await;

        let grant = world.snapshots_of(&world.manager, 100).await;
        let task = world.app.snapshots.delete(grant, "base").await.unwrap();
        assert_eq!(world.app.tasks.ended(task.id).await, (TaskState::Ok, None));
        let list = world.snapshots(100).await;
        let tree: Vec<_> = list.snapshots.iter().map(|one| (&*one.name, one.parent.as_deref())).collect();
        assert_eq!(tree, [("with-memory", None)]);
        world.entry("guest.snapshot_delete", "ok").await;
        world.snapshot(200, "container", false).await;
        assert!(!world.snapshots(200).await.memory);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_refused_before() {
    on_both(|world| async move {
        world.snapshot(100, "base", false).await;
        let create = async |vmid, input| {
            let grant = world.snapshots_of(&world.manager, vmid).await;
            world.app.snapshots.create(grant, input).await
        };
        let twice = create(100, named("base")).await;
        assert!(matches!(twice, Err(SnapshotError::Exists)), "{twice:?}");
        for name in ["", "a", "1st", "current", "pending", "a b", "über", "../x", &"a".repeat(41)] {
            let wrong = create(100, named(name)).await;
            assert!(matches!(&wrong, Err(SnapshotError::Invalid(fields)) if fields[0].field == "name"), "{wrong:?}");
        }
        let long = SnapshotInput { description: "x".repeat(1001), ..named("long") };
        assert!(matches!(create(100, long).await, Err(SnapshotError::Invalid(_))));
        let memory = SnapshotInput { with_memory: true, ..named("memory") };
        assert!(matches!(create(200, memory).await, Err(SnapshotError::Invalid(_))));
        let template = create(104, named("of-template")).await;
        assert!(
            matches!(&template, Err(SnapshotError::Act(ActError::NotPossible { detail })) if detail.contains("template"))
        );
        world.sim.set_lock(101, Some("backup"));
        world.app.inventory.refresh_soon(world.server);
        crate::world::until("the lock", || async {
            world.app.inventory.guest(world.guest(101)).filter(|row| row.lock.is_some())
        })
        .await;
        let locked = create(101, named("of-locked")).await;
        assert!(
            matches!(&locked, Err(SnapshotError::Act(ActError::NotPossible { detail })) if detail.contains("backup")),
            "{locked:?}"
        );
        assert_eq!(world.snapshots(101).await.why_not.as_deref(), Some("the guest is locked (backup)"));
        let grant = world.snapshots_of(&world.manager, 100).await;
        assert!(matches!(world.app.snapshots.roll_back(grant, "none", false).await, Err(SnapshotError::NotFound)));
        let grant = world.snapshots_of(&world.manager, 100).await;
        assert!(matches!(world.app.snapshots.delete(grant, "none").await, Err(SnapshotError::NotFound)));
        let asked = world.sim.requests();
        let changes = asked.iter().filter(|request| request.method != "GET").count();
        assert_eq!(changes, 1, "the one that was made");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshots_take_their_right_and_a_start_takes_power() {
    on_both(|world| async move {
        let refused =
            world.app.access.guest_grant::<SnapshotGuest>(&world.viewer, world.tenant, world.guest(100)).await;
        assert!(matches!(refused.err(), Some(Refused::Forbidden)));
        let rights = GuestPermissions::NONE.with(GuestRight::Snapshot);
        world.app.provision.assign(world.tenant, world.viewer_id, world.guest(101), rights).await.unwrap();
        let grant = world.snapshots_of(&world.viewer, 101).await;
        let task = world.app.snapshots.create(grant, named("own")).await.unwrap();
        assert_eq!((task.upid, task.user_name.as_str()), (None, "viewer"));
        assert_eq!(world.app.tasks.ended(task.id).await, (TaskState::Ok, None));
        let grant = world.snapshots_of(&world.viewer, 101).await;
        let start = world.app.snapshots.roll_back(grant, "own", true).await;
        assert!(matches!(start, Err(SnapshotError::Forbidden)), "{start:?}");
        let words = "no space on storage 'secret-san'";
        world.sim.fault(Fault::on("*/snapshot", FaultKind::Status(500, words.into())).times(1));
        let grant = world.snapshots_of(&world.viewer, 101).await;
        let refused = world.app.snapshots.list(&grant).await;
        let untold = "The action failed; ask a manager for the details";
        assert!(
            matches!(&refused, Err(SnapshotError::Act(ActError::PveRefused(told))) if told == untold),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_of_a_snapshot_is_changed_and_recorded() {
    on_both(|world| async move {
        world.snapshot(100, "base", false).await;
        let grant = world.snapshots_of(&world.manager, 100).await;
        let changed = world.app.snapshots.describe(grant, "base", " before\nthe update ").await.unwrap();
        assert_eq!(changed.description, "before\nthe update");
        assert_eq!(world.snapshots(100).await.snapshots[0].description, "before\nthe update");
        let intent = world.entry("guest.snapshot_update", "intent").await;
        let outcome = world.entry("guest.snapshot_update", "ok").await;
        assert!(intent.before_state.unwrap().contains("about base"));
        assert!(outcome.after_state.unwrap().contains(r"before\nthe update"));
        world.sim.fault(Fault::on("*/snapshot/base/config", FaultKind::Status(403, "not you".into())).times(1));
        let grant = world.snapshots_of(&world.manager, 100).await;
        let refused = world.app.snapshots.describe(grant, "base", "x").await;
        assert!(matches!(refused, Err(SnapshotError::Act(ActError::PveRefused(_)))), "{refused:?}");
        world.entry("guest.snapshot_update", "failed").await;
    })
    .await;
}
