//! Measures the relay beside nginx: the same work, the same ciphers, interleaved, one core each.
//!
//! ```text
//!  load (core 0) ──TLS──► our relay or nginx (core 1) ──TLS──► console (core 0)
//! ```
//! `relaybench run --nginx PATH [--rounds N] [--mib N] [--consoles N]` starts everything, prints what it does on
//! standard error and one JSON object on standard output. The other roles are started by it. Both ends offer TLS 1.3
//! with AES-128-GCM and X25519 only. Our relay runs the product's own path: handshake with the console, greeting,
//! filter, pump. Not part of the product; it must never be run against anything but itself.

mod console;
mod load;
mod process;
mod relay;
mod run;
mod tls;
mod wire;

use std::collections::HashMap;
use std::io;

/// Arguments of the form `--name value` after the role.
pub(crate) struct Args(HashMap<String, String>);

impl Args {
    fn parse(mut words: impl Iterator<Item = String>) -> io::Result<Self> {
        let mut args = HashMap::new();
        while let Some(name) = words.next() {
            let (Some(name), Some(value)) = (name.strip_prefix("--"), words.next()) else {
                return Err(io::Error::other(format!("expected --name value, not {name:?}")));
            };
            args.insert(name.to_owned(), value);
        }
        Ok(Self(args))
    }

    pub(crate) fn text(&self, name: &str) -> io::Result<&str> {
        self.0.get(name).map(String::as_str).ok_or_else(|| io::Error::other(format!("--{name} is missing")))
    }

    pub(crate) fn number(&self, name: &str, default: u64) -> io::Result<u64> {
        self.0.get(name).map_or(Ok(default), |text| text.parse().map_err(io::Error::other))
    }
}

fn main() -> io::Result<()> {
    let mut words = std::env::args().skip(1);
    let role = words.next().unwrap_or_default();
    let args = Args::parse(words)?;
    match role.as_str() {
        "run" => run::run(&args),
        "console" => ends()?.block_on(console::run(&args)),
        "load" => ends()?.block_on(load::run(&args)),
        // As the product runs: tokio's threads, here one.
        "relay" => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?
            .block_on(relay::run(args.text("dir")?, args.text("console")?)),
        _ => Err(io::Error::other("usage: relaybench run --nginx PATH [--rounds N] [--mib N] [--consoles N]")),
    }
}

fn ends() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
