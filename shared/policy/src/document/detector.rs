//! Detectors over a metric, and the cost of staying stale, as they are written.

use rekindle_decision::detect::{Direction, adwin, cusum, ddm, hddm_a, page_hinkley};
use rekindle_decision::duration::Duration;
use rekindle_decision::money::Money;

use super::metric::MetricText;

/// Which way a mean must move to be an alarm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Up, as an error rate does when the model gets worse.
    #[default]
    Higher,
    /// Down, as accuracy does when the model gets worse.
    Lower,
    /// Either way.
    Either,
}

impl Way {
    pub(crate) const fn direction(self) -> Direction {
        match self {
            Self::Higher => Direction::Up,
            Self::Lower => Direction::Down,
            Self::Either => Direction::Both,
        }
    }
}

/// Fires when the losses since the last training show that the model is worse than tolerated, with false alarms bounded
/// however often somebody looks: the Shiryaev-Roberts e-detector (Shin, Ramdas and Rinaldo, "E-detectors", 2024).
///
/// Losses are numbers from 0 to 1, such as errors. Nothing else is assumed of them.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Evidence"))]
#[serde(deny_unknown_fields)]
pub struct EvidenceText {
    /// The mean loss that is still tolerated, between 0 and 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub tolerated: f64,
    /// How long it takes to a false alarm on average, at least: `90d` means about four false alarms a year at most.
    pub false_alarm_every: Duration,
}

/// Fires when the metric's mean has left its own past: the Page-Hinkley test (Page 1954, Hinkley 1971), with the
/// arithmetic of the river library.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "PageHinkley"))]
#[serde(deny_unknown_fields, default)]
pub struct PageHinkleyText {
    /// How many periods must have been before there can be an alarm. Left out: 30.
    pub min_periods: Option<u32>,
    /// The deviation from the mean so far that is allowed in each period, in the metric's unit. Left out: 0.005.
    pub delta: Option<f64>,
    /// How much must have added up for an alarm, in the metric's unit. Left out: 50, which fits counts; deviations of a
    /// rate add up to at most 1 a period, so write less for one.
    pub threshold: Option<f64>,
    /// The factor by which what has added up is forgotten in each period, above 0 and at most 1. Left out: 0.9999.
    pub alpha: Option<f64>,
    /// Which way the mean must move. Left out: higher.
    pub worse: Way,
}

/// Fires when the metric's mean has left its target: the tabular cumulative sum (Page 1954, in Montgomery's form).
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Cusum"))]
#[serde(deny_unknown_fields)]
pub struct CusumText {
    /// The mean of a period that is in order.
    pub target: f64,
    /// The deviation from the target that is allowed in each period, in the metric's unit: half the shift that must be
    /// found.
    pub slack: f64,
    /// How much must have added up for an alarm, in the metric's unit: 4 to 5 standard deviations of a period's value.
    pub interval: f64,
    /// Which way the mean must move. Left out: higher.
    #[serde(default)]
    pub worse: Way,
}

/// Fires when the error rate has risen above its best: the Drift Detection Method (Gama and others 2004), with the
/// arithmetic of the river library. Losses are numbers from 0 to 1.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Ddm"))]
#[serde(deny_unknown_fields, default)]
pub struct DdmText {
    /// How many losses must have been before anything is compared. Left out: 30.
    pub warm_start: Option<u32>,
    /// How far above the best rate is an alarm, in standard deviations. Left out: 3.
    pub drift: Option<f64>,
}

/// Fires when the mean loss is further from its best than Hoeffding's bound: HDDM-A (Frías-Blanco and others 2015), with
/// the arithmetic of the river library. Losses are numbers from 0 to 1.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "HddmA"))]
#[serde(deny_unknown_fields, default)]
pub struct HddmAText {
    /// The chance of a false alarm at one look, between 0 and 1. Left out: 0.001.
    pub drift_confidence: Option<f64>,
    /// Which way the mean must move. Left out: higher.
    pub worse: Way,
}

