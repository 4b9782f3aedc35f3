//! What the fuzz targets run, kept apart so that the test suite can run the same over a seeded corpus.
//!
//! Each entry takes any bytes and panics when a property does not hold; none may panic otherwise.

use nexus_relay::rfb::{Filter, FilterError, Front, Handshake, Rights};
use nexus_relay::ws::{Decoder, FrameError, Piece, Stop, Walker};

/// Cuts `data` into chunks whose lengths come from `seed`.
fn chunks(mut data: &[u8], seed: u8) -> Vec<&[u8]> {
    let mut state = u32::from(seed).wrapping_mul(2_654_435_761) + 1;
    let mut out = Vec::new();
    while !data.is_empty() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let len = (1 + (state >> 24) as usize % 17).min(data.len());
        let (now, later) = data.split_at(len);
        out.push(now);
        data = later;
    }
    out
}

fn decoded(parts: &[&[u8]]) -> (Vec<u8>, Vec<String>, Option<FrameError>) {
    let (mut decoder, mut scratch) = (Decoder::new(), Vec::new());
    let (mut data, mut others) = (Vec::new(), Vec::new());
    for part in parts {
        let fed = decoder.feed(part, &mut scratch, &mut |piece| {
            match piece {
                Piece::Data(bytes) => data.extend_from_slice(bytes),
                other => others.push(format!("{other:?} after {}", data.len())),
            }
            Ok::<(), FrameError>(())
        });
        if let Err(error) = fed {
            return (data, others, Some(error));
        }
    }
    (data, others, None)
}

fn walked(parts: &[&[u8]]) -> (Vec<u8>, u64, Option<Stop>) {
    let mut walker = Walker::new();
    let mut passed = Vec::new();
    for part in parts {
        let walk = walker.walk(part);
        assert!(walk.border.is_none_or(|at| at <= walk.pass) && walk.pass <= part.len());
        passed.extend_from_slice(walk.held());
        passed.extend_from_slice(&part[..walk.pass]);
        if walk.stop.is_some() {
            return (passed, walker.missing(), walk.stop);
        }
    }
    (passed, walker.missing(), None)
}

/// Frames of both sides: chunking changes nothing, nothing is invented.
pub(crate) fn frames(data: &[u8]) {
    let Some((&seed, data)) = data.split_first() else { return };
    let parts = chunks(data, seed);
    let whole = decoded(&[data]);
    assert_eq!(whole, decoded(&parts));
    assert!(whole.0.len() <= data.len());
    let whole = walked(&[data]);
    assert_eq!(whole, walked(&parts));
    assert!(data.starts_with(&whole.0), "what passes is a prefix of what came");
}

fn filtered(rights: Rights, parts: &[&[u8]]) -> (Vec<u8>, bool, Option<FilterError>) {
    let mut filter = Filter::new(rights);
    let (mut out, mut input) = (Vec::new(), false);
    for part in parts {
        match filter.feed(part, &mut out) {
            Ok(did) => input |= did,
            Err(error) => return (out, input, Some(error)),
        }
    }
    (out, input, None)
}

/// The types of the messages in a stream that the filter let through. Written apart from the filter's own parser.
pub(crate) fn message_types(mut bytes: &[u8]) -> Vec<u8> {
    let mut types = Vec::new();
    while let Some(&kind) = bytes.first() {
        let be = |at: usize, len: usize| {
            bytes.get(at..at + len).map_or(0, |field| field.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b)))
        };
        let len = match kind {
            0 => 20,
            2 => 4 + 4 * be(2, 2),
            3 | 150 => 10,
            4 => 8,
            5 => 6,
            6 => 8 + (be(4, 4) as u32 as i32).unsigned_abs() as usize,
            248 => 9 + be(8, 1),
            251 => 8 + 16 * be(6, 1),
            255 => 12,
            other => panic!("message type {other} has passed"),
        };
        types.push(kind);
        bytes = bytes.get(len..).unwrap_or_default();
    }
    types
}

/// Messages of a browser: chunking changes nothing, rights hold, and nothing grows.
pub(crate) fn rfb(data: &[u8]) {
    let [seed, bits, data @ ..] = data else { return };
    let rights = Rights { control: bits & 1 != 0, clipboard_in: bits & 2 != 0, clipboard_out: bits & 4 != 0 };
    let parts = chunks(data, *seed);
    let (out, input, error) = filtered(rights, &[data]);
    let (out_too, _, error_too) = filtered(rights, &parts);
    assert_eq!((&out, error), (&out_too, error_too));
    assert!(out.len() <= data.len());
    let types = message_types(&out);
    if !rights.control {
        assert!(!input);
        assert!(types.iter().all(|kind| matches!(kind, 0 | 2 | 3 | 150 | 248)), "{types:?}");
    }
    assert!(rights.clipboard_in || rights.clipboard_out || !types.contains(&6));

    let (mut back, mut on) = (Vec::new(), Vec::new());
    let mut front = Front::new(rights);
    let _ = front.feed(data, &mut back, &mut on);
    assert!(back.len() <= 6 && on.len() <= data.len());
}

/// PVE's side of the handshake: ends in a bounded number of bytes, and only a zero result lets us in.
pub(crate) fn handshake(mut data: &[u8]) {
    let mut handshake = Handshake::new(b"PASSWORD");
    let mut out = Vec::new();
    let mut taken = 0;
    while let Some(needs) = handshake.needs() {
        assert!(needs <= 1024);
        let Some((now, later)) = data.split_at_checked(needs) else { return };
        taken += needs;
        assert!(taken <= 12 + 1 + 255 + 16 + 4 + 4 + 1024);
        if handshake.take(now, &mut out).is_err() {
            return;
        }
        data = later;
    }
    assert!(out.len() <= 12 + 1 + 16);
}
