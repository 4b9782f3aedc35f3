//! A viewer of the built-in server after the handshake: reads its messages, sends pictures as Raw rectangles.
//!
//! In the manner of QEMU (true colour, DesktopSize, extended keys) or of vncterm (palette until told otherwise, ends
//! without input). Never sends more than was asked for, never keeps more than one picture.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::{Duration, Instant};

use super::auth::Secret;
use super::fault::{RfbFault, Step};
use super::guest::GuestConsole;
use super::messages::{ClientMessage, Scanner, be16, be32};
use super::pixel::{self, PixelFormat};
use super::rfb::{self, ServerInit};
use super::screen::{CELL_HEIGHT, Picture};

/// How often the picture is looked at for changes while the client waits.
const FRAME: Duration = Duration::from_millis(100);
/// The pseudo-encoding that tells a new size (RFC 6143, 7.8.2).
const DESKTOP_SIZE: i32 = -223;
/// QEMU's pseudo-encoding for key events with scan codes.
const EXTENDED_KEYS: i32 = -258;

/// In whose manner the server behaves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner {
    /// QEMU's VNC server.
    Qemu,
    /// vncterm with this size in pixels and this time without input.
    Vncterm { width: u16, height: u16, idle: Duration },
}

impl Manner {
    fn picture(self, guest: &GuestConsole) -> Picture {
        match self {
            Self::Qemu => guest.screen.vga(),
            Self::Vncterm { width, height, .. } => guest.screen.terminal(width, height),
        }
    }

    fn format(self) -> PixelFormat {
        match self {
            Self::Qemu => PixelFormat::QEMU,
            Self::Vncterm { .. } => PixelFormat::VNCTERM,
        }
    }
}

/// Serves one connection from the greeting to its end. `password` is what counts when the response is there.
pub(super) async fn serve<S>(
    mut stream: S,
    guest: &GuestConsole,
    manner: Manner,
    password: impl Fn() -> Option<Secret>,
    fault: Option<RfbFault>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let shared = rfb::handshake(&mut stream, password, fault).await?;
    let viewer = guest.enter(shared);
    let picture = manner.picture(guest);
    let name = match manner {
        Manner::Qemu => format!("QEMU ({})", guest.name),
        Manner::Vncterm { .. } => "VNC Command Terminal".to_owned(),
    };
    let format = manner.format().to_wire();
    let init = ServerInit { width: picture.width, height: picture.height, format, name: &name };
    rfb::server_init(&mut stream, init, fault).await?;
    rfb::break_at(&mut stream, Step::FirstUpdate, fault).await?;

    let (input, output) = tokio::io::split(stream);
    let (sender, messages) = mpsc::channel(256);
    let last_input = watch::Sender::new(Instant::now());
    let drawer = Drawer::new(manner, (picture.width, picture.height));
    tokio::select! {
        end = read(input, guest, sender, &last_input) => end,
        end = draw(output, guest, drawer, messages) => end,
        () = viewer.thrown_out.cancelled() => Ok(()),
        () = idle(manner, &last_input) => Ok(()),
    }
}

/// Reads and records the client's messages.
async fn read<R: AsyncRead + Unpin>(
    mut input: R,
    guest: &GuestConsole,
    sender: mpsc::Sender<ClientMessage>,
    last_input: &watch::Sender<Instant>,
) -> io::Result<()> {
    let mut scanner = Scanner::default();
    let mut buffer = vec![0u8; 16 * 1024];
    loop {
        let count = input.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        let mut arrived = Vec::new();
        let known = scanner.feed(&buffer[..count], |message| arrived.push(message));
        for message in arrived {
            guest.record(message.clone());
            if message.is_key() || message.is_pointer() {
                last_input.send_replace(Instant::now());
            }
            if sender.send(message).await.is_err() {
                return Ok(());
            }
        }
        if let Err(unknown) = known {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("client message type {}", unknown.0)));
        }
    }
}

/// Ends when vncterm has seen no input for its time.
async fn idle(manner: Manner, last_input: &watch::Sender<Instant>) {
    let Manner::Vncterm { idle, .. } = manner else { return std::future::pending().await };
    loop {
        let until = *last_input.borrow() + idle;
        if until <= Instant::now() {
            return;
        }
        tokio::time::sleep_until(until).await;
    }
}

/// Answers update requests as the picture changes.
async fn draw<W: AsyncWrite + Unpin>(
    mut output: W,
    guest: &GuestConsole,
    mut drawer: Drawer,
    mut messages: mpsc::Receiver<ClientMessage>,
) -> io::Result<()> {
    let mut changes = guest.screen.changes();
    loop {
        let bytes = drawer.step(guest);
        if !bytes.is_empty() {
            output.write_all(&bytes).await?;
        }
        let message = tokio::select! {
            biased;
            message = messages.recv() => match message {
                Some(message) => message,
                None => return Ok(()),
            },
            // The screen lives as long as the guest: this cannot fail.
            _ = changes.changed() => continue,
            () = tokio::time::sleep(FRAME), if drawer.waits_for_time() => continue,
        };
        drawer.take(guest, &message)?;
    }
}

