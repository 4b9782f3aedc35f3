//! What PostgreSQL lets the app role do beside Nexus' code, for each role in a tenant.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::Organisation;
use crate::testing::{Engine, TestDb};

/// Runs `text` as `nexus_app` for this person in this tenant; how many rows it reached. Nothing stays.
async fn reach(db: &TestDb, user: nexus_model::UserId, tenant: nexus_model::TenantId, text: &str) -> Option<u64> {
    let mut connection = PgConnection::connect(&db.url).await.unwrap();
    let mut tx = connection.begin().await.unwrap();
    let wall =
        format!("SELECT set_config('nexus.user_id', '{user}', true), set_config('nexus.tenant_id', '{tenant}', true)");
    sqlx::query(AssertSqlSafe(wall)).execute(&mut *tx).await.unwrap();
    sqlx::query(AssertSqlSafe(text.to_owned())).execute(&mut *tx).await.ok().map(|done| done.rows_affected())
}

fn new_task(organisation: &Organisation, user: nexus_model::UserId) -> String {
    let (id, tenant, server) = (uuid::Uuid::now_v7(), organisation.tenant, organisation.server);
    format!(
        "INSERT INTO task (id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, state,
                           created_at)
         VALUES ('{id}', '{tenant}', '{user}', 'x', '{server}', 'qemu', 100, 'x', 'start', 'pve1', 'ok', 1)"
    )
}

fn new_entry(organisation: &Organisation, user: &str, kind: &str, more: (&str, &str)) -> String {
    let (id, tenant) = (uuid::Uuid::now_v7(), organisation.tenant);
    format!(
        "INSERT INTO audit_entry (id, chain, tenant_id, at, actor_user, actor_name, actor_kind, address, user_agent,
                                  action, target_kind, target_id, target_name, outcome{})
         VALUES ('{id}', '{tenant}', '{tenant}', 1, {user}, 'x', '{kind}', '', '', 'x', 'x', '', '', 'ok'{})",
        more.0, more.1
    )
}

#[tokio::test]
async fn viewers_reach_no_server_and_nobody_changes_a_tenants_settings() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let one = Organisation::make(&db, 1).await;
    let as_viewer = async |text: &str| reach(&db, one.viewer, one.tenant, text).await;
    let as_admin = async |text: &str| reach(&db, one.admin, one.tenant, text).await;
    let servers = "SELECT id, token_secret FROM server";
    assert_eq!((as_viewer(servers).await, as_admin(servers).await), (Some(0), Some(1)));
    let lock = "UPDATE tenant SET lock_count = lock_count + 1, access_epoch = access_epoch + 1";
    assert_eq!((as_viewer(lock).await, as_admin(lock).await), (Some(1), Some(1)));
    let raise = "UPDATE user_account SET access_epoch = access_epoch + 1";
    assert_eq!((as_viewer(raise).await, as_admin(raise).await), (Some(0), Some(2)));
    for text in [
        "UPDATE tenant SET is_active = false",
        "UPDATE tenant SET name = 'x'",
        "UPDATE tenant SET description = 'x'",
        "UPDATE tenant SET slug = 'x'",
        "DELETE FROM tenant",
    ] {
        assert_eq!((as_viewer(text).await, as_admin(text).await), (None, None), "{text}");
    }
    remains.remove().await;
}

#[tokio::test]
async fn tasks_are_ones_own_or_a_managers() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let one = Organisation::make(&db, 1).await;
    assert_eq!(reach(&db, one.viewer, one.tenant, &new_task(&one, one.viewer)).await, Some(1));
    assert_eq!(reach(&db, one.viewer, one.tenant, &new_task(&one, one.admin)).await, None, "in another's name");
    db.tamper(&new_task(&one, one.viewer)).await;
    db.tamper(&new_task(&one, one.admin)).await;
    for text in ["SELECT id FROM task", "UPDATE task SET detail = 'x'"] {
        assert_eq!(reach(&db, one.viewer, one.tenant, text).await, Some(1), "{text}");
        assert_eq!(reach(&db, one.admin, one.tenant, text).await, Some(2), "{text}");
    }
    let hand_over = format!("UPDATE task SET user_id = '{}'", one.admin);
    assert_eq!(reach(&db, one.viewer, one.tenant, &hand_over).await, None);
    remains.remove().await;
}

