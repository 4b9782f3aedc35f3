//! Invitations: making, renewing and taking them back. How one is accepted is in `accounts`.
//!
//! The secret that is shown goes to who invites; where mail is configured another one goes to the address alone, and only
//! that one shows that the address is its owner's.

use std::time::Duration;

use nexus_model::{Email, InvitationId, Micros, TenantId, TenantRole, ViewerScope};
use nexus_store::{Invitation, Inviter, NewInvitation, System};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{MemberError, Members, Parts};
use crate::access::{Grant, ManageMembers, SeeMembers, TenantRight};
use crate::audit::Entry;
use crate::mail::Letter;
use crate::policy::{self, Place, Verdict};
use crate::secret;

/// How long an invitation works.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// The most invitations of a tenant that wait.
const MOST: i64 = 2000;
/// How many invitations a tenant may make within [`WINDOW`]: each may be a mail to somebody.
const MOST_MADE: i64 = 1200;
const WINDOW: Duration = Duration::from_secs(3600);

/// An invitation that was made just now. Its link is shown this once.
#[derive(Clone)]
pub struct InvitationMade {
    /// Its id.
    pub id: InvitationId,
    /// Whom.
    pub email: String,
    /// As what.
    pub role: TenantRole,
    /// The link, with its secret.
    pub link: Zeroizing<String>,
    /// When it stops to work.
    pub expires_at: Micros,
    /// Whether it was mailed too.
    pub mailed: bool,
}

impl std::fmt::Debug for InvitationMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitationMade").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An invitation that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// Its id.
    pub id: InvitationId,
    /// Whom.
    pub email: String,
    /// As what.
    pub role: TenantRole,
    /// Who invited, by name; empty when they are not here any more.
    pub invited_by: String,
    /// When it was made or renewed.
    pub created_at: Micros,
    /// When it stops to work.
    pub expires_at: Micros,
    /// Whether it was mailed too.
    pub mailed: bool,
    /// Whether it does not work any more: it is too old, or who invited may not do so any more.
    pub expired: bool,
}

/// Whether who invited may still invite, as the policy says: else the invitation is void.
pub(crate) fn still_invites(inviter: Option<&Inviter>, tenant_is_active: bool) -> bool {
    inviter.filter(|inviter| inviter.is_active).is_some_and(|inviter| {
        let place = Place {
            system_role: inviter.system_role,
            role: inviter.role,
            is_active: tenant_is_active,
            viewer_scope: ViewerScope::Assigned,
        };
        policy::in_tenant(place, TenantRight::ManageMembers) == Verdict::Allowed
    })
}

/// What an audit entry keeps of an invitation.
fn state(email: &str, role: TenantRole) -> Value {
    json!({ "email": email, "role": role })
}

impl Members {
    /// The newest invitations that wait.
    ///
    /// # Errors
    /// The store.
    pub async fn invitations(&self, grant: &Grant<SeeMembers>) -> Result<Vec<InvitationView>, MemberError> {
        let now = self.inner.clock.now();
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let rows = tx.invitations(u32::try_from(MOST).unwrap_or(u32::MAX)).await?;
        let is_active = grant.tenant().is_active;
        let view = |row: Invitation| InvitationView {
            expired: row.expires_at <= now || !still_invites(row.inviter.as_ref(), is_active),
            id: row.id,
            email: row.email,
            role: row.role,
            invited_by: row.inviter.map(|inviter| inviter.full_name).unwrap_or_default(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            mailed: row.mailed,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// A new link for an invitation, which works for another seven days; the old one is void.
    ///
    /// # Errors
    /// No such invitation, too many invitations, the store.
    pub async fn renew_invitation(
        &self,
        grant: &Grant<ManageMembers>,
        id: InvitationId,
    ) -> Result<InvitationMade, MemberError> {
        let Parts { store, system, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        let old = tx.invitation(tenant, id).await?.ok_or(MemberError::NotFound)?;
        self.count_invitations(&mut tx, tenant, 1).await?;
        // What is stored was an address when it was typed.
        let email = super::email(&old.email)?;
        let made = self.invite(&mut tx, grant, &email, old.role).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// No such invitation, the store.
    pub async fn delete_invitation(&self, grant: &Grant<ManageMembers>, id: InvitationId) -> Result<(), MemberError> {
        let Parts { store, audit, .. } = &*self.inner;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let old = tx.invitation(id).await?.ok_or(MemberError::NotFound)?;
        tx.delete_invitation(id).await?;
        let entry = Entry::new("invitation.delete", "invitation", id, old.email.as_str());
        audit.record(&mut tx, &grant.who(), entry.before(state(&old.email, old.role))).await?;
        Ok(tx.commit().await?)
    }

    /// Counts invitations that are about to be made; refused ones are not counted, since nothing is committed.
    pub(super) async fn count_invitations(
        &self,
        tx: &mut System<'_>,
        tenant: TenantId,
        more: u32,
    ) -> Result<(), MemberError> {
        let now = self.inner.clock.now();
        let key = format!("invite:{tenant}");
        let (made, since) = tx.count_uses(&key, more, now, now.minus(WINDOW)).await?;
        if made > MOST_MADE {
            return Err(MemberError::TooMany { retry_after: since.plus(WINDOW).since(now) });
        }
        Ok(())
    }

    /// Makes an invitation in the caller's transaction, in place of an older one for the address; mails it where mail is
    /// configured, and records it.
    pub(super) async fn invite(
        &self,
        tx: &mut System<'_>,
        grant: &Grant<ManageMembers>,
        email: &Email,
        role: TenantRole,
    ) -> Result<InvitationMade, MemberError> {
        let Parts { clock, audit, links, mailer, .. } = &*self.inner;
        let (tenant, now) = (grant.tenant_id(), clock.now());
        let (shown, expires_at) = (secret::token(), now.plus(LIFE));
        let mailed = mailer.is_configured().then(secret::token);
        let id = tx
            .put_invitation(&NewInvitation {
                id: secret::id(),
                tenant,
                email: email.as_str(),
                role,
                secret_hash: secret::hash(&shown),
                mailed_hash: mailed.as_ref().map(|mailed| secret::hash(mailed)),
                invited_by: grant.person().user(),
                at: now,
                expires_at,
            })
            .await?;
        if tx.count_invitations(tenant).await? > MOST {
            return Err(MemberError::LimitReached { limit: MOST });
        }
        if let (Some(mailed), Some(head)) = (&mailed, tx.letterhead(tenant).await?) {
            // In the tenant's language: whether the address has an account, and so one of its own, is not asked.
            let letter = Letter::Invitation {
                tenant: &grant.tenant().name,
                role,
                invited_by: grant.person().full_name(),
                link: &links.invite(mailed),
                expires_at,
            };
            mailer.post_from(tx, &head, (email.as_str(), None), &letter).await?;
        }
        let entry = Entry::new("invitation.create", "invitation", id, email.as_str());
        let entry = entry.after(state(email.as_str(), role));
        audit.record_as_system(tx, Some(tenant), &grant.who(), entry).await?;
        Ok(InvitationMade {
            id,
            email: email.as_str().to_owned(),
            role,
            link: links.invite(&shown),
            expires_at,
            mailed: mailed.is_some(),
        })
    }
}
