//! Notifications over HTTP and a real SMTP connection: letters in the reader's language, only where they are wanted and the
//! address is its owner's; test mails.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Browser, Engine, MailServer, World, smtp};

const ORIGIN: &str = "http://nexus.example";

async fn start(engine: Engine, server: &MailServer, ca: &std::path::Path) -> Option<World> {
    std::fs::write(ca, &server.certificate_pem).expect("a file");
    World::start_changed(engine, |settings| {
        settings.public_url = Some(ORIGIN.into());
        settings.smtp_host = Some("localhost".into());
        settings.smtp_port = Some(server.address.port());
        settings.smtp_user = Some(smtp::USER.into());
        settings.smtp_password = Some(smtp::PASSWORD.into());
        settings.smtp_from = Some("Nexus <nexus@nexus.example>".into());
        settings.smtp_ca_file = Some(ca.to_owned());
    })
    .await
}

async fn wants_mail(world: &World, browser: &Browser, language: &str) {
    let profile = json!({ "language": language });
    assert_eq!(browser.call(Method::PATCH, "/api/v1/me", Some(&profile), &[]).await.status, StatusCode::OK);
    let path = world.ours.path("/notification-preferences");
    let mut wanted = browser.get(&path).await.json();
    assert_eq!(wanted["members"], json!({ "in_app": true, "email": false }), "as preset");
    wanted["members"]["email"] = json!(true);
    let kept = browser.call(Method::PUT, &path, Some(&wanted), &[]).await;
    assert_eq!((kept.status, kept.json()), (StatusCode::OK, wanted));
}

async fn set_role(world: &World, admin: &Browser, email: &str, role: &str) {
    let list = admin.get(&world.ours.path(&format!("/members?q={email}"))).await.json();
    let member = &list["members"][0];
    let path = world.ours.path(&format!("/members/{}", member["user"]["id"].as_str().expect("an id")));
    let tag = format!("\"{}\"", member["version"]);
    let done = admin.call(Method::PATCH, &path, Some(&json!({ "role": role })), &[("if-match", &tag)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_reach_those_who_want_them_in_their_language() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (server, folder) = (MailServer::start().await, tempfile::tempdir().expect("a folder"));
        let Some(world) = start(engine, &server, &folder.path().join("ca.pem")).await else { continue };
        let (admin, manager) = (world.ours("admin").await, world.ours("manager").await);
        let (viewer, unverified) = (world.ours("viewer-view").await, world.ours("unverified").await);
        wants_mail(&world, &viewer, "de").await;
        wants_mail(&world, &unverified, "en").await;
        wants_mail(&world, &manager, "en").await;
        set_role(&world, &admin, "unverified@ours.example", "manager").await;
        set_role(&world, &admin, "viewer-view@ours.example", "manager").await;
        let mail = server.take("viewer-view@ours.example").await;
        assert_eq!(mail.header("Subject").as_deref(), Some("Ours: A Person ist jetzt Manager"));
        let text = mail.text();
        assert!(text.starts_with("Guten Tag A Person,\n\nA Person ist jetzt Manager.\n\n"), "{text}");
        assert!(text.contains(&format!("{ORIGIN}/t/ours/notifications\n")), "{text}");
        assert!(mail.html().contains("<html lang=\"de\">"));
        set_role(&world, &admin, "manager@ours.example", "admin").await;
        let mail = server.take("manager@ours.example").await;
        assert_eq!(mail.header("Subject").as_deref(), Some("Ours: A Person is admin now"));
        assert!(mail.text().contains("A Person changed the role."), "{}", mail.text());
        let told = manager.get(&world.ours.path("/notifications?unread=true&category=members")).await.json();
        assert_eq!((&told["unread"], &told["notifications"][0]["kind"]), (&json!(1), &json!("role_changed")));
        let read = manager.post(&world.ours.path("/notifications/read"), &json!({})).await.json();
        assert_eq!(read, json!({ "unread": 0 }));
        let bad = manager.get(&world.ours.path("/notifications?cursor=x")).await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST);
        // A test mail to oneself, five in an hour.
        let test = async || admin.post(&world.ours.path("/alerts/test-mail"), &Value::Null).await;
        for _ in 0..5 {
            assert_eq!(test().await.json(), json!({ "to": "admin@ours.example" }));
        }
        let often = test().await;
        assert_eq!((often.status, often.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"));
        let mail = server.take("admin@ours.example").await;
        assert_eq!(mail.header("Subject").as_deref(), Some("Ours: test of alert mails"));
        assert!(!server.mails().iter().any(|mail| mail.to.iter().any(|to| to.starts_with("unverified"))));
        world.stop().await;
    }
}
