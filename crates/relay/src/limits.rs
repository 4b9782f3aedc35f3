//! Every bound of the relay in one place; what is longer is refused before it is buffered.

use std::time::Duration;

/// The longest frame taken from PVE, in bytes. pveproxy makes none above 128 KiB.
pub(crate) const PVE_FRAME: u64 = 256 << 10;
/// The longest frame taken from a browser, in bytes: a paste of the largest size and its header.
pub(crate) const BROWSER_FRAME: u64 = (1 << 20) + 64;
/// The longest frame sent to PVE, in bytes of payload. pveproxy's reader dies above 128 KiB.
pub(crate) const FRAME_UP: usize = 64 << 10;
/// The longest clipboard text, in bytes: QEMU's own bound (`ui/vnc.c`).
pub(crate) const CUT_TEXT: u32 = 1 << 20;
/// Encodings in one SetEncodings. noVNC sends some 25.
pub(crate) const ENCODINGS: u16 = 256;
/// Screens in one SetDesktopSize.
pub(crate) const SCREENS: u8 = 16;
/// Bytes of a fence's payload (RFB community specification, "ClientFence": at most 64).
pub(crate) const FENCE: u8 = 64;
/// The longest reason of a refused handshake that is read, in bytes.
pub(crate) const REASON: u32 = 1 << 10;
/// The RFB handshake with PVE takes 10 ms; QEMU forgets the password after 30 s.
pub(crate) const AUTHENTICATE: Duration = Duration::from_secs(10);
/// What a browser may take for its part of the handshake.
pub(crate) const GREETING: Duration = Duration::from_secs(10);
/// What saying goodbye may take.
pub(crate) const GOODBYE: Duration = Duration::from_secs(2);
/// What finding out why PVE closed may take.
pub(crate) const VERDICT: Duration = Duration::from_secs(3);
