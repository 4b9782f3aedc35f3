//! The browser's leg before its session: it waits, or is told why there will be none.

use std::future::poll_fn;
use std::task::{Poll, ready};

use nexus_net::stream::Stream;

use crate::limits::GOODBYE;
use crate::ws::{self, Decoder, FrameError, Opcode, Piece};
use crate::{EndReason, limits};

/// What a browser may send before it is greeted; a real one sends nothing.
const EARLY: usize = 4 << 10;

/// The browser's WebSocket right after our 101.
#[derive(Debug)]
pub struct Browser {
    pub(crate) stream: Stream,
}

impl Browser {
    /// `stream` begins with the browser's first frame.
    pub fn new(stream: Stream) -> Self {
        Self { stream }
    }

    /// Waits until the browser has gone away, for as long as there is no session yet.
    ///
    /// What it sends meanwhile is kept; more than 4 KiB before the greeting counts as gone.
    pub async fn gone(&mut self) {
        let mut early = Vec::new();
        let stream = &mut self.stream;
        poll_fn(|cx| {
            loop {
                // Kept on every way out of here, so that this may be dropped at any time.
                let read = stream.poll_fill(cx, &mut |bytes| {
                    early.extend_from_slice(bytes);
                    Ok(())
                });
                if read.is_pending() && !early.is_empty() {
                    stream.unread(&early);
                    early.clear();
                    // What was put back would be read again at once: wait for the next wake-up.
                    return Poll::Pending;
                }
                let failed = ready!(read).is_err();
                if failed || stream.peer_end().is_some() || early.len() > EARLY {
                    return Poll::Ready(());
                }
            }
        })
        .await;
    }

    /// Tells the browser why there is no console and closes; takes 2 s at most.
    pub async fn close(self, reason: EndReason) {
        self.close_saying(reason, reason.name()).await;
    }

    /// The same, with other words than the reason's name.
    pub async fn close_saying(mut self, reason: EndReason, words: &str) {
        let mut frame = Vec::new();
        ws::frame_down(Opcode::Close, &ws::close_payload(reason.code(), words), &mut frame);
        // There is nobody left to tell of a failure.
        let _ = tokio::time::timeout(limits::GOODBYE, async {
            self.stream.write(&frame)?;
            farewell(&mut self.stream, &mut Decoder::new()).await
        })
        .await;
    }
}

/// After our close frame: sends what is unsent, waits for the browser's close (RFC 6455 section 7.1.2), ends TLS.
///
/// The caller bounds the time; half of it may be spent on waiting.
pub(crate) async fn farewell(stream: &mut Stream, decoder: &mut Decoder) -> std::io::Result<()> {
    poll_fn(|cx| stream.poll_drain(cx)).await?;
    let mut scratch = Vec::new();
    let answered = poll_fn(|cx| {
        loop {
            if decoder.is_closed() || stream.peer_end().is_some() {
                return Poll::Ready(());
            }
            let read = stream.poll_fill(cx, &mut |bytes| {
                // A browser that breaks the protocol now is as good as closed.
                let fed = decoder.feed(bytes, &mut scratch, &mut |_: Piece<'_>| Ok::<(), FrameError>(()));
                fed.map_err(std::io::Error::other)
            });
            if ready!(read).is_err() {
                return Poll::Ready(());
            }
        }
    });
    // Not waiting longer is no failure.
    let _ = tokio::time::timeout(GOODBYE / 2, answered).await;
    stream.close().await
}
