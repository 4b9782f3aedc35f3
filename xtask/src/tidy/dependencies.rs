//! Dependencies that nothing uses: each one named in a manifest must occur in the package's own Rust files, and each one
//! of the workspace in some manifest.
//!
//! It reads manifests as lines, in the one form that they have here; it does not resolve features.

use super::File;

pub(super) fn check(files: &[File]) -> Vec<String> {
    let manifests: Vec<&File> = files.iter().filter(|file| is_manifest(&file.path)).collect();
    let mut findings = Vec::new();
    for manifest in &manifests {
        let folder = manifest.path.strip_suffix("Cargo.toml").unwrap_or_default();
        for (number, section, name) in dependencies(manifest) {
            let used = if section == "workspace.dependencies" {
                manifests
                    .iter()
                    .any(|other| other.path != manifest.path && dependencies(other).any(|found| found.2 == name))
            } else {
                let ident = name.replace('-', "_");
                let own = files.iter().filter(|file| file.path.starts_with(folder) && file.extension() == "rs");
                own.clone().next().is_none() || own.clone().any(|file| mentions(&file.text, &ident))
            };
            if !used {
                findings.push(manifest.finding(number, &format!("nothing uses the dependency {name}")));
            }
        }
    }
    findings
}

fn is_manifest(path: &str) -> bool {
    path == "Cargo.toml" || path.ends_with("/Cargo.toml")
}

/// Line, section and name of every dependency in a manifest.
fn dependencies(manifest: &File) -> impl Iterator<Item = (usize, &str, &str)> {
    let mut section = "";
    manifest.lines().filter_map(move |(number, line)| {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end().trim_end_matches(']');
            return None;
        }
        let end = line.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_')?;
        (section.ends_with("dependencies") && end > 0).then(|| (number, section, &line[..end]))
    })
}

fn mentions(text: &str, ident: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(ident).any(|(position, _)| {
        !text[..position].ends_with(in_word) && !text[position + ident.len()..].starts_with(in_word)
    })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn unused_dependencies_are_found() {
        let files = [
            file(
                "Cargo.toml",
                "[workspace]\nmembers = []\n[workspace.dependencies]\nanyhow = \"1\"\nrand = { version = \"1\" }\n",
            ),
            file(
                "crates/a/Cargo.toml",
                "[package]\nname = \"a\"\n\n[dependencies]\n# why\nanyhow.workspace = true\nnexus-model.workspace = true\n\
                 [dev-dependencies]\nproptest.workspace = true\n[features]\nx = []\n",
            ),
            file("crates/a/src/lib.rs", "//! A.\nuse nexus_model::Id;\n"),
            file("crates/a/tests/all.rs", "//! T.\nuse proptest::prelude::*;\nlet not_anyhow = 1;\n"),
            file("crates/b/src/lib.rs", "//! B.\nuse anyhow::Result;\n"),
        ];
        assert_eq!(
            check(&files),
            [
                "Cargo.toml:5: nothing uses the dependency rand",
                "crates/a/Cargo.toml:6: nothing uses the dependency anyhow",
            ]
        );
    }
}
