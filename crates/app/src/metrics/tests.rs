//! Tests of figures, checks and calls, on both engines.

use nexus_model::MetricSpan;
use nexus_store::testing::{Engine, TestDb};

use super::*;
use crate::access::{Grant, SeeServers};
use crate::background::Background;
use crate::tests::{Cast, PATIENCE, World, in_worlds};

fn process(world: &World) -> Metrics {
    Metrics::new(Parts {
        store: world.store.clone(),
        system: world.system.clone(),
        clock: world.clock.clone(),
        process: secret::id(),
        windows: Windows::default(),
        telemetry: Telemetry::new(),
    })
}

fn check(world: &World, cast: &Cast, ok: bool, took: u64) -> Sample {
    Sample {
        tenant: cast.tenant,
        server: cast.server,
        server_name: "pve".into(),
        at: world.clock.now(),
        kind: CheckKind::Check,
        what: "GET /cluster/resources".into(),
        ok,
        took: Duration::from_millis(took),
        way: Some(Way::Direct),
        attempts: 1,
        timeout: Some(Duration::from_secs(10)),
        error: (!ok).then(|| "got timeout".into()),
        answered: true,
    }
}

async fn sees(world: &World, cast: &Cast) -> Grant<SeeServers> {
    world.access.grant(&world.sign_in("manager@example.org").await, cast.tenant).await.unwrap()
}

/// The rows of all processes, added up as people see them.
async fn points(world: &World, cast: &Cast, span: MetricSpan) -> Vec<(Micros, MetricTotal)> {
    let grant = sees(world, cast).await;
    let mut tx = world.store.tenant_read(grant.scope()).await.unwrap();
    let rows = tx.metrics_of(cast.server, span, Micros(0)).await.unwrap();
    let points = read::points(rows).1;
    points.into_iter().map(|point| (point.at, point.total)).collect()
}

#[tokio::test]
async fn rows_of_all_processes_add_up() {
    in_worlds(async |_: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let (one, two) = (process(&world), process(&world));
        for took in 1..=90 {
            one.record(check(&world, &cast, true, took * 10));
        }
        for took in 91..=100 {
            two.record(Sample { attempts: 3, ..check(&world, &cast, true, took * 10) });
        }
        two.record(check(&world, &cast, false, 10_000));
        // Calls are listed and count for no figure.
        two.record(Sample { kind: CheckKind::Call, ..check(&world, &cast, true, 9_000) });
        for process in [&one, &two, &one] {
            process.write().await.unwrap();
        }
        for span in [MetricSpan::Hour, MetricSpan::Day] {
            let points = points(&world, &cast, span).await;
            assert_eq!(points.len(), 1, "{span:?}");
            let (at, total) = &points[0];
            assert_eq!(*at, figures::begin_of(span, world.clock.now()));
            assert_eq!((total.checks, total.failed, total.attempts), (101, 1, 121));
            assert!((total.success_percent.unwrap() - 99.0099).abs() < 0.001);
            assert!((total.average_ms.unwrap() - 505.0).abs() < 0.01);
            assert!((total.p95_ms.unwrap() - 950.0).abs() <= 950.0 * 0.05, "{:?}", total.p95_ms);
        }
        // Written again, and after more: whole rows, so nothing counts twice.
        one.record(check(&world, &cast, true, 10));
        one.write().await.unwrap();
        one.write().await.unwrap();
        assert_eq!(points(&world, &cast, MetricSpan::Hour).await[0].1.checks, 102);
        // Another hour of the same day; an hour between them without a check is not there.
        world.clock.advance(Duration::from_secs(2 * 3600));
        one.record(check(&world, &cast, true, 10));
        one.write().await.unwrap();
        let hours = points(&world, &cast, MetricSpan::Hour).await;
        assert_eq!(hours.iter().map(|(_, total)| total.checks).collect::<Vec<_>>(), [102, 1]);
        assert_eq!(hours[1].0.since(hours[0].0), Duration::from_secs(2 * 3600));
    })
    .await;
}

#[tokio::test]
async fn what_is_old_or_of_nobody_is_swept() {
    in_worlds(async |db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let metrics = process(&world);
        metrics.record(check(&world, &cast, true, 10));
        metrics.write().await.unwrap();
        world.clock.advance(Duration::from_secs(49 * 3600));
        metrics.record(check(&world, &cast, true, 20));
        metrics.write().await.unwrap();
        metrics.sweep().await.unwrap();
        assert_eq!(db.rows("server_check", &[]).await.len(), 1, "raw rows are kept for two days");
        assert_eq!(db.rows("server_metric", &[]).await.len(), 4);
        world.clock.advance(Duration::from_secs(26 * 3600));
        metrics.sweep().await.unwrap();
        assert_eq!(db.rows("server_check", &[]).await.len(), 1);
        assert_eq!(db.rows("server_metric", &[]).await.len(), 3, "hours are kept for three days");
        world.clock.advance(Duration::from_secs(33 * 24 * 3600));
        metrics.sweep().await.unwrap();
        assert_eq!(db.rows("server_metric", &[]).await.len(), 1, "days are kept for 35");
        metrics.record(check(&world, &cast, true, 20));
        metrics.write().await.unwrap();
        db.tamper("DELETE FROM server").await;
        // What is recorded of a server that is gone is written nowhere, and stops nobody.
        metrics.record(check(&world, &cast, true, 20));
        metrics.write().await.unwrap();
        metrics.sweep().await.unwrap();
        assert_eq!((db.rows("server_check", &[]).await.len(), db.rows("server_metric", &[]).await.len()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn the_queue_is_bounded_and_says_so() {
    in_worlds(async |db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let metrics = process(&world);
        for _ in 0..QUEUE + 3 {
            metrics.record(Sample { kind: CheckKind::Call, ..check(&world, &cast, true, 1) });
        }
        assert_eq!(metrics.counts(), MetricsCounts { recorded: 20_003, dropped: 3 });
        let background = Background::new(world.clock.clone());
        if db.engine == Engine::Sqlite {
            metrics.start(&background, Duration::from_millis(1));
            let said = async {
                while background.status()[0].last_error.is_none() {
                    tokio::task::yield_now().await;
                }
            };
            metrics.record(Sample { kind: CheckKind::Call, ..check(&world, &cast, true, 1) });
            tokio::time::timeout(PATIENCE, said).await.expect("it says so");
            let said = background.status()[0].last_error.clone().unwrap().1;
            assert!(said.contains("were dropped"), "{said}");
            background.stop().await;
            assert!(metrics.state().waiting.is_empty(), "the rest is written at the end");
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_that_comes_back_gets_what_waited() {
    in_worlds(async |db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let metrics = process(&world);
        db.tamper("ALTER TABLE server_check RENAME TO away").await;
        metrics.record(check(&world, &cast, false, 7));
        assert!(metrics.write().await.is_err());
        metrics.record(check(&world, &cast, true, 7));
        assert!(metrics.write().await.is_err());
        assert_eq!(metrics.state().waiting.len(), 2, "they wait in their order");
        db.tamper("ALTER TABLE away RENAME TO server_check").await;
        metrics.write().await.unwrap();
        assert_eq!(db.rows("server_check", &[]).await.len(), 2);
        assert_eq!(points(&world, &cast, MetricSpan::Hour).await[0].1.checks, 2);
    })
    .await;
}
