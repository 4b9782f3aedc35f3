//! A console from the browser's side: over HTTP, through Nexus, to the simulated PVE. What is refused, what is
//! filtered, how it ends.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::world::SECRET;
use testkit::{Browser, World, on_both};

async fn ask(browser: &Browser, world: &World, vmid: u32, view_only: bool) -> testkit::Answer {
    let path = format!("{}/console", world.ours.guest_path(vmid));
    browser.post(&path, &json!({ "view_only": view_only })).await
}

async fn path_of_console(browser: &Browser, world: &World, vmid: u32, view_only: bool) -> String {
    let answer = ask(browser, world, vmid, view_only).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["path"].as_str().expect("a path").to_owned()
}

/// How many refused consoles a chain of the audit log has: a tenant's, or the system's.
async fn refusals(world: &World, tenant: Option<nexus_model::TenantId>) -> usize {
    let entries = world.nexus.app.audit.recent(tenant, 100).await.expect("entries");
    entries.iter().filter(|entry| entry.action == "console.open" && entry.outcome == "refused").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_look_at_the_guest_is_refused_and_recorded() {
    on_both(async |world| {
        let viewer = world.ours("viewer-view").await;
        let refused = ask(&viewer, &world, 102, false).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "forbidden"));
        assert_eq!(refusals(&world, Some(world.ours.tenant)).await, 1);
        world
    })
    .await;
}

const KEY_A: [u8; 8] = [4, 1, 0, 0, 0, 0, 0, 0x61];

