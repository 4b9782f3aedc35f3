//! Who asks, and what they may: the only maker of grants. Every operation takes one, so nothing is done without a
//! decision, and the decision is made from the rows, by `policy`.
//!
//! Three proofs: [`Grant`] in a tenant and [`GuestGrant`] on a guest, both for one request; [`LiveGrant`] for what
//! outlives it. The mint of scopes is a private field here and nowhere else.

mod grant;
mod live;
mod look;
mod token;
mod watch;

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use nexus_model::{GuestKey, Micros, ServerId, SessionId, SystemRole, TenantId, UserId};
use nexus_store::{ScopeMint, Store, SystemScope, TenantScope};

pub use self::grant::{Actor, Grant, GuestGrant, Proof, SystemGrant, TenantInfo, TenantMay, Visible, Who};
use self::live::Registry;
pub use self::live::{EndedBecause, LiveGrant};
use self::look::{Asked, Question};
use self::token::Limits;
pub(crate) use self::token::pve_id;
pub use self::token::{Asks, UsedToken};
use crate::accounts::ThrottleLimits;
use crate::clock::Clock;
pub use crate::permission::*;
use crate::placement::Placements;
use crate::policy::{self, Verdict};
use crate::secret;

/// Who asks, as the request shows it: for the audit log and for limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// From where.
    pub address: IpAddr,
    /// With what; at most 200 characters.
    pub user_agent: String,
    /// To find the request in the log.
    pub request_id: String,
}

/// A person with a valid session, or a program with a token of theirs. Proves who asks, not that they may do anything.
#[derive(Debug, Clone)]
pub struct SignedIn {
    user: UserId,
    session: SessionId,
    token: Option<UsedToken>,
    email: String,
    full_name: String,
    system_role: SystemRole,
    confirmed_at: Micros,
    client: Client,
}

impl SignedIn {
    /// The person.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The session; for a program, its token in the session's place.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The token, if a program asks.
    #[must_use]
    pub fn token(&self) -> Option<&UsedToken> {
        self.token.as_ref()
    }

    /// The one tenant that the token is limited to.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        self.limits().and_then(|limits| limits.tenant)
    }

    /// The one server that the token is limited to.
    #[must_use]
    pub fn server(&self) -> Option<ServerId> {
        self.limits().and_then(|limits| limits.server)
    }

    fn limits(&self) -> Option<Limits> {
        self.token.as_ref().map(|token| token.limits)
    }

    /// The person's address.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The person's name.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// What the person is to the installation.
    #[must_use]
    pub fn system_role(&self) -> SystemRole {
        self.system_role
    }

    /// The same as [`Access::confirm_recent`].
    pub(crate) fn confirm_recent(&self, now: Micros) -> Result<(), NotRecent> {
        if self.token.is_none() && now.since(self.confirmed_at) < RECENT { Ok(()) } else { Err(NotRecent) }
    }

    /// Where the request came from.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// For the audit log.
    #[must_use]
    pub fn who(&self) -> Who {
        let actor = Actor::User {
            user: self.user,
            session: self.session,
            email: self.email.clone(),
            full_name: self.full_name.clone(),
            token: self.token.as_ref().map(|token| token.name.clone()),
        };
        Who { actor, client: Some(self.client.clone()) }
    }
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum NotSignedIn {
    /// No such session, or it ended, or its person may not sign in any more.
    #[error("there is no such session")]
    Unknown,
    /// Too many wrong tokens from this address.
    #[error("too many wrong tokens")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// How long a password counts as said just now.
const RECENT: Duration = Duration::from_secs(15 * 60);

/// The person signed in too long ago for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password has to be said once more")]
pub struct NotRecent;

/// Why there is no grant.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The session ended meanwhile.
    #[error("the session has ended")]
    SignedOut,
    /// There is no such tenant or guest, or none that the person may see.
    #[error("there is no such thing")]
    NotFound,
    /// The person sees it and may not do that.
    #[error("that is not allowed")]
    Forbidden,
    /// The person may do that; the program's token may not.
    #[error("the token is not for that")]
    Token,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub struct SessionTimes {
    /// A session that is not used ends after this.
    pub idle: Duration,
    /// Every session ends after this.
    pub max: Duration,
    /// A session in use is renewed when the last renewal is this old.
    pub renew: Duration,
}

impl Default for SessionTimes {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        Self {
            idle: Duration::from_secs(3 * 24 * HOUR),
            max: Duration::from_secs(30 * 24 * HOUR),
            renew: Duration::from_secs(300),
        }
    }
}

impl SessionTimes {
    /// When a session that began at `created` and is used now ends.
    pub(crate) fn end(&self, created: Micros, now: Micros) -> Micros {
        now.plus(self.idle).min(created.plus(self.max))
    }
}

