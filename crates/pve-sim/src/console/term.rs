//! The wire protocol of termproxy: a first line with user and ticket, then raw output and framed input.
//!
//! Behind it stands a login prompt (node) or a small shell (guest) that repeats what it is told and runs nothing.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{Generation, Timing};

/// The longest first line termproxy reads.
const PREAMBLE: usize = 4096;
/// The longest line the shell keeps.
const LINE: usize = 4096;

/// What the first line must hold and who answers behind it.
pub(super) struct Terminal<'a> {
    pub(super) user: &'a str,
    pub(super) ticket: &'a [u8],
    pub(super) generation: Generation,
    pub(super) timing: Timing,
    pub(super) shell: Shell,
}

/// Serves one connection to its end.
pub(super) async fn serve<S>(mut stream: S, terminal: Terminal<'_>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Ok(first) = tokio::time::timeout(terminal.timing.preamble, preamble(&mut stream)).await else {
        return Ok(());
    };
    let Some((line, rest)) = first? else { return Ok(()) };
    if let Err(delay) = terminal.admits(&line) {
        tokio::time::sleep(delay).await;
        return Ok(());
    }
    stream.write_all(b"OK").await?;
    let mut shell = terminal.shell;
    stream.write_all(shell.start().as_bytes()).await?;
    let mut input = Input::default();
    let mut segment = rest;
    loop {
        for event in input.segment(&segment) {
            let reaction = shell.take(event);
            if reaction.think {
                tokio::time::sleep(terminal.timing.login).await;
            }
            stream.write_all(reaction.output.as_bytes()).await?;
            if reaction.end {
                return Ok(());
            }
        }
        segment.resize(4096, 0);
        let count = stream.read(&mut segment).await?;
        if count == 0 {
            return Ok(());
        }
        segment.truncate(count);
    }
}

/// The first line and what came behind it in the same segment; `None` when it is too long or never ends.
async fn preamble<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let rest = bytes.split_off(end + 1);
            bytes.pop();
            return Ok(Some((bytes, rest)));
        }
        if bytes.len() >= PREAMBLE || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

impl Terminal<'_> {
    /// Whether the first line lets in, or after how long the refusal comes.
    fn admits(&self, line: &[u8]) -> Result<(), Duration> {
        let given = line.strip_prefix(self.user.as_bytes()).and_then(|rest| rest.strip_prefix(b":"));
        let (user_right, right) = (given.is_some(), given == Some(self.ticket));
        match self.generation {
            // The old check went through an API that refuses token ids.
            Generation::V8_3 if self.user.contains('!') => Err(self.timing.refuse),
            _ if right => Ok(()),
            // The ticket is pinned: a wrong one needs no question.
            Generation::V9_2 if user_right => Err(Duration::ZERO),
            _ => Err(self.timing.refuse),
        }
    }
}

/// What a client sent.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    Data(Vec<u8>),
    Resize(u16, u16),
}

/// Cuts segments into events. A header that is split over segments is lost, as with the original.
#[derive(Debug, Default)]
struct Input {
    data_left: usize,
}

impl Input {
    fn segment(&mut self, mut bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        while !bytes.is_empty() {
            if self.data_left > 0 {
                let (data, rest) = bytes.split_at(self.data_left.min(bytes.len()));
                self.data_left -= data.len();
                events.push(Event::Data(data.to_vec()));
                bytes = rest;
                continue;
            }
            let (kind, rest) = (bytes[0], &bytes[1..]);
            bytes = match kind {
                b'0' => match numbers::<1>(rest) {
                    Some(([length], rest)) => {
                        self.data_left = length;
                        rest
                    }
                    None => rest,
                },
                b'1' => match numbers::<2>(rest) {
                    Some(([columns, rows], rest)) => {
                        let small = |number| u16::try_from(number).unwrap_or(u16::MAX);
                        events.push(Event::Resize(small(columns), small(rows)));
                        rest
                    }
                    None => rest,
                },
                // 2 is the ping, which has no answer; everything else is skipped byte by byte.
                _ => rest,
            };
        }
        events
    }
}

/// Reads `:N` as often as wanted and the colon behind.
fn numbers<const COUNT: usize>(bytes: &[u8]) -> Option<([usize; COUNT], &[u8])> {
    let mut rest = bytes.strip_prefix(b":")?;
    let mut found = [0; COUNT];
    for number in &mut found {
        let end = rest.iter().position(|byte| *byte == b':')?;
        *number = std::str::from_utf8(&rest[..end]).ok()?.parse().ok()?;
        rest = &rest[end + 1..];
    }
    Some((found, rest))
}

/// What the shell does upon input.
#[derive(Debug, Default, PartialEq, Eq)]
struct Reaction {
    output: String,
    /// The output comes after the time a login takes.
    think: bool,
    end: bool,
}

/// The program behind the terminal.
#[derive(Debug)]
pub(super) struct Shell {
    name: String,
    mode: Mode,
    line: String,
    size: (u16, u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Prompt { serial: bool },
    Login,
    Password,
}

impl Shell {
    /// A node's login prompt.
    pub(super) fn login(node: String) -> Self {
        Self { name: node, mode: Mode::Login, line: String::new(), size: (80, 20) }
    }

    /// A guest's shell; `serial` for QEMU guests, which announce their line.
    pub(super) fn guest(name: String, serial: bool) -> Self {
        Self { name, mode: Mode::Prompt { serial }, line: String::new(), size: (80, 20) }
    }

    fn start(&self) -> String {
        match self.mode {
            Mode::Prompt { serial: true } => {
                format!("starting serial terminal on interface serial0\r\n{}", self.prompt())
            }
            _ => self.prompt(),
        }
    }

