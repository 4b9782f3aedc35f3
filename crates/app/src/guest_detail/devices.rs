//! Disks and network cards of a configuration. Pure. Storages, bridges and single options stay out where they are not to
//! be shown.

use nexus_model::GuestKind;

use super::config::ConfigOption;
use super::property::{MASK, Properties, is_on, is_secret, shown, size};

/// What a disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// A disk of a virtual machine.
    Disk,
    /// A drive for CDs, or cloud-init's.
    Cdrom,
    /// Where EFI keeps its variables.
    Efidisk,
    /// Where the TPM keeps its state.
    Tpmstate,
    /// A container's root file system.
    Rootfs,
    /// A file system mounted into a container.
    Mountpoint,
    /// A disk that nothing uses.
    Unused,
}

/// A disk or drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestDisk {
    /// Its key in the configuration.
    pub key: String,
    /// What it is.
    pub media: Media,
    /// Where it lies; for those who may know the server's inside, as are the volume and the options.
    pub storage: Option<String>,
    /// Its name there, or its path on the node.
    pub volume: Option<String>,
    /// How large it is.
    pub size_bytes: Option<u64>,
    /// Where a container has it.
    pub path: Option<String>,
    /// What else is said of it.
    pub options: Vec<ConfigOption>,
}

/// A network card.
#[derive(Debug, Clone, PartialEq)]
pub struct GuestNetwork {
    /// Its key in the configuration.
    pub key: String,
    /// What the guest takes it for.
    pub model: Option<String>,
    /// Its MAC address, in lower case.
    pub mac: Option<String>,
    /// What it is plugged into; for those who may know the server's inside, as are the VLAN and the options.
    pub bridge: Option<String>,
    /// Its VLAN.
    pub vlan: Option<u32>,
    /// Whether PVE's firewall stands before it.
    pub firewall: bool,
    /// Whether its cable is in.
    pub connected: bool,
    /// Its limit, in megabits per second.
    pub rate_mbps: Option<f64>,
    /// The configured addresses with their prefixes, or `dhcp` or `auto`.
    pub addresses: Vec<String>,
    /// What else is said of it.
    pub options: Vec<ConfigOption>,
}

/// A key that ends with a number, as `scsi12`.
fn numbered<'a>(key: &'a str, prefixes: &[&str]) -> Option<(&'a str, u32)> {
    let prefix = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = key[prefix.len()..].parse().ok()?;
    prefixes.contains(&prefix).then_some((prefix, number))
}

fn media(kind: GuestKind, key: &str) -> Option<Media> {
    if kind == GuestKind::Lxc && key == "rootfs" {
        return Some(Media::Rootfs);
    }
    let (prefix, _) = numbered(key, &["ide", "sata", "scsi", "virtio", "efidisk", "tpmstate", "mp", "unused"])?;
    match (kind, prefix) {
        (_, "unused") => Some(Media::Unused),
        (GuestKind::Lxc, "mp") => Some(Media::Mountpoint),
        (GuestKind::Qemu, "efidisk") => Some(Media::Efidisk),
        (GuestKind::Qemu, "tpmstate") => Some(Media::Tpmstate),
        (GuestKind::Qemu, "ide" | "sata" | "scsi" | "virtio") => Some(Media::Disk),
        _ => None,
    }
}

/// `STORAGE:VOLUME`, or a path on the node; nothing for an empty drive.
fn volume(text: &str) -> (Option<String>, Option<String>) {
    match text.split_once(':') {
        _ if matches!(text, "none" | "") => (None, None),
        Some((storage, volume)) if !storage.is_empty() && !text.starts_with('/') => {
            (Some(shown(storage)), Some(shown(volume)))
        }
        _ => (None, Some(shown(text))),
    }
}

fn options(rest: Properties<'_>) -> Vec<ConfigOption> {
    let options = rest.rest().map(|(key, value)| {
        let value = if is_secret(key, value) { MASK.to_owned() } else { shown(value) };
        ConfigOption { key: shown(key), value }
    });
    options.take(64).collect()
}

