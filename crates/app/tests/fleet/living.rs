//! The living fleet: what changes behind Nexus' back, servers that die, hang and come back, totals, checks on demand.
//!
//! PVE is spoken to over real sockets, so no clock is moved here: what is asked is counted instead. Where one way of
//! noticing a change is to be proved the others are set an hour apart.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use nexus_app::App;
use nexus_app::access::{Grant, ManageServers, SeeGuests, SeeServers, SignedIn, TenantPermission};
use nexus_app::events::{EventData, EventOut};
use nexus_app::fleet::{Intervals, Limits};
use nexus_app::inventory::NodeStatus;
use nexus_app::servers::ServerInput;
use nexus_app::stats::LiveStats;
use nexus_model::{
    GuestKey, GuestKind, GuestPermissions, GuestRight, GuestStatus, NotificationKind, ServerId, ServerStatus, TenantId,
    TenantRole,
};
use nexus_store::testing::{Engine, TestDb};
use pve_sim::{Fault, FaultKind, NodeConfig, Outage, Sim, SimConfig, Status, StorageConfig, Timing, TokenConfig};

use crate::world::{
    PATIENCE, SECRET, World, guest_config, on_both, person, quick, server_input, start_app_at_pace, until,
};

const HOUR: Duration = Duration::from_secs(3600);
const ALL: [&str; 3] = ["VM.Audit", "Sys.Audit", "Datastore.Audit"];

type Events = Pin<Box<dyn Stream<Item = EventOut> + Send>>;

async fn events(app: &App, person: &SignedIn, tenant: TenantId) -> Events {
    let grant: Grant<SeeGuests> = app.access.grant(person, tenant).await.unwrap();
    let live = app.access.keep(grant).await.unwrap();
    let mut events: Events = Box::pin(app.events.stream(live, None).unwrap());
    assert_eq!(next(&mut events).await.kind, "hello");
    events
}

async fn next(events: &mut Events) -> EventOut {
    tokio::time::timeout(PATIENCE, events.next()).await.expect("an event in time").expect("an event")
}

/// Reads on until an event gives something.
async fn told<T>(events: &mut Events, mut found: impl FnMut(EventData) -> Option<T>) -> T {
    loop {
        if let Some(found) = found(next(events).await.data) {
            return found;
        }
    }
}

fn key(server: ServerId, vmid: u32) -> GuestKey {
    GuestKey { server, kind: GuestKind::Qemu, vmid }
}

/// A cluster of two nodes with three VMs and a paused one, whose overview lags behind.
async fn cluster(name: &str, lag: Duration, privileges: &[&str]) -> Sim {
    let acl = vec![("/".to_owned(), privileges.iter().map(|name| (*name).to_owned()).collect())];
    let ceph = StorageConfig { name: "ceph".into(), plugin: "rbd".into(), shared: true, used: 25, total: 100 };
    let config = SimConfig {
        cluster: name.into(),
        nodes: vec![NodeConfig::new("pve1"), NodeConfig::new("pve2")],
        guests: vec![
            guest_config(100, "pve1", Status::Running),
            guest_config(101, "pve1", Status::Running),
            guest_config(102, "pve2", Status::Stopped),
            guest_config(103, "pve2", Status::Paused),
        ],
        storages: vec![ceph],
        tokens: vec![TokenConfig { id: "nexus@pve!broker".into(), secret: SECRET.into(), acl }],
        timing: Timing { lag, forget: Duration::ZERO, unauthorized: Duration::from_millis(50), ..Timing::default() },
        ..SimConfig::default()
    };
    Sim::start(config).await.unwrap()
}

/// A tenant with some clusters, each a server.
struct Fleet {
    app: App,
    sims: Vec<Sim>,
    servers: Vec<ServerId>,
    tenant: TenantId,
    admin: SignedIn,
}

impl Fleet {
    async fn start(db: &TestDb, sims: Vec<Sim>, health: Duration, intervals: Intervals) -> Self {
        let places: Vec<&Sim> = sims.iter().collect();
        let app = start_app_at_pace(db, &places, Limits::default(), health, intervals).await;
        let tenant = app.provision.tenant("Ours", "ours").await.unwrap();
        let (_, admin) = person(&app, "admin", Some((tenant, TenantRole::Admin))).await;
        let mut servers = Vec::new();
        for (number, sim) in sims.iter().enumerate() {
            let manage = app.access.grant::<ManageServers>(&admin, tenant).await.unwrap();
            let input = ServerInput { name: format!("Rack {number}"), connect_timeout_seconds: 1, ..server_input(sim) };
            servers.push(app.servers.create(&manage, input).await.unwrap().id);
        }
        Self { app, sims, servers, tenant, admin }
    }

