//! What one trigger was found to be, with the numbers.

use alloc::string::String;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::facts::Gap;
use crate::policy::{Limit, MOutOfN};
use crate::signal::AlarmState;
use crate::truth::Truth;

/// What one trigger was found to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Finding {
    /// A tick waits to be answered.
    TickDue {
        /// Its scheduled instant.
        at: Timestamp,
    },
    /// A tick came, and a start at or after its instant has answered it.
    TickAnswered {
        /// Its scheduled instant.
        at: Timestamp,
    },
    /// A tick could not be answered before its deadline, and is dropped.
    TickMissed {
        /// Its scheduled instant.
        at: Timestamp,
        /// When it stopped being wanted.
        deadline: Timestamp,
    },
    /// No tick since the last start.
    NoTick,
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
    /// There is no alarm of that name.
    NoSuchAlarm {
        /// The name.
        alarm: String,
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
    /// The policy's limit is not a number.
    NoLimit,
    /// The metric or alarm could not be read.
    Unread {
        /// Why not.
        gap: Gap,
    },
}

/// A metric against its limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Periods beyond the limit, those filled for missing ones included.
    pub breaching: u32,
    /// Periods with a value among those judged.
    pub values: u32,
    /// What was asked for.
    pub periods: MOutOfN,
    /// The newest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<f64>,
    /// The limit.
    pub limit: Limit,
}

impl Finding {
    /// What it means for the trigger.
    #[must_use]
    pub fn truth(&self) -> Truth {
        match self {
            Self::TickDue { .. } | Self::InAlarm { .. } | Self::Breached(_) => Truth::Fired,
            Self::TickAnswered { .. }
            | Self::TickMissed { .. }
            | Self::NoTick
            | Self::NotInAlarm { .. }
            | Self::Within(_) => Truth::Quiet,
            Self::AlarmUnclear { .. }
            | Self::NoSuchAlarm { .. }
            | Self::TooFewValues(_)
            | Self::Stale { .. }
            | Self::NoLimit
            | Self::Unread { .. } => Truth::Unknown,
        }
    }

    /// The instant that tells this occurrence from the next: the tick, or the alarm's change. A metric has none: it is
    /// a level.
    #[must_use]
    pub fn occurrence(&self) -> Option<Timestamp> {
        match self {
            Self::TickDue { at } | Self::TickAnswered { at } | Self::TickMissed { at, .. } => Some(*at),
            Self::InAlarm { since, .. } | Self::NotInAlarm { since, .. } => Some(*since),
            Self::NoTick
            | Self::AlarmUnclear { .. }
            | Self::NoSuchAlarm { .. }
            | Self::Breached(_)
            | Self::Within(_)
            | Self::TooFewValues(_)
            | Self::Stale { .. }
            | Self::NoLimit
            | Self::Unread { .. } => None,
        }
    }
}
