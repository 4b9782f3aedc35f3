//! Words that must not stay behind: marks of unfinished work, paths of one machine, hosts of package mirrors.
//!
//! The words are put together here from halves, so that this file does not find itself.

use super::File;

/// Whole words that mark unfinished work, in any file but recorded data.
const MARKS: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK"), concat!("W", "IP")];

/// Calls that must not stay in code.
const LEFT_BEHIND: &[&str] = &[
    concat!("dbg", "!("),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("test.on", "ly("),
    concat!("describe.on", "ly("),
    concat!("it.on", "ly("),
];

/// Paths that exist on one machine alone.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Where package managers are allowed to say that a package comes from.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        if file.path.ends_with("Cargo.lock") {
            findings.extend(cargo_lock(file));
        } else if file.path.ends_with("package-lock.json") {
            findings.extend(npm_lock(file));
        } else {
            findings.extend(text(file));
        }
    }
    findings
}

fn text(file: &File) -> Vec<String> {
    let mut findings = Vec::new();
    let is_code = ["rs", "ts", "tsx", "js", "mjs"].contains(&file.extension());
    for (number, line) in file.lines() {
        for mark in MARKS {
            if has_word(line, mark) {
                findings.push(file.finding(number, &format!("the mark {mark} is left: finish it or file an issue")));
            }
        }
        for path in MACHINE_PATHS {
            if has_path(line, path) {
                findings.push(file.finding(number, &format!("{path} is a path of one machine")));
            }
        }
        if line.starts_with(concat!("<<<<", "<<< ")) || line.starts_with(concat!(">>>>", ">>> ")) {
            findings.push(file.finding(number, "a conflict marker is left"));
        }
        for call in LEFT_BEHIND.iter().filter(|_| is_code) {
            if line.contains(call) {
                findings.push(file.finding(number, &format!("{call} is left")));
            }
        }
        if file.path.starts_with("web/src/") && line.contains(concat!("console", ".log(")) {
            findings.push(file.finding(number, "a page does not write to the browser's log"));
        }
    }
    findings
}

fn cargo_lock(file: &File) -> Vec<String> {
    let sources = file.lines().filter_map(|(number, line)| Some((number, line.strip_prefix("source = \"")?)));
    sources
        .filter(|(_, source)| source.trim_end_matches('"') != CRATES_IO)
        .map(|(number, _)| file.finding(number, "a crate comes from elsewhere than crates.io"))
        .collect()
}

/// With npm's `omit-lockfile-registry-resolved` a lock file names no host: whoever installs uses their own registry.
fn npm_lock(file: &File) -> Vec<String> {
    let named = file.lines().filter(|(_, line)| line.trim_start().starts_with("\"resolved\":") && line.contains("://"));
    named.map(|(number, _)| file.finding(number, "a lock file names a package host")).collect()
}

fn has_word(line: &str, word: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    line.match_indices(word).any(|(position, _)| {
        !line[..position].ends_with(in_word) && !line[position + word.len()..].starts_with(in_word)
    })
}

/// Whether an absolute path begins with `path`; a longer path or an address that contains it does not count.
fn has_path(line: &str, path: &str) -> bool {
    line.match_indices(path)
        .any(|(position, _)| !line[..position].ends_with(|c: char| c.is_alphanumeric() || "._-/}*~".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&[file(path, text)]).len()
    }

    #[test]
    fn work_marks_are_found_as_whole_words() {
        assert_eq!(findings("a.rs", concat!("// TO", "DO: later\n")), 1);
        assert_eq!(findings("a.md", concat!("FIX", "ME\n")), 1);
        assert_eq!(findings("a.rs", concat!("let a = \"XX", "XX-XX", "XX\";\n")), 0);
        assert_eq!(findings("a.rs", "mastodons\n"), 0);
        assert_eq!(findings("a.ts", concat!("test.on", "ly('x', f)\n")), 1);
        assert_eq!(findings("a.rs", concat!("<<<<", "<<< HEAD\n")), 1);
        assert_eq!(findings("web/src/a.ts", concat!("console", ".log(a)\n")), 1);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        assert_eq!(findings("a.rs", concat!("open(\"/ro", "ot/x\")\n")), 1);
        assert_eq!(findings("a.toml", concat!("path = '/wo", "rk/main'\n")), 1);
        assert_eq!(findings("a.md", concat!("https://example.com/wo", "rk/x\n")), 0);
        assert_eq!(findings("a.md", concat!("var/wo", "rk/x\n")), 0);
    }

    #[test]
    fn lock_files_name_no_hosts() {
        let crates = format!("source = \"{CRATES_IO}\"\nsource = \"registry+https://mirror.example/index\"\n");
        assert_eq!(findings("Cargo.lock", &crates), 1);
        let npm = "  \"resolved\": \"https://mirror.example/a.tgz\",\n  \"resolved\": \"packages/own\",\n";
        assert_eq!(findings("web/package-lock.json", npm), 1);
    }
}