/// Fires when two parts of the past differ: ADWIN (Bifet and Gavaldà 2007), with the arithmetic of the river library.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Adwin"))]
#[serde(deny_unknown_fields, default)]
pub struct AdwinText {
    /// The chance of a false alarm at one look, between 0 and 1. Left out: 0.002.
    pub delta: Option<f64>,
    /// At every how many periods the window is looked at. Left out: 32.
    pub clock: Option<u32>,
    /// How many buckets of one size are kept before two are merged, at least 2. Left out: 5.
    pub max_buckets: Option<u32>,
    /// How many periods each part must have to be compared. Left out: 5.
    pub min_window_length: Option<u32>,
    /// How many periods the window must exceed to be looked at. Left out: 10.
    pub grace_period: Option<u32>,
    /// Which way the mean must have moved. Left out: higher.
    pub worse: Way,
}

/// Fires when staying stale has cost as much as a training would: the ski-rental rule, which needs no tuning. What a fresh
/// model loses is learned from the models that were deployed, with the noise, and with how much trainings save.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "BreakEven"))]
#[serde(deny_unknown_fields)]
pub struct BreakEvenText {
    /// What one training costs, everything included, such as `12.50 USD`.
    pub retrain_cost: Money,
    /// What one unit of the metric costs, for each unit of traffic, such as `0.35 USD`.
    pub cost_per_unit_loss: Money,
    /// How much traffic there was in each period, of the same period as the metric. Left out: each period counts as one.
    #[serde(default)]
    pub traffic: Option<MetricText>,
    /// The same loss, of the same period, of a shadow model that is trained anew on all there is in every period. Then the
    /// gap between the two is what is added up, nothing has to be learned, and the cost is at most a little more than twice
    /// that of the best plan. Left out: there is none.
    #[serde(default)]
    pub shadow: Option<MetricText>,
    /// How long a training takes until its model serves. What is lost until then is lost either way. Left out: 0s.
    #[serde(default)]
    pub training_time: Option<Duration>,
}

impl PageHinkleyText {
    pub(crate) fn settings(self) -> page_hinkley::Settings {
        let usual = page_hinkley::Settings::default();
        page_hinkley::Settings {
            min_instances: self.min_periods.unwrap_or(usual.min_instances),
            delta: self.delta.unwrap_or(usual.delta),
            threshold: self.threshold.unwrap_or(usual.threshold),
            alpha: self.alpha.unwrap_or(usual.alpha),
            direction: self.worse.direction(),
        }
    }
}

impl CusumText {
    pub(crate) const fn settings(self) -> cusum::Settings {
        let Self { target, slack, interval, worse } = self;
        cusum::Settings { target, slack, interval, direction: worse.direction() }
    }
}

impl DdmText {
    pub(crate) fn settings(self) -> ddm::Settings {
        let usual = ddm::Settings::default();
        ddm::Settings {
            warm_start: self.warm_start.unwrap_or(usual.warm_start),
            drift: self.drift.unwrap_or(usual.drift),
            ..usual
        }
    }
}

impl HddmAText {
    pub(crate) fn settings(self) -> hddm_a::Settings {
        let usual = hddm_a::Settings::default();
        hddm_a::Settings {
            drift_confidence: self.drift_confidence.unwrap_or(usual.drift_confidence),
            direction: self.worse.direction(),
        }
    }
}

impl AdwinText {
    pub(crate) fn settings(self) -> adwin::Settings {
        let usual = adwin::Settings::default();
        adwin::Settings {
            delta: self.delta.unwrap_or(usual.delta),
            clock: self.clock.unwrap_or(usual.clock),
            max_buckets: self.max_buckets.unwrap_or(usual.max_buckets),
            min_window_length: self.min_window_length.unwrap_or(usual.min_window_length),
            grace_period: self.grace_period.unwrap_or(usual.grace_period),
            direction: self.worse.direction(),
        }
    }
}
