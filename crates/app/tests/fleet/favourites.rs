//! What a person keeps of guests: favourites, the guests used last, saved views. Nobody else's, and only of guests that
//! they see.

use nexus_app::access::{SeeTenant, SignedIn, ViewGuest};
use nexus_app::consoles::ConsoleQuery;
use nexus_app::favourites::FavouriteError;
use nexus_app::page::Page;
use nexus_app::views::{ViewColumn, ViewError, ViewInput};
use nexus_model::{GuestPermissions, GuestRight, GuestStatus, PowerAction, TenantRole, ViewLayout};
use pve_sim::{GuestConfig, Status};

use crate::world::{World, guest_config, on_both, until};

impl World {
    async fn mark(&self, person: &SignedIn, vmid: u32) -> Result<(), FavouriteError> {
        let grant = self.app.access.guest_grant::<ViewGuest>(person, self.tenant, self.guest(vmid)).await.unwrap();
        self.app.favourites.add(&grant).await
    }

    async fn unmark(&self, person: &SignedIn, vmid: u32) {
        let grant = self.app.access.guest_grant::<ViewGuest>(person, self.tenant, self.guest(vmid)).await.unwrap();
        self.app.favourites.remove(&grant).await.unwrap();
    }

    async fn favourites(&self, person: &SignedIn) -> Vec<u32> {
        let guests = self.app.favourites.list(&self.see(person).await).await.unwrap();
        guests.into_iter().map(|guest| guest.vmid).collect()
    }

    async fn recent(&self, person: &SignedIn) -> Vec<u32> {
        let guests = self.app.favourites.recent(&self.see(person).await).await.unwrap();
        guests.into_iter().map(|recent| recent.guest.vmid).collect()
    }

