//! What people type into a search, as patterns of LIKE. Statements compare with `lower(…) LIKE $n ESCAPE '\'`, which
//! folds ASCII letters alone, on both engines.

/// Everything that has `typed` in it.
pub(crate) fn containing(typed: &str) -> String {
    format!("%{}%", escaped(typed))
}

/// Everything that begins with `typed`.
pub(crate) fn beginning(typed: &str) -> String {
    format!("{}%", escaped(typed))
}

/// `typed` alone.
pub(crate) fn exactly(typed: &str) -> String {
    escaped(typed)
}

/// PostgreSQL takes no NUL in texts, and nothing that is stored has one.
fn escaped(typed: &str) -> String {
    let mut pattern = String::with_capacity(typed.len());
    for c in typed.trim().chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c.to_ascii_lowercase());
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_no_pattern() {
        assert_eq!(containing(" 50%_A\\\0 "), "%50\\%\\_a\\\\%");
        assert_eq!(beginning(""), "%");
    }
}
