//! Several processes on one PostgreSQL: they share the servers out, see the same, and take over from one that dies.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use nexus_app::App;
use nexus_app::access::{ActOnGuests, ManageServers, PowerGuest, SeeGuests, SeeTasks, SignedIn};
use nexus_app::bulk::{BulkDetail, BulkIn};
use nexus_app::events::{EventData, EventOut};
use nexus_app::fleet::{Intervals, Limits};
use nexus_app::guests::{Act, ActError};
use nexus_app::servers::ServerInput;
use nexus_app::tasks::TaskState;
use nexus_app::telemetry::NotReady;
use nexus_model::{
    BulkGuestState, BulkId, BulkState, GuestKey, GuestKind, GuestStatus, PowerAction, ServerId, SystemRole, TenantId,
    TenantRole, Tls,
};
use nexus_store::testing::{Engine, TestDb};
use pve_sim::{Sim, Status};
use tokio::runtime::Runtime;

use crate::world::{
    FIGURES, HEALTH, PASSWORD, PATIENCE, client, guest_config, person, quick, server_input, sim, start_app_at_pace,
    until,
};

type Events = Pin<Box<dyn Stream<Item = EventOut> + Send>>;

/// A lease that a test can wait for.
fn short() -> Intervals {
    Intervals { lease: Duration::from_millis(1500), pictures: Duration::from_millis(50), ..quick() }
}

/// A process with a runtime of its own, so that it can die in the middle of everything.
struct Process {
    app: App,
    runtime: Option<Runtime>,
}

impl Process {
    async fn start(db: &Arc<TestDb>, sims: &Arc<[Sim; 2]>) -> Self {
        let (db, sims) = (Arc::clone(db), Arc::clone(sims));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let started = runtime.spawn(async move {
            start_app_at_pace(&db, &[&sims[0], &sims[1]], Limits::default(), HEALTH, short()).await
        });
        Self { app: started.await.unwrap(), runtime: Some(runtime) }
    }

    /// Ends without a word to anybody.
    fn die(mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }

    async fn stop(mut self) {
        self.app.stop().await;
        self.runtime.take().unwrap().shutdown_background();
    }
}

/// Two simulated clusters, each node of them a server of one tenant.
struct Site {
    db: Arc<TestDb>,
    sims: Arc<[Sim; 2]>,
    tenant: TenantId,
    servers: Vec<ServerId>,
}

impl Site {
    /// The site with its first process.
    async fn start() -> Option<(Self, Process)> {
        let db = Arc::new(TestDb::fresh(Engine::Postgres).await?);
        let sims = Arc::new([sim().await, sim().await]);
        let first = Process::start(&db, &sims).await;
        let app = &first.app;
        let tenant = app.provision.tenant("Ours", "ours").await.unwrap();
        let (_, admin) = person(app, "admin", Some((tenant, TenantRole::Admin))).await;
        app.provision.user("root@example.org", "Root", PASSWORD.to_owned(), SystemRole::Admin).await.unwrap();
        let mut servers = Vec::new();
        for (n, sim) in sims.iter().enumerate() {
            for node in ["pve1", "pve2"] {
                let grant = app.access.grant::<ManageServers>(&admin, tenant).await.unwrap();
                let input = ServerInput {
                    name: format!("Cluster {n} {node}"),
                    port: sim.address(node).port().into(),
                    tls: Tls::Pin { fingerprint: sim.fingerprint(node) },
                    ..server_input(sim)
                };
                servers.push(app.servers.create(&grant, input).await.unwrap().id);
            }
        }
        Some((Self { db, sims, tenant, servers }, first))
    }

    fn held(&self, process: &Process) -> BTreeSet<ServerId> {
        self.servers.iter().copied().filter(|id| process.app.inventory.holds(*id)).collect()
    }

    /// Waits until each of the processes holds so many, and all of them each server once.
    async fn until_held(&self, processes: &[(&Process, usize)]) {
        until("each server with one process", || async {
            let held: Vec<_> = processes.iter().map(|(process, _)| self.held(process)).collect();
            let right = held.iter().zip(processes).all(|(held, (_, count))| held.len() == *count);
            let all: BTreeSet<ServerId> = held.iter().flatten().copied().collect();
            (right && all.len() == self.servers.len()).then_some(())
        })
        .await;
    }