/// The disk that an option describes, if it does. A disk that nothing uses says nothing to those who see no storage.
pub(super) fn disk(kind: GuestKind, key: &str, value: &str, inside: bool) -> Option<GuestDisk> {
    let found = media(kind, key)?;
    if found == Media::Unused && !inside {
        return None;
    }
    let mut parts = Properties::read(value);
    let place = parts.take_bare().or_else(|| parts.take("file")).or_else(|| parts.take("volume")).unwrap_or_default();
    let cdrom = parts.take("media").is_some_and(|media| media == "cdrom");
    let (storage, volume) = volume(place);
    let size_bytes = parts.take("size").and_then(size);
    let path = match found {
        Media::Rootfs => Some("/".to_owned()),
        Media::Mountpoint => parts.take("mp").map(shown),
        _ => None,
    };
    Some(GuestDisk {
        key: key.to_owned(),
        media: if cdrom { Media::Cdrom } else { found },
        storage: storage.filter(|_| inside),
        volume: volume.filter(|_| inside),
        size_bytes,
        path,
        options: if inside { options(parts) } else { Vec::new() },
    })
}

/// QEMU's names of cards.
const MODELS: [&str; 17] = [
    "e1000",
    "e1000-82540em",
    "e1000-82544gc",
    "e1000-82545em",
    "e1000e",
    "i82551",
    "i82557b",
    "i82559er",
    "igb",
    "ne2k_isa",
    "ne2k_pci",
    "pcnet",
    "rtl8139",
    "virtio",
    "vmxnet3",
    "virtio-net-pci",
    "e1000-82545gm",
];

fn mac(text: &str) -> Option<String> {
    let well = text.len() == 17 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
    well.then(|| text.to_ascii_lowercase())
}

/// The card that an option describes, if it does; `ip` is cloud-init's option of the same number.
pub(super) fn network(key: &str, value: &str, ip: Option<&str>, inside: bool) -> Option<GuestNetwork> {
    numbered(key, &["net"])?;
    let mut parts = Properties::read(value);
    let (model, address) = match parts.take_any(&MODELS) {
        Some((model, mac)) => (Some(model), Some(mac)),
        // A card whose MAC address PVE has not chosen yet, or one of a container.
        None => (parts.take("model").or_else(|| parts.take("type")).or_else(|| parts.take_bare()), None),
    };
    let address = address.or_else(|| parts.take("macaddr")).or_else(|| parts.take("hwaddr"));
    let bridge = parts.take("bridge").map(shown);
    let vlan = parts.take("tag").and_then(|tag| tag.parse().ok());
    let firewall = parts.take_flag("firewall").unwrap_or(false);
    let connected = !parts.take_flag("link_down").unwrap_or(false);
    // PVE counts megabytes.
    let rate = parts.take("rate").and_then(|rate| rate.parse::<f64>().ok()).filter(|rate| rate.is_finite());
    let mut addresses: Vec<String> = ["ip", "ip6"].into_iter().filter_map(|key| parts.take(key)).map(shown).collect();
    let mut cloud = Properties::read(ip.unwrap_or_default());
    addresses.extend(["ip", "ip6"].into_iter().filter_map(|key| cloud.take(key)).map(shown));
    addresses.retain(|address| address != "manual");
    let mut options = options(parts);
    options.extend(cloud.rest().map(|(key, value)| ConfigOption { key: shown(key), value: shown(value) }));
    Some(GuestNetwork {
        key: key.to_owned(),
        model: model.map(shown),
        mac: address.and_then(mac),
        bridge: bridge.filter(|_| inside),
        vlan: vlan.filter(|_| inside),
        firewall,
        connected,
        rate_mbps: rate.filter(|rate| *rate > 0.0).map(|rate| rate * 8.0),
        addresses,
        options: if inside { options } else { Vec::new() },
    })
}

/// The number of a card's key.
pub(super) fn card_number(key: &str) -> Option<u32> {
    numbered(key, &["net"]).map(|(_, number)| number)
}

/// The order of devices: by name, then by number.
pub(super) fn place(key: &str) -> (String, u32) {
    let prefix = key.trim_end_matches(|c: char| c.is_ascii_digit());
    (prefix.to_owned(), key[prefix.len()..].parse().unwrap_or_default())
}

