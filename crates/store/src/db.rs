//! The only file that names the drivers: one SQL text runs on SQLite and PostgreSQL (`$1` binds, BIGINT, RETURNING,
//! ON CONFLICT). It decides nothing about rights, and no statement is put together from values.
//!
//! On SQLite there is one writing connection (`BEGIN IMMEDIATE`) and several reading ones that refuse writes. On
//! PostgreSQL a tenant's transaction runs as `nexus_app` behind row-level security, the system's as `nexus_system`.

pub(crate) mod backup;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use nexus_model::{
    AlertId, AssignmentId, AuditId, BulkId, CheckId, ConfigSnapshotId, ConsoleId, DeliveryId, GroupId, InvitationId,
    Micros, NotificationId, ProcessId, PveCallId, ServerId, SessionId, TaskId, TenantId, TokenId, UserId, ViewId,
    WebhookId,
};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgListener, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::types::Json;
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, FromRow, PgPool, Postgres, SqlSafeStr, Sqlite, SqlitePool, Transaction,
};
use uuid::Uuid;

use crate::{Error, Result, StoreOptions};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The pools.
#[derive(Clone)]
pub(crate) enum Db {
    /// `write` has one connection.
    Sqlite { read: SqlitePool, write: SqlitePool },
    /// One pool for each role.
    Postgres { app: PgPool, system: PgPool },
}

/// One transaction; what is not committed is rolled back.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

enum Args {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

/// A statement's text. Only `sql!` makes one, which also puts it on the list that a test prepares on both engines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sql(pub(in crate::db) &'static str);

impl Sql {
    /// For `sql!` alone.
    pub(crate) const fn registered(text: &'static str) -> Self {
        Self(text)
    }
}

/// Names a file's statements as constants and lists them in `STATEMENTS`, which `lib.rs` collects.
macro_rules! sql {
    ($($name:ident = $text:literal;)*) => {
        $(const $name: $crate::db::Sql = $crate::db::Sql::registered($text);)*
        /// All of this file's statements.
        #[cfg(test)]
        pub(crate) const STATEMENTS: &[(&str, $crate::db::Sql)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use sql;

/// A value both engines store. Ids of `model` get it in one line below.
pub(crate) trait Bind {
    fn put(self, to: &mut Query<'_>);
}

macro_rules! bind {
    ($($t:ty),* $(,)?) => { $(
        impl Bind for $t {
            fn put(self, to: &mut Query<'_>) {
                let added = match &mut to.args {
                    Args::Sqlite(args) => args.add(self),
                    Args::Postgres(args) => args.add(self),
                };
                if let Err(error) = added {
                    to.bad = Some(error);
                }
            }
        }
    )* };
}
bind!(
    Uuid,
    Option<Uuid>,
    i64,
    Option<i64>,
    bool,
    String,
    Option<String>,
    Vec<u8>,
    Option<Vec<u8>>,
    Json<serde_json::Value>,
);

macro_rules! bind_as {
    ($($own:ty => $stored:ty),* $(,)?) => { $(
        impl Bind for $own {
            fn put(self, to: &mut Query<'_>) {
                <$stored>::from(self).put(to);
            }
        }
        impl Bind for Option<$own> {
            fn put(self, to: &mut Query<'_>) {
                self.map(<$stored>::from).put(to);
            }
        }
    )* };
}
bind_as!(
    UserId => Uuid, SessionId => Uuid, TenantId => Uuid, ServerId => Uuid, AssignmentId => Uuid, ConsoleId => Uuid,
    TaskId => Uuid, BulkId => Uuid, ViewId => Uuid, AuditId => Uuid, GroupId => Uuid, InvitationId => Uuid, CheckId => Uuid, AlertId => Uuid,
    NotificationId => Uuid, WebhookId => Uuid, DeliveryId => Uuid, ProcessId => Uuid,
    TokenId => Uuid, ConfigSnapshotId => Uuid, PveCallId => Uuid, Micros => i64, &str => String, &[u8] => Vec<u8>, u32 => i64, u16 => i64,
);

/// A struct both engines can fill: `#[derive(sqlx::FromRow)]` is enough.
pub(crate) trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// Whether a transaction may write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

impl Mode {
    /// Readers see one state of the database in all their statements, on both engines.
    const fn begin(self) -> &'static str {
        match self {
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Self::Write => "BEGIN READ WRITE",
        }
    }
}

impl Db {
    /// Opens the pools and brings the schema up to date.
    pub(crate) async fn open(url: &str, options: &StoreOptions) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url, options).await
        } else if let Some(path) = url.strip_prefix("sqlite://") {
            Self::open_sqlite(Path::new(path), options).await
        } else {
            Err(Error::Url("must begin with sqlite:// or postgres://"))
        }
    }

    async fn open_sqlite(path: &Path, options: &StoreOptions) -> Result<Self> {
        if path.as_os_str().is_empty() {
            return Err(Error::Url("names no file"));
        }
        create_private(path)?;
        let common = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .disable_statement_logging();
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE)
            .connect_with(common.clone().synchronous(SqliteSynchronous::Full))
            .await?;
        SQLITE.run(&write).await.map_err(Error::migration)?;
        let read = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .acquire_timeout(ACQUIRE)
            .connect_with(common.synchronous(SqliteSynchronous::Normal).pragma("query_only", "on"))
            .await?;
        Ok(Self::Sqlite { read, write })
    }

