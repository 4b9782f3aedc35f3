//! Real QEMU guests. Without QEMU (or an assembler for x86) on the machine these tests say so and pass.

use std::path::PathBuf;

use super::sessions::play;
use crate::console::testing::{Client, PATIENCE, shows, vnc};
use crate::console::{Consoles, Display, Generation, Guest, GuestState, Settings, WorkerEnd};

const NEW: Generation = Generation::V9_2;

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found =
        std::env::split_paths(&path).map(|folder| folder.join("qemu-system-x86_64")).find(|file| file.is_file());
    if found.is_none() {
        eprintln!("skipped: qemu-system-x86_64 is not installed");
    }
    found
}

fn consoles(generation: Generation, limit: usize) -> Option<Consoles> {
    let qemu = installed()?;
    let consoles = Consoles::new(Settings { qemu: Some(qemu), qemu_limit: limit, ..Settings::new(generation) });
    for (vmid, name) in [(100, "web-01"), (101, "db-01")] {
        let guest = Guest { vmid, name: name.into(), display: Display::Qemu, state: GuestState::Running };
        consoles.add_guest(guest);
    }
    Some(consoles)
}

/// What the boot sector draws last.
const BOOTED: &str = " - simulated guest ";
/// What only the boot sector, not the built-in screen, shows at the start of a line.
const LABEL: &str = "\nKeys that arrive here:";

#[tokio::test]
async fn a_real_guest_repeats_keys_and_follows_its_power() {
    let Some(consoles) = consoles(NEW, 1) else { return };
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    assert_eq!(client.join(true).await.2, "QEMU (web-01)");
    let screen = shows(&consoles, 100, BOOTED).await;
    assert!(screen.starts_with("  web-01 - simulated guest ") && screen.contains(LABEL), "{screen}");
    // One by one: the keyboard controller has room for a few only.
    let mut typed = "> ".to_owned();
    for character in "hello".chars() {
        client.press(character).await;
        typed.push(character);
        shows(&consoles, 100, &typed).await;
    }
    assert_eq!(consoles.client_messages(100).iter().filter(|message| message.is_key()).count(), 10);

    consoles.reset(100);
    shows(&consoles, 100, "\n>\n").await;
    client.press('x').await;
    shows(&consoles, 100, "> x").await;

    consoles.set_state(100, GuestState::Stopped);
    client.rest().await;
    assert_eq!(client.worker.await.unwrap(), WorkerEnd::Ok);
    consoles.set_state(100, GuestState::Running);
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    client.join(true).await;
    shows(&consoles, 100, LABEL).await;
    consoles.stop().await;
    client.rest().await;
}

#[tokio::test]
async fn a_paused_guest_shows_its_last_picture_and_takes_no_keys() {
    let Some(consoles) = consoles(NEW, 1) else { return };
    consoles.set_state(100, GuestState::Paused);
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    assert_eq!(client.join(true).await, (720, 400, "QEMU (web-01)".into()));
    let before = shows(&consoles, 100, BOOTED).await;
    client.press('a').await;
    client.picture(720, 400).await;
    assert_eq!(consoles.screen_text(100).await.unwrap(), before);
    consoles.set_state(100, GuestState::Running);
    let runs = async { while consoles.screen_text(100).await.is_none_or(|screen| screen == before) {} };
    tokio::time::timeout(PATIENCE, runs).await.unwrap();
    client.press('b').await;
    shows(&consoles, 100, "> b").await;
    consoles.stop().await;
}

/// Opens consoles until the guest's VNC server shows the text mode: before, it has the firmware's size.
async fn text_mode(consoles: &Consoles, generation: Generation) {
    let reached = async {
        while Client::open(consoles, generation, vnc(100, false)).join(true).await.0 != 720 {
            shows(consoles, 100, BOOTED).await;
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.expect("the text mode in time");
}

#[tokio::test]
async fn real_guests_speak_as_recorded() {
    for generation in [NEW, Generation::V8_3] {
        let Some(consoles) = consoles(generation, 1) else { return };
        text_mode(&consoles, generation).await;
        let request = vnc(100, false);
        play(&consoles, generation, &request, include_str!("../../../fixtures/sessions/rfb-qemu.txt")).await;
        let failed = include_str!("../../../fixtures/sessions/rfb-qemu-auth-failed.txt");
        play(&consoles, generation, &request, failed).await;
        let refused = include_str!("../../../fixtures/sessions/rfb-qemu-second-console-refused.txt");
        play(&consoles, generation, &vnc(100, true), refused).await;
        if generation == Generation::V8_3 {
            let accepted = include_str!("../../../fixtures/sessions/rfb-qemu-second-console-accepted.txt");
            play(&consoles, generation, &request, accepted).await;
        }
        consoles.stop().await;
    }
}

#[tokio::test]
async fn beyond_the_limit_the_built_in_screen_is_shown() {
    let Some(consoles) = consoles(NEW, 1) else { return };
    let mut first = Client::open(&consoles, NEW, vnc(100, false));
    first.join(true).await;
    let mut second = Client::open(&consoles, NEW, vnc(101, false));
    assert_eq!(second.join(true).await, (720, 400, "QEMU (db-01)".into()));
    second.press('b').await;
    shows(&consoles, 101, "> b#").await;
    shows(&consoles, 100, LABEL).await;
    // A place that becomes free goes to the next guest that has not shown a screen yet in its run.
    consoles.set_state(100, GuestState::Stopped);
    first.rest().await;
    let mut again = Client::open(&consoles, NEW, vnc(101, false));
    again.join(true).await;
    shows(&consoles, 101, "> b#").await;
    consoles.stop().await;
}

#[tokio::test]
async fn without_the_program_the_built_in_screen_is_shown() {
    let settings = Settings { qemu: Some("/nowhere/qemu".into()), ..Settings::new(NEW) };
    let consoles = Consoles::new(settings);
    consoles.add_guest(Guest { vmid: 100, name: "a".into(), display: Display::Qemu, state: GuestState::Running });
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    client.join(true).await;
    client.press('k').await;
    shows(&consoles, 100, "> k#").await;
}

#[tokio::test]
async fn a_guest_that_crashed_starts_again() {
    let Some(consoles) = consoles(NEW, 1) else { return };
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    client.join(true).await;
    consoles.crash(100).await;
    client.rest().await;
    // The first console finds out, the second works.
    Client::open(&consoles, NEW, vnc(100, false)).rest().await;
    Client::open(&consoles, NEW, vnc(100, false)).join(true).await;
    shows(&consoles, 100, LABEL).await;
    consoles.stop().await;
}
