//! What a policy would have done over a history, in figures: what people compare, and what is drawn.

mod chart;
mod html;
mod markup;
mod number;
mod summary;
mod table;
mod text;
mod way;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use serde::Serialize;

pub use text::Text;

/// A policy replayed over a history, beside other ways to decide.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The model.
    pub model: String,
    /// What the history is: its files' names, or the name of the stream.
    pub history: String,
    /// Start of the first period that is accounted for.
    pub from: Timestamp,
    /// End of the last one.
    pub to: Timestamp,
    /// Length of a period.
    pub period: Duration,
    /// What costs and losses are counted in.
    pub unit: Unit,
    /// What one training costs, in the unit.
    pub retrain_cost: f64,
    /// How the losses of models that were never deployed are known.
    pub world: Knowledge,
    /// The loss of the freshest model there could have been, for each period, in the metric's unit.
    pub fresh: Vec<f64>,
    /// The owner's policy.
    pub policy: Outcome,
    /// Other ways to decide, among them never, periodic (tuned), `break_even`, and last the clairvoyant optimum.
    pub rivals: Vec<Outcome>,
    /// What each way would have cost at other prices of a training, from the lowest price to the highest.
    pub prices: Vec<AtPrice>,
    /// When the owner's policy was held back, and by what.
    pub held: Vec<Held>,
}

/// What costs are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Dollars.
    Usd,
    /// One unit of the loss over one period: of an error rate, one period in which everything was wrong.
    Periods,
}

/// How the losses of models that were never deployed are known.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Knowledge {
    /// Every possible model was measured on every later period.
    Measured,
    /// An ageing model was fitted, and the optimum is as good as that.
    Assumed {
        /// In words: which model, its coefficients, and on how many values it was fitted.
        ageing: String,
    },
}

/// What one way to decide came to.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Its name, such as `never` or `periodic (every 21)`.
    pub name: String,
    /// When it decided to train, oldest first; each is the end of a period.
    pub starts: Vec<Start>,
    /// What its trainings cost, in the unit.
    pub training_cost: f64,
    /// What it lost beyond the freshest model, in the unit.
    pub staleness_cost: f64,
    /// What it lost altogether, trainings included, in the unit: what the optimum is least in.
    pub total: f64,
    /// The total in multiples of the optimum's: 1 is as good as could be, infinite if the best costs nothing.
    pub over_optimum: f64,
    /// For how long its model lost more than the freshest, beyond the noise.
    pub stale: Duration,
    /// Trainings that saved less than they cost until the next one.
    pub false_starts: usize,
    /// How often it was held back, by blocker.
    pub holds: BTreeMap<String, u64>,
    /// Its model's loss in each period, in the metric's unit.
    pub loss: Vec<f64>,
    /// Its total up to the end of each period, in the unit.
    pub cumulative: Vec<f64>,
}

/// A training that was started.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Start {
    /// When it was decided.
    pub at: Timestamp,
    /// Index of the newest period that was over then.
    pub period: usize,
    /// Why, in one sentence; empty for a way that has no sentence.
    pub because: String,
}

/// Time in which the policy wanted to train and was held back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// From the first decision that was held.
    pub from: Timestamp,
    /// To the decision that was not.
    pub to: Timestamp,
    /// The blocker, such as `cooldown`.
    pub by: String,
}

/// What each way would have cost at one price of a training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtPrice {
    /// The price, in the unit.
    pub retrain_cost: f64,
    /// The total in multiples of the optimum's at this price, by the name of the way.
    pub over_optimum: BTreeMap<String, f64>,
}