#[tokio::test(flavor = "multi_thread")]
async fn a_person_works_in_a_console() {
    on_both(async |world| {
        let admin = world.ours("admin").await;
        let path = path_of_console(&admin, &world, 100, false).await;
        let mut console = admin.websocket(&path).await.expect("a console");
        let (width, height) = console.rfb().await.expect("a picture");
        assert!(width >= 640 && height >= 400);
        console.send(&KEY_A).await;
        // The guest answers with a picture: by then the key before it has arrived.
        console.send(&[3, 0, 0, 0, 0, 0, 0, 8, 0, 8]).await;
        console.read(16).await.expect("an update");
        let keys = world.ours.sim.client_messages(100).iter().filter(|message| message.is_key()).count();
        assert_eq!(keys, 1);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_watcher_types_never_reaches_pve() {
    on_both(async |world| {
        let admin = world.ours("admin").await;
        let path = path_of_console(&admin, &world, 100, true).await;
        let mut console = admin.websocket(&path).await.expect("a console");
        console.rfb().await.expect("a picture");
        console.send(&[3, 0, 0, 0, 0, 0, 0, 8, 0, 8]).await;
        console.read(16).await.expect("an update");
        console.send(&KEY_A).await;
        console.send(&[5, 1, 0, 10, 0, 10]).await;
        console.send(&[6, 0, 0, 0, 0, 0, 0, 1, b'x']).await;
        // Whether such a session goes on or ends, nothing of it may arrive.
        console.send(&[3, 0, 0, 0, 0, 0, 0, 8, 0, 8]).await;
        let _ = console.read(16).await;
        let reached: Vec<u8> = world.ours.sim.client_messages(100).iter().map(|message| message.kind).collect();
        assert!(!reached.is_empty() && reached.iter().all(|kind| !matches!(kind, 4..=6)), "{reached:?}");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_id_works_once_and_for_its_person_alone() {
    on_both(async |world| {
        let (admin, manager) = (world.ours("admin").await, world.ours("manager").await);
        let path = path_of_console(&admin, &world, 100, false).await;
        let foreign = manager.websocket(&path).await.err().expect("somebody else's");
        let other_browser = world.ours("admin").await;
        let elsewhere = other_browser.websocket(&path).await.err().expect("another session of the same person");
        let mut console = admin.websocket(&path).await.expect("a console");
        console.rfb().await.expect("a picture");
        let reused = admin.websocket(&path).await.err().expect("used");
        let unknown = "/api/v1/console/0195a3f4-7b2c-7d3e-8f4a-5b6c7d8e9f00";
        let unknown = admin.websocket(unknown).await.err().expect("unknown");
        for refused in [&foreign, &elsewhere, &reused, &unknown] {
            assert_eq!((refused.status, refused.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
        }
        assert_eq!(refusals(&world, None).await, 4);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_page_gets_no_console() {
    on_both(async |world| {
        let admin = world.ours("admin").await;
        let path = path_of_console(&admin, &world, 100, false).await;
        for origin in ["https://evil.example", "null", ""] {
            let mut page = admin.clone();
            page.origin = origin.into();
            let refused = page.websocket(&path).await.err().expect("a refusal");
            assert_eq!(
                (refused.status, refused.code().as_str()),
                (StatusCode::FORBIDDEN, "origin_refused"),
                "{origin}"
            );
            let refused = ask(&page, &world, 100, false).await;
            assert_eq!(refused.code(), "origin_refused", "{origin}");
        }
        assert_eq!(refusals(&world, None).await, 3, "each WebSocket that another site's page asked for");
        admin.websocket(&path).await.expect("the own page still may");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_taken_ends_the_console_at_once() {
    on_both(async |world| {
        let manager = world.ours("manager").await;
        let path = path_of_console(&manager, &world, 100, false).await;
        let mut console = manager.websocket(&path).await.expect("a console");
        console.rfb().await.expect("a picture");
        let user = world.user("manager@ours.example").await;
        world.nexus.app.provision.remove_member(world.ours.tenant, user).await.expect("removed");
        assert_eq!(console.closed().await, Some((4011, "revoked".into())));
        assert_eq!(ask(&manager, &world, 100, false).await.status, StatusCode::NOT_FOUND);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_consoles_and_the_session() {
    on_both(async |world| {
        let admin = world.ours("admin").await;
        let path = path_of_console(&admin, &world, 100, false).await;
        let mut console = admin.websocket(&path).await.expect("a console");
        console.rfb().await.expect("a picture");
        let out = admin.call(Method::POST, "/api/v1/sign-out", None, &[]).await;
        assert_eq!(out.status, StatusCode::NO_CONTENT);
        assert_eq!(console.closed().await, Some((4013, "signed_out".into())));
        assert_eq!(admin.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_guest_ends_its_console_and_says_so() {
    on_both(async |world| {
        let admin = world.ours("admin").await;
        let path = path_of_console(&admin, &world, 101, false).await;
        let mut console = admin.websocket(&path).await.expect("a console");
        console.rfb().await.expect("a picture");
        world.ours.sim.set_guest_status(101, pve_sim::Status::Stopped);
        assert_eq!(console.closed().await, Some((4001, "guest_stopped".into())));
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewers_answers_hold_nothing_of_pve() {
    on_both(async |world| {
        world
            .nexus
            .app
            .provision
            .set_viewer_scope(world.ours.tenant, nexus_model::ViewerScope::All)
            .await
            .expect("set");
        let viewer = world.ours("viewer-console").await;
        let port = world.ours.sim.address("pve1").port().to_string();
        let mut seen = String::new();
        for path in
            ["/api/v1/me".to_owned(), world.ours.path(""), world.ours.path("/guests"), world.ours.guest_path(100)]
        {
            let answer = viewer.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            seen.push_str(&answer.text());
            seen.push_str(&format!("{:?}", answer.headers));
        }
        for secret in [SECRET, "broker@pve", "pve1", "127.0.0.1", &port, "PVEVNC", "UPID"] {
            assert!(!seen.contains(secret), "{secret} is in a viewer's answers");
        }
        let names: Value = viewer.get(&world.ours.path("/guests")).await.json();
        assert_eq!(names["guests"].as_array().expect("guests").len(), 5);
        world
    })
    .await;
}
