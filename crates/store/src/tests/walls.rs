//! The second wall: PostgreSQL itself keeps tenants apart, for every table that has a tenant, whatever Nexus' code does.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::Organisation;
use crate::testing::{Engine, TestDb};

async fn owner(db: &TestDb) -> PgConnection {
    PgConnection::connect(db.options.migrate_url.as_deref().unwrap()).await.unwrap()
}

async fn names(connection: &mut PgConnection, text: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(text.to_owned())).fetch_all(connection).await.unwrap()
}

/// Every table with a tenant, as the database says: a new one is tested with the others.
async fn tables_of_tenants(db: &TestDb) -> Vec<String> {
    let text = "SELECT c.table_name::text FROM information_schema.columns c
                 WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id' ORDER BY 1";
    names(&mut owner(db).await, text).await
}

/// One row more in each table that an organisation does not fill by itself.
async fn fill(db: &TestDb, one: &Organisation, n: u32) {
    let (tenant, admin, viewer, server) = (one.tenant, one.admin, one.viewer, one.server);
    let id = uuid::Uuid::now_v7();
    let text = format!(
        "INSERT INTO user_group (id, tenant_id, name, created_at) VALUES ('{id}', '{tenant}', 'Class', 1);
         INSERT INTO group_member (tenant_id, group_id, user_id) VALUES ('{tenant}', '{id}', '{viewer}');
         INSERT INTO invitation (id, tenant_id, email, role, secret_hash, invited_by, created_at, expires_at)
              VALUES ('{id}', '{tenant}', 'x{n}@example.org', 'viewer', sha256('{n}'), '{admin}', 1, 2);
         INSERT INTO task (id, tenant_id, user_id, user_name, server_id, kind, vmid, guest_name, action, node, state,
                           created_at)
              VALUES ('{id}', '{tenant}', '{viewer}', 'x', '{server}', 'qemu', 100, 'x', 'start', 'pve1', 'ok', 1);
         INSERT INTO console_session (id, tenant_id, user_id, session_id, server_id, kind, vmid, guest_name, view_only,
                                      state, address, user_agent, created_at, expires_at)
              VALUES ('{id}', '{tenant}', '{viewer}', '{id}', '{server}', 'qemu', 100, 'x', true, 'ended', '', '', 1, 2);
         INSERT INTO audit_entry (id, chain, tenant_id, at, actor_user, actor_name, actor_kind, address, user_agent,
                                  action, target_kind, target_id, target_name, outcome)
              VALUES ('{id}', '{tenant}', '{tenant}', 1, '{viewer}', 'x', 'user', '', '', 'x', 'x', '', '', 'ok');
         INSERT INTO server_check (id, tenant_id, server_id, at, kind, what, ok, took_ms, attempts)
              VALUES ('{id}', '{tenant}', '{server}', 1, 'check', 'x', true, 1, 1);
         INSERT INTO server_metric (tenant_id, server_id, span, begins_at, process_id, checks, failed, attempts, sum_ms, buckets)
              VALUES ('{tenant}', '{server}', 'hour', 1, '{id}', 1, 0, 1, 1, '[]');
         INSERT INTO alert (id, tenant_id, server_id, server_name, rule, state, threshold, opened_at)
              VALUES ('{id}', '{tenant}', '{server}', 'x', 'offline', 'open', 300, 1);
         INSERT INTO webhook (id, tenant_id, name, url, secret, events, created_at)
              VALUES ('{id}', '{tenant}', 'x', 'https://x.example', 'x', '', 1);
         INSERT INTO webhook_delivery (id, tenant_id, webhook_id, event, body, state, created_at)
              VALUES ('{id}', '{tenant}', '{id}', 'test', '', 'failed', 1);
         INSERT INTO notification (id, tenant_id, user_id, kind, category, facts, at)
              VALUES ('{id}', '{tenant}', '{viewer}', 'x', 'alerts', '{{}}', 1);
         INSERT INTO notification_preference (tenant_id, user_id, category, in_app, email)
              VALUES ('{tenant}', '{viewer}', 'alerts', true, false);
         INSERT INTO bulk_action (id, tenant_id, user_id, user_name, process_id, action, per_server, state, created_at)
              VALUES ('{id}', '{tenant}', '{viewer}', 'x', '{id}', 'start', 4, 'done', 1);
         INSERT INTO bulk_guest (tenant_id, bulk_id, position, server_id, kind, vmid, guest_name, state)
              VALUES ('{tenant}', '{id}', 0, '{server}', 'qemu', 100, 'x', 'ok');
         INSERT INTO favourite (tenant_id, user_id, server_id, kind, vmid, created_at)
              VALUES ('{tenant}', '{viewer}', '{server}', 'qemu', 100, 1);
         INSERT INTO saved_view (id, tenant_id, user_id, name, filter, sort, layout, columns, created_at)
              VALUES ('{id}', '{tenant}', '{viewer}', 'x', '', '', 'table', '', 1);
         INSERT INTO tenant_logo (tenant_id, tag, content_type, width, height, size_bytes, updated_at)
              VALUES ('{tenant}', 'x', 'image/png', 1, 1, 1, 1);
         INSERT INTO api_token (id, user_id, tenant_id, server_id, name, secret_hash, scopes, created_at, expires_at)
              VALUES ('{id}', '{viewer}', '{tenant}', '{server}', 'x', sha256('token{n}'), 'read', 1, 2);
         INSERT INTO config_plan (tenant_id, server_id, paths) VALUES ('{tenant}', '{server}', '[]');
         INSERT INTO config_snapshot (id, tenant_id, server_id, taken_by_name, paths, failed, size_bytes, digest, content,
                                      created_at)
              VALUES ('{id}', '{tenant}', '{server}', 'x', 1, 0, 1, 'x', '[]', 1);
         INSERT INTO pve_call (id, tenant_id, user_id, server_id, method, path, params, status, took_ms, created_at)
              VALUES ('{id}', '{tenant}', '{admin}', '{server}', 'GET', '/version', '{{}}', 200, 1, 1);
         INSERT INTO pve_favourite (id, tenant_id, user_id, method, path, created_at)
              VALUES ('{id}', '{tenant}', '{admin}', 'GET', '/version', 1);
         INSERT INTO tenant_watch (tenant_id, process_id, expires_at) VALUES ('{tenant}', '{id}', 2)"
    );
    db.tamper(&text).await;
}

