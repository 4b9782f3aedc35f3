//! Two tenants that must never notice each other, with a PVE each and people of every kind.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use nexus::config::Settings;
use nexus::{Running, start};
use nexus_app::access::{Client, ManageServers, ManageSettings};
use nexus_app::accounts::ThrottleLimits;
use nexus_app::fleet::Intervals;
use nexus_app::password::Cost;
use nexus_app::servers::{ProvidedInput, ServerInput};
use nexus_app::webhooks::WebhookInput;
use nexus_app::{Clock, Tuning};
use nexus_model::{
    AlertId, AssignmentId, BulkId, ConfigSnapshotId, ConsoleId, DeliveryId, GroupId, GuestKey, GuestKind,
    GuestPermissions, GuestRight, GuestScope, InvitationId, NotificationId, PveCallId, ServerId, SystemRole, TaskId,
    TenantId, TenantRole, Tls, TokenId, UserId, ViewId, VmidRange, WebhookEvent, WebhookId,
};
use nexus_store::testing::{Engine, TestDb};
use pve_sim::{GuestConfig, Kind, NodeConfig, Sim, SimConfig, Status, TokenConfig};
use tempfile::TempDir;
use uuid::Uuid;

use crate::Browser;

/// Every account's password.
pub const PASSWORD: &str = "correct-horse-17-staple";
/// The PVE token's secret in every simulated cluster.
pub const SECRET: &str = "4e0b6f8a-54fb-4a7c-9d3c-0f2a6b1c7d8e";

/// One tenant with its PVE.
pub struct Place {
    /// The tenant.
    pub tenant: TenantId,
    /// Its server.
    pub server: ServerId,
    /// The simulated cluster behind the server.
    pub sim: Sim,
    /// `admin@`, `manager@`, `viewer-…@` this.
    pub domain: &'static str,
    /// Who has no assignment, but is in the group.
    pub member: UserId,
    /// A group without rights.
    pub group: GroupId,
    /// A waiting invitation of `invited@` the domain.
    pub invitation: InvitationId,
    /// The rights of `viewer-view` on guest 102.
    pub assignment: AssignmentId,
    /// A task of the admin that ended long ago.
    pub task: TaskId,
    /// An action of the admin on many guests that ended long ago.
    pub bulk: BulkId,
    /// A view that the admin keeps.
    pub view: ViewId,
    /// A console session of the admin that ended long ago.
    pub console: ConsoleId,
    /// An alert of the server that nobody took.
    pub alert: AlertId,
    /// A webhook that is switched off.
    pub webhook: WebhookId,
    /// A message to it that failed.
    pub delivery: DeliveryId,
    /// What the admin was told and has not read.
    pub notification: NotificationId,
    /// A token of the admin's that has no secret that anybody knows.
    pub token: TokenId,
    /// What the server once answered.
    pub config_snapshot: ConfigSnapshotId,
    /// A call of PVE that the admin keeps.
    pub pve_favourite: PveCallId,
}

impl Place {
    /// Guest `vmid` of the tenant's server: 100 and 101 run, 102 is stopped, 200 is a stopped container.
    #[must_use]
    pub fn guest(&self, vmid: u32) -> GuestKey {
        let kind = if vmid >= 200 { GuestKind::Lxc } else { GuestKind::Qemu };
        GuestKey { server: self.server, kind, vmid }
    }

    /// The guest's path in the API.
    #[must_use]
    pub fn guest_path(&self, vmid: u32) -> String {
        let guest = self.guest(vmid);
        format!("/api/v1/tenants/{}/guests/{}/{}/{vmid}", self.tenant, guest.server, guest.kind)
    }

    /// A path below the tenant's in the API.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/tenants/{}{rest}", self.tenant)
    }
}

/// A running Nexus with two tenants.
pub struct World {
    /// Nexus.
    pub nexus: Running,
    /// The settings that it runs by.
    pub settings: Settings,
    /// The tenant that a test looks at.
    pub ours: Place,
    /// The other one.
    pub theirs: Place,
    /// A closed tenant without servers: `admin@`, `manager@` and `viewer@closed.example` belong to it.
    pub closed: TenantId,
    db: TestDb,
    folder: TempDir,
}

