//! The header of a frame (RFC 6455 section 5.2): parsed strictly, from any chunking.

/// What a frame is (RFC 6455 section 11.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// More of a fragmented message.
    Continuation,
    /// A text message; a console has none.
    Text,
    /// A binary message.
    Binary,
    /// Close, with a code and a reason.
    Close,
    /// Ping.
    Ping,
    /// Pong.
    Pong,
}

impl Opcode {
    fn parse(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0,
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    /// Close, ping and pong (RFC 6455 section 5.5).
    pub fn is_control(self) -> bool {
        self.bits() >= 8
    }
}

/// Who sent the frame: a client must mask, a server must not (RFC 6455 section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A browser.
    Client,
    /// PVE.
    Server,
}

/// A frame that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// RSV1 to RSV3 without an extension (section 5.2).
    #[error("reserved bits are set")]
    ReservedBits,
    /// An opcode that is not defined (section 5.2).
    #[error("unknown opcode {0}")]
    Opcode(u8),
    /// Masked by a server, or not by a client (section 5.1).
    #[error("the mask is wrong for this side")]
    Mask,
    /// A control frame that is long or fragmented (section 5.5).
    #[error("a control frame is fragmented or too long")]
    Control,
    /// A length in more bytes than it needs, or with the highest bit (section 5.2).
    #[error("a length is written wrongly")]
    Length,
    /// Longer than this side may send.
    #[error("a frame of {0} bytes is too long")]
    TooLong(u64),
    /// A continuation without a beginning, or the reverse (section 5.4).
    #[error("fragments are out of order")]
    Fragments,
    /// Text, or from PVE anything but whole binary frames.
    #[error("this kind of frame is not taken here")]
    Kind,
}

/// A frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The last frame of its message.
    pub fin: bool,
    /// The kind of frame.
    pub opcode: Opcode,
    /// The masking key, when masked.
    pub mask: Option<[u8; 4]>,
    /// Bytes of payload that follow.
    pub len: u64,
}

impl Header {
    /// The header of a final frame from a server.
    pub fn down(opcode: Opcode, len: u64) -> Self {
        Self { fin: true, opcode, mask: None, len }
    }

    /// The header of a final frame from a client with the zero mask.
    pub fn up(opcode: Opcode, len: u64) -> Self {
        Self { fin: true, opcode, mask: Some([0; 4]), len }
    }

    /// The longest header, in bytes.
    pub const MAX: usize = 14;

    /// Parses the header at the front of `bytes`: it and its length, or `None` when it is not whole yet.
    ///
    /// # Errors
    /// As soon as the bytes there show it, also before the header is whole.
    pub fn parse(bytes: &[u8], from: Peer, longest: u64) -> Result<Option<(Self, usize)>, FrameError> {
        let Some(&first) = bytes.first() else { return Ok(None) };
        if first & 0x70 != 0 {
            return Err(FrameError::ReservedBits);
        }
        let fin = first & 0x80 != 0;
        let opcode = Opcode::parse(first & 0x0f).ok_or(FrameError::Opcode(first & 0x0f))?;
        if opcode.is_control() && !fin {
            return Err(FrameError::Control);
        }
        let Some(&second) = bytes.get(1) else { return Ok(None) };
        let masked = second & 0x80 != 0;
        if masked != (from == Peer::Client) {
            return Err(FrameError::Mask);
        }
        let (len, at) = match second & 0x7f {
            short @ 0..=125 => (u64::from(short), 2),
            _ if opcode.is_control() => return Err(FrameError::Control),
            126 => {
                let Some(field) = bytes.get(2..).and_then(|b| b.first_chunk()) else { return Ok(None) };
                (u64::from(u16::from_be_bytes(*field)), 4)
            }
            _ => {
                let Some(field) = bytes.get(2..).and_then(|b| b.first_chunk()) else { return Ok(None) };
                (u64::from_be_bytes(*field), 10)
            }
        };
        if (at == 4 && len < 126) || (at == 10 && (len <= u64::from(u16::MAX) || len >> 63 != 0)) {
            return Err(FrameError::Length);
        }
        if len > longest {
            return Err(FrameError::TooLong(len));
        }
        if !masked {
            return Ok(Some((Self { fin, opcode, mask: None, len }, at)));
        }
        let Some(key) = bytes.get(at..).and_then(|b| b.first_chunk()) else { return Ok(None) };
        Ok(Some((Self { fin, opcode, mask: Some(*key), len }, at + 4)))
    }

    /// Appends the header in its shortest form.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.fin) << 7 | self.opcode.bits());
        let mask = u8::from(self.mask.is_some()) << 7;
        if let Ok(short @ 0..=125) = u8::try_from(self.len) {
            out.push(mask | short);
        } else if let Ok(len) = u16::try_from(self.len) {
            out.push(mask | 126);
            out.extend_from_slice(&len.to_be_bytes());
        } else {
            out.push(mask | 127);
            out.extend_from_slice(&self.len.to_be_bytes());
        }
        out.extend_from_slice(self.mask.as_ref().map_or(&[][..], |key| &key[..]));
    }
}

/// Collects a header that comes in pieces.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct HeaderReader {
    bytes: [u8; Header::MAX],
    have: usize,
}

impl HeaderReader {
    /// Takes what belongs to the header from the front of `input`: the header if it is whole, and the bytes taken.
    pub(crate) fn read(
        &mut self,
        input: &[u8],
        from: Peer,
        longest: u64,
    ) -> Result<(Option<Header>, usize), FrameError> {
        if self.have == 0 {
            // The usual case: no copy.
            if let Some((header, used)) = Header::parse(input, from, longest)? {
                return Ok((Some(header), used));
            }
        }
        let had = self.have;
        let room = input.len().min(Header::MAX - had);
        self.bytes[had..had + room].copy_from_slice(&input[..room]);
        match Header::parse(&self.bytes[..had + room], from, longest)? {
            Some((header, used)) => {
                self.have = 0;
                Ok((Some(header), used - had))
            }
            None => {
                self.have = had + room;
                Ok((None, room))
            }
        }
    }

    /// The bytes of a header that is not whole yet.
    pub(crate) fn begun(&self) -> &[u8] {
        &self.bytes[..self.have]
    }
}
