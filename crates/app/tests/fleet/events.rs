//! Event streams: what each may see, when they end, how they go on.

use std::collections::BTreeSet;
use std::pin::Pin;

use futures_util::{Stream, StreamExt};
use nexus_app::access::SignedIn;
use nexus_app::events::{EventData, EventOut};
use nexus_app::tasks::TaskState;
use nexus_model::{GuestPermissions, GuestRight, GuestStatus, PowerAction};
use pve_sim::Status;

use crate::world::{PATIENCE, World, guest_config, on_both};

pub(crate) type Events = Pin<Box<dyn Stream<Item = EventOut> + Send>>;

impl World {
    pub(crate) async fn events(&self, person: &SignedIn, last: Option<String>) -> Events {
        let live = self.app.access.keep(self.see(person).await).await.unwrap();
        Box::pin(self.app.events.stream(live, last).unwrap())
    }
}

pub(crate) async fn next(events: &mut Events) -> EventOut {
    tokio::time::timeout(PATIENCE, events.next()).await.expect("an event in time").expect("an event")
}

/// Reads on until an event fits; everything on the way is kept.
async fn until(events: &mut Events, seen: &mut Vec<EventOut>, fits: impl Fn(&EventData) -> bool) -> EventOut {
    loop {
        let event = next(events).await;
        seen.push(event.clone());
        if fits(&event.data) {
            return event;
        }
    }
}

