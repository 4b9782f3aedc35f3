//! Another tenant's rows are not there: by the statements on both engines, and by PostgreSQL itself.

use nexus_model::{Subject, Target};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::Organisation;
use crate::Error;
use crate::testing::{Engine, TestDb, on_both};

#[tokio::test]
async fn statements_find_the_own_tenants_rows_alone() {
    on_both(async |db| {
        let (one, two) = (Organisation::make(&db, 1).await, Organisation::make(&db, 2).await);
        let scope = db.mint.tenant(one.admin, one.tenant);
        let mut read = db.store.tenant_read(&scope).await.unwrap();
        assert_eq!(read.servers().await.unwrap().iter().map(|s| s.id).collect::<Vec<_>>(), [one.server]);
        assert!(read.server(two.server).await.unwrap().is_none());
        drop(read);
        let mut write = db.store.tenant_write(&scope).await.unwrap();
        assert!(!write.delete_server(two.server).await.unwrap());
        let mut foreign = super::server(two.server, two.tenant, "changed");
        foreign.version = 1;
        assert!(!write.update_server(&foreign).await.unwrap_or(false));
        write.commit().await.unwrap();
        let scope = db.mint.tenant(two.admin, two.tenant);
        let mut read = db.store.tenant_read(&scope).await.unwrap();
        assert_eq!(read.server(two.server).await.unwrap().unwrap().name, "pve2");
    })
    .await;
}

#[tokio::test]
async fn rights_hang_on_membership_and_server_of_the_same_tenant() {
    on_both(async |db| {
        let (one, two) = (Organisation::make(&db, 1).await, Organisation::make(&db, 2).await);
        let scope = db.mint.system();
        for wrong in [
            crate::NewAssignment { subject: Subject::User(two.viewer), ..one.assignment() },
            crate::NewAssignment { target: Target::Guest(two.guest), ..one.assignment() },
        ] {
            let mut write = db.store.system_write(&scope).await.unwrap();
            assert!(matches!(write.put_assignment(&wrong).await, Err(Error::Missing)));
        }
        let mut write = db.store.system_write(&scope).await.unwrap();
        assert_eq!(write.assigned(one.tenant, one.viewer, super::NOW).await.unwrap().len(), 1);
        assert!(write.delete_member(one.tenant, one.viewer).await.unwrap());
        assert!(write.assigned(one.tenant, one.viewer, super::NOW).await.unwrap().is_empty());
        assert_eq!(write.assigned(two.tenant, two.viewer, super::NOW).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn scopes_age_and_belong_to_their_store() {
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let long_ago = std::time::Instant::now() - crate::SCOPE_AGE - std::time::Duration::from_secs(1);
        let old = db.mint.tenant_made_at(one.admin, one.tenant, long_ago);
        assert!(matches!(db.store.tenant_read(&old).await.err(), Some(Error::ScopeTooOld)));
        let (_store, mint) = db.second().await;
        assert!(matches!(
            db.store.tenant_write(&mint.tenant(one.admin, one.tenant)).await.err(),
            Some(Error::ForeignScope)
        ));
        assert!(matches!(db.store.system_read(&mint.system()).await.err(), Some(Error::ForeignScope)));
    })
    .await;
}

#[tokio::test]
async fn readers_cannot_write() {
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let scope = db.mint.tenant(one.admin, one.tenant);
        let mut read = db.store.tenant_read(&scope).await.unwrap();
        assert!(matches!(read.lock().await, Err(Error::Database(_))));
        let scope = db.mint.system();
        let mut read = db.store.system_read(&scope).await.unwrap();
        assert!(read.delete_sessions(one.admin).await.is_err());
    })
    .await;
}

/// What `nexus_app` sees beside Nexus' code, with the settings that are given.
async fn counts(db: &TestDb, user: &str, tenant: &str) -> Vec<(&'static str, i64)> {
    const TABLES: [&str; 7] = ["tenant", "member", "user_account", "server", "assignment", "task", "audit_entry"];
    let mut connection = PgConnection::connect(&db.url).await.unwrap();
    let mut tx = connection.begin().await.unwrap();
    let wall =
        format!("SELECT set_config('nexus.user_id', '{user}', true), set_config('nexus.tenant_id', '{tenant}', true)");
    sqlx::query(AssertSqlSafe(wall)).execute(&mut *tx).await.unwrap();
    let mut counts = Vec::new();
    for table in TABLES {
        let count = sqlx::query(AssertSqlSafe(format!(
            "SELECT count(id_or_not) AS n FROM (SELECT 1 AS id_or_not FROM {table}) q"
        )));
        counts.push((table, count.fetch_one(&mut *tx).await.unwrap().get::<i64, _>("n")));
    }
    counts
}

