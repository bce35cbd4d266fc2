//! What one trigger was found to be, with the numbers.

mod measure;

use alloc::string::String;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::facts::Gap;
use crate::signal::AlarmState;
use crate::truth::Truth;

pub use measure::{Age, Arrived, Judgement, Lacking, Measure, Monitored};

/// What one trigger was found to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Finding {
    /// A tick waits to be answered.
    TickDue {
        /// Its scheduled instant.
        at: Timestamp,
    },
    /// A tick came, and a start at or after its instant has answered it, or a cancellation.
    TickAnswered {
        /// Its scheduled instant.
        at: Timestamp,
        /// When the next one comes, where the expression says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Timestamp>,
        /// Whether it was told in this turn, be it again.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        told: bool,
        /// Whether a person has cancelled it.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        cancelled: bool,
    },
    /// A tick could not be answered before its deadline, and is dropped.
    TickMissed {
        /// Its scheduled instant.
        at: Timestamp,
        /// When it stopped being wanted.
        deadline: Timestamp,
        /// When the next one comes, where the expression says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Timestamp>,
    },
    /// No tick since the last start.
    NoTick {
        /// When the next one comes, where the expression says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Timestamp>,
    },
    /// The alarm is in ALARM.
    InAlarm {
        /// Its name.
        alarm: String,
        /// Since when.
        since: Timestamp,
    },
    /// The alarm is not in ALARM.
    NotInAlarm {
        /// Its name.
        alarm: String,
        /// Since when it is OK.
        since: Timestamp,
        /// When an event of this turn claimed that it was in ALARM.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claimed: Option<Timestamp>,
    },
    /// The alarm cannot tell.
    AlarmUnclear {
        /// Its name.
        alarm: String,
        /// Its state.
        state: AlarmState,
        /// What suppresses it, if something does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suppressed_by: Option<String>,
    },
    /// The alarm is in ALARM, and has been for less than `quiet_for`.
    AlarmSettling {
        /// Its name.
        alarm: String,
        /// Since when.
        since: Timestamp,
        /// When it counts.
        until: Timestamp,
    },
    /// There is no alarm of that name.
    NoSuchAlarm {
        /// The name.
        alarm: String,
    },
    /// The newest monitoring run ended as asked.
    MonitorFired(Monitored),
    /// The newest monitoring run ended otherwise.
    MonitorQuiet(Monitored),
    /// The newest monitoring run failed or was stopped: it says nothing.
    MonitorUnclear(Monitored),
    /// No run of the monitoring schedule has finished.
    NoMonitorRun {
        /// The schedule's name.
        schedule: String,
    },
    /// Enough has arrived since the last start.
    Arrived(Arrived),
    /// Not enough has arrived since the last start.
    Arriving(Arrived),
    /// Enough has arrived, and it is still arriving.
    Settling {
        /// How much.
        arrived: Arrived,
        /// When it counts, if nothing more comes.
        until: Timestamp,
    },
    /// No result about the data has ever come.
    NoResult {
        /// The ruleset.
        ruleset: String,
    },
    /// The newest result about the data is as asked.
    DataAsAsked {
        /// Whether the data passed.
        passed: bool,
        /// When.
        at: Timestamp,
    },
    /// The newest result about the data is not as asked.
    DataOtherwise {
        /// Whether the data passed.
        passed: bool,
        /// When.
        at: Timestamp,
    },
    /// Enough periods are beyond the limit.
    Breached(Measure),
    /// Not enough periods are beyond the limit.
    Within(Measure),
    /// Too few values to tell.
    TooFewValues(Measure),
    /// The newest value is older than the policy allows.
    Stale {
        /// End of the newest period with a value.
        newest: Timestamp,
        /// Its age.
        age: Duration,
        /// What the policy allows.
        freshness: Duration,
    },
    /// What the limit is measured from is not known.
    NoBaseline {
        /// Why not.
        lacking: Lacking,
    },
    /// The data show what was asked about.
    Shown(Judgement),
    /// The data do not show it.
    NotShown(Judgement),
    /// The model has not served long enough to be judged: nothing is lacking, it is only early.
    TooEarly {
        /// Values there are.
        values: u32,
        /// Values needed.
        needed: u32,
        /// When there can be so many.
        until: Timestamp,
    },
    /// There are fewer values than there should be by now.
    TooFew {
        /// Values there are.
        values: u32,
        /// Values needed.
        needed: u32,
    },
    /// There are values, and of none is it known how many losses it stands for.
    Uncounted {
        /// Values there are.
        values: u32,
    },
    /// The model is older than the policy allows.
    TooOld(Age),
    /// The model is not.
    YoungEnough(Age),
    /// When the model was trained is not known.
    AgeUnknown,
    /// The policy's limit is not a number.
    NoLimit,
    /// The metric or alarm could not be read.
    Unread {
        /// Why not.
        gap: Gap,
    },
}

