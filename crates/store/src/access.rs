//! What the policy needs to know of one person in one tenant, read at one moment. Decides nothing.

use nexus_model::{
    GuestPermissions, Micros, ServerId, ServerOrigin, SessionId, SystemRole, Target, TenantId, TenantRole, UserId,
    ViewerScope,
};

use crate::assignment::TargetRow;
use crate::db::sql;
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
    /// When the session, or the token in its place, ends; `None` when it has ended.
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
    /// What it says of itself.
    pub description: String,
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
    description: Option<String>,
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
                let description = self.description.unwrap_or_default();
                Some(TenantStanding { epoch, slug, name, description, is_active, viewer_scope, role })
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

/// Rights on guests that hold now, a person's own or a group's of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// On what.
    pub target: Target,
    /// Which rights.
    pub permissions: GuestPermissions,
    /// When they end by themselves.
    pub until: Option<Micros>,
    /// Who brought the server, where the target names one.
    pub origin: Option<ServerOrigin>,
}

#[derive(sqlx::FromRow)]
struct Origin {
    #[sqlx(try_from = "String")]
    origin: ServerOrigin,
}

#[derive(sqlx::FromRow)]
struct AssignedRow {
    #[sqlx(flatten)]
    target: TargetRow,
    #[sqlx(try_from = "String")]
    permissions: GuestPermissions,
    until: Option<i64>,
    origin: Option<String>,
}

sql! {
    STANDING = "
        SELECT u.access_epoch AS user_epoch, u.is_active, u.system_role, COALESCE(s.expires_at, k.expires_at) AS session_until,
               t.access_epoch AS tenant_epoch, t.slug, t.name, t.description, t.is_active AS tenant_active,
               o.viewer_scope, m.role
          FROM user_account u
          LEFT JOIN session s ON s.id = $2 AND s.user_id = u.id AND s.expires_at > $4
          LEFT JOIN api_token k ON k.id = $2 AND k.user_id = u.id AND k.expires_at > $4
          LEFT JOIN tenant t ON t.id = $3
          LEFT JOIN tenant_settings o ON o.tenant_id = t.id
          LEFT JOIN member m ON m.tenant_id = t.id AND m.user_id = u.id
         WHERE u.id = $1";
    ASSIGNED = "
        SELECT a.target, a.server_id, a.kind, a.vmid, a.name, a.permissions, a.until, s.origin
          FROM assignment a
          LEFT JOIN server s ON s.tenant_id = a.tenant_id AND s.id = a.server_id
         WHERE a.tenant_id = $1
           AND (a.user_id = $2 OR a.group_id IN (
                SELECT g.group_id FROM group_member g WHERE g.tenant_id = $1 AND g.user_id = $2))
           AND NOT a.asleep AND (a.until IS NULL OR a.until > $3) AND (a.server_id IS NULL OR s.is_active)";
    ACTIVE_SERVER = "SELECT origin FROM server WHERE tenant_id = $1 AND id = $2 AND is_active";
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

    /// The person's rights on guests of the tenant that hold at `now`, their own and those of their groups.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn assigned(&mut self, tenant: TenantId, user: UserId, now: Micros) -> Result<Vec<Assigned>> {
        let rows: Vec<AssignedRow> = self.tx.query(ASSIGNED).bind(tenant).bind(user).bind(now).all().await?;
        rows.into_iter()
            .map(|row| {
                let (permissions, until) = (row.permissions, row.until.map(Micros));
                let origin = row.origin.map(|origin| origin.parse()).transpose();
                let origin = origin.map_err(|_| Error::Stored("server.origin"))?;
                Ok(Assigned { target: row.target.target()?, permissions, until, origin })
            })
            .collect()
    }

    /// Who brought this server of the tenant; `None` where the tenant has none, or it is not active.
    ///
    /// # Errors
    /// The database.
    pub async fn active_server(&mut self, tenant: TenantId, server: ServerId) -> Result<Option<ServerOrigin>> {
        let row: Option<Origin> = self.tx.query(ACTIVE_SERVER).bind(tenant).bind(server).optional().await?;
        Ok(row.map(|row| row.origin))
    }
}
