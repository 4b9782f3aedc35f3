//! Assignments: rights on guests that sleep and wake with their guest. Giving and taking them is in `access.rs`.
//!
//! Every statement that changes what somebody may do must be followed by `rights_changed` in the same transaction.

use nexus_model::{
    Assignment, AssignmentId, GuestKey, GuestKind, GuestPermissions, Incarnation, Micros, ServerId, TenantId, UserId,
};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System};

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: AssignmentId,
    #[sqlx(try_from = "Uuid")]
    user_id: UserId,
    #[sqlx(try_from = "Uuid")]
    server_id: ServerId,
    #[sqlx(try_from = "String")]
    kind: GuestKind,
    #[sqlx(try_from = "i64")]
    vmid: u32,
    incarnation: Option<String>,
    #[sqlx(try_from = "String")]
    permissions: GuestPermissions,
    until: Option<i64>,
    asleep: bool,
}

impl From<Row> for Assignment {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            user: row.user_id,
            guest: GuestKey { server: row.server_id, kind: row.kind, vmid: row.vmid },
            incarnation: row.incarnation.map(Incarnation),
            permissions: row.permissions,
            until: row.until.map(Micros),
            asleep: row.asleep,
        }
    }
}

sql! {
    OF_SERVER = "
        SELECT id, user_id, server_id, kind, vmid, incarnation, permissions, until, asleep
          FROM assignment
         WHERE tenant_id = $1 AND server_id = $2
         ORDER BY id";
    MARK = "UPDATE assignment SET incarnation = $3 WHERE tenant_id = $1 AND id = $2 AND incarnation IS NULL";
    SET_ASLEEP = "UPDATE assignment SET asleep = $3 WHERE tenant_id = $1 AND id = $2 AND asleep <> $3";
}

impl System<'_> {
    /// Everybody's assignments on a server's guests.
    ///
    /// # Errors
    /// The database.
    pub async fn assignments_of_server(&mut self, tenant: TenantId, server: ServerId) -> Result<Vec<Assignment>> {
        let rows: Vec<Row> = self.tx.query(OF_SERVER).bind(tenant).bind(server).all().await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Ties an assignment that has no mark yet to the guest that has the vmid now.
    ///
    /// # Errors
    /// The database.
    pub async fn mark_assignment(&mut self, tenant: TenantId, id: AssignmentId, mark: &Incarnation) -> Result<()> {
        self.tx.query(MARK).bind(tenant).bind(id).bind(mark.0.as_str()).execute().await?;
        Ok(())
    }

    /// Puts an assignment to sleep or wakes it; whether that changed anything.
    ///
    /// # Errors
    /// The database.
    pub async fn set_assignment_asleep(&mut self, tenant: TenantId, id: AssignmentId, asleep: bool) -> Result<bool> {
        Ok(self.tx.query(SET_ASLEEP).bind(tenant).bind(id).bind(asleep).execute().await? == 1)
    }
}
