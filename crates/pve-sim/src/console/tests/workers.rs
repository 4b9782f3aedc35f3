//! Ports, workers and their ends.

use std::time::Duration;

use crate::console::testing::{Client, PATIENCE, consoles, consoles_with, shows, ticket, vnc};
use crate::console::{Display, Generation, Guest, GuestState, OpenError, Request, Target, Timing, WorkerEnd};

const NEW: Generation = Generation::V9_2;
/// Soon over.
const SOON: Duration = Duration::from_millis(20);

#[test]
fn the_times_are_those_of_pve() {
    let timing = Timing::default();
    let seconds = [timing.connect, timing.reserve, timing.authenticate, timing.idle].map(|time| time.as_secs());
    assert_eq!(seconds, [10, 5, 30, 1800]);
    let seconds = [timing.first_viewer, timing.last_viewer, timing.refuse, timing.preamble].map(|time| time.as_secs());
    assert_eq!(seconds, [20, 10, 3, 10]);
}

async fn end(worker: tokio::sync::oneshot::Receiver<WorkerEnd>) -> WorkerEnd {
    tokio::time::timeout(PATIENCE, worker).await.expect("an end in time").unwrap()
}

#[tokio::test]
async fn a_worker_waits_for_one_connection_and_gives_up() {
    let consoles = consoles_with(NEW, Timing { connect: SOON, reserve: Duration::ZERO, ..Timing::default() });
    let opened = consoles.open(vnc(100, false), ticket).unwrap();
    assert_eq!(opened.port, 5900);
    assert_eq!(consoles.listener("pve1", 5900), Some(Target::Guest(100)));
    assert_eq!(consoles.listener("pve2", 5900), None);
    assert_eq!(end(opened.worker).await, WorkerEnd::TimedOut);
    assert!(consoles.attach("pve1", 5900).is_none());

    let client = Client::open(&consoles, NEW, vnc(100, false));
    assert_eq!(client.port, 5900);
    assert!(consoles.attach("pve1", 5900).is_none(), "the second use of a port finds nobody");
    assert!(consoles.listener("pve1", 5900).is_none());
    drop(client.stream);
    assert_eq!(end(client.worker).await, WorkerEnd::Ok);
}

#[tokio::test]
async fn ports_are_given_lowest_first_and_reserved() {
    for (reserve, free_again) in [(PATIENCE, false), (Duration::ZERO, true)] {
        let consoles = consoles_with(NEW, Timing { reserve, ..Timing::default() });
        let mut opened: Vec<_> = (0..100).map(|_| consoles.open(vnc(100, false), ticket).unwrap()).collect();
        assert!(opened.iter().map(|opened| opened.port).eq(5900..6000));
        assert_eq!(consoles.open(vnc(100, false), ticket).unwrap_err(), OpenError::NoPort);
        let elsewhere = Request { node: "pve2".into(), ..vnc(100, false) };
        assert_eq!(consoles.open(elsewhere, ticket).unwrap().port, 5900);
        drop(consoles.attach("pve1", 5942).unwrap());
        assert_eq!(end(opened.swap_remove(42).worker).await, WorkerEnd::Ok);
        let again = consoles.open(vnc(100, false), ticket).map(|opened| opened.port);
        assert_eq!(again, if free_again { Ok(5942) } else { Err(OpenError::NoPort) });
    }
}

#[tokio::test]
async fn unknown_guests_have_no_console() {
    let consoles = consoles(NEW);
    assert_eq!(consoles.open(vnc(999, false), ticket).unwrap_err(), OpenError::UnknownGuest);
    consoles.remove_guest(100);
    assert_eq!(consoles.open(vnc(100, false), ticket).unwrap_err(), OpenError::UnknownGuest);
}

