//! Addresses that a guest has, as it tells them itself. Pure.

use std::net::IpAddr;

use nexus_model::Micros;
use nexus_pve::Interfaces;

/// Whether the addresses are known, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressState {
    /// They are.
    Known,
    /// The guest does not run.
    Stopped,
    /// The guest agent is not switched on in the configuration.
    NotConfigured,
    /// No agent answers in the guest.
    NotRunning,
    /// Nexus' token may not ask for them.
    NoPrivilege,
    /// The agent, or this version of PVE, cannot tell.
    NotSupported,
}

/// One address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuestAddress {
    /// The address.
    pub address: IpAddr,
    /// The length of its prefix.
    pub prefix: Option<u8>,
}

/// A card as the guest itself names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestInterface {
    /// The guest's name of it.
    pub name: String,
    /// Its MAC address.
    pub mac: Option<String>,
    /// Its addresses.
    pub addresses: Vec<GuestAddress>,
}

/// What is known of a guest's addresses; no interfaces unless they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestAddresses {
    /// Whether they are.
    pub state: AddressState,
    /// The cards, without the loopback one.
    pub interfaces: Vec<GuestInterface>,
    /// When it was told.
    pub at: Micros,
}

pub(super) fn read(told: &Interfaces, at: Micros) -> GuestAddresses {
    let (state, interfaces) = match told {
        Interfaces::Known(interfaces) => (AddressState::Known, interfaces.iter().filter_map(interface).collect()),
        Interfaces::GuestStopped => (AddressState::Stopped, Vec::new()),
        Interfaces::NotConfigured => (AddressState::NotConfigured, Vec::new()),
        Interfaces::NotRunning => (AddressState::NotRunning, Vec::new()),
        Interfaces::NotSupported => (AddressState::NotSupported, Vec::new()),
    };
    GuestAddresses { state, interfaces, at }
}

fn interface(told: &nexus_pve::Interface) -> Option<GuestInterface> {
    let is_loopback = |address: &IpAddr| address.to_canonical().is_loopback();
    let loopback = told.name == "lo" || told.addresses.iter().any(|(address, _)| is_loopback(address));
    let kept = told.addresses.iter().filter(|(address, _)| !is_loopback(address));
    let addresses: Vec<_> = kept.map(|(address, prefix)| GuestAddress { address: *address, prefix: *prefix }).collect();
    // A loopback card may carry other addresses, as those of routers do.
    if loopback && addresses.is_empty() {
        return None;
    }
    let mac = told.mac.clone().filter(|mac| mac != "00:00:00:00:00:00");
    Some(GuestInterface { name: told.name.clone(), mac, addresses })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, addresses: &[&str]) -> nexus_pve::Interface {
        let addresses = addresses.iter().map(|address| (address.parse().unwrap(), None)).collect();
        nexus_pve::Interface { name: name.into(), mac: Some("00:00:00:00:00:00".into()), addresses }
    }

    #[test]
    fn loopback_is_left_out() {
        let told = Interfaces::Known(vec![
            card("lo", &["127.0.0.1", "::1"]),
            card("Loopback Pseudo-Interface 1", &["::ffff:127.0.0.1"]),
            card("lo", &["127.0.0.1", "192.0.2.1"]),
            card("eth0", &["192.0.2.7", "fe80::1"]),
            card("down0", &[]),
        ]);
        let read = read(&told, Micros(1));
        let seen: Vec<_> = read.interfaces.iter().map(|card| (card.name.as_str(), card.addresses.len())).collect();
        assert_eq!(seen, [("lo", 1), ("eth0", 2), ("down0", 0)]);
        assert!(read.interfaces.iter().all(|card| card.mac.is_none()));
        assert_eq!(super::read(&Interfaces::NotRunning, Micros(1)).state, AddressState::NotRunning);
    }
}