    async fn open_postgres(url: &str, options: &StoreOptions) -> Result<Self> {
        let system_url = options.system_url.as_deref().ok_or(Error::Url("needs the system role's URL beside it"))?;
        if let Some(owner) = options.migrate_url.as_deref() {
            let owner = pool(owner, 1).await?;
            require_roles(&owner).await?;
            POSTGRES.run(&owner).await.map_err(Error::migration)?;
            owner.close().await;
        }
        let app = pool(url, options.readers.max(1)).await?;
        let system = pool(system_url, options.readers.max(2)).await?;
        for (pool, role) in [(&app, "nexus_app"), (&system, "nexus_system")] {
            refuse_powerful(pool, role).await?;
        }
        compare_schema(&system).await?;
        Ok(Self::Postgres { app, system })
    }

    /// A transaction of one person in one tenant.
    pub(crate) async fn tenant(&self, mode: Mode, user: UserId, tenant: TenantId) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { .. } => self.sqlite(mode).await?,
            Self::Postgres { app, .. } => Tx::Postgres(app.begin_with(wall(mode, user, tenant)).await?),
        })
    }

    /// A transaction of Nexus itself.
    pub(crate) async fn system(&self, mode: Mode) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { .. } => self.sqlite(mode).await?,
            Self::Postgres { system, .. } => Tx::Postgres(system.begin_with(mode.begin()).await?),
        })
    }

    async fn sqlite(&self, mode: Mode) -> Result<Tx> {
        let Self::Sqlite { read, write } = self else { unreachable!("asked for SQLite alone") };
        Ok(Tx::Sqlite(match mode {
            Mode::Read => read.begin().await?,
            Mode::Write => write.begin_with("BEGIN IMMEDIATE").await?,
        }))
    }

    /// A connection that hears what other processes announce; `None` on SQLite, which announces nothing.
    pub(crate) async fn listen(&self, channel: &str) -> Result<Option<PgListener>> {
        let Self::Postgres { system, .. } = self else { return Ok(None) };
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with((*system.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.ignore_pool_close_event(true);
        listener.listen(channel).await?;
        Ok(Some(listener))
    }

    /// Each pool's role, its connections, and how many of them are idle.
    pub(crate) fn connections(&self) -> [(&'static str, u32, usize); 2] {
        match self {
            Self::Sqlite { read, write } => {
                [("read", read.size(), read.num_idle()), ("write", write.size(), write.num_idle())]
            }
            Self::Postgres { app, system } => {
                [("app", app.size(), app.num_idle()), ("system", system.size(), system.num_idle())]
            }
        }
    }

    /// Waits for connections in use and closes all.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres { app, system } => {
                app.close().await;
                system.close().await;
            }
        }
    }
}

