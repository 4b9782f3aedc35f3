//! Snapshots of a server's configuration: which paths of PVE's API are kept and how often, and what PVE answered. A
//! tenant's own servers alone; the content is JSON that the app wrote.

use nexus_model::{ConfigSnapshotId, Micros, ServerId, TenantId, UserId};
use uuid::Uuid;

use crate::db::{Tx, sql};
use crate::{Error, Result, System, Tenant};

/// What is kept of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigPlan {
    /// The paths, with placeholders.
    pub paths: Vec<String>,
    /// How often; `None` for by hand only.
    pub every_hours: Option<i64>,
    /// When next.
    pub next_at: Option<Micros>,
    /// Counts changes; 0 for one that is not stored.
    pub version: i64,
}

/// A plan whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePlan {
    /// Whose server.
    pub tenant: TenantId,
    /// The server.
    pub server: ServerId,
    /// What is kept.
    pub plan: ConfigPlan,
}

/// What PVE answered at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConfigSnapshot {
    /// Its id.
    pub id: ConfigSnapshotId,
    /// Who took it; `None` for the plan.
    pub taken_by: Option<UserId>,
    /// Who took it, as text.
    pub taken_by_name: String,
    /// How many paths were asked.
    pub paths: i64,
    /// How many of them failed.
    pub failed: i64,
    /// Of the content, in bytes.
    pub size_bytes: i64,
    /// What tells one content from another.
    pub digest: String,
    /// The answers.
    pub content: String,
    /// When.
    pub at: Micros,
}

/// A snapshot without its content.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ConfigSnapshotRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: ConfigSnapshotId,
    /// Whether the plan took it.
    pub by_plan: bool,
    /// Who took it.
    pub taken_by_name: String,
    /// How many paths were asked.
    pub paths: i64,
    /// How many of them failed.
    pub failed: i64,
    /// Of the content, in bytes.
    pub size_bytes: i64,
    /// What tells one content from another.
    pub digest: String,
    /// That of the snapshot before it.
    pub before: Option<String>,
    /// When.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
}

impl ConfigSnapshotRow {
    /// Whether it differs from the one before; the first does.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.before.as_ref() != Some(&self.digest)
    }
}

