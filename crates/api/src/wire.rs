//! What goes over the wire, shared by several nouns. Types here end in `In` or `Out` (the UI's client is generated
//! from them by their schema names) and never leave this crate.

use nexus_model::Micros;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Writes an enum of the wire beside the model's, so that the document knows its values and neither can forget one.
macro_rules! mirrored {
    ($(#[$doc:meta])* $out:ident = $model:ident { $($variant:ident),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = $model)]
        pub(crate) enum $out { $($variant),* }

        impl From<$model> for $out {
            fn from(value: $model) -> Self {
                match value { $($model::$variant => Self::$variant),* }
            }
        }
        impl From<$out> for $model {
            fn from(value: $out) -> Self {
                match value { $($out::$variant => Self::$variant),* }
            }
        }
    };
}
pub(crate) use mirrored;

/// A point in time on the wire: RFC 3339, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At(pub(crate) Micros);

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nanos = i128::from(self.0.0) * 1_000;
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&at.format(&Rfc3339).map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at = OffsetDateTime::parse(&text, &Rfc3339).map_err(serde::de::Error::custom)?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000).map(|at| Self(Micros(at))).map_err(serde::de::Error::custom)
    }
}

impl From<Micros> for At {
    fn from(at: Micros) -> Self {
        Self(at)
    }
}

impl utoipa::PartialSchema for At {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .build()
            .into()
    }
}

impl utoipa::ToSchema for At {}

/// Bytes as they are, for the document.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Binary(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_in_utc() {
        let at = serde_json::to_string(&At(Micros(1_795_219_200_123_456))).unwrap();
        assert_eq!(at, "\"2026-11-21T00:00:00.123456Z\"");
        assert_eq!(serde_json::from_str::<At>(&at).unwrap(), At(Micros(1_795_219_200_123_456)));
        assert_eq!(serde_json::from_str::<At>("\"1970-01-01T01:00:01+01:00\"").unwrap(), At(Micros(1_000_000)));
        assert!(serde_json::from_str::<At>("\"2026-11-21\"").is_err());
    }
}
