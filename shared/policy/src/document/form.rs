//! Small things that are written in a form of their own.

use std::fmt;

use jiff::Timestamp;
use rekindle_decision::policy::Change;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

/// An instant, such as `2026-10-01T00:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub(crate) Timestamp);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.trim().parse().map(Self).map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            de::Error::custom(format!(
                "`{shown}` is not an instant; write date, time and offset, such as 2026-10-01T00:00:00Z"
            ))
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Instant {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A date and a time with its offset from UTC.",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$",
            "examples": ["2026-10-01T00:00:00Z"]
        })
    }
}

/// How far from a baseline: `3%`, or `0.02` in the metric's own unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeText(pub(crate) Change);

impl<'de> Deserialize<'de> for ChangeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = ChangeText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a change such as 3% or 0.02")
            }

            fn visit_f64<E>(self, number: f64) -> Result<ChangeText, E> {
                Ok(ChangeText(Change::By(number)))
            }

            fn visit_u64<E>(self, number: u64) -> Result<ChangeText, E> {
                Ok(ChangeText(Change::By(whole(number))))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ChangeText, E> {
                let share =
                    text.trim().strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
                share.filter(|share| share.is_finite()).map(|share| ChangeText(Change::Share(share / 100.0))).ok_or_else(
                    || {
                        let shown: String = text.chars().take(40).collect();
                        E::custom(format!(
                            "`{shown}` is not a change; write 3% for a share of the baseline, or 0.02 in the metric's own unit"
                        ))
                    },
                )
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ChangeText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Change".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "How far from a baseline: `3%` is a share of it, `0.02` is in the metric's own unit.",
            "anyOf": [
                { "type": "number", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? *%$" }
            ],
            "examples": ["3%", 0.02]
        })
    }
}

/// What a drop or a rise is measured from.
#[derive(Debug, Clone, PartialEq)]
pub enum BaselineText {
    /// A figure.
    Figure(f64),
    /// What the training job reported under the metric's own name.
    Training,
    /// Something with a parameter.
    Of(BaselineOf),
}

/// What a drop or a rise is measured from, with a parameter; exactly one of the two.
#[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "BaselineOf", transform = crate::schema::one_of_baselines))]
#[serde(deny_unknown_fields, default)]
pub struct BaselineOf {
    /// The median of the first so many values after the last training.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub first: Option<u32>,
    /// What the last training job reported at its end under this name, such as `validation:accuracy`.
    pub training: Option<String>,
}

impl<'de> Deserialize<'de> for BaselineText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = BaselineText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, `training`, or `first` with a count")
            }

            fn visit_f64<E>(self, number: f64) -> Result<BaselineText, E> {
                Ok(BaselineText::Figure(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<BaselineText, E> {
                Ok(BaselineText::Figure(whole(number)))
            }

            fn visit_i64<E>(self, number: i64) -> Result<BaselineText, E> {
                let size = whole(number.unsigned_abs());
                Ok(BaselineText::Figure(if number < 0 { -size } else { size }))
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<BaselineText, E> {
                match word {
                    "training" => Ok(BaselineText::Training),
                    _ => Err(E::unknown_variant(word, &["training"])),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BaselineText, A::Error> {
                BaselineOf::deserialize(MapAccessDeserializer::new(map)).map(BaselineText::Of)
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for BaselineText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Baseline".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let of = generator.subschema_for::<BaselineOf>();
        schemars::json_schema!({
            "description": "What a drop or a rise is measured from: a figure, the first values after the last training, or what the training job reported.",
            "anyOf": [
                { "type": "number", "description": "A figure." },
                { "const": "training", "description": "What the last training job reported at its end under the metric's own name." },
                of
            ]
        })
    }
}

/// A whole number as a fraction; exact up to 2^53, which is beyond what anybody writes.
#[expect(clippy::cast_precision_loss, reason = "a figure beyond 2^53 is an estimate")]
fn whole(number: u64) -> f64 {
    number as f64
}
