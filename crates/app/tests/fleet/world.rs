//! One process of Nexus, one simulated cluster, and people of every kind.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use nexus_app::access::{
    Client, DeleteServers, Grant, ManageServers, PowerGuest, SeeGuests, SeeServers, SeeTasks, SignedIn,
};
use nexus_app::fleet::{Intervals, Limits};
use nexus_app::page::Page;
use nexus_app::password::Cost;
use nexus_app::servers::ServerInput;
use nexus_app::tasks::{TaskQuery, TaskView};
use nexus_app::{App, Clock, Config, Tuning};
use nexus_model::{
    ConsoleId, GuestKey, GuestKind, GuestPermissions, GuestRight, GuestStatus, PowerAction, ServerId, SystemRole,
    TaskId, TenantId, TenantRole, Tls, UserId,
};
use nexus_net::dial::Dialer;
use nexus_net::guard::{Guard, GuardConfig};
use nexus_store::keys::KeyRing;
use nexus_store::testing::{Engine, TestDb};
use nexus_store::{AuditEntry, SystemScope};
use pve_sim::{GuestConfig, Kind, NodeConfig, Sim, SimConfig, Status, StorageConfig, Timing, TokenConfig};

pub(crate) const TOKEN: &str = "nexus@pve!broker=4e0b6f8a-54fb-4a7c-9d3c-0f2a6b1c7d8e";
pub(crate) const SECRET: &str = "4e0b6f8a-54fb-4a7c-9d3c-0f2a6b1c7d8e";
pub(crate) const PASSWORD: &str = "violet-anchor-pancake";
/// What whoever asks for figures says.
pub(crate) const FIGURES: &str = "figures-of-the-fleet";
/// Nothing in a test takes this long unless it never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) sim: Sim,
    pub(crate) tenant: TenantId,
    pub(crate) server: ServerId,
    pub(crate) admin: SignedIn,
    pub(crate) manager: SignedIn,
    /// A viewer with `console` and `power` on 100 and `view` on 102.
    pub(crate) viewer: SignedIn,
    pub(crate) viewer_id: UserId,
    /// A member of another tenant.
    pub(crate) stranger: SignedIn,
    pub(crate) db: TestDb,
}

/// Runs a test on SQLite, then on PostgreSQL where there is one.
pub(crate) async fn on_both<F, Fut>(test: F)
where
    F: Fn(Arc<World>) -> Fut,
    Fut: Future<Output = ()>,
{
    on_both_with(Limits::default(), test).await;
}

pub(crate) async fn on_both_with<F, Fut>(limits: Limits, test: F)
where
    F: Fn(Arc<World>) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(db) = TestDb::fresh(engine).await else { continue };
        let remains = db.remains();
        let world = Arc::new(World::start(db, limits).await);
        test(Arc::clone(&world)).await;
        world.app.stop().await;
        world.sim.end().await;
        drop(world);
        remains.remove().await;
    }
}

/// The newest tasks.
pub(crate) fn newest() -> TaskQuery {
    TaskQuery { page: Page { limit: 50, ..Page::default() }, ..TaskQuery::default() }
}

/// Waits until `found` gives something.
pub(crate) async fn until<T, F, Fut>(what: &str, mut found: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(value) = found().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what}: never came"))
}

pub(crate) fn client() -> Client {
    Client { address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), user_agent: "test".into(), request_id: "r1".into() }
}

pub(crate) fn guest_config(vmid: u32, node: &str, status: Status) -> GuestConfig {
    let kind = if vmid >= 200 { Kind::Lxc } else { Kind::Qemu };
    GuestConfig { vmid, kind, node: node.into(), name: format!("guest{vmid}"), status, ..GuestConfig::default() }
}

