//! Statements are checked when they run, not when they compile: so all are prepared here, on both engines.

use crate::db::Sql;
use crate::testing::on_both;

/// Every file with statements, by name.
const FILES: &[(&str, &[(&str, Sql)])] = &[
    ("access", crate::access::STATEMENTS),
    ("administration", crate::administration::STATEMENTS),
    ("alert", crate::alert::STATEMENTS),
    ("api_token", crate::api_token::STATEMENTS),
    ("assignment", crate::assignment::STATEMENTS),
    ("audit", crate::audit::STATEMENTS),
    ("brand", crate::brand::STATEMENTS),
    ("bulk", crate::bulk::STATEMENTS),
    ("config_snapshot", crate::config_snapshot::STATEMENTS),
    ("console", crate::console::STATEMENTS),
    ("console_list", crate::console_list::STATEMENTS),
    ("favourite", crate::favourite::STATEMENTS),
    ("group", crate::group::STATEMENTS),
    ("invitation", crate::invitation::STATEMENTS),
    ("lease", crate::lease::STATEMENTS),
    ("link", crate::link::STATEMENTS),
    ("mail", crate::mail::STATEMENTS),
    ("member", crate::member::STATEMENTS),
    ("metric", crate::metric::STATEMENTS),
    ("notification", crate::notification::STATEMENTS),
    ("process", crate::process::STATEMENTS),
    ("pve_call", crate::pve_call::STATEMENTS),
    ("revocation", crate::revocation::STATEMENTS),
    ("sealed", crate::sealed::STATEMENTS),
    ("server", crate::server::STATEMENTS),
    ("session", crate::session::STATEMENTS),
    ("settings", crate::settings::STATEMENTS),
    ("setup", crate::setup::STATEMENTS),
    ("task", crate::task::STATEMENTS),
    ("tenant", crate::tenant::STATEMENTS),
    ("throttle", crate::throttle::STATEMENTS),
    ("user", crate::user::STATEMENTS),
    ("view", crate::view::STATEMENTS),
    ("webhook", crate::webhook::STATEMENTS),
];

#[tokio::test]
async fn both_engines_understand_every_statement() {
    on_both(async |db| {
        let scope = db.mint.system();
        for (file, statements) in FILES {
            for (name, sql) in *statements {
                let mut system = db.store.system_read(&scope).await.unwrap();
                let prepared = system.tx.prepare(*sql).await;
                assert!(prepared.is_ok(), "{file}.rs {name} on {:?}: {:?}", db.engine, prepared.unwrap_err());
            }
        }
    })
    .await;
}

#[test]
fn no_file_with_statements_is_left_out() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut with_statements: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_some_and(|stem| stem != "db") {
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("\nsql! {") {
                with_statements.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    with_statements.sort();
    let listed: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(with_statements, listed);
}
