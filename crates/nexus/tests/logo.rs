//! A tenant's logo over HTTP, kept in the data folder and in a bucket of a real S3 server, and the sign-in pages that show it.

use std::path::Path;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Browser, Engine, S3Server, World, on_both};

const DRAWING: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 2\"><rect width=\"4\" height=\"2\" fill=\"#1f6feb\"/></svg>";
const OTHER: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 2 2\"><circle r=\"1\" fill=\"#1f6feb\"/></svg>";

async fn put(browser: &Browser, path: &str, picture: impl Into<Vec<u8>>) -> Answer {
    let bytes = picture.into().into();
    browser.send(Method::PUT, path, bytes, &[("content-type", "application/octet-stream")]).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path.display().to_string()) }
    }
    found
}

async fn change(admin: &Browser, world: &World, with: Value) -> Answer {
    let path = world.ours.path("/settings");
    let before = admin.get(&path).await;
    let mut settings = before.json();
    for (name, value) in with.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let tag = header(&before, "etag").to_owned();
    admin.call(Method::PUT, &path, Some(&settings), &[("if-match", &tag)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_taken_shown_replaced_and_removed() {
    on_both(async |world| {
        let (admin, viewer) = (world.ours("admin").await, world.ours("viewer-none").await);
        let path = world.ours.path("/logo");
        assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(put(&world.ours("manager").await, &path, DRAWING).await.status, StatusCode::FORBIDDEN);
        let made = put(&admin, &path, DRAWING).await;
        assert_eq!(
            (made.status, &made.json()["width"], &made.json()["height"]),
            (StatusCode::OK, &json!(1024), &json!(512))
        );
        let tag = made.json()["tag"].as_str().unwrap().to_owned();
        let tenant = viewer.get(&world.ours.path("")).await.json();
        assert_eq!(tenant["brand"]["logo"], json!(tag));
        assert_eq!(viewer.get("/api/v1/me").await.json()["tenants"][0]["logo"], json!(tag));
        let shown = viewer.get(&path).await;
        assert_eq!((shown.status, header(&shown, "content-type")), (StatusCode::OK, "image/webp"));
        assert_eq!(header(&shown, "x-content-type-options"), "nosniff");
        assert!(header(&shown, "content-security-policy").contains("sandbox"));
        assert_eq!(header(&shown, "cache-control"), "private, no-cache");
        let named = viewer.get(&format!("{path}?v={tag}")).await;
        assert_eq!(header(&named, "cache-control"), "private, max-age=86400");
        let again = viewer.call(Method::GET, &path, None, &[("if-none-match", &format!("\"{tag}\""))]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        let theirs = world.browser("admin@theirs.example").await;
        assert_eq!(theirs.get(&path).await.status, StatusCode::NOT_FOUND);

        let objects = world.settings.data.join("objects");
        assert_eq!(files(&objects).len(), 1);
        put(&admin, &path, OTHER).await;
        let kept = files(&objects);
        assert!(kept.len() == 1 && !kept[0].contains(&tag), "the old one is gone: {kept:?}");
        std::fs::remove_file(&kept[0]).unwrap();
        assert_eq!(viewer.get(&path).await.status, StatusCode::NOT_FOUND, "what is lost is not there");
        assert_eq!(admin.send(Method::DELETE, &path, "".into(), &[]).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.send(Method::DELETE, &path, "".into(), &[]).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get(&world.ours.path("")).await.json()["brand"]["logo"], Value::Null);
        let log = admin.get(&world.ours.path("/audit?q=logo")).await.text();
        assert!(log.contains("settings.set_logo") && log.contains("settings.delete_logo"), "{log}");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_logo_is_refused() {
    let world = World::start(Engine::Sqlite).await.unwrap();
    let (admin, path) = (world.ours("admin").await, world.ours.path("/logo"));
    let code = async |picture: Vec<u8>| {
        let answer = put(&admin, &path, picture).await;
        let field = answer.json()["errors"][0]["code"].as_str().map(str::to_owned);
        (answer.status.as_u16(), field.unwrap_or_else(|| answer.code()))
    };
    assert_eq!(code(vec![b' '; (2 << 20) + 1]).await, (413, "too_large".into()));
    assert_eq!(code(b"GIF89a".to_vec()).await, (422, "wrong_type".into()));
    assert_eq!(code(DRAWING.replace("<rect", "<script/><rect").into_bytes()).await, (422, "unsafe".into()));
    assert_eq!(code(b"\x89PNG\r\n\x1a\n".to_vec()).await, (422, "unreadable".into()));
    let mut whole = DRAWING.to_owned();
    whole.push_str(&" ".repeat((2 << 20) - whole.len()));
    assert_eq!(put(&admin, &path, whole).await.status, StatusCode::OK, "exactly 2 MiB");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_page_tells_nothing_of_who_does_not_want_to_be_shown() {
    on_both(async |world| {
        let (admin, nobody) = (world.ours("admin").await, world.nobody());
        let slug = admin.get(&world.ours.path("")).await.json()["slug"].as_str().unwrap().to_owned();
        put(&admin, &world.ours.path("/logo"), DRAWING).await;
        let page = format!("/api/v1/sign-in/{slug}");
        let neutral = nobody.get("/api/v1/sign-in/nobody-has-this-name").await;
        let hidden = nobody.get(&page).await;
        assert_eq!((hidden.status, hidden.text()), (StatusCode::OK, neutral.text()));
        let no_logo = nobody.get("/api/v1/sign-in/nobody-has-this-name/logo").await;
        assert_eq!(nobody.get(&format!("{page}/logo")).await.status, no_logo.status);
        let colours = json!({ "primary_color": "#1F6FEB", "logo_on_sign_in": true });
        assert_eq!(change(&admin, &world, colours).await.status, StatusCode::OK);
        let shown = nobody.get(&page).await.json();
        assert_eq!((&shown["name"], &shown["brand"]["primary_color"]), (&json!("Ours"), &json!("#1f6feb")));
        assert_eq!(nobody.get(&format!("{page}/logo")).await.status, StatusCode::OK);
        let bad = change(&admin, &world, json!({ "accent_color": "#ffff00", "console_max_seconds": 10 })).await;
        let codes: Vec<Value> = bad.json()["errors"].as_array().unwrap().iter().map(|e| e["code"].clone()).collect();
        assert_eq!((bad.status.as_u16(), codes), (422, vec![json!("out_of_range"), json!("low_contrast")]));
        let mut last = StatusCode::OK;
        for _ in 0..130 {
            last = nobody.get(&page).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logos_are_kept_in_a_bucket() {
    let s3 = S3Server::start().await;
    let endpoint = s3.endpoint.clone();
    let world = World::start_changed(Engine::Sqlite, |settings| {
        settings.s3_bucket = Some(S3Server::BUCKET.into());
        settings.s3_endpoint = Some(endpoint);
        settings.s3_access_key = Some("someone".into());
        settings.s3_secret_key = Some("something".into());
    });
    let world = world.await.unwrap();
    let (admin, path) = (world.ours("admin").await, world.ours.path("/logo"));
    let made = put(&admin, &path, DRAWING).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let name =
        |answer: &Answer| format!("tenants/{}/logo/{}", world.ours.tenant, answer.json()["tag"].as_str().unwrap());
    assert_eq!(s3.names().await, [name(&made)]);
    assert_eq!(admin.get(&path).await.status, StatusCode::OK);
    let other = put(&admin, &path, OTHER).await;
    assert_eq!(s3.names().await, [name(&other)], "the old one is gone");
    s3.run(&format!("s3.delete_object(Bucket=bucket, Key='{}')", name(&other))).await;
    assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND);
    put(&admin, &path, DRAWING).await;
    let root = world.browser("root@nexus.example").await;
    let gone = root.send(Method::DELETE, &format!("/api/v1/tenants/{}", world.ours.tenant), "".into(), &[]).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    assert_eq!(s3.names().await, Vec::<String>::new(), "nothing of a deleted tenant is left");
    s3.stop().await;
    let theirs = world.browser("admin@theirs.example").await;
    let late = put(&theirs, &world.theirs.path("/logo"), DRAWING).await;
    assert_eq!((late.status, late.code().as_str()), (StatusCode::BAD_GATEWAY, "no_object_store"));
    world.stop().await;
}
