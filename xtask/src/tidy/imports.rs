//! The import law of the web app: `lib`, `components` → `features` → `routes`, no feature imports another, and only
//! the console's feature loads noVNC and xterm.

use super::File;

const SOURCE: &str = "web/src/";
const CONSOLE_ONLY: &[&str] = &["@novnc/", "@xterm/"];

pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| ["ts", "tsx"].contains(&file.extension())) {
        let Some(inside) = file.path.strip_prefix(SOURCE) else { continue };
        for (number, specifier) in specifiers(file) {
            if let Some(what) = refusal(inside, specifier) {
                findings.push(file.finding(number, &what));
            }
        }
    }
    findings
}

/// Why the file at `inside` (below `web/src/`) may not import `specifier`.
fn refusal(inside: &str, specifier: &str) -> Option<String> {
    let from = Layer::of(inside);
    if CONSOLE_ONLY.iter().any(|package| specifier.starts_with(package)) {
        let allowed = from == Layer::Feature("console") || inside.ends_with(".d.ts");
        return (!allowed).then(|| format!("only features/console may import {specifier}"));
    }
    let target = resolve(inside, specifier)?;
    let to = Layer::of(&target);
    let refused = match (&from, &to) {
        (Layer::Feature(own), Layer::Feature(other)) => own != other,
        (Layer::Shared, Layer::Feature(_) | Layer::Routes) | (Layer::Feature(_), Layer::Routes) => true,
        _ => false,
    };
    refused.then(|| format!("{} may not import {target} ({})", from.name(), to.name()))
}

#[derive(PartialEq, Eq)]
enum Layer<'a> {
    /// `lib/` and `components/`
    Shared,
    Feature(&'a str),
    Routes,
    /// `main.tsx` and the like, which wire everything
    Root,
}

impl<'a> Layer<'a> {
    fn of(inside: &'a str) -> Self {
        let mut parts = inside.split('/');
        match (parts.next(), parts.next()) {
            (Some("lib" | "components"), Some(_)) => Self::Shared,
            (Some("features"), Some(name)) => Self::Feature(name),
            (Some("routes"), Some(_)) => Self::Routes,
            _ => Self::Root,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Shared => "shared code".to_owned(),
            Self::Feature(name) => format!("feature {name}"),
            Self::Routes => "a route".to_owned(),
            Self::Root => "the root".to_owned(),
        }
    }
}

/// The imported path below `web/src/`, for relative specifiers and those that begin with `@/` or `~/`.
fn resolve(inside: &str, specifier: &str) -> Option<String> {
    if let Some(path) = specifier.strip_prefix("@/").or_else(|| specifier.strip_prefix("~/")) {
        return Some(path.to_owned());
    }
    if !specifier.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = inside.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
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

/// All that is imported or re-exported, with the line: `from '…'`, `import '…'`, `import('…')`, `vi.mock('…')` not.
fn specifiers(file: &File) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        for marker in ["from ", "import ", "import("] {
            let mut rest = line;
            while let Some(position) = rest.find(marker) {
                let starts_word = !rest[..position].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                rest = &rest[position + marker.len()..];
                let Some(quote) = rest.chars().next().filter(|c| ['\'', '"'].contains(c)) else { continue };
                if let Some((specifier, _)) = rest[1..].split_once(quote)
                    && starts_word
                {
                    found.push((number, specifier));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&[file(path, text)]).len()
    }

    #[test]
    fn features_do_not_import_each_other() {
        let page = "web/src/features/guests/guests-page.tsx";
        assert_eq!(findings(page, "import { a } from '@/features/servers/queries'\n"), 1);
        assert_eq!(findings(page, "import { a } from '../servers/queries'\n"), 1);
        assert_eq!(findings(page, "const page = lazy(() => import(\"../console/console-page\"))\n"), 1);
        assert_eq!(findings(page, "export { a } from '../servers/queries'\n"), 1);
        assert_eq!(findings(page, "import {\n  a,\n} from '../servers/queries'\n"), 1);
        assert_eq!(findings(page, "import { a } from './queries'\nimport { b } from '@/features/guests/row'\n"), 0);
        assert_eq!(findings(page, "import { a } from '@/lib/paths'\nimport 'react'\n"), 0);
    }

    #[test]
    fn layers_import_downwards_only() {
        assert_eq!(findings("web/src/lib/events.ts", "import { a } from '../features/guests/queries'\n"), 1);
        assert_eq!(findings("web/src/components/page.tsx", "import { a } from '@/routes/root'\n"), 1);
        assert_eq!(findings("web/src/features/guests/a.ts", "import { a } from '../../routes/root'\n"), 1);
        assert_eq!(findings("web/src/routes/guests.tsx", "import { a } from '@/features/guests/guests-page'\n"), 0);
        assert_eq!(findings("web/src/main.tsx", "import { a } from './routes/root'\n"), 0);
        assert_eq!(findings("web/e2e/tests/a.spec.ts", "import { a } from '../../src/features/guests/a'\n"), 0);
    }

    #[test]
    fn only_the_console_loads_novnc() {
        let text = "import RFB from '@novnc/novnc'\n";
        assert_eq!(findings("web/src/features/guests/a.ts", text), 1);
        assert_eq!(findings("web/src/features/console/screen.ts", text), 0);
    }
}
