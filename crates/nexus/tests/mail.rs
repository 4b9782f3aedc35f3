//! Mail, over HTTP and over a real SMTP connection: forgotten passwords, verified and changed addresses, what happens when
//! the mail server refuses, how a tenant's letters look, and the test of the way to the mail server.

use std::future::Future;
use std::time::Duration;

use http::{Method, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Answer, Browser, Engine, MailServer, World, smtp};

const ORIGIN: &str = "http://nexus.example";
/// A picture of 8 x 8 pixels, as PNG.
const SQUARE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x08, 0x00, 0x00, 0x00, 0x08, 0x08, 0x06, 0x00, 0x00, 0x00, 0xc4, 0x0f, 0xbe, 0x8b, 0x00, 0x00, 0x00, 0x16, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xfc, 0x7f, 0x31, 0xed, 0x3f, 0x03, 0x1e, 0xc0, 0x84, 0x4f, 0x72, 0xf8, 0x28,
    0x00, 0x00, 0x50, 0x4e, 0x03, 0x45, 0x89, 0x21, 0x2e, 0xa4, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];
const NEW: &str = "velvet-harbour-93-lantern";

/// Runs a test on both engines, each with a mail server.
async fn with_mail<Fut: Future<Output = World>>(test: impl Fn(World, std::sync::Arc<MailServer>) -> Fut) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let server = std::sync::Arc::new(MailServer::start().await);
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let ca = folder.path().join("mail.pem");
        std::fs::write(&ca, &server.certificate_pem).expect("a file");
        let port = server.address.port();
        let world = World::start_changed(engine, |settings| {
            settings.public_url = Some(ORIGIN.into());
            settings.smtp_host = Some("localhost".into());
            settings.smtp_port = Some(port);
            settings.smtp_user = Some(smtp::USER.into());
            settings.smtp_password = Some(smtp::PASSWORD.into());
            settings.smtp_from = Some("Nexus <nexus@nexus.example>".into());
            settings.smtp_ca_file = Some(ca);
        });
        if let Some(world) = world.await {
            test(world, server).await.stop().await;
        }
    }
}

async fn put(browser: &Browser, path: &str, body: &Value) -> Answer {
    browser.call(Method::PUT, path, Some(body), &[]).await
}

/// Waits until the box of mails is empty.
async fn all_sent(world: &World) {
    let root = world.browser("root@nexus.example").await;
    let waited = async {
        while root.get("/api/v1/system").await.json()["counts"]["mails_waiting"] != 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waited).await.expect("all mails are sent");
}

