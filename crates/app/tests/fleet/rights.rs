//! Assignments against a simulated PVE: by guest, pool, tag and group, as they come, sleep, wake and go.

use std::time::Duration;

use nexus_app::access::{
    EndedBecause, Grant, GuestGrant, LiveGrant, ManageMembers, OpenConsole, SeeGuests, SeeMembers, ViewGuest,
};
use nexus_app::assignments::{AssignmentError, AssignmentInput, AssignmentView, ImportOutcome, TargetInput, Wanted};
use nexus_app::groups::GroupInput;
use nexus_app::page::Page;
use nexus_model::{GuestKey, GuestKind, GuestPermissions, GuestRight, Micros, Subject, TenantRole};
use pve_sim::{GuestConfig, Status};

use crate::world::{PATIENCE, SECRET, World, guest_config, on_both, person, until};

const CONSOLE: GuestPermissions = GuestPermissions::NONE.with(GuestRight::Console);
const VIEW: GuestPermissions = GuestPermissions::NONE.with(GuestRight::View);

impl World {
    async fn people(&self) -> Grant<ManageMembers> {
        self.app.access.grant(&self.admin, self.tenant).await.unwrap()
    }

    async fn give(&self, target: TargetInput, permissions: GuestPermissions) -> AssignmentView {
        let subject = Subject::User(self.viewer_id);
        let input = AssignmentInput { subject, target, permissions, until: None };
        self.app.assignments.create(&self.people().await, input).await.unwrap()
    }

    async fn listed(&self, wanted: Wanted, q: &str) -> Vec<AssignmentView> {
        let grant = self.app.access.grant::<SeeMembers>(&self.manager, self.tenant).await.unwrap();
        let page = Page { q: q.into(), limit: 200, ..Page::default() };
        self.app.assignments.list(&grant, &wanted, &page).await.unwrap().assignments
    }

    async fn stream(&self) -> LiveGrant<Grant<SeeGuests>> {
        self.app.access.keep(self.see(&self.viewer).await).await.unwrap()
    }

    /// The viewer's console, once they may have it.
    async fn console(&self, guest: GuestKey) -> LiveGrant<GuestGrant<OpenConsole>> {
        until("the right", || async {
            let grant = self.app.access.guest_grant::<OpenConsole>(&self.viewer, self.tenant, guest).await.ok()?;
            self.app.access.keep(grant).await.ok()
        })
        .await
    }

    async fn until_seen(&self, vmid: u32) {
        until("the guest", || async { self.app.inventory.guest(self.guest(vmid)) }).await;
    }
}

async fn end<T: nexus_app::access::Proof>(live: &LiveGrant<T>) -> EndedBecause {
    tokio::time::timeout(PATIENCE, live.ended()).await.expect("it ends")
}

