//! A policy document as it is written.

use std::collections::BTreeMap;
use std::fmt;

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{InFlight, MOutOfN, Metric, MissingData, Mode};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// One policy document: what the owner of one model, or of several alike, wants.
///
/// `{model}` stands for the model's name in alarm names, in the metric's namespace, name and dimensions, and anywhere
/// in the training request.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "Rekindle policy"))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The model this policy is for. Write either this or `models`.
    #[serde(default)]
    pub model: Option<String>,
    /// The models this policy is for; each gets a policy of its own.
    #[serde(default)]
    pub models: Option<Vec<String>>,
    /// Whom to call.
    #[serde(default)]
    pub owner: Option<String>,
    /// Whether a decision to start is acted on.
    #[serde(default)]
    pub mode: Mode,
    /// What may ask for a training job, by a name of your choice.
    pub triggers: BTreeMap<String, TriggerText>,
    /// How the triggers combine. Left out: any of them.
    #[serde(default)]
    pub start_when: Option<ExprText>,
    /// What may stand in the way.
    #[serde(default)]
    pub guards: GuardsText,
    /// Length of the data window that `{window.start}` and `{window.end}` describe; it ends when the start is decided.
    #[serde(default)]
    pub data_window: Option<Duration>,
    /// A `CreateTrainingJob` request in the API's own field names. The job's name belongs to Rekindle.
    pub training: Value,
}

/// One trigger. Which of `schedule`, `alarm` and `metric` is written decides its kind.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TriggerText {
    /// A schedule: `cron(...)`, `rate(...)` or `at(...)` as `EventBridge` reads it.
    pub schedule: Option<String>,
    /// Time zone of the schedule, such as `Europe/Berlin`.
    pub timezone: Option<String>,
    /// How long a tick stays wanted. Left out: 6h.
    pub deadline: Option<Duration>,
    /// Name of the `EventBridge` rule, or of the `EventBridge` Scheduler schedule, that sends the ticks.
    pub rule: Option<String>,
    /// Name of a `CloudWatch` alarm.
    pub alarm: Option<String>,
    /// A `CloudWatch` metric.
    pub metric: Option<Metric>,
    /// Fires for values less than this.
    pub below: Option<f64>,
    /// Fires for values greater than this.
    pub above: Option<f64>,
    /// How many of how many periods. Left out: 1 of 1.
    #[serde(rename = "for")]
    pub periods: Option<MOutOfN>,
    /// What a period without a value counts as. Left out: missing.
    pub missing_data: Option<MissingData>,
    /// Periods with fewer samples than this count as missing.
    pub min_samples: Option<u64>,
}

/// What may stand in the way of a start.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct GuardsText {
    /// Least time between two starts; defers, never drops. Left out: 24h.
    pub cooldown: Option<Duration>,
    /// What to do while a job of this model runs.
    pub in_flight: InFlight,
    /// Metrics whose newest value is older than this are unknown.
    pub freshness: Option<Duration>,
}

/// How triggers combine: a trigger's name, or one of `any`, `all`, `at_least`.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged))]
pub enum ExprText {
    /// The name of a trigger.
    Name(String),
    /// A combination.
    Combination(Box<Combination>),
}

/// A combination of triggers; exactly one of `any`, `all` and `at_least` with `of`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Combination {
    /// Any of these.
    pub any: Option<Vec<ExprText>>,
    /// All of these.
    pub all: Option<Vec<ExprText>>,
    /// At least so many of `of`.
    pub at_least: Option<u32>,
    /// What `at_least` counts.
    pub of: Option<Vec<ExprText>>,
    /// A trigger that fired this long ago still counts for `at_least`.
    pub within: Option<Duration>,
}

impl<'de> Deserialize<'de> for ExprText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By hand: an untagged enum would answer every mistake inside with "did not match any variant".
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = ExprText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a trigger, or one of `any`, `all`, `at_least`")
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
