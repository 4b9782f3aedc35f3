//! Properties of the codec and the filter over generated input.

use crate::entry;
use nexus_relay::rfb::{Filter, Rights};
use nexus_relay::ws::{Decoder, FrameError, Header, Opcode, Peer, Piece, Walker, frame_down};
use proptest::collection::vec;
use proptest::prelude::*;

fn opcode() -> impl Strategy<Value = Opcode> {
    prop_oneof![Just(Opcode::Binary), Just(Opcode::Text), Just(Opcode::Continuation)]
}

/// A message of a browser, well formed, of any kind that a guest could understand.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let fixed =
        |kind: u8, len: usize| vec(any::<u8>(), len - 1..len).prop_map(move |rest| [&[kind][..], &rest].concat());
    let text = (any::<bool>(), any::<u32>(), vec(any::<u8>(), 0..300)).prop_map(|(extended, flags, text)| {
        let mut out = vec![6, 0, 0, 0];
        if extended {
            out.extend_from_slice(&(-(4 + text.len() as i32)).to_be_bytes());
            out.extend_from_slice(&flags.to_be_bytes());
        } else {
            out.extend_from_slice(&(text.len() as u32).to_be_bytes());
        }
        out.extend_from_slice(&text);
        out
    });
    let encodings = vec(prop_oneof![any::<i32>(), -320..30], 0..40).prop_map(|list| {
        let mut out = vec![2, 0];
        out.extend_from_slice(&(list.len() as u16).to_be_bytes());
        out.extend(list.iter().flat_map(|encoding| encoding.to_be_bytes()));
        out
    });
    prop_oneof![
        fixed(3, 10),
        fixed(4, 8),
        fixed(5, 6),
        fixed(150, 10),
        fixed(255, 12).prop_map(|mut qemu| {
            qemu[1] = 0;
            qemu
        }),
        fixed(0, 20).prop_map(|mut format| {
            format[4] = 32;
            format
        }),
        vec(any::<u8>(), 0..64).prop_map(|load| [&[248, 0, 0, 0, 0, 0, 0, 0, load.len() as u8][..], &load].concat()),
        text,
        encodings,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_header_comes_back_as_it_was_written(
        fin in any::<bool>(), opcode in opcode(), mask in any::<Option<[u8; 4]>>(),
        len in prop_oneof![0..200_u64, 65_000..66_000_u64, 0..1_u64 << 62],
    ) {
        let header = Header { fin, opcode, mask, len };
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        let from = if mask.is_some() { Peer::Client } else { Peer::Server };
        for cut in 0..bytes.len() {
            prop_assert_eq!(Header::parse(&bytes[..cut], from, u64::MAX), Ok(None));
        }
        prop_assert_eq!(Header::parse(&bytes, from, u64::MAX), Ok(Some((header, bytes.len()))));
    }

    #[test]
    fn payloads_come_back_unmasked_from_any_chunks(
        payloads in vec((any::<[u8; 4]>(), vec(any::<u8>(), 0..400)), 1..6), size in 1..50_usize,
    ) {
        let mut wire = Vec::new();
        for (key, payload) in &payloads {
            Header { fin: true, opcode: Opcode::Binary, mask: Some(*key), len: payload.len() as u64 }.write(&mut wire);
            wire.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
        }
        let (mut decoder, mut scratch, mut got) = (Decoder::new(), Vec::new(), Vec::new());
        for chunk in wire.chunks(size) {
            decoder.feed(chunk, &mut scratch, &mut |piece| {
                if let Piece::Data(bytes) = piece { got.extend_from_slice(bytes); }
                Ok::<(), FrameError>(())
            }).unwrap();
        }
        let plain: Vec<u8> = payloads.into_iter().flat_map(|(_, payload)| payload).collect();
        prop_assert_eq!(got, plain);
    }

    #[test]
    fn borders_are_where_frames_end(lens in vec(0..400_usize, 1..20), size in 1..90_usize) {
        let (mut wire, mut ends) = (Vec::new(), vec![0]);
        for len in lens {
            frame_down(Opcode::Binary, &vec![1; len], &mut wire);
            ends.push(wire.len());
        }
        let (mut walker, mut passed) = (Walker::new(), 0);
        for chunk in wire.chunks(size) {
            let walk = walker.walk(chunk);
            prop_assert_eq!(walk.stop, None);
            let begin = passed + walk.held().len();
            if let Some(border) = walk.border {
                prop_assert!(ends.contains(&(begin + border)));
            }
            passed = begin + walk.pass;
            prop_assert_eq!(walker.at_border(), ends.contains(&passed));
        }
        prop_assert_eq!(passed, wire.len());
        prop_assert!(walker.at_border());
    }

    #[test]
    fn well_formed_messages_pass_with_control(messages in vec(message(), 1..12), seed in any::<u8>()) {
        let bytes = messages.concat();
        entry::rfb(&[&[seed, 7][..], &bytes].concat());
        let all = Rights { control: true, clipboard_in: true, clipboard_out: true };
        let mut out = Vec::new();
        let text_is_short = |m: &Vec<u8>| m[0] != 2;
        Filter::new(all).feed(&bytes, &mut out).unwrap();
        if messages.iter().all(text_is_short) {
            prop_assert_eq!(out, bytes, "without SetEncodings everything passes as it is");
        }
    }

    #[test]
    fn a_watcher_gets_nothing_through(messages in vec(message(), 1..12), seed in any::<u8>(), bits in 0..4_u8) {
        // The entry checks that only harmless types come out, whatever the chunks.
        entry::rfb(&[&[seed, bits << 1][..], &messages.concat()].concat());
    }

    #[test]
    fn no_bytes_break_the_parsers(data in vec(any::<u8>(), 0..2_000)) {
        entry::frames(&data);
        entry::rfb(&data);
        entry::handshake(&data);
    }
}
