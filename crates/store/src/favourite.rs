//! Favourites: marks of one person on guests, and which guests a person used last. One's own alone: every statement of a
//! person carries them. A mark is on one incarnation, and sleeps while that is gone.

use nexus_model::{GuestKey, GuestKind, Incarnation, Micros, ServerId, TenantId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System, Tenant};

/// A guest that a person marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Favourite {
    #[sqlx(try_from = "Uuid")]
    server_id: ServerId,
    #[sqlx(try_from = "String")]
    kind: GuestKind,
    #[sqlx(try_from = "i64")]
    vmid: u32,
    /// Whether the guest is gone, or another one has its number.
    pub asleep: bool,
}

impl Favourite {
    /// Which guest.
    #[must_use]
    pub fn guest(&self) -> GuestKey {
        GuestKey { server: self.server_id, kind: self.kind, vmid: self.vmid }
    }
}

/// A guest that a person used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct UsedGuest {
    #[sqlx(try_from = "Uuid")]
    server_id: ServerId,
    #[sqlx(try_from = "String")]
    kind: GuestKind,
    #[sqlx(try_from = "i64")]
    vmid: u32,
    /// When last.
    #[sqlx(try_from = "i64")]
    pub at: Micros,
}

impl UsedGuest {
    /// Which guest.
    #[must_use]
    pub fn guest(&self) -> GuestKey {
        GuestKey { server: self.server_id, kind: self.kind, vmid: self.vmid }
    }
}

/// What all people's marks on one incarnation of a guest have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedGuest {
    /// Which guest.
    pub guest: GuestKey,
    /// The incarnation; `None` while it was not read yet.
    pub incarnation: Option<Incarnation>,
    /// Whether it is gone.
    pub asleep: bool,
}

#[derive(sqlx::FromRow)]
struct MarkedRow {
    #[sqlx(try_from = "String")]
    kind: GuestKind,
    #[sqlx(try_from = "i64")]
    vmid: u32,
    incarnation: Option<String>,
    asleep: bool,
}

sql! {
    FAVOURITES = "
        SELECT server_id, kind, vmid, asleep
          FROM favourite
         WHERE tenant_id = $1 AND user_id = $2
         ORDER BY created_at, server_id, kind, vmid";
    ADD_FAVOURITE = "
        INSERT INTO favourite (tenant_id, user_id, member_id, server_id, kind, vmid, created_at)
        VALUES ($1, $2, (SELECT m.user_id FROM member m WHERE m.tenant_id = $1 AND m.user_id = $2), $3, $4, $5, $6)
        ON CONFLICT (tenant_id, user_id, server_id, kind, vmid)
        DO UPDATE SET asleep = FALSE, incarnation = NULL, created_at = excluded.created_at
         WHERE favourite.asleep";
    REMOVE_FAVOURITE = "
        DELETE FROM favourite
         WHERE tenant_id = $1 AND user_id = $2 AND server_id = $3 AND kind = $4 AND vmid = $5";
    USED = "
        SELECT server_id, kind, vmid, max(at) AS at
          FROM (SELECT server_id, kind, vmid, at
                  FROM (SELECT server_id, kind, vmid, created_at AS at
                          FROM console_session
                         WHERE tenant_id = $1 AND user_id = $2
                         ORDER BY created_at DESC
                         LIMIT $3) AS looked
                UNION ALL
                SELECT server_id, kind, vmid, at
                  FROM (SELECT server_id, kind, vmid, created_at AS at
                          FROM task
                         WHERE tenant_id = $1 AND user_id = $2 AND bulk_id IS NULL
                         ORDER BY created_at DESC
                         LIMIT $3) AS acted) AS used
         GROUP BY server_id, kind, vmid
         ORDER BY max(at) DESC, server_id, kind, vmid";
    MARKED_OF_SERVER = "
        SELECT DISTINCT kind, vmid, incarnation, asleep
          FROM favourite
         WHERE tenant_id = $1 AND server_id = $2
         ORDER BY kind, vmid";
    TIE = "
        UPDATE favourite SET incarnation = $5
         WHERE tenant_id = $1 AND server_id = $2 AND kind = $3 AND vmid = $4 AND incarnation IS NULL AND NOT asleep";
    SET_ASLEEP = "
        UPDATE favourite SET asleep = $6
         WHERE tenant_id = $1 AND server_id = $2 AND kind = $3 AND vmid = $4 AND coalesce(incarnation, '') = $5
           AND asleep <> $6";
}

