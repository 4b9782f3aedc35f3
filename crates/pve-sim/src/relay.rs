//! The websocket relay of pveproxy between a browser and a console's port (pve-http-server, AnyEvent.pm
//! `websocket_proxy`), with its limits and its faults: no ping, no close frame, no answer to a broken frame. It must
//! never be kinder than the original.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::sync::mpsc;

/// The largest payload either way.
const MAX_PAYLOAD: usize = 131_072;
/// How much the relay keeps for a client that does not read. The original has no limit.
const MAX_BACKLOG: usize = 2048;

/// Relays until one side ends; `early` holds bytes that came right after the upgrade request.
pub(crate) async fn run<S>(client: &mut S, early: Vec<u8>, console: DuplexStream)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (client_in, mut client_out) = tokio::io::split(client);
    let (mut console_in, console_out) = tokio::io::split(console);
    let (queue, mut frames) = mpsc::channel::<Vec<u8>>(MAX_BACKLOG);
    let up = Upward { input: client_in, console: console_out, queue: queue.clone(), buffer: early };
    let down = async {
        let mut buffer = vec![0; MAX_PAYLOAD];
        while let Ok(count @ 1..) = console_in.read(&mut buffer).await {
            if queue.send(frame(0x82, &buffer[..count])).await.is_err() {
                break;
            }
        }
    };
    let write = async {
        while let Some(frame) = frames.recv().await {
            if client_out.write_all(&frame).await.is_err() || client_out.flush().await.is_err() {
                return;
            }
        }
    };
    let mut write = Box::pin(write);
    tokio::select! {
        _ = up.run() => return,
        () = &mut write => return,
        () = down => {}
    }
    drop(queue);
    // The console ended. What cannot be written at once is thrown away, as the original does.
    tokio::select! {
        biased;
        () = write => {}
        () = settled() => {}
    }
}

/// Lets other tasks run a few times, so that a client that reads gets what was queued.
async fn settled() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}

