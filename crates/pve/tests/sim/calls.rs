//! Every call, on both versions.

use std::time::Duration;

use nexus_pve::node::NodeState;
use nexus_pve::{Client, ClusterStatus, Guest, Kind, Power, PowerOptions, Resource, RunState, TaskStatus, Upid};
use pve_sim::{Sim, Status};

use crate::fleet::{BROKER, CONTAINER, MODES, PAUSED, STOPPED, VM, WEAK, client, start};

#[tokio::test]
async fn version_nodes_and_cluster_are_read() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        let version = client.version().await.unwrap();
        let (expected, release, repoid) = mode.version();
        assert_eq!(
            (version.version.as_str(), version.release.as_str(), version.repoid.as_str()),
            (expected, release, repoid)
        );
        assert_eq!(version.major_minor(), Some(if mode.is_new() { (9, 2) } else { (8, 3) }));

        let mut nodes = client.nodes().await.unwrap();
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>(), ["pve1", "pve2"]);
        for node in &nodes {
            let expected = nexus_net::tls::parse_fingerprint(&sim.fingerprint(&node.name));
            assert_eq!((node.status, node.fingerprint), (NodeState::Online, expected));
            assert!(node.max_mem.is_some_and(|mem| mem > 0) && node.max_cpu.is_some());
        }

        let status = client.cluster_status().await.unwrap();
        assert!(
            status.contains(&ClusterStatus::Cluster { name: "lab".into(), quorate: true, nodes: Some(2) }),
            "{status:?}"
        );
        let local = |row: &&ClusterStatus| matches!(row, ClusterStatus::Node { name, local: true, online: true, .. } if name == "pve1");
        assert_eq!(status.iter().filter(local).count(), 1);
        sim.stop().await;
    }
}

#[tokio::test]
async fn resources_hold_guests_nodes_and_storages() {
    for mode in MODES {
        let sim = start(mode).await;
        let rows = client(&sim, BROKER).resources().await.unwrap();
        let mut guests: Vec<_> = rows
            .iter()
            .filter_map(|row| match row {
                Resource::Guest(guest) => Some(guest),
                _ => None,
            })
            .collect();
        guests.sort_by_key(|guest| guest.vmid);
        let seen: Vec<_> =
            guests.iter().map(|guest| (guest.vmid, guest.kind, guest.node.as_str(), guest.status)).collect();
        assert_eq!(
            seen,
            [
                (100, Kind::Qemu, "pve1", RunState::Running),
                (101, Kind::Qemu, "pve1", RunState::Stopped),
                (102, Kind::Qemu, "pve2", RunState::Running),
                (200, Kind::Lxc, "pve1", RunState::Running),
            ]
        );
        assert_eq!(
            (guests[0].name.as_deref(), &guests[0].tags[..]),
            (Some("web-01"), &["prod".to_owned(), "web".to_owned()][..])
        );
        assert_eq!((guests[0].template, guests[0].max_mem), (Some(false), Some(512 << 20)));
        assert_eq!(rows.iter().filter(|row| matches!(row, Resource::Node(_))).count(), 2);
        assert!(rows.iter().any(|row| matches!(row, Resource::Storage(_))));

        let weak = client(&sim, WEAK).resources().await.unwrap();
        assert!(weak.iter().all(|row| !matches!(row, Resource::Guest(_) | Resource::Storage(_))), "{weak:?}");
        sim.stop().await;
    }
}

#[tokio::test]
async fn permissions_tell_what_a_token_may() {
    for mode in MODES {
        let sim = start(mode).await;
        let strong = client(&sim, BROKER).permissions().await.unwrap();
        assert!(strong.on("/vms/100", "VM.Console") && strong.on("/", "Sys.Audit"));
        assert!(!strong.anywhere("VM.Snapshot"));
        let weak = client(&sim, WEAK).permissions().await.unwrap();
        assert!(weak.is_empty());
        sim.stop().await;
    }
}

