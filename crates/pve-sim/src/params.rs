//! Parameter checks with the error texts of pve-common, PVE/JSONSchema.pm. It must never accept what PVE refuses.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a parameter must look like.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Integer(i64, i64),
    Boolean,
    /// Any text of at most so many characters.
    Text(usize),
    Choice(&'static [&'static str]),
    Vmid,
    Node,
    Snapshot,
    Upid,
}

/// A parameter of a method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) optional: bool,
    /// Refused from all but root@pam.
    pub(crate) root: bool,
}

/// A required parameter.
pub(crate) const fn need(name: &'static str, shape: Shape) -> Param {
    Param { name, shape, optional: false, root: false }
}

/// An optional parameter.
pub(crate) const fn may(name: &'static str, shape: Shape) -> Param {
    Param { name, shape, optional: true, root: false }
}

/// An optional parameter that only root@pam may give.
pub(crate) const fn root(name: &'static str, shape: Shape) -> Param {
    Param { name, shape, optional: true, root: true }
}

/// The parameters of a call, from path, query and body.
pub(crate) type Values = BTreeMap<String, Value>;

/// Errors by parameter.
pub(crate) type Errors = BTreeMap<String, String>;

const UNKNOWN: &str = "property is not defined in schema and the schema does not allow additional properties";
const MISSING: &str = "property is missing and it is not optional";

/// Checks values against a schema.
pub(crate) fn check(schema: &[Param], values: &Values, is_root: bool) -> Errors {
    let mut errors = Errors::new();
    for (name, value) in values {
        let Some(param) = schema.iter().find(|param| param.name == name) else {
            errors.insert(name.clone(), UNKNOWN.to_owned());
            continue;
        };
        if param.root && !is_root {
            errors.insert(name.clone(), "Only root may use this option.".to_owned());
        } else if let Some(error) = check_one(param.shape, value) {
            errors.insert(name.clone(), error);
        }
    }
    for param in schema.iter().filter(|param| !param.optional && !values.contains_key(param.name)) {
        errors.insert(param.name.to_owned(), MISSING.to_owned());
    }
    errors
}

fn check_one(shape: Shape, value: &Value) -> Option<String> {
    let text = text(value);
    match shape {
        Shape::Integer(min, max) => integer(&text, min, max),
        Shape::Boolean => {
            let fine = matches!(text.as_str(), "0" | "1") || value.is_boolean();
            (!fine).then(|| format!("type check ('boolean') failed - got '{text}'"))
        }
        Shape::Text(max) => (text.chars().count() > max).then(|| format!("value may only be {max} characters long")),
        Shape::Choice(choices) => (!choices.contains(&text.as_str()))
            .then(|| format!("value '{text}' does not have a value in the enumeration '{}'", choices.join(", "))),
        Shape::Vmid => {
            if let Some(error) = integer(&text, i64::MIN, i64::MAX) {
                return Some(error);
            }
            let fine = text.parse::<u32>().is_ok_and(|vmid| (100..=999_999_999).contains(&vmid));
            (!fine).then(|| "invalid format - value does not look like a valid VM ID\n".to_owned())
        }
        Shape::Node => {
            let inner = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            let fine = inner && !text.is_empty() && !text.starts_with('-') && !text.ends_with('-');
            (!fine).then(|| "invalid format - value does not look like a valid node name\n".to_owned())
        }
        Shape::Snapshot => snapshot(&text),
        Shape::Upid => crate::tasks::Upid::parse(&text).is_none().then(|| "unable to parse worker upid".to_owned()),
    }
}

fn integer(text: &str, min: i64, max: i64) -> Option<String> {
    match text.parse::<i64>() {
        Err(_) => Some(format!("type check ('integer') failed - got '{text}'")),
        Ok(number) if number < min => Some(format!("value must have a minimum value of {min}")),
        Ok(number) if number > max => Some(format!("value must have a maximum value of {max}")),
        Ok(_) => None,
    }
}

fn snapshot(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let start = chars.next().is_some_and(|c| c.is_ascii_alphabetic());
    let rest = chars.as_str();
    let tail = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if !start || !tail {
        Some(format!("invalid format - invalid configuration ID '{text}'\n"))
    } else if text.chars().count() > 40 {
        Some("value may only be 40 characters long".to_owned())
    } else {
        None
    }
}

/// A value as Perl sees it: text, whatever it was sent as.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => u8::from(*flag).to_string(),
        Value::Null => String::new(),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(shape: Shape, value: impl Into<Value>) -> Option<String> {
        check_one(shape, &value.into())
    }

    #[test]
    fn booleans_are_zero_or_one_in_forms_and_anything_in_json() {
        assert_eq!(error(Shape::Boolean, "true").unwrap(), "type check ('boolean') failed - got 'true'");
        assert_eq!(error(Shape::Boolean, "1"), None);
        assert_eq!(error(Shape::Boolean, true), None);
        assert_eq!(error(Shape::Boolean, 0), None);
    }

    #[test]
    fn integers_have_bounds() {
        let port = Shape::Integer(5900, 5999);
        assert_eq!(error(port, "22").unwrap(), "value must have a minimum value of 5900");
        assert_eq!(error(port, "6000").unwrap(), "value must have a maximum value of 5999");
        assert_eq!(error(port, "abc").unwrap(), "type check ('integer') failed - got 'abc'");
        assert_eq!(error(port, "5950"), None);
    }

    #[test]
    fn guest_numbers_start_at_100() {
        assert!(error(Shape::Vmid, "99").unwrap().contains("valid VM ID"));
        assert!(error(Shape::Vmid, "abc").unwrap().contains("integer"));
        assert_eq!(error(Shape::Vmid, "100"), None);
        assert!(error(Shape::Vmid, "1000000000").is_some());
    }

    #[test]
    fn snapshot_names_are_configuration_ids() {
        assert_eq!(
            error(Shape::Snapshot, "1bad name").unwrap(),
            "invalid format - invalid configuration ID '1bad name'\n"
        );
        assert_eq!(error(Shape::Snapshot, "s1"), None);
        assert!(error(Shape::Snapshot, "s").is_some());
        assert!(error(Shape::Snapshot, "a".repeat(41)).unwrap().contains("40 characters"));
    }

    #[test]
    fn unknown_missing_and_root_only_parameters() {
        let schema = [need("snapname", Shape::Snapshot), root("skiplock", Shape::Boolean)];
        let values = Values::from([("bogus".to_owned(), "1".into()), ("skiplock".to_owned(), "1".into())]);
        let errors = check(&schema, &values, false);
        assert_eq!(errors["bogus"], UNKNOWN);
        assert_eq!(errors["snapname"], MISSING);
        assert_eq!(errors["skiplock"], "Only root may use this option.");
        assert!(!check(&schema, &values, true).contains_key("skiplock"));
    }
}
