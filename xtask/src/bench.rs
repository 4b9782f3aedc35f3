//! `cargo xtask bench relay`: the relay beside nginx, and `docs/benchmarks.md` from what came out.
//!
//! The measuring itself is `crates/relay/examples/relaybench`; this builds it, gets nginx, takes medians and writes.
//! It must not write a page from a run that was not whole.

mod fleet;
mod list;
mod living;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

pub(crate) use self::fleet::fleet;
pub(crate) use self::list::list;

/// One measured figure: the work, the field of its results, and how it is called.
struct Figure {
    work: &'static str,
    field: &'static str,
    name: &'static str,
    digits: usize,
}

const FIGURES: [Figure; 6] = [
    Figure { work: "down", field: "cpu_s_per_gib", name: "CPU seconds per GiB, PVE to browser", digits: 2 },
    Figure { work: "up", field: "cpu_s_per_gib", name: "CPU seconds per GiB, browser to PVE", digits: 2 },
    Figure { work: "echo", field: "added_p50_us", name: "latency added to a 64-byte echo, p50, µs", digits: 0 },
    Figure { work: "echo", field: "rtt_p50_us", name: "64-byte echo, closed loop, p50, µs", digits: 0 },
    Figure { work: "echo", field: "cpu_us", name: "CPU µs per echo", digits: 0 },
    Figure { work: "idle", field: "kib_per_console", name: "resident KiB per idle console", digits: 1 },
];

/// Builds and runs the bench with `args` (`--rounds N --mib N --consoles N`), prints the ratios and writes the page.
///
/// # Errors
/// nginx is missing and cannot be installed, the machine has one core only, or a run failed.
pub(crate) fn relay(root: &Path, args: &[String]) -> Result<()> {
    let nginx = nginx()?;
    let mut build = Command::new("cargo");
    process::run(build.current_dir(root).args(["build", "--release", "-p", "nexus-relay", "--example", "relaybench"]))?;
    if std::thread::available_parallelism()?.get() < 2 {
        bail!("the bench needs two cores: one for the relays, one for the ends");
    }
    let mut bench = Command::new(target(root).join("release/examples/relaybench"));
    bench.arg("run").arg("--nginx").arg(&nginx).args(args);
    let mut last = String::new();
    process::run_observed(&mut bench, &mut std::io::sink(), |line| line.clone_into(&mut last))?;
    let measured: Value = serde_json::from_str(&last).context("the bench printed no result")?;
    let table = table(&measured)?;
    println!("\n{table}");
    write(root, "", &page(&table, &measured, args, &version(&nginx)?)?)
}

/// The headings of the page's parts after the first, in order.
const PARTS: [&str; 2] = [fleet::HEADING, list::HEADING];

/// Writes one bench's part of the page, under its heading; the others' stay.
fn write(root: &Path, heading: &str, part: &str) -> Result<()> {
    let file = root.join("docs/benchmarks.md");
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::write(&file, with_part(&old, heading, part))
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("written to docs/benchmarks.md");
    Ok(())
}

