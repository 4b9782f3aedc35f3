//! Provided servers: two tenants share one cluster, and neither sees, opens or acts on what is the other's.

use nexus_app::access::{
    Grant, GuestGrant, ManageServers, OpenConsole, PowerGuest, Refused, SeeGuests, SignedIn, ViewGuest,
};
use nexus_app::consoles::ConsoleTicket;
use nexus_app::guests::{Act, ActError, GuestPage, GuestView};
use nexus_model::{
    GuestKey, GuestKind, GuestPermissions, GuestRight, GuestScope, PowerAction, ServerId, ServerOrigin, TenantId,
    TenantRole, VmidRange,
};
use nexus_net::stream::Stream;
use nexus_store::keys::Place;
use pve_sim::{GuestConfig, Status};

use crate::browser::Browser;
use crate::world::{SECRET, World, guest_config, keys, on_both, person, until};

/// One of the two tenants: who administers it, and its part of the cluster.
pub(crate) struct Customer {
    pub(crate) tenant: TenantId,
    pub(crate) admin: SignedIn,
    server: ServerId,
}

impl Customer {
    pub(crate) fn guest(&self, vmid: u32) -> GuestKey {
        GuestKey { server: self.server, kind: GuestKind::Qemu, vmid }
    }

    async fn list(&self, world: &World) -> Vec<GuestView> {
        let grant: Grant<SeeGuests> = world.app.access.grant(&self.admin, self.tenant).await.unwrap();
        let list = world.app.guests.list(&grant, GuestPage { cursor: None, limit: 1000 }).await.unwrap();
        list.guests.into_iter().filter(|guest| guest.key.server == self.server).collect()
    }

    /// The numbers of the guests that the tenant's admin sees on the server.
    async fn numbers(&self, world: &World) -> Vec<u32> {
        self.list(world).await.into_iter().map(|guest| guest.key.vmid).collect()
    }

    async fn until_numbers(&self, world: &World, wanted: &[u32]) {
        until("the guests of the limit", || async { (self.numbers(world).await == wanted).then_some(()) }).await;
    }

    async fn control(&self, world: &World, vmid: u32) -> Result<GuestGrant<OpenConsole>, Refused> {
        world.app.access.guest_grant(&self.admin, self.tenant, self.guest(vmid)).await
    }

    async fn act(&self, world: &World, vmid: u32, action: PowerAction) -> Result<(), String> {
        let grant = world.app.access.guest_grant::<PowerGuest>(&self.admin, self.tenant, self.guest(vmid)).await;
        let grant = grant.map_err(|refused| format!("{refused:?}"))?;
        match world.app.guests.act(grant, Act::plain(action)).await {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("{error:?}")),
        }
    }

    /// A console that runs.
    async fn console(&self, world: &World, vmid: u32) -> Browser {
        let (_, mut browser) = self.entered(world, vmid).await;
        browser.handshake().await.unwrap();
        browser
    }

    async fn entered(&self, world: &World, vmid: u32) -> (ConsoleTicket, Browser) {
        let grant = self.control(world, vmid).await.unwrap();
        let ticket = world.app.consoles.request_control(grant).await.unwrap();
        let (browser, stream): (Browser, Stream) = Browser::pair().await;
        let claimed = world.app.consoles.claim(&self.admin, ticket.id).await.unwrap();
        claimed.run_on(async move { Ok(stream) }, ());
        (ticket, browser)
    }
}

/// Another way to the same cluster, limited to some guests.
async fn provide(world: &World, tenant: TenantId, scope: GuestScope) -> ServerId {
    let (id, system) = (uuid::Uuid::now_v7(), world.own_system());
    let mut tx = world.db.store.system_write(&system).await.unwrap();
    let own = tx.any_server(world.server).await.unwrap().unwrap();
    let place = Place { table: "server", row: id, column: "token_secret" };
    let row = nexus_store::Server {
        id: id.into(),
        tenant_id: tenant,
        name: "Shared".into(),
        token_secret: keys().seal(SECRET.as_bytes(), &place),
        origin: ServerOrigin::Provided,
        scope: Some(scope),
        ..own
    };
    tx.insert_any_server(&row).await.unwrap();
    tx.commit().await.unwrap();
    id.into()
}

