//! Walks through `packaging/Containerfile` without a container engine: a fresh Debian by debootstrap, each step in it, then the
//! program as the recipe starts it, until it answers. Shows that the recipe works; makes no image.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{self, Daemon};
use crate::{prerequisites, serve};

const RECIPE: &str = "packaging/Containerfile";
/// How long Nexus may take to answer.
const START: Duration = Duration::from_secs(60);
/// Where the recipe's data folder has the address that Nexus listens on.
const ADDRESS: &str = "var/lib/nexus/address";

/// What the recipe says, step by step.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    From(String),
    Run(String),
    Copy(String, String),
    Env(String, String),
    User(String),
    Workdir(String),
    Start(Vec<String>),
    /// What an engine alone heeds.
    Noted,
}

/// The steps of a recipe; an instruction that is not known here is an error.
fn read(recipe: &str) -> Result<Vec<Step>> {
    let whole = recipe.replace("\\\n", " ");
    let lines = whole.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(step).collect()
}

fn step(line: &str) -> Result<Step> {
    let (name, rest) = line.split_once(char::is_whitespace).with_context(|| format!("no instruction: {line}"))?;
    let rest = rest.trim();
    let pair = |between: char| {
        let (first, second) = rest.split_once(between).with_context(|| format!("two parts are needed: {line}"))?;
        Ok::<_, anyhow::Error>((first.trim().to_owned(), second.trim().to_owned()))
    };
    Ok(match name {
        "FROM" => Step::From(rest.to_owned()),
        "RUN" => Step::Run(rest.to_owned()),
        "COPY" => pair(' ').map(|(from, to)| Step::Copy(from, to))?,
        "ENV" => pair('=').map(|(name, value)| Step::Env(name, value))?,
        "USER" => Step::User(rest.to_owned()),
        "WORKDIR" => Step::Workdir(rest.to_owned()),
        "ENTRYPOINT" | "CMD" => {
            let words = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let words = words.with_context(|| format!("a list is needed: {line}"))?.split(',');
            Step::Start(words.map(|word| word.trim().trim_matches('"').to_owned()).collect())
        }
        "VOLUME" | "EXPOSE" | "STOPSIGNAL" => Step::Noted,
        other => bail!("the instruction {other} is not known"),
    })
}

/// Walks through the recipe; `binary` stands for the release, which is built where none is given.
pub(crate) fn try_out(root: &Path, binary: Option<&Path>) -> Result<()> {
    ensure!(prerequisites::is_root()?, "chroot needs root");
    ensure!(prerequisites::on_path("debootstrap"), "run: apt-get install --no-install-recommends debootstrap");
    if binary.is_none() {
        serve::build_nexus(root)?;
    }
    let steps = read(&fs::read_to_string(root.join(RECIPE)).context("there is no recipe")?)?;
    let place = serve::target(root).join("container");
    remove(&place)?;
    fs::create_dir_all(&place)?;
    let done = walk(root, &place, &steps, binary);
    remove(&place)?;
    done
}

fn remove(place: &Path) -> Result<()> {
    if place.exists() {
        fs::remove_dir_all(place).with_context(|| format!("cannot remove {}", place.display()))?;
    }
    Ok(())
}

/// What the steps so far have set.
#[derive(Default)]
struct Image {
    environment: BTreeMap<String, String>,
    user: Option<String>,
    folder: Option<String>,
    start: Vec<String>,
}

fn walk(root: &Path, place: &Path, steps: &[Step], binary: Option<&Path>) -> Result<()> {
    let mut image = Image::default();
    for step in steps {
        println!("{step:?}");
        match step {
            Step::From(base) => {
                let suite = base.rsplit_once(":").and_then(|(_, tag)| tag.strip_suffix("-slim"));
                let suite = suite.with_context(|| format!("{base} is no slim Debian"))?;
                process::run(Command::new("debootstrap").args(["--variant=minbase", suite]).arg(place))?;
            }
            Step::Run(line) => {
                let mut command = chroot(place, &image, "root");
                process::run(command.args(["/bin/sh", "-c", line]).env("DEBIAN_FRONTEND", "noninteractive"))?;
            }
            Step::Copy(from, to) => {
                let from = binary.map_or_else(|| root.join(from), PathBuf::from);
                let to = place.join(to.trim_start_matches('/'));
                fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
            }
            Step::Env(name, value) => drop(image.environment.insert(name.clone(), value.clone())),
            Step::User(user) => image.user = Some(user.clone()),
            Step::Workdir(folder) => image.folder = Some(folder.clone()),
            Step::Start(words) => image.start.extend(words.iter().cloned()),
            Step::Noted => {}
        }
    }
    start(place, &image)
}

fn chroot(place: &Path, image: &Image, user: &str) -> Command {
    let mut command = Command::new("chroot");
    command.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.envs(&image.environment).arg(format!("--userspec={user}")).arg(place);
    command
}

/// Starts the program behind an imagined reverse proxy, so that it can be asked without TLS, and asks it.
fn start(place: &Path, image: &Image) -> Result<()> {
    let user = image.user.as_deref().context("the recipe names no user")?;
    let mut command = chroot(place, image, &format!("{user}:{user}"));
    let folder = image.folder.as_deref().unwrap_or("/");
    command.args(["/bin/sh", "-c", &format!("cd {folder} && exec \"$@\""), "sh"]).args(&image.start);
    command.args(["--listen", "0.0.0.0:0", "--public-url", "https://nexus.example.org"]);
    command.arg("--address-file").arg(Path::new("/").join(ADDRESS));
    command.env("NEXUS_TLS", "off").env("NEXUS_TRUSTED_PROXIES", "127.0.0.1/32");
    let mut daemon = Daemon::start("nexus", &mut command, "TERM")?;
    let file = place.join(ADDRESS);
    let ready = process::wait_until("the start of Nexus", START, &mut [&mut daemon], || Ok(file.is_file()));
    let answered = ready.and_then(|()| ask(&fs::read_to_string(&file)?));
    daemon.stop();
    let answer = answered?;
    ensure!(answer.starts_with("HTTP/1.1 200"), "Nexus is not ready: {answer}");
    println!("the program starts as {user}, answers and stops");
    Ok(())
}

fn ask(address: &str) -> Result<String> {
    let port = address.trim().rsplit_once(':').context("no address")?.1.to_owned();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    stream.set_read_timeout(Some(START))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: nexus.example.org\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipe_is_understood() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let steps = read(&fs::read_to_string(root.join(RECIPE)).unwrap()).unwrap();
        assert_eq!(steps[0], Step::From("docker.io/library/debian:bookworm-slim".into()));
        assert!(steps.contains(&Step::User("nexus".into())), "not as root");
        assert!(steps.contains(&Step::Copy("target/release/nexus".into(), "/usr/bin/nexus".into())));
        let start: Vec<&Step> = steps.iter().filter(|step| matches!(step, Step::Start(_))).collect();
        assert_eq!(start, [&Step::Start(vec!["/usr/bin/nexus".into()]), &Step::Start(vec!["serve".into()])]);
        assert!(read("ADD x y\n").is_err());
    }
}
