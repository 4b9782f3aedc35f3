//! Reads the stream of RFB client messages (RFC 6143, 7.5, and QEMU's extensions) to count and record them.
//!
//! It only looks: it never changes, delays or drops a byte. Lengths are believed but never allocated.

/// How many bytes of a message are kept.
const KEPT: usize = 4096;

/// One message of a client, as it reached the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientMessage {
    /// The message type (its first byte).
    pub kind: u8,
    /// The message with its type byte, cut at 4096 bytes.
    pub bytes: Vec<u8>,
}

impl ClientMessage {
    /// A key event, plain (4) or QEMU's extended one (255, 0).
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.kind == 4 || (self.kind == 255 && self.bytes.get(1) == Some(&0))
    }

    /// A pointer event.
    #[must_use]
    pub fn is_pointer(&self) -> bool {
        self.kind == 5
    }

    /// Clipboard text.
    #[must_use]
    pub fn is_cut_text(&self) -> bool {
        self.kind == 6
    }

    /// Pressed or released key and its X11 symbol, for key events.
    pub(super) fn key(&self) -> Option<(bool, u32)> {
        let bytes = &self.bytes;
        match self.kind {
            4 => Some((*bytes.get(1)? != 0, be32(bytes, 4)?)),
            255 if bytes.get(1) == Some(&0) => Some((be16(bytes, 2)? != 0, be32(bytes, 4)?)),
            _ => None,
        }
    }
}

/// The client sent a message type that has no known length: nothing after it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnknownMessage(pub(super) u8);

/// Cuts a byte stream into messages, however the bytes are split.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    kept: Vec<u8>,
    /// Length of the current message, once its head is there.
    length: Option<u64>,
    seen: u64,
}

impl Scanner {
    /// Takes the next bytes and hands out every message that ends in them.
    pub(super) fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(ClientMessage)) -> Result<(), UnknownMessage> {
        loop {
            if self.length.is_none() {
                self.length = length(&self.kept)?;
            }
            match self.length {
                Some(length) if self.seen == length => {
                    let bytes = std::mem::take(&mut self.kept);
                    self.length = None;
                    self.seen = 0;
                    each(ClientMessage { kind: bytes.first().copied().unwrap_or_default(), bytes });
                    continue;
                }
                _ if bytes.is_empty() => return Ok(()),
                // Without a length the message is shorter than its longest head: go on byte by byte.
                None => self.take(&mut bytes, 1),
                Some(length) => {
                    let missing = usize::try_from(length - self.seen).unwrap_or(usize::MAX);
                    self.take(&mut bytes, missing);
                }
            }
        }
    }

    fn take(&mut self, bytes: &mut &[u8], limit: usize) {
        let (now, later) = bytes.split_at(limit.min(bytes.len()));
        let room = KEPT.saturating_sub(self.kept.len()).min(now.len());
        self.kept.extend_from_slice(&now[..room]);
        self.seen += now.len() as u64;
        *bytes = later;
    }
}

/// The length of the message that starts with these bytes; `None` while too little of it is there.
fn length(head: &[u8]) -> Result<Option<u64>, UnknownMessage> {
    let Some(kind) = head.first() else { return Ok(None) };
    Ok(match kind {
        0 => Some(20),
        2 => be16(head, 2).map(|count| 4 + 4 * u64::from(count)),
        3 | 150 => Some(10),
        4 => Some(8),
        5 => Some(6),
        // A negative length is the extended clipboard: its absolute value counts.
        6 => be32(head, 4).map(|length| 8 + u64::from(length.cast_signed().unsigned_abs())),
        248 => head.get(8).map(|length| 9 + u64::from(*length)),
        250 => Some(4),
        251 => head.get(6).map(|screens| 8 + 16 * u64::from(*screens)),
        255 => match head.get(1) {
            None => None,
            Some(0) => Some(12),
            // Audio: enable and disable carry no data, the format has 6 bytes.
            Some(1) => be16(head, 2).map(|operation| if operation == 2 { 10 } else { 4 }),
            Some(_) => return Err(UnknownMessage(255)),
        },
        other => return Err(UnknownMessage(*other)),
    })
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(bytes: &[u8], piece: usize) -> (Vec<ClientMessage>, Result<(), UnknownMessage>) {
        let mut scanner = Scanner::default();
        let mut messages = Vec::new();
        for part in bytes.chunks(piece) {
            if let Err(error) = scanner.feed(part, |message| messages.push(message)) {
                return (messages, Err(error));
            }
        }
        (messages, Ok(()))
    }

    #[test]
    fn cuts_every_known_message_at_any_split() {
        let parts: Vec<Vec<u8>> = vec![
            [vec![0], vec![1; 19]].concat(),
            vec![2, 0, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21],
            vec![2, 0, 0, 0],
            vec![3, 1, 0, 0, 0, 0, 2, 0xd0, 1, 0x90],
            vec![4, 1, 0, 0, 0, 0, 0xff, 0x0d],
            vec![5, 0, 0, 10, 0, 10],
            vec![6, 0, 0, 0, 0, 0, 0, 3, b'a', b'b', b'c'],
            vec![6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe, 9, 9],
            vec![255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0x1e],
            vec![255, 1, 0, 0],
            vec![255, 1, 0, 2, 3, 2, 0, 0, 0xbb, 0x80],
            vec![150, 1, 0, 0, 0, 0, 0, 1, 0, 1],
            vec![250, 0, 1, 2],
            vec![248, 0, 0, 0, 0, 0, 0, 0, 2, 7, 7],
            [vec![251, 0, 2, 0, 1, 0, 1, 0], vec![3; 16]].concat(),
        ];
        let whole = parts.concat();
        for piece in [1, 2, 3, 7, whole.len()] {
            let (messages, end) = scan(&whole, piece);
            assert_eq!(end, Ok(()));
            assert_eq!(messages.iter().map(|message| message.bytes.clone()).collect::<Vec<_>>(), parts);
        }
        let (messages, _) = scan(&whole, 5);
        assert_eq!(messages.iter().filter(|message| message.is_key()).count(), 2);
        assert_eq!(messages[4].key(), Some((true, 0xff0d)));
        assert_eq!(messages[8].key(), Some((true, 0x61)));
        assert!(messages[5].is_pointer() && messages[6].is_cut_text());
    }

    #[test]
    fn keeps_little_of_long_messages() {
        let mut bytes = vec![6, 0, 0, 0, 0, 1, 0, 0];
        bytes.extend(vec![b'x'; 65536]);
        bytes.extend([5, 0, 0, 1, 0, 2]);
        let (messages, end) = scan(&bytes, 1000);
        assert_eq!(end, Ok(()));
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].bytes.len(), KEPT);
        assert_eq!(messages[1].bytes, [5, 0, 0, 1, 0, 2]);
    }

    #[test]
    fn stops_at_unknown_types() {
        assert_eq!(scan(&[5, 0, 0, 1, 0, 2, 77, 1], 3).1, Err(UnknownMessage(77)));
        assert_eq!(scan(&[255, 9], 1).1, Err(UnknownMessage(255)));
    }
}
