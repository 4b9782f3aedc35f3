//! The API as a server itself describes it: the script of its API viewer, from which one array is cut and read as JSON.
//! Nothing of it is ever run, and whatever it says is bounded before it is read: how deep it goes and how much there is.

use serde_json::{Map, Value};

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::wire::Call;

/// The largest script, in bytes; PVE 9.2's has some three million.
const LARGEST: usize = 8 << 20;
/// How deep the array goes at most; PVE's goes some 25 deep.
const DEEPEST: usize = 80;
/// How many values it has at most; PVE's has some 60,000.
const MOST: usize = 600_000;
/// Most paths, calls of a path, parameters of a call, values of a parameter.
const PATHS: usize = 5_000;
const PARAMETERS: usize = 500;
const VALUES: usize = 500;
/// Longest text, in characters.
const WORDS: usize = 4_000;
/// Longest name, path and the like, in characters.
const NAME: usize = 300;

/// Where every PVE serves it, to everybody.
const SCRIPT: &str = "/pve-docs/api-viewer/apidoc.js";
/// What the array is called, since PVE 7 and before.
const NAMES: [&str; 2] = ["const apiSchema", "var pveapi"];

/// A server's API, in the order of the paths.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ApiSchema {
    /// Every path that takes a call.
    pub paths: Vec<ApiPath>,
}

/// A path with its placeholders, such as `/nodes/{node}/qemu/{vmid}`.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiPath {
    /// The path.
    pub path: String,
    /// Its calls, by method.
    pub methods: Vec<ApiMethod>,
}

/// One call. All texts are PVE's own.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiMethod {
    /// GET, POST, PUT or DELETE.
    pub method: &'static str,
    /// What the code calls it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The parameters: those of the path, those that must be given, the others; each by name.
    pub parameters: Vec<ApiParameter>,
    /// What it answers, as a schema.
    pub returns: String,
    /// Which privileges of PVE it takes.
    pub permissions: String,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ApiParameter {
    /// Its name; `net[n]` stands for `net0`, `net1` and so on.
    pub name: String,
    /// `string`, `integer`, `number`, `boolean`, `array` or `object`.
    pub kind: String,
    /// Whether it is a part of the path.
    pub in_path: bool,
    /// Whether it may be left out.
    pub optional: bool,
    /// What it is for.
    pub description: String,
    /// The name of PVE's rule.
    pub format: Option<String>,
    /// What holds where it is left out.
    pub default: Option<String>,
    /// The least number.
    pub minimum: Option<f64>,
    /// The largest number.
    pub maximum: Option<f64>,
    /// Most characters.
    pub max_length: Option<u64>,
    /// A regular expression of Perl.
    pub pattern: Option<String>,
    /// The only values.
    pub values: Vec<String>,
    /// What a value looks like, in PVE's words.
    pub type_text: Option<String>,
}

/// Why there is no schema.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SchemaError {
    /// The server serves none.
    #[error("the server serves no description of its API: {0}")]
    None(String),
    /// It cannot be read; where.
    #[error("the server's description of its API cannot be read: {0}")]
    Bad(String),
    /// It is larger than this program takes, in bytes.
    #[error("the server's description of its API is larger than {0} bytes")]
    TooLarge(usize),
    /// The server was not reached.
    #[error(transparent)]
    Unreachable(Error),
}

impl Client {
    /// What the server says of its own API. It is asked without the token: everybody may read it.
    ///
    /// # Errors
    /// [`SchemaError`].
    pub async fn api_schema(&self) -> Result<ApiSchema, SchemaError> {
        let answer = match self.call(&Call::document(SCRIPT).up_to(LARGEST)).await {
            Ok(answer) => answer,
            Err(Error { kind: ErrorKind::TooLarge { limit }, .. }) => return Err(SchemaError::TooLarge(limit)),
            Err(error) if error.status().is_some() => return Err(SchemaError::None(error.to_string())),
            Err(error) => return Err(SchemaError::Unreachable(error)),
        };
        if answer.status != 200 {
            return Err(SchemaError::None(answer.refusal().to_string()));
        }
        let body = answer.copy();
        // A tree of half a million values is no work for the threads that serve everybody.
        let read = tokio::task::spawn_blocking(move || read(&body)).await;
        read.unwrap_or_else(|_| Err(SchemaError::Bad("reading it failed".into())))
    }
}

/// Reads the script.
fn read(script: &[u8]) -> Result<ApiSchema, SchemaError> {
    let array = cut(script)?;
    let nodes: Vec<Value> = serde_json::from_slice(array).map_err(|fault| {
        SchemaError::Bad(format!("unexpected JSON at line {} column {} of the array", fault.line(), fault.column()))
    })?;
    let mut schema = ApiSchema::default();
    for node in &nodes {
        collect(node, &mut schema.paths)?;
    }
    if schema.paths.is_empty() {
        return Err(SchemaError::Bad("the array names no path".into()));
    }
    schema.paths.sort_by(|a, b| a.path.cmp(&b.path));
    schema.paths.dedup_by(|a, b| a.path == b.path);
    Ok(schema)
}

