//! The description of the API as PVE serves it to its own viewer: a script that begins with one large array, and goes on
//! with what draws it. The array has a part of PVE's paths, with texts of our own.

/// Where it is.
pub(crate) const PATH: &str = "/pve-docs/api-viewer/apidoc.js";

const TREE: &str = include_str!("../fixtures/apidoc.json");

/// What follows the array has brackets and texts too.
const VIEWER: &str = r#"
let clickHandler = function(record) { return [ record['path'], "a ] b" ]; };

Ext.onReady(function() {
    Ext.define('pve-api-doc', { fields: ['path', 'info', 'text'] });
    Ext.create('Ext.data.TreeStore', { model: 'pve-api-doc', root: { expanded: true, children: apiSchema } });
});
"#;

/// The script, in the lines that PVE writes.
pub(crate) fn script() -> String {
    let schema: serde_json::Value = serde_json::from_str(TREE).unwrap_or_default();
    let tree = serde_json::to_string_pretty(&schema).unwrap_or_default();
    format!("const apiSchema = {tree}\n;\n{VIEWER}")
}
