//! Which process asks which server: each active server is asked by exactly one that lives. Where there is one process
//! (SQLite) it holds all of them, without rows.
//!
//! ```text
//!   free ── taken, fence + 1 ──► held ◄── renewed three times in a lease ──┐
//!     ▲                           ├────────────────────────────────────────┘
//!     ├── given back: too many ───┤
//!     └── ran out: nobody renewed ┘  who could not renew stops asking before that
//! ```
//! Whether a lease has run out is the database's clock to say, so that machines may differ; how long this process may
//! still count on its own is its monotonic clock's, from before the renewal was sent.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use nexus_model::{Micros, ProcessId, ServerId, ServerStatus, TenantId};
use nexus_store::{Lease, ProcessRow, System};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::{Entry, Inventory};
use crate::background::Beat;
use crate::relayed::Announced;

/// The process as its row says.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) id: ProcessId,
    /// The machine's name.
    pub(crate) host: String,
    pub(crate) started_at: Micros,
}

/// A lease of this process.
#[derive(Debug, Clone, Copy)]
struct Held {
    fence: i64,
    /// Until when it surely is.
    until: Instant,
}

/// What this process holds.
pub(super) struct Leases {
    identity: Identity,
    held: RwLock<HashMap<ServerId, Held>>,
    /// Counts changes of `held`.
    changes: watch::Sender<u64>,
    /// Whether other processes live.
    pub(super) others: AtomicBool,
    /// The tenants that somebody watches at another process.
    elsewhere: RwLock<HashSet<TenantId>>,
    /// There may be something to take or to give back.
    wake: Notify,
    /// The others should look too.
    call: AtomicBool,
}

impl Leases {
    pub(super) fn new(identity: Identity) -> Self {
        Self {
            identity,
            held: RwLock::default(),
            changes: watch::Sender::new(0),
            others: AtomicBool::new(false),
            elsewhere: RwLock::default(),
            wake: Notify::new(),
            call: AtomicBool::new(false),
        }
    }

    pub(super) fn process(&self) -> ProcessId {
        self.identity.id
    }

    fn held(&self) -> RwLockReadGuard<'_, HashMap<ServerId, Held>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn held_mut(&self) -> RwLockWriteGuard<'_, HashMap<ServerId, Held>> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fence of a lease that surely holds now.
    pub(super) fn fence(&self, server: ServerId) -> Option<i64> {
        let now = Instant::now();
        self.held().get(&server).filter(|held| held.until > now).map(|held| held.fence)
    }