/// The array's own bytes. Strings are passed over as JSON writes them, so that no bracket in a text counts.
fn cut(script: &[u8]) -> Result<&[u8], SchemaError> {
    let named = NAMES.iter().find_map(|name| find(script, name.as_bytes()).map(|at| at + name.len()));
    let after = named.ok_or_else(|| SchemaError::None("the script has no array of that name".into()))?;
    let rest = &script[after..];
    let begin = rest.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b'=');
    let rest = begin.map_or(&[][..], |begin| &rest[begin..]);
    if rest.first() != Some(&b'[') {
        return Err(SchemaError::Bad("what stands under that name is no array".into()));
    }
    let (mut depth, mut values, mut in_text, mut escaped) = (0_usize, 0_usize, false, false);
    for (at, byte) in rest.iter().enumerate() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => (depth, values) = (depth + 1, values + 1),
            b',' => values += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(SchemaError::Bad(format!("it is more than {DEEPEST} deep at byte {at} of the array")));
        }
        if values > MOST {
            return Err(SchemaError::Bad(format!("it has more than {MOST} values")));
        }
        if depth == 0 {
            return Ok(&rest[..=at]);
        }
    }
    Err(SchemaError::Bad("the array has no end".into()))
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// The paths of a part of the tree; how deep it goes was looked at before.
fn collect(node: &Value, paths: &mut Vec<ApiPath>) -> Result<(), SchemaError> {
    let Some(node) = node.as_object() else { return Ok(()) };
    if let (Some(path), Some(info)) = (text(node, "path", NAME), node.get("info").and_then(Value::as_object)) {
        let methods: Vec<ApiMethod> = METHODS.iter().filter_map(|method| call(method, &path, info)).collect();
        // What is no path would be one to click on all the same.
        let is_path = path.starts_with('/') && !path.contains(char::is_whitespace);
        if is_path && !methods.is_empty() {
            paths.push(ApiPath { path, methods });
        }
    }
    if paths.len() > PATHS {
        return Err(SchemaError::Bad(format!("it has more than {PATHS} paths")));
    }
    node.get("children").and_then(Value::as_array).into_iter().flatten().try_for_each(|child| collect(child, paths))
}

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

fn call(method: &'static str, path: &str, info: &Map<String, Value>) -> Option<ApiMethod> {
    let info = info.get(method)?.as_object()?;
    let properties = info.get("parameters").and_then(|all| all.get("properties")).and_then(Value::as_object);
    let mut parameters: Vec<ApiParameter> = properties
        .into_iter()
        .flatten()
        .take(PARAMETERS)
        .filter_map(|(name, rules)| parameter(name, path, rules.as_object()?))
        .collect();
    parameters.sort_by(|a, b| (!a.in_path, a.optional, &a.name).cmp(&(!b.in_path, b.optional, &b.name)));
    Some(ApiMethod {
        method,
        name: text(info, "name", NAME).unwrap_or_default(),
        description: text(info, "description", WORDS).unwrap_or_default(),
        parameters,
        returns: info.get("returns").map(pretty).unwrap_or_default(),
        permissions: info.get("permissions").map(permissions).unwrap_or_default(),
    })
}

fn parameter(name: &str, path: &str, rules: &Map<String, Value>) -> Option<ApiParameter> {
    let number = |key: &str| match rules.get(key)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    };
    let values = rules.get("enum").and_then(Value::as_array).into_iter().flatten();
    let in_path =
        path.split('/').any(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(name));
    (name.chars().count() <= NAME).then(|| ApiParameter {
        name: clean(name, NAME),
        kind: text(rules, "type", NAME).unwrap_or_else(|| "string".into()),
        in_path,
        optional: !in_path && rules.get("optional").is_some_and(is_true),
        description: text(rules, "description", WORDS).unwrap_or_default(),
        format: rules.get("format").and_then(Value::as_str).map(|format| clean(format, NAME)),
        default: rules.get("default").and_then(plain),
        minimum: number("minimum"),
        maximum: number("maximum"),
        max_length: number("maxLength").filter(|most| (0.0..1e12).contains(most)).and_then(whole),
        pattern: text(rules, "pattern", WORDS),
        values: values.filter_map(plain).take(VALUES).collect(),
        type_text: text(rules, "typetext", WORDS),
    })
}

/// A number without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the caller has looked at its range")]
fn whole(number: f64) -> Option<u64> {
    (number >= 0.0).then_some(number as u64)
}

/// Perl's truth: `1`, `"1"`, `true`.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.as_str(), "" | "0"),
        _ => false,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(clean(text, NAME)),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(u8::from(*is).to_string()),
        _ => None,
    }
}

fn text(of: &Map<String, Value>, key: &str, most: usize) -> Option<String> {
    of.get(key).and_then(Value::as_str).map(|text| clean(text, most))
}

