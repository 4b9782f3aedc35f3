//! Webhooks against real listeners, on both engines: what arrives, what is tried again, what is never called.

mod listener;

use std::net::SocketAddr;
use std::time::Duration;

use nexus_model::{DeliveryState, Micros, WebhookEvent, WebhookId};
use nexus_net::dial::Resolver;
use nexus_net::guard::GuardConfig;
use nexus_store::SealedKind;
use uuid::Uuid;

use self::listener::{Hit, Listener, Reply};
use super::call::signature;
use super::{Delivery, WebhookConfig, WebhookError, WebhookInput, WebhookMade, Webhooks};
use crate::access::{Grant, ManageSettings, SeeSettings};
use crate::background::Background;
use crate::keys::Keys;
use crate::notifications::{Notice, Told};
use crate::page::Page;
use crate::secret;
use crate::tests::{Cast, PATIENCE, World, first_ring, in_worlds, ring};

/// A tenant with webhooks that may lead to this machine.
struct Scene {
    cast: Cast,
    manage: Grant<ManageSettings>,
    see: Grant<SeeSettings>,
    webhooks: Webhooks,
}

fn loopback() -> WebhookConfig {
    let allow = vec!["127.0.0.0/8".parse().unwrap()];
    let resolver = Resolver::new(|_, port| Box::pin(async move { Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))]) }));
    let guard = GuardConfig { allow, ..GuardConfig::default() };
    WebhookConfig { guard, resolver, ..WebhookConfig::default() }
}

impl Scene {
    async fn new(world: &World, config: WebhookConfig) -> Self {
        let cast = Cast::new(world).await;
        let manage = world.access.grant(&world.sign_in("admin@example.org").await, cast.tenant).await.unwrap();
        let see = world.access.grant(&world.sign_in("manager@example.org").await, cast.tenant).await.unwrap();
        Self { cast, manage, see, webhooks: world.webhooks_with(config) }
    }

    async fn add(&self, name: &str, url: &str) -> WebhookMade {
        self.webhooks.create(&self.manage, input(name, url)).await.unwrap()
    }

    async fn log(&self, id: WebhookId) -> Vec<Delivery> {
        let page = Page { limit: 200, ..Page::default() };
        self.webhooks.deliveries(&self.see, id, &page).await.unwrap().deliveries
    }