    fn guest(&self, server: usize, vmid: u32) -> GuestKey {
        GuestKey { server: self.servers[server], kind: GuestKind::Qemu, vmid }
    }

    async fn until_status(&self, process: &Process, server: usize, vmid: u32, status: GuestStatus) {
        until("the guest's state at the process", || async {
            let row = process.app.inventory.guest(self.guest(server, vmid));
            row.is_some_and(|row| row.status == status).then_some(())
        })
        .await;
    }

    async fn admin(&self, process: &Process) -> SignedIn {
        let accounts = &process.app.accounts;
        let session = accounts.sign_in("admin@example.org", PASSWORD.to_owned(), client()).await.unwrap();
        process.app.access.authenticate(&session.token, client()).await.unwrap()
    }

    async fn events(&self, process: &Process) -> Events {
        let admin = self.admin(process).await;
        let grant = process.app.access.grant::<SeeGuests>(&admin, self.tenant).await.unwrap();
        let live = process.app.access.keep(grant).await.unwrap();
        Box::pin(process.app.events.stream(live, None).unwrap())
    }

    async fn end(self) {
        for sim in self.sims.iter() {
            sim.end().await;
        }
        self.db.remains().remove().await;
    }
}

async fn wait_for(events: &mut Events, what: &str, fits: impl Fn(&EventData) -> bool) {
    let found = async {
        while let Some(event) = events.next().await {
            if fits(&event.data) {
                return;
            }
        }
        panic!("{what}: the stream ended");
    };
    tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("{what}: never came"));
}

fn guest_is(data: &EventData, guest: GuestKey, status: GuestStatus) -> bool {
    matches!(data, EventData::Guests { changed, .. } if changed.iter().any(|row| row.key == guest && row.status == status))
}

/// Waits until each of the guests was told to be stopped.
async fn wait_for_stops(events: &mut Events, guests: Vec<GuestKey>) {
    let left = std::cell::RefCell::new(guests);
    wait_for(events, "guests that stop", |data| {
        let mut left = left.borrow_mut();
        left.retain(|guest| !guest_is(data, *guest, GuestStatus::Stopped));
        left.is_empty()
    })
    .await;
}

