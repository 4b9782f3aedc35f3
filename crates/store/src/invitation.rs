//! Invitations: offers to become a member, bound to an address, used once. Secrets go in as their hashes and never come
//! out. Whether who invited may still do so is asked of the policy; here are the rows that it needs.

use nexus_model::{InvitationId, Micros, SystemRole, TenantId, TenantRole, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Error, Result, System, Tenant};

/// An invitation to be made.
pub struct NewInvitation<'a> {
    /// Its id, unless the address has one already.
    pub id: InvitationId,
    /// Where to.
    pub tenant: TenantId,
    /// Whom; folded.
    pub email: &'a str,
    /// As what.
    pub role: TenantRole,
    /// SHA-256 of the secret that is shown to who invites.
    pub secret_hash: [u8; 32],
    /// SHA-256 of the secret that is mailed to the address and shown to nobody.
    pub mailed_hash: Option<[u8; 32]>,
    /// Who invites.
    pub invited_by: UserId,
    /// Now.
    pub at: Micros,
    /// When it stops to work.
    pub expires_at: Micros,
}

/// Who invited, as the policy needs to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inviter {
    /// Their name.
    pub full_name: String,
    /// What they are to the installation.
    pub system_role: SystemRole,
    /// Whether they may sign in.
    pub is_active: bool,
    /// What they are in the tenant now.
    pub role: Option<TenantRole>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom.
    pub email: String,
    /// As what.
    pub role: TenantRole,
    /// When it was made or renewed.
    pub created_at: Micros,
    /// When it stops to work.
    pub expires_at: Micros,
    /// Whether it was mailed too.
    pub mailed: bool,
    /// Who invited; `None` when that cannot be told any more.
    pub inviter: Option<Inviter>,
}

/// An invitation whose secret somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// Where to.
    pub tenant: TenantId,
    /// The tenant's name in URLs.
    pub tenant_slug: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// Whether the tenant is open.
    pub tenant_is_active: bool,
    /// Whether the secret is the mailed one: who has it reads the address' mail.
    pub by_mail: bool,
}

#[derive(sqlx::FromRow)]
struct InvitationRow {
    #[sqlx(try_from = "Uuid")]
    id: InvitationId,
    email: String,
    #[sqlx(try_from = "String")]
    role: TenantRole,
    #[sqlx(try_from = "i64")]
    created_at: Micros,
    #[sqlx(try_from = "i64")]
    expires_at: Micros,
    mailed: bool,
    inviter_name: Option<String>,
    inviter_system_role: Option<String>,
    inviter_active: Option<bool>,
    inviter_role: Option<String>,
}

impl InvitationRow {
    fn invitation(self) -> Result<Invitation> {
        let role = self.inviter_role.map(|role| role.parse()).transpose().map_err(|_| Error::Stored("member.role"))?;
        let inviter = match (self.inviter_name, self.inviter_system_role, self.inviter_active) {
            (Some(full_name), Some(system_role), Some(is_active)) => {
                let system_role = system_role.parse().map_err(|_| Error::Stored("user_account.system_role"))?;
                Some(Inviter { full_name, system_role, is_active, role })
            }
            _ => None,
        };
        Ok(Invitation {
            id: self.id,
            email: self.email,
            role: self.role,
            created_at: self.created_at,
            expires_at: self.expires_at,
            mailed: self.mailed,
            inviter,
        })
    }
}

#[derive(sqlx::FromRow)]
struct InvitedRow {
    #[sqlx(flatten)]
    invitation: InvitationRow,
    #[sqlx(try_from = "Uuid")]
    tenant_id: TenantId,
    tenant_slug: String,
    tenant_name: String,
    tenant_active: bool,
    by_mail: bool,
}

#[derive(sqlx::FromRow)]
struct Id {
    #[sqlx(try_from = "Uuid")]
    id: InvitationId,
}

#[derive(sqlx::FromRow)]
struct Made {
    failures: i64,
    #[sqlx(try_from = "i64")]
    first_at: Micros,
}

