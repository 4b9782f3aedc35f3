//! Favourites and recently used guests: one's own, and of guests that one sees now.
//!
//! A favourite gives no right and is told to nobody else. It is on one incarnation, as assignments are: when the guest is
//! gone it sleeps, and the next guest with the number is nobody's favourite.

use std::sync::Arc;

use nexus_model::{GuestKey, Micros, TenantId};
use nexus_store::{Favourite, Store};

use crate::access::{Grant, GuestGrant, SeeGuests, ViewGuest};
use crate::clock::Clock;
use crate::guests::Sight;
use crate::inventory::Inventory;

/// The most favourites of a person in a tenant.
const MOST: usize = 200;
/// The most that are kept with those that the person does not see.
const MOST_KEPT: usize = 2 * MOST;
/// How many recently used guests are told.
const RECENT: usize = 20;
/// In how many of the newest consoles, and of the newest actions, they are looked for.
const DEPTH: u32 = 500;

/// Shows and changes favourites, and shows what was used. Cheap to clone.
#[derive(Clone)]
pub struct Favourites {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) inventory: Inventory,
}

/// A guest that a person used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentGuest {
    /// Which.
    pub guest: GuestKey,
    /// When last.
    pub at: Micros,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum FavouriteError {
    /// There is no such guest.
    #[error("there is no such guest")]
    NotFound,
    /// The person has as many favourites as they may.
    #[error("there are {limit} favourites already")]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for FavouriteError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

impl Favourites {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// The person's favourites that they see now, the oldest first.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, grant: &Grant<SeeGuests>) -> Result<Vec<GuestKey>, FavouriteError> {
        let mut read = self.inner.store.tenant_read(grant.scope()).await?;
        let favourites = read.favourites().await?;
        read.commit().await?;
        let sight = Sight::of(grant);
        let awake = favourites.into_iter().filter(|favourite| !favourite.asleep).map(|favourite| favourite.guest());
        Ok(awake.filter(|guest| self.shows(&sight, grant.tenant_id(), *guest)).collect())
    }

    /// Marks a guest; one that is marked stays so.
    ///
    /// # Errors
    /// No such guest, too many favourites, the store.
    pub async fn add(&self, grant: &GuestGrant<ViewGuest>) -> Result<(), FavouriteError> {
        let Parts { store, clock, inventory } = &*self.inner;
        let (tenant, guest) = (grant.tenant_id(), grant.guest());
        if inventory.found(tenant, guest).await.is_none() {
            return Err(FavouriteError::NotFound);
        }
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let favourites = tx.favourites().await?;
        let (asleep, awake): (Vec<&Favourite>, Vec<&Favourite>) =
            favourites.iter().partition(|favourite| favourite.asleep);
        if awake.iter().any(|favourite| favourite.guest() == guest) {
            return Ok(());
        }
        if awake.len() >= MOST {
            return Err(FavouriteError::TooMany { limit: MOST });
        }
        // Guests that are gone for good leave marks that nobody sees: the oldest gives way.
        if let Some(oldest) = asleep.first().filter(|_| favourites.len() >= MOST_KEPT) {
            tx.remove_favourite(oldest.guest()).await?;
        }
        tx.add_favourite(guest, clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Takes the mark away, if there is one.
    ///
    /// # Errors
    /// The store.
    pub async fn remove(&self, grant: &GuestGrant<ViewGuest>) -> Result<(), FavouriteError> {
        let mut tx = self.inner.store.tenant_write(grant.scope()).await?;
        tx.remove_favourite(grant.guest()).await?;
        Ok(tx.commit().await?)
    }

    /// The guests that the person used last and sees now, the newest first.
    ///
    /// # Errors
    /// The store.
    pub async fn recent(&self, grant: &Grant<SeeGuests>) -> Result<Vec<RecentGuest>, FavouriteError> {
        let mut read = self.inner.store.tenant_read(grant.scope()).await?;
        let used = read.used_guests(DEPTH).await?;
        read.commit().await?;
        let sight = Sight::of(grant);
        let used = used.into_iter().map(|used| RecentGuest { guest: used.guest(), at: used.at });
        let seen = used.filter(|used| self.shows(&sight, grant.tenant_id(), used.guest));
        Ok(seen.take(RECENT).collect())
    }

    /// Whether the person sees the guest. While its server has told nothing yet, the guest is taken to be there.
    fn shows(&self, sight: &Sight, tenant: TenantId, guest: GuestKey) -> bool {
        let inventory = &self.inner.inventory;
        sight.permissions_on(guest).is_some()
            && (inventory.find(tenant, guest).is_some() || inventory.is_untold(tenant, guest.server))
    }
}
