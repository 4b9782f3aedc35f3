//! A guest's configuration, readable. Pure. No secret leaves this file, and nothing of a server's inside is in what those
//! outside read.

use std::collections::BTreeMap;

use nexus_model::{GuestKind, Micros};
use nexus_pve::GuestConfig;

use super::devices::{self, GuestDisk, GuestNetwork};
use super::property::{MASK, Properties, is_on, is_secret, shown};

/// The most options, disks and cards that are shown.
const MOST: usize = 512;
/// The longest description, in characters.
const DESCRIPTION: usize = 8192;

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigOption {
    /// Its key.
    pub key: String,
    /// Its value; secrets read `********`.
    pub value: String,
}

/// A configuration as one person sees it. `None` stands for PVE's default.
#[derive(Debug, Clone, PartialEq)]
pub struct GuestConfigView {
    /// What people wrote about the guest; several lines.
    pub description: String,
    /// What the guest runs, in PVE's words.
    pub os_type: Option<String>,
    /// The firmware.
    pub bios: Option<String>,
    /// The machine's type.
    pub machine: Option<String>,
    /// The processor's type.
    pub cpu_type: Option<String>,
    /// Sockets; virtual machines alone.
    pub sockets: Option<u32>,
    /// Cores, of each socket where there are some.
    pub cores: Option<u32>,
    /// How many cores' worth of time the guest gets at most.
    pub cpu_limit: Option<f64>,
    /// Memory given.
    pub memory_bytes: Option<u64>,
    /// What a virtual machine keeps of it when memory is short.
    pub minimum_memory_bytes: Option<u64>,
    /// Swap given; containers alone.
    pub swap_bytes: Option<u64>,
    /// Whether the guest agent is switched on; virtual machines alone.
    pub agent: Option<bool>,
    /// Whether it starts with its node.
    pub starts_at_boot: bool,
    /// Whether it is protected from being deleted.
    pub protected: bool,
    /// Whether its root is nobody on the node; containers alone.
    pub unprivileged: Option<bool>,
    /// What it boots from, in order.
    pub boot_order: Vec<String>,
    /// The display's type.
    pub display: Option<String>,
    /// Disks and drives.
    pub disks: Vec<GuestDisk>,
    /// Network cards.
    pub networks: Vec<GuestNetwork>,
    /// Everything else; for those who may know the server's inside.
    pub options: Vec<ConfigOption>,
    /// When PVE said all this.
    pub at: Micros,
}

/// What a guest shows of itself elsewhere, and what says nothing to people.
const LEFT_OUT: [&str; 9] =
    ["name", "hostname", "tags", "template", "lock", "digest", "parent", "snaptime", "snapstate"];

/// Options that are being read; what is left in the end has no field of its own.
struct Left<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Left<'a> {
    fn text(&mut self, key: &str) -> Option<String> {
        self.0.remove(key).map(str::trim).filter(|text| !text.is_empty()).map(shown)
    }

    fn flag(&mut self, key: &str) -> Option<bool> {
        self.0.remove(key).map(is_on)
    }

    /// A count; 0 stands for none.
    fn count(&mut self, key: &str) -> Option<u32> {
        self.0.remove(key)?.trim().parse().ok().filter(|count| *count > 0)
    }

    fn mebibytes(&mut self, key: &str) -> Option<u64> {
        mebibytes(self.0.remove(key)?)
    }

    /// The first part of a property string, or the one of `key`.
    fn first(&mut self, option: &str, key: &str) -> Option<String> {
        let whole = self.0.get(option)?;
        let mut parts = Properties::read(whole);
        let value = parts.take(key).or_else(|| parts.take_bare()).map(shown)?;
        // What else it says stays with the other options.
        if parts.rest().next().is_none() {
            self.0.remove(option);
        }
        Some(value)
    }
}

/// `2048`, or `current=2048`.
fn mebibytes(text: &str) -> Option<u64> {
    let number = text.trim().trim_start_matches("current=").split(',').next()?;
    number.parse::<u64>().ok().and_then(|mebibytes| mebibytes.checked_mul(1 << 20))
}

