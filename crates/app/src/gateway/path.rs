//! The path and the parameters of a request as text, taken apart once and for all. What could be read in two ways is
//! refused: encoded slashes, dots that climb, empty parts, names that come twice.

use percent_encoding::percent_decode_str;

use super::{Format, GatewayError};

/// Most parts of a path, and parameters of a call.
const MOST: usize = 24;
const MOST_PARAMS: usize = 500;

/// The format and the parts of what stands behind `/api2/`, each decoded once.
///
/// # Errors
/// [`GatewayError::BadPath`]; [`GatewayError::NoFormat`] for other formats than json and extjs.
pub fn read_path(raw: &str) -> Result<(Format, Vec<String>), GatewayError> {
    let (format, rest) = raw.split_once('/').unwrap_or((raw, ""));
    let format = match format {
        "json" => Format::Json,
        "extjs" => Format::Extjs,
        _ => return Err(GatewayError::NoFormat),
    };
    Ok((format, apart(rest)?))
}

/// The parts of a path that begins with a slash.
///
/// # Errors
/// [`GatewayError::BadPath`].
pub fn parts(path: &str) -> Result<Vec<String>, GatewayError> {
    apart(path.strip_prefix('/').ok_or(GatewayError::BadPath("it does not begin with a slash"))?)
}

fn apart(path: &str) -> Result<Vec<String>, GatewayError> {
    if path.is_empty() {
        return Ok(Vec::new());
    }
    let parts = path.split('/').map(part).collect::<Result<Vec<_>, _>>().map_err(GatewayError::BadPath)?;
    if parts.len() > MOST { Err(GatewayError::BadPath("it has too many parts")) } else { Ok(parts) }
}

fn part(raw: &str) -> Result<String, &'static str> {
    let text = decoded(raw).ok_or("its encoding is broken")?;
    if text.is_empty() {
        return Err("a part of it is empty");
    }
    if text == "." || text == ".." {
        return Err("it climbs");
    }
    if text.chars().any(|c| matches!(c, '/' | '\\' | '%' | '?' | '#') || c.is_control()) {
        return Err("it hides a character that parts paths");
    }
    Ok(text)
}

/// Percent-decoded once; `None` for what is no encoding or no UTF-8.
fn decoded(raw: &str) -> Option<String> {
    let mut rest = raw;
    while let Some(at) = rest.find('%') {
        let hex = rest.as_bytes().get(at + 1..at + 3)?;
        if !hex.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        rest = &rest[at + 3..];
    }
    percent_decode_str(raw).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// The parameters of a query, or of a body of a form.
///
/// # Errors
/// What is wrong with it.
pub fn read_form(raw: &str) -> Result<Vec<(String, String)>, &'static str> {
    let mut params = Vec::new();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let text = |raw: &str| decoded(&raw.replace('+', " ")).ok_or("the encoding of a parameter is broken");
        params.push((text(name)?, text(value)?));
        if params.len() > MOST_PARAMS {
            return Err("there are too many parameters");
        }
    }
    Ok(params)
}

/// The parameters of a body of JSON: an object of plain values, or lists of them.
///
/// # Errors
/// What is wrong with it.
pub fn read_json(raw: &[u8]) -> Result<Vec<(String, String)>, &'static str> {
    let Pairs(members) = serde_json::from_slice(raw).map_err(|_| "the body is no JSON object of plain values")?;
    let mut params = Vec::new();
    for (number, (name, value)) in members.iter().enumerate() {
        if members[..number].iter().any(|(other, _)| other == name) {
            return Err("a parameter comes twice");
        }
        match value {
            Value::List(values) => params.extend(values.iter().map(|value| (name.clone(), value.clone()))),
            Value::Plain(value) => params.push((name.clone(), value.clone())),
        }
        if params.len() > MOST_PARAMS {
            return Err("there are too many parameters");
        }
    }
    Ok(params)
}