pub(crate) async fn sim() -> Sim {
    let guests = vec![
        guest_config(100, "pve1", Status::Running),
        guest_config(101, "pve1", Status::Running),
        guest_config(102, "pve1", Status::Stopped),
        guest_config(103, "pve2", Status::Paused),
        GuestConfig { template: true, ..guest_config(104, "pve1", Status::Stopped) },
        guest_config(200, "pve1", Status::Running),
    ];
    let privileges = ["VM.Audit", "VM.PowerMgmt", "VM.Console", "VM.Snapshot", "Sys.Audit"];
    let acl = vec![("/".to_owned(), privileges.iter().map(|name| (*name).to_owned()).collect())];
    let tokens = vec![TokenConfig { id: "nexus@pve!broker".into(), secret: SECRET.into(), acl }];
    let timing = Timing {
        unauthorized: Duration::from_millis(50),
        port: Duration::from_millis(300),
        task: Duration::from_millis(60),
        shutdown: Duration::from_millis(80),
        ..Timing::default()
    };
    let nodes = vec![NodeConfig::new("pve1"), NodeConfig::new("pve2")];
    let ceph =
        StorageConfig { name: "ceph".into(), plugin: "rbd".into(), shared: true, used: 25 << 30, total: 100 << 30 };
    let storages = vec![ceph];
    let cluster = "lab".into();
    let config = SimConfig { cluster, nodes, guests, storages, tokens, seed: 7, timing, ..SimConfig::default() };
    Sim::start(config).await.unwrap()
}

pub(crate) fn keys() -> Arc<KeyRing> {
    Arc::new(KeyRing::parse(&format!("one:{}", "11".repeat(32))).unwrap())
}

pub(crate) async fn start_app(db: &TestDb, sim: &Sim, limits: Limits) -> App {
    start_app_at_pace(db, &[sim], limits, HEALTH, quick()).await
}

/// Between two looks at a server that nobody watches.
pub(crate) const HEALTH: Duration = Duration::from_millis(500);

/// A pace that tests need not wait for.
pub(crate) fn quick() -> Intervals {
    Intervals {
        watched: Duration::from_millis(300),
        again: Duration::from_millis(200),
        servers: Duration::from_millis(300),
        paused: Duration::from_millis(300),
        task: Duration::from_millis(40),
        ha: Duration::from_secs(5),
        stats: Duration::from_millis(20),
        metrics: Duration::from_millis(100),
        alerts: Duration::from_millis(100),
        ..Intervals::default()
    }
}

pub(crate) async fn start_app_at_pace(
    db: &TestDb,
    sims: &[&Sim],
    limits: Limits,
    health_interval: Duration,
    intervals: Intervals,
) -> App {
    let (store, mint) = db.second().await;
    let ports = sims.iter().flat_map(|sim| sim.nodes().into_iter().map(|node| sim.address(&node).port())).collect();
    let guard = Guard::pve(GuardConfig { ports, allow_loopback: true, ..GuardConfig::default() });
    let config = Config {
        store,
        mint,
        keys: keys(),
        clock: Clock::system(),
        dialer: Dialer::new(guard, None),
        roots: Vec::new(),
        health_interval,
        origin: "http://127.0.0.1".into(),
        smtp: None,
        environment: nexus_app::servers::EnvironmentServer::default(),
        operating: nexus_app::OperatingConfig { host: "here".into(), metrics_token: Some(FIGURES.to_owned().into()) },
        webhooks: nexus_app::webhooks::WebhookConfig::default(),
        objects: nexus_app::objects::ObjectsConfig::Memory,
    };
    let tuning = Tuning { password_cost: Cost::least(), limits, intervals, ..Tuning::default() };
    App::start_tuned(config, tuning).await.unwrap()
}

impl World {
    async fn start(db: TestDb, limits: Limits) -> Self {
        let sim = sim().await;
        let app = start_app(&db, &sim, limits).await;
        let tenant = app.provision.tenant("Ours", "ours").await.unwrap();
        let other = app.provision.tenant("Theirs", "theirs").await.unwrap();
        let (_, admin) = person(&app, "admin", Some((tenant, TenantRole::Admin))).await;
        let (_, manager) = person(&app, "manager", Some((tenant, TenantRole::Manager))).await;
        let (viewer_id, viewer) = person(&app, "viewer", Some((tenant, TenantRole::Viewer))).await;
        let (_, stranger) = person(&app, "stranger", Some((other, TenantRole::Admin))).await;
        let grant = app.access.grant::<ManageServers>(&admin, tenant).await.unwrap();
        let server = app.servers.create(&grant, server_input(&sim)).await.unwrap().id;
        let world = Self { app, sim, tenant, server, admin, manager, viewer, viewer_id, stranger, db };
        let rights = [GuestRight::Console, GuestRight::Power].into_iter().collect();
        world.app.provision.assign(tenant, viewer_id, world.guest(100), rights).await.unwrap();
        let view = GuestPermissions::NONE.with(GuestRight::View);
        world.app.provision.assign(tenant, viewer_id, world.guest(102), view).await.unwrap();
        tokio::time::timeout(PATIENCE, world.app.inventory.first_snapshot(server)).await.unwrap();
        world
    }

