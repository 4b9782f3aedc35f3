//! `cargo xtask test`: every check of the project, in the order in which a mistake shows soonest.
//!
//! A part that fails ends the suite: what comes later would only repeat it. The output closes with the runners' own
//! closing lines, a table of times, and the sum of all tests alone on the last line.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::postgres::{self, Cluster};
use crate::prerequisites::{self, DebianPackage};
use crate::summary::{Counts, Runner, Summary};
use crate::{licences, process, python, tidy, web};

/// A selection of parts; without one, all run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Group {
    /// House rules and links
    Tidy,
    /// Formatting, clippy, licences
    Lint,
    /// The web app: types, lints, unit tests, build, generated client
    Web,
    /// All Rust tests, on SQLite and PostgreSQL
    Rust,
    /// Playwright against the real binary, the simulator and QEMU guests
    Browser,
}

/// One line of the closing table.
struct Part {
    name: &'static str,
    groups: &'static [Group],
    work: fn(&Context<'_>) -> Result<Summary>,
}

struct Context<'a> {
    root: &'a Path,
    groups: &'a [Group],
}

impl Context<'_> {
    fn wants(&self, groups: &[Group]) -> bool {
        self.groups.is_empty() || groups.iter().any(|group| self.groups.contains(group))
    }
}

const PARTS: &[Part] = &[
    Part { name: "house rules", groups: &[Group::Tidy], work: |c| quiet(tidy::check(c.root)) },
    Part { name: "formatting", groups: &[Group::Lint], work: formatting },
    Part { name: "licences and sources", groups: &[Group::Lint], work: |c| quiet(licences::check(c.root)) },
    Part { name: "Debian packages", groups: &[Group::Rust, Group::Browser], work: debian_packages },
    Part { name: "Python packages", groups: &[Group::Rust], work: |c| quiet(python::install(c.root).map(|_| ())) },
    Part { name: "npm packages", groups: &[Group::Web, Group::Browser, Group::Rust, Group::Lint], work: npm_packages },
    Part { name: "web: lints and types", groups: &[Group::Web], work: |c| quiet(npm(c, "web", "check")) },
    Part { name: "web: generated client", groups: &[Group::Web], work: generated_client },
    Part { name: "web: unit tests", groups: &[Group::Web], work: web_tests },
    // Before anything compiles the server, which embeds the page.
    Part {
        name: "web: build",
        groups: &[Group::Web, Group::Browser, Group::Rust, Group::Lint],
        work: |c| quiet(npm(c, "web", "build")),
    },
    Part { name: "clippy", groups: &[Group::Lint], work: clippy },
    Part { name: "Rust tests", groups: &[Group::Rust], work: rust_tests },
    Part { name: "browser tests", groups: &[Group::Browser], work: browser_tests },
];

/// Runs the parts of `groups`, or all. Says whether everything passed.
pub(crate) fn run(root: &Path, groups: &[Group]) -> bool {
    let context = Context { root, groups };
    let start = Instant::now();
    let mut rows: Vec<(&str, Option<Duration>)> = Vec::new();
    let mut all = Summary::default();
    let mut failure = None;
    for part in PARTS.iter().filter(|part| context.wants(part.groups)) {
        if failure.is_some() {
            rows.push((part.name, None));
            continue;
        }
        println!("\n=== {} ===", part.name);
        let part_start = Instant::now();
        let mut seen = Summary::default();
        let result = (part.work)(&context).map(|summary| seen = summary);
        rows.push((part.name, Some(part_start.elapsed())));
        if let Err(error) = result {
            match error.downcast::<Failed>() {
                Ok(Failed { summary, error }) => {
                    seen = summary;
                    failure = Some((part.name, error));
                }
                Err(error) => failure = Some((part.name, error)),
            }
            // A part that failed without a test's failure (a lint, a compile error) counts as one.
            if seen.counts.failed == 0 {
                seen.counts.failed = 1;
            }
        }
        all.add(seen);
    }
    close(&rows, &all, failure.as_ref().map(|(name, error)| (*name, error)), start.elapsed());
    failure.is_none()
}

fn close(rows: &[(&str, Option<Duration>)], all: &Summary, failure: Option<(&str, &anyhow::Error)>, total: Duration) {
    println!("\n=== closing lines of the test runners ===");
    for line in &all.lines {
        println!("{line}");
    }
    println!("\n=== parts ===");
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default().max("all".len());
    for (name, time) in rows {
        let (state, time) = match time {
            None => ("not run", String::new()),
            Some(time) if failure.is_some_and(|(failed, _)| failed == *name) => ("FAILED", seconds(*time)),
            Some(time) => ("ok", seconds(*time)),
        };
        println!("{name:width$}  {state:7}  {time:>9}");
    }
    println!("{:width$}  {:7}  {:>9}", "all", "", seconds(total));
    if let Some((name, error)) = failure {
        println!("\n{name} failed: {error:#}");
    }
    println!("\n{}", all.counts);
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// A test runner that failed, with what it had said until then.
struct Failed {
    summary: Summary,
    error: anyhow::Error,
}

impl std::fmt::Debug for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.error)
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.error)
    }
}

impl std::error::Error for Failed {}

