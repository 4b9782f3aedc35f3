//! Old entries go behind a checkpoint, and nothing else goes or changes unseen.

use std::time::Duration;

use nexus_model::TenantId;
use nexus_store::testing::{Engine, TestDb};

use super::super::Verified;
use super::attack;
use crate::access::Who;
use crate::audit::Entry;
use crate::clock::Clock;
use crate::tests::{START, World, in_worlds, ring};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Writes `n` entries into a tenant's chain, and chains them.
async fn write(world: &World, tenant: TenantId, n: usize) {
    for at in 0..n {
        let entry = Entry::new("test.do", "thing", at, format!("thing {at}"));
        world.audit.record_alone(Some(tenant), &Who::system("test"), entry).await.unwrap();
    }
    world.audit.chain_loose().await.unwrap();
}

fn id(db: &TestDb, tenant: TenantId) -> String {
    match db.engine {
        Engine::Sqlite => format!("x'{}'", tenant.uuid().simple()),
        Engine::Postgres => format!("'{tenant}'"),
    }
}

async fn keep_for(db: &TestDb, tenant: TenantId, days: i64) {
    let text = format!("UPDATE tenant_settings SET audit_retention_days = {days} WHERE tenant_id = {}", id(db, tenant));
    assert_eq!(db.tamper(&text).await, 1);
}

/// A tenant with 12 old and 4 young chained entries, which keeps them for 30 days.
async fn aged(db: &TestDb, world: &World) -> TenantId {
    let tenant = world.provision.tenant("Example", "example").await.unwrap();
    write(world, tenant, 11).await;
    world.clock.advance(31 * DAY);
    write(world, tenant, 4).await;
    keep_for(db, tenant, 30).await;
    tenant
}

async fn verify(world: &World, tenant: TenantId) -> Verified {
    world.audit.verify(Some(tenant)).await.unwrap()
}

