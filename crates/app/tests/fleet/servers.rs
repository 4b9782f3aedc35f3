//! Servers: what may be entered, when a token must be entered again, tests in plain words.

use nexus_app::access::{Grant, ManageServers, Refused};
use nexus_app::fleet::Limits;
use nexus_app::servers::{Feature, ServerError, ServerInput, ServerTest, TestReport, TestStage};
use nexus_model::{ServerStatus, Tls, Way};

use crate::world::{SECRET, World, on_both, on_both_with, server_input, until};

fn kept(world: &World) -> ServerInput {
    ServerInput { api_token: None, ..server_input(&world.sim) }
}

fn fields(error: ServerError) -> Vec<(&'static str, &'static str)> {
    match error {
        ServerError::Invalid(fields) => fields.into_iter().map(|field| (field.field, field.code)).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_shows_how_it_is_doing_and_never_its_secret() {
    on_both(|world| async move {
        let server = until("online with its version", || async {
            let server = world.app.servers.get(&world.servers().await, world.server).await.unwrap();
            (server.status == ServerStatus::Online && server.pve_version.is_some()).then_some(server)
        })
        .await;
        let connection = server.connection.as_ref().unwrap();
        assert_eq!((connection.host.as_deref(), connection.token_id.as_str()), (Some("127.0.0.1"), "nexus@pve!broker"));
        let health = server.health.as_ref().unwrap();
        assert!(health.checks > 0 && health.failed == 0 && health.average_ms.is_some(), "{health:?}");
        assert!(health.ways.len() == 1 && health.ways[0].way == Way::Direct && health.ways[0].last_used, "{health:?}");
        assert_eq!(server.pve_version.as_deref(), Some("9.2.11"));
        assert_eq!(server.guests.running + server.guests.stopped + server.guests.other, 5, "templates do not count");
        assert!(server.may.edit && server.may.delete);
        let list = world.app.servers.list(&world.servers().await).await.unwrap();
        assert_eq!((list.used, list.limit, list.servers.len()), (1, 50, 1));
        assert!(!format!("{list:?}").contains(SECRET));
        for entry in world.audit().await {
            assert!(!format!("{entry:?}").contains(SECRET));
        }
        let refused = world.app.access.grant::<ManageServers>(&world.viewer, world.tenant).await;
        assert!(matches!(refused.err(), Some(Refused::Forbidden)));
        let foreign: Grant<ManageServers> =
            world.app.access.grant(&world.stranger, other_tenant(&world).await).await.unwrap();
        let stolen = world.app.servers.update(&foreign, world.server, kept(&world), 1).await;
        assert!(matches!(stolen, Err(ServerError::NotFound)));
        let stolen = world.app.servers.test_stored(&foreign, world.server).await;
        assert!(matches!(stolen, Err(ServerError::NotFound)));
    })
    .await;
}

async fn other_tenant(world: &World) -> nexus_model::TenantId {
    let me = world.app.accounts.me(&world.stranger).await.unwrap();
    me.tenants[0].id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stored_token_goes_only_where_it_was_meant_to_go() {
    on_both(|world| async move {
        let servers = &world.app.servers;
        let renamed = ServerInput { name: "Rack 2".into(), notes: Some("left".into()), ..kept(&world) };
        let server = servers.update(&world.manage().await, world.server, renamed, 1).await.unwrap();
        assert_eq!((server.name.as_str(), server.version, server.notes.as_deref()), ("Rack 2", 2, Some("left")));
        let again = [
            ServerInput { host: "localhost".into(), ..kept(&world) },
            ServerInput { port: world.sim.address("pve2").port().into(), ..kept(&world) },
            ServerInput { tls: Tls::Insecure, ..kept(&world) },
            ServerInput { tls: Tls::Pin { fingerprint: world.sim.fingerprint("pve2") }, ..kept(&world) },
        ];
        for input in again {
            let refused = servers.update(&world.manage().await, world.server, input, 2).await.unwrap_err();
            assert_eq!(fields(refused), [("api_token", "token_required_again")]);
        }
        let moved = ServerInput {
            port: world.sim.address("pve2").port().into(),
            tls: Tls::Ca { ca_pem: world.sim.ca_pem() },
            ..server_input(&world.sim)
        };
        let server = servers.update(&world.manage().await, world.server, moved, 2).await.unwrap();
        assert_eq!(server.version, 3);
        // The new client is used: node pve2 is asked from now on.
        world.sim.clear_requests();
        until("a request at the new place", || async {
            world.sim.requests().iter().any(|request| request.node == "pve2" && request.status == 200).then_some(())
        })
        .await;
        let entry = world.entry("server.update", "ok").await;
        assert!(entry.before_state.is_some() && entry.after_state.is_some());
    })
    .await;
}

fn on_two_ways(world: &World) -> ServerInput {
    ServerInput { use_tailscale: true, tailscale_host: Some("localhost".into()), ..at_pve1(world) }
}

/// The usual server, with the port of the way that is not used.
fn at_pve1(world: &World) -> ServerInput {
    ServerInput { tailscale_port: world.sim.address("pve1").port().into(), ..server_input(&world.sim) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_way_is_tested_for_itself() {
    on_both(|world| async move {
        let servers = &world.app.servers;
        let both = servers.test(&world.manage().await, on_two_ways(&world)).await.unwrap();
        let ways: Vec<_> = both.reports.iter().map(|report| (report.way, report.ok)).collect();
        assert_eq!((ways, both.ok), (vec![(Way::Direct, true), (Way::Tailscale, true)], true));
        let dead = ServerInput { tailscale_host: Some("127.0.0.77".into()), ..on_two_ways(&world) };
        let one = servers.test(&world.manage().await, dead).await.unwrap();
        let ways: Vec<_> = one.reports.iter().map(|report| (report.way, report.ok)).collect();
        assert_eq!((ways, one.ok), (vec![(Way::Direct, true), (Way::Tailscale, false)], false));
        let failed = world.entry("server.test", "failed").await;
        assert!(failed.detail.is_some_and(|detail| detail.starts_with("tailscale: ")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_more_needs_the_token_again_and_a_way_less_does_not() {
    on_both(|world| async move {
        let servers = &world.app.servers;
        let kept = |input: ServerInput| ServerInput { api_token: None, ..input };
        let update = async |input, version| servers.update(&world.manage().await, world.server, input, version).await;
        let refused = update(kept(on_two_ways(&world)), 1).await.unwrap_err();
        assert_eq!(fields(refused), [("api_token", "token_required_again")]);
        let server = update(on_two_ways(&world), 1).await.unwrap();
        assert!(server.connection.is_some_and(|connection| connection.use_tailscale));
        let entry = world.entry("server.update", "ok").await;
        assert_eq!(entry.detail.as_deref(), Some("the API token was replaced"));
        until("both ways in its health", || async {
            let server = world.app.servers.get(&world.servers().await, world.server).await.unwrap();
            server.health.filter(|health| health.ways.len() == 2).map(drop)
        })
        .await;
        let only_tailnet = ServerInput { host: String::new(), ..kept(on_two_ways(&world)) };
        let server = update(only_tailnet, 2).await.unwrap();
        assert_eq!(server.connection.and_then(|connection| connection.host), None);
        until("online by the tailnet alone", || async {
            let server = world.app.servers.get(&world.servers().await, world.server).await.unwrap();
            (server.status == ServerStatus::Online).then_some(())
        })
        .await;
        let back = update(kept(on_two_ways(&world)), 3).await.unwrap_err();
        assert_eq!(fields(back), [("api_token", "token_required_again")]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_of_one_cluster_are_noticed() {
    on_both(|world| async move {
        let servers = &world.app.servers;
        let second = ServerInput {
            name: "A second".into(),
            port: world.sim.address("pve2").port().into(),
            tls: Tls::Pin { fingerprint: world.sim.fingerprint("pve2") },
            ..server_input(&world.sim)
        };
        let second = servers.create(&world.manage().await, second).await.unwrap().id;
        let first = until("the same cluster", || async {
            servers.get(&world.servers().await, second).await.unwrap().same_cluster_as
        })
        .await;
        assert_eq!(first, (world.server, "Rack 1".to_owned()), "the oldest is the first");
        assert_eq!(servers.get(&world.servers().await, world.server).await.unwrap().same_cluster_as, None);
        servers.delete(&world.delete().await, world.server).await.unwrap();
        assert_eq!(servers.get(&world.servers().await, second).await.unwrap().same_cluster_as, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_edits_an_old_version_is_told() {
    on_both(|world| async move {
        let servers = &world.app.servers;
        let edit = |name: &str| ServerInput { name: name.into(), ..kept(&world) };
        let (one, two) = (world.manage().await, world.manage().await);
        let (one, two) = tokio::join!(
            servers.update(&one, world.server, edit("One"), 1),
            servers.update(&two, world.server, edit("Two"), 1),
        );
        let results = [one, two];
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert!(results.iter().any(|result| matches!(result, Err(ServerError::ChangedMeanwhile))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_duplicates_and_deletion() {
    on_both_with(Limits { servers_per_tenant: 2, ..Limits::default() }, |world| async move {
        let servers = &world.app.servers;
        let duplicate = servers.create(&world.manage().await, server_input(&world.sim)).await;
        assert!(matches!(duplicate, Err(ServerError::Duplicate)), "{duplicate:?}");
        let port = world.sim.address("pve2").port();
        let tls = Tls::Pin { fingerprint: world.sim.fingerprint("pve2") };
        let second = || ServerInput { port: port.into(), tls: tls.clone(), ..server_input(&world.sim) };
        let by_name = || ServerInput { host: "localhost".into(), is_active: false, ..second() };
        // Two at once for the last slot: one gets it, on both engines.
        let (a, b) = (world.manage().await, world.manage().await);
        let (a, b) = tokio::join!(servers.create(&a, second()), servers.create(&b, by_name()));
        let full = [&a, &b].iter().filter(|result| matches!(result, Err(ServerError::SlotsFull { limit: 2 }))).count();
        assert_eq!((full, [&a, &b].iter().filter(|result| result.is_ok()).count()), (1, 1), "{a:?} {b:?}");
        servers.delete(&world.delete().await, world.server).await.unwrap();
        until("the end of its task", || async { world.app.inventory.snapshot(world.server).is_none().then_some(()) })
            .await;
        let gone = servers.get(&world.servers().await, world.server).await;
        assert!(matches!(gone, Err(ServerError::NotFound)));
        world.entry("server.delete", "ok").await;
        let again = servers.delete(&world.delete().await, world.server).await;
        assert!(matches!(again, Err(ServerError::NotFound)));
    })
    .await;
}

/// The report of a server with one way.
fn only(test: ServerTest) -> TestReport {
    let [report] = <[TestReport; 1]>::try_from(test.reports).unwrap();
    assert_eq!((report.way, report.ok), (Way::Direct, test.ok));
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tests_say_what_is_wrong_and_what_to_do() {
    on_both(|world| async move {
        let servers = &world.app.servers;
        let report = only(servers.test_stored(&world.manage().await, world.server).await.unwrap());
        let doctor = report.doctor.clone().unwrap();
        let lacks: Vec<_> = doctor.features.iter().filter(|f| !f.missing.is_empty()).map(|f| f.feature).collect();
        assert_eq!(lacks, [Feature::Snapshots, Feature::NodeNumbers], "{report:?}");
        assert!(!doctor.commands.is_empty(), "{doctor:?}");
        assert!(report.ok && report.certificate.as_ref().is_some_and(|certificate| certificate.trusted));
        assert_eq!((report.version.as_deref(), report.nodes), (Some("9.2.11"), Some(2)));
        assert!(report.stages.iter().all(|stage| stage.ok && stage.milliseconds.is_some()));

        let fails = async |input: ServerInput| {
            let report = only(servers.test(&world.manage().await, input).await.unwrap());
            assert!(!report.ok && !format!("{report:?}").contains(SECRET));
            let stage = report.stages.iter().find(|stage| !stage.ok).unwrap().clone();
            (stage.stage, stage.detail, stage.remedy.unwrap_or_default(), report)
        };
        let verify = ServerInput { tls: Tls::Verify, ..server_input(&world.sim) };
        let (stage, _, remedy, report) = fails(verify).await;
        assert!(stage == TestStage::Tls && remedy.contains("pve-root-ca.pem"), "{remedy}");
        let certificate = report.certificate.unwrap();
        assert!(!certificate.trusted && certificate.fingerprint == world.sim.fingerprint("pve1"));
        let other_pin =
            ServerInput { tls: Tls::Pin { fingerprint: world.sim.fingerprint("pve2") }, ..server_input(&world.sim) };
        let (stage, _, remedy, report) = fails(other_pin).await;
        let certificate = report.certificate.unwrap();
        assert!(certificate.changed && certificate.fingerprint == world.sim.fingerprint("pve1"));
        assert_eq!(certificate.expected_fingerprint, Some(world.sim.fingerprint("pve2")));
        assert!(stage == TestStage::Tls && remedy.contains(&world.sim.fingerprint("pve1")), "{remedy}");
        let wrong = String::from("nexus@pve!broker=00000000-0000-4000-8000-000000000000");
        let (stage, detail, remedy, report) =
            fails(ServerInput { api_token: Some(wrong.into()), ..server_input(&world.sim) }).await;
        assert!(stage == TestStage::Api && detail.contains("Authentication failed"), "{detail}");
        assert!(remedy.contains("pveum user token add 'nexus@pve' broker --privsep 1"), "{remedy}");
        let doctor = report.doctor.unwrap();
        assert!(doctor.features.is_empty() && doctor.commands.len() == 5, "{doctor:?}");

        let missing = servers.test(&world.manage().await, kept(&world)).await.unwrap_err();
        assert_eq!(fields(missing), [("api_token", "required")], "never with the stored token");
        world.entry("server.test", "failed").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_cannot_scan_the_network() {
    // One of them is the server that the world begins with.
    on_both_with(Limits { tests_per_minute: 3, ..Limits::default() }, |world| async move {
        let servers = &world.app.servers;
        for _ in 0..2 {
            servers.test_stored(&world.manage().await, world.server).await.unwrap();
        }
        let third = servers.test_stored(&world.manage().await, world.server).await;
        assert!(matches!(third, Err(ServerError::TooManyTests { retry_after }) if retry_after.as_secs() <= 60));
        let other = || ServerInput { port: world.sim.address("pve2").port().into(), ..server_input(&world.sim) };
        let saved = servers.create(&world.manage().await, other()).await;
        assert!(matches!(saved, Err(ServerError::TooManyTests { .. })), "{saved:?}");
        let off = ServerInput { is_active: false, ..kept(&world) };
        for input in [other(), off] {
            let saved = servers.update(&world.manage().await, world.server, input, 1).await;
            assert!(matches!(saved, Err(ServerError::TooManyTests { .. })), "{saved:?}");
        }
        let renamed = ServerInput { name: "Rack 2".into(), ..kept(&world) };
        servers.update(&world.manage().await, world.server, renamed, 1).await.unwrap();
        let metadata = ServerInput { host: "169.254.169.254".into(), ..server_input(&world.sim) };
        let refused = servers.create(&world.manage().await, metadata).await.unwrap_err();
        assert_eq!(fields(refused), [("host", "address_refused")]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_certificate_closes_the_way() {
    on_both(|world| async move {
        world.sim.change_certificate("pve1", true).unwrap();
        world.app.inventory.refresh_soon(world.server);
        let server = until("offline", || async {
            let server = world.app.servers.get(&world.servers().await, world.server).await.unwrap();
            (server.status == ServerStatus::Offline).then_some(server)
        })
        .await;
        let detail = server.status_detail.unwrap();
        assert!(detail.contains(&world.sim.fingerprint("pve1")), "{detail}");
        let trusting = server_input(&world.sim);
        world.app.servers.update(&world.manage().await, world.server, trusting, 1).await.unwrap();
        until("online", || async {
            let server = world.app.servers.get(&world.servers().await, world.server).await.unwrap();
            (server.status == ServerStatus::Online).then_some(())
        })
        .await;
    })
    .await;
}