/// As `nexus_app` for a person in a tenant; either may be nobody. Nothing stays.
struct App(PgConnection);

impl App {
    async fn new(db: &TestDb, user: &str, tenant: &str) -> Self {
        let mut connection = PgConnection::connect(&db.url).await.unwrap();
        let wall = format!(
            "BEGIN; SELECT set_config('nexus.user_id', '{user}', true), set_config('nexus.tenant_id', '{tenant}', true)"
        );
        sqlx::raw_sql(AssertSqlSafe(wall)).execute(&mut connection).await.unwrap();
        Self(connection)
    }

    /// How many rows a statement reached; `None` where PostgreSQL refuses by right or policy (and for no other reason).
    async fn reach(&mut self, text: &str) -> Option<u64> {
        let mut inner = self.0.begin().await.unwrap();
        match sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut *inner).await {
            Ok(done) => Some(done.rows_affected()),
            Err(error) => {
                let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
                assert_eq!(code.as_deref(), Some("42501"), "{text}: {error}");
                None
            }
        }
    }
}

#[tokio::test]
async fn every_table_of_a_tenant_is_closed_to_all_others() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let (one, two) = (Organisation::make(&db, 1).await, Organisation::make(&db, 2).await);
    fill(&db, &one, 1).await;
    fill(&db, &two, 2).await;
    let tables = tables_of_tenants(&db).await;
    assert!(tables.len() >= 10, "{tables:?}");
    let dump = db.dump(&[]).await;
    let (own, other) = (one.tenant.to_string(), two.tenant.to_string());
    let (admin, their_admin) = (one.admin.to_string(), two.admin.to_string());
    let people = [
        ("nobody", "", ""),
        ("nobody in the tenant", "", own.as_str()),
        ("their admin at home", their_admin.as_str(), other.as_str()),
        ("their admin in the tenant", their_admin.as_str(), own.as_str()),
        ("the own admin elsewhere", admin.as_str(), other.as_str()),
        ("the own admin nowhere", admin.as_str(), ""),
    ];
    let mut cases = 0;
    for table in &tables {
        assert!(dump[table].iter().any(|row| row.contains(&own)), "{table} has a row to be hidden");
        let text = format!("SELECT to_jsonb(t)::text FROM {table} t WHERE tenant_id = '{own}' LIMIT 1");
        let row = as_superuser(&db, &text).await.replace('\'', "''");
        let columns = columns(&db, table).await;
        for (who, user, tenant) in people {
            let mut app = App::new(&db, user, tenant).await;
            let mut case = async |text: String| {
                let reached = app.reach(&text).await;
                assert!(reached.is_none_or(|rows| rows == 0), "{who} reached {reached:?} rows: {text}");
                cases += 1;
            };
            case(format!("SELECT 1 FROM {table} WHERE tenant_id = '{own}'")).await;
            case(format!("SELECT 1 FROM {table} WHERE tenant_id = '{own}' FOR UPDATE")).await;
            case(format!("UPDATE {table} SET tenant_id = tenant_id WHERE tenant_id = '{own}'")).await;
            case(format!("UPDATE {table} SET tenant_id = '{other}' WHERE tenant_id = '{own}'")).await;
            case(format!("UPDATE {table} SET tenant_id = '{own}' WHERE tenant_id <> '{own}'")).await;
            case(format!("DELETE FROM {table} WHERE tenant_id = '{own}'")).await;
            case(format!(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(null::{table}, '{row}')"
            ))
            .await;
        }
    }
    for (who, user, tenant) in people {
        let mut app = App::new(&db, user, tenant).await;
        for text in [
            format!("SELECT 1 FROM tenant WHERE id = '{own}'"),
            format!("UPDATE tenant SET lock_count = 9 WHERE id = '{own}'"),
            format!("SELECT 1 FROM user_account WHERE id IN ('{}', '{}')", one.admin, one.viewer),
            format!("UPDATE user_account SET access_epoch = 9 WHERE id IN ('{}', '{}')", one.admin, one.viewer),
        ] {
            assert!(app.reach(&text).await.is_none_or(|rows| rows == 0), "{who}: {text}");
            cases += 1;
        }
    }
    assert_eq!(db.dump(&[]).await, dump);
    println!("{cases} cases of row-level security over {} tables", tables.len());
    remains.remove().await;
}