    async fn seen(&self) {
        for server in &self.servers {
            tokio::time::timeout(PATIENCE, self.app.inventory.first_snapshot(*server)).await.expect("a picture");
        }
    }

    async fn grant<P: TenantPermission>(&self) -> Grant<P> {
        self.app.access.grant(&self.admin, self.tenant).await.unwrap()
    }

    async fn events(&self) -> Events {
        events(&self.app, &self.admin, self.tenant).await
    }

    async fn stats(&self) -> LiveStats {
        self.app.stats.get(&self.grant().await)
    }

    async fn until_stats(&self, what: &str, is: impl Fn(&LiveStats) -> bool) -> LiveStats {
        until(what, || async { Some(self.stats().await).filter(|stats| is(stats)) }).await
    }

    async fn server_status(&self, number: usize) -> ServerStatus {
        let see: Grant<SeeServers> = self.grant().await;
        self.app.servers.get(&see, self.servers[number]).await.unwrap().status
    }

    async fn until_server(&self, number: usize, status: ServerStatus) {
        until(status.name(), || async { (self.server_status(number).await == status).then_some(()) }).await;
    }

    fn status(&self, vmid: u32) -> Option<GuestStatus> {
        self.app.inventory.guest(key(self.servers[0], vmid)).map(|row| row.status)
    }

    async fn until_status(&self, vmid: u32, status: GuestStatus) {
        until("the guest's state", || async { (self.status(vmid) == Some(status)).then_some(()) }).await;
    }

    /// What the first cluster was asked for since its list was cleared.
    fn asked(&self, path: &str) -> usize {
        self.sims[0].requests().iter().filter(|request| request.path.ends_with(path)).count()
    }

    async fn until_asked(&self, path: &str, times: usize) {
        until(path, || async { (self.asked(path) >= times).then_some(()) }).await;
    }
}

/// Runs a test on SQLite: what it is about does not know the database.
async fn fleet<F, Fut>(sims: Vec<Sim>, health: Duration, intervals: Intervals, test: F)
where
    F: FnOnce(Arc<Fleet>) -> Fut,
    Fut: Future<Output = ()>,
{
    let db = TestDb::fresh(Engine::Sqlite).await.unwrap();
    let remains = db.remains();
    let world = Arc::new(Fleet::start(&db, sims, health, intervals).await);
    test(Arc::clone(&world)).await;
    world.app.stop().await;
    for sim in &world.sims {
        sim.end().await;
    }
    drop((world, db));
    remains.remove().await;
}

