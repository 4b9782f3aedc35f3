//! Tests of alerts, on both engines, with checks that a test makes and a clock that it moves.

use std::collections::HashSet;

use nexus_model::{AlertState, CheckKind};
use nexus_store::testing::TestDb;

use super::*;
use crate::access::{ManageServers, Refused, SeeServers};
use crate::metrics::Sample;
use crate::page::Page;
use crate::tests::{Cast, World, in_worlds, insert_server};

/// Which servers a process asks, as the test says.
#[derive(Default)]
struct Fake {
    elsewhere: Mutex<HashSet<ServerId>>,
    follows: Mutex<bool>,
    places: Mutex<Vec<(ServerId, Whereabouts)>>,
}

impl Asked for Fake {
    fn holds(&self, server: ServerId) -> bool {
        !self.elsewhere.lock().unwrap().contains(&server)
    }

    fn leads(&self, _: TenantId) -> bool {
        !*self.follows.lock().unwrap()
    }

    fn places(&self) -> Vec<(ServerId, Whereabouts)> {
        self.places.lock().unwrap().clone()
    }
}

/// One process that judges.
struct Judge {
    alerts: Alerts,
    windows: Windows,
    fake: Arc<Fake>,
    clock: Clock,
}

impl Judge {
    fn new(world: &World) -> Self {
        let (windows, fake) = (Windows::default(), Arc::new(Fake::default()));
        let parts = Parts {
            store: world.store.clone(),
            system: world.system.clone(),
            clock: world.clock.clone(),
            audit: world.audit.clone(),
            fleet: Arc::<Fake>::clone(&fake),
            events: world.events.clone(),
            notices: world.notices.clone(),
            windows: windows.clone(),
        };
        Self { alerts: Alerts::new(parts), windows, fake, clock: world.clock.clone() }
    }

    /// One that has been there for longer than the quiet time.
    fn old(world: &World) -> Self {
        let judge = Self::new(world);
        judge.clock.advance(QUIET + Duration::from_secs(1));
        judge
    }

    fn sample(&self, tenant: TenantId, server: ServerId, ok: bool) -> Sample {
        Sample {
            tenant,
            server,
            server_name: "pve".into(),
            at: self.clock.now(),
            kind: CheckKind::Check,
            what: "GET /cluster/resources".into(),
            ok,
            took: Duration::from_millis(40),
            way: None,
            attempts: 1,
            timeout: None,
            error: (!ok).then(|| "got timeout".to_owned()),
            answered: true,
        }
    }

    /// Checks ten seconds apart, as written: `+` good, `-` PVE's own error, `.` silence, `~` good and slow.
    async fn checks(&self, tenant: TenantId, servers: &[ServerId], run: &str) {
        for kind in run.chars() {
            self.clock.advance(Duration::from_secs(10));
            for server in servers {
                let mut sample = self.sample(tenant, *server, matches!(kind, '+' | '~'));
                sample.answered = kind != '.';
                if kind == '~' {
                    sample.took = Duration::from_millis(900);
                }
                self.windows.add(&sample);
            }
            self.alerts.look().await.unwrap();
        }
    }
}

async fn listed(world: &World, judge: &Judge, cast: &Cast) -> AlertPage {
    let grant =
        world.access.grant::<SeeServers>(&world.sign_in("manager@example.org").await, cast.tenant).await.unwrap();
    let page = Page { limit: 50, ..Page::default() };
    judge.alerts.list(&grant, AlertFilter::default(), &page).await.unwrap()
}

/// Rule and state of each alert, the oldest first.
async fn states(world: &World, judge: &Judge, cast: &Cast) -> Vec<(AlertRule, AlertState)> {
    let page = listed(world, judge, cast).await;
    page.alerts.iter().rev().map(|alert| (alert.rule, alert.state)).collect()
}

