//! What is known about one model at one instant.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::signal::{AlarmState, Signal};
use crate::state::State;

/// What is known about one model at the instant of the decision.
///
/// Gathered once per turn; the world may have moved on since. A gap is named as a gap: nothing here defaults to
/// healthy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// When the facts were gathered; the only clock the engine sees.
    pub now: Timestamp,
    /// What the ledger remembers.
    #[serde(default)]
    pub state: State,
    /// The signals of this turn that concern this model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// The alarms the policy names, by alarm name. One that is not here was not read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alarms: BTreeMap<String, AlarmFact>,
    /// The alarms behind each prefix the policy names, by [`Alarms::key`](crate::policy::Alarms::key). One that is not
    /// here was not read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alarm_sets: BTreeMap<String, AlarmSet>,
    /// The newest finished run of each Model Monitor schedule the policy names, by the schedule's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub monitors: BTreeMap<String, MonitorFact>,
    /// The metrics the policy names, by trigger or guard. One that is not here was not read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, Series>,
    /// What each fleet the policy names has spent or reserved in the present span.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fleets: BTreeMap<String, Spending>,
}

impl Facts {
    /// Facts in which nothing was read yet.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            state: State::default(),
            signals: Vec::new(),
            alarms: BTreeMap::new(),
            alarm_sets: BTreeMap::new(),
            monitors: BTreeMap::new(),
            metrics: BTreeMap::new(),
            fleets: BTreeMap::new(),
        }
    }
}

/// What `DescribeAlarms` said of one alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum AlarmFact {
    /// The alarm exists.
    Found {
        /// Its state now.
        state: AlarmState,
        /// When it changed to that state.
        since: Timestamp,
        /// Why its actions are suppressed, if they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suppressed_by: Option<String>,
    },
    /// There is no alarm of that name.
    Absent,
    /// The alarm could not be read.
    Unread {
        /// Why not.
        gap: Gap,
    },
}

/// The alarms whose names begin as asked, and that carry the tags asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum AlarmSet {
    /// All of them; there may be none.
    Complete {
        /// Each alarm by its name.
        alarms: BTreeMap<String, AlarmFact>,
    },
    /// They could not be read.
    Unread {
        /// Why not.
        gap: Gap,
    },
}

/// What `ListMonitoringExecutions` said of the newest finished run of one schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum MonitorFact {
    /// There is one.
    Found {
        /// SageMaker's word: `Completed`, `CompletedWithViolations`, `Failed` or `Stopped`.
        status: String,
        /// When the run was scheduled.
        scheduled: Timestamp,
        /// What SageMaker says about a failure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// The schedule exists or not, and no run of it has finished.
    NoRun,
    /// It could not be read.
    Unread {
        /// Why not.
        gap: Gap,
    },
}

/// What a fleet has spent or reserved in a calendar span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum Spending {
    /// So much.
    Spent {
        /// The sum.
        amount: Money,
    },
    /// It could not be read.
    Unread {
        /// Why not.
        gap: Gap,
    },
}

/// What `GetMetricData` said of one metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum Series {
    /// The answer was complete. It may still hold no point.
    Complete {
        /// The points, oldest first if they are to be read quickly; at most one per period counts.
        points: Vec<Point>,
    },
    /// The answer was not complete, and decides nothing.
    Unread {
        /// Why not.
        gap: Gap,
    },
}

/// One datapoint of a closed period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Start of the period.
    pub at: Timestamp,
    /// The statistic over the period; not a number counts as missing. JSON knows no such number, hence the null.
    #[serde(default, deserialize_with = "number_or_null")]
    pub value: f64,
    /// How many samples it summarises, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<f64>,
}

fn number_or_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gap", rename_all = "snake_case")]
pub enum Gap {
    /// CloudWatch gave a part and no way to the rest.
    PartialData,
    /// CloudWatch could not answer.
    InternalError,
    /// We may not read it.
    Forbidden,
    /// The call failed.
    Failed {
        /// The error, in one line.
        error: String,
    },
    /// It was not asked for.
    NotAsked,
}
