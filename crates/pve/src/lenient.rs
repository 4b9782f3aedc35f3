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

/// The longest word that is kept, in characters.
const WORD: usize = 256;
/// The most rows of a list; more than 50,000 guests are not expected of one cluster.
pub(crate) const ROWS: usize = 60_000;

/// A word as it may be shown and stored: without control characters (PostgreSQL takes no NUL), of bounded length.
pub(crate) fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(WORD).collect()
}

/// An optional name or other word, cut; empty ones are absent.
pub(crate) fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Scalar::deserialize(deserializer)?.text();
    Ok(text.map(|text| cut(&text)).filter(|text| !text.is_empty()))
}

/// The longest text of several lines that is kept, in characters.
const PARAGRAPH: usize = 8192;

/// A text of several lines, cut; of the control characters only the ends of lines and tabs are kept.
pub(crate) fn paragraph<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Scalar::deserialize(deserializer)?.text();
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    Ok(text.map(|text| text.chars().filter(kept).take(PARAGRAPH).collect()))
}

/// An optional node's name; what cannot be one is absent.
pub(crate) fn node<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.text().filter(|text| crate::wire::is_node_name(text)))
}

/// A list of rows. Keeps [`ROWS`] of them at most, so that tiny rows cannot grow into much memory.
pub(crate) struct Rows<T> {
    rows: Vec<T>,
    too_many: bool,
}

impl<T> Rows<T> {
    /// The rows, all of them or none.
    pub(crate) fn all(self) -> Result<Vec<T>, crate::Error> {
        if self.too_many { Err(crate::Error::too_many_rows(ROWS)) } else { Ok(self.rows) }
    }
}

struct RowsVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<T>, A::Error> {
        let mut rows = Vec::new();
        while rows.len() < ROWS {
            let Some(row) = seq.next_element()? else { return Ok(Rows { rows, too_many: false }) };
            rows.push(row);
        }
        let too_many = seq.next_element::<IgnoredAny>()?.is_some();
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Rows { rows, too_many })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor(std::marker::PhantomData))
    }
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

    #[test]
    fn words_are_short_and_printable() {
        #[derive(Deserialize)]
        struct Words {
            #[serde(deserialize_with = "word")]
            name: Option<String>,
            #[serde(deserialize_with = "super::node")]
            node: Option<String>,
        }
        let read = |name: &str, node: &str| {
            let words: Words = serde_json::from_value(json!({"name": name, "node": node})).unwrap();
            (words.name, words.node)
        };
        assert_eq!(read("we\u{0}b\n-01", "pve1"), (Some("web-01".into()), Some("pve1".into())));
        assert_eq!(read("\u{0}", "pve1/.."), (None, None));
        let (long, node) = read(&"ü".repeat(10_000), &"n".repeat(64));
        assert_eq!((long.unwrap().chars().count(), node), (256, None));
    }

    #[test]
    fn lists_are_bounded() {
        let read = |rows: usize| {
            let text = format!("[{}]", vec!["{}"; rows].join(","));
            serde_json::from_str::<Rows<Row>>(&text).unwrap().all().map(|rows| rows.len())
        };
        assert_eq!((read(0).unwrap(), read(ROWS).unwrap()), (0, ROWS));
        for more in [ROWS + 1, ROWS + 2, 4 * ROWS] {
            assert_eq!(read(more).unwrap_err().kind, crate::ErrorKind::TooManyRows { limit: ROWS });
        }
        assert!(serde_json::from_str::<Rows<Row>>("{}").is_err());
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