fn shared(vmid: u32, tags: &[&str], pool: Option<&str>) -> GuestConfig {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    GuestConfig { tags, pool: pool.map(Into::into), ..guest_config(vmid, "pve1", Status::Running) }
}

/// 120 is the school's by its pool, 121 by its tag; 130 and 131 are the office's by their numbers.
pub(crate) async fn customers(world: &World) -> (Customer, Customer) {
    let privileges = ["VM.Audit", "VM.Console", "VM.PowerMgmt", "Sys.Audit", "Pool.Audit"].map(str::to_owned).to_vec();
    world.sim.set_token("nexus@pve!broker", SECRET, &[("/".to_owned(), privileges)]).unwrap();
    for guest in [
        shared(120, &["web"], Some("school")),
        shared(121, &["School"], None),
        shared(130, &["office"], Some("office")),
        shared(131, &[], None),
    ] {
        world.sim.add_guest(guest).unwrap();
    }
    let school = GuestScope { pools: vec!["school".into()], tags: vec!["school".into()], ..GuestScope::default() };
    let office = GuestScope { vmids: vec![VmidRange { from: 130, to: 139 }], ..GuestScope::default() };
    let other = world.app.provision.tenant("Office", "office").await.unwrap();
    let (_, admin) = person(&world.app, "office", Some((other, TenantRole::Admin))).await;
    let school = provide(world, world.tenant, school).await;
    let office = provide(world, other, office).await;
    let school = Customer { tenant: world.tenant, admin: world.admin.clone(), server: school };
    let office = Customer { tenant: other, admin, server: office };
    school.until_numbers(world, &[120, 121]).await;
    office.until_numbers(world, &[130, 131]).await;
    (school, office)
}

