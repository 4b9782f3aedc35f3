//! What the parameters of PVE's calls name: guests, nodes, storages, volumes, pools, bridges. PVE packs several of them into
//! one text (`local-lvm:vm-100-disk-0,size=8G`); they are taken out here, and a text that cannot be read so is refused.
//!
//! Strict on purpose: what root alone may do (files and devices of a node) is refused here whatever token Nexus holds.

/// What a parameter's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Text that names nothing.
    Plain,
    /// A single word of a path that names nothing which is looked after here.
    Word,
    /// A vmid that is there.
    Guest,
    /// Several of them.
    Guests,
    /// A vmid that is to be.
    New,
    /// A node.
    Node,
    /// Several of them, with priorities.
    Nodes,
    /// A storage.
    Storage,
    /// Several of them, or a map of one to another.
    Storages,
    /// A pool.
    Pool,
    /// A volume: of a guest, an image, an archive.
    Volume,
    /// Volumes under names: `user=local:snippets/a.yml`.
    Volumes,
    /// A disk or a mount point.
    Drive,
    /// A network card.
    Bridge,
    /// A device, by a mapping that the cluster's administrator made.
    Mapped,
    /// A serial port.
    Socket,
    /// A source of random numbers.
    Random,
    /// Features of a container.
    Nesting,
    /// Options by name, to be taken away.
    Options,
    /// A guest as HA names it.
    Ha,
    /// Where backups keep changed blocks.
    Fleecing,
    /// A task.
    Upid,
    /// An address with the length of its net.
    Network,
    /// What must not be kept anywhere.
    Secret,
    /// A switch that takes the right to the power switches.
    Power,
}

impl Kind {
    /// The kind that the table's text means.
    pub(super) fn named(word: &str) -> Self {
        match word {
            "plain" => Self::Plain,
            "guest" => Self::Guest,
            "guests" => Self::Guests,
            "new" => Self::New,
            "node" => Self::Node,
            "nodes" => Self::Nodes,
            "storage" => Self::Storage,
            "storages" => Self::Storages,
            "pool" => Self::Pool,
            "volume" => Self::Volume,
            "volumes" => Self::Volumes,
            "drive" => Self::Drive,
            "bridge" => Self::Bridge,
            "mapped" => Self::Mapped,
            "socket" => Self::Socket,
            "random" => Self::Random,
            "nesting" => Self::Nesting,
            "options" => Self::Options,
            "ha" => Self::Ha,
            "fleecing" => Self::Fleecing,
            "secret" => Self::Secret,
            "power" => Self::Power,
            _ => panic!("the table has a kind that is none: {word}"),
        }
    }
}

/// Something that a call names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// A guest.
    Guest(u32),
    /// A guest that is to be.
    New(u32),
    /// A node.
    Node(String),
    /// A storage.
    Storage(String),
    /// A pool.
    Pool(String),
    /// A bridge or virtual network.
    Bridge(String),
    /// A mapping of devices.
    Mapping(String),
    /// A volume that is no guest's: an image, a template, a new one.
    Volume(String),
    /// A task.
    Task(String),
}

/// Longest value, in bytes: descriptions have 8 KiB, keys more.
const LONGEST: usize = 64 << 10;