    /// Waits until the newest message is as it should be. The store is asked: nothing else tells of it.
    async fn until(&self, id: WebhookId, fine: impl Fn(&Delivery) -> bool) -> Delivery {
        let waited = async {
            loop {
                if let Some(newest) = self.log(id).await.into_iter().next().filter(&fine) {
                    return newest;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, waited).await {
            Ok(delivery) => delivery,
            Err(_) => panic!("it does not come to that: {:?}", self.log(id).await),
        }
    }

    async fn offline(&self, world: &World) {
        let notice = Notice::ServerOffline {
            tenant: self.cast.tenant,
            server: secret::id(),
            server_name: "pve-1".into(),
            detail: Some("no route".into()),
        };
        let mut tx = world.store.system_write(&world.system).await.unwrap();
        let told = world.notices.write(&mut tx, &notice).await.unwrap();
        tx.commit().await.unwrap();
        world.notices.told(told);
    }
}

fn input(name: &str, url: &str) -> WebhookInput {
    let events = vec![WebhookEvent::ServerOffline, WebhookEvent::AlertOpened, WebhookEvent::ServerOffline];
    WebhookInput { name: name.into(), url: url.into(), events, is_active: true }
}

fn key(made: &WebhookMade) -> Vec<u8> {
    use base64::Engine;
    let encoded = made.secret.strip_prefix("whsec_").unwrap();
    base64::prelude::BASE64_STANDARD.decode(encoded).unwrap()
}

/// As a receiver does it.
fn assert_signed(hit: &Hit, secret: &[u8]) {
    let timestamp = hit.header("webhook-timestamp").parse().unwrap();
    let expected = signature(hit.header("webhook-id"), timestamp, &hit.body, secret).unwrap();
    assert_eq!(hit.header("webhook-signature"), expected);
}

#[test]
fn signatures_are_those_of_standard_webhooks() {
    // The specification's own example.
    use base64::Engine;
    let secret = base64::prelude::BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signed = signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}", &secret);
    assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
}

#[tokio::test]
async fn messages_arrive_signed_over_tls_and_in_the_clear_where_allowed() {
    in_worlds(async |_db, world| {
        let (plain, tls) = (Listener::plain().await, Listener::tls("hooks.example.org").await);
        let config = WebhookConfig { roots: tls.roots.clone(), ..loopback() };
        let scene = Scene::new(&world, config).await;
        let background = Background::new(world.clock.clone());
        scene.webhooks.start(&background, world.notices.clone());
        let one = scene.add("plain", &format!("http://127.0.0.1:{}/hook?a=1", plain.port)).await;
        let two = scene.add("tls", &format!("https://hooks.example.org:{}/", tls.port)).await;
        scene.offline(&world).await;
        let (first, second) = (plain.hit(0).await, tls.hit(0).await);
        assert_eq!(first.line, "POST /hook?a=1 HTTP/1.1");
        assert_eq!(first.header("host"), format!("127.0.0.1:{}", plain.port));
        assert_eq!(first.header("content-type"), "application/json");
        assert_signed(&first, &key(&one));
        assert_signed(&second, &key(&two));
        let body: serde_json::Value = serde_json::from_str(&second.body).unwrap();
        assert_eq!((&body["event"], &body["server"]["name"]), (&"server_offline".into(), &"pve-1".into()));
        assert_eq!((&body["server"]["status"], &body["tenant"]["slug"]), (&"offline".into(), &"example".into()));
        assert_eq!((&body["id"], &body["at"]), (&second.header("webhook-id").into(), &"2027-01-15T08:00:00Z".into()));
        for made in [&one, &two] {
            let done = scene.until(made.view.webhook.id, |one| one.state == DeliveryState::Delivered).await;
            assert_eq!((done.status, done.attempts, done.error, done.next_at), (Some(204), 1, None, None));
        }
        // A test by hand, and the list with the newest message.
        let sent = scene.webhooks.test(&scene.manage, one.view.webhook.id).await.unwrap();
        assert_eq!((sent.event, sent.state), (WebhookEvent::Test, DeliveryState::Delivered));
        let list = scene.webhooks.list(&scene.see).await.unwrap();
        assert_eq!(list[0].last.as_ref().map(|last| last.id), Some(sent.id));
        assert_eq!(list[0].webhook.events, [WebhookEvent::AlertOpened, WebhookEvent::ServerOffline]);
        // A new secret signs from then on.
        let renewed = scene.webhooks.renew_secret(&scene.manage, one.view.webhook.id).await.unwrap();
        assert_ne!(renewed.secret, one.secret);
        scene.webhooks.test(&scene.manage, one.view.webhook.id).await.unwrap();
        assert_signed(&plain.hit(2).await, &key(&renewed));
        background.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_fails_is_tried_again_after_longer_and_longer_pauses() {
    in_worlds(async |_db, world| {
        let listener = Listener::plain().await;
        listener.always(Reply::Status(503, "overloaded \u{1b}[31m\n\n  try <later>"));
        let scene = Scene::new(&world, loopback()).await;
        let background = Background::new(world.clock.clone());
        scene.webhooks.start(&background, world.notices.clone());
        let id = scene.add("x", &format!("http://127.0.0.1:{}/", listener.port)).await.view.webhook.id;
        scene.offline(&world).await;
        for (attempt, pause) in [(1, 30), (2, 120), (3, 600), (4, 3600), (5, 6 * 3600)] {
            let failed = scene
                .until(id, |one| one.attempts == attempt && one.status.is_some() && waits(one, pause, &world))
                .await;
            assert_eq!((failed.state, failed.status), (DeliveryState::Pending, Some(503)));
            assert_eq!(failed.error.as_deref(), Some("answered 503: overloaded [31m try <later>"));
            world.clock.advance(Duration::from_secs(pause * 6 / 5 + 1));
            world.notices.told(vec![Told::Deliveries]);
        }
        let failed = scene.until(id, |one| one.state == DeliveryState::Failed).await;
        assert_eq!((failed.attempts, failed.next_at), (6, None));
        let hits = listener.hits();
        assert_eq!(hits.len(), 6);
        assert!(hits.iter().all(|hit| hit.header("webhook-id") == hits[0].header("webhook-id")), "known by its id");
        // By hand once more: still failing, and not tried again by itself.
        let again = scene.webhooks.retry(&scene.manage, id, failed.id).await.unwrap();
        assert_eq!((again.state, again.attempts, again.next_at), (DeliveryState::Failed, 7, None));
        listener.always(Reply::Status(200, ""));
        let again = scene.webhooks.retry(&scene.manage, id, failed.id).await.unwrap();
        assert_eq!((again.state, again.status, again.error), (DeliveryState::Delivered, Some(200), None));
        let twice = scene.webhooks.retry(&scene.manage, id, failed.id).await;
        assert!(matches!(twice, Err(WebhookError::NotFailed)));
        background.stop().await;
    })
    .await;
}

/// Whether the next try is in this many seconds, or up to a fifth later.
fn waits(delivery: &Delivery, seconds: u64, world: &World) -> bool {
    let pause = Duration::from_secs(seconds);
    let next = delivery.next_at.map(Micros).unwrap_or(Micros(0));
    let now = world.clock.now();
    next > now.plus(pause).minus(Duration::from_micros(1)) && next <= now.plus(pause + pause / 5)
}

#[tokio::test]
async fn gone_is_gone_and_switches_the_webhook_off() {
    in_worlds(async |_db, world| {
        let listener = Listener::plain().await;
        listener.always(Reply::Status(410, ""));
        let scene = Scene::new(&world, loopback()).await;
        let background = Background::new(world.clock.clone());
        scene.webhooks.start(&background, world.notices.clone());
        let id = scene.add("x", &format!("http://127.0.0.1:{}/", listener.port)).await.view.webhook.id;
        scene.offline(&world).await;
        let gone = scene.until(id, |one| one.state == DeliveryState::Failed).await;
        assert_eq!((gone.attempts, gone.error.as_deref()), (1, Some("answered 410")));
        let webhook = scene.webhooks.list(&scene.see).await.unwrap().remove(0).webhook;
        assert_eq!((webhook.is_active, webhook.version), (false, 2));
        scene.offline(&world).await;
        assert_eq!(scene.log(id).await.len(), 1, "nothing more is written for it");
        let entries = world.audit.recent(Some(scene.cast.tenant), 5).await.unwrap();
        assert!(entries.iter().any(|entry| entry.action == "webhook.update" && entry.actor_name == "webhooks"));
        background.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_neither_waited_for_nor_followed_for_ever() {
    in_worlds(async |_db, world| {
        let listener = Listener::plain().await;
        let scene = Scene::new(&world, WebhookConfig { patience: Duration::from_millis(500), ..loopback() }).await;
        let id = scene.add("x", &format!("http://127.0.0.1:{}/", listener.port)).await.view.webhook.id;
        let test = async || scene.webhooks.test(&scene.manage, id).await.unwrap();
        listener.always(Reply::Hang);
        let late = test().await;
        assert_eq!((late.state, late.status), (DeliveryState::Failed, None));
        assert_eq!(late.error.as_deref(), Some("no answer within 500ms"));
        listener.always(Reply::Redirect("/elsewhere"));
        let moved = test().await;
        assert_eq!((moved.state, moved.status), (DeliveryState::Failed, Some(302)));
        assert_eq!(moved.error.as_deref(), Some("answered 302 (redirects are not followed)"));
        assert_eq!(listener.hits().len(), 2, "nobody went there");
        listener.always(Reply::Endless);
        let endless = test().await;
        assert_eq!((endless.state, endless.status), (DeliveryState::Delivered, Some(200)), "the status counts");
        listener.always(Reply::Garbage);
        let garbage = test().await;
        assert_eq!(garbage.error.as_deref(), Some("the connection broke, or the answer is not HTTP"));
        drop(listener);
        let closed = test().await;
        assert_eq!(closed.error.as_deref(), Some("no connection: connection refused"));
        for _ in 0..5 {
            test().await;
        }
        let often = scene.webhooks.test(&scene.manage, id).await;
        assert!(matches!(often, Err(WebhookError::TooMany { .. })), "ten a minute");
    })
    .await;
}

#[tokio::test]
async fn addresses_inside_are_never_called() {
    in_worlds(async |_db, world| {
        let listener = Listener::plain().await;
        let tls = Listener::tls("inside.example.org").await;
        let resolver = Resolver::new(|name, port| {
            let ip: std::net::IpAddr = match name {
                "metadata.example.org" => "169.254.169.254".parse().unwrap(),
                "private.example.org" => "10.0.0.5".parse().unwrap(),
                "mapped.example.org" => "::ffff:127.0.0.1".parse().unwrap(),
                _ => "127.0.0.1".parse().unwrap(),
            };
            Box::pin(async move { Ok(vec![SocketAddr::new(ip, port)]) })
        });
        let config = WebhookConfig { roots: tls.roots.clone(), resolver, ..WebhookConfig::default() };
        let scene = Scene::new(&world, config).await;
        let port = tls.port;
        let refused = [
            format!("https://127.0.0.1:{port}/"),
            "https://10.0.0.5/".into(),
            "https://192.168.1.1/".into(),
            "https://169.254.169.254/latest/meta-data/".into(),
            format!("https://[::1]:{port}/"),
            format!("https://[::ffff:127.0.0.1]:{port}/"),
            format!("https://2130706433:{port}/"),
            "https://0.0.0.0/".into(),
            "https://100.64.0.1/".into(),
            "https://example.org:25/".into(),
            format!("http://127.0.0.1:{}/", listener.port),
            "http://example.org/".into(),
        ];
        for url in refused {
            let result = scene.webhooks.create(&scene.manage, input("x", &url)).await;
            let Err(WebhookError::Invalid(fields)) = result else { panic!("{url} was taken") };
            assert_eq!((fields[0].field, fields[0].code), ("url", "address_refused"), "{url}");
        }
        for url in ["https://jo:x@example.org/", "ftp://example.org/", "https://example.org/#a", "hook"] {
            let result = scene.webhooks.create(&scene.manage, input("x", url)).await;
            assert!(matches!(&result, Err(WebhookError::Invalid(f)) if f[0].code == "invalid"), "{url}");
        }
        // What a name leads to is seen when it is called, each time.
        for host in ["inside", "metadata", "private", "mapped"] {
            let made = scene.add(host, &format!("https://{host}.example.org:{port}/")).await;
            let sent = scene.webhooks.test(&scene.manage, made.view.webhook.id).await.unwrap();
            assert_eq!((sent.state, sent.status), (DeliveryState::Failed, None));
            let error = sent.error.unwrap();
            assert!(error.starts_with("not called") && error.contains("NEXUS_WEBHOOK_ALLOW_NETWORKS"), "{error}");
            assert!(!error.contains("127.") && !error.contains("10."), "it does not say where the name leads: {error}");
        }
        assert_eq!((tls.accepted(), listener.accepted()), (0, 0), "nobody was called");
    })
    .await;
}

#[tokio::test]
async fn two_processes_never_send_one_message_twice() {
    in_worlds(async |db, world| {
        let listener = Listener::plain().await;
        let scene = Scene::new(&world, loopback()).await;
        let id = scene.add("x", &format!("http://127.0.0.1:{}/", listener.port)).await.view.webhook.id;
        let other = World::with(&db, first_ring(), world.clock.clone()).await;
        const MESSAGES: usize = 40;
        for _ in 0..MESSAGES {
            scene.offline(&world).await;
        }
        let background = Background::new(world.clock.clone());
        for (world, webhooks) in [(&world, scene.webhooks.clone()), (&other, other.webhooks_with(loopback()))] {
            webhooks.start(&background, world.notices.clone());
        }
        let done = async || scene.log(id).await.iter().filter(|one| one.state == DeliveryState::Delivered).count();
        let all = async {
            while done().await < MESSAGES {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE * 3, all).await.expect("all are sent");
        let hits = listener.hits();
        let ids: std::collections::HashSet<&str> = hits.iter().map(|hit| hit.header("webhook-id")).collect();
        assert_eq!((hits.len(), ids.len()), (MESSAGES, MESSAGES));
        background.stop().await;
    })
    .await;
}

#[tokio::test]
async fn webhooks_are_few_named_and_changed_by_version() {
    in_worlds(async |db, world| {
        let scene = Scene::new(&world, loopback()).await;
        let made = scene.add("hook 0", "https://hooks.example.org/secret-path").await;
        let twice = scene.webhooks.create(&scene.manage, input("hook 0", "https://hooks.example.org/")).await;
        assert!(matches!(twice, Err(WebhookError::Duplicate)));
        let id = made.view.webhook.id;
        let changed = WebhookInput { is_active: false, ..input("hook 0", "https://hooks.example.org/other") };
        let view = scene.webhooks.update(&scene.manage, id, changed.clone(), 1).await.unwrap();
        assert_eq!((view.webhook.version, view.webhook.is_active), (2, false));
        let old = scene.webhooks.update(&scene.manage, id, changed.clone(), 1).await;
        assert!(matches!(old, Err(WebhookError::ChangedMeanwhile)));
        let none = WebhookInput { events: vec![WebhookEvent::Test], name: String::new(), ..changed };
        let Err(WebhookError::Invalid(fields)) = scene.webhooks.update(&scene.manage, id, none, 2).await else {
            panic!("no name and no events")
        };
        let fields: Vec<_> = fields.iter().map(|field| field.field.to_string()).collect();
        assert_eq!(fields, ["name", "events"]);
        for n in 1..10 {
            scene.add(&format!("hook {n}"), "https://hooks.example.org/").await;
        }
        let eleventh = scene.webhooks.create(&scene.manage, input("hook 10", "https://hooks.example.org/")).await;
        assert!(matches!(eleventh, Err(WebhookError::LimitReached)));
        scene.webhooks.delete(&scene.manage, id).await.unwrap();
        assert!(matches!(scene.webhooks.delete(&scene.manage, id).await, Err(WebhookError::NotFound)));
        let gone = scene.webhooks.test(&scene.manage, id).await;
        assert!(matches!(gone, Err(WebhookError::NotFound)));
        let entries = world.audit.recent(Some(scene.cast.tenant), 50).await.unwrap();
        let text = format!("{entries:?}");
        assert!(!text.contains("secret-path") && !text.contains("whsec_"), "addresses' paths may be secrets");
        let whole = format!("{:?}", db.dump(&[]).await);
        assert!(!whole.contains(&hex::encode(key(&made))), "sealed");
    })
    .await;
}

#[tokio::test]
async fn the_log_is_paged_and_bounded() {
    in_worlds(async |_db, world| {
        let scene = Scene::new(&world, loopback()).await;
        let id = scene.add("x", "https://hooks.example.org/").await.view.webhook.id;
        for _ in 0..3 {
            for _ in 0..170 {
                scene.offline(&world).await;
            }
            world.clock.advance(Duration::from_secs(61));
        }
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = Page { cursor, limit: 200, ..Page::default() };
            let list = scene.webhooks.deliveries(&scene.see, id, &page).await.unwrap();
            seen.extend(list.deliveries.iter().map(|one| one.id));
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 510);
        assert_eq!(seen.iter().collect::<std::collections::HashSet<_>>().len(), 510);
        world.notices.sweep().await.unwrap();
        let page = Page { limit: 200, ..Page::default() };
        let newest = scene.webhooks.deliveries(&scene.see, id, &page).await.unwrap().deliveries[0].id;
        assert_eq!(newest, seen[0], "the newest stay");
        let rows = world.store.system_read(&world.system).await.unwrap().webhooks(scene.cast.tenant).await.unwrap();
        assert_eq!(rows.len(), 1);
        let unknown = scene.webhooks.deliveries(&scene.see, Uuid::now_v7().into(), &page).await;
        assert!(matches!(unknown, Err(WebhookError::NotFound)));
        world.clock.advance(Duration::from_secs(31 * 24 * 3600));
        world.notices.sweep().await.unwrap();
        assert!(scene.log(id).await.is_empty(), "thirty days");
    })
    .await;
}

#[tokio::test]
async fn secrets_are_sealed_anew_with_the_others() {
    in_worlds(async |db, world| {
        let listener = Listener::plain().await;
        let scene = Scene::new(&world, loopback()).await;
        let made = scene.add("x", &format!("http://127.0.0.1:{}/", listener.port)).await;
        let (one, two) = (format!("one:{}", "11".repeat(32)), format!("two:{}", "22".repeat(32)));
        let both = ring(&format!("{two},{one}"));
        let keys = Keys::new(world.store.clone(), world.system.clone(), world.audit.clone(), both);
        let before = keys.list().await.unwrap();
        assert_eq!((before.keys[0].used.webhooks, before.keys[1].used.webhooks), (0, 1));
        let rotated = keys.seal_anew().await.unwrap();
        assert!(rotated.unreadable.iter().all(|(kind, _)| *kind != SealedKind::Webhook));
        let after = keys.list().await.unwrap();
        assert_eq!((after.keys[0].used.webhooks, after.keys[1].used.webhooks), (1, 0));
        let later = World::with(&db, ring(&two), world.clock.clone()).await.webhooks_with(loopback());
        let sent = later.test(&scene.manage, made.view.webhook.id).await.unwrap();
        assert_eq!(sent.state, DeliveryState::Delivered, "without the old key");
        assert_signed(&listener.hit(0).await, &key(&made));
    })
    .await;
}