fn is_about(data: &EventData, vmid: u32, status: GuestStatus) -> bool {
    matches!(data, EventData::Guests { changed, .. }
        if changed.iter().any(|guest| guest.key.vmid == vmid && guest.status == status))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_reach_who_may_see_them_and_nobody_else() {
    on_both(|world| async move {
        let mut manager = world.events(&world.manager, None).await;
        let mut viewer = world.events(&world.viewer, None).await;
        assert_eq!(next(&mut manager).await.kind, "hello");
        assert_eq!(next(&mut viewer).await.kind, "hello");
        let (mut seen, mut all) = (Vec::new(), Vec::new());
        world.sim.set_guest_status(101, Status::Stopped);
        until(&mut manager, &mut all, |data| is_about(data, 101, GuestStatus::Stopped)).await;
        world.sim.set_guest_status(102, Status::Running);
        until(&mut manager, &mut all, |data| is_about(data, 102, GuestStatus::Running)).await;
        until(&mut viewer, &mut seen, |data| is_about(data, 102, GuestStatus::Running)).await;
        world.sim.remove_guest(101);
        world.sim.add_guest(guest_config(110, "pve1", Status::Stopped)).unwrap();
        until(
            &mut manager,
            &mut all,
            |data| matches!(data, EventData::Guests { removed, .. } if removed.iter().any(|key| key.vmid == 101)),
        )
        .await;
        world.sim.set_guest_status(102, Status::Stopped);
        until(&mut viewer, &mut seen, |data| is_about(data, 102, GuestStatus::Stopped)).await;
        let told: BTreeSet<u32> = seen
            .iter()
            .filter_map(|event| match &event.data {
                EventData::Guests { changed, removed } => {
                    Some(changed.iter().map(|guest| guest.key.vmid).chain(removed.iter().map(|key| key.vmid)))
                }
                _ => None,
            })
            .flatten()
            .collect();
        assert!(told.is_subset(&[100, 102].into()), "{told:?}");
        for event in &seen {
            match &event.data {
                EventData::Guests { changed, .. } => assert!(changed.iter().all(|guest| guest.node.is_none())),
                EventData::Server(server) => assert_eq!(server.error, None),
                _ => {}
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_are_told_to_their_person_and_to_managers() {
    on_both(|world| async move {
        let mut manager = world.events(&world.manager, None).await;
        let mut viewer = world.events(&world.viewer, None).await;
        let (mut all, mut seen) = (Vec::new(), Vec::new());
        let others = world.act(&world.admin, 101, PowerAction::Stop).await.unwrap();
        let own = world.act(&world.viewer, 100, PowerAction::Stop).await.unwrap();
        let ended = |id| {
            move |data: &EventData| matches!(data, EventData::Task(task) if task.id == id && task.state == TaskState::Ok)
        };
        let event = until(&mut viewer, &mut seen, ended(own.id)).await;
        assert!(matches!(event.data, EventData::Task(task) if task.upid.is_none()));
        until(&mut manager, &mut all, ended(others.id)).await;
        assert!(!seen.iter().any(|event| matches!(&event.data, EventData::Task(task) if task.id == others.id)));
        until(&mut viewer, &mut seen, |data| is_about(data, 100, GuestStatus::Stopped)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_the_right_to_it() {
    on_both(|world| async move {
        let provision = &world.app.provision;
        let reason = async |events: &mut Events| {
            let event = until(events, &mut Vec::new(), |data| matches!(data, EventData::Ended { .. })).await;
            assert!(events.next().await.is_none(), "nothing comes after it");
            match event.data {
                EventData::Ended { reason } => reason,
                other => panic!("{other:?}"),
            }
        };
        let mut events = world.events(&world.viewer, None).await;
        let watch = GuestPermissions::NONE.with(GuestRight::Watch);
        provision.assign(world.tenant, world.viewer_id, world.guest(101), watch).await.unwrap();
        assert_eq!(reason(&mut events).await, "rights_changed");
        let mut events = world.events(&world.viewer, None).await;
        provision.remove_member(world.tenant, world.viewer_id).await.unwrap();
        assert_eq!(reason(&mut events).await, "revoked");
        let mut events = world.events(&world.manager, None).await;
        world.app.accounts.sign_out(&world.manager).await.unwrap();
        assert_eq!(reason(&mut events).await, "signed_out");
        let mut events = world.events(&world.admin, None).await;
        let (reason, ()) = tokio::join!(reason(&mut events), world.app.stop());
        assert_eq!(reason, "shutdown");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_goes_on_or_fetches_all_again() {
    on_both(|world| async move {
        let mut events = world.events(&world.manager, None).await;
        world.sim.set_guest_status(101, Status::Stopped);
        let last = until(&mut events, &mut Vec::new(), |data| is_about(data, 101, GuestStatus::Stopped)).await;
        drop(events);
        let mut watcher = world.events(&world.admin, None).await;
        world.sim.set_guest_status(101, Status::Running);
        until(&mut watcher, &mut Vec::new(), |data| is_about(data, 101, GuestStatus::Running)).await;

        let mut back = world.events(&world.manager, Some(last.id.clone())).await;
        assert_eq!(next(&mut back).await.kind, "hello");
        let mut missed = Vec::new();
        until(&mut back, &mut missed, |data| is_about(data, 101, GuestStatus::Running)).await;
        assert!(missed.iter().all(|event| event.kind != "reset"));

        for unknown in ["another-process:3", "nonsense", &format!("{}999", last.id)] {
            let mut back = world.events(&world.manager, Some(unknown.to_owned())).await;
            assert_eq!(next(&mut back).await.kind, "hello");
            assert_eq!(next(&mut back).await.kind, "reset", "{unknown}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_has_a_few_streams_and_no_more() {
    on_both(|world| async move {
        let mut open = Vec::new();
        for _ in 0..8 {
            open.push(world.events(&world.viewer, None).await);
        }
        let live = world.app.access.keep(world.see(&world.viewer).await).await.unwrap();
        assert!(world.app.events.stream(live, None).is_err());
        let mut other = world.events(&world.manager, None).await;
        assert_eq!(next(&mut other).await.kind, "hello", "another session has its own");
        drop(open.pop());
        let mut again = world.events(&world.viewer, None).await;
        assert_eq!(next(&mut again).await.kind, "hello");
    })
    .await;
}
