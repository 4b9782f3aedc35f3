//! Places for connections: so many in all, so many from one address.
//!
//! Counting only; it closes nothing. A place is given back when its [`Slot`] is dropped, and never otherwise.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

/// The limit for one address.
#[derive(Debug)]
pub(crate) struct PerAddress {
    /// Connections at once.
    pub(crate) most: usize,
    /// Networks that it does not apply to.
    pub(crate) unlimited: Vec<IpNet>,
}

/// All places of one listener.
#[derive(Debug)]
pub(crate) struct Slots {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    most: usize,
    per_address: PerAddress,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// No entry is ever zero, so that the map holds no more than there are connections.
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place.
#[derive(Debug)]
pub struct Slot {
    shared: Arc<Shared>,
    /// `None` for networks without limit.
    address: Option<IpAddr>,
}

impl Slots {
    pub(crate) fn new(most: usize, per_address: PerAddress) -> Self {
        Self { shared: Arc::new(Shared { most, per_address, taken: Mutex::default() }) }
    }

    /// A place for a connection from `ip`, unless one of the limits is reached.
    pub(crate) fn take(&self, ip: IpAddr) -> Option<Slot> {
        let ip = ip.to_canonical();
        let limited = !self.shared.per_address.unlimited.iter().any(|net| net.contains(&ip));
        let address = limited.then(|| owner(ip));
        let mut taken = self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.shared.most {
            return None;
        }
        if let Some(address) = address {
            let most = self.shared.per_address.most;
            if taken.by_address.get(&address).is_some_and(|count| *count >= most) || most == 0 {
                return None;
            }
            *taken.by_address.entry(address).or_default() += 1;
        }
        taken.all += 1;
        Some(Slot { shared: Arc::clone(&self.shared), address })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        let Some(address) = self.address else { return };
        if let Some(count) = taken.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

/// One customer has one IPv4 address, or one IPv6 /64 with as many addresses as it likes.
fn owner(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => {
            let s = v6.segments();
            IpAddr::V6(Ipv6Addr::new(s[0], s[1], s[2], s[3], 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(most: usize, per_address: usize, unlimited: &[&str]) -> Slots {
        let unlimited = unlimited.iter().map(|net| net.parse().unwrap()).collect();
        Slots::new(most, PerAddress { most: per_address, unlimited })
    }

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let slots = slots(10, 2, &[]);
        let one: IpAddr = "203.0.113.1".parse().unwrap();
        let first = slots.take(one).unwrap();
        let _second = slots.take(one).unwrap();
        assert!(slots.take(one).is_none());
        assert!(slots.take("::ffff:203.0.113.1".parse().unwrap()).is_none());
        assert!(slots.take("203.0.113.2".parse().unwrap()).is_some());
        drop(first);
        assert!(slots.take(one).is_some());
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let slots = slots(10, 1, &[]);
        let _first = slots.take("2001:db8::1".parse().unwrap()).unwrap();
        assert!(slots.take("2001:db8::2".parse().unwrap()).is_none());
        assert!(slots.take("2001:db8:0:1::1".parse().unwrap()).is_some());
    }

    #[test]
    fn the_whole_is_limited_for_everybody() {
        let slots = slots(3, 1, &["10.0.0.0/8"]);
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let held: Vec<_> = (0..3).map(|_| slots.take(proxy).unwrap()).collect();
        assert!(slots.take(proxy).is_none());
        drop(held);
        assert!(slots.take(proxy).is_some());
        assert!(slots.shared.taken.lock().unwrap().by_address.is_empty());
    }
}
