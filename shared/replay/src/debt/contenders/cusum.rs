//! Train when the gaps have added up (the strongest baseline of the paper).

use crate::debt::policy::{Rule, Seen};

/// Adds up what the newer model does better, and trains when that exceeds a threshold which has to be tuned.
pub(in crate::debt) struct Cusum {
    threshold: f64,
    sum: f64,
}

impl Cusum {
    /// Trains when the sum is greater than this, in nats a point.
    pub(in crate::debt) const fn over(threshold: f64) -> Self {
        Self { threshold, sum: 0.0 }
    }
}

impl Rule for Cusum {
    fn retrain(&mut self, seen: &Seen) -> bool {
        self.sum += seen.gap.max(0.0);
        let retrain = self.sum > self.threshold;
        if retrain {
            self.sum = 0.0;
        }
        retrain
    }
}