/// Runs a test runner and reads its closing lines, also when it fails.
fn observed(runner: Runner, command: &mut Command) -> Result<Summary> {
    observed_on(&mut std::io::stdout(), runner, command)
}

fn observed_on(out: &mut dyn Write, runner: Runner, command: &mut Command) -> Result<Summary> {
    let mut summary = Summary::default();
    match process::run_observed(command, out, |line| summary.observe(runner, line)) {
        Ok(()) if summary.counts == Counts::default() => bail!("the runner ran no test"),
        Ok(()) => Ok(summary),
        Err(error) => Err(Failed { summary, error }.into()),
    }
}

fn quiet(result: Result<()>) -> Result<Summary> {
    result.map(|()| Summary::default())
}

fn cargo(context: &Context<'_>, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(context.root).args(arguments);
    if std::env::var_os("CI").is_some() {
        // A build that is thrown away gains nothing from what incremental builds keep, nor from what debuggers read.
        command.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "0");
    }
    command
}

fn npm(context: &Context<'_>, folder: &str, script: &str) -> Result<()> {
    process::run(&mut web::script(context.root, folder, script))
}

fn formatting(context: &Context<'_>) -> Result<Summary> {
    quiet(process::run(&mut cargo(context, &["fmt", "--all", "--check"])))
}

fn debian_packages(context: &Context<'_>) -> Result<Summary> {
    let mut packages: Vec<&DebianPackage> = Vec::new();
    if context.wants(&[Group::Rust]) {
        packages.extend(prerequisites::FOR_RUST);
    }
    if context.wants(&[Group::Browser]) {
        packages.extend(prerequisites::FOR_BROWSER);
    }
    quiet(prerequisites::install(&packages))
}

fn npm_packages(context: &Context<'_>) -> Result<Summary> {
    prerequisites::check_node()?;
    web::install(context.root, "web")?;
    if context.wants(&[Group::Web]) {
        web::install(context.root, "web/openapi")?;
    }
    if context.wants(&[Group::Web, Group::Browser]) {
        web::install(context.root, "web/e2e")?;
    }
    Ok(Summary::default())
}

/// The client's types are generated from the committed OpenAPI document, which a test of `nexus-api` compares with the code.
fn generated_client(context: &Context<'_>) -> Result<Summary> {
    let path = context.root.join("web/src/lib/api/schema.d.ts");
    let before = std::fs::read(&path)?;
    npm(context, "web/openapi", "generate")?;
    if std::fs::read(&path)? != before {
        bail!("web/src/lib/api/schema.d.ts was not what web/openapi/openapi.json generates; it is now: commit it");
    }
    Ok(Summary::default())
}

fn web_tests(context: &Context<'_>) -> Result<Summary> {
    observed(Runner::Vitest, &mut web::script(context.root, "web", "test"))
}

fn clippy(context: &Context<'_>) -> Result<Summary> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    quiet(process::run(&mut cargo(context, &arguments)))
}

fn rust_tests(context: &Context<'_>) -> Result<Summary> {
    // Built first, so that the database waits for nobody.
    process::run(&mut cargo(context, &["test", "--workspace", "--locked", "--no-run"]))?;
    let given = std::env::var(postgres::VARIABLE).ok();
    let cluster = if given.is_none() { Some(Cluster::start()?) } else { None };
    let url = given.as_deref().or(cluster.as_ref().map(Cluster::url)).unwrap_or_default();
    let mut tests = cargo(context, &["test", "--workspace", "--locked", "--no-fail-fast"]);
    // Most of them wait most of the time: for a poll, a lease, a simulated guest.
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        tests.env("RUST_TEST_THREADS", "4");
    }
    tests.env(python::VARIABLE, python::install(context.root)?);
    observed(Runner::Cargo, tests.env(postgres::VARIABLE, url))
}

fn browser_tests(context: &Context<'_>) -> Result<Summary> {
    // The same selection of packages as for the Rust tests, so that both share one build.
    process::run(&mut cargo(context, &["build", "--workspace", "--bins", "--locked"]))?;
    observed(Runner::Playwright, &mut web::script(context.root, "web/e2e", "test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_takes_only_its_parts() {
        let context = Context { root: Path::new("."), groups: &[Group::Tidy] };
        let names: Vec<&str> = PARTS.iter().filter(|part| context.wants(part.groups)).map(|part| part.name).collect();
        assert_eq!(names, ["house rules"]);
        let everything = Context { root: Path::new("."), groups: &[] };
        assert!(PARTS.iter().all(|part| everything.wants(part.groups)));
    }

    #[test]
    fn a_failing_runner_keeps_its_counts() {
        let line = "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        let script = format!("echo '{line}'; exit 101");
        let error = observed_on(&mut Vec::new(), Runner::Cargo, Command::new("sh").args(["-c", &script])).unwrap_err();
        let failed = error.downcast::<Failed>().unwrap();
        assert_eq!((failed.summary.counts.passed, failed.summary.counts.failed), (2, 1));
    }

    #[test]
    fn a_runner_without_tests_is_a_failure() {
        let error = observed_on(&mut Vec::new(), Runner::Cargo, Command::new("echo").arg("nothing to do")).unwrap_err();
        assert_eq!(error.to_string(), "the runner ran no test");
    }
}
