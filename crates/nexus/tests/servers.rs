//! Servers over HTTP: the forms of what goes in and comes out.

use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use testkit::{World, on_both};

const TOKEN: &str = "broker@pve!nexus=00000000-1111-4222-8333-444444444444";

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn inactive(name: &str) -> Value {
    json!({
        "name": name, "host": "", "use_tailscale": true, "tailscale_host": "127.0.0.9", "tailscale_port": 443,
        "api_token": TOKEN, "tls": { "mode": "insecure" }, "token_expires_at": "2030-01-31T12:00:00Z",
        "node_shell": true, "use_fallbacks": true, "is_active": false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_comes_out_as_it_went_in_but_for_its_token() {
    on_both(async |world: World| {
        let admin = world.ours("admin").await;
        let path = world.ours.path("/servers");
        let made = admin.post(&path, &inactive("Tailnet")).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let server = made.json();
        assert_eq!(made.headers[header::ETAG], "\"1\"");
        assert_eq!(
            (&server["etag"], &server["origin"], &server["status"]),
            (&json!("\"1\""), &json!("own"), &json!("unknown"))
        );
        let connection = &server["connection"];
        assert_eq!(
            *connection,
            json!({
                "host": null, "port": 8006, "token_id": "broker@pve!nexus", "token_expires_at": "2030-01-31T12:00:00Z",
                "tls": { "mode": "insecure" }, "connect_timeout_seconds": 10, "use_tailscale": true,
                "tailscale_host": "127.0.0.9", "tailscale_port": 443, "node_shell": true, "use_fallbacks": true,
                "fallbacks": [],
            })
        );
        assert!(!made.text().contains("00000000-1111"));
        let one = format!("{path}/{}", server["id"].as_str().expect("an id"));
        let renamed = |tag: &'static str| {
            let mut body = inactive("Renamed");
            body.as_object_mut().expect("an object").remove("api_token");
            let (admin, one) = (&admin, &one);
            async move { admin.call(Method::PUT, one, Some(&body), &[("if-match", tag)]).await }
        };
        let without = admin.call(Method::PUT, &one, Some(&inactive("x")), &[]).await;
        assert_eq!(without.status, StatusCode::PRECONDITION_REQUIRED);
        let done = renamed("\"1\"").await;
        assert_eq!((done.status, &done.json()["name"]), (StatusCode::OK, &json!("Renamed")), "{}", done.text());
        let late = renamed("\"1\"").await;
        assert_eq!((late.status, late.code().as_str()), (StatusCode::PRECONDITION_FAILED, "changed_meanwhile"));
        let attached = admin.get(&format!("{one}/attached")).await.json();
        assert_eq!(attached, json!({ "assignments": 0, "people": 0, "open_consoles": 0, "running_tasks": 0 }));
        let bad = |field: &str, value: Value| {
            let mut body = inactive("x");
            body[field] = value;
            body
        };
        for body in [bad("token_expires_at", json!("soon")), bad("tailscale_port", json!(-1)), bad("port", json!(1e9))]
        {
            let answer = admin.post(&path, &body).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
        }
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_has_a_report_for_each_way() {
    on_both(async |world: World| {
        let admin = world.ours("admin").await;
        let stored = admin.post(&world.ours.path(&format!("/servers/{}/test", world.ours.server)), &json!({})).await;
        assert_eq!(stored.status, StatusCode::OK, "{}", stored.text());
        let test = stored.json();
        assert_eq!(keys(&test), ["ok", "reports"]);
        let report = &test["reports"][0];
        assert_eq!((&report["way"], &report["attempts"]), (&json!("direct"), &json!(1)));
        assert_eq!(keys(&report["doctor"]), ["commands", "features", "warnings"]);
        assert_eq!(keys(&report["doctor"]["features"][0]), ["feature", "missing"]);
        let certificate = &report["certificate"];
        assert_eq!((&certificate["changed"], &certificate["trusted"]), (&json!(false), &json!(true)));
        let mut limited = admin.post(&world.ours.path("/servers/test"), &inactive("x")).await;
        for _ in 0..30 {
            if limited.status == StatusCode::TOO_MANY_REQUESTS {
                break;
            }
            limited = admin.post(&world.ours.path("/servers/test"), &inactive("x")).await;
        }
        assert_eq!((limited.status, limited.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_tests"));
        assert!(limited.headers.contains_key(header::RETRY_AFTER));
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sheets_go_in_and_come_out() {
    on_both(async |world: World| {
        let admin = world.ours("admin").await;
        let csv = format!("name;host;api_token;verify_ssl\r\nA;127.0.0.21;{TOKEN};no\r\nB;127.0.0.22;x;no");
        let path = world.ours.path("/servers/import");
        let look = admin.post(&path, &json!({ "csv": csv, "dry_run": true })).await;
        assert_eq!(look.status, StatusCode::OK, "{}", look.text());
        let look = look.json();
        assert_eq!(
            (&look["done"], &look["used"], &look["rows"][0]["server"]),
            (&json!(false), &json!(1), &json!(null))
        );
        let done = admin.post(&path, &json!({ "csv": csv, "dry_run": false })).await;
        assert!(!done.text().contains("00000000-1111"));
        let done = done.json();
        assert_eq!((&done["done"], &done["used"]), (&json!(true), &json!(2)));
        assert_eq!((&done["rows"][0]["outcome"], &done["rows"][1]["outcome"]), (&json!("create"), &json!("error")));
        assert_eq!(done["rows"][1]["errors"][0]["field"], "api_token");
        assert!(done["rows"][0]["server"].is_string() && done["rows"][0]["line"] == 2);
        let file = admin.get(&world.ours.path("/servers/export")).await;
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(file.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"servers-ours.csv\"");
        assert!(file.text().contains("A,127.0.0.21,8006,,false,false,,8006,10,\r\n"), "{}", file.text());
        let viewer = world.ours("viewer-view").await;
        assert_eq!(viewer.get(&world.ours.path("/servers/export")).await.status, StatusCode::FORBIDDEN);
        world
    })
    .await;
}
