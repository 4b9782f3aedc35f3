//! Guests over HTTP and in the event stream: what one change costs, and what a person keeps.

use std::time::Duration;

use http::{Method, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use pve_sim::{GuestConfig, Kind, Status};
use serde_json::{Value, json};
use testkit::{World, on_both, on_both_quiet};

const PATIENCE: Duration = Duration::from_secs(40);

/// An event as its bytes came, and what it says.
struct Event {
    kind: String,
    bytes: usize,
    data: Value,
}

/// A stream, read event by event.
struct Stream {
    body: Incoming,
    read: Vec<u8>,
}

impl Stream {
    async fn next(&mut self) -> Event {
        loop {
            if let Some(end) = self.read.windows(2).position(|two| two == b"\n\n") {
                let text: Vec<u8> = self.read.drain(..end + 2).collect();
                let text = String::from_utf8(text).expect("text");
                let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
                let data = serde_json::from_str(field("data: ")).unwrap_or_default();
                return Event { kind: field("event: ").to_owned(), bytes: text.len(), data };
            }
            let frame = tokio::time::timeout(PATIENCE, self.body.frame()).await.expect("an event in time");
            let frame = frame.expect("the stream goes on").expect("the stream stands");
            self.read.extend_from_slice(&frame.into_data().expect("data"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_one_guest_among_ten_thousand_tells_that_guest_alone() {
    on_both_quiet(async |world: World| {
        let tags: Vec<String> = (0..10).map(|n| format!("project-{n}")).collect();
        for vmid in 1000..11_000 {
            let guest = GuestConfig {
                vmid,
                node: "pve1".into(),
                name: format!("machine-{vmid}.rack-7.example.org"),
                kind: if vmid % 3 == 0 { Kind::Lxc } else { Kind::Qemu },
                status: if vmid % 2 == 0 { Status::Running } else { Status::Stopped },
                tags: tags.clone(),
                pool: Some("production".into()),
                ..GuestConfig::default()
            };
            world.ours.sim.add_guest(guest).expect("a free number");
        }
        let manager = world.ours("manager").await;
        let check = world.ours.path(&format!("/servers/{}/check", world.ours.server));
        let whole = async {
            loop {
                manager.post(&check, &json!({})).await;
                let page = manager.get(&world.ours.path("/guests?limit=1000")).await;
                if page.json()["next_cursor"].is_string() {
                    return page;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let page = tokio::time::timeout(PATIENCE, whole).await.expect("all guests in time");
        assert_eq!(page.json()["guests"].as_array().map(Vec::len), Some(1000));

        let (status, body) = manager.stream(&world.ours.path("/events")).await;
        assert_eq!(status, StatusCode::OK);
        let mut stream = Stream { body, read: Vec::new() };
        assert_eq!(stream.next().await.kind, "hello");
        let guest = format!("/guests/{}/qemu/1000", world.ours.server);
        let acted = manager.post(&world.ours.path(&format!("{guest}/actions")), &json!({ "action": "stop" })).await;
        assert_eq!(acted.status, StatusCode::ACCEPTED, "{}", acted.text());
        let stopped = loop {
            let event = stream.next().await;
            if event.kind == "guests" && event.data["changed"][0]["status"] == "stopped" {
                break event;
            }
        };
        let changed = stopped.data["changed"].as_array().expect("guests");
        assert_eq!((changed.len(), &changed[0]["vmid"], &stopped.data["removed"]), (1, &json!(1000), &json!([])));
        assert_eq!(changed[0]["tags"].as_array().map(Vec::len), Some(10));
        println!("one change: {} bytes, a page of 1000: {} bytes", stopped.bytes, page.body.len());
        assert!(stopped.bytes < 2048, "{} bytes", stopped.bytes);
        assert!(page.body.len() > 100 * stopped.bytes, "{} bytes for all", page.body.len());
        drop(stream);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_keeps_has_the_forms_of_the_document() {
    on_both(async |world: World| {
        let (admin, viewer) = (world.ours("admin").await, world.ours("viewer-view").await);
        let (list, mark) = (world.ours.path("/favourites"), format!("{}/favourite", world.ours.guest_path(102)));
        for _ in 0..2 {
            assert_eq!(viewer.call(Method::PUT, &mark, None, &[]).await.status, StatusCode::NO_CONTENT);
        }
        let guest = json!({ "server": world.ours.server, "type": "qemu", "vmid": 102 });
        assert_eq!(viewer.get(&list).await.json(), json!({ "guests": [guest] }));
        assert_eq!(admin.get(&list).await.json(), json!({ "guests": [] }));
        let hidden = format!("{}/favourite", world.ours.guest_path(100));
        assert_eq!(viewer.call(Method::PUT, &hidden, None, &[]).await.status, StatusCode::NOT_FOUND);
        for _ in 0..2 {
            assert_eq!(viewer.call(Method::DELETE, &mark, None, &[]).await.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(viewer.get(&list).await.json(), json!({ "guests": [] }));

        let acted = admin.post(&format!("{}/actions", world.ours.guest_path(100)), &json!({ "action": "stop" })).await;
        assert_eq!(acted.status, StatusCode::ACCEPTED, "{}", acted.text());
        let recent = admin.get(&world.ours.path("/recent-guests")).await.json();
        assert_eq!(recent["guests"][0]["guest"]["vmid"], 100, "{recent}");
        assert!(recent["guests"][0]["at"].is_string());
        assert_eq!(viewer.get(&world.ours.path("/recent-guests")).await.json(), json!({ "guests": [] }));

        let views = world.ours.path("/views");
        let body = |name: &str| {
            let columns = json!([{ "id": "name", "width": 240 }, { "id": "cpu" }]);
            json!({ "name": name, "filter": "tag:web", "sort": "-cpu", "layout": "table", "columns": columns })
        };
        let made = viewer.post(&views, &body("Web")).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        assert_eq!(made.headers[http::header::ETAG], "\"1\"");
        let made = made.json();
        assert_eq!((&made["columns"][0]["width"], &made["columns"][1]["width"]), (&json!(240), &Value::Null));
        let again = viewer.post(&views, &body("Web")).await;
        assert_eq!((again.status, again.code().as_str()), (StatusCode::CONFLICT, "duplicate"));
        let one = format!("{views}/{}", made["id"].as_str().expect("an id"));
        let change =
            async |tag: &[(&str, &str)]| viewer.call(Method::PUT, &one, Some(&body("Web 2")), tag).await.status;
        assert_eq!(change(&[]).await, StatusCode::PRECONDITION_REQUIRED);
        assert_eq!(change(&[("if-match", "\"1\"")]).await, StatusCode::OK);
        assert_eq!(change(&[("if-match", "\"1\"")]).await, StatusCode::PRECONDITION_FAILED);
        let bad = json!({ "name": "", "filter": "", "sort": "", "layout": "table", "columns": [{ "id": "A" }] });
        assert_eq!(viewer.post(&views, &bad).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!admin.get(&views).await.text().contains("Web"), "nobody else's");
        assert_eq!(admin.call(Method::DELETE, &one, None, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(viewer.call(Method::DELETE, &one, None, &[]).await.status, StatusCode::NO_CONTENT);

        let half = admin.get(&world.ours.path("/console-sessions?vmid=100")).await;
        assert_eq!(half.status, StatusCode::BAD_REQUEST);
        let of = format!("/console-sessions?server={}&type=qemu&vmid=100", world.ours.server);
        assert_eq!(admin.get(&world.ours.path(&of)).await.status, StatusCode::OK);
        world
    })
    .await;
}