/// An area in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    x: u16,
    y: u16,
    width: u16,
    height: u16,
}

impl Area {
    fn clipped(self, width: u16, height: u16) -> Self {
        let (x, y) = (self.x.min(width), self.y.min(height));
        Self { x, y, width: self.width.min(width - x), height: self.height.min(height - y) }
    }

    fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    fn contains(self, other: Self) -> bool {
        let ends = |area: Self| (u32::from(area.x) + u32::from(area.width), u32::from(area.y) + u32::from(area.height));
        let ((right, bottom), (other_right, other_bottom)) = (ends(self), ends(other));
        self.x <= other.x && self.y <= other.y && right >= other_right && bottom >= other_bottom
    }
}

/// What a viewer knows and wants.
#[derive(Debug)]
struct Drawer {
    manner: Manner,
    format: PixelFormat,
    size: (u16, u16),
    knows_desktop_size: bool,
    tell_extended_keys: bool,
    palette_due: bool,
    wanted: Option<(bool, Area)>,
    shown: Option<Picture>,
}

impl Drawer {
    fn new(manner: Manner, size: (u16, u16)) -> Self {
        let format = manner.format();
        Self {
            manner,
            format,
            size,
            knows_desktop_size: false,
            tell_extended_keys: false,
            palette_due: format.needs_palette(),
            wanted: None,
            shown: None,
        }
    }

    /// Whether the passing of time alone can give the client something new.
    fn waits_for_time(&self) -> bool {
        self.wanted.is_some() || (self.knows_desktop_size && matches!(self.manner, Manner::Qemu))
    }

    /// Takes in one client message.
    fn take(&mut self, guest: &GuestConsole, message: &ClientMessage) -> io::Result<()> {
        let bytes = &message.bytes;
        match message.kind {
            0 => {
                self.format = PixelFormat::from_wire(&bytes[4..20])
                    .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "pixel format"))?;
                self.palette_due = self.format.needs_palette();
            }
            2 => self.encodings(&bytes[4..]),
            3 => {
                let at = |at| be16(bytes, at).unwrap_or_default();
                let area = Area { x: at(2), y: at(4), width: at(6), height: at(8) };
                let incremental = bytes[1] != 0 && self.wanted.is_none_or(|(incremental, _)| incremental);
                self.wanted = Some((incremental, area));
            }
            _ => {
                if let Some((true, symbol)) = message.key() {
                    guest.screen.press(symbol);
                }
            }
        }
        Ok(())
    }

    fn encodings(&mut self, list: &[u8]) {
        self.knows_desktop_size = false;
        for at in (0..list.len()).step_by(4) {
            match be32(list, at).map(u32::cast_signed) {
                Some(DESKTOP_SIZE) => self.knows_desktop_size = true,
                Some(EXTENDED_KEYS) if matches!(self.manner, Manner::Qemu) => self.tell_extended_keys = true,
                _ => {}
            }
        }
    }

    /// What is to be sent now.
    fn step(&mut self, guest: &GuestConsole) -> Vec<u8> {
        let mut bytes = Vec::new();
        if std::mem::take(&mut self.tell_extended_keys) {
            bytes.extend(pseudo(self.size, EXTENDED_KEYS));
        }
        let picture = self.manner.picture(guest);
        let size = (picture.width, picture.height);
        if size != self.size && self.knows_desktop_size {
            self.size = size;
            self.shown = None;
            bytes.extend(pseudo(size, DESKTOP_SIZE));
        }
        let Some((incremental, wanted)) = self.wanted else { return bytes };
        let wanted = wanted.clipped(self.size.0, self.size.1);
        let areas = match &self.shown {
            Some(shown) if incremental && shown.columns == picture.columns && shown.rows == picture.rows => {
                changed(shown, &picture).into_iter().filter(|area| wanted.contains(*area)).collect()
            }
            _ => vec![wanted],
        };
        let areas: Vec<Area> = areas.into_iter().filter(|area| !area.is_empty()).collect();
        if areas.is_empty() {
            return bytes;
        }
        if std::mem::take(&mut self.palette_due) {
            bytes.extend(pixel::colour_map());
        }
        let count = u16::try_from(areas.len()).unwrap_or(u16::MAX);
        bytes.extend([0, 0]);
        bytes.extend(count.to_be_bytes());
        for area in areas {
            raw(&mut bytes, &picture, area, self.format);
        }
        self.wanted = None;
        self.shown = Some(match self.shown.take() {
            Some(shown) => {
                picture.with_older_around(&shown, |column, row| wanted.contains(cell(&picture, column, row)))
            }
            None => picture,
        });
        bytes
    }
}

