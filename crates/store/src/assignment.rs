//! Assignments: rights on guests that sleep and wake with their guest.
//!
//! Every statement that changes what somebody may do must be followed by `rights_changed` in the same transaction.

use nexus_model::{
    Assignment, AssignmentId, GuestKey, GuestKind, GuestPermissions, Incarnation, Micros, ServerId, TenantId, UserId,
};
use uuid::Uuid;

use crate::db::{Tx, sql};
use crate::{Result, System, Tenant};

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
    OF_USER = "
        SELECT id, user_id, server_id, kind, vmid, incarnation, permissions, until, asleep
          FROM assignment
         WHERE tenant_id = $1 AND user_id = $2
         ORDER BY id";
    OF_GUEST = "
        SELECT id, user_id, server_id, kind, vmid, incarnation, permissions, until, asleep
          FROM assignment
         WHERE tenant_id = $1 AND server_id = $2 AND kind = $3 AND vmid = $4
         ORDER BY id";
    OF_SERVER = "
        SELECT id, user_id, server_id, kind, vmid, incarnation, permissions, until, asleep
          FROM assignment
         WHERE tenant_id = $1 AND server_id = $2
         ORDER BY id";
    INSERT = "
        INSERT INTO assignment (id, tenant_id, user_id, server_id, kind, vmid, incarnation, permissions, until, asleep,
                                created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    DELETE = "
        DELETE FROM assignment
         WHERE tenant_id = $1 AND id = $2
        RETURNING id, user_id, server_id, kind, vmid, incarnation, permissions, until, asleep";
    MARK = "UPDATE assignment SET incarnation = $3 WHERE tenant_id = $1 AND id = $2 AND incarnation IS NULL";
    SET_ASLEEP = "UPDATE assignment SET asleep = $3 WHERE tenant_id = $1 AND id = $2 AND asleep <> $3";
}

async fn of_user(tx: &mut Tx, tenant: TenantId, user: UserId) -> Result<Vec<Assignment>> {
    let rows: Vec<Row> = tx.query(OF_USER).bind(tenant).bind(user).all().await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

async fn insert(tx: &mut Tx, tenant: TenantId, new: &Assignment, at: Micros) -> Result<()> {
    let query = tx.query(INSERT).bind(new.id).bind(tenant).bind(new.user).bind(new.guest.server);
    let query = query.bind(new.guest.kind.name()).bind(new.guest.vmid);
    let query = query.bind(new.incarnation.as_ref().map(|mark| mark.0.clone())).bind(new.permissions.to_string());
    query.bind(new.until).bind(new.asleep).bind(at).execute().await?;
    Ok(())
}

async fn delete(tx: &mut Tx, tenant: TenantId, id: AssignmentId) -> Result<Option<Assignment>> {
    let row: Option<Row> = tx.query(DELETE).bind(tenant).bind(id).optional().await?;
    Ok(row.map(Into::into))
}

impl Tenant<'_> {
    /// One person's assignments in the tenant, sleeping and ended ones too.
    ///
    /// # Errors
    /// The database.
    pub async fn assignments_of(&mut self, user: UserId) -> Result<Vec<Assignment>> {
        of_user(&mut self.tx, self.scope.tenant(), user).await
    }

    /// Gives rights on a guest.
    ///
    /// # Errors
    /// [`crate::Error::Unique`] when the person has an assignment on it, [`crate::Error::Missing`] without the
    /// membership or the server, or the database.
    pub async fn insert_assignment(&mut self, new: &Assignment, at: Micros) -> Result<()> {
        insert(&mut self.tx, self.scope.tenant(), new, at).await
    }

    /// Takes an assignment away; what it was.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_assignment(&mut self, id: AssignmentId) -> Result<Option<Assignment>> {
        delete(&mut self.tx, self.scope.tenant(), id).await
    }
}

impl System<'_> {
    /// One person's assignments in a tenant, sleeping and ended ones too.
    ///
    /// # Errors
    /// The database.
    pub async fn assignments_of(&mut self, tenant: TenantId, user: UserId) -> Result<Vec<Assignment>> {
        of_user(&mut self.tx, tenant, user).await
    }

    /// Everybody's assignments on one guest.
    ///
    /// # Errors
    /// The database.
    pub async fn assignments_on(&mut self, tenant: TenantId, guest: GuestKey) -> Result<Vec<Assignment>> {
        let query = self.tx.query(OF_GUEST).bind(tenant).bind(guest.server).bind(guest.kind.name()).bind(guest.vmid);
        let rows: Vec<Row> = query.all().await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Everybody's assignments on a server's guests.
    ///
    /// # Errors
    /// The database.
    pub async fn assignments_of_server(&mut self, tenant: TenantId, server: ServerId) -> Result<Vec<Assignment>> {
        let rows: Vec<Row> = self.tx.query(OF_SERVER).bind(tenant).bind(server).all().await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Gives rights on a guest.
    ///
    /// # Errors
    /// As [`Tenant::insert_assignment`].
    pub async fn insert_assignment(&mut self, tenant: TenantId, new: &Assignment, at: Micros) -> Result<()> {
        insert(&mut self.tx, tenant, new, at).await
    }

    /// Takes an assignment away; what it was.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_assignment(&mut self, tenant: TenantId, id: AssignmentId) -> Result<Option<Assignment>> {
        delete(&mut self.tx, tenant, id).await
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
