//! The picture of a simulated guest: a text screen with the guest's name, a clock, a moving box and what was typed.
//!
//! The picture is a function of the time and of what was typed; nothing runs while nobody looks.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::font::{self, BLOCK};

/// How much typed text is kept.
const TYPED: usize = 4096;
/// How long the firmware's 640 by 480 picture shows after a reset.
const FIRMWARE: Duration = Duration::from_millis(1200);

/// One character cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) character: u8,
    pub(super) ink: u8,
    pub(super) paper: u8,
}

const EMPTY: Cell = Cell { character: b' ', ink: 7, paper: 0 };

/// A whole picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// Size in pixels; cells may leave a black margin.
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) cell_width: u16,
    pub(super) columns: u16,
    pub(super) rows: u16,
    pub(super) cells: Vec<Cell>,
}

/// Height of every cell in pixels.
pub(super) const CELL_HEIGHT: u16 = 16;

impl Picture {
    fn blank(width: u16, height: u16, cell_width: u16) -> Self {
        let (columns, rows) = (width / cell_width, height / CELL_HEIGHT);
        let cells = vec![EMPTY; usize::from(columns) * usize::from(rows)];
        Self { width, height, cell_width, columns, rows, cells }
    }

    /// The cell at a place, empty beyond the border.
    pub(super) fn cell(&self, column: u16, row: u16) -> Cell {
        if column >= self.columns || row >= self.rows {
            return EMPTY;
        }
        self.cells[usize::from(row) * usize::from(self.columns) + usize::from(column)]
    }

    /// The colour (0 to 15) of one pixel.
    pub(super) fn pixel(&self, x: u16, y: u16) -> u8 {
        let cell = self.cell(x / self.cell_width, y / CELL_HEIGHT);
        if font::dot(cell.character, x % self.cell_width, y % CELL_HEIGHT) { cell.ink } else { cell.paper }
    }

    /// This picture where `fresh` says so, the older one of the same shape elsewhere.
    pub(super) fn with_older_around(&self, older: &Self, fresh: impl Fn(u16, u16) -> bool) -> Self {
        let mut merged = self.clone();
        for row in 0..self.rows {
            for column in 0..self.columns {
                if !fresh(column, row) {
                    merged.put(column, row, older.cell(column, row));
                }
            }
        }
        merged
    }

    fn put(&mut self, column: u16, row: u16, cell: Cell) {
        if column < self.columns && row < self.rows {
            self.cells[usize::from(row) * usize::from(self.columns) + usize::from(column)] = cell;
        }
    }

    fn write(&mut self, column: u16, row: u16, ink: u8, paper: u8, text: &str) {
        for (at, character) in (column..self.columns).zip(text.chars()) {
            let character = u8::try_from(character).unwrap_or(b'?');
            self.put(at, row, Cell { character, ink, paper });
        }
    }

    /// The characters, line by line, without the blanks at the ends.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for row in 0..self.rows {
            let line: String = (0..self.columns)
                .map(|column| match self.cell(column, row).character {
                    character @ b' '..=b'~' => char::from(character),
                    _ => '#',
                })
                .collect();
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[derive(Debug)]
struct State {
    typed: String,
    frozen: Option<SystemTime>,
    reset: Option<SystemTime>,
}

/// A guest's screen, shared by all its viewers.
#[derive(Debug)]
pub(super) struct Screen {
    name: String,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl Screen {
    pub(super) fn new(name: String) -> Self {
        let state = State { typed: String::new(), frozen: None, reset: None };
        Self { name, state: Mutex::new(state), changed: watch::Sender::new(0) }
    }

    /// Follows what makes the picture change beside the passing of time.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// A pressed key, as its X11 symbol. A paused guest takes none.
    pub(super) fn press(&self, symbol: u32) {
        self.update(|state| {
            if state.frozen.is_some() {
                return;
            }
            match symbol {
                0x20..=0x7e => state.typed.extend(char::from_u32(symbol)),
                0xff0d | 0xff8d => state.typed.push('\n'),
                0xff09 => state.typed.push('\t'),
                0xff08 => drop(state.typed.pop()),
                // Shift, Control, Alt and their kin show by what they do to others.
                0xffe1..=0xffee => {}
                other => state.typed.push_str(&format!("<{other:04x}>")),
            }
            let excess = state.typed.len().saturating_sub(TYPED);
            state.typed.drain(..excess);
        });
    }

    /// Stops the clock and the box, or lets them go on.
    pub(super) fn freeze(&self, frozen: bool) {
        self.update(|state| match (frozen, state.frozen) {
            (true, None) => state.frozen = Some(SystemTime::now()),
            (false, Some(_)) => state.frozen = None,
            _ => {}
        });
    }

    /// Empties the screen and shows the firmware's picture size for a moment.
    pub(super) fn reset(&self) {
        self.update(|state| {
            state.typed.clear();
            state.reset = Some(SystemTime::now());
        });
    }

    /// An empty screen, after the guest was off.
    pub(super) fn restart(&self) {
        self.update(|state| {
            state.typed.clear();
            state.reset = None;
        });
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().expect("no code panics while it holds this lock"));
        self.changed.send_modify(|version| *version += 1);
    }

