//! Guests: virtual machines and containers, their state and configuration.
//!
//! Values are PVE's own; nothing here decides what a person may see or do.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::lenient;

/// The two kinds of guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A virtual machine.
    Qemu,
    /// A container.
    Lxc,
}

impl Kind {
    /// As it stands in PVE's paths.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Qemu => "qemu",
            Self::Lxc => "lxc",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a guest is. The node is needed in every path and changes with each migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guest<'a> {
    /// The node that the guest is on now.
    pub node: &'a str,
    /// Virtual machine or container.
    pub kind: Kind,
    /// The number, unique in the cluster.
    pub vmid: u32,
}

/// Whether a guest runs. A paused virtual machine says `running` here; see [`GuestStatus::is_paused`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RunState {
    /// Its process is there.
    Running,
    /// Its process is not there.
    Stopped,
    /// PVE does not know: the node is offline.
    #[default]
    Unknown,
}

impl RunState {
    pub(crate) fn read(text: Option<&str>) -> Self {
        match text {
            Some("running" | "paused") => Self::Running,
            Some("stopped") => Self::Stopped,
            _ => Self::Unknown,
        }
    }
}

/// The state of one guest, as its node knows it at this moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GuestStatus {
    /// The number.
    pub vmid: u32,
    /// Whether it runs.
    pub status: RunState,
    /// QEMU's own word (`running`, `paused`, `suspended`, `prelaunch`…); never for containers.
    pub qmpstatus: Option<String>,
    /// The name in its configuration.
    pub name: Option<String>,
    /// Seconds since its start.
    pub uptime: u64,
    /// What holds it (`backup`, `snapshot`, `migrate`…).
    pub lock: Option<String>,
    /// Tags in PVE's order.
    pub tags: Vec<String>,
    /// Whether it is a template.
    pub template: bool,
    /// Part of `max_cpu` in use, 0 to 1.
    pub cpu: Option<f64>,
    /// Number of processors.
    pub max_cpu: Option<u64>,
    /// Memory in use, in bytes.
    pub mem: Option<u64>,
    /// Memory, in bytes.
    pub max_mem: Option<u64>,
}

impl GuestStatus {
    /// Whether the virtual machine stands still although its process runs.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.status == RunState::Running
            && matches!(self.qmpstatus.as_deref(), Some("paused" | "suspended" | "prelaunch" | "postmigrate"))
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RawStatus {
    #[serde(deserialize_with = "lenient::count")]
    vmid: Option<u64>,
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    qmpstatus: Option<String>,
    #[serde(deserialize_with = "lenient::word")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::count")]
    uptime: Option<u64>,
    #[serde(deserialize_with = "lenient::word")]
    lock: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    tags: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    template: bool,
    #[serde(deserialize_with = "lenient::real")]
    cpu: Option<f64>,
    #[serde(deserialize_with = "lenient::count")]
    cpus: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    mem: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    maxmem: Option<u64>,
}

impl From<RawStatus> for GuestStatus {
    fn from(raw: RawStatus) -> Self {
        Self {
            vmid: vmid(raw.vmid).unwrap_or_default(),
            status: RunState::read(raw.status.as_deref()),
            qmpstatus: raw.qmpstatus,
            name: raw.name,
            uptime: raw.uptime.unwrap_or_default(),
            lock: raw.lock,
            tags: tags(raw.tags.as_deref()),
            template: raw.template,
            cpu: raw.cpu,
            max_cpu: raw.cpus,
            mem: raw.mem,
            max_mem: raw.maxmem,
        }
    }
}

/// 100 to 999,999,999 (PVE-FACTS 1.1).
pub(crate) fn vmid(number: Option<u64>) -> Option<u32> {
    let number = u32::try_from(number?).ok()?;
    (100..=999_999_999).contains(&number).then_some(number)
}

/// The most tags of a guest that are kept.
const TAGS: usize = 128;

/// PVE divides tags by `;` and reads `,` and blanks too.
pub(crate) fn tags(text: Option<&str>) -> Vec<String> {
    let tags = text.unwrap_or_default().split([';', ',', ' ']);
    tags.filter(|tag| !tag.is_empty()).take(TAGS).map(lenient::cut).collect()
}

/// A guest's configuration: flat, as in its file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct GuestConfig(#[serde(deserialize_with = "lenient::texts")] BTreeMap<String, String>);

impl GuestConfig {
    /// The value of one option; numbers as text.
    #[must_use]
    pub fn get(&self, option: &str) -> Option<&str> {
        self.0.get(option).map(String::as_str)
    }