#[derive(sqlx::FromRow)]
struct PlanRow {
    paths: String,
    every_hours: Option<i64>,
    next_at: Option<i64>,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct DueRow {
    #[sqlx(try_from = "Uuid")]
    tenant_id: TenantId,
    #[sqlx(try_from = "Uuid")]
    server_id: ServerId,
    #[sqlx(flatten)]
    plan: PlanRow,
}

#[derive(sqlx::FromRow)]
struct Content {
    content: String,
}

impl PlanRow {
    fn plan(self) -> Result<ConfigPlan> {
        let paths = serde_json::from_str(&self.paths).map_err(|_| Error::Stored("config_plan.paths"))?;
        let (every_hours, version) = (self.every_hours, self.version);
        Ok(ConfigPlan { paths, every_hours, next_at: self.next_at.map(Micros), version })
    }
}

sql! {
    PLAN = "SELECT paths, every_hours, next_at, version FROM config_plan WHERE tenant_id = $1 AND server_id = $2";
    INSERT_PLAN = "
        INSERT INTO config_plan (tenant_id, server_id, paths, every_hours, next_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, server_id) DO NOTHING";
    UPDATE_PLAN = "
        UPDATE config_plan
           SET paths = $4, every_hours = $5, next_at = $6, version = version + 1
         WHERE tenant_id = $1 AND server_id = $2 AND version = $3";
    DUE_PLANS = "
        SELECT tenant_id, server_id, paths, every_hours, next_at, version
          FROM config_plan
         WHERE next_at <= $1
         ORDER BY next_at, tenant_id, server_id
         LIMIT $2";
    CLAIM_PLAN = "
        UPDATE config_plan SET next_at = $4 WHERE tenant_id = $1 AND server_id = $2 AND next_at = $3";
    INSERT_SNAPSHOT = "
        INSERT INTO config_snapshot (id, tenant_id, server_id, taken_by, taken_by_name, paths, failed, size_bytes,
               digest, content, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    SNAPSHOTS = "
        SELECT c.id, c.taken_by IS NULL AS by_plan, c.taken_by_name, c.paths, c.failed, c.size_bytes, c.digest,
               (SELECT p.digest FROM config_snapshot p
                 WHERE p.tenant_id = $1 AND p.server_id = $2
                   AND (p.created_at < c.created_at OR (p.created_at = c.created_at AND p.id < c.id))
                 ORDER BY p.created_at DESC, p.id DESC
                 LIMIT 1) AS before,
               c.created_at
          FROM config_snapshot c
         WHERE c.tenant_id = $1 AND c.server_id = $2
           AND (c.created_at < $3 OR (c.created_at = $3 AND c.id < $4))
         ORDER BY c.created_at DESC, c.id DESC
         LIMIT $5";
    SNAPSHOT = "
        SELECT c.id, c.taken_by IS NULL AS by_plan, c.taken_by_name, c.paths, c.failed, c.size_bytes, c.digest,
               (SELECT p.digest FROM config_snapshot p
                 WHERE p.tenant_id = $1 AND p.server_id = $2
                   AND (p.created_at < c.created_at OR (p.created_at = c.created_at AND p.id < c.id))
                 ORDER BY p.created_at DESC, p.id DESC
                 LIMIT 1) AS before,
               c.created_at
          FROM config_snapshot c
         WHERE c.tenant_id = $1 AND c.server_id = $2 AND c.id = $3";
    CONTENT = "SELECT content FROM config_snapshot WHERE tenant_id = $1 AND server_id = $2 AND id = $3";
    DELETE_SNAPSHOT = "DELETE FROM config_snapshot WHERE tenant_id = $1 AND server_id = $2 AND id = $3";
    DROP_OLD_SNAPSHOTS = "
        DELETE FROM config_snapshot
         WHERE tenant_id = $1 AND server_id = $2 AND id NOT IN (
               SELECT c.id FROM config_snapshot c
                WHERE c.tenant_id = $1 AND c.server_id = $2
                ORDER BY c.created_at DESC, c.id DESC
                LIMIT $3)";
}

fn stored(paths: &[String]) -> Result<String> {
    serde_json::to_string(paths).map_err(|_| Error::Stored("config_plan.paths"))
}

async fn newest(
    tx: &mut Tx,
    tenant: TenantId,
    server: ServerId,
    before: Option<(Micros, ConfigSnapshotId)>,
    limit: u32,
) -> Result<Vec<ConfigSnapshotRow>> {
    let (at, id) = before.map_or((Micros(i64::MAX), Uuid::max()), |(at, id)| (at, id.uuid()));
    tx.query(SNAPSHOTS).bind(tenant).bind(server).bind(at).bind(id).bind(limit).all().await
}

impl Tenant<'_> {
    /// What is kept of a server.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn config_plan(&mut self, server: ServerId) -> Result<Option<ConfigPlan>> {
        let tenant = self.tenant();
        let row: Option<PlanRow> = self.tx.query(PLAN).bind(tenant).bind(server).optional().await?;
        row.map(PlanRow::plan).transpose()
    }

    /// Says what is kept of a server, where the plan still has the version of `plan`; whether it had.
    ///
    /// # Errors
    /// The database.
    pub async fn put_config_plan(&mut self, server: ServerId, plan: &ConfigPlan) -> Result<bool> {
        let (tenant, paths) = (self.tenant(), stored(&plan.paths)?);
        let query = if plan.version == 0 {
            self.tx.query(INSERT_PLAN).bind(tenant).bind(server)
        } else {
            self.tx.query(UPDATE_PLAN).bind(tenant).bind(server).bind(plan.version)
        };
        Ok(query.bind(paths).bind(plan.every_hours).bind(plan.next_at.map(|at| at.0)).execute().await? == 1)
    }

