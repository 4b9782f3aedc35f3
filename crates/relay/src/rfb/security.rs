//! The client's side of RFB's handshake up to the security result (RFC 6143 section 7.1), as PVE's consoles speak it.
//!
//! ```text
//! Version ─3.3─► Type33 ──────────────┬─ 2 ─► Challenge ─► Result ─ 0 ─► Done
//!    └─3.7, 3.8─► Count ─► Types ─────┤          ▲            └─ 1, 2 ─► ReasonLength ─► Reason ─► failed
//!                   └─ 0 ─► ReasonLength          └── None: 3.8 goes to Result, 3.3 and 3.7 are done
//! ```
//! Every state wants a fixed number of bytes; nothing is taken beyond.

use super::password::response;
use super::{NONE, VERSION, VNC};
use crate::limits::REASON;

/// Why PVE's console did not let us in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecurityError {
    /// Not RFB, or a version that nobody speaks here.
    #[error("the console speaks no version of RFB that is known")]
    Version,
    /// Neither "None" nor "VNC Authentication" is offered.
    #[error("the console offers only unknown security types {0:?}")]
    Types(Vec<u8>),
    /// The console refused before any password.
    #[error("the console refused: {0}")]
    Refused(String),
    /// The password was not taken.
    #[error("the console did not take the password: {0}")]
    AuthFailed(String),
    /// A security result that does not exist.
    #[error("the console gave security result {0}")]
    Result(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Version,
    Type33,
    Count,
    Types(u8),
    Challenge,
    Result,
    ReasonLength { auth: bool },
    Reason { auth: bool, len: usize },
    Done,
}

/// The client's side of the handshake; feed it exactly what it [`needs`](Handshake::needs).
pub struct Handshake<'p> {
    password: &'p [u8],
    state: State,
    /// 3, 7 or 8.
    minor: u8,
}

impl<'p> Handshake<'p> {
    /// A handshake that answers with `password`, of which eight bytes count.
    pub fn new(password: &'p [u8]) -> Self {
        Self { password, state: State::Version, minor: 8 }
    }

    /// How many bytes the next call of [`take`](Handshake::take) gets; `None` when the console has let us in.
    pub fn needs(&self) -> Option<usize> {
        Some(match self.state {
            State::Version => VERSION.len(),
            State::Count => 1,
            State::Types(count) => usize::from(count),
            State::Challenge => 16,
            State::Type33 | State::Result | State::ReasonLength { .. } => 4,
            State::Reason { len, .. } => len,
            State::Done => return None,
        })
    }

    /// Takes the bytes asked for and appends the answer to `out`.
    ///
    /// # Panics
    /// When `bytes` are fewer than were asked for.
    ///
    /// # Errors
    /// The console's refusal, or bytes that are no RFB.
    pub fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), SecurityError> {
        self.state = match self.state {
            State::Version => {
                self.minor = version(bytes).ok_or(SecurityError::Version)?;
                out.extend_from_slice(b"RFB 003.00");
                out.extend_from_slice(&[b'0' + self.minor, b'\n']);
                if self.minor == 3 { State::Type33 } else { State::Count }
            }
            State::Type33 => match u32_at(bytes) {
                0 => State::ReasonLength { auth: false },
                1 => State::Done,
                2 => State::Challenge,
                other => return Err(SecurityError::Types(vec![u8::try_from(other).unwrap_or(u8::MAX)])),
            },
            State::Count if bytes == [0] => State::ReasonLength { auth: false },
            State::Count => State::Types(bytes[0]),
            State::Types(_) => self.choose(bytes, out)?,
            State::Challenge => {
                let challenge = *bytes.first_chunk().expect("a challenge has 16 bytes");
                out.extend_from_slice(&*response(challenge, self.password));
                State::Result
            }
            State::Result => match u32_at(bytes) {
                0 => State::Done,
                // 2 is "too many" (RFC 6143 section 7.1.3, registered by other servers). Before 3.8 no text follows.
                1 | 2 if self.minor == 8 => State::ReasonLength { auth: true },
                1 | 2 => return Err(SecurityError::AuthFailed(String::new())),
                other => return Err(SecurityError::Result(other)),
            },
            State::ReasonLength { auth } => match u32_at(bytes) {
                0 => return Err(refused(auth, String::new())),
                len if len > REASON => return Err(refused(auth, "(a reason too long to read)".to_owned())),
                len => State::Reason { auth, len: len as usize },
            },
            State::Reason { auth, .. } => return Err(refused(auth, text(bytes))),
            State::Done => State::Done,
        };
        Ok(())
    }

    /// RFC 6143 section 7.1.2. The password is used where it can be.
    fn choose(&self, offered: &[u8], out: &mut Vec<u8>) -> Result<State, SecurityError> {
        if offered.contains(&VNC) {
            out.push(VNC);
            return Ok(State::Challenge);
        }
        if offered.contains(&NONE) {
            out.push(NONE);
            return Ok(if self.minor == 8 { State::Result } else { State::Done });
        }
        Err(SecurityError::Types(offered.to_vec()))
    }
}

