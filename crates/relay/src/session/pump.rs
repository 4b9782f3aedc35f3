//! The pump: both directions of a session in one task, one read and one write per direction and turn.
//!
//! Rules it keeps: it yields after every turn, so that a busy console does not starve the thread's others; it reads a
//! leg only while the other has nothing unsent; its working space belongs to the thread; an end signal comes first.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use nexus_net::stream::{Stream, TurnError};
use tokio::time::{Sleep, sleep_until, timeout};

use super::Options;
use super::clock::{Clock, Legs};
use super::own::Own;
use super::round::Rounds;
use crate::browser::farewell;
use crate::limits::{FRAME_UP, GOODBYE};
use crate::rfb::{Front, FrontError, Stage};
use crate::ws::{self, Decoder, FrameError, Opcode, Piece, Stop, Walker};
use crate::{EndReason, EndSignal, State, Stats};

/// Working space for what browsers send; empty between turns.
#[derive(Default)]
struct Space {
    unmasked: Vec<u8>,
    back: Vec<u8>,
    on: Vec<u8>,
    headers: Vec<u8>,
}

thread_local! {
    static SPACE: RefCell<Space> = RefCell::default();
}

/// What a browser sent is refused.
enum Refused {
    Frame(FrameError),
    Front(FrontError),
}

impl From<FrameError> for Refused {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

pub(super) struct Pump {
    browser: Stream,
    upstream: Stream,
    decoder: Decoder,
    front: Front,
    walker: Walker,
    own: Own,
    /// The pings of PVE.
    rounds: Rounds,
    clock: Clock,
    /// The code with which the browser closed.
    its_code: Option<u16>,
    stats: Arc<Stats>,
}

impl Pump {
    pub(super) fn new(browser: Stream, upstream: Stream, options: Options, stats: Arc<Stats>) -> Self {
        let mut own = Own::default();
        own.greet(Front::greeting());
        Self {
            browser,
            upstream,
            decoder: Decoder::new(),
            front: Front::new(options.rights()),
            walker: Walker::new(),
            own,
            rounds: Rounds::default(),
            clock: Clock::new(options, Instant::now()),
            its_code: None,
            stats,
        }
    }

