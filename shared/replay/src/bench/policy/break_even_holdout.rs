//! Break-even against the hold-out loss of each model: a new one when staying has cost as much as it does.
//!
//! What is above the reference is added up and what is below it taken off, to 0 at the least: a cumulative sum (Page 1954)
//! whose limit is the retrain cost, as one who rents skis buys them when the rent paid is their price (Karlin and others,
//! "Competitive snoopy caching", 1988).

use super::Policy;
use crate::bench::rule::{Look, Rule};

pub(super) const POLICY: Policy = Policy {
    name: "break_even hold-out",
    chosen_on: "nothing",
    start: |_| Box::new(BreakEven { debt: 0.0 }),
};

#[derive(Debug, Clone, Copy)]
struct BreakEven {
    /// In batches whose losses are all 1.
    debt: f64,
}

impl Rule for BreakEven {
    fn look(&mut self, look: &Look) -> bool {
        self.debt = (self.debt + look.loss - look.holdout).max(0.0);
        self.debt >= look.retrain_cost
    }

    fn retrained(&mut self) {
        self.debt = 0.0;
    }
}