/// An answer without what is different in each: the request's id, the date.
fn shape(answer: &Answer) -> (StatusCode, String, Vec<String>) {
    let mut body = answer.json();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    let names = answer.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"));
    let mut headers: Vec<String> = names.map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    (answer.status, body.to_string(), headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_chosen_anew_by_mail_once() {
    with_mail(async |world, server| {
        let email = "unverified@ours.example";
        let elsewhere = world.browser(email).await;
        assert_eq!(elsewhere.get("/api/v1/me").await.json()["user"]["verified"], false);
        let nobody = world.nobody();
        let asked = nobody.post("/api/v1/password-reset", &json!({ "email": "Unverified@Ours.example " })).await;
        let unknown = nobody.post("/api/v1/password-reset", &json!({ "email": "nobody@ours.example" })).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED);
        assert_eq!(shape(&asked), shape(&unknown), "nobody learns whether there is an account");
        let mail = server.take(email).await;
        assert!(mail.tls, "nothing is said before TLS");
        assert_eq!((mail.user.as_deref(), mail.from.as_str()), (Some(smtp::USER), "nexus@nexus.example"));
        assert_eq!(mail.header("Subject").as_deref(), Some("Choose a new password"));
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
        let secret = mail.secret();
        assert!(mail.text().contains(&format!("{ORIGIN}/reset#{secret}\n")), "{}", mail.text());
        assert!(mail.html().contains(&format!("href=\"{ORIGIN}/reset#{secret}\"")), "{}", mail.html());
        all_sent(&world).await;
        assert!(server.mails().is_empty(), "nobody else was written to");

        let choose = |secret: &str, password: &str| json!({ "secret": secret, "password": password });
        let weak = nobody.post("/api/v1/password-reset/use", &choose(&secret, "password")).await;
        assert_eq!(
            (weak.status, &weak.json()["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("password"))
        );
        let wrong = nobody.post("/api/v1/password-reset/use", &choose("0000", NEW)).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::NOT_FOUND, "link_invalid"));
        let done = nobody.post("/api/v1/password-reset/use", &choose(&secret, NEW)).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
        let again = nobody.post("/api/v1/password-reset/use", &choose(&secret, "another-lantern-55-river")).await;
        assert_eq!(shape(&again), shape(&wrong), "a link works once, and a used one is like none");
        assert_eq!(elsewhere.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "its sessions ended");
        let old = nobody.post("/api/v1/sign-in", &json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(old.status, StatusCode::UNAUTHORIZED);
        let person = nobody.signed_in(email, NEW).await;
        assert_eq!(person.get("/api/v1/me").await.json()["user"]["verified"], true, "the mail was read");
        assert_eq!(server.take(email).await.header("Subject").as_deref(), Some("Your password was changed"));
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_changed_by_whoever_reads_its_mail() {
    with_mail(async |world, server| {
        let person = world.browser("viewer-view@ours.example").await;
        let language = json!({ "language": "de", "full_name": "Jörg Müller" });
        assert_eq!(person.call(Method::PATCH, "/api/v1/me", Some(&language), &[]).await.status, StatusCode::OK);
        let ask = async |email: &str| person.post("/api/v1/me/email", &json!({ "email": email })).await;
        let same = ask("viewer-view@ours.example").await;
        assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
        // One that is taken answers as any other does; only who reads that mailbox learns it.
        let (taken, free) = (ask("admin@theirs.example").await, ask("Neu@Example.org").await);
        assert_eq!((taken.status, shape(&taken)), (StatusCode::ACCEPTED, shape(&free)));
        let to_taken = server.take("admin@theirs.example").await;
        let mail = server.take("neu@example.org").await;
        assert_eq!(mail.header("Subject").as_deref(), Some("Neue E-Mail-Adresse bestätigen"));
        assert!(mail.text().starts_with("Guten Tag Jörg Müller,"), "{}", mail.text());
        let nobody = world.nobody();
        let follow = async |secret: String| nobody.post("/api/v1/verify", &json!({ "secret": secret })).await;
        let void = follow(to_taken.secret()).await;
        assert_eq!(
            (void.status, void.code().as_str()),
            (StatusCode::NOT_FOUND, "link_invalid"),
            "replaced by a newer one"
        );
        let done = follow(mail.secret()).await;
        assert_eq!((done.status, done.json()), (StatusCode::OK, json!({ "email": "neu@example.org" })));
        assert_eq!(follow(mail.secret()).await.code(), "link_invalid");
        assert_eq!(person.get("/api/v1/me").await.json()["user"]["email"], "neu@example.org");
        let told = server.take("viewer-view@ours.example").await;
        assert!(told.text().contains("neu@example.org"), "the old address learns it: {}", told.text());
        assert_eq!(ask("admin@theirs.example").await.status, StatusCode::ACCEPTED);
        let conflict = follow(server.take("admin@theirs.example").await.secret()).await;
        assert_eq!((conflict.status, conflict.code().as_str()), (StatusCode::CONFLICT, "email_taken"));
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_verified_by_mail() {
    with_mail(async |world, server| {
        let person = world.browser("unverified@ours.example").await;
        assert_eq!(person.post("/api/v1/me/verify", &json!({})).await.status, StatusCode::ACCEPTED);
        let secret = server.take("unverified@ours.example").await.secret();
        let reset = json!({ "secret": secret, "password": NEW });
        let other_door = world.nobody().post("/api/v1/password-reset/use", &reset).await;
        assert_eq!(other_door.code(), "link_invalid", "a link opens what it is for");
        assert_eq!(world.nobody().post("/api/v1/verify", &json!({ "secret": secret })).await.status, StatusCode::OK);
        assert_eq!(person.get("/api/v1/me").await.json()["user"]["verified"], true);
        assert_eq!(person.post("/api/v1/me/verify", &json!({})).await.status, StatusCode::ACCEPTED);
        all_sent(&world).await;
        assert!(server.mails().is_empty(), "a verified address needs no mail");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_other_sessions_and_is_told() {
    with_mail(async |world, server| {
        let email = "viewer-view@ours.example";
        let (person, other) = (world.browser(email).await, world.browser(email).await);
        let change = |current: &str, new: &str| json!({ "current_password": current, "password": new });
        let wrong = put(&person, "/api/v1/me/password", &change("nonsense", NEW)).await;
        assert_eq!(
            (wrong.status, &wrong.json()["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("current_password"))
        );
        let weak = put(&person, "/api/v1/me/password", &change(PASSWORD, "password1")).await;
        assert_eq!(
            (weak.status, &weak.json()["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("password"))
        );
        assert_eq!(put(&person, "/api/v1/me/password", &change(PASSWORD, NEW)).await.status, StatusCode::NO_CONTENT);
        assert_eq!(person.get("/api/v1/me").await.status, StatusCode::OK);
        assert_eq!(other.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(server.take(email).await.header("Subject").as_deref(), Some("Your password was changed"));
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_link_is_shown_and_mailed_and_one_of_both_works() {
    with_mail(async |world, server| {
        let root = world.browser("root@nexus.example").await;
        let new = json!({ "email": "Ada@Example.org", "full_name": "Ada", "system_role": "user" });
        let made = root.post("/api/v1/users", &new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let made = made.json();
        assert_eq!((&made["account"]["verified"], &made["link"]["mailed"]), (&json!(true), &json!(true)));
        let link = made["link"]["link"].as_str().expect("a link").to_owned();
        let shown =
            link.strip_prefix(&format!("{ORIGIN}/reset#")).expect("a reset link of the public address").to_owned();
        let mailed = server.take("ada@example.org").await.secret();
        assert_ne!(shown, mailed);
        let nobody = world.nobody();
        let choose = async |secret: &str| {
            nobody.post("/api/v1/password-reset/use", &json!({ "secret": secret, "password": NEW })).await
        };
        assert_eq!(choose(&shown).await.status, StatusCode::NO_CONTENT);
        assert_eq!(choose(&mailed).await.code(), "link_invalid", "the first that is used voids the other");
        assert_eq!(root.post("/api/v1/users", &new).await.code(), "email_taken");
        let ada = nobody.signed_in("ada@example.org", NEW).await;
        assert_eq!(ada.get("/api/v1/me").await.json()["user"]["full_name"], "Ada");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_mail_server_refuses_waits_sealed_and_is_tried_again() {
    with_mail(async |world, server| {
        server.refuse(1, "451 later");
        let email = "viewer-view@ours.example";
        let asked = world.nobody().post("/api/v1/password-reset", &json!({ "email": email })).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED);
        let root = world.browser("root@nexus.example").await;
        let waited = async {
            while server.tries() == 0 || root.get("/api/v1/system").await.json()["counts"]["mails_waiting"] != 1 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waited).await.expect("the mail is refused and waits");
        let rows = world.dump(&[]).await["outgoing_mail"].join("\n");
        assert!(!rows.contains("reset#") && !rows.contains("Choose a new password"), "what waits is sealed: {rows}");
        let failing = async {
            loop {
                let system = root.get("/api/v1/system").await.json();
                let tasks = system["tasks"].as_array().expect("tasks").clone();
                let sending = tasks.iter().find(|task| task["name"] == "mail.send").expect("the task").clone();
                if sending["error"] == "the mail server refused with code 451" {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), failing).await.expect("the task says what is wrong");
        // Two minutes later, as the row has it.
        world.tamper("UPDATE outgoing_mail SET next_at = 1").await;
        server.take(email).await;
        all_sent(&world).await;
        assert_eq!(server.tries(), 2);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_mail_nothing_promises_any() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(world) = World::start(engine).await else { continue };
        let (nobody, person) = (world.nobody(), world.browser("viewer-view@ours.example").await);
        assert_eq!(nobody.get("/api/v1/setup").await.json(), json!({ "required": false, "mail": false }));
        assert_eq!(person.get("/api/v1/me").await.json()["mail"], false);
        let refused = [
            nobody.post("/api/v1/password-reset", &json!({ "email": "viewer-view@ours.example" })).await,
            person.post("/api/v1/me/email", &json!({ "email": "new@example.org" })).await,
            person.post("/api/v1/me/verify", &json!({})).await,
        ];
        for answer in refused {
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::CONFLICT, "mail_not_configured"));
        }
        let root = world.browser("root@nexus.example").await;
        let new = json!({ "email": "ada@example.org", "full_name": "Ada", "system_role": "user" });
        let made = root.post("/api/v1/users", &new).await.json();
        assert_eq!(made["link"]["mailed"], false);
        assert!(made["link"]["link"].as_str().expect("a link").contains("/reset#"));
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_letters_carry_its_name_colour_and_logo_and_its_language() {
    with_mail(async |world, server| {
        let admin = world.ours("admin").await;
        let tenant = world.id(world.ours.tenant.into());
        world
            .tamper(&format!(
                "UPDATE tenant_settings SET language = 'de', primary_color = '#ffd166' WHERE tenant_id = {tenant}"
            ))
            .await;
        let invite = async |email: &str| {
            let asked = admin.post(&world.ours.path("/members"), &json!({ "email": email, "role": "viewer" })).await;
            assert!(asked.status.is_success(), "{}", asked.text());
            server.take(email).await
        };
        let plain = invite("first@elsewhere.example").await;
        assert_eq!(plain.header("Subject").as_deref(), Some("Einladung zu Ours"), "the tenant's language");
        assert!(plain.html().contains("#ffd166") && plain.html().contains(">Ours</span>"), "{}", plain.html());
        assert!(plain.picture().is_none() && !plain.html().contains("cid:"));

        let kind = [("content-type", "image/png")];
        let set = admin.send(Method::PUT, &world.ours.path("/logo"), Bytes::from_static(SQUARE), &kind).await;
        assert!(set.status.is_success(), "{}", set.text());
        let kept = world.settings.data.join(format!("objects/tenants/{}/logo", world.ours.tenant));
        let branded = invite("second@elsewhere.example").await;
        let (name, picture) = branded.picture().expect("the logo");
        assert!(name == "<logo>" && picture.starts_with(b"\x89PNG"), "{name}");
        assert!(branded.html().contains("src=\"cid:logo\""), "{}", branded.html());
        assert!(branded.text().starts_with(&plain.text()[..20]), "as text it is what it was: {}", branded.text());

        // The object is gone: the letter goes all the same.
        std::fs::remove_dir_all(kept).expect("the logo");
        let without = invite("third@elsewhere.example").await;
        assert!(without.picture().is_none() && !without.html().contains("cid:"), "{}", without.html());
        let theirs = world.browser("admin@theirs.example").await;
        let other = json!({ "email": "fourth@elsewhere.example", "role": "viewer" });
        assert!(theirs.post(&world.theirs.path("/members"), &other).await.status.is_success());
        let foreign = server.take("fourth@elsewhere.example").await;
        assert_eq!(foreign.header("Subject").as_deref(), Some("Invitation to Theirs"));
        assert!(!foreign.html().contains("#ffd166") && foreign.picture().is_none());
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_mail_tells_how_far_it_came() {
    with_mail(async |world, server| {
        let root = world.browser("root@nexus.example").await;
        let test = async || root.post("/api/v1/system/test-mail", &json!({})).await;
        let sent = test().await;
        let told = sent.json();
        assert_eq!((sent.status, &told["sent"], &told["stage"]), (StatusCode::OK, &json!(true), &Value::Null));
        let mail = server.take("root@nexus.example").await;
        assert!(mail.tls && mail.header("Subject").as_deref() == Some("Nexus: test of e-mail"));
        assert!(mail.text().contains(&format!("{ORIGIN}/\n")), "{}", mail.text());

        server.refuse(1, "554 5.7.1 no such sender here");
        let refused = test().await.json();
        assert_eq!((&refused["sent"], &refused["stage"]), (&json!(false), &json!("send")));
        assert!(refused["detail"].as_str().expect("words").contains("no such sender here"), "{refused}");
        let entries = root.get("/api/v1/audit?action=system.test_mail").await.json();
        assert_eq!(entries["entries"].as_array().map(Vec::len), Some(2), "{entries}");
        let manager = world.ours("admin").await;
        let forbidden = manager.post("/api/v1/system/test-mail", &json!({})).await;
        assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
        let mut limited = test().await;
        for _ in 0..10 {
            limited = test().await;
        }
        assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS, "{}", limited.text());
        world
    })
    .await;
}

/// What the system says of a test mail under other settings than the mail server's.
async fn stopped(change: impl FnOnce(&mut nexus::config::Settings)) -> Value {
    let world = World::start_changed(Engine::Sqlite, |settings| {
        settings.public_url = Some(ORIGIN.into());
        settings.smtp_host = Some("localhost".into());
        settings.smtp_from = Some("nexus@nexus.example".into());
        change(settings);
    });
    let world = world.await.expect("SQLite is always there");
    let root = world.browser("root@nexus.example").await;
    let told = root.post("/api/v1/system/test-mail", &json!({})).await.json();
    assert_eq!(told["sent"], json!(false), "{told}");
    world.stop().await;
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn each_stage_of_a_test_mail_is_named() {
    let server = MailServer::start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ca = folder.path().join("mail.pem");
    std::fs::write(&ca, &server.certificate_pem).expect("a file");
    let port = server.address.port();
    let told = stopped(|settings| settings.smtp_host = Some("no-such-host.invalid".into())).await;
    assert_eq!(told["stage"], "resolve", "{told}");
    let nobody =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a port").port();
    let told = stopped(|settings| settings.smtp_port = Some(nobody)).await;
    assert_eq!(told["stage"], "connect", "{told}");
    let told = stopped(|settings| settings.smtp_port = Some(port)).await;
    assert_eq!(told["stage"], "tls", "its certificate is not trusted: {told}");
    let told = stopped(|settings| {
        settings.smtp_port = Some(port);
        settings.smtp_ca_file = Some(ca.clone());
        settings.smtp_user = Some(smtp::USER.into());
        settings.smtp_password = Some("wrong-password-9".into());
    })
    .await;
    assert_eq!(told["stage"], "sign_in", "{told}");
    assert!(told["detail"].as_str().expect("words").contains("535"), "{told}");
    assert!(!told.to_string().contains("wrong-password-9"));
    let told = stopped(|settings| {
        settings.smtp_port = Some(port);
        settings.smtp_ca_file = Some(ca.clone());
    })
    .await;
    assert_eq!(told["stage"], "send", "nobody signed in: {told}");
    assert!(server.mails().is_empty());
}
