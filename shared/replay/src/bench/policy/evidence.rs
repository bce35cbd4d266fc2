//! The e-detector on the losses of each batch: are they above the hold-out loss of the model?
//!
//! Tolerated is a hundredth more than that, and a false alarm is promised not to come sooner than after a thousand batches
//! on average, if the model stays within it.

use rekindle_decision::detect::Batch;
use rekindle_decision::detect::evidence::{Evidence, Settings};

use super::Policy;
use crate::bench::rule::{Look, Rule};

pub(super) const POLICY: Policy =
    Policy { name: "evidence", chosen_on: "nothing", start: |_| Box::new(Weighed { detector: None }) };

/// Of the mean loss, above the hold-out loss.
const MARGIN: f64 = 0.01;
/// Batches.
const RUN_LENGTH: f64 = 1_000.0;

struct Weighed {
    /// Made at the first batch of a model, for its hold-out loss.
    detector: Option<Evidence>,
}

impl Rule for Weighed {
    fn look(&mut self, look: &Look) -> bool {
        let settings = Settings { tolerated: look.holdout + MARGIN, run_length: RUN_LENGTH };
        let count = f64::from(look.count);
        let detector = self.detector.get_or_insert_with(|| Evidence::new(settings));
        detector.step(Batch { sum: look.loss * count, count })
    }

    fn retrained(&mut self) {
        self.detector = None;
    }
}
