//! Asking for a console: what must be true before there is one, and the limits of how many there are at once.
//!
//! The limits are the tenant's own below the installation's. They count what everybody has open in all processes, also
//! what the person who asks does not see: so the counting is Nexus' own, under the tenant's lock.

use std::fmt;

use nexus_model::{ConsoleId, GuestKey, GuestStatus, Micros, TenantId};
use nexus_store::{ConsoleLimits, ConsoleSession, LiveConsoles};

use super::{CLAIM, Consoles, Parts};
use crate::access::{GuestGrant, GuestPermission, OpenConsole, WatchConsole};
use crate::audit::{Entry, Outcome};
use crate::guests::{GuestView, Sight};
use crate::secret;

/// A console that may be claimed.
#[derive(Debug, Clone)]
pub struct ConsoleTicket {
    /// Works once.
    pub id: ConsoleId,
    /// Whether the person may only look.
    pub view_only: bool,
    /// Until when it may be claimed.
    pub expires_at: Micros,
    /// The guest.
    pub guest: GuestView,
    /// It ends when nobody gives input for so long; `None` for one that nobody can give input to.
    pub idle_seconds: Option<i64>,
    /// It ends after so long.
    pub max_seconds: Option<i64>,
}

/// Who has as many consoles as they may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhoseLimit {
    /// The person who asks.
    Person,
    /// The guest.
    Guest,
    /// The whole tenant.
    Tenant,
    /// The person who asks, by what the installation allows anybody.
    Installation,
}

impl fmt::Display for WhoseLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Person | Self::Installation => "the person",
            Self::Guest => "the guest",
            Self::Tenant => "the organisation",
        })
    }
}

/// Why a console was not given.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The inventory does not have the guest.
    #[error("there is no such guest")]
    NotFound,
    /// The guest does not run.
    #[error("the guest does not run")]
    NotRunning,
    /// Templates have no console.
    #[error("the guest is a template")]
    Template,
    /// There are as many consoles as there may be.
    #[error("{whose} has {limit} consoles, as many as there may be at once")]
    TooMany {
        /// Whose limit it is.
        whose: WhoseLimit,
        /// How many they may have.
        limit: i64,
    },
    /// Nexus is stopping.
    #[error("nexus is stopping")]
    Stopping,
    /// The store failed.
    #[error("the store failed: {0}")]
    Internal(nexus_store::Error),
}

impl From<nexus_store::Error> for RequestError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            // The tenant went meanwhile.
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Internal(other),
        }
    }
}

/// Whose limit stands in the way of one more, if any does.
fn reached(limits: ConsoleLimits, per_user: u32, live: LiveConsoles) -> Option<(WhoseLimit, i64)> {
    let all = [
        (WhoseLimit::Person, limits.per_user, live.of_user),
        // Whatever the tenant says.
        (WhoseLimit::Installation, Some(per_user.into()), live.of_user),
        (WhoseLimit::Guest, limits.per_guest, live.of_guest),
        (WhoseLimit::Tenant, limits.per_tenant, live.of_tenant),
    ];
    all.into_iter().find_map(|(whose, limit, live)| Some((whose, limit.filter(|limit| live >= *limit)?)))
}

impl Consoles {
    /// A view-only console for who may watch.
    ///
    /// # Errors
    /// [`RequestError`].
    pub async fn request_watch(&self, grant: GuestGrant<WatchConsole>) -> Result<ConsoleTicket, RequestError> {
        self.request(&grant, true).await
    }

    /// A console with control.
    ///
    /// # Errors
    /// [`RequestError`].
    pub async fn request_control(&self, grant: GuestGrant<OpenConsole>) -> Result<ConsoleTicket, RequestError> {
        self.request(&grant, false).await
    }