/// What a value names. `option` says whether PVE has an option of this name in the same call.
pub(super) fn read(kind: Kind, value: &str, option: &dyn Fn(&str) -> bool) -> Result<Vec<Name>, &'static str> {
    if value.len() > LONGEST {
        return Err("it is longer than 64 KiB");
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err("it has control characters");
    }
    let structured = !matches!(kind, Kind::Plain | Kind::Secret);
    if structured && value.chars().any(|c| c.is_control() || matches!(c, '"' | '\'' | '\\')) {
        return Err("it has characters that names do not have");
    }
    match kind {
        Kind::Plain | Kind::Secret => Ok(Vec::new()),
        Kind::Word => checked(is_word(value), Vec::new, "it is no name"),
        Kind::Guest => Ok(vec![Name::Guest(vmid(value)?)]),
        Kind::Guests => list(value).map(|part| vmid(part).map(Name::Guest)).collect(),
        Kind::New => Ok(vec![Name::New(vmid(value)?)]),
        Kind::Node => Ok(vec![node(value)?]),
        Kind::Nodes => list(value).map(|part| node(part.split_once(':').map_or(part, |(node, _)| node))).collect(),
        Kind::Storage => Ok(vec![storage(value)?]),
        Kind::Storages => storages(value),
        Kind::Pool => pool(value),
        Kind::Volume => volume(value),
        Kind::Volumes => each(value, |_, value| volume(value)),
        Kind::Drive => drive(value),
        Kind::Bridge => bridge(value),
        Kind::Mapped => mapped(value),
        Kind::Socket => {
            checked(value == "socket", Vec::new, "only a socket may be a serial port; devices of the node are root's")
        }
        Kind::Random => random(value),
        Kind::Nesting => nesting(value),
        Kind::Options => options(value, option),
        Kind::Ha => ha(value),
        Kind::Fleecing => {
            each(value, |key, value| if key == Some("storage") { Ok(vec![storage(value)?]) } else { Ok(Vec::new()) })
        }
        Kind::Upid => checked(is_upid(value), || vec![Name::Task(value.to_owned())], "it is no task"),
        Kind::Network => checked(is_network(value), Vec::new, "it is no address"),
        Kind::Power => checked(matches!(value, "0" | "1"), Vec::new, "it is neither 0 nor 1"),
    }
}

fn checked<T>(holds: bool, then: impl FnOnce() -> T, otherwise: &'static str) -> Result<T, &'static str> {
    if holds { Ok(then()) } else { Err(otherwise) }
}

/// PVE's lists: parted by commas, semicolons, blanks.
fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', ';', ' ', '\t']).filter(|part| !part.is_empty())
}

/// A part of a path that names nothing which is looked after here.
pub(super) fn is_word(text: &str) -> bool {
    (1..=256).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:@!+,".contains(&byte))
        && !text.bytes().all(|byte| byte == b'.')
}

fn vmid(text: &str) -> Result<u32, &'static str> {
    let digits = (3..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits && !text.starts_with('0'));
    number.ok_or("it is no vmid")
}

fn node(text: &str) -> Result<Name, &'static str> {
    let fine = (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-');
    checked(fine, || Name::Node(text.to_owned()), "it is no node's name")
}

fn is_storage(text: &str) -> bool {
    (2..=100).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn storage(text: &str) -> Result<Name, &'static str> {
    checked(is_storage(text), || Name::Storage(text.to_owned()), "it is no storage's name")
}

/// `a,b`, or a map of `a:b`; `1` maps each to itself.
fn storages(value: &str) -> Result<Vec<Name>, &'static str> {
    let mut names = Vec::new();
    for part in list(value).filter(|part| *part != "1") {
        for name in part.splitn(2, ':') {
            names.push(storage(name)?);
        }
    }
    Ok(names)
}

/// Pools within pools have slashes.
fn pool(value: &str) -> Result<Vec<Name>, &'static str> {
    let fine = value.len() <= 200 && value.split('/').all(|part| is_word(part) && !part.contains([':', '@', '!', ',']));
    checked(fine, || vec![Name::Pool(value.to_owned())], "it is no pool's name")
}

fn is_upid(text: &str) -> bool {
    text.len() <= 512
        && text.starts_with("UPID:")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-_.@!+".contains(&byte))
}

fn is_network(text: &str) -> bool {
    let mut parts = text.split('/');
    let first = parts.next().unwrap_or_default();
    is_word(first)
        && parts.next().is_none_or(|net| (1..=3).contains(&net.len()) && net.bytes().all(|b| b.is_ascii_digit()))
        && parts.next().is_none()
}

/// `STORAGE:VOLUME`; never a file or a device of the node.
fn volume(text: &str) -> Result<Vec<Name>, &'static str> {
    let Some((on, rest)) = text.split_once(':') else {
        return Err("it is no volume; files and devices of the node are root's");
    };
    let byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:+@/~ ()".contains(&byte);
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    if !is_storage(on) || !(1..=500).contains(&rest.len()) || !rest.bytes().all(byte) || !rest.split('/').all(part) {
        return Err("it is no volume; files and devices of the node are root's");
    }
    let mut names = vec![Name::Storage(on.to_owned())];
    let owners = owners(rest);
    if owners.is_empty() {
        names.push(Name::Volume(text.to_owned()));
    }
    names.extend(owners.into_iter().map(Name::Guest));
    Ok(names)
}

