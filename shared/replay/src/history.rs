//! What happened to a model: the values of its metrics, what its alarms did, what it was told, and when it was trained.
//!
//! Files are read into what is [`Collected`], in any order and of any form ([`jsonl`], [`csv`], [`parquet`], [`log`]), and that
//! becomes a [`History`]. Whoever calls reads the files. [`Ageing`] says what a model would have lost that never served.

mod ageing;
mod collected;
pub mod csv;
pub mod event;
mod extent;
mod fault;
pub mod jsonl;
mod keys;
mod lives;
pub mod log;
pub mod parquet;
mod read;
mod table;
mod theil_sen;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::{Metric, Policy};
use rekindle_decision::signal::{AlarmState, Signal};

pub use ageing::{Ageing, How};
pub use collected::{Collected, LeftOut};
pub use extent::{Extent, Stretch};
pub use fault::{Fault, Place};
pub use keys::{Keys, UnknownKey, worse};
pub use read::Reader;

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

impl History {
    /// The series a policy reads, under the names of the facts: a trigger's, or `trigger.role`. One that the history does not
    /// have is empty.
    #[must_use]
    pub fn for_policy(&self, policy: &Policy) -> BTreeMap<String, &[Point]> {
        let keys = Keys::of(policy);
        let points = |metric| self.series.get(metric).map_or(&[][..], Vec::as_slice);
        keys.iter().map(|(key, metric)| (key.to_owned(), points(metric))).collect()
    }
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
