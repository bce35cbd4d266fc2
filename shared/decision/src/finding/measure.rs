//! The numbers behind a finding.

use alloc::string::String;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::policy::{Limit, MOutOfN};

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
    /// The limit, with its baseline's value put in.
    pub limit: Limit,
    /// What the limit was measured from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
}

/// A run of Model Monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitored {
    /// The schedule's name.
    pub schedule: String,
    /// SageMaker's word for the end.
    pub status: String,
    /// When the run was scheduled.
    pub scheduled: Timestamp,
}

/// How much arrived, of how much that is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// How many.
    pub count: u64,
    /// How many are needed.
    pub needed: u64,
    /// How many bytes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub bytes: u64,
    /// How many bytes are needed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub needed_bytes: u64,
    /// When the newest came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What a baseline lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lacking", rename_all = "snake_case")]
pub enum Lacking {
    /// Values since the last training.
    Values {
        /// There are so many.
        values: u32,
        /// So many are needed.
        needed: u32,
    },
    /// The first values since the last training: they are older than the history that is read.
    History,
    /// When the model was trained.
    Trained,
    /// A training that ended well.
    Training,
    /// This metric among those the last training reported.
    Reported {
        /// The metric's name.
        metric: String,
    },
}

/// How old a model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Age {
    /// When it was trained.
    pub trained: Timestamp,
    /// How old it is.
    pub age: Duration,
    /// How old it may become.
    pub allowed: Duration,
}

/// What a rule over a series came to, in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Judgement {
    /// A trend.
    Trend {
        /// Values looked at.
        values: u32,
        /// Worsening over all of them together, by the Theil-Sen slope; negative for getting better.
        worsening: f64,
        /// The least worsening asked for.
        at_least: f64,
        /// How sure the Mann-Kendall test is that it worsens.
        confidence: f64,
        /// How sure it must be.
        needed: f64,
    },
    /// Another model's metric.
    Challenger {
        /// Periods in which it was better by more than the margin.
        better: u32,
        /// Periods in which both have a value.
        values: u32,
        /// What was asked for.
        periods: MOutOfN,
        /// The margin.
        margin: f64,
        /// The newest pair: this model's, the other's.
        newest: (f64, f64),
    },
    /// A detector.
    Detector {
        /// Its name.
        method: String,
        /// Periods since the last training that it has seen, up to its alarm.
        periods: u32,
        /// What it computes.
        statistic: f64,
        /// Its alarm level.
        level: f64,
        /// The period in which it raised its alarm.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
    },
    /// The cost of staying stale, in dollars.
    BreakEven {
        /// Excess loss since the last training, as far as a training is believed to save it.
        excess: f64,
        /// What the next step, the training and the labels will add, as it goes now.
        ahead: f64,
        /// What a training costs.
        cost: f64,
        /// What a fresh model loses, in the metric's unit.
        reference: f64,
        /// Periods since the last training.
        periods: u32,
        /// The share of what is above the usual loss that trainings are believed to save, from what they saved.
        #[serde(default = "whole")]
        share: f64,
    },
}

/// All of it, as every record of before the share was learned says.
const fn whole() -> f64 {
    1.0
}