    fn prompt(&self) -> String {
        match self.mode {
            Mode::Prompt { .. } => format!("root@{}:~# ", self.name),
            Mode::Login => format!("{} login: ", self.name),
            Mode::Password => "Password: ".to_owned(),
        }
    }

    fn take(&mut self, event: Event) -> Reaction {
        let data = match event {
            Event::Resize(columns, rows) => {
                self.size = (columns, rows);
                return Reaction::default();
            }
            Event::Data(data) => data,
        };
        let mut reaction = Reaction::default();
        for character in String::from_utf8_lossy(&data).chars() {
            self.character(character, &mut reaction);
            if reaction.end {
                break;
            }
        }
        reaction
    }

    fn character(&mut self, character: char, reaction: &mut Reaction) {
        match character {
            '\r' | '\n' => {
                reaction.output.push_str("\r\n");
                let line = std::mem::take(&mut self.line);
                self.line_done(&line, reaction);
            }
            '\x7f' | '\x08' => reaction.output.push_str(self.erase()),
            '\x04' if self.line.is_empty() => reaction.end = true,
            _ if self.line.len() < LINE => {
                self.line.push(character);
                if self.mode != Mode::Password {
                    reaction.output.push(character);
                }
            }
            _ => {}
        }
    }

    /// Takes back the last character and returns what makes the terminal show it.
    fn erase(&mut self) -> &'static str {
        if self.line.pop().is_none() || self.mode == Mode::Password {
            return "";
        }
        "\x08 \x08"
    }

    fn line_done(&mut self, line: &str, reaction: &mut Reaction) {
        match self.mode {
            Mode::Login if line.is_empty() => {}
            Mode::Login => self.mode = Mode::Password,
            Mode::Password => {
                self.mode = Mode::Login;
                reaction.think = true;
                reaction.output.push_str("\r\nLogin incorrect\r\n");
            }
            Mode::Prompt { .. } => match line.trim() {
                "" => {}
                "exit" | "logout" => {
                    reaction.end = true;
                    return;
                }
                "size" => reaction.output.push_str(&format!("{} {}\r\n", self.size.0, self.size.1)),
                other => reaction.output.push_str(&format!("{other}\r\n")),
            },
        }
        let prompt = self.prompt();
        reaction.output.push_str(&prompt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_cut_by_bytes() {
        let mut input = Input::default();
        let events = input.segment("1:120:40:20:5:h\u{e4}\u{f6}x1:9:9:".as_bytes());
        let data = Event::Data("h\u{e4}\u{f6}".as_bytes().to_vec());
        assert_eq!(events, [Event::Resize(120, 40), data, Event::Resize(9, 9)]);
    }

    #[test]
    fn data_may_be_split_but_headers_may_not() {
        let mut input = Input::default();
        assert_eq!(input.segment(b"0:5:ab"), [Event::Data(b"ab".to_vec())]);
        assert_eq!(input.segment(b"cde2"), [Event::Data(b"cde".to_vec())]);
        assert_eq!(input.segment(b"0:"), []);
        assert_eq!(input.segment(b"5:abcde"), []);
        assert_eq!(input.segment(b"0:1:x"), [Event::Data(b"x".to_vec())]);
        assert_eq!(input.segment(b"0:99999999999999999999999:x"), []);
    }

    /// A wrong ticket is refused at once where it is pinned; what asks the API takes its time.
    #[test]
    fn first_lines_are_checked() {
        let timing = Timing::default();
        let admits = |generation, user, line: &str| {
            let shell = Shell::login("pve1".into());
            Terminal { user, ticket: b"T:1", generation, timing, shell }.admits(line.as_bytes())
        };
        let (new, old) = (Generation::V9_2, Generation::V8_3);
        assert_eq!(admits(new, "a@pve!t", "a@pve!t:T:1"), Ok(()));
        assert_eq!(admits(new, "a@pve", "a@pve:T:1"), Ok(()));
        assert_eq!(admits(old, "a@pve", "a@pve:T:1"), Ok(()));
        assert_eq!(admits(old, "a@pve!t", "a@pve!t:T:1"), Err(timing.refuse));
        assert_eq!(admits(new, "a@pve", "a@pve:T:2"), Err(Duration::ZERO));
        assert_eq!(admits(old, "a@pve", "a@pve:T:2"), Err(timing.refuse));
        assert_eq!(admits(new, "a@pve", "b@pve:T:1"), Err(timing.refuse));
        assert_eq!(admits(old, "a@pve", "b@pve:T:1"), Err(timing.refuse));
    }

    #[test]
    fn the_node_asks_for_a_login() {
        let mut shell = Shell::login("pve1".into());
        assert_eq!(shell.start(), "pve1 login: ");
        assert_eq!(shell.take(Event::Data(b"root\n".to_vec())).output, "root\r\nPassword: ");
        assert_eq!(shell.take(Event::Data(b"secret".to_vec())).output, "");
        let refused = shell.take(Event::Data(b"\r".to_vec()));
        assert_eq!(refused.output, "\r\n\r\nLogin incorrect\r\npve1 login: ");
        assert!(refused.think);
    }

    #[test]
    fn the_guest_repeats() {
        let mut shell = Shell::guest("ct".into(), true);
        assert_eq!(shell.start(), "starting serial terminal on interface serial0\r\nroot@ct:~# ");
        assert_eq!(shell.take(Event::Data(b"hix\x7f\r".to_vec())).output, "hix\x08 \x08\r\nhi\r\nroot@ct:~# ");
        shell.take(Event::Resize(120, 40));
        assert_eq!(shell.take(Event::Data(b"size\r".to_vec())).output, "size\r\n120 40\r\nroot@ct:~# ");
        assert!(shell.take(Event::Data(b"exit\rmore".to_vec())).end);
    }
}
