//! `break_even` as a policy has it, where a shadow's loss is measured beside.

use rekindle_decision::break_even::Measured;

use crate::debt::policy::{Rule, Seen};

/// The account of the decision crate, looking ahead by the one period until a decision takes effect.
#[derive(Debug, Default)]
pub(super) struct BreakEven(Measured);

impl Rule for BreakEven {
    fn retrain(&mut self, seen: &Seen) -> bool {
        self.0.see(seen.gap);
        // The gap is all there is to see here: what a fresh model loses is nowhere needed.
        let retrain = self.0.standing(0.0).is_some_and(|standing| standing.is_worth(seen.price, 1.0));
        if retrain {
            self.0.trained();
        }
        retrain
    }
}
