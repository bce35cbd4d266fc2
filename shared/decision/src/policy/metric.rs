//! Metrics, and what is asked of them.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::detect;
use crate::duration::Duration;
use crate::money::Money;

/// One `CloudWatch` metric: every dimension must be named, since one too few reads another metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// `CloudWatch` namespace.
    pub namespace: String,
    /// Metric name.
    pub name: String,
    /// All dimensions of the metric.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
    /// `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or an extended statistic such as `p90`.
    pub statistic: String,
    /// Length of one datapoint.
    pub period: Duration,
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.statistic.to_lowercase(), self.namespace, self.name)
    }
}

/// A metric as a rule reads it: which, how late its values are true, and which of them count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The metric.
    pub metric: Metric,
    /// How long the labels behind a value take to arrive. A period that ended less than this ago is immature: it is
    /// not evidence yet, whatever its value says.
    pub label_delay: Duration,
    /// Periods with fewer samples than this count as missing.
    pub min_samples: Option<u64>,
    /// How far back the rule looks at most, where it looks at everything since the last training.
    pub history: Duration,
}

impl Source {
    /// How far back a rule looks when the policy does not say: a month, the usual life of a model that is retrained at
    /// all, and 8,640 points of 5 minutes.
    pub const HISTORY: Duration = Duration::from_seconds(30 * 86_400);

    /// The metric alone: no delay, every value counts, the usual history.
    #[must_use]
    pub fn of(metric: Metric) -> Self {
        Self { metric, label_delay: Duration::default(), min_samples: None, history: Self::HISTORY }
    }

    /// Start of the period an instant lies in.
    #[must_use]
    pub fn period_of(&self, at: Timestamp) -> Timestamp {
        let period = self.seconds();
        instant(at.as_second().div_euclid(period).saturating_mul(period))
    }

    /// Start of the first period that begins no earlier than this.
    #[must_use]
    pub fn first_whole(&self, at: Timestamp) -> Timestamp {
        let start = self.period_of(at);
        if start < at { self.metric.period.after(start) } else { start }
    }

    /// End of the newest mature period, exclusive, on a period boundary.
    #[must_use]
    pub fn mature(&self, now: Timestamp) -> Timestamp {
        self.period_of(self.label_delay.before(now))
    }

    /// The newest `periods` mature periods: start of the first, end of the last.
    #[must_use]
    pub fn newest(&self, periods: u64, now: Timestamp) -> (Timestamp, Timestamp) {
        let end = self.mature(now);
        let span = i64::try_from(periods).unwrap_or(i64::MAX).saturating_mul(self.seconds());
        (instant(end.as_second().saturating_sub(span)), end)
    }

    /// Every mature period of the history.
    #[must_use]
    pub fn all(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let end = self.mature(now);
        (self.period_of(self.history.before(end)), end)
    }

    /// Length of one period in seconds; at least one.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        i64::try_from(self.metric.period.seconds()).unwrap_or(i64::MAX).max(1)
    }
}

/// So many seconds after 1970, or the first instant there is.
fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
}

/// Fires when M of the last N closed periods are beyond the limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// The metric.
    pub source: Source,
    /// The limit, in the metric's own unit.
    pub limit: Limit,
    /// How many of how many periods.
    pub periods: MOutOfN,
    /// What a period without a value counts as.
    pub missing_data: MissingData,
    /// The name under which a training job reports this metric at its end, where it is another.
    pub reported_as: Option<String>,
}

impl Threshold {
    /// The name under which a training job reports this metric.
    #[must_use]
    pub fn reported_as(&self) -> &str {
        self.reported_as.as_deref().unwrap_or(&self.source.metric.name)
    }
}

/// Periods read beyond N, so that late or missing points can be replaced by earlier real ones, as `CloudWatch` does
/// with its evaluation range.
pub(crate) const LOOK_BACK: u64 = 2;