fn placed(vmid: u32, tags: &[&str], pool: Option<&str>) -> GuestConfig {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    GuestConfig { tags, pool: pool.map(Into::into), ..guest_config(vmid, "pve1", Status::Running) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_by_tag_and_pool_follow_the_guests() {
    on_both(|world| async move {
        let privileges = ["VM.Audit", "VM.Console", "Sys.Audit", "Pool.Audit"].map(str::to_owned).to_vec();
        world.sim.set_token("nexus@pve!broker", SECRET, &[("/".to_owned(), privileges)]).unwrap();
        for (vmid, target, guest) in [
            (110, TargetInput::Tag(None, "web".into()), placed(110, &["db", "web"], None)),
            (111, TargetInput::Pool(Some(world.server), "class".into()), placed(111, &[], Some("class"))),
        ] {
            let given = world.give(target, CONSOLE).await;
            assert_eq!((given.guests, given.asleep), (0, false));
            let stream = world.stream().await;
            world.sim.add_guest(guest).unwrap();
            assert_eq!(end(&stream).await, EndedBecause::RightsChanged, "a new guest follows by itself");
            let console = world.console(world.guest(vmid)).await;
            let wanted = Wanted { guest: Some(world.guest(vmid)), ..Wanted::default() };
            let listed = world.listed(wanted, "").await;
            assert_eq!(listed.iter().map(|one| (one.id, one.guests)).collect::<Vec<_>>(), [(given.id, 1)]);
            let stream = world.stream().await;
            world.sim.remove_guest(vmid);
            world.sim.add_guest(placed(vmid, &["db"], None)).unwrap();
            assert_eq!(end(&console).await, EndedBecause::Revoked, "it is not in there any more");
            assert_eq!(end(&stream).await, EndedBecause::RightsChanged);
            assert_eq!(world.listed(wanted, "").await.len(), 0);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_groups_rights_come_and_go_with_being_in_it() {
    on_both(|world| async move {
        let input = |members: &[_]| GroupInput { name: "Class".into(), members: members.to_vec() };
        let group = world.app.groups.create(&world.people().await, input(&[])).await.unwrap();
        let target = TargetInput::Guest(world.guest(101));
        let given = AssignmentInput { subject: Subject::Group(group.id), target, permissions: CONSOLE, until: None };
        let given = world.app.assignments.create(&world.people().await, given).await.unwrap();
        assert_eq!((given.subject_name.as_str(), given.target_name.as_str(), given.guests), ("Class", "guest101", 1));
        let stream = world.stream().await;
        world.app.groups.update(&world.people().await, group.id, input(&[world.viewer_id]), 1).await.unwrap();
        assert_eq!(end(&stream).await, EndedBecause::RightsChanged);
        let own = Wanted { user: Some(world.viewer_id), ..Wanted::default() };
        assert_eq!(world.listed(own, "").await.len(), 3, "with those of the group");
        let console = world.console(world.guest(101)).await;
        world.app.groups.update(&world.people().await, group.id, input(&[]), 2).await.unwrap();
        assert_eq!(end(&console).await, EndedBecause::Revoked);
        world.app.groups.update(&world.people().await, group.id, input(&[world.viewer_id]), 3).await.unwrap();
        let console = world.console(world.guest(101)).await;
        world.app.groups.delete(&world.people().await, group.id).await.unwrap();
        assert_eq!(end(&console).await, EndedBecause::Revoked);
        assert_eq!(world.listed(own, "").await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_removed_loses_everything_at_once() {
    on_both(|world| async move {
        let input = GroupInput { name: "Class".into(), members: vec![world.viewer_id] };
        let group = world.app.groups.create(&world.people().await, input).await.unwrap();
        let target = TargetInput::Tag(None, "web".into());
        let given = AssignmentInput { subject: Subject::Group(group.id), target, permissions: CONSOLE, until: None };
        world.app.assignments.create(&world.people().await, given).await.unwrap();
        world.sim.add_guest(placed(110, &["web"], None)).unwrap();
        let (own, of_group) = (world.console(world.guest(100)).await, world.console(world.guest(110)).await);
        let stream = world.stream().await;
        world.app.members.remove(&world.people().await, world.viewer_id).await.unwrap();
        assert_eq!(end(&own).await, EndedBecause::Revoked);
        assert_eq!(end(&of_group).await, EndedBecause::Revoked);
        assert_eq!(end(&stream).await, EndedBecause::Revoked);
        let left = world.listed(Wanted::default(), "").await;
        assert_eq!(left.len(), 1, "only the group's is left");
        // Back again, the person begins with nothing.
        world.app.provision.member(world.tenant, world.viewer_id, TenantRole::Viewer).await.unwrap();
        for vmid in [100, 102, 110] {
            let grant = world.app.access.guest_grant::<ViewGuest>(&world.viewer, world.tenant, world.guest(vmid)).await;
            assert!(grant.is_err(), "{vmid}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assignments_are_given_changed_and_taken_away() {
    on_both(|world| async move {
        let (app, grant) = (&world.app, world.people().await);
        let input = |subject, target, permissions, until| AssignmentInput { subject, target, permissions, until };
        let viewer = Subject::User(world.viewer_id);
        let guest = |vmid| TargetInput::Guest(world.guest(vmid));
        let create = async |given| app.assignments.create(&grant, given).await;
        let taken = create(input(viewer, guest(100), VIEW, None)).await;
        assert!(matches!(taken, Err(AssignmentError::Duplicate)));
        let nobody = uuid::Uuid::now_v7();
        let (theirs, _) = person(app, "theirs", None).await;
        for subject in [Subject::User(nobody.into()), Subject::Group(nobody.into()), Subject::User(theirs)] {
            let result = create(input(subject, guest(101), VIEW, None)).await;
            assert!(matches!(result, Err(AssignmentError::NotFound)), "{subject:?}");
        }
        let elsewhere = GuestKey { server: nobody.into(), kind: GuestKind::Qemu, vmid: 100 };
        for target in [
            TargetInput::Guest(elsewhere),
            guest(199),
            TargetInput::Pool(Some(nobody.into()), "x".into()),
            TargetInput::Tag(Some(nobody.into()), "x".into()),
        ] {
            let result = create(input(viewer, target.clone(), VIEW, None)).await;
            assert!(matches!(result, Err(AssignmentError::NotFound)), "{target:?}");
        }
        for (target, rights, until, field) in [
            (guest(101), GuestPermissions::NONE, None, "permissions"),
            (guest(101), VIEW, Some(Micros(1)), "until"),
            (TargetInput::Tag(None, String::new()), VIEW, None, "target.name"),
            (TargetInput::Pool(None, "x".repeat(101)), VIEW, None, "target.name"),
        ] {
            let result = create(input(viewer, target, rights, until)).await;
            assert!(matches!(&result, Err(AssignmentError::Invalid(wrong)) if wrong[0].field == field), "{result:?}");
        }
        let made = create(input(viewer, guest(101), CONSOLE, None)).await.unwrap();
        let console = world.console(world.guest(101)).await;
        let changed = app.assignments.update(&grant, made.id, VIEW, None, 1).await.unwrap();
        assert_eq!((changed.version, changed.permissions), (2, VIEW));
        assert_eq!(end(&console).await, EndedBecause::Revoked);
        let late = app.assignments.update(&grant, made.id, CONSOLE, None, 1).await;
        assert!(matches!(late, Err(AssignmentError::ChangedMeanwhile)));
        assert!(matches!(app.assignments.wake(&grant, made.id).await, Err(AssignmentError::NotAsleep)));
        assert_eq!(world.listed(Wanted::default(), "guest101").await[0].id, made.id, "by the guest's name");
        assert_eq!(world.listed(Wanted::default(), "VIEWER@").await.len(), 3);
        assert_eq!(world.listed(Wanted { server: Some(world.server), ..Wanted::default() }, "101").await.len(), 1);
        assert_eq!(world.listed(Wanted { server: Some(nobody.into()), ..Wanted::default() }, "").await.len(), 0);
        app.assignments.delete(&grant, made.id).await.unwrap();
        for result in [app.assignments.delete(&grant, made.id).await.err(), {
            app.assignments.update(&grant, made.id, VIEW, None, 2).await.err()
        }] {
            assert!(matches!(result, Some(AssignmentError::NotFound)));
        }
        for action in ["assignment.create", "assignment.update", "assignment.delete"] {
            world.entry(action, "ok").await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_assignments_hold_all_of_them_once() {
    on_both(|world| async move {
        for n in 0..5 {
            world.give(TargetInput::Tag(None, format!("tag{n}")), VIEW).await;
        }
        let grant = world.app.access.grant::<SeeMembers>(&world.manager, world.tenant).await.unwrap();
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = Page { cursor, limit: 3, ..Page::default() };
            let list = world.app.assignments.list(&grant, &Wanted::default(), &page).await.unwrap();
            assert!(list.assignments.len() <= 3);
            seen.extend(list.assignments.iter().map(|one| one.id));
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.reverse();
        assert_eq!((seen.len(), seen), (7, sorted), "the newest first, each once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sleeping_assignment_is_woken_for_the_guest_that_is_there_now() {
    on_both(|world| async move {
        let own = || async { world.listed(Wanted { guest: Some(world.guest(100)), ..Wanted::default() }, "").await };
        let tied = || async {
            let scope = world.own_system();
            let mut tx = world.db.store.system_read(&scope).await.unwrap();
            let all = tx.assignments_of_server(world.tenant, world.server).await.unwrap();
            all.iter().all(|one| one.incarnation.is_some()).then_some(())
        };
        until("marks", tied).await;
        world.sim.remove_guest(100);
        let asleep = until("sleep", || async { own().await.into_iter().find(|one| one.asleep) }).await;
        assert_eq!(asleep.guests, 0);
        let grant = world.people().await;
        assert!(matches!(world.app.assignments.wake(&grant, asleep.id).await, Err(AssignmentError::NoGuest)));
        let successor = GuestConfig { name: "another".into(), ..guest_config(100, "pve1", Status::Running) };
        world.sim.add_guest(successor).unwrap();
        world.until_seen(100).await;
        let woken = world.app.assignments.wake(&grant, asleep.id).await.unwrap();
        assert_eq!((woken.asleep, woken.target_name.as_str(), woken.guests), (false, "another", 1));
        until("the tie", tied).await;
        world.console(world.guest(100)).await;
        world.sim.remove_guest(100);
        until("sleep", || async { own().await.into_iter().find(|one| one.asleep) }).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_assignments_do_what_they_showed() {
    on_both(|world| async move {
        let day = time::OffsetDateTime::now_utc().date() + time::Duration::days(3);
        let sheet = format!(
            "email,server,vmid,pool,tag,permissions,until\r\n\
             viewer@example.org,Rack 1,101,,,console+power,\r\n\
             viewer@example.org,Rack 1,100,,,view,\r\n\
             viewer@example.org,Rack 1,102,,,view,\r\n\
             viewer@example.org,Rack 1,200,,,watch,{day}\r\n\
             viewer@example.org,,,class,,view,\r\n\
             viewer@example.org,,,,web,view|power,\r\n\
             viewer@example.org,,,,web,view,\r\n\
             stranger@example.org,Rack 1,101,,,view,\r\n\
             viewer@example.org,Rack 9,101,,,view,\r\n\
             viewer@example.org,Rack 1,999,,,view,\r\n\
             viewer@example.org,,101,,,view,\r\n\
             viewer@example.org,Rack 1,101,x,,view,\r\n\
             viewer@example.org,Rack 1,101,,,,\r\n\
             viewer@example.org,Rack 1,101,,,view,2020-01-01\r\n\
             nobody,Rack 1,101,,,view,\r\n"
        );
        let grant = world.people().await;
        let before = world.listed(Wanted::default(), "").await.len();
        let look = world.app.assignments.import(&grant, &sheet, true).await.unwrap();
        assert!(!look.done);
        assert_eq!(world.listed(Wanted::default(), "").await.len(), before, "nothing changed");
        let done = world.app.assignments.import(&grant, &sheet, false).await.unwrap();
        assert!(done.done);
        assert_eq!(look.rows, done.rows);
        use ImportOutcome::{Change, Create, Error, Same};
        let outcomes: Vec<_> = done.rows.iter().map(|row| row.outcome).collect();
        let expected = [Create, Change, Same, Create, Create, Create, Change];
        assert_eq!(outcomes[..7], expected, "{:?}", done.rows);
        assert!(outcomes[7..].iter().all(|outcome| *outcome == Error) && outcomes.len() == 15, "{:?}", done.rows);
        assert_eq!((done.rows[0].line, done.rows[0].target.as_str()), (2, "Rack 1: 101"));
        let own = world.listed(Wanted { user: Some(world.viewer_id), ..Wanted::default() }, "").await;
        assert_eq!(own.len(), 6);
        let container = own.iter().find(|one| one.target_name == "guest200").unwrap();
        let until = container.until.unwrap().since(Micros(0));
        assert_eq!(until, Duration::from_secs(day.next_day().unwrap().midnight().assume_utc().unix_timestamp() as u64));
        let again = world.app.assignments.import(&grant, &sheet, false).await.unwrap();
        assert_eq!(again.rows[0].outcome, Same);
        world.console(world.guest(101)).await;
    })
    .await;
}
