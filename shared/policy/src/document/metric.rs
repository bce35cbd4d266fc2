//! A metric and some of what can be asked of one, as it is written.

use std::collections::BTreeMap;

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Metric, Worse};

/// One `CloudWatch` metric: every dimension must be named, since one too few reads another metric.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Metric"))]
#[serde(deny_unknown_fields)]
pub struct MetricText {
    /// `CloudWatch` namespace.
    pub namespace: String,
    /// Name of the metric.
    pub name: String,
    /// All dimensions of the metric, by name. Left out: it has none.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    /// `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or an extended statistic such as `p90`.
    pub statistic: String,
    /// Length of one datapoint: 1s, 5s, 10s, 20s, 30s or a multiple of 1m. `CloudWatch` keeps periods below 1m for 3h,
    /// multiples of 1m for 15d, of 5m for 63d, and of 1h for 455d.
    pub period: Duration,
}

impl MetricText {
    pub(crate) fn named(&self) -> Metric {
        let Self { namespace, name, dimensions, statistic, period } = self.clone();
        Metric { namespace, name, dimensions, statistic, period }
    }
}

/// Fires when the newest values have worsened steadily, by the Mann-Kendall test (Mann 1945, Kendall 1975) for whether
/// and the Theil-Sen slope (Sen 1968) for how much.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Worsening"))]
#[serde(deny_unknown_fields)]
pub struct WorseningText {
    /// Which way the metric goes when the model gets worse. Left out: higher.
    #[serde(default)]
    pub worse: Worse,
    /// How many of the newest values are looked at, at most 366; fewer than so many are too few.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 366)))]
    pub periods: u32,
    /// How sure the test must be, between 0.5 and 1. Left out: 0.95.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0.5, max = 1.0)))]
    pub confidence: Option<f64>,
    /// The least worsening over all these periods together, in the metric's unit. Left out: 0, however little.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0)))]
    pub at_least: Option<f64>,
}

/// Fires when another model's metric has been better in enough of the last periods in which both have a value.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Challenger"))]
#[serde(deny_unknown_fields)]
pub struct ChallengerText {
    /// The shadow's or challenger's metric, of the same period.
    pub metric: MetricText,
    /// By how much the challenger must be better, in the metric's unit. Left out: 0, better at all.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0)))]
    pub better_by: Option<f64>,
    /// Which way the metric goes when the model gets worse. Left out: higher.
    #[serde(default)]
    pub worse: Worse,
}
