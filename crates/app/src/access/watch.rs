//! Looks again when rights may have changed, and ends the live grants whose right is gone.
//!
//! Woken by a commit of this process, by PostgreSQL's NOTIFY, by a timer (short where nothing is announced), by the
//! nearest end of a session or assignment, and after a lost connection. The rows are the truth: a message only says when
//! to look.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use nexus_model::{Micros, SessionId, TenantId, UserId};
use nexus_store::{AccessChanges, System};
use tokio_util::sync::CancellationToken;

use super::live::Seat;
use super::look::{Asked, Epochs, Looked, look};
use super::{Access, Asks, Inner};
use crate::placement::Placements;

/// How often to look where nobody announces changes of other processes.
const POLL_UNTOLD: Duration = Duration::from_secs(1);
/// How often to look although changes are announced.
const POLL_TOLD: Duration = Duration::from_secs(10);
/// How many people are asked about in one transaction.
const BATCH: usize = 50;

impl Access {
    pub(super) async fn look(&self, asked: &Asked) -> nexus_store::Result<Looked> {
        let Inner { store, system, clock, placements, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let servers = asked.server().into_iter().collect();
        let looked = look(&mut read, asked, &servers, placements, clock.now()).await?;
        read.commit().await?;
        Ok(looked)
    }

    /// Watches until `stop`.
    pub(crate) async fn watch(&self, stop: CancellationToken) {
        let mut moves = self.inner.clock.moves();
        let mut places = self.inner.placements.changes();
        let mut changes: Option<AccessChanges> = None;
        while !stop.is_cancelled() {
            if changes.is_none() {
                changes = self.listen().await;
            }
            if let Err(error) = self.look_again().await {
                tracing::warn!(%error, "cannot look for changed rights");
            }
            let told = changes.as_ref().is_some_and(AccessChanges::hears_others);
            let nap = self.nap(if told { POLL_TOLD } else { POLL_UNTOLD });
            tokio::select! {
                () = stop.cancelled() => {}
                heard = hear(&mut changes) => if let Err(error) = heard {
                    tracing::warn!(%error, "the connection that announces changed rights is lost");
                    changes = None;
                },
                () = tokio::time::sleep(nap) => {}
                () = moves.moved() => {}
                Ok(()) = places.changed() => {}
                () = self.inner.registry.changed.notified() => {}
            }
        }
    }

    async fn listen(&self) -> Option<AccessChanges> {
        match self.inner.store.access_changes().await {
            Ok(changes) => Some(changes),
            Err(error) => {
                tracing::warn!(%error, "cannot listen for changed rights; looking every second");
                None
            }
        }
    }

    /// Until the timer or the nearest end by itself, whichever comes first; a little more than nothing, so that an end
    /// that the rows do not see yet is not asked about in a loop.
    fn nap(&self, period: Duration) -> Duration {
        let now = self.inner.clock.now();
        let nearest = self.inner.registry.open().iter().filter_map(|seat| seat.seen()).map(|(_, until)| until).min();
        let left = nearest.map_or(period, |until| until.since(now));
        left.clamp(Duration::from_millis(5), period)
    }

    /// Compares the epochs of everybody who holds something open, and asks the policy about those that differ.
    pub(crate) async fn look_again(&self) -> nexus_store::Result<()> {
        let seats = self.inner.registry.open();
        if seats.is_empty() {
            return Ok(());
        }
        let Inner { store, system, clock, placements, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let epochs = Known::read(&mut read, &seats, placements.epoch()).await?;
        read.commit().await?;
        let due = due(&seats, &epochs, clock.now());
        for batch in due.chunks(BATCH) {
            let mut read = store.system_read(system).await?;
            for group in batch {
                group.ask(&mut read, placements, clock.now()).await?;
            }
            read.commit().await?;
        }
        Ok(())
    }
}

async fn hear(changes: &mut Option<AccessChanges>) -> nexus_store::Result<()> {
    match changes {
        Some(changes) => changes.changed().await,
        None => std::future::pending().await,
    }
}

/// The epochs as the rows say now; who is gone has none.
struct Known {
    users: HashMap<UserId, i64>,
    tenants: HashMap<TenantId, i64>,
    places: u64,
}

impl Known {
    async fn read(system: &mut System<'_>, seats: &[Arc<Seat>], places: u64) -> nexus_store::Result<Self> {
        let users: BTreeSet<UserId> = seats.iter().map(|seat| seat.asked.user).collect();
        let tenants: BTreeSet<TenantId> = seats.iter().map(|seat| seat.asked.tenant).collect();
        let users = system.user_epochs(&users.into_iter().collect::<Vec<_>>()).await?;
        let tenants = system.tenant_epochs(&tenants.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { users: users.into_iter().collect(), tenants: tenants.into_iter().collect(), places })
    }

    /// The epochs now of what a look went by.
    fn of(&self, asked: &Asked, seen: Epochs) -> Option<Epochs> {
        let (user, tenant) = (*self.users.get(&asked.user)?, *self.tenants.get(&asked.tenant)?);
        Some(Epochs { user, tenant, places: seen.places.map(|_| self.places) })
    }
}

/// Everything that one session holds open in one tenant: asked about once.
struct Group {
    asked: Asked,
    seats: Vec<Arc<Seat>>,
}

fn due(seats: &[Arc<Seat>], epochs: &Known, now: Micros) -> Vec<Group> {
    let mut groups: BTreeMap<(UserId, SessionId, TenantId, Option<Asks>), Group> = BTreeMap::new();
    for seat in seats {
        // A seat that was never asked about is being asked about by `keep` in this moment.
        let Some((seen, until)) = seat.seen() else { continue };
        if epochs.of(&seat.asked, seen) == Some(seen) && until > now {
            continue;
        }
        let Asked { user, session, tenant, limits, .. } = seat.asked;
        let key = (user, session, tenant, limits.map(|limits| limits.asks));
        let group = groups.entry(key).or_insert_with(|| Group { asked: seat.asked, seats: Vec::new() });
        group.seats.push(Arc::clone(seat));
    }
    groups.into_values().collect()
}

impl Group {
    async fn ask(&self, system: &mut System<'_>, placements: &Placements, now: Micros) -> nexus_store::Result<()> {
        let servers = self.seats.iter().filter_map(|seat| seat.asked.server()).collect();
        let looked = look(system, &self.asked, &servers, placements, now).await?;
        for seat in &self.seats {
            seat.judge(&looked);
        }
        Ok(())
    }
}
