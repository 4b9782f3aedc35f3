//! A small RFB client for the tests of the consoles.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::oneshot;

use super::{
    Consoles, Display, Generation, Guest, GuestState, Protocol, Request, Settings, Target, Timing, WorkerEnd, auth,
};

/// Longer than anything takes that a test waits for.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// The protocol version both sides speak.
pub(super) const VERSION: &[u8; 12] = b"RFB 003.008\n";

/// Consoles with a guest of each display: 100 built-in, 102 serial, both running.
pub(super) fn consoles(generation: Generation) -> Consoles {
    consoles_with(generation, Timing::default())
}

/// The same with other waiting times.
pub(super) fn consoles_with(generation: Generation, timing: Timing) -> Consoles {
    let consoles = Consoles::new(Settings { timing, ..Settings::new(generation) });
    for (vmid, name, display) in [(100, "web-01", Display::Builtin), (102, "ct-01", Display::Serial)] {
        consoles.add_guest(Guest { vmid, name: name.into(), display, state: GuestState::Running });
    }
    consoles
}

/// A request for a VNC console of a guest.
pub(super) fn vnc(vmid: u32, generate_password: bool) -> Request {
    let protocol = Protocol::Vnc { generate_password, size: None };
    Request { node: "pve1".into(), target: Target::Guest(vmid), user: "broker@pve!nexus".into(), protocol }
}

/// A ticket as the HTTP side makes it.
pub(super) fn ticket(port: u16, password: Option<&str>) -> String {
    match password {
        Some(password) => format!("{password}:PVEVNC:6B016ABF::c2ln{port}"),
        None => "PVEVNC:6B016ABF::c2ln".to_owned(),
    }
}

/// An attached console.
pub(super) struct Client {
    pub(super) stream: DuplexStream,
    pub(super) user: String,
    pub(super) ticket: String,
    pub(super) secret: Vec<u8>,
    pub(super) port: u16,
    pub(super) worker: oneshot::Receiver<WorkerEnd>,
    challenge: [u8; 16],
}

impl Client {
    /// Opens a console and connects to it. On 8.3 the ticket never has the password in front.
    pub(super) fn open(consoles: &Consoles, generation: Generation, request: Request) -> Self {
        let (node, user) = (request.node.clone(), request.user.clone());
        let opened = consoles.open(request, |port, password| match generation {
            Generation::V9_2 => ticket(port, password),
            Generation::V8_3 => ticket(port, None),
        });
        let opened = opened.unwrap();
        let stream = consoles.attach(&node, opened.port).expect("a worker waits");
        let secret = opened.password.unwrap_or_else(|| opened.ticket.clone()).into_bytes();
        let (ticket, port, worker) = (opened.ticket, opened.port, opened.worker);
        Self { stream, user, ticket, secret, port, worker, challenge: [0; 16] }
    }

    /// Exactly so many bytes.
    pub(super) async fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = tokio::time::timeout(PATIENCE, self.stream.read_exact(&mut bytes)).await;
        read.expect("an answer in time").unwrap_or_else(|error| panic!("{error} while {count} bytes were expected"));
        if count == 16 {
            self.challenge.copy_from_slice(&bytes);
        }
        bytes
    }

    /// Sends bytes.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Everything until the end of the stream, which must come.
    pub(super) async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.stream.read_to_end(&mut bytes)).await;
        read.expect("an end in time").unwrap();
        bytes
    }

    /// The right response to the challenge read last.
    pub(super) fn response(&self) -> [u8; 16] {
        auth::response(&self.secret, &self.challenge)
    }

    /// A response to the challenge read last by another password.
    pub(super) fn wrong_response(&self) -> [u8; 16] {
        auth::response(b"wrongpw!", &self.challenge)
    }

    /// The handshake up to the result.
    pub(super) async fn authenticate(&mut self) -> u32 {
        assert_eq!(self.read(12).await, VERSION);
        self.send(VERSION).await;
        assert_eq!(self.read(2).await, [1, 2]);
        self.send(&[2]).await;
        self.read(16).await;
        self.send(&self.response()).await;
        u32::from_be_bytes(self.read(4).await.try_into().unwrap())
    }

    /// The whole handshake; returns width, height and name.
    pub(super) async fn join(&mut self, shared: bool) -> (u16, u16, String) {
        assert_eq!(self.authenticate().await, 0, "authentication");
        self.send(&[u8::from(shared)]).await;
        let init = self.read(24).await;
        let length = u32::from_be_bytes(init[20..24].try_into().unwrap());
        let name = self.read(length as usize).await;
        let at = |at: usize| u16::from_be_bytes([init[at], init[at + 1]]);
        (at(0), at(2), String::from_utf8(name).unwrap())
    }

    /// Presses and releases the key of a character.
    pub(super) async fn press(&mut self, character: char) {
        for down in [1, 0] {
            let mut message = vec![4, down, 0, 0];
            message.extend(u32::from(character).to_be_bytes());
            self.send(&message).await;
        }
    }

    /// Asks for a whole picture in 32 bits and reads its one Raw rectangle; returns the pixels.
    pub(super) async fn picture(&mut self, width: u16, height: u16) -> Vec<u8> {
        let mut request = vec![3, 0, 0, 0, 0, 0];
        request.extend(width.to_be_bytes());
        request.extend(height.to_be_bytes());
        self.send(&request).await;
        let head = self.read(16).await;
        assert_eq!(head[..4], [0, 0, 0, 1]);
        self.read(usize::from(width) * usize::from(height) * 4).await
    }
}

/// Waits until a guest's screen shows a text.
pub(super) async fn shows(consoles: &Consoles, vmid: u32, text: &str) -> String {
    let seen = async {
        loop {
            if let Some(screen) = consoles.screen_text(vmid).await
                && screen.contains(text)
            {
                return screen;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    match tokio::time::timeout(PATIENCE, seen).await {
        Ok(screen) => screen,
        Err(_) => panic!("{text:?} never came: {:?}", consoles.screen_text(vmid).await),
    }
}