const ACQUIRE: Duration = Duration::from_secs(30);

async fn pool(url: &str, connections: u32) -> Result<PgPool> {
    let options = PgConnectOptions::from_str(url).map_err(|_| Error::Url("is not a PostgreSQL URL"))?;
    let options = options.application_name("nexus").disable_statement_logging();
    Ok(PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE).connect_with(options).await?)
}

/// The database holds password hashes: nobody else on the machine may read the file.
fn create_private(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Error::File)?;
    }
    let mut how = std::fs::OpenOptions::new();
    how.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut how, 0o600);
    how.open(path).map(drop).map_err(Error::File)
}

/// The migration grants to roles that an administrator makes once; says so when one is missing.
async fn require_roles(owner: &PgPool) -> Result<()> {
    let found: Vec<(String,)> =
        sqlx::query_as("SELECT rolname::text FROM pg_roles WHERE rolname IN ('nexus_app', 'nexus_system')")
            .fetch_all(owner)
            .await?;
    if found.len() == 2 { Ok(()) } else { Err(Error::Roles("the roles nexus_app and nexus_system must exist")) }
}

/// A superuser, or a role with BYPASSRLS, would walk through the second wall.
async fn refuse_powerful(pool: &PgPool, role: &'static str) -> Result<()> {
    let (name, powerful): (String, bool) = sqlx::query_as(
        "SELECT rolname::text, rolsuper OR rolbypassrls OR pg_has_role(oid, 'nexus_owner', 'MEMBER')
           FROM pg_roles
          WHERE rolname = current_user",
    )
    .fetch_one(pool)
    .await?;
    if powerful {
        return Err(Error::Roles("the roles for data must not be superuser, owner, or have BYPASSRLS"));
    }
    if name == role { Ok(()) } else { Err(Error::Roles("the URLs must sign in as nexus_app and as nexus_system")) }
}

/// For processes that do not migrate: the schema must be exactly the one compiled in.
async fn compare_schema(system: &PgPool) -> Result<()> {
    let (newest,): (Option<i64>,) =
        sqlx::query_as("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(system).await?;
    match newest.cmp(&POSTGRES.iter().map(|migration| migration.version).max()) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(Error::SchemaOlder),
        std::cmp::Ordering::Greater => Err(Error::SchemaNewer),
    }
}

/// BEGIN and the second wall's settings in one round trip. Only UUIDs are formatted in, so nothing can be injected.
fn wall(mode: Mode, user: UserId, tenant: TenantId) -> impl SqlSafeStr {
    AssertSqlSafe(format!(
        "{}; SELECT set_config('nexus.user_id', '{user}', true), set_config('nexus.tenant_id', '{tenant}', true)",
        mode.begin()
    ))
}

/// A statement with its values.
pub(crate) struct Query<'t> {
    tx: &'t mut Tx,
    sql: Sql,
    args: Args,
    bad: Option<sqlx::error::BoxDynError>,
}

macro_rules! run {
    ($query:expr, $fetch:ident, $($how:tt)+) => {{
        let Query { tx, sql, args, bad } = $query;
        if let Some(error) = bad {
            return Err(sqlx::Error::Encode(error).into());
        }
        match (tx, args) {
            (Tx::Sqlite(tx), Args::Sqlite(args)) => sqlx::$($how)+(sql.0, args).$fetch(&mut **tx).await,
            (Tx::Postgres(tx), Args::Postgres(args)) => sqlx::$($how)+(sql.0, args).$fetch(&mut **tx).await,
            _ => unreachable!("the arguments were made for this transaction"),
        }
    }};
}

