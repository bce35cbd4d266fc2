//! What looks at each batch and says whether to retrain.

/// What a rule sees when a batch is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// The batch, counted from 0.
    pub period: usize,
    /// How many batches the model has served, this one included.
    pub age: usize,
    /// The mean loss of the model on this batch, from 0 to 1.
    pub loss: f64,
    /// How many losses that is the mean of.
    pub count: u32,
    /// The mean loss of the model on what was held out when it was trained, from 0 to 1.
    pub holdout: f64,
    /// What retraining costs, in batches whose losses are all 1.
    pub retrain_cost: f64,
}

/// A rule, from the start of a stretch to its end. What it remembers is its own.
pub trait Rule {
    /// Whether to retrain, now that this batch is over.
    fn look(&mut self, look: &Look) -> bool;

    /// A new model was trained after that look, and serves from the next batch on.
    fn retrained(&mut self) {}
}