sql! {
    INVITATIONS = "
        SELECT i.id, i.email, i.role, i.created_at, i.expires_at, i.mailed, u.full_name AS inviter_name,
               u.system_role AS inviter_system_role, u.is_active AS inviter_active, m.role AS inviter_role
          FROM invitation i
          LEFT JOIN user_account u ON u.id = i.invited_by
          LEFT JOIN member m ON m.tenant_id = i.tenant_id AND m.user_id = i.invited_by
         WHERE i.tenant_id = $1
         ORDER BY i.created_at DESC, i.id DESC
         LIMIT $2";
    INVITATION = "
        SELECT i.id, i.email, i.role, i.created_at, i.expires_at, i.mailed, u.full_name AS inviter_name,
               u.system_role AS inviter_system_role, u.is_active AS inviter_active, m.role AS inviter_role
          FROM invitation i
          LEFT JOIN user_account u ON u.id = i.invited_by
          LEFT JOIN member m ON m.tenant_id = i.tenant_id AND m.user_id = i.invited_by
         WHERE i.tenant_id = $1 AND i.id = $2";
    INVITED = "
        SELECT i.id, i.email, i.role, i.created_at, i.expires_at, i.mailed, u.full_name AS inviter_name,
               u.system_role AS inviter_system_role, u.is_active AS inviter_active, m.role AS inviter_role,
               i.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, t.is_active AS tenant_active,
               coalesce(i.mailed_hash = $1, false) AS by_mail
          FROM invitation i
          JOIN tenant t ON t.id = i.tenant_id
          LEFT JOIN user_account u ON u.id = i.invited_by
          LEFT JOIN member m ON m.tenant_id = i.tenant_id AND m.user_id = i.invited_by
         WHERE (i.secret_hash = $1 OR i.mailed_hash = $1) AND i.expires_at > $2";
    PUT_INVITATION = "
        INSERT INTO invitation (id, tenant_id, email, role, secret_hash, mailed_hash, invited_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (tenant_id, email)
        DO UPDATE SET role = excluded.role, secret_hash = excluded.secret_hash, mailed_hash = excluded.mailed_hash,
                      invited_by = excluded.invited_by, created_at = excluded.created_at, expires_at = excluded.expires_at
        RETURNING id";
    COUNT_INVITATIONS = "SELECT count(*) AS count FROM invitation WHERE tenant_id = $1";
    TAKE_INVITATION = "
        DELETE FROM invitation
         WHERE tenant_id = $1 AND id = $2 AND (secret_hash = $3 OR mailed_hash = $3) AND expires_at > $4";
    DELETE_INVITATION = "DELETE FROM invitation WHERE tenant_id = $1 AND id = $2";
    DELETE_INVITATION_OF = "DELETE FROM invitation WHERE tenant_id = $1 AND email = $2";
    COUNT_MADE = "
        INSERT INTO throttle (key, failures, first_at)
        VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE
           SET failures = CASE WHEN throttle.first_at < $4 THEN $2 ELSE throttle.failures + $2 END,
               first_at = CASE WHEN throttle.first_at < $4 THEN $3 ELSE throttle.first_at END
        RETURNING failures, first_at";
}

impl Tenant<'_> {
    /// The newest invitations.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn invitations(&mut self, limit: u32) -> Result<Vec<Invitation>> {
        let tenant = self.tenant();
        let rows: Vec<InvitationRow> = self.tx.query(INVITATIONS).bind(tenant).bind(limit).all().await?;
        rows.into_iter().map(InvitationRow::invitation).collect()
    }

    /// The tenant's invitation `id`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn invitation(&mut self, id: InvitationId) -> Result<Option<Invitation>> {
        let tenant = self.tenant();
        let row: Option<InvitationRow> = self.tx.query(INVITATION).bind(tenant).bind(id).optional().await?;
        row.map(InvitationRow::invitation).transpose()
    }

    /// Takes an invitation back; whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_invitation(&mut self, id: InvitationId) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(DELETE_INVITATION).bind(tenant).bind(id).execute().await? == 1)
    }

    /// Removes the invitation of an address that needs none any more; whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_invitation_of(&mut self, email: &str) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(DELETE_INVITATION_OF).bind(tenant).bind(email).execute().await? == 1)
    }
}

impl System<'_> {
    /// The tenant's invitation `id`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn invitation(&mut self, tenant: TenantId, id: InvitationId) -> Result<Option<Invitation>> {
        let row: Option<InvitationRow> = self.tx.query(INVITATION).bind(tenant).bind(id).optional().await?;
        row.map(InvitationRow::invitation).transpose()
    }

    /// The invitation of a secret, if it has not expired at `now`, without using it.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn invited(&mut self, secret_hash: [u8; 32], now: Micros) -> Result<Option<Invited>> {
        let row: Option<InvitedRow> = self.tx.query(INVITED).bind(secret_hash.to_vec()).bind(now).optional().await?;
        let invited = |row: InvitedRow| {
            Ok(Invited {
                invitation: row.invitation.invitation()?,
                tenant: row.tenant_id,
                tenant_slug: row.tenant_slug,
                tenant_name: row.tenant_name,
                tenant_is_active: row.tenant_active,
                by_mail: row.by_mail,
            })
        };
        row.map(invited).transpose()
    }

    /// Makes an invitation, in place of an older one for the same address, whose secrets are void from here on. Returns
    /// its id, which may be the older one's.
    ///
    /// # Errors
    /// [`Error::Missing`]: no such tenant. The database.
    pub async fn put_invitation(&mut self, new: &NewInvitation<'_>) -> Result<InvitationId> {
        let query = self.tx.query(PUT_INVITATION).bind(new.id).bind(new.tenant).bind(new.email).bind(new.role.name());
        let query = query.bind(new.secret_hash.to_vec()).bind(new.mailed_hash.map(|hash| hash.to_vec()));
        Ok(query.bind(new.invited_by).bind(new.at).bind(new.expires_at).one::<Id>().await?.id)
    }

    /// How many invitations a tenant has. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn count_invitations(&mut self, tenant: TenantId) -> Result<i64> {
        Ok(self.tx.query(COUNT_INVITATIONS).bind(tenant).one::<Count>().await?.count)
    }

    /// Uses an invitation up; whether its secret still worked. Of two at once, on any engine, one succeeds.
    ///
    /// # Errors
    /// The database.
    pub async fn take_invitation(
        &mut self,
        tenant: TenantId,
        id: InvitationId,
        secret_hash: [u8; 32],
        now: Micros,
    ) -> Result<bool> {
        let query = self.tx.query(TAKE_INVITATION).bind(tenant).bind(id).bind(secret_hash.to_vec());
        Ok(query.bind(now).execute().await? == 1)
    }

    /// Removes the invitation of an address that needs none any more; whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_invitation_of(&mut self, tenant: TenantId, email: &str) -> Result<bool> {
        Ok(self.tx.query(DELETE_INVITATION_OF).bind(tenant).bind(email).execute().await? == 1)
    }

    /// Counts `more` uses of what is limited under `key`; a count that began before `window_start` begins anew. Returns
    /// the count and when it began.
    ///
    /// # Errors
    /// The database.
    pub async fn count_uses(
        &mut self,
        key: &str,
        more: u32,
        now: Micros,
        window_start: Micros,
    ) -> Result<(i64, Micros)> {
        let query = self.tx.query(COUNT_MADE).bind(key).bind(more).bind(now).bind(window_start);
        let made: Made = query.one().await?;
        Ok((made.failures, made.first_at))
    }
}