/// The minor version to speak. 3.5 was sent by mistake once and means 3.3 (RFC 6143 section 7.1.1).
fn version(bytes: &[u8]) -> Option<u8> {
    match bytes {
        b"RFB 003.003\n" | b"RFB 003.005\n" => Some(3),
        b"RFB 003.007\n" => Some(7),
        b"RFB 003.008\n" => Some(8),
        _ => None,
    }
}

fn u32_at(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(*bytes.first_chunk().expect("the state asked for four bytes"))
}

fn refused(auth: bool, reason: String) -> SecurityError {
    if auth { SecurityError::AuthFailed(reason) } else { SecurityError::Refused(reason) }
}

/// A reason as one printable line; QEMU counts a NUL as part of it.
fn text(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `server` byte for byte as asked; what was said, and how it ended (`None`: more is wanted).
    fn run(server: &[u8]) -> (Vec<u8>, Option<Result<(), SecurityError>>) {
        let mut handshake = Handshake::new(b"PASSWORD");
        let (mut at, mut out) = (0, Vec::new());
        loop {
            let Some(needs) = handshake.needs() else { return (out, Some(Ok(()))) };
            let Some(bytes) = server.get(at..at + needs) else { return (out, None) };
            at += needs;
            if let Err(error) = handshake.take(bytes, &mut out) {
                return (out, Some(Err(error)));
            }
        }
    }

    fn fails(parts: &[&[u8]]) -> SecurityError {
        run(&parts.concat()).1.expect("ended").unwrap_err()
    }

    const V38: &[u8] = b"RFB 003.008\n";
    const CHALLENGE: &[u8] = &[7; 16];

    #[test]
    fn pve_lets_us_in_with_its_password() {
        let (said, end) = run(&[V38, &[1, 2], CHALLENGE, &[0; 4]].concat());
        assert_eq!(end, Some(Ok(())));
        assert_eq!(&said[..13], b"RFB 003.008\n\x02");
        assert_eq!(said[13..], *response([7; 16], b"PASSWORD"));
    }

    #[test]
    fn older_versions_are_spoken() {
        let (said, end) = run(&[b"RFB 003.003\n", &[0, 0, 0, 2][..], CHALLENGE, &[0; 4]].concat());
        assert_eq!((end, &said[..12], said.len()), (Some(Ok(())), &b"RFB 003.003\n"[..], 28));
        let (said, end) = run(&[&b"RFB 003.007\n"[..], &[2, 1, 2], CHALLENGE, &[0; 4]].concat());
        assert_eq!((end, said.len()), (Some(Ok(())), 12 + 1 + 16));
        assert_eq!(run(b"RFB 003.003\n\x00\x00\x00\x01").1, Some(Ok(())));
        assert_eq!(run(b"RFB 003.007\n\x01\x01").1, Some(Ok(())));
    }

    #[test]
    fn none_is_taken_where_nothing_else_is_offered() {
        let (said, end) = run(&[V38, &[1, 1], &[0; 4]].concat());
        assert_eq!((said, end), (b"RFB 003.008\n\x01".to_vec(), Some(Ok(()))));
    }

    #[test]
    fn refusals_say_why() {
        let reason = b"\0\0\0\x16Authentication failed\0";
        assert_eq!(
            fails(&[V38, &[1, 2], CHALLENGE, &[0, 0, 0, 1], reason]),
            SecurityError::AuthFailed("Authentication failed".to_owned())
        );
        assert_eq!(
            fails(&[V38, &[0], b"\0\0\0\x05a\nb\x07c"]),
            SecurityError::Refused("abc".to_owned()),
            "control characters are left out"
        );
        assert_eq!(
            fails(&[b"RFB 003.007\n", &[1, 2], CHALLENGE, &[0, 0, 0, 1]]),
            SecurityError::AuthFailed(String::new())
        );
        assert_eq!(fails(&[V38, &[0], &[0; 4]]), SecurityError::Refused(String::new()));
    }

    #[test]
    fn a_reason_of_any_length_is_not_read() {
        let error = fails(&[V38, &[1, 2], CHALLENGE, &[0, 0, 0, 1], &[0xff; 4]]);
        assert!(matches!(error, SecurityError::AuthFailed(_)), "{error:?}");
    }

    #[test]
    fn what_is_not_the_protocol_is_refused() {
        for greeting in [b"RFB 004.000\n", b"RFB 003.889\n", b"HTTP/1.1 200", b"RFB 003.008 "] {
            assert_eq!(fails(&[greeting]), SecurityError::Version);
        }
        assert_eq!(fails(&[V38, &[2, 19, 16]]), SecurityError::Types(vec![19, 16]));
        assert_eq!(fails(&[b"RFB 003.003\n", &[0, 0, 1, 0]]), SecurityError::Types(vec![255]));
        assert_eq!(fails(&[V38, &[1, 2], CHALLENGE, &[9; 4]]), SecurityError::Result(0x0909_0909));
    }

    #[test]
    fn an_early_end_is_never_a_success() {
        let whole = [V38, &[1, 2], CHALLENGE, &[0; 4]].concat();
        for len in 0..whole.len() {
            assert_eq!(run(&whole[..len]).1, None, "after {len} bytes");
        }
    }
}
