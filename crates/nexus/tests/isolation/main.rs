//! Tenants never notice each other, and nobody does what the permission table does not allow: every operation of the
//! OpenAPI document, as everybody, on both engines. An operation that the document has and the tables here do not makes
//! a test fail.

mod coverage;
mod foreign;
mod gateway;
mod many;
mod people;
mod route;
mod table;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Every operation that the document has: method, path, id.
fn documented() -> BTreeSet<(String, String, String)> {
    let document: Value = serde_json::from_str(&nexus_api::openapi()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("the document has paths");
    let mut found = BTreeSet::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("methods") {
            let id = operation["operationId"].as_str().expect("an id");
            found.insert((method.to_uppercase(), path.clone(), id.to_owned()));
        }
    }
    found
}

type Dump = BTreeMap<String, Vec<String>>;

/// The rows that are not in both dumps: `-` gone, `+` new.
fn changed(before: &Dump, after: &Dump) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, old) in before {
        let new = &after[table];
        rows.extend(old.iter().filter(|row| !new.contains(row)).map(|row| format!("- {table} {row}")));
        rows.extend(new.iter().filter(|row| !old.contains(row)).map(|row| format!("+ {table} {row}")));
    }
    rows
}