/// Runs a test on SQLite, then on PostgreSQL where there is one.
pub async fn on_both<F, Fut>(test: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = World>,
{
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if let Some(world) = World::start(engine).await {
            test(world).await.stop().await;
        }
    }
}

/// The same with [`World::start_quiet`].
pub async fn on_both_quiet<F, Fut>(test: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = World>,
{
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if let Some(world) = World::start_quiet(engine).await {
            test(world).await.stop().await;
        }
    }
}

/// The rights that the viewers have on guest 102, by the name before the `@`.
pub const VIEWERS: [(&str, Option<GuestRight>); 6] = [
    ("viewer-none", None),
    ("viewer-view", Some(GuestRight::View)),
    ("viewer-watch", Some(GuestRight::Watch)),
    ("viewer-console", Some(GuestRight::Console)),
    ("viewer-power", Some(GuestRight::Power)),
    ("viewer-snapshot", Some(GuestRight::Snapshot)),
];

impl World {
    /// Starts everything; `None` where there is no PostgreSQL to test on.
    ///
    /// # Panics
    /// When something does not start.
    pub async fn start(engine: Engine) -> Option<Self> {
        Self::start_with(engine, tuning(), |_| {}).await
    }

    /// Starts everything, and lets Nexus ask PVE once and then only when somebody makes it: whatever else the simulators
    /// hear comes from what a test does.
    ///
    /// # Panics
    /// When something does not start.
    pub async fn start_quiet(engine: Engine) -> Option<Self> {
        let usual = tuning();
        let hour = Duration::from_secs(3600);
        let intervals = Intervals { watched: hour, again: hour, paused: hour, alerts: hour, ..usual.intervals };
        let hourly = |settings: &mut Settings| settings.health_interval_seconds = 3600;
        let world = Self::start_with(engine, Tuning { intervals, ..usual }, hourly).await?;
        world.asked(2).await;
        Some(world)
    }

    /// Waits until this many servers were asked once.
    async fn asked(&self, servers: usize) {
        let turns = || {
            let status = self.nexus.app.background();
            status.iter().filter(|task| task.name.starts_with("inventory of") && task.last_done.is_some()).count()
        };
        let first = async {
            while turns() < servers {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), first).await.expect("every server is asked once");
    }

    /// Gives both tenants a server that is limited to guests 100 to 102 of their own cluster; ours first. Once.
    ///
    /// # Panics
    /// When one is not taken.
    pub async fn provide(&self) -> (ServerId, ServerId) {
        let app = &self.nexus.app;
        let client = Client { address: self.nexus.address.ip(), user_agent: "test".into(), request_id: String::new() };
        let session = app.accounts.sign_in("root@nexus.example", PASSWORD.to_owned(), client).await.expect("root");
        let root = app.access.system_grant(&session.signed_in).expect("root administers the installation");
        let mut made = Vec::new();
        for place in [&self.ours, &self.theirs] {
            let scope = GuestScope { vmids: vec![VmidRange { from: 100, to: 102 }], ..GuestScope::default() };
            let server = ServerInput { name: "Provided".into(), ..server_input(&place.sim) };
            let input = ProvidedInput { tenant: place.tenant, scope, server };
            made.push(app.servers.create_provided(&root, input).await.expect("the server is new").server.id);
        }
        self.asked(4).await;
        (made[0], made[1])
    }

    /// Starts everything with other settings; `None` where there is no PostgreSQL to test on.
    ///
    /// # Panics
    /// When something does not start.
    pub async fn start_changed(engine: Engine, change: impl FnOnce(&mut Settings)) -> Option<Self> {
        Self::start_with(engine, tuning(), change).await
    }