#[tokio::test]
async fn entries_are_in_ones_own_name_and_not_chained() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let one = Organisation::make(&db, 1).await;
    let (own, other) = (format!("'{}'", one.viewer), format!("'{}'", one.admin));
    let record = async |text: &str| reach(&db, one.viewer, one.tenant, text).await;
    assert_eq!(record(&new_entry(&one, &own, "user", ("", ""))).await, Some(1));
    for (user, kind, more) in [
        (other.as_str(), "user", ("", "")),
        ("NULL", "user", ("", "")),
        ("NULL", "system", ("", "")),
        (own.as_str(), "system", ("", "")),
        (own.as_str(), "user", (", seq", ", 1")),
        (own.as_str(), "user", (", mac", ", 'x'")),
    ] {
        assert_eq!(record(&new_entry(&one, user, kind, more)).await, None, "{user} {kind} {more:?}");
    }
    remains.remove().await;
}

/// Adds a group with the viewer in it, an invitation, both of this `id`, and a manager; the manager.
async fn group_invitation_and_manager(db: &TestDb, one: &Organisation, id: uuid::Uuid) -> nexus_model::UserId {
    let (tenant, admin, viewer, manager) = (one.tenant, one.admin, one.viewer, uuid::Uuid::now_v7());
    db.tamper(&format!(
        "INSERT INTO user_group (id, tenant_id, name, created_at) VALUES ('{id}', '{tenant}', 'Class', 1);
         INSERT INTO group_member (tenant_id, group_id, user_id) VALUES ('{tenant}', '{id}', '{viewer}');
         INSERT INTO invitation (id, tenant_id, email, role, secret_hash, invited_by, created_at, expires_at)
              VALUES ('{id}', '{tenant}', 'x@example.org', 'viewer', sha256('x'), '{admin}', 1, 2);
         INSERT INTO user_account (id, email, full_name, password_hash, system_role, created_at)
              VALUES ('{manager}', 'manager@example.org', 'x', 'x', 'user', 1);
         INSERT INTO member (tenant_id, user_id, role, created_at) VALUES ('{tenant}', '{manager}', 'manager', 1)"
    ))
    .await;
    manager.into()
}

