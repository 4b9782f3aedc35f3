//! The unit for systemd, as systemd itself judges it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The unit in a folder of its own, with the binary of this build where an installed one would be.
fn unit(folder: &Path) -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/nexus.service");
    let text = std::fs::read_to_string(own).expect("the unit");
    let usual = "ExecStart=/usr/bin/nexus serve\n";
    assert!(text.contains(usual));
    let file = folder.join("nexus.service");
    let here = format!("ExecStart={} serve\n", env!("CARGO_BIN_EXE_nexus"));
    std::fs::write(&file, text.replace(usual, &here)).expect("a file");
    file
}

fn analyze(arguments: &[&str], unit: &Path) -> Output {
    let mut command = Command::new("systemd-analyze");
    command.args(arguments).arg(unit).output().expect("systemd-analyze runs: apt-get install systemd")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = analyze(&["verify"], &unit(folder.path()));
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
}

#[test]
fn what_the_unit_may_is_little() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // From 0 (nothing is left to do harm with) to 100; what systemd calls OK ends at 49.
    let output = analyze(&["security", "--offline=true", "--no-pager", "--threshold=20"], &unit(folder.path()));
    assert!(output.status.success(), "{}", said(&output));
}