async fn more_servers(world: &World, cast: &Cast, count: usize) -> Vec<ServerId> {
    let mut servers = vec![cast.server];
    for number in 0..count {
        let id = crate::secret::id();
        insert_server(world, cast.tenant, cast.admin, id, &format!("pve{number}.example.org")).await;
        servers.push(id);
    }
    servers
}

#[tokio::test]
async fn too_few_good_checks_open_one_alert_that_is_taken_and_over() {
    in_worlds(async |_: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let judge = Judge::old(&world);
        judge.checks(cast.tenant, &[cast.server], "+++++++--").await;
        assert_eq!(states(&world, &judge, &cast).await, [], "nine checks say nothing");
        judge.checks(cast.tenant, &[cast.server], "--").await;
        let page = listed(&world, &judge, &cast).await;
        assert_eq!((page.alerts.len(), page.open, page.active), (1, 1, 1));
        let alert = page.alerts[0].clone();
        assert_eq!((alert.rule, alert.value, alert.threshold), (AlertRule::SuccessRate, Some(70), 80));
        assert_eq!((alert.server, alert.detail.as_deref()), (Some(cast.server), Some("got timeout")));
        // Taken: once, with an entry; a viewer may not even see it.
        let viewer = world.sign_in("viewer@example.org").await;
        assert!(matches!(world.access.grant::<SeeServers>(&viewer, cast.tenant).await, Err(Refused::Forbidden)));
        let manager = world.sign_in("manager@example.org").await;
        let grant = world.access.grant::<ManageServers>(&manager, cast.tenant).await.unwrap();
        for _ in 0..2 {
            let taken = judge.alerts.acknowledge(&grant, alert.id).await.unwrap();
            assert_eq!((taken.state, taken.acknowledged_by.as_deref()), (AlertState::Acknowledged, Some("manager")));
        }
        let entries = world.audit.recent(Some(cast.tenant), 100).await.unwrap();
        assert_eq!(entries.iter().filter(|entry| entry.action == "alert.acknowledge").count(), 1);
        // Good and bad in turn neither end it nor open another one.
        judge.checks(cast.tenant, &[cast.server], "+++-+++-+++-").await;
        assert_eq!(states(&world, &judge, &cast).await, [(AlertRule::SuccessRate, AlertState::Acknowledged)]);
        judge.checks(cast.tenant, &[cast.server], "++++++++++").await;
        assert_eq!(states(&world, &judge, &cast).await, [(AlertRule::SuccessRate, AlertState::Resolved)]);
        assert!(matches!(judge.alerts.acknowledge(&grant, alert.id).await, Err(AlertError::Resolved)));
        assert!(matches!(judge.alerts.acknowledge(&grant, crate::secret::id()).await, Err(AlertError::NotFound)));
        // What was before does not count again.
        judge.checks(cast.tenant, &[cast.server], "-+++").await;
        assert_eq!(states(&world, &judge, &cast).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn slow_answers_open_an_alert_until_they_are_clearly_quick_again() {
    in_worlds(async |_: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let judge = Judge::old(&world);
        judge.checks(cast.tenant, &[cast.server], "~~~~~~~~~").await;
        assert_eq!(states(&world, &judge, &cast).await, []);
        judge.checks(cast.tenant, &[cast.server], "~~").await;
        let page = listed(&world, &judge, &cast).await;
        assert_eq!((page.alerts[0].rule, page.alerts[0].value), (AlertRule::Latency, Some(900)));
        judge.checks(cast.tenant, &[cast.server], "++").await;
        assert_eq!(states(&world, &judge, &cast).await, [(AlertRule::Latency, AlertState::Open)]);
        judge.checks(cast.tenant, &[cast.server], "+").await;
        assert_eq!(states(&world, &judge, &cast).await, [(AlertRule::Latency, AlertState::Resolved)]);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_away_for_too_long_opens_an_alert_that_a_restart_keeps() {
    in_worlds(async |_: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        world_setting(&world, "alert_success_percent = 50").await;
        let judge = Judge::old(&world);
        judge.checks(cast.tenant, &[cast.server], &"+".repeat(60)).await;
        judge.checks(cast.tenant, &[cast.server], &".".repeat(31)).await;
        assert_eq!(states(&world, &judge, &cast).await, [], "300 seconds are not longer than 300");
        judge.checks(cast.tenant, &[cast.server], ".").await;
        assert_eq!(states(&world, &judge, &cast).await, [(AlertRule::Offline, AlertState::Open)]);
        // Another start knows nothing of the time before, and neither ends it nor opens it again.
        let restarted = Judge::new(&world);
        restarted.checks(cast.tenant, &[cast.server], &".".repeat(8)).await;
        assert_eq!(states(&world, &restarted, &cast).await, [(AlertRule::Offline, AlertState::Open)]);
        restarted.checks(cast.tenant, &[cast.server], "+").await;
        assert_eq!(states(&world, &restarted, &cast).await, [(AlertRule::Offline, AlertState::Open)]);
        restarted.checks(cast.tenant, &[cast.server], "+").await;
        assert_eq!(states(&world, &restarted, &cast).await, [(AlertRule::Offline, AlertState::Resolved)]);
    })
    .await;
}

/// Changes a setting of all tenants.
async fn world_setting(world: &World, change: &str) {
    let mut tx = world.store.system_write(&world.system).await.unwrap();
    for tenant in tx.alert_settings().await.unwrap() {
        let mut settings = tx.settings(tenant.tenant_id).await.unwrap().unwrap();
        match change {
            "alert_success_percent = 50" => settings.alert_success_percent = 50,
            "alert_offline_seconds = 3600" => settings.alert_offline_seconds = 3600,
            "alerts_enabled = false" => settings.alerts_enabled = false,
            other => panic!("{other}"),
        }
        assert!(tx.update_settings(tenant.tenant_id, &settings).await.unwrap());
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn nothing_opens_from_what_was_before_the_first_two_minutes() {
    in_worlds(async |_: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let judge = Judge::new(&world);
        // All that a bad start brings: failures and slow answers for two minutes, good ones after.
        judge.checks(cast.tenant, &[cast.server], "-~-~-~-~-~-").await;
        judge.checks(cast.tenant, &[cast.server], "++++++++++++").await;
        assert_eq!(states(&world, &judge, &cast).await, []);
    })
    .await;
}

#[tokio::test]
async fn one_alert_of_a_tenant_stands_for_a_network_that_is_away() {
    in_worlds(async |_: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let servers = more_servers(&world, &cast, 4).await;
        let judge = Judge::old(&world);
        judge.checks(cast.tenant, &servers, &"+".repeat(20)).await;
        judge.checks(cast.tenant, &servers, &".".repeat(60)).await;
        let page = listed(&world, &judge, &cast).await;
        assert_eq!(page.alerts.len(), 1, "{:?}", page.alerts);
        let alert = &page.alerts[0];
        assert_eq!((alert.rule, alert.server, alert.value), (AlertRule::Network, None, Some(100)));
        // It is back but for one server, whose own absence begins now.
        let (away, back) = servers.split_first().unwrap();
        for _ in 0..29 {
            judge.clock.advance(Duration::from_secs(10));
            for (server, ok) in back.iter().map(|server| (server, true)).chain([(away, false)]) {
                judge.windows.add(&Sample { answered: ok, ..judge.sample(cast.tenant, *server, ok) });
            }
            judge.alerts.look().await.unwrap();
        }
        let now = states(&world, &judge, &cast).await;
        assert_eq!(now[0], (AlertRule::Network, AlertState::Resolved));
        assert!(!now.contains(&(AlertRule::Offline, AlertState::Open)), "{now:?}");
        judge.checks(cast.tenant, back, "+").await;
        judge.checks(cast.tenant, &[*away], "..").await;
        let page = listed(&world, &judge, &cast).await;
        assert!(page.alerts.iter().all(|alert| alert.server.is_none_or(|server| server == *away)), "{:?}", page.alerts);
        assert!(page.alerts.iter().any(|alert| alert.rule == AlertRule::Offline && alert.state == AlertState::Open));
    })
    .await;
}

#[tokio::test]
async fn several_processes_open_an_alert_once() {
    in_worlds(async |db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let other = World::with(&db, Arc::clone(&world.keys), world.clock.clone()).await;
        let (one, two) = (Judge::old(&world), Judge::old(&other));
        one.clock.advance(QUIET);
        for judge in [&one, &two] {
            for _ in 0..12 {
                judge.windows.add(&judge.sample(cast.tenant, cast.server, false));
            }
        }
        let (first, second) = tokio::join!(one.alerts.look(), two.alerts.look());
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
        assert_eq!(states(&world, &one, &cast).await, [(AlertRule::SuccessRate, AlertState::Open)]);
        // Who does not ask the server any more says nothing of it.
        one.fake.elsewhere.lock().unwrap().insert(cast.server);
        one.alerts.look().await.unwrap();
        assert!(one.windows.lock().is_empty());
        two.checks(cast.tenant, &[cast.server], "++++++++++").await;
        assert_eq!(states(&world, &one, &cast).await, [(AlertRule::SuccessRate, AlertState::Resolved)]);
    })
    .await;
}

#[tokio::test]
async fn alerts_end_with_what_they_are_about() {
    in_worlds(async |db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let servers = more_servers(&world, &cast, 3).await;
        let judge = Judge::old(&world);
        judge.checks(cast.tenant, &servers, "----------").await;
        assert_eq!(listed(&world, &judge, &cast).await.active, 4);
        let literal = |id: ServerId| match db.engine {
            nexus_store::testing::Engine::Sqlite => format!("x'{}'", id.uuid().simple()),
            nexus_store::testing::Engine::Postgres => format!("'{}'", id.uuid()),
        };
        db.tamper(&format!("UPDATE server SET is_active = FALSE WHERE id = {}", literal(servers[1]))).await;
        db.tamper(&format!("DELETE FROM server WHERE id = {}", literal(servers[2]))).await;
        judge.fake.elsewhere.lock().unwrap().extend([servers[1], servers[2]]);
        judge.alerts.look().await.unwrap();
        assert_eq!(listed(&world, &judge, &cast).await.active, 2);
        // A server that is elsewhere now is another one.
        let place = |host: &str| Whereabouts::for_tests(host);
        *judge.fake.places.lock().unwrap() = vec![(servers[3], place("pve2.example.org"))];
        judge.alerts.look().await.unwrap();
        *judge.fake.places.lock().unwrap() = vec![(servers[3], place("other.example.org"))];
        judge.alerts.look().await.unwrap();
        assert_eq!(listed(&world, &judge, &cast).await.active, 1);
        world_setting(&world, "alerts_enabled = false").await;
        judge.checks(cast.tenant, &servers, "--").await;
        let page = listed(&world, &judge, &cast).await;
        assert_eq!((page.active, page.alerts.len()), (0, 4));
        // Of a server that is gone nobody knows whether its inside was the tenant's to see.
        let gone = page.alerts.iter().find(|alert| alert.server == Some(servers[2])).unwrap();
        assert_eq!(gone.detail, None);
    })
    .await;
}

#[tokio::test]
async fn another_threshold_counts_at_once() {
    in_worlds(async |_: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        world_setting(&world, "alert_success_percent = 50").await;
        let judge = Judge::old(&world);
        judge.checks(cast.tenant, &[cast.server], &"+".repeat(60)).await;
        judge.checks(cast.tenant, &[cast.server], &"-".repeat(33)).await;
        assert_eq!(states(&world, &judge, &cast).await, [(AlertRule::Offline, AlertState::Open)]);
        world_setting(&world, "alert_offline_seconds = 3600").await;
        judge.alerts.look().await.unwrap();
        assert_eq!(states(&world, &judge, &cast).await, [(AlertRule::Offline, AlertState::Resolved)]);
    })
    .await;
}
