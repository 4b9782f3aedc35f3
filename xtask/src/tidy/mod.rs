//! The house rules as a program: what a reviewer should never have to say twice.
//!
//! Rules look at the text of files that git tracks or would track, and at nothing else; they never change a file.
//! Each rule is a function from files to findings, so that its tests need no disk.

mod dependencies;
mod imports;
mod links;
mod migrations;
mod shape;
mod words;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// A text file of the repository.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Relative to the repository's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// The name's end after the last dot; empty without one.
    fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// Lines with their numbers from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    fn finding(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Runs every rule on the repository at `root`. The error lists every finding.
pub(crate) fn check(root: &Path) -> Result<()> {
    let paths = tracked_files(root)?;
    let files = read(root, &paths)?;
    let mut findings = Vec::new();
    findings.extend(shape::check(&files));
    findings.extend(dependencies::check(&files));
    findings.extend(imports::check(&files));
    findings.extend(links::check(&files, &paths));
    findings.extend(migrations::check(&paths));
    findings.extend(words::check(&files));
    if !findings.is_empty() {
        findings.sort();
        bail!("{} findings:\n{}", findings.len(), findings.join("\n"));
    }
    println!("{} files are tidy", files.len());
    Ok(())
}

/// Paths of all files that git tracks or would track (new ones, but not ignored ones), that still exist.
pub(crate) fn tracked_files(root: &Path) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let list = process::capture(&mut git).context("the files of the repository are listed with git")?;
    let mut paths: Vec<String> =
        list.split('\0').filter(|path| !path.is_empty() && root.join(path).is_file()).map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// All of `paths` that are text; binary files (images, fonts, recordings) are left out.
fn read(root: &Path, paths: &[String]) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for path in paths {
        let bytes = std::fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File { path: path.clone(), text });
        }
    }
    Ok(files)
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}
