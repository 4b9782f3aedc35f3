//! What a viewer of the built-in servers sees and does.

use crate::console::testing::{Client, consoles, shows, vnc};
use crate::console::{Generation, GuestState, Protocol, Request};

const NEW: Generation = Generation::V9_2;

#[tokio::test]
async fn keys_change_the_screen_and_are_recorded() {
    let consoles = consoles(NEW);
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    assert_eq!(client.join(true).await, (720, 400, "QEMU (web-01)".into()));
    assert!(client.picture(720, 400).await.iter().any(|byte| *byte != 0));
    let screen = consoles.screen_text(100).await.unwrap();
    assert!(screen.contains("web-01 - simulated guest"), "{screen}");
    for character in "Hello, Welt".chars() {
        client.press(character).await;
    }
    client.send(&[5, 1, 0, 9, 0, 9]).await;
    // Key with scan code, QEMU's way.
    client.send(&[255, 0, 0, 1, 0, 0, 0, 0x21, 0, 0, 0, 2]).await;
    shows(&consoles, 100, "> Hello, Welt!").await;
    let messages = consoles.client_messages(100);
    assert_eq!(messages.iter().filter(|message| message.is_key()).count(), 23);
    assert_eq!(messages.iter().filter(|message| message.is_pointer()).count(), 1);
    assert_eq!(messages[0].kind, 3);
    consoles.clear_messages(100);
    assert_eq!(consoles.client_messages(100), []);
}

#[tokio::test]
async fn the_picture_moves_while_the_guest_runs() {
    let consoles = consoles(NEW);
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    client.join(true).await;
    client.picture(720, 400).await;
    client.send(&[3, 1, 0, 0, 0, 0, 2, 0xd0, 1, 0x90]).await;
    let head = client.read(4).await;
    assert_eq!(head[..2], [0, 0]);
    for _ in 0..u16::from_be_bytes([head[2], head[3]]) {
        let area = client.read(12).await;
        let side = |at: usize| usize::from(u16::from_be_bytes([area[at], area[at + 1]]));
        assert_eq!(area[8..], [0; 4]);
        assert!(side(0) + side(4) <= 720 && side(2) + side(6) <= 400);
        client.read(side(4) * side(6) * 4).await;
    }
    consoles.set_state(100, GuestState::Paused);
    assert!(consoles.screen_text(100).await.unwrap().contains("paused"));
}

#[tokio::test]
async fn who_does_not_share_throws_the_others_out() {
    let consoles = consoles(NEW);
    let mut first = Client::open(&consoles, NEW, vnc(100, false));
    first.join(true).await;
    let mut second = Client::open(&consoles, NEW, vnc(100, false));
    second.join(true).await;
    first.picture(720, 400).await;
    let mut third = Client::open(&consoles, NEW, vnc(100, false));
    third.join(false).await;
    first.rest().await;
    second.rest().await;
    third.picture(720, 400).await;
}

#[tokio::test]
async fn vncterm_takes_the_size_asked_for() {
    let consoles = consoles(NEW);
    for (asked, shown) in [((1029, 777), (1024, 768)), ((16, 16), (16, 16)), ((4096, 2160), (4096, 2160))] {
        let protocol = Protocol::Vnc { generate_password: false, size: Some(asked) };
        let mut client = Client::open(&consoles, NEW, Request { protocol, ..vnc(102, false) });
        let (width, height, name) = client.join(true).await;
        assert_eq!(((width, height), name.as_str()), (shown, "VNC Command Terminal"));
    }
}

/// A client that talks without listening does not make the server grow or stick: its messages are still read.
#[tokio::test]
async fn a_client_that_reads_nothing_is_still_heard() {
    let consoles = consoles(NEW);
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    client.join(true).await;
    client.send(&[3, 0, 0, 0, 0, 0, 2, 0xd0, 1, 0x90]).await;
    client.press('q').await;
    let heard = async {
        while !consoles.client_messages(100).iter().any(crate::console::ClientMessage::is_key) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::console::testing::PATIENCE, heard).await.unwrap();
}

/// A broken client ends its own console only.
#[tokio::test]
async fn unreadable_messages_end_the_console() {
    let consoles = consoles(NEW);
    for message in [vec![77u8], [vec![0, 0, 0, 0], vec![9; 16]].concat()] {
        let mut client = Client::open(&consoles, NEW, vnc(100, false));
        client.join(true).await;
        client.send(&message).await;
        client.rest().await;
    }
    let mut client = Client::open(&consoles, NEW, vnc(100, false));
    client.join(true).await;
}
