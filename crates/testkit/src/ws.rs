//! A browser's side of a WebSocket and of RFB, as small as tests need it (RFC 6455, RFC 6143).

use std::time::Duration;

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How a WebSocket ended: close code and reason, or `None` for a bare end of the connection.
pub type Closed = Option<(u16, String)>;

/// A WebSocket whose binary frames are read as one stream of bytes.
pub struct WebSocket {
    io: TokioIo<Upgraded>,
    unread: Vec<u8>,
    closed: Option<Closed>,
}

impl WebSocket {
    pub(crate) fn new(io: TokioIo<Upgraded>) -> Self {
        Self { io, unread: Vec::new(), closed: None }
    }

    /// Sends one masked binary frame of at most 65,535 bytes.
    ///
    /// # Panics
    /// When the other side is gone.
    pub async fn send(&mut self, payload: &[u8]) {
        self.frame(0x82, payload).await.expect("a connection to write to");
    }

    /// Sends one masked frame with this first byte.
    ///
    /// # Errors
    /// The connection's.
    pub async fn frame(&mut self, first: u8, payload: &[u8]) -> std::io::Result<()> {
        let mask = [0x37, 0xfa, 0x21, 0x3d];
        let mut frame = vec![first];
        match u16::try_from(payload.len()).expect("a small frame") {
            small @ 0..=125 => frame.push(0x80 | u8::try_from(small).expect("at most 125")),
            large => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&large.to_be_bytes());
            }
        }
        frame.extend_from_slice(&mask);
        frame.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ mask[at % 4]));
        self.io.write_all(&frame).await
    }

    /// Reads one frame: binary ones are kept, pings answered, a close remembered.
    async fn next(&mut self) -> std::io::Result<()> {
        let first = self.io.read_u8().await?;
        let length = match self.io.read_u8().await? {
            126 => u64::from(self.io.read_u16().await?),
            127 => self.io.read_u64().await?,
            small => u64::from(small),
        };
        assert!(length <= 1 << 20, "a frame of {length} bytes");
        let mut payload = vec![0; usize::try_from(length).expect("a small frame")];
        self.io.read_exact(&mut payload).await?;
        match first & 0x0f {
            2 => self.unread.extend_from_slice(&payload),
            8 => {
                let code = payload.first_chunk().map_or(1005, |code: &[u8; 2]| u16::from_be_bytes(*code));
                let reason = String::from_utf8_lossy(payload.get(2..).unwrap_or_default()).into_owned();
                self.closed = Some(Some((code, reason)));
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

    /// The next `count` bytes.
    ///
    /// # Errors
    /// How the WebSocket ended, when it ended before.
    pub async fn read(&mut self, count: usize) -> Result<Vec<u8>, Closed> {
        while self.unread.len() < count {
            if let Some(closed) = self.closed.clone() {
                return Err(closed);
            }
            self.step().await;
        }
        Ok(self.unread.drain(..count).collect())
    }

    /// Reads on until the end, and says how it came.
    pub async fn closed(&mut self) -> Closed {
        loop {
            if let Some(closed) = self.closed.clone() {
                return closed;
            }
            self.step().await;
            self.unread.clear();
        }
    }

    /// The RFB handshake as a browser does it: version, security type None, shared. The picture's width and height.
    ///
    /// # Errors
    /// How the WebSocket ended, when it ended before.
    ///
    /// # Panics
    /// When something else than security type None is offered.
    pub async fn rfb(&mut self) -> Result<(u16, u16), Closed> {
        assert_eq!(self.read(12).await?, b"RFB 003.008\n");
        self.send(b"RFB 003.008\n").await;
        assert_eq!(self.read(2).await?, [1, 1], "one security type: None");
        self.send(&[1]).await;
        assert_eq!(self.read(4).await?, [0, 0, 0, 0], "SecurityResult");
        self.send(&[0]).await;
        let init = self.read(24).await?;
        let name = u32::from_be_bytes([init[20], init[21], init[22], init[23]]);
        self.read(usize::try_from(name).expect("a short name")).await?;
        Ok((u16::from_be_bytes([init[0], init[1]]), u16::from_be_bytes([init[2], init[3]])))
    }
}
