//! What may ask for a training job.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::metric::{BreakEven, Challenger, Detector, Threshold, Trend};
use crate::duration::Duration;
use crate::pattern::Pattern;
use crate::schedule::Expression;

/// Something that may ask for a training job.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// What it watches.
    pub watch: Watch,
    /// For how long a condition that became true asks.
    pub counts_as: CountsAs,
}

impl From<Watch> for Trigger {
    /// With what the kind usually counts as.
    fn from(watch: Watch) -> Self {
        Self { counts_as: watch.usually(), watch }
    }
}

/// For how long a condition that became true asks for a training.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CountsAs {
    /// While it is true: an alarm that stays in ALARM asks again after each cooldown.
    #[default]
    Level,
    /// Once each time it becomes true, until a start answers it or it is true no longer.
    Edge,
    /// From when it was true until the next start, though it is true no longer.
    Latch,
}

/// What a trigger watches.
#[derive(Debug, Clone, PartialEq)]
pub enum Watch {
    /// A schedule's tick.
    Schedule(Box<Schedule>),
    /// The state of CloudWatch alarms.
    Alarm(Alarm),
    /// The newest run of a SageMaker Model Monitor schedule.
    Monitor(Monitor),
    /// The newest result of a Glue Data Quality ruleset.
    DataQuality(DataQuality),
    /// Objects that arrived in S3 since the last start.
    Objects(Objects),
    /// Events of any kind that arrived since the last start.
    Events(Box<Events>),
    /// A metric against a limit.
    Metric(Box<Threshold>),
    /// A metric that worsens steadily.
    Trend(Box<Trend>),
    /// A metric against another model's.
    Challenger(Box<Challenger>),
    /// A detector over a metric.
    Detector(Box<Detector>),
    /// The cost of staying stale against the cost of training.
    BreakEven(Box<BreakEven>),
}

impl Watch {
    /// The metric that is read and how, of a trigger that reads one.
    #[must_use]
    pub fn source(&self) -> Option<&super::metric::Source> {
        match self {
            Self::Metric(rule) => Some(&rule.source),
            Self::Trend(rule) => Some(&rule.source),
            Self::Challenger(rule) => Some(&rule.source),
            Self::Detector(rule) => Some(&rule.source),
            Self::BreakEven(rule) => Some(&rule.source),
            Self::Schedule(_)
            | Self::Alarm(_)
            | Self::Monitor(_)
            | Self::DataQuality(_)
            | Self::Objects(_)
            | Self::Events(_) => None,
        }
    }

    /// What this kind counts as when the policy does not say.
    ///
    /// What has a level to read again is one. What only arrives asks once; so does the result of a monitoring run, which
    /// says nothing of the model that is trained because of it.
    #[must_use]
    pub const fn usually(&self) -> CountsAs {
        match self {
            Self::Alarm(_)
            | Self::Metric(_)
            | Self::Trend(_)
            | Self::Challenger(_)
            | Self::Detector(_)
            | Self::BreakEven(_) => CountsAs::Level,
            Self::Schedule(_)
            | Self::Monitor(_)
            | Self::DataQuality(_)
            | Self::Objects(_)
            | Self::Events(_) => CountsAs::Edge,
        }
    }
}

/// Fires for a tick until a start at or after the tick's instant has answered it, or its deadline has passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// When it ticks, as `EventBridge` reads the expression.
    pub expression: Expression,
    /// How long a tick stays wanted.
    pub deadline: Duration,
    /// Name of the `EventBridge` rule, or of the `EventBridge` Scheduler schedule, whose ticks these are. A tick may
    /// also name the trigger itself.
    pub rule: Option<String>,
}

impl Schedule {
    /// Deadline when the policy names none: as long as Lambda keeps an event it could not deliver.
    pub const DEADLINE: Duration = Duration::from_seconds(6 * 3_600);

    /// EventBridge invokes "within the minute": a tick told less than this after an instant of the expression is of it.
    const PRECISION: Duration = Duration::from_seconds(60);

    /// The instant of the expression that a tick told at this time is of, if it is of one.
    #[must_use]
    pub fn instant_of(&self, told: Timestamp) -> Option<Timestamp> {
        self.expression.latest(told).filter(|own| Self::PRECISION.after(*own) > told)
    }
}

/// Fires while an alarm is in `ALARM`: a level, read again on every turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Which alarms, metric or composite.
    pub which: Alarms,
    /// The alarm's state must not have changed for so long.
    pub quiet_for: Duration,
}

impl Alarm {
    /// The alarm of this name, without debounce.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { which: Alarms::Name(name.into()), quiet_for: Duration::default() }
    }
}

/// Which CloudWatch alarms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarms {
    /// The one of this name, in the function's own account and Region.
    Name(String),
    /// Every one whose name begins so and that carries all these tags.
    Prefix {
        /// How the names begin.
        prefix: String,
        /// Tags the alarm must carry; empty: any.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        tags: BTreeMap<String, String>,
    },
}

impl Alarms {
    /// Whether an alarm of this name may be meant. Tags are not known here.
    #[must_use]
    pub fn may_mean(&self, alarm: &str) -> bool {
        match self {
            Self::Name(name) => name == alarm,
            Self::Prefix { prefix, .. } => alarm.starts_with(prefix.as_str()),
        }
    }

    /// The key under which [`Facts`](crate::facts::Facts) keep what was read.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Prefix { prefix, tags } => {
                let mut key = alloc::format!("{prefix}*");
                for (tag, value) in tags {
                    for part in [" ", tag, "=", value] {
                        key.push_str(part);
                    }
                }
                key
            }
        }
    }
}

/// Fires when the newest finished run of a Model Monitor schedule ended as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// Name of the monitoring schedule.
    pub schedule: String,
    /// Which end fires.
    pub on: MonitorEnd,
}

/// How a monitoring run ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MonitorEnd {
    /// With violations of its constraints.
    #[default]
    Violations,
    /// Without.
    Clean,
}

/// Fires when the newest result of a Glue Data Quality ruleset since the last start is as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataQuality {
    /// Name of the ruleset.
    pub ruleset: String,
    /// Which result fires.
    pub on: Outcome,
    /// No result of the ruleset must have come for so long.
    pub quiet_for: Duration,
}

/// The result of a data quality run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The data passed.
    #[default]
    Passed,
    /// The data failed.
    Failed,
}

/// Fires when enough objects have arrived since the last start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objects {
    /// Name of the bucket.
    pub bucket: String,
    /// How the keys begin.
    pub prefix: String,
    /// How the keys end.
    pub suffix: String,
    /// At least so many objects.
    pub count: u64,
    /// At least so many bytes.
    pub bytes: u64,
    /// No object must have arrived for so long: a data set is many objects.
    pub quiet_for: Duration,
}

/// Fires when enough events have arrived since the last start.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    /// Which events, as an `EventBridge` event pattern.
    pub pattern: Pattern,
    /// At least so many.
    pub count: u64,
    /// None must have arrived for so long.
    pub quiet_for: Duration,
}