/// `order=scsi0;net0`, or letters with the disk that `c` stands for.
fn boot_order(boot: Option<&str>, bootdisk: Option<&str>) -> Vec<String> {
    let mut parts = Properties::read(boot.unwrap_or_default());
    if let Some(order) = parts.take("order") {
        return order.split(';').filter(|device| !device.is_empty()).take(64).map(shown).collect();
    }
    let letters = parts.take("legacy").or_else(|| parts.take_bare()).unwrap_or_default();
    let devices = letters.chars().filter_map(|letter| match letter {
        'c' => Some(bootdisk.unwrap_or("disk")),
        'd' => Some("cdrom"),
        'n' => Some("net"),
        _ => None,
    });
    devices.take(8).map(shown).collect()
}

/// Keys of SSH stand percent-encoded in the file.
fn ssh_keys(value: &str) -> String {
    let bytes = percent_encoding::percent_decode_str(value);
    shown(bytes.decode_utf8_lossy().trim_end())
}

/// Takes the disks and cards out.
fn devices(kind: GuestKind, left: &mut Left<'_>, inside: bool) -> (Vec<GuestDisk>, Vec<GuestNetwork>) {
    let (mut disks, mut networks) = (Vec::new(), Vec::new());
    let mut keys: Vec<&str> = left.0.keys().copied().collect();
    keys.sort_by_cached_key(|key| devices::place(key));
    for key in keys {
        let Some(value) = left.0.get(key).copied() else { continue };
        if let Some(number) = devices::card_number(key) {
            let cloud = left.0.remove(format!("ipconfig{number}").as_str());
            networks.extend(devices::network(key, value, cloud, inside));
        } else if let Some(disk) = devices::disk(kind, key, value, inside) {
            disks.push(disk);
        } else {
            continue;
        }
        left.0.remove(key);
    }
    disks.truncate(MOST);
    networks.truncate(MOST);
    (disks, networks)
}

/// A configuration as somebody sees it who may know the server's inside or not.
pub(super) fn read(kind: GuestKind, config: &GuestConfig, inside: bool, at: Micros) -> GuestConfigView {
    let mut left = Left(config.iter().filter(|(key, _)| !LEFT_OUT.contains(key)).collect());
    let machine = kind == GuestKind::Qemu;
    let (boot, bootdisk) = (left.0.remove("boot"), left.0.remove("bootdisk"));
    let (disks, networks) = devices(kind, &mut left, inside);
    let description = left.0.remove("description").unwrap_or_default();
    let kept = description.trim_end().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let mut view = GuestConfigView {
        description: kept.take(DESCRIPTION).collect(),
        os_type: left.text("ostype"),
        bios: left.text("bios"),
        machine: left.first("machine", "type"),
        cpu_type: left.first("cpu", "cputype"),
        sockets: left.count("sockets").or(machine.then_some(1)),
        cores: left.count("cores").or(machine.then_some(1)),
        cpu_limit: left.0.remove("cpulimit").and_then(|limit| limit.parse().ok()).filter(|limit: &f64| *limit > 0.0),
        memory_bytes: left.mebibytes("memory").or(Some(512 << 20)),
        minimum_memory_bytes: if machine { left.mebibytes("balloon").filter(|bytes| *bytes > 0) } else { None },
        swap_bytes: if machine { None } else { left.mebibytes("swap").or(Some(512 << 20)) },
        agent: machine.then(|| left.0.get("agent").is_some_and(|agent| devices::agent(agent))),
        starts_at_boot: left.flag("onboot").unwrap_or(false),
        protected: left.flag("protection").unwrap_or(false),
        unprivileged: if machine { None } else { Some(left.flag("unprivileged").unwrap_or(false)) },
        boot_order: boot_order(boot, bootdisk),
        display: left.first("vga", "type"),
        disks,
        networks,
        options: Vec::new(),
        at,
    };
    if inside {
        view.options = left.0.into_iter().take(MOST).map(|(key, value)| option(key, value)).collect();
    }
    view
}

fn option(key: &str, value: &str) -> ConfigOption {
    let value = match key {
        _ if is_secret(key, value) => MASK.to_owned(),
        "sshkeys" => ssh_keys(value),
        _ => shown(value),
    };
    ConfigOption { key: shown(key), value }
}
