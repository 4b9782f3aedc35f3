//! The command line: `serve`, `setup`, `user`, `keys`, `audit`, `backup`, `restore`, `config`, `version`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use serde_json::{Map, Value, json};

use crate::config::{Settings, reference};
use crate::traces::Traces;
use crate::{backup, commands, log, serve};

/// Nexus, a connection broker for Proxmox VE: people work on their guests without holding a PVE account.
#[derive(Parser)]
#[command(name = "nexus", version, about)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Settings that every command takes. All others come from the file or from NEXUS_… in the environment.
#[derive(Args)]
struct Common {
    /// A settings file in TOML.
    #[arg(long, global = true, env = "NEXUS_CONFIG")]
    config: Option<PathBuf>,
    /// The folder for database, keys and certificate.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// Where to listen.
    #[arg(long, global = true)]
    listen: Option<SocketAddr>,
    /// The one origin that browsers use.
    #[arg(long, global = true)]
    public_url: Option<String>,
    /// What goes to the log, such as `info` or `nexus_pve=debug`.
    #[arg(long, global = true)]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Start Nexus.
    Serve(ServeArgs),
    /// Print a new one-time link that creates the first admin.
    Setup,
    /// Look after accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// Look after the encryption keys, also while Nexus runs.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Write everything that Nexus keeps into one new file, also while it runs. SQLite only.
    Backup {
        /// The file, such as `nexus-2026-11-22.tar.gz`.
        file: PathBuf,
        /// Also the encryption keys, and the keys of certificates: whoever has the file then has every secret.
        #[arg(long)]
        with_keys: bool,
    },
    /// Put a backup into an empty data folder. SQLite only.
    Restore {
        /// The file that `nexus backup` made.
        file: PathBuf,
    },
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the version.
    Version,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Forbid signing in; what the person holds open ends at once.
    Disable {
        /// The person's e-mail address.
        email: String,
    },
    /// Allow signing in again.
    Enable {
        /// The person's e-mail address.
        email: String,
    },
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Say which keys there are and what each is needed for.
    List,
    /// Put a new key first in the key file and seal every stored secret anew under it.
    Rotate {
        /// Make no key: seal anew what is not under the first one, as after a rotation that was cut off.
        #[arg(long)]
        again: bool,
    },
    /// Take the keys out of the key file that nothing needs any more.
    Prune,
    /// Print a new key, for keys that are given by settings.
    New,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Check every chain of the audit log for entries that were removed, changed or cut off.
    Verify,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Say what is in force, where it comes from, and what is wrong.
    Check,
    /// Print what can be set, as Markdown.
    Reference,
}

#[derive(Args)]
struct ServeArgs {
    /// Begin with a demo tenant over the simulated fleet that this file describes. Never beyond loopback.
    #[arg(long, value_name = "FILE")]
    demo: Option<PathBuf>,
    /// Write the demo's users and passwords to this file, for tests.
    #[arg(long, value_name = "FILE", requires = "demo")]
    demo_credentials: Option<PathBuf>,
    /// Write the address that Nexus listens on to this file once it does.
    #[arg(long, value_name = "FILE")]
    address_file: Option<PathBuf>,
}

impl Cli {
    fn settings(&self) -> anyhow::Result<Settings> {
        let mut flags = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                flags.insert(name.into(), value);
            }
        };
        set("data", self.common.data.as_ref().map(|data| json!(data)));
        set("log", self.common.log.as_ref().map(|log| json!(log)));
        set("listen", self.common.listen.map(|listen| json!(listen)));
        set("public_url", self.common.public_url.as_ref().map(|url| json!(url)));
        Settings::load(self.common.config.as_deref(), flags.into()).context("the settings cannot be read")
    }
}

/// Reads the arguments and runs the command; what went wrong goes to standard error.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
        .and_then(|runtime| runtime.block_on(dispatch(cli)));
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("nexus: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Command::Version = cli.command {
        println!("nexus {}", env!("CARGO_PKG_VERSION"));
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Config(ConfigCommand::Reference) = cli.command {
        print!("{}", reference::markdown());
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Keys(KeysCommand::New) = cli.command {
        return Ok(commands::new_key());
    }
    let settings = cli.settings()?;
    if let Command::Config(ConfigCommand::Check) = cli.command {
        return Ok(commands::check(&settings));
    }
    let problems = settings.problems();
    anyhow::ensure!(problems.is_empty(), "the settings do not fit:\n  {}", problems.join("\n  "));
    match cli.command {
        Command::Serve(args) => {
            let traces = settings.otlp_endpoint.as_deref().map(Traces::new).transpose()?;
            log::start(&settings, traces.as_ref());
            let options = serve::Options {
                demo: args.demo,
                demo_credentials: args.demo_credentials,
                address_file: args.address_file,
            };
            let served = serve::until_stopped(settings, options).await;
            if let Some(traces) = traces {
                traces.stop().await;
            }
            served.map(|()| ExitCode::SUCCESS)
        }
        command => {
            log::start(&settings, None);
            beside(command, &settings).await
        }
    }
}

/// Commands that run beside a serving Nexus.
async fn beside(command: Command, settings: &Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Setup => commands::setup(settings).await,
        Command::User(UserCommand::Disable { email }) => commands::set_user_active(settings, &email, false).await,
        Command::User(UserCommand::Enable { email }) => commands::set_user_active(settings, &email, true).await,
        Command::Keys(KeysCommand::List) => commands::list_keys(settings).await,
        Command::Keys(KeysCommand::Rotate { again }) => commands::rotate_keys(settings, again).await,
        Command::Keys(KeysCommand::Prune) => commands::prune_keys(settings).await,
        Command::Backup { file, with_keys } => backup::backup(settings, &file, with_keys).await,
        Command::Restore { file } => backup::restore(settings, &file).await,
        Command::Audit(AuditCommand::Verify) => commands::verify(settings).await,
        Command::Serve(_) | Command::Keys(KeysCommand::New) | Command::Config(_) | Command::Version => {
            unreachable!("answered above")
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        super::Cli::command().debug_assert();
    }
}