    async fn start_with(engine: Engine, tuning: Tuning, change: impl FnOnce(&mut Settings)) -> Option<Self> {
        let db = TestDb::fresh(engine).await?;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (ours, theirs) = (sim("ours").await, sim("theirs").await);
        let mut settings = Settings {
            listen: "127.0.0.1:0".parse().expect("an address"),
            data: folder.path().to_owned(),
            database_url: Some(db.url.clone()),
            database_migrate_url: db.options.migrate_url.clone(),
            database_system_url: db.options.system_url.clone(),
            encryption_keys: vec![format!("test:{}", "5a".repeat(32))],
            pve_allow_loopback: true,
            pve_ports: vec![ours.address("pve1").port(), theirs.address("pve1").port()],
            health_interval_seconds: 60,
            ..Settings::default()
        };
        change(&mut settings);
        let nexus = start(&settings, Clock::system(), tuning).await.expect("Nexus starts");
        account(&nexus, "root@nexus.example", SystemRole::Admin).await;
        account(&nexus, "stranger@nexus.example", SystemRole::User).await;
        let ours = place(&nexus, &db, ours, "Ours", "ours.example").await;
        let theirs = place(&nexus, &db, theirs, "Theirs", "theirs.example").await;
        let closed = closed(&nexus).await;
        Some(Self { nexus, settings, ours, theirs, closed, db, folder })
    }

    /// Every row of every table as text, but for the tables and columns that are left out.
    pub async fn dump(&self, without: &[&str]) -> BTreeMap<String, Vec<String>> {
        self.db.dump(without).await
    }

    /// Every row of a table as text.
    pub async fn rows(&self, table: &str) -> Vec<String> {
        self.db.rows(table, &[]).await
    }

    /// Runs a text with every right on the database.
    pub async fn tamper(&self, text: &str) -> u64 {
        self.db.tamper(text).await
    }

    /// An id as the database's texts write it.
    #[must_use]
    pub fn id(&self, id: Uuid) -> String {
        literal(&self.db, id)
    }

    /// A browser that nobody has signed in with.
    #[must_use]
    pub fn nobody(&self) -> Browser {
        let mut browser = Browser::new(self.nexus.address);
        if let Some(origin) = self.settings.public_origin() {
            browser.origin = origin;
        }
        browser
    }

    /// A browser after `email`'s sign-in.
    pub async fn browser(&self, email: &str) -> Browser {
        self.nobody().signed_in(email, PASSWORD).await
    }

    /// A browser of `who` in the tenant that the test looks at, such as `admin` or `viewer-watch`.
    pub async fn ours(&self, who: &str) -> Browser {
        self.browser(&format!("{who}@{}", self.ours.domain)).await
    }

    /// The id of an account.
    ///
    /// # Panics
    /// When the account cannot sign in.
    pub async fn user(&self, email: &str) -> UserId {
        let me = self.browser(email).await.get("/api/v1/me").await.json();
        me["user"]["id"].as_str().expect("an id").parse().expect("an id")
    }

    /// Stops Nexus and starts it again on the same data.
    ///
    /// # Panics
    /// When it does not start again.
    pub async fn restarted(mut self) -> Self {
        self.nexus.stop().await;
        self.nexus = start(&self.settings, Clock::system(), tuning()).await.expect("Nexus starts again");
        self
    }

    /// Stops everything and removes the database.
    pub async fn stop(self) {
        let Self { nexus, ours, theirs, db, folder, .. } = self;
        nexus.stop().await;
        ours.sim.stop().await;
        theirs.sim.stop().await;
        db.store.close().await;
        db.remains().remove().await;
        drop(folder);
    }
}

/// Cheap passwords, mails at once, and room for every test's sign-ins; all else as people have it.
fn tuning() -> Tuning {
    let usual = Tuning::default();
    Tuning {
        password_cost: Cost { memory_kib: 64, passes: 1 },
        mail_every: Duration::from_millis(50),
        throttle: ThrottleLimits { account: 100_000, address: 100_000, ..usual.throttle },
        ..usual
    }
}

/// A cluster of one node with five guests: two that run, a stopped one, a template, a container.
async fn sim(name: &str) -> Sim {
    let guest = |vmid, name: &str, status| GuestConfig {
        vmid,
        node: "pve1".into(),
        name: name.into(),
        status,
        kind: if vmid >= 200 { Kind::Lxc } else { Kind::Qemu },
        template: vmid == 103,
        ..GuestConfig::default()
    };
    let guests = vec![
        guest(100, &format!("{name}-web"), Status::Running),
        guest(101, &format!("{name}-mail"), Status::Running),
        guest(102, &format!("{name}-db"), Status::Stopped),
        guest(103, &format!("{name}-template"), Status::Stopped),
        guest(200, &format!("{name}-proxy"), Status::Stopped),
    ];
    let privileges = [
        "VM.Audit",
        "VM.Console",
        "VM.PowerMgmt",
        "VM.Snapshot",
        "VM.Config.Options",
        "Sys.Audit",
        "Datastore.Audit",
        "Pool.Audit",
    ];
    let token = TokenConfig {
        id: "broker@pve!nexus".into(),
        secret: SECRET.into(),
        acl: vec![("/".into(), privileges.map(String::from).to_vec())],
    };
    let config = SimConfig {
        cluster: name.into(),
        nodes: vec![NodeConfig::new("pve1")],
        guests,
        tokens: vec![token],
        ..SimConfig::default()
    };
    Sim::start(config).await.expect("the simulator starts")
}

