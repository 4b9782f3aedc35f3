//! Starting and stopping in order, and keys that do not fit.

use nexus_net::guard::{Guard, GuardConfig};
use nexus_store::testing::{TestDb, on_both};

use super::*;
use crate::background::TaskState;
use crate::tests::{PATIENCE, START, first_ring, ring};

async fn config(db: &TestDb, keys: Arc<KeyRing>) -> Config {
    let (store, mint) = db.second().await;
    Config {
        store,
        mint,
        keys,
        clock: Clock::manual(START),
        dialer: Dialer::new(Guard::pve(GuardConfig::default()), None),
        roots: Vec::new(),
        health_interval: Duration::from_secs(60),
        origin: "http://127.0.0.1:8080".into(),
        smtp: None,
        environment: EnvironmentServer::default(),
        operating: OperatingConfig::default(),
        webhooks: WebhookConfig::default(),
        objects: crate::objects::ObjectsConfig::Memory,
    }
}

fn quick() -> Tuning {
    Tuning { password_cost: Cost::least(), chain_every: Duration::from_millis(5), ..Tuning::default() }
}

#[tokio::test]
async fn nexus_starts_chains_and_stops_in_order() {
    on_both(async |db| {
        let app = App::start_tuned(config(&db, first_ring()).await, quick()).await.unwrap();
        app.provision.tenant("Example", "example").await.unwrap();
        let chained = async {
            loop {
                let whole = app.audit.verify_all().await.unwrap();
                if whole.iter().any(|(_, v)| matches!(v, crate::audit::Verified::Whole { entries: 1, .. })) {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, chained).await.expect("the entry is chained");
        let status = app.background();
        let running = |name: &str| status.iter().any(|task| task.name == name && task.state == TaskState::Running);
        for name in ["audit.chain", "audit.heads", "audit.retention", "accounts.sweep", "access.watch"] {
            assert!(running(name), "{name}: {status:?}");
        }
        tokio::time::timeout(PATIENCE, app.stop()).await.expect("it stops");
        assert!(app.background().is_empty());
    })
    .await;
}

#[tokio::test]
async fn nexus_does_not_start_without_the_keys_of_its_database() {
    on_both(async |db| {
        let offline = App::offline(config(&db, first_ring()).await).unwrap();
        offline.provision.tenant("Example", "example").await.unwrap();
        offline.audit.chain_loose().await.unwrap();
        let other = ring(&format!("two:{}", "22".repeat(32)));
        let error = App::start_tuned(config(&db, other).await, quick()).await.err();
        assert!(matches!(&error, Some(StartError::Keys(KeyError::UnknownKey(id))) if id == "one"), "{error:?}");
        assert!(error.is_some_and(|error| error.to_string().contains("key file")), "it says what to do");
        let same_id = ring(&format!("one:{}", "22".repeat(32)));
        let error = App::start_tuned(config(&db, same_id).await, quick()).await.err();
        assert!(matches!(&error, Some(StartError::Keys(KeyError::WrongKey(id))) if id == "one"), "{error:?}");
        let app = App::start_tuned(config(&db, first_ring()).await, quick()).await.unwrap();
        app.stop().await;
    })
    .await;
}