/// The columns that an INSERT may name.
async fn columns(db: &TestDb, table: &str) -> String {
    let text = format!(
        "SELECT column_name::text FROM information_schema.columns
          WHERE table_schema = 'public' AND table_name = '{table}' AND is_generated = 'NEVER'"
    );
    db.texts(&text).await.join(", ")
}

async fn as_superuser(db: &TestDb, text: &str) -> String {
    db.texts(text).await.remove(0)
}

#[tokio::test]
async fn every_table_is_behind_the_wall_and_no_role_of_data_owns_one() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let mut owner = owner(&db).await;
    let tables = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                  AND relname <> '_sqlx_migrations'";
    let open = names(&mut owner, &format!("SELECT relname::text {tables} AND NOT relrowsecurity ORDER BY 1")).await;
    assert!(open.is_empty(), "without row-level security: {open:?}");
    let not_forced =
        names(&mut owner, &format!("SELECT relname::text {tables} AND NOT relforcerowsecurity ORDER BY 1")).await;
    assert_eq!(not_forced, ["member", "tenant", "user_account"], "what the policies' functions read");
    let roles = "SELECT rolname::text FROM pg_roles WHERE rolname IN ('nexus_app', 'nexus_system', 'nexus_owner')";
    let powerful = names(&mut owner, &format!("{roles} AND (rolsuper OR rolbypassrls OR rolcreaterole)")).await;
    assert!(powerful.is_empty(), "{powerful:?}");
    for (what, text) in [
        ("relations", "SELECT relname::text FROM pg_class WHERE pg_get_userbyid(relowner) <> 'nexus_owner'"),
        ("functions", "SELECT proname::text FROM pg_proc WHERE pg_get_userbyid(proowner) <> 'nexus_owner'"),
    ] {
        let column = if what == "relations" { "relnamespace" } else { "pronamespace" };
        let foreign = names(&mut owner, &format!("{text} AND {column} = 'public'::regnamespace")).await;
        assert!(foreign.is_empty(), "{what} that nexus_owner does not own: {foreign:?}");
    }
    // The functions of the policies answer with their owner's rights, and look nothing up where somebody could put a
    // table of their own.
    let functions = "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef";
    let definers = names(&mut owner, &format!("{functions} ORDER BY 1")).await;
    assert_eq!(definers, ["has_role", "has_tenant_role", "user_has_tenant_access"]);
    let loose = names(&mut owner, &format!("{functions} AND proconfig IS NULL")).await;
    assert!(loose.is_empty(), "{loose:?}");
    for role in ["nexus_app", "nexus_system"] {
        let text = format!(
            "SELECT 'x' WHERE has_schema_privilege('{role}', 'public', 'CREATE')
                           OR pg_has_role('{role}', 'nexus_owner', 'MEMBER')"
        );
        assert!(names(&mut owner, &text).await.is_empty(), "{role}");
    }
    remains.remove().await;
}
