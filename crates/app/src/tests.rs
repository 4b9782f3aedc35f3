//! What the tests of this crate stand on: the operations that need no PVE, on a fresh database, with a clock that stands
//! still until it is moved.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use nexus_model::{
    AssignmentId, GuestKey, GuestKind, GuestPermissions, GuestRight, Micros, ServerId, ServerOrigin, SystemRole,
    TenantId, TenantRole, Tls, UserId,
};
use nexus_store::keys::KeyRing;
use nexus_store::testing::{TestDb, on_both};
use nexus_store::{Server, Store, SystemScope};

use crate::access::{Access, Client, SessionTimes, SignedIn};
use crate::accounts::{self, Accounts, NewSession, ThrottleLimits};
use crate::audit::Audit;
use crate::clock::Clock;
use crate::events::Events;
use crate::groups::Groups;
use crate::links::Links;
use crate::mail::Mailer;
use crate::members::Members;
use crate::notifications::Notifications;
use crate::password::{Cost, Passwords};
use crate::provision::Provision;
use crate::settings::TenantSettings;
use crate::webhooks::{WebhookConfig, Webhooks};

/// When the tests' clocks start.
pub(crate) const START: Micros = Micros(1_800_000_000_000_000);
pub(crate) const PASSWORD: &str = "violet-anchor-pancake";
/// Nothing in a test takes this long unless it never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// One process of Nexus without PVE.
pub(crate) struct World {
    pub(crate) access: Access,
    pub(crate) accounts: Accounts,
    pub(crate) members: Members,
    pub(crate) groups: Groups,
    pub(crate) settings: TenantSettings,
    pub(crate) events: Events,
    pub(crate) notices: Notifications,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) audit: Audit,
    pub(crate) provision: Provision,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
}

pub(crate) fn ring(text: &str) -> Arc<KeyRing> {
    Arc::new(KeyRing::parse(text).unwrap())
}

pub(crate) fn first_ring() -> Arc<KeyRing> {
    ring(&format!("one:{}", "11".repeat(32)))
}

pub(crate) fn client() -> Client {
    Client { address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), user_agent: "test".into(), request_id: "r1".into() }
}

fn groups(store: &Store, clock: &Clock, audit: &Audit) -> Groups {
    Groups::new(crate::groups::Parts { store: store.clone(), clock: clock.clone(), audit: audit.clone() })
}

fn throttle() -> ThrottleLimits {
    ThrottleLimits { account: 3, address: 10, ..ThrottleLimits::default() }
}

fn settings(store: &Store, system: &SystemScope, audit: &Audit) -> TenantSettings {
    let (store, system, audit) = (store.clone(), system.clone(), audit.clone());
    let defaults = crate::settings::Defaults { health_interval_seconds: 60, console_per_user: 8 };
    TenantSettings::new(crate::settings::Parts { store, system, audit, changed: Arc::new(|_| {}), defaults })
}

impl World {
    /// A process on the database; a second one sees what the first did.
    pub(crate) async fn new(db: &TestDb) -> Self {
        Self::with(db, first_ring(), Clock::manual(START)).await
    }

    pub(crate) async fn with(db: &TestDb, keys: Arc<KeyRing>, clock: Clock) -> Self {
        let (store, mint) = db.second().await;
        let system = mint.system();
        let mailer = Mailer::new(None, Arc::clone(&keys), clock.clone()).unwrap();
        let links = Links::new("https://nexus.example.org", clock.clone(), mailer.clone());
        let audit = Audit::new(store.clone(), system.clone(), Arc::clone(&keys), clock.clone());
        let events = Events::new("p".into(), crate::telemetry::Telemetry::new());
        let notices = Notifications::new(crate::notifications::Parts {
            store: store.clone(),
            system: system.clone(),
            clock: clock.clone(),
            audit: audit.clone(),
            links: links.clone(),
            mailer: mailer.clone(),
            events: events.clone(),
        });
        let passwords = Passwords::new(Cost::least(), 4).unwrap();
        let times = SessionTimes::default();
        let accounts = Accounts::new(accounts::Inner {
            store: store.clone(),
            system: system.clone(),
            audit: audit.clone(),
            clock: clock.clone(),
            passwords: passwords.clone(),
            times,
            links: links.clone(),
            mailer: mailer.clone(),
            notices: notices.clone(),
            throttle: throttle(),
        });
        let provision = Provision::new(store.clone(), system.clone(), audit.clone(), clock.clone(), passwords);
        let limits = (times, throttle());
        let access = Access::new(store.clone(), mint, clock.clone(), limits, crate::placement::Placements::new());
        let members = Members::new(crate::members::Parts {
            store: store.clone(),
            system: system.clone(),
            clock: clock.clone(),
            audit: audit.clone(),
            access: access.clone(),
            links,
            mailer,
            notices: notices.clone(),
        });
        Self {
            access,
            accounts,
            members,
            groups: groups(&store, &clock, &audit),
            settings: settings(&store, &system, &audit),
            events,
            notices,
            keys,
            audit,
            provision,
            clock,
            store,
            system,
        }
    }