    /// The picture in the manner of QEMU: 720 by 400 in cells nine wide, the firmware's 640 by 480 after a reset.
    pub(super) fn vga(&self) -> Picture {
        let state = self.state.lock().expect("no code panics while it holds this lock");
        let now = state.frozen.unwrap_or_else(SystemTime::now);
        let since_reset = state.reset.map(|reset| now.duration_since(reset).unwrap_or_default());
        if since_reset.is_some_and(|since| since < FIRMWARE) {
            let mut picture = Picture::blank(640, 480, 8);
            picture.write(2, 1, 15, 0, "Simulated firmware");
            picture.write(2, 3, 7, 0, "Starting from disk ...");
            return picture;
        }
        self.draw(Picture::blank(720, 400, 9), &state, now)
    }

    /// The picture in the manner of vncterm: cells eight wide, any size.
    pub(super) fn terminal(&self, width: u16, height: u16) -> Picture {
        let state = self.state.lock().expect("no code panics while it holds this lock");
        let now = state.frozen.unwrap_or_else(SystemTime::now);
        self.draw(Picture::blank(width, height, 8), &state, now)
    }

    fn draw(&self, mut picture: Picture, state: &State, now: SystemTime) -> Picture {
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let columns = picture.columns;
        picture.write(0, 0, 15, 1, &" ".repeat(usize::from(columns)));
        picture.write(2, 0, 15, 1, &format!("{} - simulated guest", self.name));
        let clock = clock(since_epoch.as_secs());
        picture.write(columns.saturating_sub(22), 0, 14, 1, &clock);
        if state.frozen.is_some() {
            picture.write(2, 1, 14, 0, "paused");
        }
        draw_box(&mut picture, since_epoch.as_millis());
        picture.write(2, 11, 8, 0, "Keys that arrive here:");
        let room = usize::from(columns.saturating_sub(5)).max(1);
        let rows = usize::from(picture.rows.saturating_sub(13)).max(1);
        let lines = wrapped(&state.typed, room);
        let shown = &lines[lines.len().saturating_sub(rows)..];
        for (row, line) in (13..).zip(shown) {
            picture.write(2, row, 10, 0, "> ");
            picture.write(4, row, 15, 0, line);
        }
        if let (Some(last), Ok(count)) = (shown.last(), u16::try_from(shown.len())) {
            let column = u16::try_from(last.len() + 4).unwrap_or(columns);
            picture.put(column, 12 + count, Cell { character: BLOCK, ink: 7, paper: 0 });
        }
        picture
    }
}

/// Date and time as text.
fn clock(seconds: u64) -> String {
    let at = i64::try_from(seconds).ok().and_then(|seconds| time::OffsetDateTime::from_unix_timestamp(seconds).ok());
    let at = at.unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (at.date(), at.time());
    let day = format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
    format!("{day} {:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// A box of six by three cells that runs to and fro, one cell in 100 ms.
fn draw_box(picture: &mut Picture, milliseconds: u128) {
    let steps = milliseconds / 100;
    let swing = |steps: u128, span: u16| -> u16 {
        let span = u128::from(span.max(1));
        let at = steps % (2 * span);
        u16::try_from(at.min(2 * span - at)).unwrap_or_default()
    };
    let left = 1 + swing(steps, picture.columns.saturating_sub(8));
    let top = 2 + swing(steps / 3, 5);
    for row in top..top + 3 {
        for column in left..left + 6 {
            picture.put(column, row, Cell { character: BLOCK, ink: 3, paper: 0 });
        }
    }
}

/// Lines of typed text, none longer than `room`; always at least one.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for character in text.chars() {
        match character {
            '\n' => lines.push(String::new()),
            _ => {
                if lines.last().is_some_and(|line| line.len() >= room) {
                    lines.push(String::new());
                }
                if let Some(line) = lines.last_mut() {
                    line.push(if character == '\t' { ' ' } else { character });
                }
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_name_clock_and_keys() {
        let screen = Screen::new("web-01".into());
        for symbol in [0x68, 0x69, 0xff0d, 0x58, 0x59, 0xff08, 0xffe1, 0xff1b] {
            screen.press(symbol);
        }
        let picture = screen.vga();
        assert_eq!((picture.width, picture.height, picture.columns, picture.rows), (720, 400, 80, 25));
        let text = picture.text();
        assert!(text.contains("web-01 - simulated guest"), "{text}");
        assert!(text.contains("\n  > hi\n  > X<ff1b>#\n"), "{text}");
        assert_eq!(clock(1_790_000_000), "2026-09-21 14:13:20");
    }

    #[test]
    fn a_paused_guest_stands_still() {
        let screen = Screen::new("db".into());
        screen.freeze(true);
        screen.press(0x61);
        let first = screen.vga();
        assert_eq!(first, screen.vga());
        assert!(first.text().contains("paused"));
        screen.freeze(false);
        screen.press(0x61);
        assert!(screen.vga().text().contains("> a"));
    }

    #[test]
    fn the_box_moves_and_any_size_is_drawn() {
        let moved = |milliseconds| {
            let mut picture = Picture::blank(720, 400, 9);
            draw_box(&mut picture, milliseconds);
            picture
        };
        assert_ne!(moved(0), moved(100));
        let screen = Screen::new("x".repeat(300));
        "y".repeat(9000).bytes().for_each(|byte| screen.press(u32::from(byte)));
        for (width, height) in [(16, 16), (744, 400), (4096, 2160), (17, 2160)] {
            assert!(!screen.terminal(width, height).text().is_empty());
        }
    }

    #[test]
    fn a_reset_shows_the_firmware_first() {
        let screen = Screen::new("x".into());
        screen.press(0x61);
        screen.freeze(true);
        screen.reset();
        assert_eq!((screen.vga().width, screen.vga().height), (640, 480));
    }
}
