//! What may stand in the way of a start, as it is written.

use rekindle_decision::duration::Duration;
use rekindle_decision::money::Money;
use rekindle_decision::policy::{BudgetMode, InFlight, Worse};
use rekindle_decision::span::Span;

use super::metric::MetricText;

/// What may stand in the way of a start. A start that is held is not lost: it happens when nothing is in the way any
/// more, if it is still wanted then.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Guards"))]
#[serde(deny_unknown_fields, default)]
pub struct GuardsText {
    /// Least time between two starts; defers, never drops. Left out: 24h.
    pub cooldown: Option<Duration>,
    /// What to do while a job of this model runs. Left out: forbid.
    pub in_flight: InFlight,
    /// Metrics whose newest mature value is older than this are unknown. Left out: not asked.
    pub freshness: Option<Duration>,
    /// When nothing may be started: windows that open again and again. Left out: never.
    pub blackout: Vec<BlackoutText>,
    /// What this model's trainings may cost in a calendar span. Left out: no limit.
    pub budget: Option<BudgetText>,
    /// What the trainings of a fleet may cost together in a calendar span. Every model of the fleet names it. Left out: no
    /// limit.
    pub fleet_budget: Option<FleetBudgetText>,
    /// How much new data there must be to learn from. Left out: not asked.
    pub data: Option<DataText>,
    /// How to go on after a training that failed; `{}` for all defaults. What asked for it asks again after a wait, though the
    /// cooldown is not over: a tick until its deadline, an alarm or a metric while it is bad, what arrived, a latch, a person's
    /// request. Left out: a training that failed was a start like any other: the cooldown holds, and what it answered is
    /// answered.
    pub after_failure: Option<AfterFailureText>,
    /// When to stop because training does not help. Left out: never.
    pub after_futility: Option<AfterFutilityText>,
    /// Most starts in any window of a length; force does not skip it, `ignore_budget` does. Left out: no limit.
    pub max_starts: Option<MaxStartsText>,
    /// Least age of a model before it is replaced. Left out: any.
    pub min_age: Option<Duration>,
    /// Greatest age of a model: at this age a training is wanted though no trigger fired. Left out: none.
    pub max_age: Option<Duration>,
    /// Whether a person must agree to each start. A yes holds until the start, or until nothing is wanted any more. Left
    /// out: false.
    pub ask_first: bool,
    /// How long it may be impossible to tell whether a training is wanted, before an alarm calls somebody. Left out: 24h.
    pub blind_for: Option<Duration>,
}

/// A time in which nothing may be started. It opens at each instant of a schedule and stays open for a length of time
/// that passes, whatever the clocks do.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Blackout"))]
#[serde(deny_unknown_fields)]
pub struct BlackoutText {
    /// When it opens: `cron(0 18 ? * FRI *)` with the six fields of `EventBridge`, or `at(2026-12-24T00:00:00)` for once.
    pub cron: String,
    /// How long it stays open.
    #[serde(rename = "for")]
    pub length: Duration,
    /// Time zone of `cron`, by its IANA name such as `Europe/Berlin`. Left out: UTC.
    #[serde(default)]
    pub timezone: Option<String>,
}

/// What this model's trainings may cost in a calendar span, by what each is expected to cost.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Budget"))]
#[serde(deny_unknown_fields)]
pub struct BudgetText {
    /// The most, such as `100 USD`.
    pub amount: Money,
    /// In each calendar `day`, `week` or `month`, in UTC as AWS bills.
    pub per: Span,
    /// What one run is expected to cost, such as `12.50 USD`.
    pub per_run: Money,
    /// Whether a start beyond it is held, or only noted. Left out: enforce.
    #[serde(default)]
    pub mode: BudgetMode,
}

