//! Tenants, and where a person belongs.

use nexus_model::{Micros, TenantId, TenantRole, UserId, ViewerScope};
use uuid::Uuid;

use crate::db::sql;
use crate::{Error, Result, System, Tenant};

/// A tenant of a person, with their place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The tenant.
    pub id: TenantId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The person's role; `None` for a system admin who is not a member.
    pub role: Option<TenantRole>,
    /// Whether it is open.
    pub is_active: bool,
    /// What its logo is called.
    pub logo: Option<String>,
}

#[derive(sqlx::FromRow)]
struct MembershipRow {
    #[sqlx(try_from = "Uuid")]
    id: TenantId,
    slug: String,
    name: String,
    role: Option<String>,
    is_active: bool,
    logo: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Version {
    version: i64,
}

#[derive(sqlx::FromRow)]
struct Id {
    #[sqlx(try_from = "Uuid")]
    id: TenantId,
}

sql! {
    LOCK = "UPDATE tenant SET lock_count = lock_count + 1 WHERE id = $1 RETURNING version";
    MEMBERSHIPS = "
        SELECT t.id, t.slug, t.name, m.role, t.is_active, l.tag AS logo
          FROM tenant t
          JOIN member m ON m.tenant_id = t.id
          LEFT JOIN tenant_logo l ON l.tenant_id = t.id
         WHERE m.user_id = $1
         ORDER BY t.name, t.id";
    ALL_TENANTS = "
        SELECT t.id, t.slug, t.name, m.role, t.is_active, l.tag AS logo
          FROM tenant t
          LEFT JOIN member m ON m.tenant_id = t.id AND m.user_id = $1
          LEFT JOIN tenant_logo l ON l.tenant_id = t.id
         ORDER BY t.name, t.id";
    TENANT_IDS = "SELECT id FROM tenant ORDER BY id";
    INSERT_TENANT = "INSERT INTO tenant (id, slug, name, created_at) VALUES ($1, $2, $3, $4)";
    INSERT_SETTINGS = "INSERT INTO tenant_settings (tenant_id) VALUES ($1)";
    UPDATE_VIEWER_SCOPE = "UPDATE tenant_settings SET viewer_scope = $2 WHERE tenant_id = $1";
    UPDATE_ACTIVE = "UPDATE tenant SET is_active = $2 WHERE id = $1";
}

impl Tenant<'_> {
    /// Waits until nobody else changes this tenant, until this transaction ends: the first statement of every operation
    /// that reads and then writes. Returns the tenant's version.
    ///
    /// # Errors
    /// [`Error::Missing`]: the tenant is gone. The database.
    pub async fn lock(&mut self) -> Result<i64> {
        let id = self.tenant();
        self.tx.query(LOCK).bind(id).optional::<Version>().await?.map(|row| row.version).ok_or(Error::Missing)
    }
}

impl System<'_> {
    /// The same lock as [`Tenant::lock`].
    ///
    /// # Errors
    /// [`Error::Missing`]: there is no such tenant. The database.
    pub async fn lock_tenant(&mut self, id: TenantId) -> Result<i64> {
        self.tx.query(LOCK).bind(id).optional::<Version>().await?.map(|row| row.version).ok_or(Error::Missing)
    }

    /// The tenants of a person, closed ones too, by name; all of them for a system admin.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn memberships(&mut self, user: UserId, everywhere: bool) -> Result<Vec<Membership>> {
        let sql = if everywhere { ALL_TENANTS } else { MEMBERSHIPS };
        let rows: Vec<MembershipRow> = self.tx.query(sql).bind(user).all().await?;
        rows.into_iter()
            .map(|row| {
                let role = row.role.map(|role| role.parse()).transpose().map_err(|_| Error::Stored("member.role"))?;
                Ok(Membership {
                    id: row.id,
                    slug: row.slug,
                    name: row.name,
                    role,
                    is_active: row.is_active,
                    logo: row.logo,
                })
            })
            .collect()
    }

    /// All tenants.
    ///
    /// # Errors
    /// The database.
    pub async fn tenant_ids(&mut self) -> Result<Vec<TenantId>> {
        let rows: Vec<Id> = self.tx.query(TENANT_IDS).all().await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Makes a tenant, with settings as they are at first.
    ///
    /// # Errors
    /// [`Error::Unique`]: the slug is taken. The database.
    pub async fn insert_tenant(&mut self, id: TenantId, slug: &str, name: &str, at: Micros) -> Result<()> {
        self.tx.query(INSERT_TENANT).bind(id).bind(slug).bind(name).bind(at).execute().await?;
        self.tx.query(INSERT_SETTINGS).bind(id).execute().await?;
        Ok(())
    }

    /// Changes which guests viewers see. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn update_viewer_scope(&mut self, id: TenantId, scope: ViewerScope) -> Result<bool> {
        Ok(self.tx.query(UPDATE_VIEWER_SCOPE).bind(id).bind(scope.name()).execute().await? == 1)
    }

    /// Opens or closes a tenant. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn update_tenant_active(&mut self, id: TenantId, is_active: bool) -> Result<bool> {
        Ok(self.tx.query(UPDATE_ACTIVE).bind(id).bind(is_active).execute().await? == 1)
    }
}
