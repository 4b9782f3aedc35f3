//! Network cards and addresses as a guest itself has them: from its agent, or from PVE for containers.
//!
//! What comes from inside a guest is nobody's word but the guest's: it is bounded, and only real addresses are kept.

use std::net::IpAddr;

use serde::Deserialize;

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::guest::{Guest, Kind};
use crate::lenient::{self, Rows};
use crate::wire::{Call, guest_path};

/// The most cards of a guest that are kept.
const CARDS: usize = 64;
/// The most addresses of a card that are kept.
const ADDRESSES: usize = 64;

/// A card as the guest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// The guest's own name of it.
    pub name: String,
    /// The MAC address, in lower case.
    pub mac: Option<String>,
    /// Addresses with the lengths of their prefixes.
    pub addresses: Vec<(IpAddr, Option<u8>)>,
}

/// What PVE says when it is asked for a guest's cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interfaces {
    /// They are known.
    Known(Vec<Interface>),
    /// The guest does not run.
    GuestStopped,
    /// The virtual machine's configuration has no agent.
    NotConfigured,
    /// No agent answers in the virtual machine.
    NotRunning,
    /// The agent cannot tell, or may not.
    NotSupported,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawAddress {
    #[serde(rename = "ip-address", deserialize_with = "lenient::text")]
    address: Option<String>,
    #[serde(deserialize_with = "lenient::count")]
    prefix: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawInterface {
    #[serde(deserialize_with = "lenient::word")]
    name: Option<String>,
    #[serde(rename = "hardware-address", deserialize_with = "lenient::word")]
    hardware_address: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    hwaddr: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    inet: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    inet6: Option<String>,
    #[serde(rename = "ip-addresses")]
    addresses: Option<Rows<RawAddress>>,
}

/// The agent's answer stands under a key of its own.
#[derive(Deserialize)]
struct RawAgent {
    result: Option<Rows<RawInterface>>,
}

/// `ADDRESS` or `ADDRESS/PREFIX`; a zone (`%eth0`) is left out.
fn address(text: &str, prefix: Option<u64>) -> Option<(IpAddr, Option<u8>)> {
    let (text, behind) = text.split_once('/').map_or((text, None), |(text, prefix)| (text, Some(prefix)));
    let address: IpAddr = text.trim().split('%').next()?.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.or_else(|| behind?.parse().ok()).and_then(|prefix| u8::try_from(prefix).ok());
    Some((address, prefix.filter(|prefix| *prefix <= longest)))
}

fn mac(text: &str) -> Option<String> {
    let well = text.len() == 17
        && text.split(':').all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    well.then(|| text.to_ascii_lowercase())
}

impl RawInterface {
    fn read(self) -> Option<Interface> {
        let listed = match self.addresses {
            Some(rows) => rows.all().unwrap_or_default(),
            None => Vec::new(),
        };
        let mut addresses: Vec<_> = listed
            .iter()
            .filter_map(|row| address(row.address.as_deref()?, row.prefix))
            .chain([self.inet, self.inet6].iter().flatten().filter_map(|text| address(text, None)))
            .collect();
        // The same address stands in both forms in PVE 9.
        let mut seen = std::collections::HashSet::new();
        addresses.retain(|(address, _)| seen.insert(*address));
        addresses.truncate(ADDRESSES);
        let mac = self.hardware_address.or(self.hwaddr).and_then(|text| mac(&text));
        Some(Interface { name: self.name?, mac, addresses })
    }
}

fn read(rows: Rows<RawInterface>) -> Result<Interfaces, Error> {
    Ok(Interfaces::Known(rows.all()?.into_iter().filter_map(RawInterface::read).take(CARDS).collect()))
}

/// PVE's words when there is nobody to ask (PVE-FACTS 3.15); `None` for any other trouble.
pub(crate) fn nobody(error: &Error) -> Option<Interfaces> {
    let ErrorKind::Status { status: 500, reason, .. } = &error.kind else { return None };
    if reason.starts_with("No QEMU guest agent configured") {
        return Some(Interfaces::NotConfigured);
    }
    if reason.starts_with("QEMU guest agent is not running") || reason.contains("qga ") || reason.contains("'guest-") {
        return Some(Interfaces::NotRunning);
    }
    if reason.starts_with("Agent error") {
        return Some(Interfaces::NotSupported);
    }
    (reason.starts_with("VM ") && reason.ends_with(" is not running")).then_some(Interfaces::GuestStopped)
}

impl Client {
    /// The cards of a virtual machine, as its agent tells them; PVE waits three seconds for an agent that is not there.
    ///
    /// # Errors
    /// As every call; a token without the privilege is refused ([`crate::Stage::Permission`]).
    pub async fn agent_interfaces(&self, guest: Guest<'_>) -> Result<Interfaces, Error> {
        if guest.kind != Kind::Qemu {
            return Err(Error::impossible("containers have no guest agent"));
        }
        let call = Call::get(format!("{}/agent/network-get-interfaces", guest_path(guest)?)).asking_guest();
        match self.get::<Option<RawAgent>>(call).await {
            Ok(answer) => answer.and_then(|answer| answer.result).map_or(Ok(Interfaces::NotSupported), read),
            Err(error) => nobody(&error).ok_or(error),
        }
    }

    /// The cards of a container, as PVE sees them from outside.
    ///
    /// # Errors
    /// As every call; [`Error::is_no_such_guest`] when it is not on that node.
    pub async fn container_interfaces(&self, guest: Guest<'_>) -> Result<Interfaces, Error> {
        if guest.kind != Kind::Lxc {
            return Err(Error::impossible("only containers are seen from outside"));
        }
        let call = Call::get(format!("{}/interfaces", guest_path(guest)?)).asking_guest();
        match self.get::<Option<Rows<RawInterface>>>(call).await {
            Ok(answer) => answer.map_or(Ok(Interfaces::GuestStopped), read),
            Err(error) if error.status() == Some(501) => Ok(Interfaces::NotSupported),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn known(json: &str) -> Vec<Interface> {
        let agent: RawAgent = serde_json::from_str(json).unwrap();
        let Interfaces::Known(found) = read(agent.result.unwrap()).unwrap() else { panic!() };
        found
    }

    #[test]
    fn an_agents_answer_is_read() {
        let found = known(
            r#"{"result":[{"name":"eth0","hardware-address":"BC:24:11:AA:00:01","statistics":{"rx-bytes":1},
                "ip-addresses":[{"ip-address":"192.0.2.7","ip-address-type":"ipv4","prefix":24},
                    {"ip-address":"fe80::1%eth0","ip-address-type":"ipv6","prefix":"64"},
                    {"ip-address":"<script>","prefix":1},{"ip-address":"192.0.2.8","prefix":99}]},
                {"name":"down0","hardware-address":"nonsense"}, {"hardware-address":"BC:24:11:AA:00:02"}]}"#,
        );
        let [eth0, down0] = &found[..] else { panic!("{found:?}") };
        assert_eq!(eth0.mac.as_deref(), Some("bc:24:11:aa:00:01"));
        let addresses = [("192.0.2.7", Some(24)), ("fe80::1", Some(64)), ("192.0.2.8", None)];
        assert_eq!(eth0.addresses, addresses.map(|(address, prefix)| (address.parse().unwrap(), prefix)));
        assert_eq!((down0.name.as_str(), &down0.mac, down0.addresses.len()), ("down0", &None, 0));
    }

    #[test]
    fn containers_of_both_versions_are_read() {
        let old = r#"[{"name":"eth0","hwaddr":"bc:24:11:00:00:01","inet":"192.0.2.9/24","inet6":"2001:db8::9/64"}]"#;
        let new = r#"[{"name":"eth0","hwaddr":"bc:24:11:00:00:01","hardware-address":"bc:24:11:00:00:01",
            "inet":"192.0.2.9/24","inet6":"2001:db8::9/64","ip-addresses":[
                {"ip-address":"192.0.2.9","ip-address-type":"inet","prefix":"24"},
                {"ip-address":"2001:db8::9","ip-address-type":"inet6","prefix":64}]}]"#;
        let of = |json: &str| read(serde_json::from_str(json).unwrap()).unwrap();
        assert_eq!(of(old), of(new));
    }

    #[test]
    fn what_an_agent_may_send_is_bounded() {
        let addresses = vec![r#"{"ip-address":"192.0.2.1"}"#; 5000].join(",");
        let card = format!(r#"{{"name":"{}","ip-addresses":[{addresses}]}}"#, "x".repeat(5000));
        let found = known(&format!(r#"{{"result":[{}]}}"#, vec![card; 70].join(",")));
        assert_eq!((found.len(), found[0].addresses.len(), found[0].name.len()), (CARDS, 1, 256));
    }

    #[test]
    fn pves_words_say_whom_to_ask() {
        let said = |reason: &str| nobody(&Error::refused(500, reason, "", BTreeMap::new()));
        assert_eq!(said("No QEMU guest agent configured"), Some(Interfaces::NotConfigured));
        assert_eq!(said("QEMU guest agent is not running"), Some(Interfaces::NotRunning));
        let late = "VM 100 qmp command 'guest-network-get-interfaces' failed - got timeout";
        assert_eq!(said(late), Some(Interfaces::NotRunning));
        assert_eq!(said("VM 101 is not running"), Some(Interfaces::GuestStopped));
        let disabled = "Agent error: The command guest-network-get-interfaces has been disabled for this instance";
        assert_eq!(said(disabled), Some(Interfaces::NotSupported));
        assert_eq!(said("Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist"), None);
    }

    proptest! {
        #[test]
        fn no_address_makes_it_panic(text in "\\PC{0,60}", prefix in any::<Option<u64>>()) {
            address(&text, prefix);
            mac(&text);
        }
    }
}