#[tokio::test]
async fn status_and_configuration_of_each_kind_are_read() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        let running = client.guest_status(VM).await.unwrap();
        assert_eq!((running.vmid, running.status, running.name.as_deref()), (100, RunState::Running, Some("web-01")));
        assert!(!running.is_paused());
        let stopped = client.guest_status(STOPPED).await.unwrap();
        assert_eq!((stopped.status, stopped.uptime), (RunState::Stopped, 0));
        // Also through the node that the guest is not on: PVE forwards it.
        assert!(client.guest_status(PAUSED).await.unwrap().is_paused());
        let container = client.guest_status(CONTAINER).await.unwrap();
        assert_eq!((container.status, container.qmpstatus), (RunState::Running, None));

        let machines = client.node_guests("pve2", Kind::Qemu).await.unwrap();
        assert_eq!(machines.len(), 1);
        assert!(machines[0].is_paused() && machines[0].vmid == 102);
        assert_eq!(client.node_guests("pve1", Kind::Lxc).await.unwrap().len(), 1);

        let config = client.guest_config(VM).await.unwrap();
        assert_eq!((config.get("name"), config.get("memory")), (Some("web-01"), Some("512")));
        assert_eq!(config.tags(), ["prod", "web"]);
        assert!(!config.has_serial_display());
        assert_eq!(client.guest_config(CONTAINER).await.unwrap().get("hostname"), Some("ct-01"));
        sim.stop().await;
    }
}

pub(crate) async fn done(client: &Client, upid: &Upid) -> TaskStatus {
    tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            match client.task_status(upid).await.unwrap() {
                TaskStatus::Running => tokio::task::yield_now().await,
                ended => return ended,
            }
        }
    })
    .await
    .unwrap()
}

async fn act(sim: &Sim, client: &Client, guest: Guest<'_>, action: Power) -> (TaskStatus, Status) {
    let upid = client.power(guest, action, PowerOptions::default()).await.unwrap();
    assert_eq!((upid.user(), upid.id()), (BROKER, guest.vmid.to_string().as_str()));
    let ended = done(client, &upid).await;
    (ended, sim.guest_status(guest.vmid).unwrap())
}

#[tokio::test]
async fn power_actions_are_tasks() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        let ok = TaskStatus::Stopped { exit: "OK".into() };
        for (action, expected) in [
            (Power::Suspend, Status::Paused),
            (Power::Resume, Status::Running),
            (Power::Reset, Status::Running),
            (Power::Reboot, Status::Running),
            (Power::Shutdown, Status::Stopped),
            (Power::Start, Status::Running),
            (Power::Stop, Status::Stopped),
        ] {
            assert_eq!(act(&sim, &client, VM, action).await, (ok.clone(), expected), "{action:?}");
        }
        for (action, expected) in
            [(Power::Shutdown, Status::Stopped), (Power::Start, Status::Running), (Power::Stop, Status::Stopped)]
        {
            assert_eq!(act(&sim, &client, CONTAINER, action).await, (ok.clone(), expected), "{action:?}");
        }
        // PVE takes the call and lets the task fail.
        assert!(act(&sim, &client, STOPPED, Power::Start).await.0.is_ok());
        let (again, _) = act(&sim, &client, STOPPED, Power::Start).await;
        assert_eq!(again, TaskStatus::Stopped { exit: "VM 101 already running".into() });

        let tasks = client.cluster_tasks().await.unwrap();
        assert!(tasks.iter().any(|task| task.upid.kind() == "vzstart" && task.exit.as_deref() == Some("OK")));
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_container_cannot_be_reset_and_pve_is_not_asked() {
    let sim = start(MODES[0]).await;
    let error = client(&sim, BROKER).power(CONTAINER, Power::Reset, PowerOptions::default()).await.unwrap_err();
    assert!(matches!(error.kind, nexus_pve::ErrorKind::Impossible(_)), "{error:?}");
    let climbing = Guest { node: "../access", ..VM };
    assert!(client(&sim, BROKER).guest_status(climbing).await.is_err());
    assert!(sim.requests().is_empty());
    sim.stop().await;
}

#[tokio::test]
async fn many_calls_at_once_are_all_answered() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        let mut calls = tokio::task::JoinSet::new();
        // More than PVE answers on one connection (100), half of them with `Connection: close`.
        for number in 0..240 {
            let client = client.clone();
            calls.spawn(async move {
                if number % 2 == 0 { client.version().await.map(drop) } else { client.guest_status(VM).await.map(drop) }
            });
        }
        while let Some(ended) = calls.join_next().await {
            ended.unwrap().unwrap();
        }
        assert_eq!(sim.requests().len(), 240);
        sim.stop().await;
    }
}
