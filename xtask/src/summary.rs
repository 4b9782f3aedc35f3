//! Reads the closing lines of the test runners, so that they can be repeated and added up at the end.
//!
//! It only counts what a runner said itself; it never guesses a number.

use std::fmt;
use std::ops::AddAssign;

/// Tests that passed, failed and were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Which runner's output is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    Cargo,
    Vitest,
    Playwright,
}

/// What a part of the suite said at its end.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) counts: Counts,
    /// The runners' closing lines, as they were printed but for colours. Test binaries without a test are left out.
    pub(crate) lines: Vec<String>,
}

impl Summary {
    /// Looks at one line of `runner`'s output.
    pub(crate) fn observe(&mut self, runner: Runner, line: &str) {
        let line = without_colours(line);
        let counts = match runner {
            Runner::Cargo => cargo_line(&line),
            Runner::Vitest => vitest_line(&line),
            Runner::Playwright => playwright_line(&line),
        };
        if let Some(counts) = counts {
            if counts != Counts::default() {
                self.lines.push(line.trim().to_owned());
            }
            self.counts += counts;
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.counts += other.counts;
        self.lines.extend(other.lines);
    }
}

/// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
fn cargo_line(line: &str) -> Option<Counts> {
    let rest = line.trim().strip_prefix("test result: ")?;
    let (_, rest) = rest.split_once(". ")?;
    let mut counts = Counts::default();
    for part in rest.split(';') {
        add_part(&mut counts, part);
    }
    Some(counts)
}

/// `      Tests  2 failed | 10 passed | 1 skipped (13)`
fn vitest_line(line: &str) -> Option<Counts> {
    let rest = line.trim().strip_prefix("Tests ")?;
    let mut counts = Counts::default();
    for part in rest.split('(').next()?.split('|') {
        add_part(&mut counts, part);
    }
    Some(counts)
}

/// The list reporter closes with one line per kind: `  1 failed`, `  2 skipped`, `  12 passed (1.2m)`.
fn playwright_line(line: &str) -> Option<Counts> {
    let mut words = line.split_whitespace();
    let number: u64 = words.next()?.parse().ok()?;
    let kind = words.next()?;
    let tail: Vec<&str> = words.collect();
    // Anything longer is a line that a test printed.
    let known_tail = match tail.as_slice() {
        [] => true,
        [time] => kind == "passed" && time.starts_with('(') && time.ends_with(')'),
        ["not", "run"] => kind == "did",
        _ => false,
    };
    if !known_tail {
        return None;
    }
    let mut counts = Counts::default();
    match kind {
        // A flaky test failed at first and passed when tried again.
        "passed" | "flaky" => counts.passed = number,
        "failed" | "interrupted" => counts.failed = number,
        "skipped" | "did" => counts.skipped = number,
        _ => return None,
    }
    Some(counts)
}

fn add_part(counts: &mut Counts, part: &str) {
    let mut words = part.split_whitespace();
    let (Some(number), Some(kind)) = (words.next().and_then(|word| word.parse::<u64>().ok()), words.next()) else {
        return;
    };
    match kind {
        "passed" => counts.passed += number,
        "failed" => counts.failed += number,
        "ignored" | "skipped" | "todo" => counts.skipped += number,
        _ => {}
    }
}

/// `line` without the escape sequences that set colours.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A control sequence ends with its first letter.
            for inner in characters.by_ref() {
                if inner.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn cargo_closing_lines_are_added_up() {
        let mut summary = Summary::default();
        for line in [
            "running 5 tests",
            "test tests::a ... ok",
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s",
            "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: \u{1b}[31mFAILED\u{1b}[0m. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.2s",
        ] {
            summary.observe(Runner::Cargo, line);
        }
        assert_eq!(summary.counts, counts(7, 1, 1));
        assert_eq!(summary.lines.len(), 2);
        assert!(summary.lines[1].starts_with("test result: FAILED. 2 passed"));
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        let mut summary = Summary::default();
        summary.observe(Runner::Vitest, " Test Files  1 failed | 3 passed (4)");
        summary.observe(Runner::Vitest, "      Tests  2 failed | 10 passed | 1 skipped | 1 todo (14)");
        assert_eq!(summary.counts, counts(10, 2, 2));
        assert_eq!(summary.lines, ["Tests  2 failed | 10 passed | 1 skipped | 1 todo (14)"]);
    }

    #[test]
    fn playwright_counts_every_kind_of_closing_line() {
        let mut summary = Summary::default();
        for line in [
            "Running 15 tests using 1 worker",
            "  ✓  1 [chromium] › console.spec.ts:3:1 › opens (1.2s)",
            "3 passed the gate of this test",
            "  1 failed",
            "    [chromium] › console.spec.ts:9:1 › types ─────",
            "  1 flaky",
            "  2 skipped",
            "  1 did not run",
            "  12 passed (1.2m)",
        ] {
            summary.observe(Runner::Playwright, line);
        }
        assert_eq!(summary.counts, counts(13, 1, 3));
    }

    #[test]
    fn the_sum_reads_as_one_plain_line() {
        let mut all = counts(7, 0, 0);
        assert_eq!(all.to_string(), "7 passed, 0 failed");
        all += counts(1, 2, 3);
        assert_eq!(all.to_string(), "8 passed, 2 failed, 3 skipped");
    }
}
