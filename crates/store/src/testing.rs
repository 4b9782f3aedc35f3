//! A fresh database for each test, on either engine. For tests alone.
//!
//! PostgreSQL is where `NEXUS_TEST_POSTGRES` points (a superuser's URL of a throw-away cluster). Without it, tests
//! say that they were left out; with `CI` or `NEXUS_REQUIRE_POSTGRES=1` set they fail instead.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{ScopeMint, Store, StoreOptions};

tokio::task_local! {
    static STATEMENTS: RefCell<Vec<&'static str>>;
}

/// Remembers a statement, where the task asked for that.
pub(crate) fn note(sql: &'static str) {
    let _outside_of_counted = STATEMENTS.try_with(|noted| noted.borrow_mut().push(sql));
}

/// The statements that a future ran in its own task, in their order, beside what it gave.
pub async fn counted<F: Future>(future: F) -> (F::Output, Vec<&'static str>) {
    let counted = async {
        let output = future.await;
        (output, STATEMENTS.with(RefCell::take))
    };
    STATEMENTS.scope(RefCell::default(), counted).await
}

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file in a temporary folder.
    Sqlite,
    /// A database of its own.
    Postgres,
}

/// A fresh database, open.
pub struct TestDb {
    /// The engine.
    pub engine: Engine,
    /// The store.
    pub store: Store,
    /// Its mint.
    pub mint: ScopeMint,
    /// The URL that it was opened with (as `nexus_app` on PostgreSQL).
    pub url: String,
    /// The options that it was opened with.
    pub options: StoreOptions,
    place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "dropped with the test, which removes the folder")] TempDir),
    Database { admin: String, name: String },
}

const PASSWORD: &str = "nexus-test";

/// Runs `test` on SQLite, then on PostgreSQL where there is one, and removes the databases.
pub async fn on_both<F, Fut>(test: F)
where
    F: Fn(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if let Some(db) = TestDb::fresh(engine).await {
            let drop_later = db.remains();
            test(db).await;
            drop_later.remove().await;
        }
    }
}

/// What is left of a [`TestDb`] when the test has used it up: removes a PostgreSQL database.
pub struct Remains(Option<(String, String)>);

impl Remains {
    /// Drops the database, whoever is still connected.
    pub async fn remove(self) {
        if let Some((admin, name)) = self.0 {
            let mut admin = PgConnection::connect(&admin).await.expect("the test cluster answers");
            run(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

impl TestDb {
    /// A fresh database; `None` where there is no PostgreSQL to test on.
    ///
    /// # Panics
    /// Without PostgreSQL in CI, and when the database cannot be made.
    pub async fn fresh(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => Some(Self::sqlite().await),
            Engine::Postgres => Some(Self::postgres(&test_cluster()?).await),
        }
    }

    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}", folder.path().join("nexus.db").display());
        Self::open(Engine::Sqlite, url, StoreOptions::default(), Place::Folder(folder)).await
    }

    async fn postgres(admin: &str) -> Self {
        let name = format!("nexus_test_{}", Uuid::new_v4().simple());
        let mut connection = PgConnection::connect(admin).await.expect("the test cluster answers");
        // Roles belong to the cluster: tests that start together make them one after the other.
        run(&mut connection, "SELECT pg_advisory_lock(7261)").await;
        for role in ["nexus_owner", "nexus_app", "nexus_system"] {
            let make = format!(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                   CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}' NOSUPERUSER NOBYPASSRLS; END IF; END $$"
            );
            run(&mut connection, &make).await;
        }
        run(&mut connection, "SELECT pg_advisory_unlock(7261)").await;
        run(&mut connection, &format!("CREATE DATABASE {name} OWNER nexus_owner")).await;
        let options = StoreOptions {
            migrate_url: Some(url_of(admin, "nexus_owner", &name)),
            system_url: Some(url_of(admin, "nexus_system", &name)),
            readers: 8,
        };
        let url = url_of(admin, "nexus_app", &name);
        Self::open(Engine::Postgres, url, options, Place::Database { admin: admin.to_owned(), name }).await
    }

    async fn open(engine: Engine, url: String, options: StoreOptions, place: Place) -> Self {
        let (store, mint) = Store::open(&url, &options).await.expect("the fresh database opens");
        Self { engine, store, mint, url, options, place }
    }

