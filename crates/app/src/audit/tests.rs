//! Tests of the audit log and its chains, on both engines.

mod reading;
mod retention;

use nexus_model::TenantId;
use nexus_store::testing::{Engine, TestDb};

use super::{Entry, Outcome, Verified};
use crate::access::{ManageServers, Who};
use crate::clock::Clock;
use crate::tests::{Cast, START, World, first_ring, in_worlds, ring};

/// Writes `n` entries into the system's chain.
async fn write(world: &World, n: usize) {
    for at in 0..n {
        let entry = Entry::new("test.do", "thing", at, format!("thing {at}")).outcome(Outcome::Intent).detail("why");
        world.audit.record_alone(None, &Who::system("test"), entry).await.unwrap();
    }
}

async fn verify(world: &World) -> Verified {
    world.audit.verify(None).await.unwrap()
}

/// Lets somebody with every right on the database do what the append-only rules forbid.
async fn attack(db: &TestDb, text: &str) -> u64 {
    if db.engine == Engine::Sqlite {
        for rule in ["is_not_changed", "is_not_chained_twice", "is_not_deleted"] {
            db.tamper(&format!("DROP TRIGGER IF EXISTS audit_entry_{rule}")).await;
        }
    }
    db.tamper(text).await
}

#[tokio::test]
async fn entries_are_chained_in_order_and_verified() {
    in_worlds(async |_db, world| {
        assert_eq!(verify(&world).await, Verified::Whole { entries: 0, checkpoint: None, head: "0:".into() });
        write(&world, 250).await;
        world.audit.chain_loose().await.unwrap();
        write(&world, 3).await;
        world.audit.chain_loose().await.unwrap();
        let before = verify(&world).await;
        let Verified::Whole { entries: 253, checkpoint: None, head } = &before else { panic!("{before:?}") };
        assert!(head.starts_with("253:"), "{head}");
        world.audit.chain_loose().await.unwrap();
        assert_eq!(verify(&world).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_chain_the_same_log_without_a_gap() {
    in_worlds(async |db, world| {
        let other = World::new(&db).await;
        write(&world, 100).await;
        let (one, two) = tokio::join!(world.audit.chain_loose(), other.audit.chain_loose());
        one.and(two).unwrap();
        assert!(matches!(verify(&other).await, Verified::Whole { entries: 100, .. }));
    })
    .await;
}

#[tokio::test]
async fn every_change_of_the_log_is_found() {
    let cases: [(&str, i64, &str); 8] = [
        ("UPDATE audit_entry SET target_name = 'other' WHERE seq = 4", 4, "the entry was changed"),
        ("UPDATE audit_entry SET detail = NULL WHERE seq = 4", 4, "the entry was changed"),
        ("UPDATE audit_entry SET at = at + 1 WHERE seq = 1", 1, "the entry was changed"),
        ("DELETE FROM audit_entry WHERE seq = 1", 1, "an entry is missing"),
        ("DELETE FROM audit_entry WHERE seq = 6", 6, "an entry is missing"),
        ("DELETE FROM audit_entry WHERE seq > 7", 8, "the last entries are missing"),
        ("DELETE FROM audit_head", 11, "the head is missing"),
        (
            "DELETE FROM audit_entry WHERE seq > 7;
             UPDATE audit_head SET seq = 7, mac = (SELECT mac FROM audit_entry WHERE seq = 7)",
            8,
            "the head was changed, or the end was cut off",
        ),
    ];
    futures_util::future::join_all(cases.map(async |(text, at, why)| {
        in_worlds(async |db, world| {
            write(&world, 10).await;
            world.audit.chain_loose().await.unwrap();
            attack(&db, text).await;
            assert_eq!(verify(&world).await, Verified::Broken { at, why }, "{text}");
        })
        .await;
    }))
    .await;
}

#[tokio::test]
async fn a_broken_chain_is_not_gone_on_with() {
    in_worlds(async |db, world| {
        let cast = Cast::new(&world).await;
        write(&world, 10).await;
        world.audit.chain_loose().await.unwrap();
        let nil = match db.engine {
            Engine::Sqlite => "zeroblob(16)",
            Engine::Postgres => "'00000000-0000-0000-0000-000000000000'",
        };
        let cut = format!("DELETE FROM audit_entry WHERE seq > 7 AND chain = {nil}");
        let cut = format!("{cut}; UPDATE audit_head SET seq = 7, mac = (SELECT mac FROM audit_entry WHERE seq = 7 AND chain = {nil}) WHERE chain = {nil}");
        attack(&db, &cut).await;
        write(&world, 1).await;
        world.provision.set_role(cast.tenant, cast.viewer, nexus_model::TenantRole::Manager).await.unwrap();
        let error = world.audit.chain_loose().await.unwrap_err();
        assert!(error.to_string().contains("cut off"), "{error}");
        assert!(matches!(verify(&world).await, Verified::Broken { at: 8, .. }), "still to be seen");
        // The other chains go on.
        let own = world.audit.verify(Some(cast.tenant)).await.unwrap();
        let loose = world.audit.recent(Some(cast.tenant), 1).await.unwrap().remove(0);
        assert_eq!(loose.action, "member.update");
        assert!(matches!(own, Verified::Whole { entries, .. } if Some(entries) == loose.seq), "{own:?}");
    })
    .await;
}

#[tokio::test]
async fn chains_outlive_a_rotation_of_keys_and_name_a_missing_one() {
    in_worlds(async |db, world| {
        write(&world, 2).await;
        world.audit.chain_loose().await.unwrap();
        let (old, new) = (format!("one:{}", "11".repeat(32)), format!("two:{}", "22".repeat(32)));
        let rotated = World::with(&db, ring(&format!("{new},{old}")), Clock::manual(START)).await;
        write(&rotated, 2).await;
        rotated.audit.chain_loose().await.unwrap();
        assert!(matches!(verify(&rotated).await, Verified::Whole { entries: 4, .. }));
        let why = "the entry's key is not in the ring";
        let without_old = World::with(&db, ring(&new), Clock::manual(START)).await;
        assert_eq!(verify(&without_old).await, Verified::Broken { at: 1, why });
        assert_eq!(verify(&world).await, Verified::Broken { at: 3, why });
        // Another key under the same id is no key at all.
        let forged = World::with(&db, ring(&format!("one:{}", "33".repeat(32))), Clock::manual(START)).await;
        assert_eq!(verify(&forged).await, Verified::Broken { at: 1, why: "the entry was changed" });
        assert_eq!(first_ring().ids(), ["one"]);
    })
    .await;
}

#[tokio::test]
async fn a_tenants_entry_names_the_scopes_person_and_tenant() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let person = world.sign_in("admin@example.org").await;
        let grant = world.access.grant::<ManageServers>(&person, cast.tenant).await.unwrap();
        let mut tx = world.store.tenant_write(grant.scope()).await.unwrap();
        let long = "x\0".repeat(2000);
        world
            .audit
            .record(&mut tx, &grant.who(), Entry::new("server.test", "server", cast.server, long))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let entry = world.audit.recent(Some(cast.tenant), 1).await.unwrap().remove(0);
        assert_eq!(entry.tenant_id.map(TenantId::from), Some(cast.tenant));
        assert_eq!((entry.actor_user, entry.actor_name.as_str()), (Some(cast.admin.uuid()), "admin@example.org"));
        assert_eq!((entry.address.as_str(), entry.request_id.as_deref()), ("192.0.2.7", Some("r1")));
        assert_eq!(entry.target_name, "x".repeat(500));
        // What is rolled back is not recorded.
        let mut tx = world.store.tenant_write(grant.scope()).await.unwrap();
        world.audit.record(&mut tx, &grant.who(), Entry::new("server.delete", "server", "", "")).await.unwrap();
        drop(tx);
        assert_eq!(world.audit.recent(Some(cast.tenant), 1).await.unwrap(), [entry]);
        let all: Vec<String> = world.audit.verify_all().await.unwrap().into_iter().map(|(name, _)| name).collect();
        assert!(all.contains(&"system".to_owned()) && all.contains(&cast.tenant.to_string()));
    })
    .await;
}
