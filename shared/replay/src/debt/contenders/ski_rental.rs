//! The ski-rental rule as it was first told, to see what break-even adds to it.

use crate::debt::policy::{Rule, Seen};

/// Adds up what the newer model does better, floored at 0, and trains when that sum, with what `2 eta` more periods would add
/// at the pace so far, reaches the price of a training.
pub(super) struct SkiRental {
    eta: f64,
    sum: f64,
}

impl SkiRental {
    /// Looks ahead by `2 eta` periods; with 0 by none, which is the ski-rental rule as it was first told.
    pub(super) const fn looking_ahead(eta: f64) -> Self {
        Self { eta, sum: 0.0 }
    }
}

impl Rule for SkiRental {
    fn retrain(&mut self, seen: &Seen) -> bool {
        self.sum = (self.sum + seen.gap).max(0.0);
        let ahead = 1.0 + 2.0 * self.eta / f64::from(seen.age);
        let retrain = self.sum * ahead >= seen.price;
        if retrain {
            self.sum = 0.0;
        }
        retrain
    }
}
