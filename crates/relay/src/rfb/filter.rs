//! What a browser may say to a guest: a list of what passes. Everything else ends the session.
//!
//! Messages are looked at whole before a byte of them passes; only clipboard texts stream, their length known and
//! bounded. View-only is enforced here and nowhere else: such a session can ask for pictures and nothing more.

use crate::limits::{CUT_TEXT, ENCODINGS, FENCE, SCREENS};

/// What the person at the browser may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Keys, mouse, screen size, clipboard as below. Without it the session is view-only.
    pub control: bool,
    /// Text from the browser to the guest.
    pub clipboard_in: bool,
    /// Text from the guest to the browser.
    pub clipboard_out: bool,
}

/// A message that may not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A type that is not on the list.
    #[error("message type {0} is not allowed")]
    Unknown(u8),
    /// A type that this session may not send.
    #[error("message type {0} is not allowed in this session")]
    NotAllowed(u8),
    /// A message of type `.0` that says it is longer than anything real.
    #[error("a message of type {0} is too long")]
    TooLong(u8),
    /// A message of type `.0` whose fields make no sense.
    #[error("a message of type {0} is malformed")]
    Malformed(u8),
}

/// RFC 6143 section 7.5 and the community's registry of message types.
mod message {
    pub(super) const SET_PIXEL_FORMAT: u8 = 0;
    pub(super) const SET_ENCODINGS: u8 = 2;
    pub(super) const UPDATE_REQUEST: u8 = 3;
    pub(super) const KEY: u8 = 4;
    pub(super) const POINTER: u8 = 5;
    pub(super) const CUT_TEXT: u8 = 6;
    pub(super) const CONTINUOUS_UPDATES: u8 = 150;
    pub(super) const FENCE: u8 = 248;
    pub(super) const SET_DESKTOP_SIZE: u8 = 251;
    pub(super) const QEMU: u8 = 255;
}

/// The pseudo-encoding with which a client says that it understands the extended clipboard.
const EXTENDED_CLIPBOARD: i32 = 0xC0A1_E5CE_u32 as i32;
/// The extended clipboard's actions "notify" and "provide": what carries or announces text of the client.
const CLIPBOARD_GIVES: u32 = 1 << 27 | 1 << 28;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a message, of which `held` has a part.
    Message,
    /// Inside a clipboard text: bytes to come, and whether they pass.
    Text { left: u32, passes: bool },
}

/// What the bytes at hand say about the message.
#[derive(Clone, Copy)]
enum Plan {
    /// This many bytes are needed to say more.
    Needs(usize),
    /// A whole message of this length, which passes as it is.
    Pass(usize),
    /// A SetEncodings of this length.
    Encodings(usize),
    /// The head of a clipboard text; so many bytes follow.
    Text { head: usize, follows: u32, passes: bool },
}

/// The filter of one session.
#[derive(Debug)]
pub struct Filter {
    rights: Rights,
    state: State,
    /// An incomplete message, a few hundred bytes at most.
    held: Vec<u8>,
}

impl Filter {
    /// A filter at the beginning of a message.
    pub fn new(rights: Rights) -> Self {
        // View-only has no clipboard either way: asking for it is a message that a watcher may not send.
        let sees = rights.control;
        let rights =
            Rights { clipboard_in: rights.clipboard_in && sees, clipboard_out: rights.clipboard_out && sees, ..rights };
        Self { rights, state: State::Message, held: Vec::new() }
    }

    /// Takes bytes of the browser and appends what may pass to `out`. True: the person did something.
    ///
    /// # Errors
    /// The first message that may not pass. The session is over then; the filter must not be fed again.
    pub fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<bool, FilterError> {
        let mut input = false;
        while !bytes.is_empty() || !self.held.is_empty() {
            if let State::Text { left, passes } = self.state {
                // Nothing is held inside a text.
                let now = bytes.len().min(left as usize);
                if passes {
                    out.extend_from_slice(&bytes[..now]);
                }
                bytes = &bytes[now..];
                self.enter_text(left - now as u32, passes);
                continue;
            }
            if self.held.is_empty() {
                match plan(bytes, self.rights)? {
                    Plan::Needs(_) => {
                        self.held.extend_from_slice(bytes);
                        return Ok(input);
                    }
                    plan => {
                        input |= is_input(bytes[0]);
                        bytes = &bytes[self.act(plan, bytes, out)..];
                    }
                }
            } else {
                match plan(&self.held, self.rights)? {
                    Plan::Needs(whole) => {
                        let now = bytes.len().min(whole - self.held.len());
                        if now == 0 {
                            return Ok(input);
                        }
                        self.held.extend_from_slice(&bytes[..now]);
                        bytes = &bytes[now..];
                    }
                    plan => {
                        let held = std::mem::take(&mut self.held);
                        input |= is_input(held[0]);
                        self.act(plan, &held, out);
                    }
                }
            }
        }
        Ok(input)
    }

    /// Does what was planned with the message at the front of `bytes`; the bytes that are done with.
    fn act(&mut self, plan: Plan, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        match plan {
            Plan::Needs(_) => 0,
            Plan::Pass(len) => {
                out.extend_from_slice(&bytes[..len]);
                len
            }
            Plan::Encodings(len) => {
                self.encodings(&bytes[4..len], out);
                len
            }
            Plan::Text { head, follows, passes } => {
                if passes {
                    out.extend_from_slice(&bytes[..head]);
                }
                self.enter_text(follows, passes);
                head
            }
        }
    }

