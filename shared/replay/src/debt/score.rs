//! What a policy cost in a cell.

use serde::Serialize;

/// The name of the dynamic programme.
pub const CLAIRVOYANT: &str = "clairvoyant";

/// What a policy cost, over the paths of a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Whose.
    pub policy: &'static str,
    /// The mean of the objective: loss, and the price of each training, in nats a point.
    pub objective: f64,
    /// The standard error of that mean.
    pub error: f64,
    /// Trainings, in the mean.
    pub retrains: f64,
}

/// The score of this policy.
pub(super) fn of<'a>(scores: &'a [Score], policy: &str) -> Option<&'a Score> {
    scores.iter().find(|score| score.policy == policy)
}

/// A score while paths are still to come (Welford's sums).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    paths: f64,
    mean: f64,
    squares: f64,
    retrains: f64,
}

impl Tally {
    pub(super) fn add(&mut self, objective: f64, retrains: f64) {
        self.paths += 1.0;
        let off = objective - self.mean;
        self.mean += off / self.paths;
        self.squares += off * (objective - self.mean);
        self.retrains += retrains;
    }

    pub(super) fn score(self, policy: &'static str) -> Score {
        let variance = self.squares / (self.paths - 1.0).max(1.0);
        let paths = self.paths.max(1.0);
        Score {
            policy,
            objective: self.mean,
            error: libm::sqrt(variance / paths),
            retrains: self.retrains / paths,
        }
    }
}