    fn until(&self, server: ServerId) -> Option<Instant> {
        self.held().get(&server).map(|held| held.until)
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

/// How many of `servers` the process should hold, among those that live, the oldest first: as even as whole numbers allow.
fn share(servers: usize, live: &[ProcessId], own: ProcessId) -> usize {
    let Some(rank) = live.iter().position(|id| *id == own) else { return 0 };
    servers / live.len() + usize::from(rank < servers % live.len())
}

impl Inventory {
    fn is_shared(&self) -> bool {
        self.inner.store.is_shared()
    }

    /// Whether this process is the one that asks the server now: who judges, alerts and counts goes by this.
    #[must_use]
    pub fn holds(&self, server: ServerId) -> bool {
        if self.is_shared() { self.inner.leases.fence(server).is_some() } else { self.entry(server).is_some() }
    }

    /// Whether this process judges what concerns all of a tenant's servers at once: it asks the first of them.
    pub(crate) fn leads(&self, tenant: TenantId) -> bool {
        let first = self.of_tenant(tenant).iter().map(|entry| entry.endpoint.id).min();
        first.is_some_and(|first| self.holds(first))
    }

    /// How each active server is doing.
    pub(crate) fn statuses(&self) -> Vec<(ServerId, ServerStatus)> {
        self.entries().iter().map(|(id, slot)| (*id, slot.entry.health().status)).collect()
    }

    /// Whether somebody watches the tenant, at this process or another.
    pub(super) fn is_watched(&self, tenant: TenantId) -> bool {
        self.inner.events.is_watched(tenant)
            || self.inner.leases.elsewhere.read().unwrap_or_else(PoisonError::into_inner).contains(&tenant)
    }

    /// Returns once this process asks the server. Until then, whoever wants to know makes it ask the one that does.
    pub(super) async fn until_held(&self, entry: &Entry) {
        let server = entry.endpoint.id;
        let mut changes = self.inner.leases.changes.subscribe();
        while !self.holds(server) {
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { std::future::pending::<()>().await },
                () = entry.wake.notified() => self.ask_holder(server).await,
            }
        }
    }

    /// Returns once this process does not ask the server any more.
    pub(super) async fn until_lost(&self, server: ServerId) {
        if !self.is_shared() {
            return std::future::pending().await;
        }
        let mut changes = self.inner.leases.changes.subscribe();
        while self.holds(server) {
            let until = self.inner.leases.until(server).unwrap_or_else(Instant::now);
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { std::future::pending::<()>().await },
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    async fn ask_holder(&self, server: ServerId) {
        if let Err(error) = self.announce(&[Announced::Refresh(server)]).await {
            tracing::debug!(server.id = %server, %error, "the process that asks the server cannot be told");
        }
    }

    async fn announce(&self, all: &[Announced]) -> nexus_store::Result<()> {
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        for one in all {
            tx.announce_event(&one.to_string()).await?;
        }
        tx.commit().await
    }

    /// Servers are new here: somebody has to take them.
    pub(super) fn servers_began(&self) {
        if self.is_shared() {
            self.inner.leases.call.store(true, Ordering::Release);
            self.inner.leases.wake.notify_one();
        }
    }

    /// Another process says that there may be something to take or to give back.
    pub(crate) fn leases_stirred(&self) {
        self.inner.leases.wake.notify_one();
    }

    /// Somebody began to watch the tenant at another process: they see what is, not what was.
    pub(crate) fn watched_elsewhere(&self, tenant: TenantId) {
        self.inner.leases.elsewhere.write().unwrap_or_else(PoisonError::into_inner).insert(tenant);
        for entry in self.of_tenant(tenant).iter().filter(|entry| self.holds(entry.endpoint.id)) {
            entry.wake.notify_one();
        }
    }

    /// The task that shares the servers out: three turns in a lease, and one whenever there is a reason.
    pub(super) async fn keep_leases(self, beat: Beat) {
        let leases = &self.inner.leases;
        let (mut told, mut joined) = (HashSet::new(), false);
        loop {
            match self.lease_turn(joined).await {
                Ok(()) => {
                    joined = true;
                    beat.done();
                }
                Err(error) => {
                    beat.failed(&error);
                    tracing::warn!(%error, "leases of servers cannot be renewed");
                }
            }
            let next = Instant::now() + self.inner.intervals.lease / 3;
            loop {
                tokio::select! {
                    biased;
                    () = beat.stop().cancelled() => return self.let_go().await,
                    () = tokio::time::sleep_until(next) => break,
                    () = leases.wake.notified() => break,
                    () = self.inner.events.watching_began() => self.tell_watches(&mut told).await,
                }
            }
        }
    }

    /// `joined`: the others know this process already.
    async fn lease_turn(&self, joined: bool) -> nexus_store::Result<()> {
        let (leases, lease) = (&self.inner.leases, self.inner.intervals.lease);
        let Identity { id, host, started_at } = &leases.identity;
        let sent = Instant::now();
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        let now = tx.database_time(self.inner.clock.now()).await?;
        tx.see_process(*id, host, env!("CARGO_PKG_VERSION"), *started_at, now).await?;
        tx.sweep_processes(now.minus(lease * 2), now).await?;
        let live = tx.live_processes(now.minus(lease)).await?;
        let active: HashSet<ServerId> = tx.active_servers().await?.into_iter().map(|server| server.id).collect();
        let until = now.plus(lease);
        let own = tx.renew_leases(*id, until).await?;
        let goal = share(active.len(), &live, *id);
        let (mut kept, given) = sort_out(own, &active, goal);
        let given_back = !given.is_empty();
        for server in given {
            // First here, so that nobody else asks it while this process does.
            leases.held_mut().remove(&server);
            tx.give_back_lease(*id, server).await?;
        }
        leases.changed();
        if kept.len() < goal {
            let most = u32::try_from(goal - kept.len()).unwrap_or(u32::MAX);
            kept.extend(tx.take_leases(*id, now, until, most).await?);
        }
        for tenant in self.inner.events.watched() {
            tx.watch_tenant(tenant, *id, now.plus(lease * 2)).await?;
        }
        let elsewhere = tx.watched_elsewhere(*id, now).await?;
        if given_back || !joined {
            tx.sweep_pictures().await?;
        }
        if given_back || !joined || leases.call.swap(false, Ordering::AcqRel) {
            tx.announce_event(&Announced::Leases.to_string()).await?;
        }
        tx.commit().await?;
        // A little less than the row says: what is under way when it ends has a moment to.
        let until = sent + lease.mul_f64(0.95);
        *leases.held_mut() = kept.iter().map(|own| (own.server_id, Held { fence: own.fence, until })).collect();
        *leases.elsewhere.write().unwrap_or_else(PoisonError::into_inner) = elsewhere.into_iter().collect();
        leases.changed();
        let others = live.len() > 1;
        if others && !leases.others.swap(others, Ordering::AcqRel) {
            self.leave_all();
        }
        leases.others.store(others, Ordering::Release);
        Ok(())
    }

    /// Says at once that somebody watches tenants here whom nobody watched.
    async fn tell_watches(&self, told: &mut HashSet<TenantId>) {
        let watched: HashSet<TenantId> = self.inner.events.watched().into_iter().collect();
        let new: Vec<TenantId> = watched.difference(told).copied().collect();
        *told = watched;
        if new.is_empty() || !self.inner.leases.others.load(Ordering::Acquire) {
            return;
        }
        if let Err(error) = self.write_watches(&new).await {
            tracing::debug!(%error, "other processes cannot be told who watches here");
        }
    }

    async fn write_watches(&self, tenants: &[TenantId]) -> nexus_store::Result<()> {
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        let now = tx.database_time(self.inner.clock.now()).await?;
        for tenant in tenants {
            tx.watch_tenant(*tenant, self.inner.leases.process(), now.plus(self.inner.intervals.lease * 2)).await?;
            tx.announce_event(&Announced::Watch(*tenant).to_string()).await?;
        }
        tx.commit().await
    }

    /// Gives everything back, so that nobody has to wait for it to run out.
    async fn let_go(&self) {
        let leases = &self.inner.leases;
        leases.held_mut().clear();
        leases.changed();
        let gone = async {
            let mut tx = self.inner.store.system_write(&self.inner.system).await?;
            tx.give_back_leases(leases.process()).await?;
            tx.delete_process(leases.process()).await?;
            tx.announce_event(&Announced::Leases.to_string()).await?;
            tx.commit().await
        };
        match tokio::time::timeout(Duration::from_secs(3), gone).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "leases of servers run out by themselves"),
            Err(_) => tracing::warn!("leases of servers run out by themselves: the database does not answer"),
        }
    }

    /// The processes on this database, the oldest first, and which of them is this one.
    pub(crate) async fn processes(&self, read: &mut System<'_>) -> nexus_store::Result<(Vec<ProcessRow>, ProcessId)> {
        let Identity { id, host, started_at } = &self.inner.leases.identity;
        let now = read.database_time(self.inner.clock.now()).await?;
        if self.is_shared() {
            return Ok((read.processes(now).await?, *id));
        }
        let servers = i64::try_from(self.entries().len()).unwrap_or(i64::MAX);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let only = ProcessRow { id: *id, host: host.clone(), version, started_at: *started_at, seen_at: now, servers };
        Ok((vec![only], *id))
    }
}

/// What of the own leases is kept, and what is given back: those of servers that are not active, and those beyond the
/// share.
fn sort_out(own: Vec<Lease>, active: &HashSet<ServerId>, goal: usize) -> (Vec<Lease>, Vec<ServerId>) {
    let (mut kept, gone): (Vec<Lease>, Vec<Lease>) =
        own.into_iter().partition(|lease| active.contains(&lease.server_id));
    kept.sort_by_key(|lease| lease.server_id);
    let beyond = kept.split_off(kept.len().min(goal));
    let given = gone.into_iter().chain(beyond).map(|lease| lease.server_id).collect();
    (kept, given)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn processes(count: usize) -> Vec<ProcessId> {
        (0..count).map(|n| Uuid::from_u128(n as u128 + 1).into()).collect()
    }

    proptest! {
        #[test]
        fn shares_are_whole_and_even(servers in 0_usize..3000, count in 1_usize..20) {
            let live = processes(count);
            let shares: Vec<usize> = live.iter().map(|own| share(servers, &live, *own)).collect();
            prop_assert_eq!(shares.iter().sum::<usize>(), servers);
            prop_assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
            prop_assert!(shares.windows(2).all(|pair| pair[0] >= pair[1]), "the oldest gets the odd one");
            prop_assert_eq!(share(servers, &live, Uuid::nil().into()), 0);
        }

        #[test]
        fn what_is_kept_is_active_and_within_the_share(
            own in proptest::collection::hash_set(0_u8..30, 0..20),
            active in proptest::collection::hash_set(0_u8..30, 0..30),
            goal in 0_usize..30,
        ) {
            let id = |n: u8| ServerId::from(Uuid::from_u128(n.into()));
            let leases = own.iter().map(|n| Lease { server_id: id(*n), fence: 1 }).collect();
            let active: HashSet<ServerId> = active.into_iter().map(id).collect();
            let (kept, given) = sort_out(leases, &active, goal);
            prop_assert!(kept.len() <= goal);
            prop_assert!(kept.iter().all(|lease| active.contains(&lease.server_id)));
            prop_assert_eq!(kept.len() + given.len(), own.len());
            let wanted = own.iter().filter(|n| active.contains(&id(**n))).count();
            prop_assert_eq!(kept.len(), wanted.min(goal));
        }
    }
}
