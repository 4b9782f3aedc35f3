//! One guest in detail, its snapshots and tasks, on both versions.

use std::time::Duration;

use nexus_pve::{Client, Consolidation, Guest, Interfaces, Power, PowerOptions, Stage, TaskStatus, Timeframe, Upid};
use pve_sim::Status;

use crate::calls::done;
use crate::fleet::{BROKER, CONTAINER, MISSING, MODES, STOPPED, VM, WEAK, all_rights, client, start};

fn exit(status: &TaskStatus) -> &str {
    match status {
        TaskStatus::Stopped { exit } => exit,
        TaskStatus::Running => panic!("it runs"),
    }
}

#[tokio::test]
async fn figures_are_read_and_a_missing_guest_is_known_as_such() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        let figures = client.guest_figures(VM, Timeframe::Hour, Consolidation::Max).await.unwrap();
        assert_eq!(figures.len(), if mode.is_new() { 60 } else { 70 });
        assert!(figures.is_sorted_by_key(|figure| figure.time));
        assert!(figures.iter().any(|figure| figure.cpu.is_some() && figure.net_in.is_some()));
        let none = client.guest_figures(STOPPED, Timeframe::Year, Consolidation::Average).await.unwrap();
        assert!(none.iter().all(|figure| figure.cpu.is_none()));
        let gone = client.guest_figures(MISSING, Timeframe::Hour, Consolidation::Average).await.unwrap_err();
        assert!(gone.is_no_such_guest(), "{gone}");
        sim.stop().await;
    }
}

#[tokio::test]
async fn interfaces_come_from_agents_and_from_containers() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        let refused = client.agent_interfaces(VM).await.unwrap_err();
        assert_eq!(refused.stage, Stage::Permission);
        all_rights(&sim, BROKER);
        assert_eq!(client.agent_interfaces(VM).await.unwrap(), Interfaces::NotConfigured);
        sim.change_guest(VM.vmid, |guest| guest.agent = true);
        assert_eq!(client.agent_interfaces(VM).await.unwrap(), Interfaces::NotRunning);
        sim.change_guest(VM.vmid, |guest| guest.agent_answers = true);
        let Interfaces::Known(cards) = client.agent_interfaces(VM).await.unwrap() else { panic!() };
        assert_eq!(cards.iter().map(|card| card.addresses.len()).collect::<Vec<_>>(), [2, 3, 0]);
        sim.change_guest(STOPPED.vmid, |guest| guest.agent = true);
        assert_eq!(client.agent_interfaces(STOPPED).await.unwrap(), Interfaces::GuestStopped);

        let Interfaces::Known(cards) = client.container_interfaces(CONTAINER).await.unwrap() else { panic!() };
        assert_eq!(cards.iter().map(|card| card.addresses.len()).collect::<Vec<_>>(), [2, 2]);
        sim.set_guest_status(CONTAINER.vmid, Status::Stopped);
        assert_eq!(client.container_interfaces(CONTAINER).await.unwrap(), Interfaces::GuestStopped);
        assert!(client.container_interfaces(VM).await.is_err() && client.agent_interfaces(CONTAINER).await.is_err());
        sim.stop().await;
    }
}

async fn ended(client: &Client, begun: Result<Upid, nexus_pve::Error>) -> TaskStatus {
    done(client, &begun.unwrap()).await
}

#[tokio::test]
async fn snapshots_are_made_described_rolled_back_and_deleted() {
    for mode in MODES {
        let sim = start(mode).await;
        all_rights(&sim, BROKER);
        let client = client(&sim, BROKER);
        for guest in [VM, CONTAINER] {
            let text = "Before\nthe update & more=1";
            assert!(ended(&client, client.create_snapshot(guest, "one", text, true).await).await.is_ok());
            assert!(ended(&client, client.create_snapshot(guest, "two", "", false).await).await.is_ok());
            let all = client.snapshots(guest).await.unwrap();
            assert_eq!((all.current.as_deref(), all.running, all.snapshots.len()), (Some("two"), true, 2));
            let one = all.snapshots.iter().find(|snapshot| snapshot.name == "one").unwrap();
            assert_eq!((one.description.as_str(), one.with_memory), (text, guest == VM));
            client.describe_snapshot(guest, "one", "Other words").await.unwrap();
            assert!(ended(&client, client.roll_back(guest, "one", guest == CONTAINER).await).await.is_ok());
            let all = client.snapshots(guest).await.unwrap();
            assert!(all.running && all.current.as_deref() == Some("one"));
            assert!(all.snapshots.iter().any(|snapshot| snapshot.description == "Other words"));
            assert!(ended(&client, client.delete_snapshot(guest, "one").await).await.is_ok());
            let all = client.snapshots(guest).await.unwrap();
            assert_eq!((all.snapshots[0].name.as_str(), &all.snapshots[0].parent, &all.current), ("two", &None, &None));
            let missing = ended(&client, client.delete_snapshot(guest, "one").await).await;
            assert_eq!(exit(&missing), "snapshot 'one' does not exist");
        }
        sim.clear_requests();
        for name in ["..", "current", "a/../b", "x"] {
            assert!(
                client.delete_snapshot(VM, name).await.is_err() && client.roll_back(VM, name, false).await.is_err()
            );
        }
        assert!(sim.requests().is_empty(), "PVE is not asked");
        sim.stop().await;
    }
}

