//! What checks and calls came to: raw rows, and figures of hours and days of which each process keeps its own.

use nexus_model::{CheckId, CheckKind, MetricSpan, Micros, ProcessId, ServerId, ServerOrigin, TenantId, Way};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System, Tenant};

/// A check or call that is to be written down.
#[derive(Debug, Clone)]
pub struct NewCheck {
    /// Its id.
    pub id: CheckId,
    /// Whose server.
    pub tenant_id: TenantId,
    /// Which server.
    pub server_id: ServerId,
    /// When.
    pub at: Micros,
    /// Check or call.
    pub kind: CheckKind,
    /// What was asked.
    pub what: String,
    /// Whether it succeeded.
    pub ok: bool,
    /// How long it took.
    pub took_ms: i64,
    /// How the server was reached.
    pub way: Option<Way>,
    /// The tries that it took.
    pub attempts: u32,
    /// The limit of the try that counted.
    pub timeout_ms: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A check or call as it was written down.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CheckRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: CheckId,
    /// Which server.
    #[sqlx(try_from = "Uuid")]
    pub server_id: ServerId,
    /// The server's name now.
    pub server_name: String,
    /// Who brought the server.
    #[sqlx(try_from = "String")]
    pub origin: ServerOrigin,
    /// When.
    #[sqlx(try_from = "i64")]
    pub at: Micros,
    /// Check or call.
    #[sqlx(try_from = "String")]
    pub kind: CheckKind,
    /// What was asked.
    pub what: String,
    /// Whether it succeeded.
    pub ok: bool,
    /// How long it took.
    pub took_ms: i64,
    /// How the server was reached, in the words of the model.
    pub way: Option<String>,
    /// The tries that it took.
    pub attempts: i64,
    /// The limit of the try that counted.
    pub timeout_ms: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Which checks and calls are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CheckWanted {
    /// Of this server alone.
    pub server: Option<ServerId>,
    /// Of this kind alone.
    pub kind: Option<CheckKind>,
    /// Those that failed, or those that did not, alone.
    pub failed: Option<bool>,
    /// Those before this time and id.
    pub before: Option<(Micros, CheckId)>,
}

/// Figures of one hour or day of one server, of one process.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MetricRow {
    /// Whose server.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// Which server.
    #[sqlx(try_from = "Uuid")]
    pub server_id: ServerId,
    /// Hour or day.
    #[sqlx(try_from = "String")]
    pub span: MetricSpan,
    /// When it begins.
    #[sqlx(try_from = "i64")]
    pub begins_at: Micros,
    /// How many checks.
    pub checks: i64,
    /// Those that failed.
    pub failed: i64,
    /// The tries that they took.
    pub attempts: i64,
    /// The times of those that succeeded, added up.
    pub sum_ms: i64,
    /// How those times are spread, in the words of who wrote them.
    pub buckets: String,
}

/// A server's name.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ServerName {
    /// Which server.
    #[sqlx(try_from = "Uuid")]
    pub id: ServerId,
    /// Its name.
    pub name: String,
}

/// How many raw rows a server has.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct CheckCount {
    /// Whose server.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// Which server.
    #[sqlx(try_from = "Uuid")]
    pub server_id: ServerId,
    /// How many.
    pub count: i64,
    /// Whether there is no such server any more.
    pub gone: bool,
}