async fn account(nexus: &Running, email: &str, role: SystemRole) -> UserId {
    nexus.app.provision.user(email, "A Person", PASSWORD.to_owned(), role).await.expect("the account is new")
}

async fn place(nexus: &Running, db: &TestDb, sim: Sim, name: &str, domain: &'static str) -> Place {
    let provision = &nexus.app.provision;
    let tenant = provision.tenant(name, &name.to_lowercase()).await.expect("the tenant is new");
    let admin = member(nexus, tenant, &format!("admin@{domain}"), TenantRole::Admin).await;
    member(nexus, tenant, &format!("manager@{domain}"), TenantRole::Manager).await;
    let server = add_server(nexus, tenant, &sim, &format!("admin@{domain}")).await;
    let (mut without, mut assignment) = (None, None);
    for (who, right) in VIEWERS {
        let user = member(nexus, tenant, &format!("{who}@{domain}"), TenantRole::Viewer).await;
        let Some(right) = right else {
            without = Some(user);
            continue;
        };
        let guest = GuestKey { server, kind: GuestKind::Qemu, vmid: 102 };
        let rights = GuestPermissions::NONE.with(right);
        let id = provision.assign(tenant, user, guest, rights).await.expect("an assignment");
        assignment = assignment.or(Some(id));
    }
    let unverified = member(nexus, tenant, &format!("unverified@{domain}"), TenantRole::Viewer).await;
    let never = format!("UPDATE user_account SET verified_at = NULL WHERE id = {}", literal(db, unverified.uuid()));
    db.tamper(&never).await;
    let rows = Rows { tenant, admin, member: without.expect("a viewer without rights"), server, domain };
    let (group, invitation, task, console) = rows.insert(db).await;
    let (bulk, view) = rows.insert_of_guests(db).await;
    let alert = rows.insert_alert(db).await;
    let webhook = add_webhook(nexus, tenant, domain).await;
    let (delivery, notification) = rows.insert_told(db, webhook).await;
    let (token, config_snapshot, pve_favourite) = rows.insert_of_programs(db).await;
    let (member, assignment) = (rows.member, assignment.expect("a viewer with rights"));
    Place {
        tenant,
        server,
        sim,
        domain,
        member,
        group,
        invitation,
        assignment,
        task,
        bulk,
        view,
        console,
        alert,
        webhook,
        delivery,
        notification,
        token,
        config_snapshot,
        pve_favourite,
    }
}

async fn member(nexus: &Running, tenant: TenantId, email: &str, role: TenantRole) -> UserId {
    let user = account(nexus, email, SystemRole::User).await;
    nexus.app.provision.member(tenant, user, role).await.expect("a member");
    user
}

async fn closed(nexus: &Running) -> TenantId {
    let tenant = nexus.app.provision.tenant("Closed", "closed").await.expect("the tenant is new");
    for role in [TenantRole::Admin, TenantRole::Manager, TenantRole::Viewer] {
        member(nexus, tenant, &format!("{role}@closed.example"), role).await;
    }
    nexus.app.provision.set_tenant_active(tenant, false).await.expect("the tenant is there");
    tenant
}

