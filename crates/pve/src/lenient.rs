//! Reads Perl's numbers, booleans and texts: PVE sends `1`, `"1"`, `true` and `null` for the same thing (PVE-FACTS 2).
//!
//! A value of an unexpected shape becomes "absent", never an error: one odd field must not hide a whole list.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Any JSON value; only scalars are kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    /// `null`, an array or an object.
    Absent,
    Bool(bool),
    Whole(i128),
    Real(f64),
    Text(String),
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Real(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Absent)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Absent)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Absent)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl Scalar {
    fn real(&self) -> Option<f64> {
        let value = match self {
            Self::Absent => return None,
            Self::Bool(value) => f64::from(u8::from(*value)),
            Self::Whole(value) => *value as f64,
            Self::Real(value) => *value,
            Self::Text(text) => text.trim().parse().ok()?,
        };
        value.is_finite().then_some(value)
    }

    /// A count or a size: fractions are cut, what is negative or too large is absent.
    fn count(&self) -> Option<u64> {
        match self {
            Self::Whole(value) => u64::try_from(*value).ok(),
            Self::Text(text) if !text.contains(['.', 'e', 'E']) => text.trim().parse().ok(),
            _ => {
                let real = self.real()?;
                (0.0..=9.0e18).contains(&real).then_some(real as u64)
            }
        }
    }

    fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" | "on" => Some(true),
                "0" | "" | "false" | "no" | "off" => Some(false),
                _ => None,
            },
            other => other.real().map(|value| value != 0.0),
        }
    }

    /// The text as PVE's own tools would print it.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Bool(value) => Some(u8::from(value).to_string()),
            Self::Whole(value) => Some(value.to_string()),
            Self::Real(value) => Some(value.to_string()),
            Self::Text(text) => Some(text),
        }
    }
}

/// An optional fraction or other real number.
pub(crate) fn real<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.real())
}

/// An optional count, size or number of seconds.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.count())
}

/// A boolean; absent means false.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.truth().unwrap_or(false))
}

/// An optional boolean.
pub(crate) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.truth())
}

/// An optional text; numbers become texts.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.text())
}

/// A map of texts; what is no scalar is left out.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let map = Option::<BTreeMap<String, Scalar>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(map.into_iter().filter_map(|(key, value)| Some((key, value.text()?))).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Row {
        #[serde(deserialize_with = "real")]
        cpu: Option<f64>,
        #[serde(deserialize_with = "count")]
        mem: Option<u64>,
        #[serde(deserialize_with = "flag")]
        template: bool,
        #[serde(deserialize_with = "truth")]
        quorate: Option<bool>,
        #[serde(deserialize_with = "text")]
        id: Option<String>,
    }

    fn row(value: serde_json::Value) -> Row {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn each_of_perls_forms_is_understood() {
        let expected =
            Row { cpu: Some(2.5), mem: Some(128), template: true, quorate: Some(true), id: Some("100".into()) };
        assert_eq!(row(json!({"cpu": 2.5, "mem": 128, "template": 1, "quorate": true, "id": 100})), expected);
        assert_eq!(row(json!({"cpu": "2.5", "mem": "128", "template": "1", "quorate": "true", "id": "100"})), expected);
        assert_eq!(row(json!({"cpu": 2.5, "mem": 128.75, "template": true, "quorate": 1.0, "id": "100"})), expected);
    }

    #[test]
    fn what_is_missing_null_or_odd_is_absent() {
        assert_eq!(row(json!({})), Row::default());
        assert_eq!(
            row(json!({"cpu": null, "mem": null, "template": null, "quorate": null, "id": null})),
            Row::default()
        );
        assert_eq!(
            row(json!({"cpu": [], "mem": -1, "template": "maybe", "quorate": {"a": [1]}, "id": {}})),
            Row::default()
        );
        assert_eq!(row(json!({"cpu": "inf", "mem": "1e30", "id": [1, 2]})), Row::default());
    }

    #[test]
    fn large_sizes_stay_exact() {
        assert_eq!(row(json!({"mem": u64::MAX})).mem, Some(u64::MAX));
        assert_eq!(row(json!({"mem": u64::MAX.to_string()})).mem, Some(u64::MAX));
    }

    proptest! {
        #[test]
        fn numbers_read_alike_as_number_and_as_text(value: u64, fraction in -1.0e9_f64..1.0e9) {
            prop_assert_eq!(row(json!({"mem": value})), row(json!({"mem": value.to_string()})));
            prop_assert_eq!(row(json!({"cpu": fraction})), row(json!({"cpu": fraction.to_string()})));
        }

        #[test]
        fn no_text_is_an_error(text in "\\PC{0,30}") {
            row(json!({"cpu": text, "mem": text, "template": text, "quorate": text, "id": text}));
        }
    }
}