/// Waits for a line of a task's log.
async fn line(client: &Client, upid: &Upid, words: &str) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let log = client.task_log(upid, 0, 500).await.unwrap();
            if log.lines.iter().any(|(_, text)| text.contains(words)) {
                return;
            }
            tokio::task::yield_now().await;
        }
    });
    waited.await.unwrap();
}

#[tokio::test]
async fn an_endless_task_is_read_in_parts_and_stopped() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        sim.change_guest(VM.vmid, |guest| guest.endless = true);
        let upid = client.power(VM, Power::Reset, PowerOptions::default()).await.unwrap();
        line(&client, &upid, "step 7:").await;
        let part = client.task_log(&upid, 2, 3).await.unwrap();
        assert_eq!(part.lines.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(part.total >= 7);
        assert_eq!(client.task_log(&upid, 1_000_000, 3).await.unwrap().lines, []);
        assert_eq!(client.task_status(&upid).await.unwrap(), TaskStatus::Running);
        client.stop_task(&upid).await.unwrap();
        assert_eq!(exit(&done(&client, &upid).await), "received interrupt");
        line(&client, &upid, "TASK ERROR: received interrupt").await;
        client.stop_task(&upid).await.unwrap();
        let other = crate::fleet::client(&sim, WEAK);
        assert_eq!(other.stop_task(&upid).await.unwrap_err().stage, Stage::Permission);
        sim.stop().await;
    }
}

async fn power(client: &Client, guest: Guest<'_>, action: Power, options: PowerOptions) -> Upid {
    client.power(guest, action, options).await.unwrap()
}

#[tokio::test]
async fn a_deaf_guest_is_stopped_after_the_time_out_or_by_a_stop_that_overrules() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        for guest in [VM, CONTAINER] {
            sim.change_guest(guest.vmid, |guest| guest.deaf = true);
            let patient = PowerOptions { timeout: Some(Duration::from_secs(1)), ..PowerOptions::default() };
            let failed = done(&client, &power(&client, guest, Power::Shutdown, patient).await).await;
            assert!(
                [
                    "VM quit/powerdown failed - got timeout",
                    "command 'lxc-stop -n 200 --nokill --timeout 1' failed: exit code 1"
                ]
                .contains(&exit(&failed))
            );
            let forced = PowerOptions { force_stop: true, ..patient };
            assert!(done(&client, &power(&client, guest, Power::Shutdown, forced).await).await.is_ok());
            assert_eq!(sim.guest_status(guest.vmid), Some(Status::Stopped));

            sim.set_guest_status(guest.vmid, Status::Running);
            let waits = power(&client, guest, Power::Shutdown, PowerOptions::default()).await;
            let overruling = PowerOptions { overrule_shutdown: true, ..PowerOptions::default() };
            let stop = power(&client, guest, Power::Stop, overruling).await;
            assert!(done(&client, &stop).await.is_ok());
            assert_eq!(exit(&done(&client, &waits).await), "received interrupt");
            line(&client, &stop, "overruled").await;
        }
        sim.stop().await;
    }
}

#[tokio::test]
async fn under_ha_a_task_ends_before_the_guest_follows() {
    for mode in MODES {
        let sim = start(mode).await;
        let client = client(&sim, BROKER);
        sim.change_guest(STOPPED.vmid, |guest| guest.ha = true);
        let upid = power(&client, STOPPED, Power::Start, PowerOptions::default()).await;
        assert_eq!(upid.kind(), "hastart");
        assert!(done(&client, &upid).await.is_ok());
        let waited = tokio::time::timeout(Duration::from_secs(20), async {
            while sim.ha_state(STOPPED.vmid) != Some("started") {
                tokio::task::yield_now().await;
            }
        });
        waited.await.unwrap();
        assert_eq!(sim.guest_status(STOPPED.vmid), Some(Status::Running));
        sim.change_guest(STOPPED.vmid, |guest| guest.ha_stuck = true);
        let upid = power(&client, STOPPED, Power::Shutdown, PowerOptions::default()).await;
        assert!(upid.kind() == "hastop" && done(&client, &upid).await.is_ok());
        let rows = client.resources().await.unwrap();
        let state = rows.iter().find_map(|row| match row {
            nexus_pve::Resource::Guest(guest) if guest.vmid == STOPPED.vmid => guest.ha_state.clone(),
            _ => None,
        });
        assert_eq!(state.as_deref(), Some("request_stop"));
        sim.stop().await;
    }
}
