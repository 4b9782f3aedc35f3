//! Servers whose ways fail: other nodes that stand in, and servers that answer too seldom.

use std::net::{Ipv4Addr, SocketAddr};

use nexus_app::App;
use nexus_app::access::{Grant, ManageServers, SeeServers};
use nexus_app::fleet::Limits;
use nexus_app::guests::GuestPage;
use nexus_app::servers::{ServerInput, ServerView};
use nexus_model::{GuestPermissions, GuestRight, ServerId, ServerStatus, TenantRole};
use nexus_store::testing::{Engine, TestDb};
use pve_sim::{Fault, FaultKind, NodeConfig, Sim, SimConfig, Status, TokenConfig};
use tokio::net::TcpListener;

use crate::world::{SECRET, World, guest_config, on_both, person, server_input, start_app, until};

/// A cluster of two nodes on two addresses of this machine and one port, as real nodes have it.
async fn cluster() -> Sim {
    for _ in 0..20 {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let node = |name: &str, last: u8| {
            let listen = SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), port));
            NodeConfig { listen, ..NodeConfig::new(name) }
        };
        let acl = vec![("/".to_owned(), ["VM.Audit", "Sys.Audit"].map(str::to_owned).to_vec())];
        let config = SimConfig {
            cluster: "lab".into(),
            nodes: vec![node("pve1", 1), node("pve2", 2)],
            guests: vec![guest_config(100, "pve1", Status::Running), guest_config(101, "pve2", Status::Running)],
            tokens: vec![TokenConfig { id: "nexus@pve!broker".into(), secret: SECRET.into(), acl }],
            ..SimConfig::default()
        };
        // The port may be taken on the other address, or by another process meanwhile.
        if let Ok(sim) = Sim::start(config).await {
            return sim;
        }
    }
    panic!("no port is free on both addresses");
}

struct Fallen {
    app: App,
    sim: Sim,
    see: Grant<SeeServers>,
    server: ServerId,
}

impl Fallen {
    async fn start(db: &TestDb, use_fallbacks: bool) -> Self {
        let sim = cluster().await;
        let app = start_app(db, &sim, Limits::default()).await;
        let tenant = app.provision.tenant("Ours", "ours").await.unwrap();
        let (_, admin) = person(&app, "admin", Some((tenant, TenantRole::Admin))).await;
        let manage = app.access.grant::<ManageServers>(&admin, tenant).await.unwrap();
        let input = ServerInput { use_fallbacks, ..server_input(&sim) };
        let server = app.servers.create(&manage, input).await.unwrap().id;
        let see = app.access.grant::<SeeServers>(&admin, tenant).await.unwrap();
        Self { app, sim, see, server }
    }

    async fn view(&self) -> ServerView {
        self.app.servers.get(&self.see, self.server).await.unwrap()
    }

    async fn until(&self, what: &str, is: impl Fn(&ServerView) -> bool) -> ServerView {
        until(what, || async { Some(self.view().await).filter(|view| is(view)) }).await
    }

    /// Waits for an answer that is newer than those there are.
    async fn until_answered(&self) {
        let before = self.view().await.data_at;
        self.until("an answer", |view| view.data_at > before).await;
    }
}

fn stand_in(view: &ServerView) -> Option<&str> {
    view.health.as_ref()?.fallback_in_use.as_deref()
}

fn remembered(view: &ServerView) -> Vec<&str> {
    let fallbacks = view.connection.iter().flat_map(|connection| &connection.fallbacks);
    fallbacks.map(|fallback| fallback.node.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_node_stands_in_where_that_is_allowed_and_only_there() {
    for (engine, use_fallbacks) in [(Engine::Sqlite, true), (Engine::Postgres, true), (Engine::Sqlite, false)] {
        let Some(db) = TestDb::fresh(engine).await else { continue };
        let remains = db.remains();
        let world = Fallen::start(&db, use_fallbacks).await;
        let view = world.until("the cluster's nodes", |view| !remembered(view).is_empty()).await;
        assert_eq!(remembered(&view), ["pve2"]);
        world.sim.fault(Fault::on("", FaultKind::Refuse).at("pve1"));
        if use_fallbacks {
            world.until("the other node", |view| stand_in(view) == Some("pve2")).await;
            world.until_answered().await;
            assert_ne!(world.view().await.status, ServerStatus::Offline);
            world.sim.clear_faults();
            world.until("the server itself", |view| stand_in(view).is_none()).await;
            assert_eq!(remembered(&world.view().await), ["pve2"], "the stand-in's own view of the cluster was stored");
        } else {
            world.until("offline", |view| view.status == ServerStatus::Offline).await;
            assert!(world.sim.requests().iter().all(|request| request.node == "pve1"));
        }
        world.app.stop().await;
        world.sim.stop().await;
        drop((world.see, db));
        remains.remove().await;
    }
}

async fn status(world: &World) -> ServerStatus {
    world.app.servers.get(&world.servers().await, world.server).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_too_seldom_is_degraded_and_recovers() {
    on_both(|world| async move {
        until("degraded", || async {
            // Never two in a row: it is not offline.
            world.sim.fault(Fault::on("/cluster/resources", FaultKind::Status(500, "got timeout".into())).times(1));
            world.app.inventory.refresh_soon(world.server);
            let before = world.app.inventory.snapshot(world.server).map(|snapshot| snapshot.data_at());
            until("the next answer", || async {
                let now = world.app.inventory.snapshot(world.server).map(|snapshot| snapshot.data_at());
                (now > before).then_some(())
            })
            .await;
            let status = status(&world).await;
            assert_ne!(status, ServerStatus::Offline);
            (status == ServerStatus::Degraded).then_some(())
        })
        .await;
        world.sim.clear_faults();
        until("online again", || async { (status(&world).await == ServerStatus::Online).then_some(()) }).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_reached_over_the_tailnet_is_marked_and_its_name_is_for_managers() {
    on_both(|world| async move {
        let mark = async |person| {
            let page = GuestPage { cursor: None, limit: 1 };
            let list = world.app.guests.list(&world.see(person).await, page).await.unwrap();
            list.servers.into_iter().next().map(|server| (server.tailscale, server.tailscale_host))
        };
        assert_eq!(mark(&world.manager).await, Some((false, None)));
        let moved = ServerInput {
            host: String::new(),
            use_tailscale: true,
            tailscale_host: Some("127.0.0.1".into()),
            tailscale_port: world.sim.address("pve1").port().into(),
            ..server_input(&world.sim)
        };
        world.app.servers.update(&world.manage().await, world.server, moved, 1).await.unwrap();
        let named = Some((true, Some("127.0.0.1".to_owned())));
        until("the mark", || async { (mark(&world.manager).await == named).then_some(()) }).await;
        // Rights sleep at another place until the guests are known again: this one is given anew.
        let view = GuestPermissions::NONE.with(GuestRight::View);
        world.app.provision.assign(world.tenant, world.viewer_id, world.guest(102), view).await.unwrap();
        until("the viewer's", || async { (mark(&world.viewer).await == Some((true, None))).then_some(()) }).await;
    })
    .await;
}
