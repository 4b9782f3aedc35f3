//! What styles of a drawing refer to. Only ids of the same file pass; what is not plain enough to be sure of is refused.

use std::collections::HashMap;

use nexus_model::InvalidInput;

use crate::picture::refused;

/// Ids.
pub(super) type References = Vec<String>;

fn outside() -> InvalidInput {
    refused("unsafe", "refers to something outside of it")
}

fn not_plain() -> InvalidInput {
    refused("unsafe", "has a style sheet that is not plain: selectors of a class alone may refer to something")
}

/// The ids in `url(#…)` of a value.
///
/// # Errors
/// `unsafe`: another address.
pub(super) fn references(value: &str) -> Result<References, InvalidInput> {
    let lower = value.to_ascii_lowercase();
    let mut named = Vec::new();
    for (start, _) in lower.match_indices("url(") {
        let rest = value[start + 4..].trim_start();
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start();
        let id = rest.strip_prefix('#').ok_or_else(outside)?;
        let end = id.find(['"', '\'', ')']).ok_or_else(outside)?;
        named.push(id[..end].trim_end().to_owned());
    }
    Ok(named)
}

/// The ids that a `style` attribute refers to.
///
/// # Errors
/// `unsafe`: another address, or an escape that could hide one.
pub(super) fn declarations(text: &str) -> Result<References, InvalidInput> {
    if text.contains(['\\', '@']) || text.contains("/*") {
        return Err(not_plain());
    }
    references(text)
}

/// What the style sheets refer to, by class.
///
/// # Errors
/// `unsafe`: another address, `@` rules, escapes, or a reference for more than a class.
pub(super) fn sheet(text: &str) -> Result<HashMap<String, References>, InvalidInput> {
    let text = without_comments(text)?;
    if text.contains(['\\', '@']) {
        return Err(refused("unsafe", "has a style sheet with @ rules or escapes"));
    }
    let mut by_class: HashMap<String, References> = HashMap::new();
    for rule in text.split('}') {
        let Some((selectors, block)) = rule.split_once('{') else {
            if rule.trim().is_empty() {
                continue;
            }
            return Err(not_plain());
        };
        let named = references(block)?;
        references(selectors)?;
        if named.is_empty() {
            continue;
        }
        for selector in selectors.split(',') {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            let class = selector.trim().strip_prefix('.').filter(|class| !class.is_empty() && class.chars().all(plain));
            by_class.entry(class.ok_or_else(not_plain)?.to_owned()).or_default().extend(named.iter().cloned());
        }
    }
    Ok(by_class)
}

fn without_comments(text: &str) -> Result<String, InvalidInput> {
    let mut rest = text;
    let mut plain = String::with_capacity(text.len());
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        plain.push(' ');
        rest = comment.split_once("*/").ok_or_else(not_plain)?.1;
    }
    plain.push_str(rest);
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_ids_of_the_same_file() {
        assert_eq!(references("url(#a) red").unwrap(), ["a"]);
        assert_eq!(references(" URL( '#b' ) url(\"#c\")").unwrap(), ["b", "c"]);
        assert_eq!(references("none").unwrap(), Vec::<String>::new());
        for bad in ["url(http://x/)", "url(data:image/png;base64,AA)", "url(x.svg#a)", "url()", "url(#a", "url(//x#a)"]
        {
            assert_eq!(references(bad).unwrap_err().code, "unsafe", "{bad}");
        }
    }

    #[test]
    fn sheets_name_what_each_class_refers_to() {
        let sheet = sheet(".a, .b { fill: url(#x) } /* url(http://x) */ .b{mask:url(#y)} path{fill:red}").unwrap();
        assert_eq!(
            (sheet["a"].as_slice(), sheet["b"].as_slice()),
            ([String::from("x")].as_slice(), &["x".into(), "y".into()][..])
        );
        for bad in [
            "@import url(http://x/x.css);",
            "@font-face{src:url(data:,x)}",
            ".a{fill:url(http://x/)}",
            "path{clip-path:url(#x)}",
            ".a .b{fill:url(#x)}",
            "#a{fill:url(#x)}",
            ".a{fill:u\\72l(http://x)}",
            ".a{} /* open",
            ".a{fill:red} rest",
        ] {
            assert_eq!(super::sheet(bad).unwrap_err().code, "unsafe", "{bad}");
        }
    }
}