    async fn request<P: GuestPermission>(
        &self,
        grant: &GuestGrant<P>,
        view_only: bool,
    ) -> Result<ConsoleTicket, RequestError> {
        let result = self.try_request(grant, view_only).await;
        if let Err(error @ (RequestError::NotRunning | RequestError::Template | RequestError::TooMany { .. })) = &result
        {
            let Parts { audit, inventory, .. } = &self.inner.parts;
            let name = inventory.guest(grant.guest()).map(|row| row.name.clone()).unwrap_or_default();
            let entry = Entry::new("console.open", "guest", grant.guest(), name);
            let entry = entry.outcome(Outcome::Refused).detail(error.to_string());
            audit.record_alone(Some(grant.tenant().id), &grant.who(), entry).await?;
        }
        result
    }

    async fn try_request<P: GuestPermission>(
        &self,
        grant: &GuestGrant<P>,
        view_only: bool,
    ) -> Result<ConsoleTicket, RequestError> {
        let Parts { clock, inventory, .. } = &self.inner.parts;
        if self.inner.stopping.is_cancelled() {
            return Err(RequestError::Stopping);
        }
        let (tenant, key) = (grant.tenant().id, grant.guest());
        let found = inventory.found(tenant, key).await.ok_or(RequestError::NotFound)?;
        if found.row.template {
            return Err(RequestError::Template);
        }
        if found.row.status == GuestStatus::Stopped {
            // Started elsewhere meanwhile? The next try will know.
            inventory.refresh_soon(key.server);
            return Err(RequestError::NotRunning);
        }
        let sight = Sight::of_guest(grant);
        let guest = sight.guest(&found.row, &found.entry.endpoint.name, found.data_at).ok_or(RequestError::NotFound)?;
        let now = clock.now();
        let mut row = ConsoleSession {
            id: secret::id(),
            tenant_id: tenant,
            user_id: grant.person().user(),
            user_name: grant.person().full_name().to_owned(),
            session_id: grant.person().session(),
            server_id: key.server,
            kind: key.kind,
            vmid: key.vmid,
            guest_name: found.row.name.clone(),
            view_only,
            address: grant.client().address.to_string(),
            user_agent: grant.client().user_agent.clone(),
            created_at: now,
            expires_at: now.plus(CLAIM),
            idle_seconds: None,
            max_seconds: None,
        };
        self.insert(&mut row, tenant, key).await?;
        let ConsoleSession { id, expires_at, idle_seconds, max_seconds, .. } = row;
        Ok(ConsoleTicket { id, view_only, expires_at, guest, idle_seconds, max_seconds })
    }

    /// Writes it down, with the tenant's limits of now, unless there are too many.
    async fn insert(&self, row: &mut ConsoleSession, tenant: TenantId, guest: GuestKey) -> Result<(), RequestError> {
        let Parts { store, system, limits, .. } = &self.inner.parts;
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await?;
        let own = tx.console_limits(tenant).await?;
        let live = tx.live_consoles(tenant, row.user_id, guest, row.created_at).await?;
        if let Some((whose, limit)) = reached(own, limits.consoles_per_user, live) {
            return Err(RequestError::TooMany { whose, limit });
        }
        row.idle_seconds = own.idle_seconds.filter(|_| !row.view_only);
        row.max_seconds = own.max_seconds;
        tx.insert_console(row).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_limit_is_named_and_none_passes_the_installations() {
        let live = LiveConsoles { of_tenant: 7, of_user: 3, of_guest: 2 };
        let none = ConsoleLimits::default();
        assert_eq!(reached(none, 16, live), None);
        assert_eq!(reached(none, 3, live), Some((WhoseLimit::Installation, 3)));
        let more = ConsoleLimits { per_user: Some(50), ..none };
        assert_eq!(reached(more, 3, live), Some((WhoseLimit::Installation, 3)), "the installation's stays above");
        let own = ConsoleLimits { per_user: Some(4), per_guest: Some(2), per_tenant: Some(1), ..none };
        assert_eq!(reached(own, 16, live), Some((WhoseLimit::Guest, 2)));
        let own = ConsoleLimits { per_tenant: Some(8), ..none };
        assert_eq!(reached(own, 16, live), None);
        assert_eq!(reached(own, 16, LiveConsoles { of_tenant: 9, ..live }), Some((WhoseLimit::Tenant, 8)), "lowered");
    }
}
