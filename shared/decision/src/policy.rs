//! What a model's owner wants, for one model, checked and ready to be decided on.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::duration::Duration;

/// What the owner of one model wants.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The model's name, the whole of it: the job name holds a slug and a hash of this.
    pub model: String,
    /// Where the policy came from and which version of it this is.
    pub revision: Revision,
    /// Whom to call.
    pub owner: Option<String>,
    /// Whether a decision to start is acted on.
    pub mode: Mode,
    /// What may ask for a training job, by name.
    pub triggers: BTreeMap<String, Trigger>,
    /// How the triggers combine.
    pub start_when: Expr,
    /// What may stand in the way.
    pub guards: Guards,
    /// Length of the data window that `{window.start}` and `{window.end}` in the training request describe.
    pub data_window: Option<Duration>,
    /// The `CreateTrainingJob` request as the owner wrote it, in the API's own field names, placeholders unfilled.
    pub training: Value,
}

/// Which text a policy was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Name of the parameter or file.
    pub document: String,
    /// Version of it; rises by one with every change in Parameter Store.
    pub version: i64,
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} revision {}", self.document, self.version)
    }
}

/// Whether a decision to start is acted on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Start the job.
    #[default]
    Enforce,
    /// Decide and record, start nothing.
    Observe,
    /// Start nothing, not even when forced, and say so.
    Suspended,
}

/// Something that may ask for a training job.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// A schedule's tick.
    Schedule(Schedule),
    /// A CloudWatch alarm's state.
    Alarm(Alarm),
    /// A metric against a fixed limit.
    Metric(Box<Threshold>),
}

/// Fires for a tick until a start at or after the tick's instant has answered it, or its deadline has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The expression as `EventBridge` evaluates it: `cron(...)`, `rate(...)` or `at(...)`. For people and for checks:
    /// the ticks themselves come from AWS.
    pub expression: String,
    /// Time zone of the expression, where the schedule has one.
    pub timezone: Option<String>,
    /// How long a tick stays wanted.
    pub deadline: Duration,
    /// Name of the `EventBridge` rule, or of the `EventBridge` Scheduler schedule, whose ticks these are. A tick may
    /// also name the trigger itself.
    pub rule: Option<String>,
}

impl Schedule {
    /// Deadline when the policy names none: as long as Lambda keeps an event it could not deliver.
    pub const DEADLINE: Duration = Duration::from_seconds(6 * 3_600);
}

/// Fires while the alarm is in `ALARM`: a level, read again on every turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Name of the alarm, metric or composite.
    pub name: String,
}

/// Fires when M of the last N closed periods are beyond the limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// The metric.
    pub metric: Metric,
    /// The limit, in the metric's own unit.
    pub limit: Limit,
    /// How many of how many periods.
    pub periods: MOutOfN,
    /// What a period without a value counts as.
    pub missing_data: MissingData,
    /// Periods with fewer samples than this count as missing.
    pub min_samples: Option<u64>,
}

/// Periods read beyond N, so that late or missing points can be replaced by earlier real ones, as `CloudWatch` does
/// with its evaluation range.
const LOOK_BACK: u64 = 2;

impl Threshold {
    /// The closed periods to read: start of the first, end of the last (exclusive), both on period boundaries.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let period = self.seconds();
        let end = self.period_of(now).as_second();
        let span = i64::from(self.periods.n)
            .saturating_add(i64::try_from(LOOK_BACK).unwrap_or(0))
            .saturating_mul(period);
        (instant(end.saturating_sub(span)), instant(end))
    }

    /// Start of the period an instant lies in.
    pub(crate) fn period_of(&self, at: Timestamp) -> Timestamp {
        let period = self.seconds();
        instant(at.as_second().div_euclid(period).saturating_mul(period))
    }

    fn seconds(&self) -> i64 {
        i64::try_from(self.metric.period.seconds()).unwrap_or(i64::MAX).max(1)
    }
}

/// So many seconds after 1970, or the first instant there is.
fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
}

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

/// A fixed limit; beyond it is strictly beyond.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Fires for values less than this.
    Below(f64),
    /// Fires for values greater than this.
    Above(f64),
}

impl Limit {
    /// Whether a value is beyond the limit. Not a number is beyond nothing; callers treat it as missing.
    #[must_use]
    pub fn breached_by(self, value: f64) -> bool {
        match self {
            Self::Below(limit) => value < limit,
            Self::Above(limit) => value > limit,
        }
    }

