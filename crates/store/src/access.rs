//! What the policy needs to know of one person in one tenant, read at one moment; and the assignments that it reads.
//! Decides nothing.

use nexus_model::{
    AssignmentId, GuestKey, GuestKind, GuestPermissions, Micros, ServerId, SessionId, SystemRole, TenantId, TenantRole,
    UserId, ViewerScope,
};
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Error, Result, System};

/// A person, their session and their place in a tenant, as the rows say now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Raised by every change of the person's rights.
    pub user_epoch: i64,
    /// Whether the account is active.
    pub is_active: bool,
    /// The person's system role.
    pub system_role: SystemRole,
    /// When the session ends; `None` when it has ended.
    pub session_until: Option<Micros>,
    /// The tenant; `None` when there is none.
    pub tenant: Option<TenantStanding>,
}

/// A tenant and a person's place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantStanding {
    /// Raised by every change of rights of the whole tenant.
    pub epoch: i64,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is open.
    pub is_active: bool,
    /// Which guests viewers see.
    pub viewer_scope: ViewerScope,
    /// The person's role; `None` for who is not a member.
    pub role: Option<TenantRole>,
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    user_epoch: i64,
    is_active: bool,
    #[sqlx(try_from = "String")]
    system_role: SystemRole,
    session_until: Option<i64>,
    tenant_epoch: Option<i64>,
    slug: Option<String>,
    name: Option<String>,
    tenant_active: Option<bool>,
    viewer_scope: Option<String>,
    role: Option<String>,
}

impl StandingRow {
    fn standing(self) -> Result<Standing> {
        let role = self.role.map(|role| role.parse()).transpose().map_err(|_| Error::Stored("member.role"))?;
        let tenant = match (self.tenant_epoch, self.slug, self.name, self.tenant_active, self.viewer_scope) {
            (Some(epoch), Some(slug), Some(name), Some(is_active), Some(scope)) => {
                let viewer_scope = scope.parse().map_err(|_| Error::Stored("tenant.viewer_scope"))?;
                Some(TenantStanding { epoch, slug, name, is_active, viewer_scope, role })
            }
            _ => None,
        };
        Ok(Standing {
            user_epoch: self.user_epoch,
            is_active: self.is_active,
            system_role: self.system_role,
            session_until: self.session_until.map(Micros),
            tenant,
        })
    }
}

/// Rights on one guest that hold now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The guest.
    pub guest: GuestKey,
    /// Which rights.
    pub permissions: GuestPermissions,
    /// When they end by themselves.
    pub until: Option<Micros>,
}

#[derive(sqlx::FromRow)]
struct AssignedRow {
    #[sqlx(try_from = "Uuid")]
    server_id: ServerId,
    #[sqlx(try_from = "String")]
    kind: GuestKind,
    #[sqlx(try_from = "i64")]
    vmid: u32,
    #[sqlx(try_from = "String")]
    permissions: GuestPermissions,
    until: Option<i64>,
}

/// An assignment to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAssignment {
    /// Its id.
    pub id: AssignmentId,
    /// The tenant of all the others.
    pub tenant: TenantId,
    /// Who gets the rights.
    pub user: UserId,
    /// On which guest.
    pub guest: GuestKey,
    /// Which rights.
    pub permissions: GuestPermissions,
    /// When they end by themselves.
    pub until: Option<Micros>,
    /// Now.
    pub at: Micros,
}

/// An assignment that was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unassigned {
    /// Whose it was.
    pub user: UserId,
    /// On which guest.
    pub guest: GuestKey,
    /// Which rights.
    pub permissions: GuestPermissions,
}

#[derive(sqlx::FromRow)]
struct UnassignedRow {
    #[sqlx(try_from = "Uuid")]
    user_id: UserId,
    #[sqlx(try_from = "Uuid")]
    server_id: ServerId,
    #[sqlx(try_from = "String")]
    kind: GuestKind,
    #[sqlx(try_from = "i64")]
    vmid: u32,
    #[sqlx(try_from = "String")]
    permissions: GuestPermissions,
}

#[derive(sqlx::FromRow)]
struct Inserted {
    #[sqlx(try_from = "Uuid")]
    id: AssignmentId,
}

