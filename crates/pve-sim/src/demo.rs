//! The demo fleet: two clusters with guests in every state. Its tokens' secrets are new at each start; it must never
//! have a fixed one.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{
    GuestConfig, Kind, Mode, NodeConfig, Screen, SimConfig, SnapshotConfig, Status, StorageConfig, Timing, TokenConfig,
};
use crate::wire;

/// The id of the broker's token in both clusters.
const TOKEN: &str = "nexus@pve!broker";

/// The privileges a broker needs (PVE-FACTS section 6).
const PRIVILEGES: [&str; 10] = [
    "VM.Audit",
    "VM.PowerMgmt",
    "VM.Console",
    "VM.Snapshot",
    "VM.Snapshot.Rollback",
    "Sys.Audit",
    "Sys.Console",
    "Datastore.Audit",
    "Pool.Audit",
    "SDN.Audit",
];

/// One guest, short: number, name, status, tags, pool.
type Row = (u32, &'static str, Status, &'static str, Option<&'static str>);

use Status::{Paused, Running, Stopped};

const MACHINES_BIG: [Row; 19] = [
    (101, "web-01", Running, "prod;web", Some("storefront")),
    (102, "web-02", Running, "prod;web", Some("storefront")),
    (103, "web-03", Stopped, "prod;web", Some("storefront")),
    (104, "shop-db-01", Running, "prod;db;postgres", Some("storefront")),
    (105, "shop-db-02", Running, "prod;db;postgres", Some("storefront")),
    (110, "mail-gw", Running, "prod;mail", Some("office")),
    (111, "dc-01", Running, "prod;windows", Some("office")),
    (112, "dc-02", Running, "prod;windows", Some("office")),
    (113, "terminal-server", Paused, "prod;windows", Some("office")),
    (114, "print-server", Stopped, "windows", Some("office")),
    (120, "gitlab", Running, "dev", Some("engineering")),
    (121, "ci-runner-01", Running, "dev;ci", Some("engineering")),
    (122, "ci-runner-02", Running, "dev;ci", Some("engineering")),
    (123, "ci-runner-03", Stopped, "dev;ci", Some("engineering")),
    (124, "build-freebsd", Running, "dev;bsd", Some("engineering")),
    (130, "firewall-test", Stopped, "lab", None),
    (131, "router-lab", Running, "lab", None),
    (132, "legacy-erp", Running, "prod;legacy", None),
    (133, "serial-only", Running, "lab", None),
];

const CONTAINERS_BIG: [Row; 7] = [
    (201, "dns-01", Running, "prod;infra", None),
    (202, "dns-02", Running, "prod;infra", None),
    (203, "proxy-cache", Running, "prod;infra", None),
    (204, "grafana", Running, "infra;monitoring", Some("engineering")),
    (205, "wiki", Stopped, "dev", Some("engineering")),
    (206, "ntp", Running, "infra", None),
    (207, "sandbox-anna", Stopped, "dev", Some("engineering")),
];

const MACHINES_SMALL: [Row; 9] = [
    (301, "branch-fileserver", Running, "branch", Some("branch")),
    (302, "branch-voip", Running, "branch;voip", Some("branch")),
    (303, "branch-desktop-01", Running, "branch;vdi", Some("branch")),
    (304, "branch-desktop-02", Paused, "branch;vdi", Some("branch")),
    (305, "branch-desktop-03", Stopped, "branch;vdi", Some("branch")),
    (306, "camera-recorder", Running, "branch", None),
    (307, "door-control", Running, "branch;legacy", None),
    (308, "till-backend", Running, "branch;prod", Some("branch")),
    (309, "old-windows-xp", Stopped, "legacy", None),
];

const CONTAINERS_SMALL: [Row; 3] = [
    (321, "branch-dns", Running, "branch;infra", None),
    (322, "backup-relay", Running, "branch;infra", None),
    (323, "guest-wifi-portal", Stopped, "branch", None),
];

/// The demo's clusters: `berlin` behaves like 9.2 and has three nodes, `branch` like 8.3 and has one. The second part
/// of each pair is its token, `user@realm!name=secret`. `qemu` is the program for the guests that are real ones.
#[must_use]
pub fn demo_fleet(qemu: Option<PathBuf>) -> Vec<(SimConfig, String)> {
    let nodes = ["pve-b1", "pve-b2", "pve-b3"];
    let mut guests = Vec::new();
    for (index, row) in MACHINES_BIG.iter().enumerate() {
        guests.push(guest(row, Kind::Qemu, nodes[index % nodes.len()]));
    }
    for (index, row) in CONTAINERS_BIG.iter().enumerate() {
        guests.push(guest(row, Kind::Lxc, nodes[(index + 1) % nodes.len()]));
    }
    for (vmid, name) in [(900, "tmpl-debian-13"), (901, "tmpl-windows-2025")] {
        guests.push(template(vmid, name, nodes[0]));
    }
    let mut branch: Vec<GuestConfig> = Vec::new();
    branch.extend(MACHINES_SMALL.iter().map(|row| guest(row, Kind::Qemu, "pve-branch")));
    branch.extend(CONTAINERS_SMALL.iter().map(|row| guest(row, Kind::Lxc, "pve-branch")));
    branch.push(template(910, "tmpl-desktop", "pve-branch"));
    for guest in guests.iter_mut().chain(&mut branch) {
        special(guest);
    }
    vec![
        cluster(Mode::V9_2, "berlin", &nodes, guests, qemu.clone()),
        cluster(Mode::V8_3, "branch", &["pve-branch"], branch, qemu),
    ]
}

fn cluster(
    version: Mode,
    name: &str,
    nodes: &[&str],
    guests: Vec<GuestConfig>,
    qemu: Option<PathBuf>,
) -> (SimConfig, String) {
    let secret = wire::uuid();
    let agent = if version.is_new() { "VM.GuestAgent.Audit" } else { "VM.Monitor" };
    let privileges = PRIVILEGES.iter().chain([&agent]).map(|privilege| (*privilege).to_owned()).collect();
    let token = TokenConfig { id: TOKEN.to_owned(), secret: secret.clone(), acl: vec![("/".to_owned(), privileges)] };
    let config = SimConfig {
        version,
        cluster: name.to_owned(),
        nodes: (1..).zip(nodes).map(|(number, node)| own_address(version, number, node)).collect(),
        guests,
        storages: storages(nodes.len() > 1),
        tokens: vec![token],
        qemu,
        qemu_limit: 3,
        seed: 20_261_121,
        timing: Timing { ha: Duration::from_secs(4), ..Timing::default() },
        ..SimConfig::default()
    };
    (config, format!("{TOKEN}={secret}"))
}

/// A storage of each node's own, and a shared one in a cluster.
fn storages(shared: bool) -> Vec<StorageConfig> {
    const TIB: u64 = 1 << 40;
    let storage = |name: &str, plugin: &str, shared, used, total| StorageConfig {
        name: name.to_owned(),
        plugin: plugin.to_owned(),
        shared,
        used,
        total,
    };
    let own = storage("local-zfs", "zfspool", false, TIB / 3, TIB);
    let ceph = storage("ceph", "rbd", true, 17 * TIB, 24 * TIB);
    std::iter::once(own).chain(shared.then_some(ceph)).collect()
}

/// A loopback address of its own for each node, so that a test can tell it from Nexus'.
fn own_address(version: Mode, number: u8, name: &str) -> NodeConfig {
    let cluster = if version.is_new() { 92 } else { 83 };
    NodeConfig { listen: ([127, 0, cluster, number], 0).into(), ..NodeConfig::new(name) }
}

fn guest(row: &Row, kind: Kind, node: &str) -> GuestConfig {
    let (vmid, name, status, tags, pool) = *row;
    let machine = kind == Kind::Qemu;
    GuestConfig {
        vmid,
        kind,
        node: node.to_owned(),
        name: name.to_owned(),
        status,
        tags: tags.split(';').map(str::to_owned).collect(),
        pool: pool.map(str::to_owned),
        cores: 1 + vmid % 4,
        memory: if machine { 2048 << (vmid % 3) } else { 512 },
        disk: if machine { 32 + 16 * (vmid % 5) } else { 8 },
        agent: machine && vmid % 2 == 0,
        ostype: if tags.contains("windows") { "win11".to_owned() } else { String::new() },
        ..GuestConfig::default()
    }
}

fn template(vmid: u32, name: &str, node: &str) -> GuestConfig {
    GuestConfig {
        vmid,
        node: node.to_owned(),
        name: name.to_owned(),
        template: true,
        tags: vec!["template".to_owned()],
        memory: 2048,
        disk: 16,
        ..GuestConfig::default()
    }
}

/// What makes single guests different.
fn special(guest: &mut GuestConfig) {
    match guest.vmid {
        101 | 104 | 110 | 301 | 308 => guest.screen = Screen::Qemu,
        133 => guest.screen = Screen::Serial,
        105 => guest.lock = Some("backup".to_owned()),
        114 => guest.lock = Some("migrate".to_owned()),
        132 => guest.lock = Some("snapshot".to_owned()),
        309 => guest.ostype = "wxp".to_owned(),
        _ => {}
    }
    guest.agent_answers = guest.agent && guest.vmid.is_multiple_of(4);
    guest.ha = matches!(guest.vmid, 112 | 124 | 202);
    guest.deaf = guest.vmid == 307;
    match guest.vmid {
        102 | 124 => guest.snapshots = tree(),
        104 | 112 | 301 => guest.snapshots = vec![snapshot("before-update", "Before the update", 9, None)],
        204 => guest.snapshots = vec![snapshot("fresh", "", 200, None), snapshot("working", "", 30, Some("fresh"))],
        _ => {}
    }
    guest.options = options(guest).iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
}

/// Options of single guests beside what every guest has.
fn options(guest: &GuestConfig) -> &'static [(&'static str, &'static str)] {
    match guest.vmid {
        104 => &[
            ("description", "The shop's database.\n\nAsk *engineering* before a restart."),
            ("scsi1", "ceph:vm-104-disk-1,discard=on,iothread=1,size=200G"),
            ("scsi2", "ceph:vm-104-disk-2,backup=0,size=1T"),
            ("ide2", "none,media=cdrom"),
            ("unused0", "local-zfs:vm-104-disk-3"),
            ("net1", "virtio=BC:24:11:00:01:04,bridge=vmbr1,firewall=1,tag=40,rate=125"),
            ("onboot", "1"),
            ("protection", "1"),
            ("balloon", "4096"),
            ("cpu", "host"),
            ("numa", "1"),
            ("startup", "order=1,up=60"),
        ],
        124 => &[
            ("description", "Builds for FreeBSD."),
            ("bios", "ovmf"),
            ("machine", "q35"),
            ("efidisk0", "ceph:vm-124-disk-1,efitype=4m,pre-enrolled-keys=1,size=528K"),
            ("tpmstate0", "ceph:vm-124-disk-2,size=4M,version=v2.0"),
            ("ide2", "local:iso/FreeBSD-14.3-RELEASE-amd64-disc1.iso,media=cdrom,size=1289M"),
            ("ciuser", "builder"),
            ("cipassword", "$5$Zb1wP0Rk$demo-only-not-a-real-hash"),
            (
                "sshkeys",
                "ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIDemoKeyDemoKeyDemoKeyDemoKeyDemoKeyDemo%20ci%40example",
            ),
            ("ipconfig0", "ip=198.51.100.125/24,gw=198.51.100.1,ip6=auto"),
            ("vga", "virtio"),
            ("serial0", "socket"),
        ],
        204 => &[
            ("description", "Dashboards"),
            ("mp0", "ceph:vm-204-disk-1,mp=/var/lib/grafana,backup=1,size=20G"),
            ("net1", "name=eth1,bridge=vmbr1,hwaddr=BC:24:11:00:02:04,ip=198.51.100.204/24,ip6=auto,tag=20,type=veth"),
            ("onboot", "1"),
            ("unprivileged", "1"),
            ("features", "nesting=1,keyctl=1"),
        ],
        301 => &[
            ("scsi1", "local-zfs:vm-301-disk-1,size=2T"),
            ("onboot", "1"),
            ("net0", "e1000=BC:24:11:00:03:01,bridge=vmbr0,link_down=1"),
        ],
        _ => &[],
    }
}

