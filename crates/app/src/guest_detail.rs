//! One guest in detail: its configuration, figures over time, and addresses. PVE is asked anew each time, but never twice
//! at once about the same.
//!
//! Who asks has a grant on the guest; what PVE tells passes a [`Sight`] before it is shown. Of a provided server the limit
//! is looked at before PVE is asked about a guest: one that left it is another customer's.

mod addresses;
mod config;
mod devices;
mod figures;
mod property;
mod shared;

use std::sync::Arc;

use nexus_model::{GuestKey, GuestStatus, Micros, TenantId};
use nexus_pve::{Cause, Figure, GuestConfig, Interfaces, Stage};

pub use nexus_pve::{Consolidation, Timeframe};

pub use self::addresses::{AddressState, GuestAddress, GuestAddresses, GuestInterface};
pub use self::config::{ConfigOption, GuestConfigView};
pub use self::devices::{GuestDisk, GuestNetwork, Media};
pub use self::figures::GuestFigures;
use self::shared::{Answered, Answers};
use crate::access::{GuestGrant, ViewGuest};
use crate::clock::Clock;
use crate::guests::Sight;
use crate::inventory::endpoint::pve_guest;
use crate::inventory::{Found, Inventory, LookError};

/// What a guest can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Question {
    Config,
    Figures(Timeframe, Consolidation),
    Addresses,
}

/// What PVE told.
#[derive(Debug)]
enum Told {
    Config(GuestConfig),
    Figures(Vec<Figure>),
    Interfaces(Interfaces),
    /// The token may not ask the guest's agent.
    NoPrivilege,
}

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetailError {
    /// There is no such guest.
    #[error("there is no such guest")]
    NotFound,
    /// PVE did not answer; why, without addresses.
    #[error("PVE does not answer: {0}")]
    PveUnreachable(String),
    /// PVE refused; why, for people.
    #[error("PVE refused: {0}")]
    PveRefused(String),
}

/// Why PVE told nothing.
#[derive(Debug, Clone)]
enum Silence {
    NotFound,
    /// Neither where it was nor elsewhere.
    Elsewhere,
    Pve(nexus_pve::Error),
}

impl From<LookError> for Silence {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Unknown | LookError::Gone => Self::NotFound,
            LookError::Pve(error) => Self::Pve(error),
        }
    }
}

impl Silence {
    /// PVE's own words are for those who may know the server's inside.
    fn tell(self, inside: bool) -> DetailError {
        let error = match self {
            Self::NotFound => return DetailError::NotFound,
            Self::Elsewhere => {
                let words = "the guest is not where it was: it was moved or deleted; try again in a moment";
                return DetailError::PveRefused(words.to_owned());
            }
            Self::Pve(error) => error,
        };
        let unreachable = match error.cause() {
            Cause::NodeUnreachable => "the guest's node cannot be reached",
            Cause::Slow => "Proxmox VE did not answer in time",
            Cause::Tls(_) => "the server's certificate was not accepted",
            _ if error.status().is_none() => "the server cannot be reached",
            _ if inside => return DetailError::PveRefused(error.to_string()),
            _ => return DetailError::PveRefused("Proxmox VE does not tell this; ask a manager for the details".into()),
        };
        DetailError::PveUnreachable(unreachable.to_owned())
    }
}

/// Shows guests in detail. Cheap to clone.
#[derive(Clone)]
pub struct GuestDetails {
    inner: Arc<Inner>,
}

struct Inner {
    inventory: Inventory,
    clock: Clock,
    answers: Answers,
}

impl GuestDetails {
    pub(crate) fn new(inventory: Inventory, clock: Clock) -> Self {
        Self { inner: Arc::new(Inner { inventory, clock, answers: Answers::default() }) }
    }

    /// The configuration as PVE has it now, without secrets. Storages, bridges and single options are for those who may
    /// know the server's inside.
    ///
    /// # Errors
    /// [`DetailError`].
    pub async fn config(&self, grant: &GuestGrant<ViewGuest>) -> Result<GuestConfigView, DetailError> {
        let (answered, inside) = self.ask(grant, Question::Config).await?;
        match &*answered.told {
            Told::Config(config) => Ok(config::read(grant.guest().kind, config, inside, answered.at)),
            _ => Err(DetailError::NotFound),
        }
    }

