//! What the machine must have before a command can work: Node.js and npm for the page, Debian packages for the tests.
//!
//! Missing Debian packages are installed by root; anybody else is told the one line to run. Nothing is downloaded past
//! the package managers.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// Vite needs 20.19 or newer.
const NODE: (u32, u32) = (20, 19);
const NPM: (u32, u32) = (10, 0);

/// A Debian package and how to tell that it is there already.
pub(crate) struct DebianPackage {
    name: &'static str,
    present: fn() -> bool,
}

/// What the Rust tests need: PostgreSQL, QEMU for guests that are real, a SOCKS5 proxy in the place of a tailnet's, the
/// reverse proxies of the operators' docs, a certificate authority that speaks ACME, and
/// systemd to judge the unit.
pub(crate) const FOR_RUST: &[DebianPackage] = &[
    DebianPackage { name: "postgresql", present: || crate::postgres::programs().is_some() },
    DebianPackage { name: "microsocks", present: || on_path("microsocks") },
    DebianPackage { name: "qemu-system-x86", present: || on_path("qemu-system-x86_64") },
    DebianPackage { name: "nginx-light", present: || on_path("nginx") },
    DebianPackage { name: "caddy", present: || on_path("caddy") },
    DebianPackage { name: "haproxy", present: || on_path("haproxy") },
    DebianPackage { name: "apache2-bin", present: || on_path("apache2") },
    DebianPackage { name: "pebble", present: || on_path("pebble") },
    DebianPackage { name: "systemd", present: || on_path("systemd-analyze") },
];

/// What the browser tests need: Chromium with fonts, and QEMU for the guest on its screen.
pub(crate) const FOR_BROWSER: &[DebianPackage] = &[
    DebianPackage { name: "chromium", present: || std::env::var_os("CHROMIUM").is_some() || on_path("chromium") },
    DebianPackage { name: "fonts-liberation", present: || Path::new("/usr/share/fonts/truetype/liberation").exists() },
    DebianPackage { name: "qemu-system-x86", present: || on_path("qemu-system-x86_64") },
];

/// Installs what is missing of `packages`.
pub(crate) fn install(packages: &[&DebianPackage]) -> Result<()> {
    let mut missing: Vec<&str> =
        packages.iter().filter(|package| !(package.present)()).map(|package| package.name).collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        println!("all Debian packages are there");
        return Ok(());
    }
    let list = missing.join(" ");
    if !is_root()? || !on_path("apt-get") {
        bail!(
            "the tests need Debian packages that are missing; run: sudo apt-get install --no-install-recommends {list}"
        );
    }
    println!("installing {list}");
    apt_get(&["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&missing);
    apt_get(&arguments)
}

/// Fails with a sentence that says what to do, unless Node.js and npm are there and new enough.
pub(crate) fn check_node() -> Result<()> {
    check_version("node", "Node.js", NODE)?;
    check_version("npm", "npm", NPM)
}

pub(crate) fn is_root() -> Result<bool> {
    Ok(process::capture(Command::new("id").arg("-u"))?.trim() == "0")
}

/// Whether Python can make an environment of its own.
pub(crate) fn has_python() -> bool {
    process::capture(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

/// Whether a program of this name is on the search path.
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn check_version(program: &str, name: &str, (major, minor): (u32, u32)) -> Result<()> {
    let Ok(text) = process::capture(Command::new(program).arg("--version")) else {
        bail!("{name} is missing: the web page is built with Node.js {}.{} or newer, which brings npm", NODE.0, NODE.1);
    };
    let found = parse_version(&text).with_context(|| format!("{program} --version printed {:?}", text.trim()))?;
    if found < (major, minor) {
        bail!("{name} {} is too old: {major}.{minor} or newer is needed", text.trim());
    }
    Ok(())
}

/// `v20.20.2` → (20, 20)
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    // Without a terminal of its own, dpkg must not ask for ours.
    let mut apt = Command::new("apt-get");
    apt.args(["-o", "Dpkg::Use-Pty=0", "--quiet"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    // Packages that bring a service must not start it: invoke-rc.d starts nothing in this run level.
    apt.env("RUNLEVEL", "1");
    process::run_observed(&mut apt, &mut std::io::stdout(), |_| {})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        assert_eq!(parse_version("v20.20.2\n"), Some((20, 20)));
        assert_eq!(parse_version("11.19.1"), Some((11, 19)));
        assert_eq!(parse_version("nightly"), None);
        assert!(parse_version("v18.20.0").unwrap() < NODE);
    }
}
