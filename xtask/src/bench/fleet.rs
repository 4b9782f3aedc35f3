//! `cargo xtask bench fleet`: what servers that hang or refuse cost the others, and what a living fleet costs.
//!
//! The measuring itself is `crates/app/examples/fleetbench.rs` and `livebench`; this builds them, takes medians and writes
//! their part of the page. It must not touch the other parts.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::living;
use crate::process;

/// Where this bench's part of the page begins.
pub(super) const HEADING: &str = "\n## Servers that hang or refuse\n";
/// The ratio that must not be exceeded.
const LIMIT: f64 = 1.1;

/// Builds and runs the bench with `args` (`--rounds N`), prints the ratio and writes the page.
///
/// # Errors
/// A run failed, or bad servers cost more than they may.
pub(crate) fn fleet(root: &Path, args: &[String]) -> Result<()> {
    let mut build = Command::new("cargo");
    let examples = ["--example", "fleetbench", "--example", "livebench"];
    process::run(build.current_dir(root).args(["build", "--release", "-p", "nexus-app"]).args(examples))?;
    let measured = measure(root, "fleetbench", args)?;
    let living = measure(root, "livebench", &[])?;
    let (alone, with) = (median(&measured, "alone_ms")?, median(&measured, "with_ms")?);
    super::write(root, HEADING, &(part(&measured, args, alone, with)? + &living::part(&living)?))?;
    println!("\n{alone:.0} ms alone, {with:.0} ms with bad ones: {:.2}", with / alone);
    if with / alone > LIMIT {
        bail!("bad servers cost the others more than they may: {:.2}, at most {LIMIT}", with / alone);
    }
    Ok(())
}

/// Runs one of the examples; what it measured is its last line.
fn measure(root: &Path, example: &str, args: &[String]) -> Result<Value> {
    let mut bench = Command::new(super::target(root).join("release/examples").join(example));
    let mut last = String::new();
    process::run_observed(bench.args(args), &mut std::io::sink(), |line| {
        println!("{line}");
        line.clone_into(&mut last);
    })?;
    serde_json::from_str(&last).with_context(|| format!("{example} printed no result"))
}

pub(super) fn median(measured: &Value, field: &str) -> Result<f64> {
    let runs = measured[field].as_array().with_context(|| format!("there is no {field}"))?;
    let mut values: Vec<f64> = runs.iter().filter_map(Value::as_f64).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().with_context(|| format!("{field} is empty"))
}

fn part(measured: &Value, args: &[String], alone: f64, with: f64) -> Result<String> {
    let date = process::capture(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let flags = if args.is_empty() { String::new() } else { format!(" -- {}", args.join(" ")) };
    let list = |field: &str| {
        let runs = measured[field].as_array().into_iter().flatten().filter_map(Value::as_f64);
        runs.map(|ms| format!("{ms:.0}")).collect::<Vec<_>>().join(", ")
    };
    Ok(format!(
        "
Written by `cargo xtask bench fleet{flags}` on {date}.

Machine: {machine}.

| from a cold start until 40 servers have their first picture | ms | single runs |
|---|---|---|
| 40 servers | {alone:.0} | {alone_runs} |
| the same, with 5 that hang and 5 that refuse | {with:.0} | {with_runs} |
| ratio, at most {LIMIT} | {ratio:.2} | |

Medians of {rounds} rounds, both fleets in turn. The simulated servers, of {guests} guests each, run in the same process
and share its cores. Five of the bad ones take connections and never say a word, at five the port is closed. The time
begins with the start of the application on a database that holds the servers.
",
        date = date.trim(),
        machine = super::machine()?,
        alone_runs = list("alone_ms"),
        with_runs = list("with_ms"),
        ratio = with / alone,
        rounds = measured["rounds"],
        guests = measured["guests"],
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_median_of_all_runs_counts() {
        let measured = json!({ "alone_ms": [9.0, 1.0, 5.0], "with_ms": [] });
        assert_eq!(median(&measured, "alone_ms").unwrap(), 5.0);
        assert!(median(&measured, "with_ms").is_err() && median(&measured, "other").is_err());
    }
}