/// The guests that a volume's name says it belongs to: disks, linked clones with their base, backups.
fn owners(rest: &str) -> Vec<u32> {
    let mut owners = Vec::new();
    let parts: Vec<&str> = rest.split('/').collect();
    for (number, part) in parts.iter().enumerate() {
        let before = number.checked_sub(1).map(|number| parts[number]);
        // `100/vm-100-disk-0.qcow2` of directories, `vm/100/TIME` of backup servers.
        let whole = matches!(before, Some("vm" | "ct" | "images" | "private")) || (number == 0 && parts.len() > 1);
        owners.extend(vmid(part).ok().filter(|_| whole));
        for word in ["vm-", "base-", "subvol-", "basevol-", "vzdump-qemu-", "vzdump-lxc-", "vzdump-openvz-", "csi-vm-"]
        {
            let Some(rest) = part.strip_prefix(word) else { continue };
            owners.extend(vmid(rest.split(['-', '.']).next().unwrap_or_default()).ok());
        }
    }
    owners.sort_unstable();
    owners.dedup();
    owners
}

/// The parts of `a,b=c`, each with its key if it has one. Keys come once.
fn each(
    value: &str,
    mut read: impl FnMut(Option<&str>, &str) -> Result<Vec<Name>, &'static str>,
) -> Result<Vec<Name>, &'static str> {
    let (mut names, mut seen) = (Vec::new(), Vec::new());
    for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (key, value) = match part.split_once('=') {
            Some((key, value)) => (Some(key), value),
            None => (None, part),
        };
        let fine = key.is_none_or(|key| {
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        });
        if !fine || seen.contains(&key) {
            return Err("its parts cannot be told apart");
        }
        seen.push(key);
        names.extend(read(key, value)?);
    }
    Ok(names)
}

/// A disk of a VM or a mount point of a container: the volume first, then what it is like.
fn drive(value: &str) -> Result<Vec<Name>, &'static str> {
    let mut volumes = 0;
    let names = each(value, |key, value| match key {
        None | Some("file" | "volume") => {
            volumes += 1;
            if value == "none" { Ok(Vec::new()) } else { volume(value) }
        }
        Some("import-from") => volume(value),
        _ => Ok(Vec::new()),
    })?;
    if volumes == 1 { Ok(names) } else { Err("it names no volume, or several") }
}

/// `virtio=MAC,bridge=vmbr0` of VMs, `name=eth0,bridge=vmbr0` of containers.
fn bridge(value: &str) -> Result<Vec<Name>, &'static str> {
    each(value, |key, value| match key {
        Some("bridge") => {
            let fine = is_word(value) && value.len() <= 15;
            checked(fine, || vec![Name::Bridge(value.to_owned())], "it is no bridge's name")
        }
        // A script that the node would run.
        Some("script" | "script-up" | "script-down") => Err("scripts are root's"),
        _ => Ok(Vec::new()),
    })
}

/// `mapping=NAME`; of USB also `spice`, of shared directories the name alone.
fn mapped(value: &str) -> Result<Vec<Name>, &'static str> {
    let refused = Err("devices of the node are root's; use a mapping");
    each(value, |key, value| match (key, value) {
        (Some("host") | None, "spice") => Ok(Vec::new()),
        (Some("mapping" | "dirid"), name) if is_word(name) => Ok(vec![Name::Mapping(name.to_owned())]),
        (None, name) if is_word(name) && name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains(':') => {
            Ok(vec![Name::Mapping(name.to_owned())])
        }
        (Some("host" | "mapping" | "dirid" | "romfile" | "sub-vendor-id" | "vendor-id") | None, _) => refused.clone(),
        _ => Ok(Vec::new()),
    })
}

fn random(value: &str) -> Result<Vec<Name>, &'static str> {
    each(value, |key, value| match key {
        None | Some("source") if !matches!(value, "/dev/urandom" | "/dev/random") => {
            Err("only /dev/urandom and /dev/random may be the source")
        }
        _ => Ok(Vec::new()),
    })
}

fn nesting(value: &str) -> Result<Vec<Name>, &'static str> {
    each(value, |key, value| match (key, value) {
        (Some("nesting"), "0" | "1") => Ok(Vec::new()),
        _ => Err("only nesting may be chosen; the other features are root's"),
    })
}

