//! One power switch on many guests: results of each, rights when a guest's turn comes, stops in the middle, servers that
//! are away, and processes that go.

use futures_util::StreamExt;
use nexus_app::access::{ActOnGuests, EndedBecause, SeeTasks, SignedIn};
use nexus_app::bulk::{BulkDetail, BulkError, BulkGuestView, BulkIn};
use nexus_app::events::EventData;
use nexus_app::fleet::Limits;
use nexus_app::page::Page;
use nexus_app::servers::ServerInput;
use nexus_app::tasks::TaskState;
use nexus_model::{
    BulkGuestState, BulkId, BulkState, GuestKey, GuestKind, GuestRight, GuestStatus, PowerAction, TenantRole, Tls,
};
use pve_sim::{Fault, FaultKind, Status};

use crate::world::{World, another_browser, guest_config, on_both, person, server_input, start_app, until};

use BulkGuestState::{Failed, Ok as Well, Refused, Running, Skipped, Waiting};

/// A switch on guests, without more words.
pub(crate) fn asked(action: PowerAction, guests: Vec<GuestKey>) -> BulkIn {
    BulkIn { action, guests, per_server: None, timeout_seconds: None, force_stop: false }
}

impl World {
    fn guests(&self, vmids: &[u32]) -> Vec<GuestKey> {
        vmids.iter().map(|vmid| self.guest(*vmid)).collect()
    }

    async fn begin(&self, person: &SignedIn, input: BulkIn) -> Result<BulkDetail, BulkError> {
        let grant = self.app.access.grant::<ActOnGuests>(person, self.tenant).await.unwrap();
        self.app.bulks.start_one(grant, input).await
    }

    async fn bulk(&self, person: &SignedIn, id: BulkId) -> Result<BulkDetail, BulkError> {
        let grant = self.app.access.grant::<SeeTasks>(person, self.tenant).await.unwrap();
        self.app.bulks.get(&grant, id).await
    }

    /// The action once every guest is as `fits` wants it.
    async fn bulk_when(&self, id: BulkId, fits: impl Fn(&BulkDetail) -> bool) -> BulkDetail {
        until("the action on many guests", || async { self.bulk(&self.admin, id).await.ok().filter(|bulk| fits(bulk)) })
            .await
    }

    async fn over(&self, id: BulkId) -> BulkDetail {
        self.bulk_when(id, |detail| detail.bulk.ended_at.is_some()).await
    }

    /// Adds guests whose power tasks run until they are stopped.
    async fn add_endless(&self, vmids: std::ops::RangeInclusive<u32>) {
        for vmid in vmids.clone() {
            let guest = pve_sim::GuestConfig { endless: true, ..guest_config(vmid, "pve1", Status::Running) };
            self.sim.add_guest(guest).unwrap();
        }
        self.app.inventory.refresh_soon(self.server);
        for vmid in vmids {
            self.until_status(vmid, GuestStatus::Running).await;
        }
    }

    async fn stop_bulk(&self, person: &SignedIn, id: BulkId) -> Result<nexus_app::bulk::BulkView, BulkError> {
        let grant = self.app.access.grant::<ActOnGuests>(person, self.tenant).await.unwrap();
        self.app.bulks.stop(&grant, id).await
    }

    /// Lets the tasks of these guests go on to their ends.
    fn release(&self, vmids: std::ops::RangeInclusive<u32>) {
        for vmid in vmids {
            assert!(self.sim.change_guest(vmid, |guest| guest.endless = false));
        }
    }
}

fn states(detail: &BulkDetail) -> Vec<BulkGuestState> {
    detail.guests.iter().map(|guest| guest.state).collect()
}

