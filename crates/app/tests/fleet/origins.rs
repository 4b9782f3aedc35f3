//! Servers that are not the tenant's own: the one of the environment, and those that system admins provide.

use std::time::Duration;

use nexus_app::access::{DeleteServers, Grant, ManageServers, SeeServers, SystemGrant};
use nexus_app::servers::{EnvironmentServer, ProvidedInput, ServerError, ServerInput, ServerView};
use nexus_app::{App, Clock, Config, Tuning};
use nexus_model::{GuestScope, ServerId, ServerOrigin, SystemRole, TenantId, VmidRange};
use nexus_net::dial::Dialer;
use nexus_net::guard::{Guard, GuardConfig};

use crate::world::{PASSWORD, PATIENCE, SECRET, TOKEN, World, client, keys, on_both, server_input, until};

/// Another start of Nexus with these variables.
async fn start(world: &World, environment: EnvironmentServer) -> App {
    let (store, mint) = world.db.second().await;
    let ports = ["pve1", "pve2"].map(|node| world.sim.address(node).port()).to_vec();
    let guard = Guard::pve(GuardConfig { ports, allow_loopback: true, ..GuardConfig::default() });
    let config = Config {
        store,
        mint,
        keys: keys(),
        clock: Clock::system(),
        dialer: Dialer::new(guard, None),
        roots: Vec::new(),
        health_interval: Duration::from_millis(500),
        origin: "http://127.0.0.1".into(),
        smtp: None,
        environment,
        operating: nexus_app::OperatingConfig::default(),
        webhooks: nexus_app::webhooks::WebhookConfig::default(),
        objects: nexus_app::objects::ObjectsConfig::Memory,
    };
    App::start_tuned(config, Tuning::default()).await.unwrap()
}

fn variables(world: &World, node: &str, tenant: Option<&str>) -> EnvironmentServer {
    EnvironmentServer {
        host: Some("127.0.0.1".into()),
        port: Some(world.sim.address(node).port().to_string()),
        api_token: Some(TOKEN.to_owned().into()),
        verify_ssl: Some("false".into()),
        tenant: tenant.map(str::to_owned),
    }
}

