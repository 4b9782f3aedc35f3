//! Checks, calls, figures and alerts over the real way: from a simulated PVE to what managers see of them.

use futures_util::StreamExt;
use nexus_app::access::{Grant, ManageSettings, Refused, SeeGuests, SeeServers, SeeSettings, SignedIn};
use nexus_app::events::EventData;
use nexus_app::metrics::{CheckFilter, CheckPage};
use nexus_app::page::Page;
use nexus_app::settings::SettingsInput;
use nexus_model::{CheckKind, MetricSpan, ServerStatus, Way};

use crate::world::{World, on_both, until};

async fn sees(world: &World, who: &SignedIn) -> Result<Grant<SeeServers>, Refused> {
    world.app.access.grant(who, world.tenant).await
}

async fn checks(world: &World, filter: CheckFilter, page: &Page) -> CheckPage {
    let grant = sees(world, &world.manager).await.unwrap();
    world.app.monitoring.checks(&grant, filter, page).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_and_call_is_listed_once_and_counted() {
    on_both(|world| async move {
        assert!(matches!(sees(&world, &world.viewer).await, Err(Refused::Forbidden)));
        assert!(matches!(sees(&world, &world.stranger).await, Err(Refused::NotFound)));
        let (all, page) = (CheckFilter::default(), Page { limit: 200, ..Page::default() });
        let of_kind = |kind| CheckFilter { kind: Some(kind), ..all };
        let first = until("checks and calls", || async {
            let (checks, calls) = (
                checks(&world, of_kind(CheckKind::Check), &page).await,
                checks(&world, of_kind(CheckKind::Call), &page).await,
            );
            (checks.checks.len() >= 3 && calls.checks.len() >= 3).then_some((checks.checks, calls.checks))
        });
        let (checked, called) = first.await;
        for check in &checked {
            assert_eq!((check.what.as_str(), check.ok, check.way), ("GET /cluster/resources", true, Some(Way::Direct)));
            assert_eq!((check.server, check.attempts, check.error.as_deref()), (world.server, 1, None));
            assert!(check.timeout_ms.is_some_and(|limit| (1_000..=10_000).contains(&limit)), "{check:?}");
        }
        // The overview is a check and no call beside it; names of nodes are nobody's.
        assert!(called.iter().all(|call| !call.what.contains("/cluster/resources") && !call.what.contains("pve1")));
        assert!(called.iter().any(|call| call.what == "GET /nodes/{node}/qemu"), "{called:?}");
        // Page by page it is the same list.
        let (mut place, mut seen) = (None, Vec::new());
        for _ in 0..3 {
            let one = Page { limit: 1, cursor: place.take(), ..Page::default() };
            let got =
                checks(&world, CheckFilter { failed: Some(false), server: Some(world.server), ..all }, &one).await;
            seen.extend(got.checks);
            place = got.next_cursor;
        }
        assert!(seen.windows(2).all(|two| (two[0].at, two[0].id) > (two[1].at, two[1].id)), "{seen:?}");
        assert!(checks(&world, CheckFilter { failed: Some(true), ..all }, &page).await.checks.is_empty());
        // Figures count checks alone.
        let grant = sees(&world, &world.manager).await.unwrap();
        for span in [MetricSpan::Hour, MetricSpan::Day] {
            let overview = world.app.monitoring.overview(&grant, span).await.unwrap();
            let known = checks(&world, of_kind(CheckKind::Check), &page).await.checks.len();
            let counted = usize::try_from(overview.total.checks).unwrap();
            assert!((3..=known).contains(&counted), "{counted} of {known}");
            assert_eq!((overview.total.failed, overview.servers.len()), (0, 1));
            let one = world.app.monitoring.of_server(&grant, world.server, span).await.unwrap();
            assert_eq!(
                (one.server_name.as_str(), one.status),
                (overview.servers[0].server_name.as_str(), ServerStatus::Online)
            );
            assert!(one.total.p95_ms.is_some() && one.points.len() <= 2, "{one:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_settings_are_told_to_everybody_who_watches() {
    on_both(|world| async move {
        let grant: Grant<SeeGuests> = world.app.access.grant(&world.viewer, world.tenant).await.unwrap();
        let live = world.app.access.keep(grant).await.unwrap();
        let mut events = Box::pin(world.app.events.stream(live, None).unwrap());
        let see = world.app.access.grant::<SeeSettings>(&world.admin, world.tenant).await.unwrap();
        let manage = world.app.access.grant::<ManageSettings>(&world.admin, world.tenant).await.unwrap();
        let before = world.app.settings.get(&see).await.unwrap().settings;
        let new = SettingsInput {
            name: before.name.clone(),
            description: String::new(),
            viewer_scope: before.viewer_scope,
            audit_retention_days: None,
            health_interval_seconds: Some(9),
            alerts_enabled: true,
            alert_success_percent: 49,
            alert_latency_ms: 5_001,
            alert_offline_seconds: 9,
            alert_email: Some("nobody".into()),
            ..SettingsInput::default()
        };
        let refused = world.app.settings.update(&manage, new.clone(), before.version).await.unwrap_err();
        let nexus_app::settings::SettingsError::Invalid(fields) = refused else { panic!("{refused:?}") };
        let fields: Vec<_> = fields.iter().map(|field| field.field).collect();
        let wrong = [
            "health_interval_seconds",
            "alert_success_percent",
            "alert_latency_ms",
            "alert_offline_seconds",
            "alert_email",
        ];
        assert_eq!(fields, wrong);
        let good = SettingsInput {
            health_interval_seconds: None,
            alert_success_percent: 100,
            alert_latency_ms: 100,
            alert_offline_seconds: 10,
            alert_email: None,
            ..new
        };
        world.app.settings.update(&manage, good, before.version).await.unwrap();
        let told = async {
            while let Some(event) = events.next().await {
                if matches!(event.data, EventData::Settings) {
                    return;
                }
            }
            panic!("the stream ended");
        };
        tokio::time::timeout(crate::world::PATIENCE, told).await.expect("settings are told");
    })
    .await;
}