impl Tx {
    pub(crate) fn query(&mut self, sql: Sql) -> Query<'_> {
        #[cfg(any(test, feature = "testing"))]
        crate::testing::note(sql.0);
        let args = match self {
            Self::Sqlite(_) => Args::Sqlite(SqliteArguments::default()),
            Self::Postgres(_) => Args::Postgres(PgArguments::default()),
        };
        Query { tx: self, sql, args, bad: None }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Announces `text` to other processes when this transaction commits; nothing on SQLite. At most 8,000 bytes.
    pub(crate) async fn announce(&mut self, channel: &str, text: &str) -> Result<()> {
        if let Self::Postgres(tx) = self {
            sqlx::query("SELECT pg_notify($1, $2)").bind(channel).bind(text).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// The database's own time; `None` on SQLite, which has none beside this machine's.
    pub(crate) async fn time(&mut self) -> Result<Option<Micros>> {
        let Self::Postgres(tx) = self else { return Ok(None) };
        let text = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
        let (now,): (i64,) = sqlx::query_as(text).fetch_one(&mut **tx).await?;
        Ok(Some(Micros(now)))
    }

    /// Asks the engine whether it understands a statement.
    #[cfg(test)]
    pub(crate) async fn prepare(&mut self, sql: Sql) -> Result<()> {
        use sqlx::{Executor, Statement};
        let text = AssertSqlSafe(sql.0.to_owned()).into_sql_str();
        match self {
            Self::Sqlite(tx) => drop((&mut **tx).prepare(text).await?.sql().as_str().len()),
            Self::Postgres(tx) => drop((&mut **tx).prepare(text).await?.sql().as_str().len()),
        }
        Ok(())
    }

    /// The first column of a text of a test, on SQLite.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn texts(&mut self, text: &str) -> Result<Vec<String>> {
        let Self::Sqlite(tx) = self else { unreachable!("asked for SQLite alone") };
        Ok(sqlx::query_scalar(AssertSqlSafe(text.to_owned())).fetch_all(&mut **tx).await?)
    }

    /// Runs a text of a test.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn run_text(&mut self, text: &str) -> Result<u64> {
        let text = AssertSqlSafe(text.to_owned());
        Ok(match self {
            Self::Sqlite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => sqlx::raw_sql(text).execute(&mut **tx).await?.rows_affected(),
        })
    }
}

impl Query<'_> {
    /// The next value: `$1`, then `$2` and so on.
    pub(crate) fn bind(mut self, value: impl Bind) -> Self {
        value.put(&mut self);
        self
    }

    pub(crate) async fn all<T: Row>(self) -> Result<Vec<T>> {
        Ok(run!(self, fetch_all, query_as_with::<_, T, _>)?)
    }

    pub(crate) async fn optional<T: Row>(self) -> Result<Option<T>> {
        Ok(run!(self, fetch_optional, query_as_with::<_, T, _>)?)
    }

    pub(crate) async fn one<T: Row>(self) -> Result<T> {
        Ok(run!(self, fetch_one, query_as_with::<_, T, _>)?)
    }

    /// Runs a statement that answers nothing; the number of rows that it changed.
    pub(crate) async fn execute(self) -> Result<u64> {
        let Self { tx, sql, args, bad } = self;
        if let Some(error) = bad {
            return Err(sqlx::Error::Encode(error).into());
        }
        Ok(match (tx, args) {
            (Tx::Sqlite(tx), Args::Sqlite(args)) => {
                sqlx::query_with(sql.0, args).execute(&mut **tx).await?.rows_affected()
            }
            (Tx::Postgres(tx), Args::Postgres(args)) => {
                sqlx::query_with(sql.0, args).execute(&mut **tx).await?.rows_affected()
            }
            _ => unreachable!("the arguments were made for this transaction"),
        })
    }
}
