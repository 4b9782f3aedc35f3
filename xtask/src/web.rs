//! The web app's packages and build, by npm.
//!
//! Packages are installed from the lock file alone, and only when it changed since the last time.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Installs the packages of `folder` (relative to the root), unless the installed ones are those of its lock file.
pub(crate) fn install(root: &Path, folder: &str) -> Result<()> {
    let folder = root.join(folder);
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    // A copy of the lock file beside the packages says what is installed.
    let stamp = folder.join("node_modules/.installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    process::run(npm(&folder).args(["ci", "--no-audit", "--no-fund"]))?;
    fs::create_dir_all(folder.join("node_modules"))?;
    fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}

/// `npm run <script>` in `folder`.
pub(crate) fn script(root: &Path, folder: &str, script: &str) -> Command {
    let mut command = npm(&root.join(folder));
    command.args(["run", "--silent", script]);
    command
}

fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder).env("npm_config_update_notifier", "false");
    command
}
