//! The processes of Nexus on one database, who watches tenants at which of them, and how much waits for any of them.
//!
//! Whether somebody lives is judged by the database's clock alone: the machines' may differ.

use nexus_model::{Micros, ProcessId, TenantId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, Store, System};

/// A process that was seen lately.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ProcessRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: ProcessId,
    /// The machine's name.
    pub host: String,
    /// Its version of Nexus.
    pub version: String,
    /// When it began.
    #[sqlx(try_from = "i64")]
    pub started_at: Micros,
    /// When it last said that it lives.
    #[sqlx(try_from = "i64")]
    pub seen_at: Micros,
    /// How many servers it holds.
    pub servers: i64,
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// Mails that are not sent yet.
    pub mails: i64,
    /// Messages to webhooks that are tried, or tried again.
    pub deliveries_pending: i64,
    /// Messages to webhooks that were taken.
    pub deliveries_delivered: i64,
    /// Messages to webhooks that were given up.
    pub deliveries_failed: i64,
}

#[derive(sqlx::FromRow)]
struct Id {
    id: Uuid,
}

sql! {
    SEE_PROCESS = "
        INSERT INTO process (id, host, version, started_at, seen_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
    SWEEP_PROCESSES = "DELETE FROM process WHERE seen_at < $1";
    DELETE_PROCESS = "DELETE FROM process WHERE id = $1";
    LIVE_PROCESSES = "SELECT id FROM process WHERE seen_at >= $1 ORDER BY id";
    PROCESSES = "
        SELECT process.id AS id, process.host AS host, process.version AS version, process.started_at AS started_at,
               process.seen_at AS seen_at,
               (SELECT count(*) FROM server_lease
                 WHERE server_lease.process_id = process.id AND server_lease.expires_at > $1) AS servers
          FROM process
         ORDER BY process.started_at, process.id
         LIMIT 200";
    WATCH_TENANT = "
        INSERT INTO tenant_watch (tenant_id, process_id, expires_at)
        SELECT id, $2, $3 FROM tenant WHERE id = $1
        ON CONFLICT (tenant_id, process_id) DO UPDATE SET expires_at = excluded.expires_at";
    UNWATCH_ALL = "DELETE FROM tenant_watch WHERE process_id = $1";
    SWEEP_WATCHES = "DELETE FROM tenant_watch WHERE expires_at <= $1";
    WATCHED = "SELECT DISTINCT tenant_id AS id FROM tenant_watch WHERE process_id <> $1 AND expires_at > $2";
    WAITING = "
        SELECT (SELECT count(*) FROM outgoing_mail) AS mails,
               (SELECT count(*) FROM webhook_delivery WHERE state = 'pending') AS deliveries_pending,
               (SELECT count(*) FROM webhook_delivery WHERE state = 'delivered') AS deliveries_delivered,
               (SELECT count(*) FROM webhook_delivery WHERE state = 'failed') AS deliveries_failed";
}

impl System<'_> {
    /// The database's time; `own` on SQLite, which is this machine's anyhow.
    ///
    /// # Errors
    /// The database.
    pub async fn database_time(&mut self, own: Micros) -> Result<Micros> {
        Ok(self.tx.time().await?.unwrap_or(own))
    }

    /// This process lives.
    ///
    /// # Errors
    /// The database.
    pub async fn see_process(
        &mut self,
        id: ProcessId,
        host: &str,
        version: &str,
        started_at: Micros,
        now: Micros,
    ) -> Result<()> {
        let query = self.tx.query(SEE_PROCESS).bind(id).bind(host).bind(version);
        query.bind(started_at).bind(now).execute().await?;
        Ok(())
    }

    /// Forgets processes that were not seen since, and watches that have run out.
    ///
    /// # Errors
    /// The database.
    pub async fn sweep_processes(&mut self, since: Micros, now: Micros) -> Result<()> {
        self.tx.query(SWEEP_PROCESSES).bind(since).execute().await?;
        self.tx.query(SWEEP_WATCHES).bind(now).execute().await?;
        Ok(())
    }

    /// Forgets a process that ends, and its watches.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_process(&mut self, id: ProcessId) -> Result<()> {
        self.tx.query(UNWATCH_ALL).bind(id).execute().await?;
        self.tx.query(DELETE_PROCESS).bind(id).execute().await?;
        Ok(())
    }

    /// The processes that were seen since, the oldest first.
    ///
    /// # Errors
    /// The database.
    pub async fn live_processes(&mut self, since: Micros) -> Result<Vec<ProcessId>> {
        let rows: Vec<Id> = self.tx.query(LIVE_PROCESSES).bind(since).all().await?;
        Ok(rows.into_iter().map(|row| row.id.into()).collect())
    }

    /// All processes, with how many servers each holds at `now`.
    ///
    /// # Errors
    /// The database.
    pub async fn processes(&mut self, now: Micros) -> Result<Vec<ProcessRow>> {
        self.tx.query(PROCESSES).bind(now).all().await
    }

    /// Somebody watches the tenant at this process; a tenant that is gone is passed over.
    ///
    /// # Errors
    /// The database.
    pub async fn watch_tenant(&mut self, tenant: TenantId, process: ProcessId, until: Micros) -> Result<()> {
        self.tx.query(WATCH_TENANT).bind(tenant).bind(process).bind(until).execute().await?;
        Ok(())
    }

    /// The tenants that somebody watches at another process.
    ///
    /// # Errors
    /// The database.
    pub async fn watched_elsewhere(&mut self, process: ProcessId, now: Micros) -> Result<Vec<TenantId>> {
        let rows: Vec<Id> = self.tx.query(WATCHED).bind(process).bind(now).all().await?;
        Ok(rows.into_iter().map(|row| row.id.into()).collect())
    }

    /// How much waits.
    ///
    /// # Errors
    /// The database.
    pub async fn waiting(&mut self) -> Result<Waiting> {
        self.tx.query(WAITING).one().await
    }
}

/// The connections of one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// `read` and `write` on SQLite, `app` and `system` on PostgreSQL.
    pub role: &'static str,
    /// How many are open.
    pub open: u32,
    /// How many of them nobody uses.
    pub idle: usize,
}

impl Store {
    /// The connections to the database.
    #[must_use]
    pub fn connections(&self) -> Vec<Connections> {
        self.inner.db.connections().into_iter().map(|(role, open, idle)| Connections { role, open, idle }).collect()
    }
}