/// Only tasks are asked for, but for the overview at the start and when somebody begins to watch.
fn by_tasks() -> Intervals {
    let tasks = Duration::from_millis(60);
    Intervals { watched: HOUR, paused: HOUR, tasks, tasks_seldom: tasks, ..quick() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_a_task_stops_behind_nexus_shows_with_the_next_look_at_the_tasks() {
    // The overview would say that it runs for an hour.
    let sims = vec![cluster("lab", HOUR, &ALL).await];
    fleet(sims, HOUR, by_tasks(), |fleet| async move {
        let sim = &fleet.sims[0];
        fleet.seen().await;
        // A clock that is years ahead, or behind, says nothing.
        sim.set_clock(100_000_000);
        assert!(sim.act(102, "qmstart", Status::Running));
        let mut events = fleet.events().await;
        fleet.until_asked("/cluster/tasks", 2).await;
        sim.set_clock(-100_000_000);
        sim.clear_requests();
        assert!(sim.act(101, "qmstop", Status::Stopped));
        told(&mut events, |data| match data {
            EventData::Guests { changed, .. } => {
                changed.iter().any(|row| row.key.vmid == 101 && row.status == GuestStatus::Stopped).then_some(())
            }
            _ => None,
        })
        .await;
        let requests = sim.requests();
        let look = requests.iter().position(|request| request.path.ends_with("/status/current")).unwrap();
        assert!(requests[look].path.ends_with("/qemu/101/status/current"), "{:?}", requests[look]);
        let turns = requests[..look].iter().filter(|request| request.path == "/cluster/tasks").count();
        // One of them may have been answered before the task was there.
        assert!((1..=2).contains(&turns), "{requests:?}");
        assert_eq!((fleet.asked("/status/current"), fleet.asked("/cluster/resources")), (1, 0), "{requests:?}");
        let (row, other) = (fleet.status(101), fleet.status(100));
        assert_eq!((row, other), (Some(GuestStatus::Stopped), Some(GuestStatus::Running)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_tasks_the_next_overview_shows_it_and_tasks_are_hardly_asked_for() {
    let sims = vec![cluster("lab", Duration::ZERO, &["VM.Audit"]).await];
    let intervals = Intervals { tasks: Duration::from_millis(20), tasks_seldom: HOUR, ..quick() };
    fleet(sims, HOUR, intervals, |fleet| async move {
        let sim = &fleet.sims[0];
        fleet.seen().await;
        sim.act(102, "qmstart", Status::Running);
        let _events = fleet.events().await;
        fleet.until_asked("/cluster/tasks", 1).await;
        sim.clear_requests();
        assert!(sim.set_guest_status(101, Status::Stopped));
        fleet.until_status(101, GuestStatus::Stopped).await;
        let turns = fleet.asked("/cluster/resources");
        assert!((1..=3).contains(&turns), "{turns}");
        fleet.until_asked("/cluster/resources", turns + 3).await;
        assert_eq!((fleet.asked("/cluster/tasks"), fleet.asked("/status/current")), (0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_watches_and_no_task_is_asked_for() {
    let sims = vec![cluster("lab", Duration::ZERO, &ALL).await];
    fleet(sims, Duration::from_millis(100), by_tasks(), |fleet| async move {
        fleet.seen().await;
        fleet.until_asked("/cluster/resources", 5).await;
        assert_eq!(fleet.asked("/cluster/tasks"), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_migrates_is_found_on_its_new_node_and_paused_stays_paused() {
    let sims = vec![cluster("lab", Duration::ZERO, &ALL).await];
    fleet(sims, HOUR, by_tasks(), |fleet| async move {
        let sim = &fleet.sims[0];
        let node = |vmid| fleet.app.inventory.guest(key(fleet.servers[0], vmid)).unwrap().node.clone();
        fleet.seen().await;
        fleet.until_status(103, GuestStatus::Paused).await;
        sim.act(102, "qmstart", Status::Running);
        let _events = fleet.events().await;
        fleet.until_asked("/cluster/tasks", 2).await;
        assert_eq!(node(100), "pve1");
        assert!(sim.migrate_guest(100, "pve2"));
        until("the new node", || async { (node(100) == "pve2").then_some(()) }).await;
        assert_eq!(fleet.status(100), Some(GuestStatus::Running));
        // Paused by a task: PVE's overview calls it running still.
        sim.act(101, "qmsuspend", Status::Paused);
        fleet.until_status(101, GuestStatus::Paused).await;
        sim.clear_requests();
        for turn in 1..=3 {
            fleet.app.inventory.refresh_soon(fleet.servers[0]);
            fleet.until_asked("/cluster/resources", turn).await;
            assert_eq!((fleet.status(101), fleet.status(103)), (Some(GuestStatus::Paused), Some(GuestStatus::Paused)));
        }
        sim.act(103, "qmresume", Status::Running);
        fleet.until_status(103, GuestStatus::Running).await;
        assert!(sim.add_guest(guest_config(110, "pve1", Status::Running)).is_ok());
        sim.act(110, "qmcreate", Status::Running);
        fleet.until_status(110, GuestStatus::Running).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_die_hang_and_come_back_and_nothing_is_invented() {
    let sims = vec![cluster("one", Duration::ZERO, &ALL).await, cluster("two", Duration::ZERO, &ALL).await];
    fleet(sims, Duration::from_millis(200), quick(), |fleet| async move {
        fleet.seen().await;
        let whole = fleet.until_stats("both", |stats| stats.nodes.len() == 4 && stats.guests.qemu.paused == 2).await;
        assert_eq!(whole.storages.len(), 2 * (2 + 1), "a shared one once for a cluster");
        let totals = whole.totals.unwrap();
        assert_eq!((totals.nodes.online, totals.cpu.total as u64, totals.servers.online), (4, 64, 2));
        for fault in [FaultKind::Refuse, FaultKind::Hang, FaultKind::NotJson, FaultKind::Status(596, "away".into())] {
            fleet.sims[0].fault(Fault::on("", fault.clone()));
            let half = fleet.until_stats("half", |stats| stats.missing.len() == 1).await;
            let totals = half.totals.unwrap();
            assert_eq!((totals.nodes.total, totals.nodes.online), (4, 2), "{fault:?}");
            assert_eq!((totals.cpu.total as u64, totals.servers.offline), (32, 1), "{fault:?}");
            let missing = &half.missing[0];
            assert_eq!((missing.id, missing.data_at.is_some()), (fleet.servers[0], true));
            assert!(missing.error.as_deref().is_some_and(|why| !why.contains(SECRET)), "{fault:?}");
            assert_eq!(half.data_at, missing.data_at.min(half.data_at), "the oldest that is counted");
            assert_eq!(half.guests, whole.guests, "guests are shown as they were last seen");
            // The other one is asked on and on.
            let before = fleet.app.inventory.snapshot(fleet.servers[1]).map(|picture| picture.data_at());
            until("the other server", || async {
                let now = fleet.app.inventory.snapshot(fleet.servers[1]).map(|picture| picture.data_at());
                (now > before).then_some(())
            })
            .await;
            fleet.sims[0].clear_faults();
            fleet.until_stats("whole again", |stats| stats.missing.is_empty()).await;
            until("not offline", || async { (fleet.server_status(0).await != ServerStatus::Offline).then_some(()) })
                .await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_node_takes_the_quorum_and_its_numbers_and_leaves_the_names() {
    let sims = vec![cluster("lab", Duration::ZERO, &ALL).await];
    fleet(sims, Duration::from_millis(100), quick(), |fleet| async move {
        fleet.seen().await;
        let _events = fleet.events().await;
        fleet.until_stats("all", |stats| stats.totals.is_some_and(|totals| totals.nodes.online == 2)).await;
        assert!(fleet.sims[0].set_outage("pve2", Some(Outage::NoRoute)));
        let stats =
            fleet.until_stats("one node", |stats| stats.totals.is_some_and(|totals| totals.nodes.offline == 1)).await;
        let totals = stats.totals.unwrap();
        assert_eq!((totals.nodes.total, totals.cpu.total as u64), (2, 16));
        let lost = stats.nodes.iter().find(|node| node.name == "pve2").unwrap();
        assert_eq!((lost.status, lost.cpu, lost.memory_bytes), (NodeStatus::Offline, None, None));
        assert_eq!((stats.guests.qemu.unknown, stats.guests.qemu.total), (2, 4));
        let row = fleet.app.inventory.guest(key(fleet.servers[0], 102)).unwrap();
        assert_eq!((row.name.as_str(), row.status, row.cpu), ("guest102", GuestStatus::Unknown, None));
        let shared = stats.storages.iter().find(|storage| storage.name == "ceph").unwrap();
        assert!(shared.available && shared.node.is_none(), "{shared:?}");
        assert!(fleet.sims[0].set_outage("pve2", None));
        fleet.until_stats("both", |stats| stats.totals.is_some_and(|totals| totals.nodes.online == 2)).await;
        fleet.until_status(102, GuestStatus::Stopped).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_was_entered_twice_counts_once() {
    let db = TestDb::fresh(Engine::Sqlite).await.unwrap();
    let remains = db.remains();
    let sims = vec![cluster("lab", Duration::ZERO, &ALL).await];
    let fleet = Fleet::start(&db, sims, Duration::from_millis(200), quick()).await;
    fleet.seen().await;
    let once = fleet.until_stats("the cluster", |stats| stats.nodes.len() == 2 && stats.guests.qemu.paused == 1).await;
    let second = ServerInput {
        name: "Rack 0 again".into(),
        port: fleet.sims[0].address("pve2").port().into(),
        tls: nexus_model::Tls::Pin { fingerprint: fleet.sims[0].fingerprint("pve2") },
        ..server_input(&fleet.sims[0])
    };
    let manage: Grant<ManageServers> = fleet.grant().await;
    fleet.app.servers.create(&manage, second).await.unwrap();
    let twice = fleet
        .until_stats("the second", |stats| {
            let both = stats.totals.is_some_and(|totals| totals.servers.online == 2);
            both && stats.guests.qemu.total == once.guests.qemu.total
        })
        .await;
    assert_eq!((twice.nodes.len(), twice.storages.len(), twice.guests), (2, 3, once.guests));
    assert!(twice.nodes.iter().all(|node| node.server == fleet.servers[0]), "the older one is shown");
    fleet.app.stop().await;
    fleet.sims[0].end().await;
    drop((fleet, db));
    remains.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn totals_are_told_as_they_change_and_each_is_told_what_they_may_see() {
    on_both(|world| async move {
        let privileges = ["VM.Audit", "Sys.Audit", "Datastore.Audit", "VM.Console"].map(str::to_owned).to_vec();
        world.sim.set_token("nexus@pve!broker", SECRET, &[("/".to_owned(), privileges)]).unwrap();
        let mut manager = events(&world.app, &world.manager, world.tenant).await;
        let mut viewer = events(&world.app, &world.viewer, world.tenant).await;
        let stats = |data| if let EventData::Stats(stats) = data { Some(*stats) } else { None };
        let all = told(&mut manager, |data| stats(data).filter(|stats| !stats.storages.is_empty())).await;
        assert_eq!((all.guests.qemu.total, all.guests.qemu.templates, all.guests.lxc.total), (4, 1, 1));
        assert_eq!((all.nodes.len(), all.storages.len(), all.totals.unwrap().nodes.online), (2, 3, 2));
        let shared = all.storages.iter().find(|storage| storage.shared).unwrap();
        assert_eq!((shared.name.as_str(), shared.node.as_deref(), shared.used_bytes), ("ceph", None, Some(25 << 30)));
        let own = told(&mut viewer, stats).await;
        assert_eq!((own.guests.qemu.total, own.guests.qemu.running), (2, 1), "the two that are theirs");
        assert_eq!((own.totals, own.nodes.len(), own.storages.len(), own.missing.len()), (None, 0, 0, 0));
        world.sim.set_guest_status(100, Status::Stopped);
        told(&mut viewer, |data| stats(data).filter(|stats| stats.guests.qemu.running == 0)).await;
        // One who sees all guests sees sums, and no name of a node.
        let view = GuestPermissions::NONE.with(GuestRight::View);
        world.app.provision.assign(world.tenant, world.viewer_id, world.guest(200), view).await.unwrap();
        let own = world.app.stats.get(&world.see(&world.viewer).await);
        assert_eq!((own.guests.lxc.total, own.totals), (1, None));
        assert!(matches!(
            world.app.access.grant::<SeeGuests>(&world.stranger, world.tenant).await,
            Err(nexus_app::access::Refused::NotFound)
        ));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_are_joined_and_a_run_tells_how_far_it_is() {
    let sims = vec![cluster("one", Duration::ZERO, &ALL).await, cluster("two", Duration::ZERO, &ALL).await];
    fleet(sims, HOUR, Intervals { watched: HOUR, ..quick() }, |fleet| async move {
        fleet.seen().await;
        let mut events = fleet.events().await;
        let manage: Grant<ManageServers> = fleet.grant().await;
        let (sim, server) = (&fleet.sims[0], fleet.servers[0]);
        sim.fault(Fault::on("/cluster/resources", FaultKind::Delay(300)));
        // A check that ended just now is an answer: tried until one is made.
        let (one, other) = until("a check", || async {
            sim.clear_requests();
            let both = tokio::join!(fleet.app.checks.check(&manage, server), fleet.app.checks.check(&manage, server));
            (fleet.asked("/cluster/resources") == 1).then_some(both)
        })
        .await;
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.ok && one.took_ms >= 300 && one.error.is_none() && one.attempts == 1, "{one:?}");
        assert_eq!((one.way, one.status), (Some(nexus_model::Way::Direct), ServerStatus::Online));
        assert_eq!(fleet.app.checks.check(&manage, server).await.unwrap().at, one.at, "asked again at once");
        assert_eq!(other.at, one.at, "one request for both");
        let see: Grant<SeeServers> = fleet.grant().await;
        assert_eq!(fleet.app.checks.newest_run(&see), None);
        fleet.sims[1].fault(Fault::on("", FaultKind::Refuse));
        let run = fleet.app.checks.check_all(&manage);
        assert_eq!((run.total, run.done, run.ended_at), (2, 0, None));
        assert_eq!(fleet.app.checks.check_all(&manage).id, run.id, "one run at a time");
        let ended = told(&mut events, |data| match data {
            EventData::CheckRun(now) if now.ended_at.is_some() => Some(now),
            _ => None,
        })
        .await;
        assert_eq!((ended.id, ended.done), (run.id, 2));
        assert_eq!(fleet.app.checks.newest_run(&see), Some(ended));
        assert!(fleet.app.checks.check(&manage, uuid::Uuid::from_u128(1).into()).await.is_err());
        until("a check that failed", || async {
            let failed = fleet.app.checks.check(&manage, fleet.servers[1]).await.unwrap();
            (!failed.ok && failed.error.is_some()).then_some(())
        })
        .await;
    })
    .await;
}

/// What people were told of servers, the oldest first.
async fn notices(fleet: &Fleet) -> Vec<(NotificationKind, Option<ServerId>)> {
    let query = nexus_app::notifications::NotificationQuery {
        page: nexus_app::page::Page { limit: 50, ..Default::default() },
        ..Default::default()
    };
    let list = fleet.app.notifications.list(&fleet.grant().await, &query).await.unwrap();
    let kinds = [NotificationKind::ServerOffline, NotificationKind::ServerOnline];
    let told = list.notifications.into_iter().filter(|notification| kinds.contains(&notification.kind));
    let mut told: Vec<_> = told.map(|notification| (notification.kind, notification.facts.server)).collect();
    told.reverse();
    told
}

async fn until_told(fleet: &Fleet, wanted: &[(NotificationKind, usize)]) {
    let wanted: Vec<_> = wanted.iter().map(|(kind, number)| (*kind, Some(fleet.servers[*number]))).collect();
    let told = tokio::time::timeout(PATIENCE, async {
        while notices(fleet).await != wanted {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(told.await.is_ok(), "told: {:?}, expected: {wanted:?}", notices(fleet).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_told_of_one_server_and_not_of_a_start_or_a_lost_network() {
    use NotificationKind::{ServerOffline, ServerOnline};
    let mut sims = Vec::new();
    for name in ["one", "two", "three", "four"] {
        sims.push(cluster(name, Duration::ZERO, &ALL).await);
    }
    // It is away from the start.
    sims[3].fault(Fault::on("", FaultKind::Refuse));
    let intervals = Intervals { hold: Duration::from_millis(400), again: Duration::from_millis(50), ..quick() };
    fleet(sims, Duration::from_millis(200), intervals, |fleet| async move {
        for number in 0..3 {
            fleet.until_server(number, ServerStatus::Online).await;
        }
        fleet.until_server(3, ServerStatus::Offline).await;
        fleet.sims[0].fault(Fault::on("", FaultKind::Refuse));
        until_told(&fleet, &[(ServerOffline, 0)]).await;
        fleet.sims[0].clear_faults();
        until_told(&fleet, &[(ServerOffline, 0), (ServerOnline, 0)]).await;
        // All at once: that is the network.
        fleet.sims[..3].iter().for_each(|sim| sim.fault(Fault::on("", FaultKind::Refuse)));
        for number in 0..3 {
            fleet.until_server(number, ServerStatus::Offline).await;
        }
        for number in [0, 2, 3] {
            fleet.sims[number].clear_faults();
        }
        // Once the others are back the one that stays away is told of, and no other.
        let all = [(ServerOffline, 0), (ServerOnline, 0), (ServerOffline, 1)];
        until_told(&fleet, &all).await;
        for number in [0, 2, 3] {
            fleet.until_server(number, ServerStatus::Online).await;
        }
        assert_eq!(notices(&fleet).await.len(), all.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_is_told_to_admins_and_to_its_person() {
    on_both(|world: Arc<World>| async move {
        let mut admin = events(&world.app, &world.admin, world.tenant).await;
        let mut manager = events(&world.app, &world.manager, world.tenant).await;
        let mut viewer = events(&world.app, &world.viewer, world.tenant).await;
        let (ticket, mut browser) = world.open(&world.viewer, 100, false).await;
        let console = |data| if let EventData::Console(view) = data { Some(*view) } else { None };
        let opened = told(&mut admin, console).await;
        assert_eq!((opened.id, opened.state.name(), opened.may_end), (ticket.id, "open", true));
        assert_eq!(told(&mut viewer, console).await.id, ticket.id);
        assert!(world.app.consoles.end(ticket.id, nexus_relay::EndReason::EndedByAdmin));
        browser.reason().await;
        for stream in [&mut admin, &mut viewer] {
            let ended = told(stream, |data| console(data).filter(|view| view.state.name() == "ended")).await;
            assert_eq!((ended.end_reason.as_deref(), ended.may_end), (Some("ended_by_admin"), false));
        }
        // Managers see their own alone: what comes next for them is the guest, not the console.
        world.sim.set_guest_status(101, Status::Stopped);
        let first = told(&mut manager, |data| match data {
            EventData::Console(_) => Some("console"),
            EventData::Guests { changed, .. } => {
                changed.iter().any(|row| row.status == GuestStatus::Stopped && row.key.vmid == 101).then_some("guest")
            }
            _ => None,
        })
        .await;
        assert_eq!(first, "guest");
    })
    .await;
}