sql! {
    INSERT_CHECK = "
        INSERT INTO server_check (id, tenant_id, server_id, at, kind, what, ok, took_ms, way, attempts, timeout_ms, error)
        SELECT $1, s.tenant_id, s.id, $4, $5, $6, $7, $8, $9, $10, $11, $12
          FROM server s
         WHERE s.tenant_id = $2 AND s.id = $3
        ON CONFLICT (id) DO NOTHING";
    PUT_METRIC = "
        INSERT INTO server_metric (tenant_id, server_id, span, begins_at, process_id, checks, failed, attempts, sum_ms,
                                   buckets)
        SELECT s.tenant_id, s.id, $3, $4, $5, $6, $7, $8, $9, $10
          FROM server s
         WHERE s.tenant_id = $1 AND s.id = $2
        ON CONFLICT (tenant_id, server_id, span, begins_at, process_id)
        DO UPDATE SET checks = excluded.checks, failed = excluded.failed, attempts = excluded.attempts,
                      sum_ms = excluded.sum_ms, buckets = excluded.buckets";
    METRICS = "
        SELECT m.tenant_id, m.server_id, m.span, m.begins_at, m.checks, m.failed, m.attempts, m.sum_ms, m.buckets
          FROM server_metric m
          JOIN server s ON s.tenant_id = m.tenant_id AND s.id = m.server_id
         WHERE m.tenant_id = $1 AND m.span = $2 AND m.begins_at >= $3
         ORDER BY m.server_id, m.begins_at";
    METRICS_OF_SERVER = "
        SELECT m.tenant_id, m.server_id, m.span, m.begins_at, m.checks, m.failed, m.attempts, m.sum_ms, m.buckets
          FROM server_metric m
         WHERE m.tenant_id = $1 AND m.span = $2 AND m.begins_at >= $3 AND m.server_id = $4
         ORDER BY m.begins_at";
    NAMES = "SELECT id, name FROM server WHERE tenant_id = $1 ORDER BY lower(name), name, id";
    NAME = "SELECT id, name FROM server WHERE tenant_id = $1 AND id = $2";
    CHECKS = "
        SELECT c.id, c.server_id, s.name AS server_name, s.origin, c.at, c.kind, c.what, c.ok, c.took_ms, c.way, c.attempts,
               c.timeout_ms, c.error
          FROM server_check c
          JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.tenant_id = $1
           AND (c.at < $2 OR (c.at = $2 AND c.id < $3))
           AND ($4 = '' OR c.kind = $4)
           AND ($5 OR c.ok = $6)
         ORDER BY c.at DESC, c.id DESC
         LIMIT $7";
    CHECKS_OF_SERVER = "
        SELECT c.id, c.server_id, s.name AS server_name, s.origin, c.at, c.kind, c.what, c.ok, c.took_ms, c.way, c.attempts,
               c.timeout_ms, c.error
          FROM server_check c
          JOIN server s ON s.tenant_id = c.tenant_id AND s.id = c.server_id
         WHERE c.tenant_id = $1
           AND (c.at < $2 OR (c.at = $2 AND c.id < $3))
           AND ($4 = '' OR c.kind = $4)
           AND ($5 OR c.ok = $6)
           AND c.server_id = $8
         ORDER BY c.at DESC, c.id DESC
         LIMIT $7";
    DROP_CHECKS = "DELETE FROM server_check WHERE at < $1";
    COUNT_CHECKS = "
        SELECT n.tenant_id, n.server_id, n.count, s.id IS NULL AS gone
          FROM (SELECT c.tenant_id, c.server_id, count(*) AS count FROM server_check c GROUP BY c.tenant_id, c.server_id) n
          LEFT JOIN server s ON s.tenant_id = n.tenant_id AND s.id = n.server_id
         WHERE n.count > $1 OR s.id IS NULL";
    KEEP_CHECKS = "
        DELETE FROM server_check
         WHERE tenant_id = $1 AND server_id = $2
           AND at <= (SELECT c.at FROM server_check c
                       WHERE c.tenant_id = $1 AND c.server_id = $2
                       ORDER BY c.at DESC, c.id DESC LIMIT 1 OFFSET $3)";
    DROP_METRICS = "DELETE FROM server_metric WHERE span = $1 AND begins_at < $2";
    DROP_GONE_METRICS = "
        DELETE FROM server_metric
         WHERE NOT EXISTS (SELECT 1 FROM server s
                            WHERE s.tenant_id = server_metric.tenant_id AND s.id = server_metric.server_id)";
}

