//! How a tenant looks: colours, and the name of the object that is its logo. The bytes lie in the object store.

use nexus_model::{Micros, TenantId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System, Tenant};

/// How a tenant looks.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Brand {
    /// `#rrggbb` in lower case; `None` for Nexus' own.
    pub primary_color: Option<String>,
    /// The same.
    pub secondary_color: Option<String>,
    /// The same.
    pub accent_color: Option<String>,
    /// What the logo is called; a new one has a new name.
    pub logo: Option<String>,
}

/// A tenant's logo, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Logo {
    /// What it is called.
    pub tag: String,
    /// `image/png` or `image/webp`.
    pub content_type: String,
    /// In pixels.
    pub width: i64,
    /// In pixels.
    pub height: i64,
    /// In bytes.
    pub size_bytes: i64,
    /// When it was taken.
    #[sqlx(try_from = "i64")]
    pub updated_at: Micros,
}

/// A tenant that is shown to whoever is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ShownTenant {
    /// Which.
    #[sqlx(try_from = "Uuid")]
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// How it looks.
    #[sqlx(flatten)]
    pub brand: Brand,
    /// Of its logo.
    pub content_type: Option<String>,
}

sql! {
    BRAND = "
        SELECT s.primary_color, s.secondary_color, s.accent_color, l.tag AS logo
          FROM tenant_settings s
          LEFT JOIN tenant_logo l ON l.tenant_id = s.tenant_id
         WHERE s.tenant_id = $1";
    LOGO = "
        SELECT tag, content_type, width, height, size_bytes, updated_at
          FROM tenant_logo
         WHERE tenant_id = $1";
    PUT_LOGO = "
        INSERT INTO tenant_logo (tenant_id, tag, content_type, width, height, size_bytes, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (tenant_id)
        DO UPDATE SET tag = excluded.tag, content_type = excluded.content_type, width = excluded.width,
                      height = excluded.height, size_bytes = excluded.size_bytes, updated_at = excluded.updated_at";
    DELETE_LOGO = "DELETE FROM tenant_logo WHERE tenant_id = $1";
    SHOWN_TENANT = "
        SELECT t.id, t.name, s.primary_color, s.secondary_color, s.accent_color, l.tag AS logo, l.content_type
          FROM tenant t
          JOIN tenant_settings s ON s.tenant_id = t.id
          LEFT JOIN tenant_logo l ON l.tenant_id = t.id
         WHERE t.slug = $1 AND t.is_active AND s.logo_on_sign_in";
}

impl Tenant<'_> {
    /// The logo; `None` without one.
    ///
    /// # Errors
    /// The database.
    pub async fn logo(&mut self) -> Result<Option<Logo>> {
        let tenant = self.tenant();
        self.tx.query(LOGO).bind(tenant).optional().await
    }

    /// Takes a logo in the place of the one before.
    ///
    /// # Errors
    /// The database.
    pub async fn put_logo(&mut self, new: &Logo) -> Result<()> {
        let tenant = self.tenant();
        let query = self.tx.query(PUT_LOGO).bind(tenant).bind(new.tag.as_str()).bind(new.content_type.as_str());
        let query = query.bind(new.width).bind(new.height).bind(new.size_bytes).bind(new.updated_at);
        query.execute().await?;
        Ok(())
    }

    /// Takes the logo away.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_logo(&mut self) -> Result<()> {
        let tenant = self.tenant();
        self.tx.query(DELETE_LOGO).bind(tenant).execute().await?;
        Ok(())
    }
}

impl System<'_> {
    /// How a tenant looks, as Nexus does when it is gone: for all of its members, while settings are for some.
    ///
    /// # Errors
    /// The database.
    pub async fn brand(&mut self, tenant: TenantId) -> Result<Brand> {
        Ok(self.tx.query(BRAND).bind(tenant).optional().await?.unwrap_or_default())
    }

    /// A tenant's logo; `None` without one.
    ///
    /// # Errors
    /// The database.
    pub async fn logo(&mut self, tenant: TenantId) -> Result<Option<Logo>> {
        self.tx.query(LOGO).bind(tenant).optional().await
    }

    /// The open tenant of this name in URLs, where it wants to be shown to whoever is not signed in.
    ///
    /// # Errors
    /// The database.
    pub async fn shown_tenant(&mut self, slug: &str) -> Result<Option<ShownTenant>> {
        self.tx.query(SHOWN_TENANT).bind(slug).optional().await
    }
}
