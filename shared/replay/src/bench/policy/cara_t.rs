//! CARA-T: the threshold is the one that would have cost least on the prefix.
//!
//! After Mahadevan and Mathioudakis, "Cost-aware retraining for machine learning" (2024), whose rule compares an estimate of
//! what the model's staleness costs with a threshold that is optimised offline. Their estimate weighs each query by its
//! nearness to data that was misclassified; here it is the loss of the batch above the hold-out loss, for of a batch
//! nothing else is known. It is a reading of the rule, not their code.

use super::Policy;
use super::threshold::Threshold;
use crate::bench::tuned::tuned;

pub(super) const POLICY: Policy = Policy {
    name: "cara-t",
    chosen_on: "prefix",
    start: |start| {
        let rule = |above| Threshold { above };
        Box::new(rule(tuned(GRID, start.prefix, start.retrain_cost, rule).unwrap_or(NEVER)))
    },
};

/// No loss is so far above another.
const NEVER: f64 = 9.0;

const GRID: &[f64] = &[-0.02, 0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, NEVER];