/// The requests that PVE got about a guest.
pub(crate) fn asked_about(world: &World, vmid: u32) -> Vec<String> {
    let of_guest = format!("/qemu/{vmid}");
    world.sim.requests().into_iter().map(|request| request.path).filter(|path| path.contains(&of_guest)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tenants_share_a_cluster_and_never_notice_each_other() {
    on_both(|world| async move {
        let (school, office) = customers(&world).await;
        // What is the other's, and what is nobody's, on either server: no such guest, whatever is asked.
        world.sim.clear_requests();
        for (customer, foreign) in [(&school, [130, 131, 100, 999]), (&office, [120, 121, 100, 999])] {
            for vmid in foreign {
                let guest = customer.guest(vmid);
                let view = world.app.access.guest_grant::<ViewGuest>(&customer.admin, customer.tenant, guest).await;
                assert!(matches!(view.err(), Some(Refused::NotFound)), "{vmid}");
                assert!(matches!(customer.control(&world, vmid).await.err(), Some(Refused::NotFound)), "{vmid}");
                assert_eq!(customer.act(&world, vmid, PowerAction::Stop).await, Err("NotFound".into()), "{vmid}");
            }
        }
        assert!([120, 121, 130, 131, 999].iter().all(|vmid| asked_about(&world, *vmid).is_empty()));
        // What is one's own works, and tells nothing of the provider's inside.
        let mut console = school.console(&world, 120).await;
        office.act(&world, 130, PowerAction::Stop).await.unwrap();
        until("the stop", || async { (world.sim.guest_status(130) == Some(Status::Stopped)).then_some(()) }).await;
        assert!(school.list(&world).await.iter().all(|guest| guest.node.is_none()));
        let grant = world.app.access.grant(&office.admin, office.tenant).await.unwrap();
        let tasks = until("the task's end", || async {
            let tasks = world.app.tasks.list(&grant, &crate::world::newest()).await.unwrap().tasks;
            tasks.iter().all(|task| task.ended_at.is_some()).then_some(tasks)
        })
        .await;
        assert_eq!((tasks.len(), tasks[0].upid.as_deref()), (1, None), "it names the broker's token");
        let entries = world.app.audit.recent(Some(office.tenant), 100).await.unwrap();
        let power = entries.iter().filter(|entry| entry.action == "guest.power").count();
        assert!(power == 2 && !format!("{entries:?}").contains("UPID"), "{entries:?}");
        console.send(&[]).await;
        let counts = world.app.servers.list(&world.servers().await).await.unwrap();
        let count = counts.servers.iter().find(|server| server.id == school.server).unwrap().guests;
        assert_eq!((count.running, count.stopped, count.other), (2, 0, 0));
        // A system admin sees both, each with its own guests alone.
        until("all guests on a server of one's own", || async {
            (world.app.inventory.snapshot(world.server)?.guests().len() == 10).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_leaves_the_limit_takes_rights_and_consoles_with_it() {
    on_both(|world| async move {
        let (school, office) = customers(&world).await;
        let rights = GuestPermissions::NONE.with(GuestRight::Console);
        world.app.provision.assign(school.tenant, world.viewer_id, school.guest(120), rights).await.unwrap();
        let viewers = Customer { admin: world.viewer.clone(), ..school };
        // Without its mark nobody would know the guest again.
        until("the guest's mark", || async {
            let system = world.own_system();
            let mut tx = world.db.store.system_read(&system).await.unwrap();
            let rights = tx.assignments_of_server(viewers.tenant, viewers.server).await.unwrap();
            rights.iter().all(|one| one.incarnation.is_some()).then_some(())
        })
        .await;
        let stream = world.app.access.keep(world.see(&world.viewer).await).await.unwrap();
        let mut consoles = [school_console(&world, &viewers, 120).await, school_console(&world, &viewers, 120).await];
        let mut kept = office.console(&world, 130).await;
        world.sim.set_place(120, &["web"], Some("office"));
        for console in &mut consoles {
            assert_eq!(console.reason().await, "revoked");
        }
        assert_eq!(
            tokio::time::timeout(crate::world::PATIENCE, stream.ended()).await.unwrap(),
            nexus_app::access::EndedBecause::RightsChanged
        );
        assert!(matches!(viewers.control(&world, 120).await.err(), Some(Refused::NotFound)));
        kept.send(&[]).await;
        // It comes back: so do the rights.
        world.sim.set_place(120, &["web"], Some("school"));
        until("the right again", || async { viewers.control(&world, 120).await.ok() }).await;
    })
    .await;
}

async fn school_console(world: &World, customer: &Customer, vmid: u32) -> Browser {
    until("the right", || async { customer.control(world, vmid).await.ok() }).await;
    customer.console(world, vmid).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_narrower_limit_holds_before_the_next_picture() {
    on_both(|world| async move {
        let (school, _) = customers(&world).await;
        let mut console = school.console(&world, 121).await;
        let system = world.own_system();
        let mut tx = world.db.store.system_write(&system).await.unwrap();
        let row = tx.any_server(school.server).await.unwrap().unwrap();
        let scope = GuestScope { pools: vec!["school".into()], ..GuestScope::default() };
        assert!(tx.update_any_server(&nexus_store::Server { scope: Some(scope), ..row }).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(console.reason().await, "revoked");
        assert_eq!(school.numbers(&world).await, [120]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pve_is_asked_once_more_before_anything_is_done() {
    on_both(|world| async move {
        let (school, _) = customers(&world).await;
        let grant = world.app.access.guest_grant::<PowerGuest>(&school.admin, school.tenant, school.guest(121));
        let grant = grant.await.unwrap();
        let (ticket, control) = (school.control(&world, 121).await.unwrap(), &world.app.consoles);
        let ticket = control.request_control(ticket).await.unwrap();
        let claimed = control.claim(&school.admin, ticket.id).await.unwrap();
        // It leaves in this moment: the picture does not know yet.
        world.sim.set_place(121, &[], None);
        world.sim.clear_requests();
        let stopped = world.app.guests.act(grant, Act::plain(PowerAction::Stop)).await;
        assert!(matches!(stopped, Err(ActError::NotFound)), "{stopped:?}");
        let (mut browser, stream) = Browser::pair().await;
        claimed.run_on(async move { Ok(stream) }, ());
        let reason = browser.reason().await;
        assert!(["guest_gone", "revoked"].contains(&reason.as_str()), "{reason}");
        assert_eq!(asked_about(&world, 121), Vec::<String>::new());
        assert_eq!(world.sim.guest_status(121), Some(Status::Running));
        let _: Grant<ManageServers> = world.manage().await;
    })
    .await;
}