    /// Moves bytes until there is a reason to end.
    pub(super) async fn run(&mut self, end: &EndSignal) -> EndReason {
        let mut ended = Box::pin(end.wait());
        let mut timer = match self.look(Instant::now()) {
            Ok(next) => Box::pin(sleep_until(next.into())),
            Err(reason) => return reason,
        };
        loop {
            let turn = poll_fn(|cx| {
                if ended.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(end.reason().unwrap_or(EndReason::Internal)));
                }
                self.poll(cx, timer.as_mut())
            });
            if let Err(reason) = turn.await {
                return reason;
            }
            self.stats.add_turn();
            tokio::task::yield_now().await;
        }
    }

    fn legs(&self) -> Legs {
        Legs {
            live: self.front.stage() == Stage::Live,
            browser_unsent: self.browser.unsent() > 0,
            upstream_unsent: self.upstream.unsent() > 0,
        }
    }

    /// Does what the clock asks for; when to look again.
    fn look(&mut self, now: Instant) -> Result<Instant, EndReason> {
        let due = self.clock.check(now, self.legs());
        if let Some(reason) = due.end {
            return Err(reason);
        }
        if due.ping {
            self.own.ping();
        }
        if due.ping_upstream && self.upstream.unsent() == 0 {
            let mut frame = Vec::new();
            ws::frame_up(Opcode::Ping, &self.rounds.begin(now), &mut frame);
            self.upstream.write(&frame).map_err(|error| pve_failed(&error))?;
        }
        Ok(due.next)
    }

    /// One turn: whatever can be done now, each thing once. Pending when there was nothing.
    fn poll(&mut self, cx: &mut Context<'_>, mut timer: Pin<&mut Sleep>) -> Poll<Result<(), EndReason>> {
        let mut did = false;
        if timer.as_mut().poll(cx).is_ready() {
            match self.look(Instant::now()) {
                Ok(next) => timer.reset(next.into()),
                Err(reason) => return Poll::Ready(Err(reason)),
            }
            did = true;
        }
        did |= self.drain(cx)?;
        if self.browser.unsent() == 0 && self.own.waits() && self.walker.at_border() {
            let frames = self.own.take();
            self.browser.write(&frames).map_err(|error| browser_failed(&error))?;
            did = true;
        }
        if self.browser.unsent() == 0
            && self.front.stage() == Stage::Live
            && let Poll::Ready(turned) = self.poll_down(cx)
        {
            turned?;
            did = true;
        }
        if self.upstream.unsent() == 0
            && let Poll::Ready(turned) = self.poll_up(cx)
        {
            turned?;
            did = true;
        }
        if did { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    /// Gets unsent bytes out. True: some went.
    fn drain(&mut self, cx: &mut Context<'_>) -> Result<bool, EndReason> {
        let mut did = false;
        let before = self.browser.unsent();
        if before > 0 {
            if let Poll::Ready(Err(error)) = self.browser.poll_drain(cx) {
                return Err(browser_failed(&error));
            }
            if self.browser.unsent() < before {
                self.clock.browser_took(Instant::now());
                did = true;
            }
        }
        let before = self.upstream.unsent();
        if before > 0 {
            if let Poll::Ready(Err(error)) = self.upstream.poll_drain(cx) {
                return Err(pve_failed(&error));
            }
            if self.upstream.unsent() < before {
                self.clock.upstream_took(Instant::now());
                did = true;
            }
        }
        Ok(did)
    }

    /// One turn from PVE to the browser: bytes pass as they are, frames of ours go in at a border.
    fn poll_down(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), EndReason>> {
        let Self { browser, upstream, walker, own, .. } = self;
        let (mut stop, mut passed, mut pong) = (None, 0, None);
        let turned = upstream.poll_turn(browser, cx, |plain, out| {
            if stop.is_some() || own.closed {
                return Ok(());
            }
            if own.waits() && walker.at_border() {
                out.put(&own.take())?;
            }
            let walk = walker.walk(plain);
            stop = walk.stop;
            pong = walk.pong.or(pong);
            if own.closed {
                return Ok(());
            }
            out.put(walk.held())?;
            let whole = &plain[..walk.pass];
            passed += (walk.held().len() + whole.len()) as u64;
            match walk.border {
                Some(border) if own.waits() => {
                    let (before, after) = whole.split_at(border);
                    out.put(before)?;
                    out.put(&own.take())?;
                    if own.closed { Ok(()) } else { out.put(after) }
                }
                _ => out.put(whole),
            }
        });
        let Poll::Ready(turned) = turned else { return Poll::Pending };
        let now = Instant::now();
        self.clock.upstream_heard(now);
        self.stats.add_down(passed);
        if let Some(after) = pong.and_then(|number| self.rounds.end(number, now)) {
            self.stats.upstream_answered(after);
        }
        if self.browser.unsent() > 0 {
            // The time in which it must take something begins here.
            self.clock.browser_took(now);
        }
        Poll::Ready(match (turned, stop) {
            (Err(TurnError::Read(error)), _) => Err(pve_failed(&error)),
            (Err(TurnError::Write(error)), _) => Err(browser_failed(&error)),
            (Ok(()), Some(Stop::Closed)) => Err(EndReason::PveClosed),
            (Ok(()), Some(Stop::Bad(error))) => {
                tracing::debug!(%error, "pve broke the protocol");
                Err(EndReason::PveProtocol)
            }
            (Ok(()), None) if self.upstream.peer_end().is_some() => Err(EndReason::PveClosed),
            (Ok(()), None) => Ok(()),
        })
    }

    /// One turn from the browser to PVE: frames are unmasked, messages filtered, what may pass is framed anew.
    fn poll_up(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), EndReason>> {
        SPACE.with_borrow_mut(|space| self.poll_up_in(cx, space))
    }

    fn poll_up_in(&mut self, cx: &mut Context<'_>, space: &mut Space) -> Poll<Result<(), EndReason>> {
        let Self { browser, decoder, front, own, its_code, stats, .. } = self;
        let Space { unmasked, back, on, headers } = space;
        back.clear();
        on.clear();
        on.resize(ws::ROOM, 0);
        let (mut input, mut refused) = (false, None);
        let read = browser.poll_fill(cx, &mut |plain| {
            if refused.is_none() {
                let fed = decoder.feed(plain, unmasked, &mut |piece| {
                    match piece {
                        Piece::Data(bytes) => input |= front.feed(bytes, back, on).map_err(Refused::Front)?.input,
                        Piece::Ping(payload) => own.pong(payload),
                        Piece::Pong(payload) => {
                            if let Some(after) = own.answered(payload) {
                                stats.browser_answered(after);
                            }
                        }
                        Piece::Close(code) => *its_code = code,
                    }
                    Ok(())
                });
                refused = fed.err();
            }
            Ok(())
        });
        let Poll::Ready(read) = read else { return Poll::Pending };
        own.greet(back);
        let now = Instant::now();
        self.clock.browser_heard(now);
        if input {
            self.clock.input(now);
            self.stats.input();
        }
        if self.front.stage() == Stage::Live && self.stats.state() == State::Greeting {
            self.stats.set_state(State::Live);
        }
        if on.len() > ws::ROOM {
            self.stats.add_up((on.len() - ws::ROOM) as u64);
            let parts = ws::frames_up(on, FRAME_UP, headers);
            self.upstream.write_parts(parts).map_err(|error| pve_failed(&error))?;
            if self.upstream.unsent() > 0 {
                self.clock.upstream_took(now);
            }
        }
        Poll::Ready(self.after_read(read, refused))
    }

    fn after_read(&self, read: io::Result<()>, refused: Option<Refused>) -> Result<(), EndReason> {
        match refused {
            Some(Refused::Frame(error)) => tracing::debug!(%error, "the browser broke the protocol"),
            Some(Refused::Front(error)) => tracing::debug!(%error, "the browser broke the protocol"),
            None if self.decoder.is_closed() => return Err(EndReason::ClientClosed),
            None => {
                read.map_err(|error| browser_failed(&error))?;
                return if self.browser.peer_end().is_some() { Err(EndReason::ClientGone) } else { Ok(()) };
            }
        }
        Err(EndReason::ProtocolError)
    }

    /// Tells both legs that it is over; takes 2 s at most.
    pub(super) async fn goodbye(&mut self, reason: EndReason, words: &str) {
        if matches!(reason, EndReason::ClientGone) {
            // Nobody is there to be told; PVE is.
            let _ = timeout(GOODBYE, leave(&mut self.upstream)).await;
            return;
        }
        self.own.close(reason, words, self.its_code);
        let all = async {
            // Half of the time for the frame that was begun; a console that is cut within one cannot finish it.
            let _ = timeout(GOODBYE / 2, self.finish_frame()).await;
            let told = self.fill_frame();
            let Self { browser, decoder, upstream, .. } = self;
            tokio::join!(leave(upstream), async {
                if told.is_ok() {
                    let _ = farewell(browser, decoder).await;
                }
            });
        };
        // Whoever does not listen to the end is dropped.
        let _ = timeout(GOODBYE, all).await;
    }

    /// Passes on what belongs to the frame that was begun, and the close frame behind it.
    async fn finish_frame(&mut self) {
        poll_fn(|cx| {
            loop {
                match self.browser.poll_drain(cx) {
                    Poll::Ready(Ok(())) if self.own.closed || self.walker.at_border() => return Poll::Ready(()),
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(_)) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
                match self.poll_down(cx) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(_)) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await;
    }

    /// Says the close frame. A frame of PVE's that will never be whole is filled up with zeros first, or else the
    /// browser would take the close for its payload; to RFB, zeros are an empty update at most.
    fn fill_frame(&mut self) -> io::Result<()> {
        if self.own.closed {
            return Ok(());
        }
        let zeros = [0; 4096];
        let mut missing = self.walker.missing();
        while missing > 0 {
            let now = missing.min(zeros.len() as u64);
            // At most 4 KiB.
            self.browser.write(&zeros[..now as usize])?;
            missing -= now;
        }
        let frames = self.own.take();
        self.browser.write(&frames)
    }
}

/// Leaves PVE: a close frame, on which pveproxy ends both sides, and the end of TLS.
async fn leave(upstream: &mut Stream) {
    let mut frame = Vec::new();
    ws::frame_up(Opcode::Close, &ws::close_payload(1000, ""), &mut frame);
    if upstream.write(&frame).is_ok() {
        let _ = upstream.close().await;
    }
}

/// PVE's leg failed.
fn pve_failed(error: &io::Error) -> EndReason {
    tracing::debug!(%error, "the connection to pve failed");
    match error.kind() {
        io::ErrorKind::InvalidData => EndReason::PveProtocol,
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted => EndReason::PveClosed,
        _ => EndReason::PveUnreachable,
    }
}

/// The browser's leg failed.
fn browser_failed(error: &io::Error) -> EndReason {
    tracing::debug!(%error, "the browser's connection failed");
    if error.kind() == io::ErrorKind::InvalidData { EndReason::ProtocolError } else { EndReason::ClientGone }
}
