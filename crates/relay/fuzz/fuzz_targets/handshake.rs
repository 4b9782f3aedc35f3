//! Fuzzes `entry::handshake`.
#![no_main]

#[path = "../entry.rs"]
#[expect(dead_code, reason = "each target runs one entry")]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::handshake(data));
