//! Break-even against a reference that is kept across retrains, and moves a little at the first batch of each model.
//!
//! The reference starts as the hold-out loss of the first model. The first batch of a model shows what a fresh model can
//! do: the reference goes half the way down to it where it is better, and a tenth of the way up where it is worse, so that
//! a world that has become harder is believed slowly, and a lucky hold-out does not stay.

use super::Policy;
use crate::bench::rule::{Look, Rule};

pub(super) const POLICY: Policy = Policy {
    name: "break_even plain",
    chosen_on: "nothing",
    start: |_| Box::new(BreakEven { reference: None, debt: 0.0, fresh: true }),
};

/// Of the way up to a loss that is above the reference.
const RISE: f64 = 0.1;
/// Of the way down to one below.
const FALL: f64 = 0.5;

#[derive(Debug, Clone, Copy)]
struct BreakEven {
    /// The mean loss that a model is expected to have; nothing before the first batch.
    reference: Option<f64>,
    /// In batches whose losses are all 1.
    debt: f64,
    /// Whether the next batch is the first of its model.
    fresh: bool,
}

impl Rule for BreakEven {
    fn look(&mut self, look: &Look) -> bool {
        let mut reference = self.reference.unwrap_or(look.holdout);
        if self.fresh {
            let share = if look.loss < reference { FALL } else { RISE };
            reference += share * (look.loss - reference);
        }
        self.reference = Some(reference);
        self.fresh = false;
        self.debt = (self.debt + look.loss - reference).max(0.0);
        self.debt >= look.retrain_cost
    }

    fn retrained(&mut self) {
        self.debt = 0.0;
        self.fresh = true;
    }
}
