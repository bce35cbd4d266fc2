//! The ski-rental rule as it was first told, to see what looking one period ahead adds to it.

use crate::debt::policy::{Rule, Seen};

/// Adds up what the newer model does better, floored at 0, and trains when that sum reaches the price of a training.
#[derive(Debug, Default)]
pub(super) struct SkiRental {
    sum: f64,
}

impl Rule for SkiRental {
    fn retrain(&mut self, seen: &Seen) -> bool {
        self.sum = (self.sum + seen.gap).max(0.0);
        let retrain = self.sum >= seen.price;
        if retrain {
            self.sum = 0.0;
        }
        retrain
    }
}