fn snapshot(name: &str, description: &str, days: u64, parent: Option<&str>) -> SnapshotConfig {
    SnapshotConfig {
        name: name.to_owned(),
        description: description.to_owned(),
        age: days * 86_400,
        vmstate: name.ends_with("-live"),
        parent: parent.map(str::to_owned),
    }
}

/// Two branches of one root.
fn tree() -> Vec<SnapshotConfig> {
    vec![
        snapshot("installed", "Right after the installation", 90, None),
        snapshot("configured", "", 80, Some("installed")),
        snapshot("experiment", "Other kernel,\nnot kept", 42, Some("configured")),
        snapshot("before-upgrade", "Before the upgrade", 14, Some("configured")),
        snapshot("upgraded-live", "With its memory", 3, Some("before-upgrade")),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_fleet_has_every_state_and_no_number_twice() {
        let fleet = demo_fleet(None);
        let guests: Vec<_> = fleet.iter().flat_map(|(config, _)| &config.guests).collect();
        assert!((38..=44).contains(&guests.len()), "{}", guests.len());
        let numbers: BTreeSet<u32> = guests.iter().map(|guest| guest.vmid).collect();
        assert_eq!(numbers.len(), guests.len());
        for status in [Running, Stopped, Paused] {
            assert!(guests.iter().any(|guest| guest.status == status));
        }
        assert!(guests.iter().any(|guest| guest.template) && guests.iter().any(|guest| guest.lock.is_some()));
        assert!(guests.iter().any(|guest| guest.kind == Kind::Lxc && guest.pool.is_some()));
        assert!(guests.iter().any(|guest| guest.ha) && guests.iter().any(|guest| guest.agent_answers));
        assert!(guests.iter().any(|guest| guest.agent && !guest.agent_answers));
        for guest in guests.iter().filter(|guest| !guest.snapshots.is_empty()) {
            let mut known = BTreeSet::new();
            for snapshot in &guest.snapshots {
                assert!(snapshot.parent.as_ref().is_none_or(|parent| known.contains(parent)), "{}", snapshot.name);
                known.insert(snapshot.name.clone());
            }
        }
    }

    #[test]
    fn secrets_are_new_each_time() {
        assert_ne!(demo_fleet(None)[0].1, demo_fleet(None)[0].1);
        assert_ne!(demo_fleet(None)[0].1, demo_fleet(None)[1].1);
    }
}
