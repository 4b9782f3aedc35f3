//! A browser's side of a console: WebSocket frames and RFB over a loopback connection, right after the 101.

use std::time::Duration;

use nexus_app::access::{OpenConsole, SignedIn, WatchConsole};
use nexus_app::consoles::{ConsoleTicket, RequestError};
use nexus_net::stream::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::World;

/// How a WebSocket ended: code and reason; `None` for a bare end.
pub(crate) type Closed = Option<(u16, String)>;

pub(crate) struct Browser {
    io: TcpStream,
    unread: Vec<u8>,
    closed: Option<Closed>,
}

impl Browser {
    /// Both ends of a fresh connection.
    pub(crate) async fn pair() -> (Self, Stream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (ours, theirs) =
            tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), async { listener.accept().await });
        (Self { io: ours.unwrap(), unread: Vec::new(), closed: None }, Stream::plain(theirs.unwrap().0))
    }

    pub(crate) async fn send(&mut self, payload: &[u8]) {
        self.frame(0x82, payload).await.unwrap();
    }

    async fn frame(&mut self, first: u8, payload: &[u8]) -> std::io::Result<()> {
        let mask = [7, 1, 2, 9];
        let mut frame = vec![first, 0x80 | u8::try_from(payload.len()).unwrap()];
        frame.extend_from_slice(&mask);
        frame.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ mask[at % 4]));
        self.io.write_all(&frame).await
    }

    async fn next(&mut self) -> std::io::Result<()> {
        let first = self.io.read_u8().await?;
        let length = match self.io.read_u8().await? {
            126 => u64::from(self.io.read_u16().await?),
            127 => self.io.read_u64().await?,
            small => u64::from(small),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.io.read_exact(&mut payload).await?;
        match first & 0x0f {
            2 => self.unread.extend_from_slice(&payload),
            8 => {
                let code = payload.first_chunk().map_or(1005, |code: &[u8; 2]| u16::from_be_bytes(*code));
                self.closed = Some(Some((code, String::from_utf8_lossy(&payload[2..]).into_owned())));
            }
            9 => self.frame(0x8a, &payload).await?,
            _ => {}
        }
        Ok(())
    }

    async fn step(&mut self) {
        let read = tokio::time::timeout(Duration::from_secs(60), self.next()).await.expect("a frame within a minute");
        if read.is_err() {
            self.closed.get_or_insert(None);
        }
    }

    pub(crate) async fn read(&mut self, count: usize) -> Result<Vec<u8>, Closed> {
        while self.unread.len() < count {
            if let Some(closed) = self.closed.clone() {
                return Err(closed);
            }
            self.step().await;
        }
        Ok(self.unread.drain(..count).collect())
    }

    /// Reads on to the end; the name of its reason.
    pub(crate) async fn reason(&mut self) -> String {
        let (code, name) = self.end().await;
        let reason = nexus_relay::EndReason::ALL.iter().find(|reason| reason.name() == name);
        assert_eq!(reason.map(|reason| reason.code()), Some(code), "{name}");
        name
    }

    /// Reads on to the end; the code and the words of the close frame.
    pub(crate) async fn end(&mut self) -> (u16, String) {
        loop {
            if let Some(closed) = self.closed.clone() {
                return closed.expect("a close frame");
            }
            self.step().await;
            self.unread.clear();
        }
    }

    /// The handshake as a browser does it: no password is asked; the screen's width and height.
    pub(crate) async fn handshake(&mut self) -> Result<(u16, u16), Closed> {
        assert_eq!(self.read(12).await?, b"RFB 003.008\n");
        self.send(b"RFB 003.008\n").await;
        assert_eq!(self.read(2).await?, [1, 1], "one security type: None");
        self.send(&[1]).await;
        assert_eq!(self.read(4).await?, [0; 4], "the security result");
        self.send(&[0]).await;
        let init = self.read(24).await?;
        let name = u32::from_be_bytes([init[20], init[21], init[22], init[23]]);
        self.read(usize::try_from(name).unwrap()).await?;
        Ok((u16::from_be_bytes([init[0], init[1]]), u16::from_be_bytes([init[2], init[3]])))
    }

    /// Asks for the whole screen and waits for a first update of it, or for the colours that containers send before.
    pub(crate) async fn update(&mut self, (width, height): (u16, u16)) -> Result<(), Closed> {
        let mut request = vec![3, 0, 0, 0, 0, 0];
        request.extend_from_slice(&width.to_be_bytes());
        request.extend_from_slice(&height.to_be_bytes());
        self.send(&request).await;
        self.read(4).await.map(|head| assert!(head[0] <= 1, "a framebuffer update"))
    }

    pub(crate) async fn key(&mut self, keysym: u32) {
        for down in [1, 0] {
            let mut key = vec![4, down, 0, 0];
            key.extend_from_slice(&keysym.to_be_bytes());
            self.send(&key).await;
        }
    }
}

impl World {
    pub(crate) async fn request(
        &self,
        person: &SignedIn,
        vmid: u32,
        view_only: bool,
    ) -> Result<ConsoleTicket, RequestError> {
        let guest = self.guest(vmid);
        if view_only {
            let grant = self.app.access.guest_grant::<WatchConsole>(person, self.tenant, guest).await.unwrap();
            self.app.consoles.request_watch(grant).await
        } else {
            let grant = self.app.access.guest_grant::<OpenConsole>(person, self.tenant, guest).await.unwrap();
            self.app.consoles.request_control(grant).await
        }
    }

    /// Asks for a console and connects its browser.
    pub(crate) async fn open(&self, person: &SignedIn, vmid: u32, view_only: bool) -> (ConsoleTicket, Browser) {
        let ticket = self.request(person, vmid, view_only).await.unwrap();
        let claimed = self.app.consoles.claim(person, ticket.id).await.unwrap();
        let (browser, stream) = Browser::pair().await;
        claimed.run_on(async move { Ok(stream) }, ());
        (ticket, browser)
    }
}
