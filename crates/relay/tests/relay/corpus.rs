//! Runs the fuzz entries over seeds of every message and frame, and over a fixed number of damaged copies of them.

use crate::entry;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use nexus_relay::ws::{Header, Opcode, frame_down, frame_up};

fn messages() -> Vec<Vec<u8>> {
    let mut all = vec![
        [&[0, 0, 0, 0, 32, 24, 0, 1][..], &[0; 12]].concat(),
        [&[2, 0, 0, 3][..], &0_i32.to_be_bytes(), &(-223_i32).to_be_bytes(), &0xC0A1_E5CE_u32.to_be_bytes()].concat(),
        vec![2, 0, 255, 255],
        vec![3, 1, 0, 0, 0, 0, 2, 208, 1, 144],
        vec![4, 1, 0, 0, 0, 0, 0, 97],
        vec![5, 1, 0, 9, 0, 9],
        vec![6, 0, 0, 0, 0, 0, 0, 3, b'a', b'b', b'c'],
        vec![6, 0, 0, 0, 0x7f, 255, 255, 255],
        vec![150, 1, 0, 0, 0, 0, 0, 9, 0, 9],
        vec![248, 0, 0, 0, 0, 0, 0, 1, 2, 9, 9],
        [&[251, 0, 2, 208, 1, 144, 1, 0][..], &[0; 16]].concat(),
        [&[255, 0, 0, 1][..], &[0; 8]].concat(),
        vec![255, 1, 0, 0],
    ];
    for action in 24..=28 {
        let head = [&[6, 0, 0, 0][..], &(-8_i32).to_be_bytes(), &(1_u32 << action).to_be_bytes()];
        all.push([&head.concat()[..], b"text"].concat());
    }
    all.push([&b"RFB 003.008\n"[..], &[1, 1]].concat());
    all
}

fn frame_seeds() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for opcode in [Opcode::Binary, Opcode::Text, Opcode::Continuation, Opcode::Ping, Opcode::Pong, Opcode::Close] {
        for len in [0, 1, 2, 125, 126, 300] {
            let payload = vec![3; len];
            let mut down = Vec::new();
            frame_down(opcode, &payload, &mut down);
            let mut up = Vec::new();
            frame_up(opcode, &payload, &mut up);
            let mut masked = Vec::new();
            Header { fin: len % 2 == 0, opcode, mask: Some([1, 2, 3, 4]), len: len as u64 }.write(&mut masked);
            masked.extend_from_slice(&payload);
            all.extend([down, up, masked]);
        }
    }
    for len in [0x1_0000, 0x4_0001, u64::MAX / 2] {
        let mut long = Vec::new();
        Header { fin: true, opcode: Opcode::Binary, mask: None, len }.write(&mut long);
        long.resize(long.len() + 70_000, 7);
        all.push(long);
    }
    all
}

fn handshakes() -> Vec<Vec<u8>> {
    let challenge = [7; 16];
    vec![
        [&b"RFB 003.008\n"[..], &[1, 2], &challenge, &[0; 4]].concat(),
        [&b"RFB 003.008\n"[..], &[1, 2], &challenge, &[0, 0, 0, 1, 0, 0, 0, 4], b"nope"].concat(),
        [&b"RFB 003.008\n"[..], &[1, 1, 0, 0, 0, 0]].concat(),
        [&b"RFB 003.007\n"[..], &[2, 1, 2], &challenge, &[0; 4]].concat(),
        [&b"RFB 003.003\n"[..], &[0, 0, 0, 2], &challenge, &[0; 4]].concat(),
        [&b"RFB 003.008\n"[..], &[0, 0, 0, 0, 5], b"fully"].concat(),
    ]
}

/// Runs `entry` over strings of seeds, each whole and with damage.
fn run(seeds: &[Vec<u8>], prefix: usize, entry: fn(&[u8])) {
    let mut rng = SmallRng::seed_from_u64(0x6e65_7875);
    for round in 0..4_000 {
        let mut data: Vec<u8> = (0..prefix).map(|_| rng.random()).collect();
        for _ in 0..rng.random_range(1..6) {
            data.extend_from_slice(&seeds[rng.random_range(0..seeds.len())]);
        }
        for _ in 0..round % 4 {
            let at = rng.random_range(prefix.min(data.len() - 1)..data.len());
            data[at] = rng.random();
        }
        if round % 7 == 0 {
            data.truncate(rng.random_range(0..data.len()));
        }
        entry(&data);
    }
    for seed in seeds {
        entry(&[&vec![7; prefix][..], seed].concat());
    }
}

#[test]
fn frames_hold_over_the_corpus() {
    run(&frame_seeds(), 1, entry::frames);
}

#[test]
fn messages_hold_over_the_corpus() {
    run(&messages(), 2, entry::rfb);
}

#[test]
fn handshakes_hold_over_the_corpus() {
    run(&handshakes(), 0, entry::handshake);
}
