//! Every fault shows what it promises, once, and only where it is armed.

use crate::console::testing::{Client, VERSION, consoles, vnc};
use crate::console::{Generation, RfbFault, Step};

const NEW: Generation = Generation::V9_2;

/// How many of the handshake's steps the client gets to see whole, and what comes after them at the end.
async fn walk(client: &mut Client, steps: usize) {
    if steps >= 1 {
        assert_eq!(client.read(12).await, VERSION);
        client.send(VERSION).await;
    }
    if steps >= 2 {
        assert_eq!(client.read(2).await, [1, 2]);
        client.send(&[2]).await;
    }
    if steps >= 3 {
        client.read(16).await;
        let response = client.response();
        client.send(&response).await;
    }
    if steps >= 4 {
        assert_eq!(client.read(4).await, [0; 4]);
        client.send(&[1]).await;
    }
    if steps >= 5 {
        let init = client.read(24).await;
        client.read(usize::from(init[23])).await;
        client.send(&[3, 0, 0, 0, 0, 0, 2, 0xd0, 1, 0x90]).await;
    }
}

const STEPS: [Step; 6] =
    [Step::Version, Step::SecurityTypes, Step::Challenge, Step::Result, Step::ServerInit, Step::FirstUpdate];

#[tokio::test]
async fn closes_instead_of_each_step() {
    for vmid in [100, 102] {
        let consoles = consoles(NEW);
        for (steps, step) in STEPS.into_iter().enumerate() {
            consoles.fault(Some(vmid), RfbFault::CloseAt(step), Some(1));
            let mut client = Client::open(&consoles, NEW, vnc(vmid, false));
            // The last message may find nobody.
            walk(&mut client, steps.min(4)).await;
            if steps == 5 {
                let init = client.read(24).await;
                client.read(usize::from(init[23])).await;
            }
            assert_eq!(client.rest().await, b"", "{step:?}");
        }
        let mut client = Client::open(&consoles, NEW, vnc(vmid, false));
        client.join(true).await;
    }
}

#[tokio::test]
async fn falls_silent_instead_of_each_step() {
    let consoles = consoles(NEW);
    for (steps, step) in STEPS.into_iter().enumerate() {
        consoles.fault(None, RfbFault::HangAt(step), Some(1));
        let mut client = Client::open(&consoles, NEW, vnc(100, false));
        walk(&mut client, steps).await;
        let mut byte = [0u8; 1];
        let read = tokio::io::AsyncReadExt::read(&mut client.stream, &mut byte);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(50), read).await.is_err(), "{step:?}");
    }
}

#[tokio::test]
async fn speaks_nonsense() {
    let consoles = consoles(NEW);
    let start = async |fault, steps| {
        consoles.fault(Some(100), fault, Some(1));
        let mut client = Client::open(&consoles, NEW, vnc(100, false));
        walk(&mut client, steps).await;
        client
    };
    assert_eq!(start(RfbFault::WrongVersion, 0).await.read(12).await, b"RFB 009.999\n");
    assert_ne!(start(RfbFault::Garbage, 0).await.read(4).await, b"RFB ");
    assert_eq!(start(RfbFault::UnknownSecurity, 1).await.read(2).await, [1, 77]);
    assert_eq!(start(RfbFault::NoSecurity, 1).await.rest().await, b"\0\0\0\0\x10Too many viewers");
    let refused = start(RfbFault::RefusePassword, 3).await.rest().await;
    assert_eq!(refused, b"\0\0\0\x01\0\0\0\x16Authentication failed\0");
    assert_eq!(start(RfbFault::HugeReason, 3).await.read(8).await, [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(start(RfbFault::HugeName, 4).await.read(24).await[20..], [0xff; 4]);
}

#[tokio::test]
async fn faults_stay_until_cleared() {
    let consoles = consoles(NEW);
    consoles.fault(None, RfbFault::CloseAt(Step::Version), None);
    for vmid in [100, 102, 100] {
        assert_eq!(Client::open(&consoles, NEW, vnc(vmid, false)).rest().await, b"");
    }
    consoles.clear_faults();
    Client::open(&consoles, NEW, vnc(100, false)).join(true).await;
}
