//! CARA-CT: what staleness has cost is added up, and the limit is the one that would have cost least on the prefix.
//!
//! After the cumulative threshold of Mahadevan and Mathioudakis, "Cost-aware retraining for machine learning" (2024), read
//! as for `cara-t`: the cost of staleness in a batch is its loss above the hold-out loss, and never below 0.

use super::Policy;
use crate::bench::rule::{Look, Rule};
use crate::bench::tuned::tuned;

pub(super) const POLICY: Policy = Policy {
    name: "cara-ct",
    chosen_on: "prefix",
    start: |start| {
        let rule = |limit| Cumulative { limit, staleness: 0.0 };
        Box::new(rule(tuned(GRID, start.prefix, start.retrain_cost, rule).unwrap_or(MOST)))
    },
};

const MOST: f64 = 9.0;

const GRID: &[f64] = &[0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, MOST];

#[derive(Debug, Clone, Copy)]
struct Cumulative {
    limit: f64,
    /// Since the last retrain, in batches whose losses are all 1.
    staleness: f64,
}

impl Rule for Cumulative {
    fn look(&mut self, look: &Look) -> bool {
        self.staleness += (look.loss - look.holdout).max(0.0);
        self.staleness > self.limit
    }

    fn retrained(&mut self) {
        self.staleness = 0.0;
    }
}
