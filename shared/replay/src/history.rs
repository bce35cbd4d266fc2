//! What happened to a model: the values of its metrics, what its alarms did, what it was told, and when it was trained.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::Metric;
use rekindle_decision::signal::{AlarmState, Signal};

/// What happened to a model, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// The values of its metrics.
    pub series: BTreeMap<Metric, Vec<Point>>,
    /// What its alarms changed to.
    pub alarms: Vec<AlarmChange>,
    /// Events that woke a function: data that arrived, monitors that ran, people who asked.
    pub signals: Vec<(Timestamp, Signal)>,
    /// The trainings there really were.
    pub trainings: Vec<Training>,
}

/// An alarm's change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmChange {
    /// When.
    pub at: Timestamp,
    /// The alarm's name.
    pub name: String,
    /// What it changed to.
    pub state: AlarmState,
}

/// A training job that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Training {
    /// When it began.
    pub began: Timestamp,
    /// How long it took.
    pub took: Duration,
}