impl Tenant<'_> {
    /// The person's own favourites, those that sleep among them; the oldest first.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn favourites(&mut self) -> Result<Vec<Favourite>> {
        let (tenant, user) = (self.tenant(), self.user());
        self.tx.query(FAVOURITES).bind(tenant).bind(user).all().await
    }

    /// Marks a guest for the person. One that is marked stays as it is; a mark that sleeps is on the guest that has the
    /// number now.
    ///
    /// # Errors
    /// [`crate::Error::Missing`]: the tenant has no such server. The database.
    pub async fn add_favourite(&mut self, guest: GuestKey, at: Micros) -> Result<()> {
        let (tenant, user) = (self.tenant(), self.user());
        let query = self.tx.query(ADD_FAVOURITE).bind(tenant).bind(user).bind(guest.server);
        query.bind(guest.kind.name()).bind(guest.vmid).bind(at).execute().await?;
        Ok(())
    }

    /// Takes the person's mark away, if there is one.
    ///
    /// # Errors
    /// The database.
    pub async fn remove_favourite(&mut self, guest: GuestKey) -> Result<()> {
        let (tenant, user) = (self.tenant(), self.user());
        let query = self.tx.query(REMOVE_FAVOURITE).bind(tenant).bind(user).bind(guest.server);
        query.bind(guest.kind.name()).bind(guest.vmid).execute().await?;
        Ok(())
    }

    /// The guests that the person used last, the newest first, each once: of their newest `depth` consoles and as many
    /// actions, those on many guests at once left out.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn used_guests(&mut self, depth: u32) -> Result<Vec<UsedGuest>> {
        let (tenant, user) = (self.tenant(), self.user());
        self.tx.query(USED).bind(tenant).bind(user).bind(depth).all().await
    }
}

impl System<'_> {
    /// The incarnations of a server's guests that somebody marked.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn marked_guests(&mut self, tenant: TenantId, server: ServerId) -> Result<Vec<MarkedGuest>> {
        let rows: Vec<MarkedRow> = self.tx.query(MARKED_OF_SERVER).bind(tenant).bind(server).all().await?;
        let marked = rows.into_iter().map(|MarkedRow { kind, vmid, incarnation, asleep }| MarkedGuest {
            guest: GuestKey { server, kind, vmid },
            incarnation: incarnation.map(Incarnation),
            asleep,
        });
        Ok(marked.collect())
    }

    /// Ties favourites that are awake and not tied to the incarnation that the guest has.
    ///
    /// # Errors
    /// The database.
    pub async fn tie_favourites(&mut self, tenant: TenantId, guest: GuestKey, mark: &Incarnation) -> Result<()> {
        let query = self.tx.query(TIE).bind(tenant).bind(guest.server).bind(guest.kind.name()).bind(guest.vmid);
        query.bind(mark.0.as_str()).execute().await?;
        Ok(())
    }

    /// Puts everybody's favourites on one incarnation to sleep, or wakes them.
    ///
    /// # Errors
    /// The database.
    pub async fn set_favourites_asleep(&mut self, tenant: TenantId, of: &MarkedGuest, asleep: bool) -> Result<()> {
        let (guest, mark) = (of.guest, of.incarnation.as_ref().map_or("", |mark| mark.0.as_str()));
        let query = self.tx.query(SET_ASLEEP).bind(tenant).bind(guest.server).bind(guest.kind.name()).bind(guest.vmid);
        query.bind(mark).bind(asleep).execute().await?;
        Ok(())
    }
}
