//! How triggers combine, as it is written.

use std::fmt;

use rekindle_decision::duration::Duration;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// How triggers combine: a trigger's name, or one of `any`, `all`, `at_least` and `not`.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged, rename = "Expression"))]
pub enum ExprText {
    /// The name of a trigger.
    Name(String),
    /// A combination.
    Combination(Box<Combination>),
}

/// A combination of triggers: exactly one of `any`, `all`, `at_least` with `of`, and `not`. They nest.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::schema::one_of_combinations))]
#[serde(deny_unknown_fields, default)]
pub struct Combination {
    /// Any of these.
    pub any: Option<Vec<ExprText>>,
    /// All of these.
    pub all: Option<Vec<ExprText>>,
    /// At least so many of `of`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub at_least: Option<u32>,
    /// What `at_least` counts.
    pub of: Option<Vec<ExprText>>,
    /// With `all` or `at_least`: a trigger that fired this long ago still counts, and one that fired longer ago does not.
    /// Left out: all must fire now.
    pub within: Option<Duration>,
    /// Fires where the part is quiet, and is unknown where the part is. It stands beside something that asks, in `all`.
    pub not: Option<ExprText>,
}

impl<'de> Deserialize<'de> for ExprText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By hand: an untagged enum would answer every mistake inside with "did not match any variant".
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = ExprText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a trigger, or one of `any`, `all`, `at_least`, `not`")
            }

            fn visit_str<E>(self, name: &str) -> Result<ExprText, E> {
                Ok(ExprText::Name(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExprText, A::Error> {
                Combination::deserialize(MapAccessDeserializer::new(map))
                    .map(|combination| ExprText::Combination(Box::new(combination)))
            }
        }
        deserializer.deserialize_any(Text)
    }
}
