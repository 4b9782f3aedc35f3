//! Links in Markdown files lead somewhere: to a file of the repository, and to a heading in it where one is named.
//!
//! Addresses on the web are not looked up: the check must not need a network.

use std::collections::BTreeSet;

use super::File;

pub(super) fn check(files: &[File], paths: &[String]) -> Vec<String> {
    let known: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.extension() == "md") {
        for (number, target) in targets(file) {
            if let Some(what) = problem(file, &target, files, &known) {
                findings.push(file.finding(number, &what));
            }
        }
    }
    findings
}

fn problem(file: &File, target: &str, files: &[File], known: &BTreeSet<&str>) -> Option<String> {
    let is_address = target.contains("://") || target.starts_with("mailto:");
    if is_address {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let Some(path) = resolve(&file.path, path) else {
        return Some(format!("the link {target} leaves the repository"));
    };
    let folder = format!("{path}/");
    if !known.contains(path.as_str()) && !known.iter().any(|known| known.starts_with(&folder)) {
        return Some(format!("the link {target} leads to nothing"));
    }
    let anchor = anchor?;
    let aim = files.iter().find(|file| file.path == path && file.extension() == "md")?;
    let found = anchors(aim).contains(anchor);
    (!found).then(|| format!("the link {target} leads to a heading that is not there"))
}

/// The path that a link in `from` means, relative to the root; `None` above the root.
fn resolve(from: &str, link: &str) -> Option<String> {
    if link.is_empty() {
        return Some(from.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Targets of `[text](target)` and `![text](target)` outside code, with their lines.
fn targets(file: &File) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(file) {
        let line = without_code(line);
        let mut rest = line.as_str();
        while let Some(position) = rest.find("](") {
            rest = &rest[position + 2..];
            let Some(end) = rest.find(')') else { break };
            // A title may follow the target.
            if let Some(target) = rest[..end].split_whitespace().next() {
                found.push((number, target.to_owned()));
            }
        }
    }
    found
}

/// The anchors of a document's headings, as forges make them.
fn anchors(file: &File) -> BTreeSet<String> {
    let headings = prose(file).filter_map(|(_, line)| {
        let text = line.trim_start_matches('#');
        (text.len() < line.len() && text.starts_with(' ')).then(|| text.trim())
    });
    headings.map(slug).collect()
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

/// The lines outside fenced code.
fn prose(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    file.lines().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        if fence {
            in_code = !in_code;
        }
        !in_code && !fence
    })
}

/// `line` with what stands between back-ticks blanked.
fn without_code(line: &str) -> String {
    line.split('`').enumerate().map(|(index, part)| if index % 2 == 0 { part } else { "" }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn findings(readme: &str) -> Vec<String> {
        let files = [
            file("README.md", readme),
            file("docs/operators.md", "# Operators\n\n## Keys & backups\n\nBack to the [start](../README.md).\n"),
        ];
        let mut paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
        paths.push("docs/images/console.png".to_owned());
        check(&files, &paths)
    }

    #[test]
    fn good_links_pass() {
        let text = "[a](docs/operators.md) ![b](docs/images/console.png \"title\") [c](docs/) [d](https://example.com/x)\n\
                    [e](docs/operators.md#keys--backups) [f](#top)\n# Top\n`[g](nothing)`\n```\n[h](nothing)\n```\n";
        assert_eq!(findings(text), Vec::<String>::new());
    }

    #[test]
    fn dead_links_are_found() {
        assert_eq!(findings("x\n[a](docs/nothing.md)\n"), ["README.md:2: the link docs/nothing.md leads to nothing"]);
        assert_eq!(findings("[a](../other.md)\n"), ["README.md:1: the link ../other.md leaves the repository"]);
        assert_eq!(
            findings("[a](docs/operators.md#missing)\n"),
            ["README.md:1: the link docs/operators.md#missing leads to a heading that is not there"]
        );
    }
}
