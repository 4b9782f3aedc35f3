//! Every migration exists for both engines, under the same number and name.

use std::collections::BTreeSet;

const FOLDER: &str = "crates/store/migrations/";
const ENGINES: [&str; 2] = ["sqlite", "postgres"];

pub(super) fn check(paths: &[String]) -> Vec<String> {
    let names = |engine: &str| -> BTreeSet<&str> {
        let prefix = format!("{FOLDER}{engine}/");
        paths.iter().filter_map(|path| path.strip_prefix(&prefix)).filter(|name| name.ends_with(".sql")).collect()
    };
    let mut findings = Vec::new();
    for (engine, other) in [(ENGINES[0], ENGINES[1]), (ENGINES[1], ENGINES[0])] {
        let own = names(engine);
        for name in own.difference(&names(other)) {
            findings.push(format!("{FOLDER}{engine}/{name}: has no counterpart in {other}/"));
        }
        let mut numbers = BTreeSet::new();
        for name in &own {
            let number = name.split('_').next().unwrap_or_default();
            if number.len() != 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                findings.push(format!("{FOLDER}{engine}/{name}: is not called NNNN_name.sql"));
            } else if !numbers.insert(number) {
                findings.push(format!("{FOLDER}{engine}/{name}: the number {number} is used twice"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_come_in_pairs() {
        let paths = [
            "crates/store/migrations/sqlite/0001_start.sql",
            "crates/store/migrations/sqlite/0002_audit.sql",
            "crates/store/migrations/postgres/0001_start.sql",
            "crates/store/migrations/postgres/0003_other.sql",
            "crates/store/src/db.rs",
        ];
        let findings = check(&paths.map(str::to_owned));
        assert_eq!(
            findings,
            [
                "crates/store/migrations/sqlite/0002_audit.sql: has no counterpart in postgres/",
                "crates/store/migrations/postgres/0003_other.sql: has no counterpart in sqlite/",
            ]
        );
    }

    #[test]
    fn migrations_have_numbers_of_their_own() {
        let both = ["0001_a.sql", "0001_b.sql", "start.sql"]
            .iter()
            .flat_map(|name| ENGINES.map(|engine| format!("{FOLDER}{engine}/{name}")));
        assert_eq!(check(&both.collect::<Vec<_>>()).len(), 4);
    }
}
