//! Checks licences, banned crates and sources of everything that is built, from `cargo metadata` and the npm lock files.
//!
//! It needs no network and no tool beside cargo and npm's own files. `deny.toml` says the same for `cargo deny`, which
//! is run too where it is installed; advisories are left to it, since they need a database from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

/// Licences that may be linked into the binary. `deny.toml` lists the same.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Beside those, for what npm packages bring into the page: noVNC is MPL-2.0 (file by file), the fonts are OFL-1.1.
const ALLOWED_IN_PAGE: &[&str] = &["BlueOak-1.0.0", "CC-BY-4.0", "MPL-2.0", "OFL-1.1", "Python-2.0"];

/// Crates that must not come in by any way: TLS is rustls with ring, and nothing else.
const BANNED: &[&str] = &["aws-lc-fips-sys", "aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys"];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks the whole repository below `root`. The error lists every finding.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut cargo = Command::new("cargo");
    let text = process::capture(cargo.current_dir(root).args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--all-features",
    ]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let mut findings = cargo_findings(&metadata)?;
    let locks = crate::tidy::tracked_files(root)?.into_iter().filter(|path| path.ends_with("package-lock.json"));
    let mut npm_packages = 0;
    for lock in locks {
        let text = std::fs::read_to_string(root.join(&lock)).with_context(|| format!("cannot read {lock}"))?;
        let value: Value = serde_json::from_str(&text).with_context(|| format!("{lock} is not JSON"))?;
        let (count, found) = npm_findings(&lock, &value);
        npm_packages += count;
        findings.extend(found);
    }
    if !findings.is_empty() {
        bail!("{} findings:\n{}", findings.len(), findings.join("\n"));
    }
    let crates = metadata["packages"].as_array().map_or(0, Vec::len);
    println!("{crates} crates and {npm_packages} npm packages: licences, bans and sources are in order");
    if has_cargo_deny() {
        process::run(Command::new("cargo").current_dir(root).args(["deny", "check", "bans", "licenses", "sources"]))?;
    }
    Ok(())
}

fn has_cargo_deny() -> bool {
    process::capture(Command::new("cargo").args(["deny", "--version"])).is_ok()
}

/// Findings about the packages that `metadata`'s resolve reaches.
fn cargo_findings(metadata: &Value) -> Result<Vec<String>> {
    let reached: BTreeSet<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .context("cargo metadata has no resolve")?
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let mut findings = Vec::new();
    for package in packages.iter().filter(|package| package["id"].as_str().is_some_and(|id| reached.contains(id))) {
        let name = package["name"].as_str().unwrap_or("?");
        let label = format!("{name} {}", package["version"].as_str().unwrap_or("?"));
        if BANNED.contains(&name) {
            findings.push(format!("{label}: banned"));
        }
        match package["source"].as_str() {
            None => continue, // ours
            Some(CRATES_IO) => {}
            Some(other) => findings.push(format!("{label}: comes from {other}, not from crates.io")),
        }
        match package["license"].as_str() {
            None => findings.push(format!("{label}: names no licence")),
            Some(expression) => match satisfied(expression, &|id| ALLOWED.contains(&id)) {
                Ok(true) => {}
                Ok(false) => findings.push(format!("{label}: licence {expression} is not allowed")),
                Err(error) => findings.push(format!("{label}: licence {expression:?}: {error}")),
            },
        }
    }
    Ok(findings)
}

/// Number of registry packages in a lock file, and findings about those that reach the page. Packages for development
/// alone may have any licence, but must come from the registry with a checksum as well.
fn npm_findings(lock: &str, value: &Value) -> (usize, Vec<String>) {
    let empty = serde_json::Map::new();
    let packages = value["packages"].as_object().unwrap_or(&empty);
    let by_name: BTreeMap<&String, &Value> = packages.iter().filter(|(path, _)| !path.is_empty()).collect();
    let mut findings = Vec::new();
    for (path, package) in &by_name {
        let label = format!("{lock}: {path}");
        if package["link"].as_bool() == Some(true) || package["inBundle"].as_bool() == Some(true) {
            continue;
        }
        // Binaries for systems that the lock file's maker does not have: npm fetches them there, by version.
        let for_other_systems = package["optional"].as_bool() == Some(true)
            && (package["os"].is_array() || package["cpu"].is_array())
            && package["resolved"].is_null();
        if package["integrity"].as_str().is_none() && !for_other_systems {
            findings.push(format!("{label}: has no checksum, so does not come from the registry"));
        }
        if package["dev"].as_bool() == Some(true) || package["devOptional"].as_bool() == Some(true) {
            continue;
        }
        let allowed = |id: &str| ALLOWED.contains(&id) || ALLOWED_IN_PAGE.contains(&id);
        match package["license"].as_str() {
            None => findings.push(format!("{label}: names no licence")),
            Some(expression) => match satisfied(expression, &allowed) {
                Ok(true) => {}
                Ok(false) => findings.push(format!("{label}: licence {expression} is not allowed")),
                Err(error) => findings.push(format!("{label}: licence {expression:?}: {error}")),
            },
        }
    }
    (by_name.len(), findings)
}