    /// Opens the same database once more, as another process would.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn second(&self) -> (Store, ScopeMint) {
        Store::open(&self.url, &self.options).await.expect("the database opens a second time")
    }

    /// Every row of every table as text, but for the tables and columns that are left out.
    ///
    /// # Panics
    /// When a table cannot be read.
    pub async fn dump(&self, without: &[&str]) -> BTreeMap<String, Vec<String>> {
        let mut dump = BTreeMap::new();
        let tables = match self.engine {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
            Engine::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
        };
        for table in self.texts(tables).await.into_iter().filter(|table| !without.contains(&table.as_str())) {
            let rows = self.rows(&table, without).await;
            dump.insert(table, rows);
        }
        dump
    }

    /// Every row of a table as text, in some order that is always the same, but for the columns that are left out.
    ///
    /// # Panics
    /// When the table cannot be read.
    pub async fn rows(&self, table: &str, without: &[&str]) -> Vec<String> {
        let columns = match self.engine {
            Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            Engine::Postgres => format!(
                "SELECT column_name::text FROM information_schema.columns
                  WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        };
        let columns = self.texts(&columns).await.into_iter().filter(|column| !without.contains(&column.as_str()));
        let columns: Vec<String> = match self.engine {
            Engine::Sqlite => columns.map(|column| format!("'{column}=' || quote({column})")).collect(),
            Engine::Postgres => columns.map(|column| format!("'{column}=' || coalesce({column}::text, '-')")).collect(),
        };
        let mut rows = self.texts(&format!("SELECT {} FROM {table}", columns.join(" || ' ' || "))).await;
        rows.sort();
        rows
    }

    /// The first column of a statement's rows, read with every right.
    pub(crate) async fn texts(&self, text: &str) -> Vec<String> {
        match &self.place {
            Place::Folder(_) => {
                let scope = self.mint.system();
                let mut system = self.store.system_read(&scope).await.expect("a reader is free");
                system.tx.texts(text).await.expect("the text is accepted")
            }
            Place::Database { admin, name } => {
                let url = url_with_database(admin, name);
                let mut connection = PgConnection::connect(&url).await.expect("the test cluster answers");
                let texts = sqlx::query_scalar(AssertSqlSafe(text.to_owned()));
                texts.fetch_all(&mut connection).await.expect("the test cluster accepts the text")
            }
        }
    }

    /// What to remove when the test is over.
    #[must_use]
    pub fn remains(&self) -> Remains {
        match &self.place {
            Place::Folder(_) => Remains(None),
            Place::Database { admin, name } => Remains(Some((admin.clone(), name.clone()))),
        }
    }

    /// Runs a text as somebody with every right (the owner of the SQLite file, PostgreSQL's superuser): what an
    /// attacker or an administrator could do beside Nexus. Returns the number of changed rows.
    ///
    /// # Panics
    /// When the engine refuses the text.
    pub async fn tamper(&self, text: &str) -> u64 {
        match &self.place {
            Place::Folder(_) => {
                let scope = self.mint.system();
                let mut system = self.store.system_write(&scope).await.expect("the writer is free");
                let changed = system.tx.run_text(text).await.expect("the text is accepted");
                system.commit().await.expect("it commits");
                changed
            }
            Place::Database { admin, name } => {
                let url = url_with_database(admin, name);
                let mut connection = PgConnection::connect(&url).await.expect("the test cluster answers");
                run(&mut connection, text).await
            }
        }
    }
}

fn test_cluster() -> Option<String> {
    let url = std::env::var("NEXUS_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        let required = std::env::var_os("CI").is_some() || std::env::var_os("NEXUS_REQUIRE_POSTGRES").is_some();
        assert!(!required, "NEXUS_TEST_POSTGRES must name a PostgreSQL cluster here");
        #[expect(clippy::print_stderr, reason = "a test that is left out must say so")]
        {
            eprintln!("left out: the PostgreSQL half (NEXUS_TEST_POSTGRES is not set)");
        }
    }
    url
}

async fn run(connection: &mut PgConnection, text: &str) -> u64 {
    let done = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(connection).await;
    done.expect("the test cluster accepts the text").rows_affected()
}

fn url_with_database(admin: &str, database: &str) -> String {
    let (rest, query) = admin.split_once('?').map_or((admin, None), |(rest, query)| (rest, Some(query)));
    let after_scheme = rest.find("://").map_or(0, |at| at + 3);
    let host_end = rest[after_scheme..].find('/').map_or(rest.len(), |at| after_scheme + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{database}{query}", &rest[..host_end])
}

/// The same cluster as `role`, in `database`.
fn url_of(admin: &str, role: &str, database: &str) -> String {
    let url = url_with_database(admin, database);
    let (_, rest) = url.split_once("://").expect("a URL has a scheme");
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("postgres://{role}:{PASSWORD}@{host}")
}
