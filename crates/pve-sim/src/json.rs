//! JSON as Perl writes it: keys in an order that changes with every answer (PVE promises none). It must never change
//! a value.

use rand::seq::SliceRandom as _;
use serde_json::Value;

/// Writes a value with the keys of every object shuffled.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    append(value, &mut out);
    out
}

fn append(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                append(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.shuffle(&mut rand::rng());
            out.push('{');
            for (index, (key, item)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                append(item, out);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => out.push_str(&value.to_string()),
    }
}

/// Puts rows in a random order, as PVE does where it walks a hash.
pub(crate) fn shuffled(mut rows: Vec<Value>) -> Value {
    rows.shuffle(&mut rand::rng());
    Value::Array(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_whatever_the_order() {
        let value = serde_json::json!({"a": [1, "x\"y", null, {"b": 0.5, "c": {}}], "d": "\u{fc}\n", "e": true});
        for _ in 0..20 {
            let back: Value = serde_json::from_str(&write(&value)).unwrap();
            assert_eq!(back, value);
        }
    }

    #[test]
    fn key_order_changes() {
        let value = serde_json::json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6});
        let first = write(&value);
        assert!((0..50).any(|_| write(&value) != first));
    }
}