/// Whether an SPDX expression can be met with allowed licences. `/` is read as `OR`, as old crates mean it.
///
/// `AND` binds tighter than `OR`, `WITH` tighter than both. An expression that cannot be parsed is an error.
fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> Result<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Expression { words: &words, allowed };
    let result = parser.any_of()?;
    match parser.words {
        [] => Ok(result),
        [word, ..] => bail!("unexpected {word:?}"),
    }
}

/// A recursive descent over the words that are left.
struct Expression<'a> {
    words: &'a [&'a str],
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Expression<'a> {
    fn any_of(&mut self) -> Result<bool> {
        let mut result = self.all_of()?;
        while self.take("OR") {
            result |= self.all_of()?;
        }
        Ok(result)
    }

    fn all_of(&mut self) -> Result<bool> {
        let mut result = self.one()?;
        while self.take("AND") {
            result &= self.one()?;
        }
        Ok(result)
    }

    fn one(&mut self) -> Result<bool> {
        if self.take("(") {
            let result = self.any_of()?;
            if !self.take(")") {
                bail!("a bracket is not closed");
            }
            return Ok(result);
        }
        let name = self.name()?;
        if self.take("WITH") {
            let exception = self.name()?;
            return Ok((self.allowed)(&format!("{name} WITH {exception}")));
        }
        Ok((self.allowed)(name))
    }

    fn name(&mut self) -> Result<&'a str> {
        match self.words {
            [word, rest @ ..] if !["AND", "OR", "WITH", "(", ")"].contains(word) => {
                self.words = rest;
                Ok(word)
            }
            [word, ..] => bail!("a licence is expected before {word:?}"),
            [] => bail!("a licence is expected at the end"),
        }
    }

    fn take(&mut self, expected: &str) -> bool {
        if let [word, rest @ ..] = self.words
            && *word == expected
        {
            self.words = rest;
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn allowed(expression: &str) -> Result<bool> {
        satisfied(expression, &|id| ALLOWED.contains(&id))
    }

    #[test]
    fn licence_expressions_are_evaluated() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0-only OR MIT AND Apache-2.0", true),
            ("(GPL-3.0-only OR MIT) AND Unicode-3.0", true),
            ("(MIT AND (GPL-3.0-only OR AGPL-3.0-only)) OR LGPL-2.1-only", false),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
        ] {
            assert_eq!(allowed(expression).unwrap(), expected, "{expression}");
        }
    }

    #[test]
    fn broken_licence_expressions_are_errors() {
        for expression in ["", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT Apache-2.0", "MIT WITH", "()"] {
            assert!(allowed(expression).is_err(), "{expression}");
        }
    }

    #[test]
    fn banned_foreign_and_unlicensed_crates_are_found() {
        let package = |name: &str, source: Value, license: Value| json!({"id": name, "name": name, "version": "1.0.0", "source": source, "license": license});
        let nodes = ["nexus", "fine", "openssl-sys", "forked", "copyleft", "silent"].map(|id| json!({"id": id}));
        let metadata = json!({
            "packages": [
                package("nexus", Value::Null, Value::Null),
                package("fine", json!(CRATES_IO), json!("MIT OR Apache-2.0")),
                package("openssl-sys", json!(CRATES_IO), json!("MIT")),
                package("forked", json!("git+https://example.com/forked"), json!("MIT")),
                package("copyleft", json!(CRATES_IO), json!("GPL-3.0-only")),
                package("silent", json!(CRATES_IO), Value::Null),
                package("unreached-openssl", json!(CRATES_IO), json!("GPL-3.0-only")),
            ],
            "resolve": {"nodes": nodes},
        });
        assert_eq!(
            cargo_findings(&metadata).unwrap(),
            [
                "openssl-sys 1.0.0: banned",
                "forked 1.0.0: comes from git+https://example.com/forked, not from crates.io",
                "copyleft 1.0.0: licence GPL-3.0-only is not allowed",
                "silent 1.0.0: names no licence",
            ]
        );
    }

    #[test]
    fn npm_packages_of_the_page_are_held_to_licences_and_all_to_checksums() {
        let lock = json!({"packages": {
            "": {"name": "web", "license": "MIT"},
            "node_modules/page": {"integrity": "sha512-x", "license": "MPL-2.0"},
            "node_modules/copyleft": {"integrity": "sha512-x", "license": "AGPL-3.0-only"},
            "node_modules/tool": {"integrity": "sha512-x", "license": "GPL-3.0-only", "dev": true},
            "node_modules/from-git": {"license": "MIT", "dev": true},
            "node_modules/tool-win32": {"version": "1.0.0", "dev": true, "optional": true, "os": ["win32"]},
        }});
        let (count, findings) = npm_findings("web/package-lock.json", &lock);
        assert_eq!(count, 5);
        assert_eq!(
            findings,
            [
                "web/package-lock.json: node_modules/copyleft: licence AGPL-3.0-only is not allowed",
                "web/package-lock.json: node_modules/from-git: has no checksum, so does not come from the registry",
            ]
        );
    }
}