async fn of_environment(world: &World, app: &App, tenant: TenantId) -> Option<ServerView> {
    let person = if tenant == world.tenant { &world.admin } else { &world.stranger };
    let grant = app.access.grant::<SeeServers>(person, tenant).await.unwrap();
    let list = app.servers.list(&grant).await.unwrap().servers;
    list.into_iter().find(|server| server.origin == ServerOrigin::Environment)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environments_server_is_kept_in_step_and_read_only() {
    on_both(|world| async move {
        let app = start(&world, variables(&world, "pve2", None)).await;
        let first = of_environment(&world, &app, world.tenant).await.unwrap();
        assert!(first.is_active && !first.may.edit && !first.may.delete && first.may.test);
        assert!(first.notes.as_deref().unwrap().contains("PROXMOX_HOST"));
        tokio::time::timeout(PATIENCE, app.inventory.first_snapshot(first.id)).await.unwrap();
        let manage: Grant<ManageServers> = app.access.grant(&world.admin, world.tenant).await.unwrap();
        let delete: Grant<DeleteServers> = app.access.grant(&world.admin, world.tenant).await.unwrap();
        let edited = app.servers.update(&manage, first.id, server_input(&world.sim), first.version).await;
        assert!(matches!(edited, Err(ServerError::ReadOnly)), "{edited:?}");
        assert!(matches!(app.servers.delete(&delete, first.id).await, Err(ServerError::ReadOnly)));
        assert!(app.servers.test_stored(&manage, first.id).await.unwrap().reports.len() == 1);
        app.stop().await;

        // The same values change nothing; other ones do, in the same row.
        let app = start(&world, variables(&world, "pve2", Some("ours"))).await;
        assert_eq!(of_environment(&world, &app, world.tenant).await.unwrap().version, first.version);
        app.stop().await;
        let verified = EnvironmentServer { verify_ssl: None, ..variables(&world, "pve2", None) };
        let app = start(&world, verified).await;
        let second = of_environment(&world, &app, world.tenant).await.unwrap();
        assert_eq!((second.id, second.version), (first.id, first.version + 1));
        app.stop().await;

        // Another tenant gets a row of its own; the first one stays, asleep.
        let app = start(&world, variables(&world, "pve2", Some("theirs"))).await;
        let other = app.accounts.me(&world.stranger).await.unwrap().tenants[0].id;
        let moved = of_environment(&world, &app, other).await.unwrap();
        assert!(moved.is_active && moved.id != first.id);
        let left = of_environment(&world, &app, world.tenant).await.unwrap();
        assert!(!left.is_active && left.notes.as_deref().unwrap().contains("not set any more"));
        app.stop().await;
        let app = start(&world, EnvironmentServer::default()).await;
        assert!(!of_environment(&world, &app, other).await.unwrap().is_active, "removed variables delete nothing");
        let entries = app.audit.recent(Some(world.tenant), 200).await.unwrap();
        assert!(entries.iter().any(|entry| entry.actor_name == "environment" && entry.action == "server.create"));
        assert!(!format!("{entries:?}").contains(SECRET));
        app.stop().await;
        // What the tenant has already is not made twice, and Nexus starts all the same.
        let app = start(&world, variables(&world, "pve1", Some("ours"))).await;
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_tenant_gets_the_environments_server_at_set_up() {
    on_both(|world| async move {
        world.db.tamper("DELETE FROM tenant").await;
        let app = start(&world, variables(&world, "pve1", None)).await;
        let secret = app.accounts.make_setup_link().await.unwrap().unwrap();
        let typed = nexus_app::accounts::SetupIn {
            secret: secret.to_string(),
            full_name: "First".into(),
            email: "first@example.org".into(),
            password: "velvet-harbour-93".into(),
            tenant_name: "First".into(),
        };
        let new = app.set_up(typed, client()).await.unwrap();
        let tenant = app.accounts.me(&new.signed_in).await.unwrap().tenants[0].id;
        let grant = app.access.grant::<SeeServers>(&new.signed_in, tenant).await.unwrap();
        let servers = app.servers.list(&grant).await.unwrap().servers;
        assert_eq!((servers.len(), servers[0].origin), (1, ServerOrigin::Environment));
        app.stop().await;
    })
    .await;
}

async fn root(world: &World) -> SystemGrant {
    let provision = &world.app.provision;
    provision.user("root@example.org", "root", PASSWORD.to_owned(), SystemRole::Admin).await.unwrap();
    let session = world.app.accounts.sign_in("root@example.org", PASSWORD.to_owned(), client()).await.unwrap();
    world.app.access.system_grant(&session.signed_in).unwrap()
}

fn to_provide(world: &World, from: u32, to: u32) -> ProvidedInput {
    let scope = GuestScope { vmids: vec![VmidRange { from, to }], ..GuestScope::default() };
    ProvidedInput { tenant: world.tenant, scope, server: server_input(&world.sim) }
}

async fn seen(world: &World, id: ServerId) -> ServerView {
    world.app.servers.get(&world.servers().await, id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn system_admins_provide_and_tenants_see_name_and_state() {
    on_both(|world| async move {
        let (root, servers) = (root(&world).await, &world.app.servers);
        // The tenant has a server at the same place: what is provided does not count as a duplicate.
        let made = servers.create_provided(&root, to_provide(&world, 100, 100)).await.unwrap();
        let id = made.server.id;
        assert_eq!((made.server.origin, made.connection.token_id.as_str()), (ServerOrigin::Provided, "nexus@pve!broker"));
        tokio::time::timeout(PATIENCE, world.app.inventory.first_snapshot(id)).await.unwrap();
        let view = seen(&world, id).await;
        assert!(view.connection.is_none() && view.health.is_none() && view.pve_version.is_none() && view.notes.is_none());
        assert!(!view.may.edit && !view.may.delete && !view.may.test);
        assert_eq!(view.guests.running, 1, "one guest is in the limit");
        let (manage, delete) = (world.manage().await, world.delete().await);
        let edited = servers.update(&manage, id, server_input(&world.sim), view.version).await;
        assert!(matches!(edited, Err(ServerError::Provided)), "{edited:?}");
        assert!(matches!(servers.delete(&delete, id).await, Err(ServerError::Provided)));
        assert!(matches!(servers.test_stored(&manage, id).await, Err(ServerError::Provided)));
        assert!(servers.test_stored_provided(&root, id).await.unwrap().ok);
        assert!(servers.test_provided(&root, to_provide(&world, 100, 100)).await.unwrap().ok);

        // Changing it: the version counts, the tenant is fixed, a token goes only where it was meant to go.
        let kept = |input: ProvidedInput| ProvidedInput { server: ServerInput { api_token: None, ..input.server }, ..input };
        let old = servers.update_provided(&root, id, kept(to_provide(&world, 100, 102)), view.version + 7).await;
        assert!(matches!(old, Err(ServerError::ChangedMeanwhile)), "{old:?}");
        let mut elsewhere = kept(to_provide(&world, 100, 102));
        elsewhere.server.port = world.sim.address("pve2").port().into();
        let refused = servers.update_provided(&root, id, elsewhere, view.version).await;
        assert!(matches!(refused, Err(ServerError::Invalid(fields)) if fields[0].code == "token_required_again"));
        let foreign = ProvidedInput { tenant: uuid::Uuid::now_v7().into(), ..kept(to_provide(&world, 100, 102)) };
        let refused = servers.update_provided(&root, id, foreign, view.version).await;
        assert!(matches!(refused, Err(ServerError::Invalid(fields)) if fields[0].field == "tenant"));
        servers.update_provided(&root, id, kept(to_provide(&world, 100, 102)), view.version).await.unwrap();
        until("the wider limit", || async {
            let count = seen(&world, id).await.guests;
            (count.running + count.stopped == 3).then_some(())
        })
        .await;
        assert!(matches!(servers.get_provided(&root, world.server).await, Err(ServerError::NotFound)), "not provided");

        // The tenant's log says that there is such a server, and nothing of its inside.
        servers.delete_provided(&root, id).await.unwrap();
        let of = |entries: Vec<nexus_store::AuditEntry>| -> Vec<_> {
            entries.into_iter().filter(|entry| entry.target_id == id.to_string()).collect()
        };
        let (ours, all) = (of(world.audit().await), of(world.app.audit.recent(None, 200).await.unwrap()));
        let actions = |entries: &[nexus_store::AuditEntry]| entries.iter().map(|e| e.action.clone()).collect::<Vec<_>>();
        assert_eq!(actions(&ours), ["server.delete", "server.update", "server.create"]);
        assert_eq!(actions(&all), ["server.delete", "server.update", "server.test", "server.create"]);
        let text = format!("{ours:?}");
        assert!(!text.contains("127.0.0.1") && !text.contains("broker") && !text.contains("vmids"), "{text}");
        assert!(format!("{all:?}").contains("127.0.0.1") && !format!("{all:?}").contains(SECRET));
        let unknown = ProvidedInput { tenant: uuid::Uuid::now_v7().into(), ..to_provide(&world, 100, 100) };
        let refused = servers.create_provided(&root, unknown).await;
        assert!(matches!(refused, Err(ServerError::Invalid(fields)) if (fields[0].field, fields[0].code) == ("tenant", "unknown")));
    })
    .await;
}