/// The page with another text under one of its headings; the first part has none.
fn with_part(page: &str, heading: &str, part: &str) -> String {
    let starts = PARTS.map(|heading| page.find(heading).unwrap_or(page.len()));
    let begins = std::iter::once(("", 0)).chain(PARTS.into_iter().zip(starts)).enumerate();
    let parts = begins.map(|(at, (own, start))| {
        // A part that is not there ends where it begins.
        let end = starts.iter().skip(at).copied().filter(|end| *end >= start).min().unwrap_or(page.len());
        let text = if own == heading { part } else { page.get(start + own.len()..end).unwrap_or_default() };
        if text.is_empty() { String::new() } else { format!("{own}\n{}\n", text.trim()) }
    });
    parts.collect::<String>().trim_start().to_owned()
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// nginx's program; Debian's package is installed when there is none.
fn nginx() -> Result<PathBuf> {
    let known = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"].map(PathBuf::from);
    let find = || known.iter().find(|path| path.exists()).cloned();
    if let Some(path) = find() {
        return Ok(path);
    }
    if process::capture(Command::new("id").arg("-u"))?.trim() != "0" {
        bail!("nginx is not installed: run `apt-get install nginx`, or this as root");
    }
    // The run level keeps the package from starting a server of its own.
    let apt = |words: &[&str]| {
        process::run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1").args(words))
    };
    apt(&["update"])?;
    apt(&["install", "-y", "--no-install-recommends", "nginx"])?;
    find().context("nginx was installed, but its program is not where it belongs")
}

fn version(nginx: &Path) -> Result<String> {
    // It is printed on standard error.
    let text = process::capture(Command::new("sh").args(["-c", "exec \"$0\" -v 2>&1"]).arg(nginx))?;
    Ok(text.trim().trim_start_matches("nginx version: ").to_owned())
}

/// The median of one figure of one relay.
fn median(measured: &Value, relay: &str, figure: &Figure) -> Result<f64> {
    let results = &measured["results"];
    if figure.field == "added_p50_us" {
        let rtt = Figure { field: "rtt_p50_us", ..*figure };
        return Ok(median(measured, relay, &rtt)? - median(measured, "direct", &rtt)?);
    }
    let runs = results[relay][figure.work].as_array().with_context(|| format!("{relay} did no {}", figure.work))?;
    let mut values: Vec<f64> = runs.iter().filter_map(|run| run[figure.field].as_f64()).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().with_context(|| format!("{relay} has no {}", figure.field))
}

fn table(measured: &Value) -> Result<String> {
    let mut out = String::from("| | Nexus | nginx | ratio |\n|---|---|---|---|\n");
    for figure in &FIGURES {
        let (ours, theirs) = (median(measured, "nexus", figure)?, median(measured, "nginx", figure)?);
        let digits = figure.digits;
        writeln!(out, "| {} | {ours:.digits$} | {theirs:.digits$} | {:.2} |", figure.name, ours / theirs)?;
    }
    Ok(out)
}

/// What the run was made on.
fn machine() -> Result<String> {
    let cpus = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']).trim());
    let cores = std::thread::available_parallelism()?;
    let kernel = process::capture(Command::new("uname").arg("-sr"))?;
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("unknown");
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    // The bench itself is about two of it; more are neighbours that take caches and cores.
    let load = load.split(' ').nth(1).unwrap_or("unknown");
    Ok(format!("{model}, {cores} cores, {}, {}, load average {load}", system.trim_matches('"'), kernel.trim()))
}

fn page(table: &str, measured: &Value, args: &[String], nginx: &str) -> Result<String> {
    let date = process::capture(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let flags = if args.is_empty() { String::new() } else { format!(" -- {}", args.join(" ")) };
    let direct = median(measured, "direct", &FIGURES[3])?;
    Ok(format!(
        "# Benchmarks

Written by `cargo xtask bench relay{flags}` on {date}.

Run it again rather than quoting it: on another machine, or on a busy one, other numbers come out. The ratios move less
than the numbers, since both sides are measured in turn within the same minutes.

Machine: {machine}. Compared with: {nginx}.

{table}
Ratios below 1 are in favour of Nexus. Medians of {rounds} rounds; idle memory is one run of {consoles} consoles.

## How it is measured

A load generator and a fake PVE console share one core; the relay has the other one. Both legs are TLS 1.3 with
AES-128-GCM and X25519, for both relays. nginx is Debian's package with one worker, `proxy_pass` of a WebSocket and
buffers of 64 KiB. Our side is the product's own path: the handshake with the console, the greeting of the browser, the
filter and the pump; what it does not do here is HTTP routing, permissions and the audit log.

- CPU per GiB: {mib} MiB in all over 8 consoles, in frames of 16 KiB; the receiving end throws the bytes away without
  decrypting them, so that the relay is the bottleneck. Upwards they are clipboard texts, masked as browsers do: Nexus
  unmasks, checks and frames them anew, nginx passes them on as they are.
- Echo: messages of 64 bytes, one after the other. Without a relay the same takes {direct:.0} µs, which is subtracted for
  the added latency.
- Idle memory: the growth of resident memory while the consoles are opened, each after 64 KiB of traffic, divided by
  their number. Kernel memory is not in it.
",
        date = date.trim(),
        machine = machine()?,
        rounds = measured["rounds"],
        consoles = measured["consoles"],
        mib = measured["mib"],
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn medians_and_ratios_stand_in_the_table() {
        let bulk = |values: [f64; 3]| values.map(|v| json!({ "cpu_s_per_gib": v })).to_vec();
        let echo = |rtt: f64| json!([{ "rtt_p50_us": rtt, "cpu_us": 10.0 }]);
        let idle = |kib: f64| json!([{ "kib_per_console": kib }]);
        let measured = json!({ "results": {
            "nexus": { "down": bulk([9.0, 0.5, 0.4]), "up": bulk([1.0; 3]), "echo": echo(60.0), "idle": idle(10.0) },
            "nginx": { "down": bulk([1.0; 3]), "up": bulk([2.0; 3]), "echo": echo(100.0), "idle": idle(80.0) },
            "direct": { "echo": echo(20.0) },
        }});
        let table = table(&measured).unwrap();
        assert!(table.contains("PVE to browser | 0.50 | 1.00 | 0.50 |"), "{table}");
        assert!(table.contains("added to a 64-byte echo, p50, µs | 40 | 80 | 0.50 |"), "{table}");
        assert!(table.contains("resident KiB per idle console | 10.0 | 80.0 | 0.12 |"), "{table}");
        assert!(super::table(&json!({})).is_err(), "a run that was not whole gives no table");
    }

    #[test]
    fn each_bench_writes_its_own_part() {
        let first = with_part("", "", "# Benchmarks\n\nrelay");
        assert_eq!(first, "# Benchmarks\n\nrelay\n");
        let list = with_part(&first, list::HEADING, "rows");
        let both = with_part(&list, fleet::HEADING, "servers\n\n## More\n");
        assert_eq!(both, format!("{first}{}\nservers\n\n## More\n{}\nrows\n", fleet::HEADING, list::HEADING));
        let again = with_part(&both, fleet::HEADING, "others");
        assert_eq!(again, format!("{first}{}\nothers\n{}\nrows\n", fleet::HEADING, list::HEADING));
        assert_eq!(with_part(&again, "", "new"), again.replace("# Benchmarks\n\nrelay", "new"));
    }
}