    pub(crate) fn guest(&self, vmid: u32) -> GuestKey {
        let kind = if vmid >= 200 { GuestKind::Lxc } else { GuestKind::Qemu };
        GuestKey { server: self.server, kind, vmid }
    }

    pub(crate) async fn manage(&self) -> Grant<ManageServers> {
        self.app.access.grant(&self.admin, self.tenant).await.unwrap()
    }

    pub(crate) async fn servers(&self) -> Grant<SeeServers> {
        self.app.access.grant(&self.admin, self.tenant).await.unwrap()
    }

    pub(crate) async fn delete(&self) -> Grant<DeleteServers> {
        self.app.access.grant(&self.admin, self.tenant).await.unwrap()
    }

    pub(crate) async fn see(&self, person: &SignedIn) -> Grant<SeeGuests> {
        self.app.access.grant(person, self.tenant).await.unwrap()
    }

    pub(crate) async fn act(
        &self,
        person: &SignedIn,
        vmid: u32,
        action: PowerAction,
    ) -> Result<TaskView, nexus_app::guests::ActError> {
        let grant = self.app.access.guest_grant::<PowerGuest>(person, self.tenant, self.guest(vmid)).await.unwrap();
        self.app.guests.act(grant, nexus_app::guests::Act::plain(action)).await
    }

    /// The task once it has ended.
    pub(crate) async fn ended(&self, id: TaskId) -> TaskView {
        until("the task's end", || async {
            let grant = self.app.access.grant::<SeeTasks>(&self.admin, self.tenant).await.unwrap();
            self.app.tasks.get(&grant, id).await.ok().filter(|task| task.ended_at.is_some())
        })
        .await
    }

    pub(crate) fn status(&self, vmid: u32) -> Option<GuestStatus> {
        self.app.inventory.guest(self.guest(vmid)).map(|row| row.status)
    }

    pub(crate) async fn until_status(&self, vmid: u32, status: GuestStatus) {
        until("the guest's state", || async { (self.status(vmid) == Some(status)).then_some(()) }).await;
    }

    pub(crate) async fn audit(&self) -> Vec<AuditEntry> {
        self.app.audit.recent(Some(self.tenant), 500).await.unwrap()
    }

    /// The newest entry of this action and outcome.
    pub(crate) async fn entry(&self, action: &str, outcome: &str) -> AuditEntry {
        until("an audit entry", || async {
            let entries = self.audit().await;
            entries.into_iter().find(|entry| entry.action == action && entry.outcome == outcome)
        })
        .await
    }

    /// A console's row once it has ended.
    pub(crate) async fn console_row(&self, id: ConsoleId) -> nexus_store::EndedConsole {
        until("the console's end", || async {
            let scope = self.own_system();
            let mut tx = self.db.store.system_read(&scope).await.unwrap();
            tx.console_state(self.tenant, id).await.unwrap().filter(|row| row.state == "ended")
        })
        .await
    }

    /// The scope of the store that the test itself holds.
    pub(crate) fn own_system(&self) -> SystemScope {
        self.db.mint.system()
    }
}

pub(crate) async fn person(app: &App, name: &str, place: Option<(TenantId, TenantRole)>) -> (UserId, SignedIn) {
    let email = format!("{name}@example.org");
    let id = app.provision.user(&email, name, PASSWORD.to_owned(), SystemRole::User).await.unwrap();
    if let Some((tenant, role)) = place {
        app.provision.member(tenant, id, role).await.unwrap();
    }
    let session = app.accounts.sign_in(&email, PASSWORD.to_owned(), client()).await.unwrap();
    (id, app.access.authenticate(&session.token, client()).await.unwrap())
}

/// The same person in another browser.
pub(crate) async fn another_browser(app: &App, name: &str) -> SignedIn {
    let session = app.accounts.sign_in(&format!("{name}@example.org"), PASSWORD.to_owned(), client()).await.unwrap();
    app.access.authenticate(&session.token, client()).await.unwrap()
}

pub(crate) fn server_input(sim: &Sim) -> ServerInput {
    ServerInput {
        name: "Rack 1".into(),
        host: "127.0.0.1".into(),
        port: sim.address("pve1").port().into(),
        api_token: Some(TOKEN.to_owned().into()),
        tls: Tls::Pin { fingerprint: sim.fingerprint("pve1") },
        connect_timeout_seconds: 5,
        ..ServerInput::default()
    }
}
