//! A policy document as it is written. The comments on its fields are the owner's documentation: the schema for editors
//! and the reference are made of them. `Left out:` tells the default.

mod detector;
mod expr;
mod fields;
mod form;
mod guards;
mod metric;
mod trigger;

use std::collections::BTreeMap;

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Mode;
use serde_json::Value;

pub(crate) use detector::{
    AdwinText, BreakEvenText, CusumText, DdmText, EvidenceText, HddmAText, PageHinkleyText,
};
pub(crate) use expr::{Combination, ExprText};
pub(crate) use fields::fields_of;
#[cfg(feature = "schema")]
pub(crate) use form::BaselineOf;
pub(crate) use form::{BaselineText, ChangeText, Instant};
pub(crate) use guards::{
    AfterFailureText, AfterFutilityText, BlackoutText, BudgetText, DataText, FleetBudgetText, GuardsText,
    MaxStartsText,
};
pub(crate) use metric::{ChallengerText, MetricText, WorseningText};
#[cfg(feature = "schema")]
pub(crate) use trigger::AlarmsText;
pub(crate) use trigger::{AlarmText, DataQualityText, EventText, KINDS, ObjectsText, QUESTIONS, TriggerText};

/// One policy document: what the owner of one model, or of several alike, wants.
///
/// `{model}` stands for the model's name wherever something of AWS is named: alarms, rules, monitors, rulesets, buckets,
/// event patterns, metrics, fleets, and anywhere in the training request.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "Rekindle policy", transform = crate::schema::one_of_models))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The model this policy is for: letters, digits and `-_.:/=+@`, at most 128 of them. Write either this or `models`.
    #[serde(default)]
    pub model: Option<String>,
    /// The models this policy is for; each gets a policy of its own and is decided on alone. An entry is a name, or a
    /// range of names in quotes: `"tenant-{001..500}"` stands for `tenant-001` to `tenant-500`, zeros in front included.
    /// At most 1000 models in one document.
    #[serde(default)]
    pub models: Option<Vec<String>>,
    /// Whom to call. Left out: nobody.
    #[serde(default)]
    pub owner: Option<String>,
    /// Whether a decision to start is acted on. Left out: enforce.
    #[serde(default)]
    pub mode: Mode,
    /// When the model was trained that serves before Rekindle's first training, such as `2026-10-01T00:00:00Z`. What was
    /// measured before says nothing about it. Left out: not known; everything measured is of it.
    #[serde(default)]
    pub trained: Option<Instant>,
    /// How long after the end of its training a model serves. What was measured before is of the model before it. Left
    /// out: 0s.
    #[serde(default)]
    pub serves_after: Option<Duration>,
    /// What may ask for a training job, by names of your choice: letters, digits, `_` and `-`.
    pub triggers: BTreeMap<String, TriggerText>,
    /// How the triggers combine. Left out: any trigger that no `only_if` names.
    #[serde(default)]
    pub start_when: Option<ExprText>,
    /// What may stand in the way of a start. Left out: a cooldown of 24h, and one job at a time.
    #[serde(default)]
    pub guards: GuardsText,
    /// Length of the data window that `{window.start}` and `{window.end}` describe; it ends when the start is decided.
    /// Left out: the training request cannot name the window.
    #[serde(default)]
    pub data_window: Option<Duration>,
    /// A `CreateTrainingJob` request in the API's own field names. The job's name belongs to Rekindle. Placeholders are
    /// `{model}`, `{generation}`, `{decision.id}`, and with a format such as `{decision.time:%Y-%m-%d}` also
    /// `{decision.time}`, `{window.start}` and `{window.end}`.
    pub training: Value,
}
