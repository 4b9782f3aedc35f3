//! What is known from inside guests: the guest agent of virtual machines, the interfaces of containers.

use serde_json::{Value, json};

use super::{Call, Failure, Outcome};
use crate::state::Guest;

/// Any agent call.
pub(super) fn ask(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    if !guest.config.agent {
        return Err(Failure::die("No QEMU guest agent configured"));
    }
    if !guest.runs() {
        return Err(Failure::die(format!("VM {} is not running", guest.config.vmid)));
    }
    if !guest.config.agent_answers {
        return Err(Failure::die("QEMU guest agent is not running").after(call.cluster.timing.agent));
    }
    let result = match call.last() {
        "network-get-interfaces" => agent_interfaces(&guest),
        "get-host-name" => json!({ "host-name": guest.config.name }),
        "get-osinfo" if windows(&guest) => json!({ "id": "mswindows", "name": "Microsoft Windows" }),
        "get-osinfo" => json!({ "id": "debian", "name": "Debian GNU/Linux", "version-id": "13" }),
        "get-fsinfo" | "get-users" => json!([]),
        _ => json!({}),
    };
    Ok(json!({ "result": result }).into())
}

fn windows(guest: &Guest) -> bool {
    guest.config.ostype.starts_with('w')
}

/// An address of the guest's own from the ranges for documentation (RFC 5737, RFC 3849).
fn addresses(guest: &Guest) -> (String, String) {
    let vmid = guest.config.vmid;
    let range = if (vmid / 250).is_multiple_of(2) { "198.51.100" } else { "203.0.113" };
    (format!("{range}.{}", 1 + vmid % 250), format!("2001:db8::{vmid:x}"))
}

fn agent_interfaces(guest: &Guest) -> Value {
    let (inet, inet6) = addresses(guest);
    let address = |address: &str, kind: &str, prefix: u8| json!({ "ip-address": address, "ip-address-type": kind, "prefix": prefix });
    let moved = guest.uptime() * 1733;
    let (lo, card) = if windows(guest) { ("Loopback Pseudo-Interface 1", "Ethernet") } else { ("lo", "ens18") };
    let mut cards = vec![
        json!({
            "name": lo, "hardware-address": "00:00:00:00:00:00",
            "ip-addresses": [address("127.0.0.1", "ipv4", 8), address("::1", "ipv6", 128)],
            "statistics": { "rx-bytes": 0, "tx-bytes": 0, "rx-packets": 0, "tx-packets": 0 },
        }),
        json!({
            "name": card, "hardware-address": guest.mac.to_ascii_lowercase(),
            "ip-addresses": [address(&inet, "ipv4", 24), address(&inet6, "ipv6", 64), address("fe80::be24:11ff:fe00:1", "ipv6", 64)],
            "statistics": { "rx-bytes": moved, "tx-bytes": moved / 2, "rx-packets": moved / 900, "tx-packets": moved / 1100 },
        }),
    ];
    if !windows(guest) {
        // A card that is down has no addresses.
        cards.push(json!({ "name": "docker0", "hardware-address": "02:42:7f:00:00:01" }));
    }
    cards.into()
}

/// GET …/lxc/ID/interfaces: nothing while the container does not run.
pub(super) fn interfaces(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    if !guest.runs() {
        return Ok(Value::Null.into());
    }
    let (inet, inet6) = addresses(&guest);
    let card = |name: &str, mac: &str, inet: (&str, u8), inet6: (&str, u8)| {
        let mut card = json!({
            "name": name, "hwaddr": mac, "inet": format!("{}/{}", inet.0, inet.1), "inet6": format!("{}/{}", inet6.0, inet6.1),
        });
        if call.cluster.mode.is_new() {
            card["hardware-address"] = mac.into();
            card["ip-addresses"] = json!([
                { "ip-address": inet.0, "ip-address-type": "inet", "prefix": inet.1.to_string() },
                { "ip-address": inet6.0, "ip-address-type": "inet6", "prefix": inet6.1.to_string() },
            ]);
        }
        card
    };
    let own = card("eth0", &guest.mac.to_ascii_lowercase(), (&inet, 24), (&inet6, 64));
    Ok(json!([card("lo", "00:00:00:00:00:00", ("127.0.0.1", 8), ("::1", 128)), own]).into())
}