    /// How many incarnations of marked guests are known, and how many of them sleep.
    async fn marked(&self) -> (usize, usize) {
        let scope = self.own_system();
        let mut tx = self.db.store.system_read(&scope).await.unwrap();
        let marked = tx.marked_guests(self.tenant, self.server).await.unwrap();
        let known = marked.iter().filter(|marked| marked.incarnation.is_some()).count();
        (known, marked.iter().filter(|marked| marked.asleep).count())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn favourites_are_ones_own_and_of_guests_that_one_sees() {
    on_both(|world| async move {
        for _ in 0..2 {
            world.mark(&world.viewer, 102).await.unwrap();
        }
        world.mark(&world.viewer, 100).await.unwrap();
        world.mark(&world.manager, 200).await.unwrap();
        assert_eq!(world.favourites(&world.viewer).await, [102, 100], "in the order of marking");
        assert_eq!(world.favourites(&world.manager).await, [200]);
        assert!(world.favourites(&world.admin).await.is_empty());
        assert!(matches!(world.mark(&world.manager, 150).await, Err(FavouriteError::NotFound)));

        let nothing = GuestPermissions::NONE;
        world.app.provision.assign(world.tenant, world.viewer_id, world.guest(102), nothing).await.unwrap();
        assert_eq!(world.favourites(&world.viewer).await, [100], "without the right it is not shown");
        let view = nothing.with(GuestRight::View);
        world.app.provision.assign(world.tenant, world.viewer_id, world.guest(102), view).await.unwrap();
        assert_eq!(world.favourites(&world.viewer).await, [102, 100]);

        for _ in 0..2 {
            world.unmark(&world.viewer, 102).await;
        }
        assert_eq!(world.favourites(&world.viewer).await, [100]);
        assert_eq!(world.audit().await.iter().filter(|entry| entry.action.contains("favourite")).count(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_guest_with_a_number_is_nobodys_favourite() {
    on_both(|world| async move {
        world.mark(&world.manager, 101).await.unwrap();
        world.mark(&world.viewer, 100).await.unwrap();
        until("the incarnations", || async { (world.marked().await == (2, 0)).then_some(()) }).await;
        world.sim.remove_guest(101);
        until("sleep", || async { (world.marked().await == (2, 1)).then_some(()) }).await;
        let successor = GuestConfig { name: "another".into(), ..guest_config(101, "pve1", Status::Running) };
        world.sim.add_guest(successor).unwrap();
        until("the successor", || async {
            world.app.inventory.guest(world.guest(101)).filter(|row| row.name == "another").map(drop)
        })
        .await;
        assert!(world.favourites(&world.manager).await.is_empty());
        world.mark(&world.manager, 101).await.unwrap();
        assert_eq!(world.favourites(&world.manager).await, [101], "marked anew, it is the guest that is there now");
        until("its incarnation", || async { (world.marked().await == (2, 0)).then_some(()) }).await;
        assert_eq!(world.favourites(&world.viewer).await, [100], "the others' stay");

        // A restart is the same guest: nothing sleeps.
        world.sim.set_guest_status(100, Status::Stopped);
        world.until_status(100, GuestStatus::Stopped).await;
        world.sim.set_guest_status(100, Status::Running);
        world.until_status(100, GuestStatus::Running).await;
        assert_eq!(world.marked().await, (2, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_member_kept_goes_with_the_membership() {
    on_both(|world| async move {
        world.mark(&world.viewer, 100).await.unwrap();
        world.mark(&world.manager, 100).await.unwrap();
        world.app.views.create(&world.see(&world.viewer).await, view("Mine")).await.unwrap();
        world.app.views.create(&world.see(&world.manager).await, view("Mine")).await.unwrap();
        world.app.provision.remove_member(world.tenant, world.viewer_id).await.unwrap();
        world.app.provision.member(world.tenant, world.viewer_id, TenantRole::Manager).await.unwrap();
        assert!(world.favourites(&world.viewer).await.is_empty());
        assert!(world.app.views.list(&world.see(&world.viewer).await).await.unwrap().is_empty());
        assert_eq!(world.favourites(&world.manager).await, [100]);
        assert_eq!(world.app.views.list(&world.see(&world.manager).await).await.unwrap().len(), 1);
        world.app.servers.delete(&world.delete().await, world.server).await.unwrap();
        assert_eq!(world.marked().await, (0, 0), "with the server they are gone");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn favourites_are_bounded() {
    on_both(|world| async move {
        for vmid in 1000..1201 {
            let guest = GuestConfig { kind: pve_sim::Kind::Lxc, ..guest_config(vmid, "pve1", Status::Stopped) };
            world.sim.add_guest(guest).unwrap();
        }
        until("the guests", || async { world.status(1200).map(drop) }).await;
        for vmid in 1000..1200 {
            world.mark(&world.manager, vmid).await.unwrap();
        }
        assert!(matches!(world.mark(&world.manager, 1200).await, Err(FavouriteError::TooMany { limit: 200 })));
        world.mark(&world.manager, 1100).await.unwrap();
        world.unmark(&world.manager, 1000).await;
        world.mark(&world.manager, 1200).await.unwrap();
        assert_eq!(world.favourites(&world.manager).await.len(), 200);
        world.mark(&world.admin, 1200).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recent_guests_are_those_whose_console_or_switch_one_used() {
    on_both(|world| async move {
        assert!(world.recent(&world.manager).await.is_empty());
        let task = world.act(&world.manager, 101, PowerAction::Stop).await.unwrap();
        world.ended(task.id).await;
        let (ticket, mut browser) = world.open(&world.manager, 100, false).await;
        browser.handshake().await.unwrap();
        let task = world.act(&world.manager, 200, PowerAction::Stop).await.unwrap();
        world.ended(task.id).await;
        assert_eq!(world.recent(&world.manager).await, [200, 100, 101]);
        world.until_status(101, GuestStatus::Stopped).await;
        let task = world.act(&world.manager, 101, PowerAction::Start).await.unwrap();
        world.ended(task.id).await;
        assert_eq!(world.recent(&world.manager).await, [101, 200, 100], "each once, where it was used last");
        assert!(world.recent(&world.viewer).await.is_empty());
        world.sim.remove_guest(200);
        until("its end", || async { world.status(200).is_none().then_some(()) }).await;
        assert_eq!(world.recent(&world.manager).await, [101, 100]);

        // The consoles of one guest, for who sees them.
        let listed = async |person: &SignedIn, vmid| {
            let grant = world.app.access.grant::<SeeTenant>(person, world.tenant).await.unwrap();
            let page = Page { limit: 50, ..Page::default() };
            let query = ConsoleQuery { guest: Some(world.guest(vmid)), page, ..ConsoleQuery::default() };
            let list = world.app.consoles.list(&grant, &query).await.unwrap();
            list.sessions.into_iter().map(|session| session.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(&world.manager, 100).await, [ticket.id]);
        assert_eq!(listed(&world.admin, 100).await, [ticket.id]);
        assert!(listed(&world.manager, 101).await.is_empty());
        assert!(listed(&world.viewer, 100).await.is_empty());
    })
    .await;
}

fn view(name: &str) -> ViewInput {
    let columns =
        vec![ViewColumn { id: "name".into(), width: Some(220) }, ViewColumn { id: "cpu".into(), width: None }];
    let (filter, sort) = ("tag:web -status:stopped \"größer als\"".to_owned(), "-cpu".to_owned());
    ViewInput { name: name.into(), filter, sort, layout: ViewLayout::Table, columns }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_are_kept_changed_and_forgotten_by_their_person_alone() {
    on_both(|world| async move {
        let (manager, viewer) = (world.see(&world.manager).await, world.see(&world.viewer).await);
        let views = &world.app.views;
        let made = views.create(&manager, view("Web")).await.unwrap();
        assert_eq!((made.version, made.content.columns.len()), (1, 2));
        assert!(matches!(views.create(&manager, view("Web")).await, Err(ViewError::Duplicate)));
        let other = views.create(&viewer, view("Web")).await.unwrap();
        views.create(&manager, view("all")).await.unwrap();
        let names: Vec<_> = views.list(&manager).await.unwrap().into_iter().map(|view| view.content.name).collect();
        assert_eq!(names, ["all", "Web"], "by name without case");

        let cards = ViewInput { layout: ViewLayout::Cards, columns: Vec::new(), ..view("Web 2") };
        let changed = views.update(&manager, made.id, cards.clone(), 1).await.unwrap();
        assert_eq!((changed.version, changed.content.layout, changed.id), (2, ViewLayout::Cards, made.id));
        assert!(matches!(views.update(&manager, made.id, cards, 1).await, Err(ViewError::ChangedMeanwhile)));
        assert!(matches!(views.update(&manager, made.id, view("all"), 2).await, Err(ViewError::Duplicate)));
        assert!(matches!(views.update(&manager, other.id, view("x"), 1).await, Err(ViewError::NotFound)));
        assert!(matches!(views.delete(&manager, other.id).await, Err(ViewError::NotFound)));
        assert!(matches!(views.create(&manager, view(" ")).await, Err(ViewError::Invalid(_))));

        views.delete(&manager, made.id).await.unwrap();
        assert!(matches!(views.delete(&manager, made.id).await, Err(ViewError::NotFound)));
        for n in 1..50 {
            views.create(&manager, view(&format!("View {n}"))).await.unwrap();
        }
        let more = views.create(&manager, view("one more")).await;
        assert!(matches!(more, Err(ViewError::TooMany { limit: 50 })), "{more:?}");
        assert_eq!(views.list(&viewer).await.unwrap(), [other]);
    })
    .await;
}