fn of(detail: &BulkDetail, vmid: u32) -> &BulkGuestView {
    detail.guests.iter().find(|guest| guest.guest.vmid == vmid).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_guest_has_its_own_result() {
    on_both(|world| async move {
        let live = world.app.access.keep(world.see(&world.manager).await).await.unwrap();
        let mut events = Box::pin(world.app.events.stream(live, None).unwrap());
        world.sim.fault(Fault::on("*/102/status/start", FaultKind::Status(500, "no such thing on pve1".into())));
        // Running already, a failure, a template, one that is not there, a paused one and a container.
        let begun = world.begin(&world.admin, asked(PowerAction::Stop, world.guests(&[100, 101, 200]))).await.unwrap();
        assert_eq!(states(&begun), [Waiting; 3]);
        assert_eq!((begun.bulk.state, begun.bulk.per_server, begun.bulk.may_stop), (BulkState::Running, 4, true));
        assert_eq!(begun.guests[0].guest_name, "guest100");
        let over = world.over(begun.bulk.id).await;
        assert_eq!((states(&over), over.bulk.state), (vec![Well; 3], BulkState::Done));
        assert_eq!((over.bulk.counts.ok, over.bulk.counts.waiting, over.bulk.may_stop), (3, 0, false));
        for guest in &over.guests {
            let task = world.ended(guest.task.unwrap()).await;
            assert_eq!((task.state, task.bulk), (TaskState::Ok, Some(over.bulk.id)));
            assert!(guest.ended_at.is_some() && guest.detail.is_none());
        }
        let mut last = None;
        while last.is_none() {
            if let EventData::Bulk { bulk, guests } = events.next().await.unwrap().data {
                assert_eq!(bulk.id, over.bulk.id);
                assert!(guests.iter().all(|guest| guest.state != Waiting));
                last = bulk.ended_at.map(|_| bulk);
            }
        }
        assert_eq!(*last.unwrap(), over.bulk);

        let mixed = asked(PowerAction::Start, world.guests(&[102, 104, 199, 103, 100]));
        let over = world.over(world.begin(&world.admin, mixed).await.unwrap().bulk.id).await;
        assert_eq!(states(&over), [Failed, Refused, Refused, Refused, Well]);
        assert!(of(&over, 102).detail.as_ref().unwrap().contains("no such thing"), "{:?}", of(&over, 102));
        assert!(of(&over, 102).task.is_some(), "PVE was asked");
        assert!(of(&over, 104).detail.as_ref().unwrap().contains("template"));
        assert_eq!(of(&over, 199).detail.as_deref(), Some("there is no such guest"));
        assert_eq!(of(&over, 199).guest_name, "VM 199");
        assert_eq!(of(&over, 104).task, None);
        let counts = over.bulk.counts;
        assert_eq!((counts.ok, counts.failed, counts.refused, over.bulk.state), (1, 1, 3, BulkState::Done));

        let entries = world.audit().await;
        let about: Vec<_> = entries.iter().filter(|entry| entry.target_id == over.bulk.id.to_string()).collect();
        let outcomes: Vec<_> = about.iter().map(|entry| (entry.action.as_str(), entry.outcome.as_str())).collect();
        assert_eq!(outcomes, [("guest.bulk", "failed"), ("guest.bulk", "intent")]);
        assert!(about[0].after_state.as_ref().unwrap().contains("\"refused\":3"), "{:?}", about[0].after_state);
        assert!(about[1].after_state.as_ref().unwrap().contains("\"guests\":5"), "{:?}", about[1].after_state);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_is_checked() {
    on_both(|world| async move {
        let one = world.guests(&[100]);
        let fields = async |input: BulkIn| match world.begin(&world.admin, input).await {
            Err(BulkError::Invalid(wrong)) => wrong.iter().map(|error| error.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(fields(asked(PowerAction::Stop, Vec::new())).await, ["guests"]);
        assert_eq!(fields(asked(PowerAction::Stop, world.guests(&[100, 101, 100]))).await, ["guests"]);
        assert_eq!(
            fields(asked(PowerAction::Stop, (100..1101).map(|vmid| world.guest(vmid)).collect())).await,
            ["guests"]
        );
        assert_eq!(fields(asked(PowerAction::Stop, world.guests(&[99]))).await, ["guests"]);
        for per_server in [0, 11] {
            let input = BulkIn { per_server: Some(per_server), ..asked(PowerAction::Stop, one.clone()) };
            assert_eq!(fields(input).await, ["per_server"]);
        }
        let input = BulkIn { timeout_seconds: Some(60), force_stop: true, ..asked(PowerAction::Stop, one.clone()) };
        assert_eq!(fields(input).await, ["timeout_seconds", "force_stop"], "a shutdown's alone");
        let input = BulkIn { timeout_seconds: Some(9), ..asked(PowerAction::Shutdown, one.clone()) };
        assert_eq!(fields(input).await, ["timeout_seconds"]);
        assert!(world.audit().await.iter().all(|entry| entry.action != "guest.bulk"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_many_run_at_once_and_a_stop_leaves_the_rest_alone() {
    on_both(|world| async move {
        world.add_endless(110..=115).await;
        let guests = (110..=115).map(|vmid| world.guest(vmid)).collect();
        let input = BulkIn { per_server: Some(2), ..asked(PowerAction::Stop, guests) };
        let begun = world.begin(&world.manager, input).await.unwrap();
        let id = begun.bulk.id;
        let two = [Running, Running, Waiting, Waiting, Waiting, Waiting];
        let busy = world
            .bulk_when(id, |now| states(now) == two && now.guests[..2].iter().all(|guest| guest.task.is_some()))
            .await;
        assert_eq!((busy.bulk.counts.running, busy.bulk.counts.waiting), (2, 4));
        let stopping = world.stop_bulk(&world.admin, id).await.unwrap();
        assert_eq!((stopping.state, stopping.stopped_by.as_deref()), (BulkState::Stopping, Some("admin")));
        assert_eq!(world.stop_bulk(&world.manager, id).await.unwrap().stopped_by.as_deref(), Some("admin"), "twice");
        let halted = world.bulk_when(id, |now| now.bulk.counts.skipped == 4).await;
        assert_eq!(states(&halted)[..2], [Running; 2], "what runs is left to end");
        assert_eq!((halted.bulk.state, halted.bulk.ended_at), (BulkState::Stopping, None));
        world.release(110..=115);
        let over = world.over(id).await;
        assert_eq!(states(&over)[2..], [Skipped; 4]);
        assert_eq!(over.bulk.state, BulkState::Stopped);
        assert!(matches!(world.stop_bulk(&world.admin, id).await, Err(BulkError::Ended)));
        let told: Vec<_> = world.audit().await.into_iter().filter(|entry| entry.action == "bulk.stop").collect();
        assert_eq!(told.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_guests_right_is_asked_when_its_turn_comes() {
    on_both(|world| async move {
        world.add_endless(110..=112).await;
        let rights = [GuestRight::Power].into_iter().collect();
        let mut assigned = None;
        for vmid in 110..=112 {
            let made = world.app.provision.assign(world.tenant, world.viewer_id, world.guest(vmid), rights).await;
            assigned = Some(made.unwrap());
        }
        // 101 is not theirs to see, 102 only to see, 100 and the others theirs to switch.
        let guests = world.guests(&[110, 101, 102, 111, 112, 100]);
        let input = BulkIn { per_server: Some(1), ..asked(PowerAction::Stop, guests) };
        let begun = world.begin(&world.viewer, input).await.unwrap();
        assert_eq!(of(&begun, 101).guest_name, "VM 101", "nobody learns names by asking");
        let id = begun.bulk.id;
        world.bulk_when(id, |now| of(now, 110).task.is_some()).await;
        world.app.provision.unassign(world.tenant, assigned.unwrap()).await.unwrap();
        world.release(110..=112);
        let over = world.over(id).await;
        assert_eq!(states(&over), [Well, Refused, Refused, Well, Refused, Well]);
        assert_eq!(of(&over, 101).detail.as_deref(), Some("there is no such guest"));
        assert_eq!(of(&over, 102).detail.as_deref(), Some("using this guest's power switches is not allowed"));
        assert_eq!(of(&over, 112).detail.as_deref(), Some("there is no such guest"), "the right was taken meanwhile");
        let seen = world.bulk(&world.viewer, id).await.unwrap();
        assert_eq!((of(&seen, 112).guest_name.as_str(), of(&seen, 110).guest_name.as_str()), ("VM 112", "guest110"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_gone_acts_no_more() {
    on_both(|world| async move {
        world.add_endless(110..=113).await;
        let guests: Vec<GuestKey> = (110..=113).map(|vmid| world.guest(vmid)).collect();
        let input = BulkIn { per_server: Some(1), ..asked(PowerAction::Stop, guests[..2].to_vec()) };
        let there = another_browser(&world.app, "manager").await;
        let signed_out = world.begin(&there, input.clone()).await.unwrap().bulk.id;
        let (leaver, leaving) = person(&world.app, "leaver", Some((world.tenant, TenantRole::Manager))).await;
        let input = BulkIn { guests: guests[2..].to_vec(), ..input };
        let left = world.begin(&leaving, input).await.unwrap().bulk.id;
        for id in [signed_out, left] {
            world.bulk_when(id, |now| now.guests[0].task.is_some()).await;
        }
        world.app.accounts.sign_out(&there).await.unwrap();
        world.app.provision.remove_member(world.tenant, leaver).await.unwrap();
        for (id, words) in [(signed_out, "signed out"), (left, "lost the right")] {
            let now = world.bulk_when(id, |now| now.bulk.counts.skipped == 1).await;
            assert_eq!((states(&now), now.bulk.state), (vec![Running, Skipped], BulkState::Stopping));
            assert!(now.guests[1].detail.as_ref().unwrap().contains(words), "{:?}", now.guests[1]);
            assert_eq!(now.bulk.stopped_by, None);
        }
        world.release(110..=113);
        for id in [signed_out, left] {
            let over = world.over(id).await;
            assert_eq!((states(&over), over.bulk.state), (vec![Well, Skipped], BulkState::Stopped));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_see_their_own_and_managers_all() {
    on_both(|world| async move {
        let own = world.begin(&world.viewer, asked(PowerAction::Stop, world.guests(&[100]))).await.unwrap().bulk.id;
        let other = world.begin(&world.admin, asked(PowerAction::Stop, world.guests(&[101]))).await.unwrap().bulk.id;
        world.over(own).await;
        world.over(other).await;
        let listed = async |person: &SignedIn, limit| {
            let grant = world.app.access.grant::<SeeTasks>(person, world.tenant).await.unwrap();
            let page = Page { limit, ..Page::default() };
            let first = world.app.bulks.list(&grant, &page).await.unwrap();
            let mut ids: Vec<BulkId> = first.bulks.iter().map(|bulk| bulk.id).collect();
            if let Some(cursor) = first.next_cursor {
                let next = world.app.bulks.list(&grant, &Page { cursor: Some(cursor), ..page }).await.unwrap();
                ids.extend(next.bulks.iter().map(|bulk| bulk.id));
                assert_eq!(next.next_cursor, None);
            }
            ids
        };
        world.sim.fault(Fault::on("*/100/status/start", FaultKind::Status(500, "no such thing on pve1".into())));
        let refused =
            world.begin(&world.viewer, asked(PowerAction::Start, world.guests(&[100]))).await.unwrap().bulk.id;
        let whole = world.over(refused).await;
        let seen = world.bulk(&world.viewer, refused).await.unwrap();
        assert!(of(&whole, 100).detail.as_ref().unwrap().contains("pve1"), "{whole:?}");
        assert_eq!((of(&seen, 100).state, of(&seen, 100).task), (Failed, of(&whole, 100).task));
        assert!(!of(&seen, 100).detail.as_ref().unwrap().contains("pve1"), "{seen:?}");
        let own = [refused, own];
        assert_eq!(listed(&world.manager, 2).await, [own[0], other, own[1]]);
        assert_eq!(listed(&world.viewer, 1).await, own);
        assert!(matches!(world.bulk(&world.viewer, other).await, Err(BulkError::NotFound)));
        assert!(matches!(world.stop_bulk(&world.viewer, other).await, Err(BulkError::NotFound)));
        let grant = world.app.access.grant::<SeeTasks>(&world.viewer, world.tenant).await.unwrap();
        let bad = Page { cursor: Some("x".into()), limit: 5, ..Page::default() };
        assert!(matches!(world.app.bulks.list(&grant, &bad).await, Err(BulkError::Page(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_are_under_way_at_most() {
    on_both(|world| async move {
        world.add_endless(110..=113).await;
        let mut begun = Vec::new();
        for vmid in 110..=112 {
            let input = asked(PowerAction::Stop, world.guests(&[vmid]));
            begun.push(world.begin(&world.admin, input).await.unwrap().bulk.id);
        }
        let fourth = asked(PowerAction::Stop, world.guests(&[113]));
        assert!(matches!(world.begin(&world.admin, fourth.clone()).await, Err(BulkError::TooMany)));
        let of_another = world.begin(&world.manager, fourth.clone()).await.unwrap().bulk.id;
        world.release(110..=113);
        begun.push(of_another);
        for id in begun {
            world.over(id).await;
        }
        world.begin(&world.admin, fourth).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_fails_its_own_guests_alone() {
    on_both(|world| async move {
        let grant = world.manage().await;
        let input = ServerInput {
            name: "Rack 2".into(),
            port: world.sim.address("pve2").port().into(),
            tls: Tls::Pin { fingerprint: world.sim.fingerprint("pve2") },
            ..server_input(&world.sim)
        };
        let second = world.app.servers.create(&grant, input).await.unwrap().id;
        world.app.inventory.first_snapshot(second).await;
        for vmid in 110..=119 {
            world.sim.add_guest(guest_config(vmid, "pve1", Status::Running)).unwrap();
        }
        world.app.inventory.refresh_soon(world.server);
        for vmid in 110..=119 {
            world.until_status(vmid, GuestStatus::Running).await;
        }
        world.sim.fault(Fault::on("", FaultKind::Refuse).at("pve1"));
        let mut guests: Vec<GuestKey> = (110..=119).map(|vmid| world.guest(vmid)).collect();
        guests.push(GuestKey { server: second, kind: GuestKind::Qemu, vmid: 103 });
        let input = BulkIn { per_server: Some(2), ..asked(PowerAction::Stop, guests) };
        let begun = world.begin(&world.admin, input).await;
        let over = world.over(begun.unwrap().bulk.id).await;
        assert_eq!(states(&over)[..10], [Failed; 10]);
        let away = Some("the server cannot be reached");
        assert!(over.guests[..10].iter().all(|guest| guest.detail.as_deref() == away), "{:?}", over.guests);
        assert_eq!((over.guests[10].state, over.bulk.state), (Well, BulkState::Done), "{:?}", over.guests[10]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_has_its_time_and_then_a_stop() {
    on_both(|world| async move {
        for vmid in [110, 111] {
            let guest = pve_sim::GuestConfig { deaf: vmid == 111, ..guest_config(vmid, "pve1", Status::Running) };
            world.sim.add_guest(guest).unwrap();
        }
        world.app.inventory.refresh_soon(world.server);
        for vmid in [110, 111] {
            world.until_status(vmid, GuestStatus::Running).await;
        }
        let input = asked(PowerAction::Shutdown, world.guests(&[110, 111]));
        let input = BulkIn { timeout_seconds: Some(10), force_stop: true, ..input };
        let begun = world.begin(&world.admin, input).await.unwrap();
        assert_eq!((begun.bulk.timeout_seconds, begun.bulk.force_stop), (Some(10), true));
        let over = world.over(begun.bulk.id).await;
        assert_eq!(states(&over), [Well, Well]);
        assert_eq!(world.sim.guest_status(111), Some(Status::Stopped));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_nexus_stops_what_waits_is_skipped_and_what_ran_has_its_result() {
    on_both(|world| async move {
        world.add_endless(110..=112).await;
        let guests = world.guests(&[110, 111, 112]);
        let app = start_app(&world.db, &world.sim, Limits::default()).await;
        let there = another_browser(&app, "admin").await;
        app.inventory.first_snapshot(world.server).await;
        until("the guests here", || async { app.inventory.guest(world.guest(112)) }).await;
        let grant = app.access.grant::<ActOnGuests>(&there, world.tenant).await.unwrap();
        let live = app.access.keep(app.access.grant::<ActOnGuests>(&there, world.tenant).await.unwrap()).await.unwrap();
        let input = BulkIn { per_server: Some(1), ..asked(PowerAction::Stop, guests) };
        let id = app.bulks.start_one(grant, input).await.unwrap().bulk.id;
        world.bulk_when(id, |now| now.guests[0].task.is_some()).await;
        app.stop().await;
        assert_eq!(live.ended().await, EndedBecause::Shutdown);
        let left = world.bulk(&world.admin, id).await.unwrap();
        assert_eq!((states(&left), left.bulk.state), (vec![Running, Skipped, Skipped], BulkState::Stopping));
        assert!(left.guests[1].detail.as_ref().unwrap().contains("Nexus stopped"));
        world.release(110..=112);
        // The next start takes it over.
        let next = start_app(&world.db, &world.sim, Limits::default()).await;
        let over = world.over(id).await;
        assert_eq!((states(&over), over.bulk.state), (vec![Well, Skipped, Skipped], BulkState::Stopped));
        assert_eq!(of(&over, 110).task, of(&left, 110).task);
        let entry = world.entry("guest.bulk", "failed").await;
        assert!(entry.after_state.unwrap().contains("\"skipped\":2"));
        next.stop().await;
    })
    .await;
}
