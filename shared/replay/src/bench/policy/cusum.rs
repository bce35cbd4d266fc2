//! The tabular cumulative sum of the loss of each batch, around the hold-out loss of the model.
//!
//! Slack and interval are those of the textbook (Montgomery, "Introduction to Statistical Quality Control"): half a
//! standard deviation of a batch's mean, and five. The deviation is that of so many independent losses of 0 or 1.

use rekindle_decision::detect::cusum::{Cusum, Settings};
use rekindle_decision::detect::{Batch, Direction};

use super::Policy;
use crate::bench::rule::{Look, Rule};

pub(super) const POLICY: Policy =
    Policy { name: "cusum", chosen_on: "nothing", start: |_| Box::new(Chart { detector: None }) };

struct Chart {
    /// Made at the first batch of a model, for its hold-out loss.
    detector: Option<Cusum>,
}

impl Rule for Chart {
    fn look(&mut self, look: &Look) -> bool {
        let count = f64::from(look.count);
        let detector = self.detector.get_or_insert_with(|| {
            // One error more and one right answer more, so that a hold-out without an error does not promise that
            // there will be none.
            let rate = (look.holdout * count + 1.0) / (count + 2.0);
            let deviation = (rate * (1.0 - rate) / count).sqrt();
            Cusum::new(Settings {
                target: look.holdout,
                slack: 0.5 * deviation,
                interval: 5.0 * deviation,
                direction: Direction::Up,
            })
        });
        detector.step(Batch { sum: look.loss * count, count })
    }

    fn retrained(&mut self) {
        self.detector = None;
    }
}