/// A limit; beyond it is strictly beyond.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Fires for values less than this.
    Below(f64),
    /// Fires for values greater than this.
    Above(f64),
    /// Fires for values less than the first or greater than the second.
    Outside(f64, f64),
    /// Fires for values that have fallen from the baseline by more than this.
    Fallen(Change, Baseline),
    /// Fires for values that have risen from the baseline by more than this.
    Risen(Change, Baseline),
}

impl Limit {
    /// Whether a value is beyond the limit. Not a number is beyond nothing; callers treat it as missing. A limit that
    /// hangs on a baseline is resolved first, and is beyond reach until then.
    #[must_use]
    pub fn breached_by(self, value: f64) -> bool {
        match self {
            Self::Below(limit) => value < limit,
            Self::Above(limit) => value > limit,
            Self::Outside(low, high) => value < low || value > high,
            Self::Fallen(..) | Self::Risen(..) => false,
        }
    }

    /// Whether the limit is made of numbers that can be crossed.
    #[must_use]
    pub fn is_finite(self) -> bool {
        match self {
            Self::Below(limit) | Self::Above(limit) => limit.is_finite(),
            Self::Outside(low, high) => low.is_finite() && high.is_finite() && low <= high,
            Self::Fallen(change, baseline) | Self::Risen(change, baseline) => {
                let change = match change {
                    Change::By(amount) | Change::Share(amount) => amount,
                };
                let fixed = match baseline {
                    Baseline::Fixed(value) => value.is_finite(),
                    Baseline::First(_) | Baseline::Training => true,
                };
                change.is_finite() && change >= 0.0 && fixed
            }
        }
    }

    /// What the limit is measured from, if it hangs on something.
    #[must_use]
    pub const fn baseline(self) -> Option<Baseline> {
        match self {
            Self::Below(_) | Self::Above(_) | Self::Outside(..) => None,
            Self::Fallen(_, baseline) | Self::Risen(_, baseline) => Some(baseline),
        }
    }

    /// The limit with its baseline's value put in.
    #[must_use]
    pub fn resolved(self, baseline: f64) -> Self {
        let amount = |change| match change {
            Change::By(amount) => amount,
            Change::Share(share) => share * libm::fabs(baseline),
        };
        match self {
            Self::Below(_) | Self::Above(_) | Self::Outside(..) => self,
            Self::Fallen(change, _) => Self::Below(baseline - amount(change)),
            Self::Risen(change, _) => Self::Above(baseline + amount(change)),
        }
    }
}

/// How far from a baseline: `0.02` is in the metric's own unit, `3%` a share of the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// By so much, in the metric's own unit.
    By(f64),
    /// By this share of the baseline; 0.03 is three per cent.
    Share(f64),
}

/// What a drop or a rise is measured from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// A figure the owner wrote.
    Fixed(f64),
    /// The median of the first so many values after the last training.
    First(u32),
    /// What the metric of the same name was at the end of the last training job, as SageMaker reports it.
    Training,
}

/// M of N, written `3 of 5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MOutOfN {
    /// Breaching periods needed, at least 1.
    pub m: u32,
    /// Periods looked at, at least `m`.
    pub n: u32,
}

/// Most periods a threshold may look at. A year of days; also keeps one model's reading to one page.
const MOST_PERIODS: u32 = 366;

impl Default for MOutOfN {
    fn default() -> Self {
        Self { m: 1, n: 1 }
    }
}

impl FromStr for MOutOfN {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text
            .split_once(" of ")
            .and_then(|(m, n)| Some((m.trim().parse::<u32>().ok()?, n.trim().parse::<u32>().ok()?)));
        match numbers {
            Some((m, n)) if m >= 1 && m <= n && n <= MOST_PERIODS => Ok(Self { m, n }),
            Some((m, n)) => {
                Err(alloc::format!("`{m} of {n}` cannot be; write M of N with 1 <= M <= N <= {MOST_PERIODS}"))
            }
            None => Err(alloc::format!("`{text}` is not M of N; write for example `3 of 5`")),
        }
    }
}