    /// Figures over time.
    ///
    /// # Errors
    /// [`DetailError`].
    pub async fn figures(
        &self,
        grant: &GuestGrant<ViewGuest>,
        timeframe: Timeframe,
        consolidation: Consolidation,
    ) -> Result<GuestFigures, DetailError> {
        let (answered, _) = self.ask(grant, Question::Figures(timeframe, consolidation)).await?;
        match &*answered.told {
            Told::Figures(points) => Ok(figures::read(timeframe, consolidation, points)),
            _ => Err(DetailError::NotFound),
        }
    }

    /// The addresses that the guest has. One that does not run is not asked.
    ///
    /// # Errors
    /// [`DetailError`].
    pub async fn addresses(&self, grant: &GuestGrant<ViewGuest>) -> Result<GuestAddresses, DetailError> {
        let found = self.find(grant.tenant().id, grant.guest()).ok_or(DetailError::NotFound)?;
        if found.row.template || found.row.status == GuestStatus::Stopped {
            let at = self.inner.clock.now();
            return Ok(GuestAddresses { state: AddressState::Stopped, interfaces: Vec::new(), at });
        }
        let (answered, _) = self.ask(grant, Question::Addresses).await?;
        match &*answered.told {
            Told::Interfaces(interfaces) => Ok(addresses::read(interfaces, answered.at)),
            Told::NoPrivilege => {
                Ok(GuestAddresses { state: AddressState::NoPrivilege, interfaces: Vec::new(), at: answered.at })
            }
            _ => Err(DetailError::NotFound),
        }
    }

    fn find(&self, tenant: TenantId, key: GuestKey) -> Option<Found> {
        self.inner.inventory.find(tenant, key)
    }

    /// What PVE tells, and whether the person may know the server's inside.
    async fn ask(&self, grant: &GuestGrant<ViewGuest>, question: Question) -> Result<(Said, bool), DetailError> {
        let (tenant, key) = (grant.tenant().id, grant.guest());
        let found = self.find(tenant, key).ok_or(DetailError::NotFound)?;
        let inside = Sight::of_guest(grant).inside(found.row.provided);
        let entry = Arc::clone(&found.entry);
        let asking = async { (self.ask_pve(tenant, found, question).await, self.inner.clock.now()) };
        let Answered { told, at, .. } = self.inner.answers.get(&entry, key, question, asking).await;
        Ok((Said { told: told.map_err(|silence| silence.tell(inside))?, at }, inside))
    }

    /// Asks where the guest is; where it is not any more, the overview may know better.
    async fn ask_pve(&self, tenant: TenantId, found: Found, question: Question) -> Result<Arc<Told>, Silence> {
        let inventory = &self.inner.inventory;
        let found = inventory.still_within(found).await?;
        let first = match call(&found, question).await {
            Err(error) if error.is_no_such_guest() => {
                inventory.refreshed(found.row.key.server).await;
                let again = inventory.find(tenant, found.row.key).ok_or(Silence::NotFound)?;
                let again = inventory.still_within(again).await?;
                if again.row.node == found.row.node {
                    return Err(Silence::Elsewhere);
                }
                call(&again, question).await
            }
            other => other,
        };
        first
            .map(Arc::new)
            .map_err(|error| if error.is_no_such_guest() { Silence::Elsewhere } else { Silence::Pve(error) })
    }
}

/// What PVE said, and when.
struct Said {
    told: Arc<Told>,
    at: Micros,
}

async fn call(found: &Found, question: Question) -> Result<Told, nexus_pve::Error> {
    let client = &found.entry.endpoint.client;
    let guest = pve_guest(found.row.key, &found.row.node);
    let interfaces = match question {
        Question::Config => return client.guest_config(guest).await.map(Told::Config),
        Question::Figures(timeframe, consolidation) => {
            return client.guest_figures(guest, timeframe, consolidation).await.map(Told::Figures);
        }
        Question::Addresses if guest.kind == nexus_pve::Kind::Lxc => client.container_interfaces(guest).await,
        Question::Addresses => client.agent_interfaces(guest).await,
    };
    match interfaces {
        Ok(interfaces) => Ok(Told::Interfaces(interfaces)),
        Err(error) if error.stage == Stage::Permission => Ok(Told::NoPrivilege),
        Err(error) => Err(error),
    }
}