/// What the trainings of several models may cost together in a calendar span.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "FleetBudget"))]
#[serde(deny_unknown_fields)]
pub struct FleetBudgetText {
    /// Name of the fleet: whoever writes the same name shares the budget.
    pub fleet: String,
    /// The most, such as `1000 USD`.
    pub amount: Money,
    /// In each calendar `day`, `week` or `month`, in UTC as AWS bills.
    pub per: Span,
    /// What one run of this model is expected to cost, such as `12.50 USD`.
    pub per_run: Money,
    /// Whether a start beyond it is held, or only noted. Left out: enforce.
    #[serde(default)]
    pub mode: BudgetMode,
}

/// How much new data there must be to learn from.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Data"))]
#[serde(deny_unknown_fields)]
pub struct DataText {
    /// A metric that counts what arrived, such as new labelled rows, with statistic `Sum` or `SampleCount`.
    pub metric: MetricText,
    /// At least so much since the last training began.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0)))]
    pub at_least: f64,
    /// How long what arrived takes to be counted fully; younger periods are not counted. Left out: 0s.
    #[serde(default)]
    pub label_delay: Option<Duration>,
    /// The newest of it must not be older than this. Left out: however old.
    #[serde(default)]
    pub max_age: Option<Duration>,
    /// How far back is counted at most. Left out: 30d, or as long as `CloudWatch` keeps such periods.
    #[serde(default)]
    pub history: Option<Duration>,
}

/// How to go on after trainings that failed: their starts have answered nothing, and each further one in a row waits longer.
/// They count in budgets and in `max_starts` all the same.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "AfterFailure"))]
#[serde(deny_unknown_fields, default)]
pub struct AfterFailureText {
    /// Wait so long after the first failure. The cooldown of that start does not hold. Left out: 1h.
    pub wait: Option<Duration>,
    /// And so many times longer after each further one in a row. Left out: 2.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub times: Option<u32>,
    /// But never longer than this. Left out: 24h.
    pub up_to: Option<Duration>,
    /// After so many in a row, start nothing until a person closes the breaker, or asks with force; 0: never give up. Left
    /// out: 5.
    pub give_up_after: Option<u32>,
}

/// When to stop because training does not help: a metric after each training is compared with what it was before.
///
/// Each training is judged once, when its model has served for long enough, and what it came to is kept: it helped, made no
/// difference, made it worse, or it cannot be told, such as where the next model served too soon. It helped if the gain is at
/// least `min_gain` and its 95 % interval lies above nought; what cannot be told neither counts nor breaks the row. An open
/// breaker lets pass a trigger that none of these trainings was for, and is closed by a person, by force for once, and by any
/// change of the policy.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "AfterFutility"))]
#[serde(deny_unknown_fields)]
pub struct AfterFutilityText {
    /// The metric a training should improve.
    pub metric: MetricText,
    /// Which way the metric goes when the model gets worse. Left out: higher.
    #[serde(default)]
    pub worse: Worse,
    /// The least gain that counts as help, in the metric's unit.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0)))]
    pub min_gain: f64,
    /// After so many trainings in a row without it, start nothing more for the triggers that asked for them. Left out: 3.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub give_up_after: Option<u32>,
    /// How many values before and after each training are compared: at least 4, or 1 with `min_samples`. Left out: 24.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000)))]
    pub compare: Option<u32>,
    /// Periods with fewer samples than this count as missing, and a metric between 0 and 1 is taken for a share of its
    /// samples, such as an accuracy over many predictions: of many samples a few values are enough. Left out: every value
    /// counts, and as one.
    #[serde(default)]
    pub min_samples: Option<u64>,
    /// How long the labels behind a value take to arrive; younger periods are not compared. Left out: 0s.
    #[serde(default)]
    pub label_delay: Option<Duration>,
    /// How far back trainings are compared at most. Left out: 30d, or as long as `CloudWatch` keeps such periods.
    #[serde(default)]
    pub history: Option<Duration>,
}

/// Most starts in any window of a length, whatever asks for them; only a request with `ignore_budget` goes beyond.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "MaxStarts"))]
#[serde(deny_unknown_fields)]
pub struct MaxStartsText {
    /// Most starts, at least 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub starts: u32,
    /// In any so long.
    pub within: Duration,
}