fn options(value: &str, option: &dyn Fn(&str) -> bool) -> Result<Vec<Name>, &'static str> {
    checked(list(value).all(option), Vec::new, "it names an option that is none, or root's")
}

/// `vm:100`, `ct:100`, or the number alone.
fn ha(value: &str) -> Result<Vec<Name>, &'static str> {
    let number = value.strip_prefix("vm:").or_else(|| value.strip_prefix("ct:")).unwrap_or(value);
    Ok(vec![Name::Guest(vmid(number)?)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(kind: Kind, value: &str) -> Result<Vec<Name>, &'static str> {
        super::read(kind, value, &|name| matches!(name, "scsi0" | "net0" | "description"))
    }

    fn refused(kind: Kind, values: &[&str]) {
        for value in values {
            assert!(read(kind, value).is_err(), "{kind:?} takes {value}");
        }
    }

    fn storage(name: &str) -> Name {
        Name::Storage(name.to_owned())
    }

    #[test]
    fn disks_name_storages_volumes_and_guests() {
        let disk = read(Kind::Drive, "local-lvm:vm-100-disk-0,size=8G,ssd=1").unwrap();
        assert_eq!(disk, [storage("local-lvm"), Name::Guest(100)]);
        let file = read(Kind::Drive, "file=dir:101/base-101-disk-0.qcow2/102/vm-102-disk-0.qcow2").unwrap();
        assert_eq!(file, [storage("dir"), Name::Guest(101), Name::Guest(102)]);
        let new = read(Kind::Drive, "local-lvm:0,import-from=local:import/a.ova/b.vmdk").unwrap();
        assert!(new.contains(&storage("local")) && new.contains(&Name::Volume("local-lvm:0".into())));
        let iso = read(Kind::Drive, "local:iso/debian-13 (1).iso,media=cdrom").unwrap();
        assert_eq!(iso, [storage("local"), Name::Volume("local:iso/debian-13 (1).iso".into())]);
        assert_eq!(read(Kind::Drive, "none,media=cdrom").unwrap(), []);
        refused(
            Kind::Drive,
            &[
                "/dev/sda",
                "file=/dev/sda",
                "volume=/etc,mp=/x",
                "/srv,mp=/srv",
                "cdrom",
                "size=8G",
                "",
                "local:a,file=local:b",
                "local:1,file=/dev/sda",
                "local:0,import-from=/etc/shadow",
                "local:../../etc/shadow",
                "local:iso/../../x",
                "local:/etc/shadow",
                "local:a//b",
                "local:",
                ":a",
                "lo\"cal:a",
                "local:1,\"file=/dev/sda\"",
                "local:1,size=1,size=2",
                "local:1,fi le=/dev/sda",
            ],
        );
    }

    #[test]
    fn archives_name_the_guest_that_they_are_of() {
        for (text, on, guest) in [
            ("local:backup/vzdump-qemu-100-2026_01_01-00_00_00.vma.zst", "local", 100),
            ("local:backup/vzdump-lxc-2001-2026_01_01-00_00_00.tar.zst", "local", 2001),
            ("pbs:backup/vm/300/2026-01-01T00:00:00Z", "pbs", 300),
            ("pbs:backup/ct/301/2026-01-01T00:00:00Z", "pbs", 301),
            ("zfs:subvol-104-disk-0", "zfs", 104),
            ("zfs:base-105-disk-0/vm-105-disk-0", "zfs", 105),
        ] {
            assert_eq!(read(Kind::Volume, text).unwrap(), [storage(on), Name::Guest(guest)], "{text}");
        }
        refused(Kind::Volume, &["-", "/var/lib/vz/dump/x.vma", "backup", "1a:x", "a:x"]);
        assert_eq!(read(Kind::Volumes, "user=local:snippets/a.yml").unwrap().len(), 2);
        refused(Kind::Volumes, &["user=/etc/shadow", "/etc/shadow"]);
    }

    #[test]
    fn cards_name_bridges_and_devices_are_mapped() {
        let bridge = |name: &str| vec![Name::Bridge(name.to_owned())];
        assert_eq!(read(Kind::Bridge, "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=5").unwrap(), bridge("vmbr0"));
        assert_eq!(read(Kind::Bridge, "name=eth0,bridge=lan,ip=10.0.0.1/24,gw=10.0.0.2").unwrap(), bridge("lan"));
        refused(
            Kind::Bridge,
            &["virtio,bridge=../x", "virtio,bridge=a,bridge=b", "name=eth0,script-up=/bin/sh", "e,bridge="],
        );
        let mapping = vec![Name::Mapping("gpu".into())];
        assert_eq!(read(Kind::Mapped, "mapping=gpu,pcie=1").unwrap(), mapping);
        assert_eq!(read(Kind::Mapped, "host=spice,usb3=1").unwrap(), []);
        refused(
            Kind::Mapped,
            &[
                "0000:01:00.0",
                "host=0000:01:00.0,pcie=1",
                "host=1234:5678",
                "mapping=gpu,host=01:00",
                "1-2.3",
                "mapping=gpu,romfile=/x",
            ],
        );
        assert_eq!(read(Kind::Socket, "socket"), Ok(vec![]));
        refused(Kind::Socket, &["/dev/ttyS0", ""]);
        refused(Kind::Random, &["/dev/hwrng", "source=/etc/shadow", "source=/dev/urandom,source=/dev/sda"]);
        assert!(read(Kind::Random, "source=/dev/urandom,max_bytes=1024").is_ok());
        assert!(read(Kind::Nesting, "nesting=1").is_ok());
        refused(Kind::Nesting, &["mount=nfs", "nesting=1,keyctl=1", "nesting=2", "nesting"]);
    }

    #[test]
    fn numbers_and_names_are_pves() {
        assert_eq!(read(Kind::Guests, "100, 101;102").unwrap(), [Name::Guest(100), Name::Guest(101), Name::Guest(102)]);
        refused(Kind::Guest, &["99", "0100", "1000000000", "abc", "100,101", "-100", "", "1e3", "１００"]);
        assert_eq!(read(Kind::Ha, "vm:100").unwrap(), [Name::Guest(100)]);
        refused(Kind::Ha, &["pool:a", "vm:", "node:pve1"]);
        refused(Kind::Node, &["pve1/..", "-pve", "a.b", "", "pve1,pve2"]);
        assert_eq!(read(Kind::Nodes, "pve1:2,pve2").unwrap().len(), 2);
        assert_eq!(read(Kind::Storages, "local:other,x1").unwrap().len(), 3);
        refused(Kind::Storage, &["../etc", "1abc", "a/b", "a", "local:"]);
        assert!(read(Kind::Options, "scsi0,description").is_ok());
        refused(Kind::Options, &["scsi0,args", "lock", "scsi0 hookscript"]);
        refused(Kind::Power, &["yes", "", "2"]);
        refused(Kind::Upid, &["UPID:../x", "upid", "UPID:a/b", "UPID:a b"]);
        refused(Kind::Network, &["10.0.0.0/24/..", "..", "10.0.0.0/x", ""]);
        refused(Kind::Plain, &["a\0b", "a\u{1b}b", &"x".repeat((64 << 10) + 1)]);
        refused(Kind::Word, &["", ".", "..", "a/b", "a b", "a%2f"]);
    }

    proptest! {
        #[test]
        fn no_text_of_a_disk_is_a_file_of_the_node(value in "[a-z/:=,.0-9\\-]{0,40}") {
            if let Ok(names) = read(Kind::Drive, &value) {
                let none = value.split(',').any(|part| matches!(part.trim(), "none" | "file=none" | "volume=none"));
                prop_assert!(none || names.iter().any(|name| matches!(name, Name::Storage(_))), "{value}");
                for part in value.split(',') {
                    let volume = part.strip_prefix("file=").or(part.strip_prefix("volume=")).or(part.strip_prefix("import-from="));
                    prop_assert!(!volume.unwrap_or(if part.contains('=') { "" } else { part }).trim().starts_with('/'), "{value}");
                }
            }
        }

        #[test]
        fn nothing_panics(value in "\\PC{0,60}") {
            for kind in ["plain", "guest", "guests", "new", "node", "nodes", "storage", "storages", "pool", "volume", "volumes",
                "drive", "bridge", "mapped", "socket", "random", "nesting", "options", "ha", "fleecing", "secret", "power"] {
                let _ = read(Kind::named(kind), &value);
            }
        }
    }
}
