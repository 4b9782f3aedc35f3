//! Set-up, sign-in and bad input, over HTTP.

use http::{Method, StatusCode, header};
use serde_json::json;
use testkit::world::PASSWORD;
use testkit::{Browser, World, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_link_makes_one_admin_once() {
    let folder = std::env::temp_dir().join(format!("nexus-setup-{}", uuid::Uuid::new_v4()));
    let settings = nexus::config::Settings {
        listen: "127.0.0.1:0".parse().expect("an address"),
        data: folder.clone(),
        ..nexus::config::Settings::default()
    };
    let nexus =
        nexus::start(&settings, nexus_app::Clock::system(), nexus_app::Tuning::default()).await.expect("it starts");
    let mut browser = Browser::new(nexus.address);
    assert_eq!(browser.get("/api/v1/setup").await.json(), json!({ "required": true, "mail": false }));
    let secret = nexus.app.accounts.make_setup_link().await.expect("a link").expect("nobody is admin yet");
    let form = |secret: &str, password: &str| json!({ "secret": secret, "full_name": "Ada", "email": "Ada@Example.org ", "password": password, "tenant_name": "Café Köln" });
    let weak = browser.post("/api/v1/setup", &form(&secret, "password")).await;
    assert_eq!((weak.status, weak.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
    assert_eq!(weak.json()["errors"][0]["field"], "password");
    let wrong = browser.post("/api/v1/setup", &form("0000", PASSWORD)).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::NOT_FOUND, "setup_link_invalid"));
    let done = browser.post("/api/v1/setup", &form(&secret, PASSWORD)).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.text());
    browser.take_cookie(&done);
    let me = browser.get("/api/v1/me").await.json();
    assert_eq!((&me["user"]["email"], &me["user"]["system_role"]), (&json!("ada@example.org"), &json!("admin")));
    assert_eq!(me["tenants"][0]["role"], "admin");
    let again = browser.post("/api/v1/setup", &form(&secret, PASSWORD)).await;
    assert_eq!(again.code(), "already_set_up");
    assert!(nexus.app.accounts.make_setup_link().await.expect("no failure").is_none());
    nexus.stop().await;
    std::fs::remove_dir_all(&folder).expect("the folder was there");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_whether_an_account_exists() {
    on_both(async |world: World| {
        let nobody = world.nobody();
        let attempt = |email: &str| json!({ "email": email, "password": "not-the-password" });
        let known = nobody.post("/api/v1/sign-in", &attempt("admin@ours.example")).await;
        let unknown = nobody.post("/api/v1/sign-in", &attempt("nobody@ours.example")).await;
        let nonsense = nobody.post("/api/v1/sign-in", &attempt("no address")).await;
        for answer in [&known, &unknown, &nonsense] {
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "invalid_credentials"));
            assert!(answer.headers.get(header::SET_COOKIE).is_none());
        }
        assert_eq!(known.json()["detail"], unknown.json()["detail"]);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_and_the_headers_are_strict() {
    on_both(async |world: World| {
        let nobody = world.nobody();
        let body = json!({ "email": "admin@ours.example", "password": PASSWORD });
        let answer = nobody.post("/api/v1/sign-in", &body).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text").to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(answer.headers["x-request-id"].len(), 32);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_bodies_are_refused_with_a_reason() {
    on_both(async |world: World| {
        let admin = world.ours("admin").await;
        let path = world.ours.path("/servers");
        let post = async |body: &serde_json::Value| admin.post(&path, body).await;
        let not_an_object = post(&json!([1, 2])).await;
        assert_eq!(not_an_object.status, StatusCode::UNPROCESSABLE_ENTITY);
        let huge = post(&json!({ "name": "x".repeat(300 << 10) })).await;
        assert_eq!((huge.status, huge.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
        let form = admin.call(Method::POST, &path, None, &[("content-type", "text/plain")]).await;
        assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let host = post(&json!({ "name": " ", "host": "https://pve:8006/", "port": 70000, "api_token": "x", "tls": { "mode": "verify" } })).await;
        let errors = host.json()["errors"].clone();
        let fields: Vec<_> = errors.as_array().expect("errors").iter().map(|e| e["field"].clone()).collect();
        for field in ["name", "host", "port", "api_token"] {
            assert!(fields.contains(&json!(field)), "{field} is not among {fields:?}");
        }
        assert_eq!(admin.get(&path).await.json()["slots"]["used"], 1, "nothing was stored");
        let unknown = admin.get(&world.ours.path("/guests?cursor=!!")).await;
        assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_survives_a_restart() {
    on_both(async |world: World| {
        let mut admin = world.ours("admin").await;
        let cookie = admin.cookie.clone();
        let world = world.restarted().await;
        admin = world.nobody();
        admin.cookie = cookie;
        assert_eq!(admin.get("/api/v1/me").await.status, StatusCode::OK);
        world
    })
    .await;
}
