//! A private PostgreSQL cluster for one test run: its own folder, socket and port, gone when the run ends.
//!
//! It is tuned to forget (no fsync): it must never hold anything that somebody wants to keep.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::prerequisites::is_root;
use crate::process::{self, Daemon};

/// Other tests read it: the URL of a superuser, who may make databases and roles.
pub(crate) const VARIABLE: &str = "NEXUS_TEST_POSTGRES";

const START_LIMIT: Duration = Duration::from_secs(60);
const SUPERUSER: &str = "nexus_test";

/// A running cluster. Dropping it stops the server and removes its folder.
pub(crate) struct Cluster {
    /// The server goes before its folder.
    _server: Daemon,
    _folder: Folder,
    url: String,
}

impl Cluster {
    /// Makes a cluster and starts it on a free port of the loopback interface.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL's initdb is missing: install the package postgresql")?;
        let owner = Owner::choose()?;
        let folder = Folder::create(&owner)?;
        let password = random_hex()?;
        initialise(&programs, &owner, &folder.0, &password)?;
        // Somebody else may take the port between our look and the server's start; then another is tried.
        let mut last_error = None;
        for _ in 0..5 {
            let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
            match start_server(&programs, &owner, &folder.0, port) {
                Ok(server) => {
                    let url = format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres");
                    return Ok(Self { _server: server, _folder: folder, url });
                }
                Err(error) => last_error = Some(error),
            }
        }
        let log = fs::read_to_string(folder.0.join("log")).unwrap_or_default();
        let error = last_error.context("no start was tried")?;
        Err(error.context(format!("PostgreSQL does not start:\n{log}")))
    }

    /// The superuser's URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// The folder with `initdb` and `postgres`: the search path's, or the newest of Debian's.
pub(crate) fn programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let path = std::env::var_os("PATH")?;
    if let Some(folder) = std::env::split_paths(&path).find(complete) {
        return Some(folder);
    }
    let mut folders: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    folders.sort();
    folders.into_iter().map(|(_, folder)| folder).rfind(complete)
}

fn initialise(programs: &Path, owner: &Owner, folder: &Path, password: &str) -> Result<()> {
    let password_file = folder.join("password");
    fs::write(&password_file, password)?;
    fs::set_permissions(&password_file, fs::Permissions::from_mode(0o600))?;
    owner.give(&password_file)?;
    let mut initdb = owner.command(&programs.join("initdb"));
    initdb
        .current_dir(folder)
        .arg("--pgdata")
        .arg(folder.join("data"))
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", SUPERUSER, "--encoding=UTF8", "--locale=C", "--no-sync"])
        // Clear passwords cost the client no hashing, and never leave this machine.
        .args(["--auth-host=password", "--auth-local=reject"]);
    process::capture(&mut initdb)?;
    fs::remove_file(password_file)?;
    Ok(())
}

fn start_server(programs: &Path, owner: &Owner, folder: &Path, port: u16) -> Result<Daemon> {
    let data = folder.join("data");
    let log = fs::File::create(folder.join("log"))?;
    let mut command = owner.command(&programs.join("postgres"));
    command.current_dir(folder).arg("-D").arg(&data).arg("-k").arg(folder).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "max_connections=400",
        "shared_buffers=64MB",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "autovacuum=off",
    ] {
        command.args(["-c", setting]);
    }
    command.stdout(log.try_clone()?).stderr(log);
    // SIGINT is the fast shutdown: open connections are cut.
    let mut server = Daemon::start("postgres", &mut command, "INT")?;
    let status = data.join("postmaster.pid");
    process::wait_until("the start of PostgreSQL", START_LIMIT, &mut [&mut server], || {
        // The last line of the server's own note says how far it is.
        Ok(fs::read_to_string(&status).is_ok_and(|text| text.lines().any(|line| line.trim() == "ready")))
    })?;
    Ok(server)
}

/// Whom the server runs as: `initdb` and `postgres` refuse root.
enum Owner {
    Ourselves,
    Other { uid: u32, gid: u32 },
}

impl Owner {
    fn choose() -> Result<Self> {
        if !is_root()? {
            return Ok(Self::Ourselves);
        }
        let accounts = fs::read_to_string("/etc/passwd")?;
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| account(&accounts, name))
            .context("neither postgres nor nobody is an account here, and PostgreSQL does not run as root")
    }

    /// `program` as a command that runs under this owner.
    fn command(&self, program: &Path) -> Command {
        match self {
            Self::Ourselves => Command::new(program),
            Self::Other { uid, gid } => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", &uid.to_string(), "--regid", &gid.to_string(), "--clear-groups", "--"]);
                command.arg(program);
                command
            }
        }
    }

    fn give(&self, path: &Path) -> Result<()> {
        if let Self::Other { uid, gid } = self {
            chown(path, Some(*uid), Some(*gid)).with_context(|| format!("cannot hand over {}", path.display()))?;
        }
        Ok(())
    }
}

/// The owner called `name` in the text of `/etc/passwd`.
fn account(accounts: &str, name: &str) -> Option<Owner> {
    let fields: Vec<&str> =
        accounts.lines().map(|line| line.split(':').collect()).find(|f: &Vec<&str>| f[0] == name)?;
    Some(Owner::Other { uid: fields.get(2)?.parse().ok()?, gid: fields.get(3)?.parse().ok()? })
}

/// A folder of our own below the system's temporary one. The path stays short: it holds a Unix socket.
struct Folder(PathBuf);

impl Folder {
    fn create(owner: &Owner) -> Result<Self> {
        let name = format!("nexus-pg-{}", &random_hex()?[..12]);
        let folder = Self(std::env::temp_dir().join(name));
        fs::create_dir(&folder.0).with_context(|| format!("cannot make {}", folder.0.display()))?;
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o700))?;
        owner.give(&folder.0)?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}

fn random_hex() -> Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).context("no randomness")?;
    if bytes == [0; 16] {
        bail!("no randomness");
    }
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        let accounts = "root:x:0:0:root:/:/bin/sh\nnobody2:x:1:1::/:\nnobody:x:65534:65534:nobody:/none:/bin/false\n";
        let Some(Owner::Other { uid, gid }) = account(accounts, "nobody") else { panic!("not found") };
        assert_eq!((uid, gid), (65534, 65534));
        assert!(account(accounts, "postgres").is_none());
    }

    #[test]
    fn a_cluster_answers_on_its_port_and_leaves_nothing() {
        if programs().is_none() {
            eprintln!("left out: PostgreSQL is not installed");
            return;
        }
        let cluster = Cluster::start().unwrap();
        let folder = cluster._folder.0.clone();
        let address = cluster.url().rsplit('@').next().unwrap().split('/').next().unwrap().to_owned();
        assert!(TcpStream::connect(&address).is_ok());
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        drop(cluster);
        assert!(TcpStream::connect(&address).is_err());
        assert!(!folder.exists());
    }
}
