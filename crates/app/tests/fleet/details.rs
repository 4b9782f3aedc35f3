//! One guest in detail: configuration, figures, addresses.

use nexus_app::access::{GuestGrant, SignedIn, ViewGuest};
use nexus_app::guest_detail::{AddressState, Consolidation, DetailError, GuestConfigView, Media, Timeframe};
use nexus_model::GuestStatus;
use pve_sim::{Fault, FaultKind, Outage, Status};

use crate::scope::{asked_about, customers};
use crate::world::{SECRET, World, on_both, until};

async fn view(world: &World, person: &SignedIn, vmid: u32) -> GuestGrant<ViewGuest> {
    world.app.access.guest_grant(person, world.tenant, world.guest(vmid)).await.unwrap()
}

async fn config(world: &World, person: &SignedIn, vmid: u32) -> Result<GuestConfigView, DetailError> {
    world.app.guest_details.config(&view(world, person, vmid).await).await
}

/// Words that must not come out of a configuration.
const SECRETS: [&str; 3] = ["hunter2", "s3cr3t-of-a-vnc", "env-s3cr3t"];

/// Words of the server's inside.
const INSIDE: [&str; 6] = ["ceph", "vmbr7", "rack-serial", "pve1", "hookscripts", "gw.inside"];

fn furnish(world: &World, vmid: u32) {
    let options = [
        ("description", "The shop.\nAsk *Anna* first."),
        ("scsi0", "ceph:vm-100-disk-0,serial=rack-serial,size=32G"),
        ("scsi10", "ceph:vm-100-disk-10,size=1T"),
        ("scsi2", "ceph:vm-100-disk-2,size=4M"),
        ("ide2", "none,media=cdrom"),
        ("unused0", "ceph:vm-100-disk-9"),
        ("net0", "virtio=BC:24:11:00:01:00,bridge=vmbr7,tag=40,firewall=1"),
        ("net1", "e1000=BC:24:11:00:01:01,bridge=vmbr7,link_down=1"),
        ("ipconfig0", "ip=198.51.100.7/24,gw=gw.inside"),
        ("boot", "order=scsi0;net0"),
        ("ciuser", "anna"),
        ("cipassword", "hunter2"),
        ("sshkeys", "ssh-ed25519%20AAAAC3Nza%20anna%40example%0A"),
        ("args", "-object secret,id=vnc,data=s3cr3t-of-a-vnc"),
        ("env", "TOKEN=env-s3cr3t"),
        ("hookscript", "local:snippets/hookscripts"),
        ("cpu", "host,flags=+aes"),
        ("onboot", "1"),
        ("sockets", "2"),
        ("balloon", "256"),
    ];
    let changed = world.sim.change_guest(vmid, |guest| {
        guest.options.extend(options.map(|(key, value)| (key.to_owned(), value.to_owned())));
        guest.agent = true;
    });
    assert!(changed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_is_readable_and_holds_no_secret() {
    on_both(|world| async move {
        furnish(&world, 100);
        let seen = config(&world, &world.manager, 100).await.unwrap();
        let text = format!("{seen:?}");
        assert!(!SECRETS.iter().any(|secret| text.contains(secret)), "{text}");
        let disks: Vec<_> = seen.disks.iter().map(|disk| (disk.key.as_str(), disk.media, disk.size_bytes)).collect();
        assert_eq!(
            disks,
            [
                ("ide2", Media::Cdrom, None),
                ("scsi0", Media::Disk, Some(32 << 30)),
                ("scsi2", Media::Disk, Some(4 << 20)),
                ("scsi10", Media::Disk, Some(1 << 40)),
                ("unused0", Media::Unused, None),
            ]
        );
        assert_eq!((seen.disks[1].storage.as_deref(), seen.disks[1].options.len()), (Some("ceph"), 1));
        let [net0, net1] = &seen.networks[..] else { panic!("{text}") };
        assert_eq!((net0.bridge.as_deref(), net0.vlan, net0.firewall), (Some("vmbr7"), Some(40), true));
        assert_eq!((net0.addresses.as_slice(), net1.connected), (&["198.51.100.7/24".to_owned()][..], false));
        let option =
            |key: &str| seen.options.iter().find(|option| option.key == key).map(|option| option.value.as_str());
        assert_eq!(
            (option("cipassword"), option("args"), option("env")),
            (Some("********"), Some("********"), Some("********"))
        );
        assert_eq!((option("sshkeys"), option("ciuser")), (Some("ssh-ed25519 AAAAC3Nza anna@example"), Some("anna")));
        assert_eq!((option("name"), option("digest"), option("onboot")), (None, None, None));
        assert_eq!((seen.sockets, seen.cores, seen.cpu_type.as_deref()), (Some(2), Some(1), Some("host")));
        assert_eq!((seen.memory_bytes, seen.minimum_memory_bytes), (Some(512 << 20), Some(256 << 20)));
        assert_eq!((seen.agent, seen.starts_at_boot, seen.unprivileged), (Some(true), true, None));
        assert_eq!(
            (seen.boot_order, seen.description.as_str()),
            (vec!["scsi0".to_owned(), "net0".to_owned()], "The shop.\nAsk *Anna* first.")
        );

        let seen = config(&world, &world.viewer, 100).await.unwrap();
        let text = format!("{seen:?}");
        assert!(!SECRETS.iter().chain(&INSIDE).any(|word| text.contains(word)), "{text}");
        assert_eq!((seen.disks.len(), seen.networks.len(), seen.options.len()), (4, 2, 0));
        assert!(seen.disks[1].size_bytes == Some(32 << 30) && seen.networks[0].mac.is_some());

        let container = config(&world, &world.manager, 200).await.unwrap();
        assert_eq!((container.agent, container.unprivileged, container.swap_bytes), (None, Some(false), Some(0)));
        assert_eq!(
            (container.disks[0].media, container.networks[0].addresses.as_slice()),
            (Media::Rootfs, &["dhcp".to_owned()][..])
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_sees_nothing_of_a_providers_inside() {
    on_both(|world| async move {
        let (school, _) = customers(&world).await;
        furnish(&world, 121);
        let access = &world.app.access;
        let grant = access.guest_grant::<ViewGuest>(&school.admin, school.tenant, school.guest(121)).await.unwrap();
        let details = &world.app.guest_details;
        let text = format!("{:?}", details.config(&grant).await.unwrap());
        assert!(!SECRETS.iter().chain(&INSIDE).any(|word| text.contains(word)), "{text}");
        assert!(text.contains("Anna"));
        // It leaves in this moment: the picture does not know yet.
        world.sim.set_place(121, &[], None);
        world.sim.clear_requests();
        let refused = details.figures(&grant, Timeframe::Hour, Consolidation::Average).await;
        assert_eq!(refused, Err(DetailError::NotFound));
        assert_eq!(details.addresses(&grant).await, Err(DetailError::NotFound));
        assert_eq!(asked_about(&world, 121), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_come_for_each_span() {
    on_both(|world| async move {
        let grant = view(&world, &world.viewer, 100).await;
        for (timeframe, points, step) in [
            (Timeframe::Hour, 60, 60),
            (Timeframe::Day, 1440, 60),
            (Timeframe::Week, 336, 1800),
            (Timeframe::Month, 1440, 1800),
            (Timeframe::Year, 1440, 21_600),
        ] {
            let figures = world.app.guest_details.figures(&grant, timeframe, Consolidation::Max).await.unwrap();
            assert_eq!((figures.times.len(), figures.step_seconds), (points, step), "{timeframe:?}");
            for list in [
                &figures.cpu,
                &figures.max_cpu,
                &figures.memory_bytes,
                &figures.max_memory_bytes,
                &figures.disk_read,
                &figures.disk_write,
                &figures.net_in,
                &figures.net_out,
            ] {
                assert_eq!(list.len(), points, "{timeframe:?}");
            }
            assert!(figures.times.is_sorted() && figures.cpu.iter().flatten().all(|cpu| (0.0..=1.0).contains(cpu)));
        }
        // PVE has no values of a guest that does not run.
        let grant = view(&world, &world.viewer, 102).await;
        let figures = world.app.guest_details.figures(&grant, Timeframe::Hour, Consolidation::Average).await.unwrap();
        assert!(figures.times.len() == 60 && figures.cpu.iter().all(Option::is_none));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_are_told_or_why_not() {
    on_both(|world| async move {
        let details = &world.app.guest_details;
        let state = async |vmid| details.addresses(&view(&world, &world.manager, vmid).await).await.unwrap();
        let agent = |agent, answers| {
            let change = |guest: &mut pve_sim::GuestConfig| (guest.agent, guest.agent_answers) = (agent, answers);
            assert!(world.sim.change_guest(100, change) && world.sim.change_guest(101, change));
        };
        agent(true, true);
        assert_eq!(state(100).await.state, AddressState::NoPrivilege);
        let privileges = ["VM.Audit", "VM.GuestAgent.Audit", "Sys.Audit"].map(str::to_owned).to_vec();
        world.sim.set_token("nexus@pve!broker", SECRET, &[("/".to_owned(), privileges)]).unwrap();
        let known = state(101).await;
        assert_eq!(known.state, AddressState::Known);
        let names: Vec<_> = known.interfaces.iter().map(|card| (card.name.as_str(), card.addresses.len())).collect();
        assert_eq!(names, [("ens18", 3), ("docker0", 0)]);
        assert!(known.interfaces[0].mac.is_some() && known.interfaces[0].addresses[0].prefix == Some(24));
        let container = state(200).await;
        assert_eq!((container.state, container.interfaces.len()), (AddressState::Known, 1));
        assert_eq!(container.interfaces[0].addresses.len(), 2);

        // A look at a guest that does not run asks nobody.
        world.sim.clear_requests();
        assert_eq!((state(102).await.state, state(104).await.state), (AddressState::Stopped, AddressState::Stopped));
        assert!(!world.sim.requests().iter().any(|request| request.path.contains("/agent/")));
        agent(true, false);
        let late = async || (state(100).await.state == AddressState::NotRunning).then_some(());
        until("an answer of an agent that is not there", late).await;
        agent(false, false);
        let late = async || (state(101).await.state == AddressState::NotConfigured).then_some(());
        until("an answer without an agent", late).await;
    })
    .await;
}

fn times_asked(world: &World, what: &str) -> usize {
    world.sim.requests().iter().filter(|request| request.path.contains(what)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_tabs_are_one_question() {
    on_both(|world| async move {
        let ask = |world: &std::sync::Arc<World>, grant| {
            let world = std::sync::Arc::clone(world);
            async move { world.app.guest_details.figures(&grant, Timeframe::Hour, Consolidation::Average).await }
        };
        let mut tabs = tokio::task::JoinSet::new();
        for number in 0..30 {
            let person = if number % 2 == 0 { &world.viewer } else { &world.manager };
            tabs.spawn(ask(&world, view(&world, person, 100).await));
        }
        while let Some(tab) = tabs.join_next().await {
            tab.unwrap().unwrap();
        }
        assert_eq!(times_asked(&world, "/qemu/100/rrddata"), 1);

        // Whoever asked first goes away: the next one asks.
        world.sim.fault(Fault::on("*/rrddata", FaultKind::Hang).times(1));
        let first = tokio::spawn(ask(&world, view(&world, &world.manager, 101).await));
        until("the first question", || async { (times_asked(&world, "/qemu/101/rrddata") == 1).then_some(()) }).await;
        let second = tokio::spawn(ask(&world, view(&world, &world.admin, 101).await));
        first.abort();
        assert_eq!(second.await.unwrap().unwrap().times.len(), 60);
        assert_eq!(times_asked(&world, "/qemu/101/rrddata"), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_moved_or_vanished_is_told_so() {
    on_both(|world| async move {
        assert!(world.sim.move_guest(100, "pve2"));
        assert!(config(&world, &world.viewer, 100).await.is_ok());
        let grant = view(&world, &world.manager, 101).await;
        assert!(world.sim.remove_guest(101));
        let gone = world.app.guest_details.figures(&grant, Timeframe::Day, Consolidation::Average).await;
        assert_eq!(gone, Err(DetailError::NotFound));
        let absent = config(&world, &world.admin, 150).await;
        assert_eq!(absent, Err(DetailError::NotFound));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pve_that_is_away_or_refuses_is_told_without_its_inside() {
    on_both(|world| async move {
        world.until_status(103, GuestStatus::Paused).await;
        let words = "start failed on rack7 at pve1";
        world.sim.fault(Fault::on("*/config", FaultKind::Status(500, words.into())));
        assert_eq!(config(&world, &world.manager, 100).await, Err(DetailError::PveRefused(words.into())));
        let Err(DetailError::PveRefused(told)) = config(&world, &world.viewer, 100).await else { panic!() };
        assert!(!told.contains("rack7") && !told.contains("pve1"), "{told}");
        world.sim.clear_faults();
        assert_eq!(world.sim.guest_status(103), Some(Status::Paused));
        assert!(world.sim.set_outage("pve2", Some(Outage::Refused)));
        let away = config(&world, &world.manager, 103).await;
        assert_eq!(away, Err(DetailError::PveUnreachable("the guest's node cannot be reached".into())));
    })
    .await;
}