/// How many calls of PVE a process has counted of a server.
async fn calls(process: &Process, server: ServerId) -> u64 {
    let text = process.app.operating.figures(Some(FIGURES)).await.unwrap();
    let of_server = format!("server=\"{server}\"");
    let lines =
        text.lines().filter(|line| line.starts_with("nexus_pve_call_seconds_count") && line.contains(&of_server));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

/// Waits until each server was asked some times, and asserts that who does not hold it asked nothing; `None` when a lease
/// moved meanwhile.
async fn only_holders_ask(site: &Site, one: &Process, two: &Process) -> Option<()> {
    let holders = || site.servers.iter().map(|server| one.app.inventory.holds(*server)).collect::<Vec<_>>();
    let held = holders();
    let others =
        || site.servers.iter().zip(&held).map(|(server, one_holds)| (if *one_holds { two } else { one }, *server));
    let mut before = Vec::new();
    for (other, server) in others() {
        before.push(calls(other, server).await);
    }
    for sim in site.sims.iter() {
        sim.clear_requests();
    }
    let asked = |sim: &Sim, node: &str| {
        sim.requests().iter().filter(|request| request.node == node && request.path == "/cluster/resources").count()
    };
    until("each server is asked some times", || async {
        let all = site.sims.iter().all(|sim| ["pve1", "pve2"].iter().all(|node| asked(sim, node) >= 5));
        all.then_some(())
    })
    .await;
    let mut after = Vec::new();
    for (other, server) in others() {
        after.push(calls(other, server).await);
    }
    if holders() != held {
        return None;
    }
    assert_eq!(after, before, "the processes that do not hold the servers asked them");
    Some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_server_is_asked_by_one_process_and_seen_by_all() {
    let Some((site, one)) = Site::start().await else { return };
    site.until_held(&[(&one, 4)]).await;
    let two = Process::start(&site.db, &site.sims).await;
    site.until_held(&[(&one, 2), (&two, 2)]).await;
    let (mut at_one, mut at_two) = (site.events(&one).await, site.events(&two).await);
    for server in 0..4 {
        for process in [&one, &two] {
            site.until_status(process, server, 100, GuestStatus::Running).await;
        }
    }
    // Whoever does not hold a server does not ask it, however often the other does. On a busy machine a lease may move
    // meanwhile; then that says nothing.
    until("each server is asked by its holder while no lease moves", || only_holders_ask(&site, &one, &two)).await;
    // What happens behind Nexus' back is told at both, whoever asks the server.
    for sim in site.sims.iter() {
        sim.set_guest_status(101, Status::Stopped);
    }
    let all: Vec<GuestKey> = (0..4).map(|server| site.guest(server, 101)).collect();
    tokio::join!(wait_for_stops(&mut at_one, all.clone()), wait_for_stops(&mut at_two, all));
    let root = two.app.accounts.sign_in("root@example.org", PASSWORD.to_owned(), client()).await.unwrap();
    let root = two.app.access.system_grant(&root.signed_in).unwrap();
    let listed = two.app.administration.overview(&root).await.unwrap().processes;
    let told: Vec<_> = listed.iter().map(|process| (process.row.servers, process.this)).collect();
    assert_eq!(told, [(2, false), (2, true)]);
    drop((at_one, at_two));
    two.stop().await;
    site.until_held(&[(&one, 4)]).await;
    one.stop().await;
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_at_one_process_is_followed_at_the_other() {
    let Some((site, one)) = Site::start().await else { return };
    let two = Process::start(&site.db, &site.sims).await;
    site.until_held(&[(&one, 2), (&two, 2)]).await;
    let mut at_one = site.events(&one).await;
    for server in [0, 2] {
        site.until_status(&two, server, 100, GuestStatus::Running).await;
        let (admin, guest) = (site.admin(&two).await, site.guest(server, 100));
        let grant = two.app.access.guest_grant::<PowerGuest>(&admin, site.tenant, guest).await.unwrap();
        let task = two.app.guests.act(grant, Act::plain(PowerAction::Stop)).await.unwrap();
        wait_for(
            &mut at_one,
            "the task's end",
            |data| matches!(data, EventData::Task(told) if told.id == task.id && told.state == TaskState::Ok),
        )
        .await;
        site.until_status(&one, server, 100, GuestStatus::Stopped).await;
    }
    drop(at_one);
    two.stop().await;
    one.stop().await;
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_action_at_two_processes_begins_once_and_is_stopped_from_either() {
    let Some((site, one)) = Site::start().await else { return };
    let two = Process::start(&site.db, &site.sims).await;
    site.until_held(&[(&one, 2), (&two, 2)]).await;
    let guest = add_endless(&site, &[&one, &two], &[113]).await[0];
    let begin = async |process: &Process| {
        let admin = site.admin(process).await;
        let grant = process.app.access.guest_grant::<PowerGuest>(&admin, site.tenant, guest).await.unwrap();
        process.app.guests.act(grant, Act::plain(PowerAction::Stop)).await
    };
    let task = match tokio::join!(begin(&one), begin(&two)) {
        (Ok(task), Err(ActError::Busy { .. })) | (Err(ActError::Busy { .. }), Ok(task)) => task,
        other => panic!("{other:?}"),
    };
    for process in [&one, &two] {
        let again = begin(process).await;
        assert!(matches!(again, Err(ActError::Busy { .. })), "{again:?}");
    }
    let admin = site.admin(&two).await;
    let grant = two.app.access.grant::<SeeTasks>(&admin, site.tenant).await.unwrap();
    assert_eq!(two.app.tasks.interrupt(&grant, task.id).await.unwrap().stopped_by.as_deref(), Some("admin"));
    for process in [&one, &two] {
        assert_eq!(process.app.tasks.ended(task.id).await.0, TaskState::Stopped);
    }
    two.stop().await;
    one.stop().await;
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_is_replaced() {
    let Some((site, one)) = Site::start().await else { return };
    let two = Process::start(&site.db, &site.sims).await;
    site.until_held(&[(&one, 2), (&two, 2)]).await;
    for server in 0..4 {
        site.until_status(&two, server, 101, GuestStatus::Running).await;
    }
    one.die();
    site.until_held(&[(&two, 4)]).await;
    for sim in site.sims.iter() {
        sim.set_guest_status(101, Status::Stopped);
    }
    for server in 0..4 {
        site.until_status(&two, server, 101, GuestStatus::Stopped).await;
    }
    let fences = site.db.rows("server_lease", &["server_id", "process_id", "expires_at"]).await;
    assert!(fences.iter().all(|row| row != "fence=1"), "every server had another holder before: {fences:?}");
    two.stop().await;
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_and_comes_back_leaves_both_well() {
    let Some((site, one)) = Site::start().await else { return };
    let two = Process::start(&site.db, &site.sims).await;
    site.until_held(&[(&one, 2), (&two, 2)]).await;
    for server in 0..4 {
        site.until_status(&one, server, 101, GuestStatus::Running).await;
        site.until_status(&two, server, 101, GuestStatus::Running).await;
    }
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    // Every connection is cut, and made again.
    let (mut at_one, mut at_two) = (site.events(&one).await, site.events(&two).await);
    site.db.tamper(cut).await;
    let reset = |data: &EventData| matches!(data, EventData::Reset);
    tokio::join!(wait_for(&mut at_one, "a reset at one", reset), wait_for(&mut at_two, "a reset at two", reset));
    drop((at_one, at_two));
    // The database lets nobody in for longer than a lease.
    let name = site.db.url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    site.db.tamper(&format!("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")).await;
    site.db.tamper(cut).await;
    site.until_held_by_nobody(&[&one, &two]).await;
    for process in [&one, &two] {
        assert_eq!(process.app.operating.ready().await, Err(NotReady::Database));
        assert!(process.app.inventory.guest(site.guest(0, 101)).is_some(), "what is known stays");
        let figures = process.app.operating.figures(Some(FIGURES)).await.unwrap();
        assert!(figures.contains("nexus_database_up 0"), "{figures}");
    }
    site.db.tamper(&format!("GRANT CONNECT ON DATABASE {name} TO PUBLIC")).await;
    site.until_held(&[(&one, 2), (&two, 2)]).await;
    for sim in site.sims.iter() {
        sim.set_guest_status(101, Status::Stopped);
    }
    for server in 0..4 {
        site.until_status(&one, server, 101, GuestStatus::Stopped).await;
        site.until_status(&two, server, 101, GuestStatus::Stopped).await;
    }
    for process in [&one, &two] {
        until("ready again", || async { process.app.operating.ready().await.ok() }).await;
    }
    let app = two.app.clone();
    two.stop().await;
    assert_eq!(app.operating.ready().await, Err(NotReady::Stopping));
    one.stop().await;
    site.end().await;
}

/// The admin's action on these guests, at a process.
async fn begin_bulk(site: &Site, process: &Process, guests: Vec<GuestKey>) -> BulkId {
    let admin = site.admin(process).await;
    let grant = process.app.access.grant::<ActOnGuests>(&admin, site.tenant).await.unwrap();
    let input = BulkIn { per_server: Some(1), ..crate::bulk::asked(PowerAction::Stop, guests) };
    process.app.bulks.start_one(grant, input).await.unwrap().bulk.id
}

/// The action at a process, once it is as `fits` wants it.
async fn bulk_when(site: &Site, process: &Process, id: BulkId, fits: impl Fn(&BulkDetail) -> bool) -> BulkDetail {
    let admin = site.admin(process).await;
    until("the action on many guests", || async {
        let grant = process.app.access.grant::<SeeTasks>(&admin, site.tenant).await.unwrap();
        process.app.bulks.get(&grant, id).await.ok().filter(|detail| fits(detail))
    })
    .await
}

fn states(detail: &BulkDetail) -> Vec<BulkGuestState> {
    detail.guests.iter().map(|guest| guest.state).collect()
}

/// Guests whose tasks end when they are let go alone; seen by the processes.
async fn add_endless(site: &Site, processes: &[&Process], vmids: &[u32]) -> Vec<GuestKey> {
    for vmid in vmids {
        let guest = pve_sim::GuestConfig { endless: true, ..guest_config(*vmid, "pve1", Status::Running) };
        site.sims[0].add_guest(guest).unwrap();
    }
    for (process, vmid) in processes.iter().flat_map(|process| vmids.iter().map(move |vmid| (process, *vmid))) {
        process.app.inventory.refresh_soon(site.servers[0]);
        site.until_status(process, 0, vmid, GuestStatus::Running).await;
    }
    vmids.iter().map(|vmid| site.guest(0, *vmid)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_on_many_guests_is_seen_and_stopped_from_another_process() {
    let Some((site, one)) = Site::start().await else { return };
    let two = Process::start(&site.db, &site.sims).await;
    site.until_held(&[(&one, 2), (&two, 2)]).await;
    let guests = add_endless(&site, &[&one, &two], &[110, 111, 112]).await;
    let mut at_two = site.events(&two).await;
    let id = begin_bulk(&site, &one, guests).await;
    wait_for(
        &mut at_two,
        "the guest that runs",
        |data| matches!(data, EventData::Bulk { bulk, guests } if bulk.id == id && guests.iter().any(|guest| guest.task.is_some())),
    )
    .await;
    let admin = site.admin(&two).await;
    let grant = two.app.access.grant::<ActOnGuests>(&admin, site.tenant).await.unwrap();
    assert_eq!(two.app.bulks.stop(&grant, id).await.unwrap().state, BulkState::Stopping);
    wait_for(
        &mut at_two,
        "the guests that are left alone",
        |data| matches!(data, EventData::Bulk { bulk, .. } if bulk.id == id && bulk.counts.skipped == 2),
    )
    .await;
    site.sims[0].change_guest(110, |guest| guest.endless = false);
    let ended =
        |data: &EventData| matches!(data, EventData::Bulk { bulk, .. } if bulk.id == id && bulk.ended_at.is_some());
    wait_for(&mut at_two, "the end", ended).await;
    let over = bulk_when(&site, &two, id, |now| now.bulk.ended_at.is_some()).await;
    assert_eq!(states(&over), [BulkGuestState::Ok, BulkGuestState::Skipped, BulkGuestState::Skipped]);
    assert_eq!((over.bulk.state, over.bulk.stopped_by.as_deref()), (BulkState::Stopped, Some("admin")));
    drop(at_two);
    two.stop().await;
    one.stop().await;
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_on_many_guests_is_taken_over_from_a_process_that_dies() {
    let Some((site, one)) = Site::start().await else { return };
    let guests = add_endless(&site, &[&one], &[110, 111, 112]).await;
    let id = begin_bulk(&site, &one, guests).await;
    let before = bulk_when(&site, &one, id, |now| now.guests[0].task.is_some()).await;
    one.die();
    // Whoever starts takes up what runs, and takes over the action once the other is surely gone.
    let two = Process::start(&site.db, &site.sims).await;
    let taken = bulk_when(&site, &two, id, |now| now.bulk.counts.skipped == 2).await;
    assert_eq!((taken.guests[0].state, taken.guests[0].task), (BulkGuestState::Running, before.guests[0].task));
    assert_eq!((taken.bulk.state, taken.bulk.ended_at), (BulkState::Stopping, None));
    assert!(taken.guests[1].detail.as_ref().unwrap().contains("Nexus stopped"));
    site.sims[0].change_guest(110, |guest| guest.endless = false);
    let over = bulk_when(&site, &two, id, |now| now.bulk.ended_at.is_some()).await;
    assert_eq!(states(&over), [BulkGuestState::Ok, BulkGuestState::Skipped, BulkGuestState::Skipped]);
    assert_eq!((over.bulk.state, over.bulk.stopped_by), (BulkState::Stopped, None));
    two.stop().await;
    site.end().await;
}

impl Site {
    async fn until_held_by_nobody(&self, processes: &[&Process]) {
        until("nobody counts on a lease that ran out", || async {
            processes.iter().all(|process| self.held(process).is_empty()).then_some(())
        })
        .await;
    }
}