    /// Whether the limit is a number that can be crossed.
    #[must_use]
    pub fn is_finite(self) -> bool {
        match self {
            Self::Below(limit) | Self::Above(limit) => limit.is_finite(),
        }
    }
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

/// How triggers combine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// One trigger, by name.
    Trigger(String),
    /// Any of these.
    Any(Vec<Expr>),
    /// All of these.
    All(Vec<Expr>),
    /// At least so many of these, each now or within the given time.
    AtLeast {
        /// How many.
        n: u32,
        /// Of which.
        of: Vec<Expr>,
        /// A part that fired this long ago still counts. Only triggers are remembered, not combinations.
        within: Option<Duration>,
    },
}

impl Expr {
    /// The longest `within` anywhere inside: how long a trigger must be remembered after it went quiet.
    #[must_use]
    pub fn memory(&self) -> Duration {
        match self {
            Self::Trigger(_) => Duration::default(),
            Self::Any(of) | Self::All(of) => of.iter().map(Self::memory).max().unwrap_or_default(),
            Self::AtLeast { of, within, .. } => {
                of.iter().map(Self::memory).max().unwrap_or_default().max(within.unwrap_or_default())
            }
        }
    }

    /// Every trigger named inside, in order of writing.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Trigger(name) => alloc::vec![name.as_str()],
            Self::Any(of) | Self::All(of) | Self::AtLeast { of, .. } => {
                of.iter().flat_map(Self::names).collect()
            }
        }
    }
}

/// What may stand in the way of a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guards {
    /// Least time between two starts. Defers, never drops.
    pub cooldown: Duration,
    /// What to do while a job of this model runs.
    pub in_flight: InFlight,
    /// Metrics whose newest value is older than this are unknown.
    pub freshness: Option<Duration>,
}

impl Guards {
    /// Cooldown when the policy names none. A day, because a trigger is a level: without one, a model that stays bad
    /// would be trained again as soon as its last job ended.
    pub const COOLDOWN: Duration = Duration::from_seconds(86_400);
}

impl Default for Guards {
    fn default() -> Self {
        Self { cooldown: Self::COOLDOWN, in_flight: InFlight::Forbid, freshness: None }
    }
}

/// What to do while a job of this model runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InFlight {
    /// Wait until it has ended.
    #[default]
    Forbid,
}

impl Policy {
    /// The names of the alarms to read.
    #[must_use]
    pub fn alarms(&self) -> Vec<&str> {
        self.triggers
            .values()
            .filter_map(|trigger| match trigger {
                Trigger::Alarm(alarm) => Some(alarm.name.as_str()),
                Trigger::Schedule(_) | Trigger::Metric(_) => None,
            })
            .collect()
    }

    /// The thresholds whose metrics are to be read, by trigger.
    pub fn thresholds(&self) -> impl Iterator<Item = (&str, &Threshold)> {
        self.triggers.iter().filter_map(|(name, trigger)| match trigger {
            Trigger::Metric(threshold) => Some((name.as_str(), &**threshold)),
            Trigger::Schedule(_) | Trigger::Alarm(_) => None,
        })
    }

    /// The name of the trigger a tick stands for, if this policy has it. A tick that names a trigger must also come from
    /// the trigger's rule, where both are known: other owners may have a trigger of the same name.
    #[must_use]
    pub fn trigger_of(&self, tick: &crate::signal::Tick) -> Option<&str> {
        self.triggers
            .iter()
            .find(|(name, trigger)| match trigger {
                Trigger::Schedule(schedule) => {
                    match (&tick.trigger, schedule.rule.as_deref(), tick.source_name()) {
                        (Some(named), Some(rule), Some(source)) => named == *name && rule == source,
                        (Some(named), _, _) => named == *name,
                        (None, rule, source) => rule.is_some() && rule == source,
                    }
                }
                Trigger::Alarm(_) | Trigger::Metric(_) => false,
            })
            .map(|(name, _)| name.as_str())
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.statistic.to_lowercase(), self.namespace, self.name)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Enforce => "enforce".to_owned(),
            Self::Observe => "observe".to_owned(),
            Self::Suspended => "suspended".to_owned(),
        })
    }
}