impl fmt::Display for MOutOfN {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.m, self.n)
    }
}

impl Serialize for MOutOfN {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for MOutOfN {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for MOutOfN {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "MOutOfN".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Breaching periods of periods looked at.",
            "pattern": "^[0-9]+ of [0-9]+$",
            "examples": ["3 of 5"]
        })
    }
}

/// What a period without a value counts as, in `CloudWatch`'s own words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MissingData {
    /// As nothing: with no value at all the trigger is unknown.
    #[default]
    #[serde(rename = "missing")]
    Missing,
    /// The trigger keeps the state it had.
    #[serde(rename = "ignore")]
    Ignore,
    /// As beyond the limit.
    #[serde(rename = "breaching")]
    Breaching,
    /// As within the limit.
    #[serde(rename = "notBreaching")]
    NotBreaching,
}

/// Which way a metric goes when the model gets worse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Worse {
    /// Up, as an error rate does.
    #[default]
    Higher,
    /// Down, as accuracy does.
    Lower,
}

/// Fires when the newest values have worsened steadily: a one-sided Mann-Kendall test (Mann 1945, Kendall 1975), and the
/// Theil-Sen slope (Sen 1968) for how much.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The metric.
    pub source: Source,
    /// Which way is worse.
    pub worse: Worse,
    /// How many newest values are looked at.
    pub periods: u32,
    /// How sure the test must be, between 0.5 and 1.
    pub confidence: f64,
    /// The least worsening over all these periods together, by the slope.
    pub at_least: f64,
}

/// Fires when another model's metric has been better by more than a margin in M of the last N periods in which both have
/// a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenger {
    /// The deployed model's metric.
    pub source: Source,
    /// The shadow's or challenger's metric, of the same period.
    pub challenger: Metric,
    /// Which way is worse.
    pub worse: Worse,
    /// By how much the challenger must be better, in the metric's unit.
    pub margin: f64,
    /// How many of how many periods.
    pub periods: MOutOfN,
}

/// Fires when a detector has raised an alarm on the series since the last training.
#[derive(Debug, Clone, PartialEq)]
pub struct Detector {
    /// The metric: a sum of losses per period with statistic `Sum`, or their mean with `Average`.
    pub source: Source,
    /// How many losses there were in each period. Left out: the metric's own sample count.
    pub trials: Option<Metric>,
    /// How.
    pub method: Method,
}

/// Which detector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// An e-detector: false alarms bounded however often somebody looks.
    Evidence {
        /// The loss rate that is still tolerated, between 0 and 1.
        tolerated: f64,
        /// Average time to a false alarm, at least.
        false_alarm_every: Duration,
    },
    /// Page-Hinkley.
    PageHinkley(detect::page_hinkley::Settings),
    /// CUSUM.
    Cusum(detect::cusum::Settings),
    /// Drift Detection Method.
    Ddm(detect::ddm::Settings),
    /// HDDM-A.
    HddmA(detect::hddm_a::Settings),
    /// ADWIN.
    Adwin(detect::adwin::Settings),
}

/// Fires when staying stale has cost as much as training would.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakEven {
    /// The loss per period.
    pub source: Source,
    /// What one training costs, everything included.
    pub retrain_cost: Money,
    /// What one unit of the loss costs, for each unit of traffic.
    pub cost_per_unit_loss: Money,
    /// How much traffic there was in each period; left out, each period counts as one.
    pub traffic: Option<Box<Metric>>,
    /// The same loss of a shadow model that is kept fresh; left out, what a fresh model loses is learned from the models
    /// that were deployed.
    pub shadow: Option<Box<Metric>>,
    /// How long a training takes until its model serves; with the label delay, the time that is lost either way.
    pub training_time: Duration,
}