impl Tenant<'_> {
    /// Figures of all servers from `since` on, a row for each process; by server and time.
    ///
    /// # Errors
    /// The database.
    pub async fn metrics(&mut self, span: MetricSpan, since: Micros) -> Result<Vec<MetricRow>> {
        let tenant = self.tenant();
        self.tx.query(METRICS).bind(tenant).bind(span.name()).bind(since).all().await
    }

    /// Figures of one server from `since` on, a row for each process; by time.
    ///
    /// # Errors
    /// The database.
    pub async fn metrics_of(&mut self, server: ServerId, span: MetricSpan, since: Micros) -> Result<Vec<MetricRow>> {
        let tenant = self.tenant();
        self.tx.query(METRICS_OF_SERVER).bind(tenant).bind(span.name()).bind(since).bind(server).all().await
    }

    /// The tenant's servers by name.
    ///
    /// # Errors
    /// The database.
    pub async fn server_names(&mut self) -> Result<Vec<ServerName>> {
        let tenant = self.tenant();
        self.tx.query(NAMES).bind(tenant).all().await
    }

    /// One server's name; `None` where the tenant has no such server.
    ///
    /// # Errors
    /// The database.
    pub async fn server_name(&mut self, server: ServerId) -> Result<Option<ServerName>> {
        let tenant = self.tenant();
        self.tx.query(NAME).bind(tenant).bind(server).optional().await
    }

    /// The newest checks and calls that are wanted, at most `limit`.
    ///
    /// # Errors
    /// The database.
    pub async fn checks(&mut self, wanted: CheckWanted, limit: u32) -> Result<Vec<CheckRow>> {
        let tenant = self.tenant();
        let (at, id) = wanted.before.unwrap_or((Micros(i64::MAX), Uuid::max().into()));
        let text = if wanted.server.is_some() { CHECKS_OF_SERVER } else { CHECKS };
        let query = self.tx.query(text).bind(tenant).bind(at).bind(id).bind(wanted.kind.map_or("", CheckKind::name));
        let query = query.bind(wanted.failed.is_none()).bind(!wanted.failed.unwrap_or_default()).bind(limit);
        match wanted.server {
            Some(server) => query.bind(server).all().await,
            None => query.all().await,
        }
    }
}

impl System<'_> {
    /// Writes a check or call down, once; nothing where the server is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_check(&mut self, check: &NewCheck) -> Result<()> {
        let query = self.tx.query(INSERT_CHECK).bind(check.id).bind(check.tenant_id).bind(check.server_id);
        let query = query.bind(check.at).bind(check.kind.name()).bind(check.what.as_str()).bind(check.ok);
        let query = query.bind(check.took_ms).bind(check.way.map(|way| way.name().to_owned())).bind(check.attempts);
        query.bind(check.timeout_ms).bind(check.error.clone()).execute().await?;
        Ok(())
    }

    /// Puts figures of a process in place of those that it wrote before; nothing where the server is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn put_metric(&mut self, row: &MetricRow, process: ProcessId) -> Result<()> {
        let query = self.tx.query(PUT_METRIC).bind(row.tenant_id).bind(row.server_id).bind(row.span.name());
        let query = query.bind(row.begins_at).bind(process).bind(row.checks).bind(row.failed).bind(row.attempts);
        query.bind(row.sum_ms).bind(row.buckets.as_str()).execute().await?;
        Ok(())
    }

    /// Drops checks and calls from before `until`.
    ///
    /// # Errors
    /// The database.
    pub async fn drop_checks(&mut self, until: Micros) -> Result<u64> {
        self.tx.query(DROP_CHECKS).bind(until).execute().await
    }

    /// The servers with more than `most` checks and calls, and those that are gone and have some still.
    ///
    /// # Errors
    /// The database.
    pub async fn crowded_checks(&mut self, most: u32) -> Result<Vec<CheckCount>> {
        self.tx.query(COUNT_CHECKS).bind(most).all().await
    }

    /// Drops a server's checks and calls but for the newest `most`.
    ///
    /// # Errors
    /// The database.
    pub async fn keep_checks(&mut self, tenant: TenantId, server: ServerId, most: u32) -> Result<u64> {
        self.tx.query(KEEP_CHECKS).bind(tenant).bind(server).bind(most).execute().await
    }

    /// Drops figures that begin before `until`.
    ///
    /// # Errors
    /// The database.
    pub async fn drop_metrics(&mut self, span: MetricSpan, until: Micros) -> Result<u64> {
        self.tx.query(DROP_METRICS).bind(span.name()).bind(until).execute().await
    }

    /// Drops figures of servers that are gone.
    ///
    /// # Errors
    /// The database.
    pub async fn drop_metrics_of_gone(&mut self) -> Result<u64> {
        self.tx.query(DROP_GONE_METRICS).execute().await
    }
}