/// Decides rights and hands out grants.
#[derive(Clone)]
pub struct Access {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    mint: ScopeMint,
    system: SystemScope,
    clock: Clock,
    times: SessionTimes,
    throttle: ThrottleLimits,
    placements: Placements,
    registry: Registry,
}

impl Access {
    /// Takes the mint: from here on only this makes scopes of tenants.
    pub(crate) fn new(
        store: Store,
        mint: ScopeMint,
        clock: Clock,
        (times, throttle): (SessionTimes, ThrottleLimits),
        placements: Placements,
    ) -> Self {
        let (system, registry) = (mint.system(), Registry::default());
        Self { inner: Arc::new(Inner { store, mint, system, clock, times, throttle, placements, registry }) }
    }

    /// The person of a session's token, if the session is valid; a session in use is renewed.
    ///
    /// # Errors
    /// [`NotSignedIn`].
    pub async fn authenticate(&self, token: &str, client: Client) -> Result<SignedIn, NotSignedIn> {
        let Inner { store, system, clock, times, .. } = &*self.inner;
        let now = clock.now();
        let mut read = store.system_read(system).await?;
        let session = read.session(secret::hash(token), now).await?.ok_or(NotSignedIn::Unknown)?;
        read.commit().await?;
        if now.since(session.used_at) >= times.renew {
            let mut write = store.system_write(system).await?;
            let renewed = write.renew_session(session.id, now, times.end(session.created_at, now)).await?;
            write.update_user_seen(session.user_id, now).await?;
            write.commit().await?;
            if !renewed {
                return Err(NotSignedIn::Unknown);
            }
        }
        Ok(SignedIn {
            user: session.user_id,
            session: session.id,
            token: None,
            email: session.email,
            full_name: session.full_name,
            system_role: session.system_role,
            confirmed_at: session.confirmed_at,
            client,
        })
    }

    /// For a session that was made just now.
    pub(crate) fn signed_in(user: &nexus_store::User, session: SessionId, now: Micros, client: Client) -> SignedIn {
        SignedIn {
            user: user.id,
            session,
            token: None,
            email: user.email.clone(),
            full_name: user.full_name.clone(),
            system_role: user.system_role,
            confirmed_at: now,
            client,
        }
    }

    /// Whether the person said the password not long ago: for what a forgotten, open browser must not do.
    ///
    /// # Errors
    /// [`NotRecent`]: they have to say it once more.
    pub fn confirm_recent(&self, person: &SignedIn) -> Result<(), NotRecent> {
        person.confirm_recent(self.inner.clock.now())
    }

    /// Whether the person asks, not a program by a token: for their own account, and for the installation.
    ///
    /// # Errors
    /// A program does: [`Refused::Token`].
    pub fn in_person(&self, person: &SignedIn) -> Result<(), Refused> {
        if person.token.is_none() { Ok(()) } else { Err(Refused::Token) }
    }

    /// Proof that the person may do `P` in the tenant.
    ///
    /// # Errors
    /// Not a member: [`Refused::NotFound`]. A member without the right: [`Refused::Forbidden`]; by a token that does not
    /// bring it: [`Refused::Token`].
    pub async fn grant<P: TenantPermission>(&self, person: &SignedIn, tenant: TenantId) -> Result<Grant<P>, Refused> {
        let asked = Asked::by(person, tenant, Question::Tenant(P::RIGHT));
        let found = self.ask(&asked).await?;
        Ok(Grant::new(self.scope(&asked), person.clone(), found))
    }

    /// Proof that the person may do `P` on a guest of the tenant. Whether PVE still has the guest, the operation finds out.
    ///
    /// # Errors
    /// Not a member, no such server in the tenant, or a guest that they may not see: [`Refused::NotFound`]. Seen, but
    /// without the right: [`Refused::Forbidden`]; by a token that does not bring it: [`Refused::Token`].
    pub async fn guest_grant<P: GuestPermission>(
        &self,
        person: &SignedIn,
        tenant: TenantId,
        guest: GuestKey,
    ) -> Result<GuestGrant<P>, Refused> {
        let asked = Asked::by(person, tenant, Question::Guest(P::RIGHT, guest));
        let found = self.ask(&asked).await?;
        Ok(GuestGrant::new(self.scope(&asked), person.clone(), guest, found))
    }

    /// Proof that the person may administer the installation. `authenticate` has read the role from the rows just now.
    ///
    /// # Errors
    /// Everybody else: [`Refused::Forbidden`], whatever it is about. A program: [`Refused::Token`].
    pub fn system_grant(&self, person: &SignedIn) -> Result<SystemGrant, Refused> {
        match policy::in_system(person.system_role()) {
            Verdict::Allowed => self.in_person(person).map(|()| SystemGrant::new(person.clone())),
            Verdict::Forbidden => Err(Refused::Forbidden),
            Verdict::NotFound => Err(Refused::NotFound),
        }
    }

    fn scope(&self, asked: &Asked) -> TenantScope {
        self.inner.mint.tenant(asked.user, asked.tenant)
    }
}