#[tokio::test]
async fn passwords_are_made_as_the_version_does() {
    let (new, old) = (consoles(NEW), consoles(Generation::V8_3));
    for generate in [false, true] {
        let password = new.open(vnc(100, generate), ticket).unwrap().password.unwrap();
        assert_eq!(password.len(), 8);
        assert!(password.bytes().all(|byte| (b'!'..=b'`').contains(&byte)), "{password}");
        assert_eq!(old.open(vnc(100, generate), ticket).unwrap().password.is_some(), generate);
    }
    let mut client = Client::open(&old, Generation::V8_3, vnc(100, false));
    client.secret = b"PVEVNC:6".to_vec();
    assert_eq!(client.authenticate().await, 0);
    let mut client = Client::open(&old, Generation::V8_3, vnc(100, true));
    client.secret = b"PVEVNC:6".to_vec();
    assert_eq!(client.authenticate().await, 1, "a generated password replaces the ticket");
}

#[tokio::test]
async fn a_password_runs_out() {
    for (authenticate, result) in [(PATIENCE, 0), (Duration::ZERO, 1)] {
        let consoles = consoles_with(NEW, Timing { authenticate, ..Timing::default() });
        let mut client = Client::open(&consoles, NEW, vnc(100, false));
        assert_eq!(client.authenticate().await, result);
        // vncterm's password is not the guest's.
        let mut client = Client::open(&consoles, NEW, vnc(102, false));
        assert_eq!(client.authenticate().await, 0);
    }
}

#[tokio::test]
async fn a_guest_that_is_off_gives_an_empty_stream() {
    let consoles = consoles(NEW);
    consoles.set_state(100, GuestState::Stopped);
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    assert_eq!(client.rest().await, b"");
    assert_eq!(client.worker.await.unwrap(), WorkerEnd::Failed);
    assert_eq!(WorkerEnd::Failed.status(), "Failed to run vncproxy.");
    assert_eq!(consoles.screen_text(100).await, None);
}

#[tokio::test]
async fn stopping_ends_and_resetting_keeps_the_console() {
    let consoles = consoles(NEW);
    for vmid in [100, 102] {
        let mut client = Client::open(&consoles, NEW, vnc(vmid, false));
        client.join(true).await;
        consoles.reset(vmid);
        client.press('a').await;
        shows(&consoles, vmid, "a").await;
        consoles.set_state(vmid, GuestState::Paused);
        // Off and on again at once is another run: the old console ends all the same.
        consoles.set_state(vmid, GuestState::Stopped);
        consoles.set_state(vmid, GuestState::Running);
        client.rest().await;
        assert_eq!(client.worker.await.unwrap(), WorkerEnd::Ok);
    }
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    client.join(true).await;
    let web = Guest { vmid: 100, name: "web-02".into(), display: Display::Builtin, state: GuestState::Running };
    consoles.add_guest(web);
    client.rest().await;
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    assert_eq!(client.join(true).await, (720, 400, "QEMU (web-02)".into()));
    consoles.stop().await;
    client.rest().await;
    assert_eq!(consoles.listener("pve1", client.port), None);
}

#[tokio::test]
async fn vncterm_stays_for_its_next_viewer() {
    let timing = Timing { first_viewer: SOON, ..Timing::default() };
    let opened = consoles_with(NEW, timing).open(vnc(102, false), ticket).unwrap();
    assert_eq!(end(opened.worker).await, WorkerEnd::TimedOut);

    let patient = consoles(NEW);
    let first = Client::open(&patient, NEW, vnc(102, false));
    drop(first.stream);
    let waits = async {
        while patient.listener("pve1", first.port).is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.expect("vncterm waits again");
    assert!(patient.attach("pve1", first.port).is_some());

    let consoles = consoles_with(NEW, Timing { last_viewer: SOON, ..Timing::default() });
    let client = Client::open(&consoles, NEW, vnc(102, false));
    drop(client.stream);
    assert_eq!(end(client.worker).await, WorkerEnd::Ok);
    assert!(consoles.attach("pve1", client.port).is_none());
}

#[tokio::test]
async fn vncterm_ends_without_input() {
    let consoles = consoles_with(NEW, Timing { idle: SOON, ..Timing::default() });
    let mut client = Client::open(&consoles, NEW, vnc(102, false));
    assert_eq!(client.authenticate().await, 0);
    client.send(&[1]).await;
    client.rest().await;
    // A QEMU console has no such limit.
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    client.join(true).await;
    client.picture(720, 400).await;
}