    fn enter_text(&mut self, left: u32, passes: bool) {
        self.state = if left == 0 { State::Message } else { State::Text { left, passes } };
    }

    /// Writes a SetEncodings with those encodings of `list` that are known and allowed (RFC 6143 section 7.5.2).
    fn encodings(&self, list: &[u8], out: &mut Vec<u8>) {
        let at = out.len();
        out.extend_from_slice(&[message::SET_ENCODINGS, 0, 0, 0]);
        let mut count: u16 = 0;
        for bytes in list.as_chunks::<4>().0 {
            let encoding = i32::from_be_bytes(*bytes);
            if known(encoding) || (encoding == EXTENDED_CLIPBOARD && self.rights.clipboard_out) {
                out.extend_from_slice(bytes);
                count += 1;
            }
        }
        out[at + 2..at + 4].copy_from_slice(&count.to_be_bytes());
    }
}

/// Whether a message of this type comes from somebody's hands.
fn is_input(kind: u8) -> bool {
    matches!(kind, message::KEY | message::POINTER | message::CUT_TEXT | message::QEMU)
}

/// Encodings that may be asked for: pictures and what belongs to them. What opens other ways (power control, audio,
/// pointer messages of another length) is not among them.
fn known(encoding: i32) -> bool {
    matches!(
        encoding,
        // Raw, CopyRect, RRE, Hextile, zlib, Tight, ZRLE, JPEG, H.264, TightPNG.
        0 | 1 | 2 | 5 | 6 | 7 | 16 | 21 | 50 | -260
        // JPEG quality and compression levels.
        | -32..=-23 | -256..=-247
        // DesktopSize, LastRect, Cursor, Cursor with alpha, VMware's cursor.
        | -223 | -224 | -239 | -314 | 0x574d_5664
        // QEMU extended keys, QEMU LED state, DesktopName, ExtendedDesktopSize, Fence, ContinuousUpdates.
        | -258 | -261 | -307 | -308 | -312 | -313
    )
}

/// Looks at the message that begins at the front of `bytes`, of which at least one is there.
fn plan(bytes: &[u8], rights: Rights) -> Result<Plan, FilterError> {
    let kind = bytes[0];
    let fixed = |len: usize| Ok(if bytes.len() < len { Plan::Needs(len) } else { Plan::Pass(len) });
    match kind {
        message::SET_PIXEL_FORMAT => match bytes.get(4) {
            Some(8 | 16 | 32) | None => fixed(20),
            Some(_) => Err(FilterError::Malformed(kind)),
        },
        message::SET_ENCODINGS => match u16_at(bytes, 2) {
            None => Ok(Plan::Needs(4)),
            Some(count) if count > ENCODINGS => Err(FilterError::TooLong(kind)),
            Some(count) => {
                let len = 4 + 4 * usize::from(count);
                Ok(if bytes.len() < len { Plan::Needs(len) } else { Plan::Encodings(len) })
            }
        },
        message::UPDATE_REQUEST | message::CONTINUOUS_UPDATES => fixed(10),
        message::FENCE => match bytes.get(8) {
            None => Ok(Plan::Needs(9)),
            Some(&len) if len > FENCE => Err(FilterError::TooLong(kind)),
            Some(&len) => fixed(9 + usize::from(len)),
        },
        message::KEY | message::POINTER | message::CUT_TEXT | message::SET_DESKTOP_SIZE | message::QEMU
            if !rights.control =>
        {
            Err(FilterError::NotAllowed(kind))
        }
        message::KEY => fixed(8),
        message::POINTER => fixed(6),
        message::CUT_TEXT => cut_text(bytes, rights),
        message::SET_DESKTOP_SIZE => match bytes.get(6) {
            None => Ok(Plan::Needs(8)),
            Some(&screens) if screens > SCREENS => Err(FilterError::TooLong(kind)),
            Some(&screens) => fixed(8 + 16 * usize::from(screens)),
        },
        // Of QEMU's own messages only the extended key event; 1 would be audio.
        message::QEMU => match bytes.get(1) {
            None => Ok(Plan::Needs(2)),
            Some(0) => fixed(12),
            Some(_) => Err(FilterError::NotAllowed(kind)),
        },
        unknown => Err(FilterError::Unknown(unknown)),
    }
}

/// ClientCutText (RFC 6143 section 7.5.6); with a negative length it is the extended clipboard's.
///
/// A text that this person may not send is left out and the session goes on: pages send what lies on the clipboard
/// without being asked.
fn cut_text(bytes: &[u8], rights: Rights) -> Result<Plan, FilterError> {
    let kind = message::CUT_TEXT;
    let Some(field) = bytes.get(4..8).and_then(|b| b.first_chunk()) else { return Ok(Plan::Needs(8)) };
    let signed = i32::from_be_bytes(*field);
    let len = signed.unsigned_abs();
    if len > CUT_TEXT {
        return Err(FilterError::TooLong(kind));
    }
    if signed >= 0 {
        return Ok(Plan::Text { head: 8, follows: len, passes: rights.clipboard_in });
    }
    if !rights.clipboard_out {
        // The encoding that allows this message was struck.
        return Err(FilterError::NotAllowed(kind));
    }
    if len < 4 {
        return Err(FilterError::Malformed(kind));
    }
    let Some(flags) = bytes.get(8..12).and_then(|b| b.first_chunk()) else { return Ok(Plan::Needs(12)) };
    let gives = u32::from_be_bytes(*flags) & CLIPBOARD_GIVES != 0;
    Ok(Plan::Text { head: 12, follows: len - 4, passes: rights.clipboard_in || !gives })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
