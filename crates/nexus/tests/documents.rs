//! What the page for operators who look for help quotes is what Nexus says.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All sources of the crates, with texts over several lines joined as the compiler joins them.
fn sources() -> String {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("crates"))
        .expect("crates")
        .map(|entry| entry.expect("a crate").path().join("src"))
        .collect();
    let mut all = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(path).expect("a source");
                let mut parts = text.split("\\\n");
                all.push_str(parts.next().unwrap_or_default());
                parts.for_each(|part| all.push_str(part.trim_start()));
            }
        }
    }
    all
}

#[test]
fn errors_that_the_docs_quote_are_said() {
    let page = fs::read_to_string(root().join("docs/operators/troubleshooting.md")).expect("the page");
    let sources = sources();
    let mut quoted = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let first = row.split('|').nth(1).expect("a cell");
        // Every second part stands between backquotes.
        for words in first.split('`').skip(1).step_by(2) {
            quoted += 1;
            assert!(sources.contains(words), "nothing says: {words}");
        }
    }
    assert!(quoted > 30, "{quoted}");
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    for folder in ["docs", "docs/operators", "docs/users", "."] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|ending| ending != "md") {
                continue;
            }
            let page = fs::read_to_string(&path).expect("a page");
            // Pictures are made by the tests in a browser.
            for target in page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
                let file = target.split('#').next().unwrap_or_default();
                let here = !target.contains("://")
                    && !file.starts_with("images/")
                    && !target.starts_with("mailto:")
                    && !file.is_empty();
                let place = path.parent().expect("a folder").join(file);
                assert!(!here || place.exists(), "{} links to {target}", path.display());
            }
        }
    }
}