    /// All options with their values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The display's type (`std`, `qxl`, `serial0`, `none`…); `None` is PVE's default.
    #[must_use]
    pub fn vga(&self) -> Option<&str> {
        let vga = self.get("vga")?;
        property(vga, "type").or_else(|| vga.split(',').next().filter(|first| !first.contains('=')))
    }

    /// Whether the display is a serial line, so that its console is a drawn terminal (PVE-FACTS 4.5).
    #[must_use]
    pub fn has_serial_display(&self) -> bool {
        self.vga().is_some_and(|vga| vga.starts_with("serial"))
    }

    /// Tags in PVE's order.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        tags(self.get("tags"))
    }

    /// What tells this guest from a later one with the same number: the SMBIOS UUID, or else the time of creation.
    /// Containers have neither.
    #[must_use]
    pub fn incarnation(&self) -> Option<String> {
        let uuid = self.get("smbios1").and_then(|smbios| property(smbios, "uuid"));
        let created = self.get("meta").and_then(|meta| property(meta, "ctime"));
        let known = uuid.map(|uuid| format!("uuid:{}", uuid.to_ascii_lowercase()));
        known.or(created.map(|time| format!("ctime:{time}"))).map(|known| lenient::cut(&known))
    }
}

/// One key of a property string, as `model=virtio,bridge=vmbr0`.
fn property<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split(',').find_map(|part| part.strip_prefix(key)?.strip_prefix('=')).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(json: &str) -> GuestConfig {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_recorded_status_is_read() {
        let text = r#"{"tags":"prod;web","uptime":915,"status":"running","vmid":100,"maxmem":134217728,"name":"web-01",
            "cpu":0,"agent":1,"ha":{"managed":0},"cpus":1,"qmpstatus":"paused","pressureiofull":0}"#;
        let status = GuestStatus::from(serde_json::from_str::<RawStatus>(text).unwrap());
        assert_eq!((status.vmid, status.status, status.uptime), (100, RunState::Running, 915));
        assert_eq!(status.tags, ["prod", "web"]);
        assert!(status.is_paused() && !status.template && status.lock.is_none());
        assert_eq!((status.max_cpu, status.max_mem), (Some(1), Some(134_217_728)));
    }

    #[test]
    fn numbers_and_texts_of_a_configuration_are_texts() {
        let config = config(
            r#"{"memory":"128","cores":1,"agent":"1","tags":"a;b","digest":"341d","nested":{"a":1},"kvm":null}"#,
        );
        assert_eq!((config.get("memory"), config.get("cores"), config.get("kvm")), (Some("128"), Some("1"), None));
        assert_eq!(config.tags(), ["a", "b"]);
        assert_eq!(config.get("nested"), None);
    }

    #[test]
    fn the_display_is_known_in_each_notation() {
        assert_eq!(config("{}").vga(), None);
        assert_eq!(config(r#"{"vga":"qxl,memory=32"}"#).vga(), Some("qxl"));
        assert_eq!(config(r#"{"vga":"memory=32,type=virtio"}"#).vga(), Some("virtio"));
        assert_eq!(config(r#"{"vga":"memory=32"}"#).vga(), None);
        assert!(config(r#"{"vga":"serial0"}"#).has_serial_display());
        assert!(!config(r#"{"vga":"std"}"#).has_serial_display());
    }

    #[test]
    fn a_guest_is_told_from_its_successor() {
        let both = config(r#"{"smbios1":"uuid=AB-1,manufacturer=x","meta":"creation-qemu=8.1,ctime=1700000000"}"#);
        assert_eq!(both.incarnation().as_deref(), Some("uuid:ab-1"));
        let time = config(r#"{"meta":"creation-qemu=8.1,ctime=1700000000"}"#);
        assert_eq!(time.incarnation().as_deref(), Some("ctime:1700000000"));
        assert_eq!(config(r#"{"hostname":"ct-01"}"#).incarnation(), None);
    }

    #[test]
    fn vmids_have_their_range() {
        assert_eq!([vmid(Some(99)), vmid(Some(100)), vmid(Some(999_999_999))], [None, Some(100), Some(999_999_999)]);
        assert_eq!([vmid(Some(1_000_000_000)), vmid(Some(u64::MAX)), vmid(None)], [None, None, None]);
    }
}
