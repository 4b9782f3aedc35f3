//! `cargo xtask bench list`: the list of guests in a browser beside a plain table of the same ten thousand.
//!
//! The measuring itself is `web/e2e/bench/list.mjs` over the page of `web/bench`; this builds that, takes medians, judges and
//! writes. It must not touch the other parts of the page.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{process, web};

/// Where this bench's part of the page begins.
pub(super) const HEADING: &str = "\n## Ten thousand guests in a browser\n";
/// Of the plain table's time until rows are painted.
const PAINT_LIMIT: f64 = 0.2;
/// Of the plain table's share of dropped frames.
const DROPPED_LIMIT: f64 = 0.5;

/// Builds the bench's page, measures `--rounds N` (5 unless given), prints the ratios and writes the page.
///
/// # Errors
/// A run failed, a key was lost, or a ratio is over its limit.
pub(crate) fn list(root: &Path, args: &[String]) -> Result<()> {
    let rounds = match args {
        [] => "5",
        [flag, rounds] if flag == "--rounds" => rounds,
        _ => bail!("the only flag is --rounds with a number"),
    };
    web::install(root, "web")?;
    web::install(root, "web/e2e")?;
    process::run(&mut web::script(root, "web", "bench"))?;
    let mut bench = Command::new("node");
    let mut last = String::new();
    let bench = bench.current_dir(root.join("web/e2e")).args(["bench/list.mjs", rounds]);
    process::run_observed(bench, &mut std::io::sink(), |line| {
        println!("{line}");
        line.clone_into(&mut last);
    })?;
    let measured: Value = serde_json::from_str(&last).context("the bench printed no result")?;
    let figures = Figures::of(&measured)?;
    println!("\npainted {:.2}, keys {:.2}, dropped frames {:.2}", figures.painted(), figures.keys(), figures.dropped());
    super::write(root, HEADING, &part(&measured, &figures)?)?;
    figures.judge()
}

/// Medians, ours and the plain table's.
#[derive(Debug)]
struct Figures {
    paint_ms: [f64; 2],
    key_ms: [f64; 2],
    /// Share of all frames, 0 to 1.
    dropped: [f64; 2],
    /// How often the field did not hold what was typed.
    lost: [usize; 2],
}

impl Figures {
    fn of(measured: &Value) -> Result<Self> {
        let words = &measured["words"];
        let runs = |table: &str| measured[table].as_array().with_context(|| format!("{table} did not run"));
        let tables = [runs("nexus")?, runs("plain")?];
        let all = |read: &dyn Fn(&Value) -> Option<f64>| -> Result<[f64; 2]> {
            Ok([median(tables[0], read)?, median(tables[1], read)?])
        };
        Ok(Self {
            paint_ms: all(&|run| run["paint_ms"].as_f64())?,
            key_ms: all(&|run| run["key_ms"].as_f64())?,
            dropped: all(&|run| {
                Some(run["dropped"].as_f64()? / run["frames"].as_f64().filter(|frames| *frames > 0.0)?)
            })?,
            lost: tables.map(|runs| runs.iter().filter(|run| run["typed"] != *words).count()),
        })
    }

    fn painted(&self) -> f64 {
        self.paint_ms[0] / self.paint_ms[1]
    }

    fn keys(&self) -> f64 {
        self.key_ms[0] / self.key_ms[1]
    }

    /// A plain table that drops nothing leaves nothing to be better at.
    fn dropped(&self) -> f64 {
        if self.dropped[1] > 0.0 { self.dropped[0] / self.dropped[1] } else { f64::from(self.dropped[0] > 0.0) }
    }

    fn judge(&self) -> Result<()> {
        if self.lost[0] > 0 {
            bail!("the filter lost keys in {} runs", self.lost[0]);
        }
        if self.painted() > PAINT_LIMIT || self.dropped() > DROPPED_LIMIT {
            bail!(
                "over the limit: painted {:.2} of {PAINT_LIMIT}, dropped frames {:.2} of {DROPPED_LIMIT}",
                self.painted(),
                self.dropped()
            );
        }
        Ok(())
    }
}

fn median(runs: &[Value], read: &dyn Fn(&Value) -> Option<f64>) -> Result<f64> {
    let mut values: Vec<f64> = runs.iter().filter_map(read).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().context("a run has no figure")
}

fn part(measured: &Value, figures: &Figures) -> Result<String> {
    let date = process::capture(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let Figures { paint_ms, key_ms, dropped, lost } = figures;
    Ok(format!(
        "
Written by `cargo xtask bench list` on {date}.

Machine: {machine}, Chromium {chromium} without a graphics card.

| | Nexus | plain table | ratio | at most |
|---|---|---|---|---|
| from data to painted rows, ms | {:.0} | {:.0} | {:.2} | {PAINT_LIMIT} |
| frames dropped while scrolling, % | {:.0} | {:.0} | {:.2} | {DROPPED_LIMIT} |
| longest wait for a key in the filter, ms | {:.0} | {:.0} | {:.2} | |
| runs in which a key was lost | {} | {} | | 0 |

Medians of {rounds} rounds, both in turn in the same Chromium. Ours is the whole page with its filter bar, icons and menus;
the plain table has a row of nine texts for each of the 10,000 guests and a field that filters by name. Forty guests
change five times a second meanwhile. Scrolling goes at 1,500 pixels a second over 9,000 pixels. Frames are what Chromium's own tracing reports; those in which nothing had to be
drawn do not count. The keys come in one burst.
",
        paint_ms[0],
        paint_ms[1],
        figures.painted(),
        dropped[0] * 100.0,
        dropped[1] * 100.0,
        figures.dropped(),
        key_ms[0],
        key_ms[1],
        figures.keys(),
        lost[0],
        lost[1],
        date = date.trim(),
        machine = super::machine()?,
        chromium = measured["chromium"].as_str().unwrap_or_default(),
        rounds = measured["rounds"],
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn measured(ours: f64, dropped: u32, typed: &str) -> Value {
        let run = |paint_ms: f64, dropped: u32, typed: &str| json!([{ "paint_ms": paint_ms, "key_ms": 10.0, "typed": typed, "frames": 100, "dropped": dropped }]);
        json!({ "words": "web", "nexus": run(ours, dropped, typed), "plain": run(1000.0, 40, "wb") })
    }

    #[test]
    fn limits_are_ratios_and_no_key_may_be_lost() {
        let judge = |measured: &Value| Figures::of(measured).unwrap().judge();
        assert!(judge(&measured(100.0, 20, "web")).is_ok());
        assert!(judge(&measured(201.0, 20, "web")).is_err());
        assert!(judge(&measured(100.0, 21, "web")).is_err());
        assert!(judge(&measured(100.0, 20, "we")).is_err());
        assert!(Figures::of(&json!({ "words": "web", "nexus": [], "plain": [] })).is_err());
    }

    #[test]
    fn where_the_plain_table_drops_nothing_ours_may_drop_nothing() {
        let mut calm = measured(100.0, 0, "web");
        calm["plain"][0]["dropped"] = json!(0);
        assert!(Figures::of(&calm).unwrap().judge().is_ok());
        calm["nexus"][0]["dropped"] = json!(1);
        assert!(Figures::of(&calm).unwrap().judge().is_err());
    }
}
