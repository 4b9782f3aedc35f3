//! The developers' commands: `cargo xtask run`, `demo`, `test`, `bench`.
//!
//! It builds, starts, checks and stops; it holds nothing that the product needs at run time, and shares no code with it.

mod bench;
mod container;
mod licences;
mod postgres;
mod prerequisites;
mod process;
mod python;
mod serve;
mod suite;
mod summary;
mod tidy;
mod web;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The commands of Nexus' developers", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page and the release server, and serve on 127.0.0.1:8080 with the data in ./data
    Run {
        /// Flags for `nexus serve`
        #[arg(last = true)]
        flags: Vec<String>,
    },
    /// The same beside a simulated fleet, with users of every role; starts afresh each time in ./data-demo
    Demo {
        /// Flags for `nexus serve`
        #[arg(last = true)]
        flags: Vec<String>,
    },
    /// Run all checks and tests, or those of some groups
    Test {
        /// Only these groups
        #[arg(value_enum)]
        groups: Vec<suite::Group>,
    },
    /// Run a command, such as `cargo test -p nexus-store`, with a private PostgreSQL cluster beside it
    Postgres {
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Measure the relay beside nginx, a fleet with bad servers, or the list of guests in a browser, and write
    /// docs/benchmarks.md
    Bench {
        /// What is measured
        #[arg(value_enum)]
        what: Measured,
        /// Flags for the bench: --rounds, --mib, --consoles, --count, each with a number
        #[arg(last = true)]
        flags: Vec<String>,
    },
    /// Build the page and the release server
    Build,
    /// Walk through packaging/Containerfile in a fresh Debian, as root; not part of the tests
    Container {
        /// This binary in the place of the release, which is not built then
        #[arg(long)]
        binary: Option<PathBuf>,
    },
    /// Install the Python packages that tests run, into target/tools/py
    Python,
    /// Check the house rules
    Tidy,
    /// Check licences, banned crates and sources
    Licences,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Measured {
    Relay,
    Fleet,
    List,
}

fn main() -> ExitCode {
    match dispatch(&Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: &Cli) -> Result<ExitCode> {
    process::handle_signals()?;
    let root = root();
    match &cli.command {
        Task::Run { flags } => serve::run(&root, flags)?,
        Task::Demo { flags } => serve::demo(&root, flags)?,
        Task::Test { groups } if !suite::run(&root, groups) => return Ok(ExitCode::FAILURE),
        Task::Test { .. } => {}
        Task::Postgres { command } => with_postgres(command)?,
        Task::Bench { what: Measured::Relay, flags } => bench::relay(&root, flags)?,
        Task::Bench { what: Measured::Fleet, flags } => bench::fleet(&root, flags)?,
        Task::Bench { what: Measured::List, flags } => bench::list(&root, flags)?,
        Task::Build => serve::build_nexus(&root)?,
        Task::Container { binary } => container::try_out(&root, binary.as_deref())?,
        Task::Python => println!("{}", python::install(&root)?.display()),
        Task::Tidy => tidy::check(&root)?,
        Task::Licences => licences::check(&root)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn with_postgres(command: &[String]) -> Result<()> {
    let [program, arguments @ ..] = command else { bail!("no command is given") };
    let cluster = postgres::Cluster::start()?;
    process::run(std::process::Command::new(program).args(arguments).env(postgres::VARIABLE, cluster.url()))
}

/// The repository: cargo tells where xtask's own manifest is, at run time, since a build may be moved.
fn root() -> PathBuf {
    let own =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map_or_else(|| own.clone(), Path::to_path_buf)
}