/// The members of an object in their order, also those that come twice.
struct Pairs(Vec<(String, Value)>);

enum Value {
    Plain(String),
    List(Vec<String>),
}

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, serde_json::Value>()? {
                    if members.len() >= MOST_PARAMS {
                        return Err(serde::de::Error::custom("too many members"));
                    }
                    members.push((member.0, value(member.1).ok_or_else(|| serde::de::Error::custom("not plain"))?));
                }
                Ok(Pairs(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

fn value(value: serde_json::Value) -> Option<Value> {
    match value {
        serde_json::Value::Array(values) => values.into_iter().map(plain).collect::<Option<_>>().map(Value::List),
        other => plain(other).map(Value::Plain),
    }
}

/// As PVE reads it in a form.
fn plain(value: serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(flag) => Some(u8::from(flag).to_string()),
        serde_json::Value::Null | serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_have_one_reading() {
        let read = |path: &str| read_path(path).map(|(_, parts)| parts);
        assert_eq!(read("json/nodes/pve1/qemu").unwrap(), ["nodes", "pve1", "qemu"]);
        assert_eq!(read("extjs/nodes/a%2Db/tasks/UPID%3Aa").unwrap(), ["nodes", "a-b", "tasks", "UPID:a"]);
        assert_eq!(read("json").unwrap(), [""; 0]);
        assert_eq!(read("json/").unwrap(), [""; 0]);
        for bad in [
            "json/nodes/..",
            "json/nodes/../access",
            "json/nodes/%2e%2e/access",
            "json/nodes/%2E./access",
            "json/nodes/./pve1",
            "json/nodes//pve1",
            "json//nodes",
            "json/nodes/",
            "json/nodes/pve1%2Fqemu",
            "json/nodes/pve1%2fqemu",
            "json/nodes/pve1%5Cqemu",
            "json/nodes/pve1\\qemu",
            "json/nodes/pve1%00",
            "json/nodes/pve1%0a",
            "json/nodes/%252e%252e/access",
            "json/nodes/pve1%252Fqemu",
            "json/nodes/pve1%3Ffull",
            "json/nodes/%zz",
            "json/nodes/%2",
            "json/nodes/%",
            "json/nodes/%ff",
        ] {
            assert!(matches!(read(bad), Err(GatewayError::BadPath(_))), "{bad}");
        }
        for format in
            ["html/version", "png/nodes", "htmljs/version", "spiceconfig/x", "JSON/version", "", "json2/version"]
        {
            assert!(matches!(read(format), Err(GatewayError::NoFormat)), "{format}");
        }
    }

    #[test]
    fn parameters_of_each_body() {
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        assert_eq!(read_form("a=b+c&d=%2B&e&&f=").unwrap(), pairs(&[("a", "b c"), ("d", "+"), ("e", ""), ("f", "")]));
        assert!(read_form("a=%2").is_err() && read_form("a=%ff").is_err());
        let json = br#"{"a":"b","n":100,"t":true,"f":false,"l":[1,"2"]}"#;
        let expected = pairs(&[("a", "b"), ("n", "100"), ("t", "1"), ("f", "0"), ("l", "1"), ("l", "2")]);
        assert_eq!(read_json(json).unwrap(), expected);
        assert_eq!(read_json(b"{}").unwrap(), []);
        for bad in
            [r#"{"a":{}}"#, r#"{"a":null}"#, r#"{"a":[[1]]}"#, "[]", "1", "", r#"{"a":1,"a":2}"#, "{", r#"{"a":1}x"#]
        {
            assert!(read_json(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_part_of_a_path_climbs_or_parts(raw in "\\PC{0,80}") {
            if let Ok((_, parts)) = read_path(&format!("json/{raw}")) {
                for part in parts {
                    prop_assert!(!part.is_empty() && part != "." && part != "..");
                    prop_assert!(!part.contains(['/', '\\', '%', '\0', '?', '#']));
                }
            }
        }
    }
}
