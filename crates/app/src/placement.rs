//! Which guests are in which pool and have which tags, over all servers: what assignments by pool and tag go by. The
//! inventory writes it, the policy's look reads it. Of a server that is limited to some guests it holds those alone.
//! Holds no rights.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use nexus_model::{GuestKey, ServerId, Target, TenantId};
use tokio::sync::watch;

/// One guest's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) guest: GuestKey,
    pub(crate) pool: Option<String>,
    pub(crate) tags: Vec<String>,
}

/// A server's tenant and its guests' places, in the order of their keys.
type OfServer = (TenantId, Arc<Vec<Placed>>);

/// The guests of a server that is limited to some.
#[derive(Debug, Clone, Default)]
pub(crate) struct Within(Arc<Vec<Placed>>);

impl Within {
    /// Whether the guest is one of them.
    pub(crate) fn holds(&self, guest: GuestKey) -> bool {
        self.0.binary_search_by(|placed| placed.guest.cmp(&guest)).is_ok()
    }
}

/// All guests' places. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Placements {
    servers: Arc<RwLock<HashMap<ServerId, OfServer>>>,
    changes: Arc<watch::Sender<u64>>,
}

impl Placements {
    pub(crate) fn new() -> Self {
        Self { servers: Arc::default(), changes: Arc::new(watch::Sender::new(0)) }
    }

    /// Puts a server's guests in place of those that were known, and tells the watcher when that changes something.
    pub(crate) fn put(&self, tenant: TenantId, server: ServerId, mut guests: Vec<Placed>) {
        guests.sort_unstable_by_key(|placed| placed.guest);
        let mut servers = self.servers.write().unwrap_or_else(PoisonError::into_inner);
        let new = (tenant, Arc::new(guests));
        if servers.get(&server) == Some(&new) {
            return;
        }
        servers.insert(server, new);
        drop(servers);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Forgets a server.
    pub(crate) fn remove(&self, server: ServerId) {
        let known = self.servers.write().unwrap_or_else(PoisonError::into_inner).remove(&server);
        if known.is_some() {
            self.changes.send_modify(|count| *count += 1);
        }
    }

    /// The guests of a tenant that a target covers now.
    pub(crate) fn covered(&self, tenant: TenantId, target: &Target) -> Vec<GuestKey> {
        if let Target::Guest(guest) = target {
            return vec![*guest];
        }
        let servers = self.servers.read().unwrap_or_else(PoisonError::into_inner);
        let of_tenant = servers
            .iter()
            .filter(|(server, (owner, _))| *owner == tenant && target.server().is_none_or(|wanted| wanted == **server));
        let placed = of_tenant.flat_map(|(_, (_, guests))| guests.iter());
        placed.filter(|placed| placed.is_in(target)).map(|placed| placed.guest).collect()
    }

    /// The guests of a tenant's server as its newest picture has them; none before the first.
    pub(crate) fn within(&self, tenant: TenantId, server: ServerId) -> Within {
        let servers = self.servers.read().unwrap_or_else(PoisonError::into_inner);
        let of_tenant = servers.get(&server).filter(|(owner, _)| *owner == tenant);
        of_tenant.map(|(_, guests)| Within(Arc::clone(guests))).unwrap_or_default()
    }

    /// Counts changes; asked for before the places are, so that a change in between is seen as one.
    pub(crate) fn epoch(&self) -> u64 {
        *self.changes.borrow()
    }

    /// Hears of changes.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

impl Placed {
    fn is_in(&self, target: &Target) -> bool {
        match target {
            Target::Guest(guest) => *guest == self.guest,
            Target::Pool { name, .. } => self.pool.as_deref() == Some(name),
            Target::Tag { name, .. } => self.tags.iter().any(|tag| tag == name),
        }
    }
}

#[cfg(test)]
mod tests {
    use nexus_model::GuestKind;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn targets_cover_their_tenants_guests_alone() {
        let (ours, theirs) = (TenantId::from(Uuid::now_v7()), TenantId::from(Uuid::now_v7()));
        let (one, two) = (ServerId::from(Uuid::now_v7()), ServerId::from(Uuid::now_v7()));
        let guest = |server, vmid| GuestKey { server, kind: GuestKind::Qemu, vmid };
        let placed = |server, vmid, pool: Option<&str>, tags: &[&str]| Placed {
            guest: guest(server, vmid),
            pool: pool.map(Into::into),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        };
        let placements = Placements::new();
        let list = vec![placed(one, 100, Some("class"), &["web"]), placed(one, 101, None, &["web", "db"])];
        placements.put(ours, one, list.clone());
        placements.put(theirs, two, vec![placed(two, 100, Some("class"), &["web"])]);
        let pool = Target::Pool { server: None, name: "class".into() };
        assert_eq!(placements.covered(ours, &pool), [guest(one, 100)]);
        assert_eq!(placements.covered(theirs, &pool), [guest(two, 100)]);
        let foreign = Target::Tag { server: Some(two), name: "web".into() };
        assert_eq!(placements.covered(ours, &foreign), []);
        let own = Target::Tag { server: Some(one), name: "web".into() };
        assert_eq!(placements.covered(ours, &own), [guest(one, 100), guest(one, 101)]);
        let within = placements.within(ours, one);
        assert!(within.holds(guest(one, 100)) && !within.holds(guest(one, 102)) && !within.holds(guest(two, 100)));
        assert!(!placements.within(theirs, one).holds(guest(one, 100)));
        let before = placements.epoch();
        placements.put(ours, one, list);
        assert_eq!(placements.epoch(), before, "nothing changed");
        placements.remove(one);
        assert_ne!(placements.epoch(), before);
        assert_eq!(placements.covered(ours, &own), []);
    }
}