#[tokio::test]
async fn postgres_itself_hides_other_tenants_from_the_app_role() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let (one, two) = (Organisation::make(&db, 1).await, Organisation::make(&db, 2).await);
    let none = |counts: &[(&str, i64)]| counts.iter().all(|(_, n)| *n == 0);
    assert!(none(&counts(&db, "", "").await), "nothing without saying who asks");
    let stranger = counts(&db, &two.admin.to_string(), &one.tenant.to_string()).await;
    assert!(none(&stranger), "an admin of another tenant: {stranger:?}");
    let own = counts(&db, &one.admin.to_string(), &one.tenant.to_string()).await;
    let expected = [
        ("tenant", 1),
        ("member", 2),
        ("user_account", 2),
        ("server", 1),
        ("assignment", 1),
        ("task", 0),
        ("audit_entry", 0),
    ];
    assert_eq!(own, expected);
    remains.remove().await;
}

#[tokio::test]
async fn postgres_refuses_the_app_role_what_is_not_its_business() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let (one, two) = (Organisation::make(&db, 1).await, Organisation::make(&db, 2).await);
    for text in [
        "SELECT password_hash FROM user_account",
        "SELECT * FROM session",
        "SELECT * FROM setup_link",
        "SELECT * FROM audit_head",
        "UPDATE audit_entry SET outcome = 'ok'",
        "DELETE FROM audit_entry",
        "UPDATE user_account SET system_role = 'admin'",
        "SET ROLE nexus_owner",
        "ALTER TABLE server DISABLE ROW LEVEL SECURITY",
    ] {
        let mut connection = PgConnection::connect(&db.url).await.unwrap();
        assert!(sqlx::raw_sql(text).execute(&mut connection).await.is_err(), "{text}");
    }
    // A viewer may not write servers, an admin may not write another tenant's.
    for (user, tenant) in [(one.viewer, one.tenant), (one.admin, two.tenant)] {
        let scope = db.mint.tenant(user, tenant);
        let mut write = db.store.tenant_write(&scope).await.unwrap();
        let new = super::server(uuid::Uuid::now_v7().into(), tenant, "smuggled");
        assert!(matches!(write.insert_server(&new).await, Err(Error::Database(_))));
    }
    remains.remove().await;
}

#[tokio::test]
async fn nobody_changes_or_removes_audit_entries_quietly() {
    on_both(async |db| {
        let scope = db.mint.system();
        let mut write = db.store.system_write(&scope).await.unwrap();
        let entry = crate::AuditEntry {
            id: uuid::Uuid::now_v7().into(),
            chain: uuid::Uuid::nil(),
            tenant_id: None,
            at: super::NOW,
            actor_user: None,
            actor_name: "nexus".into(),
            actor_kind: "system".into(),
            actor_token: None,
            address: String::new(),
            user_agent: String::new(),
            action: "test".into(),
            target_kind: "test".into(),
            target_id: String::new(),
            target_name: String::new(),
            before_state: None,
            after_state: Some("{\"b\":1,  \"a\":1.0}".into()),
            outcome: "ok".into(),
            detail: None,
            request_id: None,
            seq: None,
            mac: None,
        };
        write.insert_audit_entry(&entry).await.unwrap();
        assert_eq!(
            write.loose_entries(uuid::Uuid::nil(), 10).await.unwrap(),
            std::slice::from_ref(&entry),
            "kept byte for byte"
        );
        write.commit().await.unwrap();
        let mut write = db.store.system_write(&scope).await.unwrap();
        assert!(write.tx.run_text("UPDATE audit_entry SET outcome = 'refused'").await.is_err());
        drop(write);
        // Chained or not, an entry goes only when a checkpoint stands for it: an error on SQLite, not there to be
        // deleted on PostgreSQL.
        for (chained, checkpoint, goes) in [(false, 9, false), (true, 0, false), (true, 6, false), (true, 7, true)] {
            let mut write = db.store.system_write(&scope).await.unwrap();
            if chained {
                assert!(write.chain_entry(entry.id, 7, &[1]).await.unwrap());
            }
            if checkpoint > 0 {
                let row = crate::AuditHead { seq: checkpoint, mac: vec![1], seal: vec![2] };
                let dropped = write.drop_audit_prefix(uuid::Uuid::nil(), &row, super::NOW).await;
                assert_eq!(dropped.is_ok_and(|dropped| dropped == 1), goes, "{chained} {checkpoint}");
            }
            if !goes {
                let deleted = write.tx.run_text("DELETE FROM audit_entry").await;
                assert!(!deleted.is_ok_and(|rows| rows > 0), "{chained} {checkpoint}");
            }
        }
    })
    .await;
}