impl Finding {
    /// What it means for the trigger.
    #[must_use]
    pub fn truth(&self) -> Truth {
        match self {
            Self::TickDue { .. }
            | Self::InAlarm { .. }
            | Self::MonitorFired(_)
            | Self::Arrived(_)
            | Self::DataAsAsked { .. }
            | Self::Breached(_)
            | Self::Shown(_)
            | Self::TooOld(_) => Truth::Fired,
            Self::TickAnswered { .. }
            | Self::TickMissed { .. }
            | Self::NoTick { .. }
            | Self::NotInAlarm { .. }
            | Self::AlarmSettling { .. }
            | Self::MonitorQuiet(_)
            | Self::Arriving(_)
            | Self::Settling { .. }
            | Self::DataOtherwise { .. }
            | Self::Within(_)
            | Self::NotShown(_)
            | Self::TooEarly { .. }
            | Self::YoungEnough(_) => Truth::Quiet,
            Self::AlarmUnclear { .. }
            | Self::NoSuchAlarm { .. }
            | Self::MonitorUnclear(_)
            | Self::NoMonitorRun { .. }
            | Self::TooFewValues(_)
            | Self::Stale { .. }
            | Self::NoBaseline { .. }
            | Self::TooFew { .. }
            | Self::NoResult { .. }
            | Self::Uncounted { .. }
            | Self::AgeUnknown
            | Self::NoLimit
            | Self::Unread { .. } => Truth::Unknown,
        }
    }

    /// The instant that tells this occurrence from the next: the tick, the alarm's change, the newest arrival. A metric
    /// has none: it is a level.
    #[must_use]
    pub fn occurrence(&self) -> Option<Timestamp> {
        if let Self::TickDue { at }
        | Self::TickAnswered { at, .. }
        | Self::TickMissed { at, .. }
        | Self::DataAsAsked { at, .. }
        | Self::DataOtherwise { at, .. }
        | Self::InAlarm { since: at, .. }
        | Self::NotInAlarm { since: at, .. }
        | Self::AlarmSettling { since: at, .. } = self
        {
            return Some(*at);
        }
        if let Self::MonitorFired(run) | Self::MonitorQuiet(run) | Self::MonitorUnclear(run) = self {
            return Some(run.scheduled);
        }
        if let Self::Arrived(arrived) | Self::Arriving(arrived) | Self::Settling { arrived, .. } = self {
            return arrived.last;
        }
        if let Self::TooOld(age) | Self::YoungEnough(age) = self { Some(age.trained) } else { None }
    }

    /// When this can change by the passing of time alone, where that is known.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        if let Self::TickAnswered { next, .. } | Self::TickMissed { next, .. } | Self::NoTick { next } = self
        {
            return *next;
        }
        if let Self::AlarmSettling { until, .. }
        | Self::Settling { until, .. }
        | Self::TooEarly { until, .. } = self
        {
            return Some(*until);
        }
        if let Self::YoungEnough(age) = self { Some(age.allowed.after(age.trained)) } else { None }
    }
}
