//! What stands before the browser: a server that asks for no password, then the filter.
//!
//! ```text
//! Version ─ "RFB 003.008" ─► Choice ─ None ─► Init ─ ClientInit ─► Live (everything passes the filter)
//! ```
//! The console behind has let us in already; its ServerInit answers the ClientInit that is passed on, always shared.

use super::filter::{Filter, FilterError, Rights};
use super::{NONE, VERSION};

/// How far the browser has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Its version is awaited (RFC 6143 section 7.1.1).
    Version,
    /// Its choice of security type is awaited (section 7.1.2).
    Choice,
    /// Its ClientInit is awaited (section 7.3.1).
    Init,
    /// It sends messages.
    Live,
}

/// What the browser sent is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontError {
    /// Another version than the one that was offered.
    #[error("the browser answered with another version")]
    Version,
    /// Another security type than the one that was offered.
    #[error("the browser chose security type {0}, which was not offered")]
    Choice(u8),
    /// A message that may not pass.
    #[error(transparent)]
    Filter(#[from] FilterError),
}

/// What a call of [`Front::feed`] found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fed {
    /// The person typed, moved the mouse or pasted.
    pub input: bool,
}

/// The server's side towards one browser.
#[derive(Debug)]
pub struct Front {
    stage: Stage,
    version: Vec<u8>,
    filter: Filter,
}

impl Front {
    /// A front at the beginning, with what the person may do.
    pub fn new(rights: Rights) -> Self {
        Self { stage: Stage::Version, version: Vec::new(), filter: Filter::new(rights) }
    }

    /// What is sent before the browser says anything.
    pub fn greeting() -> &'static [u8] {
        &VERSION
    }

    /// How far the browser has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Takes what the browser sent; answers go to `back`, what may pass to PVE goes to `on`.
    ///
    /// # Errors
    /// What is refused. What came before it in the same bytes has passed already.
    pub fn feed(&mut self, mut bytes: &[u8], back: &mut Vec<u8>, on: &mut Vec<u8>) -> Result<Fed, FrontError> {
        while self.stage != Stage::Live {
            let Some((&first, rest)) = bytes.split_first() else { return Ok(Fed::default()) };
            bytes = rest;
            match self.stage {
                Stage::Version => {
                    self.version.push(first);
                    if !VERSION.starts_with(&self.version) {
                        return Err(FrontError::Version);
                    }
                    if self.version.len() == VERSION.len() {
                        self.version = Vec::new();
                        // One type is offered: None.
                        back.extend_from_slice(&[1, NONE]);
                        self.stage = Stage::Choice;
                    }
                }
                Stage::Choice if first == NONE => {
                    back.extend_from_slice(&[0; 4]);
                    self.stage = Stage::Init;
                }
                Stage::Choice => return Err(FrontError::Choice(first)),
                Stage::Init => {
                    // Not shared would throw out everybody else who watches this guest.
                    on.push(1);
                    self.stage = Stage::Live;
                }
                Stage::Live => {}
            }
        }
        Ok(Fed { input: self.filter.feed(bytes, on)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Rights = Rights { control: true, clipboard_in: true, clipboard_out: true };

    #[test]
    fn a_browser_gets_in_without_a_password_and_always_shared() {
        for shared in [0, 1] {
            let hello = [&VERSION[..], &[1, shared], &[3, 0, 0, 0, 0, 0, 0, 9, 0, 9]].concat();
            for cut in 0..hello.len() {
                let mut front = Front::new(ALL);
                let (mut back, mut on) = (Vec::new(), Vec::new());
                front.feed(&hello[..cut], &mut back, &mut on).unwrap();
                front.feed(&hello[cut..], &mut back, &mut on).unwrap();
                assert_eq!(front.stage(), Stage::Live);
                assert_eq!(back, [1, 1, 0, 0, 0, 0]);
                assert_eq!(on, [1, 3, 0, 0, 0, 0, 0, 0, 9, 0, 9]);
            }
        }
    }

    #[test]
    fn other_answers_are_refused() {
        let mut out = (Vec::new(), Vec::new());
        let mut front = Front::new(ALL);
        assert_eq!(front.feed(b"RFB 003.003\n", &mut out.0, &mut out.1), Err(FrontError::Version));
        let mut front = Front::new(ALL);
        assert_eq!(front.feed(b"RFB 003.008\n\x02", &mut out.0, &mut out.1), Err(FrontError::Choice(2)));
        assert_eq!(out.1, b"", "nothing has reached PVE");
    }
}