/// An update of one pseudo-rectangle.
fn pseudo(size: (u16, u16), encoding: i32) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 1, 0, 0, 0, 0];
    bytes.extend(size.0.to_be_bytes());
    bytes.extend(size.1.to_be_bytes());
    bytes.extend(encoding.to_be_bytes());
    bytes
}

/// A rectangle in Raw encoding (RFC 6143, 7.7.1).
fn raw(bytes: &mut Vec<u8>, picture: &Picture, area: Area, format: PixelFormat) {
    for part in [area.x, area.y, area.width, area.height] {
        bytes.extend(part.to_be_bytes());
    }
    bytes.extend(0u32.to_be_bytes());
    let table = format.table();
    let size = format.bytes();
    bytes.reserve(usize::from(area.width) * usize::from(area.height) * size);
    for y in area.y..area.y + area.height {
        for x in area.x..area.x + area.width {
            let colour = usize::from(picture.pixel(x, y));
            bytes.extend_from_slice(&table[colour][..size]);
        }
    }
}

/// The area of one cell.
fn cell(picture: &Picture, column: u16, row: u16) -> Area {
    Area { x: column * picture.cell_width, y: row * CELL_HEIGHT, width: picture.cell_width, height: CELL_HEIGHT }
}

/// The areas in which two pictures of the same shape differ: for every row the cells from the first to the last
/// that changed, equal ones below each other joined.
fn changed(before: &Picture, after: &Picture) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    for row in 0..after.rows {
        let differs = |column: &u16| before.cell(*column, row) != after.cell(*column, row);
        let (Some(first), Some(last)) = ((0..after.columns).find(differs), (0..after.columns).rev().find(differs))
        else {
            continue;
        };
        let area = Area {
            x: first * after.cell_width,
            y: row * CELL_HEIGHT,
            width: (last - first + 1) * after.cell_width,
            height: CELL_HEIGHT,
        };
        match areas.last_mut() {
            Some(above) if above.x == area.x && above.width == area.width && above.y + above.height == area.y => {
                above.height += CELL_HEIGHT;
            }
            _ => areas.push(area),
        }
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{Display, GuestState};

    fn guest() -> GuestConsole {
        GuestConsole::new(Some(1), "web".into(), Display::Builtin, GuestState::Paused)
    }

    fn request(incremental: u8) -> ClientMessage {
        ClientMessage { kind: 3, bytes: vec![3, incremental, 0, 0, 0, 0, 2, 0xd0, 1, 0x90] }
    }

    #[test]
    fn sends_only_what_changed() {
        let guest = guest();
        let mut drawer = Drawer::new(Manner::Qemu, (720, 400));
        assert!(drawer.step(&guest).is_empty());
        drawer.take(&guest, &request(0)).unwrap();
        let full = drawer.step(&guest);
        assert_eq!(full.len(), 4 + 12 + 720 * 400 * 4);
        assert_eq!(full[..16], [0, 0, 0, 1, 0, 0, 0, 0, 2, 0xd0, 1, 0x90, 0, 0, 0, 0]);
        drawer.take(&guest, &request(1)).unwrap();
        assert!(drawer.step(&guest).is_empty());
        guest.screen.freeze(false);
        guest.screen.press(0x61);
        guest.screen.freeze(true);
        let update = drawer.step(&guest);
        assert!(!update.is_empty() && update.len() < full.len());
        assert!(drawer.step(&guest).is_empty());
    }

    #[test]
    fn tells_new_sizes_to_those_who_know_them() {
        let guest = guest();
        let mut knowing = Drawer::new(Manner::Qemu, (720, 400));
        let mut plain = Drawer::new(Manner::Qemu, (720, 400));
        let encodings = vec![2, 0, 0, 3, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21, 0xff, 0xff, 0xfe, 0xfe];
        knowing.take(&guest, &ClientMessage { kind: 2, bytes: encodings }).unwrap();
        assert_eq!(knowing.step(&guest), pseudo((720, 400), EXTENDED_KEYS));
        guest.screen.reset();
        assert_eq!(knowing.step(&guest), pseudo((640, 480), DESKTOP_SIZE));
        assert!(plain.step(&guest).is_empty());
        plain.take(&guest, &request(0)).unwrap();
        assert_eq!(plain.step(&guest).len(), 16 + 720 * 400 * 4);
    }

    #[test]
    fn areas_outside_the_screen_are_cut() {
        let guest = guest();
        let mut drawer = Drawer::new(Manner::Qemu, (720, 400));
        let far = vec![3, 0, 2, 0xc0, 0, 0, 0xff, 0xff, 0xff, 0xff];
        drawer.take(&guest, &ClientMessage { kind: 3, bytes: far }).unwrap();
        assert_eq!(drawer.step(&guest).len(), 16 + 16 * 400 * 4);
        let beyond = vec![3, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        drawer.take(&guest, &ClientMessage { kind: 3, bytes: beyond }).unwrap();
        assert!(drawer.step(&guest).is_empty());
    }
}
