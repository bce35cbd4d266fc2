//! A new model when the loss is so much above that on what was held out.

use super::Policy;
use crate::bench::rule::{Look, Rule};

pub(super) const POLICY: Policy =
    Policy { name: "threshold 0.05", chosen_on: "nothing", start: |_| Box::new(Threshold { above: 0.05 }) };

/// How far the mean loss of one batch may be above the hold-out loss.
#[derive(Debug, Clone, Copy)]
pub(super) struct Threshold {
    pub(super) above: f64,
}

impl Rule for Threshold {
    fn look(&mut self, look: &Look) -> bool {
        look.loss - look.holdout > self.above
    }
}