/// An id as the engine's texts write it.
fn literal(db: &TestDb, id: Uuid) -> String {
    match db.engine {
        Engine::Sqlite => format!("x'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    }
}

/// Rows that say what happened long ago, and what waits: a test needs them to be there, not how they came.
struct Rows {
    tenant: TenantId,
    admin: UserId,
    member: UserId,
    server: ServerId,
    domain: &'static str,
}

impl Rows {
    async fn insert(&self, db: &TestDb) -> (GroupId, InvitationId, TaskId, ConsoleId) {
        let id = |id: Uuid| literal(db, id);
        let (tenant, admin, member) = (id(self.tenant.uuid()), id(self.admin.uuid()), id(self.member.uuid()));
        let (server, domain) = (id(self.server.uuid()), self.domain);
        let new = [(); 4].map(|()| Uuid::now_v7());
        let [group, invitation, task, console] = new.map(id);
        let hash = self.hash(db);
        db.tamper(&format!(
            "INSERT INTO user_group (id, tenant_id, name, created_at) VALUES ({group}, {tenant}, 'Class', 1);
             INSERT INTO group_member (tenant_id, group_id, user_id) VALUES ({tenant}, {group}, {member});
             INSERT INTO invitation (id, tenant_id, email, role, secret_hash, invited_by, created_at, expires_at)
                  VALUES ({invitation}, {tenant}, 'invited@{domain}', 'viewer', {hash}, {admin}, 1, 9000000000000000);
             INSERT INTO task (id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node,
                               state, created_at, ended_at)
                  VALUES ({task}, {tenant}, {admin}, 'A Person', {server}, 'qemu', 102, 'db', 'stop', 'pve1', 'ok', 1, 2);
             INSERT INTO console_session (id, tenant_id, user_id, session_id, server_id, kind, vmid, guest_name,
                                          view_only, state, address, user_agent, created_at, expires_at, ended_at)
                  VALUES ({console}, {tenant}, {admin}, {console}, {server}, 'qemu', 102, 'db', TRUE, 'ended', '', '',
                          1, 2, 3)"
        ))
        .await;
        let [group, invitation, task, console] = new;
        (group.into(), invitation.into(), task.into(), console.into())
    }

    /// Of no secret.
    fn hash(&self, db: &TestDb) -> String {
        let hash = "5a".repeat(28) + &hex_of(self.tenant.uuid())[24..32];
        match db.engine {
            Engine::Sqlite => format!("x'{hash}'"),
            Engine::Postgres => format!("'\\x{hash}'"),
        }
    }

    async fn insert_of_programs(&self, db: &TestDb) -> (TokenId, ConfigSnapshotId, PveCallId) {
        let new = [(); 3].map(|()| Uuid::now_v7());
        let [token, snapshot, favourite] = new.map(|id| literal(db, id));
        let [tenant, admin, server] =
            [self.tenant.uuid(), self.admin.uuid(), self.server.uuid()].map(|id| literal(db, id));
        let hash = self.hash(db);
        db.tamper(&format!(
            "INSERT INTO api_token (id, user_id, name, secret_hash, scopes, created_at, expires_at)
                  VALUES ({token}, {admin}, 'Laptop', {hash}, 'read', 1, 9000000000000000);
             INSERT INTO config_snapshot (id, tenant_id, server_id, taken_by_name, paths, failed, size_bytes, digest,
                                          content, created_at)
                  VALUES ({snapshot}, {tenant}, {server}, 'A Person', 0, 0, 2, 'x', '[]', 1);
             INSERT INTO pve_favourite (id, tenant_id, user_id, method, path, created_at)
                  VALUES ({favourite}, {tenant}, {admin}, 'GET', '/version', 1)"
        ))
        .await;
        let [token, snapshot, favourite] = new;
        (token.into(), snapshot.into(), favourite.into())
    }

    async fn insert_of_guests(&self, db: &TestDb) -> (BulkId, ViewId) {
        let new = [(); 2].map(|()| Uuid::now_v7());
        let [bulk, view] = new.map(|id| literal(db, id));
        let [tenant, admin, server] =
            [self.tenant.uuid(), self.admin.uuid(), self.server.uuid()].map(|id| literal(db, id));
        db.tamper(&format!(
            "INSERT INTO bulk_action (id, tenant_id, user_id, user_name, process_id, action, per_server, state,
                                      created_at, ended_at)
                  VALUES ({bulk}, {tenant}, {admin}, 'A Person', {bulk}, 'stop', 4, 'done', 1, 9000000000000000);
             INSERT INTO bulk_guest (tenant_id, bulk_id, position, server_id, kind, vmid, guest_name, state, ended_at)
                  VALUES ({tenant}, {bulk}, 0, {server}, 'qemu', 102, 'db', 'ok', 2);
             INSERT INTO saved_view (id, tenant_id, user_id, name, filter, sort, layout, columns, created_at)
                  VALUES ({view}, {tenant}, {admin}, 'Mine', '', '', 'table', '[]', 1)"
        ))
        .await;
        let [bulk, view] = new;
        (bulk.into(), view.into())
    }

    async fn insert_alert(&self, db: &TestDb) -> AlertId {
        let (id, tenant, server) = (Uuid::now_v7(), self.tenant.uuid(), self.server.uuid());
        let [alert, tenant, server] = [id, tenant, server].map(|id| literal(db, id));
        db.tamper(&format!(
            "INSERT INTO alert (id, tenant_id, server_id, server_name, rule, state, value, threshold, detail, opened_at)
                  VALUES ({alert}, {tenant}, {server}, 'pve', 'latency', 'open', 700, 500, NULL, 1)"
        ))
        .await;
        id.into()
    }
}

impl Rows {
    /// What a webhook and a person were told. As of later: nothing of it is too old.
    async fn insert_told(&self, db: &TestDb, webhook: WebhookId) -> (DeliveryId, NotificationId) {
        let (delivery, notification) = (Uuid::now_v7(), Uuid::now_v7());
        let ids = [delivery, notification, self.tenant.uuid(), webhook.uuid(), self.admin.uuid()];
        let [message, notice, tenant, webhook, admin] = ids.map(|id| literal(db, id));
        db.tamper(&format!(
            "INSERT INTO webhook_delivery (id, tenant_id, webhook_id, event, body, state, attempts, created_at)
                  VALUES ({message}, {tenant}, {webhook}, 'test', '{{}}', 'failed', 1, 9000000000000000);
             INSERT INTO notification (id, tenant_id, user_id, kind, category, facts, at)
                  VALUES ({notice}, {tenant}, {admin}, 'member_added', 'members', '{{}}', 9000000000000000)"
        ))
        .await;
        (delivery.into(), notification.into())
    }
}

async fn add_webhook(nexus: &Running, tenant: TenantId, domain: &str) -> WebhookId {
    let client = Client { address: nexus.address.ip(), user_agent: "test".into(), request_id: String::new() };
    let (app, admin) = (&nexus.app, format!("admin@{domain}"));
    let session = app.accounts.sign_in(&admin, PASSWORD.to_owned(), client).await.expect("the admin signs in");
    let grant = app.access.grant::<ManageSettings>(&session.signed_in, tenant).await.expect("an admin's right");
    let input = WebhookInput {
        name: "Hook".into(),
        url: format!("https://hooks.{domain}/"),
        events: vec![WebhookEvent::AlertOpened],
        is_active: false,
    };
    app.webhooks.create(&grant, input).await.expect("the webhook is new").view.webhook.id
}

fn hex_of(id: Uuid) -> String {
    id.simple().to_string()
}

async fn add_server(nexus: &Running, tenant: TenantId, sim: &Sim, admin: &str) -> ServerId {
    let client = Client { address: nexus.address.ip(), user_agent: "test".into(), request_id: String::new() };
    let session = nexus.app.accounts.sign_in(admin, PASSWORD.to_owned(), client).await.expect("the admin signs in");
    let grant = nexus.app.access.grant::<ManageServers>(&session.signed_in, tenant).await.expect("an admin's right");
    let input = server_input(sim);
    let server = nexus.app.servers.create(&grant, input).await.expect("the server is new").id;
    let first = nexus.app.inventory.first_snapshot(server);
    tokio::time::timeout(Duration::from_secs(30), first).await.expect("the simulator answers");
    server
}

/// The way to a simulated cluster.
fn server_input(sim: &Sim) -> ServerInput {
    ServerInput {
        name: sim.name().to_owned(),
        host: "127.0.0.1".into(),
        port: sim.address("pve1").port().into(),
        api_token: Some(format!("broker@pve!nexus={SECRET}").into()),
        tls: Tls::Pin { fingerprint: sim.fingerprint("pve1") },
        ..ServerInput::default()
    }
}
