//! Pixel formats (RFC 6143, 7.4) and the sixteen colours of the text screens.

/// The sixteen text colours as red, green, blue.
pub(super) const COLOURS: [[u8; 3]; 16] = [
    [0x00, 0x00, 0x00],
    [0x00, 0x00, 0xaa],
    [0x00, 0xaa, 0x00],
    [0x00, 0xaa, 0xaa],
    [0xaa, 0x00, 0x00],
    [0xaa, 0x00, 0xaa],
    [0xaa, 0x55, 0x00],
    [0xaa, 0xaa, 0xaa],
    [0x55, 0x55, 0x55],
    [0x55, 0x55, 0xff],
    [0x55, 0xff, 0x55],
    [0x55, 0xff, 0xff],
    [0xff, 0x55, 0x55],
    [0xff, 0x55, 0xff],
    [0xff, 0xff, 0x55],
    [0xff, 0xff, 0xff],
];

/// How a client wants its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PixelFormat {
    bits: u8,
    depth: u8,
    big_endian: bool,
    true_colour: bool,
    max: [u16; 3],
    shift: [u8; 3],
}

impl PixelFormat {
    /// What QEMU announces: 32 bits, 8 each, little endian.
    pub(super) const QEMU: Self =
        Self { bits: 32, depth: 24, big_endian: false, true_colour: true, max: [255, 255, 255], shift: [16, 8, 0] };

    /// What vncterm announces: 8 bits with a palette, though maxima and shifts are those of 3-3-2.
    pub(super) const VNCTERM: Self =
        Self { bits: 8, depth: 8, big_endian: false, true_colour: false, max: [7, 7, 3], shift: [0, 3, 6] };

    /// The 16 bytes of the wire.
    pub(super) fn to_wire(self) -> [u8; 16] {
        let mut wire = [0u8; 16];
        wire[0] = self.bits;
        wire[1] = self.depth;
        wire[2] = u8::from(self.big_endian);
        wire[3] = u8::from(self.true_colour);
        for (at, max) in [4, 6, 8].into_iter().zip(self.max) {
            wire[at..at + 2].copy_from_slice(&max.to_be_bytes());
        }
        wire[10..13].copy_from_slice(&self.shift);
        wire
    }

    /// Reads the 16 bytes of the wire; `None` for formats no server draws in.
    pub(super) fn from_wire(wire: &[u8]) -> Option<Self> {
        let wire: &[u8; 16] = wire.try_into().ok()?;
        let max = |at: usize| u16::from_be_bytes([wire[at], wire[at + 1]]);
        let format = Self {
            bits: wire[0],
            depth: wire[1],
            big_endian: wire[2] != 0,
            true_colour: wire[3] != 0,
            max: [max(4), max(6), max(8)],
            shift: [wire[10], wire[11], wire[12]],
        };
        let bits_known = matches!(format.bits, 8 | 16 | 32);
        let shifts_fit = format.shift.iter().all(|shift| *shift < format.bits);
        (bits_known && (!format.true_colour || shifts_fit)).then_some(format)
    }

    /// Whether the client needs the colours told (SetColourMapEntries).
    pub(super) fn needs_palette(self) -> bool {
        !self.true_colour
    }

    /// Bytes of one pixel.
    pub(super) fn bytes(self) -> usize {
        usize::from(self.bits / 8)
    }

    /// The bytes of each of the sixteen colours; only the first [`Self::bytes`] of each count.
    pub(super) fn table(self) -> [[u8; 4]; 16] {
        let mut table = [[0u8; 4]; 16];
        for (index, (entry, colour)) in (0u32..).zip(table.iter_mut().zip(COLOURS)) {
            let value = if self.true_colour { self.value(colour) } else { index };
            let bytes = self.bytes();
            if self.big_endian {
                entry[..bytes].copy_from_slice(&value.to_be_bytes()[4 - bytes..]);
            } else {
                entry[..bytes].copy_from_slice(&value.to_le_bytes()[..bytes]);
            }
        }
        table
    }

    fn value(self, colour: [u8; 3]) -> u32 {
        let mut value = 0u32;
        for ((part, max), shift) in colour.into_iter().zip(self.max).zip(self.shift) {
            let scaled = (u32::from(part) * u32::from(max) + 127) / 255;
            value |= scaled.checked_shl(u32::from(shift)).unwrap_or(0);
        }
        value
    }
}

/// SetColourMapEntries (RFC 6143, 7.6.2) as vncterm sends it: the padding byte is whatever lay in memory, and the
/// 8-bit values stand unscaled in the 16-bit fields.
pub(super) fn colour_map() -> Vec<u8> {
    let mut message = vec![1, 0xfa, 0, 0, 0, 16];
    for part in COLOURS.iter().flatten() {
        message.extend_from_slice(&u16::from(*part).to_be_bytes());
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_survive_the_wire() {
        for format in [PixelFormat::QEMU, PixelFormat::VNCTERM] {
            assert_eq!(PixelFormat::from_wire(&format.to_wire()), Some(format));
        }
        assert_eq!(PixelFormat::from_wire(&[24, 24, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(PixelFormat::from_wire(&[8, 8, 0, 1, 0, 1, 0, 1, 0, 1, 9, 0, 0, 0, 0, 0]), None);
    }

    #[test]
    fn colours_are_scaled_and_placed() {
        assert_eq!(PixelFormat::QEMU.table()[9], [0xff, 0x55, 0x55, 0]);
        assert_eq!(PixelFormat::VNCTERM.table()[9][0], 9);
        let mut rgb565 = PixelFormat { bits: 16, depth: 16, big_endian: true, ..PixelFormat::QEMU };
        rgb565.max = [31, 63, 31];
        rgb565.shift = [11, 5, 0];
        assert_eq!(rgb565.table()[15][..2], [0xff, 0xff]);
        assert_eq!(rgb565.table()[4][..2], [0xa8, 0x00]);
    }
}