    /// Webhooks of this process.
    pub(crate) fn webhooks_with(&self, config: WebhookConfig) -> Webhooks {
        Webhooks::new(crate::webhooks::Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            keys: Arc::clone(&self.keys),
            config,
        })
    }

    pub(crate) async fn sign_in(&self, email: &str) -> SignedIn {
        self.new_session(email).await.signed_in
    }

    pub(crate) async fn new_session(&self, email: &str) -> NewSession {
        self.accounts.sign_in(email, PASSWORD.to_owned(), client()).await.unwrap()
    }
}

/// A tenant with one person of each role, a system admin, a stranger and a server; the viewer may work guest 100's console.
pub(crate) struct Cast {
    pub(crate) tenant: TenantId,
    pub(crate) admin: UserId,
    pub(crate) manager: UserId,
    pub(crate) viewer: UserId,
    pub(crate) stranger: UserId,
    pub(crate) root: UserId,
    pub(crate) server: ServerId,
    pub(crate) guest: GuestKey,
    pub(crate) assignment: AssignmentId,
}

impl Cast {
    pub(crate) async fn new(world: &World) -> Self {
        let provision = &world.provision;
        let tenant = provision.tenant("Example", "example").await.unwrap();
        let person = async |name: &str, role| {
            provision.user(&format!("{name}@example.org"), name, PASSWORD.to_owned(), role).await.unwrap()
        };
        let (admin, manager) = (person("admin", SystemRole::User).await, person("manager", SystemRole::User).await);
        let (viewer, stranger) = (person("viewer", SystemRole::User).await, person("stranger", SystemRole::User).await);
        let root = person("root", SystemRole::Admin).await;
        for (user, role) in [(admin, TenantRole::Admin), (manager, TenantRole::Manager), (viewer, TenantRole::Viewer)] {
            provision.member(tenant, user, role).await.unwrap();
        }
        let server = crate::secret::id();
        insert_server(world, tenant, admin, server, "pve.example.org").await;
        let guest = GuestKey { server, kind: GuestKind::Qemu, vmid: 100 };
        let rights = GuestPermissions::NONE.with(GuestRight::Console);
        let assignment = provision.assign(tenant, viewer, guest, rights).await.unwrap();
        Self { tenant, admin, manager, viewer, stranger, root, server, guest, assignment }
    }
}

/// A server of the tenant that is stored and never asked.
pub(crate) async fn insert_server(world: &World, tenant: TenantId, admin: UserId, id: ServerId, host: &str) {
    let person = world.sign_in("admin@example.org").await;
    assert_eq!(person.user(), admin);
    let grant = world.access.grant::<crate::access::ManageServers>(&person, tenant).await.unwrap();
    let mut tx = world.store.tenant_write(grant.scope()).await.unwrap();
    tx.insert_server(&Server {
        id,
        tenant_id: tenant,
        name: "pve".into(),
        host: host.into(),
        port: 8006,
        token_id: "nexus@pve!t".into(),
        token_secret: vec![1],
        tls: Tls::Verify,
        connect_timeout_ms: 10_000,
        notes: String::new(),
        is_active: true,
        use_tailscale: false,
        tailscale_host: String::new(),
        tailscale_port: 8006,
        token_expires_at: None,
        node_shell: false,
        use_fallbacks: false,
        fallbacks: Vec::new(),
        origin: ServerOrigin::Own,
        scope: None,
        version: 1,
        cluster_name: None,
        cluster_mark: None,
        created_at: START,
        updated_at: START,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// Runs a test on both engines, in a fresh world.
pub(crate) async fn in_worlds<F, Fut>(test: F)
where
    F: Fn(TestDb, World) -> Fut,
    Fut: Future<Output = ()>,
{
    on_both(async |db| {
        let world = World::new(&db).await;
        test(db, world).await;
    })
    .await;
}