/// An unmasked frame with FIN set (RFC 6455, 5.2).
fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![head];
    let length = payload.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..=125), _) => out.push(short),
        (_, Ok(medium)) => {
            out.push(126);
            out.extend(medium.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend(u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
    out
}

/// The direction from the client to the console.
struct Upward<R, W> {
    input: R,
    console: W,
    queue: mpsc::Sender<Vec<u8>>,
    buffer: Vec<u8>,
}

/// A frame from the client.
struct Frame {
    opcode: u8,
    payload: Vec<u8>,
    length: usize,
}

/// What the bytes of a client hold.
enum Next {
    Partial,
    Frame(Frame),
    /// The original's reader dies without a word.
    Violation,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Upward<R, W> {
    async fn run(mut self) -> io::Result<()> {
        loop {
            match decode(&self.buffer) {
                Next::Violation => return self.wedged().await,
                Next::Frame(frame) => {
                    self.buffer.drain(..frame.length);
                    if self.take(frame).await? {
                        return Ok(());
                    }
                }
                Next::Partial => {
                    if self.input.read_buf(&mut self.buffer).await? == 0 {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Handles a frame; true at the end.
    async fn take(&mut self, frame_in: Frame) -> io::Result<bool> {
        match frame_in.opcode {
            1 | 2 => {
                self.console.write_all(&frame_in.payload).await?;
                self.console.flush().await?;
            }
            8 => return Ok(true),
            9 => {
                let pong = frame(0x8A, &frame_in.payload);
                let _ = self.queue.send(pong).await;
            }
            // A pong, a continuation or something unknown: lost.
            _ => {}
        }
        Ok(false)
    }

    /// Reads on without looking, until the client leaves.
    async fn wedged(mut self) -> io::Result<()> {
        let mut sink = vec![0; 16_384];
        while self.input.read(&mut sink).await? > 0 {}
        Ok(())
    }
}

fn decode(buffer: &[u8]) -> Next {
    let [first, second, ..] = *buffer else { return Next::Partial };
    let unfragmented = first & 0x80 != 0;
    let reserved = first & 0x70 != 0;
    let masked = second & 0x80 != 0;
    if !unfragmented || reserved || !masked {
        return Next::Violation;
    }
    let (length, start) = match second & 0x7f {
        126 if buffer.len() < 4 => return Next::Partial,
        126 => (usize::from(u16::from_be_bytes([buffer[2], buffer[3]])), 4),
        127 if buffer.len() < 10 => return Next::Partial,
        127 => {
            let bytes: [u8; 8] = buffer[2..10].try_into().expect("the slice has eight bytes");
            (usize::try_from(u64::from_be_bytes(bytes)).unwrap_or(usize::MAX), 10)
        }
        short => (usize::from(short), 2),
    };
    if length > MAX_PAYLOAD {
        return Next::Violation;
    }
    let end = start + 4 + length;
    if buffer.len() < end {
        return Next::Partial;
    }
    let mask = [buffer[start], buffer[start + 1], buffer[start + 2], buffer[start + 3]];
    let payload = buffer[start + 4..end].iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    Next::Frame(Frame { opcode: first & 0x0f, payload, length: end })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::duplex;
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn start() -> (DuplexStream, DuplexStream, JoinHandle<()>) {
        let (client, mut client_far) = duplex(1 << 20);
        let (console, console_far) = duplex(1 << 20);
        let task = tokio::spawn(async move { run(&mut client_far, Vec::new(), console_far).await });
        (client, console, task)
    }

    fn masked(head: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = frame(head, payload);
        out[1] |= 0x80;
        let start = out.len() - payload.len();
        let mask = [1, 2, 3, 4];
        for (byte, mask) in out[start..].iter_mut().zip(mask.iter().cycle()) {
            *byte ^= mask;
        }
        out.splice(start..start, mask);
        out
    }

    async fn bytes(from: &mut DuplexStream, count: usize) -> Vec<u8> {
        let mut out = vec![0; count];
        timeout(PATIENCE, from.read_exact(&mut out)).await.unwrap().unwrap();
        out
    }

    #[tokio::test]
    async fn data_pings_and_lost_frames() {
        let (mut client, mut console, _task) = start();
        for (head, payload) in [(0x82, "binary "), (0x81, "text "), (0x80, "lost"), (0x83, "lost"), (0x8A, "lost")] {
            client.write_all(&masked(head, payload.as_bytes())).await.unwrap();
        }
        client.write_all(&masked(0x89, &[7; 200])).await.unwrap();
        assert_eq!(bytes(&mut client, 204).await, frame(0x8A, &[7; 200]));
        client.write_all(&masked(0x82, b"end")).await.unwrap();
        assert_eq!(bytes(&mut console, 15).await, b"binary text end");
        console.write_all(b"RFB 003.008\n").await.unwrap();
        assert_eq!(bytes(&mut client, 14).await, frame(0x82, b"RFB 003.008\n"));
    }

    #[tokio::test]
    async fn violations_wedge_the_reader_without_a_word() {
        let unmasked = frame(0x82, b"x");
        let fragment = masked(0x02, b"x");
        let reserved = masked(0xC2, b"x");
        let large = masked(0x82, &vec![0; MAX_PAYLOAD + 1]);
        for bad in [unmasked, fragment, reserved, large] {
            let (mut client, mut console, task) = start();
            client.write_all(&bad).await.unwrap();
            client.write_all(&masked(0x89, b"ping")).await.unwrap();
            // The other direction goes on, and it is all that comes: no pong before it.
            console.write_all(b"still here").await.unwrap();
            assert_eq!(bytes(&mut client, 12).await, frame(0x82, b"still here"));
            drop(client);
            timeout(PATIENCE, task).await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn the_largest_frame_passes() {
        let (mut client, mut console, _task) = start();
        let payload: Vec<u8> = (0..MAX_PAYLOAD).map(|n| u8::try_from(n % 251).unwrap()).collect();
        client.write_all(&masked(0x82, &payload)).await.unwrap();
        assert_eq!(bytes(&mut console, MAX_PAYLOAD).await, payload);
    }

    #[tokio::test]
    async fn a_close_frame_ends_both_sides_without_an_echo() {
        let (mut client, mut console, task) = start();
        client.write_all(&masked(0x88, &[3, 232])).await.unwrap();
        timeout(PATIENCE, task).await.unwrap().unwrap();
        assert_eq!(client.read_u8().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(console.read_u8().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn the_consoles_end_is_a_bare_end() {
        let (mut client, mut console, task) = start();
        console.write_all(b"bye").await.unwrap();
        drop(console);
        timeout(PATIENCE, task).await.unwrap().unwrap();
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.unwrap();
        assert_eq!(all, frame(0x82, b"bye"));
    }
}