/// A text that shows as it is: no control characters but line breaks, none that turn its direction, and not too long.
fn clean(text: &str, most: usize) -> String {
    let shows = |c: &char| {
        *c == '\n'
            || !(c.is_control()
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    };
    text.chars().filter(shows).take(most).collect::<String>().trim().to_owned()
}

fn pretty(value: &Value) -> String {
    clean(&serde_json::to_string_pretty(value).unwrap_or_default(), WORDS)
}

/// What PVE says of privileges: its words, then its rule.
fn permissions(value: &Value) -> String {
    let Some(of) = value.as_object() else { return plain(value).unwrap_or_default() };
    let mut lines = Vec::from_iter(text(of, "description", WORDS));
    match of.get("user").and_then(Value::as_str) {
        Some("world") => lines.push("Everybody, without signing in.".into()),
        Some("all") => lines.push("Every user of PVE.".into()),
        Some(other) => lines.push(clean(other, NAME)),
        None => {}
    }
    lines.extend(of.get("check").and_then(|check| serde_json::to_string(check).ok()).map(|check| clean(&check, WORDS)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TREE: &str = r#"[
  { "children": [
      { "info": { "GET": { "name": "read", "description": "A \"text\" with ] and }.",
          "parameters": { "properties": {
            "vmid": { "type": "integer", "minimum": 100, "maximum": "999999999", "typetext": "<integer> (100 - 999999999)" },
            "force": { "type": "boolean", "optional": 1, "default": 0 },
            "mode": { "type": "string", "enum": ["a", "b"], "maxLength": 7 } } },
          "permissions": { "check": ["perm", "/vms/{vmid}", ["VM.Audit"]] },
          "returns": { "type": "null" } } },
        "leaf": 1, "path": "/vms/{vmid}", "text": "{vmid}" } ],
    "info": { "GET": { "name": "index", "permissions": { "user": "all" } }, "PATCH": {} },
    "leaf": 0, "path": "/vms", "text": "vms" },
  { "path": "no path", "info": { "GET": {} } }, 7
]"#;

    #[test]
    fn the_array_is_cut_out_of_the_script() {
        for script in [
            format!("const apiSchema = {TREE}\n;\n\nlet clickHandler = [ ']' ];"),
            format!("/* x */ var pveapi = {TREE};Ext.onReady(function() {{}});"),
        ] {
            let schema = read(script.as_bytes()).unwrap();
            let paths: Vec<_> = schema.paths.iter().map(|path| path.path.as_str()).collect();
            assert_eq!(paths, ["/vms", "/vms/{vmid}"]);
            let call = &schema.paths[1].methods[0];
            assert_eq!((call.method, call.name.as_str()), ("GET", "read"));
            assert_eq!(call.description, "A \"text\" with ] and }.");
            assert_eq!(call.permissions, r#"["perm","/vms/{vmid}",["VM.Audit"]]"#);
            let names: Vec<_> =
                call.parameters.iter().map(|p| (p.name.as_str(), p.in_path, p.optional, p.maximum)).collect();
            assert_eq!(
                names,
                [
                    ("vmid", true, false, Some(999_999_999.0)),
                    ("mode", false, false, None),
                    ("force", false, true, None)
                ]
            );
            assert_eq!((call.parameters[1].values.len(), call.parameters[1].max_length), (2, Some(7)));
            assert_eq!(schema.paths[0].methods[0].permissions, "Every user of PVE.");
        }
    }

    #[test]
    fn what_is_none_is_said_to_be_none() {
        let error = |script: &str| read(script.as_bytes()).unwrap_err();
        assert!(matches!(error("<html>"), SchemaError::None(_)));
        for bad in [
            "const apiSchema = {}",
            "const apiSchema",
            "const apiSchema = [",
            "const apiSchema = [{]",
            "const apiSchema = []",
        ] {
            assert!(matches!(error(bad), SchemaError::Bad(_)), "{bad}");
        }
        let SchemaError::Bad(deep) = error(&format!("const apiSchema = {}", "[".repeat(100_000))) else { panic!() };
        assert!(deep.contains("deep"), "{deep}");
        let SchemaError::Bad(many) = error(&format!("const apiSchema = [{}0]", "0,".repeat(MOST + 1))) else {
            panic!()
        };
        assert!(many.contains("values"), "{many}");
        let paths: Vec<String> = (0..=PATHS).map(|n| format!(r#"{{"path":"/p{n}","info":{{"GET":{{}}}}}}"#)).collect();
        let SchemaError::Bad(paths) = error(&format!("const apiSchema = [{}]", paths.join(","))) else { panic!() };
        assert!(paths.contains("paths"), "{paths}");
    }

    #[test]
    fn texts_hide_nothing() {
        assert_eq!(clean("a\u{202e}b\0c\u{1b}[1m\nd", 100), "abc[1m\nd");
        assert_eq!(clean(&"ä".repeat(20), 10).chars().count(), 10);
    }

    proptest! {
        #[test]
        fn no_script_makes_it_panic(text in "\\PC{0,200}") {
            let _ = read(text.as_bytes());
            let _ = read(format!("const apiSchema = [{text}").as_bytes());
            let _ = read(format!("const apiSchema = {{\"path\":\"/a\",\"info\":{text}").as_bytes());
        }
    }
}