#[tokio::test]
async fn old_entries_go_and_a_checkpoint_stays() {
    in_worlds(async |db, world| {
        let tenant = aged(&db, &world).await;
        let Verified::Whole { entries: 16, checkpoint: None, head } = verify(&world, tenant).await else {
            panic!("broken")
        };
        world.audit.drop_old().await.unwrap();
        let expected = Verified::Whole { entries: 4, checkpoint: Some(12), head };
        assert_eq!(verify(&world, tenant).await, expected, "the end is the same");
        let all = world.audit.recent(Some(tenant), 100).await.unwrap();
        assert_eq!(all.len(), 5);
        let (last, rest) = all.split_first().unwrap();
        assert_eq!((last.action.as_str(), last.actor_kind.as_str(), last.seq), ("audit.retention", "system", None));
        assert_eq!(last.before_state.as_deref(), Some(r#"{"first":1}"#));
        assert_eq!(last.after_state.as_deref(), Some(r#"{"first":13}"#));
        assert!(last.detail.as_ref().unwrap().starts_with("12 entries"));
        assert_eq!(rest.last().unwrap().seq, Some(13));
        // Nothing more is dropped, and nothing is said of that.
        world.audit.drop_old().await.unwrap();
        world.audit.chain_loose().await.unwrap();
        assert!(matches!(verify(&world, tenant).await, Verified::Whole { entries: 5, checkpoint: Some(12), .. }));
    })
    .await;
}

#[tokio::test]
async fn a_log_that_is_all_old_goes_on_behind_its_checkpoint() {
    in_worlds(async |db, world| {
        let tenant = aged(&db, &world).await;
        world.clock.advance(60 * DAY);
        world.audit.drop_old().await.unwrap();
        assert!(matches!(verify(&world, tenant).await, Verified::Whole { entries: 0, checkpoint: Some(16), .. }));
        world.audit.chain_loose().await.unwrap();
        write(&world, tenant, 2).await;
        assert!(matches!(verify(&world, tenant).await, Verified::Whole { entries: 3, checkpoint: Some(16), .. }));
        world.clock.advance(60 * DAY);
        world.audit.drop_old().await.unwrap();
        assert!(matches!(verify(&world, tenant).await, Verified::Whole { entries: 0, checkpoint: Some(19), .. }));
    })
    .await;
}

#[tokio::test]
async fn tenants_without_the_setting_and_what_is_not_chained_stay() {
    in_worlds(async |db, world| {
        let other = world.provision.tenant("Other", "other").await.unwrap();
        let tenant = world.provision.tenant("Example", "example").await.unwrap();
        keep_for(&db, tenant, 1).await;
        world.clock.advance(9 * DAY);
        world.audit.drop_old().await.unwrap();
        for tenant in [tenant, other] {
            assert_eq!(world.audit.recent(Some(tenant), 10).await.unwrap().len(), 1);
        }
        world.audit.chain_loose().await.unwrap();
        world.audit.drop_old().await.unwrap();
        assert!(matches!(verify(&world, tenant).await, Verified::Whole { entries: 0, checkpoint: Some(1), .. }));
        assert!(matches!(verify(&world, other).await, Verified::Whole { entries: 1, checkpoint: None, .. }));
    })
    .await;
}

/// What somebody who can write to the database may try after a retention that left the checkpoint 12 and 13 to 16.
#[tokio::test]
async fn what_is_done_to_the_log_beside_retention_is_found() {
    let cases: [(&str, i64, &str); 9] = [
        (
            "UPDATE audit_checkpoint SET seq = 13, mac = (SELECT mac FROM audit_entry WHERE chain = $c AND seq = 13); DELETE FROM audit_entry WHERE chain = $c AND seq = 13",
            13,
            "the checkpoint was changed",
        ),
        (
            "UPDATE audit_checkpoint SET seal = (SELECT seal FROM audit_head WHERE chain = $c), seq = 16, mac = (SELECT mac FROM audit_head WHERE chain = $c); DELETE FROM audit_entry WHERE chain = $c AND seq IS NOT NULL",
            16,
            "the checkpoint was changed",
        ),
        ("DELETE FROM audit_checkpoint WHERE chain = $c", 1, "an entry is missing"),
        ("DELETE FROM audit_entry WHERE chain = $c AND seq = 13", 13, "an entry is missing"),
        ("DELETE FROM audit_entry WHERE chain = $c AND seq = 14", 14, "an entry is missing"),
        ("DELETE FROM audit_entry WHERE chain = $c AND seq > 14", 15, "the last entries are missing"),
        ("DELETE FROM audit_entry WHERE chain = $c AND seq IS NOT NULL", 13, "the last entries are missing"),
        ("UPDATE audit_entry SET actor_name = 'x' WHERE chain = $c AND seq = 13", 13, "the entry was changed"),
        (
            "DELETE FROM audit_entry WHERE chain = $c AND seq IS NOT NULL; DELETE FROM audit_head WHERE chain = $c",
            13,
            "the head is missing",
        ),
    ];
    futures_util::future::join_all(cases.map(async |(text, at, why)| {
        in_worlds(async |db, world| {
            let tenant = aged(&db, &world).await;
            world.audit.drop_old().await.unwrap();
            attack(&db, &text.replace("$c", &id(&db, tenant))).await;
            assert_eq!(verify(&world, tenant).await, Verified::Broken { at, why }, "{text}");
        })
        .await;
    }))
    .await;
}

#[tokio::test]
async fn a_forged_checkpoint_in_a_whole_log_is_found_and_stops_retention() {
    in_worlds(async |db, world| {
        let tenant = aged(&db, &world).await;
        let chain = id(&db, tenant);
        let forge = format!(
            "INSERT INTO audit_checkpoint (chain, seq, mac, seal, at)
             SELECT chain, seq, mac, mac, at FROM audit_entry WHERE chain = {chain} AND seq = 7;
             DELETE FROM audit_entry WHERE chain = {chain} AND seq <= 7"
        );
        attack(&db, &forge).await;
        let broken = Verified::Broken { at: 7, why: "the checkpoint was changed" };
        assert_eq!(verify(&world, tenant).await, broken);
        let error = world.audit.drop_old().await.unwrap_err();
        assert!(error.to_string().contains("checkpoint was changed"), "{error}");
        assert_eq!(verify(&world, tenant).await, broken, "still to be seen");
    })
    .await;
}

#[tokio::test]
async fn retention_takes_no_changed_entry_with_it() {
    for text in [
        "UPDATE audit_entry SET detail = 'x' WHERE chain = $c AND seq = 5",
        "DELETE FROM audit_entry WHERE chain = $c AND seq = 5",
        "DELETE FROM audit_entry WHERE chain = $c AND seq = 1",
    ] {
        in_worlds(async |db, world| {
            let tenant = aged(&db, &world).await;
            attack(&db, &text.replace("$c", &id(&db, tenant))).await;
            let before = verify(&world, tenant).await;
            assert!(matches!(before, Verified::Broken { .. }), "{text}");
            assert!(world.audit.drop_old().await.is_err(), "{text}");
            assert_eq!(verify(&world, tenant).await, before, "{text}");
        })
        .await;
    }
}

#[tokio::test]
async fn checkpoints_outlive_a_rotation_of_keys() {
    in_worlds(async |db, world| {
        let tenant = aged(&db, &world).await;
        world.audit.drop_old().await.unwrap();
        let (old, new) = (format!("one:{}", "11".repeat(32)), format!("two:{}", "22".repeat(32)));
        let later = Clock::manual(START.plus(31 * DAY));
        let rotated = World::with(&db, ring(&format!("{new},{old}")), later.clone()).await;
        assert!(matches!(verify(&rotated, tenant).await, Verified::Whole { checkpoint: Some(12), .. }));
        let without = World::with(&db, ring(&new), later).await;
        let why = "the checkpoint's key is not in the ring";
        assert_eq!(verify(&without, tenant).await, Verified::Broken { at: 12, why });
    })
    .await;
}
