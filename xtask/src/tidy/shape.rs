//! Length, opening and name of source files.
//!
//! Generated code is exempt from the length alone, and only where its head says that it is generated.

use super::File;

const MAX_LINES: usize = 600;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"];

pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| ["rs", "ts", "tsx"].contains(&file.extension())) {
        let length = file.text.lines().count();
        if length > MAX_LINES && !is_generated(file) {
            findings.push(file.finding(1, &format!("{length} lines, more than {MAX_LINES}")));
        }
        if file.extension() == "rs" && !file.text.starts_with("//!") {
            findings.push(file.finding(1, "does not open with `//!`: say what it is for and what it must never do"));
        }
        findings.extend(empty_name(file));
        if file.extension() == "rs" {
            findings.extend(empty_inline_modules(file));
        }
    }
    findings
}

fn is_generated(file: &File) -> bool {
    [".d.ts", ".gen.ts"].iter().any(|end| file.path.ends_with(end))
        && file.text.lines().take(10).any(|line| line.contains("generated") || line.contains("Do not edit"))
}

/// Folders count too: `tests/common/mod.rs` hides behind its folder.
fn empty_name(file: &File) -> Option<String> {
    let stems = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    stems
        .filter(|stem| EMPTY_NAMES.contains(stem))
        .map(|stem| file.finding(1, &format!("`{stem}` says nothing: name it after what it does")))
        .next()
}

fn empty_inline_modules(file: &File) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        let first = words.next();
        let declares = match first {
            Some("mod") => true,
            Some("pub") => words.any(|word| word == "mod"),
            _ => false,
        };
        if declares && let Some(name) = words.next().filter(|name| EMPTY_NAMES.contains(name)) {
            findings.push(file.finding(number, &format!("module `{name}` says nothing: name it after what it does")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn long_files_are_refused_unless_generated() {
        let long = "//! x\n".repeat(MAX_LINES + 1);
        let generated = format!("/** This file was auto-generated */\n{long}");
        let findings = check(&[
            file("crates/a/src/long.rs", &long),
            file("crates/a/src/fine.rs", &"//! x\n".repeat(MAX_LINES)),
            file("web/src/long.tsx", &long),
            file("web/src/lib/api/schema.d.ts", &generated),
            file("web/src/routeTree.gen.ts", &generated),
            file("web/src/long.gen.ts", &long),
            file("web/src/generated.ts", &generated),
            file("docs/long.md", &long),
        ]);
        assert_eq!(
            findings,
            [
                "crates/a/src/long.rs:1: 601 lines, more than 600",
                "web/src/long.tsx:1: 601 lines, more than 600",
                "web/src/long.gen.ts:1: 601 lines, more than 600",
                "web/src/generated.ts:1: 602 lines, more than 600",
            ]
        );
    }

    #[test]
    fn rust_files_open_with_a_module_comment() {
        let findings =
            check(&[file("a.rs", "use std::fmt;\n"), file("b.rs", "//! Fine.\n"), file("c.ts", "export {}\n")]);
        assert_eq!(findings, ["a.rs:1: does not open with `//!`: say what it is for and what it must never do"]);
    }

    #[test]
    fn names_that_say_nothing_are_refused() {
        let text = "//! x\n";
        for path in ["src/utils.rs", "tests/common/mod.rs", "web/src/lib/utils.ts", "web/src/helpers.test.tsx"] {
            assert_eq!(check(&[file(path, text)]).len(), 1, "{path}");
        }
        for path in ["src/uncommon.rs", "src/task_manager_page.rs", "web/src/lib/cn.ts"] {
            assert_eq!(check(&[file(path, text)]), Vec::<String>::new(), "{path}");
        }
        let inline = "//! x\nmod helpers {\n}\npub(crate) mod misc;\nlet model = utils;\npub mod fine;\n";
        assert_eq!(check(&[file("src/lib.rs", inline)]).len(), 2);
    }
}