    /// Snapshots before a place, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn config_snapshots(
        &mut self,
        server: ServerId,
        before: Option<(Micros, ConfigSnapshotId)>,
        limit: u32,
    ) -> Result<Vec<ConfigSnapshotRow>> {
        let tenant = self.tenant();
        newest(&mut self.tx, tenant, server, before, limit).await
    }

    /// A snapshot and its content.
    ///
    /// # Errors
    /// The database.
    pub async fn config_snapshot(
        &mut self,
        server: ServerId,
        id: ConfigSnapshotId,
    ) -> Result<Option<(ConfigSnapshotRow, String)>> {
        let tenant = self.tenant();
        let row = self.tx.query(SNAPSHOT).bind(tenant).bind(server).bind(id).optional::<ConfigSnapshotRow>().await?;
        let content = self.tx.query(CONTENT).bind(tenant).bind(server).bind(id).optional::<Content>().await?;
        Ok(row.zip(content.map(|row| row.content)))
    }

    /// Forgets a snapshot; whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_config_snapshot(&mut self, server: ServerId, id: ConfigSnapshotId) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(DELETE_SNAPSHOT).bind(tenant).bind(server).bind(id).execute().await? == 1)
    }
}

impl System<'_> {
    /// Plans whose time has come, the longest due first.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn due_config_plans(&mut self, now: Micros, limit: u32) -> Result<Vec<DuePlan>> {
        let rows: Vec<DueRow> = self.tx.query(DUE_PLANS).bind(now).bind(limit).all().await?;
        let due = |row: DueRow| Ok(DuePlan { tenant: row.tenant_id, server: row.server_id, plan: row.plan.plan()? });
        rows.into_iter().map(due).collect()
    }

    /// Takes a plan's turn: sets its next time where it is still `due`; whether it was.
    ///
    /// # Errors
    /// The database.
    pub async fn claim_config_plan(
        &mut self,
        tenant: TenantId,
        server: ServerId,
        due: Micros,
        next: Micros,
    ) -> Result<bool> {
        let query = self.tx.query(CLAIM_PLAN).bind(tenant).bind(server).bind(due).bind(next);
        Ok(query.execute().await? == 1)
    }

    /// The newest snapshots of a tenant's server.
    ///
    /// # Errors
    /// The database.
    pub async fn newest_config_snapshots(
        &mut self,
        tenant: TenantId,
        server: ServerId,
        limit: u32,
    ) -> Result<Vec<ConfigSnapshotRow>> {
        newest(&mut self.tx, tenant, server, None, limit).await
    }

    /// Keeps a snapshot of a tenant's server among its newest `most`.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_config_snapshot(
        &mut self,
        tenant: TenantId,
        server: ServerId,
        new: &NewConfigSnapshot,
        most: u32,
    ) -> Result<()> {
        let query = self.tx.query(INSERT_SNAPSHOT).bind(new.id).bind(tenant).bind(server).bind(new.taken_by);
        let query = query.bind(new.taken_by_name.as_str()).bind(new.paths).bind(new.failed).bind(new.size_bytes);
        query.bind(new.digest.as_str()).bind(new.content.as_str()).bind(new.at).execute().await?;
        self.tx.query(DROP_OLD_SNAPSHOTS).bind(tenant).bind(server).bind(most).execute().await?;
        Ok(())
    }

    /// Forgets a snapshot of a tenant's server.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_config_snapshot(
        &mut self,
        tenant: TenantId,
        server: ServerId,
        id: ConfigSnapshotId,
    ) -> Result<()> {
        self.tx.query(DELETE_SNAPSHOT).bind(tenant).bind(server).bind(id).execute().await?;
        Ok(())
    }
}