/// Whether the agent is switched on: `1`, or `enabled=1,…`.
pub(super) fn agent(value: &str) -> bool {
    let mut parts = Properties::read(value);
    parts.take("enabled").or_else(|| parts.take_bare()).is_some_and(is_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_are_read_in_each_notation() {
        let disk = |kind, key, value| disk(kind, key, value, true).unwrap();
        let scsi = disk(GuestKind::Qemu, "scsi1", "ceph:vm-104-disk-1,discard=on,iothread=1,size=200G");
        assert_eq!((scsi.media, scsi.storage.as_deref()), (Media::Disk, Some("ceph")));
        assert_eq!((scsi.volume.as_deref(), scsi.size_bytes), (Some("vm-104-disk-1"), Some(200 << 30)));
        assert_eq!(scsi.options.len(), 2);
        let drive = disk(GuestKind::Qemu, "ide2", "none,media=cdrom");
        assert_eq!((drive.media, drive.storage, drive.volume), (Media::Cdrom, None, None));
        let whole = disk(GuestKind::Qemu, "virtio0", "file=/dev/disk/by-id/wwn-0x5:1,serial=7");
        assert_eq!((whole.storage, whole.volume.as_deref()), (None, Some("/dev/disk/by-id/wwn-0x5:1")));
        let mount = disk(GuestKind::Lxc, "mp0", "/srv/data,mp=/data,ro=1");
        assert_eq!((mount.media, mount.path.as_deref()), (Media::Mountpoint, Some("/data")));
        assert_eq!(disk(GuestKind::Lxc, "rootfs", "volume=local:1,size=8G").size_bytes, Some(8 << 30));
        assert_eq!(super::disk(GuestKind::Lxc, "scsi0", "a:b", true), None);
        assert_eq!(super::disk(GuestKind::Qemu, "scsihw", "virtio-scsi-single", true), None);
    }

    #[test]
    fn cards_are_read_in_each_notation() {
        let network = |value, ip| network("net0", value, ip, true).unwrap();
        let card =
            network("virtio=BC:24:11:00:01:04,bridge=vmbr1,firewall=1,tag=40,rate=125,queues=4", Some("ip=dhcp,gw=1"));
        assert_eq!((card.model.as_deref(), card.mac.as_deref()), (Some("virtio"), Some("bc:24:11:00:01:04")));
        assert_eq!((card.bridge.as_deref(), card.vlan, card.rate_mbps), (Some("vmbr1"), Some(40), Some(1000.0)));
        assert!(card.firewall && card.connected);
        assert_eq!((card.addresses, card.options.len()), (vec!["dhcp".to_owned()], 2));
        let of_a_container = network(
            "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=198.51.100.4/24,ip6=auto,type=veth,link_down=1",
            None,
        );
        assert_eq!((of_a_container.model.as_deref(), of_a_container.connected), (Some("veth"), false));
        assert_eq!(of_a_container.addresses, ["198.51.100.4/24", "auto"]);
        assert_eq!(network("model=e1000,macaddr=BC:24:11:00:00:01", None).model.as_deref(), Some("e1000"));
        assert_eq!(network("virtio", None).model.as_deref(), Some("virtio"));
        assert_eq!(super::network("netx", "virtio", None, true), None);
    }

    #[test]
    fn those_outside_see_no_storage_and_no_bridge() {
        let disk = disk(GuestKind::Qemu, "scsi0", "ceph:vm-1-disk-1,serial=rack7,size=1G", false).unwrap();
        assert_eq!((disk.size_bytes, disk.storage, disk.volume), (Some(1 << 30), None, None));
        assert!(disk.options.is_empty());
        assert_eq!(super::disk(GuestKind::Qemu, "unused0", "ceph:vm-1-disk-2", false), None);
        let card = network("net0", "virtio=BC:24:11:00:01:04,bridge=vmbr1,tag=40,trunks=1;2", None, false).unwrap();
        assert_eq!((card.bridge, card.vlan, card.options.len()), (None, None, 0));
    }

    #[test]
    fn the_agents_switch_has_two_notations() {
        assert!(agent("1") && agent("enabled=1,fstrim_cloned_disks=1") && agent("1,type=isa"));
        assert!(!agent("0") && !agent("enabled=0") && !agent(""));
    }
}
