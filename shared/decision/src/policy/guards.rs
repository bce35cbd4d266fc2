//! What may stand in the way of a start.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::metric::{Metric, Source, Worse};
use crate::duration::Duration;
use crate::money::Money;
use crate::schedule::Window;
use crate::span::Span;

/// What may stand in the way of a start.
#[derive(Debug, Clone, PartialEq)]
pub struct Guards {
    /// Least time between two starts. Defers, never drops.
    pub cooldown: Duration,
    /// What to do while a job of this model runs.
    pub in_flight: InFlight,
    /// Metrics whose newest mature value is older than this are unknown.
    pub freshness: Option<Duration>,
    /// When nothing may be started.
    pub blackout: Vec<Window>,
    /// What may be spent.
    pub budgets: Vec<Budget>,
    /// How much data there must be to learn from.
    pub data: Option<Data>,
    /// How to go on after a training that failed.
    pub after_failure: Option<AfterFailure>,
    /// When to stop because training does not help.
    pub after_futility: Option<AfterFutility>,
    /// Most starts in any window of a length.
    pub max_starts: Option<MaxStarts>,
    /// Least age of a model before it is replaced.
    pub min_age: Option<Duration>,
    /// Greatest age of a model: at this age a training is wanted though no trigger fired.
    pub max_age: Option<Duration>,
    /// Whether a person must agree to each start.
    pub ask_first: bool,
    /// How long it may be impossible to tell whether a training is wanted, before somebody is called.
    pub blind_for: Duration,
}

impl Guards {
    /// Cooldown when the policy names none. A day, because a trigger is a level: without one, a model that stays bad
    /// would be trained again as soon as its last job ended.
    pub const COOLDOWN: Duration = Duration::from_seconds(86_400);

    /// How long a model may be blind when the policy does not say. A day: what is measured daily must be able to miss one.
    pub const BLIND_FOR: Duration = Duration::from_seconds(86_400);
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            cooldown: Self::COOLDOWN,
            in_flight: InFlight::Forbid,
            freshness: None,
            blackout: Vec::new(),
            budgets: Vec::new(),
            data: None,
            after_failure: None,
            after_futility: None,
            max_starts: None,
            min_age: None,
            max_age: None,
            ask_first: false,
            blind_for: Self::BLIND_FOR,
        }
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
    /// Stop it when something newer than it asks, and start when it has stopped. A metric is not newer than a job that
    /// was started because of it: only a tick, an alarm's change, an arrival or a person is.
    Replace,
}

/// What may be spent on trainings in a calendar span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Of which fleet; `None`: of this model alone.
    pub fleet: Option<String>,
    /// The most.
    pub amount: Money,
    /// In each of these.
    pub per: Span,
    /// What one run is expected to cost.
    pub per_run: Money,
    /// Whether a start beyond it is held, or only noted.
    pub mode: BudgetMode,
}

/// Whether a start beyond the budget is held, or only noted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BudgetMode {
    /// Held.
    #[default]
    Enforce,
    /// Noted.
    Audit,
}

/// How much data there must be to learn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// A metric that counts what arrived, such as new labelled rows, with statistic `Sum`.
    pub source: Source,
    /// At least so much since the last training, mature.
    pub at_least: f64,
    /// The newest of it not older than this.
    pub max_age: Option<Duration>,
}

/// How to go on after trainings that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterFailure {
    /// Wait so long after the first failure.
    pub wait: Duration,
    /// And so many times longer after each further one in a row.
    pub times: u32,
    /// But never longer than this.
    pub up_to: Duration,
    /// After so many in a row, start nothing until a person asks with force; 0: never give up.
    pub give_up_after: u32,
}

/// When to stop because training does not help.
#[derive(Debug, Clone, PartialEq)]
pub struct AfterFutility {
    /// The metric a training should improve.
    pub source: Source,
    /// Which way is worse.
    pub worse: Worse,
    /// The least gain, in the metric's unit, that counts as help.
    pub min_gain: f64,
    /// After so many trainings in a row without it, start nothing more for the same triggers.
    pub give_up_after: u32,
    /// Values before and after each training that are compared.
    pub compare: u32,
}

impl AfterFutility {
    /// Fewest values to each side that can be told from chance, where samples are not counted: that three are all better than
    /// the three before happens by chance once in twenty times.
    pub const LEAST: u32 = 4;

    /// Most values to each side that are compared: each of them with each of the others.
    pub const MOST: u32 = 1_000;
}

/// Most starts in any window of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxStarts {
    /// Most starts.
    pub starts: u32,
    /// In any so long.
    pub within: Duration,
}

/// Something [`Facts`](crate::facts::Facts) keep a series of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The key in `Facts::metrics`: the trigger's name, with what it is for after a point where a trigger reads two.
    pub key: String,
    /// The metric.
    pub metric: &'a Metric,
    /// Start of the first period.
    pub start: jiff::Timestamp,
    /// End of the last period, exclusive.
    pub end: jiff::Timestamp,
    /// Whether the number of samples is wanted too.
    pub samples: bool,
}
