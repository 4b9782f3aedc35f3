//! The Python packages that tests run as programs of their own: an S3 server, a client of PVE's API.
//!
//! They live in `target/tools/py`, an environment of their own, from `xtask/python/requirements.txt` alone, and are
//! installed anew only when that file changed. Nothing of them is built, and nothing goes into the product.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{prerequisites, process};

/// Names the interpreter for tests; without it they look into `target/tools/py`.
pub(crate) const VARIABLE: &str = "NEXUS_TEST_PYTHON";

const REQUIREMENTS: &str = "xtask/python/requirements.txt";

/// Installs the packages, unless the installed ones are those of the list, and returns the interpreter's path.
pub(crate) fn install(root: &Path) -> Result<PathBuf> {
    let list = fs::read(root.join(REQUIREMENTS)).with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    let folder = root.join("target/tools/py");
    let interpreter = folder.join("bin/python");
    // A copy of the list beside the packages says what is installed.
    let stamp = folder.join("installed.txt");
    if interpreter.is_file() && fs::read(&stamp).is_ok_and(|installed| installed == list) {
        return Ok(interpreter);
    }
    if !prerequisites::has_python() {
        bail!("Python with venv is missing; run: sudo apt-get install --no-install-recommends python3-venv");
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut pip = Command::new(&interpreter);
    // Wheels of exactly these versions, and nothing that they would bring along.
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-compile"]);
    process::run(pip.args(["--disable-pip-version-check", "--requirement"]).arg(root.join(REQUIREMENTS)))?;
    fs::write(&stamp, list).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(interpreter)
}
