//! A viewer in front of a real QEMU guest: bytes pass unchanged, client messages are read along and recorded.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::guest::GuestConsole;
use super::messages::Scanner;

/// What the client says before its first message with VNC authentication: version, security type, response, shared.
const HANDSHAKE: usize = 12 + 1 + 16 + 1;
/// Bytes taken at once.
const PIECE: usize = 64 * 1024;

/// Pumps until one side ends.
pub(super) async fn serve<C, Q>(client: C, qemu: Q, guest: &GuestConsole) -> io::Result<()>
where
    C: AsyncRead + AsyncWrite,
    Q: AsyncRead + AsyncWrite,
{
    let (from_client, to_client) = tokio::io::split(client);
    let (from_qemu, to_qemu) = tokio::io::split(qemu);
    let mut tap = Tap::default();
    tokio::select! {
        end = pump(from_client, to_qemu, |bytes| tap.see(bytes, guest)) => end,
        end = pump(from_qemu, to_client, |_| {}) => end,
    }
}

async fn pump<R, W>(mut from: R, mut to: W, mut see: impl FnMut(&[u8])) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut buffer = vec![0u8; PIECE];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        see(&buffer[..count]);
        to.write_all(&buffer[..count]).await?;
    }
}

/// Reads along with what the client says.
#[derive(Debug, Default)]
struct Tap {
    seen: usize,
    scanner: Scanner,
    lost: bool,
}

impl Tap {
    fn see(&mut self, bytes: &[u8], guest: &GuestConsole) {
        let rest = HANDSHAKE.saturating_sub(self.seen).min(bytes.len());
        self.seen = self.seen.saturating_add(bytes.len());
        if self.lost {
            return;
        }
        if let Err(unknown) = self.scanner.feed(&bytes[rest..], |message| guest.record(message)) {
            self.lost = true;
            tracing::warn!(kind = unknown.0, "a client message of unknown type: recording ends for this console");
        }
    }
}