sql! {
    STANDING = "
        SELECT u.access_epoch AS user_epoch, u.is_active, u.system_role, s.expires_at AS session_until,
               t.access_epoch AS tenant_epoch, t.slug, t.name, t.is_active AS tenant_active, t.viewer_scope, m.role
          FROM user_account u
          LEFT JOIN session s ON s.id = $2 AND s.user_id = u.id AND s.expires_at > $4
          LEFT JOIN tenant t ON t.id = $3
          LEFT JOIN member m ON m.tenant_id = t.id AND m.user_id = u.id
         WHERE u.id = $1";
    ASSIGNED = "
        SELECT a.server_id, a.kind, a.vmid, a.permissions, a.until
          FROM assignment a
          JOIN server s ON s.tenant_id = a.tenant_id AND s.id = a.server_id
         WHERE a.tenant_id = $1 AND a.user_id = $2 AND NOT a.asleep AND (a.until IS NULL OR a.until > $3)
           AND s.is_active";
    HAS_SERVER = "SELECT count(*) AS count FROM server WHERE tenant_id = $1 AND id = $2 AND is_active";
    INSERT_ASSIGNMENT = "
        INSERT INTO assignment (id, tenant_id, user_id, server_id, kind, vmid, permissions, until, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (tenant_id, user_id, server_id, kind, vmid)
        DO UPDATE SET permissions = excluded.permissions, until = excluded.until, asleep = excluded.asleep,
                      incarnation = excluded.incarnation
        RETURNING id";
    DELETE_ASSIGNMENT = "
        DELETE FROM assignment
         WHERE tenant_id = $1 AND id = $2
        RETURNING user_id, server_id, kind, vmid, permissions";
}

impl System<'_> {
    /// The person's standing at `now`; `None` when there is no such account.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn standing(
        &mut self,
        user: UserId,
        session: SessionId,
        tenant: TenantId,
        now: Micros,
    ) -> Result<Option<Standing>> {
        let query = self.tx.query(STANDING).bind(user).bind(session).bind(tenant).bind(now);
        query.optional::<StandingRow>().await?.map(StandingRow::standing).transpose()
    }

    /// The person's rights on single guests of the tenant that hold at `now`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn assigned(&mut self, tenant: TenantId, user: UserId, now: Micros) -> Result<Vec<Assigned>> {
        let rows: Vec<AssignedRow> = self.tx.query(ASSIGNED).bind(tenant).bind(user).bind(now).all().await?;
        let assigned = rows.into_iter().map(|row| Assigned {
            guest: GuestKey { server: row.server_id, kind: row.kind, vmid: row.vmid },
            permissions: row.permissions,
            until: row.until.map(Micros),
        });
        Ok(assigned.collect())
    }

    /// Whether the tenant has this server and it is active.
    ///
    /// # Errors
    /// The database.
    pub async fn has_active_server(&mut self, tenant: TenantId, server: ServerId) -> Result<bool> {
        Ok(self.tx.query(HAS_SERVER).bind(tenant).bind(server).one::<Count>().await?.count == 1)
    }

    /// Gives rights on a guest, in place of what the person had on it; awake, and not tied to an incarnation yet. Returns
    /// the assignment's id, which may be the older one's.
    ///
    /// The caller calls `rights_changed`.
    ///
    /// # Errors
    /// [`Error::Missing`]: the person is no member, or the tenant has no such server. The database.
    pub async fn put_assignment(&mut self, new: &NewAssignment) -> Result<AssignmentId> {
        let query = self.tx.query(INSERT_ASSIGNMENT).bind(new.id).bind(new.tenant).bind(new.user);
        let query = query.bind(new.guest.server).bind(new.guest.kind.name()).bind(new.guest.vmid);
        let query = query.bind(new.permissions.to_string()).bind(new.until).bind(new.at);
        Ok(query.one::<Inserted>().await?.id)
    }

    /// Takes an assignment away; what it was. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_assignment(&mut self, tenant: TenantId, id: AssignmentId) -> Result<Option<Unassigned>> {
        let row: Option<UnassignedRow> = self.tx.query(DELETE_ASSIGNMENT).bind(tenant).bind(id).optional().await?;
        Ok(row.map(|row| Unassigned {
            user: row.user_id,
            guest: GuestKey { server: row.server_id, kind: row.kind, vmid: row.vmid },
            permissions: row.permissions,
        }))
    }
}
