//! Proofs that somebody may reach a tenant's rows. Only [`ScopeMint`] makes them, and wiring hands the one mint to
//! the one place that decides rights. Nothing here decides anything.

use std::time::{Duration, Instant};

use nexus_model::{TenantId, UserId};
use uuid::Uuid;

use crate::{Error, Result};

/// A scope older than this is refused: rights may have changed since.
pub const SCOPE_AGE: Duration = Duration::from_secs(60);

/// One person in one tenant, for a minute.
#[derive(Debug)]
pub struct TenantScope {
    store: Uuid,
    user: UserId,
    tenant: TenantId,
    made_at: Instant,
}

impl TenantScope {
    /// Who asks.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The tenant whose rows may be reached.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Refuses another store's scope and an old one.
    pub(crate) fn check(&self, store: Uuid) -> Result<()> {
        if self.store != store {
            return Err(Error::ForeignScope);
        }
        if self.made_at.elapsed() > SCOPE_AGE {
            return Err(Error::ScopeTooOld);
        }
        Ok(())
    }
}

/// Nexus itself: sign-in and background work.
#[derive(Debug, Clone)]
pub struct SystemScope {
    store: Uuid,
}

impl SystemScope {
    pub(crate) fn check(&self, store: Uuid) -> Result<()> {
        if self.store == store { Ok(()) } else { Err(Error::ForeignScope) }
    }
}

/// The only maker of scopes; [`crate::Store::open`] returns the only one, and it cannot be cloned.
#[derive(Debug)]
pub struct ScopeMint {
    store: Uuid,
}

impl ScopeMint {
    pub(crate) fn new(store: Uuid) -> Self {
        Self { store }
    }

    /// A scope for `user` in `tenant`. The caller has decided that they may.
    #[must_use]
    pub fn tenant(&self, user: UserId, tenant: TenantId) -> TenantScope {
        self.tenant_made_at(user, tenant, Instant::now())
    }

    /// The same, decided at `made_at`.
    #[must_use]
    pub fn tenant_made_at(&self, user: UserId, tenant: TenantId, made_at: Instant) -> TenantScope {
        TenantScope { store: self.store, user, tenant, made_at }
    }

    /// A scope for Nexus itself.
    #[must_use]
    pub fn system(&self) -> SystemScope {
        SystemScope { store: self.store }
    }
}