#[tokio::test]
async fn managers_see_people_groups_and_settings_and_admins_change_them() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let one = Organisation::make(&db, 1).await;
    let (tenant, admin, viewer, id) = (one.tenant, one.admin, one.viewer, uuid::Uuid::now_v7());
    let manager = group_invitation_and_manager(&db, &one, id).await;
    // What a viewer, a manager and an admin reach; `None`: PostgreSQL refuses.
    let (new, hash) = (uuid::Uuid::now_v7(), "sha256('y')");
    let cases = [
        ("SELECT viewer_scope FROM tenant_settings".to_owned(), [Some(0), Some(1), Some(1)]),
        ("UPDATE tenant_settings SET viewer_scope = 'all'".into(), [Some(0), Some(0), Some(1)]),
        ("DELETE FROM tenant_settings".into(), [None; 3]),
        ("SELECT id FROM user_group".into(), [Some(0), Some(1), Some(1)]),
        ("UPDATE user_group SET name = 'x'".into(), [Some(0), Some(0), Some(1)]),
        ("DELETE FROM user_group".into(), [Some(0), Some(0), Some(1)]),
        (
            format!("INSERT INTO user_group (id, tenant_id, name, created_at) VALUES ('{new}', '{tenant}', 'y', 1)"),
            [None, None, Some(1)],
        ),
        ("SELECT user_id FROM group_member".into(), [Some(0), Some(1), Some(1)]),
        (
            format!("INSERT INTO group_member (tenant_id, group_id, user_id) VALUES ('{tenant}', '{id}', '{admin}')"),
            [None, None, Some(1)],
        ),
        ("DELETE FROM group_member".into(), [Some(0), Some(0), Some(1)]),
        ("SELECT email FROM invitation".into(), [Some(0), Some(1), Some(1)]),
        ("SELECT secret_hash FROM invitation".into(), [None; 3]),
        ("SELECT mailed_hash FROM invitation".into(), [None; 3]),
        ("DELETE FROM invitation".into(), [Some(0), Some(0), Some(1)]),
        (
            format!(
                "INSERT INTO invitation (id, tenant_id, email, role, secret_hash, invited_by, created_at, expires_at) VALUES ('{new}', '{tenant}', 'y@example.org', 'viewer', {hash}, '{admin}', 1, 2)"
            ),
            [None, None, Some(1)],
        ),
        ("SELECT user_id FROM member".into(), [Some(3), Some(3), Some(3)]),
        ("UPDATE member SET role = 'admin'".into(), [Some(0), Some(0), Some(3)]),
        ("DELETE FROM member".into(), [Some(0), Some(0), Some(3)]),
        ("UPDATE assignment SET permissions = 'view'".into(), [Some(0), None, Some(1)]),
        ("UPDATE assignment SET asleep = true".into(), [Some(0), Some(1), Some(1)]),
        ("DELETE FROM assignment".into(), [Some(0), Some(0), Some(1)]),
        ("SELECT id FROM audit_entry".into(), [Some(0), Some(0), Some(0)]),
        ("DELETE FROM audit_entry".into(), [None; 3]),
        ("SELECT seq FROM audit_checkpoint".into(), [None; 3]),
        ("SELECT picture FROM avatar".into(), [None; 3]),
        ("SELECT id FROM account_link".into(), [None; 3]),
        ("SELECT id FROM outgoing_mail".into(), [None; 3]),
    ];
    for (text, expected) in cases {
        for (user, expected) in [viewer, manager, admin].into_iter().zip(expected) {
            assert_eq!(reach(&db, user, tenant, &text).await, expected, "{text}");
        }
    }
    remains.remove().await;
}

/// A copy of the tenant's server with another origin.
fn copied(organisation: &Organisation, origin: &str) -> String {
    let (id, server) = (uuid::Uuid::now_v7(), organisation.server);
    let scope = if origin == "provided" { "'{\"pools\":[\"x\"],\"tags\":[],\"vmids\":[]}'::jsonb" } else { "scope" };
    format!(
        "INSERT INTO server (id, tenant_id, name, host, port, token_id, token_secret, tls, connect_timeout_ms, origin,
                             scope, created_at, updated_at)
         SELECT '{id}', tenant_id, '{origin}', host || '.{origin}', port, token_id, token_secret, tls,
                connect_timeout_ms, '{origin}', {scope}, 1, 1
           FROM server WHERE id = '{server}'"
    )
}

#[tokio::test]
async fn what_others_brought_is_not_a_tenants_to_change() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let one = Organisation::make(&db, 1).await;
    let as_admin = async |text: &str| reach(&db, one.admin, one.tenant, text).await;
    assert_eq!(as_admin(&copied(&one, "own")).await, Some(1));
    for origin in ["environment", "provided"] {
        assert_eq!(as_admin(&copied(&one, origin)).await, None, "{origin}");
        db.tamper(&copied(&one, origin)).await;
        let where_it_is = format!("WHERE origin = '{origin}'");
        assert_eq!(as_admin(&format!("SELECT id FROM server {where_it_is}")).await, Some(1), "{origin}");
        for change in ["name = 'x'", "is_active = false", "token_secret = 'x'", "scope = NULL", "origin = 'own'"] {
            let text = format!("UPDATE server SET {change} {where_it_is}");
            assert_eq!(as_admin(&text).await, Some(0), "{text}");
        }
        assert_eq!(as_admin(&format!("DELETE FROM server {where_it_is}")).await, Some(0), "{origin}");
        // Nor does one's own become one of theirs, with a wider limit or none.
        let text = format!("UPDATE server SET origin = '{origin}' WHERE origin = 'own'");
        assert_eq!(as_admin(&text).await, None, "{text}");
    }
    assert_eq!(as_admin("UPDATE server SET name = 'x' WHERE origin = 'own'").await, Some(1));
    remains.remove().await;
}
