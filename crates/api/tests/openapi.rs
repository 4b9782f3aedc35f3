//! The OpenAPI document that the web UI's client is generated from is the one that the code makes.
//!
//! `NEXUS_TEST_UPDATE=1 cargo test -p nexus-api --test openapi` writes it anew; then run `npm run generate` in `web/openapi`.

use std::path::Path;

#[test]
fn the_committed_document_is_fresh() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi/openapi.json");
    let made = nexus_api::openapi();
    if std::env::var_os("NEXUS_TEST_UPDATE").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap();
    assert!(committed == made, "web/openapi/openapi.json is not what the code makes; see this test's head");
}

#[test]
fn every_operation_says_what_it_answers() {
    let document: serde_json::Value = serde_json::from_str(&nexus_api::openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut ids = std::collections::BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|code| code.starts_with('2') || code == "101"), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            let open = operation["security"].is_array();
            assert!(open || responses.contains_key("401"), "{method} {path} needs a session and does not say so");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
                "{method} {path}: id used twice"
            );
        }
    }
}
